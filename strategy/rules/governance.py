"""What follows from risk tier, segment and the sponsor's own oversight: how the relationship is run."""

from strategy.rules.causes import (
    DEFAULT,
    MEASURES,
    OVERSIGHT,
    Because,
    Snapshot,
    grouped,
    rule,
    segment,
    tier,
)
from strategy.rules.duration import cadence, governance
from strategy.rules.measures import criterion, knock_out, kpi, priority, question
from strategy.rules.mechanisms import mechanism, mechanisms

KRALJIC = "Kraljic 1983, purchasing portfolio"
QUALITY_DUTIES = "EU GMP Chapter 7; ICH Q10 2.7; 21 CFR 211.22"


def _budget(snapshot: Snapshot) -> tuple[Because, ...]:
    budget = snapshot.own_oversight_budget
    if budget is None:
        return ()
    money = f"{grouped(budget)} {snapshot.base_currency}".strip()
    return (Because("own_oversight_budget", "Own oversight budget", money),)


RULES = (
    rule(
        "tier.1.governance",
        "Tier 1 is governed at every level",
        "A product on which patients depend is run by named teams, with executives who know of it before it fails.",
        DEFAULT,
        tier(1),
        governance(
            "tier",
            "Governance of Tier 1",
            "Core team every week or two; operations review every month; business review every quarter; Joint Steering"
            " Committee twice a year; executive sponsors once a year. Critical quality issues go to both heads of"
            " quality the same day.",
            "1",
        ),
        mechanism("escalation"),
    ),
    rule(
        "tier.1.cadence",
        "Tier 1 is scored every month",
        "At the highest risk a quarter without figures is a quarter too late.",
        DEFAULT,
        tier(1),
        cadence(1, 3, 12, strength=2),
    ),
    rule(
        "tier.1.knock_outs",
        "Tier 1 is made only where quality can approve it",
        "The licence holder answers for the contractor as for its own plant: what cannot be approved is not compared.",
        QUALITY_DUTIES,
        tier(1),
        knock_out("site_qualified"),
        knock_out("quality_agreement"),
        knock_out("regulatory_standing"),
        knock_out("audit_access"),
    ),
    rule(
        "tier.1.quality_terms",
        "Tier 1 rests on quality terms",
        "At this risk we must hear at once, look whenever needed, and decide on changes.",
        QUALITY_DUTIES,
        tier(1),
        mechanisms("quality_agreement", "audit_rights", "notification_clocks", "change_consent", "batch_definition"),
    ),
    rule(
        "tier.1.measures",
        "Tier 1 measures compliance",
        "Without measures of compliance the sponsor is blind until an inspector looks.",
        MEASURES,
        tier(1),
        kpi("notification-timeliness"),
        kpi("audit-actions-overdue"),
        kpi("deviation-rate"),
    ),
    rule(
        "tier.2.governance",
        "Tier 2 is governed by two tables",
        "A monthly review of operations and a half-yearly one of the business see what matters at this risk.",
        DEFAULT,
        tier(2),
        governance(
            "tier",
            "Governance of Tier 2",
            "Operations review every month; business review twice a year; Joint Steering Committee once a year.",
            "2",
        ),
        cadence(3, 6, 24, strength=2),
    ),
    rule(
        "tier.2.quality_terms",
        "Tier 2 keeps the quality basics",
        "Written quality responsibilities and audits are duties at every risk; the depth follows the tier.",
        QUALITY_DUTIES,
        tier(2),
        mechanisms("quality_agreement", "audit_rights", "notification_clocks"),
        knock_out("quality_agreement"),
        knock_out("site_qualified"),
        kpi("audit-actions-overdue"),
    ),
    rule(
        "tier.3.governance",
        "Tier 3 is kept light",
        "Attention spent here is missing where the risk is.",
        DEFAULT,
        tier(3),
        governance(
            "tier", "Governance of Tier 3", "Operations review every quarter; business review once a year.", "3"
        ),
        cadence(6, 12, 36, strength=2),
    ),
    rule(
        "tier.3.quality_terms",
        "Tier 3 keeps its duties in writing",
        "Responsibilities for quality are in writing even where the risk is low.",
        QUALITY_DUTIES,
        tier(3),
        mechanism("quality_agreement"),
        knock_out("quality_agreement"),
    ),
    rule(
        "segment.strategic.executives",
        "A strategic partner has executive sponsors",
        "High profit impact and high supply risk: the two companies plan together or surprise each other.",
        KRALJIC,
        segment("strategic"),
        governance(
            "executive_sponsors",
            "Executive sponsors and joint planning",
            "An executive sponsor on each side; a joint plan of capacity, technology and investment once a year.",
        ),
        criterion("executive_commitment", 5),
        mechanisms("continuous_improvement", "escalation"),
        priority("partnership_fit", 9),
    ),
    rule(
        "segment.strategic.tell_the_truth",
        "A strategic partner is surveyed, and surveys us",
        "What goes wrong first in a close relationship is talk, and each side sees only half of it.",
        MEASURES,
        segment("strategic"),
        kpi("responsiveness"),
        question(
            "joint_plan",
            "Did the joint plan come true, and would both sides choose each other again?",
            "Joint plan and results, survey of both sides, investments made.",
        ),
    ),
    rule(
        "segment.bottleneck.secure",
        "A bottleneck is secured",
        "Low profit impact and high supply risk: stock and another source are worth more than a lower price.",
        KRALJIC,
        segment("bottleneck"),
        mechanisms("safety_stock", "allocation", "last_time_buy", "technology_transfer_out"),
        criterion("business_continuity", 5),
        priority("supply_security", 11),
        kpi("stock-cover"),
    ),
    rule(
        "segment.bottleneck.widen",
        "A way round a bottleneck is looked for",
        "A bottleneck is left by a second source or by a change of specification, not by negotiating harder.",
        KRALJIC,
        segment("bottleneck"),
        question(
            "bottleneck_widened",
            "Which second source, substitute or change of specification would end the bottleneck?",
            "Market scan, specification, cost and time of qualification, stock.",
        ),
    ),
    rule(
        "segment.leverage.compete",
        "Leverage is used",
        "High profit impact and low supply risk: competing bids and a term that lets us use them.",
        KRALJIC,
        segment("leverage"),
        mechanisms("benchmarking", "no_minimum_share", "extension_option"),
        criterion("price_competition", 8),
        priority("total_cost", 11),
        kpi("total-cost-variance"),
    ),
    rule(
        "segment.leverage.still_there",
        "Leverage is checked",
        "Leverage goes when suppliers merge or fill up; an old market scan does not show it.",
        KRALJIC,
        segment("leverage"),
        question(
            "leverage_left",
            "Are there still several able bidders, and what would they offer today?",
            "Market scan, benchmark or bids, volumes.",
        ),
    ),
    rule(
        "segment.routine.simple",
        "Routine stays simple",
        "Low profit impact and low supply risk: the effort of managing it is the greatest cost.",
        KRALJIC,
        segment("routine"),
        mechanism("standard_terms"),
        criterion("commercial_simplicity", 6),
        kpi("invoice-accuracy"),
        question(
            "routine_effort",
            "Does it still take little effort, and could it be bundled with something else?",
            "Own hours, number of orders and invoices, issues.",
        ),
    ),
    rule(
        "oversight.budget",
        "Own oversight counts as cost",
        "The sponsor's own cost of managing a CMO is routinely understated; measured against a budget it is seen.",
        OVERSIGHT,
        _budget,
        kpi("total-cost-variance"),
        question(
            "own_oversight",
            "Was our own oversight funded and staffed as planned, and was it enough?",
            "Own hours and travel against budget, audits done and due, issues that waited for us.",
        ),
    ),
)
