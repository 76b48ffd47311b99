"""What a relationship's page shows of operations: its standing, its reviews, its deliveries, the next review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors.pages.tables import table
from cmo_lifecycle.doors.panels import Due, Panel, due, panel
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from operations import kpi_math, reading, schedule
from operations.models import Delivery, DuePeriod, KpiObservation, Review
from operations.review_card import PERIODS_SHOWN, Kept, kpi_place, reading_of, written
from operations.views.deliveries import COLUMNS as DELIVERY_COLUMNS
from operations.views.reviews import COLUMNS as REVIEW_COLUMNS
from operations.views.reviews import score_words

LINES_SHOWN = 20
REVIEWS_SHOWN = 12


def next_period(relationship: Relationship) -> DuePeriod | None:
    """Return the next period whose review the schedule will open."""
    if not hasattr(relationship, "_next_period"):
        reviewed = Review.objects.filter(
            relationship=OuterRef("relationship"), kind=OuterRef("kind"), starts_on=OuterRef("starts_on")
        )
        found = DuePeriod.objects.filter(~Exists(reviewed), relationship=relationship).order_by("due_at").first()
        relationship._next_period = found if relationship.is_operating else None  # type: ignore[attr-defined]
    return relationship._next_period  # type: ignore[attr-defined,no-any-return]


def next_words(relationship: Relationship, period: DuePeriod) -> str:
    """Say when the next review opens, with its arithmetic and why then."""
    policy = schedule.policy_in_force()
    zone = settings.REVIEW_TIME_ZONE
    tier = relationship.tier
    base = relationship.review_cadence or (
        policy.cadence_by_tier.get(str(tier) if tier else "none", "") if policy else ""
    )
    if base and base != period.cadence:
        why = "more often than otherwise, because of the last standing"
    elif relationship.review_cadence:
        why = "as set for this relationship"
    else:
        why = f"as the policy asks for tier {tier}" if tier else "as the policy asks for relationships without a tier"
    return reading.schedule_words(
        label=period.label,
        last_day=period.ends_on,
        grace_days=policy.grace_days if policy else 0,
        due_at=period.due_at.astimezone(ZoneInfo(zone)),
        cadence=period.cadence,
        why=why,
        zone=zone,
    )


@due(Relationship)
def _next_review(relationship: Any, request: HttpRequest) -> Iterable[Due]:
    period = next_period(relationship)
    if period is not None:
        day = period.due_at.astimezone(ZoneInfo(settings.REVIEW_TIME_ZONE)).date()
        yield Due(day, f"Scheduled review, {period.label}", "?tab=reviews")


@panel(Relationship, order=10)
def _latest(relationship: Any, request: HttpRequest) -> Panel | None:
    latest = (
        Review.objects.visible_to(request.user)
        .filter(relationship=relationship)
        .select_related("policy")
        .order_by("-starts_on")
        .first()
    )
    if latest is None:
        return None
    body = render_to_string(
        "operations/panels/latest.html", {"review": latest, "score": score_words(latest), "tone": latest.standing_tone}
    )
    return Panel("Latest scorecard", body, side=True, key="scorecard")


@panel(Relationship, tab="reviews", label="Reviews", order=20)
def _reviews(relationship: Any, request: HttpRequest) -> Iterable[Panel]:
    period = next_period(relationship)
    if period is not None:
        body = render_to_string(
            "operations/panels/next.html",
            {"period": period, "words": next_words(relationship, period), "now": timezone.now()},
        )
        yield Panel("Next scheduled review", body, key="next")
    reviews = list(
        Review.objects.visible_to(request.user)
        .filter(relationship=relationship)
        .select_related("policy", "relationship__cmo", "relationship__programme")
        .defer("result")
        .order_by("-starts_on")[:REVIEWS_SHOWN]
    )
    recent = reviews[:PERIODS_SHOWN][::-1]
    if recent:
        body = render_to_string(
            "operations/panels/trends.html", {"rows": trends(recent), "last": recent[-1], "count": len(recent)}
        )
        yield Panel("KPIs over the last reviews", body, key="trends")
    shown = [column for column in REVIEW_COLUMNS if column.key not in ("relationship",) and column.default]
    yield Panel(
        "Reviews",
        table(shown, reviews, "Reviews", "The schedule has not opened a review of this relationship yet."),
        actions=[{"label": "All reviews", "url": f"{reverse('operations:review_list')}?relationship={relationship.pk}"}]
        if reviews
        else (),
        key="reviews",
    )


def trends(reviews: list[Review]) -> list[dict[str, Any]]:
    """Return each KPI of the given reviews (oldest first) with its row of values, for sparklines."""
    rows = KpiObservation.objects.filter(review__in=[review.pk for review in reviews]).select_related("definition")
    by_code: dict[str, dict[Any, KpiObservation]] = {}
    for row in rows:
        by_code.setdefault(row.definition.code, {})[row.review_id] = row
    kept = Kept.of(Review.objects.only("result").get(pk=reviews[-1].pk))
    found = []
    for values in by_code.values():
        last = next(values[review.pk] for review in reversed(reviews) if review.pk in values)
        definition = last.definition
        unit = (last.currency if definition.unit == reading.CURRENCY_UNIT else definition.unit) or ""
        known = [row.value if (row := values.get(review.pk)) else None for review in reviews]
        spark = [None if value is None else kpi_math.quantise(value, definition.decimals) for value in known]
        change = (
            reading.change_words(known[-1], known[-2], definition.decimals, definition.unit, last.currency)
            if len(known) > 1
            else ""
        )
        here = values.get(reviews[-1].pk)
        words, tone = reading_of(here, kept) if here else ("not measured", "none")
        found.append(
            {
                "reading": words,
                "tone": tone,
                "definition": definition,
                "place": kpi_place(last),
                "value": written(here) if here else "Not measured",
                "off": here is None or here.state != KpiObservation.State.OK,
                "target": reading.target_words(definition.direction, definition.target, definition.unit),
                "spark": spark,
                "change": change,
                "unit": unit,
            }
        )
    return sorted(found, key=lambda row: row["place"])


@panel(Relationship, tab="deliveries", label="Deliveries", order=30)
def _deliveries(relationship: Any, request: HttpRequest) -> Panel:
    rows = list(
        Delivery.objects.visible_to(request.user)
        .filter(relationship=relationship)
        .select_related("site")
        .defer("notes")
        .order_by("-scheduled_on", "-id")[:LINES_SHOWN]
    )
    where = f"{reverse('operations:delivery_list')}?relationship={relationship.pk}"
    actions: list[dict[str, Any]] = [{"label": "All deliveries", "url": where}] if rows else []
    if edits.may_create(Delivery, request.user):  # type: ignore[arg-type]
        actions.append(
            {"label": "Add a delivery", "url": f"{reverse('operations:delivery_add')}?relationship={relationship.pk}"}
        )
    shown = [column for column in DELIVERY_COLUMNS if column.default and column.key != "relationship"]
    return Panel(
        "Latest deliveries",
        table(shown, rows, "Latest deliveries", "No delivery has been entered or imported yet."),
        actions=actions,
        key="deliveries",
    )


__all__ = ["next_period", "next_words", "trends"]
