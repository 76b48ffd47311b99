"""One review as people see it, gathered once: for its page, for print and for the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.workflow.models import Approval, Event
from operations import kpi_math, reading, scoring
from operations.models import Category, KpiDefinition, KpiObservation, Review, ReviewInputs, ScoringPolicy
from operations.review_run import bands_of
from operations.review_run import outlook as outlook_of
from operations.scoring import Bands, Movement

PERIODS_SHOWN = 6
"""So many reviews, this one included, make a sparkline."""

CATEGORY_ORDER = {code: place for place, code in enumerate(Category.values)}


@dataclass(frozen=True, slots=True)
class Past:
    """One KPI in one of the last periods: its label, its value, and the value in words."""

    label: str
    value: Decimal | None
    words: str
    counted: str


@dataclass(frozen=True, slots=True)
class Part:
    """A set of lines behind a value: what it is called, and where they are listed."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One row of the scorecard, in words."""

    definition: KpiDefinition
    state: str
    value: str
    counted: str
    target: str
    red_line: str
    history: tuple[Past, ...]
    spark_unit: str
    change: str
    before: str
    trend: str
    reading: str
    tone: str
    coverage: str
    small_sample: str
    sum: str
    rules: tuple[str, ...]
    weighing: str
    points: Decimal
    lost: Decimal
    share: Decimal
    rows_url: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def spark(self) -> list[Decimal | None]:
        places = self.definition.decimals
        return [None if past.value is None else kpi_math.quantise(past.value, places) for past in self.history]


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category: its label, weight, score in words (or why there is none), and tone."""

    label: str
    weight: str
    score: str
    has_score: bool
    note: str


@dataclass(slots=True)
class Card:
    """Everything a review's page says. Times are aware; numbers are words unless named otherwise.

    `score` is rounded for showing, never into another band. `against` is the period that `moved` compares
    with, empty for a first review.
    """

    review: Review
    lines: list[KpiLine]
    categories: list[CategoryLine]
    bands: Bands
    score: Decimal | None
    standing: str
    tone: str
    coverage: str
    least_coverage: str
    sentence: str
    steps: list[dict[str, str]]
    moved: list[str]
    against: str
    lost: list[str]
    outlook: list[str]
    overrides: list[str]
    taken_at: datetime | None
    input_count: int
    observations: list[KpiObservation]

    @property
    def symbol(self) -> str:
        return fmt.SYMBOLS[self.tone]


@dataclass(frozen=True, slots=True)
class KeptKpi:
    """What one KPI did to the score when it was scored; see `scoring.KpiScore`."""

    norm: Decimal | None
    share: Decimal
    points: Decimal
    lost: Decimal
    level: str
    reading: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a review keeps of its scorecard, read from its `result`. Everything is empty before it was scored."""

    kpis: dict[str, KeptKpi]
    notes: dict[str, str]
    weights: dict[str, Decimal]
    categories: dict[str, tuple[Decimal | None, Decimal]]
    against: str
    change: Decimal | None
    movements: list[Movement]
    binding: list[str]

    @classmethod
    def of(cls, review: Review) -> Kept:
        result = review.result

        def number(text: str | None) -> Decimal | None:
            return None if text is None else Decimal(text)

        return cls(
            kpis={
                code: KeptKpi(
                    number(kpi["norm"]),
                    Decimal(kpi["share"]),
                    Decimal(kpi["points"]),
                    Decimal(kpi["lost"]),
                    kpi["level"],
                    kpi["reading"],
                )
                for code, kpi in result.get("kpis", {}).items()
            },
            notes=result.get("notes", {}),
            weights={category: Decimal(weight) for category, weight in result.get("weights", {}).items()},
            categories={
                category: (number(kept["score"]), Decimal(kept["coverage"]))
                for category, kept in result.get("categories", {}).items()
            },
            against=result.get("against") or "",
            change=number(result.get("change")),
            movements=[
                Movement(
                    move["code"], number(move["before"]), number(move["now"]), Decimal(move["change"]), move["cause"]
                )
                for move in result.get("movements", ())
            ],
            binding=[override["reason"] for override in result.get("binding", ())],
        )


