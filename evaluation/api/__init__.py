"""RFP and selection over REST: one module per noun. `VIEWS` are nouns, `urlpatterns` what is no noun."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from evaluation import actions  # noqa: F401 (its verbs become endpoints)

VIEWS: tuple[Any, ...] = ()
urlpatterns: list[URLPattern] = []
