"""Filters of the lists of strategy, the same for page and REST."""

from __future__ import annotations

from datetime import timedelta

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from cmo_lifecycle.doors.filters import Choice, RecordFilters, Reference
from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.partners.models.vocabulary import Tier
from strategy.models import Consequence, PartnershipAttribute, Strategy
from strategy.rules.shapes import GROUPS, Kind

SOON = timedelta(days=90)
REVIEWS = [("overdue", "Overdue"), ("soon", "Within 90 days"), ("due", "Overdue or within 90 days")]


def reviews_due(rows: QuerySet, by: str) -> QuerySet:
    """Keep approved strategies whose review is overdue, due within 90 days, or either."""
    today = timezone.localdate()
    approved = rows.filter(state=Strategy.State.APPROVED)
    match by:
        case "overdue":
            return approved.filter(review_due__lt=today)
        case "soon":
            return approved.filter(review_due__gte=today, review_due__lte=today + SOON)
    return approved.filter(review_due__lte=today + SOON)


class StrategyFilters(RecordFilters):
    """Strategies."""

    find_in = ("programme__name", "scope")
    find_exact = ("external_id",)

    programme = Reference(Programme, label="Programme")
    state = Choice(label="State", choices=Strategy.State.choices)
    review = Choice(label="Review due", choices=REVIEWS, method="by_review")
    core_competency = Choice(label="Core competency", choices=Strategy.Core.choices)
    sourcing_intent = Choice(label="Sourcing over time", choices=Strategy.SourcingIntent.choices)
    alternates = Choice(label="Alternate sources", choices=Strategy.Alternates.choices)
    duration = Choice(label="Duration", choices=Strategy.Duration.choices)
    tier = Choice(label="Risk tier", choices=Tier.choices)

    class Meta:
        model = Strategy
        fields: list[str] = []

    def by_review(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return reviews_due(rows, value)


IN_FORCE = [("yes", "In force"), ("written", "Being written"), ("past", "Of earlier versions")]


class ConsequenceFilters(RecordFilters):
    """What strategies ask of later stages."""

    find_in = ("title", "strategy__programme__name")

    strategy = Reference(Strategy, label="Strategy")
    programme = Reference(Programme, field_name="strategy__programme", label="Programme")
    kind = Choice(label="Kind", choices=[(kind.value, kind.label) for kind in Kind])
    state = Choice(label="Decision", choices=Consequence.State.choices)
    version = Choice(label="Strategy", choices=IN_FORCE, method="by_version")
    rule = django_filters.CharFilter(label="Rule", lookup_expr="iexact", max_length=80)

    class Meta:
        model = Consequence
        fields: list[str] = []

    def by_version(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        match value:
            case "yes":
                return rows.filter(strategy__state=Strategy.State.APPROVED)
            case "written":
                return rows.filter(strategy__state__in=Strategy.OPEN)
        return rows.exclude(strategy__state__in=(Strategy.State.APPROVED, *Strategy.OPEN))


class AttributeFilters(RecordFilters):
    """The catalogue of partnership attributes."""

    find_in = ("name", "code", "description")

    group = Choice(label="Group", choices=[*GROUPS.items()])
    state = Choice(label="State", choices=PartnershipAttribute.State.choices)

    class Meta:
        model = PartnershipAttribute
        fields: list[str] = []
