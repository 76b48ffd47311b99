"""Exact numbers in, exact numbers out, and how they read in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from strategy.sums.errors import SumError

Number = int | Decimal | Fraction
"""What every sum takes. ``float`` is refused: 0.1 + 0.2 is not 0.3 there."""

DIGITS = 34
"""Significant digits that a calculated decimal keeps (that of IEEE decimal128)."""

HUNDRED = Fraction(100)

_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
_LARGEST_EXPONENT = 40


def exact(value: Number, what: str, *, field: str, row: int | None = None) -> Fraction:
    """Return ``value`` as an exact fraction.

    ``what`` names it in the sentence ("The demand of 2028"). Raises :class:`SumError` for a ``bool``, a ``float``,
    NaN, an infinity, and beyond 10^40 or finer than 10^-40, which nothing here has and which would only cost memory.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise SumError(f"{what} must be a number, not {type(value).__name__}.", field=field, row=row)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise SumError(f"{what} must be a number, not {value}.", field=field, row=row)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        if value and (abs(value.adjusted()) > _LARGEST_EXPONENT or abs(exponent) > _LARGEST_EXPONENT):
            raise SumError(f"{what} is too large or too finely divided; write fewer digits.", field=field, row=row)
        return Fraction(value)
    if abs(value) > 10**_LARGEST_EXPONENT:
        raise SumError(f"{what} is too large; write fewer digits.", field=field, row=row)
    return Fraction(value)


def not_negative(value: Number, what: str, *, field: str, row: int | None = None) -> Fraction:
    """Return ``value`` exactly; :class:`SumError` also if it is below 0."""
    number = exact(value, what, field=field, row=row)
    if number < 0:
        raise SumError(f"{what} cannot be negative; enter 0 or more.", field=field, row=row)
    return number


def to_decimal(value: Fraction) -> Decimal:
    """Return ``value`` as the nearest decimal of :data:`DIGITS` significant digits."""
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def shown(value: Fraction | Decimal, places: int = 2) -> str:
    """Return ``value`` for a sentence: at most ``places`` decimals, thousands apart, no idle zeros ("1,250.5")."""
    number = Fraction(value)
    scaled = round(number * 10**places)
    text = f"{Decimal(scaled).scaleb(-places, Context(prec=200)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal) -> str:
    """Return ``value`` exactly, as people write it: no exponent, no idle zeros, no thousands ("1250.5")."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(words: Iterable[str], most: int = 6) -> str:
    """Return "a, b and c"; beyond ``most`` of them "a, b, … and 4 more"."""
    names = list(words)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
