"""Pages of the delegation of authority, of commitments that look split, and of holiday calendars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.revising import RevisePage
from cmo_lifecycle.doors.pages.tables import table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.writing import Asked, Screen, WritePage, Writer
from contracts.actions.delegations import revise
from contracts.authorities import holder
from contracts.filters import DelegationFilters, SplitAnswerFilters
from contracts.forms.authority import DelegationForm, HolidayCalendarForm, WhyForm
from contracts.models import Agreement, Delegation, HolidayCalendar, SplitAnswer

S = Delegation.State

LIMITS = Screen(
    key="limits",
    title="Limits and rates",
    heading="Who may commit us to how much?",
    lead="One line for each authority: a line of approval, a role or one person in it, and up to where it reaches.",
    why="A commercial commitment takes three independent words: business, finance and legal. Each counts only as far as "
    "its authority reaches, in amount with all amendments, in time and in risk.",
    good=(
        "Somebody's authority reaches any amount that may come.",
        "Amounts are in one currency, with rates and days.",
    ),
    example="Finance – role Finance – up to 5,000,000 – any term – tier 1",
    tables=(
        Asked("limits", "Limits", help="An empty amount or term is without limit.", row_word="limit", wide=True),
        Asked("rates", "Rates", help="For commitments in other currencies.", row_word="rate"),
    ),
)
DAYS = Screen(
    key="days",
    title="Holidays",
    heading="On which days does nobody work?",
    lead="One line for each holiday; Saturdays and Sundays need no line.",
    why="Notification clocks and notice run in business days. A holiday that is missing here makes a deadline a day "
    "early for one side and a day late for the other.",
    tables=(Asked("holidays", "Holidays", row_word="holiday"),),
)


class LimitsWriter(Writer):
    """The one screen of a matrix."""

    model = Delegation
    screens = (LIMITS,)
    page = "contracts:delegation_write"

    def findings(self, record: Any) -> list[Any]:
        return []

    def refusal(self, record: Any, user: User) -> str:
        return "This version is in force or was: start the next one."


class DaysWriter(Writer):
    """The one screen of a calendar."""

    model = HolidayCalendar
    screens = (DAYS,)
    page = "contracts:holiday_calendar_write"

    def findings(self, record: Any) -> list[Any]:
        return []


LIMITS_WRITER, DAYS_WRITER = LimitsWriter(), DaysWriter()


class Delegations(pages.Noun):
    """Delegations of authority."""

    model = Delegation
    columns = (
        Column("number", "Version", kind="link", value=lambda row: f"Version {row.number}"),
        Column("state", "State", kind="state"),
        Column("currency", "Currency"),
        Column("limits", "Limits", kind="number", value="limits_count"),
        Column("in_force_since", "In force since", kind="date", value=lambda row: row.in_force_since and row.in_force_since.date()),
    )  # fmt: skip
    sorts = {"number": "number", "state": "state"}
    sort = "-number"
    filters = DelegationFilters
    form = DelegationForm
    add_title = "Write the delegation of authority"
    list_sentence = "Who may commit the company to how much, for how long and at what risk, version by version."
    empty_sentence = "Without one in force no commercial agreement is approved. Finance writes it down."
    about = {
        "title": "About the delegation of authority",
        "purpose": "A commitment counts with all its amendments, and with others that were said to be one with it. Each"
        " of business, finance and legal approves within its own authority; nobody gives two words.",
        "checklist": [
            "Each line reaches any amount that may come, by somebody.",
            "Rates have their day and source.",
            "The window for split commitments is as long as your purchasing works ahead.",
        ],
        "done": ["Finance and an executive have put it in force with their signatures."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.annotate(limits_count=Count("limits"))

    def title(self, record: Delegation) -> str:
        return str(record)

    def sentence(self, record: Delegation, request: HttpRequest) -> str:
        match record.state:
            case S.DRAFT:
                return "A draft: write the limits, then finance and an executive put it in force."
            case S.IN_FORCE:
                return f"In force since {fmt.moment(record.in_force_since)}; every approval is measured by it."
        return "A later version has taken its place."

    def links(self, record: Delegation, request: HttpRequest) -> list[dict[str, str]]:
        user: Any = request.user
        if LIMITS_WRITER.may_write(record, user):
            return [{"label": "Write limits", "url": LIMITS_WRITER.url(record, LIMITS), "icon": "pencil"}]
        if record.state == S.IN_FORCE and user.has_role(*Delegation.may_create):
            return [
                {"label": "Revise", "url": reverse("contracts:delegation_revise", args=[record.pk]), "icon": "pencil"}
            ]
        return []

    def facts(self, record: Delegation, request: HttpRequest) -> list[Fact]:
        return [
            ("Currency of the limits", record.currency, ""),
            ("Commitments are looked at together within", f"{record.split_days} days", ""),
        ]

    def panels(self, record: Delegation, request: HttpRequest) -> Iterable[Panel]:
        rows = list(record.limits.select_related("person"))  # type: ignore[attr-defined]
        yield Panel(
            "Limits",
            table(
                (
                    Column("line", "For", value=lambda row: row.get_line_display()),
                    Column("holder", "Who", value=holder),
                    Column("up_to", "Up to", value=lambda row: _up_to(row, record.currency)),
                    Column("months", "For at most", value=lambda row: f"{row.months} months" if row.months else "any term"),
                    Column("tier", "Riskiest", value=lambda row: row.get_tier_display()),
                ),
                rows,
                "Limits",
                "No limits yet: nobody may approve anything by this version.",
            ),
            key="limits",
            flush=bool(rows),
        )  # fmt: skip
        rates = list(record.rates.all())  # type: ignore[attr-defined]
        yield Panel(
            "Rates",
            table(
                (
                    Column("currency", "Currency"),
                    Column("rate", f"For one {record.currency}", kind="number"),
                    Column("on", "Of", kind="date"),
                    Column("source", "Source"),
                ),
                rates,
                "Rates",
                f"None: only commitments in {record.currency} can be approved.",
            ),
            key="rates",
            flush=bool(rates),
        )


def _up_to(row: Any, currency: str) -> str:
    return fmt.amount(row.up_to, currency) if row.up_to is not None else "any amount"


class RevisePageOfDelegation(RevisePage):
    """Start the next version of the matrix."""

    form = WhyForm

    def start(self, record: Any, **inputs: Any) -> Any:
        return revise(record, actor=self.user, why=inputs["why"], source="page")


class SplitAnswers(pages.Noun):
    """Questions whether commitments are one."""

    model = SplitAnswer
    columns = (
        Column("codes", "Agreements", kind="link", value=lambda row: ", ".join(row.codes)),
        Column("state", "Answer", kind="state"),
        Column("created_at", "Asked", kind="datetime"),
    )
    sorts = {"state": "state", "created_at": "created_at"}
    sort = "-created_at"
    filters = SplitAnswerFilters
    has_attachments = False
    list_sentence = "Commitments that stay below a limit one by one and pass it together. Finance says what they are."
    empty_sentence = "None was found: nothing that was handed in passes a limit together with something else."

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme")

    def title(self, record: SplitAnswer) -> str:
        return f"One commitment or several: {record}"

    def sentence(self, record: SplitAnswer, request: HttpRequest) -> str:
        return {
            SplitAnswer.State.ASKED: "Not answered yet: none of them is approved before.",
            SplitAnswer.State.SEPARATE: "Confirmed as separate commitments; the history says why.",
            SplitAnswer.State.ONE: "Treated as one: each needs the authority for the sum.",
        }[SplitAnswer.State(record.state)]

    def panels(self, record: SplitAnswer, request: HttpRequest) -> Iterable[Panel]:
        yield Panel("What was found", words(record.question), key="question")
        rows = Agreement.objects.visible_to(request.user).filter(Q(reference__in=record.codes)).order_by("reference")
        yield Panel(
            "Agreements",
            table(
                (
                    Column("reference", "Number", kind="link", value="reference"),
                    Column("title", "Title"),
                    Column("value", "Committed", kind="money"),
                    Column("state", "State", kind="state"),
                ),
                list(rows),
                "Agreements",
                "You see none of them.",
            ),
            key="agreements",
        )


class HolidayCalendars(pages.Noun):
    """Holiday calendars."""

    model = HolidayCalendar
    columns = (
        Column("name", "Name", kind="link", value="name"),
        Column("years", "Known for", value=lambda row: f"{row.first_year} to {row.last_year}"),
        Column("holidays", "Holidays", kind="number", value="holidays_count"),
    )
    sorts = {"name": "name"}
    sort = "name"
    form = HolidayCalendarForm
    find_in = ("name",)
    pick_by = ("name",)
    has_attachments = False
    list_sentence = "By which holidays contracts count business days."
    empty_sentence = "Contracts without one count Monday to Friday. Add the calendar that yours name."

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.annotate(holidays_count=Count("holidays"))

    def links(self, record: HolidayCalendar, request: HttpRequest) -> list[dict[str, str]]:
        if DAYS_WRITER.may_write(record, request.user):  # type: ignore[arg-type]
            return [{"label": "Write holidays", "url": DAYS_WRITER.url(record, DAYS), "icon": "pencil"}]
        return []

    def panels(self, record: HolidayCalendar, request: HttpRequest) -> Iterable[Panel]:
        rows = list(record.holidays.order_by("on"))  # type: ignore[attr-defined]
        yield Panel(
            "Holidays",
            table((Column("on", "Day", kind="date"), Column("name", "Name")), rows, "Holidays", "No holidays yet."),
            key="holidays",
            flush=bool(rows),
        )


urlpatterns: list[URLPattern] = [
    path(
        "delegations/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=LIMITS_WRITER), name="delegation_write"
    ),
    path("delegations/<uuid:pk>/revise/", RevisePageOfDelegation.as_view(noun=Delegations()), name="delegation_revise"),
    path(
        "holiday-calendars/<uuid:pk>/write/<slug:screen>/",
        WritePage.as_view(writer=DAYS_WRITER),
        name="holiday_calendar_write",
    ),
    *pages.urls(Delegations, SplitAnswers, HolidayCalendars),
]
