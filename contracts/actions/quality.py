"""Subcontractors and the yearly exercise under a quality agreement."""

from __future__ import annotations

from django.utils import timezone

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition
from contracts.models import Exercise, Subcontractor

S = Subcontractor.State


@transition(
    Subcontractor, source=S.ASKED, target=S.APPROVED, approvers=("quality",), required=("basis",),
    meaning="I approve this subcontractor for this work",
)  # fmt: skip
def approve(subcontractor: Subcontractor, event: Event) -> None:
    """Approve that the CMO uses this subcontractor for this work."""


@transition(Subcontractor, source=S.ASKED, target=S.REFUSED, roles=("quality",), reason=True, tone="bad")
def refuse(subcontractor: Subcontractor, event: Event) -> None:
    """Refuse the subcontractor."""


@transition(Subcontractor, source=S.APPROVED, target=S.ENDED, roles=("quality",), reason=True)
def end(subcontractor: Subcontractor, event: Event) -> None:
    """Record that the subcontractor is not used any more."""
    subcontractor.ended_on = timezone.localdate()


@transition(
    Exercise, source=Exercise.State.DRAFT, target=Exercise.State.SIGNED, approvers=("quality",), author_may=True,
    meaning="I walked this event through the agreement",
)  # fmt: skip
def sign(exercise: Exercise, event: Event) -> None:
    """Sign what the exercise has found."""
