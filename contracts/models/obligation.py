from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States
from contracts.models.agreement import Agreement
from contracts.models.document import OfAgreementQuerySet
from contracts.models.tables import TOPIC_CHOICES, Side


class ObligationQuerySet(OfAgreementQuerySet):
    def open(self) -> Any:
        return self.filter(state=Obligation.State.OPEN)


class Obligation(Record):
    """One thing that one side owes by one day; made from a duty, or written by hand."""

    class State(States):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        WAIVED = "waived", "Not asked for"
        LAPSED = "lapsed", "No longer due"

        tones = nonmember({"open": "watch", "done": "good"})

    record_class = RecordClass.GXP
    may_create = ("sourcing", "legal", "quality", "project_manager", "finance", "supply_planning")
    may_edit = ("sourcing", "legal", "quality", "project_manager", "finance", "supply_planning")
    editable_in = (State.OPEN,)
    unsubmitted = (State.OPEN,)
    #: Written by the clock.
    unsigned_fields = ("level", "reminded")
    route = "obligations"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="obligations")
    #: The duty's line (`Part.key`) and which of its occurrences this is; none where it was written by hand.
    duty = models.UUIDField(null=True, editable=False)
    occurrence = models.CharField(max_length=80, blank=True, editable=False)
    title = models.CharField("what is owed", max_length=500)
    topic = models.CharField(max_length=60, choices=TOPIC_CHOICES, blank=True)
    side = models.CharField("by", max_length=6, choices=Side, default=Side.OURS)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="obligations", null=True, blank=True,
        verbose_name="colleague who sees to it",
    )  # fmt: skip
    due_on = models.DateField("due", null=True, blank=True)
    counted = models.CharField("how the day was counted", max_length=500, blank=True, editable=False)
    evidence_asked = models.CharField("what shows that it is done", max_length=500, blank=True)
    evidence = models.TextField(blank=True, editable=False)
    done_on = models.DateField(null=True, editable=False)
    level = models.CharField("has been brought before", max_length=24, blank=True, editable=False)
    reminded = models.JSONField(default=list, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, editable=False)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "duty", "occurrence"],
                condition=Q(duty__isnull=False),
                name="each_occurrence_once",
                violation_error_message="This duty has been written down for that time already.",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="obligation_by_due")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contracts:obligation", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        if not self._state.adding and not Obligation.objects.filter(pk=self.pk, agreement=self.agreement_id).exists():
            raise ValidationError({"agreement": "An obligation stays with its agreement."})
        if self.owner is not None and (self.owner.is_external or not self.owner.is_active):
            raise ValidationError({"owner": "Name an active colleague."})
