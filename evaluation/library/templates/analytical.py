"""RFP template: analytical testing."""

from __future__ import annotations

from evaluation.library.common import common
from evaluation.library.criteria import weighted
from evaluation.library.making import ask, at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.prices import one_off, papers, recurring, terms, timetable
from evaluation.library.shapes import RequiredDocument, Requirement, Template

_SCOPE = """\
1. Purpose
[Sponsor] seeks a contract laboratory for [release / stability / characterisation / raw-material / microbiological] \
testing of [products], in [phases and markets].

2. Services
(a) Transfer, verification or validation of the methods in [list], under ICH Q2 and Q14, by protocols with acceptance \
criteria set beforehand; co-validation where the method is new.
(b) Routine testing of [number] samples a year by method as in the price sheet; results within [working days] of receipt.
(c) Stability: storage at [conditions], pull within [days] of the date due, testing, trending, reports; chambers backed up.
(d) Reference standards and critical reagents: storage, qualification, bridging.
(e) Certificates of analysis, raw data, and support of submissions and inspections.

3. Samples
Shipped by [sender] at [temperature] on [days]; [hazard, controlled substance, genetically modified organism] apply.

4. Out of scope
[Sampling, disposition, method development.]

5. What we decide
Each out-of-specification result is told to us within one working day, before any retest. A result is invalidated with a \
root cause in the laboratory alone, and with our agreement.
"""

_QUESTIONS = (
    table(
        "AN-01", "capability", "technical", "State your position on each method of the scope.",
        "Method", "Instruments", "Runs in the last 24 months", "#Analysts qualified", "State (compendial, validated, new)", "Gap", mandatory=True,
    ),
    number(
        "AN-02", "capability", "technical", "Reports delivered on the date first confirmed, last twelve months.", "%", mandatory=True,
        bands=at_least(("90", 1), ("95", 3), ("98", 5)),
    ),
    number(
        "AN-03", "speed", "business_fit", "Median time from receipt of a release sample to a reviewed report.", "working days", mandatory=True,
        bands=at_most(("10", 5), ("15", 3), ("20", 1)),
    ),
    number(
        "AN-04", "analytics", "technical", "Out-of-specification rate: confirmed and unconfirmed results by all release results of the last twelve months.",
        "%", mandatory=True, help="This alone is no score: read it with AN-05, since some laboratories hardly ever find one.",
    ),
    number(
        "AN-05", "analytics", "technical", "Share of out-of-specification results invalidated as laboratory error.", "%", mandatory=True,
        bands=at_most(("20", 5), ("35", 3), ("50", 1)),
    ),
    number(
        "AN-06", "analytics", "technical", "Invalid runs (system suitability or control failed) by all runs of the last twelve months.", "%",
        bands=at_most(("3", 5), ("6", 3), ("10", 1)), help="For cell-based potency assays give the rate apart in AN-07.",
    ),
    ask(
        "AN-07", "analytics", "technical",
        "Describe how an out-of-specification or atypical result is investigated: phases, retest rules, hypothesis testing, when we are told, who may invalidate, and trending across customers.",
        mandatory=True,
    ),
    table(
        "AN-08", "transfer_in", "technical", "Method transfers received in the last three years.",
        "Kind of method", "#Transfers", "#Passed at the first attempt", "#Median weeks from protocol to report", "Commonest cause of failure", mandatory=True,
    ),
    file("AN-09", "transfer_in", "technical", "Attach an example of a transfer protocol with acceptance criteria, and its report, redacted.", mandatory=True),
    ask(
        "AN-10", "transfer_in", "technical",
        "Set out the plan to transfer the methods of the scope: order, comparative testing or co-validation, samples and standards needed from us, statistical approach, and what happens after a failed transfer.",
        mandatory=True,
    ),
    choice(
        "AN-11", "integrity", "risk", "How are chromatography and other electronic raw data held?",
        "Networked, central, audit trail reviewed before release", "Networked, audit trail reviewed by sample", "Standalone with backup", "Standalone or paper",
        mandatory=True,
        bands=scored(
            ("Networked, central, audit trail reviewed before release", 5), ("Networked, audit trail reviewed by sample", 3),
            ("Standalone with backup", 1), ("Standalone or paper", 0),
        ),
    ),
    ask(
        "AN-12", "integrity", "risk",
        "Manual integration, aborted runs, trial injections and unreported results: what is allowed, who sees it, and how is it detected?",
        mandatory=True,
    ),
    table(
        "AN-13", "capacity", "technical", "Capacity by technique.",
        "Technique", "#Instruments", "#Load in % of two shifts", "#Samples a month offered to us", "Second laboratory of the group", mandatory=True,
    ),
    table(
        "AN-14", "continuity", "risk", "Stability storage.",
        "Condition", "#Chambers", "#Free space in litres", "#Excursions in 24 months", "Back-up and alarm", mandatory=True,
    ),
    number(
        "AN-15", "capability", "technical", "Stability pulls tested within the window of the protocol, last twelve months.", "%",
        bands=at_least(("90", 1), ("96", 3), ("99", 5)),
    ),
    table(
        "AN-16", "compliance", "risk", "Proficiency tests and round robins of the last three years.",
        "Scheme", "Technique", "Year", "Result", "Action if outside",
    ),
    choice(
        "AN-17", "compliance", "risk", "Status of the laboratory.",
        "GMP inspected by EU and FDA", "GMP inspected by one of them", "GMP by another authority", "Accredited to ISO 17025 only", mandatory=True,
        bands=scored(
            ("GMP inspected by EU and FDA", 5), ("GMP inspected by one of them", 4),
            ("GMP by another authority", 2), ("Accredited to ISO 17025 only", 0),
        ),
    ),
    ask(
        "AN-18", "change_control", "partnership",
        "Reference standards and critical reagents: how is a new lot bridged, how is expiry controlled, and when are we told of a change of column, reagent or instrument?",
    ),
    day("AN-19", "speed", "business_fit", "Day by which all methods of the scope can be run for release.", mandatory=True),
)  # fmt: skip

