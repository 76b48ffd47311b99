"""What one agreement holds of the library: judged by people, topic by topic, with its text at hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from contracts.clauses.coverage import MISSING, NOT_APPLICABLE, OPEN, PRESENT, SHOWN, STATUSES
from contracts.judging import MOST_WORDS, Board, Line, board, judge
from contracts.models import Agreement, Clause, Waiver
from contracts.searching import FOUND_AT_ONCE, search
from contracts.views.clauses.places import badge, clauses_url, topic_url, waiver_url
from contracts.views.places import AgreementPage

#: Topics on one page, passages read at once, and how much of a clause is shown before one opens it.
TOPICS_AT_ONCE = 15
READ_AT_ONCE = 40
SHORT = 400
SERIOUS = "serious"
#: What may be asked to be shown, with its label.
VIEWS = {"": "All", SERIOUS: "Serious gaps", **{code: SHOWN[code] for code in (OPEN, *STATUSES)}}
_ABOUT = {
    "title": "About the clauses of an agreement",
    "purpose": "For each topic of the library somebody says whether the agreement holds it. The text suggests passages;"
    " a suggestion counts for nothing until a person confirms it.",
    "checklist": [
        "Read the passage before you confirm it: it may say the opposite.",
        "Deviates is for what is there but weaker than our last fallback; say how.",
        "What the strategy asks for and nobody holds needs the clause or a signed waiver.",
    ],
    "done": ["No topic is open, and no serious gap stands at the top."],
}


class AgreementClauses(AgreementPage):
    """The topics of an agreement, with suggestions, search and reading."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.agreement(pk)
        return self._page(agreement, board(agreement))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.agreement(pk)
        if not edits.may_create(Clause, self.user):
            raise PermissionDenied("Clauses are judged by legal, sourcing or quality.")
        topic = request.POST.get("topic", "")[:60]
        status, error = 200, ""
        try:
            made = self._judged(agreement, topic)
        except InvalidInput as refusal:
            error, status = " ".join(refusal.sentences), 400
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Stale:
            error, status = "Somebody judged this topic after you opened the page. What they said stands here now.", 412
        except Refusal as refusal:
            error, status = " ".join(refusal.sentences), refusal.status
        by_script = request.headers.get("HX-Request") == "true"
        if error and not by_script:
            return self._page(agreement, board(agreement), errors={topic: error}, status=status)
        if not by_script:
            messages.success(request, f"{made.get_topic_display()}: {made.get_status_display().lower()}.")
            return redirect(self._home(agreement, topic))
        found = board(agreement)
        line = next((one for one in found.lines if one.topic.code == topic), None)
        if line is None:
            return HttpResponse(error, status=status)
        # The script takes an answer of 200 only; what was refused is told in the line itself.
        return self.shown(
            "contracts/clauses/line.html",
            {**self._frame(agreement), "line": _shown(line, found), "error": error, "counts": _counts(found)},
        )

    def _judged(self, agreement: Agreement, topic: str) -> Clause:
        given = self.request.POST
        start, end = _place(given.get("place", ""))
        return judge(
            agreement,
            topic,
            given.get("status", PRESENT),
            actor=self.user,
            start=start,
            end=end,
            words=given.get("words", "")[: MOST_WORDS + 1].strip(),
            note=given.get("note", "").strip(),
            version=whole_number(given.get("version"), 9),
            source="page",
        )

    def _home(self, agreement: Agreement, topic: str) -> str:
        """Back to where one was, at the topic that was judged."""
        kept = {name: value for name in ("show", "page") if (value := self.request.POST.get(name, ""))}
        query = f"?{urlencode(kept)}" if kept else ""
        return f"{clauses_url(agreement)}{query}#topic-{topic}"

    def _frame(self, agreement: Agreement) -> dict[str, Any]:
        return {
            "agreement": agreement,
            "may_judge": edits.may_create(Clause, self.user),
            "may_waive": edits.may_create(Waiver, self.user),
            "statuses": STATUSES.items(),
        }

    def _page(
        self, agreement: Agreement, found: Board, errors: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        given = self.request.GET
        show = given.get("show", "")
        show = show if show in VIEWS else ""
        lines = [line for line in found.lines if _is_shown(line, show)]
        topic = given.get("topic", "") or next(iter(errors or {}), "")
        page = self._page_number(lines, topic)
        shown = lines[page * TOPICS_AT_ONCE : (page + 1) * TOPICS_AT_ONCE]
        return self.shown(
            "contracts/clauses/agreement.html",
            {
                **self.frame(agreement, f"Clauses of {agreement.reference}"),
                **self._frame(agreement),
                "sentence": _sentence(found),
                "lines": [
                    {"line": _shown(line, found), "error": (errors or {}).get(line.topic.code, "")} for line in shown
                ],
                "views": [
                    {
                        "label": label,
                        "count": len([one for one in found.lines if _is_shown(one, code)]),
                        "url": f"?show={code}" if code else self.request.path,
                        "current": code == show,
                    }
                    for code, label in VIEWS.items()
                ],
                "show": show,
                "page": page + 1,
                "part": _part(page, len(lines), show),
                "gaps": [
                    _gap(agreement, one, found) for one in found.lacking
                ],
                "unknown": found.coverage.unknown,
                "beside": [{"name": str(one), "url": pages.url_of(one)} for one in found.beside],
                "document": found.document,
                "options": [(line.topic.code, line.topic.name) for line in found.lines],
                "topic": topic,
                "counts": _counts(found),
                "about": _ABOUT,
                "has_errors": bool(errors),
                **self._text(found),
            },
            status=status,
        )  # fmt: skip

    def _page_number(self, lines: list[Line], topic: str) -> int:
        for place, line in enumerate(lines):
            if line.topic.code == topic:
                return place // TOPICS_AT_ONCE
        asked = (whole_number(self.request.GET.get("page"), 4) or 1) - 1
        return asked if 0 <= asked * TOPICS_AT_ONCE < max(1, len(lines)) else 0

    def _text(self, found: Board) -> dict[str, Any]:
        """What is searched or read of the text: some passages of it, never the whole."""
        words = self.request.GET.get("q", "").strip()[:200]
        document = found.document
        answer: dict[str, Any] = {"asked": words, "passages": [], "reading": False, "search": None}
        if document is None:
            return answer
        if words:
            start = whole_number(self.request.GET.get("from"), 6) or 0
            result = search(document, words, start)
            answer["search"] = result
            answer["passages"] = result.passages
            answer["before"] = _at(words, max(0, result.first - 1 - FOUND_AT_ONCE)) if result.first > 1 else ""
            answer["after"] = _at(words, result.last) if result.last < result.count else ""
        elif "read" in self.request.GET:
            start = whole_number(self.request.GET.get("read"), 7) or 0
            texts = document.passages.filter(number__gte=start).order_by("number")
            rows = list(texts.defer("search")[: READ_AT_ONCE + 1])
            answer["reading"] = True
            answer["passages"] = [
                {"number": one.number, "start": one.start, "end": one.end, "heading": one.heading, "marked": one.words}
                for one in rows[:READ_AT_ONCE]
            ]
            answer["before"] = f"?read={max(0, start - READ_AT_ONCE)}#text" if start else ""
            answer["after"] = f"?read={rows[READ_AT_ONCE].number}#text" if len(rows) > READ_AT_ONCE else ""
        return answer


def _place(text: str) -> tuple[int | None, int | None]:
    """Read a place as a button sends it: "1200-1450"; two Nones where there is none."""
    start, _, end = text.partition("-")
    if not text or len(text) > 20:
        return None, None
    found = whole_number(start, 8), whole_number(end, 8)
    return found if None not in found else (None, None)


def _at(words: str, start: int) -> str:
    return f"?{urlencode({'q': words, 'from': start})}#text"


def _is_shown(line: Line, show: str) -> bool:
    return not show or (line.serious if show == SERIOUS else line.status == show)


def _part(page: int, count: int, show: str) -> dict[str, Any]:
    def at(place: int) -> str:
        return f"?{urlencode({**({'show': show} if show else {}), 'page': place + 1})}#topics"

    last = min(count, (page + 1) * TOPICS_AT_ONCE)
    return {
        "first": page * TOPICS_AT_ONCE + 1,
        "last": last,
        "count": count,
        "before": at(page - 1) if page else "",
        "after": at(page + 1) if last < count else "",
    }


def _counts(found: Board) -> str:
    judged = len(found.lines) - found.count(OPEN)
    return f"{judged} of {len(found.lines)} topics judged"


def _sentence(found: Board) -> str:
    said = f"{_counts(found)}: {found.count(PRESENT)} present, {found.count(MISSING)} missing."
    if found.document is None:
        return f"{said} Bring in the text to have passages suggested."
    return f"{said} {found.document} has {len(found.document.words):,} characters."


def _gap(agreement: Agreement, asked: Any, found: Board) -> dict[str, Any]:
    """Return a mechanism that nobody holds: why it is asked for, the topics that would hold it, and the way out."""
    lines = [line for line in found.lines if any(one.code == asked.code for one in line.lacking)]
    waiver = next((line.waivers[asked.code] for line in lines if asked.code in line.waivers), None)
    return {
        "title": asked.title,
        "reason": asked.reason,
        "topics": [{"name": line.topic.name, "url": clauses_url(agreement, line.topic.code)} for line in lines],
        "waiver": {"state": waiver, "url": pages.url_of(waiver)} if waiver is not None else None,
        "waive": "" if waiver is not None else waiver_url(agreement, asked.code),
    }


def _shown(line: Line, found: Board) -> dict[str, Any]:
    """Return a line as its template takes it."""
    clause, document = line.clause, found.document
    text = clause.words if clause is not None else ""
    return {
        "topic": line.topic,
        "url": topic_url(line.topic.code),
        "badge": badge(line.status),
        "is_open": line.status == OPEN,
        "sentence": line.row.sentence if line.serious else "",
        "elsewhere": line.elsewhere,
        "clause": clause,
        "clause_url": pages.url_of(clause) if clause is not None else "",
        "by": f"{clause.created_by}, {fmt.day(clause.updated_at.date())}" if clause is not None else "",
        "short": text if len(text) <= SHORT else f"{text[:SHORT].rstrip()}…",
        "old": clause is not None
        and clause.document is not None
        and document is not None
        and clause.document.pk != document.pk,
        "likely": [
            {
                "place": f"{one.start}-{one.end}",
                "where": one.place,
                "text": document.words[one.start : one.end],
                "because": ", ".join(one.because),
            }
            for one in line.likely
        ]
        if document is not None and line.status == OPEN
        else [],
        "find_url": f"{reverse('contracts:agreement_clauses', args=[found.agreement.pk])}"
        f"?{urlencode({'q': line.topic.name, 'topic': line.topic.code})}#text",
        "quick": [(MISSING, "Missing"), (NOT_APPLICABLE, "Not applicable")],
    }
