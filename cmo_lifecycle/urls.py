"""Every address of the project. Rooms above the ground floor are named by string, so nothing is imported upwards."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from cmo_lifecycle.doors import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("account/", include("allauth.urls")),
]
for _prefix, _module in (
    ("people/", "cmo_lifecycle.accounts.urls"),
    ("operations/", "operations.urls"),
    ("api/v1/", "cmo_lifecycle.api_urls"),
    ("", "cmo_lifecycle.partners.urls"),
    ("", "cmo_lifecycle.portfolio.urls"),
):
    if find_spec(_module) is not None:
        urlpatterns.append(path(_prefix, include(_module)))
