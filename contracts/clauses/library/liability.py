"""Topics: liability, warranty, indemnity, insurance."""

from __future__ import annotations

from contracts.clauses.shapes import TermKind, Topic, duration, money, term

TOPICS: tuple[Topic, ...] = (
    Topic(
        code="cap_on_liability", name="Cap on liability", group="liability", category="Cap on Liability", agreements=("msa", "sow", "tta"), serves="money",
        purpose="Limits what a party can owe the other, by amount, kind of loss or time.",
        why="CMOs usually exclude loss from delay and offer a new batch at best; the value of lost material alone can exceed the price of the batch many times.",
        standard="Each party's liability in a calendar year is limited to the higher of [amount] and [twice] the fees of that year. Loss of profit and indirect loss are excluded; the cost of materials, of replacement, of recall, of cover from another source and of investigation are direct loss. Loss of [Sponsor]'s materials has a cap of its own at replacement cost.",
        fallbacks=("One and a half times the yearly fees.", "A cap for each batch at the value of the material, apart from the general cap."),
        walk_away="A cap below the yearly fees, or batch replacement as the only remedy without a fixed slot.",
        strategy_topics=("liability",), consequences=("material_liability", "recall_support"),
        terms=(TermKind("liability_cap", "Cap in a year", "cap", "times yearly fees", "2"), term("material_cap", "Cap for materials", "cap"), duration("claim_time", "Time to bring a claim", "2", "years")),
    ),
    Topic(
        code="uncapped_liability", name="Liability without cap", group="liability", category="Uncapped Liability", agreements=("msa", "sow", "tta", "cda"), serves="money",
        purpose="Names what the cap does not cover.",
        why="A cap that also covers falsified data or leaked know-how makes them a price instead of a breach.",
        standard="No limit applies to wilful misconduct, gross negligence, fraud and falsified data, to breach of confidentiality, to indemnities against third parties, and to what the law does not allow to be limited.",
        fallbacks=("A second, higher cap of [five] times the yearly fees for breach of confidentiality and indemnities.",),
        walk_away="Wilful misconduct or falsified data fall under the cap.",
        strategy_topics=("liability",), consequences=("material_liability", "know_how_separation"),
        terms=(term("higher_cap", "Second cap", "cap", "5 times yearly fees"),),
    ),
    Topic(
        code="warranty_duration", name="Warranty and its duration", group="liability", category="Warranty Duration", agreements=("msa", "sow"), serves="issues",
        purpose="Says what the product must be like, for how long, and by when defects are claimed.",
        why="Defects of medicines show late, in stability or in the field; a claim period of 30 days ends before the first pull.",
        standard="[CMO] warrants that each batch, at delivery and to the end of its shelf life as far as this depends on manufacture, meets the specification, was made under GMP, the Quality Agreement and the approved batch record, and is free from defects and liens. Defects that can be seen are claimed within [45] days of receipt with full documents; hidden ones within [30] days of discovery. At delivery at least [85] % of shelf life remain.",
        fallbacks=("Visible defects within 30 days of receipt of the full documents.", "Hidden defects within 24 months of delivery."),
        walk_away="Hidden defects excluded, or claims that end before the batch documents arrive.",
        strategy_topics=("warranty", "acceptance"), consequences=("batch_definition", "material_liability"),
        terms=(duration("visible_claim", "Time to claim visible defects", "45"), duration("hidden_claim", "Time to claim hidden defects after discovery", "30"), TermKind("shelf_life_left", "Shelf life left at delivery", "percent", "percent", "85")),
    ),
    Topic(
        code="insurance", name="Insurance", group="liability", category="Insurance", agreements=("msa", "sow", "tta"), serves="money",
        purpose="Makes sure that somebody can pay for a loss.",
        why="Liability without cover is worth what the CMO has in the bank; our materials on its premises are often insured by nobody.",
        standard="[CMO] holds, with insurers of good standing, general and product liability cover of at least [amount] for each event, and property cover of [Sponsor]'s materials at replacement value, during the term and for [three] years after it. It shows certificates every year and tells of cancellation [30] days before.",
        fallbacks=("We insure our materials and the insurer gives up recourse to the amount of the cap.",),
        walk_away="No product liability cover.",
        strategy_topics=("insurance",), consequences=("material_liability", "second_deposit"),
        terms=(money("cover", "Cover for each event"), duration("cover_after", "Cover after the term", "3", "years"), duration("cover_notice", "Notice of cancellation", "30")),
    ),
    Topic(
        code="indemnity", name="Indemnity", group="liability", agreements=("msa", "sow", "tta"), serves="money",
        purpose="Says who answers for claims of third parties.",
        why="A patient or a patent owner sues whoever is found; the party that caused it should bear it.",
        standard="Each party indemnifies the other against claims of third parties that rest on its breach, negligence or infringement: [CMO] for manufacture and its own technology, [Sponsor] for the design and use of the Product. The party indemnified tells of the claim at once, leaves its defence to the other and helps at the other's cost.",
        fallbacks=("Shared in proportion to fault where both contributed.",),
        walk_away="We indemnify the CMO for its own manufacturing faults.",
        strategy_topics=("liability",), consequences=("recall_support", "material_liability"),
        terms=(term("claim_notice", "Notice of a claim", "clock", "10 business days"),),
    ),
    Topic(
        code="recall", name="Recall and field action", group="liability", agreements=("msa", "qag"), serves="issues",
        purpose="Says who decides on a recall, who does what, and who pays.",
        why="The licence holder must decide within hours; the batch genealogy is at the CMO.",
        standard="[Sponsor] alone decides on a recall. [CMO] tells within [24] hours of anything that may lead to one, delivers traceability within [4] hours and all records within [2] business days, and takes part in a mock recall each year. Costs are borne by the party that caused it, in proportion where both did, and shared equally where no cause is found.",
        fallbacks=("Traceability within one business day.", "Cost shared where fault cannot be shown, up to a yearly sum."),
        walk_away="The CMO may decide, or bears no cost of a recall that it caused.",
        strategy_topics=("recall",), consequences=("recall_support", "notification_clocks"),
        terms=(TermKind("recall_notice", "Notice of a possible recall", "clock", "hours", "24"), TermKind("traceability", "Traceability of a batch", "clock", "hours", "4")),
    ),
)  # fmt: skip
