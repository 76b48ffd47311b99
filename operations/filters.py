"""Filters of the lists of operations, the same for page and REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django_countries import countries

from cmo_lifecycle.doors.fields import ByName
from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations.kpi import explorer
from operations.models import (
    Category,
    Delivery,
    DeliveryImport,
    DuePeriod,
    Framework,
    KpiDefinition,
    Review,
    ScoringPolicy,
    Transfer,
    TransferGate,
)


class NamedField(ByName):
    """One other record, by its id (as links write it) or by its name (as people type it)."""

    def to_python(self, value: Any) -> Any:
        try:
            key = UUID(str(value).strip())
        except ValueError:
            return super().to_python(value)
        assert self.queryset is not None
        return self.queryset.filter(pk=key).first() or super().to_python(value)


class Named(django_filters.Filter):
    """Rows that belong to one other record, chosen by name. What the asker may not see is not there to choose."""

    field_class = NamedField

    def __init__(self, model: type[models.Model], *args: Any, pick: str, names: tuple[str, ...], **kwargs: Any) -> None:
        self.referred = model
        super().__init__(*args, pick=pick, names=names, **kwargs)

    @property
    def field(self) -> Any:
        field = super().field
        request = getattr(getattr(self, "parent", None), "request", None)
        manager = self.referred._default_manager
        field.queryset = manager.none() if request is None else manager.visible_to(request.user)  # type: ignore[attr-defined]
        return field


class BehindText(str):
    """The text of such a link; shown in words."""

    def __str__(self) -> str:
        return explorer.behind_words(self[:])


class BehindField(forms.CharField):
    """Which lines a KPI value was made of, as the explorer writes it into its links."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> str:
        return BehindText(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            try:
                explorer.behind_condition(value)
            except InvalidInput as refusal:
                raise ValidationError(refusal.sentences) from None


class Behind(django_filters.CharFilter):
    """The lines behind one KPI value. Set by links, shown as a chip."""

    field_class = BehindField

    def filter(self, rows: QuerySet, value: str) -> QuerySet:
        return rows.filter(explorer.behind_condition(value)) if value else rows


ARRIVALS = [
    ("late", "Late"),
    ("on_time", "On the day or earlier"),
    ("undelivered", "Not delivered"),
    ("overdue", "Not delivered and overdue"),
]


class DeliveryFilters(RecordFilters):
    """Delivery lines."""

    find_in = ("item", "order_ref", "external_id")

    relationship = Reference(Relationship)
    cmo = Named(CMO, field_name="relationship__cmo", label="CMO", pick="cmo", names=("legal_name",))
    programme = Named(
        Programme, field_name="relationship__programme", label="Programme", pick="programme", names=("name",)
    )
    site = Named(Site, label="Site", pick="site", names=("name", "cmo__legal_name"))
    item = django_filters.CharFilter(label="Item", lookup_expr="icontains", max_length=300)
    country = Choice(label="Country", choices=lambda: list(countries))
    transport_mode = django_filters.CharFilter(label="Transport mode", lookup_expr="iexact", max_length=40)
    scheduled_from = django_filters.DateFilter(field_name="scheduled_on", lookup_expr="gte", label="Scheduled from")
    scheduled_to = django_filters.DateFilter(field_name="scheduled_on", lookup_expr="lte", label="Scheduled to")
    arrival = Choice(label="Arrival", choices=ARRIVALS, method="by_arrival")
    imported_by = Reference(DeliveryImport, label="Import")
    behind = Behind(label="Behind", max_length=2000)

    class Meta:
        model = Delivery
        fields: list[str] = []

    def by_arrival(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        match value:
            case "late":
                return rows.filter(days_late__gt=0)
            case "on_time":
                return rows.filter(days_late__lte=0)
            case "undelivered":
                return rows.filter(delivered_on__isnull=True)
        return rows.filter(delivered_on__isnull=True, scheduled_on__lt=timezone.localdate())


LATENESS = [("overdue", "Unsigned and late"), ("made_up", "Made up late")]


def overdue(rows: QuerySet) -> QuerySet:
    """Keep the reviews that nobody has finished signing although the next one is due already."""
    late = DuePeriod.objects.filter(
        relationship=OuterRef("relationship"),
        kind=OuterRef("kind"),
        starts_on=OuterRef("starts_on"),
        late_at__lte=timezone.now(),
    )
    return rows.filter(Exists(late)).exclude(state__in=Review.SIGNED)


class ReviewFilters(RecordFilters):
    """Scorecard reviews."""

    find_in = ("label", "relationship__cmo__legal_name", "relationship__programme__name")

    relationship = Reference(Relationship)
    cmo = Named(CMO, field_name="relationship__cmo", label="CMO", pick="cmo", names=("legal_name",))
    programme = Named(
        Programme, field_name="relationship__programme", label="Programme", pick="programme", names=("name",)
    )
    period = django_filters.CharFilter(field_name="label", lookup_expr="istartswith", label="Period", max_length=40)
    standing = Choice(label="Standing", choices=Review.Standing.choices)
    state = Choice(label="State", choices=Review.State.choices)
    lateness = Choice(label="Lateness", choices=LATENESS, method="by_lateness")
    starts_from = django_filters.DateFilter(field_name="starts_on", lookup_expr="gte", label="Periods from")
    starts_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", label="Periods to")

    class Meta:
        model = Review
        fields: list[str] = []

    def by_lateness(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(made_up_late=True) if value == "made_up" else overdue(rows)


class DefinitionFilters(RecordFilters):
    """Versions of KPI definitions."""

    find_in = ("name", "code", "formula_words")

    category = Choice(label="Category", choices=Category.choices)
    state = Choice(label="State", choices=KpiDefinition.State.choices)
    code = django_filters.CharFilter(label="Code", max_length=40)

    class Meta:
        model = KpiDefinition
        fields: list[str] = []


class PolicyFilters(django_filters.FilterSet):
    """Versions of the scoring policy."""

    state = Choice(label="State", choices=ScoringPolicy.State.choices)

    class Meta:
        model = ScoringPolicy
        fields: list[str] = []


__all__ = [
    "DefinitionFilters",
    "DeliveryFilters",
    "Named",
    "PolicyFilters",
    "ReviewFilters",
    "overdue",
]


class FrameworkFilters(RecordFilters):
    """Operating frameworks."""

    find_in = ("relationship__cmo__legal_name", "relationship__programme__name", "scope")

    relationship = Reference(Relationship, label="Relationship")
    state = Choice(label="State", choices=Framework.State.choices)
    review = Choice(label="Review", choices=[("due", "Due")], method="by_review")

    class Meta:
        model = Framework
        fields: list[str] = []

    def by_review(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state=Framework.State.APPROVED, review_due__lte=timezone.localdate())


class TransferFilters(RecordFilters):
    """Technology transfers."""

    find_in = ("title", "relationship__cmo__legal_name")

    relationship = Reference(Relationship, label="Relationship")
    state = Choice(label="State", choices=Transfer.State.choices)

    class Meta:
        model = Transfer
        fields: list[str] = []


class TransferGateFilters(RecordFilters):
    """Gates of technology transfers."""

    find_in = ("name", "criterion")

    transfer = Reference(Transfer, label="Transfer")
    state = Choice(label="State", choices=TransferGate.State.choices)

    class Meta:
        model = TransferGate
        fields: list[str] = []
