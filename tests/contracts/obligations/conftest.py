"""Agreements with Harrow that are in force, with what they make both sides owe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cmo_lifecycle.workflow import parts
from contracts.actions import agreements
from contracts.documents import bring_in
from contracts.models import Agreement, Duty, Obligation, Term
from contracts.obliging import settle
from tests.contracts.conftest import TEXT, written

InForce = Callable[..., Agreement]


@pytest.fixture
def in_force(alice: Any, lena: Any, harrow: Any, vx12: Any) -> InForce:
    """Register an agreement that was signed elsewhere, with duties and terms, and put it in force."""

    def make(
        *, kind: str = "msa", duties: Any = (), terms: Any = (), executed_on: date = date(2025, 12, 20), **head: Any
    ) -> Agreement:
        made = written(alice, harrow, vx12, kind, **head)
        if duties:
            made = parts.write(made, Duty, list(duties), actor=alice)
        if terms:
            made = parts.write(made, Term, list(terms), actor=alice)
        bring_in(made, actor=alice, words=TEXT)
        made.refresh_from_db()
        # As one that was signed here: all of it is known from its first day.
        Agreement.objects.filter(pk=made.pk).update(state="executed", executed_on=executed_on)
        made.refresh_from_db()
        return agreements.take_effect(made, actor=lena)  # type: ignore[no-any-return]

    return make


def amended(
    base: Agreement, path: str, value: str, *, actor: Any, by: Any, effective_on: str, number: int = 1
) -> Agreement:
    """Amend one term of an agreement, from a day that may be past."""
    from contracts.models import Provision

    made = written(
        actor, base.cmo, base.programme, "amendment", parent=base, reference=f"{base.reference}-A{number}",
        effective_on=effective_on, expires_on="", value=None, currency="",
    )  # fmt: skip
    made = parts.write(made, Provision, [{"verb": "replace", "path": path, "value": value}], actor=actor)
    Agreement.objects.filter(pk=made.pk).update(state="executed", executed_on=date.today())
    made.refresh_from_db()
    return agreements.take_effect(made, actor=by)  # type: ignore[no-any-return]


def open_days(agreement: Agreement) -> list[tuple[str, str]]:
    """Return what is open of an agreement: title and day, in order."""
    rows = Obligation.objects.filter(agreement=agreement, state="open").order_by("due_on", "title")
    return [(row.title, str(row.due_on)) for row in rows]


def settled(agreement: Agreement, today: date) -> int:
    return settle(agreement, today=today)


__all__ = ["InForce", "amended", "open_days", "settled"]
