"""When an agreement ends and until when notice can be given, by its dates, its rule and its amendments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from contracts.effective import amended
from contracts.models.agreement import Agreement
from contracts.models.fields import length_of
from contracts.terms.dates import Kind
from contracts.terms.periods import MONDAY_TO_FRIDAY
from contracts.terms.renewal import Position, position
from contracts.terms.rules import Renews, Rule
from strategy.sums.errors import SumError


def rule_of(agreement: Agreement, on: date | None = None) -> Rule:
    """Return how long an agreement runs as it stands on a day; SumError where that cannot be reckoned with."""
    said = amended(agreement, on or timezone.localdate())
    perpetual = said.ends.kind is Kind.PERPETUAL or said.renews == Agreement.Renews.EVERGREEN
    return Rule(
        start=said.starts,
        end=said.ends,
        length=None if perpetual else length_of(said.first_term),
        renews=Renews.EVERGREEN if perpetual else Renews(said.renews),
        renewal=None if perpetual else length_of(said.renewal_length),
        most=None if perpetual else said.most_renewals,
        notice=length_of(said.notice_length),
        calendar=said.calendar.counted if said.calendar is not None else MONDAY_TO_FRIDAY,
    )


def position_of(agreement: Agreement, on: date | None = None) -> Position | str:
    """Return in which term it is on a day and when notice is due, or the sentence why that cannot be said."""
    day = on or timezone.localdate()
    given = [agreement.notice_given_on] if agreement.notice_given_on is not None else []
    try:
        return position(rule_of(agreement, day), day, given)
    except SumError as error:
        return str(error)


def recount(agreement: Agreement) -> None:
    """Write anew the days that lists are sorted by; an amendment's belong to what it amends."""
    if agreement.kind == Agreement.Kind.AMENDMENT:
        return
    at = position_of(agreement)
    found: dict[str, Any] = {"notice_by": None, "ends_by": None}
    if not isinstance(at, str):
        if at.deadline is not None and agreement.state not in (*Agreement.OVER, Agreement.State.ABANDONED):
            found["notice_by"] = at.deadline.earliest
        # The end of the term it is in: then it ends, or renews.
        end = at.ends or at.last_end
        found["ends_by"] = end.earliest if end is not None else None
    if any(getattr(agreement, name) != day for name, day in found.items()):
        Agreement.objects.filter(pk=agreement.pk).update(**found)
        for name, day in found.items():
            setattr(agreement, name, day)
