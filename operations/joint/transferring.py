"""What a transfer begins with: the plan of the bidder that was chosen, or else the usual gates."""

from __future__ import annotations

from datetime import date
from typing import Any

from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from evaluation.models import Appraisal, RelationshipAward
from operations.joint.standards import GATES
from operations.models.transfer import Transfer, TransferGate


def plan_of_the_selection(relationship: Relationship) -> Appraisal | None:
    """Return the appraisal of the proposal by which the relationship was awarded, if it holds a transfer plan."""
    link = RelationshipAward.objects.filter(relationship=relationship, proposal__isnull=False).first()
    if link is None:
        return None
    found = Appraisal.objects.filter(proposal=link.proposal_id).first()
    return found if found is not None and found.transfer.exists() else None


def gates_of(appraisal: Appraisal | None) -> list[tuple[str, str, date | None]]:
    """Return (name, criterion, planned for) of each gate to begin with, in order."""
    if appraisal is None:
        return [(gate.name, gate.criterion, None) for gate in GATES]
    rows = appraisal.transfer.order_by("starts_on", "ends_on", "position")
    return [(row.phase, row.gate, row.ends_on) for row in rows]


def plan(transfer: Any, event: Event) -> None:
    """Give a new transfer its gates. Inside the transaction that makes it."""
    appraisal = plan_of_the_selection(transfer.relationship)
    if appraisal is not None:
        # Bookkeeping: where the plan comes from.
        Transfer.objects.filter(pk=transfer.pk).update(plan_from=appraisal)
        transfer.plan_from = appraisal
    for place, (name, criterion, planned_for) in enumerate(gates_of(appraisal), start=1):
        values = {
            "transfer": transfer, "position": place, "name": name[:150], "criterion": criterion,
            "planned_for": planned_for,
        }  # fmt: skip
        edits.create(TransferGate, values, actor=event.actor, cause=event)
