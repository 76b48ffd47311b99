"""Addresses of the KPI explorer, under /operations/kpi-explorer/."""

from django.urls import path

from operations.kpi.views import Explorer, ExplorerFile

urlpatterns = [
    path("", Explorer.as_view(), name="kpi_explorer"),
    path("kpi-values.csv", ExplorerFile.as_view(), name="kpi_explorer_csv"),
]
