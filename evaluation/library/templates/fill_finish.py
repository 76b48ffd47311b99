"""RFP template: sterile fill-finish."""

from __future__ import annotations

from evaluation.library.common import common
from evaluation.library.criteria import weighted
from evaluation.library.making import ask, at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.prices import one_off, papers, recurring, terms, timetable
from evaluation.library.shapes import RequiredDocument, Requirement, Template

_SCOPE = """\
1. Product and presentation
[Sponsor] seeks aseptic [or terminally sterilised] manufacture of [product], a [solution / suspension / lyophilisate] in \
[vial / syringe / cartridge] of [size], fill volume [mL], stopper [type and supplier], overseal [type]. The substance is \
[sensitive to shear, light, oxygen, silicone]. Storage at [temperature].

2. Services
(a) Transfer of formulation, filtration, filling [, lyophilisation cycle of (hours)], stoppering and capping; leachables \
and filter validation with our product.
(b) Visual inspection: [manual / semi-automatic / automatic] with defect library and acceptance limits.
(c) Container-closure integrity by [deterministic method: headspace, vacuum decay, high voltage] over the shelf life.
(d) [Number] engineering, [number] PPQ and [number] commercial batches a year of [units] as in the table of quantities.
(e) Release testing including sterility, endotoxin, particulates and container-closure integrity; stability under ICH Q1A.

3. Supplied by us
Bulk drug substance at [concentration and temperature], [devices, labels]. It stays our property; the value of one batch \
is [amount], and the bidder states its liability for a loss.

4. Out of scope
Secondary packaging, serialisation and distribution, unless asked for in the price sheet.

5. What we decide
Disposition of each batch for the markets stays with our quality unit. Media-fill failures are told to us within one \
working day, whether or not our product was filled.
"""

_QUESTIONS = (
    table(
        "FF-01", "capability", "technical", "Filling lines offered.",
        "Line", "Barrier (isolator, closed or open RABS, conventional)", "Formats", "#Units an hour", "#Smallest batch in units",
        "Qualified since", mandatory=True,
    ),
    choice(
        "FF-02", "contamination", "technical", "Which barrier stands between operators and open product on the line offered?",
        "Isolator", "Closed RABS", "Open RABS", "Conventional cleanroom", mandatory=True,
        bands=scored(("Isolator", 5), ("Closed RABS", 4), ("Open RABS", 2), ("Conventional cleanroom", 0)),
        help="EU GMP Annex 1 expects RABS or isolators; justify anything else in FF-03.",
    ),
    ask(
        "FF-03", "contamination", "technical",
        "Summarise the contamination control strategy under Annex 1: how design, personnel, utilities, materials, monitoring and prevention are joined, who owns it, when it was last reviewed and what changed.",
        mandatory=True,
    ),
    table(
        "FF-04", "contamination", "technical", "Aseptic process simulations of the last three years on the line offered.",
        "Date", "Format", "#Units filled", "#Units contaminated", "Interventions and longest run covered", "Outcome and cause",
        mandatory=True, help="Include failed and aborted simulations, and those of operators who were then disqualified.",
    ),
    day("FF-05", "contamination", "technical", "Day of the last successful aseptic process simulation on the line offered.", mandatory=True),
    table(
        "FF-06", "contamination", "technical", "Environmental and personnel monitoring of grade A and B in the last twelve months.",
        "Zone and method", "#Samples", "#Action-limit excursions", "Organisms", "Correction", mandatory=True,
    ),
    choice(
        "FF-07", "analytics", "technical", "Method for container-closure integrity at release and on stability.",
        "Deterministic, validated for our format", "Deterministic, to be validated", "Probabilistic (dye or microbial)", "Subcontracted, not yet chosen",
        mandatory=True,
        bands=scored(
            ("Deterministic, validated for our format", 5), ("Deterministic, to be validated", 3),
            ("Probabilistic (dye or microbial)", 1), ("Subcontracted, not yet chosen", 0),
        ),
        help="Method, detection limit as a defect size or leak rate, and positive controls belong into FF-08.",
    ),
    ask(
        "FF-08", "analytics", "technical",
        "Describe the container-closure integrity method: detection limit, validation with positive controls, sampling in process and on stability, and control of the capping force.",
        mandatory=True,
    ),
    table(
        "FF-09", "capability", "technical", "Visual inspection.",
        "Step and equipment", "Kind (manual, semi-automatic, automatic)", "Qualification set", "#Detection of critical defects in %",
        "#False reject rate in %", mandatory=True,
    ),
    number(
        "FF-10", "capability", "technical", "Batch success rate on the line offered over the last 24 months: released by started.",
        "%", mandatory=True, bands=at_least(("90", 1), ("95", 3), ("98", 5)),
    ),
    number(
        "FF-11", "capability", "technical", "Total loss of bulk product in a batch of our size: line loss, sampling and rejects.",
        "%", mandatory=True, bands=at_most(("3", 5), ("6", 3), ("10", 1)),
        help="With a costly substance one per cent can outweigh the fee: state how it is measured.",
    ),
    ask(
        "FF-12", "capability", "technical",
        "Sterile filtration: redundant filters, pre-use post-sterilisation integrity test and its risk assessment, product-specific validation, hold times supported.",
    ),
    ask(
        "FF-13", "capability", "technical",
        "Lyophilisation, if in scope: chamber mapping, loading under grade A, leak-rate limits, cycle transfer between chambers, worst-case moisture by shelf.",
    ),
    table(
        "FF-14", "capacity", "technical", "Capacity on the line offered by year.",
        "Year", "#Batches installed", "#Batches sold", "#Batches offered to us", "Planned shutdowns", mandatory=True,
    ),
    number(
        "FF-15", "compliance", "risk", "Median time from filling to certified release documents, sterility test included.",
        "calendar days", mandatory=True, bands=at_most(("28", 5), ("42", 3), ("60", 1)),
    ),
    file("FF-16", "transfer_in", "technical", "Attach a transfer plan: gap list, engineering and PPQ runs, filter and hold-time studies, cycle transfer, comparability.", mandatory=True),
)  # fmt: skip

