"""The clause library, what agreements hold of it, suggestions, coverage and waivers, over REST."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest import exports
from cmo_lifecycle.doors.rest.kinds import nullable
from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import bad_parameter, unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from contracts import matrix
from contracts.clauses.coverage import SHOWN
from contracts.clauses.topics import LIBRARY_VERSION, TOPICS, library_digest
from contracts.filters import CoverageFilters
from contracts.judging import board
from contracts.models import Agreement, Clause, Waiver
from contracts.searching import FOUND_AT_ONCE, search
from evaluation.api.shapes import KEY, NO_WHOLE, TEXT, TEXTS, TRUTH, WHOLE, array, described, rows

_STATUS = {"type": "string", "enum": list(SHOWN)}
_TOPIC = described(
    code={**TEXT, "description": "What a clause names as its topic."},
    name=TEXT,
    group=TEXT,
    agreements={**TEXTS, "description": "The kinds of agreement in which it has its place."},
    serves=TEXT,
    purpose=TEXT,
    why=TEXT,
    standard={**TEXT, "description": "Our own text, with blanks in [brackets]."},
    fallbacks={**TEXTS, "description": "Positions to retreat to, best first."},
    walk_away=TEXT,
    category={**TEXT, "description": "The labelled category of published contracts that it covers."},
    strategy_topics=TEXTS,
    consequences={**TEXTS, "description": "The mechanisms of a strategy that it serves, by their codes."},
    terms=rows(code=TEXT, label=TEXT, kind=TEXT, unit=TEXT, default=TEXT),
)
_LIBRARY = described(
    library_version={**WHOLE, "description": "Rises whenever a topic is added or says something else."},
    digest={**TEXT, "description": "The SHA-256 of all that the library says."},
    next={"type": "null"},
    previous={"type": "null"},
    results=array(_TOPIC),
)
_SUGGESTED = described(
    start=WHOLE, end=WHOLE, words=TEXT, place=TEXT, score={"type": "string"}, because=TEXTS,
)  # fmt: skip
_BOARD = described(
    document_id=nullable(KEY),
    sentences=TEXTS,
    lacking={
        **rows(mechanism=TEXT, title=TEXT, reason=TEXT),
        "description": "What the strategy asks for, no agreement of the set holds, and nobody waived.",
    },
    topics=rows(
        topic=TEXT,
        name=TEXT,
        status=_STATUS,
        clause_id=nullable(KEY),
        is_serious=TRUTH,
        sentence=TEXT,
        suggestions=array(_SUGGESTED),
    ),
)
_FOUND = described(
    count=WHOLE,
    next_from=NO_WHOLE,
    results=rows(number=WHOLE, start=WHOLE, end=WHOLE, heading=TEXT, words=TEXT),
)
_COVERAGE = described(
    next={"type": "null"},
    previous={"type": "null"},
    gaps=rows(cmo_id=KEY, programme_id=KEY, agreement_id=KEY, topic=TEXT, status=_STATUS, sentence=TEXT),
    results=rows(agreement_id=KEY, agreement=TEXT, topic=TEXT, status=_STATUS),
)


def _only(request: Request, *known: str) -> None:
    for name in request.query_params:
        if name not in known:
            raise unknown_parameter(
                name[:100], f"There is no parameter {name[:100]!r} here. Known: {', '.join(known)}."
            )


class ClauseViewSet(RecordViewSet):
    """What people said of the topics of agreements: present, deviates, missing, not applicable, with text and place."""

    model = Clause
    writable = ("agreement", "topic", "status", "document", "start", "end", "words", "place", "note")
    fields = writable
    filters = ("agreement", "topic", "status", "document", "updated_at")
    searched = ("words", "note")
    orderings = {
        "agreement": "agreement__reference",
        "topic": "topic",
        "status": "status",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "agreement,topic"


class WaiverViewSet(RecordViewSet):
    """Signed decisions to do without what a strategy asks of an agreement."""

    model = Waiver
    writable = ("agreement", "mechanism", "grounds", "instead")
    fields = ("agreement", "mechanism", "title", "grounds", "instead", "state")
    filters = ("agreement", "mechanism", "state", "updated_at")
    searched = ("title", "grounds")
    orderings = {"agreement": "agreement__reference", "created_at": "created_at", "updated_at": "updated_at"}
    default_order = "agreement,-created_at"


class ClauseLibrary(APIView):
    """The clause library, whole: topics in their order."""

    route = "clause-library"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer, exports.CsvRenderer, exports.XlsxRenderer]

    @extend_schema(
        operation_id="clause_library",
        tags=["clause-library"],
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx"])],
        responses={200: OpenApiResponse(_LIBRARY, "The topics.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        _only(request, "format")
        topics = [one.as_json() for one in TOPICS.values()]
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            names = [name for name in topics[0] if name != "terms"]
            return exports.answer(self.route, form, names, ([one[name] for name in names] for one in topics))
        return Response(
            {
                "library_version": LIBRARY_VERSION,
                "digest": library_digest(),
                "next": None,
                "previous": None,
                "results": topics,
            }
        )


class _OfAgreement(APIView):
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer]

    def agreement(self, request: Request, pk: Any) -> Agreement:
        rows = Agreement.objects.visible_to(request.user).select_related("cmo", "programme", "parent")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such agreement.")
        return found


class AgreementTopics(_OfAgreement):
    """Where an agreement stands on every topic of its kind, with the passages that its text suggests."""

    @extend_schema(
        operation_id="agreement_topics",
        tags=["clauses"],
        responses={200: OpenApiResponse(_BOARD, "Its topics, serious gaps first.")},
    )
    def get(self, request: Request, pk: Any) -> HttpResponseBase:
        agreement = self.agreement(request, pk)
        _only(request)
        found = board(agreement)
        document = found.document
        said = document.words if document is not None else ""
        return Response(
            {
                "document_id": document.pk if document is not None else None,
                "sentences": found.coverage.sentences,
                "lacking": [
                    {"mechanism": one.code, "title": one.title, "reason": one.reason} for one in found.lacking
                ],
                "topics": [
                    {
                        "topic": line.topic.code,
                        "name": line.topic.name,
                        "status": line.status,
                        "clause_id": line.clause.pk if line.clause is not None else None,
                        "is_serious": line.serious,
                        "sentence": line.row.sentence,
                        "suggestions": [
                            {
                                "start": one.start,
                                "end": one.end,
                                "words": said[one.start : one.end],
                                "place": one.place,
                                "score": f"{one.score:g}",
                                "because": list(one.because),
                            }
                            for one in line.likely
                        ],
                    }
                    for line in found.lines
                ],
            }
        )  # fmt: skip


class AgreementText(_OfAgreement):
    """Passages of an agreement's newest text that hold some words, best first."""

    @extend_schema(
        operation_id="agreement_search",
        tags=["clauses"],
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True, description="Words, “a phrase”, or, -not."),
            OpenApiParameter("from", OpenApiTypes.INT, description="How many to pass over."),
        ],
        responses={200: OpenApiResponse(_FOUND, "Twenty passages at most.")},
    )
    def get(self, request: Request, pk: Any) -> HttpResponseBase:
        agreement = self.agreement(request, pk)
        _only(request, "q", "from")
        words = request.query_params.get("q", "").strip()
        start = request.query_params.get("from", "0")
        if not words or len(words) > 200:
            raise bad_parameter("q", "Give the words to look for, 200 characters at most.")
        if not (start.isascii() and start.isdigit() and len(start) <= 6):
            raise bad_parameter("from", "Give a whole number from 0.")
        document = agreement.current_document()
        if document is None:
            return Response({"count": 0, "next_from": None, "results": []})
        found = search(document, words, int(start), FOUND_AT_ONCE)
        return Response(
            {
                "count": found.count,
                "next_from": found.last if found.last < found.count else None,
                "results": [
                    {
                        "number": one.number,
                        "start": one.start,
                        "end": one.end,
                        "heading": one.heading,
                        "words": document.words[one.start : one.end],
                    }
                    for one in found.passages
                ],
            }
        )


