"""Operations over REST: one module per noun. `VIEWS` are nouns, `urlpatterns` what is no noun."""

from __future__ import annotations

from django.urls import URLPattern, path

from operations import actions  # noqa: F401 (its verbs become endpoints)
from operations.api.deliveries import DeliveryViewSet
from operations.api.frameworks import FrameworkViewSet, TransferGateViewSet, TransferViewSet
from operations.api.imports import ImportProblemViewSet, ImportProfileViewSet, ImportViewSet
from operations.api.kpi_values import KpiValues
from operations.api.kpis import KpiDefinitionViewSet, ScoringPolicyViewSet
from operations.api.reviews import ReviewViewSet

VIEWS = (
    DeliveryViewSet,
    ImportViewSet,
    ImportProfileViewSet,
    ImportProblemViewSet,
    KpiDefinitionViewSet,
    ScoringPolicyViewSet,
    ReviewViewSet,
    FrameworkViewSet,
    TransferViewSet,
    TransferGateViewSet,
)

#: Addresses that are no list of records, such as computed values.
urlpatterns: list[URLPattern] = [path("kpi-values/", KpiValues.as_view(), name="kpi-values")]
