"""Our own side of a proposal: what was found, settled between evaluators, feared and planned."""

from __future__ import annotations

from collections.abc import Sequence
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Q
from django.urls import reverse

from cmo_lifecycle.workflow.models import RecordClass
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from evaluation.models.limits import text
from evaluation.models.opening import Found, OfOpenedQuerySet
from evaluation.models.proposal import Proposal
from evaluation.models.rfp import Rfp
from strategy.models.environment import Risk
from strategy.models.limits import between


def share(label: str, help_text: str = "") -> models.DecimalField:
    return models.DecimalField(label, max_digits=6, decimal_places=3, null=True, blank=True, help_text=help_text)


def money(label: str, help_text: str = "") -> models.DecimalField:
    return models.DecimalField(label, max_digits=16, decimal_places=2, null=True, blank=True, help_text=help_text)


class AppraisalQuerySet(OfOpenedQuerySet):
    def visible_to(self, user: Any) -> Any:
        """Where scores are settled: not for whoever still has to give their own. No role lifts that."""
        from evaluation.access import owes_what_is_settled

        found = super().visible_to(user)
        return found if found.query.is_empty() else found.filter(~owes_what_is_settled(user))


class Appraisal(Found):
    """What the panel made of one opened proposal, besides the scores of each."""

    class State(States):
        OPEN = "open", "Open"
        SETTLED = "settled", "Settled"

        tones = nonmember({"open": "watch", "settled": "good"})

    record_class = RecordClass.GXP
    may_edit = ("sourcing", "project_manager", "technical", "quality", "finance", "supply_planning")
    editable_in = (State.OPEN,)
    unsubmitted = (State.OPEN,)
    whole = "rfp"
    route = "appraisals"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="appraisals", verbose_name="RFP")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="appraisal")
    summary = text("strengths and weaknesses", blank=True)
    #: What the cost of this bidder rests on, besides its prices. Amounts are in the RFP's base currency.
    bid_yield = share("its yield in %", "Leave empty to take the RFP's.")
    failed_batches = share("failed batches in %", "Of those started; from its record, or our estimate.")
    liability_percent = share("share of a failed batch's price that it bears in %")
    uncovered_material = money("our material lost with a failed batch", "What nobody replaces.")
    investigation = money("investigation of a failed batch")
    delay = money("delay by a failed batch")
    cancellation_percent = share("likelihood of a cancellation a year in %")
    stock_months = money("months of demand on stock")
    stock_value = money("value of one unit on stock")
    carrying_percent = share("carrying cost of stock a year in %")
    exit_cost = money("exit or second source", "Once: what it takes to leave, or to keep another source ready.")
    fte = money("our people for it", "Full-time people a year. Leave empty to take the RFP's.")
    audits = money("audits a year")
    plant_days = money("days of a person in its plant a year")
    residual_risk = text("why the remaining risk is accepted", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, editable=False)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        ordering = ["rfp", "proposal", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": 100}),
                name=f"{name}_of_a_bid_is_a_share",
                violation_error_message="Give a share from 0 to 100 percent.",
            )
            for name in ("bid_yield", "failed_batches", "liability_percent", "cancellation_percent", "carrying_percent")
        ] + [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0}),
                name=f"{name}_of_a_bid_is_not_negative",
                violation_error_message="Give 0 or more.",
            )
            for name in (
                "uncovered_material", "investigation", "delay", "stock_months", "stock_value", "exit_cost", "fte",
                "audits", "plant_days",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Appraisal of {self.proposal}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:appraisal", args=[self.pk])


def _once(name: str, field: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["appraisal", field],
        deferrable=Deferrable.DEFERRED,
        name=name,
        violation_error_message="This stands here twice.",
    )


class Gap(Part):
    """How a proposal meets one business requirement."""

    class Verdict(models.TextChoices):
        MET = "met", "Met"
        PARTLY = "partly", "Met in part"
        NOT_MET = "not_met", "Not met"

    of = "appraisal"
    columns = ("requirement", "verdict", "finding", "closing")
    named_by = ("requirement",)

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="gaps")
    requirement = models.CharField("code of the requirement", max_length=20)
    verdict = models.CharField(max_length=8, choices=Verdict)
    finding = models.CharField("what shows it", max_length=2000)
    closing = models.CharField("how the gap is closed, and what that costs", max_length=2000, blank=True)

    class Meta(Part.Meta):
        constraints = [_once("one_gap_per_requirement", "requirement")]

    def __str__(self) -> str:
        return self.requirement

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        known = set(record.rfp.requirements.values_list("code", flat=True))
        errors = {
            f"{place}.requirement": "This RFP has no requirement of this code."
            for place, row in enumerate(rows)
            if row.requirement not in known
        }
        if errors:
            raise ValidationError(errors)


