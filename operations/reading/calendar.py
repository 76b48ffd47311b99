"""Days in words: when a line arrived, when a review opens, whether the scheduler is silent."""

from __future__ import annotations

from datetime import date, datetime

from cmo_lifecycle.doors import format as fmt
from operations.reading.words import counted

CADENCE_WORDS = {"month": "monthly", "quarter": "quarterly", "half_year": "half-yearly", "year": "yearly"}


def arrival_words(scheduled: date, delivered: date | None, today: date) -> tuple[str, str]:
    """Say when a line arrived against its scheduled day, with the tone: `("12 days late", "bad")`.

    Counted from the scheduled day itself; the window of a KPI is another matter.
    """
    if delivered is None:
        days = (today - scheduled).days
        if days > 0:
            return f"overdue by {counted(days, 'day')}", "bad"
        return ("due today", "watch") if days == 0 else (f"due in {counted(-days, 'day')}", "none")
    days = (delivered - scheduled).days
    if days > 0:
        return f"{counted(days, 'day')} late", "bad"
    return ("on the day", "good") if days == 0 else (f"{counted(-days, 'day')} early", "good")


def schedule_words(
    *, label: str, last_day: date, grace_days: int, due_at: datetime, cadence: str, why: str, zone: str
) -> str:
    """Say when the next review opens, with its arithmetic.

    `Q1 2026 ends on 31 Mar 2026, plus 5 days for late records: the review opens on 6 Apr 2026 at 00:00 (UTC). …`
    """
    extra = f", plus {counted(grace_days, 'day')} for late records" if grace_days else ""
    local = due_at.strftime("%H:%M")
    return (
        f"{label} ends on {fmt.day(last_day)}{extra}: the review opens on {fmt.day(due_at.date())} at {local} ({zone})."
        f" {CADENCE_WORDS[cadence].capitalize()}, {why}."
    )


def silence_sentence(beat_at: datetime | None, now: datetime, hours: int = 24) -> str:
    """Warn of a scheduler that has been silent for longer than `hours`; empty where all is well."""
    if beat_at is None:
        return "The scheduler has never reported: scheduled reviews are not being opened."
    silent = now - beat_at
    if silent.total_seconds() <= hours * 3600:
        return ""
    return (
        f"The scheduler has been silent for {counted(int(silent.total_seconds() // 3600), 'hour')}:"
        " scheduled reviews are not being opened. They are made up as soon as it runs again."
    )
