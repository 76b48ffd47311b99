"""Days as clocks count them."""

from __future__ import annotations

import calendar
from collections.abc import Container
from datetime import date, timedelta

SATURDAY_AND_SUNDAY = frozenset({5, 6})


def add_business_days(
    start: date, days: int, holidays: Container[date] = (), weekend: Container[int] = SATURDAY_AND_SUNDAY
) -> date:
    """Return the day `days` business days after `start` (before it if negative), weekends and holidays left out.

    The day of the event itself is not counted. `weekend` are days of the week, Monday being 0.
    """
    day, step = start, timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    while left > 0:
        day += step
        if day.weekday() not in weekend and day not in holidays:
            left -= 1
    return day


def add_months(day: date, months: int) -> date:
    """Return `day` plus `months` (negative: minus), at most the last day of its month.

    31 January + 1 month is 28 or 29 February. Because of that, never feed a result back in: the n-th date is counted
    from the first one. Raises ValueError outside the years 1 to 9999.
    """
    year, zero_month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = zero_month + 1
    if not 1 <= year <= 9999:
        raise ValueError(f"The year {year} lies outside the calendar.")
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
