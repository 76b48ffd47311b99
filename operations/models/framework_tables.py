"""The tables of an operating framework: who talks to whom, who meets, who settles what, what is measured, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Deferrable, Q

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow.parts import Part
from operations.models.framework import Framework
from operations.models.kpi import KpiDefinition
from strategy.models.limits import between
from strategy.models.strategy import a_currency


def _once(name: str, sentence: str, field: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["framework", field], deferrable=Deferrable.DEFERRED, name=name, violation_error_message=sentence
    )


def _ours(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=label
    )


def _theirs(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=label
    )


class Sided(Part):
    """A row that names people of both sides."""

    colleagues: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    class Meta(Part.Meta):
        abstract = True

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors: dict[str, str] = {}
        cmo = record.relationship.cmo
        for place, row in enumerate(rows):
            for name in cls.colleagues:
                person = getattr(row, name)
                if person is not None and (person.is_external or not person.is_active):
                    errors[f"{place}.{name}"] = f"{person} is no active colleague of ours."
            for name in cls.contacts:
                contact = getattr(row, name)
                if contact is not None and contact.cmo_id != cmo.pk:
                    errors[f"{place}.{name}"] = f"{contact} is not with {cmo}."
                elif contact is not None and contact.left_on is not None:
                    errors[f"{place}.{name}"] = f"{contact.name} has left: name somebody else."
        if errors:
            raise ValidationError(errors)


class ContactRow(Sided):
    """Who speaks for which function on either side, and who stands in."""

    of = "framework"
    columns = ("function", "colleague", "deputy", "contact", "their_deputy", "subject")
    named_by = ("function",)
    colleagues = ("colleague", "deputy")
    contacts = ("contact", "their_deputy")
    most = 40

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="contact_rows")
    function = models.CharField("function", max_length=100)
    colleague = _ours("our colleague")
    deputy = _ours("our deputy")
    contact = _theirs("their contact")
    their_deputy = _theirs("their deputy")
    subject = models.CharField("for what", max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = "row of the contact matrix"
        verbose_name_plural = "contact matrix"
        constraints = [_once("each_function_once", "This function stands here twice.", "function")]

    def __str__(self) -> str:
        return self.function


class Meeting(Part):
    """One standing meeting: its charter."""

    class Cadence(models.TextChoices):
        WEEK = "week", "Every week"
        TWO_WEEKS = "two_weeks", "Every two weeks"
        MONTH = "month", "Every month"
        QUARTER = "quarter", "Every quarter"
        HALF_YEAR = "half_year", "Twice a year"
        YEAR = "year", "Once a year"
        AS_NEEDED = "as_needed", "When it is needed"

    of = "framework"
    columns = ("name", "cadence", "purpose", "chair", "quorum", "agenda", "minutes")
    named_by = ("name",)
    most = 20

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="meetings")
    name = models.CharField("meeting", max_length=150)
    cadence = models.CharField("how often", max_length=10, choices=Cadence)
    purpose = models.CharField("what for", max_length=1000)
    chair = models.CharField("chaired by", max_length=150, blank=True)
    quorum = models.CharField("quorum", max_length=300, blank=True, help_text="Without whom nothing is decided.")
    agenda = models.CharField("standing agenda", max_length=1000, blank=True)
    minutes = models.CharField("minutes", max_length=300, blank=True, help_text="Who writes and who approves them.")

    class Meta(Part.Meta):
        constraints = [_once("each_meeting_once", "This meeting stands here twice.", "name")]

    def __str__(self) -> str:
        return self.name


class EscalationLevel(Sided):
    """Who settles what was not settled below, and how many business days they have."""

    of = "framework"
    columns = ("level", "name", "colleague", "contact", "business_days", "note")
    named_by = ("level",)
    colleagues = ("colleague",)
    contacts = ("contact",)
    most = 8

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="escalation_levels")
    level = models.PositiveSmallIntegerField(
        "level", validators=between(0, 7), help_text="0: critical quality issues, which pass by all levels."
    )
    name = models.CharField("who meets", max_length=150)
    colleague = _ours("on our side")
    contact = _theirs("on their side")
    business_days = models.PositiveSmallIntegerField(
        "business days", validators=between(0, 60), help_text="After so many on this level it goes up. 0: the same day."
    )
    note = models.CharField("note", max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = "level of the escalation ladder"
        verbose_name_plural = "escalation ladder"
        constraints = [_once("each_level_once", "This level stands here twice.", "level")]

    def __str__(self) -> str:
        return f"Level {self.level}: {self.name}"

    @property
    def bypasses(self) -> bool:
        return self.level == 0

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        super().check_table(record, rows)
        errors = {
            f"{place}.business_days": "Give at least one business day: only critical quality issues are settled the same day."
            for place, row in enumerate(rows)
            if row.level and not row.business_days
        }
        if errors:
            raise ValidationError(errors)


class AgreedKpi(Part):
    """One KPI as both sides agreed it: how it is counted, its target, its red line and its weight."""

    of = "framework"
    columns = ("name", "definition", "counted_as", "direction", "unit", "target", "red_line", "weight")
    named_by = ("name",)
    most = 40

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="agreed_kpis")
    name = models.CharField("KPI", max_length=150)
    definition = models.ForeignKey(
        KpiDefinition, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="A version in the KPI dictionary.",
    )  # fmt: skip
    counted_as = models.CharField(
        "or how it is counted, in words", max_length=1000, blank=True,
        help_text="For a KPI that the dictionary does not count yet: numerator ÷ denominator, and what is left out.",
    )  # fmt: skip
    direction = models.CharField(max_length=8, choices=KpiDefinition.Direction, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    target = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    red_line = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    weight = models.DecimalField(
        max_digits=7, decimal_places=3, default=Decimal(1), validators=[MinValueValidator(0, "Give 0 or more.")],
        help_text="In its category. 0 reports without scoring.",
    )  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = "agreed KPI"
        constraints = [_once("each_agreed_kpi_once", "This KPI stands here twice.", "name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_scored(self) -> bool:
        return self.direction != KpiDefinition.Direction.NEUTRAL

    def clean(self) -> None:
        if self.definition is not None:
            # What is counted by the dictionary is read as the dictionary says.
            self.direction, self.unit = self.definition.direction, self.definition.unit
        if self.target is None or self.red_line is None or self.direction not in ("up", "down"):
            return
        better = self.target > self.red_line if self.direction == "up" else self.target < self.red_line
        if not better:
            raise ValidationError({"target": "The target has to be better than the red line."})


class BudgetLine(Part):
    """What working together costs in a year."""

    class Kind(models.TextChoices):
        WORK = "work", "Work of the CMO"
        SHARED = "shared", "Shared by both"
        OVERSIGHT = "oversight", "Our own oversight"

    of = "framework"
    columns = ("year", "kind", "what", "amount", "currency")
    named_by = ("year", "kind", "what")
    most = 80

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="budget_lines")
    year = models.PositiveSmallIntegerField(validators=between(2000, 2100, "year"))
    kind = models.CharField("whose", max_length=10, choices=Kind, default=Kind.WORK)
    what = models.CharField("for what", max_length=200)
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, validators=[MinValueValidator(0, "Give an amount of 0 or more.")]
    )
    currency = models.CharField(max_length=3, validators=[a_currency])

    class Meta(Part.Meta):
        verbose_name = "line of the budget"
        verbose_name_plural = "yearly budget"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="a_line_of_a_budget_is_not_negative",
                violation_error_message="Give an amount of 0 or more.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.what}"


__all__ = ["AgreedKpi", "BudgetLine", "ContactRow", "EscalationLevel", "Meeting"]
