from __future__ import annotations

from collections.abc import Sequence
from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models.vocabulary import Tier
from cmo_lifecycle.tabular.values import CURRENCIES
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import fields_of
from cmo_lifecycle.workflow.models import Record, RecordClass
from cmo_lifecycle.workflow.parts import Part
from cmo_lifecycle.workflow.states import States
from contracts.models.document import OfAgreementQuerySet
from contracts.models.tables import unique
from strategy.models.limits import between
from strategy.models.strategy import a_currency


class Delegation(Record):
    """One version of the delegation of authority: who may commit the company to how much, for how long, at what risk."""

    class State(States):
        DRAFT = "draft", "Draft"
        IN_FORCE = "in_force", "In force"
        SUPERSEDED = "superseded", "Superseded"

        tones = nonmember({"draft": "info", "in_force": "good"})

    record_class = RecordClass.FINANCIAL
    may_create = ("finance", "legal")
    may_edit = ("finance", "legal")
    editable_in = (State.DRAFT,)
    unsubmitted = (State.DRAFT,)
    unsigned_fields = ("in_force_since",)
    route = "delegations"

    number = models.PositiveSmallIntegerField("matrix version", editable=False)
    currency = models.CharField("currency of the limits", max_length=3, default="EUR", validators=[a_currency])
    split_days = models.PositiveSmallIntegerField(
        "split within days", default=90, validators=between(1, 730, "number of days"),
        help_text="Commitments to one CMO for one programme that begin within so many days are looked at together.",
    )  # fmt: skip
    in_force_since = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)

    class Meta:
        verbose_name = "delegation of authority"
        verbose_name_plural = "delegations of authority"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="one_matrix_per_version",
                violation_error_message="Somebody began a version at the same moment: go on with that one.",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="in_force"),
                name="one_matrix_in_force",
                violation_error_message="Another version is in force.",
            ),
        ]

    def __str__(self) -> str:
        return f"Delegation of authority, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:delegation", args=[self.pk])

    def clean(self) -> None:
        if self._state.adding:
            highest = Delegation.objects.aggregate(models.Max("number"))["number__max"]
            self.number = (highest or 0) + 1

    def signed_content(self) -> dict[str, Any]:
        return {**fields_of(self), "tables": parts.content_of(self)}


class AuthorityLimit(Part):
    """Up to where a role, or one person in it, may approve for one line."""

    class Line(models.TextChoices):
        BUSINESS = "business", "Business"
        FINANCE = "finance", "Finance"
        LEGAL = "legal", "Legal"

    #: The roles that may speak for each line.
    ROLES = {
        Line.BUSINESS: ("project_manager", "executive"),
        Line.FINANCE: ("finance",),
        Line.LEGAL: ("legal",),
    }

    of = "delegation"
    columns = ("line", "role", "person", "up_to", "months", "tier")
    named_by = ("line", "role", "person")
    most = 100

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="limits")
    line = models.CharField(max_length=8, choices=Line)
    role = models.CharField(
        max_length=20,
        choices=[
            ("project_manager", "Project manager"), ("executive", "Executive"), ("finance", "Finance"),
            ("legal", "Legal"),
        ],
    )  # fmt: skip
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="Empty: whoever holds the role.",
    )  # fmt: skip
    up_to = models.DecimalField(
        "up to", max_digits=16, decimal_places=2, null=True, blank=True, help_text="Empty: any amount."
    )
    months = models.PositiveSmallIntegerField(
        "up to months", null=True, blank=True, validators=between(1, 1200, "month"), help_text="Empty: any term."
    )
    tier = models.PositiveSmallIntegerField("riskiest tier", choices=Tier, default=1)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(up_to__isnull=True) | Q(up_to__gte=0),
                name="an_authority_is_not_negative",
                violation_error_message="A limit is 0 or more.",
            ),
            unique("each_authority_once", "This stands here twice.", "delegation", "line", "role", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.person or self.role}"

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        errors: dict[str, str] = {}
        for place, row in enumerate(rows):
            if row.role not in cls.ROLES.get(row.line, ()):  # type: ignore[call-overload]
                errors[f"{place}.role"] = f"This role does not speak for {row.get_line_display()}."
            elif row.person is not None and row.role not in row.person.roles:
                errors[f"{place}.person"] = f"{row.person} does not hold this role."
        if errors:
            raise ValidationError(errors)


class DelegationRate(Part):
    """So many units of a currency for one of the matrix's own, on a day, from a source."""

    of = "delegation"
    columns = ("currency", "rate", "on", "source")
    named_by = ("currency",)
    most = 60

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="rates")
    currency = models.CharField(max_length=3)
    rate = models.DecimalField("units for one of the matrix's currency", max_digits=16, decimal_places=6)
    on = models.DateField("of")
    source = models.CharField(max_length=200)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0), name="a_rate_of_authority_is_positive",
                violation_error_message="A rate is more than 0.",
            ),
            unique("each_currency_once_in_a_matrix", "This currency stands here twice.", "delegation", "currency"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.currency

    def clean(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValidationError({"currency": "Give the three letters, such as USD."})


class SplitAnswer(Record):
    """The signed answer to whether commitments that together pass a limit are one or several."""

    class State(States):
        ASKED = "asked", "Asked"
        SEPARATE = "separate", "Separate, with a reason"
        ONE = "one", "To be treated as one"

        tones = nonmember({"asked": "watch", "separate": "good", "one": "bad"})

    record_class = RecordClass.FINANCIAL
    route = "split-answers"

    #: The numbers of the agreements, in their order, as the question was put.
    codes = models.JSONField(editable=False)
    question = models.TextField(editable=False)
    agreement = models.ForeignKey(
        "contracts.Agreement", on_delete=models.PROTECT, related_name="split_answers", editable=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.ASKED, editable=False)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["codes"], name="each_split_asked_once"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.codes)

    def get_absolute_url(self) -> str:
        return reverse("contracts:split_answer", args=[self.pk])

    def related(self) -> Record:
        return self.agreement.related()
