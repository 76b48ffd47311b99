"""One KPI's row of the card."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cmo_lifecycle.doors import format as fmt
from operations import kpi_math, reading
from operations.models import Category, KpiDefinition, KpiObservation, Review
from operations.review_card.kept import UNSCORED, Kept
from operations.review_card.shapes import KpiLine, Part, Past

CATEGORY_ORDER = {code: place for place, code in enumerate(Category.values)}


def kpi_place(row: KpiObservation) -> tuple[Any, ...]:
    definition = row.definition
    return (CATEGORY_ORDER[row.category], not definition.is_scored, -definition.weight, definition.name)


def line_of(
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
