"""Topics: changing scope, moving the process, and ending well."""

from __future__ import annotations

from contracts.clauses.shapes import TermKind, Topic, clock, duration, percent, term

TOPICS: tuple[Topic, ...] = (
    Topic(
        code="scope_change", name="Scope-change procedure", group="change", agreements=("msa", "sow", "tta"), serves="scope_change",
        purpose="Gives the way in which scope, scale, site or price are changed.",
        why="Change is certain; without a procedure it is done by e-mail and billed afterwards.",
        standard="Either party may ask for a change of scope, scale or site in writing. Within [10] business days [CMO] states the effect on cost, time, quality, filings and volumes, with alternatives. Nothing starts, and nothing is invoiced, before both have signed the change order; one that changes this Agreement needs an amendment, one that touches GMP also goes through change control. The sum of change orders is reported monthly against the original price; above [15] % the steering committee decides.",
        fallbacks=("Effect within 20 business days.", "Project managers may approve up to [amount] each."),
        walk_away="The CMO may start and bill changes without our signature.",
        strategy_topics=("scope_change",), consequences=("scope_change", "change_order_control", "capacity_growth"),
        terms=(clock("change_effect", "Statement of effect", "10"), percent("change_order_limit", "Sum of change orders that goes to the committee", "15")),
    ),
    Topic(
        code="technology_transfer_in", name="Technology transfer to the CMO", group="change", agreements=("tta", "sow", "qag"), serves="operating",
        purpose="Says how process and methods get to the site, and when the transfer is complete.",
        why="Too few development runs and knowledge that stays in heads are the common causes of late launches.",
        standard="Transfer follows a plan with work packages, owners, dates, [number] engineering runs and acceptance criteria set beforehand. [Sponsor] delivers the knowledge package; [CMO] states gaps within [15] business days and keeps a log of questions. The transfer is complete when the exit criteria are met and both quality units have signed the report.",
        fallbacks=("Engineering runs priced as an option.",),
        walk_away="Commercial batches before exit criteria are met.",
        strategy_topics=("technology_transfer", "services"), consequences=("validation_support", "milestone_payment"),
        terms=(term("engineering_runs", "Engineering runs", "volume"), clock("gap_statement", "Statement of gaps", "15")),
    ),
    Topic(
        code="technology_transfer_out", name="Technology-transfer assistance", group="change", agreements=("msa", "tta"), serves="exit",
        purpose="Obliges the CMO to help us make the product elsewhere.",
        why="This is the right that gives all others their weight: who can leave is listened to.",
        standard="On request, at any time during the term and for [12] months after it, [CMO] transfers the process and the analytical methods to [Sponsor] or a third party named by it: current documents within [30] days, training, people on site, samples, and comparison batches, at the rates of Schedule [number]; without charge after a failure to supply or a breach. Disputes do not delay it.",
        fallbacks=("Assistance limited to a number of hours a year at cost, documents always without charge.", "Six months after the term."),
        walk_away="No duty to assist, or assistance that the CMO may refuse for competitors of its own.",
        strategy_topics=("technology_transfer",), consequences=("technology_transfer_out", "know_how_return", "exit_plan"),
        terms=(duration("assistance_after", "Assistance after the term", "12", "months"), duration("documents_time", "Delivery of documents", "30"), TermKind("assistance_hours", "Hours of assistance", "count", "hours a year")),
    ),
    Topic(
        code="post_termination", name="Obligations after the end", group="change", category="Post-Termination Services", agreements=("msa", "sow", "tta", "qag", "cda"), serves="exit",
        purpose="Says what the parties still owe each other after the end.",
        why="Stability, complaints, inspections and records go on for years after the last batch.",
        standard="After the end [CMO] completes accepted orders, supplies the last-time buy, returns materials, tooling and documents within [30] days, supports stability, complaints, recalls and inspections until the end of shelf life of the last batch, and assists in transfer. Clauses on confidentiality, records, liability and this clause survive.",
        fallbacks=("Support of stability and complaints at agreed rates.",),
        walk_away="All duties end with the term.",
        strategy_topics=("termination",), consequences=("exit_plan", "last_time_buy", "records_hand_over", "know_how_return"),
        terms=(duration("return_time", "Return of materials and documents", "30"),),
    ),
    Topic(
        code="exit_plan", name="Exit plan", group="change", agreements=("msa",), serves="exit",
        purpose="Annexes from the first day what an exit looks like.",
        why="A second source takes one to two years; an exit planned in a quarrel takes longer and costs stock-outs.",
        standard="Schedule [number] is the exit plan: triggers and notice; stock; transfer; regulatory filings; records, retains and know-how; materials, cell banks and tooling; stability, complaints and recall support; staff; settlement. It is reviewed every year. From notice on, a joint exit team meets every [two] weeks, and [CMO] supplies on the agreed terms until [Sponsor] declares the transfer complete, at most [24] months.",
        fallbacks=("An exit plan agreed within six months of signature, with a default schedule until then.",),
        walk_away="No duty to supply during the transfer.",
        strategy_topics=("termination",), consequences=("exit_plan", "long_notice", "ramp_down"),
        terms=(duration("exit_supply", "Supply during exit, at most", "24", "months"), duration("exit_review", "Review of the plan every", "12", "months")),
    ),
    Topic(
        code="last_time_buy", name="Last-time buy", group="change", agreements=("msa",), serves="exit",
        purpose="Lets us build stock before an end, a site closure or a change we do not approve.",
        why="Stock bridges the time in which no approved source exists.",
        standard="Before this Agreement ends for whatever cause, before a site closes, and before a change that [Sponsor] does not approve, [Sponsor] may within [90] days order up to [24] months of demand at the agreed price, delivered over [12] months.",
        fallbacks=("Twelve months of demand.",),
        walk_away="No order possible after notice.",
        strategy_topics=("termination",), consequences=("last_time_buy", "long_notice"),
        terms=(duration("last_buy", "Demand that may be ordered", "24", "months"), duration("last_buy_window", "Time to order", "90")),
    ),
)  # fmt: skip
