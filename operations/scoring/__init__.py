"""The scorecard of one review: plain values in, exact decimals out.

How a score comes about, from the bottom up:

1. ``norm = clamp((value - red) / (target - red), 0, 1) * 100`` for each KPI that has a
   value: 0 at its red line or beyond, 100 at its target or beyond, straight in between.
   Nothing is gained or lost beyond the target, so better is never worse.
2. ``category = sum(weight * norm) / sum(weight)`` over the KPIs that have a value.
3. ``overall = sum(category weight * category) / sum(category weight)`` over the
   categories that have a score.
4. Coverage is the share of the weight that stands behind the overall score, in percent. A
   KPI without activity or not supplied lowers it, one that does not apply does not; under
   the minimum coverage there is a number, but no standing ("Insufficient data").
5. The standing is the band in which the overall score lies, lowered by the overrides in
   force. It is a proposal: people decide.

Sums are exact fractions inside and become a decimal of 34 significant digits once, so
neither the order of the inputs nor the scale of the weights can change a digit. Rounding
(half to even) is for showing only: :func:`display_score`, :func:`kpi_math.quantise`.
"""

from __future__ import annotations

from operations.scoring.bands import DEFAULT_BANDS, Band, Bands
from operations.scoring.card import (
    DEFAULT_CATEGORY_WEIGHTS,
    MINIMUM_COVERAGE,
    CategoryScore,
    Cause,
    KpiScore,
    Movement,
    Override,
    Previous,
    PreviousKpi,
    Scorecard,
    display_score,
    score,
)
from operations.scoring.kpi import STATES, KpiInput, Reading, State, normalise, reading
from operations.scoring.numbers import ScoringError
from operations.scoring.outlook import Move, Outlook, what_would_move_it

__all__ = [
    "DEFAULT_BANDS",
    "DEFAULT_CATEGORY_WEIGHTS",
    "MINIMUM_COVERAGE",
    "STATES",
    "Band",
    "Bands",
    "CategoryScore",
    "Cause",
    "KpiInput",
    "KpiScore",
    "Move",
    "Movement",
    "Outlook",
    "Override",
    "Previous",
    "PreviousKpi",
    "Reading",
    "Scorecard",
    "ScoringError",
    "State",
    "display_score",
    "normalise",
    "reading",
    "score",
    "what_would_move_it",
]
