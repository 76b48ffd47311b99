"""One answer at a time: which rules it wakes, and no others."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest

from strategy.rules import FIELDS, GROUPS, RULES, Kind, Rule, as_table, propose, rule
from strategy.rules.attributes import CATALOGUE
from strategy.rules.causes import MODALITIES, PHASES, QUESTIONS, SEGMENTS
from strategy.rules.measures import CRITERIA, KNOCK_OUTS, KPIS, PRIORITIES
from strategy.rules.mechanisms import MECHANISMS
from strategy.rules.risk import CATEGORIES, acts, family
from strategy.snapshot import Answer, Capacity, Risk, Snapshot
from strategy.sums import fmea
from tests.strategy.rules.cases import D, attribute, attributes, demand

SERIOUS = (9, 2, 2)

#: What is answered, and the rules that this and nothing else wakes.
ALONE = {
    "core": (Snapshot(core=Answer("core")), "core.core.{protect_ip,keep_together,choose_by_protection,still_ours}"),
    "adjacent": (Snapshot(core=Answer("adjacent")), "core.adjacent.improvements"),
    "not core": (Snapshot(core=Answer("not_core")), "core.not_core.{use_the_market,own_little}"),
    "outsourced": (
        Snapshot(sourcing_intent=Answer("stay_outsourced")),
        "intent.stay_outsourced.{exit_plan,still_right}",
    ),
    "in-house later": (
        Snapshot(sourcing_intent=Answer("in_house_later")),
        "intent.in_house_later.{transfer,returns,cell_banks,step_in,choose_helpers,on_time}",
    ),
    "in-house back-up": (
        Snapshot(sourcing_intent=Answer("in_house_backup")),
        "intent.in_house_backup.{same_process,free_to_use,still_able}",
    ),
    "sole": (Snapshot(alternates=Answer("sole")), "alternates.sole.{stock,continuity,change_of_control,second_site}"),
    "single": (Snapshot(alternates=Answer("single")), "alternates.single.{option,supply}"),
    "dual": (
        Snapshot(alternates=Answer("dual")),
        "alternates.dual.no_exclusivity alternates.several.{transfer,comparable,on_time}",
    ),
    "multi": (
        Snapshot(alternates=Answer("multi")),
        "alternates.several.{transfer,comparable,on_time} alternates.multi.{allocate,how_many}",
    ),
    "short": (
        Snapshot(duration=Answer("short_term")),
        "duration.short.{end_freely,no_commitments,pay_results,look_ahead}",
    ),
    "long": (Snapshot(duration=Answer("long_term")), "duration.long.{price,improve,choose_for_years,change,govern}"),
    "exit": (Snapshot(exit_intent="Two years of stock."), "exit.{plan,readiness,materials}"),
    "exit from a sole source": (
        Snapshot(exit_intent="Stock.", alternates=Answer("sole")),
        "exit.{plan,readiness,materials,only_source} alternates.sole.{stock,continuity,change_of_control,second_site}",
    ),
    "exit with a cell bank": (
        Snapshot(exit_intent="Stock.", modality="biologic"),
        "exit.{plan,readiness,materials,cell_banks} modality.living.{cell_banks,two_places} modality.sterile"
        " modality.biologic.experience",
    ),
    "tier 1": (Snapshot(tier=1), "tier.1.{governance,cadence,knock_outs,quality_terms,measures}"),
    "tier 2": (Snapshot(tier=2), "tier.2.{governance,quality_terms}"),
    "tier 3": (Snapshot(tier=3), "tier.3.{governance,quality_terms}"),
    "strategic": (Snapshot(segment="strategic"), "segment.strategic.{executives,tell_the_truth}"),
    "bottleneck": (Snapshot(segment="bottleneck"), "segment.bottleneck.{secure,widen}"),
    "leverage": (Snapshot(segment="leverage"), "segment.leverage.{compete,still_there}"),
    "routine": (Snapshot(segment="routine"), "segment.routine.simple"),
    "oversight": (Snapshot(own_oversight_budget=D(100000), base_currency="EUR"), "oversight.budget"),
    "small molecule": (Snapshot(modality="small_molecule"), "modality.small_molecule.{route,neighbours}"),
    "biologic": (
        Snapshot(modality="biologic"),
        "modality.living.{cell_banks,two_places} modality.sterile modality.biologic.experience",
    ),
    "vaccine": (
        Snapshot(modality="vaccine"),
        "modality.living.{cell_banks,two_places} modality.sterile modality.biologic.experience",
    ),
    "cell therapy": (
        Snapshot(modality="cell_gene"),
        "modality.living.cell_banks modality.sterile modality.cell_gene.{identity,slots}",
    ),
    "oligonucleotide": (Snapshot(modality="oligonucleotide"), "modality.sterile modality.small_molecule.route"),
    "device": (Snapshot(modality="device"), "modality.device.design"),
    "diagnostic": (Snapshot(modality="diagnostic"), "modality.device.design"),
    "other modality": (Snapshot(modality="other"), ""),
    "preclinical": (Snapshot(phase="preclinical"), "phase.early.{may_stop,next_phase}"),
    "phase 1": (Snapshot(phase="phase_1"), "phase.early.{may_stop,next_phase} phase.clinical.on_time"),
    "phase 2": (Snapshot(phase="phase_2"), "phase.early.{may_stop,next_phase} phase.clinical.on_time"),
    "phase 3": (Snapshot(phase="phase_3"), "phase.clinical.on_time phase.late.validation"),
    "registration": (Snapshot(phase="registration"), "phase.late.validation"),
    "commercial": (Snapshot(phase="commercial"), "phase.commercial.{licence,deliver,duties}"),
    **{
        f"risk {category}": (Snapshot(risks=(Risk(category, *SERIOUS),)), f"risk.{category}") for category in CATEGORIES
    },
    "another risk": (Snapshot(risks=(Risk("reputation", *SERIOUS),)), "risk.other"),
    "steady demand": (
        Snapshot(demand=demand((2027, 90, 100, 110)), capacity=(Capacity(2027, "committed", D(1)),)),
        "demand.shift",
    ),
    "uncertain demand": (
        Snapshot(demand=demand((2027, 100, 120, 150)), capacity=(Capacity(2027, "in_house", D(1)),)),
        "demand.shift demand.uncertain.{bands,give_back,choose_room,measure_ourselves}",
    ),
    "demand from nothing": (
        Snapshot(demand=demand((2027, 0, 0, 1))),
        "demand.shift demand.uncertain.{bands,give_back,choose_room,measure_ourselves}",
    ),
    "growing demand": (
        Snapshot(
            demand=demand((2028, 140, 150, 160), (2027, 90, 100, 110)),
            capacity=(Capacity(2027, "committed", D(1)), Capacity(2028, "committed", D(1))),
        ),
        "demand.shift demand.growing",
    ),
    "falling demand": (
        Snapshot(
            demand=demand((2027, 140, 150, 160), (2028, 90, 100, 110)),
            capacity=(Capacity(2027, "committed", D(1)), Capacity(2028, "committed", D(1))),
        ),
        "demand.shift demand.falling",
    ),
    "demand on an option": (
        Snapshot(demand=demand((2027, 90, 100, 110)), capacity=(Capacity(2027, "option", D(9)),)),
        "demand.shift demand.uncovered",
    ),
    **{
        f"{code} of some weight": (
            Snapshot(attributes=attributes(attribute(code, "14.999"))),
            f"attribute.{code}.{{criterion,kpi}}",
        )
        for code in CATALOGUE
    },
    **{
        f"{code} of high weight": (
            Snapshot(attributes=attributes(attribute(code, 15))),
            f"attribute.{code}.{{criterion,kpi,priority}}",
        )
        for code in CATALOGUE
    },
    **{
        f"{code} as a must": (
            Snapshot(attributes=attributes(attribute(code, 0, must_have=True))),
            f"attribute.{code}.{{must_have,kpi}}",
        )
        for code in CATALOGUE
    },
    "no weight": (Snapshot(attributes=attributes(attribute("speed", 0))), ""),
    "an attribute of our own": (
        Snapshot(attributes=attributes(attribute("sustainability", 20, must_have=True))),
        "attribute.own.{criterion,must_have,priority,question}",
    ),
}


def spelt_out(rules: str) -> set[str]:
    names = set()
    for word in rules.split():
        if "{" in word:
            stem, _, rest = word.partition("{")
            names |= {stem + end for end in rest.rstrip("}").split(",")}
        else:
            names.add(word)
    return names


def woken(snapshot: Snapshot) -> set[str]:
    return {name for proposal in propose(snapshot) for name in (proposal.rule, *proposal.also)}


@pytest.mark.parametrize("name", ALONE)
def test_an_answer_wakes_its_rules_and_no_others(name):
    snapshot, rules = ALONE[name]
    assert woken(snapshot) == spelt_out(rules)


def test_every_rule_is_woken_by_something_and_by_nothing_it_stays_silent():
    assert set().union(*(spelt_out(rules) for _, rules in ALONE.values())) == {each.id for each in RULES}
    assert propose(Snapshot()) == ()
    assert [each.id for each in RULES if each.when(Snapshot())] == []


def test_rules_are_many_and_each_says_who_it_is():
    assert len(RULES) >= 45
    assert [name for name, count in Counter(each.id for each in RULES).items() if count > 1] == []
    assert list(as_table()) == [(r.id, r.version, r.title, r.reason, r.source) for r in RULES]
    for each in RULES:
        assert isinstance(rule(each.id), Rule)
        assert each.title[0].isupper() and each.title[-1] != "."
        assert each.reason[0].isupper() and each.reason[-1] == "."
        assert each.source and len(each.source) <= 200
    with pytest.raises(KeyError):
        rule("core.core.nonsense")


@pytest.mark.parametrize("name", ALONE)
def test_what_is_proposed_fits_its_fields(name):
    for proposal in propose(ALONE[name][0]):
        fields = FIELDS[proposal.kind]
        assert list(proposal.content) == [field.name for field in fields]
        assert [fault for field in fields if (fault := field.fault(proposal.content[field.name]))] == []
        assert len(proposal.title) <= 300


def test_nothing_in_the_catalogues_waits_for_a_rule():
    asked = {proposal.key for snapshot, _ in ALONE.values() for proposal in propose(snapshot)}
    catalogues = {
        Kind.MECHANISM: MECHANISMS,
        Kind.KPI: [code.replace("-", "_") for code in KPIS],
        Kind.CRITERION: CRITERIA,
        Kind.PRIORITY: PRIORITIES,
        Kind.KNOCK_OUT: KNOCK_OUTS,
    }
    assert {f"{kind}:{code}" for kind, codes in catalogues.items() for code in codes} - asked == set()


def test_every_priority_and_every_kpi_brings_its_question():
    for snapshot, _ in ALONE.values():
        asked = {proposal.key for proposal in propose(snapshot)}
        for key in asked:
            kind, _, code = key.partition(":")
            if kind == "kpi":
                assert f"question:kpi_{code}" in asked
            elif kind == "priority":
                assert {f"question:priority_{code}", f"question:attribute_{code}"} & asked


def test_a_target_lies_on_the_better_side_of_its_red_line():
    for code, kpi in KPIS.items():
        better = Decimal(kpi.target) - Decimal(kpi.red_line)
        assert (better > 0) == (kpi.direction == "up"), code
        assert better != 0


def test_each_catalogue_attribute_belongs_to_a_group_and_to_known_measures():
    assert len(CATALOGUE) == 10
    for known in CATALOGUE.values():
        assert known.group in GROUPS
        assert set(known.kpis) <= set(KPIS)
        assert set(known.mechanisms) <= set(MECHANISMS)


def test_the_group_of_an_attribute_is_the_strategys_own():
    moved = attribute("speed", 20, must_have=True, group="risk")
    lost = attribute("sustainability", 20, group="nowhere")
    groups = {
        p.key: p.content["group"] for p in propose(Snapshot(attributes=attributes(moved, lost))) if "group" in p.content
    }
    assert groups == {"criterion:speed": "risk", "knock_out:speed": "risk", "criterion:sustainability": "partnership"}


def test_cell_banks_come_home_unless_there_are_none():
    def keys(modality):
        return {p.key for p in propose(Snapshot(modality=modality, sourcing_intent=Answer("in_house_later")))}

    assert "mechanism:cell_bank_return" in keys("")
    assert "mechanism:cell_bank_return" in keys("cell_gene")
    assert "mechanism:cell_bank_return" not in keys("small_molecule")


def test_a_sole_source_has_no_market_to_compare_with():
    keys = {p.key for p in propose(Snapshot(core=Answer("not_core"), alternates=Answer("sole")))}
    assert "mechanism:benchmarking" not in keys


@pytest.mark.parametrize(
    ("low", "high", "uncertain"), [("100", "150", True), ("100", "149.999", False), ("0", "0", False)]
)
def test_volume_is_uncertain_from_one_and_a_half(low, high, uncertain):
    snapshot = Snapshot(demand=demand((2027, low, low, high)))
    assert ("demand.uncertain.bands" in woken(snapshot)) is uncertain


@pytest.mark.parametrize(("last", "growing"), [("150", True), ("149.99", False)])
def test_demand_grows_from_one_and_a_half(last, growing):
    snapshot = Snapshot(demand=demand((2027, 100, 100, 100), (2029, last, last, last)))
    assert ("demand.growing" in woken(snapshot)) is growing


def test_demand_says_what_it_rests_on():
    snapshot = Snapshot(
        demand=demand((2027, 1000, 1500, 2400), (2028, 1000, 3000, "2500.5")),
        capacity=(Capacity(2028, "committed", D(4)),),
    )
    said = {cause.value for p in propose(snapshot) for cause in p.because}
    assert said == {
        "1,000 to 2,500.5 in 2028: the high scenario is 2.5 times the low one",
        "Base 1,500 in 2027, 3,000 in 2028",
        "None is bound for 2027",
        "Scenarios for 2027 to 2028",
    }


def test_a_risk_acts_as_the_register_says():
    scale = fmea.Scale(10)
    for severity in range(1, 11):
        for occurrence in range(1, 11):
            for detection in (1, 4, 5, 10):
                risk = Risk("supply", severity, occurrence, detection)
                assert acts(risk, Snapshot()) == fmea.assess(risk, scale, 100, 9).needs_action


def test_a_risk_shows_its_worst_line():
    risks = (Risk("supply", 5, 5, 5), Risk("supply", 9, 2, 2), Risk("supply", 2, 2, 2))
    causes = {cause for p in propose(Snapshot(risks=risks)) for cause in p.because}
    assert [(c.source, c.label, c.value) for c in causes] == [
        (
            "risk:supply",
            "Risk: Supply and capacity",
            "Severity 9, occurrence 2, detection 2 (RPN 36), at the severity gate",
        )
    ]
    assert propose(Snapshot(risks=(Risk("supply", 8, 3, 4),))) == ()


def test_a_category_of_ones_own_finds_its_family():
    assert family("Logistics and customs") == "geopolitical"
    assert family("data-integrity") == "data_integrity"
    assert family("reputation") == ""


def test_vocabularies_agree_with_the_shared_model():
    from cmo_lifecycle.partners.models.vocabulary import Modality, Phase
    from strategy.models import Risk as Line
    from strategy.models import Strategy
    from strategy.sums import segments

    assert dict(Modality.choices) == MODALITIES
    assert dict(Phase.choices) == PHASES
    assert set(Line.Category.values) == set(CATEGORIES)
    assert [set(QUESTIONS[field][2]) for field in QUESTIONS] == [
        set(each.values) for each in (Strategy.Core, Strategy.SourcingIntent, Strategy.Alternates, Strategy.Duration)
    ]
    shipped = import_module("strategy.migrations.0002_catalogue").CATALOGUE
    assert [row[:3] for row in shipped] == [(code, known.name, known.group) for code, known in CATALOGUE.items()]
    assert {segments.segment(a, b).code for a in (D(5), D(95)) for b in (D(5), D(95))} == set(SEGMENTS)


def test_dates_stand_in_the_questions_they_belong_to():
    snapshot = Snapshot(
        sourcing_intent=Answer("in_house_later", date(2030, 1, 31)),
        alternates=Answer("dual", date(2028, 2, 29)),
        duration=Answer("short_term", date(2027, 12, 1)),
    )
    asked = {p.key: p.title for p in propose(snapshot)}
    assert asked["question:own_site"].startswith("Will our own site be approved by 31 January 2030,")
    assert asked["question:other_source"].startswith("Is the other source approved and supplying by 29 February 2028,")
    assert asked["question:end_of_term"].startswith("What will be needed when the term ends on 1 December 2027:")
