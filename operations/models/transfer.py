from __future__ import annotations

import re
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Relationship, Site
from cmo_lifecycle.partners.models.relationship import OfRelationshipQuerySet
from cmo_lifecycle.workflow.models import Event, Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States
from evaluation.models import Appraisal
from evaluation.models.limits import text

#: A criterion says how much is enough: in digits, or in a number that is written out.
QUANTITY = re.compile(
    r"\d|\b(zero|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE
)


class Transfer(Record):
    """The transfer of a process or method to a CMO: gate after gate, each with what must hold at its end."""

    class State(States):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        COMPLETE = "complete", "Complete"
        NOT_NEEDED = "not_needed", "Not needed"

        tones = nonmember({"planned": "info", "running": "watch", "complete": "good", "not_needed": "good"})

    #: Where it stands in the way of nothing any more.
    DONE = (State.COMPLETE, State.NOT_NEEDED)

    record_class = RecordClass.GXP
    may_create = ("technical", "project_manager")
    may_edit = ("technical", "project_manager")
    editable_in = (State.PLANNED, State.RUNNING)
    unsubmitted = (State.PLANNED,)
    unsigned_fields = ("started_on", "completed_on")
    route = "transfers"

    relationship = models.ForeignKey(Relationship, on_delete=models.PROTECT, related_name="transfers")
    title = models.CharField(
        "what is transferred", max_length=200, help_text="The process or method, from where to where."
    )
    sending_unit = models.CharField("sending unit", max_length=200, blank=True)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="receiving site"
    )
    lead = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="led on our side by"
    )
    lessons = text("lessons of earlier transfers", blank=True, help_text="What the receiving unit should know.")
    plan_from = models.ForeignKey(
        Appraisal, on_delete=models.PROTECT, related_name="+", null=True, editable=False,
        verbose_name="plan of the selection",
    )  # fmt: skip
    started_on = models.DateField(null=True, editable=False)
    completed_on = models.DateField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED, editable=False)

    objects = OfRelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "created_at", "id"]
        verbose_name = "technology transfer"
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "title"],
                name="one_transfer_of_a_thing",
                violation_error_message="This relationship has a transfer of this name already.",
            ),
            models.CheckConstraint(
                condition=~Q(state="complete") | Q(completed_on__isnull=False),
                name="a_complete_transfer_says_since_when",
                violation_error_message="A complete transfer says since when.",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="transfer_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("operations:transfer", args=[self.pk])

    def related(self) -> Record:
        return self.relationship

    def clean(self) -> None:
        if not self.relationship_id:
            return
        relationship = self.relationship
        if self.site is not None and self.site.cmo_id != relationship.cmo_id:
            raise ValidationError({"site": f"{self.site} is not a site of {relationship.cmo}."})
        if self.lead is not None and (self.lead.is_external or not self.lead.is_active):
            raise ValidationError({"lead": "Choose an active colleague."})
        if self._state.adding:
            if relationship.state in Relationship.OVER:
                raise ValidationError({"relationship": f"{relationship} is over: nothing is transferred for it."})
        elif not Transfer.objects.filter(pk=self.pk, relationship=relationship.pk).exists():
            raise ValidationError({"relationship": "A transfer stays with its relationship: begin another one."})

    def edited(self, event: Event) -> None:
        if event.verb == "create":
            from operations.joint.transferring import plan

            plan(self, event)


class TransferGateQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> Any:
        return self.filter(transfer__in=Transfer.objects.visible_to(user).order_by().values("pk"))


class TransferGate(Record):
    """One gate of a transfer: what must hold, written before the work, and what came out."""

    class State(States):
        OPEN = "open", "Open"
        PRESENTED = "presented", "To be signed"
        PASSED = "passed", "Passed"
        LEFT_OUT = "left_out", "Left out"

        tones = nonmember({"open": "info", "presented": "watch", "passed": "good"})

    #: Where it holds up no later gate.
    BEHIND = (State.PASSED, State.LEFT_OUT)

    record_class = RecordClass.GXP
    may_create = ("technical", "project_manager")
    may_edit = ("technical", "project_manager")
    editable_in = (State.OPEN,)
    unsubmitted = (State.OPEN,)
    whole = "transfer"
    route = "transfer-gates"
    #: What is fixed before the work, and what is written after it.
    PLAN = ("position", "name", "criterion", "planned_for")
    OUTCOME = ("result", "evidence", "met_on")

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="gates")
    position = models.PositiveSmallIntegerField("place", help_text="Gates are passed in this order; none is skipped.")
    name = models.CharField("gate", max_length=150)
    criterion = models.CharField(
        "acceptance criterion", max_length=1000,
        help_text="In numbers: how much is enough, such as “3 of 3 batches within specification”.",
    )  # fmt: skip
    planned_for = models.DateField("planned for", null=True, blank=True)
    result = models.CharField("result", max_length=2000, blank=True, help_text="What came out, against the criterion.")
    evidence = models.CharField("evidence", max_length=1000, blank=True, help_text="Report or record, with number.")
    met_on = models.DateField("met on", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)

    objects = TransferGateQuerySet.as_manager()

    class Meta:
        ordering = ["transfer", "position", "id"]
        verbose_name = "gate of a transfer"
        verbose_name_plural = "gates of transfers"
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "position"],
                name="one_gate_per_place",
                violation_error_message="Another gate stands in this place: give another number.",
            ),
            models.UniqueConstraint(
                fields=["transfer", "name"],
                name="one_gate_of_a_name",
                violation_error_message="This transfer has a gate of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="a_gate_has_a_place_from_one",
                violation_error_message="Places are numbered from 1.",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed") | (~Q(result="") & ~Q(evidence="") & Q(met_on__isnull=False)),
                name="a_passed_gate_has_its_result",
                violation_error_message="A passed gate has its result, its evidence and its day.",
            ),
        ]

    def __str__(self) -> str:
        return f"Gate {self.position}, {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("operations:transfer_gate", args=[self.pk])

    def related(self) -> Record:
        return self.transfer.relationship

    @property
    def is_quantitative(self) -> bool:
        return QUANTITY.search(self.criterion) is not None

    def clean(self) -> None:
        if not self.transfer_id:
            return
        errors: dict[str, str] = {}
        fixed = self.transfer.state != Transfer.State.PLANNED
        before = None if self._state.adding else TransferGate.objects.filter(pk=self.pk).first()
        if before is None:
            if fixed:
                raise ValidationError(
                    {"transfer": "The transfer has begun: gates are fixed before the work. Re-plan it first."}
                )
        else:
            if before.transfer_id != self.transfer_id:
                errors["transfer"] = "A gate stays with its transfer."
            for name in self.PLAN if fixed else ():
                if getattr(self, name) != getattr(before, name):
                    errors[name] = "This is fixed since the transfer began. Have it re-planned to change it."
        for name in () if fixed else self.OUTCOME:
            if getattr(self, name):
                errors[name] = "Start the transfer first: results come after the criteria are fixed."
        if not fixed and self.transfer.gates.filter(state__in=self.BEHIND, position__gt=self.position).exists():
            errors["position"] = "A later gate is passed already: give a place after it."
        if self.met_on is not None and self.met_on > timezone.localdate():
            errors["met_on"] = "Give the day on which it was met, not one to come."
        if errors:
            raise ValidationError(errors)
