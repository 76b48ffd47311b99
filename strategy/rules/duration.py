"""What follows from the fourth question: long-term or short-term?"""

from decimal import Decimal

from strategy.rules.causes import ARTICLE, DEFAULT, EVALUATION, FLEXIBILITY, RE_EVALUATION, Snapshot, answer, rule
from strategy.rules.causes import day as written
from strategy.rules.measures import criterion, kpi, priority, question
from strategy.rules.mechanisms import mechanism, mechanisms
from strategy.rules.shapes import Ask, Kind, Rule

SHORT = answer("duration", "short_term")
LONG = answer("duration", "long_term")


def cadence(scorecard: int | None, business_review: int | None, re_evaluation: int | None, strength: int = 1) -> Ask:
    """Return the ask for a rhythm of review, in months; the shortest of all asks holds."""
    content = {
        "scorecard": str(scorecard or ""),
        "business_review": str(business_review or ""),
        "re_evaluation": str(re_evaluation or ""),
    }
    return Ask(Kind.CADENCE, "reviews", "Rhythm of reviews", content, Decimal(strength))


def governance(code: str, title: str, meetings: str, tier: str = "") -> Ask:
    return Ask(Kind.GOVERNANCE, code, title, {"tier": tier, "meetings": meetings})


def _end_of_term(snapshot: Snapshot) -> tuple[Ask, ...]:
    by = snapshot.duration.by
    until = f" on {written(by)}" if by else ""
    return (
        cadence(None, None, 6),
        question(
            "end_of_term",
            f"What will be needed when the term ends{until}: an end, an extension, or another partner?",
            "Programme plan, work in progress, notice and extension dates.",
        ),
    )


RULES = (
    rule(
        "duration.short.end_freely",
        "A short term can be ended and extended",
        "A short need is an uncertain one: the right to stop, and to go on, costs least before signature.",
        FLEXIBILITY,
        SHORT,
        mechanisms("termination_for_convenience", "extension_option"),
        priority("term_and_termination", 12),
    ),
    rule(
        "duration.short.no_commitments",
        "A short term carries no long commitments",
        "Minimums and take-or-pay outlive the need that they were given for.",
        FLEXIBILITY,
        SHORT,
        mechanism("no_take_or_pay"),
    ),
    rule(
        "duration.short.pay_results",
        "A short engagement pays for results",
        "There is no later year in which a late or weak result could be made good.",
        DEFAULT,
        SHORT,
        mechanism("milestone_payment"),
        kpi("milestone-adherence"),
        kpi("change-order-share"),
    ),
    Rule(
        "duration.short.look_ahead",
        "The end of a short term is seen coming",
        "A short term ends inside one planning cycle; half a year is the last moment to look.",
        RE_EVALUATION,
        SHORT,
        _end_of_term,
    ),
    rule(
        "duration.long.price",
        "A long term re-opens its price",
        "No price is right for ten years: without a rule, the side that hurts less decides.",
        FLEXIBILITY,
        LONG,
        mechanism("price_reopener"),
        priority("long_term_value", 10),
    ),
    rule(
        "duration.long.improve",
        "A long term improves",
        "Learning over years is what a long term is for; agreed and measured, both sides have it.",
        ARTICLE,
        LONG,
        mechanism("continuous_improvement"),
        kpi("improvement-delivered"),
    ),
    rule(
        "duration.long.choose_for_years",
        "A long term chooses a partner, not an offer",
        "Ownership, investment and people outweigh the first year's price over a long term.",
        EVALUATION,
        LONG,
        criterion("long_term_fit", 6),
        criterion("financial_stability", 5),
    ),
    rule(
        "duration.long.change",
        "A long term lives with change",
        "Over years scope, scale, owners and people change; the way to change is agreed at the start.",
        FLEXIBILITY,
        LONG,
        mechanisms("scope_change", "escalation", "change_of_control", "performance_review"),
    ),
    rule(
        "duration.long.govern",
        "A long term is governed",
        "Strategy, investment and trouble need a table at which both companies sit.",
        DEFAULT,
        LONG,
        governance(
            "steering_committee",
            "Joint Steering Committee",
            "A Joint Steering Committee meets twice a year: plan, investment, improvement, escalated issues.",
        ),
        cadence(None, 6, 24),
        question(
            "term_still_right",
            "Does the long term still serve both sides, and what would we restructure?",
            "KPI trend, price against market, improvement delivered, changes of ownership and people.",
        ),
    ),
)