class ContractCoverage(APIView):
    """Topics against the agreements that one sees and that bind or are worked on, with the serious gaps."""

    route = "contract-coverage"
    content_negotiation_class = Negotiation
    renderer_classes = [OrjsonRenderer, exports.CsvRenderer, exports.XlsxRenderer]

    @extend_schema(
        operation_id="contract_coverage",
        tags=["clauses"],
        parameters=[
            *(OpenApiParameter(name, OpenApiTypes.UUID) for name in ("cmo", "programme")),
            OpenApiParameter(
                "kind", OpenApiTypes.STR, enum=[one for one in Agreement.Kind.values if one != "amendment"]
            ),
            OpenApiParameter("state", OpenApiTypes.STR, enum=list(Agreement.State.values)),
            OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx"]),
        ],
        responses={200: OpenApiResponse(_COVERAGE, "A line for each topic of each agreement.")},
    )
    def get(self, request: Request) -> HttpResponseBase:
        _only(request, "cmo", "programme", "kind", "state", "format")
        everything = matrix.live(Agreement.objects.visible_to(request.user)).select_related("cmo", "programme")
        filters = CoverageFilters(request.query_params, queryset=everything, request=request)
        if not filters.is_valid():
            name, errors = next(iter(filters.errors.items()))
            raise bad_parameter(name, str(errors[0]))
        made = matrix.matrix(list(filters.qs))
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            return exports.answer(self.route, form, matrix.HEADS, matrix.lines_of(made))
        return Response(
            {
                "next": None,
                "previous": None,
                "gaps": [
                    {
                        "cmo_id": one.cmo.pk,
                        "programme_id": one.programme.pk,
                        "agreement_id": one.at.pk,
                        "topic": one.row.topic.code,
                        "status": one.row.status,
                        "sentence": one.sentence,
                    }
                    for one in made.gaps
                ],
                "results": [
                    {"agreement_id": one.pk, "agreement": one.reference, "topic": topic.code, "status": cell}
                    for topic, cells in made.rows
                    for one, cell in zip(made.agreements, cells, strict=True)
                    if cell is not None
                ],
            }
        )


VIEWS: tuple[Any, ...] = (ClauseViewSet, WaiverViewSet)
urlpatterns: list[URLPattern] = [
    path("clause-library/", ClauseLibrary.as_view(), name="clause-library"),
    path("contract-coverage/", ContractCoverage.as_view(), name="contract-coverage"),
    path("agreements/<uuid:pk>/topics/", AgreementTopics.as_view(), name="agreements-topics"),
    path("agreements/<uuid:pk>/search/", AgreementText.as_view(), name="agreements-search"),
]
