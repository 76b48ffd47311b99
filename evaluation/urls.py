"""Addresses of RFP and selection."""

from __future__ import annotations

from evaluation.views import deciding, judging, requesting, scouting

app_name = "evaluation"

urlpatterns = [
    *scouting.urlpatterns,
    *requesting.urlpatterns,
    *judging.urlpatterns,
    *deciding.urlpatterns,
]
