"""What stands beside the questions of a strategy: what an answer brings about, and drawings."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.doors.writing import Screen, Written
from strategy import drawing, rules
from strategy.overview import Overview

#: Tables whose weights are to add up to 100.
WEIGHED = ("objectives", "attributes")


def options(written: Written, screen: Screen) -> list[dict[str, Any]]:
    """The choices of one of the four questions, each with what it brings about."""
    return [
        {"box": box, "value": box.data["value"], "follows": rules.what_follows(screen.question, box.data["value"])}
        for box in written.form[screen.question]
    ]


def plots(screen: Screen, overview: Overview) -> dict[str, Any]:
    reading, strategy = overview.reading, overview.strategy
    match screen.key:
        case "demand" if reading.demand:
            return {"demand": drawing.demand(reading.demand, strategy.demand_unit or "units")}
        case "capacity" if reading.gaps.value:
            return {"capacity": drawing.capacity(reading.gaps.value, reading.needed)}
        case "make-or-buy" if reading.make_or_buy.value:
            return {"cash": drawing.cash(reading.make_or_buy.value)}
        case "segment" if reading.segment is not None:
            return {"matrix": drawing.matrix(strategy.supply_risk or 0, strategy.profit_impact or 0, reading.segment)}
    return {}
