"""Criteria of the evaluation, and what knocks a CMO out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from strategy.rules.shapes import Ask, Kind


@dataclass(frozen=True, slots=True)
class Criterion:
    title: str
    group: str
    measure: str
    minimum: str


@dataclass(frozen=True, slots=True)
class KnockOut:
    title: str
    group: str
    requirement: str
    evidence: str


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


def criterion(code: str, weight: int | Decimal = 5) -> Ask:
    """Return the ask for a criterion; `weight` counts against the attributes' weights in percent points."""
    c = CRITERIA[code]
    content = {"group": c.group, "measure": c.measure, "minimum": c.minimum}
    return Ask(Kind.CRITERION, code, c.title, content, Decimal(weight))


def knock_out(code: str) -> Ask:
    k = KNOCK_OUTS[code]
    return Ask(Kind.KNOCK_OUT, code, k.title, {"group": k.group, "requirement": k.requirement, "evidence": k.evidence})
