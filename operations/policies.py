"""What a scoring policy must be to be usable: checked before it is saved."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from operations.models.kpi import Category

CADENCES = ("month", "quarter", "half_year", "year")
STANDINGS = ("preferred", "acceptable", "watch", "probation")


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def problems(policy: Any) -> dict[str, list[str]]:
    """Return sentences by field for what is wrong with a policy; empty when it can be used."""
    found: dict[str, list[str]] = {}
    weights = policy.category_weights
    if not isinstance(weights, dict) or set(weights) - set(Category.values):
        found["category_weights"] = [f"Give a weight for each of: {', '.join(Category.values)}."]
    else:
        numbers = [_number(value) for value in weights.values()]
        if any(number is None or number < 0 for number in numbers):
            found["category_weights"] = ["Each weight is a number of 0 or more."]
        elif sum(number for number in numbers if number) != 100:
            total = sum(number for number in numbers if number)
            found["category_weights"] = [f"The weights have to total 100; they total {total}."]
    bands = policy.bands
    if not isinstance(bands, list) or [band.get("standing") for band in bands if isinstance(band, dict)] != list(
        STANDINGS
    ):
        found["bands"] = [f"Give the bands in this order: {', '.join(STANDINGS)}."]
    else:
        edges = [_number(band.get("from")) for band in bands]
        if any(edge is None for edge in edges):
            found["bands"] = ["Each band begins at a number."]
        elif edges[-1] != 0 or any(
            upper <= lower for upper, lower in pairwise(edges) if upper is not None and lower is not None
        ):
            found["bands"] = ["Bands begin at falling numbers and the last begins at 0, so that every score has one."]
        elif edges[0] is not None and edges[0] >= 100:
            found["bands"] = ["The best band begins below 100: it has to be wider than one single score."]
    cadences = policy.cadence_by_tier
    if (
        not isinstance(cadences, dict)
        or set(cadences) != {"1", "2", "3", "none"}
        or set(cadences.values()) - set(CADENCES)
    ):
        found["cadence_by_tier"] = [f"Give for tiers 1, 2, 3 and “none” one of: {', '.join(CADENCES)}."]
    return found
