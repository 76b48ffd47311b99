"""RFP template: drug substance, biologic or small molecule."""

from __future__ import annotations

from evaluation.library.common import common
from evaluation.library.criteria import weighted
from evaluation.library.making import ask, at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.prices import one_off, papers, recurring, terms, timetable
from evaluation.library.shapes import RequiredDocument, Requirement, Template

_SCOPE = """\
1. Product and purpose
[Sponsor] seeks a manufacturer of the drug substance of [product], a [monoclonal antibody / recombinant protein / \
small molecule / peptide] for [indication], now in [phase]. First GMP batch is needed by [month and year]; launch is \
planned for [year] in [markets].

2. Services
(a) Transfer of the process described in [document and version] from [sending site]; fit-gap, engineering run, and \
comparability under ICH Q5E or equivalence of impurity profile under ICH Q3A and M7.
(b) [Number] clinical GMP batches at [scale: litres or kg]; process characterisation and validation ([number] PPQ \
batches); commercial supply under a rolling forecast as in the table of quantities.
(c) Biologics: receipt and storage of the master and working cell bank in two places; upstream from [vial thaw], \
downstream to [bulk drug substance], viral clearance studies at [scale-down / contract laboratory].
(d) Small molecules: [number] steps from the starting materials [names]; control of mutagenic impurities; solvent \
recovery; solid form [polymorph] and particle size [range].
(e) In-process and release testing, stability under ICH Q1A, reference standard, retained samples.

3. Out of scope
Drug product, [other]. Starting materials supplied by us: [list]. They stay our property.

4. Quantities
See the table: low, base and high demand by year in [kg or batches], yield assumed [value] with [value] % failures.

5. What we decide
Batch disposition for use in the markets stays with our quality unit. Subcontracting needs our written consent.
"""

_QUESTIONS = (
    table(
        "DS-01", "capability", "technical",
        "Batches of like processes (same host or chemistry) made at the site in the last three years.",
        "Process and host, or chemistry", "Scale", "#Batches started", "#Batches released", "#Mean yield in % of target",
        "Phase", mandatory=True, help="State yields as a percentage of the target set before the campaign.",
    ),
    number(
        "DS-02", "capability", "technical",
        "Batch success rate at the scale offered over the last 24 months: released batches by batches started.",
        "%", mandatory=True, bands=at_least(("85", 1), ("90", 3), ("97", 5)),
    ),
    table(
        "DS-03", "capability", "technical", "Compare your equipment with each unit operation of the process description.",
        "Unit operation", "Our parameter or size", "Your equipment and size", "Gap", "Measure and lead time", mandatory=True,
    ),
    table(
        "DS-04", "capacity", "technical", "Capacity for this process by year.",
        "Year", "#Slots installed", "#Slots sold", "#Slots offered to us", "Bottleneck", mandatory=True,
    ),
    number(
        "DS-05", "capacity", "technical", "Lead time from a firm order to the start of a campaign.", "weeks",
        mandatory=True, bands=at_most(("16", 5), ("26", 3), ("39", 1)),
    ),
    day(
        "DS-06", "speed", "business_fit", "First day of the manufacturing slot that you hold for us.", mandatory=True,
        help="A slot counts as held if you charge nothing for keeping it until our decision.",
    ),
    choice(
        "DS-07", "contamination", "technical", "How is our product kept apart from others in the suite?",
        "Dedicated suite", "Campaigned, single-use product contact", "Campaigned, cleaned equipment", "Concurrent in one room",
        mandatory=True,
        bands=scored(
            ("Dedicated suite", 5), ("Campaigned, single-use product contact", 5),
            ("Campaigned, cleaned equipment", 3), ("Concurrent in one room", 0),
        ),
    ),
    ask(
        "DS-08", "contamination", "technical",
        "Cleaning validation: how are limits set (health-based exposure limits), which worst cases were chosen, and which failures occurred in the last three years?",
    ),
    ask(
        "DS-09", "contamination", "technical",
        "Biologics: bioburden, endotoxin, mycoplasma and adventitious virus events of the last five years, their root causes, and the barriers added since (media treatment, closed transfers). Small molecules: cross-contamination events and nitrosamine risk assessment.",
        mandatory=True,
    ),
    ask(
        "DS-10", "capability", "technical",
        "Viral clearance: who runs the studies, which models and scale-down qualification, log reduction reached by step for like products, column lifetime approach.",
        help="For a small molecule write “Not applicable”.",
    ),
    choice(
        "DS-11", "continuity", "risk", "Where are cell banks, or the stock of key intermediates, stored?",
        "Two sites, monitored, our release needed to move", "Two sites", "One site, two stores", "One store", mandatory=True,
        bands=scored(
            ("Two sites, monitored, our release needed to move", 5), ("Two sites", 4),
            ("One site, two stores", 2), ("One store", 0),
        ),
    ),
    ask(
        "DS-12", "capability", "technical",
        "Process characterisation and validation: scale-down models, approach to critical parameters, number and placing of PPQ batches, continued verification of like products.",
    ),
    table(
        "DS-13", "analytics", "technical", "Release, in-process and characterisation methods.",
        "Method", "Run where", "State (qualified or validated)", "#Days from sample to result", "Transfer approach",
        mandatory=True,
    ),
    number(
        "DS-14", "analytics", "technical",
        "Out-of-specification results invalidated as laboratory error, as a share of all release results of the last twelve months.",
        "%", bands=at_most(("0.2", 5), ("0.5", 3), ("1", 1)),
    ),
    number(
        "DS-15", "compliance", "risk", "Median time from end of manufacture to a reviewed batch record sent to us.",
        "calendar days", mandatory=True, bands=at_most(("20", 5), ("30", 3), ("45", 1)),
    ),
    file("DS-16", "transfer_in", "technical", "Attach a technology-transfer plan for this process: phases, gates, people, risks, acceptance criteria.", mandatory=True),
)  # fmt: skip

