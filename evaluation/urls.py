"""Addresses of RFP and selection."""

from __future__ import annotations

from evaluation.views import deciding, judging, requesting, scouting

app_name = "evaluation"

# The pages of judging and deciding over an RFP stand before its steps, whose address takes any word.
urlpatterns = [
    *scouting.urlpatterns,
    *judging.urlpatterns,
    *deciding.urlpatterns,
    *requesting.urlpatterns,
]
