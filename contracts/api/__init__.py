"""Contracting over REST: one module per kind of work. `VIEWS` are nouns, `urlpatterns` what is no noun."""

from __future__ import annotations

from django.urls import URLPattern

from contracts import actions  # noqa: F401 (its verbs become endpoints)
from contracts.api import agreements, authority, clauses, negotiating, obligations, quality

VIEWS = (
    *agreements.VIEWS,
    *clauses.VIEWS,
    *negotiating.VIEWS,
    *obligations.VIEWS,
    *quality.VIEWS,
    *authority.VIEWS,
)

#: Addresses that are no list of records.
urlpatterns: list[URLPattern] = [*clauses.urlpatterns, *obligations.urlpatterns, *authority.urlpatterns]
