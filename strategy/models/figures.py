"""What is counted: demand, capacity, cash, and what cannot be put into money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Q

from cmo_lifecycle.workflow.parts import Part
from strategy.models.limits import between
from strategy.models.strategy import Strategy, a_currency

YEARS = between(2000, 2140, "year")


def _in_the_horizon(record: Any, rows: Sequence[Any]) -> None:
    years = record.years
    if not years:
        return
    errors = {
        f"{position}.year": f"{row.year} is outside the horizon, {years[0]} to {years[-1]}."
        for position, row in enumerate(rows)
        if row.year not in years
    }
    if errors:
        raise ValidationError(errors)


class YearRow(Part):
    """A volume of one year: if little, as expected, if much. For a table with `volume_checks` among its constraints."""

    columns = ("year", "low", "base", "high")
    named_by = ("year",)

    year = models.PositiveSmallIntegerField(validators=YEARS)
    low = models.DecimalField(max_digits=16, decimal_places=3)
    base = models.DecimalField(max_digits=16, decimal_places=3)
    high = models.DecimalField(max_digits=16, decimal_places=3)

    class Meta(Part.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self.year)


def volume_checks(what: str, which: str) -> list[models.CheckConstraint]:
    """Return what holds of each `YearRow`, its names made from `what` ("demand", "a_quantity") and `which` ("demand")."""
    return [
        models.CheckConstraint(
            condition=Q(low__gte=0),
            name=f"{what}_is_not_negative",
            violation_error_message="A volume must not be below 0.",
        ),
        models.CheckConstraint(
            condition=Q(base__gte=F("low")),
            name=f"base_{which}_is_not_below_low",
            violation_error_message="The expected volume must not be below the low one.",
        ),
        models.CheckConstraint(
            condition=Q(high__gte=F("base")),
            name=f"high_{which}_is_not_below_base",
            violation_error_message="The high volume must not be below the expected one.",
        ),
    ]


class RateRow(Part):
    """How many units of a foreign currency buy one of ours, on which day, and who says so."""

    columns = ("currency", "per_base", "on", "source")
    named_by = ("currency",)
    most = 40

    currency = models.CharField(max_length=3, validators=[a_currency])
    per_base = models.DecimalField(
        "units for one of ours", max_digits=18, decimal_places=8,
        help_text="1.10 for USD where we count in EUR and 1 EUR buys 1.10 USD.",
    )  # fmt: skip
    on = models.DateField("day")
    source = models.CharField(max_length=120)

    class Meta(Part.Meta):
        abstract = True


def positive_rate(name: str) -> models.CheckConstraint:
    """Return what holds of each `RateRow`."""
    return models.CheckConstraint(
        condition=Q(per_base__gt=0), name=name, violation_error_message="Give a rate above 0."
    )


class DemandYear(YearRow):
    """What is needed in one year, in the strategy's unit."""

    of = "strategy"
    most = 60

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="demand")

    class Meta(YearRow.Meta):
        verbose_name = "demand"
        verbose_name_plural = "demand"
        constraints = [
            *volume_checks("demand", "demand"),
            models.UniqueConstraint(
                fields=["strategy", "year"],
                deferrable=Deferrable.DEFERRED,
                name="one_demand_per_year",
                violation_error_message="This year stands here twice.",
            ),
        ]

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        _in_the_horizon(record, rows)


class CapacityYear(Part):
    """Batches that can be made in one year by one place."""

    class Kind(models.TextChoices):
        IN_HOUSE = "in_house", "In-house"
        COMMITTED = "committed", "Committed at a CMO"
        OPTION = "option", "Optional at a CMO"

    of = "strategy"
    columns = ("year", "kind", "place", "batches")
    named_by = ("year", "place")
    most = 400

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="capacity")
    year = models.PositiveSmallIntegerField(validators=YEARS)
    kind = models.CharField(max_length=10, choices=Kind)
    place = models.CharField("where", max_length=120)
    batches = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta(Part.Meta):
        verbose_name = "capacity"
        verbose_name_plural = "capacity"
        constraints = [
            models.CheckConstraint(
                condition=Q(batches__gte=0),
                name="planned_capacity_is_not_negative",
                violation_error_message="A capacity must not be below 0.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "year", "place", "kind"],
                deferrable=Deferrable.DEFERRED,
                name="one_capacity_per_year_and_place",
                violation_error_message="This place stands here twice for this year.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.year}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        _in_the_horizon(record, rows)


class CashFlow(Part):
    """One cost of making or of buying, in the year in which it is paid."""

    class Option(models.TextChoices):
        MAKE = "make", "Make"
        BUY = "buy", "Buy"

    class Kind(models.TextChoices):
        ONE_OFF = "one_off", "One-off"
        FIXED = "fixed", "Fixed, that year"
        PER_UNIT = "per_unit", "Per unit of demand"
        PER_BATCH = "per_batch", "Per batch"

    of = "strategy"
    columns = ("option", "year", "kind", "label", "amount", "currency")
    named_by = ("label", "year")
    most = 400

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="cash_flows")
    option = models.CharField(max_length=4, choices=Option)
    year = models.PositiveSmallIntegerField(validators=YEARS)
    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField("what for", max_length=120)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3, validators=[a_currency])

    class Meta(Part.Meta):
        verbose_name = "cash flow"
        verbose_name_plural = "cash flows"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="a_cost_is_not_negative",
                violation_error_message="Give costs as positive amounts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.year}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        _in_the_horizon(record, rows)


class ExchangeRate(RateRow):
    """How many units of a foreign currency buy one of the strategy's."""

    of = "strategy"

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="rates")

    class Meta(RateRow.Meta):
        verbose_name = "exchange rate"
        verbose_name_plural = "exchange rates"
        constraints = [
            positive_rate("a_rate_is_positive"),
            models.UniqueConstraint(
                fields=["strategy", "currency"],
                deferrable=Deferrable.DEFERRED,
                name="one_rate_per_currency",
                violation_error_message="This currency stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} on {self.on}"


class Factor(Part):
    """What speaks for making or for buying and has no price: scored 0 to 5 for each."""

    of = "strategy"
    columns = ("name", "weight", "make", "buy", "reason")
    named_by = ("name",)

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="factors")
    name = models.CharField("factor", max_length=120)
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1))
    make = models.DecimalField("making, 0 to 5", max_digits=3, decimal_places=1)
    buy = models.DecimalField("buying, 0 to 5", max_digits=3, decimal_places=1)
    reason = models.CharField(max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = "factor"
        verbose_name_plural = "factors"
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gt=0),
                name="a_factor_weighs_something",
                violation_error_message="Give a weight of more than 0.",
            ),
            models.CheckConstraint(
                condition=Q(make__gte=0, make__lte=5),
                name="making_is_scored_0_to_5",
                violation_error_message="Give a score from 0 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(buy__gte=0, buy__lte=5),
                name="buying_is_scored_0_to_5",
                violation_error_message="Give a score from 0 to 5.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "name"],
                deferrable=Deferrable.DEFERRED,
                name="each_factor_once",
                violation_error_message="This factor stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
