"""Pages of RFPs: the list and the one-page view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.templatetags.ui import clock
from evaluation.access import was_opened, why_not
from evaluation.actions.rfps import before_issue
from evaluation.filters import RfpFilters
from evaluation.forms.requesting import RfpForm
from evaluation.models import Criterion, Evaluator, Proposal, Requirement, Rfp
from evaluation.views.requesting import showing
from evaluation.views.requesting.mending import mend_issue
from evaluation.views.requesting.writer import WRITER, writer_url

S = Rfp.State
#: The stages of the life as the stepper shows them, and which states are each of them.
STAGES = (
    ("Draft", (S.DRAFT,)),
    ("Approved", (S.APPROVED,)),
    ("Issued", (S.ISSUED,)),
    ("Closed, sealed", (S.CLOSED,)),
    ("Technical evaluation", (S.EVALUATION, S.TECHNICAL_LOCKED)),
    ("Commercial evaluation", (S.COMMERCIAL,)),
    ("Recommended", (S.RECOMMENDED,)),
    ("Awarded", (S.AWARDED,)),
)


def _deadline(row: Rfp) -> Any:
    if row.closes_at is None:
        return "–"
    if row.state in Rfp.BEFORE_ISSUE or row.state == S.ISSUED:
        return format_html("{} {}", fmt.time_tag(row.closes_at), clock(row.closes_at))
    return fmt.time_tag(row.closes_at)


class Rfps(pages.Noun):
    """Requests to CMOs."""

    model = Rfp
    columns = (
        Column("reference", "Reference", kind="link", note="title"),
        Column("programme", "Programme", value="programme.name"),
        Column("state", "State", kind="state"),
        Column("closes_at", "Proposals until", kind="html", value=_deadline),
        Column("service", "Service", value="get_service_display"),
        Column("invited", "Invited", kind="number"),
        Column("owner", "Owner", value="owner.name", default=False),
        Column("kind", "Type", value="get_kind_display", default=False),
        Column("decision_by", "Decision by", kind="date", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {
        "reference": "reference", "programme": "programme__name", "state": "state", "closes_at": "closes_at",
        "decision_by": "decision_by",
    }  # fmt: skip
    sort = "-reference"
    filters = RfpFilters
    form = RfpForm
    add_title = "Start an RFP"
    add_button = "Start the RFP"
    step_template = "evaluation/requesting/step.html"
    #: Editing is the writer, whose link stands in the head.
    has_edit = False
    find_in = ("title",)
    find_exact = ("reference", "external_id")
    plain = {"closes_at": lambda row: row.closes_at}
    list_sentence = "What is asked of CMOs, until when, and how far each request has come."
    empty_sentence = "Start one from an approved strategy: its criteria, must-haves and quantities stand in it already."
    detail_template = "evaluation/requesting/rfp.html"
    about = {
        "title": "About RFPs",
        "purpose": "A request that asks all bidders the same, judged by criteria and weights that were fixed before the"
        " offers were known, is what lets the choice be defended years later.",
        "checklist": [
            "Weights add up to 100, and each criterion says what is looked at.",
            "Every must is shown by a question.",
            "Money is asked for in the commercial envelope alone.",
            "The panel is named, and each member has declared whether there is a conflict of interests.",
        ],
        "done": ["Technical and quality have approved it, and everybody invited has a CDA in force."],
        "source": "Applebaum 2006, practice 2.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("programme", "owner").only(
            "id", "reference", "title", "state", "kind", "closes_at", "service", "decision_by", "external_id",
            "programme__id", "programme__name", "owner__id", "owner__name", "owner__email",
        )  # fmt: skip

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        counted = dict(
            Proposal.objects.visible_to(request.user)
            .filter(rfp__in=[row.pk for row in rows])
            .order_by()
            .values("rfp")
            .annotate(n=Count("pk"))
            .values_list("rfp", "n")
        )
        for row in rows:
            row.invited = counted.get(row.pk, 0)

    def for_page(self, rows: QuerySet) -> QuerySet:
        # What the gates of the steps, the findings and the panels all read is fetched once.
        return rows.select_related("programme", "strategy", "owner").prefetch_related(
            Prefetch("criteria", Criterion.objects.select_related("consequence")),
            Prefetch("requirements", Requirement.objects.select_related("consequence")),
            "questions",
            Prefetch("evaluators", Evaluator.objects.select_related("person")),
            Prefetch("proposals", Proposal.objects.select_related("cmo", "contact").order_by("cmo__legal_name", "id")),
        )

    def found_note(self, record: Rfp) -> str:
        return f"{record.kind.upper()}, {record.get_state_display().lower()}"  # type: ignore[attr-defined]

    def title(self, record: Rfp) -> str:
        return record.title

    def crumbs(self, record: Rfp | None = None) -> list[tuple[str, str]]:
        return [] if record is None else [(self.heading, self.list_url)]

    def added(self, record: Rfp) -> str:
        return f"Started {record} with what the approved strategy asks for."

    def after_create(self, record: Rfp) -> str:
        return reverse("evaluation:rfp_template", args=[record.pk])

    # ---- where it stands

    def sentence(self, record: Rfp, request: HttpRequest) -> str:
        many = len(record.proposals.all())  # type: ignore[attr-defined]
        invited = f"{many} CMO{'s are' if many != 1 else ' is'} invited"
        match record.state:
            case S.DRAFT:
                missing = len(WRITER.findings(record))
                if missing:
                    return f"{missing} thing{'s keep' if missing > 1 else ' keeps'} it from approval."
                return "It is whole: technical and quality can approve it for issue."
            case S.APPROVED:
                left = len(before_issue(record))
                more = f" {left} thing{'s keep' if left > 1 else ' keeps'} it from being issued." if left else ""
                return f"Approved, its criteria and weights locked; {invited}.{more}"
            case S.ISSUED:
                return f"{invited}; proposals are taken until {fmt.moment(record.closes_at)}, sealed as they come."
            case S.CLOSED:
                return "The deadline has passed. Everything stays sealed until sourcing and quality open it together."
            case S.EVALUATION:
                return "The technical envelopes are open and the panel scores; prices are sealed."
            case S.TECHNICAL_LOCKED:
                return "Technical scores are locked. Sourcing and finance open the prices together."
            case S.COMMERCIAL:
                return "Prices are open; the panel weighs the total cost of partnership."
            case S.RECOMMENDED:
                return "The committee has the recommendation."
            case S.AWARDED:
                return "The work is awarded."
            case S.CONCLUDED:
                return "Concluded: what was learnt goes into the next step."
        return "Cancelled; everything stays on record, and what is sealed stays sealed."

    def stepper(self, record: Rfp) -> list[dict[str, Any]]:
        state = S(record.state)
        stages = list(STAGES)
        if record.kind == Rfp.Kind.RFI:
            stages = [*stages[:5], ("Concluded", (S.CONCLUDED,))]
        if state == S.CANCELLED:
            moments = (None, None, record.issued_at, record.closed_at, record.opened_at, record.priced_at)
            last = max((place for place, at in enumerate(moments) if at), default=0)
            steps = [{"label": label, "status": "done"} for label, _ in stages[: last + 1]]
            return [*steps, {"label": "Cancelled", "status": "now"}]
        at = next((place for place, (_, states) in enumerate(stages) if state in states), len(stages) - 1)
        steps = [
            {"label": label, "status": "done" if place < at else "now" if place == at else "next"}
            for place, (label, _) in enumerate(stages)
        ]
        notes = {2: record.issued_at, 3: record.closed_at or record.closes_at, 4: record.opened_at, 5: record.priced_at}
        for place, moment in notes.items():
            if moment is not None and place < len(steps):
                steps[place]["note"] = fmt.day(moment.date())
        if state == S.TECHNICAL_LOCKED:
            steps[4]["label"] = "Technical scores locked"
        return steps

    def facts(self, record: Rfp, request: HttpRequest) -> list[Fact]:
        one: Any = record
        service = ", ".join(part for part in (one.get_service_display(), one.get_modality_display().lower()) if part)
        return [
            ("Reference", record.reference, ""),
            ("Type", one.get_kind_display().partition(",")[0], ""),
            ("Programme", record.programme, pages.url_of(record.programme)),
            ("Strategy", f"Version {record.strategy.number}", pages.url_of(record.strategy)),
            ("Service", service, ""),
            ("Owner", record.owner or "", ""),
            ("Questions until", _moment(record.questions_until, running=record.state == S.ISSUED), ""),
            ("Proposals until", _moment(record.closes_at, running=record.state in (*Rfp.BEFORE_ISSUE, S.ISSUED)), ""),
            ("Decision planned by", fmt.time_tag(record.decision_by) if record.decision_by else "", ""),
            ("Proposals hold for", f"{record.valid_days} days", ""),
            ("Between award and contract", f"{record.standstill_days} days", ""),
            ("Who takes part", "Hidden until it closes" if record.hides_participation else "Shown as it happens", ""),
        ]

    def links(self, record: Rfp, request: HttpRequest) -> list[dict[str, str]]:
        user: Any = request.user
        if WRITER.may_write(record, user):
            return [{"label": "Write", "url": reverse("evaluation:rfp_go_on", args=[record.pk]), "icon": "pencil"}]
        if was_opened(record) and not why_not(user, record):
            return [
                {"label": "Matrix", "url": reverse("evaluation:matrix", args=[record.pk]), "icon": "card-checklist"}
            ]
        return []

    # ---- its steps

    def consequences(self, record: Rfp, verb: str) -> list[str]:
        invited = len(record.proposals.all())  # type: ignore[attr-defined]
        match verb:
            case "approve":
                return [
                    "Criteria, weights and everything else written here are locked; only sending it back opens them.",
                    "Sourcing may issue it then.",
                ]
            case "send_back":
                return ["Both signatures are asked for anew.", "Nothing has been told to bidders."]
            case "issue":
                return [
                    f"{invited} CMO{'s see' if invited != 1 else ' sees'} it from now on, on their pages and by their links.",
                    f"Proposals are taken until {fmt.moment(record.closes_at)}; they are sealed as they come.",
                    "From now on only an addendum changes it.",
                ]
            case "close":
                return ["What comes from now on is late, and needs a decision."]
            case "open_technical":
                return [
                    "Technical answers and files become readable for the panel; prices stay sealed.",
                    "Who has not submitted is out.",
                    "It takes two people, one of sourcing and one of quality, each cleared of conflicts.",
                ]
            case "lock_technical":
                return ["No technical score changes any more.", "Sourcing and finance may open the prices."]
            case "open_commercial":
                return ["Prices become readable for the panel.", "Commercial score sheets are handed out."]
            case "cancel":
                told = "Bidders see that it was cancelled." if record.state not in Rfp.BEFORE_ISSUE else ""
                return [
                    one
                    for one in (told, "Nothing that is sealed is ever opened.", "It cannot be taken up again.")
                    if one
                ]
            case "conclude":
                return ["No award comes of it; its findings stay on record."]
        return []

    def before_step(self, record: Rfp, verb: str) -> str:
        given: dict[str, Any] = {"rfp": record}
        match verb:
            case "approve":
                given |= showing.weighed(record) | showing.counted(record)
                return render_to_string("evaluation/requesting/before_approve.html", given)
            case "issue":
                given["rows"] = showing.bidders(record)
                return render_to_string("evaluation/requesting/before_issue.html", given)
            case "open_technical" | "open_commercial":
                given["rows"] = showing.bidders(record)
                given["seats"] = list(record.evaluators.all())  # type: ignore[attr-defined]
                return render_to_string("evaluation/requesting/before_open.html", given)
        return ""

    # ---- the page

    def tabs(self, record: Rfp, request: HttpRequest) -> list[tuple[str, str]]:
        return [("asked", "What is asked"), ("figures", "Quantities and money"), ("bidders", "Bidders and questions")]

    def panels(self, record: Rfp, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        writes = WRITER.may_write(record, user)
        if record.state == S.DRAFT and (found := WRITER.findings(record)):
            rows = [
                {"sentence": one.sentence, "url": WRITER.mend_url(record, one.field) if writes else ""} for one in found
            ]
            yield Panel("Still missing", _gate(rows), side=True, key="missing")
        if record.state in Rfp.BEFORE_ISSUE and (left := before_issue(record)):
            rows = [{"sentence": sentence, "url": mend_issue(record, sentence)} for sentence in left]
            yield Panel("Before it can be issued", _gate(rows), side=True, key="before-issue")
        yield self._panel("What is to be done", "scope", {"rfp": record}, record, writes, "scope")
        yield self._panel("Criteria and weights", "criteria", showing.weighed(record), record, writes, "criteria")
        yield self._panel("What is asked", "counted", showing.counted(record), record, writes, "questions")
        yield showing.seats_panel(record, user)
        yield showing.bidders_panel(record, user)
        if record.state not in Rfp.BEFORE_ISSUE:
            yield showing.since_issue_panel(record, user)

    def tab_panels(self, tab: str, record: Rfp, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        writes = WRITER.may_write(record, user)
        if tab == "asked":
            for title, key, field in (
                ("Requirements", "requirements", "requirements"), ("Questions", "questions", "questions"),
                ("Price sheet", "prices", "price_sheet"), ("Timetable", "timetable", "timetable"),
            ):  # fmt: skip
                days = showing.timetable(record) if key == "timetable" else {}
                given = {"rfp": record, "rows": showing.rows(record, field), **days}
                yield self._panel(title, key, given, record, writes, field)
        elif tab == "figures":
            for title, key, field in (
                ("Quantities", "quantities", "quantities"), ("Money", "money", "currency"),
                ("Exchange rates", "rates", "rates"), ("Other weights", "weights", "weight_sets"),
            ):  # fmt: skip
                given = {"rfp": record, "rows": showing.rows(record, field)}
                yield self._panel(title, key, given, record, writes, field)
        else:
            yield showing.bidders_panel(record, user, whole=True)
            yield from showing.exchange_panels(record, user)

    def _panel(self, title: str, key: str, given: dict[str, Any], record: Rfp, writes: bool, field: str) -> Panel:
        label = format_html('Write<span class="visually-hidden"> {}</span>', title)
        actions = [{"label": label, "url": writer_url(record, field)}] if writes else []
        if key == "counted":
            actions.append({"label": "What is traced", "url": reverse("evaluation:rfp_trace", args=[record.pk])})
        return Panel(
            title, render_to_string(f"evaluation/requesting/panels/{key}.html", given), actions=actions, key=key
        )


def _gate(rows: list[dict[str, str]]) -> Any:
    return render_to_string("strategy/panels/missing.html", {"rows": rows})


def _moment(value: Any, *, running: bool) -> Any:
    if value is None:
        return ""
    return format_html("{} {}", fmt.time_tag(value), clock(value)) if running else fmt.time_tag(value)


__all__ = ["Rfps"]
