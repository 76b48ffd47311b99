"""RFP template: packaging and labelling."""

from __future__ import annotations

from evaluation.library.common import common
from evaluation.library.criteria import weighted
from evaluation.library.making import ask, at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.prices import one_off, papers, recurring, terms, timetable
from evaluation.library.shapes import RequiredDocument, Requirement, Template

_SCOPE = """\
1. Product and presentations
[Sponsor] seeks secondary packaging [and assembly of (device)] of [product] in [vial / syringe / blister / bottle], \
[number] stock-keeping units for [markets]; storage at [temperature], time out of storage allowed [hours].

2. Services
(a) Receipt and storage of unlabelled units; identity check; labelling, leaflet, carton, tamper evidence, serialisation, \
aggregation to [carton / case / pallet] and reporting to [EU hub / DSCSA partners / other].
(b) [Assembly of pen or autoinjector with functional tests by attribute and variable sampling.]
(c) Artwork: receipt of approved files, proof, version control, print supply, withdrawal of superseded versions.
(d) [Clinical supply: blinding, randomised labels, just-in-time labelling, expiry relabelling.]
(e) Release of finished packs by a qualified person [for the EU], retained samples, returns and destruction.

3. Quantities
See the table: low, base and high by year in [packs]. Typical order [packs]; smallest order [packs]; [number] artwork \
changes a year for each stock-keeping unit.

4. Supplied by us
Unlabelled units, approved artwork, serial numbers [or rules for their creation]. Printed materials are [ours / yours].

5. What we decide
A reconciliation outside its limit, and each mix-up or rogue unit, stops release and is told to us on the same working day.
"""

_QUESTIONS = (
    table(
        "PK-01", "capability", "technical", "Lines offered.",
        "Line and kind", "Formats", "#Packs a minute", "#Smallest order in packs", "#Changeover in hours", "Inspection by camera (what is read)",
        mandatory=True,
    ),
    number("PK-02", "capability", "technical", "Overall equipment effectiveness of the line offered, mean of the last twelve months.", "%", bands=at_least(("45", 1), ("60", 3), ("75", 5))),
    table(
        "PK-03", "serialisation", "technical", "Markets that you serialise for today.",
        "Market", "Regulation", "Levels of aggregation", "Reports sent by (system)", "Live since", mandatory=True,
    ),
    choice(
        "PK-04", "serialisation", "technical", "Up to which level do you aggregate on the line offered?",
        "Pack, bundle, case and pallet", "Pack, case and pallet", "Pack only", "No serialisation", mandatory=True,
        bands=scored(("Pack, bundle, case and pallet", 5), ("Pack, case and pallet", 4), ("Pack only", 1), ("No serialisation", 0)),
    ),
    choice(
        "PK-05", "serialisation", "technical", "How do serial numbers and events travel between your site and our repository?",
        "Live interface, standard events", "Files exchanged automatically", "Files exchanged by hand", mandatory=True,
        bands=scored(("Live interface, standard events", 5), ("Files exchanged automatically", 3), ("Files exchanged by hand", 0)),
        help="Standard events are those of EPCIS; name the version in PK-06.",
    ),
    ask(
        "PK-06", "serialisation", "technical",
        "Describe handling of serialisation exceptions: unreadable codes, sampling, rework after aggregation, decommissioning, alerts from the market, and loss of the connection in a run.",
        mandatory=True,
    ),
    ask(
        "PK-07", "serialisation", "technical",
        "Describe artwork control from approved file to printed component: proof reading, version, supplier audit, receipt check by code reading, and destruction of superseded stock.",
        mandatory=True,
    ),
    table(
        "PK-08", "serialisation", "technical", "Mix-ups, rogue units and label errors of the last three years, all customers.",
        "Date", "What happened", "Found by (line, site, market)", "#Packs touched", "Systemic correction", mandatory=True,
        help="Include those found before release. None is an answer: write one row that says so.",
    ),
    number(
        "PK-09", "serialisation", "technical", "Reconciliation of printed components: limit that triggers an investigation.",
        "% deviation", mandatory=True, bands=at_most(("0.1", 5), ("0.5", 3), ("1", 1)),
    ),
    choice(
        "PK-10", "contamination", "technical", "Line clearance between orders.",
        "Checklist, second person and camera", "Checklist and second person", "Checklist by the operator", mandatory=True,
        bands=scored(("Checklist, second person and camera", 5), ("Checklist and second person", 3), ("Checklist by the operator", 0)),
    ),
    number(
        "PK-11", "capability", "technical", "Orders delivered on time in full over the last twelve months.", "%", mandatory=True,
        bands=at_least(("90", 1), ("95", 3), ("98", 5)), help="Against the date first confirmed, not the date last agreed.",
    ),
    number(
        "PK-12", "flexibility", "business_fit", "Lead time from order, with approved artwork, to released packs.", "calendar days",
        mandatory=True, bands=at_most(("15", 5), ("30", 3), ("45", 1)),
    ),
    number(
        "PK-13", "flexibility", "business_fit", "Time to put a changed artwork in place, from approved file to first pack.", "calendar days",
        bands=at_most(("20", 5), ("35", 3), ("60", 1)),
    ),
    day("PK-14", "speed", "business_fit", "Day by which the line is qualified for our format and connected to our repository.", mandatory=True),
    ask(
        "PK-15", "logistics_risk", "risk",
        "Cold chain: storage mapping, time out of storage booked by unit or batch, alarms, and every excursion of the last three years with its outcome.",
        mandatory=True,
    ),
    ask(
        "PK-16", "capability", "technical",
        "Device assembly, if in scope: functional tests, sampling plans, design-transfer record and medical-device quality system.",
    ),
    table(
        "PK-17", "capacity", "technical", "Capacity by year on the lines offered.",
        "Year", "#Shifts installed", "#Millions of packs possible", "#Millions of packs sold", "#Millions of packs offered to us", mandatory=True,
    ),
    file("PK-18", "transfer_in", "technical", "Attach a plan for onboarding: format trials, line qualification, connection tests, artwork, first orders.", mandatory=True),
)  # fmt: skip

