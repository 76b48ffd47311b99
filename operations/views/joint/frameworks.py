"""Pages of operating frameworks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.pages.revising import RevisePage
from cmo_lifecycle.doors.pages.tables import ends, items, table, words
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.parts import rows_of
from cmo_lifecycle.workflow.signed import unsigned_roles
from cmo_lifecycle.workflow.transitions import transitions_of
from operations import reading
from operations.actions import frameworks as actions
from operations.filters import FrameworkFilters
from operations.forms_joint import FrameworkForm
from operations.joint.findings import notes
from operations.models import AgreedKpi, BudgetLine, ContactRow, EscalationLevel, Framework, Meeting
from operations.views.base import OperationsNoun
from operations.views.joint.writer import WRITER

S = Framework.State
SECTION_TITLES = {
    "scope": "Scope", "goals": "Goals", "decisions": "Decisions", "communication": "Communication",
    "data_exchange": "Exchange of data", "person_in_plant": "Our person in the plant",
    "contingencies": "Contingencies",
}  # fmt: skip


def contact_columns(ours: str, theirs: str) -> tuple[Column, ...]:
    return (
        Column("function", "Function", note="subject"),
        Column("colleague", ours, value=lambda row: _with_deputy(row.colleague, row.deputy)),
        Column("contact", theirs, value=lambda row: _with_deputy(row.contact, row.their_deputy)),
    )


def level_columns(ours: str, theirs: str) -> tuple[Column, ...]:
    return (
        Column("level", "Level", value=lambda row: str(row.level)),
        Column("name", "Who meets", note="note", wrap=True),
        Column("colleague", ours, value=lambda row: _name(row.colleague)),
        Column("contact", theirs, value=lambda row: _name(row.contact)),
        Column("business_days", "Goes up after", value=_until),
    )


def _until(row: Any) -> str:
    return reading.counted(row.business_days, "business day") if row.business_days else "the same day"


KPIS = (
    Column("name", "KPI", note="counted"),
    Column("target", "Target", kind="html", value=lambda row: reading.target_words(row.direction, row.target, row.unit)),
    Column("red_line", "Red line", kind="html", value=lambda row: reading.red_line_words(row.direction, row.red_line, row.unit)),
    Column("weight", "Weight", kind="html", value=lambda row: reading.short_number(row.weight)),
)  # fmt: skip
BUDGET = (
    Column("year", "Year"),
    Column("what", "For what", note="get_kind_display"),
    Column("amount", "Amount", kind="html", value=lambda row: fmt.amount(row.amount, row.currency)),
)


def _name(who: Any) -> str:
    return who.name if who is not None else "not named"


def _with_deputy(who: Any, deputy: Any) -> str:
    return f"{_name(who)}; deputy {deputy.name}" if deputy is not None else _name(who)


def kpi_rows(framework: Framework) -> list[Any]:
    """Return the agreed KPIs with, on each, how it is counted."""
    rows = rows_of(framework, AgreedKpi)
    for row in rows:
        row.counted = f"{row.definition}, of the KPI dictionary" if row.definition is not None else row.counted_as
    return rows


def tables_of(framework: Framework, *, for_cmo: bool = False) -> list[tuple[str, str, SafeString]]:
    """Return (key, title, table) of each table of a framework; the CMO does not see what our oversight costs us."""
    budget = [row for row in rows_of(framework, BudgetLine) if not for_cmo or row.kind != BudgetLine.Kind.OVERSIGHT]
    ours = settings.SPONSOR_NAME or "The sponsor" if for_cmo else "On our side"
    theirs = str(framework.relationship.cmo) if for_cmo else "On their side"
    levels = sorted(rows_of(framework, EscalationLevel), key=lambda row: row.level)
    charters = render_to_string("operations/frameworks/meetings.html", {"meetings": rows_of(framework, Meeting)})
    return [
        ("contact_rows", "Contact matrix", table(contact_columns(ours, theirs), rows_of(framework, ContactRow), "Contact matrix", "Nobody is named yet.")),
        ("meetings", "Meetings", charters),
        ("escalation_levels", "Escalation ladder", table(level_columns(ours, theirs), levels, "Escalation ladder", "No level yet.")),
        ("agreed_kpis", "Agreed KPIs", table(KPIS, kpi_rows(framework), "Agreed KPIs", "No KPI yet.")),
        ("budget_lines", "Yearly budget", table(BUDGET, sorted(budget, key=lambda row: (row.year, row.kind)), "Yearly budget", "No line yet.")),
    ]  # fmt: skip


def is_table(body: str) -> bool:
    """Whether a body reaches the card's edges: a table does, a sentence does not."""
    return "<table" in body


def sections_of(framework: Framework) -> list[dict[str, Any]]:
    """Return each section with its title and text."""
    return [
        {"key": name, "title": SECTION_TITLES[name], "text": getattr(framework, name)} for name in Framework.SECTIONS
    ]


