"""From measurements to a scorecard: the policy's rules applied by `operations.scoring`, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Literal, cast

from operations.kpi.formulas import SHARES, Measurement
from operations.kpi_math import KpiMathError, rate, six
from operations.models import KpiDefinition, KpiObservation, Review, ScoringPolicy
from operations.scoring import (
    Band,
    Bands,
    KpiInput,
    Outlook,
    Override,
    Previous,
    PreviousKpi,
    Scorecard,
    State,
    score,
    what_would_move_it,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy and its definitions, read once for many scorecards.

    `weights` has the categories in which something is scored. `kpis` has for each definition the KPI as scoring
    wants it, still without a measurement; None for one that is not scored.
    """

    policy: ScoringPolicy
    definitions: tuple[KpiDefinition, ...]
    keys: tuple[str, ...]
    kpis: tuple[KpiInput | None, ...]
    weights: Mapping[str, Decimal]
    bands: Bands
    least_coverage: Decimal

    @classmethod
    def of(cls, policy: ScoringPolicy, definitions: Sequence[KpiDefinition]) -> Rules:
        used = {definition.category for definition in definitions if definition.is_scored}
        return cls(
            policy=policy,
            definitions=tuple(definitions),
            keys=tuple(str(definition.pk) for definition in definitions),
            kpis=tuple(kpi_of(definition) if definition.is_scored else None for definition in definitions),
            weights={category: Decimal(str(policy.category_weights.get(category, 0))) for category in sorted(used)},
            bands=bands_of(policy),
            least_coverage=policy.least_coverage,
        )


def bands_of(policy: ScoringPolicy) -> Bands:
    """Return the policy's standings as bands: each from its own edge to that of the better one."""
    edges = [Decimal(str(band["from"])) for band in policy.bands]
    tops = [Decimal(100), *edges[:-1]]
    return Bands(
        tuple(
            Band(band["standing"], band["label"], low, high)
            for band, low, high in zip(policy.bands, edges, tops, strict=True)
        )
    )


def kpi_of(definition: KpiDefinition) -> KpiInput:
    """Return a definition as scoring wants it, without a measurement. Only for one that is scored."""
    direction: Literal["up", "down"] = "up" if definition.direction == KpiDefinition.Direction.UP else "down"
    return KpiInput(
        code=definition.code,
        category=definition.category,
        weight=definition.weight,
        state="no_activity",
        direction=direction,
        target=definition.target,
        red=definition.red_line,
        per=100 if definition.formula in SHARES else None,
        minimum_sample=definition.minimum_sample,
        places=definition.decimals,
    )


def inputs_of(rules: Rules, found: Sequence[Measurement]) -> list[KpiInput]:
    """Return what was measured of each definition, in their order, as scoring wants it."""
    inputs = []
    for kpi, measurement in zip(rules.kpis, found, strict=True):
        if kpi is not None:
            state = cast(State, str(measurement.state))
            # Of a share the counts are the truth; every other value stands by itself.
            by_counts = kpi.per is not None and state == "ok"
            inputs.append(
                kpi.measured(
                    state,
                    value=None if by_counts else measurement.value,
                    numerator=measurement.numerator if by_counts else None,
                    denominator=measurement.denominator,
                    coverage=measurement.coverage,
                )
            )
    return inputs


def card_of(
    rules: Rules, found: Sequence[Measurement], previous: Previous | None, overrides: Sequence[Override] = ()
) -> Scorecard:
    """Score one review."""
    return score(
        inputs_of(rules, found),
        rules.weights,
        bands=rules.bands,
        overrides=overrides,
        previous=previous,
        minimum_coverage=rules.least_coverage,
    )


_TWELVE = Decimal("1E-12")
_WIDE = Context(prec=60)


