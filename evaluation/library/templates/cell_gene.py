"""RFP template: cell and gene therapy."""

from __future__ import annotations

from evaluation.library.common import common
from evaluation.library.criteria import weighted
from evaluation.library.making import ask, at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.prices import one_off, papers, recurring, terms, timetable
from evaluation.library.shapes import RequiredDocument, Requirement, Template

_SCOPE = """\
1. Product
[Sponsor] seeks manufacture of [product], an [autologous / allogeneic] cell therapy [or a viral vector (AAV / lentivirus)] \
for [indication], in [phase]. Starting material: [leukapheresis / donor tissue / plasmid and producer cells], [fresh / \
frozen]. Vein-to-vein time must not exceed [days]; the process takes [days].

2. Services
(a) Transfer of [isolation, activation, transduction, expansion, harvest, formulation, cryopreservation]; [number] \
engineering runs, comparability, and PPQ with [healthy-donor / patient] material.
(b) Scheduling of patients with clinics and couriers; chain of identity and custody from collection to infusion.
(c) [Vector: plasmid supply, transient transfection or producer line at (litres), purification, full-to-empty ratio.]
(d) Cell banks: preparation, testing under ICH Q5A and Q5D, storage in two places.
(e) Release in [days], with rapid sterility and mycoplasma; conditional release; handling of out-of-specification product \
at the request of a treating physician.
(f) Storage in vapour-phase nitrogen, shippers, logistics to clinics; retention and traceability for 30 years.

3. Quantities
See the table: patients [or vector batches] a year, low, base and high; a failed batch is a patient not treated.

4. What we decide
Disposition, patient priority and out-of-specification release are ours. A break in the chain of identity stops \
manufacture and is told to us within two hours, at any time of day.
"""

