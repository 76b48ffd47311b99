from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.partners.models import Contact, Relationship
from cmo_lifecycle.partners.models.relationship import OfRelationshipQuerySet
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Event, Record, RecordClass
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text


class FrameworkQuerySet(OfRelationshipQuerySet):
    def visible_to(self, user: Any) -> Any:
        """Colleagues see it with its relationship; a CMO contact what both sides approve or have approved."""
        if getattr(user, "is_active", False) and user.is_external:
            own = Contact.objects.filter(user=user, left_on__isnull=True).order_by().values("cmo")
            return self.filter(relationship__cmo__in=own, state__in=Framework.SHARED)
        return super().visible_to(user)

    def open(self) -> Any:
        return self.filter(state__in=Framework.OPEN)


class Framework(Record):
    """One version of how two companies work together day by day: the partnership operating framework.

    Also known as joint operating procedures. Both sides approve it before regular operations start.
    """

    class State(States):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        RETURNED = "returned", "Sent back"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"
        ABANDONED = "abandoned", "Given up"

        tones = nonmember({"draft": "info", "in_review": "watch", "returned": "watch", "approved": "good"})

    WRITABLE = (State.DRAFT, State.RETURNED)
    OPEN = (*WRITABLE, State.IN_REVIEW)
    #: What the other side sees.
    SHARED = (State.IN_REVIEW, State.APPROVED, State.SUPERSEDED)
    #: Its sections in the order in which they are read.
    SECTIONS = (
        "scope", "goals", "decisions", "communication", "data_exchange", "person_in_plant", "contingencies",
    )  # fmt: skip

    record_class = RecordClass.GXP
    may_create = ("sourcing", "project_manager")
    may_edit = ("sourcing", "project_manager", "technical", "supply_planning")
    editable_in = WRITABLE
    unsubmitted = WRITABLE
    #: Written by the steps and by the clock, after the signatures.
    unsigned_fields = ("approved_at", "review_due", "review_asked_on", "reviewed_on")
    route = "frameworks"

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="frameworks")
    number = models.PositiveSmallIntegerField("framework version", default=1, editable=False)
    revises = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revisions", editable=False
    )
    why_revised = text("why this version", blank=True)
    scope = text("scope", blank=True, help_text="Products, sites and work that it is for, and what it is not for.")
    goals = text("goals of both sides", blank=True)
    decisions = text(
        "how decisions are made", blank=True, help_text="Who decides what alone, what is decided together, and how."
    )
    communication = text(
        "lines of communication", blank=True, help_text="Who talks to whom about what, by which way, and how fast."
    )
    data_exchange = text(
        "exchange of data", blank=True, help_text="Which data, in which form, how often, and who answers for them."
    )
    person_in_plant = text(
        "our person in the plant", blank=True,
        help_text="When somebody of ours is there: an observer who escalates and never signs the CMO's records.",
    )  # fmt: skip
    contingencies = text(
        "contingencies", blank=True, help_text="What both do if a line, a person, a material or a shipment fails."
    )
    review_due = models.DateField(
        "next review", null=True, blank=True, help_text="Leave empty for a year after its approval."
    )
    #: Who of the business approves it for us: somebody who did not write it. Settled when it is handed in.
    counterpart = models.CharField(max_length=20, default="project_manager", editable=False)
    review_asked_on = models.DateField(null=True, editable=False)
    reviewed_on = models.DateField("last reviewed", null=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-number", "id"]
        verbose_name = "operating framework"
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "number"],
                name="one_framework_per_version",
                violation_error_message="This relationship has a framework of this version already.",
            ),
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(state__in=["draft", "in_review", "returned"]),
                name="one_framework_being_written",
                violation_error_message="A framework of this relationship is being written already: go on with it.",
            ),
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(state="approved"),
                name="one_approved_framework",
                violation_error_message="Another version of this relationship's framework is approved.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "superseded"])
                | (Q(approved_at__isnull=False) & Q(review_due__isnull=False)),
                name="an_approved_framework_is_reviewed",
                violation_error_message="An approved framework says since when, and when it is reviewed.",
            ),
        ]
        indexes = [
            models.Index(fields=["review_due"], condition=Q(state="approved"), name="framework_by_review"),
            models.Index(fields=["state", "id"], name="framework_by_state"),
        ]

    def __str__(self) -> str:
        return f"Operating framework of {self.relationship}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("operations:framework", args=[self.pk])

    def related(self) -> Record:
        return self.relationship

    def clean(self) -> None:
        if not self.relationship_id:
            return
        if self._state.adding:
            relationship = self.relationship
            if relationship.state in Relationship.OVER:
                raise ValidationError({"relationship": f"{relationship} is over: nothing is agreed for it any more."})
            if self.revises_id is None and relationship.frameworks.filter(state="approved").exists():
                raise ValidationError({"relationship": "It has an approved framework: revise that one."})
            # Versions are counted, whoever adds them.
            highest = relationship.frameworks.aggregate(models.Max("number"))["number__max"]
            self.number = (highest or 0) + 1
        elif not Framework.objects.filter(pk=self.pk, relationship=self.relationship_id).exists():
            raise ValidationError({"relationship": "A framework stays with its relationship: begin another one."})

    def edited(self, event: Event) -> None:
        if event.verb != "create":
            return
        if self.revises is not None:
            parts.copy(self.revises, self)
            return
        from operations.joint.filling import fill

        fill(self)

    def signed_content(self) -> dict[str, Any]:
        return {**fields_of(self), "tables": parts.content_of(self)}
