"""The life of a question of the library."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from cmo_lifecycle.workflow.transitions import transition
from evaluation.models import LibraryQuestion

S = LibraryQuestion.State
KEEPERS = ("sourcing", "technical", "quality")


@transition(LibraryQuestion, source=S.DRAFT, target=S.IN_USE, roles=KEEPERS)
def put_in_use(question: LibraryQuestion, event: Event) -> None:
    """Offer this version to the next RFPs; an earlier one gives way."""
    earlier = LibraryQuestion.objects.filter(code=question.code, state=S.IN_USE).first()
    if earlier is not None:
        supersede(earlier, cause=event, reason=f"Version {question.number} is in use")


@transition(LibraryQuestion, source=S.IN_USE, target=S.SUPERSEDED)
def supersede(question: LibraryQuestion, event: Event) -> None:
    """Give way to the next version."""


@transition(LibraryQuestion, source=(S.DRAFT, S.IN_USE), target=S.RETIRED, roles=KEEPERS, reason=True, tone="bad")
def retire(question: LibraryQuestion, event: Event) -> None:
    """Ask it no more; where it was asked it stays."""


def revise(question: LibraryQuestion, *, actor: User, source: str = "") -> LibraryQuestion:
    """Start the next version of a question in use as a copy of it."""
    if question.state != S.IN_USE:
        raise Refused(f"Only a question in use is revised; this one is at “{question.get_state_display()}”.")  # type: ignore[attr-defined]
    names = (
        "code", "group", "question", "kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope",
        "bands", "help",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(question, name) for name in names}
    return edits.create(LibraryQuestion, values, actor=actor, source=source)  # type: ignore[no-any-return]
