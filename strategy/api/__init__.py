"""Strategies over REST: one module per noun. `VIEWS` are nouns, `urlpatterns` what is no noun."""

from __future__ import annotations

from django.urls import URLPattern, path

from strategy import actions  # noqa: F401 (its verbs become endpoints)
from strategy.api.attributes import PartnershipAttributeViewSet
from strategy.api.consequences import ConsequenceViewSet
from strategy.api.rules import StrategyRules
from strategy.api.strategies import StrategyViewSet

VIEWS = (StrategyViewSet, ConsequenceViewSet, PartnershipAttributeViewSet)

#: Addresses that are no list of records: the rules themselves.
urlpatterns: list[URLPattern] = [path("strategy-rules/", StrategyRules.as_view(), name="strategy-rules")]
