"""What speaks for making and for buying beside the money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, not_negative, shown, to_decimal

HIGHEST = 5


@dataclass(frozen=True, slots=True)
class Factor:
    """One qualitative factor: ``weight`` 0 or more on any scale; ``make`` and ``buy`` from 0 (bad) to 5 (good)."""

    label: str
    weight: Number
    make: Number
    buy: Number


@dataclass(frozen=True, slots=True)
class Outcome:
    """The weighted means of making and buying, 0 to 5; ``difference`` is make - buy, ``sentence`` says who leads."""

    make: Decimal
    buy: Decimal
    difference: Decimal
    favours: Literal["make", "buy", "neither"]
    sentence: str


def weigh(factors: Sequence[Factor]) -> Outcome:
    """Return ``sum(weight * score) / sum(weight)`` for both options, exactly until it becomes a decimal.

    Raises :class:`SumError` (field "factors", with the row) for a score outside 0 to 5 or a negative weight, and
    without a row for no factors or no weight at all.
    """
    if not factors:
        raise SumError("There are no factors yet; score at least one.", field="factors")
    total = made = bought = Fraction(0)
    for row, factor in enumerate(factors):
        weight = not_negative(factor.weight, f"The weight of “{factor.label}”", field="factors", row=row)
        total += weight
        made += weight * _score(factor.make, f"The score of making for “{factor.label}”", row)
        bought += weight * _score(factor.buy, f"The score of buying for “{factor.label}”", row)
    if not total:
        raise SumError("All weights are 0; give at least one factor more.", field="factors")
    make, buy = made / total, bought / total
    favours: Literal["make", "buy", "neither"] = "make" if make > buy else "buy" if buy > make else "neither"
    if favours == "neither":
        sentence = f"Making and buying are level at {shown(make)} of {HIGHEST}."
    else:
        better, worse = max(make, buy), min(make, buy)
        word = "Making" if favours == "make" else "Buying"
        sentence = f"{word} is ahead by {shown(better - worse)}: {shown(better)} against {shown(worse)} of {HIGHEST}."
    return Outcome(to_decimal(make), to_decimal(buy), to_decimal(make - buy), favours, sentence)


def _score(value: Number, what: str, row: int) -> Fraction:
    score = exact(value, what, field="factors", row=row)
    if not 0 <= score <= HIGHEST:
        raise SumError(f"{what} runs from 0 to {HIGHEST}, not to {value}.", field="factors", row=row)
    return score
