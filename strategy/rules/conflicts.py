"""Answers that fight: not refused, but said, while there is still time to think again."""

from __future__ import annotations

from collections.abc import Callable

from strategy.rules.causes import PHASES, Because, answered, attributes, day, segment_cause, tier_cause, weighted
from strategy.rules.demand import uncertain
from strategy.rules.risk import acts, family, risk_cause
from strategy.rules.shapes import Conflict
from strategy.snapshot import Snapshot, Weighted

Check = Callable[[Snapshot], tuple[str, tuple[Because, ...]] | None]
Found = tuple[str, tuple[Because, ...]] | None


def _attribute(snapshot: Snapshot, code: str) -> Weighted | None:
    return next((a for a in attributes(snapshot) if a.code == code), None)


def _without_weight(snapshot: Snapshot, code: str) -> Because | None:
    """The attribute as a cause where it has no weight; None while no attribute has any."""
    if not any(a.weight > 0 for a in snapshot.attributes.values()):
        return None
    attribute = _attribute(snapshot, code)
    if attribute is None:
        return Because(f"attribute:{code}", code.replace("_", " ").capitalize(), "Not among the attributes")
    return None if attribute.weight > 0 else weighted(attribute)


def sole_but_security_heaviest(s: Snapshot) -> Found:
    security = _attribute(s, "supply_security")
    if s.alternates.choice != "sole" or security is None or security.weight <= 0:
        return None
    if any(a.weight > security.weight for a in s.attributes.values()):
        return None
    return (
        "Supply security weighs heaviest, yet everything rests on a sole source: say how stock, a second site or"
        " another source makes that safe.",
        (answered(s, "alternates"), weighted(security)),
    )


def term_ends_before_in_house(s: Snapshot) -> Found:
    move, end = s.sourcing_intent, s.duration
    if move.choice != "in_house_later" or not move.by or not end.by or end.by >= move.by:
        return None
    return (
        f"The term ends on {day(end.by)}, before the work comes in-house by {day(move.by)}: who supplies in between?",
        (answered(s, "duration"), answered(s, "sourcing_intent")),
    )


def in_house_without_core(s: Snapshot) -> Found:
    if s.sourcing_intent.choice != "in_house_later" or s.core.choice:
        return None
    return (
        "The work is to come in-house, but whether it is a core competency is not answered: that would be the reason.",
        (answered(s, "sourcing_intent"),),
    )


def in_house_but_not_core(s: Snapshot) -> Found:
    if s.sourcing_intent.choice != "in_house_later" or s.core.choice != "not_core":
        return None
    return (
        "The work is to come in-house although it is not called a core competency: say what else is worth the"
        " investment.",
        (answered(s, "sourcing_intent"), answered(s, "core")),
    )


def core_without_protection(s: Snapshot) -> Found:
    missing = _without_weight(s, "ip_protection")
    if s.core.choice != "core" or s.sourcing_intent.choice != "stay_outsourced" or missing is None:
        return None
    return (
        "A core competency is to stay outsourced, yet the protection of intellectual property carries no weight.",
        (answered(s, "core"), answered(s, "sourcing_intent"), missing),
    )


def outsourced_without_exit(s: Snapshot) -> Found:
    missing = _without_weight(s, "exit_readiness")
    if s.sourcing_intent.choice != "stay_outsourced" or missing is None or s.exit_intent.strip():
        return None
    return (
        "The work stays outsourced, but there is neither an exit intent nor any weight on exit readiness: nothing"
        " prepares the day on which this partner fails.",
        (answered(s, "sourcing_intent"), missing, Because("exit_intent", "Exit intent", "Not stated")),
    )


def other_source_after_the_term(s: Snapshot) -> Found:
    other, end = s.alternates, s.duration
    if other.choice not in ("dual", "multi") or not other.by or not end.by or other.by <= end.by:
        return None
    return (
        f"The other source is to work by {day(other.by)}, after the term ends on {day(end.by)}: the first source could"
        " be gone before the other one stands.",
        (answered(s, "alternates"), answered(s, "duration")),
    )


def strategic_but_short(s: Snapshot) -> Found:
    if s.segment != "strategic" or s.duration.choice != "short_term":
        return None
    return (
        "The segment is strategic, the term is short: neither side will invest in what ends so soon.",
        (segment_cause(s), answered(s, "duration")),
    )


def leverage_without_choice(s: Snapshot) -> Found:
    if s.segment not in ("leverage", "routine") or s.alternates.choice != "sole":
        return None
    return (
        "The segment says that supply risk is low, yet there is a sole source: one of the two cannot be right.",
        (segment_cause(s), answered(s, "alternates")),
    )


def routine_at_tier_one(s: Snapshot) -> Found:
    if s.tier != 1 or s.segment != "routine":
        return None
    return (
        "The risk tier is the highest, the segment is routine: simple terms will not carry Tier 1 oversight.",
        (tier_cause(s), segment_cause(s)),
    )


