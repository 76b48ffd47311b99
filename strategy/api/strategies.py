from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from cmo_lifecycle.doors.pdf import as_file
from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Input, Key, Text
from cmo_lifecycle.doors.rest.problems import bad_parameter
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet, may_create
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.refusals import NotPermitted
from cmo_lifecycle.workflow.transitions import stale
from strategy.actions.consequences import accept, accept_all
from strategy.actions.strategies import revise
from strategy.api.figures import ANSWER, figures
from strategy.comparison import ADDED, CHANGED, REMOVED, SAME, as_json, compare
from strategy.findings import findings
from strategy.models import Strategy
from strategy.pdf import board_paper, file_name
from strategy.rules import Kind

FINDING = {
    "type": "object",
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer to the member that mends it: a field, a table, or a row of a table.",
        },
        "detail": {"type": "string"},
    },
    "required": ["pointer", "detail"],
}
WHY = Input("why", "why", Text(most=2000, blank=False), True, False, "Why there is a next version.")
OF_KIND = Input(
    "kind",
    "kind",
    Text(choices=tuple(kind.value for kind in Kind), blank=False),
    False,
    False,
    "Those of this kind alone.",
)
ACCEPTED = {
    "type": "object",
    "properties": {"accepted": {"type": "integer", "description": "How many were undecided."}},
    "required": ["accepted"],
}

COMPARISON = {
    "type": "object",
    "properties": {
        "earlier_id": Key().schema(),
        "later_id": Key().schema(),
        "sections": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "rows": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "label": {"type": "string"},
                                "before": {"type": "string", "description": "As people read it; empty: nothing."},
                                "after": {"type": "string"},
                                "kind": {"type": "string", "enum": [SAME, CHANGED, ADDED, REMOVED]},
                            },
                            "required": ["label", "before", "after", "kind"],
                        },
                    },
                },
                "required": ["title", "rows"],
            },
        },
    },
    "required": ["earlier_id", "later_id", "sections"],
}


OTHER = Input("with", "with", Key(), True, False, "The other version, of the same programme.")


def _may_accept(view: Any, record: Any, user: Any) -> None:
    if not accept.allows(record, user):
        raise NotPermitted(accept.who_may())


class StrategyViewSet(RecordViewSet):
    """Partnering strategies of programmes, version by version, with their tables."""

    model = Strategy
    writable = (
        "programme",
        "why_revised",
        "scope",
        "starts_on",
        "launch_on",
        "horizon_from",
        "horizon_to",
        "relationship_type",
        "review_due",
        "core_competency",
        "core_rationale",
        "core_evidence",
        "sourcing_intent",
        "in_house_by",
        "intent_rationale",
        "intent_evidence",
        "alternates",
        "alternate_by",
        "alternate_plan",
        "alternates_rationale",
        "alternates_evidence",
        "duration",
        "duration_until",
        "duration_rationale",
        "duration_evidence",
        "exit_intent",
        "weights_by",
        "inconsistency_explained",
        "demand_unit",
        "batch_output",
        "batch_yield",
        "batch_failure",
        "currency",
        "discount_rate",
        "make_or_buy",
        "market_notes",
        "constraints",
        "budget",
        "oversight_budget",
        "tier",
        "tier_rationale",
        "risk_scale",
        "risk_threshold",
        "severity_gate",
        "supply_risk",
        "profit_impact",
        "segment_rationale",
        "external_id",
    )
    fields = ("programme", "number", "revises", *writable[1:], "approved_at", "state")
    filters = (
        "programme",
        "number",
        "revises",
        "review_due",
        "sourcing_intent",
        "alternates",
        "duration",
        "tier",
        "external_id",
        "state",
        "updated_at",
    )
    orderings = {
        "programme": "programme__name",
        "number": "number",
        "review_due": "review_due",
        "approved_at": "approved_at",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "programme,-number"

    @classmethod
    def extra_schemas(cls) -> dict[str, dict[str, Any]]:
        return {
            **super().extra_schemas(),
            "findings": {
                "type": "array",
                "items": FINDING,
                "description": "While it is written: what keeps it from review.",
            },
            "relationship_ids": {
                "type": "array",
                "items": Key().schema(),
                "description": "Relationships that were approved under this version.",
            },
        }

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        told = findings(record) if record.state in Strategy.WRITABLE else []
        linked = Relationship.objects.visible_to(user).filter(strategy_link__strategy=record)
        return {
            **super().extras(record, user),
            "findings": [{"pointer": _pointer(one), "detail": one.sentence} for one in told],
            "relationship_ids": list(linked.order_by("pk").values_list("pk", flat=True)),
        }

    @address(
        "revise",
        "Start the next version of an approved one as a copy.",
        method="post",
        takes=(WHY,),
        status=201,
        permits=may_create,
    )
    def revise(self, request: Request, asked: Asked) -> Any:
        """Start the next version of an approved strategy as a copy."""
        return revise(asked.record, actor=request.user, why=asked.said["why"], source="api")

    @address(
        "accept-all",
        "Accept every consequence that is undecided, or those of one kind.",
        method="post",
        takes=(OF_KIND,),
        answer=ACCEPTED,
        versioned=True,
        permits=_may_accept,
    )
    def accept_all(self, request: Request, asked: Asked) -> Any:
        """Accept what is undecided (of one kind), as it was read with this version of the strategy."""
        with transaction.atomic():
            # What follows changes with the strategy alone: while it stands still, so do its consequences.
            seen = Strategy.objects.visible_to(request.user)
            locked = seen.select_for_update(of=("self",)).get(pk=asked.record.pk)
            if asked.version != locked.version:
                raise stale(locked, asked.version or 0)
            count = accept_all(locked, actor=request.user, kind=asked.said.get("kind", ""), source="api")
            return {"accepted": count}

    @address(
        "figures",
        "Everything that is worked out: weights, batches, capacity, money, risks, segment.",
        answer=ANSWER,
    )
    def figures(self, request: Request, asked: Asked) -> Any:
        """Everything that is worked out from the strategy."""
        return {"version": asked.record.version, **figures(asked.record)}

    @address(
        "comparison",
        "The strategy beside another version: every field, row and consequence, and what became of it.",
        asks=(OTHER,),
        answer=COMPARISON,
    )
    def comparison(self, request: Request, asked: Asked) -> HttpResponseBase:
        """The strategy beside another version for the same programme, the earlier one first."""
        record, key = asked.record, asked.said["with"]
        other = self.rows(request.user).filter(programme=record.programme_id, pk=key).first()
        if other is None:
            raise bad_parameter("with", "This programme has no such version of its strategy.")
        earlier, later = sorted((record, other), key=lambda one: one.number)
        return Response({"earlier_id": earlier.pk, "later_id": later.pk, "sections": as_json(compare(earlier, later))})

    @address("board-paper", "The strategy as a file to print.", pdf=True)
    def board_paper(self, request: Request, asked: Asked) -> HttpResponseBase:
        """A strategy as a file to print: its answers, figures, risks, what it asks for, and its signatures."""
        record = (
            Strategy.objects.visible_to(request.user).select_related("programme", "revises").get(pk=asked.record.pk)
        )
        return as_file(board_paper(record), file_name(record))


def _pointer(finding: Any) -> str:
    return f"/{finding.field}" if finding.row is None else f"/{finding.field}/{finding.row}"
