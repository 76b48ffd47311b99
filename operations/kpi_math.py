"""Arithmetic of single KPIs: plain values in, exact decimals and words out.

Nothing here knows a database row. Numbers are ``int`` or ``Decimal``; ``float`` is
refused, because 0.1 + 0.2 is not 0.3 there. Sums are exact fractions inside and become
a ``Decimal`` of :data:`DIGITS` significant digits once, at the end, so that the order in
which values are added can never matter.

Rounding, told once for the whole product: scores and KPI values are kept in full;
:func:`quantise` (half to even) is for showing them and for nothing else. PostgreSQL's
``round(numeric)`` rounds half away from zero, so show numbers with this function, not
with SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Number = int | Decimal
Direction = Literal["up", "down"]
"""``up``: a higher value is better (on-time delivery). ``down``: a lower one is (days late)."""

DIGITS = 34
"""Significant digits that a calculated decimal keeps (that of IEEE decimal128)."""

_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
_LARGEST_EXPONENT = 40
_MOST_DIGITS = 80
_WIDE = Context(prec=_LARGEST_EXPONENT + _MOST_DIGITS, rounding=ROUND_HALF_EVEN)
_SIX = Decimal("1E-6")


class KpiMathError(ValueError):
    """A value that cannot be calculated with; the message is a sentence for a person."""


def exact(value: Number, what: str = "The value") -> Fraction:
    """Return ``value`` as an exact fraction.

    ``what`` names the value in the error. Raises :class:`KpiMathError` for a ``bool``, a
    ``float``, NaN, an infinity, and for magnitudes beyond 10^40 or more than 80 digits,
    which no KPI has and which would only cost memory.
    """
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise KpiMathError(f"{what} must be a whole number or an exact decimal, not {type(value).__name__}.")
    if isinstance(value, Decimal) and not value.is_finite():
        raise KpiMathError(f"{what} is not a number ({value}).")
    found = _exact(value)
    if found is None:
        raise KpiMathError(f"{what} is too large or too finely divided to calculate with.")
    return found


# A run scores thousands of cards from the same few targets, weights and counts.
@lru_cache(maxsize=4096, typed=True)
def _exact(value: Number) -> Fraction | None:
    number = Decimal(value) if isinstance(value, int) else value
    digits, exponent = number.as_tuple()[1:]
    if number.is_zero():
        return Fraction(0)
    assert isinstance(exponent, int)
    if abs(number.adjusted()) > _LARGEST_EXPONENT or abs(exponent) > _MOST_DIGITS or len(digits) > _MOST_DIGITS:
        return None
    return Fraction(number)


def to_decimal(value: Fraction) -> Decimal:
    """Return ``value`` as the nearest decimal of :data:`DIGITS` significant digits."""
    return quotient(value.numerator, value.denominator)


def quotient(top: int, bottom: int) -> Decimal:
    """Return `top / bottom` as :func:`to_decimal` does; the two need not be in lowest terms, `bottom` not 0."""
    return _CONTEXT.divide(top, bottom)


def difference(now: Decimal, before: Decimal) -> Decimal:
    """Return ``now - before``, rounded once to :data:`DIGITS` significant digits."""
    return _CONTEXT.subtract(now, before)


def quantise(value: Number, places: int = 1) -> Decimal:
    """Return ``value`` rounded half to even to ``places`` decimals, for display only.

    A negative zero comes back as zero. Raises :class:`KpiMathError` if ``places`` is not
    between 0 and 12, or for a value that :func:`exact` refuses.
    """
    if not 0 <= places <= 12:
        raise KpiMathError(f"A number is shown with 0 to 12 decimals, not {places}.")
    exact(value)
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), context=_WIDE)
    return abs(rounded) if rounded.is_zero() else rounded


def six(value: Number | None) -> Decimal | None:
    """Return a value as the columns of observations keep it: six decimals; None stays None."""
    return None if value is None else _WIDE.quantize(value, _SIX)


def percentage(numerator: Number, denominator: Number) -> Decimal | None:
    """Return ``100 * numerator / denominator`` in percent; see :func:`rate`."""
    return rate(numerator, denominator, per=100)


def rate(numerator: Number, denominator: Number, *, per: Number = 1) -> Decimal | None:
    """Return ``per * numerator / denominator``, or None where the denominator is 0.

    ``per`` is 100 for a percentage or for "deviations per 100 batches", 1000000 for
    "complaints per million units". None means that there was no activity, which is not
    the same as a rate of zero. Raises :class:`KpiMathError` for a negative denominator.
    """
    top = exact(numerator, "The numerator")
    bottom = exact(denominator, "The denominator")
    factor = exact(per, "The factor of the rate")
    if bottom < 0:
        raise KpiMathError("The denominator counts things and cannot be negative.")
    return None if bottom == 0 else to_decimal(factor * top / bottom)


def share(part: int, whole: int) -> Decimal | None:
    """Return `100 * part / whole` for two counts, as :func:`percentage` does, only sooner."""
    return quotient(100 * part, whole) if whole else None


def mean(values: Sequence[Number]) -> Decimal | None:
    """Return the arithmetic mean in the unit of ``values``, or None for no values."""
    numbers = [exact(value) for value in values]
    return to_decimal(sum(numbers, Fraction(0)) / len(numbers)) if numbers else None


def median(values: Sequence[Number]) -> Decimal | None:
    """Return the middle value, or the mean of the two middle ones; None for no values."""
    return percentile_cont(values, Decimal("0.5"))


def p90(values: Sequence[Number]) -> Decimal | None:
    """Return the 90th percentile by :func:`percentile_cont`, or None for no values."""
    return percentile_cont(values, Decimal("0.9"))


def percentile_cont(values: Sequence[Number], fraction: Decimal) -> Decimal | None:
    """Return the continuous percentile of ``values``, or None for no values.

    The definition is that of the SQL standard's and PostgreSQL's ``percentile_cont``: of
    ``n`` sorted values the one at position ``fraction * (n - 1)`` counted from 0, with
    straight-line interpolation between neighbours. It is not the nearest rank
    (``percentile_disc``), which only ever returns a value that occurred. PostgreSQL
    calculates it in double precision and may add noise from the sixteenth digit on
    (152.40000000000003); here the result is exact, so cast the SQL result to ``numeric``.
    ``fraction`` is 0 to 1 inclusive, otherwise :class:`KpiMathError` is raised.
    """
    part = exact(fraction, "The percentile")
    if not 0 <= part <= 1:
        raise KpiMathError(f"A percentile lies between 0 and 1, not at {fraction}.")
    numbers = sorted(exact(value) for value in values)
    if not numbers:
        return None
    position = part * (len(numbers) - 1)
    below = position.numerator // position.denominator
    above = min(below + 1, len(numbers) - 1)
    weight = position - below
    return to_decimal(numbers[below] + weight * (numbers[above] - numbers[below]))


TrendSignal = Literal["worsening", "improving", "shift_worse", "shift_better"]


@dataclass(frozen=True, slots=True)
class Trend:
    """What the last values of one KPI say.

    ``signals`` holds every rule that fired, in a fixed order; ``words`` is one line for
    a page, never empty, without a full stop.
    """

    signals: tuple[TrendSignal, ...]
    words: str


def trend(
    values: Sequence[Number | None],
    direction: Direction,
    *,
    run: int = 3,
    side: int = 7,
) -> Trend:
    """Judge the last periods of a KPI by two rules of control charts.

    ``values`` are one per period, oldest first, None where a period has no value.

    * Run: each of the last ``run`` values was worse (or better) than the one before it,
      which needs ``run + 1`` values. A period without a value ends the run.
    * Shift: the last ``side`` values all lie strictly on one side of the mean of all
      values given, which needs more than ``side`` values; a period without one is left out.

    Raises :class:`KpiMathError` for an unknown direction or a rule shorter than 2.
    """
    sign = _sign(direction)
    if run < 2 or side < 2:
        raise KpiMathError("A trend rule needs at least 2 periods.")
    goodness = [None if value is None else sign * exact(value) for value in values]
    known = [value for value in goodness if value is not None]
    if goodness and goodness[-1] is None:
        return Trend((), "no value in the last period")
    if len(known) < 2:
        return Trend((), "too few periods for a trend")

    signals: list[TrendSignal] = []
    tail = [value for value in goodness[-(run + 1) :] if value is not None]
    if len(tail) == run + 1:
        steps = [later - earlier for earlier, later in pairwise(tail)]
        if all(step < 0 for step in steps):
            signals.append("worsening")
        elif all(step > 0 for step in steps):
            signals.append("improving")
    if len(known) > side:
        centre = sum(known, Fraction(0)) / len(known)
        if all(value < centre for value in known[-side:]):
            signals.append("shift_worse")
        elif all(value > centre for value in known[-side:]):
            signals.append("shift_better")

    said: dict[TrendSignal, str] = {
        "worsening": f"worse {run} periods running",
        "improving": f"better {run} periods running",
        "shift_worse": f"last {side} periods all worse than the mean",
        "shift_better": f"last {side} periods all better than the mean",
    }
    return Trend(tuple(signals), ", ".join(said[s] for s in signals) or "no trend")


def change_words(
    now: Number | None,
    before: Number | None,
    *,
    against: str,
    unit: str = "points",
    places: int = 1,
) -> str:
    """Say how a value moved, for instance ``up 3.2 points on Q2``.

    ``against`` names the earlier period, ``unit`` the unit of both values; None on either
    side means that there is nothing to compare and is said so. The difference is taken
    from the full values and only then rounded to ``places``; one too small to show is
    said to be so and never called unchanged. Whether up is good depends on the KPI and is
    not said here.
    """
    if now is None:
        return "no value in this period"
    if before is None:
        return f"no value in {against} to compare with"
    difference = exact(now) - exact(before)
    if difference == 0:
        return f"unchanged on {against}"
    word = "up" if difference > 0 else "down"
    shown = quantise(to_decimal(abs(difference)), places)
    amount = f"{shown}" if shown else f"less than {Decimal(1).scaleb(-places)}"
    return f"{word} {amount} {unit} on {against}"


def _sign(direction: Direction) -> int:
    if direction == "up":
        return 1
    if direction == "down":
        return -1
    raise KpiMathError(f"The direction of a KPI is 'up' or 'down', not {direction!r}.")
