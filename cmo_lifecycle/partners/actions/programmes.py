from __future__ import annotations

from collections.abc import Iterator

from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition

S = Programme.State


def _nothing_runs(programme: Programme) -> Iterator[str]:
    running = programme.relationships.exclude(state__in=Relationship.OVER).count()
    if running:
        noun = "relationship runs" if running == 1 else "relationships run"
        yield f"{running} {noun} in this programme: close or cancel them first."


@transition(
    Programme,
    source=S.ACTIVE,
    target=S.CLOSED,
    roles=("sourcing", "project_manager"),
    gates=(_nothing_runs,),
    reason=True,
    tone="bad",
)
def close(programme: Programme, event: Event) -> None:
    """Close the programme: nothing new is started in it."""


@transition(Programme, source=S.CLOSED, target=S.ACTIVE, roles=("sourcing", "project_manager"), reason=True)
def reopen(programme: Programme, event: Event) -> None:
    """Open the programme again."""
