from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.request import Request

from cmo_lifecycle.doors.rest.bodies import read_inputs
from cmo_lifecycle.doors.rest.kinds import Input, Text
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from operations.actions.definitions import revise_definition, revise_policy
from operations.models import KpiDefinition, ScoringPolicy


class Revisable(RecordViewSet):
    """A noun whose next version begins as a copy of one that is in force."""

    revise_inputs: dict[str, Input] = {}

    def revise(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        """Start the next version as a draft."""
        record = self.object(request, pk)
        self._check_may_create(request.user)
        query = self.read_detail_query(request)
        values = read_inputs(self.revise_inputs, request.data or {}, request.user)
        return self._created(request, self.next_version(record, request.user, values), query)

    def next_version(self, record: Any, user: Any, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def describe_revise(self, schema: Any) -> dict[str, Any]:
        body = {
            "type": "object",
            "properties": {name: one.schema() for name, one in self.revise_inputs.items()},
            "additionalProperties": False,
        }
        return schema.described(self, "revise", "Start the next version as a draft.", body=body, status="201")

    @classmethod
    def more_urls(cls) -> list[URLPattern]:
        return [
            path(
                f"{cls.route}/<uuid:pk>/revise/",
                cls.as_view({"post": "revise"}, basename=cls.route, detail=True),
                name=f"{cls.route}-revise",
            )
        ]


class KpiDefinitionViewSet(Revisable):
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
    revise_inputs = {"why": Input("why", "why", Text(most=2000), False, False, "Why there is a new version.")}

    def next_version(self, record: Any, user: Any, values: dict[str, Any]) -> Any:
        return revise_definition(record, actor=user, why=values.get("why", ""))


class ScoringPolicyViewSet(Revisable):
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

    def next_version(self, record: Any, user: Any, values: dict[str, Any]) -> Any:
        return revise_policy(record, actor=user)
