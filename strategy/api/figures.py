"""Everything that is worked out from a strategy, each as a value or as the sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from cmo_lifecycle.doors.rest.kinds import Key, nullable
from strategy.models import Strategy
from strategy.reading import CASES, Reading, Sum
from strategy.rules import conflicts
from strategy.sums import batches, cash, factors, pairwise

TEXT = {"type": "string"}
NUMBER = {"type": "string", "description": "A decimal."}
YEAR = {"type": "integer"}


def figures(strategy: Strategy) -> dict[str, Any]:
    """Return all figures of a strategy by name: `{"value": …, "problem": …}`; both null where nothing was entered."""
    reading = Reading(strategy)
    risks = Sum.of(lambda: reading.assessed)
    return {
        "weights": _told(_weights(reading), lambda found: found),
        "batches": _told(reading.batches, _batches),
        "capacity": _told(reading.gaps, lambda years: [asdict(year) for year in years]),
        "make_or_buy": _told(reading.make_or_buy, _make_or_buy),
        "sensitivity": _told(reading.sensitivity, asdict),
        "factors": _told(reading.weighed, asdict),
        "risks": _told(
            Sum(risks.value or None, risks.problem),
            lambda found: [{"risk_id": row.pk, **asdict(assessment)} for row, assessment in found],
        ),
        "segment": _told(Sum(reading.segment), asdict),
        "conflicts": [
            {"sentence": one.sentence, "because": [asdict(cause) for cause in one.because]}
            for one in conflicts(reading.snapshot)
        ],
    }


def _told(found: Sum[Any], say: Callable[[Any], Any]) -> dict[str, Any]:
    return {
        "value": None if found.value is None else say(found.value),
        "problem": None if found.problem is None else str(found.problem),
    }


def _weights(reading: Reading) -> Sum[dict[str, Any]]:
    found = reading.priorities
    if found.problem is not None:
        return Sum(problem=found.problem)
    if not reading.attributes:
        return Sum()
    weights = reading.weights
    told: dict[str, Any] = {
        "by": reading.strategy.weights_by,
        "weights": [
            {
                "attribute_id": row.attribute_id,
                "code": row.attribute.code,
                "name": row.attribute.name,
                "weight": weights[row.attribute.code],
            }
            for row in reading.attributes
        ],
    }
    names = ("lambda_max", "consistency_index", "consistency_ratio", "acceptable")
    return Sum({**told, **{name: getattr(found.value, name, None) for name in names}})


def _batches(by_case: dict[str, dict[int, int]]) -> list[dict[str, int]]:
    return [{"year": year, **{case: by_case[case][year] for case in CASES}} for year in by_case["base"]]


def _make_or_buy(found: cash.MakeOrBuy) -> dict[str, Any]:
    told = asdict(found)
    # The decimal says it; the exact fraction is for the sums.
    told["break_even"].pop("exact")
    return told


# ---------------------------------------------------------------- as OpenAPI


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _rows(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(**properties)}


def _sum(value: dict[str, Any], description: str) -> dict[str, Any]:
    problem = {**nullable(TEXT), "description": "What keeps it from being worked out, and what to do."}
    return {**_object(value=nullable(value), problem=problem), "description": description}


def _decimals(*names: str) -> dict[str, dict[str, Any]]:
    return dict.fromkeys(names, NUMBER)


_SIDES = {"type": "string", "enum": ["make", "buy", "neither"]}
ANSWER = _object(
    version={"type": "integer", "description": "Of the strategy."},
    weights=_sum(
        _object(
            by={"type": "string", "enum": Strategy.WeightsBy.values},
            weights=_rows(attribute_id=Key().schema(), code=TEXT, name=TEXT, weight=NUMBER),
            lambda_max=nullable(NUMBER),
            consistency_index=nullable(NUMBER),
            consistency_ratio={
                **nullable(NUMBER),
                "description": f"Above {pairwise.ACCEPTABLE} the comparisons contradict each other.",
            },
            acceptable={"type": ["boolean", "null"]},
        ),
        "Weights of the attributes in percent; the consistency where they come from pairwise comparison.",
    ),
    batches=_sum(
        _rows(year=YEAR, low={"type": "integer"}, base={"type": "integer"}, high={"type": "integer"}),
        "Batches to start each year, by case of demand.",
    ),
    capacity=_sum(
        _rows(
            year=YEAR,
            **_decimals("need", *batches.KINDS, "gap", "gap_with_options"),
            utilisation=nullable(NUMBER),
        ),
        "Batches needed at base demand against capacity, year by year.",
    ),
    make_or_buy=_sum(
        _object(
            currency=TEXT,
            **_decimals("npv_make", "npv_buy", "difference", "undiscounted_make", "undiscounted_buy"),
            years=_rows(
                year=YEAR,
                **_decimals("factor", "make", "buy", "make_discounted", "buy_discounted", "cumulative_difference"),
            ),
            break_even=_object(volume=nullable(NUMBER), sentence=TEXT),
        ),
        "Present values of making and of buying at base demand, and where they break even.",
    ),
    sensitivity=_sum(
        _object(**_decimals(*CASES), steady={"type": "boolean"}, sentence=TEXT),
        "The difference (make - buy) at low, base and high demand.",
    ),
    factors=_sum(
        _object(**_decimals("make", "buy", "difference"), favours=_SIDES, sentence=TEXT),
        f"What has no price, weighed: 0 to {factors.HIGHEST} for each.",
    ),
    risks=_sum(
        _rows(
            risk_id=Key().schema(),
            rpn={"type": "integer"},
            needs_action={"type": "boolean"},
            why={"type": "array", "items": {"type": "string", "enum": ["threshold", "severity_gate"]}},
            sentence=TEXT,
        ),
        "The risk register, worst first.",
    ),
    segment=_sum(_object(code=TEXT, name=TEXT, meaning=TEXT), "Supply risk against profit impact."),
    conflicts={
        **_rows(sentence=TEXT, because=_rows(source=TEXT, label=TEXT, value=TEXT)),
        "description": "Answers that fight with each other.",
    },
)