class Frameworks(OperationsNoun):
    """Versions of operating frameworks."""

    model = Framework
    columns = (
        Column("relationship", "Relationship", kind="link", value=lambda row: str(row.relationship)),
        Column("number", "Version", kind="number"),
        Column("state", "State", kind="state"),
        Column("review_due", "Review due", kind="html", value=lambda row: ends(row.review_due) if row.state == S.APPROVED else "–"),
        Column("approved_at", "Approved", kind="datetime", default=False),
    )  # fmt: skip
    sorts = {
        "relationship": "relationship__cmo__legal_name", "number": "number", "state": "state",
        "review_due": "review_due", "approved_at": "approved_at",
    }  # fmt: skip
    sort = "relationship"
    filters = FrameworkFilters
    form = FrameworkForm
    #: Editing is the writer, whose link stands in the head.
    has_edit = False
    add_title = "Start an operating framework"
    add_button = "Start the framework"
    find_in = ("relationship__cmo__legal_name", "relationship__programme__name", "scope")
    list_sentence = "How we and each CMO work together day by day, approved by both sides before the first batch."
    empty_sentence = "Start with the relationship that is being contracted: settle how you will work before you sign."
    detail_template = "operations/frameworks/framework.html"
    about = {
        "title": "About operating frameworks",
        "purpose": "A short step that is often skipped: who talks to whom, who decides, who meets, what is measured and"
        " what happens when something is not settled. Settled before the start, it keeps management from turning reactive.",
        "checklist": [
            "Both sides have a name for every function and every level of escalation.",
            "KPIs are those of the strategy, counted by definitions that both sides have read.",
            "Our own oversight is budgeted.",
            "It is looked at again every year.",
        ],
        "done": ["Quality, the business and an executive of ours have signed, and the CMO in its portal."],
        "source": "Applebaum 2006, practice 3; governance and ladder are our own defaults.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme")

    for_page = for_list

    def found_note(self, record: Framework) -> str:
        return f"Operating framework, {record.get_state_display().lower()}"

    def title(self, record: Framework) -> str:
        return f"Operating framework of {record.relationship}, version {record.number}"

    def sentence(self, record: Framework, request: HttpRequest) -> str:
        match record.state:
            case S.IN_REVIEW:
                return awaited(record)
            case S.APPROVED:
                if missing := unsigned_roles(record):
                    who = listed([role_label(role) for role in missing])
                    return f"Not in force: it stands at “Approved” without a valid signature of {who}. Look into the trail."
                return f"Both sides work by it{review_words(record)}."
            case S.SUPERSEDED:
                return "A later version has taken its place."
            case S.ABANDONED:
                return "It was given up."
        missing_count = len(WRITER.findings(record))
        if missing_count:
            return (
                f"{reading.counted(missing_count, 'thing')} {'keep' if missing_count > 1 else 'keeps'} it from review."
            )
        return "It is whole and can be submitted."

    def stepper(self, record: Framework) -> list[dict[str, Any]]:
        state = S(record.state)
        if state == S.ABANDONED:
            return [{"label": "Draft", "status": "done"}, {"label": "Given up", "status": "now"}]
        at = {S.DRAFT: 0, S.RETURNED: 0, S.IN_REVIEW: 1, S.APPROVED: 2, S.SUPERSEDED: 3}[state]
        labels = ("Sent back" if state == S.RETURNED else "Draft", "In review", "Approved",
                  "Superseded" if state == S.SUPERSEDED else "Reviewed again")  # fmt: skip
        steps: list[dict[str, Any]] = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]
        if record.approved_at is not None:
            steps[2]["note"] = fmt.day(timezone.localtime(record.approved_at).date())
        if record.review_due is not None and at < 3:
            steps[3]["note"] = f"due {fmt.day(record.review_due)}"
        return steps

    def facts(self, record: Framework, request: HttpRequest) -> list[Fact]:
        relationship = record.relationship
        found: list[Fact] = [
            ("Relationship", relationship, url_of(relationship)),
            ("Relationship manager", relationship.manager or "", ""),
            ("Review due", ends(record.review_due) if record.state == S.APPROVED else "", ""),
            ("Last reviewed", fmt.day(record.reviewed_on) if record.reviewed_on else "", ""),
        ]
        if record.revises is not None:
            found.append(("Revises", f"Version {record.revises.number}", url_of(record.revises)))
        return found

    def links(self, record: Framework, request: HttpRequest) -> list[dict[str, str]]:
        if WRITER.may_write(record, request.user):  # type: ignore[arg-type]
            return [{"label": "Write", "url": f"{self.url(record.pk)}write/", "icon": "pencil"}]
        if record.state == S.APPROVED and edits.may_create(Framework, request.user):  # type: ignore[arg-type]
            return [{"label": "Revise", "url": f"{self.url(record.pk)}revise/", "icon": "pencil"}]
        return []

    def after_create(self, record: Framework) -> str:
        return reverse("operations:framework_go_on", args=[record.pk])

    def consequences(self, record: Framework, verb: str) -> list[str]:
        match verb:
            case "submit":
                return [
                    *(one.sentence for one in notes(record)),
                    f"{record.relationship.cmo} reads it in its portal; nobody who wrote it approves it.",
                ]
            case "approve" if record.revises is not None and record.revises.state == S.APPROVED:
                return [f"Version {record.revises.number} gives way to it."]
            case "confirm_review":
                return ["Its next review is due in a year."]
        return []

    def before_step(self, record: Framework, verb: str) -> str:
        if verb != "approve":
            return ""
        given = {
            "notes": notes(record),
            "where": self.url(record.pk),
            "tables": [(title, body, is_table(body)) for _, title, body in tables_of(record)[2:]],
        }
        return render_to_string("operations/frameworks/to_be_signed.html", given)

    def panels(self, record: Framework, request: HttpRequest) -> Iterable[Panel]:
        writes = WRITER.may_write(record, request.user)  # type: ignore[arg-type]
        if record.state == S.RETURNED and (back := sent_back(record)) is not None:
            body = format_html('{}<p class="small">{}, {}</p>', words(back.reason), back.actor, fmt.time_tag(back.at))
            yield Panel("What is to change", body, key="sent-back", first=True)
        if record.why_revised:
            yield Panel("Why this version", words(record.why_revised), key="why")
        for one in sections_of(record)[:4]:
            yield self._section(record, one, writes)
        for key, title, body in tables_of(record):
            yield Panel(
                title, body, actions=self._write(record, key, title) if writes else (), key=key, flush=is_table(body)
            )
        for one in sections_of(record)[4:]:
            yield self._section(record, one, writes)
        if record.state in Framework.WRITABLE and (missing := WRITER.findings(record)):
            rows = [
                {"sentence": one.sentence, "url": WRITER.mend_url(record, one.field) if writes else ""}
                for one in missing
            ]
            yield Panel(
                "Still missing",
                render_to_string("strategy/panels/missing.html", {"rows": rows}),
                side=True,
                key="missing",
            )
        if told := notes(record):
            body = render_to_string(
                "strategy/panels/missing.html", {"rows": [{"sentence": one.sentence} for one in told]}
            )
            yield Panel("To know before it is signed", body, side=True, key="notes")
        yield self._versions(record, request)

    def _section(self, record: Framework, one: dict[str, Any], writes: bool) -> Panel:
        body = words(one["text"]) or items([], "Not written yet.")
        return Panel(
            one["title"], body, actions=self._write(record, one["key"], one["title"]) if writes else (), key=one["key"]
        )

    def _write(self, record: Framework, field: str, title: str) -> list[dict[str, Any]]:
        label = format_html('Write<span class="visually-hidden"> {}</span>', title)
        return [{"label": label, "url": WRITER.url_of_field(record, field)}]

    def _versions(self, record: Framework, request: HttpRequest) -> Panel:
        rows = list(self.rows(request.user).filter(relationship=record.relationship_id).order_by("-number"))  # type: ignore[arg-type]
        columns = (
            Column("number", "Version", kind="link", value=lambda row: f"Version {row.number}", url=lambda row: self.url(row.pk)),
            Column("state", "State", kind="state"),
        )  # fmt: skip
        return Panel(
            "Versions", table(columns, rows, "Versions", "This is the first."), side=True, key="versions", flush=True
        )