TEMPLATE = Template(
    code="analytical",
    title="Analytical testing",
    when=(
        "Release, stability and characterisation testing bought apart from manufacture, or a second laboratory beside a "
        "manufacturer's own. For method development ask by RFI first: price lines per test do not fit it."
    ),
    scope=_SCOPE,
    services=("analytical",),
    timetable=timetable(proposals=24, presentations=33, visits=42, decision=56),
    criteria=weighted(
        requirements_fit=7, speed=8, flexibility=3, capability=12, capacity=7, analytics=14, transfer_in=7, partnership=5,
        change_control=4, total_cost=14, cost_terms=3, compliance=7, integrity=6, continuity=2, finance=1,
    ),
    requirements=(
        Requirement("R-01", "The laboratory is GMP-inspected for the markets of the scope.", "must", "risk", "Certificates and inspection reports.", ("QUA-01", "AN-17")),
        Requirement("R-02", "Release results arrive within [working days] of receipt.", "must", "business_fit", "Median of twelve months.", ("AN-02", "AN-03")),
        Requirement("R-03", "Out-of-specification results are told to us within one working day, before any retest.", "must", "partnership", "Procedure and quality agreement.", ("AN-07", "QUA-07")),
        Requirement("R-04", "All electronic raw data are audit-trailed, reviewed before release, and open to us.", "must", "risk", "List of systems.", ("AN-11", "DAT-01")),
        Requirement("R-05", "Transfers follow protocols with acceptance criteria set beforehand.", "must", "technical", "Example protocol.", ("AN-09", "AN-10")),
        Requirement("R-06", "All methods of the scope are run under one roof.", "should", "technical", "Method list.", ("AN-01",)),
        Requirement("R-07", "Stability chambers are backed up and alarmed day and night.", "must", "risk", "Chamber list.", ("AN-14",)),
        Requirement("R-08", "A second laboratory of the group can take over the release methods.", "should", "technical", "Capacity by technique.", ("AN-13",)),
        Requirement("R-09", "Invalidated results stay below 35 % of out-of-specification results.", "should", "technical", "Rates of twelve months.", ("AN-04", "AN-05")),
    ),
    questions=(*common("FIT-02", "QUA-03", "QUA-08", "QUA-09", "GOV-04", "EHS-01", "CON-02", "CST-01", "GOV-03"), *_QUESTIONS),
    prices=(
        recurring("REL-01", "qc_release", "Release panel of one batch, all methods of the scope", "per_batch", help="State what is run once for several samples of a batch."),
        recurring("TST-01", "qc_release", "Single test outside the panel, mean of the methods", "per_test", quantity="24", quantity_per="year", help="Attach the list by method."),
        recurring("RUS-01", "qc_release", "Surcharge for a result in half the time", "per_test", mandatory=False, quantity="6", quantity_per="year"),
        recurring("STA-01", "stability", "Stability time point, pull, all tests and report", "per_test", quantity="20", quantity_per="year"),
        recurring("CHM-01", "storage", "Stability storage by month", "per_month"),
        recurring("STD-01", "raw_materials", "Reference standards, columns and critical reagents, at cost", "per_year", help="Percent: your handling on top."),
        recurring("OOS-01", "change_order", "Investigation of a result not caused by the laboratory", "per_hour", mandatory=False, quantity="40", quantity_per="year"),
        recurring("LOG-01", "logistics", "Sample shipment, temperature-monitored", "per_shipment", mandatory=False, quantity="1", quantity_per="batch"),
        recurring("ANN-01", "project_management", "Annual product quality review and trend report", "per_year"),
        one_off("TRF-01", "technology_transfer", "Transfer of the methods, protocols and reports included"),
        one_off("VAL-01", "validation", "Validation or verification of methods new to the laboratory"),
        one_off("EQP-01", "capital", "Dedicated instrument paid by us", mandatory=False),
        *terms("per_batch", "batches tested"),
    ),
    documents=papers(
        RequiredDocument("DOC-OOS", "Procedure for out-of-specification and atypical results", "Shows who may invalidate, and when we hear of it."),
        RequiredDocument("DOC-TRP", "Transfer protocol and report, redacted", "Shows acceptance criteria set beforehand."),
        RequiredDocument("DOC-DIP", "Data-integrity policy with audit-trail review procedure", "Read before the laboratory audit."),
    ),
)  # fmt: skip
