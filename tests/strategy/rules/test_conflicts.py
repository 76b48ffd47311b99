"""Answers that fight, each with the answer that would end the fight."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from strategy.rules import conflicts
from strategy.rules.conflicts import CHECKS
from strategy.snapshot import Answer, Capacity, Risk, Snapshot
from tests.strategy.rules.cases import D, attribute, attributes, clinical_supply, demand, virtual_company

LATER = Answer("in_house_later", date(2030, 6, 30))
WEIGHED = attributes(attribute("total_cost", 40), attribute("quality_compliance", 60))

#: The check, a strategy in which it speaks, and the one change after which it does not.
CASES = {
    "sole_but_security_heaviest": (
        Snapshot(
            alternates=Answer("sole"), attributes=attributes(attribute("supply_security", 60), attribute("speed", 40))
        ),
        {"attributes": attributes(attribute("supply_security", 40), attribute("speed", 60))},
    ),
    "term_ends_before_in_house": (
        Snapshot(core=Answer("core"), sourcing_intent=LATER, duration=Answer("short_term", date(2030, 6, 29))),
        {"duration": Answer("short_term", date(2030, 6, 30))},
    ),
    "in_house_without_core": (Snapshot(sourcing_intent=LATER), {"core": Answer("core")}),
    "in_house_but_not_core": (
        Snapshot(sourcing_intent=LATER, core=Answer("not_core")),
        {"core": Answer("adjacent")},
    ),
    "core_without_protection": (
        Snapshot(
            core=Answer("core"), sourcing_intent=Answer("stay_outsourced"), exit_intent="Stock.", attributes=WEIGHED
        ),
        {"attributes": WEIGHED | attributes(attribute("ip_protection", 5))},
    ),
    "outsourced_without_exit": (
        Snapshot(
            sourcing_intent=Answer("stay_outsourced"),
            attributes=WEIGHED | attributes(attribute("exit_readiness", 0)),
        ),
        {"exit_intent": "A transfer to a second CMO."},
    ),
    "other_source_after_the_term": (
        Snapshot(alternates=Answer("dual", date(2030, 1, 1)), duration=Answer("long_term", date(2029, 12, 31))),
        {"alternates": Answer("dual", date(2029, 12, 31))},
    ),
    "strategic_but_short": (
        Snapshot(segment="strategic", duration=Answer("short_term")),
        {"duration": Answer("long_term")},
    ),
    "leverage_without_choice": (Snapshot(segment="leverage", alternates=Answer("sole")), {"segment": "bottleneck"}),
    "routine_at_tier_one": (Snapshot(tier=1, segment="routine"), {"tier": 2}),
    "uncertain_but_rigid": (
        Snapshot(demand=demand((2027, 100, 120, 150)), attributes=WEIGHED),
        {"demand": demand((2027, 100, 120, 149))},
    ),
    "tier_one_without_oversight": (Snapshot(tier=1, own_oversight_budget=D(0)), {"own_oversight_budget": D(1)}),
    "transactional_but_close": (
        Snapshot(relationship_type="transactional", duration=Answer("long_term")),
        {"relationship_type": "preferred"},
    ),
    "cost_before_quality_at_tier_one": (
        Snapshot(tier=1, attributes=attributes(attribute("total_cost", 51), attribute("quality_compliance", 49))),
        {"attributes": attributes(attribute("total_cost", 50), attribute("quality_compliance", 50))},
    ),
    "backup_without_capacity": (
        Snapshot(sourcing_intent=Answer("in_house_backup"), capacity=(Capacity(2027, "committed", D(4)),)),
        {"capacity": (Capacity(2027, "committed", D(4)), Capacity(2027, "in_house", D(1)))},
    ),
    "long_before_proof": (Snapshot(duration=Answer("long_term"), phase="phase_1"), {"phase": "phase_2"}),
    "supply_risk_without_weight": (
        Snapshot(risks=(Risk("supply", 9, 1, 1),), attributes=WEIGHED),
        {"risks": (Risk("supply", 8, 1, 1),)},
    ),
    "term_beyond_horizon": (
        Snapshot(duration=Answer("long_term", date(2031, 1, 1)), horizon_to=2030),
        {"horizon_to": 2031},
    ),
    "must_have_without_weight": (
        Snapshot(attributes=WEIGHED | attributes(attribute("speed", 0, must_have=True))),
        {"attributes": WEIGHED | attributes(attribute("speed", 1, must_have=True))},
    ),
    "exclusive_knowledge_leaves": (
        Snapshot(core=Answer("core"), alternates=Answer("multi")),
        {"alternates": Answer("dual")},
    ),
}


@pytest.mark.parametrize("key", CASES)
def test_a_fight_is_said_until_it_ends(key):
    snapshot, change = CASES[key]
    (found,) = conflicts(snapshot)
    assert found.key == key
    assert found.sentence[0].isupper() and found.sentence[-1] in ".?"
    assert found.because
    assert all(cause.source and cause.label and cause.value for cause in found.because)
    assert conflicts(replace(snapshot, **change)) == ()


def test_every_check_has_its_case():
    assert sorted(CASES) == sorted(check.__name__ for check in CHECKS)
    assert len(CHECKS) >= 8


def test_nothing_fights_where_nothing_is_said():
    assert conflicts(Snapshot()) == ()


def test_the_whole_strategies_fight_where_they_do():
    assert [found.key for found in conflicts(virtual_company())] == ["sole_but_security_heaviest"]
    assert [found.key for found in conflicts(clinical_supply())] == ["outsourced_without_exit"]


def test_a_fight_names_its_days():
    snapshot, _ = CASES["term_ends_before_in_house"]
    assert conflicts(snapshot)[0].sentence == (
        "The term ends on 29 June 2030, before the work comes in-house by 30 June 2030: who supplies in between?"
    )
