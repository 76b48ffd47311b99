"""Pages of single judgements and of waivers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from contracts.clauses.coverage import DEVIATES, MISSING, NOT_APPLICABLE, PRESENT
from contracts.clauses.topics import TOPICS
from contracts.covering import asked_of
from contracts.filters import ClauseFilters, WaiverFilters
from contracts.forms.clauses import ClauseEditForm, ClauseForm, WaiverEditForm, WaiverForm
from contracts.models import Clause, Waiver
from contracts.views.clauses.places import TONES, clauses_url, topic_url

S = Waiver.State


class Clauses(pages.Noun):
    """What people said of single topics."""

    model = Clause
    columns = (
        Column("topic", "Topic", kind="link", value="get_topic_display"),
        Column("status", "Is", kind="badge", value="get_status_display", tone=lambda row: TONES[row.status]),
        Column("agreement", "Agreement", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("place", "Where"),
        Column("note", "How it deviates", wrap=True, default=False),
        Column("updated_at", "Judged", kind="datetime", default=False),
    )
    sorts = {"topic": "topic", "status": "status", "agreement": "agreement__reference", "updated_at": "updated_at"}
    sort = "agreement"
    filters = ClauseFilters
    form = ClauseForm
    edit_form = ClauseEditForm
    find_in = ("agreement__reference", "place")
    has_attachments = False
    on_desk = False
    list_sentence = "What people said of each topic of each agreement: present, deviating, missing or not applicable."
    empty_sentence = "Open the clauses of an agreement and confirm what its text suggests."
    about = {
        "title": "About clauses",
        "purpose": "A judgement says what an agreement holds of one topic of the library, with the words and their"
        " place. Coverage and the review of agreements rest on it.",
        "checklist": ["The words are those of the agreement.", "A deviation says what is weaker than the library."],
        "done": ["Somebody who did not read the agreement can find the clause by its place."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo").defer("words")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "document", "created_by")

    def parent(self, record: Clause) -> Any:
        return record.agreement

    def sentence(self, record: Clause, request: HttpRequest) -> str:
        return {
            PRESENT: "The agreement holds it.",
            DEVIATES: "The agreement holds it, but otherwise than the library asks.",
            MISSING: "The agreement does not hold it.",
            NOT_APPLICABLE: "It does not apply to this agreement.",
        }[record.status]

    def links(self, record: Clause, request: HttpRequest) -> list[dict[str, str]]:
        return [{"label": "All clauses of the agreement", "url": clauses_url(record.agreement, record.topic)}]

    def facts(self, record: Clause, request: HttpRequest) -> list[Fact]:
        place = record.place
        if record.start is not None and record.end is not None:
            place = f"{place}, characters {record.start:,} to {record.end:,}".lstrip(", ")
        return [
            ("Topic", TOPICS[record.topic].name, topic_url(record.topic)),
            ("Is", record.get_status_display(), ""),
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("In which text", record.document, pages.url_of(record.document) if record.document else ""),
            ("Where", place, ""),
            ("First judged by", record.created_by, ""),
        ]

    def panels(self, record: Clause, request: HttpRequest) -> Iterable[Panel]:
        if record.words:
            yield Panel("What it says", words(record.words), key="words")
        if record.note:
            yield Panel("How it deviates, or why it is missing", words(record.note), key="note")
        topic = TOPICS[record.topic]
        yield Panel(
            "What the library asks for",
            words(f"{topic.standard}\n\nWe stop at: {topic.walk_away}"),
            key="library",
            actions=[{"label": "Open the topic", "url": topic_url(topic.code)}],
        )

    def after_create(self, record: Clause) -> str:
        return clauses_url(record.agreement, record.topic)


class Waivers(pages.Noun):
    """Decisions to do without what a strategy asks for."""

    model = Waiver
    columns = (
        Column("title", "What we do without", kind="link", wrap=True),
        Column("agreement", "Agreement", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("state", "State", kind="state"),
        Column("grounds", "Why", wrap=True, default=False),
        Column("created_at", "Asked for", kind="datetime", default=False),
    )
    sorts = {"title": "title", "agreement": "agreement__reference", "state": "state", "created_at": "created_at"}
    sort = "agreement"
    filters = WaiverFilters
    form = WaiverForm
    edit_form = WaiverEditForm
    find_in = ("title", "agreement__reference")
    add_title = "Ask for a waiver"
    add_button = "Ask for it"
    list_sentence = "Where an agreement goes without something its strategy asks for, and who signed for that."
    empty_sentence = "A waiver is asked for from a serious gap on the page of an agreement's clauses."
    about = {
        "title": "About waivers",
        "purpose": "A strategy asks for mechanisms that a contract must hold. Where one cannot be had, legal and an"
        " executive sign that we go without; the review lets the agreement pass only then.",
        "checklist": [
            "It says why the clause cannot be had, not only that it was refused.",
            "It says what protects us instead.",
        ],
        "done": ["Legal and an executive have signed, or the clause has come in and the waiver is withdrawn."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "created_by")

    def parent(self, record: Waiver) -> Any:
        return record.agreement

    def sentence(self, record: Waiver, request: HttpRequest) -> str:
        return {
            S.ASKED: "Asked for: legal and an executive sign it, or refuse.",
            S.GRANTED: "Granted: the review lets the agreement pass without it.",
            S.REFUSED: "Refused: the clause has to come into the agreement.",
            S.WITHDRAWN: "Withdrawn: nothing is waived any more.",
        }[S(record.state)]

    def stepper(self, record: Waiver) -> list[dict[str, Any]]:
        decided = {"granted": "Granted", "refused": "Refused", "withdrawn": "Withdrawn"}.get(record.state)
        return [
            {"label": "Asked for", "status": "done" if decided else "now"},
            {"label": decided or "Decided", "status": "now" if decided else "next"},
        ]

    def links(self, record: Waiver, request: HttpRequest) -> list[dict[str, str]]:
        return [{"label": "Clauses of the agreement", "url": clauses_url(record.agreement)}]

    def facts(self, record: Waiver, request: HttpRequest) -> list[Fact]:
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("What we do without", record.title, ""),
            ("Asked for by", record.created_by, ""),
        ]

    def panels(self, record: Waiver, request: HttpRequest) -> Iterable[Panel]:
        asked = next((one for one in asked_of(record.agreement) if one.code == record.mechanism), None)
        if asked is not None:
            yield Panel("Why the strategy asks for it", words(asked.reason), key="asked")
        yield Panel("Why we do without it", words(record.grounds), key="grounds")
        if record.instead:
            yield Panel("What protects us instead", words(record.instead), key="instead")

    def consequences(self, record: Waiver, verb: str) -> list[str]:
        match verb:
            case "grant":
                return [f"The review no longer asks {record.agreement.reference} for “{record.title}”."]
            case "refuse":
                return ["The agreement cannot pass its review until the clause is in and confirmed."]
            case "withdraw" if record.state == S.GRANTED:
                return [f"The review asks {record.agreement.reference} for “{record.title}” again."]
        return []
