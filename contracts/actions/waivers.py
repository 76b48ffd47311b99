"""Doing without a mechanism that the strategy asks for, by signature."""

from __future__ import annotations

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition
from contracts.models import Waiver

S = Waiver.State


@transition(
    Waiver, source=S.ASKED, target=S.GRANTED, approvers=("legal", "executive"),
    meaning="I accept that this agreement does without it",
)  # fmt: skip
def grant(waiver: Waiver, event: Event) -> None:
    """Accept that the agreement does without what the strategy asks for."""


@transition(Waiver, source=S.ASKED, target=S.REFUSED, roles=("legal", "executive"), reason=True, tone="bad")
def refuse(waiver: Waiver, event: Event) -> None:
    """Refuse to do without it."""


@transition(Waiver, source=(S.ASKED, S.GRANTED), target=S.WITHDRAWN, roles=("sourcing", "legal"), reason=True)
def withdraw(waiver: Waiver, event: Event) -> None:
    """Take the waiver back: the clause has come in after all."""
