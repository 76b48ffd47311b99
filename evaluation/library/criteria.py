"""The criteria that templates choose from, each with its measure and what the scores 0, 1, 3 and 5 mean."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.library.shapes import Criterion


def _criterion(
    code: str, group: str, title: str, measured: str, *anchors: str, rule: str = "mean", asked_as: tuple[str, ...] = ()
) -> Criterion:
    zero, one, three, five = anchors
    return Criterion(code, group, title, measured, {0: zero, 1: one, 3: three, 5: five}, rule, asked_as)


_ALL = (
    _criterion(
        "requirements_fit", "business_fit", "Fit with the business requirements",
        "Share of musts and shoulds met as written, weight of the gaps left, and how firmly each gap is closed.",
        "A must is not met and no way to meet it is offered.",
        "All musts are promised, several of them without evidence or date; most shoulds are missing.",
        "All musts are met with evidence; gaps in shoulds have a plan with a date and a price.",
        "All musts and shoulds are met today, shown by documents or on site.",
    ),
    _criterion(
        "speed", "business_fit", "Timetable and first slot",
        "First slot offered, critical path from kick-off to first released batch, people named, milestones kept with others.",
        "No slot inside the programme's window.",
        "A slot inside the window with dependencies that the bidder does not control; no critical path.",
        "A slot inside the window, a critical path with float, and a project manager named.",
        "A reserved slot ahead of need, people named for each work package, and two references for transfers finished on time.",
        asked_as=("speed", "development_agility"),
    ),
    _criterion(
        "flexibility", "business_fit", "Room for changing volume and scope",
        "Terms worked through for the low and high scenarios: binding forecast, deferral, cancellation, scale-up path.",
        "Fixed volume with full payment for all that is not taken.",
        "Volume may change once a year inside a narrow band; cancellation is charged in full from early on.",
        "Bands cover the low and base scenarios; deferral is possible with notice; a ladder for cancellation.",
        "All three scenarios are served without a new site, with deferral, resale of slots and a priced path to larger scale.",
        asked_as=("flexibility", "volume_flexibility", "growth_path"),
    ),
    _criterion(
        "capability", "technical", "Experience with this process at this scale",
        "Batches of the same kind made at or near our scale, success rate and yield, equipment fit, depth of the team.",
        "The kind of process has never been run here.",
        "Run at a smaller scale or long ago; equipment needs purchase; knowledge sits with one or two people.",
        "Run at or near our scale in the last three years with at least 90 % success; equipment fits with small changes.",
        "Run at our scale commercially with at least 97 % success; fit proven unit operation by unit operation; a deep team.",
        asked_as=("technical_capability", "commercial_readiness", "cell_culture_experience", "synthesis_and_impurities"),
    ),
    _criterion(
        "capacity", "technical", "Capacity by year",
        "Free and reservable capacity by year against the base and high scenarios, bottlenecks, lead time of more.",
        "The base scenario cannot be made in at least one year.",
        "The base scenario fits only if other customers give way or new capacity starts on time.",
        "The base scenario fits in every year; the high one with equipment that is ordered.",
        "The high scenario fits in every year with installed, qualified capacity that can be reserved.",
        asked_as=("capacity_headroom",),
    ),
    _criterion(
        "contamination", "technical", "Contamination control",
        "Contamination control strategy, barrier technology, process simulations, environmental record, cross-contamination.",
        "No written strategy, or a failed process simulation without a closed investigation.",
        "A strategy on paper that does not join up design, procedures and monitoring; recurring excursions.",
        "A strategy reviewed each year, with clean simulations and trends under control.",
        "A strategy that drives investment, closed barriers, five years of clean simulations, and trends used to improve.",
        asked_as=("contamination_control",),
    ),
    _criterion(
        "analytics", "technical", "Analytical control and method transfer",
        "Methods run in-house, validation state, transfer record, out-of-specification rate, time from sampling to result.",
        "Release methods cannot be run here or at a laboratory under the bidder's control.",
        "Key methods are subcontracted or new to the laboratory; results often delay release.",
        "Most methods are established; transfers follow a protocol with criteria set beforehand; results come in time.",
        "All methods are established with a clean transfer record; invalidated results are rare; release is never kept waiting.",
    ),
    _criterion(
        "transfer_in", "technical", "Technology-transfer plan",
        "Phases and gates, fit-gap of process and analytics, risk assessment, people on both sides, acceptance criteria.",
        "No plan, or one that leaves out analytical transfer or validation.",
        "A generic plan without our process in it; gates without criteria.",
        "A plan with phases, gates with criteria, a fit-gap and named people.",
        "The same, with a risk-based comparability plan, engineering runs placed, float shown, and lessons from like transfers.",
    ),
    _criterion(
        "identity", "technical", "Chain of identity and custody",
        "How one patient's material is kept one patient's from collection to infusion: labels, systems, segregation, reconciliation.",
        "Identity rests on manual transcription at one step or more.",
        "Procedures cover each step but the system is not validated, or mix-ups occurred without a systemic correction.",
        "A validated system with double checks at each hand-over; no mix-up in three years.",
        "An integrated electronic chain across collection, courier, manufacture and clinic, shown on a walk-through, with mock recalls.",
        asked_as=("chain_of_identity",),
    ),
    _criterion(
        "serialisation", "technical", "Serialisation and artwork control",
        "Levels of aggregation, connections to national systems, artwork control, reconciliation, mix-up record.",
        "A market in scope cannot be served.",
        "Unit serialisation only, exchange by file, or label mix-ups in the last three years.",
        "Serialisation and aggregation for all markets in scope; artwork controlled by version with electronic proof reading.",
        "The same, on all lines, with a live connection to our repository, tested exception handling and no mix-up in three years.",
    ),
    _criterion(
        "partnership", "partnership", "Team, openness and governance",
        "Named lead with authority, access to data and problems, governance offered, oversight on site, references of our size.",
        "No named lead; information only on request.",
        "A lead without authority over operations; reports that omit problems.",
        "A lead and team named, regular reviews with data, a person of ours on site by agreement, one reference of our size.",
        "Executive sponsor, shared data, person in plant without limits, and two references that tell of problems raised early.",
        asked_as=("partnership_fit", "executive_commitment", "long_term_fit"),
    ),
    _criterion(
        "change_control", "partnership", "Change control and deviations handled together",
        "Notice of changes, our approval before they take effect, deviation notice and closing time, corrective actions that hold.",
        "Changes that touch our product may be made without our approval.",
        "Approval is accepted in principle; notice is short; many deviations stay open beyond 60 days.",
        "Written notice of at least 90 days, approval by us, most deviations closed in 30 days.",
        "The same, with a shared plan of changes, joint trend reviews and a falling rate of recurrence.",
    ),
    _criterion(
        "know_how", "partnership", "Protection of know-how",
        "Ownership of improvements, separation of customers, access control, competing products, consent to transfer out.",
        "Claims ownership of improvements to our process.",
        "Improvements are shared; transfer out is left to later agreement.",
        "Improvements specific to our product are ours; transfer out is accepted at rates to be agreed.",
        "Improvements are ours, background knowledge is licensed for transfer, and assistance is priced now.",
        asked_as=("know_how_protection", "ip_protection", "technology_transfer_out", "exit_readiness"),
    ),
    _criterion(
        "total_cost", "total_cost", "Total cost of partnership",
        "Net present cost over the horizon in the base scenario, from the price sheet and our own costs, by formula.",
        "No total can be computed, since mandatory lines are missing.",
        "The total lies far above the lowest bid.",
        "The total lies moderately above the lowest bid.",
        "The lowest total of all bids.",
        rule="lowest_full", asked_as=("total_cost", "price_competition"),
    ),
    _criterion(
        "cost_terms", "total_cost", "Clarity and fairness of commercial terms",
        "Complete price sheet, drivers and indexation disclosed, minimums and cancellation, liability for failed batches.",
        "Prices depend on terms that are not disclosed.",
        "Many items are left to change orders; full payment for failed batches; minimums above the low scenario.",
        "A complete sheet, indexation capped, liability for batches lost by the bidder's fault, a ladder for cancellation.",
        "Open-book drivers, shared savings, materials at cost, replacement of failed batches, and minimums below the low scenario.",
        asked_as=("commercial_simplicity",),
    ),
    _criterion(
        "compliance", "risk", "Quality and compliance record",
        "Inspections of the last three years with responses, audit findings, right-first-time, repeat deviations, quality unit.",
        "An open warning letter, import alert or non-compliance statement that touches the scope.",
        "Major or repeated observations with responses overdue; the quality unit is short of people.",
        "Observations were answered in time and closed; no repeat; right-first-time at 90 % or more.",
        "Clean or minor-only inspections by all authorities in scope; right-first-time at 97 % or more; the quality unit can stop a line.",
        asked_as=("quality_compliance",),
    ),
    _criterion(
        "integrity", "risk", "Data integrity",
        "Governance, validated systems, individual accounts, audit-trail review, findings, access to raw data.",
        "An open finding on data integrity, or shared accounts on GMP systems.",
        "Procedures exist; audit trails are off or not reviewed on part of the systems.",
        "All critical systems are validated with audit trails reviewed before release; gaps have dates.",
        "A mature programme with periodic review, no finding in three years, and read access to our raw data.",
        asked_as=("data_integrity",),
    ),
    _criterion(
        "continuity", "risk", "Supply continuity and sub-tiers",
        "Tested continuity plan, time to recover, second site, critical materials by source, stock, notice of discontinuation.",
        "No continuity plan.",
        "A plan that was never tested; single sources are not known beyond the first tier.",
        "A plan tested in the last two years; critical materials known, with stock or a second source for most.",
        "A yearly exercise, a second qualified line or site, and all critical materials covered by stock or a second source.",
        asked_as=("business_continuity", "supply_security", "sub_tier"),
    ),
    _criterion(
        "finance", "risk", "Financial stability and ownership",
        "Accounts of three years, debt, ownership and its likely changes, dependence on single customers, investment.",
        "A going-concern qualification in the last two years.",
        "Losses with short-term refinancing; a sale is under way; one customer carries the site.",
        "Stable results, normal debt, no customer above a third of turnover.",
        "Strong results and rating, owners with long-term plans, investment funded.",
        asked_as=("financial_stability",),
    ),
    _criterion(
        "logistics_risk", "risk", "Geography, logistics and cold chain",
        "Routes, export controls, temperature excursions, courier qualification, customs record, natural and political risk.",
        "Material cannot be shipped on the lanes needed.",
        "Lanes are not qualified; excursions are frequent or not investigated.",
        "Lanes qualified or with a plan; excursions investigated and rare.",
        "All lanes qualified for both seasons, monitored live, with a tested fall-back for each.",
        asked_as=("geography",),
    ),
)  # fmt: skip

CRITERIA: Mapping[str, Criterion] = {one.code: one for one in _ALL}


def weighted(**weights: int) -> tuple[Criterion, ...]:
    """Return the criteria named, in the order named, with their weights in percent."""
    return tuple(CRITERIA[code].weighing(weight) for code, weight in weights.items())
