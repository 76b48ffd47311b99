from __future__ import annotations

from enum import nonmember
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from uuid_utils.compat import uuid7

from cmo_lifecycle.partners.models import OfRelationshipQuerySet, Relationship
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States
from operations.models.kpi import Category, KpiDefinition, ScoringPolicy


class ReviewKind(models.TextChoices):
    SCORECARD = "scorecard", "Scorecard review"


class Days(Func):
    """The days from one to the other, both included, as a PostgreSQL range."""

    template = "daterange(%(expressions)s, '[]')"
    output_field = DateRangeField()


class ReviewRun(models.Model):
    """One pass of the schedule: as of when, what it opened, how long it took."""

    audit_exempt = "a clock's log; the reviews it opens are in the trail"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    as_of = models.DateTimeField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    periods_due = models.PositiveIntegerField(default=0)
    reviews_opened = models.PositiveIntegerField(default=0)
    made_up_late = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"Review run as of {self.as_of:%Y-%m-%d %H:%M}"


class DuePeriod(models.Model):
    """A period for which a relationship owes a review: what is due stands here, the clock only looks."""

    audit_exempt = "derived from the relationship's cadence; the review itself is in the trail"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="due_periods")
    kind = models.CharField(max_length=12, choices=ReviewKind, default=ReviewKind.SCORECARD)
    cadence = models.CharField(max_length=10, choices=Relationship.Cadence)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The period's last day.")
    label = models.CharField(max_length=40)
    due_at = models.DateTimeField(help_text="When the review is to be opened.")
    late_at = models.DateTimeField(help_text="A review opened after this was missed and is made up.")

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "kind", "starts_on"], name="one_due_period_per_relationship"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="a_period_ends_after_it_starts"),
            ExclusionConstraint(
                name="due_periods_do_not_overlap",
                expressions=[("relationship", "="), ("kind", "="), (Days("starts_on", "ends_on"), "&&")],
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="due_period_by_time")]

    def __str__(self) -> str:
        return f"{self.label}, {self.relationship_id}"


class Review(Record):
    """One relationship's scorecard for one period, from opened to published."""

    class State(States):
        OPEN = "open", "Open"
        SCORED = "scored", "Scored"
        SIGNED_OFF = "signed_off", "Signed off"
        PUBLISHED = "published", "Published"

        tones = nonmember({"open": "info", "scored": "watch", "signed_off": "good", "published": "good"})

    class Standing(models.TextChoices):
        PREFERRED = "preferred", "Preferred"
        ACCEPTABLE = "acceptable", "Acceptable"
        WATCH = "watch", "Watch"
        PROBATION = "probation", "Probation"
        INSUFFICIENT = "insufficient", "Insufficient data"

    SIGNED = (State.SIGNED_OFF, State.PUBLISHED)
    STANDING_TONES = {
        "preferred": "good",
        "acceptable": "good",
        "watch": "watch",
        "probation": "bad",
        "insufficient": "none",
    }

    record_class = RecordClass.GXP
    may_edit = ("project_manager",)
    editable_in = (State.OPEN, State.SCORED)
    unsubmitted = (State.OPEN,)
    unsigned_fields = ("run", "opened_at")
    route = "reviews"

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=12, choices=ReviewKind, default=ReviewKind.SCORECARD, editable=False)
    cadence = models.CharField(max_length=10, choices=Relationship.Cadence, editable=False)
    starts_on = models.DateField("period from", editable=False)
    ends_on = models.DateField("period to", editable=False)
    label = models.CharField("period", max_length=40, editable=False)
    made_up_late = models.BooleanField("made up late", default=False, editable=False)
    opened_at = models.DateTimeField(editable=False)
    run = models.ForeignKey(ReviewRun, on_delete=models.PROTECT, null=True, editable=False, related_name="reviews")
    policy = models.ForeignKey(ScoringPolicy, on_delete=models.PROTECT, editable=False, related_name="+")
    score = models.DecimalField(max_digits=9, decimal_places=6, null=True, editable=False)
    coverage = models.DecimalField("coverage in %", max_digits=9, decimal_places=6, null=True, editable=False)
    standing = models.CharField(max_length=12, choices=Standing, blank=True, editable=False)
    result = models.JSONField(
        default=dict, editable=False, encoder=DjangoJSONEncoder, help_text="Category scores and what moved them."
    )
    comment = models.TextField(blank=True, help_text="What the numbers do not say.")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN, editable=False)

    objects = OfRelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "kind", "starts_on"],
                name="one_review_per_relationship_and_period",
                violation_error_message="There is a review of this relationship for this period already.",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)), name="a_score_is_0_to_100"
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="review_by_period"),
            models.Index(fields=["state", "-starts_on"], name="review_by_state"),
        ]

    def __str__(self) -> str:
        return f"Scorecard review, {self.label}: {self.relationship}"

    def get_absolute_url(self) -> str:
        return reverse("operations:review", args=[self.pk])

    def related(self) -> Record:
        return self.relationship

    def signed_content(self) -> dict[str, Any]:
        """The review, each of its observations, and the hash of the rows they were taken from."""
        return {
            **fields_of(self),
            "observations": [fields_of(row) for row in self.observations.order_by("definition__code", "id")],
            "inputs": list(ReviewInputs.objects.filter(review=self).values_list("sha256", flat=True)),
        }

    @property
    def standing_tone(self) -> str:
        return self.STANDING_TONES.get(self.standing, "none")


class KpiObservation(models.Model):
    """One KPI of one review: what was counted, by which version of the definition, and what came out."""

    class State(models.TextChoices):
        OK = "ok", "Measured"
        NO_ACTIVITY = "no_activity", "No activity"
        NOT_SUPPLIED = "not_supplied", "Not supplied"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="observations")
    definition = models.ForeignKey(KpiDefinition, on_delete=models.PROTECT, related_name="observations")
    category = models.CharField(max_length=12, choices=Category)
    state = models.CharField(max_length=14, choices=State)
    numerator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    coverage = models.DecimalField("coverage in %", max_digits=9, decimal_places=6, null=True)
    normalised = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    small_sample = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["category", "definition__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "definition"], name="one_observation_per_review_and_kpi"),
            models.CheckConstraint(
                condition=Q(state="ok", value__isnull=False) | (~Q(state="ok") & Q(value__isnull=True)),
                name="only_what_was_measured_has_a_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} of {self.review_id}"


class ReviewInputs(models.Model):
    """The rows a review was computed from, as they were: one JSON array, its length and its hash."""

    review = models.OneToOneField(Review, primary_key=True, on_delete=models.PROTECT, related_name="inputs")
    taken_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "review inputs"

    def __str__(self) -> str:
        return f"{self.count} rows of {self.review_id}"
