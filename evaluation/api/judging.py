"""The panel, and what each of its members gives."""

from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from evaluation.models import Evaluator, ScoreSheet


class EvaluatorViewSet(RecordViewSet):
    """Seats on the panels of RFPs: the sections scored, and the declaration of interests."""

    model = Evaluator
    writable = ("rfp", "person", "sections")
    fields = (*writable, "declaration", "declared_at", "state")
    filters = {
        "rfp": "rfp",
        "programme": "rfp__programme",
        "person": "person",
        "sections": "sections",
        "state": "state",
        "updated_at": "updated_at",
    }
    orderings = {"person": "person__name", "declared_at": "declared_at", "updated_at": "updated_at"}
    default_order = "person"


class ScoreSheetViewSet(RecordViewSet):
    """One evaluator's scores of one proposal. Others' are there for you once your own are handed in."""

    model = ScoreSheet
    fields = ("rfp", "proposal", "evaluator", "commercial", "submitted_at", "state")
    filters = {
        "rfp": "rfp",
        "programme": "rfp__programme",
        "proposal": "proposal",
        "evaluator": "evaluator",
        "person": "evaluator__person",
        "commercial": "commercial",
        "state": "state",
        "updated_at": "updated_at",
    }
    orderings = ("created_at", "submitted_at", "updated_at")
    default_order = "created_at"