TEMPLATE = Template(
    code="drug_substance",
    title="Drug substance manufacture",
    when=(
        "Clinical or commercial drug substance, biologic or small molecule, with transfer of a process that exists. "
        "For process development alone, cut the scope to part 2(a) and drop the commercial price lines. "
        "For viral vectors and cells take the template for cell and gene therapy."
    ),
    scope=_SCOPE,
    services=("drug_substance", "cell_banking", "development"),
    timetable=timetable(proposals=42, presentations=56, visits=77, decision=98),
    criteria=weighted(
        requirements_fit=8, speed=5, flexibility=5, capability=12, capacity=6, contamination=6, analytics=4, transfer_in=6,
        partnership=6, change_control=4, know_how=4, total_cost=14, cost_terms=4, compliance=8, integrity=3,
        continuity=3, finance=2,
    ),
    requirements=(
        Requirement("R-01", "The site's authorisation covers the class of substance and the phase, in every market to be supplied.", "must", "risk", "Authorisation, GMP certificate, establishment registration.", ("QUA-01", "QUA-02")),
        Requirement("R-02", "First GMP batch starts by [month and year].", "must", "business_fit", "Slot held, critical path.", ("DS-06", "FIT-02")),
        Requirement("R-03", "The base scenario is covered in every year of the horizon from installed or ordered capacity.", "must", "technical", "Capacity by year with slots sold.", ("DS-04", "DS-05")),
        Requirement("R-04", "The process runs in the equipment without a change that needs new clinical comparability.", "must", "technical", "Fit-gap by unit operation.", ("DS-03",)),
        Requirement("R-05", "Product contact surfaces are dedicated, single-use, or cleaned to health-based limits.", "must", "technical", "Cleaning validation summary.", ("DS-07", "DS-08")),
        Requirement("R-06", "Cell banks or key intermediates are stored in two places.", "should", "risk", "Storage addresses and monitoring.", ("DS-11",)),
        Requirement("R-07", "Executed records reach us within 30 days of the end of manufacture.", "should", "risk", "Median of the last twelve months.", ("DS-15",)),
        Requirement("R-08", "Improvements specific to our process are ours, and a transfer to a third party is assisted.", "must", "partnership", "Statement in the proposal.", ("GOV-03",)),
        Requirement("R-09", "Our staff may be present during campaigns.", "should", "partnership", "Terms for a person in plant.", ("GOV-02",)),
        Requirement("R-10", "Changes that can touch our product wait for our written approval.", "must", "partnership", "Quality agreement.", ("QUA-06", "QUA-07")),
    ),
    questions=(*common("QUA-03", "QUA-05", "QUA-08", "QUA-09", "GOV-04"), *_QUESTIONS),
    prices=(
        recurring("BAT-01", "batch_price", "GMP batch at commercial scale, without materials", "per_batch", help="In-process testing and records included."),
        recurring("MAT-01", "raw_materials", "Raw materials and consumables, at cost", "per_batch", help="Percent: your handling on top. List resins and filters with the lifetime assumed."),
        recurring("QC-01", "qc_release", "Release testing and certificate of analysis", "per_batch"),
        recurring("STA-01", "stability", "Stability study, running cost of all batches on study", "per_year"),
        recurring("SUI-01", "suite", "Suite reservation or facility fee", "per_month", mandatory=False, help="Leave out if the batch price holds it, and mark it as included."),
        recurring("STO-01", "storage", "Storage of cell banks, intermediates and bulk substance", "per_month"),
        recurring("LOG-01", "logistics", "Packing and cold-chain shipment of bulk to the fill site", "per_shipment", mandatory=False, quantity="1", quantity_per="batch"),
        one_off("TT-01", "technology_transfer", "Technology transfer in, process and analytics"),
        one_off("ENG-01", "engineering_runs", "Engineering run at scale", "per_batch", quantity="1"),
        one_off("PPQ-01", "ppq_runs", "PPQ batch", "per_batch", quantity="3"),
        one_off("VAL-01", "validation", "Process characterisation, cleaning and method validation"),
        one_off("VIR-01", "validation", "Viral clearance, or impurity purge, study", mandatory=False),
        one_off("CAP-01", "capital", "Dedicated equipment paid by us", mandatory=False, help="State who owns it and what happens at the end."),
        *terms(),
    ),
    documents=papers(
        RequiredDocument("DOC-TTP", "Technology-transfer plan", "Compared between bidders phase by phase."),
        RequiredDocument("DOC-CLV", "Summary of cleaning validation and cross-contamination control", "Shows how limits were set and met."),
        RequiredDocument("DOC-BMR", "Example of an executed batch record, redacted", "Shows how a deviation is written up."),
    ),
)  # fmt: skip
