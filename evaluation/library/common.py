"""Questions that every RFP for outsourced manufacture or testing asks."""

from __future__ import annotations

from evaluation.library.making import ask, at_least, at_most, choice, file, number, scored, table
from evaluation.library.questions import Question

_ALL = (
    # business fit
    table(
        "FIT-01", "requirements_fit", "business_fit",
        "List each requirement of the scope that you do not meet today as written, with how and by when you would meet it.",
        "Requirement", "Gap", "Proposed way to close it", "Ready by", mandatory=True,
        help="An empty gap list is read as full acceptance: write one row “None” if there is none.",
    ),
    ask(
        "FIT-02", "speed", "business_fit",
        "Set out the critical path from award to the first released batch or reported result, with durations, float and what you need from us at each step.",
        mandatory=True, help="Name the three activities most likely to slip and what you would do then.",
    ),
    ask(
        "FIT-03", "flexibility", "business_fit",
        "Work through our low and high scenarios: binding forecast, deferral, smallest and largest campaign, the step to larger scale, and what each costs in notice.",
        mandatory=True, help="Words and notice here; prices belong into the price sheet.",
    ),
    # quality system and compliance, site
    table(
        "QUA-01", "compliance", "risk",
        "List all inspections of the site by health authorities in the last three years.",
        "Authority", "From (day)", "To (day)", "Scope", "#Critical", "#Major", "#Other", "Outcome and state of responses",
        mandatory=True, help="Include pre-approval, routine and for-cause inspections, and those announced but not held.",
    ),
    choice(
        "QUA-02", "compliance", "risk",
        "Is any official action open on the site: warning letter, import alert, statement of non-compliance, suspended licence?",
        "None open", "Open, not touching the scope offered", "Open, touching the scope offered", mandatory=True,
        bands=scored(("None open", 5), ("Open, not touching the scope offered", 1), ("Open, touching the scope offered", 0)),
    ),
    number(
        "QUA-03", "compliance", "risk",
        "Right first time: share of batches (or test reports) of the last twelve months completed without a deviation that reached the record of the batch.",
        "%", bands=at_least(("80", 1), ("90", 3), ("97", 5)), help="Count all customers. Give the numerator and denominator in QUA-04.",
    ),
    table(
        "QUA-04", "change_control", "partnership",
        "Deviations of the last three years by class.",
        "Year", "Class", "#Opened", "#Closed within 30 days", "#Open over 60 days at year end", "#Recurring",
        mandatory=True,
    ),
    number(
        "QUA-05", "change_control", "partnership",
        "Median time from detection to closure of a major deviation in the last twelve months.",
        "calendar days", bands=at_most(("30", 5), ("45", 3), ("60", 1)),
    ),
    number(
        "QUA-06", "change_control", "partnership",
        "Written notice you give before a change that can touch our product takes effect.",
        "calendar days", mandatory=True, bands=at_least(("30", 1), ("90", 3), ("180", 5)),
        help="Changes that need a regulatory submission wait for our written approval whatever the notice.",
    ),
    choice(
        "QUA-07", "compliance", "risk",
        "Do you accept our quality agreement template, in which our quality unit keeps the final decision on each batch or result?",
        "Accepted as it is", "Accepted with exceptions listed", "Own template only", mandatory=True,
        bands=scored(("Accepted as it is", 5), ("Accepted with exceptions listed", 3), ("Own template only", 0)),
    ),
    number(
        "QUA-08", "compliance", "risk", "People in the quality unit of the site, in full-time equivalents.", "FTE",
        help="Quality assurance and control, without contractors; say in QUA-09 how many posts are vacant.",
    ),
    ask(
        "QUA-09", "compliance", "risk",
        "Describe the organisation of quality: reporting line independent of production, vacancies and turnover of the last two years, who may stop a line.",
    ),
    # data integrity
    table(
        "DAT-01", "integrity", "risk", "List the GMP-relevant computerised systems used for the scope.",
        "System", "Used for", "Validated (year)", "Individual accounts (yes or no)", "Audit trail on (yes or no)",
        "Audit trail reviewed (how often)", mandatory=True,
    ),
    ask(
        "DAT-02", "integrity", "risk",
        "How do you find data-integrity failures yourselves? Describe governance, training, review of audit trails before release, and every finding of the last three years with its correction.",
        mandatory=True,
    ),
    # continuity and supply chain
    choice(
        "CON-01", "continuity", "risk", "When was the site's business continuity plan last exercised?",
        "Within twelve months", "Within two years", "Longer ago or never", "No plan", mandatory=True,
        bands=scored(("Within twelve months", 5), ("Within two years", 3), ("Longer ago or never", 1), ("No plan", 0)),
    ),
    ask(
        "CON-02", "continuity", "risk",
        "Name the single points of failure for the scope (equipment, utilities, people, systems), the time to recover each, and what bridges that time.",
        mandatory=True,
    ),
    table(
        "CON-03", "continuity", "risk",
        "List the sub-tier suppliers and subcontractors critical to the scope.",
        "Supplier and site", "Material or service", "Qualified on", "Single source (yes or no)", "#Lead time in weeks",
        "#Stock held in weeks", mandatory=True,
        help="Include single-use assemblies, primary packaging, testing laboratories and calibration services.",
    ),
    # company
    table(
        "COM-01", "finance", "risk", "Give the key figures of the last three financial years, audited.",
        "Year", "Currency", "#Turnover in millions", "#Operating result in millions", "#Net debt in millions",
        "#Largest customer's share in %", mandatory=True, level="company",
    ),
    ask(
        "COM-02", "finance", "risk",
        "Describe ownership, any change of control in the last three years or under negotiation, and litigation that could touch the services.",
        mandatory=True, level="company",
    ),
    table(
        "COM-03", "partnership", "partnership", "Name two customers of our size for whom the site does like work, whom we may call.",
        "Company", "Service", "Since (year)", "Contact", "What they will tell us went wrong", level="company", mandatory=True,
    ),
    # partnership
    table(
        "GOV-01", "partnership", "partnership", "Name the people who would serve us.",
        "Role", "Name", "#Years in this role", "#Share of time in %", "Deputy", mandatory=True,
    ),
    choice(
        "GOV-02", "partnership", "partnership",
        "Our person in plant: on which terms may our staff watch operations and see records?",
        "Any time, with desk and read access", "For all campaigns, on notice", "Selected steps, on request", "Not offered",
        mandatory=True,
        bands=scored(
            ("Any time, with desk and read access", 5), ("For all campaigns, on notice", 4),
            ("Selected steps, on request", 2), ("Not offered", 0),
        ),
    ),
    ask(
        "GOV-03", "know_how", "partnership",
        "State your position on improvements to our process, on background knowledge needed to practise it elsewhere, and on assistance with a transfer to us or a third party.",
        mandatory=True, level="company",
    ),
    file("GOV-04", "partnership", "partnership", "Attach an anonymised example of the performance report that customers receive."),
    # environment, health and safety
    ask(
        "EHS-01", "continuity", "risk",
        "List reportable incidents, orders of authorities and permit limits of the last three years that could stop the work offered.",
    ),
    # commercial
    choice(
        "CST-01", "cost_terms", "total_cost", "How is a batch paid for that fails by your fault?",
        "Replaced free, our materials paid", "Replaced free, materials at our cost", "Partly charged", "Charged in full",
        mandatory=True, envelope="commercial", level="company",
        bands=scored(
            ("Replaced free, our materials paid", 5), ("Replaced free, materials at our cost", 3),
            ("Partly charged", 1), ("Charged in full", 0),
        ),
    ),
    ask(
        "CST-02", "cost_terms", "total_cost",
        "State how prices move: index and weight of each driver, cap, first adjustment, and how savings from yield are shared.",
        mandatory=True, envelope="commercial", level="company",
    ),
    table(
        "CST-03", "cost_terms", "total_cost", "State the ladder for cancelled or postponed slots.",
        "#Notice in days from", "#Notice in days to", "#Share of price charged in %", "Credit if the slot is resold",
        mandatory=True, envelope="commercial", level="company",
    ),
    file(
        "CST-04", "cost_terms", "total_cost", "Attach our term sheet with your exceptions marked.",
        envelope="commercial", level="company", mandatory=True,
    ),
)  # fmt: skip

COMMON: dict[str, Question] = {one.code: one for one in _ALL}


def common(*left_out: str) -> tuple[Question, ...]:
    """Return the common questions without those named."""
    return tuple(question for code, question in COMMON.items() if code not in left_out)