#: A KPI that is reported and not scored leaves no mark on the score.
UNSCORED = KeptKpi(None, Decimal(0), Decimal(0), Decimal(0), "none", "reported only")


def card_of(review: Review) -> Card:
    """Return a review's card: what it kept when it was scored, put into words.

    The review comes with its relationship and policy.
    """
    reviews = list(
        Review.objects.filter(relationship_id=review.relationship_id, kind=review.kind, starts_on__lte=review.starts_on)
        .only("relationship_id", "starts_on", "label", "standing", "score")
        .order_by("-starts_on", "-id")[:PERIODS_SHOWN]
    )
    reviews.reverse()
    observations = _observations(reviews)
    own = observations.get(review.pk, [])
    kept = Kept.of(review)
    against = next((one for one in reversed(reviews) if one.pk != review.pk and one.label == kept.against), None)
    bands = bands_of(review.policy)
    taken = ReviewInputs.objects.filter(review=review).values_list("taken_at", "count").first()
    taken_at, count = taken or (None, 0)
    names = {row.definition.code: row.definition.name for row in own}
    published_at = _published_at(review)
    waiting, signed, due, signed_at = _signing(review)
    standing = review.get_standing_display() if review.standing else ""
    costliest = max(kept.kpis.items(), key=lambda pair: (pair[1].lost, pair[0]), default=None)
    sentence = reading.review_sentence(
        state=review.state,
        waiting=waiting,
        signed=signed,
        due=due,
        opened_at=review.opened_at,
        made_up_late=review.made_up_late,
        measured=bool(own),
        signed_at=signed_at,
        published_at=published_at,
    )
    change = reading.change_sentence(
        standing=standing,
        before=against.get_standing_display() if against else "",
        rank=_rank(bands, review.standing),
        rank_before=_rank(bands, against.standing if against else ""),
        change=kept.change,
        against=against.label if against else "",
        costliest=(names[costliest[0]], costliest[1].lost) if costliest else None,
    )
    return Card(
        review=review,
        lines=[_line(review, row, kept, reviews, observations) for row in own],
        categories=_categories(kept, own),
        bands=bands,
        score=None if review.score is None else scoring.display_score(review.score, bands),
        standing=standing,
        tone=tone_of(review.policy, review.standing),
        coverage=reading.coverage_words(review.coverage),
        least_coverage=reading.shown(review.policy.least_coverage.normalize(), None, "%"),
        sentence=f"{sentence} {change}".strip(),
        steps=reading.steps(
            state=review.state,
            taken_at=taken_at,
            opened_at=review.opened_at,
            scored_on=taken_at,
            signatures=len(signed),
            asked=len(waiting) + len(signed),
            published_at=published_at,
        ),
        moved=[
            reading.movement_words(movement, names.get(movement.code, movement.code))
            for movement in kept.movements
            if movement.change or movement.cause != "value"
        ],
        against=kept.against,
        lost=[
            f"{names.get(code, code)}: {reading.points_words(kpi.lost)} of {_rounded(kpi.share)}"
            for code, kpi in sorted(kept.kpis.items(), key=lambda pair: (-pair[1].lost, pair[0]))
            if kpi.share and kpi.lost
        ],
        outlook=_outlook(review, own),
        overrides=kept.binding,
        taken_at=taken_at,
        input_count=count,
        observations=own,
    )


def _observations(reviews: list[Review]) -> dict[Any, list[KpiObservation]]:
    """Return the observations of reviews, by review, in the order in which a page lists them; one query."""
    found: dict[Any, list[KpiObservation]] = {}
    rows = KpiObservation.objects.filter(review__in=[review.pk for review in reviews]).select_related("definition")
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    for group in found.values():
        group.sort(key=kpi_place)
    return found


def kpi_place(row: KpiObservation) -> tuple[Any, ...]:
    definition = row.definition
    return (CATEGORY_ORDER[row.category], not definition.is_scored, -definition.weight, definition.name)


