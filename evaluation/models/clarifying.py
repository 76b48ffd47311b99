from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import RecordClass
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text
from evaluation.models.proposal import OfRfpQuerySet, Proposal
from evaluation.models.rfp import OfRfp, Rfp


class Enquiry(OfRfp):
    """A bidder's question about an RFP: answered to all, without a word of who asked."""

    class State(States):
        ASKED = "asked", "Asked"
        ANSWERED = "answered", "Answered to all"
        REFUSED = "refused", "Not answered"

        tones = nonmember({"asked": "watch", "answered": "good"})

    record_class = RecordClass.BUSINESS
    may_create = ("cmo_contact",)
    untold = ("asked_by",)
    route = "enquiries"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="enquiries", verbose_name="RFP")
    number = models.PositiveSmallIntegerField(editable=False)
    #: Who asked: read by nothing but the portal's list of one's own questions.
    asked_by = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="enquiries", editable=False)
    asked_at = models.DateTimeField(editable=False)
    question = text()
    #: As all bidders read it: without what gives the asker away.
    wording = text("question as published", blank=True)
    answer = text(blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED, editable=False)

    objects = OfRfpQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["rfp", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "number"], name="enquiries_are_counted",
                violation_error_message="Another question has just come in: ask again.",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer=""),
                name="an_answered_enquiry_has_an_answer",
                violation_error_message="Write the answer.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Question {self.number} on {self.rfp.reference}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:enquiry", args=[self.pk])


class Addendum(OfRfp):
    """A change of an issued RFP, told to all bidders; what they have submitted is theirs to confirm."""

    class State(States):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        ABANDONED = "abandoned", "Given up"

        tones = nonmember({"draft": "info", "published": "good"})

    record_class = RecordClass.GXP
    may_create = ("sourcing",)
    may_edit = ("sourcing",)
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    unsigned_fields = ("published_at",)
    route = "addenda"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="addenda", verbose_name="RFP")
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    title = models.CharField(max_length=200)
    body = text("what changes")
    closes_at = models.DateTimeField(
        "new deadline", null=True, blank=True, help_text="Later than the present one; leave empty to keep it."
    )
    published_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)

    objects = OfRfpQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addenda"
        ordering = ["rfp", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "number"],
                condition=Q(state="published"),
                name="addenda_are_counted",
                violation_error_message="Another addendum has just been published: try again.",
            ),
        ]

    def __str__(self) -> str:
        name = f"Addendum {self.number}" if self.number else "Addendum"
        return f"{name}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:addendum", args=[self.pk])

    def clean(self) -> None:
        if self._state.adding and self.rfp_id and self.rfp.state != Rfp.State.ISSUED:
            raise ValidationError({"rfp": self.only_while_issued(self.rfp)})

    @staticmethod
    def only_while_issued(rfp: Rfp) -> str:
        if rfp.state == Rfp.State.CANCELLED:
            return "This request was cancelled: nothing is changed any more."
        return "An addendum changes a request that is issued and open."

    def related(self) -> Any:
        return self.rfp.programme
