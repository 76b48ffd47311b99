"""Pages of the negotiation: the ledger of an agreement, its points, what both sides said, and the next agenda."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.tables import table, words
from cmo_lifecycle.doors.panels import Panel, panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.writing import Asked, Screen, WritePage, Writer
from cmo_lifecycle.workflow import edits
from contracts.filters import NegotiationPointFilters
from contracts.forms.negotiating import NegotiationPointForm
from contracts.ledger import ledger_of
from contracts.models import Agreement, NegotiationPoint, Side
from contracts.views.places import AgreementPage
from strategy.sums.numbers import shown

S = NegotiationPoint.State

POSITIONS = Screen(
    key="positions",
    title="Positions",
    heading="Who said what, and what was given away?",
    lead="One line for each time a side moved. What we gave away has a price: write it down while it is known.",
    why="At the end nobody remembers what was traded for what. The ledger does: it shows what a concession was worth, "
    "and who owes the next word.",
    good=("The words could be read out to the other side.", "A concession says what it is worth to whoever gave it."),
    example="12 May, ours: “We take eight batches a year, not ten, if slots can be deferred by 90 days.” EUR 400,000",
    tables=(Asked("positions", "Positions", row_word="position"),),
)


class PositionsWriter(Writer):
    """The one screen of a point's positions."""

    model = NegotiationPoint
    screens = (POSITIONS,)
    page = "contracts:negotiation_point_write"

    def findings(self, record: Any) -> list[Any]:
        return []

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme")

    def refusal(self, record: Any, user: User) -> str:
        return "This point is settled: take it up again first, if it is negotiated anew."


WRITER = PositionsWriter()


