from __future__ import annotations

from enum import nonmember

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from cmo_lifecycle.partners.models import CMO, Site
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.states import States
from contracts.models.agreement import Agreement
from contracts.models.document import OfAgreementQuerySet
from evaluation.models.limits import text


def of_quality_agreement(record: Subcontractor | Exercise) -> None:
    """Refuse what hangs on anything but a quality agreement; that there is none at all is told at the field itself."""
    if not record.agreement_id:  # type: ignore[attr-defined]
        return
    agreement = record.agreement
    if agreement.kind != Agreement.Kind.QAG:
        raise ValidationError({"agreement": f"{agreement} is no quality agreement: choose one."})


class Subcontractor(Record):
    """Somebody whom the CMO wants to use for a part of the work, which takes our quality unit's approval."""

    class State(States):
        ASKED = "asked", "Asked for"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Not used any more"

        tones = nonmember({"asked": "watch", "approved": "good", "refused": "bad"})

    record_class = RecordClass.GXP
    may_create = ("quality", "sourcing", "project_manager")
    may_edit = ("quality", "sourcing", "project_manager")
    editable_in = (State.ASKED,)
    unsubmitted = (State.ASKED,)
    unsigned_fields = ("ended_on",)
    route = "subcontractors"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="subcontractors")
    name = models.CharField("subcontractor", max_length=200)
    cmo = models.ForeignKey(
        CMO, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="or a CMO that we know"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    activity = models.CharField("for what", max_length=500)
    basis = text("how it was qualified", blank=True, help_text="Audit, certificate or questionnaire, with its date.")
    conditions = text(blank=True)
    ended_on = models.DateField(null=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "name", "id"]

    def __str__(self) -> str:
        return f"{self.name} for {self.activity}"[:200]

    def get_absolute_url(self) -> str:
        return reverse("contracts:subcontractor", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        of_quality_agreement(self)


class Exercise(Record):
    """The yearly walk of one real event through the quality agreement: does it say what happened, and who did it?"""

    class State(States):
        DRAFT = "draft", "Being walked"
        SIGNED = "signed", "Signed"

        tones = nonmember({"draft": "info", "signed": "good"})

    record_class = RecordClass.GXP
    may_create = ("quality",)
    may_edit = ("quality",)
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    route = "exercises"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="exercises")
    held_on = models.DateField("walked on")
    event = text("the real event", help_text="Such as a deviation, a complaint or a change, with its number.")
    participants = text("who took part, on both sides")
    steps = text("how it went, step by step", help_text="Who did what, and which row or clause says so.")
    gaps = text("where agreement and practice differ", blank=True)
    actions = text("what is to be changed, by whom and when", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-held_on", "id"]

    def __str__(self) -> str:
        return f"Exercise of {self.held_on} for {self.agreement.reference}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:exercise", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()

    def clean(self) -> None:
        of_quality_agreement(self)
        if self.gaps.strip() and not self.actions.strip():
            raise ValidationError({"actions": "There are gaps: say what is to be changed, by whom and when."})
