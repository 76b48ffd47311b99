from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.kinds import Flag, Free, Key, Moment, Text, Whole, nullable
from cmo_lifecycle.doors.rest.listing import PREFIX
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from operations.models import KpiDefinition, KpiObservation, Review, ReviewInputs

_NUMBER = nullable({"type": "string"})
KPI = {
    "type": "object",
    "properties": {
        "kpi": {"type": "string", "description": "Code of the KPI."},
        "definition_version": Whole(1, 32767).schema(),
        "definition_id": Key().schema(),
        "name": {"type": "string"},
        "category": {"type": "string"},
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "value": {**_NUMBER, "description": "null unless the state is ok: nothing measured is not zero."},
        "unit": {"type": "string"},
        "currency": {"type": "string"},
        "state": Text(choices=tuple(KpiObservation.State.values), blank=False).schema(),
        "coverage": {**_NUMBER, "description": "Share of the lines whose data are there, in %."},
        "normalised": {**_NUMBER, "description": "0 at the red line, 100 at the target."},
        "small_sample": Flag().schema(),
        "target": _NUMBER,
        "red_line": _NUMBER,
        "href": {"type": "string", "format": "uri-reference", "description": "The deliveries of the period."},
    },
    "required": [
        "kpi",
        "definition_version",
        "numerator",
        "denominator",
        "value",
        "unit",
        "state",
        "coverage",
        "small_sample",
        "href",
    ],
}
INPUTS = {
    "type": "object",
    "properties": {
        "taken_at": Moment().schema(),
        "count": {"type": "integer"},
        "sha256": {"type": "string"},
        "rows": Free("array").schema(),
    },
    "required": ["taken_at", "count", "sha256", "rows"],
}


def kpis_of(keys: Iterable[Any]) -> dict[Any, list[dict[str, Any]]]:
    """Return the KPIs of reviews by review, in one query."""
    found: dict[Any, list[dict[str, Any]]] = {}
    rows = KpiObservation.objects.filter(review__in=list(keys)).select_related("definition", "review")
    for row in rows.order_by("category", "definition__code", "id"):
        found.setdefault(row.review_id, []).append(_kpi(row))
    return found


def _kpi(row: KpiObservation) -> dict[str, Any]:
    definition = row.definition
    return {
        "kpi": definition.code,
        "definition_version": definition.number,
        "definition_id": definition.pk,
        "name": definition.name,
        "category": row.category,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "value": row.value,
        "unit": definition.unit,
        "currency": row.currency,
        "state": row.state,
        "coverage": row.coverage,
        "normalised": row.normalised,
        "small_sample": row.small_sample,
        "target": definition.target,
        "red_line": definition.red_line,
        "href": _lines(row.review, definition),
    }


def _lines(review: Review, definition: KpiDefinition) -> str:
    column = "delivered_on" if definition.date_basis == KpiDefinition.DateBasis.DELIVERED else "scheduled_on"
    asked = {
        "relationship_id": review.relationship_id,
        f"{column}_from": review.starts_on,
        f"{column}_to": review.ends_on,
    }
    return f"{PREFIX}deliveries/?{urlencode(asked)}"


class ReviewViewSet(RecordViewSet):
    """Scorecards of relationships, period by period. `expand=kpis` shows the KPIs in lists too."""

    model = Review
    writable = ("comment",)
    may_post = False
    fields = (
        "relationship",
        "kind",
        "cadence",
        "label",
        "starts_on",
        "ends_on",
        "made_up_late",
        "opened_at",
        "policy",
        "score",
        "coverage",
        "standing",
        "result",
        "comment",
        "state",
    )
    filters = {
        "relationship": "relationship",
        "cmo": "relationship__cmo",
        "programme": "relationship__programme",
        "kind": "kind",
        "cadence": "cadence",
        "starts_on": "starts_on",
        "ends_on": "ends_on",
        "made_up_late": "made_up_late",
        "score": "score",
        "standing": "standing",
        "state": "state",
        "updated_at": "updated_at",
    }
    orderings = ("starts_on", "ends_on", "score", "opened_at", "updated_at")
    default_order = "-starts_on"
    more_expand = {"kpis": {"type": "array", "items": KPI}}

    @classmethod
    def extra_schemas(cls) -> dict[str, dict[str, Any]]:
        return {**super().extra_schemas(), "kpis": {"type": "array", "items": KPI}}

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        return {**super().extras(record, user), "kpis": kpis_of([record.pk]).get(record.pk, [])}

    def expanded(self, name: str, keys: Sequence[Any], user: Any) -> dict[Any, Any]:
        found = kpis_of(keys)
        return {key: found.get(key, []) for key in keys}

    @address("inputs", "The very rows the review was computed from, and their SHA-256.", answer=INPUTS)
    def inputs_taken(self, request: Request, asked: Asked) -> HttpResponseBase:
        """The very rows the review was computed from, as they were, and their SHA-256."""
        taken = ReviewInputs.objects.get(review=asked.record)
        return Response({"taken_at": taken.taken_at, "count": taken.count, "sha256": taken.sha256, "rows": taken.rows})
