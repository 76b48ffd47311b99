"""By when a step is waited for: values for the `due` of a transition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone


def within(days: int) -> Callable[[Any], date]:
    """Return what tells the day that is so many days from today, whatever the record."""

    def by_when(record: Any) -> date:
        return timezone.localdate() + timedelta(days=days)

    return by_when
