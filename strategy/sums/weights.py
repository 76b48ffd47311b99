"""Weights in percent that add up to exactly 100."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, not_negative, shown

_MOST_PLACES = 12


def rounded_to_hundred(values: Sequence[Number], places: int = 2) -> tuple[Decimal, ...]:
    """Return ``values`` scaled to percent and rounded to ``places`` decimals, adding up to exactly 100.

    ``values`` are 0 or more on any common scale. Rounding is by the largest remainder (Hamilton's method): every
    share is rounded down, and the last places still missing go one each to the largest remainders; among equal
    remainders to the earlier value. So the order of the values is kept: a larger one never gets less.

    Raises :class:`SumError` (field "weights", with the row) for no values, a negative one, all of them 0, or
    ``places`` outside 0 to 12.
    """
    if not 0 <= places <= _MOST_PLACES:
        raise SumError(f"Weights are rounded to 0 to {_MOST_PLACES} decimals, not {places}.", field="weights")
    numbers = _weights(values)
    total = sum(numbers, Fraction(0))
    if not total:
        raise SumError("All weights are 0; give at least one of them more.", field="weights")
    units = [number * HUNDRED * 10**places / total for number in numbers]
    whole = [int(unit) for unit in units]
    missing = 100 * 10**places - sum(whole)
    by_remainder = sorted(range(len(units)), key=lambda index: (whole[index] - units[index], index))
    for index in by_remainder[:missing]:
        whole[index] += 1
    context = Context(prec=_MOST_PLACES + 4)
    return tuple(Decimal(unit).scaleb(-places, context) for unit in whole)


def check_total(weights: Sequence[Number]) -> None:
    """Return if ``weights``, in percent, are 0 or more each and add up to exactly 100.

    Raises :class:`SumError` (field "weights") that says by how much they are off, or with the row of a negative
    one, or for no weights at all.
    """
    total = sum(_weights(weights), Fraction(0))
    if total == HUNDRED:
        return
    off = abs(total - HUNDRED)
    # As many places as a number may have, so that no total that is off can read as 100.
    do = "add" if total < HUNDRED else "take away"
    raise SumError(
        f"The weights add up to {shown(total, 40)}, not 100; {do} {shown(off, 40)} percent.",
        field="weights",
    )


def _weights(values: Sequence[Number]) -> list[Fraction]:
    if not values:
        raise SumError("There are no weights yet; give at least one.", field="weights")
    return [not_negative(value, f"Weight {row + 1}", field="weights", row=row) for row, value in enumerate(values)]
