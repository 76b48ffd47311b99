"""RFP and selection over REST: one module per noun. `VIEWS` are nouns, `urlpatterns` what is no noun.

Only for the sponsor's own people and systems: bidders have their portal, and here their own letter alone. What they
have sealed is no member of anything here.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from evaluation import actions  # noqa: F401 (its verbs become endpoints)
from evaluation.api.appraisals import AppraisalViewSet, DiligenceViewSet, OpeningViewSet
from evaluation.api.awards import AwardViewSet
from evaluation.api.candidates import CandidateViewSet, CdaViewSet
from evaluation.api.clarifying import AddendumViewSet, EnquiryViewSet
from evaluation.api.judging import EvaluatorViewSet, ScoreSheetViewSet
from evaluation.api.library import LibraryQuestionViewSet, RfpTemplates
from evaluation.api.proposals import ProposalViewSet
from evaluation.api.rfps import RfpViewSet

VIEWS = (
    CdaViewSet,
    CandidateViewSet,
    RfpViewSet,
    ProposalViewSet,
    EnquiryViewSet,
    AddendumViewSet,
    EvaluatorViewSet,
    ScoreSheetViewSet,
    OpeningViewSet,
    AppraisalViewSet,
    DiligenceViewSet,
    AwardViewSet,
    LibraryQuestionViewSet,
)

#: Addresses that are no list of records.
urlpatterns: list[URLPattern] = [path("rfp-templates/", RfpTemplates.as_view(), name="rfp-templates")]
