"""The market, what could go wrong, limits and people; then what all of it asks for, and the check."""

from __future__ import annotations

from cmo_lifecycle.doors.writing.shapes import Asked, Screen

SCREENS: tuple[Screen, ...] = (
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