class Consensus(Part):
    """The score that a moderated panel settled on for one criterion, and why."""

    of = "appraisal"
    columns = ("criterion", "score", "reason")
    named_by = ("criterion",)

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="consensus")
    criterion = models.CharField("code of the criterion", max_length=20)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.CharField("why", max_length=4000)

    class Meta(Part.Meta):
        verbose_name = "settled score"
        constraints = [_once("one_consensus_per_criterion", "criterion")]

    def __str__(self) -> str:
        return self.criterion

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        from evaluation.panel import check_consensus

        if errors := check_consensus(record, rows):
            raise ValidationError(errors)


SCORED = ("severity", "occurrence", "detection")


class BidRisk(Part):
    """A risk of choosing this bidder: severity, occurrence and detection, before and after what is done about it."""

    of = "appraisal"
    columns = (
        "category", "risk", "severity", "occurrence", "detection", "action", "owner", "due_on", "residual_severity",
        "residual_occurrence", "residual_detection", "accepted",
    )  # fmt: skip
    named_by = ("risk",)

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="risks")
    category = models.CharField(max_length=20, choices=Risk.Category)
    risk = models.CharField(max_length=500)
    severity = models.PositiveSmallIntegerField(validators=between(1, 10))
    occurrence = models.PositiveSmallIntegerField(validators=between(1, 10))
    detection = models.PositiveSmallIntegerField(validators=between(1, 10))
    action = models.CharField(max_length=1000, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    due_on = models.DateField("due", null=True, blank=True)
    residual_severity = models.PositiveSmallIntegerField(null=True, blank=True, validators=between(1, 10))
    residual_occurrence = models.PositiveSmallIntegerField(null=True, blank=True, validators=between(1, 10))
    residual_detection = models.PositiveSmallIntegerField(null=True, blank=True, validators=between(1, 10))
    accepted = models.CharField("why it is accepted", max_length=1000, blank=True)

    class Meta(Part.Meta):
        verbose_name = "risk of a bidder"
        verbose_name_plural = "risks of a bidder"
        constraints = [_once("one_row_per_risk_of_a_bidder", "risk")]

    def __str__(self) -> str:
        return self.risk

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        highest = record.rfp.strategy.risk_scale
        errors: dict[str, str] = {}
        for place, row in enumerate(rows):
            left = [f"residual_{name}" for name in SCORED]
            for name in (*SCORED, *left):
                value = getattr(row, name)
                if value is not None and value > highest:
                    errors[f"{place}.{name}"] = f"The strategy's scale runs from 1 to {highest}."
            told = [name for name in left if getattr(row, name) is not None]
            if told and len(told) < len(left):
                for name in set(left) - set(told):
                    errors.setdefault(f"{place}.{name}", "Give all three scores of what remains, or none.")
        if errors:
            raise ValidationError(errors)


class TransferPhase(Part):
    """One phase of the technology transfer to this bidder, with the gate at its end."""

    of = "appraisal"
    columns = ("phase", "starts_on", "ends_on", "gate", "gaps", "cost")
    named_by = ("phase",)

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="transfer")
    phase = models.CharField(max_length=150)
    starts_on = models.DateField("starts")
    ends_on = models.DateField("ends")
    gate = models.CharField("what must hold at its end", max_length=1000)
    gaps = models.CharField("gaps to close", max_length=1000, blank=True)
    cost = models.DecimalField(
        "our cost", max_digits=16, decimal_places=2, default=0, help_text="In the base currency, besides its prices.",
        validators=[MinValueValidator(0, message="Give an amount of 0 or more.")],
    )  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = "phase of the technology transfer"
        verbose_name_plural = "technology-transfer plan"
        constraints = [
            _once("one_phase_of_a_transfer", "phase"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_phase_ends_after_it_begins",
                violation_error_message="A phase does not end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.phase


class Support(Part):
    """A supporting capability that the work needs besides making: and whether this bidder has it."""

    class Verdict(models.TextChoices):
        IN_HOUSE = "in_house", "In-house"
        SUBCONTRACTED = "subcontracted", "By a subcontractor"
        MISSING = "missing", "Missing"

    of = "appraisal"
    columns = ("capability", "verdict", "note")
    named_by = ("capability",)

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="support")
    capability = models.CharField(max_length=150)
    verdict = models.CharField("how it is there", max_length=13, choices=Verdict)
    note = models.CharField(max_length=1000, blank=True)

    class Meta(Part.Meta):
        verbose_name = "supporting capability"
        verbose_name_plural = "supporting capabilities"
        constraints = [_once("one_row_per_capability", "capability")]

    def __str__(self) -> str:
        return self.capability
