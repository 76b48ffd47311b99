"""The rule set as a table: what turns a strategy's answers into consequences, rule by rule."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest import exports
from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from strategy import rules

COLUMNS = ("id", "version", "title", "reason", "source")
_TEXT = {"type": "string"}
ANSWER = {
    "type": "object",
    "properties": {
        "rule_set_version": {"type": "integer", "description": "Rises whenever a rule is added, leaves or changes."},
        "next": {"type": "null"},
        "previous": {"type": "null"},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {**_TEXT, "description": "What a consequence names as its rule."},
                    "version": {"type": "integer"},
                    "title": _TEXT,
                    "reason": {**_TEXT, "description": "Why it follows."},
                    "source": {**_TEXT, "description": "Where it is written."},
                },
                "required": list(COLUMNS),
            },
        },
    },
    "required": ["rule_set_version", "next", "previous", "results"],
}


class StrategyRules(APIView):
    """The rules by which strategies have consequences, in their order, whole."""

    route = "strategy-rules"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer, exports.CsvRenderer, exports.XlsxRenderer]

    @extend_schema(
        operation_id="strategy_rules",
        tags=["strategy-rules"],
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx"])],
        responses={200: OpenApiResponse(ANSWER, "The rules.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        for name in request.query_params:
            if name != "format":
                raise unknown_parameter(name[:100], f"There is no parameter {name[:100]!r} here. Known: format.")
        rows: list[dict[str, Any]] = [dict(zip(COLUMNS, row, strict=True)) for row in rules.as_table()]
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            return exports.answer(self.route, form, COLUMNS, (tuple(row.values()) for row in rows))
        return Response({"rule_set_version": rules.RULE_SET_VERSION, "next": None, "previous": None, "results": rows})
