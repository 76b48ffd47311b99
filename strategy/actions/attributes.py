"""The catalogue of partnership attributes: entries come into use by being added, and leave it."""

from __future__ import annotations

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import transition
from strategy.models import PartnershipAttribute

S = PartnershipAttribute.State


@transition(PartnershipAttribute, source=S.IN_USE, target=S.RETIRED, roles=("sourcing",), reason=True, tone="bad")
def retire_attribute(attribute: PartnershipAttribute, event: Event) -> None:
    """Take this attribute out of the catalogue; strategies that use it keep it."""


@transition(PartnershipAttribute, source=S.RETIRED, target=S.IN_USE, roles=("sourcing",), reason=True)
def bring_back_attribute(attribute: PartnershipAttribute, event: Event) -> None:
    """Bring this attribute back into the catalogue."""
