"""How the shared nouns are read on a page: whether orders may be placed, how bad the worst entry is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.history import state_label
from cmo_lifecycle.partners.models import Qualification

#: States of qualification from worst to best; "overdue" is an approval whose review day has passed.
SEVERITY = (
    "disqualified",
    "suspended",
    "rejected",
    "overdue",
    "conditional",
    "in_qualification",
    "candidate",
    "approved",
)


def worst(entries: Iterable[tuple[str, date | None]], today: date) -> str:
    """Return the worst of (state, day of review) entries as a word of `SEVERITY`; empty without entries."""
    found = set()
    for state, due in entries:
        late = state in Qualification.ORDERABLE and (due is None or due < today)
        found.add("overdue" if late else state)
    return next((word for word in SEVERITY if word in found), "")


def standing(word: str) -> tuple[str, str]:
    """Return the label and tone of a word of `SEVERITY`."""
    if word == "overdue":
        return "Review overdue", "bad"
    if not word:
        return "Not qualified", "none"
    return state_label(Qualification, word), Qualification.State(word).tone


def orderable(entry: Any, today: date) -> tuple[str, str]:
    """Return whether orders may go to the site for this scope, or why not, with the tone."""
    due = entry.review_due_on
    if entry.is_orderable(today):
        return f"Orderable until {fmt.day(due)}", "watch" if entry.state == "conditional" else "good"
    if entry.state in Qualification.ORDERABLE:
        return f"Not orderable: review overdue since {fmt.day(due)}", "bad"
    tone = "bad" if entry.state in ("suspended", "rejected", "disqualified") else "none"
    return f"Not orderable: {entry.get_state_display().lower()}", tone
