"""The total cost of partnership of an RFP's bidders as plain values, open down to each line and its formula."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from evaluation.api.shapes import KEY, NO_NUMBER, NO_WHOLE, NUMBER, PROBLEM, TEXT, TEXTS, WHOLE, array, described, rows
from evaluation.costing.lines import COMPONENTS
from evaluation.costs import Costs

SEALED = "Prices are sealed until the commercial envelopes are opened."
NOTHING = "There is nothing to count: this RFP has no quantities, no base currency or no proposal in the running."


def costs_as_json(costs: Costs, proposals: list[Any]) -> dict[str, Any]:
    """Return every bidder's cost in every scenario; `problem` says why there is none."""
    found = costs.comparison
    if found is None:
        why = costs.problem or (NOTHING if costs.rfp.state in costs.rfp.PRICED else SEALED)
        return {"problem": why, "scenarios": [], "unpriced": [], "should_cost": [], "sentence": ""}
    gaps = [(one, costs.gap(one)) for one in proposals]
    return {
        "problem": "",
        "scenarios": [
            {
                "scenario": one.scenario,
                "basis": one.basis,
                "sentence": one.sentence,
                "bidders": [
                    *(_standing(standing) for standing in one.standings),
                    *(_cost(cost) for cost in one.not_computable),
                ],
            }
            for one in found.scenarios
        ],
        "unpriced": [
            {"proposal_id": one.bidder, "type": one.type, "other_ids": list(one.others), "sentence": one.sentence}
            for one in found.unpriced
        ],
        "should_cost": [
            {"proposal_id": one.pk, "percent": gap.percent, "sentence": gap.sentence} for one, gap in gaps if gap
        ],
        "sentence": found.sentence,
    }


def _standing(standing: Any) -> dict[str, Any]:
    told = ("rank", "price", "price_rank", "difference", "difference_percent", "sentence")
    return {**_cost(standing.cost), **{name: getattr(standing, name) for name in told}}


def _cost(cost: Any) -> dict[str, Any]:
    return {
        "proposal_id": cost.bidder,
        "name": cost.name,
        "rank": None,
        "price": None,
        "price_rank": None,
        "difference": None,
        "difference_percent": None,
        "sentence": "",
        "currency": cost.currency,
        "total": cost.total_npv,
        "per_unit": cost.per_unit,
        "released": cost.released_pv,
        "formula": cost.formula,
        "not_computable": cost.not_computable,
        "components": [
            {"component": code, "kind": COMPONENTS[code][0], "name": COMPONENTS[code][1], "present_value": amount}
            for code, amount in cost.components.items()
        ],
        "years": [
            {
                "year": one.year,
                "demand": one.demand,
                "batches": one.batches,
                "released": one.released,
                "factor": one.factor,
                "total": one.total,
                "present_value": one.present_value,
                "formula": one.formula,
            }
            for one in cost.years
        ],
        "lines": [asdict(one) for one in cost.lines],
        "included": list(cost.included),
    }


_COST = described(
    proposal_id=KEY,
    name=TEXT,
    rank=NO_WHOLE,
    price=NO_NUMBER,
    price_rank=NO_WHOLE,
    difference=NO_NUMBER,
    difference_percent=NO_NUMBER,
    sentence=TEXT,
    currency=TEXT,
    total={**NO_NUMBER, "description": "Present value of everything."},
    per_unit=NO_NUMBER,
    released=NO_NUMBER,
    formula=TEXT,
    not_computable={"type": "string", "description": "What is not told yet, as sentences; never counted as 0."},
    components=rows(component=TEXT, kind=TEXT, name=TEXT, present_value=NUMBER),
    years=rows(
        year=WHOLE,
        demand=NUMBER,
        batches=WHOLE,
        released=NUMBER,
        factor=NUMBER,
        total=NUMBER,
        present_value=NUMBER,
        formula=TEXT,
    ),
    lines=rows(
        component=TEXT,
        year=WHOLE,
        code=TEXT,
        label=TEXT,
        formula=TEXT,
        amount=NUMBER,
        present_value=NUMBER,
        assumption=TEXT,
    ),
    included={**TEXTS, "description": "Lines that another price holds already."},
)
COSTS = described(
    version={"type": "integer", "description": "Of the RFP."},
    problem=PROBLEM,
    scenarios=rows(scenario=TEXT, basis=TEXT, sentence=TEXT, bidders=array(_COST)),
    unpriced=rows(proposal_id=KEY, type=TEXT, other_ids=array(KEY), sentence=TEXT),
    should_cost=rows(proposal_id=KEY, percent=NO_NUMBER, sentence=TEXT),
    sentence=TEXT,
)
