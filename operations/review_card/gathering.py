"""A review's card, gathered: its rows, its categories, its standing and what would lift it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.workflow.models import Approval, Event
from operations import kpi_math, reading, scoring
from operations.models import Category, KpiObservation, Review, ReviewInputs, ScoringPolicy
from operations.review_card.kept import Kept
from operations.review_card.lines import CATEGORY_ORDER, kpi_place, line_of
from operations.review_card.shapes import Card, CategoryLine
from operations.review_run import bands_of
from operations.review_run import outlook as outlook_of
from operations.scoring import Bands

PERIODS_SHOWN = 6
"""So many reviews, this one included, make a sparkline."""


def card_of(review: Review) -> Card:
    """Return a review's card: what it kept when it was scored, put into words.

    The review comes with its relationship and policy.
    """
    reviews = list(
        Review.objects.filter(relationship_id=review.relationship_id, kind=review.kind, starts_on__lte=review.starts_on)
        .only("relationship_id", "starts_on", "label", "standing", "score")
        .order_by("-starts_on", "-id")[:PERIODS_SHOWN]
    )
    reviews.reverse()
    observations = _observations(reviews)
    own = observations.get(review.pk, [])
    kept = Kept.of(review)
    against = next((one for one in reversed(reviews) if one.pk != review.pk and one.label == kept.against), None)
    bands = bands_of(review.policy)
    taken = ReviewInputs.objects.filter(review=review).values_list("taken_at", "count").first()
    taken_at, count = taken or (None, 0)
    names = {row.definition.code: row.definition.name for row in own}
    published_at = _published_at(review)
    waiting, signed, due, signed_at = _signing(review)
    standing = review.get_standing_display() if review.standing else ""
    costliest = max(kept.kpis.items(), key=lambda pair: (pair[1].lost, pair[0]), default=None)
    sentence = reading.review_sentence(
        state=review.state,
        waiting=waiting,
        signed=signed,
        due=due,
        opened_at=review.opened_at,
        made_up_late=review.made_up_late,
        measured=bool(own),
        signed_at=signed_at,
        published_at=published_at,
    )
    change = reading.change_sentence(
        standing=standing,
        before=against.get_standing_display() if against else "",
        rank=_rank(bands, review.standing),
        rank_before=_rank(bands, against.standing if against else ""),
        change=kept.change,
        against=against.label if against else "",
        costliest=(names[costliest[0]], costliest[1].lost) if costliest else None,
    )
    return Card(
        review=review,
        lines=[line_of(review, row, kept, reviews, observations) for row in own],
        categories=_categories(kept, own),
        bands=bands,
        score=None if review.score is None else scoring.display_score(review.score, bands),
        standing=standing,
        tone=tone_of(review.policy, review.standing),
        coverage=reading.coverage_words(review.coverage),
        least_coverage=reading.shown(review.policy.least_coverage.normalize(), None, "%"),
        sentence=f"{sentence} {change}".strip(),
        steps=reading.steps(
            state=review.state,
            taken_at=taken_at,
            opened_at=review.opened_at,
            scored_on=taken_at,
            signatures=len(signed),
            asked=len(waiting) + len(signed),
            published_at=published_at,
        ),
        moved=[
            reading.movement_words(movement, names.get(movement.code, movement.code))
            for movement in kept.movements
            if movement.change or movement.cause != "value"
        ],
        against=kept.against,
        lost=[
            f"{names.get(code, code)}: {reading.points_words(kpi.lost)} of {_rounded(kpi.share)}"
            for code, kpi in sorted(kept.kpis.items(), key=lambda pair: (-pair[1].lost, pair[0]))
            if kpi.share and kpi.lost
        ],
        outlook=_outlook(review, own),
        overrides=kept.binding,
        taken_at=taken_at,
        input_count=count,
        observations=own,
    )


def _observations(reviews: list[Review]) -> dict[Any, list[KpiObservation]]:
    """Return the observations of reviews, by review, in the order in which a page lists them; one query."""
    found: dict[Any, list[KpiObservation]] = {}
    rows = KpiObservation.objects.filter(review__in=[review.pk for review in reviews]).select_related("definition")
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    for group in found.values():
        group.sort(key=kpi_place)
    return found


def _published_at(review: Review) -> datetime | None:
    if review.state != Review.State.PUBLISHED:
        return None
    return Event.objects.of(review).filter(verb="publish").order_by("-at").values_list("at", flat=True).first()


def _signing(review: Review) -> tuple[list[str], list[str], Any, datetime | None]:
    """Return whose signature is awaited, who has signed (roles), by when, and when the last one was given."""
    rows = (
        Approval.objects.of(review)
        .filter(verb="sign_off", status__in=[Approval.Status.WAITING, Approval.Status.GIVEN])
        .order_by("due", "asked_at", "id")
        .values_list("role", "status", "due", "event__at")
    )
    waiting, signed, dues, times = [], [], [], []
    for role, status, due, at in rows:
        if status == Approval.Status.WAITING:
            waiting.append(role_label(role))
            dues += [due] if due else []
        else:
            signed.append(role_label(role))
            times += [at] if at else []
    return waiting, signed, min(dues, default=None), max(times, default=None)


def _rank(bands: Bands, standing: str) -> int | None:
    codes = [band.code for band in bands.bands]
    return codes.index(standing) if standing in codes else None


def _rounded(points: Decimal) -> str:
    return reading.short_number(kpi_math.quantise(points, 1))


def _categories(kept: Kept, own: list[KpiObservation]) -> list[CategoryLine]:
    labels = dict(Category.choices)
    states: dict[str, set[str]] = {}
    for row in own:
        if row.definition.is_scored:
            states.setdefault(row.category, set()).add(row.state)
    found = []
    for category, weight in sorted(kept.weights.items(), key=lambda pair: CATEGORY_ORDER[pair[0]]):
        score, coverage = kept.categories.get(category, (None, Decimal(0)))
        words = note = ""
        if score is None:
            inside = states.get(category, set())
            only = inside.pop() if len(inside) == 1 else ""
            words = str(KpiObservation.State(only).label).lower() if only and only != "ok" else "not counted"
        else:
            words = reading.shown(score, 1)
            note = "" if coverage == 100 else f"from {reading.coverage_words(coverage)} of its weight"
        found.append(CategoryLine(labels[category], reading.short_number(weight), words, score is not None, note))
    return found


def _outlook(review: Review, own: list[KpiObservation]) -> list[str]:
    outlook = outlook_of(review, own) if own else None
    if outlook is None:
        return []
    return reading.outlook_sentences(
        outlook,
        names={row.definition.code: row.definition.name for row in own},
        standings={band["standing"]: band["label"] for band in review.policy.bands},
        units={row.definition.code: (row.definition.decimals, row.definition.unit) for row in own},
        formulas={row.definition.code: row.definition.formula for row in own},
    )


def tone_of(policy: ScoringPolicy, standing: str) -> str:
    """Return the tone that a policy gives a standing."""
    given = {band["standing"]: band.get("tone", "") for band in policy.bands}
    return given.get(standing) or Review.STANDING_TONES.get(standing, "none")
