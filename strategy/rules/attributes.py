"""What follows from the attributes: each becomes a criterion by its weight, a knock-out where it is a must.

The ten attributes of the catalogue have measures, terms and KPIs of their own; an attribute that a company adds
gets what can be said of any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from strategy.rules.causes import ARTICLE, EVALUATION, MEASURES, RE_EVALUATION, Because, When, attributes, weighted
from strategy.rules.measures import kpi, priority, question
from strategy.rules.mechanisms import mechanisms
from strategy.rules.shapes import GROUPS, Ask, Kind, Rule
from strategy.snapshot import Snapshot, Weighted

#: From this share of all weight, in percent, an attribute is negotiated for.
HIGH_WEIGHT = Decimal(15)


@dataclass(frozen=True, slots=True)
class Attribute:
    """What the rules know of an attribute of the catalogue."""

    name: str
    group: str
    measure: str
    minimum: str
    requirement: str
    evidence: str
    kpis: tuple[str, ...]
    mechanisms: tuple[str, ...]


CATALOGUE: Mapping[str, Attribute] = {
    "quality_compliance": Attribute(
        "Quality and compliance",
        "risk",
        "Inspection history of five years, findings of our audit, right-first-time and deviation record, quality unit.",
        "No open critical finding; no open official action.",
        "Shows its right-first-time and deviation record of two years, each critical deviation closed by its root cause.",
        "Record of right-first-time and deviations; critical ones with cause, correction and check of effect.",
        ("right-first-time", "lot-acceptance-rate"),
        ("batch_definition", "notification_clocks"),
    ),
    "supply_security": Attribute(
        "Supply security",
        "risk",
        "On-time-in-full record with others, continuity plan and its last test, sub-tiers, stock, a second site.",
        "A continuity plan that was tested in the last two years.",
        "Offers reserved capacity or stock that bridges the time to restore supply.",
        "Capacity by year, continuity plan with its last test, stock offer.",
        ("on-time-in-full", "supply-fulfilment"),
        ("failure_to_supply", "capacity_reservation"),
    ),
    "total_cost": Attribute(
        "Total cost",
        "total_cost",
        "Total cost of partnership by scenario: batches with failure, fees, logistics, own oversight, transfer, exit.",
        "Within the budget in the base scenario.",
        "Total cost of partnership in the base scenario lies within the approved budget.",
        "Price sheet complete in every line, with its assumptions.",
        ("total-cost-variance", "invoice-accuracy"),
        ("change_order_control",),
    ),
    "speed": Attribute(
        "Speed to clinic or market",
        "business_fit",
        "First slot, timetable with critical path, record of milestones kept with others, resources named.",
        "First slot inside our timetable.",
        "First slot and end of transfer lie inside the programme's critical path.",
        "Timetable with slots and people, references for two transfers.",
        ("milestone-adherence", "release-cycle-time"),
        ("milestone_payment",),
    ),
    "flexibility": Attribute(
        "Flexibility of volume and scope",
        "business_fit",
        "Bands, zones, deferral and cancellation terms offered; record of scope changes; suites that can be shared.",
        "The high scenario can be served; the low one is not punished.",
        "Accepts volume between the low and the high scenario without a penalty beyond the cancellation ladder.",
        "Terms in the proposal, worked through for the low and the high scenario.",
        ("change-turnaround",),
        ("volume_bands", "scope_change"),
    ),
    "technical_capability": Attribute(
        "Technical capability and scale",
        "technical",
        "Batches of the same process type at our scale, success rate and yield, equipment fit, experts, analytics.",
        "The process type has been run at or near our scale.",
        "Has run the process type at our scale, or has the equipment and people to do so by our date.",
        "Batch history, equipment list, curricula, fit-gap against our process description.",
        ("batch-success",),
        ("batch_definition",),
    ),
    "ip_protection": Attribute(
        "Protection of intellectual property",
        "partnership",
        "Terms on improvements, separation of customers, access control, competing products, disputes on record.",
        "Improvements to our process are ours.",
        "Accepts that our know-how and improvements to our process are ours and are kept apart.",
        "Terms accepted in the proposal, walk-through of access control.",
        ("ip-duties-met",),
        ("ip_ownership", "know_how_separation"),
    ),
    "partnership_fit": Attribute(
        "Partnership fit and transparency",
        "partnership",
        "Named team, culture seen in workshops, references of customers of our size, openness about problems.",
        "A named lead with authority.",
        "Names a lead and a team, and opens data and problems to us.",
        "People named, two references of our size, workshop held.",
        ("responsiveness",),
        ("named_people", "escalation"),
    ),
    "exit_readiness": Attribute(
        "Exit readiness",
        "business_fit",
        "Transfers out done, documents kept transferable, terms on assistance, materials and records.",
        "Assistance to transfer out is accepted.",
        "Consents to assist a transfer to us or to a third party, at rates agreed now.",
        "Terms accepted in the proposal.",
        ("exit-readiness",),
        ("technology_transfer_out", "exit_plan"),
    ),
    "data_integrity": Attribute(
        "Data integrity",
        "risk",
        "Validated systems, audit-trail review, findings in audits and inspections, access to raw data.",
        "No open finding on data integrity.",
        "No open finding on data integrity from an audit or an inspection of the site.",
        "Data-integrity audit, list of computerised systems with their state of validation.",
        ("data-integrity-findings",),
        ("raw_data_access",),
    ),
}


def _group(attribute: Weighted, otherwise: str) -> str:
    return attribute.group if attribute.group in GROUPS else otherwise


def _criterion(attribute: Weighted, group: str, measure: str, minimum: str) -> Ask:
    content = {"group": _group(attribute, group), "measure": measure, "minimum": minimum}
    name = attribute.name or attribute.code
    return Ask(Kind.CRITERION, attribute.code, name, content, attribute.weight, (weighted(attribute),))


def _knock_out(attribute: Weighted, group: str, requirement: str, evidence: str) -> Ask:
    content = {"group": _group(attribute, group), "requirement": requirement, "evidence": evidence}
    title = f"Must have: {attribute.name or attribute.code}"
    return Ask(Kind.KNOCK_OUT, attribute.code, title, content, attribute.weight, (weighted(attribute),))


def _one(code: str, test: Callable[[Weighted], bool]) -> When:
    def when(snapshot: Snapshot) -> tuple[Because, ...]:
        return tuple(weighted(a) for a in attributes(snapshot) if a.code == code and test(a))

    return when


def _counts(attribute: Weighted) -> bool:
    return attribute.weight > 0 or attribute.must_have


def _has_weight(attribute: Weighted) -> bool:
    return attribute.weight > 0


def _is_must(attribute: Weighted) -> bool:
    return attribute.must_have


def _is_heavy(attribute: Weighted) -> bool:
    return attribute.weight >= HIGH_WEIGHT


def _asks(code: str, make: Callable[[Weighted], tuple[Ask, ...]]) -> Callable[[Snapshot], tuple[Ask, ...]]:
    return lambda snapshot: tuple(ask for a in attributes(snapshot) if a.code == code for ask in make(a))


def _rules_of(code: str, known: Attribute) -> tuple[Rule, ...]:
    name = known.name
    return (
        Rule(
            f"attribute.{code}.criterion",
            f"{name} is scored by its weight",
            "What the strategy weighs, the evaluation weighs: in the same proportion, before any proposal is opened.",
            EVALUATION,
            _one(code, _has_weight),
            _asks(code, lambda a: (_criterion(a, known.group, known.measure, known.minimum),)),
        ),
        Rule(
            f"attribute.{code}.must_have",
            f"{name} as a must-have knocks out",
            "A must-have cannot be made good by a high score elsewhere.",
            EVALUATION,
            _one(code, _is_must),
            _asks(code, lambda a: (_knock_out(a, known.group, known.requirement, known.evidence),)),
        ),
        Rule(
            f"attribute.{code}.priority",
            f"{name} with a high weight is negotiated for",
            f"From {HIGH_WEIGHT} % of the weight on, an attribute is worth giving up something else for.",
            ARTICLE,
            _one(code, _is_heavy),
            _asks(code, lambda a: (*priority(code, a.weight), *mechanisms(*known.mechanisms))),
        ),
        Rule(
            f"attribute.{code}.kpi",
            f"{name} is measured",
            "What the partner was chosen for is what the reviews look at.",
            MEASURES,
            _one(code, _counts),
            lambda snapshot: tuple(ask for each in known.kpis for ask in kpi(each)),
        ),
    )


def _own(test: Callable[[Weighted], bool]) -> Callable[[Snapshot], list[Weighted]]:
    return lambda snapshot: [a for a in attributes(snapshot) if a.code not in CATALOGUE and test(a)]


def _own_rule(
    id: str,
    title: str,
    reason: str,
    source: str,
    test: Callable[[Weighted], bool],
    make: Callable[[Weighted], Ask],
) -> Rule:
    chosen = _own(test)
    return Rule(
        id,
        title,
        reason,
        source,
        lambda snapshot: tuple(weighted(a) for a in chosen(snapshot)),
        lambda snapshot: tuple(make(a) for a in chosen(snapshot)),
    )


def _own_criterion(attribute: Weighted) -> Ask:
    name = attribute.name or attribute.code
    return _criterion(attribute, "partnership", f"Evidence for {name} in the proposal and in due diligence.", "")


def _own_knock_out(attribute: Weighted) -> Ask:
    name = attribute.name or attribute.code
    return _knock_out(
        attribute,
        "partnership",
        f"Meets what the strategy says under {name}.",
        "Statement in the proposal, confirmed in due diligence.",
    )


def _own_priority(attribute: Weighted) -> Ask:
    name = attribute.name or attribute.code
    content = {
        "target": f"{name} as offered in the proposal, written into the contract with a measure.",
        "fallback": f"{name} agreed in the operating framework within 90 days.",
        "walk_away": f"No commitment on {name}.",
        "value_at_stake": attribute.rationale,
    }
    return Ask(Kind.PRIORITY, attribute.code, name, content, attribute.weight, (weighted(attribute),))


def _own_question(attribute: Weighted) -> Ask:
    name = attribute.name or attribute.code
    ask = question(
        f"attribute_{attribute.code}",
        f"Has the partnership given what we weighted under {name}, and does it still deserve that weight?",
        f"What was agreed and delivered under {name}.",
    )
    return Ask(ask.kind, ask.code, ask.title, ask.content, because=(weighted(attribute),))


RULES = (
    *(rule for code, known in CATALOGUE.items() for rule in _rules_of(code, known)),
    _own_rule(
        "attribute.own.criterion",
        "An attribute of our own is scored by its weight",
        "What the strategy weighs, the evaluation weighs, whether a catalogue knows it or not.",
        EVALUATION,
        _has_weight,
        _own_criterion,
    ),
    _own_rule(
        "attribute.own.must_have",
        "An attribute of our own as a must-have knocks out",
        "A must-have cannot be made good by a high score elsewhere.",
        EVALUATION,
        _is_must,
        _own_knock_out,
    ),
    _own_rule(
        "attribute.own.priority",
        "An attribute of our own with a high weight is negotiated for",
        f"From {HIGH_WEIGHT} % of the weight on, an attribute is worth giving up something else for.",
        ARTICLE,
        _is_heavy,
        _own_priority,
    ),
    _own_rule(
        "attribute.own.question",
        "An attribute of our own is asked after",
        "No KPI is known for it; a question at the re-evaluation keeps it from being forgotten.",
        RE_EVALUATION,
        _counts,
        _own_question,
    ),
)
