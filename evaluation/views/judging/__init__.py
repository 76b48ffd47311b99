"""Pages on which proposals are read, scored, moderated and compared."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors import pages
from evaluation.views.judging.matrix import MatrixPage
from evaluation.views.judging.moderation import ConsensusPage, ModerationPage
from evaluation.views.judging.numbers import CellPage, TotalPage
from evaluation.views.judging.proposals import Proposals
from evaluation.views.judging.seats import Evaluators
from evaluation.views.judging.sensitivity import SensitivityPage
from evaluation.views.judging.sheets import ScoreSheets
from evaluation.views.judging.writing import ScorePage

_RFP = "rfps/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    path(f"{_RFP}matrix/", MatrixPage.as_view(), name="matrix"),
    path(f"{_RFP}matrix/totals/<uuid:proposal>/", TotalPage.as_view(), name="matrix_total"),
    path(f"{_RFP}matrix/cells/<str:code>/<uuid:proposal>/", CellPage.as_view(), name="matrix_cell"),
    path(f"{_RFP}moderation/", ModerationPage.as_view(), name="moderation"),
    path(f"{_RFP}moderation/<uuid:proposal>/<str:code>/", ConsensusPage.as_view(), name="consensus"),
    path(f"{_RFP}sensitivity/", SensitivityPage.as_view(), name="sensitivity"),
    path("score-sheets/<uuid:pk>/score/", ScorePage.as_view(), name="score_sheet_write"),
    *pages.urls(ScoreSheets, Evaluators, Proposals),
]
