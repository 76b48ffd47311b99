"""What falls due for a person beyond the words they are asked for: rooms say what, the desk shows all of it.

A room registers when it is loaded::

    @duty
    def strategy_reviews(user):
        yield Duty(day, "Strategy for VX-12, version 2", url, "Strategy review")

Only what this person may see and has to look after; nothing where they have no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cmo_lifecycle.accounts.models import User


@dataclass(frozen=True)
class Duty:
    """One thing that has to happen by a day: what it is about, where it is done, and what kind of thing it is."""

    on: date
    label: str
    url: str
    what: str


DutyFunction = Callable[[User], Iterable[Duty]]
_functions: list[DutyFunction] = []


def duty(function: DutyFunction) -> DutyFunction:
    """Declare a function that yields what falls due for a person."""
    _functions.append(function)
    return function


def duties_of(user: User) -> list[Duty]:
    """Return everything that falls due for this person, overdue first."""
    if user.is_external:
        return []
    found = [one for function in _functions for one in function(user)]
    return sorted(found, key=lambda one: (one.on, one.what, one.label))


__all__ = ["Duty", "duties_of", "duty"]
