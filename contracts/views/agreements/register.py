"""The contract register, and the page of one agreement."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import ends
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.models import Site
from cmo_lifecycle.workflow import edits
from contracts.effective import amended, executed_amendments
from contracts.filters import SOON, VIEWS, AgreementFilters
from contracts.forms.agreements import AgreementForm
from contracts.models import Agreement
from contracts.models.fields import read_date
from contracts.terms.dates import Kind as DateKind
from contracts.views.agreements import showing, standing
from strategy.sums.errors import SumError

S = Agreement.State
K = Agreement.Kind


#: Facts that most agreements do not have: told where they are there.
WHERE_THERE = (
    "Stands under", "Replaces", "Agreed on", "Executed", "Ended on", "Notice", "Products", "Next review",
    "CDA of selection", "Our company", "Their company", "Sites", "Business days by",
)  # fmt: skip


def _date(text: str) -> str:
    found = read_date(text)
    return "" if found.kind is DateKind.NONE else str(found)


def _soon(day: Any) -> Any:
    """A day, with how long is left where it is near."""
    if day is None:
        return "–"
    return ends(day) if day <= timezone.localdate() + SOON else fmt.time_tag(day)


def _start(row: Agreement) -> Any:
    exact = row.effective_since or row.starts.exact
    return fmt.time_tag(exact) if exact is not None else _date(row.effective_on) or "–"


def _end(row: Agreement) -> Any:
    """When it ends or renews; what is held back stays held back."""
    if row.state in Agreement.OVER and row.ended_on is not None:
        return fmt.time_tag(row.ended_on)
    said = row.ends
    if said.kind is DateKind.PERPETUAL or row.renews == Agreement.Renews.EVERGREEN:
        return "No end"
    window = said.window
    if said.kind is DateKind.DATE and said.exact is None and (window is None or row.ends_by == window.earliest):
        return str(said)
    if row.ends_by is None:
        return "–"
    renews = row.renews == Agreement.Renews.AUTOMATIC and row.notice_given_on is None
    note = format_html(" <small>{}</small>", "renews") if renews else ""
    return format_html("{}{}", _soon(row.ends_by) if row.state in Agreement.SIGNED else fmt.time_tag(row.ends_by), note)


def _as_it_stands(record: Agreement) -> Agreement:
    """Return an agreement as its amendments leave it today; as it was signed where they contradict each other."""
    try:
        return amended(record, record.ended_on or timezone.localdate())
    except SumError:
        return record


def _value(record: Agreement, amendments: Iterable[Agreement]) -> str:
    """What it commits us to, with all its executed amendments."""
    sums: dict[str, Decimal] = {}
    for one in (record, *amendments):
        if one.value is not None:
            sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.value
    return " and ".join(fmt.amount(value, currency) for currency, value in sums.items())


def _changed(now: str, first: str) -> str:
    """What holds, and what was signed first where an amendment has changed it."""
    return f"{now or '–'}, as amended; at first {first or 'nothing'}" if now != first else now


def _notice(row: Agreement) -> Any:
    if row.notice_given_on is not None:
        return format_html("given {}", fmt.time_tag(row.notice_given_on))
    return _soon(row.notice_by) if row.state in Agreement.SIGNED else "–"


class Agreements(pages.Noun):
    """Agreements with CMOs."""

    model = Agreement
    columns = (
        Column("reference", "Number", kind="link", note="title"),
        Column("cmo", "CMO", value="cmo.legal_name"),
        Column("kind", "Kind", value="get_kind_display", wrap=True),
        Column("state", "State", kind="state"),
        Column("effective_on", "Effective", kind="html", value=_start),
        Column("ends_by", "Ends or renews", kind="html", value=_end, wrap=True),
        Column("notice_by", "Notice by", kind="html", value=_notice),
        Column("value", "Value", kind="money", places=0),
        Column(
            "programme",
            "Programme",
            value=lambda row: row.programme.name if row.programme else "All programmes",
            default=False,
        ),
        Column("governing_law", "Law", default=False),
        Column("executed_on", "Executed", kind="date", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {
        "reference": "reference", "cmo": "cmo__legal_name", "kind": "kind", "state": "state", "ends_by": "ends_by",
        "notice_by": "notice_by", "executed_on": "executed_on",
    }  # fmt: skip
    sort = "reference"
    filters = AgreementFilters
    form = AgreementForm
    find_in = ("title", "cmo__legal_name")
    find_exact = ("reference", "external_id")
    pick_by = ("reference", "title")
    step_template = "contracts/agreements/step.html"
    detail_template = "contracts/agreements/agreement.html"
    plain = {
        "effective_on": lambda row: row.effective_since or row.starts.exact or _date(row.effective_on),
        "ends_by": lambda row: row.ends_by,
        "notice_by": lambda row: row.notice_by,
    }
    list_sentence = "What binds us and CMOs, from when, until when, and by when notice has to be given."
    empty_sentence = "Write down the first agreement, or register one that is signed already."
    about = {
        "title": "About agreements",
        "purpose": "A contract that can live says how deviations, changes, shortages and the end are handled before"
        " anybody needs it. What is executed here is never edited: amendments are laid over it, and what holds on any"
        " day can be read with its source.",
        "checklist": [
            "The dates stand as the contract gives them; a day that is held back stays held back.",
            "Every mechanism that the strategy asks for is held, or a signed waiver does without it.",
            "Business, finance and legal have approved it within their authority.",
        ],
        "done": ["All signatories have signed this version of the text, and it has taken effect."],
        "source": "Applebaum 2006, practices 3 and 6.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related(
            "cmo", "programme", "parent__cmo", "parent__parent", "replaces", "relationship", "calendar", "cda"
        ).prefetch_related("terms", "signatories__colleague", "signatories__contact__user", "provisions__about")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        sorted_by = {"ending": "ends_by", "notice": "notice_by", "approving": "reference"}
        return [
            {"label": label, "url": f"{self.list_url}?view={code}&sort={sorted_by[code]}"}
            for code, label in VIEWS
            if code in sorted_by
        ]

    def found_note(self, record: Agreement) -> str:
        return f"{record.get_kind_display()}, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def title(self, record: Agreement) -> str:
        return record.title

    def crumbs(self, record: Agreement | None = None) -> list[tuple[str, str]]:
        if record is None:
            return []
        above = [(one.reference, one.get_absolute_url()) for one in reversed(record.above())]
        return [(self.heading, self.list_url), *above]

    def after_create(self, record: Agreement) -> str:
        return self.url(record.pk)

    def added(self, record: Agreement) -> str:
        return f"Added {record}. Bring in its text, and say who signs."

    # ---- where it stands

    def sentence(self, record: Agreement, request: HttpRequest) -> str:
        return standing.sentence(record)

    def stepper(self, record: Agreement) -> list[dict[str, Any]]:
        return standing.steps(record)

    def facts(self, record: Agreement, request: HttpRequest) -> list[Fact]:
        one: Any = record
        base = record.kind != K.AMENDMENT
        above = "Stands under" if base else "Amends"
        amendments = executed_amendments(record) if base else []
        now = _as_it_stands(record) if amendments else record
        terms = f"{self.url(record.pk)}?tab=terms"
        value = fmt.amount(record.value, record.currency) if record.value is not None else ""
        facts: list[Fact] = [
            ("Number", record.reference, ""),
            ("Kind", one.get_kind_display(), ""),
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Programme", record.programme or "All programmes", pages.url_of(record.programme) if record.programme else ""),
            (above, record.parent or "", record.parent.get_absolute_url() if record.parent else ""),
            ("Replaces", record.replaces or "", record.replaces.get_absolute_url() if record.replaces else ""),
            ("Agreed on", _date(record.agreed_on), ""),
            ("Executed", fmt.time_tag(record.executed_on) if record.executed_on else "", ""),
            ("Effective from", fmt.time_tag(record.effective_since) if record.effective_since else _date(record.effective_on), ""),
            ("Ended on", fmt.time_tag(record.ended_on) if record.ended_on else "", ""),
        ]  # fmt: skip
        if base:
            length, first = (one.notice_length and f"{one.notice_length} before" for one in (now, record))
            facts += [("Notice", _changed(length, first), terms if length != first else "")]
        elif record.lapses_on is not None:
            facts += [("Lapses after", fmt.time_tag(record.lapses_on), "")]
        facts += [
            ("Value", _changed(_value(record, amendments), value), ""),
            (
                "Governing law",
                _changed(now.governing_law, record.governing_law),
                terms if now.governing_law != record.governing_law else "",
            ),
            ("Our company", record.our_party, ""),
            ("Their company", record.their_party or (record.cmo.legal_name if record.our_party else ""), ""),
            ("Products", record.products, ""),
            ("Sites", ", ".join(map(str, Site.objects.visible_to(request.user).filter(agreements=record))), ""),
            ("Business days by", record.calendar or "", pages.url_of(record.calendar) if record.calendar else ""),
            ("Next review", fmt.time_tag(record.next_review) if record.next_review else "", ""),
            ("CDA of selection", record.cda or "", record.cda.get_absolute_url() if record.cda else ""),
        ]
        return [fact for fact in facts if fact[0] not in WHERE_THERE or fact[1]]

    def links(self, record: Agreement, request: HttpRequest) -> list[dict[str, str]]:
        user: Any = request.user
        if record.kind != K.AMENDMENT and record.state in Agreement.SIGNED and edits.may_create(Agreement, user):
            where = reverse("contracts:agreement_amend", args=[record.pk])
            return [{"label": "Amend", "url": where, "icon": "pencil"}]
        return []

    # ---- what hangs on it

    def panels(self, record: Agreement, request: HttpRequest) -> Iterable[Panel]:
        yield from showing.overview(record, request)

    def tabs(self, record: Agreement, request: HttpRequest) -> list[tuple[str, str]]:
        first = ("provisions", "Provisions") if record.kind == K.AMENDMENT else ("terms", "Terms")
        found = [first, ("texts", "Texts")]
        if record.kind != K.AMENDMENT:
            found.append(("amendments", "Amendments"))
        return [*found, ("signatories", "Signatories")]

    def tab_panels(self, tab: str, record: Agreement, request: HttpRequest) -> Iterable[Panel]:
        shown = showing.TABS.get(tab)
        return shown(record, request) if shown is not None else ()

    # ---- its steps

    def consequences(self, record: Agreement, verb: str) -> list[str]:
        return standing.consequences(record, verb)

    def before_step(self, record: Agreement, verb: str) -> str:
        if verb == "submit":
            return showing.blanks_note(record)
        if verb not in ("approve", "sign", "send_for_signature", "record_paper_signature"):
            return ""
        given = showing.to_be_signed(record) | {"agreement": record, "verb": verb}
        if verb == "approve":
            given["authority"] = showing.authority(record)
        return render_to_string("contracts/agreements/to_be_signed.html", given)

    def narrow_step(self, form: Any, record: Agreement, verb: str) -> None:
        if verb == "take_effect" and record.starts.exact is not None:
            form.fields.pop("since", None)