def _published_at(review: Review) -> datetime | None:
    if review.state != Review.State.PUBLISHED:
        return None
    return Event.objects.of(review).filter(verb="publish").order_by("-at").values_list("at", flat=True).first()


def _signing(review: Review) -> tuple[list[str], list[str], Any, datetime | None]:
    """Return whose signature is awaited, who has signed (roles), by when, and when the last one was given."""
    rows = (
        Approval.objects.of(review)
        .filter(verb="sign_off", status__in=[Approval.Status.WAITING, Approval.Status.GIVEN])
        .order_by("due", "asked_at", "id")
        .values_list("role", "status", "due", "event__at")
    )
    waiting, signed, dues, times = [], [], [], []
    for role, status, due, at in rows:
        if status == Approval.Status.WAITING:
            waiting.append(role_label(role))
            dues += [due] if due else []
        else:
            signed.append(role_label(role))
            times += [at] if at else []
    return waiting, signed, min(dues, default=None), max(times, default=None)


def _rank(bands: Bands, standing: str) -> int | None:
    codes = [band.code for band in bands.bands]
    return codes.index(standing) if standing in codes else None


def _line(
    review: Review,
    row: KpiObservation,
    kept: Kept,
    reviews: list[Review],
    observations: dict[Any, list[KpiObservation]],
) -> KpiLine:
    definition = row.definition
    score = kept.kpis.get(definition.code, UNSCORED)
    read, tone = reading_of(row, kept)
    history = []
    for one in reviews:
        past = next((found for found in observations.get(one.pk, ()) if found.definition.code == definition.code), None)
        history.append(
            Past(
                one.label,
                None if past is None else past.value,
                "Not measured" if past is None else written(past),
                "" if past is None else _counted(past),
            )
        )
    unit = (row.currency if definition.unit == reading.CURRENCY_UNIT else definition.unit) or ""
    known = [past.value for past in history]
    direction = definition.direction
    trend = kpi_math.trend(known, direction) if direction in ("up", "down") else None  # type: ignore[arg-type]
    small = ""
    if row.small_sample:
        wanted = reading.counted(definition.minimum_sample, *reading.COUNTED[definition.formula])
        small = f"small sample: fewer than {wanted}"
    return KpiLine(
        definition=definition,
        state=row.state,
        value=written(row),
        counted=_counted(row),
        target=reading.target_words(direction, definition.target, definition.unit),
        red_line=reading.red_line_words(direction, definition.red_line, definition.unit),
        history=tuple(history),
        spark_unit=unit,
        change=reading.change_words(row.value, known[-2], definition.decimals, definition.unit, row.currency)
        if len(known) > 1
        else "",
        before=history[-2].label if len(history) > 1 else "",
        trend=trend.words if trend and trend.signals else "",
        reading=read,
        tone=tone,
        coverage=reading.coverage_words(row.coverage),
        small_sample=small,
        sum=reading.sum_words(
            formula=definition.formula,
            state=row.state,
            numerator=row.numerator,
            denominator=row.denominator,
            value=written(row),
            numerator_words=definition.numerator_words,
            denominator_words=definition.denominator_words,
            note=kept.notes.get(definition.code, ""),
        ),
        rules=rules_of(definition),
        weighing=reading.weighing_words(
            norm=score.norm,
            share=score.share,
            points=score.points,
            lost=score.lost,
            target=definition.target,
            red_line=definition.red_line,
            unit=definition.unit,
        ),
        points=score.points,
        lost=score.lost,
        share=score.share,
        rows_url=inputs_url(review, definition.code, "denominator"),
        parts=_parts(review, row),
    )


def reading_of(row: KpiObservation, kept: Kept) -> tuple[str, str]:
    """Return where a value stood against its limits, in words, and the tone of it."""
    if row.state != KpiObservation.State.OK:
        return row.get_state_display().lower(), "none"
    score = kept.kpis.get(row.definition.code, UNSCORED)
    return score.reading, reading.READING_TONES[score.level]


def written(row: KpiObservation) -> str:
    """Write a value, or in words why there is none."""
    if row.state != KpiObservation.State.OK:
        return row.get_state_display()
    definition = row.definition
    return reading.kpi_shown(row.value, definition.decimals, definition.unit, row.currency)


