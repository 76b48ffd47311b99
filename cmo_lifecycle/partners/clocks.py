"""Days as clocks count them."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta


def add_business_days(start: date, days: int, holidays: Container[date] = ()) -> date:
    """Return the day `days` business days after `start`, Saturdays, Sundays and holidays left out.

    The day of the event itself is not counted.
    """
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day
