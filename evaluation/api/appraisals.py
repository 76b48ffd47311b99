"""What is known of a proposal once its envelopes are open: there for whoever reads the proposal itself."""

from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from evaluation.models import Appraisal, Diligence, Opening

OF_PROPOSAL = {
    "rfp": "rfp",
    "programme": "rfp__programme",
    "proposal": "proposal",
    "cmo": "proposal__cmo",
    "updated_at": "updated_at",
}


class OpeningViewSet(RecordViewSet):
    """Opened envelopes: what was in them is hashed here; the bidder's files are attached."""

    model = Opening
    fields = ("rfp", "proposal", "kind", "sha256", "opened_at", "files")
    filters = {**OF_PROPOSAL, "kind": "kind", "opened_at": "opened_at"}
    orderings = ("opened_at", "updated_at")
    default_order = "opened_at"


class AppraisalViewSet(RecordViewSet):
    """What the panel made of a proposal besides its scores: gaps, settled scores, risks, transfer, and cost terms."""

    model = Appraisal
    writable = (
        "summary",
        "bid_yield",
        "failed_batches",
        "liability_percent",
        "uncovered_material",
        "investigation",
        "delay",
        "cancellation_percent",
        "stock_months",
        "stock_value",
        "carrying_percent",
        "exit_cost",
        "fte",
        "audits",
        "plant_days",
        "residual_risk",
    )
    may_post = False
    fields = ("rfp", "proposal", *writable, "state")
    filters = {**OF_PROPOSAL, "state": "state"}
    orderings = ("created_at", "updated_at")
    default_order = "created_at"


class DiligenceViewSet(RecordViewSet):
    """The streams of due diligence of proposals, each with its findings and conclusion."""

    model = Diligence
    writable = ("findings", "conclusion", "conditions")
    may_post = False
    fields = ("rfp", "proposal", "stream", *writable, "state")
    filters = {**OF_PROPOSAL, "stream": "stream", "conclusion": "conclusion", "state": "state"}
    searched = ("findings", "conditions")
    orderings = ("stream", "created_at", "updated_at")
    default_order = "created_at"