_QUESTIONS = (
    table(
        "CG-01", "capability", "technical", "Like products made at the site in the last three years.",
        "Kind (autologous, allogeneic, vector)", "Platform", "#Batches started", "#Batches released", "Phase", "#Median days from start to release",
        mandatory=True,
    ),
    number(
        "CG-02", "capability", "technical", "Manufacturing success over the last 24 months: batches meeting all release criteria by batches started.",
        "%", mandatory=True, bands=at_least(("85", 1), ("92", 3), ("97", 5)),
        help="Count out-of-specification product that was infused as not successful, and say how many there were in CG-03.",
    ),
    ask(
        "CG-03", "capability", "technical",
        "Causes of failed and out-of-specification batches in that time, split into starting material, process, equipment and testing, with what was changed.",
        mandatory=True,
    ),
    choice(
        "CG-04", "identity", "technical", "How is the chain of identity kept between collection, courier, site and clinic?",
        "One validated electronic system end to end", "Validated system on site, interface to clinics", "Validated system on site, paper outside", "Paper",
        mandatory=True,
        bands=scored(
            ("One validated electronic system end to end", 5), ("Validated system on site, interface to clinics", 4),
            ("Validated system on site, paper outside", 2), ("Paper", 0),
        ),
    ),
    ask(
        "CG-05", "identity", "technical",
        "Walk us through one patient's material: identifiers on each label, double checks at each hand-over, segregation of concurrent patients, reconciliation, and what happens when a label cannot be read.",
        mandatory=True,
    ),
    table(
        "CG-06", "identity", "technical", "Near misses and breaks of the chain of identity or custody in the last three years.",
        "Date", "What happened", "Found where", "Patient touched (yes or no)", "Systemic correction", mandatory=True,
    ),
    number(
        "CG-07", "capacity", "technical", "Patients (or vector batches) that can be in manufacture at the same time in the suites offered.", "batches",
        mandatory=True,
    ),
    table(
        "CG-08", "capacity", "technical", "Capacity by year.",
        "Year", "#Slots installed", "#Slots sold", "#Slots offered to us", "Limit (rooms, people, equipment, testing)", mandatory=True,
    ),
    number(
        "CG-09", "flexibility", "business_fit", "Notice needed to start a patient's batch, and to move it without charge.", "calendar days",
        mandatory=True, bands=at_most(("3", 5), ("7", 3), ("14", 1)), help="Patients fall ill: state the longer of the two.",
    ),
    number(
        "CG-10", "speed", "business_fit", "Median time from receipt of starting material to release, for like products.", "calendar days",
        mandatory=True, bands=at_most(("14", 5), ("21", 3), ("28", 1)),
    ),
    choice(
        "CG-11", "contamination", "technical", "Is product open to the room at any step?",
        "Functionally closed throughout", "Open steps in an isolator", "Open steps in a safety cabinet, grade A in B", "Open steps elsewhere",
        mandatory=True,
        bands=scored(
            ("Functionally closed throughout", 5), ("Open steps in an isolator", 5),
            ("Open steps in a safety cabinet, grade A in B", 3), ("Open steps elsewhere", 0),
        ),
    ),
    ask(
        "CG-12", "contamination", "technical",
        "Aseptic process simulation for the manual process: design, operators, interventions, results of three years; segregation of viral vectors from cell suites and virus-positive donors.",
        mandatory=True,
    ),
    table(
        "CG-13", "analytics", "technical", "Release and characterisation methods: potency, identity, purity, vector copy number, replication-competent virus, sterility, mycoplasma, endotoxin.",
        "Method", "Run where", "State", "#Days from sample to result", "Rapid method (yes or no)", mandatory=True,
    ),
    ask(
        "CG-14", "analytics", "technical",
        "Potency assay: how you would transfer and control it, reference material, invalid-assay rate of like assays, and what is done when a result comes after infusion.",
    ),
    choice(
        "CG-15", "continuity", "risk", "Where are cell banks, vector stock and patient product stored?",
        "Two sites, monitored with alarms manned day and night", "Two tanks on one site, alarms manned", "One tank", mandatory=True,
        bands=scored(("Two sites, monitored with alarms manned day and night", 5), ("Two tanks on one site, alarms manned", 3), ("One tank", 0)),
    ),
    ask(
        "CG-16", "continuity", "risk",
        "A cleanroom is lost with patients' cells in process: what happens in the first 24 hours, who decides, and where does manufacture go on?",
        mandatory=True,
    ),
    table(
        "CG-17", "logistics_risk", "risk", "Courier lanes qualified for fresh and frozen material.",
        "Lane", "Courier", "Shipper and hold time", "#Shipments in 24 months", "#Excursions or delays", mandatory=True,
    ),
    day("CG-18", "speed", "business_fit", "Day on which the first engineering run can start.", mandatory=True),
    file("CG-19", "transfer_in", "technical", "Attach a transfer plan: donor material, comparability with split runs, operator qualification, analytical bridging, PPQ design.", mandatory=True),
)  # fmt: skip

