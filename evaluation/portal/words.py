"""Times as a bidder reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from cmo_lifecycle.doors import format as fmt


def utc(moment: datetime) -> str:
    """Write a moment in UTC: '18 Dec 2026, 14:00 UTC'."""
    there = moment.astimezone(UTC)
    return f"{fmt.day(there)}, {there:%H:%M} UTC"


def own(moment: datetime) -> str:
    """Write a moment in the reader's zone, where that is another one than UTC; empty otherwise."""
    there = timezone.localtime(moment)
    same = there.utcoffset() == timedelta(0)
    return "" if same else f"{fmt.day(there)}, {there:%H:%M} {there.tzname()}"


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def span(left: timedelta) -> str:
    """Write how long in the two largest units: '20 days and 4 hours', '3 minutes'. portal.js says the same words."""
    minutes = int(abs(left) // timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 3:
        return _some(days, "day")
    if days:
        return f"{_some(days, 'day')} and {_some(hours, 'hour')}"
    if hours:
        return f"{_some(hours, 'hour')} and {_some(minutes, 'minute')}"
    return _some(minutes, "minute") if minutes else "less than a minute"


def left(closes_at: datetime, now: datetime) -> str:
    """Write how long is left, or how long ago it was."""
    return f"{span(closes_at - now)} left" if now <= closes_at else f"passed {span(now - closes_at)} ago"
