"""Pages of obligations, and of the events that start clocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import ends, table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from contracts.filters import AgreementEventFilters, ObligationFilters
from contracts.forms.obligations import AgreementEventForm, ObligationForm
from contracts.models import AgreementEvent, Obligation

S = Obligation.State


def due_cell(row: Obligation) -> Any:
    """Return the day of an obligation, with how long is left while it is open."""
    if row.due_on is None:
        return "no day can be told"
    return ends(row.due_on) if row.state == S.OPEN else fmt.time_tag(row.due_on)


class Obligations(pages.Noun):
    """What is owed under agreements."""

    model = Obligation
    columns = (
        Column("due_on", "Due", kind="html", value=due_cell),
        Column("title", "What is owed", kind="link", value="title", wrap=True),
        Column("side", "By", value="get_side_display"),
        Column("agreement", "Under", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("owner", "Seen to by", value="owner.name"),
        Column("level", "Brought before", value="level"),
        Column("state", "State", kind="state"),
    )
    plain = {"due_on": lambda row: row.due_on}
    sorts = {
        "due_on": "due_on", "title": "title", "agreement": "agreement__reference", "owner": "owner__name", "state": "state",
    }  # fmt: skip
    sort = "due_on"
    filters = ObligationFilters
    form = ObligationForm
    add_title = "Write down an obligation"
    find_in = ("title",)
    on_desk = False
    list_sentence = "What both sides have promised, by its day. The clock writes down the coming 13 months."
    empty_sentence = (
        "Give an agreement its duties and put it in force: what falls due in the coming 13 months stands here."
    )
    about = {
        "title": "About obligations",
        "purpose": "A promise that nobody watches is broken without anybody noticing. Each obligation comes from a duty, a"
        " clock or a date of an agreement, moves when that moves, and asks for what shows that it was done.",
        "checklist": [
            "Somebody of ours sees to it, also where the CMO owes it.",
            "The day shows how it was counted.",
            "What shows that it is done is said before it is due.",
        ],
        "done": [
            "It is recorded as done, with its day and what shows it.",
            "Reminders come 30, 7 and 1 days before and on the day; after it, 1 day later the owner is told again, 5 days"
            " later the relationship manager, 10 days later the executives.",
        ],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "owner")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "owner", "event")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {"label": "Calendar", "url": reverse("contracts:calendar")},
            {"label": "Events", "url": reverse("contracts:agreement_event_list")},
        ]

    def parent(self, record: Obligation) -> Any:
        return record.agreement

    def sentence(self, record: Obligation, request: HttpRequest) -> str:
        by = "We owe it" if record.side == "ours" else "They owe it"
        match record.state:
            case S.DONE:
                return f"Done on {fmt.day(record.done_on)}."
            case S.WAIVED:
                return "Not asked for this time; the history says why."
            case S.LAPSED:
                return "No longer due; the history says why."
        if record.due_on is None:
            return f"{by}; no day can be told yet."
        if record.is_overdue:
            told = f", brought before: {record.level}" if record.level else ""
            return f"{by}, and it is overdue since {fmt.day(record.due_on)}{told}."
        if record.due_at is not None:
            return f"{by} before {fmt.moment(record.due_at)}."
        return f"{by} by {fmt.day(record.due_on)}."

    def facts(self, record: Obligation, request: HttpRequest) -> list[Fact]:
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("Owed by", record.get_side_display(), ""),  # type: ignore[attr-defined]
            ("Seen to by", record.owner or "nobody yet", ""),
            ("Topic", record.get_topic_display(), ""),  # type: ignore[attr-defined]
            ("Started by", record.event or "", pages.url_of(record.event) if record.event else ""),
            ("What shows that it is done", record.evidence_asked, ""),
        ]

    def panels(self, record: Obligation, request: HttpRequest) -> Iterable[Panel]:
        if record.counted:
            yield Panel("How the day was counted", words(record.counted), key="counted")
        if record.evidence:
            yield Panel("What shows that it was done", words(record.evidence), key="evidence")


class AgreementEvents(pages.Noun):
    """Events that have started clocks of agreements."""

    model = AgreementEvent
    columns = (
        Column("happened_at", "Happened", kind="datetime"),
        Column("what", "What", kind="link", value="what", wrap=True),
        Column("agreement", "Under", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("state", "State", kind="state"),
    )
    sorts = {"happened_at": "happened_at", "agreement": "agreement__reference", "state": "state"}
    sort = "-happened_at"
    filters = AgreementEventFilters
    form = AgreementEventForm
    add_title = "Record an event"
    add_button = "Record the event"
    find_in = ("what",)
    on_desk = False
    list_sentence = "What has happened and started a clock of an agreement: deviations, recalls, notices."
    empty_sentence = "Record what has happened, with the time at the place: the agreement's clock runs from there."
    about = {
        "title": "About events",
        "purpose": "“Within 24 hours of a critical event” means nothing until somebody writes down when the event was."
        " From that moment the clock of the agreement runs, over its holidays, as it stood on that day.",
        "checklist": [
            "The time is that of the place, by its own clocks.",
            "The event is called as the other side calls it, with its number.",
        ],
        "done": ["The obligation that it started is recorded as done, with what shows it."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "owner")

    def parent(self, record: AgreementEvent) -> Any:
        return record.agreement

    def sentence(self, record: AgreementEvent, request: HttpRequest) -> str:
        if record.state == AgreementEvent.State.WITHDRAWN:
            return "Recorded in error: its clock was stopped."
        return "Its clock runs from this moment."

    def facts(self, record: AgreementEvent, request: HttpRequest) -> list[Fact]:
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("Happened", fmt.moment(record.happened_at), ""),
            ("Time zone of the place", record.zone, ""),
            ("Seen to by", record.owner or "", ""),
        ]

    def panels(self, record: AgreementEvent, request: HttpRequest) -> Iterable[Panel]:
        rows = list(record.obligations.select_related("owner"))  # type: ignore[attr-defined]
        yield Panel(
            "What it has started",
            table(OWED, rows, "Obligations", "Nothing: the agreement has no such clock any more."),
            key="obligations",
            flush=bool(rows),
        )

    def consequences(self, record: AgreementEvent, verb: str) -> list[str]:
        return ["What it has started is no longer due."] if verb == "withdraw" else []

    def after_create(self, record: Any) -> str:
        made = record.obligations.first()
        return str(made.get_absolute_url() if made is not None else record.get_absolute_url())


#: Obligations inside panels.
OWED = (
    Column("due_on", "Due", kind="html", value=due_cell),
    Column("title", "What is owed", kind="link", value="title", wrap=True),
    Column("side", "By", value="get_side_display"),
    Column("state", "State", kind="state"),
)


def may_record(user: Any) -> bool:
    return edits.may_create(AgreementEvent, user)


__all__ = ["OWED", "AgreementEvents", "Obligations", "due_cell", "may_record"]
