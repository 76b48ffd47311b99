from __future__ import annotations

from enum import nonmember

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.tabular.values import CURRENCIES
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from contracts.models.agreement import Agreement
from contracts.models.document import OfAgreementQuerySet
from contracts.models.tables import TOPIC_CHOICES, Side
from evaluation.models.limits import text
from strategy.models import Consequence
from strategy.models.limits import between


class NegotiationPoint(Record):
    """One thing that is negotiated: what we ask for, what we would accept, where we stop, and what came of it."""

    class State(States):
        OPEN = "open", "Open"
        SETTLED = "settled", "Settled"
        DROPPED = "dropped", "Given up"

        tones = nonmember({"open": "watch", "settled": "good"})

    class Outcome(models.TextChoices):
        TARGET = "target", "Our target"
        BETWEEN = "between", "Between fallback and target"
        FALLBACK = "fallback", "Our fallback"
        WALK_AWAY = "walk_away", "At the limit"
        BELOW = "below", "Below the limit"

    record_class = RecordClass.BUSINESS
    may_create = ("sourcing", "legal", "quality")
    may_edit = ("sourcing", "legal", "quality", "finance")
    editable_in = (State.OPEN,)
    unsubmitted = (State.OPEN,)
    route = "negotiation-points"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="points")
    consequence = models.ForeignKey(
        Consequence, on_delete=models.PROTECT, related_name="negotiation_points", null=True, editable=False
    )
    title = models.CharField("what is negotiated", max_length=300)
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES, blank=True)
    rank = models.PositiveSmallIntegerField(
        default=1, validators=between(1, 999, "rank"), help_text="1 is settled first and traded last."
    )
    target = text(help_text="What we ask for.")
    fallback = text(blank=True, help_text="What we accept in exchange for something else.")
    walk_away = text("walk-away", blank=True, help_text="Where we stop and turn to the next candidate.")
    value_at_stake = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, editable=False)
    achieved = models.PositiveSmallIntegerField(
        "way from fallback to target, in %", null=True, editable=False, validators=between(0, 100, "percentage")
    )
    final_text = text("text of the clause", blank=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "rank", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "consequence"],
                name="each_priority_negotiated_once",
                violation_error_message="This priority of the strategy is on the list already.",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | ~Q(outcome=""),
                name="a_settled_point_says_how",
                violation_error_message="Say what was reached.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contracts:negotiation_point", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        if (
            not self._state.adding
            and not NegotiationPoint.objects.filter(pk=self.pk, agreement=self.agreement_id).exists()
        ):
            raise ValidationError({"agreement": "A point stays with its agreement."})


class Position(Part):
    """What one side said on a day, and what it gave away by that."""

    of = "point"
    columns = ("on", "side", "said", "concession", "value", "currency")
    named_by = ("on", "side", "said")
    most = 200

    point = models.ForeignKey(NegotiationPoint, on_delete=models.PROTECT, related_name="positions")
    on = models.DateField("day")
    side = models.CharField("by", max_length=6, choices=Side, default=Side.OURS)
    said = models.CharField("position", max_length=2000)
    concession = models.BooleanField("gives something away", default=False)
    value = models.DecimalField("worth", max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="a_concession_is_worth_something",
                violation_error_message="Give what it is worth as 0 or more.",
            )
        ]

    def __str__(self) -> str:
        return self.said

    def clean(self) -> None:
        if self.currency and self.currency not in CURRENCIES:
            raise ValidationError({"currency": "Give the three letters, such as EUR."})
        if self.value is not None and not self.currency:
            raise ValidationError({"currency": "Give the currency of the amount."})
        if self.value is not None and not self.concession:
            raise ValidationError({"concession": "What is worth something is a concession: say so."})