TEMPLATE = Template(
    code="sterile_fill_finish",
    title="Sterile fill-finish",
    when=(
        "Vials, syringes or cartridges, liquid or freeze-dried, aseptic or terminally sterilised, clinical or commercial. "
        "For a pen or autoinjector add the assembly lines of the packaging template."
    ),
    scope=_SCOPE,
    services=("sterile_fill_finish", "drug_product"),
    timetable=timetable(),
    criteria=weighted(
        requirements_fit=6, speed=5, flexibility=5, capability=10, capacity=6, contamination=14, analytics=5, transfer_in=5,
        partnership=5, change_control=5, know_how=2, total_cost=14, cost_terms=4, compliance=8, integrity=3,
        continuity=2, finance=1,
    ),
    requirements=(
        Requirement("R-01", "The authorisation covers aseptic processing of the dosage form for every market to be supplied.", "must", "risk", "Authorisation, GMP certificate.", ("QUA-01", "QUA-02")),
        Requirement("R-02", "Open product is protected by an isolator or RABS.", "must", "technical", "Line description.", ("FF-01", "FF-02")),
        Requirement("R-03", "A contamination control strategy under Annex 1 is in force and was reviewed in the last twelve months.", "must", "technical", "Strategy and review record.", ("FF-03",)),
        Requirement("R-04", "Aseptic process simulations of the last three years passed, or each failure has a closed investigation.", "must", "technical", "Table of simulations.", ("FF-04", "FF-05")),
        Requirement("R-05", "Container-closure integrity is shown by a deterministic method validated for our format before PPQ.", "must", "technical", "Method description.", ("FF-07", "FF-08")),
        Requirement("R-06", "The base scenario is covered in every year.", "must", "technical", "Capacity by year.", ("FF-14",)),
        Requirement("R-07", "Loss of bulk product stays at or below 6 %.", "should", "technical", "Loss of like batches.", ("FF-11",)),
        Requirement("R-08", "Release documents arrive within 42 days of filling.", "should", "risk", "Median of twelve months.", ("FF-15",)),
        Requirement("R-09", "The bidder answers for the value of bulk substance lost by its fault up to [amount].", "must", "total_cost", "Term sheet with exceptions.", ("CST-01", "CST-04")),
        Requirement("R-10", "Our staff may observe filling and see the raw monitoring data.", "should", "partnership", "Terms for a person in plant.", ("GOV-02",)),
    ),
    questions=(*common("QUA-03", "QUA-08", "QUA-09", "GOV-04", "EHS-01"), *_QUESTIONS),
    prices=(
        recurring("FIL-01", "batch_price", "Filling batch: compounding, filtration, filling, inspection, records", "per_batch"),
        recurring("COM-01", "raw_materials", "Containers, stoppers, seals and single-use parts, at cost", "per_batch", help="Percent: your handling on top."),
        recurring("QC-01", "qc_release", "Release testing with sterility, endotoxin, particulates, integrity", "per_batch"),
        recurring("STA-01", "stability", "Stability studies of all batches on study", "per_year"),
        recurring("LYO-01", "suite", "Chamber time for freeze-drying beyond the batch price", "per_hour", mandatory=False, quantity="72", quantity_per="batch", help="Leave out for a liquid."),
        recurring("STO-01", "storage", "Cold storage of bulk and filled units", "per_month"),
        recurring("LOG-01", "logistics", "Shipment of filled units to the packaging site", "per_shipment", quantity="1", quantity_per="batch"),
        one_off("TT-01", "technology_transfer", "Technology transfer in, process and analytics"),
        one_off("FMT-01", "capital", "Format parts and dedicated equipment", mandatory=False),
        one_off("ENG-01", "engineering_runs", "Engineering run", "per_batch", quantity="2"),
        one_off("MED-01", "validation", "Additional aseptic process simulations for our format", mandatory=False),
        one_off("FLT-01", "validation", "Filter validation, hold times, extractables, integrity method"),
        one_off("PPQ-01", "ppq_runs", "PPQ batch", "per_batch", quantity="3"),
        *terms(),
    ),
    documents=papers(
        RequiredDocument("DOC-CCS", "Contamination control strategy, summary", "Annex 1 expects one; read before the site visit."),
        RequiredDocument("DOC-APS", "Reports of the last three aseptic process simulations", "Shows interventions, duration and outcome."),
        RequiredDocument("DOC-TTP", "Technology-transfer plan", "Compared between bidders phase by phase."),
        RequiredDocument("DOC-EMT", "Trend report of environmental monitoring", "Twelve months, grade A and B."),
    ),
)  # fmt: skip