class NegotiationPoints(pages.Noun):
    """Points of negotiations."""

    model = NegotiationPoint
    columns = (
        Column("title", "What is negotiated", kind="link", value="title"),
        Column("agreement", "Agreement", value="agreement.reference", note="agreement.cmo.legal_name"),
        Column("rank", "Rank", kind="number"),
        Column("state", "State", kind="state"),
        Column("outcome", "Reached", value=lambda row: row.get_outcome_display() if row.outcome else ""),
        Column("target", "Target", default=False),
    )
    sorts = {"title": "title", "agreement": "agreement__reference", "rank": "rank", "state": "state"}
    sort = "rank"
    filters = NegotiationPointFilters
    form = NegotiationPointForm
    find_in = ("title", "target")
    add_title = "Add a point"
    list_sentence = "What we negotiate, in the order in which the strategy wants it settled."
    empty_sentence = "Start the negotiation of an agreement: the strategy's priorities become its points."
    about = {
        "title": "About points of negotiation",
        "purpose": "Each point has a target, a fallback and a limit that were agreed before the first meeting. They"
        " come from the strategy, so that what is traded away is traded knowingly.",
        "checklist": [
            "Target, fallback and walk-away are told apart.",
            "Each move of either side is a line of the ledger.",
            "What is settled carries the text of the clause.",
        ],
        "done": ["Every point is settled or given up for something, and the score says how near the plan we came."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__programme", "consequence__strategy")

    def parent(self, record: NegotiationPoint) -> Any:
        return record.agreement

    def sentence(self, record: NegotiationPoint, request: HttpRequest) -> str:
        match record.state:
            case S.OPEN:
                return f"Rank {record.rank} of what is negotiated in {record.agreement.reference}; not settled yet."
            case S.SETTLED:
                return f"Settled: {record.get_outcome_display().lower()}."  # type: ignore[attr-defined]
        return "Given up in exchange for something else; the history says for what."

    def links(self, record: NegotiationPoint, request: HttpRequest) -> list[dict[str, str]]:
        found = [{"label": "Ledger", "url": ledger_url(record.agreement), "icon": "list-ol"}]
        if WRITER.may_write(record, request.user):  # type: ignore[arg-type]
            found.append({"label": "Write positions", "url": WRITER.url(record, POSITIONS), "icon": "pencil"})
        return found

    def facts(self, record: NegotiationPoint, request: HttpRequest) -> list[Fact]:
        asked = record.consequence
        return [
            ("Agreement", record.agreement, pages.url_of(record.agreement)),
            ("Asked for by", asked.strategy if asked else "", pages.url_of(asked) if asked else ""),
            ("Topic", record.get_topic_display(), ""),  # type: ignore[attr-defined]
            ("Rank", record.rank, ""),
            ("Value at stake", record.value_at_stake, ""),
        ]

    def panels(self, record: NegotiationPoint, request: HttpRequest) -> Iterable[Panel]:
        body = format_html(
            '<dl class="facts"><div><dt>Target</dt><dd>{}</dd></div><div><dt>Fallback</dt><dd>{}</dd></div>'
            "<div><dt>Walk-away</dt><dd>{}</dd></div></dl>",
            record.target,
            record.fallback or "–",
            record.walk_away or "–",
        )
        yield Panel("What we want", body, key="plan")
        if record.final_text:
            yield Panel("Text of the clause", words(record.final_text), key="final")
        rows = list(record.positions.order_by("on", "position"))  # type: ignore[attr-defined]
        yield Panel(
            "Positions of both sides",
            table(
                (
                    Column("on", "Day", kind="date"),
                    Column("side", "By", value=lambda row: row.get_side_display()),
                    Column("said", "Position", wrap=True),
                    Column("value", "Given away", kind="html", value=_given),
                ),
                rows,
                "Positions",
                "Nobody has said anything yet. Write down what was said after each meeting.",
            ),
            key="positions",
            flush=bool(rows),
        )

    def narrow_step(self, form: Any, record: NegotiationPoint, verb: str) -> None:
        if verb == "settle":
            form.fields["reason"] = forms.CharField(
                label="Why we accept it",
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Needed for an outcome below the limit. Kept in the history.",
            )

    def consequences(self, record: NegotiationPoint, verb: str) -> list[str]:
        if verb == "give_up":
            return ["It counts as 0 of 100 in the score of the contract against the plan."]
        return []


def _given(row: Any) -> Any:
    if not row.concession:
        return ""
    return fmt.amount(row.value, row.currency) if row.value is not None else "not priced"


def ledger_url(agreement: Agreement) -> str:
    return reverse("contracts:negotiation", args=[agreement.pk])


class LedgerPage(AgreementPage):
    """Every point with target, limit, the last words of both sides, and what was reached."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.agreement(pk)
        ledger = ledger_of(agreement, self.user)
        rows = []
        for point, scored in ledger.achieved():
            said = {side: [row for row in point.positions.all() if row.side == side] for side in Side.values}  # type: ignore[attr-defined]
            rows.append(
                {
                    "point": point,
                    "url": point.get_absolute_url(),
                    "weight": shown(scored.share * 100, 1),
                    "achieved": None if scored.achievement is None else shown(scored.achievement, 1),
                    "ours": max(said["ours"], key=lambda row: (row.on, row.position), default=None),
                    "theirs": max(said["theirs"], key=lambda row: (row.on, row.position), default=None),
                }
            )
        may_add = edits.may_create(NegotiationPoint, self.user) and agreement.is_editable
        return self.shown(
            "contracts/negotiation.html",
            {
                **self.frame(agreement, "Negotiation"),
                "sentence": ledger.score.sentence,
                "rows": rows,
                "score": ledger.score,
                "coverage": shown(ledger.score.coverage * 100, 1),
                "percent": "" if ledger.score.percent is None else shown(ledger.score.percent, 1),
                "concessions": ledger.concessions,
                "agenda_url": reverse("contracts:agenda", args=[agreement.pk]),
                "add_url": f"{reverse('contracts:negotiation_point_add')}?agreement={agreement.pk}" if may_add else "",
            },
        )


class AgendaPage(AgreementPage):
    """The open points for the next meeting, to be printed or read out."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.agreement(pk)
        ledger = ledger_of(agreement, self.user)
        entries = [{"item": one, "point": ledger.points[one.point.code]} for one in ledger.agenda]
        many = len(entries)
        return self.shown(
            "contracts/agenda.html",
            {
                **self.frame(agreement, "Open points"),
                "sentence": f"{many} {'point is' if many == 1 else 'points are'} open, the most important first."
                if many
                else "Every point is settled or given up.",
                "entries": entries,
                "ledger_url": ledger_url(agreement),
            },
        )


@panel(Agreement, order=40)
def negotiation(record: Agreement, request: HttpRequest) -> Panel | None:
    """On an agreement's page: how far the negotiation has come."""
    ledger = ledger_of(record, request.user)
    if not ledger.points:
        return None
    rows = list(ledger.achieved())
    return Panel(
        "Negotiation",
        format_html("<p>{}</p>", ledger.score.sentence)
        + table(
            (
                Column("rank", "Rank", kind="number", value=lambda row: row[0].rank),
                Column(
                    "title",
                    "Point",
                    kind="link",
                    value=lambda row: row[0].title,
                    url=lambda row: row[0].get_absolute_url(),
                ),
                Column("reached", "Reached", value=lambda row: _reached(row[0])),
                Column(
                    "of",
                    "Of 100",
                    value=lambda row: "" if row[1].achievement is None else shown(row[1].achievement, 1),
                ),
            ),
            rows[:8],
            "Points",
            "",
        ),
        actions=[{"label": "Ledger", "url": ledger_url(record)}],
        key="negotiation",
    )


def _reached(point: NegotiationPoint) -> str:
    if point.state == S.SETTLED:
        return str(point.get_outcome_display())  # type: ignore[attr-defined]
    return str(point.get_state_display())  # type: ignore[attr-defined]


urlpatterns: list[URLPattern] = [
    path("agreements/<uuid:pk>/negotiation/", LedgerPage.as_view(), name="negotiation"),
    path("agreements/<uuid:pk>/open-points/", AgendaPage.as_view(), name="agenda"),
    path("negotiation-points/<uuid:pk>/write/<slug:screen>/", WritePage.as_view(writer=WRITER), name="negotiation_point_write"),
    *pages.urls(NegotiationPoints),
]  # fmt: skip
