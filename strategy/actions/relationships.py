"""What strategies add to the life of relationships and programmes."""

from __future__ import annotations

from collections.abc import Iterator

from cmo_lifecycle.partners.gates import follow, gate
from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.signed import unsigned_roles
from strategy.consequences import recompute
from strategy.models import RelationshipStrategy, Strategy


def in_force(relationship: Relationship) -> Strategy | None:
    """Return the approved strategy of the relationship's programme, if its signatures stand."""
    found = Strategy.objects.filter(programme=relationship.programme_id, state=Strategy.State.APPROVED).first()
    return found if found is not None and not unsigned_roles(found) else None


@follow("edit_programme")
def _what_follows_follows_the_programme(programme: Programme, event: Event) -> None:
    for strategy in Strategy.objects.open().filter(programme=programme).select_for_update(of=("self",)):
        recompute(strategy, event)


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
