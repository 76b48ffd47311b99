from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from rest_framework.request import Request

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Input, Moment, Text, nullable
from cmo_lifecycle.doors.rest.problems import bad_parameter
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from evaluation import access
from evaluation.api.board import BOARD, WEIGHTS, board_as_json
from evaluation.api.costs import COSTS, costs_as_json
from evaluation.api.shapes import KEY, TEXT, WHOLE, described, rows
from evaluation.board import board
from evaluation.costs import Costs
from evaluation.filling import apply_template
from evaluation.findings import findings
from evaluation.library.templates import TEMPLATES
from evaluation.models import Enquiry, Evaluator, Proposal, Rfp

TEMPLATE = Input(
    "template", "template", Text(choices=tuple(TEMPLATES), blank=False), True, False, "Its code at rfp-templates/."
)
FINDINGS = described(
    version=WHOLE,
    findings=rows(
        pointer={"type": "string", "description": "JSON pointer to the field or table that mends it."}, detail=TEXT
    ),
)
ANSWERED = described(
    version=WHOLE,
    results=rows(id=KEY, number=WHOLE, question=TEXT, answer=TEXT, answered_at=nullable(Moment().schema())),
)


def check_may_edit(view: Any, record: Any, user: Any) -> None:
    view._check_may_edit(user)


class RfpViewSet(RecordViewSet):
    """Requests to CMOs for information, a proposal or a quotation, from a version of the programme's strategy."""

    model = Rfp
    writable = (
        "programme",
        "kind",
        "title",
        "owner",
        "service",
        "modality",
        "scope",
        "assumptions",
        "questions_until",
        "closes_at",
        "decision_by",
        "valid_days",
        "standstill_days",
        "hides_participation",
        "scoring",
        "scale_least",
        "scale_most",
        "places",
        "spread",
        "least_evaluators",
        "currency",
        "discount_rate",
        "demand_unit",
        "batch_output",
        "batch_yield",
        "should_cost",
        "oversight_fte",
        "fte_rate",
        "audit_cost",
        "plant_day_cost",
        "oversight_systems",
        "change_reserve",
        "external_id",
    )
    fields = (
        "reference",
        "strategy",
        "template",
        *writable,
        "issued_at",
        "closed_at",
        "opened_at",
        "priced_at",
        "state",
    )
    filters = (
        "programme",
        "strategy",
        "kind",
        "reference",
        "owner",
        "service",
        "modality",
        "closes_at",
        "decision_by",
        "external_id",
        "state",
        "updated_at",
    )
    searched = ("reference", "title", "scope")
    orderings = {
        "reference": "reference",
        "title": "title",
        "programme": "programme__name",
        "closes_at": "closes_at",
        "decision_by": "decision_by",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "-reference"

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        if record.state not in Rfp.OVER:
            # Who may take a step, and what stands in its way, is asked of the same rows again and again.
            prefetch_related_objects(
                [record],
                Prefetch("evaluators", Evaluator.objects.select_related("person")),
                Prefetch("proposals", Proposal.objects.select_related("cmo")),
            )
        return super().extras(record, user)

    @address("findings", "What keeps it from being approved, each with the member that mends it.", answer=FINDINGS)
    def findings(self, request: Request, asked: Asked) -> Any:
        """What keeps a draft from being approved; nothing once it is."""
        told = findings(asked.record) if asked.record.state == Rfp.State.DRAFT else []
        return {
            "version": asked.record.version,
            "findings": [{"pointer": f"/{one.field}", "detail": one.sentence} for one in told],
        }

    @address(
        "template",
        "Fill its empty tables from a template; what the strategy asks for stays.",
        method="post",
        takes=(TEMPLATE,),
        versioned=True,
        permits=check_may_edit,
    )
    def template(self, request: Request, asked: Asked) -> Any:
        """Fill a draft's empty tables from the template of a service."""
        code, version = asked.said["template"], asked.version
        return apply_template(asked.record, code, actor=request.user, version=version, source="api")  # type: ignore[arg-type]

    @address(
        "board",
        "Scores, totals, ranks and what would change them, as far as you may see them.",
        asks=(WEIGHTS,),
        answer=BOARD,
    )
    def board(self, request: Request, asked: Asked) -> Any:
        """The evaluation board of opened proposals, under the RFP's weights or under others."""
        self._check_reads(request, asked.record)
        weights = asked.said.get("weights")
        found = board(asked.record, weights, viewer=request.user)
        known = {one.code for one in found.all_criteria}
        for code in weights or {}:
            if code not in known:
                raise bad_parameter("weights", f"{code} is not a criterion of this RFP.")
        return {"version": asked.record.version, **board_as_json(found)}

    @address("costs", "The total cost of partnership of each bidder, by scenario, down to its lines.", answer=COSTS)
    def costs(self, request: Request, asked: Asked) -> Any:
        """What each bidder costs in all, by scenario, component and line."""
        self._check_reads(request, asked.record)
        running = Proposal.IN_THE_RUNNING
        rows = asked.record.proposals.filter(state__in=running).select_related("cmo")
        proposals = list(rows.order_by("cmo__legal_name", "id"))
        return {"version": asked.record.version, **costs_as_json(Costs(asked.record, proposals), proposals)}

    @address(
        "questions-and-answers", "What bidders asked and all of them were answered, as they read it.", answer=ANSWERED
    )
    def questions_and_answers(self, request: Request, asked: Asked) -> Any:
        """The questions that were answered to all bidders, in the wording that all of them read."""
        told = Enquiry.objects.visible_to(request.user).filter(rfp=asked.record, state=Enquiry.State.ANSWERED)
        return {
            "version": asked.record.version,
            "results": [
                {
                    "id": one.pk,
                    "number": one.number,
                    "question": one.wording,
                    "answer": one.answer,
                    "answered_at": one.answered_at,
                }
                for one in told.order_by("number")
            ],
        }

    def _check_reads(self, request: Request, rfp: Any) -> None:
        """Before the opening, and for whoever does not read what was opened, there is no board and there are no costs."""
        if not access.reads_rfp(request.user, rfp):
            raise Http404
