"""What the partnership is for: objectives, and how much each attribute weighs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Q

from cmo_lifecycle.workflow.parts import TABLE, Part
from strategy.models.attribute import PartnershipAttribute
from strategy.models.strategy import Strategy
from strategy.sums import pairwise
from strategy.sums.errors import SumError
from strategy.sums.numbers import plain

HUNDRED = Decimal(100)


def _not_over_a_hundred(rows: Sequence[Any]) -> None:
    total = sum((row.weight or Decimal(0) for row in rows), Decimal(0))
    if total > HUNDRED:
        sentence = f"The weights add up to {plain(total)}: take {plain(total - HUNDRED)} away."
        raise ValidationError({f"{len(rows) - 1}.weight": sentence})


class Objective(Part):
    """What the company wants of the relationship, and which of its long-term goals that serves."""

    of = "strategy"
    columns = ("text", "goal", "measure", "weight")
    named_by = ("text",)

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="objectives")
    text = models.CharField("objective", max_length=300)
    goal = models.CharField("long-term goal it serves", max_length=300)
    measure = models.CharField("how we shall know", max_length=300, blank=True)
    weight = models.DecimalField("weight in %", max_digits=6, decimal_places=2)

    class Meta(Part.Meta):
        verbose_name = "objective"
        verbose_name_plural = "objectives"
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100),
                name="an_objective_weighs_something",
                violation_error_message="Give a weight of more than 0, at most 100.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "text"],
                deferrable=Deferrable.DEFERRED,
                name="each_objective_once",
                violation_error_message="This objective stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        _not_over_a_hundred(rows)


class AttributeWeight(Part):
    """How much an attribute of the partnership matters here, and why."""

    of = "strategy"
    columns = ("attribute", "weight", "must_have", "rationale")
    named_by = ("attribute",)

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="attributes")
    attribute = models.ForeignKey(PartnershipAttribute, on_delete=models.PROTECT, related_name="weights")
    weight = models.DecimalField(
        "weight in %", max_digits=6, decimal_places=2, default=Decimal(0),
        help_text="Left at 0 where the weights come from pairwise comparison.",
    )  # fmt: skip
    must_have = models.BooleanField("must have", default=False)
    rationale = models.TextField("why", blank=True)

    class Meta(Part.Meta):
        verbose_name = "attribute"
        verbose_name_plural = "attributes"
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100),
                name="an_attribute_weighs_up_to_a_hundred",
                violation_error_message="Give a weight from 0 to 100.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "attribute"],
                deferrable=Deferrable.DEFERRED,
                name="each_attribute_once",
                violation_error_message="This attribute stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.attribute)

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        retired = (
            PartnershipAttribute.objects.filter(state=PartnershipAttribute.State.RETIRED)
            .filter(pk__in=[row.attribute_id for row in rows])
            .exclude(pk__in=record.attributes.values("attribute"))
        )
        new = {*retired.values_list("pk", flat=True)}
        refused = {
            f"{n}.attribute": f"“{row.attribute}” is retired from the catalogue: choose another attribute."
            for n, row in enumerate(rows)
            if row.attribute_id in new
        }
        if refused:
            raise ValidationError(refused)
        if record.weights_by == Strategy.WeightsBy.DIRECT:
            _not_over_a_hundred(rows)


class Judgement(Part):
    """One pairwise comparison: how many times as important the first attribute is as the second (1/9 to 9)."""

    of = "strategy"
    columns = ("first", "second", "ratio")
    named_by = ("first", "second")

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="judgements")
    first = models.ForeignKey(PartnershipAttribute, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(PartnershipAttribute, on_delete=models.PROTECT, related_name="+", verbose_name="against")
    ratio = models.DecimalField("times as important", max_digits=8, decimal_places=6)

    class Meta(Part.Meta):
        verbose_name = "comparison"
        verbose_name_plural = "comparisons"
        constraints = [
            models.CheckConstraint(
                condition=~Q(first=F("second")),
                name="nothing_is_compared_with_itself",
                violation_error_message="An attribute is not compared with itself.",
            ),
            models.CheckConstraint(
                condition=Q(ratio__gte=Decimal("0.111111"), ratio__lte=9),
                name="a_judgement_is_of_the_scale",
                violation_error_message="Give a number from 1/9 (0.111111) to 9.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "first", "second"],
                deferrable=Deferrable.DEFERRED,
                name="each_pair_once",
                violation_error_message="This pair stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} against {self.second}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        seen = set()
        for position, row in enumerate(rows):
            pair = frozenset((row.first_id, row.second_id))
            if pair in seen:
                raise ValidationError({f"{position}.second": f"{row.first} and {row.second} are compared twice."})
            seen.add(pair)
        named = {row.code: row.name for judged in rows for row in (judged.first, judged.second)}
        judgements = {(row.first.code, row.second.code): row.ratio for row in rows}
        try:
            circles = pairwise.cycles([*named], judgements) if named else []
        except SumError as problem:
            place = TABLE if problem.row is None else f"{problem.row}.ratio"
            raise ValidationError({place: str(problem)}) from problem
        if circles:
            raise ValidationError(
                f"These preferences run in a circle: {pairwise.in_words(circles[0], named)}. Turn one of them round."
            )
