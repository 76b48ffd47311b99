"""Knowledge, quality, money, change, and what a modality adds."""

from __future__ import annotations

from collections.abc import Mapping

from strategy.rules.mechanisms.shapes import Mechanism

MECHANISMS: Mapping[str, Mechanism] = {
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
