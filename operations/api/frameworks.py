from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Input, Text
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet, may_create
from evaluation.api.shapes import TEXT, WHOLE, described, rows
from operations.actions.frameworks import revise
from operations.joint.findings import findings, notes
from operations.models import Framework, Transfer, TransferGate

WHY = Input("why", "why", Text(most=4000, blank=False), True, False, "Why there is a next version.")
POINTER = {"type": "string", "description": "JSON pointer to the field or table that mends it."}
FINDINGS = described(
    version=WHOLE,
    findings=rows(pointer=POINTER, detail=TEXT),
    notes=rows(pointer=POINTER, detail=TEXT),
)


class FrameworkViewSet(RecordViewSet):
    """How a sponsor and a CMO work together day by day, version by version, with its tables."""

    model = Framework
    writable = ("relationship", "why_revised", *Framework.SECTIONS, "review_due")
    fields = (
        "relationship", "number", "revises", *writable[1:], "counterpart", "reviewed_on", "review_asked_on",
        "approved_at", "state",
    )  # fmt: skip
    filters = ("relationship", "number", "review_due", "approved_at", "state", "updated_at")
    searched = ("relationship__cmo__legal_name", "relationship__programme__name", "scope")
    orderings = ("number", "review_due", "approved_at", "created_at", "updated_at")
    default_order = "-created_at"

    @address("revise", "Start the next version as a copy.", method="post", takes=(WHY,), status=201, permits=may_create)
    def revise(self, request: Request, asked: Asked) -> Any:
        """Start the next version of an approved framework as a copy."""
        return revise(asked.record, actor=request.user, why=asked.said["why"], source="api")  # type: ignore[arg-type]

    @address("findings", "What keeps it from review, and what to know before it is signed.", answer=FINDINGS)
    def findings(self, request: Request, asked: Asked) -> Any:
        """What keeps a framework from review; what does not, and should be known."""
        record: Any = asked.record
        missing = findings(record) if record.state in Framework.OPEN else []
        return {
            "version": record.version,
            "findings": [{"pointer": f"/{one.field}", "detail": one.sentence} for one in missing],
            "notes": [{"pointer": f"/{one.field}", "detail": one.sentence} for one in notes(record)],
        }


class TransferViewSet(RecordViewSet):
    """Technology transfers to CMOs. They begin with the gates of the chosen proposal's plan, or with the usual ones."""

    model = Transfer
    writable = ("relationship", "title", "sending_unit", "site", "lead", "lessons")
    fields = (*writable, "started_on", "completed_on", "state")
    filters = ("relationship", "site", "started_on", "completed_on", "state", "updated_at")
    searched = ("title", "relationship__cmo__legal_name")
    orderings = ("title", "started_on", "completed_on", "created_at", "updated_at")
    default_order = "-created_at"


class TransferGateViewSet(RecordViewSet):
    """Gates of technology transfers: what must hold, written before the work, and what came out."""

    model = TransferGate
    writable = ("transfer", "position", "name", "criterion", "planned_for", "result", "evidence", "met_on")
    fields = (*writable, "state")
    filters = ("transfer", "position", "planned_for", "met_on", "state", "updated_at")
    searched = ("name", "criterion")
    orderings = ("position", "planned_for", "met_on", "created_at", "updated_at")
    default_order = "position"
