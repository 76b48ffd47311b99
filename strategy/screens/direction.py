"""What is made outside and to what end, the four questions, and how to leave."""

from __future__ import annotations

from cmo_lifecycle.doors.writing.shapes import Asked, Screen

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
        fields=("why_revised", "scope", "starts_on", "launch_on", "horizon_from", "horizon_to", "relationship_type"),
        revising=("why_revised",),
        labels={"why_revised": "Why is there a next version?"},
        helps={
            "why_revised": "What has changed since the version before it was approved.",
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
)
