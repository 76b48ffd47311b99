"""What a partner must be good at, and the numbers: demand, capacity, costs."""

from __future__ import annotations

from cmo_lifecycle.doors.writing.shapes import Asked, Screen

SCREENS: tuple[Screen, ...] = (
    Screen(
        key="weights",
        title="Attributes and weights",
        heading="What must a partner be good at?",
        lead="Choose what matters and say how much. 70 % of the evaluation's weight or more goes to these, in proportion; "
        "the rest to criteria that answers ask for.",
        why="Attributes of the strategy go into the requirements of the evaluation, and negotiation priorities are "
        "linked to them. Weights that are fixed before the offers are known protect against choosing by the lowest "
        "price and finding reasons afterwards.",
        good=(
            "Three to seven attributes: more of them dilute what matters.",
            "A must-have is one for which you would turn down the best offer.",
        ),
        example="Quality and compliance 40 %, must have, because the licence is ours; supply security 35 %; total cost 25 %.",
        fields=("weights_by", "inconsistency_explained"),
        tables=(
            Asked(
                "attributes",
                "Attributes that matter here",
                help="Entered directly, the weights add up to 100; compared in pairs, they are worked out from that.",
                row_word="attribute",
                labels={"weight": "Weight in %", "must_have": "Must have", "rationale": "Why, for a must-have"},
                helps={"weight": ""},
            ),
        ),
        labels={
            "weights_by": "How do you want to weigh them?",
            "inconsistency_explained": "Why they stand although they contradict each other",
        },
        helps={
            "inconsistency_explained": "Only where the consistency ratio is above 0.10 and the comparisons stand nevertheless."
        },
        also=("judgements",),
    ),
    Screen(
        key="demand",
        title="Demand",
        heading="How much is needed, year by year?",
        lead="Three numbers for each year: if little is needed, as expected, and if much. They turn into batches below.",
        why="Demand of a new product is a guess, and strict volume commitments turn a wrong guess into money. Telling low "
        "and high from the start is what lets the contract have bands, deferrals and a ladder of cancellation fees "
        "instead of one number.",
        good=(
            "Low and high are numbers that somebody would bet on, not plus and minus ten percent.",
            "Years in which nothing is needed have a 0: an empty year is a gap.",
        ),
        example="2028: 20,000 – 40,000 – 60,000 vials. One batch brings 10,000 vials, of which 90 % can be used; 5 % of "
        "batches fail.",
        fields=("demand_unit", "batch_output", "batch_yield", "batch_failure"),
        tables=(
            Asked(
                "demand",
                "Demand",
                help="In the unit named above.",
                row_word="line",
                labels={"low": "If little", "base": "As expected", "high": "If much"},
                given=("year",),
            ),
        ),
    ),
    Screen(
        key="capacity",
        title="Capacity",
        heading="What capacity is there already?",
        lead="Batches that can be made in-house, or that are booked at a CMO, for each year.",
        why="The need less what is there is what has to be found. An option at a CMO is no capacity until it is drawn, "
        "and capacity of our own that another product takes is none either.",
        good=("Each place stands in the years in which it can truly deliver, transfer and approval included.",),
        example="2029: Harrow Cork, committed, 8 batches; Harrow Cork, optional, 4 batches.",
        tables=(
            Asked(
                "capacity",
                "Capacity in batches",
                help="Leave it empty where there is none yet.",
                row_word="line",
                labels={"kind": "Whose", "place": "Where", "batches": "Batches"},
            ),
        ),
    ),
    Screen(
        key="make-or-buy",
        title="Make or buy",
        heading="Does it pay to make it ourselves?",
        lead="The costs of both ways over the horizon, discounted to its first year, and what has no price.",
        why="Answering the four questions needs financial analysis, which a trained sourcing professional brings: unit "
        "prices alone hide the transfer, the plant, and our own people. Where the two ways cross tells at which demand "
        "the answer would turn.",
        good=(
            "One-off costs stand in the year in which they are paid.",
            "What it costs us to look after a CMO is among the costs of buying.",
            "Each foreign currency has a rate with its day and source.",
        ),
        example="Make: plant, one-off, 2027, 30 million EUR. Buy: batch of the CMO, per batch, 2028, 420,000 USD.",
        fields=("currency", "discount_rate", "make_or_buy"),
        labels={"currency": "Currency of this strategy", "make_or_buy": "What do you conclude?"},
        helps={
            "currency": "Three letters, such as EUR. Everything is counted in it.",
            "discount_rate": "What finance uses for money that is spent later; 8 for 8 %.",
        },
        tables=(
            Asked(
                "cash_flows",
                "Costs of making and of buying",
                help="All amounts are costs, so positive. “Per unit” and “per batch” are multiplied by the demand of "
                "their year.",
                row_word="cost",
                labels={"option": "Way", "kind": "How it falls", "label": "What for"},
            ),
            Asked(
                "rates",
                "Exchange rates",
                help="For each currency that is not the strategy’s own. Write 1.10 for USD where the strategy counts in "
                "EUR and 1 EUR buys 1.10 USD.",
                row_word="rate",
                labels={"per_base": "Units for one of ours", "on": "Day"},
                helps={"per_base": ""},
            ),
            Asked(
                "factors",
                "What has no price",
                help="Score making and buying from 0 (bad) to 5 (good). The weights may be on any scale.",
                row_word="factor",
                labels={"make": "Making", "buy": "Buying"},
            ),
        ),
    ),
)
