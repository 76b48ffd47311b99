"""Small words: numbers with their nouns and units, lists, coverages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cmo_lifecycle.doors import format as fmt
from operations.kpi_math import quantise

#: The unit of a KPI whose values are money; the currency is that of the lines.
CURRENCY_UNIT = "currency"


def joined(words: Iterable[str], last: str = "and") -> str:
    """Join words as people do: `a, b and c`; an empty string for none."""
    *early, final = [*words] or [""]
    return f"{', '.join(early)} {last} {final}" if early else final


def counted(number: int | Decimal, one: str, several: str = "") -> str:
    """Write a number with its noun: `1 line`, `1,139 lines`."""
    return f"{fmt.number(whole(number))} {one if number == 1 else several or one + 's'}"


def shown(value: Decimal | int | None, places: int | None = None, unit: str = "") -> str:
    """Write a value with its unit: `81.3 %`, `1 day`, `12 days`; an en dash for None."""
    if value is None:
        return "–"
    rounded = value if places is None else quantise(value, places)
    return fmt.with_unit(fmt.number(rounded), "day" if unit == "days" and rounded == 1 else unit)


def kpi_shown(value: Decimal | None, places: int, unit: str, currency: str = "") -> str:
    """Write a KPI's value; an amount of money carries its own currency, since its unit is just “currency”."""
    if unit == CURRENCY_UNIT:
        return "–" if value is None else fmt.amount(quantise(value, places), currency, places)
    return shown(value, places, unit)


def whole(number: int | Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number


def short_number(value: Decimal | int) -> str:
    """Write a limit without idle zeros: 95.0000 is `95`, 0.5000 is `0.5`."""
    text = f"{Decimal(value):f}"
    return fmt.number(Decimal(text.rstrip("0").rstrip(".") if "." in text else text))


def with_short(limit: Decimal, unit: str) -> str:
    return fmt.with_unit(short_number(limit), unit)


def points_words(points: Decimal) -> str:
    """Write points of the score: `1 point`, `4.3 points`, `less than 0.1 points`."""
    rounded = quantise(abs(points), 1)
    if not rounded and points:
        return "less than 0.1 points"
    return f"{fmt.number(whole(rounded))} {'point' if rounded == 1 else 'points'}"


def coverage_shown(coverage: Decimal | None) -> Decimal | None:
    """Round a coverage in per cent for showing, so that less than all never reads as 100."""
    if coverage is None:
        return None
    rounded = quantise(coverage, 0)
    return Decimal("99.9") if rounded == 100 and coverage != 100 else rounded


def coverage_words(coverage: Decimal | None) -> str:
    """Write a coverage: `100 %`, `71 %`; an en dash for None."""
    return shown(coverage_shown(coverage), None, "%")
