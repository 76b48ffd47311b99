"""Addresses of contracting."""

from __future__ import annotations

from contracts.views import agreements, authority, clauses, negotiating, obligations, quality

app_name = "contracts"

# Pages with a name of their own stand before the steps of a noun, whose address takes any word.
urlpatterns = [
    *clauses.urlpatterns,
    *negotiating.urlpatterns,
    *obligations.urlpatterns,
    *quality.urlpatterns,
    *authority.urlpatterns,
    *agreements.urlpatterns,
]
