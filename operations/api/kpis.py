from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Input, Text
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet, may_create
from operations.actions.definitions import revise_definition, revise_policy
from operations.models import KpiDefinition, ScoringPolicy

BEGINS = "Start the next version as a draft."
WHY = Input("why", "why", Text(most=2000), False, False, "Why there is a new version.")


class KpiDefinitionViewSet(RecordViewSet):
    """What each KPI means, version by version."""

    model = KpiDefinition
    writable = (
        "code",
        "name",
        "category",
        "formula",
        "formula_words",
        "numerator_words",
        "denominator_words",
        "unit",
        "decimals",
        "direction",
        "target",
        "red_line",
        "weight",
        "grace_days",
        "early_days",
        "quantity_tolerance",
        "date_basis",
        "minimum_sample",
        "missing_data",
        "why",
    )
    fields = ("code", "number", *writable[1:], "state", "in_force_from")
    filters = ("code", "number", "category", "formula", "direction", "state", "updated_at")
    searched = ("name", "code")
    orderings = ("code", "name", "number", "updated_at")
    default_order = "code"

    @address("revise", BEGINS, method="post", takes=(WHY,), status=201, permits=may_create)
    def revise(self, request: Request, asked: Asked) -> Any:
        """Start the next version as a draft."""
        return revise_definition(asked.record, actor=request.user, why=asked.said.get("why", ""))


class ScoringPolicyViewSet(RecordViewSet):
    """How scorecards are summed up, version by version."""

    model = ScoringPolicy
    writable = (
        "category_weights",
        "bands",
        "least_coverage",
        "cadence_by_tier",
        "cadence_follows_standing",
        "grace_days",
    )
    may_post = False
    fields = ("number", *writable, "state", "in_force_from")
    filters = ("number", "state", "updated_at")
    orderings = ("number", "updated_at")
    default_order = "-number"

    @address("revise", BEGINS, method="post", status=201, permits=may_create)
    def revise(self, request: Request, asked: Asked) -> Any:
        """Start the next version as a draft."""
        return revise_policy(asked.record, actor=request.user)
