"""What waits for whom: one query over the approvals."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.models import Approval
from cmo_lifecycle.workflow.transitions import all_nouns, transitions_of


def waiting_for(user: User) -> Any:
    """Return the approvals that this person could give now, soonest due first.

    Only of records they may see, none of which they gave in another role or wrote themselves.
    """
    if not user.roles:
        return Approval.objects.none()
    seen = Q(pk__in=[])
    for noun in all_nouns():
        if not any(set(verb.approvers) & user.roles for verb in transitions_of(noun).values()):
            continue
        kind = ContentType.objects.get_for_model(noun)
        seen |= Q(record_type=kind, record_id__in=noun.objects.visible_to(user).order_by().values("pk"))
    given = Approval.objects.filter(
        record_type=OuterRef("record_type"),
        record_id=OuterRef("record_id"),
        verb=OuterRef("verb"),
        status=Approval.Status.GIVEN,
        by=user,
    )
    return (
        Approval.objects.filter(seen, status=Approval.Status.WAITING, role__in=user.roles)
        .exclude(Exists(given))
        .order_by("due", "asked_at", "id")
    )
