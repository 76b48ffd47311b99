"""Pages from the market scan to the short list."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.writing import WritePage
from evaluation.views.scouting.candidates import Candidates
from evaluation.views.scouting.cdas import Cdas
from evaluation.views.scouting.must_haves import MUST_HAVES
from evaluation.views.scouting.overview import LongList
from evaluation.views.scouting.scan import Scan

urlpatterns: list[URLPattern] = [
    path("scan/", Scan.as_view(), name="scan"),
    path("long-list/", LongList.as_view(), name="long_list"),
    path("candidates/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=MUST_HAVES), name="candidate_write"),
    *pages.urls(Candidates, Cdas),
]
