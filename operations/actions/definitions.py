"""KPI definitions and the scoring policy: written, approved, replaced by their next version."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import Refused
from cmo_lifecycle.workflow.transitions import transition
from operations.models import KpiDefinition, ScoringPolicy

S = KpiDefinition.State


def _supersede_others(record: Any, others: Any, supersede: Any, event: Event) -> None:
    for earlier in others.filter(state=S.IN_FORCE).exclude(pk=record.pk):
        supersede(earlier, cause=event, reason=f"Version {record.number} is in force")
    record.in_force_from = timezone.now()


@transition(
    KpiDefinition,
    source=S.DRAFT,
    target=S.IN_FORCE,
    approvers=("quality",),
    meaning="I approve this KPI definition",
)
def approve_definition(definition: KpiDefinition, event: Event) -> None:
    """Put this definition in force; reviews from now on use it."""
    _supersede_others(definition, KpiDefinition.objects.filter(code=definition.code), supersede_definition, event)


@transition(KpiDefinition, source=S.IN_FORCE, target=S.SUPERSEDED)
def supersede_definition(definition: KpiDefinition, event: Event) -> None:
    """Give way to the next version."""


@transition(
    KpiDefinition,
    source=(S.DRAFT, S.IN_FORCE),
    target=S.RETIRED,
    roles=("quality",),
    meaning="I retire this KPI definition",
    reason=True,
    tone="bad",
)
def retire_definition(definition: KpiDefinition, event: Event) -> None:
    """Retire this KPI: no further review uses it."""


@transition(
    ScoringPolicy,
    source=S.DRAFT,
    target=S.IN_FORCE,
    approvers=("quality",),
    meaning="I approve this scoring policy",
)
def approve_policy(policy: ScoringPolicy, event: Event) -> None:
    """Put this policy in force; reviews from now on use it."""
    _supersede_others(policy, ScoringPolicy.objects.all(), supersede_policy, event)


@transition(ScoringPolicy, source=S.IN_FORCE, target=S.SUPERSEDED)
def supersede_policy(policy: ScoringPolicy, event: Event) -> None:
    """Give way to the next version."""


def _next(record: Any, others: Any, actor: User, **values: Any) -> Any:
    draft = others.filter(state=S.DRAFT).first()
    if draft is not None:
        raise Refused(f"Version {draft.number} is a draft already: edit that one.")
    copied = {
        field.name: getattr(record, field.name)
        for field in record._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in ("created_at", "updated_at")
    }
    number = max(others.values_list("number", flat=True)) + 1
    return edits.create(type(record), {**copied, **values, "number": number}, actor=actor)


def revise_definition(definition: KpiDefinition, *, actor: User, why: str = "") -> KpiDefinition:
    """Start the next version of a KPI definition as a draft."""
    return _next(definition, KpiDefinition.objects.filter(code=definition.code), actor, why=why)


def revise_policy(policy: ScoringPolicy, *, actor: User) -> ScoringPolicy:
    """Start the next version of the scoring policy as a draft."""
    return _next(policy, ScoringPolicy.objects.all(), actor)
