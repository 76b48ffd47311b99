from __future__ import annotations

from cmo_lifecycle.partners.models import TierAssessment
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition

S = TierAssessment.State


@transition(
    TierAssessment,
    source=S.PROPOSED,
    target=S.APPROVED,
    approvers=("quality",),
    meaning="I approve this risk tier",
)
def approve(assessment: TierAssessment, event: Event) -> None:
    """Approve the assessment; the relationship takes its tier."""
    for earlier in TierAssessment.objects.filter(relationship=assessment.relationship, state=S.APPROVED).exclude(
        pk=assessment.pk
    ):
        supersede(earlier, cause=event)
    edits.update(
        assessment.relationship,
        {"tier": assessment.tier},
        actor=event.actor,
        cause=event,
        reason=f"Risk tier assessed on {assessment.assessed_on:%-d %B %Y}",
    )


@transition(TierAssessment, source=S.APPROVED, target=S.SUPERSEDED)
def supersede(assessment: TierAssessment, event: Event) -> None:
    """Give way to a later assessment."""
