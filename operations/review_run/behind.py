"""The very lines behind one number of one review, as they were when it was computed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from operations.kpi.formulas import PARTS
from operations.kpi.values import part_sql
from operations.models import KpiObservation
from operations.review_run import observe


def lines_behind(observation: KpiObservation, part: str = "denominator") -> list[UUID]:
    """Return the keys of the delivery lines in one part of a review's KPI, from the review's own snapshot.

    `part` is one of `formulas.PARTS`; KeyError for another.
    """
    PARTS[part]
    as_of = date.fromisoformat(observation.review.result["as_of"])
    return observe.snapshot_part(
        observation.review_id, observation.definition, part_sql(observation.definition, part, as_of)
    )