TEMPLATE = Template(
    code="cell_gene",
    title="Cell and gene therapy manufacture",
    when=(
        "Autologous and allogeneic cells, viral vectors and their cell banks, clinical or commercial. It is chosen by "
        "modality, whichever service is bought. For vector alone, drop the lines on patients and couriers."
    ),
    scope=_SCOPE,
    services=("drug_substance", "drug_product", "cell_banking", "sterile_fill_finish"),
    modality="cell_gene",
    timetable=timetable(proposals=42, presentations=56, visits=77, decision=98),
    criteria=weighted(
        requirements_fit=5, speed=7, flexibility=6, capability=12, capacity=5, contamination=7, identity=10, analytics=5,
        transfer_in=5, partnership=6, change_control=4, know_how=4, total_cost=9, cost_terms=3, compliance=5, integrity=2,
        continuity=2, logistics_risk=2, finance=1,
    ),
    requirements=(
        Requirement("R-01", "The authorisation covers the class of advanced therapy for every market of the scope.", "must", "risk", "Authorisation and inspection record.", ("QUA-01", "QUA-02")),
        Requirement("R-02", "A validated chain of identity and custody runs from receipt to release.", "must", "technical", "Walk-through with our quality unit.", ("CG-04", "CG-05")),
        Requirement("R-03", "Time from receipt to release stays within [days].", "must", "business_fit", "Median of like products.", ("CG-10",)),
        Requirement("R-04", "A break in the chain of identity is told to us within two hours, at any time.", "must", "partnership", "Quality agreement.", ("CG-06", "QUA-07")),
        Requirement("R-05", "Open steps stand in grade A with a grade B background, or in an isolator.", "must", "technical", "Process description.", ("CG-11", "CG-12")),
        Requirement("R-06", "[Number] patients can be in manufacture at once.", "must", "technical", "Suites and people by shift.", ("CG-07", "CG-08")),
        Requirement("R-07", "A slot moves without charge up to seven days before collection.", "should", "business_fit", "Terms for slots.", ("CG-09", "CST-03")),
        Requirement("R-08", "Cell banks and vector stock are held in two places.", "must", "risk", "Storage addresses and alarms.", ("CG-15",)),
        Requirement("R-09", "Rapid sterility and mycoplasma methods are validated, or will be before PPQ.", "should", "technical", "Method list.", ("CG-13",)),
        Requirement("R-10", "Lanes to all clinics of the scope are qualified for both seasons.", "should", "risk", "Qualification reports.", ("CG-17",)),
        Requirement("R-11", "Records are kept and traceable for 30 years, and handed to us if the site closes.", "must", "risk", "Archive description.", ("DAT-01", "DAT-02")),
    ),
    questions=(*common("FIT-02", "QUA-03", "QUA-05", "QUA-08", "QUA-09", "GOV-04", "EHS-01", "CON-02"), *_QUESTIONS),
    prices=(
        recurring("BAT-01", "batch_price", "Batch for one patient, or one batch of vector, without materials", "per_batch"),
        recurring("MAT-01", "raw_materials", "Single-use kits, media, vector or plasmid, at cost", "per_batch", help="Percent: your handling on top."),
        recurring("QC-01", "qc_release", "Release testing of a batch, rapid methods included", "per_batch"),
        recurring("STA-01", "stability", "Stability studies of all batches on study", "per_year"),
        recurring("SUI-01", "suite", "Dedicated suite with its team", "per_month", help="State shifts and batches a month that it holds."),
        recurring("SCH-01", "project_management", "Patient scheduling and chain-of-identity system", "per_month"),
        recurring("STO-01", "storage", "Vapour-phase nitrogen storage of banks, vector and product", "per_month"),
        recurring("LOG-01", "logistics", "Courier from collection and to the clinic, shipper included", "per_shipment", mandatory=False, quantity="2", quantity_per="batch"),
        one_off("TT-01", "technology_transfer", "Technology transfer in, process and analytics"),
        one_off("CBK-01", "technology_transfer", "Preparation and testing of a master and a working cell bank", mandatory=False),
        one_off("ENG-01", "engineering_runs", "Engineering run with donor material", "per_batch", quantity="3"),
        one_off("VAL-01", "validation", "Aseptic process simulation, shipping and method validation"),
        one_off("PPQ-01", "ppq_runs", "PPQ batch", "per_batch", quantity="3"),
        one_off("CAP-01", "capital", "Dedicated equipment paid by us", mandatory=False),
        *terms(),
    ),
    documents=papers(
        RequiredDocument("DOC-COI", "Chain of identity and custody: procedure and validation summary", "Read before the walk-through."),
        RequiredDocument("DOC-APS", "Reports of the last three aseptic process simulations", "For the manual process, by operator."),
        RequiredDocument("DOC-TTP", "Technology-transfer plan", "Compared between bidders phase by phase."),
        RequiredDocument("DOC-FAC", "Facility layout with flows of people, material, product and waste", "Shows segregation of vectors and patients."),
    ),
)  # fmt: skip
