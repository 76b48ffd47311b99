"""What a contract can be made to hold: each mechanism once, in words that counsel turns into a clause.

The title is an imperative, so that it reads both as a heading and after "Contracts must".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from strategy.rules.shapes import Ask, Kind


@dataclass(frozen=True, slots=True)
class Mechanism:
    title: str
    topic: str
    must_contain: str
    fallback: str


MECHANISMS: Mapping[str, Mechanism] = {
    # Freedom to buy elsewhere, and to leave
    "no_exclusivity": Mechanism(
        "Grant no exclusivity",
        "exclusivity",
        "We may buy the product or service from others, qualify other sites and make it ourselves, at any time and"
        " without payment.",
        "Exclusivity for one indication or territory, ending by itself on the first failure to supply.",
    ),
    "no_minimum_share": Mechanism(
        "Set no minimum share of our demand",
        "minimums",
        "Commitments are stated as quantities for the binding part of the forecast, never as a share of our demand.",
        "A share that falls by itself once the other source is approved.",
    ),
    "technology_transfer_out": Mechanism(
        "Hold technology-transfer assistance",
        "technology_transfer",
        "On request, during the term and for twelve months after it, the CMO transfers the process and the analytical"
        " methods to us or to a third party named by us: documents, training, people on site, samples and comparison"
        " batches, at rates agreed now.",
        "Assistance limited to a number of hours a year at cost, documents always without charge.",
    ),
    "termination_for_convenience": Mechanism(
        "Allow termination for convenience",
        "termination",
        "We may end the agreement, or a statement of work, without cause on notice of at most 90 days; we pay work"
        " done, commitments that cannot be cancelled and the cancellation ladder, nothing more.",
        "Notice of 180 days, or the right only after the current statement of work is complete.",
    ),
    "development_stop": Mechanism(
        "Allow an end when development stops",
        "termination",
        "Where a trial fails, is stopped by an authority or is given up, we may end the work at once and pay only what"
        " is done or cannot be cancelled.",
        "Work in progress is completed to the next safe stop at our cost.",
    ),
    "extension_option": Mechanism(
        "Grant an option to extend",
        "termination",
        "We may extend the term once or twice by a year on the same terms, by notice of 90 days; nothing renews by"
        " itself.",
        "Extension at prices moved by the agreed index.",
    ),
    "long_notice": Mechanism(
        "Give long notice of any end by the CMO",
        "termination",
        "The CMO may not end for convenience before a successor works; its non-renewal takes notice of at least"
        " 24 months, during which it supplies at the agreed terms.",
        "Notice of 18 months with a last-time buy.",
    ),
    "exit_plan": Mechanism(
        "Hold an exit plan from the first day",
        "termination",
        "An exit plan is annexed and reviewed every year: notice, stock, transfer, regulatory filings, records,"
        " materials, settlement, support of stability and complaints to the end of shelf life.",
        "An exit plan to be agreed within six months of signature, with a default schedule until then.",
    ),
    "records_hand_over": Mechanism(
        "Hand over records and retained samples",
        "records",
        "Batch records, validation, methods, raw data and retained samples are handed over within 90 days of the end"
        " and stay open to us and to authorities for as long as the law asks.",
        "Certified copies, the originals kept and open to us.",
    ),
    "know_how_return": Mechanism(
        "Return know-how",
        "ip",
        "At the end, and at any time on request, the CMO returns all documents, data and parameters of the process and"
        " grants a perpetual free licence to whatever of its own is needed to run it.",
        "A licence at a royalty fixed now for what the CMO brought in itself.",
    ),
    "tooling_return": Mechanism(
        "Return tooling and dedicated equipment",
        "customer_materials",
        "Tooling, dedicated equipment, reference standards and unused materials that we paid for are ours, marked as"
        " ours, listed every year and returned on request in working order.",
        "A right to buy dedicated equipment at book value.",
    ),
    "cell_bank_return": Mechanism(
        "Return cell banks",
        "customer_materials",
        "Master and working cell banks and viral seeds are ours, kept at two places, counted every year, used for us"
        " only, and returned or moved on request within 30 days under validated conditions.",
        "Return within 60 days, with a second deposit under our control from the start.",
    ),
    "step_in": Mechanism(
        "Grant step-in rights",
        "failure_to_supply",
        "Where supply fails for longer than agreed, we or a third party may use the suite, equipment, permits and"
        " people to make the product until supply is restored.",
        "The CMO makes the product elsewhere at its cost, with our people on site.",
    ),
    "ramp_down": Mechanism(
        "Agree how volume ramps down",
        "capacity",
        "Committed volume falls by steps fixed now as our own site comes up, without payment for the fall, and supply"
        " continues until our own site is approved.",
        "Steps tied to our approval with six months' notice.",
    ),
    "split_award": Mechanism(
        "Allow volume to move between sources",
        "capacity",
        "We may move volume between sources by notice of one forecast cycle, within the bands agreed.",
        "Movement of up to a quarter of the volume a year.",
    ),
    # Volume and capacity
    "volume_bands": Mechanism(
        "Agree volume bands",
        "capacity",
        "Price and capacity hold inside a band around the base forecast that reaches from the low to the high scenario;"
        " outside it both sides talk before anything is owed.",
        "A band of ±30 % in the first two years, ±20 % after.",
    ),
    "forecast_zones": Mechanism(
        "Agree forecast zones",
        "capacity",
        "A rolling forecast with a short firm zone, a zone that may move within limits and a zone that binds nobody;"
        " the limits are stated per zone in percent of the forecast before.",
        "First quarter firm, ±20 % in the second, ±50 % in the third, free in the fourth.",
    ),
    "deferral": Mechanism(
        "Grant deferral of slots",
        "capacity",
        "A slot may be moved once by up to six months without charge on notice of 90 days, later against a part of the"
        " cancellation fee which is credited when the slot is used.",
        "One deferral a year.",
    ),
    "cancellation_ladder": Mechanism(
        "Agree a cancellation ladder",
        "capacity",
        "Fees rise by steps as the slot comes nearer and are credited where the slot is sold again or used for another"
        " product of ours; the CMO must try to sell it.",
        "Fees capped at half the price of the slot, with credit where it is sold again.",
    ),
    "no_take_or_pay": Mechanism(
        "Limit take-or-pay",
        "minimums",
        "Minimums follow the low scenario, are settled over a year or longer, and shortfall may be made good in the"
        " year after.",
        "Payment of the unused part at half the price, never in a year of failure to supply.",
    ),
    "capacity_reservation": Mechanism(
        "Reserve capacity",
        "capacity",
        "Slots are reserved by year for the base scenario, with first call on further slots; the reservation fee is"
        " credited against batches.",
        "First refusal on slots before they go to others.",
    ),
    "capacity_growth": Mechanism(
        "Agree how capacity grows",
        "capacity",
        "Triggers, lead time, who pays and who owns for each step of additional capacity are fixed now, with price"
        " steps that pass on the gain of scale.",
        "An option on a further suite or line with a date until which it stands.",
    ),
    "slot_transfer": Mechanism(
        "Allow slots to move between products",
        "capacity",
        "A reserved slot may be used for any of our products that is qualified at the site.",
        "Within the same suite, on notice of 60 days.",
    ),
    # Supply security
    "safety_stock": Mechanism(
        "Keep safety stock",
        "failure_to_supply",
        "Finished goods or the last stable intermediate are kept at an agreed level, at a place of our choice apart"
        " from the site, rotated and reported every month.",
        "Stock of the critical raw materials for the same time.",
    ),
    "business_continuity": Mechanism(
        "Hold a tested business-continuity plan",
        "failure_to_supply",
        "A plan for loss of site, utilities, IT and key materials with times to recover, tested once a year, results"
        " shown to us.",
        "A plan within six months of signature, tested before the first commercial batch.",
    ),
    "failure_to_supply": Mechanism(
        "Remedy failure to supply",
        "failure_to_supply",
        "What counts as failure is stated in numbers; it brings priority in the schedule, replacement in a fixed slot,"
        " credits, release from minimums, and in the end the right to transfer at the CMO's cost.",
        "Replacement batches in the next free slot with a latest date, and release from minimums.",
    ),
    "change_of_control": Mechanism(
        "Give notice of a change of control",
        "change_of_control",
        "Notice as early as law allows, a right to end or to receive technology transfer where a competitor takes over,"
        " and obligations that bind the successor.",
        "Notice within ten days and assurance of supply for 24 months.",
    ),
    "last_time_buy": Mechanism(
        "Grant a last-time buy",
        "termination",
        "Before any end, site closure or change that we do not approve, we may order up to two years of demand at the"
        " agreed price.",
        "One year of demand.",
    ),
    "allocation": Mechanism(
        "Allocate fairly in shortage",
        "failure_to_supply",
        "In shortage of capacity or materials our share is at least that of the twelve months before.",
        "Equal treatment with the CMO's other customers and its own products.",
    ),
    "second_site": Mechanism(
        "Keep a second site of the CMO ready",
        "failure_to_supply",
        "The CMO names a second site of its own able to make the product and keeps the documents for it ready.",
        "A written study of the time and cost to move, brought up to date every year.",
    ),
    # Knowledge
    "ip_ownership": Mechanism(
        "Assign improvements to the sponsor",
        "ip",
        "Whatever is invented on our product or process, or with our information, is ours; the CMO licenses what it"
        " brings in, and no lien or licence is implied.",
        "Joint ownership of platform improvements with a free licence in our field.",
    ),
    "know_how_separation": Mechanism(
        "Separate our know-how",
        "confidentiality",
        "Our know-how is marked, kept apart, open to named persons only, not used for others, and accesses are"
        " recorded; no single partner holds the whole process where it can be divided.",
        "Named persons and a record of access.",
    ),
    "restricted_subcontracting": Mechanism(
        "Forbid subcontracting without consent",
        "subcontracting",
        "No part of the work moves to another company or site without our written approval; the terms on quality,"
        " confidentiality and audit bind the subcontractor too.",
        "A list of approved subcontractors in the quality agreement, additions by approval.",
    ),
    "non_compete": Mechanism(
        "Bar use of our know-how for competing products",
        "confidentiality",
        "People and equipment on our process make no competing product for an agreed time, and our information never"
        " serves one.",
        "Separate teams for competing products.",
    ),
    # Quality and data
    "quality_agreement": Mechanism(
        "Place quality matters under a quality agreement",
        "quality",
        "A quality agreement signed by both quality units is in force before the first batch and prevails on quality"
        " matters; every activity has one accountable side.",
        "Interim quality terms for engineering batches only.",
    ),
    "audit_rights": Mechanism(
        "Grant audit and for-cause access",
        "audit",
        "Periodic audits, for-cause audits without a yearly cap, access during inspections that concern our product,"
        " and persons in plant.",
        "One periodic audit in two years, for-cause without limit.",
    ),
    "notification_clocks": Mechanism(
        "Set notification clocks",
        "quality",
        "Critical events within 24 hours, major within three business days, inspections within one business day, with a"
        " named receiver on both sides.",
        "Critical within one business day, major within five.",
    ),
    "change_consent": Mechanism(
        "Ask our consent to changes",
        "quality",
        "Changes that touch registered details, product quality or validated state wait for our approval; notice of"
        " 90 days for registered, 60 for major, 30 for minor changes.",
        "Our right to raise the class of any change.",
    ),
    "batch_definition": Mechanism(
        "Define a successful batch and the remedy for a failed one",
        "acceptance",
        "Success is stated by specification, yield band and complete records; a failed batch by the CMO's fault is"
        " replaced in a fixed slot and materials are paid.",
        "Replacement at cost of materials, capped per year.",
    ),
    "raw_data_access": Mechanism(
        "Give access to raw data and audit trails",
        "records",
        "Raw data, metadata and audit trails of our batches are open to us on request and handed over at the end in a"
        " form that can be read without the CMO's systems.",
        "Access on site, with copies of what concerns an investigation.",
    ),
    "material_liability": Mechanism(
        "Cover our materials",
        "liability",
        "Loss of our materials by the CMO's fault is paid at replacement cost, apart from the cap on other liability.",
        "A cap per batch at the value of the material.",
    ),
    "recall_support": Mechanism(
        "Share recall duties and cost",
        "recall",
        "Traceability within hours, mock recalls, support of our decision, and cost by fault.",
        "Cost shared where fault cannot be shown.",
    ),
    "annual_review_data": Mechanism(
        "Deliver data for the annual product review",
        "records",
        "Batch-level data, not summaries, at least 60 days before our date.",
        "Batch-level data within 30 days of request.",
    ),
    # Money
    "price_reopener": Mechanism(
        "Hold price re-openers and indexation",
        "price",
        "Prices move once a year by a named public index within a cap and a floor; either side may ask for a review"
        " where cost or volume moves beyond a stated trigger.",
        "Fixed prices for two years, the index after.",
    ),
    "continuous_improvement": Mechanism(
        "Share continuous improvement",
        "price",
        "A yearly target for yield and cost, a joint list of projects, and savings shared by a stated key.",
        "Savings shared case by case within a stated range.",
    ),
    "change_order_control": Mechanism(
        "Control change orders",
        "scope_change",
        "No work and no invoice without an approved change order; rates and assumptions are listed; the cumulative sum"
        " is reported against the original scope.",
        "A threshold under which project managers approve.",
    ),
    "benchmarking": Mechanism(
        "Allow benchmarking and competitive bids",
        "price",
        "Once a year we may compare prices and terms with the market, and prices follow or we may move volume.",
        "A benchmark at half-term.",
    ),
    "standard_terms": Mechanism(
        "Use our standard terms",
        "services",
        "Our standard terms with a statement of work; deviations need a reason.",
        "The CMO's terms with our quality, audit and confidentiality clauses.",
    ),
    "milestone_payment": Mechanism(
        "Tie payment to milestones",
        "price",
        "Payment falls due on acceptance of results named now, not on time passed; delay by the CMO reduces the fee by"
        " steps.",
        "A part of each fee held back until the final report.",
    ),
    # Living with change
    "scope_change": Mechanism(
        "Hold a scope-change procedure",
        "scope_change",
        "Either side may ask for a change of scope, scale or site; impact on cost, time, quality and filings comes"
        " within ten business days and nothing starts before both have signed.",
        "Impact within twenty business days.",
    ),
    "escalation": Mechanism(
        "Hold an escalation ladder and an independent expert",
        "disputes",
        "Issues rise by stated times from functional leads to executives; technical disputes go to an independent"
        " expert or laboratory whose finding binds; supply goes on meanwhile.",
        "Escalation with times; the expert's finding as a recommendation.",
    ),
    "performance_review": Mechanism(
        "Agree KPIs and business reviews",
        "review",
        "KPIs with definitions, targets and red lines are annexed; reviews are held as agreed, and repeated red brings"
        " an improvement plan.",
        "KPIs agreed in the operating framework within 90 days.",
    ),
    "named_people": Mechanism(
        "Name key people",
        "services",
        "A project lead and key persons are named; a change takes notice of 30 days and our agreement.",
        "Notice and a hand-over period.",
    ),
    # What the modality or the register adds
    "chain_of_identity": Mechanism(
        "Keep chain of identity and chain of custody",
        "quality",
        "Each patient's material carries one identity from collection to administration, checked at every hand-over and"
        " reconciled; a break stops the batch and is told to us at once.",
        "No weaker form: the patient's safety rests on it.",
    ),
    "slot_for_patient": Mechanism(
        "Guarantee slots for patients",
        "capacity",
        "A manufacturing slot within an agreed number of days of request, with rules for missed collections and"
        " remanufacture.",
        "A number of slots a month with first call on more.",
    ),
    "contamination_control": Mechanism(
        "Keep a contamination-control strategy",
        "quality",
        "A contamination-control strategy for the site and our product, with environmental trends shown to us and"
        " media fills that cover our process.",
        "The site's strategy with an annex for our product.",
    ),
    "segregation": Mechanism(
        "Segregate or clean to a limit set by toxicology",
        "quality",
        "Cross-contamination limits rest on health-based exposure limits for our product and its neighbours, and new"
        " neighbours are told to us before they come in.",
        "Dedicated product-contact parts.",
    ),
    "impurity_control": Mechanism(
        "Control impurities and starting materials",
        "quality",
        "Sources of starting materials and solvents are fixed; mutagenic impurities and nitrosamines are assessed on"
        " every change of route or source.",
        "Assessment once a year and on change.",
    ),
    "design_transfer": Mechanism(
        "Keep the design history in our hands",
        "quality",
        "Design history and device master record are ours; the CMO works to released revisions and keeps device"
        " history records for each lot.",
        "Certified copies of every revision.",
    ),
    "second_deposit": Mechanism(
        "Hold irreplaceable materials at two places",
        "customer_materials",
        "Material that cannot be replaced is divided between two places under different risks, with monitored storage.",
        "Insurance at the cost of making it anew, and a plan for doing so.",
    ),
    "validation_support": Mechanism(
        "Support validation and registration",
        "services",
        "Validation batches, documents for the filing and readiness for a pre-approval inspection are in scope, with"
        " dates and responsibilities.",
        "A separate statement of work signed before validation starts.",
    ),
    "financial_reporting": Mechanism(
        "Report financial health",
        "change_of_control",
        "Yearly accounts, early notice of covenant breach or site sale, and our title to materials that holds in"
        " insolvency.",
        "Notice of events and title.",
    ),
    "ehs_duties": Mechanism(
        "Report and remedy EHS incidents",
        "audit",
        "Permits stay in force, incidents that may interrupt supply are told within 24 hours, EHS audits are allowed.",
        "Yearly statement with incidents.",
    ),
    "route_continuity": Mechanism(
        "Plan for loss of a region or route",
        "failure_to_supply",
        "Alternative routes, customs brokers and stock outside the region are named; cost of a switch is divided now.",
        "Stock outside the region for the time a switch takes.",
    ),
    "sub_tier_control": Mechanism(
        "Approve critical sub-tier suppliers",
        "subcontracting",
        "Critical suppliers are listed and approved by us, single sources are shown with a plan, changes wait for our"
        " approval.",
        "A yearly list with changes told in advance.",
    ),
}

#: What irreplaceable living material there is for these.
LIVING = frozenset({"biologic", "cell_gene", "vaccine"})


def mechanism(code: str, *, also: str = "", strength: int = 1) -> Ask:
    """Return the ask for a mechanism of the catalogue, with a sentence of the case besides its usual text."""
    m = MECHANISMS[code]
    content = {"topic": m.topic, "must_contain": m.must_contain, "fallback": m.fallback}
    return Ask(Kind.MECHANISM, code, m.title, content, Decimal(strength), also=also)


def mechanisms(*codes: str) -> tuple[Ask, ...]:
    return tuple(mechanism(code) for code in codes)
