"""The life of a strategy: written, reviewed, approved by two, revised by its next version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.due import within
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from cmo_lifecycle.workflow.transitions import transition
from strategy.findings import findings
from strategy.models import Strategy

S = Strategy.State
WRITERS = ("sourcing", "project_manager")


def _whole(strategy: Strategy) -> Iterator[str]:
    for finding in findings(strategy):
        yield finding.sentence


@transition(Strategy, source=Strategy.WRITABLE, target=S.IN_REVIEW, roles=WRITERS, gates=(_whole,))
def submit(strategy: Strategy, event: Event) -> None:
    """Hand the strategy to an executive and to quality for approval."""


@transition(
    Strategy,
    source=S.IN_REVIEW,
    target=S.UNDER_REVISION,
    roles=("executive", "quality", *WRITERS),
    reason=True,
)
def send_back(strategy: Strategy, event: Event) -> None:
    """Send the strategy back to its writers with what is to change."""


@transition(
    Strategy,
    source=S.IN_REVIEW,
    target=S.APPROVED,
    approvers=("executive", "quality"),
    gates=(_whole,),
    meaning="I approve this partnering strategy",
    due=within(days=10),
)
def approve(strategy: Strategy, event: Event) -> None:
    """Approve the strategy as it stands; from now on it cannot be changed."""
    if strategy.revises is not None and strategy.revises.state == S.APPROVED:
        supersede(strategy.revises, cause=event, reason=f"Version {strategy.number} is approved")
    strategy.approved_at = timezone.now()


@transition(Strategy, source=S.APPROVED, target=S.SUPERSEDED)
def supersede(strategy: Strategy, event: Event) -> None:
    """Give way to the next version."""


@transition(
    Strategy,
    source=S.APPROVED,
    target=S.RETIRED,
    roles=("executive",),
    meaning="I retire this partnering strategy",
    reason=True,
    tone="bad",
)
def retire(strategy: Strategy, event: Event) -> None:
    """Retire the strategy without a next version; it stays on record."""


@transition(Strategy, source=Strategy.WRITABLE, target=S.RETIRED, roles=WRITERS, reason=True, tone="bad")
def abandon(strategy: Strategy, event: Event) -> None:
    """Give up this draft; the approved version, if there is one, stays as it is."""


def revise(strategy: Strategy, *, actor: User, why: str, source: str = "") -> Strategy:
    """Start the next version of an approved strategy as a copy of it; the approved one holds until that is approved."""
    if strategy.state != S.APPROVED:
        raise Refused(
            f"Only an approved strategy is revised; this one is at “{strategy.get_state_display()}”."  # type: ignore[attr-defined]
        )
    if not why.strip():
        raise InvalidInput({"why": ["Say why there is a next version."]})
    writing = Strategy.objects.open().filter(programme=strategy.programme).first()
    if writing is not None:
        raise Refused(f"Version {writing.number} is being written already: go on with that one.")
    copied = {
        field.name: getattr(strategy, field.name)
        for field in strategy._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in ("external_id", "created_at", "updated_at")
    }
    values: dict[str, Any] = {
        **copied, "revises": strategy, "state": S.UNDER_REVISION, "why_revised": why.strip(),
    }  # fmt: skip
    return edits.create(Strategy, values, actor=actor, reason=why, source=source)  # type: ignore[no-any-return]
