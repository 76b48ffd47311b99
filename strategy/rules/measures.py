"""KPIs, criteria, negotiation priorities and knock-outs: each once, for whichever rule asks for it.

Formulas, targets and red lines of KPIs are those of the domain reference; they are defaults, which a strategy
changes with a reason. Every KPI and every priority brings its question for the next re-evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from strategy.rules.shapes import Ask, Because, Kind


@dataclass(frozen=True, slots=True)
class Kpi:
    title: str
    formula: str
    direction: str
    target: str
    red_line: str
    unit: str
    category: str
    question: str


@dataclass(frozen=True, slots=True)
class Criterion:
    title: str
    group: str
    measure: str
    minimum: str


@dataclass(frozen=True, slots=True)
class Priority:
    title: str
    target: str
    fallback: str
    walk_away: str
    value_at_stake: str
    question: str
    data_needed: str


@dataclass(frozen=True, slots=True)
class KnockOut:
    title: str
    group: str
    requirement: str
    evidence: str


KPIS: Mapping[str, Kpi] = {
    "on-time-in-full": Kpi(
        "On time in full",
        "Deliveries on time and in full ÷ deliveries due",
        "up", "95", "85", "%", "delivery",
        "Has delivery on time and in full held its target, and would a changed window or lead time serve us better?",
    ),
    "supply-fulfilment": Kpi(
        "Supply fulfilment",
        "Quantity accepted ÷ quantity firmly ordered",
        "up", "98", "95", "%", "delivery",
        "Have we received what we firmly ordered?",
    ),
    "schedule-adherence": Kpi(
        "Schedule adherence",
        "Batches started in their planned window ÷ batches planned",
        "up", "90", "80", "%", "delivery",
        "Do batches start when they are planned, and who moved those that did not?",
    ),
    "stock-cover": Kpi(
        "Safety-stock cover",
        "Safety stock on hand ÷ safety stock agreed",
        "up", "100", "80", "%", "delivery",
        "Is the safety stock still right for the time it would take to restore supply?",
    ),
    "milestone-adherence": Kpi(
        "Milestone adherence",
        "Milestones met by their baseline date ÷ milestones due",
        "up", "90", "80", "%", "delivery",
        "Have milestones been met against the first baseline, and what moved the others?",
    ),
    "release-cycle-time": Kpi(
        "Release cycle time, median",
        "Median of the days from end of manufacture to release, split between CMO and sponsor",
        "down", "20", "30", "business days", "delivery",
        "How long does release take, and on whose side does it wait?",
    ),
    "forecast-accuracy": Kpi(
        "Forecast accuracy (our own)",
        "1 − sum of absolute differences between forecast and actual ÷ sum of actual, at a fixed lag of three months",
        "up", "80", "60", "%", "partnership",
        "Is our own forecast good enough for the zones that we agreed?",
    ),
    "right-first-time": Kpi(
        "Right first time",
        "Batches without any defect or correction ÷ batches reviewed",
        "up", "95", "90", "%", "quality",
        "Are batches and their records right first time, and what repeats?",
    ),
    "lot-acceptance-rate": Kpi(
        "Lot acceptance rate",
        "Lots released ÷ lots released or rejected",
        "up", "97", "95", "%", "quality",
        "Is the lot acceptance rate good enough to go on as agreed?",
    ),
    "deviation-rate": Kpi(
        "Deviation rate",
        "Deviations ÷ batches, per 100 batches",
        "down", "6", "8", "per 100 batches", "quality",
        "Do deviations fall, and are the recurring ones understood?",
    ),
    "batch-success": Kpi(
        "Batch success",
        "Batches that meet specification ÷ batches attempted",
        "up", "95", "90", "%", "quality",
        "Does the process succeed at this scale as often as the plan assumes?",
    ),
    "environmental-excursions": Kpi(
        "Environmental excursions in critical zones",
        "Excursions beyond the action limit in grade A and B ÷ batches, per 100 batches",
        "down", "1", "3", "per 100 batches", "quality",
        "Is the contamination-control strategy working, by its trends?",
    ),
    "identity-breaks": Kpi(
        "Breaks of the chain of identity",
        "Breaks or near misses of the chain of identity, counted",
        "down", "0", "1", "events", "quality",
        "Has the chain of identity held for every patient?",
    ),
    "vein-to-vein": Kpi(
        "Turnaround from collection to release, median",
        "Median of the days from receipt of the patient's material to release",
        "down", "21", "28", "days", "delivery",
        "Is the turnaround short enough for the patients treated now?",
    ),
    "capa-on-time": Kpi(
        "CAPA on time",
        "CAPA closed by their original due date ÷ CAPA closed",
        "up", "90", "80", "%", "compliance",
        "Are corrective actions closed by their first date, and do they work?",
    ),
    "investigation-on-time": Kpi(
        "Investigations on time",
        "Deviations and OOS closed within target ÷ those due",
        "up", "90", "80", "%", "compliance",
        "Are investigations closed in time, with a root cause?",
    ),
    "notification-timeliness": Kpi(
        "Notification timeliness",
        "Events notified within the clock of the quality agreement ÷ events",
        "up", "100", "95", "%", "compliance",
        "Were we told of every event in time, and of changes before they were made?",
    ),
    "audit-actions-overdue": Kpi(
        "Overdue audit actions",
        "Audit actions past their due date, counted, with any open critical finding",
        "down", "0", "1", "actions", "compliance",
        "Is the site fit for inspection today?",
    ),
    "data-integrity-findings": Kpi(
        "Open data-integrity findings",
        "Open findings on data integrity from audits, inspections and investigations, counted",
        "down", "0", "1", "findings", "compliance",
        "Can we rely on every record that we were given?",
    ),
    "ip-duties-met": Kpi(
        "Know-how duties met on time",
        "Confidentiality and IP duties done by their date (access lists, disclosures, returns) ÷ duties due",
        "up", "100", "95", "%", "compliance",
        "Is our know-how still protected, and who has had access to it?",
    ),
    "invoice-accuracy": Kpi(
        "Invoice accuracy",
        "Invoices matched at first pass ÷ invoices",
        "up", "98", "95", "%", "cost",
        "Do invoices follow what was agreed?",
    ),
    "total-cost-variance": Kpi(
        "Variance of the total cost of partnership",
        "(Actual total cost − budget) ÷ budget",
        "down", "5", "15", "%", "cost",
        "What does the partnership really cost, our own oversight included, against plan and market?",
    ),
    "change-order-share": Kpi(
        "Cumulative change orders",
        "Sum of approved change orders ÷ original scope of work",
        "down", "5", "15", "%", "cost",
        "How much have change orders added, and which of them did we cause?",
    ),
    "responsiveness": Kpi(
        "Responsiveness",
        "Issues answered within the agreed time ÷ issues",
        "up", "95", "85", "%", "partnership",
        "Do both sides answer in time, and would both choose each other again?",
    ),
    "change-turnaround": Kpi(
        "Turnaround of change requests",
        "Changes of volume, slot or scope answered within the agreed time ÷ changes asked for",
        "up", "90", "80", "%", "partnership",
        "Did the agreed flexibility work when it was used, and what did it cost?",
    ),
    "exit-readiness": Kpi(
        "Exit readiness",
        "Items of the transfer and exit package that are complete and current ÷ items",
        "up", "90", "70", "%", "partnership",
        "How many months would it take to leave, against the months of notice and stock that we have?",
    ),
    "second-source-progress": Kpi(
        "Progress of the other source",
        "Milestones of the other source met by their baseline date ÷ milestones due",
        "up", "90", "75", "%", "delivery",
        "Is the other source qualified and able to take the volume that it was chosen for?",
    ),
    "improvement-delivered": Kpi(
        "Improvement delivered",
        "Yearly savings and yield gains realised ÷ those agreed",
        "up", "100", "60", "%", "cost",
        "Does the long term pay: have yield and cost improved as agreed?",
    ),
}  # fmt: skip

CRITERIA: Mapping[str, Criterion] = {
    "technology_transfer_out": Criterion(
        "Readiness to transfer technology to another site",
        "technical",
        "Transfers out completed in the last five years, willingness to annex a transfer plan, completeness of documents.",
        "Agrees in writing to assist a transfer out.",
    ),
    "working_with_second_source": Criterion(
        "Experience as one of several sources",
        "business_fit",
        "Products now made beside another source; comparability work done; terms asked for split volumes.",
        "",
    ),
    "business_continuity": Criterion(
        "Business continuity",
        "risk",
        "Tested continuity plan, times to recover, second site, stock policy, single points of failure.",
        "A plan exists and was tested in the last two years.",
    ),
    "financial_stability": Criterion(
        "Financial stability and ownership",
        "risk",
        "Rating, three years of accounts, ownership and its likely changes, share of turnover that we would be.",
        "No going-concern qualification in the last two years.",
    ),
    "know_how_protection": Criterion(
        "Protection of know-how",
        "risk",
        "Separation of customers, access control, terms on improvements, record in disputes, competing products.",
        "Accepts that improvements to our process are ours.",
    ),
    "volume_flexibility": Criterion(
        "Room for changing volumes",
        "business_fit",
        "Bands, zones and deferral offered in the proposal, against our low and high scenarios.",
        "Can serve the high scenario without a new site.",
    ),
    "capacity_headroom": Criterion(
        "Capacity by year",
        "technical",
        "Free and reservable capacity by year in batches against our base and high scenarios; lead time of more.",
        "Base scenario covered in every year of the horizon.",
    ),
    "growth_path": Criterion(
        "Path to larger scale",
        "technical",
        "Larger scales at the same site or network, comparability approach, time and cost of the step.",
        "",
    ),
    "development_agility": Criterion(
        "Agility in development",
        "business_fit",
        "Start within weeks, development runs included, handling of process changes, record with small campaigns.",
        "A first slot inside our timetable.",
    ),
    "commercial_readiness": Criterion(
        "Readiness for commercial supply",
        "technical",
        "Validation and filing record, pre-approval inspections passed, commercial products now made.",
        "At least one product approved from the site.",
    ),
    "long_term_fit": Criterion(
        "Strategic fit over the long term",
        "partnership",
        "Investment plans, place of our modality in them, improvement record, executive access, references.",
        "",
    ),
    "contamination_control": Criterion(
        "Contamination control",
        "technical",
        "Contamination-control strategy, barrier technology, media-fill and environmental record, inspection history.",
        "A current contamination-control strategy.",
    ),
    "cell_culture_experience": Criterion(
        "Experience with the modality at scale",
        "technical",
        "Batches of the same modality at our scale in the last three years, success rate, comparability record.",
        "",
    ),
    "chain_of_identity": Criterion(
        "Chain of identity and custody",
        "technical",
        "System and procedure shown on a walk-through, scheduling with clinical sites, deviations in two years.",
        "An electronic or double-checked chain without gaps.",
    ),
    "synthesis_and_impurities": Criterion(
        "Command of route, impurities and containment",
        "technical",
        "Route understanding, mutagenic-impurity assessments, containment level, solvent and supplier control.",
        "Containment suits the exposure limit of the product.",
    ),
    "design_control": Criterion(
        "Design control and device quality system",
        "technical",
        "Certified device quality system, design transfer record, complaint and vigilance handling.",
        "A device quality system certified for the scope.",
    ),
    "ehs": Criterion(
        "Environment, health and safety",
        "risk",
        "Permits, incidents in three years, waste and solvent handling, findings of EHS audits.",
        "No open order of an authority.",
    ),
    "geography": Criterion(
        "Geography and logistics",
        "risk",
        "Export controls, political and natural risk, routes, customs record, cold chain.",
        "",
    ),
    "sub_tier": Criterion(
        "Control of sub-tier suppliers",
        "risk",
        "Critical suppliers known, single sources and their plans, audits, lead times.",
        "All critical suppliers disclosed.",
    ),
    "commercial_simplicity": Criterion(
        "Simple commercial terms",
        "total_cost",
        "Acceptance of our standard terms, complete price list, effort to run the relationship.",
        "",
    ),
    "price_competition": Criterion(
        "Price against competing bids",
        "total_cost",
        "Normalised price of the same lines from at least three bidders, against should-cost.",
        "",
    ),
    "executive_commitment": Criterion(
        "Commitment of executives",
        "partnership",
        "Sponsor named, presence in the evaluation, willingness to plan and invest jointly.",
        "",
    ),
    "support_of_in_house": Criterion(
        "Support of a move in-house",
        "partnership",
        "Openness about documents and training, record of moves to a customer's own site, terms asked.",
        "Accepts the move without a penalty.",
    ),
}

PRIORITIES: Mapping[str, Priority] = {
    "quality_compliance": Priority(
        "Quality terms and batch remedies",
        "Our quality agreement as drafted, 24-hour notice of critical events, failed batches replaced in a fixed slot.",
        "Notice within one business day; replacement in the next free slot with a latest date.",
        "Quality unit's final decision, audit for cause or notice of critical events refused.",
        "A rejected or recalled batch, its materials, and the delay behind it.",
        "Have the quality terms protected us when something went wrong?",
        "Deviations, rejected batches, notification times, remedies claimed and received.",
    ),
    "supply_security": Priority(
        "Security of supply",
        "Reserved slots, safety stock apart from the site, a failure-to-supply remedy up to technology transfer.",
        "First refusal on slots and stock of critical materials, with release from minimums on failure.",
        "No remedy beyond best efforts.",
        "Sales and patients' supply for the time it takes to restore it.",
        "Would supply have held if the worst month had lasted three?",
        "Deliveries, stock cover, failures to supply, time to recover from the last test.",
    ),
    "total_cost": Priority(
        "Total cost of partnership",
        "Prices with volume steps, a capped index, change orders under control, fees credited against batches.",
        "Fixed prices for two years, then the index with a cap.",
        "Total cost above the make-versus-buy break-even.",
        "The gap between the quoted price and the total cost over the term.",
        "What has the partnership cost per released unit, against plan and market?",
        "Invoices, change orders, own oversight cost, benchmark.",
    ),
    "speed": Priority(
        "Time to clinic or market",
        "Named slots, a timetable with milestones in the contract, fees tied to them.",
        "A timetable with notice of delay and a right to other slots.",
        "First slot later than the programme's critical path allows.",
        "Each month of delay of the trial or launch.",
        "Has the CMO kept the timetable, and did we?",
        "Milestone baseline and actual dates, causes of delay by side.",
    ),
    "flexibility": Priority(
        "Flexibility of volume and scope",
        "Bands from the low to the high scenario, deferral without charge, a ladder with credit for slots sold again.",
        "Narrower bands with one deferral a year and fees credited on later use.",
        "Take-or-pay above the low scenario.",
        "Fees for capacity that is not used in the low scenario, lost sales in the high one.",
        "Which flexibility was used, what did it cost, and what was missing?",
        "Forecast versions, deferrals, cancellations, fees, demand against scenarios.",
    ),
    "technical_capability": Priority(
        "Technical performance and scale",
        "Batch success and yield bands in the contract, named experts, scale-up support in scope.",
        "Bands agreed after the first ten batches with a date until which they are set.",
        "No commitment to any definition of a successful batch.",
        "Cost of failed batches and of yield below plan.",
        "Does the technical performance still fit the next phase and scale?",
        "Batch success, yield, scale-up plan, open technical issues.",
    ),
    "ip_protection": Priority(
        "Protection of intellectual property",
        "Improvements assigned to us, know-how kept apart, no subcontracting without consent.",
        "Free licence in our field to platform improvements.",
        "Any claim of the CMO on our process or product.",
        "The process knowledge that sets our product apart.",
        "Who holds our know-how now, and is it what we intended?",
        "Access lists, improvements disclosed, subcontractors, returns.",
    ),
    "partnership_fit": Priority(
        "Governance and transparency",
        "Named people, joint governance, open data, surveys both ways, an escalation ladder with times.",
        "Governance agreed in the operating framework within 90 days.",
        "No named lead and no access to those who do the work.",
        "Management time on issues that nobody owns.",
        "Does the relationship work in both directions?",
        "Survey of both sides, issues by age and level, changes of key people.",
    ),
    "exit_readiness": Priority(
        "A way out",
        "Technology-transfer assistance at agreed rates, exit plan annexed, records and materials returned.",
        "Assistance in hours per year, exit plan within six months.",
        "No duty to assist a transfer.",
        "The 12 to 24 months that a transfer takes without help.",
        "Could we leave today within notice and stock, and what is missing?",
        "Exit plan, transfer package, stock cover, notice periods, second-source status.",
    ),
    "data_integrity": Priority(
        "Data integrity and access to records",
        "Raw data and audit trails open to us, validated systems, hand-over in readable form.",
        "Access on site with copies for investigations.",
        "No access to raw data.",
        "The trust of an authority in every batch of the site.",
        "Have our samples of raw data and audit trails agreed with the reports?",
        "Results of data-integrity audits, record requests and answers.",
    ),
    "term_and_termination": Priority(
        "Term and freedom to end",
        "Fixed term with our option to extend, end for convenience on 90 days' notice.",
        "Notice of 180 days, work in progress completed.",
        "No end before the full term without payment of the whole.",
        "Fees for work that the programme no longer needs.",
        "Is the term still right, and is the notice date in the calendar?",
        "Term, notice dates, work planned beyond them.",
    ),
    "capacity": Priority(
        "Reserved capacity",
        "Slots by year for the base scenario, fee credited against batches, first call on more.",
        "First refusal on slots before they go to others.",
        "No slot in the first year of need.",
        "The volume that nobody is bound to make.",
        "Does reserved capacity still match demand?",
        "Capacity by year, forecast, slots used and released.",
    ),
    "freedom_to_source": Priority(
        "Freedom to use another source",
        "No exclusivity, no minimum share, volume moves between sources by one forecast cycle's notice.",
        "A minimum quantity, not a share, until the other source is approved.",
        "Exclusivity for the product.",
        "The whole value of having another source.",
        "Have we been free to use the other source, and did competition show?",
        "Volumes by source, prices by source, commitments.",
    ),
    "long_term_value": Priority(
        "Value over the long term",
        "Indexation within a cap, improvement targets with shared savings, review of price on stated triggers.",
        "Fixed prices for two years, then an index.",
        "Prices that the CMO alone may raise.",
        "Price drift over the whole term.",
        "Would we sign the same terms today?",
        "Price history against index and market, savings realised.",
    ),
}

KNOCK_OUTS: Mapping[str, KnockOut] = {
    "site_qualified": KnockOut(
        "A site that our quality unit can approve",
        "risk",
        "The site passes a quality audit for the scope, without an open critical finding.",
        "Audit report and approval by our quality unit before award.",
    ),
    "quality_agreement": KnockOut(
        "Acceptance of a quality agreement",
        "technical",
        "Will sign a quality agreement in which our quality unit keeps the final decision on each batch.",
        "Our draft returned with its exceptions listed.",
    ),
    "regulatory_standing": KnockOut(
        "A clean regulatory standing",
        "risk",
        "No warning letter, import alert or official action that touches the scope and is still open.",
        "Inspection history of the site for five years with responses.",
    ),
    "audit_access": KnockOut(
        "Audit access",
        "risk",
        "Accepts audits for cause without a yearly cap and access by authorities.",
        "Signed statement, or the clause in the proposal.",
    ),
    "no_exclusivity": KnockOut(
        "Supply without exclusivity",
        "business_fit",
        "Will supply without exclusivity and without a minimum share of our demand.",
        "Statement in the proposal.",
    ),
    "technology_transfer_out": KnockOut(
        "Consent to technology transfer",
        "partnership",
        "Consents to transfer the process to us or to a third party.",
        "Statement in the proposal, with rates.",
    ),
    "improvements_are_ours": KnockOut(
        "Ownership of improvements by the sponsor",
        "risk",
        "Accepts that improvements to our product and process belong to us.",
        "Statement in the proposal.",
    ),
    "chain_of_identity": KnockOut(
        "A chain of identity without gaps",
        "technical",
        "Runs a chain of identity and custody from receipt to release that was shown on a walk-through.",
        "Walk-through with our quality unit; procedure and system validation.",
    ),
    "sterile_licence": KnockOut(
        "A licence for sterile or biological manufacture",
        "technical",
        "The site's manufacturing authorisation covers the product's class and, where it is sterile, aseptic processing.",
        "Authorisation and latest GMP certificate.",
    ),
    "commercial_licence": KnockOut(
        "A licence for commercial supply",
        "technical",
        "The site is authorised for commercial manufacture in every market that it is to supply.",
        "Authorisations, GMP certificates and establishment registrations by market.",
    ),
}


def question(code: str, text: str, data_needed: str) -> Ask:
    return Ask(Kind.QUESTION, code, text, {"question": text, "data_needed": data_needed})


def criterion(code: str, weight: int | Decimal = 5) -> Ask:
    """Return the ask for a criterion; `weight` counts against the attributes' weights in percent points."""
    c = CRITERIA[code]
    content = {"group": c.group, "measure": c.measure, "minimum": c.minimum}
    return Ask(Kind.CRITERION, code, c.title, content, Decimal(weight))


