"""The exact sums beneath a scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from operations.kpi_math import Number, exact
from operations.scoring.kpi import KpiInput
from operations.scoring.numbers import Quotient, ScoringError, fraction


@dataclass(frozen=True, slots=True)
class Sums:
    """The exact sums of a card, as quotients of whole numbers that are not in lowest terms: (upper, lower).

    All are parts of one, not percents. ``norm`` by code, None without one; ``share`` is each counted KPI's part of
    the overall weight. ``score`` and ``coverage`` by category; ``overall`` is None if no weight is available.
    """

    kpis: tuple[KpiInput, ...]
    weights: dict[str, Fraction]
    norm: dict[str, Quotient | None]
    share: dict[str, Quotient]
    category_score: dict[str, Quotient | None]
    category_coverage: dict[str, Quotient]
    overall: Quotient | None
    coverage: Quotient


def weigh(kpis: Iterable[KpiInput], category_weights: Mapping[str, Number]) -> Sums:
    ordered = tuple(sorted(kpis, key=_by_code))
    for one, other in pairwise(ordered):
        if one.code == other.code:
            raise ScoringError(f"The KPI {one.code} is on the scorecard twice.")
    weights: dict[str, Fraction] = {}
    for name, given in category_weights.items():
        weights[name] = fraction(given, f"The weight of the category {name}")
        if weights[name] < 0:
            raise ScoringError(f"The weight of the category {name} cannot be negative.")

    members: dict[str, list[KpiInput]] = {name: [] for name in weights}
    norm: dict[str, Quotient | None] = {}
    for kpi in ordered:
        if kpi.category not in members:
            raise ScoringError(f"{kpi.code}: the category {kpi.category} has no weight.")
        members[kpi.category].append(kpi)
        norm[kpi.code] = _clamped(kpi.progress())

    whole_weights = _whole(weights.values())
    expected = available = 0
    behind: Quotient = (0, 1)
    total: Quotient = (0, 1)
    category_score: dict[str, Quotient | None] = {}
    category_coverage: dict[str, Quotient] = {}
    within: dict[str, Quotient] = {}
    for (name, group), weight in zip(members.items(), whole_weights, strict=True):
        possible = have = 0
        summed: Quotient = (0, 1)
        counted: list[tuple[str, int]] = []
        for kpi, part in zip(group, _whole(exact(kpi.weight) for kpi in group), strict=True):
            if kpi.state == "not_applicable":
                continue
            possible += part
            own = norm[kpi.code]
            if own is not None:
                have += part
                counted.append((kpi.code, part))
                summed = _plus(summed, (part * own[0], own[1]))
        category_coverage[name] = (have, possible) if possible else (0, 1)
        category_score[name] = None
        if possible or not any(kpi.weight for kpi in group):
            expected += weight
        if have:
            for code, part in counted:
                within[code] = (weight * part, have)
            category_score[name] = reached = (summed[0], summed[1] * have)
            available += weight
            behind = _plus(behind, (weight * have, possible))
            total = _plus(total, (weight * reached[0], reached[1]))
    return Sums(
        kpis=ordered,
        weights=weights,
        norm=norm,
        share={code: (top, bottom * available) for code, (top, bottom) in within.items()} if available else {},
        category_score=category_score,
        category_coverage=category_coverage,
        overall=(total[0], total[1] * available) if available else None,
        coverage=(behind[0], behind[1] * expected) if expected else (0, 1),
    )


def _by_code(kpi: KpiInput) -> str:
    return kpi.code


def _whole(weights: Iterable[Fraction]) -> list[int]:
    """Return weights as whole numbers of the same proportions."""
    listed = list(weights)
    common = lcm(*[weight.denominator for weight in listed])
    return [weight.numerator * (common // weight.denominator) for weight in listed]


def _clamped(progress: Quotient | None) -> Quotient | None:
    if progress is None:
        return None
    come, way = progress
    return (0, 1) if come <= 0 else (1, 1) if come >= way else progress


def _plus(one: Quotient, other: Quotient) -> Quotient:
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]
