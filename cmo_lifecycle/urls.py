"""Every address of the project. Rooms above the ground floor are named by string, so nothing is imported upwards."""

from __future__ import annotations

from django.urls import include, path

from cmo_lifecycle.doors import health
from cmo_lifecycle.doors.rest.docs import ApiDocs

handler403 = "cmo_lifecycle.doors.errors.forbidden"
handler404 = "cmo_lifecycle.doors.errors.not_found"
handler500 = "cmo_lifecycle.doors.errors.broken"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("cmo_lifecycle.accounts.account_urls")),
    path("people/", include("cmo_lifecycle.accounts.urls")),
    path("strategy/", include("strategy.urls")),
    path("evaluation/proposals/<uuid:pk>/paper/", include("evaluation.portal.paper_urls")),
    path("evaluation/", include("evaluation.urls")),
    path("portal/agreements/", include("contracts.portal.urls")),
    path("portal/frameworks/", include("operations.portal.urls")),
    path("portal/", include("evaluation.portal.urls")),
    path("contracts/", include("contracts.urls")),
    path("operations/", include("operations.urls")),
    path("api/v1/", include("cmo_lifecycle.api_urls")),
    path("api/docs/", ApiDocs.as_view(), name="api_docs"),
    path("", include("cmo_lifecycle.partners.urls")),
    path("", include("cmo_lifecycle.doors.urls")),
    path("", include("cmo_lifecycle.portfolio.urls")),
]
