"""Pages of costs, appraisals, due diligence, technology transfer and awards."""

from __future__ import annotations

from django.urls import URLPattern, path

from cmo_lifecycle.doors.pages import urls
from evaluation.views.deciding import panels  # noqa: F401  hangs them on the pages of other floors
from evaluation.views.deciding.appraisals import Appraisals, AppraisalTable
from evaluation.views.deciding.awards import Awards, AwardTable
from evaluation.views.deciding.costs import CostLinesFile, CostPage, CostsPage
from evaluation.views.deciding.diligence import DiligenceBoard, Streams
from evaluation.views.deciding.papers import LetterFile, LettersPage, ReportFile
from evaluation.views.deciding.transfers import TransfersPage

_appraisals, _awards = Appraisals(), Awards()

urlpatterns: list[URLPattern] = [
    path("rfps/<uuid:pk>/costs/", CostsPage.as_view(), name="costs"),
    path("rfps/<uuid:pk>/costs/lines.<str:form>", CostLinesFile.as_view(), name="cost_lines"),
    path("rfps/<uuid:pk>/costs/<uuid:proposal>/", CostPage.as_view(), name="cost"),
    path("rfps/<uuid:pk>/due-diligence/", DiligenceBoard.as_view(), name="diligence_board"),
    path("rfps/<uuid:pk>/technology-transfer/", TransfersPage.as_view(), name="transfers"),
    path("appraisals/<uuid:pk>/tables/<slug:table>/", AppraisalTable.as_view(noun=_appraisals), name="appraisal_table"),
    path("awards/<uuid:pk>/tables/<slug:table>/", AwardTable.as_view(noun=_awards), name="award_table"),
    path("awards/<uuid:pk>/report.pdf", ReportFile.as_view(noun=_awards), name="award_report"),
    path("awards/<uuid:pk>/letters/", LettersPage.as_view(noun=_awards), name="award_letters"),
    path("awards/<uuid:pk>/letters/<uuid:proposal>.pdf", LetterFile.as_view(noun=_awards), name="award_letter"),
    *urls(Appraisals, Streams, Awards),
]
