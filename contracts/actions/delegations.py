"""The delegation of authority, version by version, and the answer to commitments that look split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from cmo_lifecycle.workflow.transitions import transition
from contracts.authorities import matrix_of
from contracts.models import AuthorityLimit, Delegation, SplitAnswer
from strategy.sums.errors import SumError

S = Delegation.State


def _can_be_reckoned_with(delegation: Delegation) -> Iterator[str]:
    try:
        matrix = matrix_of(delegation)
    except SumError as error:
        yield str(error)
        return
    for line in AuthorityLimit.Line:
        if str(line) not in matrix.lines:
            yield f"Say who may approve for {line.label}."


@transition(
    Delegation, source=S.DRAFT, target=S.IN_FORCE, approvers=("finance", "executive"), gates=(_can_be_reckoned_with,),
    meaning="I put this delegation of authority in force", author_may=False,
)  # fmt: skip
def put_in_force(delegation: Delegation, event: Event) -> None:
    """Put this version in force; it counts for every approval from now on."""
    former = Delegation.objects.filter(state=S.IN_FORCE).first()
    if former is not None:
        supersede(former, cause=event)
    delegation.in_force_since = timezone.now()


@transition(Delegation, source=S.IN_FORCE, target=S.SUPERSEDED)
def supersede(delegation: Delegation, event: Event) -> None:
    """Give way to the next version."""


def revise(delegation: Delegation, *, actor: User, why: str, source: str = "") -> Delegation:
    """Start the next version as a copy; the one in force holds until that is."""
    if delegation.state != S.IN_FORCE:
        raise Refused("Only the version in force is revised.")
    if Delegation.objects.filter(state=S.DRAFT).exists():
        raise Refused("A version is being written already: go on with that one.")
    values: dict[str, Any] = {"currency": delegation.currency, "split_days": delegation.split_days}
    made = edits.create(Delegation, values, actor=actor, reason=why, source=source)
    parts.copy(delegation, made)
    return made  # type: ignore[no-any-return]


@transition(
    SplitAnswer, source=SplitAnswer.State.ASKED, target=SplitAnswer.State.SEPARATE, roles=("finance",), reason=True,
    meaning="I confirm that these are separate commitments",
)  # fmt: skip
def keep_apart(answer: SplitAnswer, event: Event) -> None:
    """Confirm that they are separate commitments, and why."""


@transition(
    SplitAnswer, source=(SplitAnswer.State.ASKED, SplitAnswer.State.SEPARATE), target=SplitAnswer.State.ONE,
    roles=("finance",), reason=True, tone="bad",
)  # fmt: skip
def treat_as_one(answer: SplitAnswer, event: Event) -> None:
    """Treat them as one commitment: each needs the authority for the sum."""
