"""The calendar of agreements: what ends, renews, is due for notice, for review, or owed, over all that a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from contracts.duties import END, NOTICE, REVIEW, key_of
from contracts.models import Agreement, Obligation

#: What an entry is, with its words.
KINDS = {
    "end": "Ends",
    "renewal": "Renews or ends",
    "notice": "Last day for notice",
    "review": "Review",
    "ours": "We owe",
    "theirs": "They owe",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on one day: `kind` is a key of `KINDS`, `of` names the agreement, `key` finds the entry again."""

    key: str
    on: date
    kind: str
    title: str
    of: str
    url: str
    agreement: Any
    obligation: Any = None

    @property
    def what(self) -> str:
        return KINDS[self.kind]


def entries(user: User, first: date, last: date, *, own: bool = False) -> list[Entry]:
    """Return what lies from one day to another, both included, soonest first; `own` leaves what others see to."""
    rows = Obligation.objects.visible_to(user).filter(state=Obligation.State.OPEN, due_on__range=(first, last))
    if own:
        rows = rows.filter(owner=user)
    found = list(_of_obligations(rows.select_related("agreement__cmo")))
    if not own:
        told = {(one.agreement, one.kind) for one in found}
        days = _of_agreements(Agreement.objects.visible_to(user).signed(), first, last)
        # Where an obligation tells of the same day, it says more.
        found += [one for one in days if (one.agreement, one.kind) not in told]
    return sorted(found, key=lambda one: (one.on, list(KINDS).index(one.kind), one.of, one.title))


def _of_obligations(rows: Any) -> Iterator[Entry]:
    for row in rows:
        agreement = row.agreement
        kinds = {
            key_of(agreement, NOTICE): "notice",
            key_of(agreement, END): "end",
            key_of(agreement, REVIEW): "review",
        }
        kind = kinds.get(row.duty, row.side)
        yield Entry(
            f"obligation-{row.pk}", row.due_on, kind, row.title, agreement.reference, row.get_absolute_url(), agreement.pk, row.pk,
        )  # fmt: skip


def _of_agreements(rows: Any, first: date, last: date) -> Iterator[Entry]:
    """The days that agreements have of their own, also further ahead than obligations are written down."""
    for row in rows.filter(ends_by__range=(first, last)):
        renews = row.renews in (Agreement.Renews.AUTOMATIC, Agreement.Renews.BY_NOTICE) and row.notice_given_on is None
        yield _of(row, row.ends_by, "renewal" if renews else "end", "It renews or ends" if renews else "It ends")
    for row in rows.filter(notice_by__range=(first, last)):
        yield _of(row, row.notice_by, "notice", "Last day for notice")
    for row in rows.filter(next_review__range=(first, last)):
        yield _of(row, row.next_review, "review", "Review")


def _of(row: Agreement, on: date, kind: str, title: str) -> Entry:
    url = reverse("contracts:agreement", args=[row.pk])
    return Entry(f"agreement-{row.pk}-{kind}", on, kind, title, row.reference, url, row.pk)


__all__ = ["KINDS", "Entry", "entries"]
