"""What follows from the third question: are alternate sources developed?"""

from strategy.rules.causes import ARTICLE, DEFAULT, EVALUATION, RE_EVALUATION, Snapshot, answer, rule
from strategy.rules.causes import day as written
from strategy.rules.measures import criterion, knock_out, kpi, priority, question
from strategy.rules.mechanisms import mechanism, mechanisms
from strategy.rules.shapes import Ask, Rule

SOLE = answer("alternates", "sole")
SINGLE = answer("alternates", "single")
DUAL = answer("alternates", "dual")
MULTI = answer("alternates", "multi")
SEVERAL = answer("alternates", "dual", "multi")


def _transfer(snapshot: Snapshot) -> tuple[Ask, ...]:
    by = snapshot.alternates.by
    also = f"It allows the other source to be at work by {written(by)}." if by else ""
    return (mechanism("technology_transfer_out", also=also), criterion("technology_transfer_out", 5))


def _other_source(snapshot: Snapshot) -> tuple[Ask, ...]:
    by = snapshot.alternates.by
    return (
        *kpi("second-source-progress"),
        question(
            "other_source",
            f"Is the other source approved and supplying by {written(by)}, and does each source take its part?"
            if by
            else "Is the other source approved and supplying, and does each source take its part?",
            "Milestones of the other source, filings, volumes by source.",
        ),
    )


RULES = (
    rule(
        "alternates.sole.stock",
        "A sole source is covered by stock",
        "Where nobody else can supply, stock is the only thing that bridges a stop.",
        ARTICLE,
        SOLE,
        mechanisms("safety_stock", "last_time_buy"),
        kpi("stock-cover"),
    ),
    rule(
        "alternates.sole.continuity",
        "A sole source can go on, or pays",
        "Continuity is built before it is needed; a remedy makes the CMO build it.",
        ARTICLE,
        SOLE,
        mechanisms("business_continuity", "failure_to_supply", "allocation"),
        criterion("business_continuity", 6),
        priority("supply_security", 13),
        kpi("supply-fulfilment"),
    ),
    rule(
        "alternates.sole.change_of_control",
        "A sole source does not change hands unseen",
        "A new owner may close, reprice or compete, and a customer with no other source learns of it last.",
        ARTICLE,
        SOLE,
        mechanisms("change_of_control", "long_notice"),
        criterion("financial_stability", 5),
    ),
    rule(
        "alternates.sole.second_site",
        "A sole source prepares a second site",
        "A second site of the same company is the nearest thing to another source.",
        DEFAULT,
        SOLE,
        mechanism("second_site"),
        question(
            "still_sole",
            "Is there now anybody else who could make this, and what would it take?",
            "Market scan, stock cover, time and cost of a transfer.",
        ),
    ),
    rule(
        "alternates.single.option",
        "A single source by choice keeps the choice",
        "Others could supply; that is worth something only while the contract and the knowledge allow it.",
        ARTICLE,
        SINGLE,
        mechanisms("no_exclusivity", "technology_transfer_out"),
        kpi("exit-readiness"),
    ),
    rule(
        "alternates.single.supply",
        "A single source is held to supply",
        "Until another source works, failure of this one stops the product.",
        ARTICLE,
        SINGLE,
        mechanisms("failure_to_supply", "business_continuity", "change_of_control"),
        criterion("business_continuity", 4),
        question(
            "second_source_due",
            "Has volume or risk grown to where a second source pays?",
            "Demand, total cost, cost and time of a second source, supply failures.",
        ),
    ),
    rule(
        "alternates.dual.no_exclusivity",
        "Two sources exclude exclusivity",
        "A second source is worth nothing where the first has been promised all or most of the volume.",
        ARTICLE,
        DUAL,
        mechanisms("no_exclusivity", "no_minimum_share"),
        knock_out("no_exclusivity"),
        priority("freedom_to_source", 11),
    ),
    Rule(
        "alternates.several.transfer",
        "More than one source needs technology transfer",
        "The other source learns the process from the first; its help has to be owed before it is unwelcome.",
        ARTICLE,
        SEVERAL,
        _transfer,
    ),
    rule(
        "alternates.several.comparable",
        "Sources stay comparable",
        "A change at one source that the other does not follow splits the product in two.",
        EVALUATION,
        SEVERAL,
        mechanism("change_consent"),
        criterion("working_with_second_source", 4),
    ),
    Rule(
        "alternates.several.on_time",
        "The other source is followed up",
        "A second source is decided in a day and built in one or two years; it slips unless somebody measures it.",
        RE_EVALUATION,
        SEVERAL,
        _other_source,
    ),
    rule(
        "alternates.multi.allocate",
        "Several sources compete for volume",
        "Volume that may move is what keeps several sources good and fairly priced.",
        ARTICLE,
        MULTI,
        mechanisms("split_award", "no_exclusivity", "no_minimum_share", "benchmarking"),
        knock_out("no_exclusivity"),
        priority("freedom_to_source", 12),
    ),
    rule(
        "alternates.multi.how_many",
        "The number of sources is asked after",
        "Each source costs oversight, validation and attention; more is not always safer.",
        RE_EVALUATION,
        MULTI,
        question(
            "how_many_sources",
            "Does each source earn its cost of oversight and validation, or would fewer serve us better?",
            "Volumes, total cost, standing and oversight cost by source.",
        ),
    ),
)
