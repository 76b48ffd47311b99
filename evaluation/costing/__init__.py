"""Total cost of partnership: plain values in, exact decimals and words out.

`lines` brings quotes into one form; `inputs` holds the frame that all bidders share and the terms of each; `total`
makes the cost of one bidder in one scenario (`paid` and `risks` are its parts); `compare` puts bidders beside each
other. Source: domain reference, section 3.2.

Nothing here knows a database row or a clock. Whatever nobody can mean is refused with
:class:`~strategy.sums.errors.SumError`; whatever has not been told makes a cost not computable, in a sentence.
"""

from __future__ import annotations

from evaluation.costing.compare import Bar, Comparison, Scenario, Standing, Unpriced, compare_costs, unpriced
from evaluation.costing.inputs import Batch, Bid, Frame, Oversight, Risks, scenarios_of
from evaluation.costing.lines import COMPONENTS, TYPES, UNITS, PriceLine
from evaluation.costing.total import Cost, CostLine, CostYear, Gap, should_cost_gap, total_cost
from strategy.sums.cash import Rate

__all__ = [
    "COMPONENTS",
    "TYPES",
    "UNITS",
    "Bar",
    "Batch",
    "Bid",
    "Comparison",
    "Cost",
    "CostLine",
    "CostYear",
    "Frame",
    "Gap",
    "Oversight",
    "PriceLine",
    "Rate",
    "Risks",
    "Scenario",
    "Standing",
    "Unpriced",
    "compare_costs",
    "scenarios_of",
    "should_cost_gap",
    "total_cost",
    "unpriced",
]
