from __future__ import annotations

from collections.abc import Sequence
from enum import nonmember
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Q
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.models import Event, Record, RecordClass
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text
from evaluation.models.proposal import OfRfpQuerySet, Proposal
from evaluation.models.rfp import OfRfp, Rfp
from evaluation.models.sheets import COMMERCIAL_GROUP, GROUP_CHOICES


class EvaluatorQuerySet(OfRfpQuerySet):
    def cleared(self) -> EvaluatorQuerySet:
        return self.filter(state=Evaluator.State.CLEARED)


class Evaluator(OfRfp):
    """A colleague's seat on an RFP's panel: the sections they score, and their declaration of interests."""

    class State(States):
        ASKED = "asked", "Declaration awaited"
        CLEARED = "cleared", "No conflict declared"
        CONFLICTED = "conflicted", "Conflict declared: removed"
        RELEASED = "released", "Released"

        tones = nonmember({"asked": "watch", "cleared": "good", "conflicted": "bad"})

    record_class = RecordClass.GXP
    may_create = ("sourcing",)
    may_edit = ("sourcing",)
    editable_in = (State.ASKED, State.CLEARED)
    unsubmitted = (State.ASKED,)
    unsigned_fields = ("declared_at",)
    route = "evaluators"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="evaluators", verbose_name="RFP")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evaluator_seats")
    sections = ArrayField(
        models.CharField(max_length=12, choices=GROUP_CHOICES), default=list, blank=True,
        help_text="The groups of criteria that this person scores; none for somebody who only reads and decides.",
    )  # fmt: skip
    declaration = text("what was declared", blank=True, editable=False)
    declared_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED, editable=False)

    objects = EvaluatorQuerySet.as_manager()

    class Meta:
        ordering = ["rfp", "person__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rfp", "person"],
                name="one_seat_per_person",
                violation_error_message="This person sits on this panel already.",
            ),
            models.CheckConstraint(
                condition=~Q(state="conflicted") | ~Q(declaration=""),
                name="a_declared_conflict_is_told",
                violation_error_message="Say what the conflict is.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.rfp.reference}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:evaluator", args=[self.pk])

    def related(self) -> Record:
        return self.rfp.programme

    def edited(self, event: Event) -> None:
        """A further section brings its sheets."""
        from evaluation.actions.judging import give_sheets

        if self.state == self.State.CLEARED:
            give_sheets(self, event)

    def clean(self) -> None:
        errors = {}
        if self.person_id and (not self.person.is_active or self.person.is_external or self.person.is_service):
            errors["person"] = "Choose a colleague: nobody outside sits on a panel."
        elif self.person_id and not self.rfp.programme.members.filter(pk=self.person_id).exists():
            errors["person"] = f"{self.person} does not work on {self.rfp.programme}: make them a member first."
        if self.rfp_id and self.rfp.state in Rfp.OVER:
            errors["rfp"] = "This RFP is over."
        if not self._state.adding:
            # What somebody declared about one RFP says nothing of another, nor of anybody else.
            before = Evaluator.objects.get(pk=self.pk)
            if before.rfp_id != self.rfp_id:
                errors["rfp"] = "A seat stays with its RFP: ask the person onto the other panel as well."
            if before.person_id != self.person_id:
                errors["person"] = "A seat stays with its person: release them, and ask somebody else."
        # Who scores a section decides which scores count: that is not moved once they are locked.
        changed = {*self.sections} ^ (set() if self._state.adding else {*before.sections})
        if self.rfp_id and self.rfp.technical_is_locked and changed - {COMMERCIAL_GROUP}:
            errors["sections"] = "The technical scores are locked: who scores those sections stays as it is."
        elif self.rfp_id and self.rfp.state == Rfp.State.RECOMMENDED and changed:
            errors["sections"] = "The award is recommended: who scores which section stays as it is."
        added = {*self.sections} - (set() if self._state.adding else {*before.sections})
        if self.rfp_id and self.person_id and added and not errors:
            from evaluation.access import has_read

            if has_read(self.person, self.rfp, added):
                errors["sections"] = (
                    f"{self.person} has been able to read how others scored this: ask a colleague who has not."
                )
        if errors:
            raise ValidationError(errors)


class ScoreSheetQuerySet(OfRfpQuerySet):
    def shared_with(self, user: Any) -> ScoreSheetQuerySet:
        from evaluation.access import readable_sheets

        return readable_sheets(user)

    def visible_to(self, user: Any) -> Any:
        """One's own; others' once all of one's own on that proposal are submitted. No role lifts that."""
        if not getattr(user, "is_active", False) or user.is_external:
            return self.none()
        return self.shared_with(user)


class ScoreSheet(OfRfp):
    """One evaluator's scores of one proposal, with a rationale for each."""

    class State(States):
        OPEN = "open", "Open"
        SUBMITTED = "submitted", "Submitted"

        tones = nonmember({"open": "watch", "submitted": "good"})

    record_class = RecordClass.GXP
    may_edit = (
        "sourcing", "project_manager", "technical", "quality", "finance", "legal", "supply_planning", "executive",
    )  # fmt: skip
    editable_in = (State.OPEN,)
    unsubmitted = (State.OPEN,)
    unsigned_fields = ("submitted_at",)
    whole = "rfp"
    route = "score-sheets"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="score_sheets", verbose_name="RFP")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="score_sheets")
    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="score_sheets")
    commercial = models.BooleanField("of the commercial part", default=False, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, editable=False)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["rfp", "proposal", "evaluator", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "evaluator", "commercial"],
                name="one_sheet_per_evaluator_and_proposal",
                violation_error_message="This evaluator has a sheet for this proposal already.",
            )
        ]

    @property
    def is_editable(self) -> bool:
        under_way = Rfp.State.COMMERCIAL if self.commercial else Rfp.State.EVALUATION
        return super().is_editable and self.rfp.state == under_way

    def __str__(self) -> str:
        return f"Scores of {self.evaluator.person} for {self.proposal.cmo}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:score_sheet", args=[self.pk])


class Score(Part):
    """One score with its rationale."""

    of = "sheet"
    columns = ("criterion", "score", "rationale")
    named_by = ("criterion",)
    most = 80

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scores")
    criterion = models.CharField("code of the criterion", max_length=20)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    rationale = models.CharField(max_length=4000, blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"],
                deferrable=Deferrable.DEFERRED,
                name="one_score_per_criterion",
                violation_error_message="This criterion stands here twice.",
            )
        ]

    def __str__(self) -> str:
        return self.criterion

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        from evaluation.panel import scored_by

        rfp, theirs = record.rfp, {one.code for one in scored_by(record)}
        errors = {}
        for place, row in enumerate(rows):
            if row.criterion not in theirs:
                errors[f"{place}.criterion"] = "This criterion is not among the sections that this sheet scores."
            if row.score is not None and (said := rfp.score_fault(row.score)):
                errors[f"{place}.score"] = said
        if errors:
            raise ValidationError(errors)
