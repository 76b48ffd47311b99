"""The partnering strategies of the demonstration: three companies' worth of answers, each at another state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

D = Decimal


@dataclass(frozen=True)
class StrategyOf:
    """A strategy: whose, its answers, its tables, and how far it has come (`approved`, `in_review` or `draft`).

    Rows are tuples in the order of `TABLES`. `declined` and `changed` are decisions on consequences by key.
    `next_version` are the answers and tables of a second, approved version, with the reason for it.
    """

    programme: str
    reached: str
    answers: dict[str, Any]
    tables: dict[str, Sequence[tuple[Any, ...]]]
    declined: dict[str, str] = field(default_factory=dict)
    changed: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    why_next: str = ""
    next_answers: dict[str, Any] = field(default_factory=dict)
    next_tables: dict[str, Sequence[tuple[Any, ...]]] = field(default_factory=dict)


#: The columns of each table's tuples; `attribute`, `first`, `second` by code, `cmo` and `owner` by name.
TABLES: dict[str, tuple[str, ...]] = {
    "objectives": ("text", "goal", "measure", "weight"),
    "attributes": ("attribute", "weight", "must_have", "rationale"),
    "judgements": ("first", "second", "ratio"),
    "demand": ("year", "low", "base", "high"),
    "capacity": ("year", "kind", "place", "batches"),
    "cash_flows": ("option", "year", "kind", "label", "amount", "currency"),
    "rates": ("currency", "per_base", "on", "source"),
    "factors": ("name", "weight", "make", "buy", "reason"),
    "forces": ("name", "strength", "note"),
    "known_cmos": ("cmo", "name", "capability", "outlook", "geopolitical_risk", "supply_risk", "note"),
    "stakeholders": ("name", "function", "interest", "influence"),
    "risks": (
        "text", "category", "severity", "occurrence", "detection", "action", "owner", "due", "accepted_because",
        "residual_severity", "residual_occurrence", "residual_detection",
    ),
}  # fmt: skip


def _yearly(option: str, kind: str, label: str, amount: str, currency: str, years: range) -> list[tuple[Any, ...]]:
    return [(option, year, kind, label, D(amount), currency) for year in years]


BIOLOGIC = StrategyOf(
    "VX-12",
    "approved",
    {
        "scope": "Drug substance from the working cell bank to the frozen bulk, aseptic filling into vials, release"
        " testing and packaging. Process development stays with us.",
        "starts_on": date(2023, 11, 1),
        "launch_on": date(2027, 9, 1),
        "horizon_from": 2026,
        "horizon_to": 2031,
        "relationship_type": "strategic",
        "core_competency": "adjacent",
        "core_rationale": "What sets us apart is the antibody and the trial programme. Making it is not, but we must"
        " understand the process well enough to file it, move it and judge every batch.",
        "core_evidence": "Capability review of the executive board; process characterisation report VX12-PC-02",
        "sourcing_intent": "stay_outsourced",
        "intent_rationale": "At the demand that we expect, a plant of our own would stand half empty until 2032.",
        "intent_evidence": "Make-or-buy comparison below",
        "alternates": "dual",
        "alternate_by": date(2028, 6, 30),
        "alternate_plan": "Castellan Girona is qualified for filling first; drug substance follows once the first three"
        " commercial batches are released. Transfer by the same team, six months apart.",
        "alternates_rationale": "One filling line is the single point at which the launch can fail.",
        "alternates_evidence": "Risk register, line 1",
        "duration": "long_term",
        "duration_rationale": "A transfer of this process takes eighteen months and a filing; partners are chosen for"
        " the life of the product.",
        "exit_intent": "Twenty-four months of notice, transfer-out assistance at agreed rates, and the process"
        " description, cell bank and retained samples in our hands at any time.",
        "weights_by": "pairwise",
        "demand_unit": "vials",
        "batch_output": D(24000),
        "batch_yield": D(92),
        "batch_failure": D(4),
        "currency": "EUR",
        "discount_rate": D(9),
        "make_or_buy": "Buying is cheaper at every demand that we expect; making would pay above the break-even volume"
        " only, and three years later.",
        "market_notes": "Four CMOs in Europe run 2,000 L single-use at commercial scale with a filling line near by."
        " Capacity is tight until the two expansions of next year are running.",
        "constraints": "The filing names one filling site until the variation of 2028 is approved.",
        "budget": D(31000000),
        "oversight_budget": D(1450000),
        "tier": 1,
        "tier_rationale": "A sterile product for severe asthma; defects are found late, and one site fills it today.",
        "supply_risk": 72,
        "profit_impact": 88,
        "segment_rationale": "Few can make it, and half of next year's revenue hangs on it.",
    },
    {
        "objectives": (
            ("Launch in every market in the planned quarter", "First product on the market by 2027", "Launch stock in place eight weeks before approval", D(40)),
            ("No patient goes without for want of supply", "Be a company that physicians rely on", "Zero stock-outs in the first three years", D(35)),
            ("Know the process well enough to move it", "Own what sets us apart", "Transfer package complete and tested once a year", D(25)),
        ),
        "attributes": (
            ("quality_compliance", D(0), True, "The licence is ours, whoever makes the batch."),
            ("supply_security", D(0), True, "A launch cannot be repeated."),
            ("technical_capability", D(0), False, "Glycosylation is sensitive to scale."),
            ("total_cost", D(0), False, "Cost of goods is a tenth of the price."),
            ("exit_readiness", D(0), False, "The second source has to be reachable."),
        ),
        "judgements": (
            ("quality_compliance", "supply_security", D(2)),
            ("quality_compliance", "technical_capability", D(3)),
            ("quality_compliance", "total_cost", D(5)),
            ("quality_compliance", "exit_readiness", D(5)),
            ("supply_security", "technical_capability", D(2)),
            ("supply_security", "total_cost", D(4)),
            ("supply_security", "exit_readiness", D(4)),
            ("technical_capability", "total_cost", D(3)),
            ("technical_capability", "exit_readiness", D(2)),
            ("total_cost", "exit_readiness", D(1)),
        ),
        "demand": (
            (2026, D(20000), D(40000), D(60000)),
            (2027, D(120000), D(210000), D(330000)),
            (2028, D(240000), D(420000), D(640000)),
            (2029, D(310000), D(560000), D(860000)),
            (2030, D(340000), D(640000), D(980000)),
            (2031, D(350000), D(680000), D(1050000)),
        ),
        "capacity": (
            (2026, "committed", "Nordvik Bergen", D(6)),
            (2027, "committed", "Nordvik Bergen", D(12)),
            (2028, "committed", "Nordvik Bergen", D(16)),
            (2028, "option", "Castellan Girona", D(8)),
            (2029, "committed", "Nordvik Bergen", D(16)),
            (2029, "committed", "Castellan Girona", D(10)),
            (2030, "committed", "Nordvik Bergen", D(16)),
            (2030, "committed", "Castellan Girona", D(12)),
            (2031, "committed", "Nordvik Bergen", D(16)),
            (2031, "committed", "Castellan Girona", D(12)),
        ),
        "cash_flows": (
            ("make", 2026, "one_off", "Plant and filling line", D(86000000), "EUR"),
            ("make", 2027, "one_off", "Validation and inspection", D(9500000), "EUR"),
            *_yearly("make", "fixed", "People and upkeep", "7400000", "EUR", range(2027, 2032)),
            *_yearly("make", "per_unit", "Materials and testing", "9.80", "EUR", range(2027, 2032)),
            ("buy", 2026, "one_off", "Transfer to the second source", D(4200000), "EUR"),
            *_yearly("buy", "per_batch", "Batch price of drug substance and filling", "455000", "EUR", range(2026, 2032)),
            *_yearly("buy", "per_unit", "Testing and packaging", "3.10", "GBP", range(2026, 2032)),
            *_yearly("buy", "fixed", "Our own oversight", "1450000", "EUR", range(2026, 2032)),
        ),
        "rates": (("GBP", D("0.86"), date(2026, 1, 5), "European Central Bank"),),
        "factors": (
            ("Control of the process", D(3), D(5), D(3), "With a person in the plant we see most of it"),
            ("Speed to launch", D(4), D(1), D(4), "A plant would be ready after the launch"),
            ("Learning for later products", D(2), D(4), D(2), ""),
            ("Freedom to stop", D(2), D(1), D(4), "A plant cannot be given notice"),
        ),
        "forces": (
            ("rivalry", 2, "Few CMOs at this scale; they do not compete on price."),
            ("entrants", 3, "Two expansions announced for next year."),
            ("substitutes", 1, "No other way to make it is filed."),
            ("suppliers", 4, "They choose their customers; ours is a middling volume."),
            ("buyers", 2, "We are one of many."),
        ),
        "known_cmos": (
            ("Harrow Biologics", "", "Drug substance at 2,000 L, five years with us", "tight", 1, 3, ""),
            ("Nordvik Fill-Finish", "", "Aseptic filling of vials, 24,000 an hour", "full", 1, 4, "Deliveries slip since last year"),
            ("Castellan Pharma", "", "Aseptic filling of vials, free from next spring", "free", 2, 2, ""),
            ("", "Tarn Biomanufacturing", "Drug substance and filling on one site", "expanding", 2, 3, "Has never filed in our markets"),
        ),
        "stakeholders": (
            ("Head of commercial", "Commercial", "Stock in every market on the first day", 5),
            ("Head of regulatory affairs", "Regulatory", "No variation in the year of the launch", 4),
            ("Patient organisation", "Outside", "No interruption of treatment", 3),
        ),
        "risks": (
            ("The only filling line is down in the launch quarter", "supply", 9, 3, 4, "Qualify Castellan Girona for filling; hold three months of stock", "priya", date(2027, 6, 30), "", 9, 1, 3),
            ("Glycosylation shifts at commercial scale", "technical", 8, 3, 5, "Comparability protocol and three engineering batches", "tom", date(2027, 3, 31), "", 8, 1, 3),
            ("Harrow is sold to a competitor of ours", "financial", 7, 2, 6, "", "", None, "", None, None, None),
            ("Temperature excursion on the way from Cork to Bergen", "geopolitical", 6, 4, 3, "", "", None, "", None, None, None),
        ),
    },
    declined={
        "kpi:schedule_adherence": "Start dates are agreed batch by batch; on-time delivery says the same to us.",
    },
    why_next="Two trials read out earlier than planned: expected demand from 2028 is up by a fifth, and packaging stays"
    " in pounds at a new rate.",
    next_answers={
        "alternate_by": date(2028, 3, 31),
        "alternate_plan": "Castellan Girona is qualified for filling by the spring of 2028; drug substance follows at a"
        " second site of Harrow.",
        "budget": D(36000000),
    },
    next_tables={
        "demand": (
            (2026, D(20000), D(40000), D(60000)),
            (2027, D(120000), D(210000), D(330000)),
            (2028, D(290000), D(500000), D(760000)),
            (2029, D(370000), D(670000), D(1030000)),
            (2030, D(410000), D(770000), D(1180000)),
            (2031, D(420000), D(820000), D(1260000)),
        ),
        "rates": (("GBP", D("0.84"), date(2026, 9, 1), "European Central Bank"),),
    },
)  # fmt: skip

SOLE_SOURCE = StrategyOf(
    "VX-7",
    "in_review",
    {
        "scope": "Everything from the cell bank to the labelled vial. We own the molecule and the licence, no plant and"
        " no laboratory.",
        "starts_on": date(2025, 2, 3),
        "launch_on": date(2026, 3, 2),
        "horizon_from": 2026,
        "horizon_to": 2030,
        "relationship_type": "strategic",
        "core_competency": "core",
        "core_rationale": "The refolding step is our invention and the reason why the enzyme works.",
        "core_evidence": "Patent family VT-0091",
        "sourcing_intent": "stay_outsourced",
        "intent_rationale": "We are forty people; a plant is out of reach before a second product is licensed.",
        "alternates": "sole",
        "alternates_rationale": "One CMO holds the only licensed train for the refolding step; another would need three"
        " years and a new filing for some hundred patients.",
        "alternates_evidence": "Market scan of last spring",
        "duration": "long_term",
        "duration_rationale": "While there is no other source, leaving is not an option; the contract has to carry that.",
        "exit_intent": "Eighteen months of stock before any notice ends, the cell bank and the refolding know-how at a"
        " second place under our control, and step-in on the train.",
        "demand_unit": "vials",
        "batch_output": D(3600),
        "batch_yield": D(81),
        "batch_failure": D(8),
        "currency": "EUR",
        "discount_rate": D(12),
        "make_or_buy": "Not a choice of money: the one licensed train is not ours.",
        "market_notes": "One licensed train in Europe. A second CMO has the equipment, but neither licence nor know-how.",
        "constraints": "Orphan designation ends if supply is interrupted for longer than the stock lasts.",
        "budget": D(5200000),
        "oversight_budget": D(620000),
        "tier": 1,
        "tier_rationale": "No patient has another treatment, and no other train is licensed.",
        "supply_risk": 96,
        "profit_impact": 97,
        "segment_rationale": "The company is this product, and one train makes it.",
    },
    {
        "objectives": (
            ("No patient misses an infusion", "Keep the orphan designation", "Stock never below nine months", D(70)),
            ("Keep the refolding step ours", "License it for a second product", "Nobody outside knows the whole of it", D(30)),
        ),
        "attributes": (
            ("supply_security", D(40), True, "There is no other train."),
            ("quality_compliance", D(25), True, "There is no other treatment."),
            ("ip_protection", D(20), True, "The step is what we own."),
            ("partnership_fit", D(15), False, "We are their smallest customer."),
        ),
        "demand": tuple((year, D(low), D(base), D(high)) for year, low, base, high in (
            (2026, 5200, 5600, 6100), (2027, 5600, 6200, 6900), (2028, 5900, 6800, 7600), (2029, 6000, 7100, 8200), (2030, 6000, 7300, 8700),
        )),
        "capacity": tuple((year, "committed", "Harrow Cork, train 2", D(3)) for year in range(2026, 2031)),
        "factors": (("Access to the licensed train", D(5), D(0), D(5), "It stands in Cork"),),
        "forces": (("suppliers", 5, "One can; we are small."), ("substitutes", 2, "A synthetic route may come after 2031.")),
        "known_cmos": (
            ("Harrow Biologics", "", "The licensed train", "tight", 1, 4, ""),
            ("", "Tarn Biomanufacturing", "Has the equipment, not the licence", "expanding", 2, 5, ""),
        ),
        "stakeholders": (("Patient organisation", "Outside", "Every infusion on its day", 5),),
        "risks": (
            ("The train stands still for longer than the stock lasts", "supply", 10, 2, 5, "Build eighteen months of stock; store half of it elsewhere", "priya", date(2027, 12, 31), "", 10, 1, 3),
            ("The CMO gives the slot to a larger customer", "supply", 9, 4, 4, "Reserve the slots by contract, with a remedy that hurts", "alice", date(2027, 3, 31), "", 9, 2, 3),
            ("The refolding know-how leaks", "ip", 8, 2, 8, "Keep the resin recipe with us; deliver it ready-made", "tom", date(2027, 1, 31), "", 8, 1, 5),
        ),
    },
)  # fmt: skip

CLINICAL = StrategyOf(
    "VX-44",
    "draft",
    {
        "scope": "Clinical batches of capsules for the first two trials: drug substance from stock, blending, filling and"
        " blinding.",
        "starts_on": date(2026, 10, 1),
        "horizon_from": 2026,
        "horizon_to": 2028,
        "relationship_type": "transactional",
        "core_competency": "not_core",
        "core_rationale": "Filling capsules is what a dozen CMOs do better than we ever would.",
        "sourcing_intent": "stay_outsourced",
        "intent_rationale": "Nothing here is worth building for two trials.",
        "alternates": "single",
        "alternates_rationale": "Others could; for two trials one is enough.",
        "duration": "short_term",
        "duration_until": date(2028, 12, 31),
        "duration_rationale": "After phase 2 the dosage form is decided anew.",
        "demand_unit": "capsules",
        "batch_output": D(80000),
        "batch_yield": D(97),
        "batch_failure": D(2),
        "currency": "EUR",
        "tier": 3,
        "tier_rationale": "An oral form in early trials, tested before use, with many makers.",
        "supply_risk": 18,
        "profit_impact": 22,
        "segment_rationale": "Many can, and little hangs on who does.",
    },
    {
        "objectives": (
            ("First patient dosed in spring", "Two read-outs by the end of 2028", "Blinded kits at the sites eight weeks before", D(60)),
            ("Spend as little as the trials allow", "Keep the runway to 2029", "Within budget", D(40)),
        ),
        "attributes": (
            ("speed", D(40), False, "The trial waits for capsules, not for money."),
            ("flexibility", D(30), False, "Doses and arms will change."),
            ("total_cost", D(20), False, ""),
        ),
        "demand": ((2026, D(0), D(20000), D(40000)), (2027, D(60000), D(150000), D(280000))),
        "known_cmos": (("Solent Tablets", "", "Capsules and blinding for early trials", "free", 1, 1, ""),),
    },
)  # fmt: skip

STRATEGIES = (BIOLOGIC, SOLE_SOURCE, CLINICAL)
