"""What strategies add to the life of a relationship."""

from __future__ import annotations

from collections.abc import Iterator

from cmo_lifecycle.partners.gates import follow, gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.models import Event
from strategy.models import RelationshipStrategy, Strategy


def in_force(relationship: Relationship) -> Strategy | None:
    """Return the approved strategy of the relationship's programme."""
    return Strategy.objects.filter(programme=relationship.programme_id, state=Strategy.State.APPROVED).first()


@gate("approve_strategy")
def _its_strategy_is_approved(relationship: Relationship) -> Iterator[str]:
    if in_force(relationship) is None:
        yield "Write the programme's partnering strategy and have it approved first."


@follow("approve_strategy")
def _says_under_which(relationship: Relationship, event: Event) -> None:
    strategy = in_force(relationship)
    if strategy is not None:
        RelationshipStrategy.objects.update_or_create(
            relationship=relationship, defaults={"strategy": strategy, "event": event}
        )
