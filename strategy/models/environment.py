"""The world around the programme: market forces, CMOs that are known, people, risks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Q

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow.parts import Part
from strategy.models.limits import between
from strategy.models.strategy import Strategy

ONE_TO_FIVE = between(1, 5)
#: Of the longer scale; a register on the shorter one is held to that by its table.
SCORE = between(1, 10)


class Force(Part):
    """One of the five forces of the market in which we buy."""

    class Name(models.TextChoices):
        RIVALRY = "rivalry", "Rivalry among CMOs"
        ENTRANTS = "entrants", "New CMOs coming up"
        SUBSTITUTES = "substitutes", "Other ways to make it"
        SUPPLIERS = "suppliers", "Power of the CMOs"
        BUYERS = "buyers", "Power of buyers like us"

    of = "strategy"
    columns = ("name", "strength", "note")
    named_by = ("name",)
    most = 5

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="forces")
    name = models.CharField("force", max_length=12, choices=Name)
    strength = models.PositiveSmallIntegerField("strength, 1 to 5", validators=ONE_TO_FIVE)
    note = models.TextField("what it means for us", blank=True)

    class Meta(Part.Meta):
        verbose_name = "market force"
        verbose_name_plural = "market forces"
        constraints = [
            models.CheckConstraint(
                condition=Q(strength__range=(1, 5)),
                name="a_force_is_one_to_five",
                violation_error_message="Give a strength from 1 to 5.",
            ),
            models.UniqueConstraint(
                fields=["strategy", "name"],
                deferrable=Deferrable.DEFERRED,
                name="each_force_once",
                violation_error_message="This force stands here twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_name_display())  # type: ignore[attr-defined]


class KnownCMO(Part):
    """A CMO that could do the work, and what is known of it. No more than knowledge: nobody is chosen here."""

    class Outlook(models.TextChoices):
        FREE = "free", "Free capacity"
        TIGHT = "tight", "Tight"
        FULL = "full", "Full"
        EXPANDING = "expanding", "Being expanded"
        UNKNOWN = "unknown", "Not known"

    of = "strategy"
    columns = ("cmo", "name", "capability", "outlook", "geopolitical_risk", "supply_risk", "note")
    named_by = ("cmo", "name")

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="known_cmos")
    cmo = models.ForeignKey(
        CMO, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="CMO on record"
    )
    name = models.CharField("or its name", max_length=150, blank=True)
    capability = models.CharField("what it can do", max_length=300)
    outlook = models.CharField("capacity outlook", max_length=10, choices=Outlook, default=Outlook.UNKNOWN)
    geopolitical_risk = models.PositiveSmallIntegerField("geopolitical risk, 1 to 5", validators=ONE_TO_FIVE)
    supply_risk = models.PositiveSmallIntegerField("supply risk, 1 to 5", validators=ONE_TO_FIVE)
    note = models.TextField(blank=True)

    class Meta(Part.Meta):
        verbose_name = "known CMO"
        verbose_name_plural = "known CMOs"
        constraints = [
            models.CheckConstraint(
                condition=Q(cmo__isnull=False) | ~Q(name=""),
                name="a_known_cmo_is_named",
                violation_error_message="Choose a CMO on record, or write its name.",
            ),
            models.CheckConstraint(
                condition=Q(geopolitical_risk__range=(1, 5)),
                name="a_geopolitical_risk_is_one_to_five",
                violation_error_message="Give a risk from 1 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(supply_risk__range=(1, 5)),
                name="a_supply_risk_is_one_to_five",
                violation_error_message="Give a risk from 1 to 5.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.cmo or self.name)


class Stakeholder(Part):
    """Somebody whose interest the strategy touches."""

    of = "strategy"
    columns = ("name", "function", "interest", "influence")
    named_by = ("name",)

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="stakeholders")
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=120)
    interest = models.CharField("what they need of it", max_length=300)
    influence = models.PositiveSmallIntegerField("influence, 1 to 5", validators=ONE_TO_FIVE)

    class Meta(Part.Meta):
        verbose_name = "stakeholder"
        verbose_name_plural = "stakeholders"
        constraints = [
            models.CheckConstraint(
                condition=Q(influence__range=(1, 5)),
                name="an_influence_is_one_to_five",
                violation_error_message="Give an influence from 1 to 5.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Risk(Part):
    """One line of the risk register: failure mode and effects analysis on the strategy's scale (ICH Q9(R1))."""

    class Category(models.TextChoices):
        TECHNICAL = "technical", "Technical and scale-up"
        QUALITY = "quality", "Quality and compliance"
        SUPPLY = "supply", "Supply and capacity"
        FINANCIAL = "financial", "Financial and ownership"
        IP = "ip", "Intellectual property"
        EHS = "ehs", "Environment, health and safety"
        GEOPOLITICAL = "geopolitical", "Geopolitics and logistics"
        DATA_INTEGRITY = "data_integrity", "Data integrity"
        SUB_TIER = "sub_tier", "Sub-tier suppliers"

    of = "strategy"
    columns = (
        "text", "category", "severity", "occurrence", "detection", "action", "owner", "due", "accepted_because",
        "residual_severity", "residual_occurrence", "residual_detection",
    )  # fmt: skip
    named_by = ("text",)

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="risks")
    text = models.CharField("what could go wrong", max_length=300)
    category = models.CharField(max_length=14, choices=Category)
    severity = models.PositiveSmallIntegerField(validators=SCORE)
    occurrence = models.PositiveSmallIntegerField(validators=SCORE)
    detection = models.PositiveSmallIntegerField(validators=SCORE)
    action = models.CharField("what we do about it", max_length=300, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField("done by", null=True, blank=True)
    accepted_because = models.CharField("or accepted, because", max_length=300, blank=True)
    residual_severity = models.PositiveSmallIntegerField("severity after", null=True, blank=True, validators=SCORE)
    residual_occurrence = models.PositiveSmallIntegerField("occurrence after", null=True, blank=True, validators=SCORE)
    residual_detection = models.PositiveSmallIntegerField("detection after", null=True, blank=True, validators=SCORE)

    class Meta(Part.Meta):
        verbose_name = "risk"
        verbose_name_plural = "risks"
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__range=(1, 10)),
                name="a_severity_is_of_a_scale",
                violation_error_message="Give a number from 1 to 10.",
            ),
            models.CheckConstraint(
                condition=Q(occurrence__range=(1, 10)),
                name="an_occurrence_is_of_a_scale",
                violation_error_message="Give a number from 1 to 10.",
            ),
            models.CheckConstraint(
                condition=Q(detection__range=(1, 10)),
                name="a_detection_is_of_a_scale",
                violation_error_message="Give a number from 1 to 10.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        scored = [name for name in cls.columns if name.endswith(("severity", "occurrence", "detection"))]
        errors = {
            f"{position}.{name}": f"Give a number from 1 to {record.risk_scale}: that is the scale of this register."
            for position, row in enumerate(rows)
            for name in scored
            if getattr(row, name) is not None and not 1 <= getattr(row, name) <= record.risk_scale
        }
        if errors:
            raise ValidationError(errors)
