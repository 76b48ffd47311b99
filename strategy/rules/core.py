"""What follows from the first question: is it a core competency?"""

from strategy.rules.causes import ARTICLE, DEFAULT, EVALUATION, Because, Snapshot, answer, rule
from strategy.rules.measures import criterion, knock_out, kpi, priority, question
from strategy.rules.mechanisms import mechanism, mechanisms

CORE = answer("core", "core")
NOT_CORE = answer("core", "not_core")


def _a_market(snapshot: Snapshot) -> tuple[Because, ...]:
    """Where there is one source only, there is no market to compare with."""
    return () if snapshot.alternates.choice == "sole" else NOT_CORE(snapshot)


RULES = (
    rule(
        "core.core.protect_ip",
        "A core competency is protected",
        "What sets the company apart leaves the house only under terms that keep it ours.",
        ARTICLE,
        CORE,
        mechanisms("ip_ownership", "know_how_separation"),
        priority("ip_protection", 12),
        kpi("ip-duties-met"),
    ),
    rule(
        "core.core.keep_together",
        "A core competency does not travel further",
        "Each further hand that a core competency passes through is one more that can use it or lose it.",
        ARTICLE,
        CORE,
        mechanisms("restricted_subcontracting", "non_compete"),
    ),
    rule(
        "core.core.choose_by_protection",
        "Candidates are judged by how they protect know-how",
        "Protection is a habit of the site; a clause cannot make up for it afterwards.",
        EVALUATION,
        CORE,
        criterion("know_how_protection", 6),
        knock_out("improvements_are_ours"),
    ),
    rule(
        "core.core.still_ours",
        "The competency is looked after",
        "A competency that is only bought fades; somebody has to ask whether it still is one.",
        ARTICLE,
        CORE,
        question(
            "core_still_ours",
            "Do we still have the people and the knowledge to judge, change and repeat what we call our core?",
            "Own experts by process step, knowledge package, decisions of the last year taken without them.",
        ),
    ),
    rule(
        "core.adjacent.improvements",
        "What stands next to the core keeps its improvements",
        "What is next to the core today may be the core tomorrow; improvements made meanwhile should come with it.",
        ARTICLE,
        answer("core", "adjacent"),
        mechanism("ip_ownership"),
        question(
            "adjacent_or_core",
            "Has this moved nearer to the core, or further from it?",
            "Pipeline, long-term objectives, what competitors now do themselves.",
        ),
    ),
    rule(
        "core.not_core.use_the_market",
        "What is not core is left to the market",
        "Where others do it as well, the market's price and progress are the reason to outsource: keep them open.",
        ARTICLE,
        _a_market,
        mechanism("benchmarking"),
    ),
    rule(
        "core.not_core.own_little",
        "What is not core needs agreed performance, not own experts",
        "Without own experts on the work, what is measured and reviewed is all that the sponsor sees.",
        DEFAULT,
        NOT_CORE,
        mechanism("performance_review"),
        kpi("responsiveness"),
        question(
            "still_not_core",
            "Is it still right that this is not a core competency?",
            "Pipeline, share of the product's cost and risk, capability of the market.",
        ),
    ),
)
