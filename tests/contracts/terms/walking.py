"""The slow, obvious way to count: from day to day with a finger on the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from contracts.terms.periods import Calendar, Length, Unit

DAY = timedelta(days=1)
CHRISTMAS = Calendar(
    "England",
    frozenset({date(2027, 12, 27), date(2027, 12, 28), date(2028, 1, 3), date(2028, 4, 14)}),
    years=(2000, 2100),
)
GULF = Calendar("Gulf", frozenset({date(2028, 2, 6)}), frozenset({4, 5}), years=(2000, 2100))


def open_on(calendar: Calendar, day: date) -> bool:
    return not (day in calendar.holidays or day.isoweekday() - 1 in calendar.weekend)


@cache
def next_month(day: date, sign: int) -> tuple[int, int]:
    """Return year and month that follow (or come before) by walking to the first day outside the month."""
    other = day
    while (other.year, other.month) == (day.year, day.month):
        other += sign * DAY
    return other.year, other.month


@cache
def walked(day: date, length: Length, calendar: Calendar, sign: int) -> date:
    if length.unit in (Unit.DAYS, Unit.WEEKS):
        for _ in range(length.count * (7 if length.unit is Unit.WEEKS else 1)):
            day += sign * DAY
        return day
    if length.unit is Unit.BUSINESS_DAYS:
        passed = 0
        while passed < length.count:
            day += sign * DAY
            passed += open_on(calendar, day)
        return day
    target = day
    for _ in range(length.count * (12 if length.unit is Unit.YEARS else 1)):
        year, month = next_month(target, sign)
        target = date(year, month, 15)
    best = target.replace(day=1)
    while best.day < day.day and (best + DAY).month == target.month:
        best += DAY
    return best if length.count else day
