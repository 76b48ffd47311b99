"""KPI values over any span and group, over REST and as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest import exports
from cmo_lifecycle.doors.rest.filters import Filter
from cmo_lifecycle.doors.rest.kinds import Bad, Day, Flag, Key, Text, Whole, nullable, one_of
from cmo_lifecycle.doors.rest.listing import PREFIX, Negotiation
from cmo_lifecycle.doors.rest.problems import Problem, unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations.kpi import GROUPS, explorer
from operations.kpi.formulas import PARTS
from operations.kpi.values import KpiValue
from operations.models import KpiObservation

_NUMBER = nullable({"type": "string"})
_ADDRESS = {"type": "string", "format": "uri-reference"}
VALUE = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "description": "Finds the group again; empty for everything, and for lines without."},
        "label": {"type": "string"},
        "from": nullable(Day().schema()),
        "to": nullable(Day().schema()),
        "numerator": {**_NUMBER, "description": "null for a median, a percentile and a maximum."},
        "denominator": {**_NUMBER, "description": "Lines counted."},
        "value": {**_NUMBER, "description": "null unless the state is ok: nothing measured is not zero."},
        "unit": {"type": "string", "description": "Of an amount: its currency."},
        "state": Text(choices=tuple(KpiObservation.State.values), blank=False).schema(),
        "coverage": {**_NUMBER, "description": "Share of the lines that could be judged, in %."},
        "small_sample": Flag().schema(),
        "explanation": {"type": "string", "description": "Why there is no value."},
        "rows": {
            "type": "object",
            "description": "Where the very lines are: for people, and over REST by part of the value.",
            "properties": {"page": _ADDRESS, **dict.fromkeys(PARTS, _ADDRESS)},
            "required": ["page", *PARTS],
        },
    },
    "required": [
        "key", "label", "from", "to", "numerator", "denominator", "value", "unit", "state", "coverage",
        "small_sample", "explanation", "rows",
    ],
}  # fmt: skip
ANSWER = {
    "type": "object",
    "properties": {
        "kpi": {"type": "string"},
        "name": {"type": "string"},
        "definition_version": Whole(1, 32767).schema(),
        "definition_id": Key().schema(),
        "formula": {"type": "string", "description": "In words."},
        "unit": {"type": "string"},
        "direction": {"type": "string"},
        "target": _NUMBER,
        "red_line": _NUMBER,
        "group_by": Text(choices=tuple(GROUPS), blank=False).schema(),
        "from": nullable(Day().schema()),
        "to": nullable(Day().schema()),
        "as_of": Day().schema(),
        "next": nullable({"type": "string", "format": "uri"}),
        "results": {"type": "array", "items": VALUE},
    },
    "required": ["kpi", "definition_version", "group_by", "from", "to", "as_of", "next", "results"],
}


def _parameter(name: str, words: str) -> OpenApiParameter:
    kinds: dict[str, Any] = {
        "from": OpenApiTypes.DATE,
        "to": OpenApiTypes.DATE,
        "as_of": OpenApiTypes.DATE,
        "version": OpenApiTypes.INT,
        "limit": OpenApiTypes.INT,
        "offset": OpenApiTypes.INT,
    }
    choices = tuple(GROUPS) if name == "group_by" else None
    return OpenApiParameter(
        name, kinds.get(name, OpenApiTypes.STR), description=words, required=name == "kpi", enum=choices
    )


class KpiValues(APIView):
    """Values of one KPI, by group, each with its numerator, denominator, state and the lines it was made of."""

    route = "kpi-values"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer, exports.CsvRenderer, exports.XlsxRenderer]

    @extend_schema(
        operation_id="kpi_values",
        tags=["kpi-values"],
        parameters=[_parameter(name, words) for name, words in {**explorer.PARAMETERS, **explorer.PAGING}.items()],
        responses={200: OpenApiResponse(ANSWER, "The values.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = request.query_params
        known = {**explorer.PARAMETERS, **explorer.PAGING, "format": ""}
        for name in asked:
            if name not in known:
                raise unknown_parameter(
                    name[:100], f"There is no parameter {name[:100]!r} here. Known: {one_of(list(known))}."
                )
        try:
            found = explorer.question(asked)
            limit, offset = explorer.page_of(asked)
        except InvalidInput as refusal:
            raise Problem(
                "invalid",
                errors=[
                    {"pointer": f"?{name}", "detail": sentence, "code": "invalid"}
                    for name, sentences in refusal.errors.items()
                    for sentence in sentences
                ],
            ) from None
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            if "limit" in asked or "offset" in asked:
                raise Problem("invalid", "A file holds every group: leave out limit and offset.")
            return exports.answer(self.route, form, explorer.COLUMNS, explorer.table(found, found.values(request.user)))
        values = found.values(request.user, limit + 1, offset)
        definition = found.definition
        return Response(
            {
                "kpi": definition.code,
                "name": definition.name,
                "definition_version": definition.number,
                "definition_id": definition.pk,
                "formula": definition.formula_words,
                "unit": definition.unit,
                "direction": definition.direction,
                "target": definition.target,
                "red_line": definition.red_line,
                "group_by": found.group_by,
                "from": found.start,
                "to": found.end,
                "as_of": found.as_of,
                "next": self._next(request, limit, offset) if len(values) > limit else None,
                "results": [
                    {**explorer.described(found, value), "rows": links(found, value)} for value in values[:limit]
                ],
            }
        )

    def _next(self, request: Request, limit: int, offset: int) -> str:
        asked = request.query_params.copy()
        asked["offset"] = str(offset + limit)
        return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


def links(asked: explorer.Question, value: KpiValue) -> dict[str, str]:
    """Return where the lines behind a value are: a page, and a REST list for each part of it."""
    whole = urlencode({"behind": asked.behind(value, "denominator")})
    return {
        "page": f"{reverse('operations:delivery_list')}?{whole}",
        **{part: f"{PREFIX}deliveries/?{urlencode({'behind': asked.behind(value, part)})}" for part in PARTS},
    }


class _Behind(Text):
    """The text that `rows` of a KPI value gives: which value, and which part of it."""

    def parse(self, text: str) -> str:
        found = super().parse(text)
        try:
            explorer.behind_condition(found)
        except InvalidInput as refusal:
            raise Bad(str(refusal)) from None
        return found


BEHIND = Filter(
    "behind",
    _Behind(most=2000, blank=False),
    lambda texts: explorer.behind_condition(texts[0]),
    "The lines of one KPI value: out of `rows` of kpi-values.",
)
