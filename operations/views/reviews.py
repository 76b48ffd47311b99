"""Pages of scorecard reviews: the list, the review, the lines it was counted from, its PDF."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages import registry
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.pdf import as_file
from cmo_lifecycle.doors.rows import Column
from operations import drawing, pdf, reading, review_card, scoring
from operations.filters import ReviewFilters
from operations.forms import ReviewForm
from operations.kpi import Measurement
from operations.models import KpiDefinition, KpiObservation, Review
from operations.review_card import Card
from operations.review_run import bands_of, later_data
from operations.views.base import OperationsNoun


def standing_badge(review: Review) -> Any:
    """The standing as a badge; a review that was not scored yet has none."""
    return fmt.badge_html(review.get_standing_display() if review.standing else "Not scored", review.standing_tone)


def score_words(review: Review) -> str:
    """The score as people read it, never in a band it is not in."""
    if review.score is None:
        return ""
    return fmt.number(scoring.display_score(review.score, bands_of(review.policy)))


def card(review: Review) -> Card:
    """Gather a review's card once per page, however many parts of the page need it."""
    found = getattr(review, "_card", None)
    if found is None:
        found = review_card.card_of(review)
        review._card = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


COLUMNS = (
    Column("label", "Period", kind="link", note=lambda row: "made up late" if row.made_up_late else ""),
    Column(
        "relationship",
        "Relationship",
        value="relationship.cmo.legal_name",
        note="relationship.programme.name",
        wrap=True,
    ),
    Column("standing", "Standing", kind="html", value=standing_badge),
    Column("score", "Score", kind="number", value=score_words),
    Column("coverage", "Coverage", kind="number", unit="%", value=lambda row: reading.coverage_shown(row.coverage)),
    Column("state", "State", kind="state"),
    Column("opened_at", "Opened", kind="datetime", default=False),
    Column("starts_on", "Period from", kind="date", default=False),
    Column("ends_on", "Period to", kind="date", default=False),
    Column("cadence", "Cadence", value="get_cadence_display", default=False),
)


class Reviews(OperationsNoun):
    """Scorecard reviews."""

    model = Review
    columns = COLUMNS
    sorts = {
        "label": "starts_on",
        "relationship": "relationship__cmo__legal_name",
        "score": "score",
        "coverage": "coverage",
        "opened_at": "opened_at",
        "starts_on": "starts_on",
        "ends_on": "ends_on",
    }
    sort = "-label"
    filters = ReviewFilters
    form = ReviewForm
    list_sentence = "The schedule opens one review per relationship and period; project manager and quality sign it."
    empty_sentence = (
        "The schedule opens reviews by itself once a relationship is active and its first period has ended."
    )
    detail_template = "operations/review.html"
    plain = {
        "standing": lambda row: row.get_standing_display(),
        "coverage": lambda row: row.coverage,
        "score": lambda row: row.score,
    }
    about = {
        "title": "About scorecard reviews",
        "purpose": "A review fixes how a relationship did in one period: which lines were counted, by which"
        " definitions, and what came out. It stays as it was signed, whatever arrives later.",
        "checklist": [
            "Open the missed lines before you sign: a number that nobody looked behind is not reviewed.",
            "Say in the comment what the numbers do not say.",
            "Recompute before the first signature if late records have come in; afterwards nothing is computed again.",
        ],
        "done": ["Project manager and quality have signed.", "The review is published to everybody in the programme."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme", "policy").defer("result", "comment")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme", "policy", "run")

    def found_note(self, record: Review) -> str:
        return record.get_standing_display() if record.standing else record.get_state_display()

    def title(self, record: Review) -> str:
        return f"Scorecard review, {record.label}"

    def crumbs(self, record: Review | None = None) -> list[tuple[str, str]]:
        if record is None:
            return super().crumbs()
        return [
            *super().crumbs(),
            (self.heading, self.list_url),
            (str(record.relationship), registry.url_of(record.relationship)),
        ]

    def sentence(self, record: Review, request: HttpRequest) -> str:
        return card(record).sentence

    def stepper(self, record: Review) -> list[dict[str, Any]]:
        return card(record).steps

    def facts(self, record: Review, request: HttpRequest) -> list[Fact]:
        opened = fmt.day(record.opened_at.date()) + (", made up late" if record.made_up_late else "")
        return [
            ("Relationship", str(record.relationship), registry.url_of(record.relationship)),
            ("Period", f"{fmt.day(record.starts_on)} to {fmt.day(record.ends_on)}", ""),
            ("Reviewed", record.get_cadence_display(), ""),
            ("Opened", opened, registry.url_of(record.run) if record.run_id else ""),
            ("Scored by", f"Policy, version {record.policy.number}", registry.url_of(record.policy)),
        ]

    def links(self, record: Review, request: HttpRequest) -> list[dict[str, str]]:
        return [{"label": "PDF", "url": f"{self.url(record.pk)}pdf/", "icon": "file-earmark-text"}]

    def panels(self, record: Review, request: HttpRequest) -> list[Panel]:
        shown = card(record)
        given = {"card": shown, "review": record}
        panels = [
            Panel("KPIs", render_to_string("operations/panels/kpis.html", given, request), plain=True, key="kpis"),
        ]
        later = later_panel(record, shown)
        if later is not None:
            panels.append(later)
        if shown.moved or shown.lost:
            panels.append(
                Panel("What moved the score", render_to_string("operations/panels/moved.html", given), key="moved")
            )
        panels.append(
            Panel(
                "Comment",
                render_to_string("operations/panels/comment.html", given),
                actions=[{"label": "Edit the comment", "url": self.edit_url(record.pk)}]
                if self.may_edit(record, request.user)  # type: ignore[arg-type]
                else (),
                key="comment",
            )
        )
        strips = [
            (band.label, band.low, band.high, tone)
            for band in shown.bands.bands
            for tone in [review_card.tone_of(record.policy, band.code)]
        ]
        scale = drawing.band_scale(strips, shown.score) if shown.lines else ""
        panels.append(
            Panel(
                "Standing",
                render_to_string("operations/panels/standing.html", {**given, "scale": scale}),
                side=True,
                asof=shown.taken_at,
                key="standing",
            )
        )
        return panels


def later_panel(review: Review, shown: Card) -> Panel | None:
    """Say that the lines have changed since they were counted, KPI by KPI; nothing where they agree."""
    if not review.result:
        return None
    found = later_data(review, shown.observations)
    if found is None:
        return None
    rows = [
        {
            "name": one.definition.name,
            "kept": measured_words(one.definition, one.kept),
            "now": measured_words(one.definition, one.now),
        }
        for one in found.kpis
    ]
    return Panel(
        "Later data",
        render_to_string(
            "operations/panels/later.html",
            {"later": found, "rows": rows, "signed": review.state in Review.SIGNED, "review": review},
        ),
        key="later",
    )


def measured_words(definition: KpiDefinition, found: Measurement) -> dict[str, str]:
    """Write a measurement as a review's table does: its value and what was counted."""
    if found.state != KpiObservation.State.OK:
        value = str(KpiObservation.State(found.state).label)
    else:
        value = reading.kpi_shown(found.value, definition.decimals, definition.unit, found.currency)
    counted = reading.counted_words(definition.formula, found.state, found.numerator, found.denominator)
    return {"value": value, "counted": counted}


class ReviewPdf(NounPage):
    """The review as a file to keep or to send."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        made = pdf.review_pdf(record, card(record))
        return as_file(made, f"scorecard-{record.starts_on:%Y-%m-%d}-{str(record.pk)[:8]}.pdf")


__all__ = ["ReviewPdf", "Reviews", "card", "standing_badge"]