def uncertain_but_rigid(s: Snapshot) -> Found:
    causes, missing = uncertain(s), _without_weight(s, "flexibility")
    if not causes or missing is None:
        return None
    return (
        "Demand is uncertain, yet flexibility of volume carries no weight: the low or the high scenario will be paid"
        " dearly.",
        (*causes, missing),
    )


def tier_one_without_oversight(s: Snapshot) -> Found:
    if s.tier != 1 or s.own_oversight_budget is None or s.own_oversight_budget > 0:
        return None
    return (
        "Tier 1 asks for weekly, monthly and quarterly attention, but nothing is budgeted for our own oversight.",
        (tier_cause(s), Because("own_oversight_budget", "Own oversight budget", "0")),
    )


def transactional_but_close(s: Snapshot) -> Found:
    if s.relationship_type != "transactional":
        return None
    causes = (
        *((segment_cause(s),) if s.segment == "strategic" else ()),
        *((answered(s, "duration"),) if s.duration.choice == "long_term" else ()),
    )
    if not causes:
        return None
    return (
        "The relationship is called transactional, but a strategic segment or a long term needs a closer one.",
        (Because("relationship_type", "Relationship", "Transactional"), *causes),
    )


def cost_before_quality_at_tier_one(s: Snapshot) -> Found:
    cost, quality = _attribute(s, "total_cost"), _attribute(s, "quality_compliance")
    if s.tier != 1 or cost is None or cost.weight <= 0 or cost.weight <= (quality.weight if quality else 0):
        return None
    return (
        "At Tier 1, total cost weighs more than quality and compliance: the cheapest candidate may win on the product"
        " that can least afford it.",
        (tier_cause(s), weighted(cost), *((weighted(quality),) if quality else ())),
    )


def backup_without_capacity(s: Snapshot) -> Found:
    if s.sourcing_intent.choice != "in_house_backup" or not s.capacity:
        return None
    if any("house" in c.kind and c.batches > 0 for c in s.capacity):
        return None
    return (
        "We are said to be in-house as a back-up, but no capacity of our own is listed.",
        (answered(s, "sourcing_intent"), Because("capacity", "Capacity", "None of our own")),
    )


def long_before_proof(s: Snapshot) -> Found:
    if s.duration.choice != "long_term" or s.phase not in ("preclinical", "phase_1"):
        return None
    return (
        "A long term is meant before the product has shown that it works: say what ends it if the trial fails.",
        (answered(s, "duration"), Because("phase", "Phase", PHASES[s.phase])),
    )


def supply_risk_without_weight(s: Snapshot) -> Found:
    missing = _without_weight(s, "supply_security")
    risks = [r for r in s.risks if family(r.category) == "supply" and acts(r, s)]
    if missing is None or not risks:
        return None
    worst = max(risks, key=lambda r: (r.severity * r.occurrence * r.detection, r.severity, r.category))
    return (
        "The register holds a supply risk that needs action, yet supply security carries no weight.",
        (risk_cause(worst, s), missing),
    )


def term_beyond_horizon(s: Snapshot) -> Found:
    end = s.duration.by
    if not s.duration.choice or not end or s.horizon_to is None or end.year <= s.horizon_to:
        return None
    return (
        f"The term runs until {day(end)}, demand is known only to {s.horizon_to}: commitments beyond that are blind.",
        (answered(s, "duration"), Because("horizon", "Horizon", f"To {s.horizon_to}")),
    )


def must_have_without_weight(s: Snapshot) -> Found:
    bare = [a for a in attributes(s) if a.must_have and a.weight <= 0]
    if not bare or not any(a.weight > 0 for a in s.attributes.values()):
        return None
    names = ", ".join(a.name or a.code for a in bare)
    return (
        f"A must-have carries no weight ({names}): candidates that pass will not be told apart by it.",
        tuple(weighted(a) for a in bare),
    )


def exclusive_knowledge_leaves(s: Snapshot) -> Found:
    if s.core.choice != "core" or s.alternates.choice != "multi":
        return None
    return (
        "A core competency is to be shared with several sources: each of them learns what sets us apart.",
        (answered(s, "core"), answered(s, "alternates")),
    )


#: In the order in which the page shows them.
CHECKS: tuple[Check, ...] = (
    term_ends_before_in_house,
    other_source_after_the_term,
    term_beyond_horizon,
    sole_but_security_heaviest,
    leverage_without_choice,
    in_house_without_core,
    in_house_but_not_core,
    core_without_protection,
    exclusive_knowledge_leaves,
    outsourced_without_exit,
    backup_without_capacity,
    strategic_but_short,
    long_before_proof,
    transactional_but_close,
    routine_at_tier_one,
    tier_one_without_oversight,
    cost_before_quality_at_tier_one,
    uncertain_but_rigid,
    supply_risk_without_weight,
    must_have_without_weight,
)


def conflicts(snapshot: Snapshot) -> tuple[Conflict, ...]:
    """Return the answers of a strategy that fight, as warnings; each names at least one answer."""
    found = ((check.__name__, check(snapshot)) for check in CHECKS)
    return tuple(Conflict(hit[0], hit[1], key) for key, hit in found if hit)