def knock_out(code: str) -> Ask:
    k = KNOCK_OUTS[code]
    return Ask(Kind.KNOCK_OUT, code, k.title, {"group": k.group, "requirement": k.requirement, "evidence": k.evidence})


def kpi(code: str) -> tuple[Ask, ...]:
    """Return the ask for a KPI of the dictionary and for its question."""
    k = KPIS[code]
    content = {
        "code": code,
        "formula": k.formula,
        "direction": k.direction,
        "target": k.target,
        "red_line": k.red_line,
        "unit": k.unit,
        "category": k.category,
    }
    slug = code.replace("-", "_")
    return (
        Ask(Kind.KPI, slug, k.title, content),
        question(f"kpi_{slug}", k.question, f"{k.title} by period since the last re-evaluation, with causes."),
    )


def priority(code: str, strength: int | Decimal = 10, because: tuple[Because, ...] = ()) -> tuple[Ask, ...]:
    """Return the ask for a negotiation priority and for its question; the strongest ranks first."""
    p = PRIORITIES[code]
    content = {
        "target": p.target,
        "fallback": p.fallback,
        "walk_away": p.walk_away,
        "value_at_stake": p.value_at_stake,
    }
    return (
        Ask(Kind.PRIORITY, code, p.title, content, Decimal(strength), because),
        question(f"priority_{code}", p.question, p.data_needed),
    )
