"""The segment of what is bought: supply risk against profit impact.

Source: P. Kraljic, "Purchasing must become supply management", Harvard Business Review 61(5), 1983.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, not_negative, to_decimal

CUT = 50
"""Where high begins on both axes, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One quarter of the plot: ``code`` is stored, ``name`` is shown, ``meaning`` is one sentence."""

    code: str
    name: str
    meaning: str


STRATEGIC = Segment(
    "strategic",
    "Strategic",
    "Much depends on it and few can supply it: build a long partnership with shared plans and governance at the top.",
)
BOTTLENECK = Segment(
    "bottleneck",
    "Bottleneck",
    "It earns little but is hard to get: secure the supply, hold stock and look for another source.",
)
LEVERAGE = Segment(
    "leverage",
    "Leverage",
    "Much depends on it and many can supply it: let them compete and use the volume to get better terms.",
)
ROUTINE = Segment(
    "routine",
    "Routine",
    "Little depends on it and many can supply it: keep the work of buying it small.",
)
SEGMENTS = {found.code: found for found in (STRATEGIC, BOTTLENECK, LEVERAGE, ROUTINE)}


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that an axis is judged by: ``weight`` 0 or more on any scale, ``score`` from 1 (low) to 5 (high)."""

    code: str
    weight: Number
    score: Number


def segment(supply_risk: Number, profit_impact: Number, cut: Number = CUT) -> Segment:
    """Return the segment of a point, both axes from 0 to 100; a point exactly on ``cut`` counts as high.

    Raises :class:`SumError` with field "supply_risk" or "profit_impact" outside 0 to 100, or "cut" unless it lies
    between them.
    """
    limit = exact(cut, "The cut", field="cut")
    if not 0 < limit < HUNDRED:
        raise SumError(f"The cut lies between 0 and 100, not at {cut}.", field="cut")
    risk_high = _on_axis(supply_risk, "supply_risk") >= limit
    impact_high = _on_axis(profit_impact, "profit_impact") >= limit
    if risk_high:
        return STRATEGIC if impact_high else BOTTLENECK
    return LEVERAGE if impact_high else ROUTINE


def from_factors(factors: Sequence[Factor]) -> Decimal:
    """Return the weighted mean of the scores, stretched from 1 to 5 onto the axis of 0 to 100.

    ``100 * (sum(weight * score) / sum(weight) - 1) / 4``. Raises :class:`SumError` (field "factors", with the row)
    for a score outside 1 to 5 or a negative weight, and without a row for no factors or no weight at all.
    """
    if not factors:
        raise SumError("There are no factors yet; score at least one.", field="factors")
    total = weighed = Fraction(0)
    for row, factor in enumerate(factors):
        weight = not_negative(factor.weight, f"The weight of {factor.code}", field="factors", row=row)
        score = exact(factor.score, f"The score of {factor.code}", field="factors", row=row)
        if not 1 <= score <= 5:
            raise SumError(
                f"The score of {factor.code} runs from 1 to 5, not to {factor.score}.", field="factors", row=row
            )
        total += weight
        weighed += weight * score
    if not total:
        raise SumError("All weights are 0; give at least one factor more.", field="factors")
    return to_decimal(HUNDRED * (weighed / total - 1) / 4)


def _on_axis(value: Number, field: str) -> Fraction:
    name = field.replace("_", " ")
    number = exact(value, f"The {name}", field=field)
    if not 0 <= number <= HUNDRED:
        raise SumError(f"The {name} runs from 0 to 100, not to {value}.", field=field)
    return number