def _counted(row: KpiObservation) -> str:
    return reading.counted_words(row.definition.formula, row.state, row.numerator, row.denominator)


def rules_of(definition: KpiDefinition) -> tuple[str, ...]:
    """Return the sentences of a definition that say what counts."""
    Formula = KpiDefinition.Formula
    rules = [definition.formula_words]
    if definition.formula in (Formula.ON_TIME, Formula.ON_TIME_IN_FULL):
        rules.append(reading.window_words(definition.grace_days, definition.early_days))
    elif definition.formula == Formula.MEAN_DAYS_LATE and definition.grace_days:
        rules.append(
            f"Late is a line that arrived more than {reading.counted(definition.grace_days, 'day')}"
            " after its scheduled day."
        )
    if definition.formula == Formula.ON_TIME_IN_FULL:
        rules.append(reading.tolerance_words(definition.quantity_tolerance))
        rules.append(reading.MISSING_WORDS[definition.missing_data])
    if definition.date_basis == KpiDefinition.DateBasis.DELIVERED:
        rules.append("A line belongs to the period in which it arrived.")
    return tuple(rules)


def _rounded(points: Decimal) -> str:
    return reading.short_number(kpi_math.quantise(points, 1))


def inputs_url(review: Review, kpi: str, part: str) -> str:
    """Return the address of the snapshot's lines behind one value."""
    return f"{reverse('operations:review_inputs', args=[review.pk])}?{urlencode({'kpi': kpi, 'part': part})}"


def _parts(review: Review, row: KpiObservation) -> tuple[Part, ...]:
    code = row.definition.code
    found = []
    if row.definition.formula in reading.SHARES and row.numerator is not None and row.denominator is not None:
        missed = row.denominator - row.numerator
        if missed:
            found.append(Part(f"Open the {fmt.number(int(missed))} missed", inputs_url(review, code, "missed")))
    if row.denominator:
        words = f"All {reading.counted(row.denominator, *reading.COUNTED[row.definition.formula])} counted"
        found.append(Part(words, inputs_url(review, code, "denominator")))
    if row.coverage is not None and row.coverage < 100:
        found.append(Part("Lines that could not be judged", inputs_url(review, code, "left_out")))
    return tuple(found)


def _categories(kept: Kept, own: list[KpiObservation]) -> list[CategoryLine]:
    labels = dict(Category.choices)
    states: dict[str, set[str]] = {}
    for row in own:
        if row.definition.is_scored:
            states.setdefault(row.category, set()).add(row.state)
    found = []
    for category, weight in sorted(kept.weights.items(), key=lambda pair: CATEGORY_ORDER[pair[0]]):
        score, coverage = kept.categories.get(category, (None, Decimal(0)))
        words = note = ""
        if score is None:
            inside = states.get(category, set())
            only = inside.pop() if len(inside) == 1 else ""
            words = str(KpiObservation.State(only).label).lower() if only and only != "ok" else "not counted"
        else:
            words = reading.shown(score, 1)
            note = "" if coverage == 100 else f"from {reading.coverage_words(coverage)} of its weight"
        found.append(CategoryLine(labels[category], reading.short_number(weight), words, score is not None, note))
    return found


def _outlook(review: Review, own: list[KpiObservation]) -> list[str]:
    outlook = outlook_of(review, own) if own else None
    if outlook is None:
        return []
    return reading.outlook_sentences(
        outlook,
        names={row.definition.code: row.definition.name for row in own},
        standings={band["standing"]: band["label"] for band in review.policy.bands},
        units={row.definition.code: (row.definition.decimals, row.definition.unit) for row in own},
        formulas={row.definition.code: row.definition.formula for row in own},
    )


def tone_of(policy: ScoringPolicy, standing: str) -> str:
    """Return the tone that a policy gives a standing."""
    given = {band["standing"]: band.get("tone", "") for band in policy.bands}
    return given.get(standing) or Review.STANDING_TONES.get(standing, "none")
