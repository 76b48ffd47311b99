"""The screens of one strategy: where each is, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import parts
from strategy.findings import Finding
from strategy.models import Strategy
from strategy.screens import ASKS, CHECK, SCREENS, Screen

STATES = {
    "empty": "Empty",
    "optional": "Empty, optional",
    "begun": "Begun",
    "complete": "Complete",
    "undecided": "Decisions open",
}


@dataclass(frozen=True)
class Entry:
    """A screen in the list of screens: where it is, and how far it has come."""

    screen: Screen
    number: int
    url: str
    state: str
    here: bool

    @property
    def words(self) -> str:
        return STATES.get(self.state, "")


def writer_url(strategy: Strategy, screen: Screen) -> str:
    if screen is ASKS:
        return reverse("strategy:asks", args=[strategy.pk])
    return reverse("strategy:strategy_write", args=[strategy.pk, screen.key])


def entries_of(strategy: Strategy, user: User, found: Sequence[Finding], here: Screen | None = None) -> list[Entry]:
    """Return the list of screens with how far each has come."""
    unfinished = {one.field for one in found}
    tables = parts.parts_of(Strategy)
    filled = (
        Strategy.objects.visible_to(user)
        .filter(pk=strategy.pk)
        .values(**{f"has_{name}": Exists(part.objects.filter(**{part.of: OuterRef("pk")})) for name, part in tables.items()})
        .get()
    )  # fmt: skip
    entries = []
    for number, screen in enumerate(SCREENS, start=1):
        begun = any(filled.get(f"has_{asked.name}") for asked in screen.tables) or any(
            getattr(strategy, name) != Strategy._meta.get_field(name).get_default()
            for name in screen.fields  # type: ignore[union-attr]
        )
        open_ = bool(unfinished & set(screen.asks_for))
        if screen is ASKS:
            state = "undecided" if open_ else "complete"
        elif screen is CHECK:
            state = "" if unfinished else "complete"
        else:
            state = ("begun" if open_ else "complete") if begun else "empty" if open_ else "optional"
        entries.append(Entry(screen, number, writer_url(strategy, screen), state, screen is here))
    return entries
