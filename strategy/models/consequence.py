from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import nonmember
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from strategy.models.strategy import Strategy
from strategy.rules.shapes import FIELDS, Field, Kind


class ConsequenceQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> ConsequenceQuerySet:
        return self.filter(strategy__in=Strategy.objects.visible_to(user).order_by().values("pk"))

    def binding(self) -> ConsequenceQuerySet:
        """What later stages read: what was accepted, as it is or changed."""
        return self.filter(state__in=(Consequence.State.ACCEPTED, Consequence.State.CHANGED))


def in_order(consequences: Iterable[Consequence]) -> list[Consequence]:
    """Return consequences in the order in which later stages come to them: by kind, then the weightiest first."""
    kinds = [kind.value for kind in Kind]

    def place(one: Consequence) -> tuple[Any, ...]:
        content = one.content
        return kinds.index(one.kind), Decimal(content.get("rank") or 0), -Decimal(content.get("weight") or 0), one.title

    return sorted(consequences, key=place)


class Consequence(Record):
    """What a strategy asks of a later stage: proposed by a rule, then accepted, changed or declined by a person."""

    class State(States):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted"
        CHANGED = "changed", "Changed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "No longer follows"

        tones = nonmember({"proposed": "watch", "accepted": "good", "changed": "info"})

    DECIDED = (State.ACCEPTED, State.CHANGED, State.DECLINED)

    record_class = RecordClass.GXP
    whole = "strategy"
    route = "consequences"

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="consequences")
    key = models.CharField(max_length=80, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.label) for kind in Kind], editable=False)
    title = models.CharField(max_length=300, editable=False)
    #: What the rule proposes; what holds is `content`.
    proposed = models.JSONField(default=dict, editable=False)
    content = models.JSONField(default=dict, editable=False)
    rule = models.CharField(max_length=80, editable=False)
    rule_version = models.PositiveSmallIntegerField(editable=False)
    reason = models.TextField("why it follows", editable=False)
    source = models.CharField(max_length=200, editable=False)
    also = models.JSONField("further rules that ask for it", default=list, editable=False)
    because = models.JSONField(default=list, editable=False)
    decision_reason = models.TextField(blank=True, editable=False)
    inherits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="inherited_by", editable=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED, editable=False)

    objects = ConsequenceQuerySet.as_manager()

    class Meta:
        ordering = ["strategy", "kind", "key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "key"],
                name="each_consequence_once",
                violation_error_message="This strategy asks for this already.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["changed", "declined"]) | ~Q(decision_reason=""),
                name="a_changed_or_declined_consequence_says_why",
                violation_error_message="Say why it is changed or declined.",
            ),
        ]
        indexes = [models.Index(fields=["strategy", "kind"], name="consequence_by_kind")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("strategy:consequence", args=[self.pk])

    def related(self) -> Record:
        return self.strategy.programme

    @property
    def fields(self) -> tuple[Field, ...]:
        """What its content consists of."""
        return FIELDS[Kind(self.kind)]

    @property
    def is_binding(self) -> bool:
        return self.state in (self.State.ACCEPTED, self.State.CHANGED)
