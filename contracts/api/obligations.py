"""What is owed over REST: obligations, the events that start clocks, and the calendar. Duties are a table of the agreement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest import exports
from cmo_lifecycle.doors.rest.kinds import Bad, Day, Flag, Key, nullable
from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import bad_parameter, unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.partners.clocks import add_months
from contracts.almanac import KINDS, entries
from contracts.duties import MONTHS_AHEAD
from contracts.models import AgreementEvent, Obligation


class ObligationViewSet(RecordViewSet):
    """What both sides owe under agreements, each with its day; written by the clock from duties, clocks and dates, or by hand."""

    model = Obligation
    writable = ("agreement", "title", "topic", "side", "owner", "due_on", "evidence_asked")
    fields = (*writable, "due_at", "counted", "duty", "occurrence", "event", "level", "evidence", "done_on", "state")
    filters = ("agreement", "owner", "side", "due_on", "topic", "event", "state", "updated_at")
    searched = ("title",)
    orderings = ("due_on", "title", "created_at", "updated_at")
    default_order = "due_on"


class AgreementEventViewSet(RecordViewSet):
    """Events that start a clock of an agreement: `clock` is the code of a term, or the key of a duty that an event starts."""

    model = AgreementEvent
    writable = ("agreement", "clock", "what", "happened_at", "zone", "side", "owner")
    fields = (*writable, "state")
    filters = ("agreement", "clock", "happened_at", "owner", "state", "updated_at")
    searched = ("what",)
    orderings = ("happened_at", "created_at", "updated_at")
    default_order = "-happened_at"


_TEXT = {"type": "string"}
COLUMNS = ("on", "kind", "title", "reference", "agreement_id", "obligation_id", "page")
ANSWER = {
    "type": "object",
    "properties": {
        "from": Day().schema(),
        "to": Day().schema(),
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "on": Day().schema(),
                    "kind": {"type": "string", "enum": list(KINDS)},
                    "title": _TEXT,
                    "reference": {**_TEXT, "description": "The number of the agreement."},
                    "agreement_id": Key().schema(),
                    "obligation_id": nullable(Key().schema()),
                    "page": {"type": "string", "format": "uri-reference"},
                },
                "required": list(COLUMNS),
            },
        },
    },
    "required": ["from", "to", "results"],
}
MOST = timedelta(days=366 * 5)


class AgreementCalendar(APIView):
    """What ends, renews, is due for notice or review, or owed, over all agreements that the caller sees."""

    route = "agreement-calendar"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer, exports.CsvRenderer, exports.XlsxRenderer]

    @extend_schema(
        operation_id="agreement_calendar",
        tags=["agreement-calendar"],
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="The first day; today where it is left out."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, five years later at most."),
            OpenApiParameter("own", OpenApiTypes.BOOL, description="Only what the caller sees to."),
            OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx"]),
        ],
        responses={200: OpenApiResponse(ANSWER, "The days, soonest first.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = request.query_params
        for name in asked:
            if name not in ("from", "to", "own", "format"):
                raise unknown_parameter(
                    name[:100], f"There is no parameter {name[:100]!r} here. Known: from, to, own, format."
                )
        first = _read(asked, "from", Day()) or timezone.localdate()
        last = _read(asked, "to", Day()) or add_months(first, MONTHS_AHEAD)
        if not first <= last <= first + MOST:
            raise bad_parameter("to", "Give a day from the first one on, five years later at most.")
        found = entries(request.user, first, last, own=_read(asked, "own", Flag()) is True)  # type: ignore[arg-type]
        rows: list[dict[str, Any]] = [
            dict(
                zip(COLUMNS, (one.on, one.kind, one.title, one.of, one.agreement, one.obligation, one.url), strict=True)
            )
            for one in found
        ]
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            return exports.answer(self.route, form, COLUMNS, (tuple(row.values()) for row in rows))
        return Response({"from": first, "to": last, "results": rows})


def _read(asked: Any, name: str, kind: Any) -> Any:
    text = asked.get(name)
    if text is None:
        return None
    try:
        found = kind.parse(text)
    except Bad as bad:
        raise bad_parameter(name, str(bad.errors)) from None
    if name != "own" and not 1990 <= found.year <= 2199:
        raise bad_parameter(name, "Give a day of the years 1990 to 2199.")
    return found


VIEWS: tuple[Any, ...] = (ObligationViewSet, AgreementEventViewSet)
urlpatterns: list[URLPattern] = [path("agreement-calendar/", AgreementCalendar.as_view(), name="agreement-calendar")]
