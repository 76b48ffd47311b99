from __future__ import annotations

from django.db import models

from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.models import Event
from strategy.models.strategy import Strategy


class RelationshipStrategy(models.Model):
    """Under which version of its programme's strategy a relationship was approved."""

    relationship = models.OneToOneField(
        Relationship, primary_key=True, on_delete=models.PROTECT, related_name="strategy_link"
    )
    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="relationship_links")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.relationship}: {self.strategy}"
