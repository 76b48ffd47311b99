"""The addresses of the REST door, flat: a parent is a filter, never a part of the address."""

from __future__ import annotations

from django.urls import include, path, re_path

from cmo_lifecycle.doors.rest.docs import OpenApi, ProblemKinds, Unknown
from cmo_lifecycle.doors.rest.shared import VIEWS as SHARED
from cmo_lifecycle.doors.rest.viewsets import urls_of
from cmo_lifecycle.partners.api import VIEWS as PARTNERS
from contracts import api as contracts
from evaluation import api as evaluation
from operations import api as operations
from strategy import api as strategy

app_name = "api"

urlpatterns = [
    *(
        pattern
        for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *contracts.VIEWS, *operations.VIEWS, *SHARED)
        for pattern in urls_of(view)
    ),
    path("", include(strategy.urlpatterns)),
    path("", include(evaluation.urlpatterns)),
    path("", include(contracts.urlpatterns)),
    path("", include(operations.urlpatterns)),
    path("schema/", OpenApi.as_view(), name="schema"),
    path("problems/", ProblemKinds.as_view(), name="problems"),
    path("problems/<slug:code>/", ProblemKinds.as_view(), name="problem"),
    re_path(r"^.*$", Unknown.as_view(), name="unknown"),
]
