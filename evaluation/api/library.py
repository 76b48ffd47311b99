"""What the next RFP can begin with: the library of questions, and the templates."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet, may_create
from evaluation.actions.library import revise
from evaluation.api.shapes import NUMBER, TEXT, TRUTH, WHOLE, array, described, rows
from evaluation.asking import row_of
from evaluation.library.shapes import Template
from evaluation.library.templates import TEMPLATES
from evaluation.models import LibraryQuestion


class LibraryQuestionViewSet(RecordViewSet):
    """Questions kept for the next RFP, version by version."""

    model = LibraryQuestion
    writable = (
        "code",
        "group",
        "question",
        "kind",
        "unit",
        "choices",
        "table_columns",
        "mandatory",
        "level",
        "envelope",
        "bands",
        "help",
    )
    fields = ("code", "number", *writable[1:], "state")
    filters = ("code", "number", "group", "kind", "level", "envelope", "mandatory", "state", "updated_at")
    searched = ("code", "question", "help")
    orderings = ("code", "number", "created_at", "updated_at")
    default_order = "code,-number"

    @address("revise", "Start the next version of a question in use.", method="post", status=201, permits=may_create)
    def revise(self, request: Request, asked: Asked) -> Any:
        """Start the next version of a question in use as a copy of it."""
        return revise(asked.record, actor=request.user, source="api")  # type: ignore[arg-type]


_QUESTION = {
    name: TRUTH if name == "mandatory" else TEXT
    for name in (
        "code", "group", "question", "kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope",
        "criterion", "bands", "help", "requirement",
    )
}  # fmt: skip
TEMPLATE = described(
    code={**TEXT, "description": "What rfps/<id>/template/ asks for."},
    title=TEXT,
    when=TEXT,
    scope=TEXT,
    services=array(TEXT),
    modality={**TEXT, "description": "The only modality it fits; empty: any."},
    timetable=rows(code=TEXT, label=TEXT, days=WHOLE, note=TEXT),
    criteria=rows(code=TEXT, group=TEXT, title=TEXT, weight=NUMBER, measure=TEXT, anchors=TEXT, rule=TEXT),
    requirements=rows(code=TEXT, group=TEXT, requirement=TEXT, need=TEXT, evidence=TEXT),
    questions=rows(**_QUESTION),
    price_sheet=rows(
        code=TEXT, type=TEXT, label=TEXT, unit=TEXT, recurring=TRUTH, quantity=TEXT, quantity_per=TEXT,
        mandatory=TRUTH, help=TEXT,
    ),
    documents=rows(code=TEXT, title=TEXT, why=TEXT, mandatory=TRUTH),
)  # fmt: skip
ANSWER = described(next={"type": "null"}, previous={"type": "null"}, results=array(TEMPLATE))


def as_json(template: Template) -> dict[str, Any]:
    """Return a template in the words of an RFP's tables."""
    traces = template.traces()
    return {
        "code": template.code,
        "title": template.title,
        "when": template.when,
        "scope": template.scope,
        "services": list(template.services),
        "modality": template.modality,
        "timetable": [
            {"code": one.code, "label": one.label, "days": one.days, "note": one.note} for one in template.timetable
        ],
        "criteria": [
            {
                "code": one.code, "group": one.group, "title": one.title, "weight": one.weight,
                "measure": one.measured, "anchors": one.anchors_text(), "rule": one.rule,
            }
            for one in template.criteria
        ],
        "requirements": [
            {"code": one.code, "group": one.group, "requirement": one.text, "need": one.need, "evidence": one.evidence}
            for one in template.requirements
        ],
        "questions": [{**row_of(one), "requirement": traces.get(one.code, "")} for one in template.questions],
        "price_sheet": [
            {
                "code": one.code, "type": one.type, "label": one.label, "unit": one.unit, "recurring": one.recurring,
                "quantity": one.quantity, "quantity_per": one.quantity_per, "mandatory": one.mandatory,
                "help": one.help,
            }
            for one in template.prices
        ],
        "documents": [
            {"code": one.code, "title": one.title, "why": one.why, "mandatory": one.mandatory}
            for one in template.documents
        ],
    }  # fmt: skip


class RfpTemplates(APIView):
    """The templates that an RFP can begin with, whole."""

    route = "rfp-templates"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer]

    @extend_schema(
        operation_id="rfp_templates",
        tags=["rfp-templates"],
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=["json"])],
        responses={200: OpenApiResponse(ANSWER, "The templates.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        for name in request.query_params:
            if name != "format":
                raise unknown_parameter(name[:100], f"There is no parameter {name[:100]!r} here. Known: format.")
        return Response({"next": None, "previous": None, "results": [as_json(one) for one in TEMPLATES.values()]})
