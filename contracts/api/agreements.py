"""Agreements and their texts over REST: what they say on any day, when notice is due, and whose word they need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.bodies import refusing
from cmo_lifecycle.doors.rest.kinds import Bad, Day, Input, Key, Text, nullable
from cmo_lifecycle.doors.rest.problems import invalid
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from contracts.authorities import needed, roles_needed
from contracts.dates import position_of
from contracts.documents import bring_in
from contracts.models import Agreement, ContractDocument
from contracts.stating import said_on
from contracts.terms.dates import Window
from evaluation.api.shapes import KEY, PROBLEM, TEXT, TEXTS, TRUTH, WHOLE, described, rows
from strategy.sums.errors import SumError

ON = Input("on", "on", Day(), False, False, "The day; today where it is not given.")
KNOWN = Input("known", "known", Day(), False, False, "As known on this day: what was signed later is left out.")
DAY = Day().schema()
NO_KEY = nullable(KEY)
NO_WINDOW = nullable(
    {**described(earliest=DAY, latest=DAY), "description": "Some day of these; one, where they are the same."}
)
SAID = described(
    version=WHOLE,
    on=DAY,
    known=nullable(DAY),
    problem=PROBLEM,
    turning_days={"type": "array", "items": DAY, "description": "The days on which any term changes."},
    terms=rows(
        code=TEXT,
        label=TEXT,
        kind=TEXT,
        unit=TEXT,
        present=TRUTH,
        value={"type": "string", "description": "As it is stored; empty where it does not stand."},
        words=TEXT,
        source={"type": "string", "description": "The number of the agreement or amendment that decides."},
        source_id=NO_KEY,
        chain=rows(source=TEXT, decides=TRUTH, words=TEXT),
    ),
)  # fmt: skip
POSITION = described(
    version=WHOLE,
    on=DAY,
    problem=PROBLEM,
    state=TEXT,
    term=nullable(WHOLE),
    begins=NO_WINDOW,
    ends=NO_WINDOW,
    last_end=NO_WINDOW,
    notice_by=NO_WINDOW,
    can_give_notice={"type": "string", "description": "yes, no, or unknown."},
    arithmetic={"type": "string", "description": "How the day for notice is counted, or why there is none."},
    sentence=TEXT,
)
AUTHORITY = described(
    version=WHOLE,
    roles=TEXTS,
    problem=PROBLEM,
    lines=rows(line=TEXT, least=TEXT, any_of=TEXTS, sentence=TEXT),
)
PARTS = ("agreement_id", "file", "words", "origin", "note", "reason")
WHAT = f"TXT, DOCX or a PDF with text, at most {settings.ATTACHMENT_MAX_BYTES // 2**20} MB."


class AgreementViewSet(RecordViewSet):
    """Agreements with CMOs and their amendments, each with signatories, typed terms, duties, provisions and responsibilities."""

    model = Agreement
    writable = (
        "reference",
        "title",
        "kind",
        "cmo",
        "programme",
        "parent",
        "replaces",
        "sites",
        "products",
        "our_party",
        "their_party",
        "governing_law",
        "value",
        "currency",
        "term_months",
        "agreed_on",
        "effective_on",
        "expires_on",
        "first_term",
        "renews",
        "renewal_length",
        "most_renewals",
        "notice_length",
        "lapses_on",
        "calendar",
        "prevails_on_quality",
        "review_years",
        "notes",
        "external_id",
    )
    fields = (
        *(name for name in writable if name != "sites"),
        "relationship",
        "cda",
        "executed_on",
        "effective_since",
        "ended_on",
        "notice_by",
        "ends_by",
        "notice_given_on",
        "next_review",
        "paper_signed_on",
        "paper_signatory",
        "registered_as_existing",
        "registration_evidence",
        "approved_sha256",
        "state",
    )
    money = {"value": "currency"}
    many = ("sites",)
    filters = (
        "reference",
        "kind",
        "cmo",
        "programme",
        "parent",
        "sites",
        "executed_on",
        "effective_since",
        "notice_by",
        "ends_by",
        "registered_as_existing",
        "external_id",
        "state",
        "updated_at",
    )
    searched = ("reference", "title", "cmo__legal_name")
    orderings = {
        "reference": "reference",
        "title": "title",
        "cmo": "cmo__legal_name",
        "notice_by": "notice_by",
        "ends_by": "ends_by",
        "executed_on": "executed_on",
        "created_at": "created_at",
        "updated_at": "updated_at",
    }
    default_order = "reference"

    @address(
        "effective-terms",
        "What it says on a day with its amendments, each term with its source.",
        asks=(ON, KNOWN),
        answer=SAID,
    )
    def effective_terms(self, request: Request, asked: Asked) -> Any:
        """Every term as it stands on a day, as known on another, with the chain of what was said of it."""
        on = asked.said.get("on") or timezone.localdate()
        found = said_on(asked.record, on, asked.said.get("known"))
        return {
            "version": asked.record.version,
            "on": found.on,
            "known": found.known,
            "problem": found.problem,
            "turning_days": list(found.days),
            "terms": [
                {
                    "code": one.path,
                    "label": one.label,
                    "kind": one.kind,
                    "unit": one.unit,
                    "present": one.present,
                    "value": one.value,
                    "words": one.words,
                    "source": one.source,
                    "source_id": one.by.pk if one.by is not None else None,
                    "chain": [
                        {"source": step.source, "decides": step.decides, "words": step.words} for step in one.chain
                    ],
                }
                for one in found.terms
            ],
        }

    @address(
        "position", "In which term it is on a day, and by when notice has to be given.", asks=(ON,), answer=POSITION
    )
    def position(self, request: Request, asked: Asked) -> Any:
        """Where it stands between its start and its end, with the arithmetic of the next day for notice."""
        on = asked.said.get("on") or timezone.localdate()
        at = position_of(asked.record, on)
        head = {"version": asked.record.version, "on": on}
        if isinstance(at, str):
            return head | {
                "problem": at, "state": "", "term": None, "begins": None, "ends": None, "last_end": None,
                "notice_by": None, "can_give_notice": "unknown", "arithmetic": "", "sentence": "",
            }  # fmt: skip
        return head | {
            "problem": "",
            "state": str(at.state),
            "term": at.term,
            "begins": _window(at.begins),
            "ends": _window(at.ends),
            "last_end": _window(at.last_end),
            "notice_by": _window(at.deadline),
            "can_give_notice": str(at.can_give),
            "arithmetic": at.words,
            "sentence": at.sentence,
        }

    @address("authority", "Whose approval it needs, by the delegation of authority.", answer=AUTHORITY)
    def authority(self, request: Request, asked: Asked) -> Any:
        """The roles that have to approve it, and why: amount with amendments, term and risk."""
        problem, lines = "", []
        if asked.record.is_commercial:
            try:
                lines = [
                    {"line": one.line, "least": one.role, "any_of": list(one.roles), "sentence": one.sentence}
                    for one in needed(asked.record)
                ]
            except SumError as error:
                problem = str(error)
        roles = list(roles_needed(asked.record))
        return {"version": asked.record.version, "roles": roles, "problem": problem, "lines": lines}


def _window(window: Window | None) -> dict[str, Any] | None:
    return {"earliest": window.earliest, "latest": window.latest} if window is not None else None


class ContractDocumentViewSet(RecordViewSet):
    """Versions of agreements' texts; POST brings in the next one as multipart/form-data, from a file or as words."""

    model = ContractDocument
    takes_files = True
    fields = ("agreement", "number", "origin", "note", "sha256", "file")
    filters = ("agreement", "number", "origin", "sha256", "created_at")
    searched = ("agreement__reference", "agreement__title")
    orderings = {"agreement": "agreement__reference", "number": "number", "created_at": "created_at"}
    default_order = "-created_at"

    def rows(self, user: Any) -> Any:
        # A text may hold 340,000 letters; only its own detail shows it.
        return super().rows(user).defer("words", "pages")

    @classmethod
    def extra_schemas(cls) -> dict[str, dict[str, Any]]:
        words = {"type": "string", "description": "The text as it was read."}
        pages = {"type": "array", "items": WHOLE, "description": "At which letter of it each page begins."}
        return {**super().extra_schemas(), "words": words, "pages": pages}

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        return {**super().extras(record, user), "words": record.words, "pages": record.pages}

    def get_parsers(self) -> list[Any]:
        if self.request is not None and self.request.method == "POST":
            return [MultiPartParser()]
        return super().get_parsers()

    def create(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Bring in the next version of an agreement's text."""
        query = self.read_detail_query(request)
        self._check_may_create(request.user)
        said, file = request.POST, request.FILES.get("file")
        errors: dict[str, list[str]] = {
            name: [f"There is no member of this name here. Known: {', '.join(PARTS)}."]
            for name in (*said, *request.FILES)
            if name not in PARTS
        }
        if (file is None) == (not said.get("words", "").strip()):
            errors["file"] = ["Give a file or words, one of the two."]
        origins = ContractDocument.Origin.values
        if said.get("origin", origins[0]) not in origins:
            errors["origin"] = [f"Choose one of: {', '.join(origins)}."]
        if len(said.get("note", "")) > 500:
            errors["note"] = ["Give at most 500 characters."]
        agreement = None
        try:
            key = Key().parse(said.get("agreement_id", ""))
            agreement = Agreement.objects.visible_to(request.user).filter(pk=key).first()
            if agreement is None:
                errors["agreement_id"] = ["There is no such agreement."]
        except Bad as bad:
            errors["agreement_id"] = [str(bad.errors)]
        if errors or agreement is None:
            raise invalid(errors)
        made = refusing(
            lambda: bring_in(
                agreement,
                actor=request.user,
                words=said.get("words", "") if file is None else "",
                file=file,
                origin=said.get("origin", origins[0]),
                note=said.get("note", ""),
                reason=said.get("reason", ""),
                source="api",
            ),
            {},
        )
        return self._created(request, made, query)

    @classmethod
    def describe_upload(cls) -> dict[str, Any]:
        """The schema of the upload's body."""
        return {
            "type": "object",
            "properties": {
                "agreement_id": KEY,
                "file": {"type": "string", "contentMediaType": "application/octet-stream", "description": WHAT},
                "words": {"type": "string", "description": "The text, where there is no file."},
                "origin": Text(choices=tuple(ContractDocument.Origin.values), blank=False).schema(),
                "note": Text(most=500).schema(),
                "reason": {
                    **Text(most=4000).schema(),
                    "description": "Why it changes, once the agreement was handed in.",
                },
            },
            "required": ["agreement_id"],
            "additionalProperties": False,
        }


VIEWS: tuple[Any, ...] = (AgreementViewSet, ContractDocumentViewSet)
urlpatterns: list[URLPattern] = []
