"""The guided writer as data: one question a screen, in the order in which a strategy is thought through.

The reasons are those of the article that the product follows (T. Applebaum, "Getting the Most from Your CMO
Relationships: A Life Cycle Approach", BioPharm International 19(7), July 2006), and of what tends to go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SOURCE = "T. Applebaum, “Getting the Most from Your CMO Relationships: A Life Cycle Approach”, BioPharm International 19(7), 2006"


@dataclass(frozen=True)
class Asked:
    """How a screen asks for a table: `name` is the table's. The rest speaks to the person; see `doors.pages.parts`."""

    name: str
    heading: str
    help: str = ""
    row_word: str = "row"
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    #: Columns that are filled in for the person.
    given: tuple[str, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Screen:
    """One screen: its question, and what it asks for (fields of the strategy, then tables).

    `question` names the one of the four questions whose choices show what they bring about. `when` says at which
    choice a field is asked for at all: field → (field of the choice, choices).
    """

    key: str
    title: str
    heading: str
    lead: str
    why: str
    good: tuple[str, ...] = ()
    example: str = ""
    fields: tuple[str, ...] = ()
    tables: tuple[Asked, ...] = ()
    question: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    #: Names of findings that are mended here besides those of its fields and tables.
    also: tuple[str, ...] = ()

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Every field and table of the screen, and what else it mends."""
        return (*self.fields, *(table.name for table in self.tables), *self.also)


WHY_LABEL = "Why?"
EVIDENCE_LABEL = "What does that rest on?"
EVIDENCE_HELP = "A report, a decision, a study: enough that somebody else finds it."

SCREENS: tuple[Screen, ...] = (
    Screen(
        key="scope",
        title="Scope and horizon",
        heading="What is made outside, and how far ahead do we look?",
        lead="One clear sentence on what goes outside and what stays, and the years for which you plan.",
        why="A strategy has an object: the material or capability itself, and the relationship that provides it. "
        "Selections go wrong where each team has another scope in mind, and where only the next campaign is looked at: "
        "long-term needs are then lost, and the cheapest offer for today decides for ten years.",
        good=(
            "The scope names its first and its last step, so that nobody assumes the rest.",
            "The horizon reaches past the launch to the first years of steady supply.",
        ),
        example="Drug substance of VX-12 from the working cell bank to the frozen bulk, and its filling into vials. "
        "Packaging stays with our own site.",
        fields=("scope", "starts_on", "launch_on", "horizon_from", "horizon_to", "relationship_type"),
        helps={
            "horizon_from": "The first calendar year for which you give demand and cost.",
            "horizon_to": "Usually five to ten years on.",
            "relationship_type": "How close the relationship is meant to be.",
        },
    ),
    Screen(
        key="objectives",
        title="Objectives",
        heading="What is the relationship to achieve?",
        lead="Two to five objectives, each tied to a long-term goal of the company. Their weights add up to 100.",
        why="The first practice of the life-cycle approach is to align partnering with long-term business needs. An "
        "objective that serves no goal of the company will be traded away in the first negotiation; one without a weight "
        "cannot be compared with another.",
        good=(
            "Each objective could be missed, and you would notice.",
            "The heaviest one is what you would not give up for a lower price.",
        ),
        example="Supply the launch without a gap – serves “Launch VX-12 in 2028” – no patient waits for a vial – 60 %.",
        tables=(
            Asked(
                "objectives",
                "Objectives",
                row_word="objective",
                labels={"goal": "Goal it serves", "measure": "How we shall know", "weight": "Weight in %"},
            ),
        ),
    ),
    Screen(
        key="core",
        title="Core competency",
        heading="Is it a core competency?",
        lead="The first of the four questions: does making this set us apart, or do others do it as well?",
        why="What sets the company apart should not leave it without a plan to keep the knowledge. What does not should "
        "not tie up its money. Where the question is skipped, the answer is given by default: whoever made the clinical "
        "batches keeps the work, because that needs no technology transfer.",
        good=(
            "The answer would be the same if the present supplier did not exist.",
            "It says which knowledge has to stay in the company.",
        ),
        example="Partly: we must understand the process to file it and to move it, but own no plant of that scale.",
        fields=("core_competency", "core_rationale", "core_evidence"),
        question="core_competency",
        labels={
            "core_competency": "Does making it set us apart?",
            "core_rationale": WHY_LABEL,
            "core_evidence": EVIDENCE_LABEL,
        },
        helps={"core_evidence": EVIDENCE_HELP},
    ),
    Screen(
        key="intent",
        title="In-house or out",
        heading="Does it stay outside, or come in-house later?",
        lead="The second question: how the work is sourced over time.",
        why="A contract for work that comes back in five years is another contract than one for work that stays: it has "
        "to return know-how, tooling and cell banks, and to let the volume ramp down. None of that can be asked for once "
        "the contract is signed.",
        good=(
            "A date for coming in-house is later than the start of the programme, and somebody has budgeted for it.",
            "“It stays outside” was weighed against the cost of a plant, not assumed.",
        ),
        example="We bring it in-house by 30 June 2031: from then on the volume pays for a plant of our own.",
        fields=("sourcing_intent", "in_house_by", "intent_rationale", "intent_evidence"),
        question="sourcing_intent",
        labels={
            "sourcing_intent": "How is it sourced over time?",
            "in_house_by": "In-house by",
            "intent_rationale": WHY_LABEL,
            "intent_evidence": EVIDENCE_LABEL,
        },
        helps={"in_house_by": "Only where it is brought in-house by a date.", "intent_evidence": EVIDENCE_HELP},
        when={"in_house_by": ("sourcing_intent", ("in_house_later",))},
    ),
    Screen(
        key="alternates",
        title="Alternate sources",
        heading="Do we develop alternate sources?",
        lead="The third question: on how many sources the supply stands, and how the next one comes about.",
        why="The licence holder stays accountable for the whole supply, whoever makes it. A second source often takes "
        "one to two years to build, and costs money for as long as nothing happens: it is decided before it is needed, or not at "
        "all. With it go a contract without exclusivity and help with the transfer.",
        good=(
            "It tells “nobody else can” (sole) from “we chose one” (single).",
            "A second source has a date and a first step.",
        ),
        example="Dual source, ready by mid 2029: transfer to a second site after three batches at commercial scale.",
        fields=("alternates", "alternate_by", "alternate_plan", "alternates_rationale", "alternates_evidence"),
        question="alternates",
        labels={
            "alternates": "On how many sources does it stand?",
            "alternates_rationale": WHY_LABEL,
            "alternates_evidence": EVIDENCE_LABEL,
        },
        helps={
            "alternate_by": "Only where there is to be more than one source.",
            "alternate_plan": "The first step and who takes it. Only where there is to be more than one source.",
            "alternates_evidence": EVIDENCE_HELP,
        },
        when={
            "alternate_by": ("alternates", ("dual", "multi")),
            "alternate_plan": ("alternates", ("dual", "multi")),
        },
    ),
    Screen(
        key="duration",
        title="Duration",
        heading="How long is the relationship to last?",
        lead="The fourth question: short-term or long-term, until when, and why.",
        why="A partner for the life of a product is asked for other things than a supplier for one clinical study. Early "
        "decisions are often made by development staff for the study at hand, and then last for as long as the product "
        "does, because moving it is dear.",
        good=(
            "The end is tied to an event, such as a filing, an end of study or a plant that opens.",
            "It fits the answer to the question before: what comes in-house does not last for ever.",
        ),
        example="Short-term, until the end of the phase 2 study: the process will change before phase 3 anyway.",
        fields=("duration", "duration_until", "duration_rationale", "duration_evidence"),
        question="duration",
        labels={
            "duration": "How long is it to last?",
            "duration_rationale": WHY_LABEL,
            "duration_evidence": EVIDENCE_LABEL,
        },
        helps={
            "duration_until": "Needed for a short-term relationship; a long-term one may have it too.",
            "duration_evidence": EVIDENCE_HELP,
        },
    ),
    Screen(
        key="leaving",
        title="Leaving",
        heading="How would we leave?",
        lead="Write it while everybody is still friendly: what has to be in hand on the day on which it ends.",
        why="Every relationship ends, and most exits are unprepared: knowledge stayed in people’s heads, tooling has no "
        "owner on paper, and a transfer often takes twelve to twenty-four months that nobody has stocked for. The exit plan "
        "starts on the first day.",
        good=(
            "It says how much notice and how much stock we would need.",
            "It names what must be ours: process description, cell bank, retained samples, data, tooling.",
        ),
        example="Two years of notice; stock for nine months; the process description, the cell bank and the retained "
        "samples in our hands at any time.",
        fields=("exit_intent",),
        labels={"exit_intent": "How would we leave, and what must be in hand then?"},
        helps={"exit_intent": ""},
    ),
    Screen(
        key="weights",
        title="Attributes and weights",
        heading="What must a partner be good at?",
        lead="Choose what matters and say how much. The weights become those of the evaluation.",
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
                labels={"weight": "Weight in %", "must_have": "Must have", "rationale": "Why"},
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
    Screen(
        key="market",
        title="Market",
        heading="Who could do it, and how is the market?",
        lead="What you know of the technology, of the forces in the market, and of CMOs that could do the work.",
        why="The four questions cannot be answered without knowing the technical and competitive environment: whether "
        "capacity is short decides who has the power in the negotiation. Noting what is known, and from when, also keeps "
        "the short list from being made of old acquaintances alone.",
        good=(
            "The notes say what would change your mind.",
            "CMOs are here as knowledge: nobody is chosen in a strategy.",
        ),
        example="Few CMOs run this scale; two are building. Power of the CMOs 4 of 5: they can choose their customers.",
        fields=("market_notes",),
        labels={"market_notes": "Market and technology"},
        helps={"market_notes": "What is scarce, what is changing, what you would have to learn."},
        tables=(
            Asked(
                "forces",
                "Five forces",
                help="How strong each force is, from 1 (weak) to 5 (strong). Leave out what you do not know.",
                row_word="force",
                labels={"strength": "Strength"},
                given=("name",),
            ),
            Asked(
                "known_cmos",
                "CMOs that are known",
                row_word="CMO",
                labels={"geopolitical_risk": "Geopolitical risk, of\u00a05", "supply_risk": "Supply risk, of\u00a05"},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="risks",
        title="Risks and tier",
        heading="What could go wrong?",
        lead="A risk register on one scale, and the tier that decides how closely the relationship is looked after.",
        why="Risks are assessed before an offer makes them look small. The scale and the threshold are fixed first, so "
        "that nobody scores towards a result; severity counts by itself, whatever the number. The number sorts, people "
        "judge (ICH Q9(R1)).",
        good=(
            "Each risk says what would happen, not only where.",
            "Above the threshold there is an action with owner and day, or a written acceptance.",
        ),
        example="The only fill line is down in the launch quarter: severity 9, occurrence 3, detection 4 – stock for "
        "three months before launch.",
        fields=("tier", "tier_rationale", "risk_scale", "risk_threshold", "severity_gate"),
        labels={"tier_rationale": "Why this tier?"},
        helps={"tier": "Tier 1 is looked after most closely. A CMO that makes product is normally tier 1."},
        tables=(
            Asked(
                "risks",
                "Risk register",
                row_word="risk",
                labels={"text": "What could go wrong?", "action": "What do we do about it?"},
                wide=True,
            ),
        ),
    ),
    Screen(
        key="segment",
        title="Segment",
        heading="How hard is it to get, and how much hangs on it?",
        lead="Two numbers from 0 to 100 place the purchase among strategic, bottleneck, leverage and routine.",
        why="How a relationship is best run depends on both: what is strategic deserves a partnership with governance at "
        "the top, what is routine deserves little work. Treating one like the other wastes effort or loses supply "
        "(Kraljic 1983).",
        good=("The two numbers were agreed by sourcing and by the business, not by one of them.",),
        example="Supply risk 80: two CMOs can make it. Profit impact 90: the company hangs on it. So it is strategic.",
        fields=("supply_risk", "profit_impact", "segment_rationale"),
        labels={"segment_rationale": "Why does it stand there?"},
    ),
    Screen(
        key="limits",
        title="Limits, budget, people",
        heading="What limits us, what may it cost, who has a say?",
        lead="What cannot be changed, the money for the work and for looking after it, and whose interest it touches.",
        why="The sponsor’s own cost of managing a CMO is routinely understated, and an oversight that nobody has paid for "
        "does not happen: the sponsor is then blind and reacts. People who were not asked before the selection are heard "
        "after it.",
        good=(
            "Oversight has people, travel, audits and systems in it.",
            "Every function that could stop the plan stands among the people.",
        ),
        example="The filing names one fill line until 2029. 4.0 million a year for the work, 350,000 for looking after it.",
        fields=("constraints", "budget", "oversight_budget", "review_due"),
        labels={"constraints": "What limits us?", "review_due": "When is this strategy looked at again?"},
        helps={
            "constraints": "Filings, patents, contracts, sites, dates that cannot move.",
            "review_due": "Yearly is usual; earlier where demand or science will tell something.",
        },
        tables=(
            Asked(
                "stakeholders",
                "People with a say",
                row_word="person",
                labels={
                    "name": "Who",
                    "function": "Function",
                    "interest": "What they need of it",
                    "influence": "Influence, of\u00a05",
                },
            ),
        ),
    ),
    Screen(
        key="asks",
        title="What it will ask for",
        heading="What this strategy will ask for",
        lead="",
        why="",
        also=("consequences",),
    ),
    Screen(
        key="check",
        title="Check and submit",
        heading="Is it all there?",
        lead="Everything that still keeps the strategy from review. Each line leads to the place where it is mended.",
        why="An executive and quality approve the strategy, neither of them its author. Once it is approved it cannot be "
        "changed; a change is a new version that is laid beside this one.",
        good=(),
    ),
)

BY_KEY: Mapping[str, Screen] = {screen.key: screen for screen in SCREENS}
#: At which screen a finding is mended, by the field or table that it names.
SCREEN_OF: Mapping[str, Screen] = {name: screen for screen in SCREENS for name in screen.asks_for}
ASKS, CHECK = BY_KEY["asks"], BY_KEY["check"]
FIRST = SCREENS[0]


def beside(screen: Screen) -> tuple[Screen | None, Screen | None]:
    """Return the screens before and after one."""
    place = SCREENS.index(screen)
    before = SCREENS[place - 1] if place else None
    after = SCREENS[place + 1] if place + 1 < len(SCREENS) else None
    return before, after


def screen_of(name: str) -> str:
    """Return the key of the screen on which a field or table is written; the last one's for what has no screen."""
    return SCREEN_OF.get(name, CHECK).key
