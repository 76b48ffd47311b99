from __future__ import annotations

from enum import nonmember
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

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
    whole = "agreement"
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
    #: Of a clock in hours: the first moment at which it is too late.
    due_at = models.DateTimeField("due at", null=True, editable=False)
    event = models.ForeignKey(
        "AgreementEvent", on_delete=models.PROTECT, related_name="obligations", null=True, editable=False
    )
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
        before = None if self._state.adding else Obligation.objects.filter(pk=self.pk).first()
        errors: dict[str, str] = {}
        if before is not None and before.agreement_id != self.agreement_id:
            errors["agreement"] = "An obligation stays with its agreement."
        # Whoever counts a day anew writes how it was counted along with it.
        if before is not None and self.duty and before.due_on != self.due_on and before.counted == self.counted:
            errors["due_on"] = "This day is counted from the agreement: it moves when the agreement does."
        owner = self.owner
        is_new = owner is not None and (before is None or before.owner_id != owner.pk)
        if owner is not None and is_new and (owner.is_external or owner.is_service or not owner.is_active):
            errors["owner"] = "Name an active colleague."
        if errors:
            raise ValidationError(errors)

    @property
    def is_overdue(self) -> bool:
        """Whether its day is past and it is still open."""
        return self.state == self.State.OPEN and self.due_on is not None and self.due_on < timezone.localdate()


class AgreementEvent(Record):
    """Something that has happened and starts a clock of an agreement, with its moment: a deviation, a recall, a notice."""

    class State(States):
        RECORDED = "recorded", "Recorded"
        WITHDRAWN = "withdrawn", "Withdrawn"

        tones = nonmember({"recorded": "info"})

    record_class = RecordClass.GXP
    may_create = Obligation.may_create
    may_edit = Obligation.may_edit
    editable_in = (State.RECORDED,)
    whole = "agreement"
    route = "agreement-events"
    #: No clock of a contract that runs today began before it; days near the year 1 exist in no other time zone.
    FIRST_YEAR = 1900

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="events")
    clock = models.CharField(
        "what it starts", max_length=60, help_text="The code of a term that is a clock, or the key of a duty."
    )
    what = models.CharField("what has happened", max_length=300)
    happened_at = models.DateTimeField("when")
    zone = models.CharField(
        "time zone of the place", max_length=60, default="UTC",
        help_text="Days are counted from the day that the event has there, such as Europe/Zurich.",
    )  # fmt: skip
    side = models.CharField("who has to act", max_length=6, choices=Side, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="colleague who sees to it",
    )  # fmt: skip
    state = models.CharField(max_length=9, choices=State, default=State.RECORDED, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-id"]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("contracts:agreement_event", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        from contracts.duties import clocks_of

        before = None if self._state.adding else AgreementEvent.objects.filter(pk=self.pk).first()
        errors: dict[str, str] = {}
        if before is not None and before.agreement_id != self.agreement_id:
            errors["agreement"] = "An event stays with its agreement."
        if self.agreement_id is None:
            # What is missing is told at its field.
            return
        if self.agreement.state not in (*Agreement.SIGNED, *Agreement.OVER):
            errors["agreement"] = "Only what is signed has clocks that run."
        elif self.clock not in {one.code for one in clocks_of(self.agreement)}:
            errors["clock"] = "This agreement has no such clock: choose one of its terms or duties."
        if self.happened_at is not None and self.happened_at > timezone.now():
            errors["happened_at"] = "Give a moment that has come."
        elif self.happened_at is not None and self.happened_at.year < self.FIRST_YEAR:
            errors["happened_at"] = f"Give a moment since {self.FIRST_YEAR}."
        if self.zone not in available_timezones():
            errors["zone"] = "Give the name of a time zone, such as Europe/Zurich or UTC."
        owner = self.owner
        if owner is not None and (owner.is_external or owner.is_service or not owner.is_active):
            errors["owner"] = "Name an active colleague."
        if errors:
            raise ValidationError(errors)

    def edited(self, event: Any) -> None:
        """The clock runs from what is recorded now."""
        from contracts.obliging import settle

        settle(self.agreement, cause=event)
