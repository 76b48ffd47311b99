from __future__ import annotations

from enum import nonmember
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models.cmo import CMO
from cmo_lifecycle.partners.models.programme import Programme
from cmo_lifecycle.partners.models.site import Site
from cmo_lifecycle.partners.models.vocabulary import Service, Tier
from cmo_lifecycle.partners.tiering import FACTORS, tier_of
from cmo_lifecycle.workflow.models import Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States


class RelationshipQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> RelationshipQuerySet:
        """Seen by the programme's members."""
        return self.filter(programme_id__in=Programme.members.through.objects.filter(user=user).values("programme"))

    def operating(self) -> RelationshipQuerySet:
        """Relationships in which work is done now, and which are therefore reviewed."""
        return self.filter(state__in=Relationship.OPERATING)


class Relationship(Record):
    """One CMO working for one programme, and how far the two have come."""

    class State(States):
        STRATEGY_DRAFT = "strategy_draft", "Strategy in draft"
        STRATEGY_APPROVED = "strategy_approved", "Strategy approved"
        SOURCING = "sourcing", "Sourcing"
        SELECTED = "selected", "Selected"
        CONTRACTING = "contracting", "Contracting"
        ONBOARDING = "onboarding", "Onboarding"
        ACTIVE = "active", "Active"
        CHANGE_IN_PROGRESS = "change_in_progress", "Change in progress"
        RE_EVALUATION = "re_evaluation", "Re-evaluation"
        RESTRUCTURING = "restructuring", "Restructuring"
        SUSPENDED = "suspended", "Suspended"
        EXITING = "exiting", "Exiting"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"

        tones = nonmember(
            {
                "active": "good",
                "strategy_approved": "info",
                "sourcing": "info",
                "selected": "info",
                "contracting": "info",
                "onboarding": "info",
                "change_in_progress": "watch",
                "re_evaluation": "watch",
                "restructuring": "watch",
                "suspended": "bad",
                "exiting": "bad",
            }
        )

    class Cadence(models.TextChoices):
        MONTH = "month", "Monthly"
        QUARTER = "quarter", "Quarterly"
        HALF_YEAR = "half_year", "Half-yearly"
        YEAR = "year", "Yearly"

    BEFORE_ACTIVE = (
        State.STRATEGY_DRAFT,
        State.STRATEGY_APPROVED,
        State.SOURCING,
        State.SELECTED,
        State.CONTRACTING,
        State.ONBOARDING,
    )
    OPERATING = (
        State.ACTIVE,
        State.CHANGE_IN_PROGRESS,
        State.RE_EVALUATION,
        State.RESTRUCTURING,
        State.SUSPENDED,
        State.EXITING,
    )
    OVER = (State.CLOSED, State.CANCELLED)

    record_class = RecordClass.GXP
    may_create = ("sourcing", "project_manager")
    may_edit = ("sourcing", "project_manager")
    editable_in = (*BEFORE_ACTIVE, *OPERATING)
    unsubmitted = (State.STRATEGY_DRAFT,)
    route = "relationships"

    cmo = models.ForeignKey(CMO, on_delete=models.PROTECT, related_name="relationships", verbose_name="CMO")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="relationships")
    sites = models.ManyToManyField(Site, related_name="relationships", blank=True)
    services = ArrayField(models.CharField(max_length=24, choices=Service), default=list, blank=True)
    manager = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_relationships",
        verbose_name="relationship manager",
    )
    tier = models.PositiveSmallIntegerField("risk tier", choices=Tier, null=True, blank=True)
    state = models.CharField("stage", max_length=20, choices=State, default=State.STRATEGY_DRAFT, editable=False)
    stage_since = models.DateTimeField(null=True, editable=False)
    review_cadence = models.CharField(
        max_length=10,
        choices=Cadence,
        blank=True,
        help_text="Leave empty to review as often as the risk tier asks for.",
    )
    active_from = models.DateField(
        null=True, blank=True, help_text="Scheduled reviews start with the period that holds this day."
    )
    registered_as_existing = models.BooleanField(default=False, editable=False)
    registration_evidence = models.TextField(blank=True, editable=False)
    notes = models.TextField(blank=True)
    external_id = models.CharField(max_length=100, blank=True)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["cmo__legal_name", "programme__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cmo", "programme"],
                name="one_relationship_per_cmo_and_programme",
                violation_error_message="This CMO has a relationship in this programme already.",
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="one_relationship_per_external_id",
                violation_error_message="There is a relationship with this external id already.",
            ),
            models.CheckConstraint(
                condition=Q(registered_as_existing=False) | ~Q(registration_evidence=""),
                name="a_registered_relationship_has_its_evidence",
                violation_error_message="Say what shows that this relationship exists.",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state"], name="relationship_in_programme"),
            models.Index(fields=["state", "id"], name="relationship_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.cmo} · {self.programme}"

    def get_absolute_url(self) -> str:
        return reverse("partners:relationship", args=[self.pk])

    def related(self) -> Record:
        return self

    def clean(self) -> None:
        if self.manager_id and self.programme_id:
            manager = self.manager
            assert manager is not None
            if not manager.is_active or manager.is_external:
                raise ValidationError({"manager": "Choose an active colleague as relationship manager."})

    @property
    def is_operating(self) -> bool:
        return self.state in self.OPERATING


class OfRelationshipQuerySet(RecordQuerySet):
    """Rows that hang on a relationship by `relationship`, and are seen with it."""

    def shared_with(self, user: Any) -> Any:
        return self.filter(relationship__in=Relationship.objects.visible_to(user).order_by().values("pk"))


class TierAssessment(Record):
    """The risk tier of a relationship by four factors of 1 to 3, and who judged them."""

    class State(States):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"

        tones = nonmember({"proposed": "info", "approved": "good"})

    record_class = RecordClass.GXP
    may_create = ("quality", "sourcing", "technical", "project_manager")
    may_edit = ("quality", "sourcing", "technical", "project_manager")
    editable_in = (State.PROPOSED,)
    unsubmitted = (State.PROPOSED,)
    route = "tier-assessments"

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="tier_assessments")
    product_impact = models.PositiveSmallIntegerField(
        "product and patient impact", validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    detectability = models.PositiveSmallIntegerField(
        "defect detectability", validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    data_integrity = models.PositiveSmallIntegerField(
        "data-integrity impact", validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    supply_continuity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(3)])
    rationale = models.TextField()
    override_tier = models.PositiveSmallIntegerField(choices=Tier, null=True, blank=True)
    override_reason = models.TextField(blank=True)
    assessed_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED, editable=False)

    objects = OfRelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    product_impact__range=(1, 3),
                    detectability__range=(1, 3),
                    data_integrity__range=(1, 3),
                    supply_continuity__range=(1, 3),
                ),
                name="each_factor_is_one_to_three",
                violation_error_message="Each factor is 1, 2 or 3.",
            ),
            models.CheckConstraint(
                condition=Q(override_tier__isnull=True) | ~Q(override_reason=""),
                name="an_overridden_tier_has_its_reason",
                violation_error_message="Say why the tier differs from what the factors give.",
            ),
        ]

    def __str__(self) -> str:
        return f"Tier {self.tier} of {self.relationship}"

    def related(self) -> Record:
        return self.relationship

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in FACTORS)

    @property
    def tier(self) -> int:
        return self.override_tier or tier_of(self.total)