def sent_back(framework: Framework) -> Event | None:
    """Return how a framework came back: who sent it, when and why."""
    rows = Event.objects.of(framework).filter(verb=actions.send_back.verb)
    return rows.select_related("actor").order_by("-at", "-id").first()


def awaited(framework: Framework) -> str:
    """Say whose signature a framework in review still waits for."""
    roles = transitions_of(Framework)["approve"].waiting_roles(framework)
    who = [str(framework.relationship.cmo) if role == "cmo_contact" else role_label(role) for role in roles]
    return f"It waits for the signature of {listed(who)}." if who else "Everybody has signed."


def review_words(framework: Framework) -> str:
    due = framework.review_due
    if due is None:
        return ""
    if due <= timezone.localdate():
        return f", but its yearly review has been due since {fmt.day(due)}"
    return f"; they look at it again by {fmt.day(due)}"


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why is there a next version?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What has changed since this one was approved. It stands at the head of the next version.",
    )


class Revise(RevisePage):
    """Start the next version of an approved framework."""

    form = WhyForm
    sentence = "Version {record.number} stays in force until both sides approve the next one."
    done = "Version {made.number} is a draft, as a copy. Change what is to be different."
    refused = "Your roles do not let you revise an operating framework."

    def start(self, record: Any, **inputs: Any) -> Any:
        return actions.revise(record, actor=self.user, source="page", **inputs)


__all__ = ["Frameworks", "Revise", "sections_of", "tables_of"]