TEMPLATE = Template(
    code="packaging",
    title="Packaging and labelling",
    when=(
        "Secondary packaging, labelling, serialisation and device assembly for commercial or clinical supply. "
        "Where one bidder is to fill and pack, use the sterile fill-finish template and add these questions and lines."
    ),
    scope=_SCOPE,
    services=("packaging", "finished_goods", "distribution"),
    timetable=timetable(proposals=28, presentations=39, visits=49, decision=63),
    criteria=weighted(
        requirements_fit=7, speed=5, flexibility=8, capability=12, capacity=6, contamination=4, serialisation=14,
        transfer_in=3, partnership=5, change_control=4, total_cost=16, cost_terms=4, compliance=5, integrity=2,
        continuity=2, logistics_risk=2, finance=1,
    ),
    requirements=(
        Requirement("R-01", "The authorisation covers secondary packaging and, where needed, release in every market of the scope.", "must", "risk", "Authorisation, certificate, name of the qualified person.", ("QUA-01", "QUA-02")),
        Requirement("R-02", "All markets of the scope are serialised and reported under their law from the first order.", "must", "technical", "List of markets live.", ("PK-03",)),
        Requirement("R-03", "Packs are aggregated to case and pallet.", "should", "technical", "Line description.", ("PK-04",)),
        Requirement("R-04", "Serial numbers and events are exchanged with our repository without manual steps.", "must", "technical", "Interface description and test record.", ("PK-05", "PK-06")),
        Requirement("R-05", "Each printed component is checked by code reading at receipt and on the line.", "must", "technical", "Procedure and camera list.", ("PK-01", "PK-07")),
        Requirement("R-06", "Every mix-up or rogue unit is told to us on the same working day.", "must", "partnership", "Quality agreement.", ("PK-08", "QUA-07")),
        Requirement("R-07", "The smallest order of the scope is accepted without a surcharge.", "should", "business_fit", "Line description, price sheet.", ("PK-01", "PK-12")),
        Requirement("R-08", "Changed artwork is on the market's packs within 35 days of approval.", "should", "business_fit", "Lead times.", ("PK-13",)),
        Requirement("R-09", "Time out of storage is booked and stays inside the limit of the product.", "must", "risk", "Procedure and excursions.", ("PK-15",)),
        Requirement("R-10", "The high scenario is served from installed lines.", "should", "technical", "Capacity by year.", ("PK-17",)),
    ),
    questions=(*common("FIT-02", "QUA-03", "QUA-08", "QUA-09", "GOV-03", "GOV-04", "EHS-01", "CON-02"), *_QUESTIONS),
    prices=(
        recurring("PCK-01", "unit_price", "Finished pack: label, leaflet, carton, serial number, aggregation", "per_unit", help="At the typical order size of the scope."),
        recurring("PCK-02", "batch_price", "Fixed fee of an order: line set-up, clearance, records", "per_batch", help="One batch is one packaging order."),
        recurring("MAT-01", "raw_materials", "Printed components and cartons, at cost", "per_unit", help="Percent: your handling on top."),
        recurring("ASM-01", "suite", "Device assembly with functional tests, beyond the pack price", "per_unit", mandatory=False),
        recurring("SER-01", "suite", "Serialisation service and connection to our repository", "per_month"),
        recurring("ART-01", "project_management", "Artwork change, from file to first component", "per_year", quantity="1", help="Amount for the changes a year that the scope assumes."),
        recurring("REL-01", "qc_release", "Identity test, release and retained samples of an order", "per_batch"),
        recurring("STO-01", "storage", "Storage of unlabelled units and finished packs at the temperature of the scope", "per_month"),
        recurring("LOG-01", "logistics", "Shipment to our distribution centre", "per_shipment", quantity="1", quantity_per="batch"),
        recurring("INS-01", "insurance", "Insurance of our goods in your care", "per_year", mandatory=False),
        one_off("ONB-01", "technology_transfer", "Onboarding, format trials and connection tests"),
        one_off("FMT-01", "capital", "Format parts and tools", mandatory=False),
        one_off("VAL-01", "validation", "Line qualification for our format, serialisation and shipping validation"),
        one_off("ENG-01", "engineering_runs", "Trial order", "per_batch", quantity="1"),
        *terms("per_unit", "packs"),
    ),
    documents=papers(
        RequiredDocument("DOC-SER", "Serialisation user requirements and test record", "Shows levels, exceptions and connections as built."),
        RequiredDocument("DOC-ART", "Procedure for artwork and printed components", "Shows version control and destruction."),
        RequiredDocument("DOC-REC", "Example of a reconciled packaging record, redacted", "Shows limits and how a difference is investigated."),
    ),
)  # fmt: skip
