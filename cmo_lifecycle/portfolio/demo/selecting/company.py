"""Who acts in a selection of the demonstration, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cmo_lifecycle.accounts import cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact, Programme
from cmo_lifecycle.portfolio.demo.clock import at, noon
from cmo_lifecycle.portfolio.demo.world import SOURCE


@dataclass(frozen=True)
class Company:
    """The demo's people at work on one programme; days are counted from `begun`, at noon."""

    people: Mapping[str, User]
    programme: Programme
    begun: date

    def day(self, days: int) -> date:
        return self.begun + timedelta(days=days)

    def moment(self, days: int) -> datetime:
        return noon(self.day(days))

    @contextmanager
    def on(self, days: int) -> Iterator[None]:
        with at(self.moment(days)):
            yield

    def by(self, name: str) -> dict[str, Any]:
        """Return who does something, as every door asks it."""
        return {"actor": self.people[name], "source": SOURCE}

    def signed(self, name: str) -> dict[str, Any]:
        return {**self.by(name), "password": cast.DEMO_PASSWORD}

    @staticmethod
    def contact(cmo: str) -> Contact:
        """Return whom the CMO is written to: whoever may sign in, else the first."""
        rows = Contact.objects.filter(cmo__legal_name=cmo).order_by("user", "id")
        return rows.filter(user__isnull=False).first() or rows[0]
