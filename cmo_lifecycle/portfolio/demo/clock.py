"""The demonstration's time: things happen on the day on which they are told to have happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from unittest import mock

from django.utils import timezone

from evaluation import clock as evaluation_clock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the doors write `moment` as their time and judge deadlines by it; the database's own trail keeps the true one."""
    with (
        mock.patch.object(timezone, "now", return_value=moment),
        mock.patch.object(evaluation_clock, "database_time", return_value=moment),
    ):
        yield


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def month_start(day: date, months: int) -> date:
    """Return the first day of the month `months` after the one that holds `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
