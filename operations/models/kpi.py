from __future__ import annotations

from decimal import Decimal
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States


class Category(models.TextChoices):
    QUALITY = "quality", "Quality"
    DELIVERY = "delivery", "Delivery"
    COST = "cost", "Cost"
    COMPLIANCE = "compliance", "Compliance"
    PARTNERSHIP = "partnership", "Partnership"


class KpiDefinition(Record):
    """One version of what a KPI means: formula, numerator, denominator, unit, direction, target, red line."""

    class Formula(models.TextChoices):
        ON_TIME = "on_time", "Lines on time ÷ lines due"
        ON_TIME_IN_FULL = "on_time_in_full", "Lines on time and in full ÷ lines due with accepted quantity"
        MEAN_DAYS_LATE = "mean_days_late", "Mean days late of late lines"
        MAX_DAYS_LATE = "max_days_late", "Longest delay of a line that arrived"
        LEAD_TIME_MEDIAN = "lead_time_median", "Median of days from order to delivery"
        LEAD_TIME_P90 = "lead_time_p90", "90th percentile of days from order to delivery"
        LINE_VALUE = "line_value", "Sum of line values"

    class Direction(models.TextChoices):
        UP = "up", "Higher is better"
        DOWN = "down", "Lower is better"
        NEUTRAL = "neutral", "Reported, not scored"

    class DateBasis(models.TextChoices):
        SCHEDULED = "scheduled", "Day on which the line was due"
        DELIVERED = "delivered", "Day on which it arrived"

    class MissingData(models.TextChoices):
        LEAVE_OUT = "leave_out", "Leave the line out and lower the coverage"
        COUNT_AS_MISS = "count_as_miss", "Count the line as missed"

    class State(States):
        DRAFT = "draft", "Draft"
        IN_FORCE = "in_force", "In force"
        SUPERSEDED = "superseded", "Superseded"
        RETIRED = "retired", "Retired"

        tones = nonmember({"draft": "info", "in_force": "good"})

    record_class = RecordClass.GXP
    may_create = ("quality", "project_manager")
    may_edit = ("quality", "project_manager")
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    #: Written by the approval itself, after it was signed.
    unsigned_fields = ("in_force_from",)
    route = "kpi-definitions"

    code = models.SlugField(max_length=40)
    number = models.PositiveSmallIntegerField("definition version", default=1, editable=False)
    name = models.CharField(max_length=100)
    category = models.CharField(max_length=12, choices=Category)
    formula = models.CharField(max_length=20, choices=Formula)
    formula_words = models.TextField("formula in words")
    numerator_words = models.CharField("numerator", max_length=200)
    denominator_words = models.CharField("denominator", max_length=200)
    unit = models.CharField(max_length=12, help_text="Such as %, days or USD.")
    decimals = models.PositiveSmallIntegerField("decimals shown", default=1)
    direction = models.CharField(max_length=8, choices=Direction)
    target = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    red_line = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    weight = models.DecimalField(
        "weight in its category",
        max_digits=7,
        decimal_places=3,
        default=Decimal(1),
        help_text="0 reports without scoring.",
    )
    grace_days = models.PositiveSmallIntegerField(
        "days of grace", default=0, help_text="So many days after the scheduled day still count as on time."
    )
    early_days = models.PositiveSmallIntegerField(
        "days early allowed", null=True, blank=True, help_text="Empty: any early delivery counts as on time."
    )
    quantity_tolerance = models.DecimalField(
        "quantity tolerance in %", max_digits=6, decimal_places=3, default=Decimal(0)
    )
    date_basis = models.CharField(max_length=10, choices=DateBasis, default=DateBasis.SCHEDULED)
    minimum_sample = models.PositiveSmallIntegerField(
        default=5, help_text="Fewer lines than this are shown as a small sample."
    )
    missing_data = models.CharField("missing data", max_length=14, choices=MissingData, default=MissingData.LEAVE_OUT)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    in_force_from = models.DateTimeField(null=True, editable=False)
    why = models.TextField("why this version", blank=True)

    class Meta:
        ordering = ["category", "name", "-number", "id"]
        verbose_name = "KPI definition"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "number"],
                name="one_definition_per_version",
                violation_error_message="There is a definition with this code and version already.",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="in_force"),
                name="one_definition_in_force",
                violation_error_message="Another version of this KPI is in force.",
            ),
            models.CheckConstraint(
                condition=Q(direction="neutral") | (Q(target__isnull=False) & Q(red_line__isnull=False)),
                name="a_scored_kpi_has_target_and_red_line",
                violation_error_message="Give the target and the red line, or choose “Reported, not scored”.",
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True)
                | Q(red_line__isnull=True)
                | (Q(direction="up") & Q(target__gt=F("red_line")))
                | (Q(direction="down") & Q(target__lt=F("red_line")))
                | Q(direction="neutral"),
                name="the_target_is_better_than_the_red_line",
                violation_error_message="The target has to be better than the red line.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("operations:kpi_definition", args=[self.pk])

    @property
    def is_scored(self) -> bool:
        return self.direction != self.Direction.NEUTRAL and self.weight > 0


def standard_weights() -> dict[str, int]:
    return {"quality": 35, "delivery": 25, "cost": 15, "compliance": 15, "partnership": 10}


def standard_bands() -> list[dict[str, Any]]:
    return [
        {"standing": "preferred", "label": "Preferred", "from": "85", "tone": "good"},
        {"standing": "acceptable", "label": "Acceptable", "from": "70", "tone": "good"},
        {"standing": "watch", "label": "Watch", "from": "55", "tone": "watch"},
        {"standing": "probation", "label": "Probation", "from": "0", "tone": "bad"},
    ]


def standard_cadences() -> dict[str, str]:
    return {"1": "month", "2": "quarter", "3": "half_year", "none": "quarter"}


class ScoringPolicy(Record):
    """One version of how scorecards are summed up: category weights, standing bands, cadence per tier."""

    class State(States):
        DRAFT = "draft", "Draft"
        IN_FORCE = "in_force", "In force"
        SUPERSEDED = "superseded", "Superseded"

        tones = nonmember({"draft": "info", "in_force": "good"})

    record_class = RecordClass.GXP
    may_create = ("quality", "project_manager")
    may_edit = ("quality", "project_manager")
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    unsigned_fields = ("in_force_from",)
    route = "scoring-policies"

    number = models.PositiveSmallIntegerField("version", default=1, unique=True, editable=False)
    category_weights = models.JSONField(default=standard_weights)
    bands = models.JSONField(default=standard_bands)
    least_coverage = models.DecimalField(
        "least coverage in %",
        max_digits=5,
        decimal_places=2,
        default=Decimal(60),
        help_text="With less of the weight available the standing is “Insufficient data”.",
    )
    cadence_by_tier = models.JSONField(default=standard_cadences)
    grace_days = models.PositiveSmallIntegerField(
        "days after the period's end", default=0, help_text="The review opens so many days after its period has ended."
    )
    cadence_follows_standing = models.BooleanField(
        "review more often at a low standing",
        default=True,
        help_text="On Watch the interval is halved, on Probation reviews are monthly, from the running period on.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    in_force_from = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name = "scoring policy"
        verbose_name_plural = "scoring policies"
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="in_force"), name="one_scoring_policy_in_force")
        ]

    def __str__(self) -> str:
        return f"Scoring policy, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("operations:scoring_policy", args=[self.pk])

    def clean(self) -> None:
        from operations.policies import problems

        found = problems(self)
        if found:
            raise ValidationError(found)
