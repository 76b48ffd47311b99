"""Whether the lines behind a review have changed since it was computed, and what that would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from operations.kpi.formulas import Measurement
from operations.kpi_math import six
from operations.models import KpiDefinition, KpiObservation, Review
from operations.review_run import observe, scorecards


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """One KPI as the review has it, and as the lines would give it now, by the same version of its definition."""

    definition: KpiDefinition
    kept: Measurement
    now: Measurement


@dataclass(frozen=True, slots=True)
class LaterData:
    """What differs: KPIs whose numbers would be others, and the keys of the delivery lines behind it.

    `kpis` is empty where lines changed in a way that moves no number.
    """

    kpis: tuple[KpiDifference, ...]
    added: tuple[UUID, ...]
    changed: tuple[UUID, ...]
    removed: tuple[UUID, ...]

    @property
    def lines(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    @property
    def sentence(self) -> str:
        parts = [
            f"{len(keys)} {word}"
            for keys, word in ((self.added, "added"), (self.changed, "changed"), (self.removed, "taken away"))
            if keys
        ]
        lines = "line" if self.lines == 1 else "lines"
        return f"Later data differ: {self.lines} delivery {lines} ({', '.join(parts)}) since this was computed."


def later_data(review: Review, observations: Sequence[KpiObservation] | None = None) -> LaterData | None:
    """Compare a review's snapshot with the lines as they are now; None where they agree.

    Looked at as of the same day as then, so that only data count, not time. The review itself is never touched.
    `observations` are its own with their definitions, where the caller has fetched them already.
    """
    if observations is None:
        observations = list(review.observations.select_related("definition"))
    observations = sorted(observations, key=lambda observation: observation.definition.code)
    definitions = [observation.definition for observation in observations]
    with connection.cursor() as cursor:
        lines = observe.changed_lines(cursor, definitions, review.pk)
    if not lines:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        observe.set_due(cursor, [(review.pk, review.relationship_id, review.starts_on, review.ends_on)])
        as_of = date.fromisoformat(review.result["as_of"])
        measured = observe.look(cursor, definitions, as_of)[review.pk]
    return LaterData(
        kpis=tuple(
            KpiDifference(observation.definition, scorecards.measurement_of(observation), now)
            for observation, now in zip(observations, measured, strict=True)
            if not _same(observation, now)
        ),
        added=tuple(key for key, how in lines if how == "added"),
        changed=tuple(key for key, how in lines if how == "changed"),
        removed=tuple(key for key, how in lines if how == "removed"),
    )


def _same(kept: KpiObservation, now: Measurement) -> bool:
    return (kept.state, kept.numerator, kept.denominator, kept.value, kept.coverage, kept.currency) == (
        now.state, six(now.numerator), now.denominator, six(now.value), six(now.coverage), now.currency,
    )  # fmt: skip
