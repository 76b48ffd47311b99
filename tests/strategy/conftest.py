"""A whole strategy, written through the doors as a person would."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

#: Fields of VX-12's strategy, in the order of the writer's screens.
ANSWERS: dict[str, Any] = {
    "scope": "Drug substance of VX-12 from the working cell bank to the frozen bulk, and its filling into vials.",
    "starts_on": date(2027, 1, 4),
    "launch_on": date(2028, 6, 1),
    "horizon_from": 2027,
    "horizon_to": 2030,
    "relationship_type": "strategic",
    "core_competency": "adjacent",
    "core_rationale": "We must understand the process to file it, but we own no plant of that scale.",
    "core_evidence": "Capability review of March 2026.",
    "sourcing_intent": "stay_outsourced",
    "intent_rationale": "Building a plant would not pay before 2032.",
    "alternates": "dual",
    "alternate_by": date(2029, 6, 30),
    "alternate_plan": "Transfer to a second site once the first has made three batches at commercial scale.",
    "alternates_rationale": "One site is too little for a product that nobody else makes.",
    "duration": "long_term",
    "duration_rationale": "A transfer takes two years, so the partner is to stay for the life of the product.",
    "exit_intent": "Two years of notice, with the process description, cell bank and retained samples in our hands.",
    "weights_by": "direct",
    "demand_unit": "vials",
    "batch_output": Decimal(10_000),
    "batch_yield": Decimal(90),
    "batch_failure": Decimal(5),
    "currency": "EUR",
    "discount_rate": Decimal(8),
    "make_or_buy": "Buying is cheaper at every demand that we expect.",
    "market_notes": "Few CMOs run this scale; two are building.",
    "constraints": "The filing names one fill line until 2029.",
    "budget": Decimal(4_000_000),
    "oversight_budget": Decimal(350_000),
    "tier": 1,
    "tier_rationale": "A sterile biologic with one source to begin with.",
    "supply_risk": 80,
    "profit_impact": 90,
    "segment_rationale": "Few can make it, and the company hangs on it.",
    "review_due": date(2027, 9, 30),
}


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of VX-12's strategy by table. Asks the database for the catalogue."""
    from strategy.models import PartnershipAttribute

    named = PartnershipAttribute.objects.in_bulk(field_name="code")
    return {
        "objectives": [
            {
                "text": "Supply the launch without a gap",
                "goal": "Launch VX-12 in 2028",
                "measure": "No patient waits for a vial",
                "weight": Decimal(60),
            },
            {
                "text": "Know the process well enough to move it",
                "goal": "Own what sets us apart",
                "weight": Decimal(40),
            },
        ],
        "attributes": [
            {
                "attribute": named["quality_compliance"],
                "weight": Decimal(40),
                "must_have": True,
                "rationale": "The licence is ours.",
            },
            {"attribute": named["supply_security"], "weight": Decimal(35)},
            {"attribute": named["total_cost"], "weight": Decimal(25)},
        ],
        "demand": [
            {"year": 2027, "low": Decimal(0), "base": Decimal(8_000), "high": Decimal(12_000)},
            {"year": 2028, "low": Decimal(20_000), "base": Decimal(40_000), "high": Decimal(60_000)},
            {"year": 2029, "low": Decimal(40_000), "base": Decimal(80_000), "high": Decimal(120_000)},
            {"year": 2030, "low": Decimal(50_000), "base": Decimal(90_000), "high": Decimal(150_000)},
        ],
        "capacity": [
            {"year": 2028, "kind": "committed", "place": "Harrow Cork", "batches": Decimal(4)},
            {"year": 2029, "kind": "committed", "place": "Harrow Cork", "batches": Decimal(8)},
            {"year": 2029, "kind": "option", "place": "Harrow Cork", "batches": Decimal(4)},
        ],
        "cash_flows": [
            {"option": "make", "year": 2027, "kind": "one_off", "label": "Plant", "amount": Decimal(30_000_000), "currency": "EUR"},
            {"option": "make", "year": 2028, "kind": "per_batch", "label": "Batch of our own", "amount": Decimal(180_000), "currency": "EUR"},
            {"option": "buy", "year": 2027, "kind": "one_off", "label": "Transfer", "amount": Decimal(2_500_000), "currency": "EUR"},
            {"option": "buy", "year": 2028, "kind": "per_batch", "label": "Batch of the CMO", "amount": Decimal(420_000), "currency": "USD"},
        ],
        "rates": [{"currency": "USD", "per_base": Decimal("1.10"), "on": date(2026, 11, 2), "source": "ECB"}],
        "factors": [
            {"name": "Control of the process", "weight": Decimal(2), "make": Decimal(5), "buy": Decimal(3)},
            {"name": "Speed to launch", "weight": Decimal(3), "make": Decimal(1), "buy": Decimal(4)},
        ],
        "forces": [{"name": "suppliers", "strength": 4, "note": "They can choose their customers."}],
        "known_cmos": [
            {
                "name": "Harrow Biologics",
                "capability": "Mammalian culture up to 2,000 L, and vials",
                "outlook": "tight",
                "geopolitical_risk": 1,
                "supply_risk": 3,
            }
        ],
        "risks": [
            {
                "text": "The only fill line is down in the launch quarter",
                "category": "supply",
                "severity": 9,
                "occurrence": 3,
                "detection": 4,
                "accepted_because": "Three months of stock stand before the launch",
            }
        ],
        "stakeholders": [
            {
                "name": "Head of commercial",
                "function": "Commercial",
                "interest": "Stock in every market on the first day",
                "influence": 5,
            }
        ],
    }  # fmt: skip


def write_whole(programme: Any, actor: Any) -> Any:
    """Write a strategy for the programme, through the doors: ready for review but for its undecided consequences.

    What follows is worked out once, with the last table: most stories need no more, and it takes the longest.
    """
    from cmo_lifecycle.workflow import edits, parts
    from strategy.models import Strategy

    *first, (last, last_rows) = tables().items()
    with mock.patch.object(Strategy, "edited"):
        strategy = edits.create(Strategy, {"programme": programme, "scope": ANSWERS["scope"]}, actor=actor)
        strategy = edits.update(strategy, ANSWERS, actor=actor, version=strategy.version)
        for name, rows in first:
            strategy = parts.write(
                strategy, parts.parts_of(Strategy)[name], rows, actor=actor, version=strategy.version
            )
    return parts.write(strategy, parts.parts_of(Strategy)[last], last_rows, actor=actor, version=strategy.version)


@pytest.fixture
def written(alice: Any, vx12: Any) -> Any:
    """The strategy of VX-12, a draft by Alice with nothing missing but decisions on what it asks for."""
    return write_whole(vx12, alice)
