"""The one clock that deadlines are judged by."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def database_time() -> datetime:
    """Return the database's time this instant, whatever transaction is open and whatever the web server's clock says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def has_passed(moment: datetime | None) -> bool:
    """Whether a moment is over: not at its very instant, and never where there is none."""
    return moment is not None and database_time() > moment