# Shares, norms at their ends and points of few lines come again and again.
@lru_cache(maxsize=4096)
def _kept(value: Decimal | None) -> str | None:
    """Twelve decimals without idle zeros: far below anything shown, and equal for equal values."""
    if value is None:
        return None
    text = format(_WIDE.quantize(value, _TWELVE), "f").rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def result_of(
    rules: Rules, card: Scorecard, found: Sequence[Measurement], as_of: date, against: str | None
) -> dict[str, Any]:
    """Return what a review keeps of its scorecard, as plain JSON with decimals as texts.

    `as_of`: the local day on which was looked. `overall` in full. `kpis` by code: norm, share, points, lost,
    level, reading. `notes` by code: why there is no value. `against`: the period that `change` and
    `movements` compare with, None for a first review. `binding`: overrides that lowered the standing.
    """
    return {
        "as_of": as_of.isoformat(),
        "overall": None if card.overall is None else format(card.overall, "f"),
        "sufficient": card.sufficient,
        "least_coverage": _kept(rules.least_coverage),
        "score_standing": card.score_standing,
        "weights": {category: _kept(weight) for category, weight in rules.weights.items()},
        "categories": {
            category.category: {"score": _kept(category.score), "coverage": _kept(category.coverage)}
            for category in card.categories
        },
        "kpis": {
            kpi.code: {
                "norm": _kept(kpi.norm),
                "share": _kept(kpi.share),
                "points": _kept(kpi.points),
                "lost": _kept(kpi.lost),
                "level": kpi.reading.level,
                "reading": kpi.reading.words,
            }
            for kpi in card.kpis
        },
        "notes": {
            definition.code: measurement.words
            for definition, measurement in zip(rules.definitions, found, strict=True)
            if measurement.words
        },
        "against": against if card.change is not None else None,
        "change": _kept(card.change),
        "movements": [
            {
                "code": move.code,
                "before": _kept(move.before),
                "now": _kept(move.now),
                "change": _kept(move.change),
                "cause": move.cause,
            }
            for move in card.movements
        ],
        "overrides": [{"reason": o.reason, "cap": o.cap} for o in card.overrides],
        "binding": [{"reason": o.reason, "cap": o.cap} for o in card.binding],
    }


def previous_of(result: Mapping[str, Any] | None) -> Previous | None:
    """Return what the next review compares with, from the `overall` and `kpis` a review kept."""
    if not result or result.get("overall") is None:
        return None
    try:
        return Previous(
            Decimal(result["overall"]),
            {
                code: PreviousKpi(
                    None if kpi["norm"] is None else Decimal(kpi["norm"]), Decimal(kpi["share"]), Decimal(kpi["points"])
                )
                for code, kpi in result["kpis"].items()
            },
        )
    except (KeyError, TypeError, ArithmeticError, KpiMathError):
        # A result of another shape is no reason not to score the next period.
        return None


def put_on(review: Review, rules: Rules, card: Scorecard, result: dict[str, Any]) -> None:
    """Set the scorecard on a review, not saved."""
    review.policy = rules.policy
    review.score = six(card.overall)
    review.coverage = six(card.coverage)
    review.standing = card.standing or Review.Standing.INSUFFICIENT
    review.result = result


OBSERVATION_COLUMNS = (
    "id", "review_id", "definition_id", "category", "state", "numerator", "denominator", "value", "coverage",
    "normalised", "small_sample", "currency",
)  # fmt: skip


def observation_rows(
    make_id: Any, review_id: Any, rules: Rules, card: Scorecard, found: Sequence[Measurement]
) -> list[tuple[Any, ...]]:
    """Return the rows of a review's observations, in the order of OBSERVATION_COLUMNS."""
    norms = {kpi.code: kpi.norm for kpi in card.kpis}
    # As text already: making it of a UUID costs as much as all the rest of a row.
    review_id = str(review_id)
    return [
        (
            make_id(),
            review_id,
            key,
            definition.category,
            measurement.state,
            six(measurement.numerator),
            measurement.denominator,
            six(measurement.value),
            six(measurement.coverage),
            six(norms.get(definition.code)),
            measurement.small_sample,
            measurement.currency,
        )
        for definition, key, measurement in zip(rules.definitions, rules.keys, found, strict=True)
    ]


def measurement_of(observation: KpiObservation) -> Measurement:
    """Return a kept observation as a measurement; a mean is exact again from its counts."""
    definition = observation.definition
    value = observation.value
    if (
        definition.formula == KpiDefinition.Formula.MEAN_DAYS_LATE
        and observation.numerator is not None
        and observation.denominator
        and value is not None
    ):
        value = rate(observation.numerator, observation.denominator)
    return Measurement(
        observation.state,
        observation.numerator,
        observation.denominator,
        value,
        observation.coverage,
        observation.small_sample,
        observation.currency,
    )


def outlook(review: Review, observations: Sequence[KpiObservation] | None = None) -> Outlook | None:
    """Say what would lift a review's standing to the next one, from what the review kept; None if it has nothing.

    `observations` are its own with their definitions, where the caller has fetched them already.
    """
    if observations is None:
        observations = list(review.observations.select_related("definition"))
    if not observations:
        return None
    definitions = [observation.definition for observation in observations]
    rules = Rules.of(review.policy, definitions)
    return what_would_move_it(
        inputs_of(rules, [measurement_of(observation) for observation in observations]),
        rules.weights,
        bands=rules.bands,
        overrides=[Override(**override) for override in review.result.get("overrides", [])],
        minimum_coverage=rules.least_coverage,
    )
