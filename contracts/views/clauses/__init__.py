"""Pages of the clause library, of what agreements hold of it, and of waivers."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from contracts.views.clauses import panels  # noqa: F401 - hangs its panel on agreements
from contracts.views.clauses.agreement import AgreementClauses
from contracts.views.clauses.coverage import CoveragePage
from contracts.views.clauses.library import LibraryPage, TopicPage
from contracts.views.clauses.nouns import Clauses, Waivers

urlpatterns: list[URLPattern] = [
    path("clause-library/", LibraryPage.as_view(), name="clause_library"),
    path("clause-library/<slug:code>/", TopicPage.as_view(), name="clause_topic"),
    path("coverage/", CoveragePage.as_view(), name="coverage"),
    path("agreements/<uuid:pk>/clauses/", AgreementClauses.as_view(), name="agreement_clauses"),
    *pages.urls(Clauses, Waivers),
]
