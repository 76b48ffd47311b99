from __future__ import annotations

from datetime import date
from enum import nonmember

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.partners.models.site import Site
from cmo_lifecycle.partners.models.vocabulary import Service
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States


class Qualification(Record):
    """An entry of the approved vendor list: one site for one scope. Quality alone decides it."""

    class State(States):
        CANDIDATE = "candidate", "Candidate"
        IN_QUALIFICATION = "in_qualification", "In qualification"
        APPROVED = "approved", "Approved"
        CONDITIONAL = "conditional", "Conditional"
        REJECTED = "rejected", "Rejected"
        SUSPENDED = "suspended", "Suspended"
        DISQUALIFIED = "disqualified", "Disqualified"

        tones = nonmember(
            {
                "approved": "good",
                "conditional": "watch",
                "in_qualification": "info",
                "rejected": "bad",
                "suspended": "bad",
                "disqualified": "bad",
            }
        )

    ORDERABLE = (State.APPROVED, State.CONDITIONAL)

    record_class = RecordClass.GXP
    may_create = ("quality", "sourcing")
    may_edit = ("quality",)
    editable_in = (State.CANDIDATE, State.IN_QUALIFICATION, State.APPROVED, State.CONDITIONAL, State.SUSPENDED)
    unsubmitted = (State.CANDIDATE,)
    route = "qualifications"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="qualifications")
    service = models.CharField(max_length=24, choices=Service)
    scope = models.CharField(max_length=300, help_text="What exactly is qualified, such as “aseptic filling of vials”.")
    state = models.CharField(max_length=20, choices=State, default=State.CANDIDATE, editable=False)
    basis = models.TextField(blank=True, help_text="Audits and reports that the decision rests on.")
    conditions = models.TextField(blank=True, help_text="What a conditional approval asks for.")
    approved_on = models.DateField(null=True, blank=True, editable=False)
    next_review_on = models.DateField("next review", null=True, blank=True)
    extended_to = models.DateField("review extended to", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["site__name", "scope", "id"]
        constraints = [
            models.UniqueConstraint(
                "site",
                "service",
                models.functions.Lower("scope"),
                name="one_qualification_per_site_and_scope",
                violation_error_message="This site has an entry for this scope already.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "conditional"]) | Q(next_review_on__isnull=False),
                name="an_approved_site_has_a_review_date",
                violation_error_message="Set the next review before the site is approved.",
            ),
        ]
        indexes = [models.Index(fields=["next_review_on"], name="qualification_by_review")]

    def __str__(self) -> str:
        return f"{self.site}: {self.scope}"

    def get_absolute_url(self) -> str:
        return reverse("partners:qualification", args=[self.pk])

    def related(self) -> Record:
        return self.site.cmo

    @property
    def review_due_on(self) -> date | None:
        """The day by which quality reviews the entry; a recorded extension moves it."""
        return self.extended_to or self.next_review_on

    def is_orderable(self, on: date) -> bool:
        """Whether orders may go to this site for this scope: approved, and its review not overdue."""
        due = self.review_due_on
        return self.state in self.ORDERABLE and due is not None and due >= on
