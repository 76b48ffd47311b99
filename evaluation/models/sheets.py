"""The tables of an RFP: what is judged, asked, priced and needed, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Deferrable, Q

from cmo_lifecycle.workflow.parts import Part
from evaluation.costing.lines import TYPES, UNITS
from evaluation.models.rfp import Rfp
from evaluation.models.vocabulary import AnswerKind, EnvelopeKind, Level
from strategy.models import Consequence
from strategy.models.figures import RateRow, YearRow, positive_rate, volume_checks
from strategy.rules.shapes import GROUPS

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", "A code has letters, digits, points and dashes, such as T-01.")
GROUP_CHOICES = list(GROUPS.items())
#: The group that is judged with the prices in view.
COMMERCIAL_GROUP = "total_cost"


def once(name: str, *fields: str, sentence: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["rfp", *fields], deferrable=Deferrable.DEFERRED, name=name, violation_error_message=sentence
    )


class Criterion(Part):
    """What proposals are judged by, with its weight and how several evaluators become one score."""

    class Rule(models.TextChoices):
        MEAN = "mean", "Mean of the evaluators"
        TRIMMED_MEAN = "trimmed_mean", "Mean without the highest and the lowest"
        CONSENSUS = "consensus", "Recorded consensus"
        AUTO = "auto", "From the answers, by their bands"
        LOWEST_FULL = "lowest_full", "Price: full points × lowest ÷ price"
        PROPORTIONAL = "proportional", "Price: less by the share above the lowest"
        LINEAR = "linear", "Price: from full at the lowest to none at the highest"

    PRICE_RULES = (Rule.LOWEST_FULL, Rule.PROPORTIONAL, Rule.LINEAR)
    #: Scored by nobody: they follow from answers or prices.
    COMPUTED = (Rule.AUTO, *PRICE_RULES)

    of = "rfp"
    columns = ("code", "group", "title", "weight", "measure", "anchors", "rule", "minimum", "consequence")
    named_by = ("code",)
    most = 80

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="criteria")
    code = models.CharField(max_length=20, validators=[CODE])
    group = models.CharField(max_length=12, choices=GROUP_CHOICES)
    title = models.CharField("criterion", max_length=200)
    weight = models.DecimalField("weight in %", max_digits=6, decimal_places=3)
    measure = models.CharField("what is looked at", max_length=1000, blank=True)
    anchors = models.CharField("what a score means", max_length=4000, blank=True)
    rule = models.CharField("scored by", max_length=14, choices=Rule, default=Rule.MEAN)
    minimum = models.DecimalField("least score", max_digits=5, decimal_places=2, null=True, blank=True)
    consequence = models.ForeignKey(
        Consequence, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="asked for by the strategy as",
    )  # fmt: skip

    class Meta(Part.Meta):
        verbose_name_plural = "criteria"
        constraints = [
            once("one_criterion_per_code", "code", sentence="This code stands here twice."),
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=100),
                name="a_criterion_weighs_up_to_a_hundred",
                violation_error_message="A weight is from 0 to 100 percent.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_commercial(self) -> bool:
        """Judged with the prices in view, once the technical scores are locked."""
        return self.group == COMMERCIAL_GROUP

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors = {}
        for place, row in enumerate(rows):
            if row.rule in cls.PRICE_RULES and not row.is_commercial:
                errors[f"{place}.rule"] = f"Prices are judged in “{GROUPS['total_cost']}” alone: choose that group."
            if row.minimum is not None and not record.scale_least <= row.minimum <= record.scale_most:
                errors[f"{place}.minimum"] = f"Scores go from {record.scale}."
        if errors:
            raise ValidationError(errors)


class Requirement(Part):
    """One business requirement of the fit/gap table. A must that a proposal fails knocks it out."""

    class Need(models.TextChoices):
        MUST = "must", "Must"
        SHOULD = "should", "Should"

    of = "rfp"
    columns = ("code", "group", "requirement", "need", "evidence", "consequence")
    named_by = ("code",)
    most = 200

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="requirements")
    code = models.CharField(max_length=20, validators=[CODE])
    group = models.CharField(max_length=12, choices=GROUP_CHOICES)
    requirement = models.CharField(max_length=1000)
    need = models.CharField(max_length=6, choices=Need, default=Need.MUST)
    evidence = models.CharField("what shows it", max_length=1000, blank=True)
    consequence = models.ForeignKey(
        Consequence, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="asked for by the strategy as",
    )  # fmt: skip

    class Meta(Part.Meta):
        constraints = [once("one_requirement_per_code", "code", sentence="This code stands here twice.")]

    def __str__(self) -> str:
        return f"{self.code}: {self.requirement}"

    def not_met(self, finding: str) -> str:
        """Say that a proposal does not meet it, and what shows that."""
        return f"Does not meet {self.code}, {self.requirement.rstrip('.')}: {finding}"


class Asked(models.Model):
    """What a question is, in the library as in an RFP."""

    code = models.CharField(max_length=20, validators=[CODE])
    group = models.CharField(max_length=12, choices=GROUP_CHOICES)
    question = models.CharField(max_length=2000)
    kind = models.CharField("answered by", max_length=8, choices=AnswerKind, default=AnswerKind.TEXT)
    unit = models.CharField(max_length=40, blank=True)
    choices = models.CharField(max_length=2000, blank=True, help_text="One after the other, separated by “|”.")
    table_columns = models.CharField(
        "columns of the table", max_length=1000, blank=True, help_text="Separated by “|”; “#” before one of numbers."
    )
    mandatory = models.BooleanField(default=False)
    level = models.CharField(max_length=8, choices=Level, default=Level.SITE)
    envelope = models.CharField(max_length=10, choices=EnvelopeKind, default=EnvelopeKind.TECHNICAL)
    help = models.CharField("help for the bidder", max_length=1000, blank=True)

    class Meta:
        abstract = True


class RfpQuestion(Asked, Part):
    """What a bidder is asked, in one of the two envelopes."""

    of = "rfp"
    columns = (
        "code", "group", "question", "kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope",
        "criterion", "requirement", "bands", "help",
    )  # fmt: skip
    named_by = ("code",)
    most = 300

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="questions")
    criterion = models.CharField("serves criterion", max_length=20, blank=True)
    requirement = models.CharField("traces to requirement", max_length=20, blank=True)
    bands = models.CharField(
        "scores by band", max_length=2000, blank=True,
        help_text="For scoring from the answer, such as “0..5 = 1 | 5..10 = 3 | 10.. = 5”; of choices “Yes = 5 | No = 0”.",
    )  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = "question"
        constraints = [once("one_question_per_code", "code", sentence="This code stands here twice.")]

    def __str__(self) -> str:
        return f"{self.code}: {self.question}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        from evaluation.asking import faults_of

        if errors := faults_of(rows):
            raise ValidationError(errors)


class PriceSheetLine(Part):
    """One line that every bidder prices, so that quotes can be laid side by side."""

    of = "rfp"
    columns = ("code", "type", "label", "unit", "recurring", "quantity", "quantity_per", "mandatory", "help")
    named_by = ("code",)
    most = 120

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="price_sheet")
    code = models.CharField(max_length=20, validators=[CODE])
    type = models.CharField(max_length=24, choices=[(code, name.capitalize()) for code, (_, name) in TYPES.items()])
    label = models.CharField("what is priced", max_length=300)
    unit = models.CharField(
        "price of one", max_length=20, choices=[(code, one.noun.capitalize()) for code, one in UNITS.items()]
    )
    recurring = models.BooleanField("recurs", default=True)
    quantity = models.DecimalField(
        "how many",
        max_digits=16,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Leave empty where the bidder says.",
    )
    quantity_per = models.CharField(
        "for each", max_length=5, blank=True, choices=[("batch", "Batch"), ("unit", "Released unit"), ("year", "Year")]
    )
    mandatory = models.BooleanField(default=True)
    help = models.CharField("help for the bidder", max_length=1000, blank=True)

    class Meta(Part.Meta):
        verbose_name = "price line"
        constraints = [once("one_price_line_per_code", "code", sentence="This code stands here twice.")]

    def __str__(self) -> str:
        return f"{self.code}: {self.label}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        from evaluation.pricing import faults_of

        if errors := faults_of(rows):
            raise ValidationError(errors)


class Quantity(YearRow):
    """What is to be bought in one year."""

    of = "rfp"
    most = 40

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="quantities")

    class Meta(YearRow.Meta):
        verbose_name_plural = "quantities"
        constraints = [
            once("one_quantity_per_year", "year", sentence="This year stands here twice."),
            *volume_checks("a_quantity", "quantity"),
        ]


class Milestone(Part):
    """One day of the timetable that bidders are told."""

    of = "rfp"
    columns = ("label", "on", "note")
    named_by = ("label",)
    most = 40

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="timetable")
    label = models.CharField("what", max_length=150)
    on = models.DateField("day")
    note = models.CharField(max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name_plural = "timetable"
        constraints = [once("one_milestone_per_label", "label", sentence="This stands here twice.")]

    def __str__(self) -> str:
        return self.label


class RfpRate(RateRow):
    """How much of a currency that bidders quote in buys one of the base currency."""

    of = "rfp"

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="rates")

    class Meta(RateRow.Meta):
        verbose_name = "exchange rate"
        constraints = [
            once("one_rate_of_bids_per_currency", "currency", sentence="This currency stands here twice."),
            positive_rate("a_rate_of_bids_is_positive"),
        ]

    def __str__(self) -> str:
        return self.currency


class WeightSet(Part):
    """Weights under which the ranking is looked at as well: a scenario, not the decision."""

    of = "rfp"
    columns = ("scenario", "criterion", "weight")
    named_by = ("scenario", "criterion")
    most = 400

    rfp = models.ForeignKey(Rfp, on_delete=models.PROTECT, related_name="weight_sets")
    scenario = models.CharField(max_length=80)
    criterion = models.CharField("code of the criterion", max_length=20)
    weight = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta(Part.Meta):
        verbose_name = "weight of a scenario"
        verbose_name_plural = "weights of scenarios"
        constraints = [
            once("one_weight_per_scenario", "scenario", "criterion", sentence="This stands here twice."),
            models.CheckConstraint(
                condition=Q(weight__gte=0),
                name="a_weight_of_a_scenario_is_not_negative",
                violation_error_message="A weight must not be below 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario}: {self.criterion}"
