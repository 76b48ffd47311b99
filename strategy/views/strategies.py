"""Pages of strategies: the list, the one-page view, starting the next version."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.pages.words import listed
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.templatetags.ui import clock
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.signed import unsigned_roles
from strategy import drawing
from strategy.filters import StrategyFilters
from strategy.findings import findings
from strategy.forms import StrategyForm
from strategy.models import Consequence, Strategy
from strategy.overview import Overview, answers_in_short
from strategy.views.approving import awaited, to_be_signed
from strategy.views.asking import in_short
from strategy.views.places import fights, may_write, writer_url

S = Strategy.State
FIRST_FIELD = "scope"


def overview(strategy: Strategy) -> Overview:
    """Work a strategy out once per page, however many parts of the page need it."""
    found = getattr(strategy, "_overview", None)
    if found is None:
        found = strategy._overview = Overview(strategy)  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def review_words(strategy: Strategy) -> Any:
    """The day of the next review; of an approved strategy also how long is left, or how late it is."""
    if strategy.review_due is None:
        return ""
    day = fmt.time_tag(strategy.review_due)
    return format_html("{} {}", day, clock(strategy.review_due)) if strategy.state == S.APPROVED else day


class Strategies(pages.Noun):
    """Versions of partnering strategies."""

    model = Strategy
    columns = (
        Column("programme", "Programme", kind="link", value="programme.name"),
        Column("number", "Version", kind="number"),
        Column("state", "State", kind="state"),
        Column("answers", "In short", value=answers_in_short, wrap=True),
        Column("tier", "Tier", value="get_tier_display"),
        Column("review_due", "Review due", kind="html", value=lambda row: review_words(row) or "–"),
        Column("approved_at", "Approved", kind="datetime", default=False),
        Column("relationship_type", "Kind of relationship", value="get_relationship_type_display", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {
        "programme": "programme__name",
        "number": "number",
        "state": "state",
        "tier": "tier",
        "review_due": "review_due",
        "approved_at": "approved_at",
    }
    sort = "programme"
    filters = StrategyFilters
    form = StrategyForm
    #: Editing is the writer, whose link stands in the head.
    has_edit = False
    find_in = ("programme__name", "scope")
    find_exact = ("external_id",)
    list_sentence = "Why and how each programme is made outside, written before any CMO is chosen."
    empty_sentence = "Start with the programme that will be made outside next: the writer asks one question at a time."
    plain = {"review_due": lambda row: row.review_due}
    detail_template = "strategy/strategy.html"
    about = {
        "title": "About partnering strategies",
        "purpose": "A strategy says what the partnership is for before anybody is asked to bid. What it answers is"
        " asked for again in every later stage: as criteria, clauses, KPIs and meetings.",
        "checklist": [
            "The four questions are answered with reasons, not with hopes.",
            "Demand stands for every year of the horizon, also if little and if much.",
            "Each consequence is accepted, changed or declined: none is left to chance.",
            "There is a day on which the strategy is looked at again.",
        ],
        "done": ["An executive and quality have signed; neither of them wrote it."],
        "source": "Applebaum 2006, practice 1.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme").only(
            "id", "number", "state", "core_competency", "sourcing_intent", "alternates", "duration", "tier",
            "review_due", "approved_at", "relationship_type", "external_id", "programme__id", "programme__name",
        )  # fmt: skip

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "revises")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {"label": "Due reviews", "url": f"{self.list_url}?review=due&sort=review_due"},
            {"label": "The rules", "url": reverse("strategy:rules")},
        ]

    def found_note(self, record: Strategy) -> str:
        return f"Strategy, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def title(self, record: Strategy) -> str:
        return f"Strategy for {record.programme.name}, version {record.number}"

    def crumbs(self, record: Strategy | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        return [(self.heading, self.list_url), (record.programme.name, url_of(record.programme))]

    def sentence(self, record: Strategy, request: HttpRequest) -> str:
        short = answers_in_short(record)
        match record.state:
            case "approved":
                if missing := unsigned_roles(record):
                    who = listed([role_label(role) for role in missing])
                    return f"Not in force: it stands at “Approved” without a valid signature of {who}. Look into the trail."
                left = overdue_words(record)
                return f"{short}. In force{left}."
            case "in_review":
                return f"{short}. {awaited(record)}"
            case "superseded":
                later = getattr(record, "revised_by", None)
                return f"{short}. It gave way to version {later.number}." if later else f"{short}. It gave way."
            case "retired":
                return (
                    f"{short}. It is kept as a record and asks for nothing any more." if short else "It was given up."
                )
        missing = len(self.missing(record))
        undecided = sum(1 for one in overview(record).asks if one.state == Consequence.State.PROPOSED)
        if missing:
            return (
                f"{short or 'Just begun'}. {missing} thing{'s keep' if missing > 1 else ' keeps'} it from review."
                + (f" {undecided} consequences wait for a decision." if undecided > 1 else "")
            )
        return f"{short}. It is whole and can be submitted."

    def missing(self, record: Strategy) -> list[Any]:
        if not hasattr(record, "_findings"):
            record._findings = findings(record, overview(record).reading)  # type: ignore[attr-defined]
        return record._findings  # type: ignore[attr-defined,no-any-return]

    def stepper(self, record: Strategy) -> list[dict[str, Any]]:
        """Return the life of this version with where it stands."""
        state = S(record.state)
        first = "Under revision" if record.number > 1 or state == S.UNDER_REVISION else "Draft"
        if state == S.RETIRED and record.approved_at is None:
            return [{"label": first, "status": "done"}, {"label": "Given up", "status": "now"}]
        at = {S.DRAFT: 0, S.UNDER_REVISION: 0, S.IN_REVIEW: 1, S.APPROVED: 2, S.SUPERSEDED: 3, S.RETIRED: 3}[state]
        labels = [first, "In review", "Approved"]
        later = getattr(record, "revised_by", None)
        if state == S.SUPERSEDED:
            labels.append(f"Superseded by version {later.number}" if later else "Superseded")
        else:
            labels.append("Retired" if state == S.RETIRED else "Reviewed again")
        steps: list[dict[str, Any]] = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, label in enumerate(labels)
        ]
        if record.approved_at:
            steps[2]["note"] = fmt.day(timezone.localtime(record.approved_at).date())
        if record.review_due and at < 3:
            steps[3]["note"] = f"due {fmt.day(record.review_due)}"
        return steps

    def facts(self, record: Strategy, request: HttpRequest) -> list[Fact]:
        s: Any = record
        horizon = f"{s.horizon_from} to {s.horizon_to}" if s.horizon_from and s.horizon_to else ""
        segment = overview(record).segment
        found = [
            ("Programme", record.programme, url_of(record.programme)),
            ("Risk tier", s.get_tier_display() or "", ""),
            ("Review due", review_words(record), ""),
            ("Kind of relationship", s.get_relationship_type_display(), ""),
            ("Horizon", horizon, ""),
            ("Programme starts", fmt.day(s.starts_on) if s.starts_on else "", ""),
            ("Target launch", fmt.day(s.launch_on) if s.launch_on else "", ""),
            ("Segment", segment.value if segment else "", "?tab=market#segment" if segment else ""),
        ]
        if record.revises is not None:
            found.append(("Revises", f"Version {record.revises.number}", url_of(record.revises)))
        return found

    def links(self, record: Strategy, request: HttpRequest) -> list[dict[str, str]]:
        where = self.url(record.pk)
        links = []
        if record.revises_id or getattr(record, "revised_by", None):
            links.append({"label": "Compare", "url": f"{where}compare/", "icon": "arrow-down-up"})
        links.append({"label": "Board paper", "url": f"{where}board-paper/", "icon": "file-earmark-text"})
        if may_revise(record, request.user):
            links.append({"label": "Revise", "url": f"{where}revise/", "icon": "pencil"})
        if may_write(record, request.user):
            links.append({"label": "Write", "url": writer_url(record, FIRST_FIELD), "icon": "pencil"})
        return links

    def after_create(self, record: Strategy) -> str:
        return writer_url(record, FIRST_FIELD)

    def consequences(self, record: Strategy, verb: str) -> list[str]:
        match verb:
            case "submit":
                return [
                    *(f"Answers fight: {one.sentence}" for one in overview(record).conflicts),
                    "An executive and quality are asked to sign; nobody who wrote it can.",
                    "It is not written on meanwhile.",
                ]
            case "approve" if record.revises is not None and record.revises.state == S.APPROVED:
                return [f"Version {record.revises.number} gives way to it."]
            case "approve":
                return ["What it asks for is read by the later stages from then on."]
            case "retire":
                return ["Relationships of the programme have no strategy in force then."]
            case "abandon" if record.revises is not None:
                return [f"Version {record.revises.number} stays as it is."]
        return []

    def before_step(self, record: Strategy, verb: str) -> str:
        return to_be_signed(record, overview(record)) if verb == "approve" else ""

    # ---- the page

    def history(self, record: Strategy) -> tuple[QuerySet, dict[Any, int]]:
        """What happened to the strategy, and what was decided on what it asks for: alike at one moment is one line."""
        kind = ContentType.objects.get_for_model(Consequence)
        asked = list(record.consequences.values_list("pk", flat=True))  # type: ignore[attr-defined]
        decided = Event.objects.filter(record_type=kind, record_id__in=asked).exclude(verb="propose")
        first: dict[Any, Any] = {}
        counts: dict[Any, int] = {}
        for pk, *alike in decided.order_by("at", "id").values_list("pk", "at", "actor", "verb", "reason"):
            told_by = first.setdefault(tuple(alike), pk)
            counts[told_by] = counts.get(told_by, 0) + 1
        own = Event.objects.history_of(record)
        return own | Event.objects.filter(pk__in=[*counts]), counts

    def tabs(self, record: Strategy, request: HttpRequest) -> list[tuple[str, str]]:
        return [("figures", "Figures"), ("market", "Market and risk")]

    def panels(self, record: Strategy, request: HttpRequest) -> list[Panel]:
        found = overview(record)
        given: dict[str, Any] = {"o": found, "strategy": record}
        writes = may_write(record, request.user)
        panels = []
        if record.why_revised and record.number > 1:
            panels.append(
                Panel("Why this version", format_html('<p class="text">{}</p>', record.why_revised), key="why")
            )
        if found.conflicts:
            body = render_to_string(
                "strategy/panels/conflicts.html", {"conflicts": fights(record, found, writes=writes)}
            )
            panels.append(Panel("Answers that fight", body, key="conflicts"))
        panels += [
            self._panel("What is outsourced", "scope", given, record, writes, FIRST_FIELD),
            self._panel("The four questions", "questions", given, record, writes, "core_competency"),
            self._panel("Exit intent", "exit", given, record, writes, "exit_intent"),
            self._panel("Objectives", "objectives", given, record, writes, "objectives"),
            self._panel("What the partner must be good at", "attributes", given, record, writes, "attributes"),
        ]
        if record.state in Strategy.WRITABLE and self.missing(record):
            rows = [
                {
                    "sentence": one.sentence,
                    "url": self._mend(record, one.field) if writes or one.field == "consequences" else "",
                }
                for one in self.missing(record)
            ]
            body = render_to_string("strategy/panels/missing.html", {"rows": rows})
            panels.append(Panel("Still missing", body, side=True, key="missing"))
        body = render_to_string(
            "strategy/panels/asks_short.html", {"kinds": in_short(found.asks), "url": f"{self.url(record.pk)}asks/"}
        )
        panels.append(Panel("What it will ask for", body, side=True, key="asks"))
        panels.append(self._versions(record, request))
        return panels

    def _mend(self, record: Strategy, field: str) -> str:
        return f"{self.url(record.pk)}asks/" if field == "consequences" else writer_url(record, field)

    def _panel(self, title: str, key: str, given: dict[str, Any], record: Strategy, writes: bool, field: str) -> Panel:
        label = format_html('Write<span class="visually-hidden"> {}</span>', title)
        actions_ = [{"label": label, "url": writer_url(record, field)}] if writes else []
        body = render_to_string(f"strategy/panels/{key}.html", given)
        return Panel(title, body, actions=actions_, key=key)

    def _versions(self, record: Strategy, request: HttpRequest) -> Panel:
        versions = self.rows(request.user).filter(programme=record.programme_id).order_by("-number")  # type: ignore[arg-type]
        rows = [{"record": one, "url": self.url(one.pk), "here": one.pk == record.pk} for one in versions]
        body = render_to_string("strategy/panels/versions.html", {"rows": rows, "here": self.url(record.pk)})
        return Panel("Versions", body, side=True, key="versions")

    def tab_panels(self, tab: str, record: Strategy, request: HttpRequest) -> list[Panel]:
        found = overview(record)
        given: dict[str, Any] = {"o": found, "strategy": record}
        writes = may_write(record, request.user)
        reading = found.reading
        if tab == "figures":
            given["demand_plot"] = (
                drawing.demand(reading.demand, record.demand_unit or "units") if reading.demand else ""
            )
            given["capacity_plot"] = drawing.capacity(reading.gaps.value, reading.needed) if reading.gaps.value else ""
            if reading.make_or_buy.value:
                given["cash_plot"] = drawing.cash(reading.make_or_buy.value)
                given["cash_says"] = drawing.turning_words(reading.make_or_buy.value)
            shown = (("Demand and batches", "demand", "demand"), ("Need against capacity", "capacity", "capacity"),
                     ("Make or buy", "money", "cash_flows"), ("What has no price", "factors", "factors"))  # fmt: skip
        else:
            if reading.segment is not None:
                given["matrix"] = drawing.matrix(record.supply_risk or 0, record.profit_impact or 0, reading.segment)
            given["forces"] = list(record.forces.all())  # type: ignore[attr-defined]
            given["known"] = list(record.known_cmos.select_related("cmo"))  # type: ignore[attr-defined]
            given["stakeholders"] = list(record.stakeholders.order_by("-influence", "position"))  # type: ignore[attr-defined]
            shown = (("Risks", "risks", "risks"), ("Where it stands in the portfolio", "segment", "supply_risk"),
                     ("The market", "market", "market_notes"), ("CMOs that could do it", "known", "known_cmos"),
                     ("Limits and budget", "limits", "constraints"),
                     ("Whose interest it touches", "stakeholders", "stakeholders"))  # fmt: skip
        return [self._panel(title, key, given, record, writes, field) for title, key, field in shown]


def overdue_words(strategy: Strategy) -> str:
    """Say when an approved strategy is reviewed next: `, its review due on 3 May 2027`."""
    due = strategy.review_due
    if due is None:
        return ""
    if due < timezone.localdate():
        return f", but its review has been overdue since {fmt.day(due)}"
    return f", its next review due on {fmt.day(due)}"


def may_revise(strategy: Strategy, user: Any) -> bool:
    return (
        strategy.state == S.APPROVED
        and edits.may_create(Strategy, user)
        and not (Strategy.objects.visible_to(user).open().filter(programme=strategy.programme_id).exists())
    )


__all__ = ["Strategies", "overview"]
