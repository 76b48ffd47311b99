"""The request for a second source of aseptic filling: who was looked at, what was asked, and what bidders asked back."""

from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import CandidateOf, RfpOf

D = Decimal

CANDIDATES = (
    CandidateOf(
        "Castellan Pharma", "Castellan Girona", "prior_relationship", "Tom Okafor, from a development project in 2021",
        "Isolator line since 2022, free from next spring. Known to two of us, which has to be weighed.",
    ),
    CandidateOf(
        "Thornmere Sterile", "Thornmere Harrogate", "database", "Register of manufacturing authorisations",
        "Two isolator lines, one of them new. Small enough to care for us.",
    ),
    CandidateOf(
        "Velden Aseptics", "Velden Villach", "trade_fair", "Spoken to at the autumn fair in Frankfurt",
        "Cheap and fast; wants a share of demand in return, to be clarified in the proposal.",
    ),
    CandidateOf(
        "Rivière Injectables", "Rivière Chinon", "consultant", "Scan of European fillers by an adviser, line 14",
        "Older line with closed RABS; long record without a failed simulation.",
    ),
    CandidateOf(
        "Solent Tablets", "Solent Southampton", "inbound", "Wrote to us about a sterile suite",
        "The suite is planned, not built.", "knocked_out", "No sterile authorisation, and none before 2029.",
        (1, "Register entry of the site: oral solid forms only; the sterile suite has no planning consent yet."),
    ),
    CandidateOf(
        "Harrow Biologics", "Harrow Cork", "prior_relationship", "Our maker of drug substance",
        "Has a clinical vial line beside the drug-substance plant.", "dropped",
        "Substance and filling under one roof would make one fire our only risk; the line fills 4,000 vials an hour.",
    ),
)  # fmt: skip

REQUEST = RfpOf(
    {
        "title": "Second source of aseptic filling",
        "service": "sterile_fill_finish",
        "scope": "Aseptic filling of VX-12 (monoclonal antibody, 150 mg/ml) into 2R vials, stoppering, capping and full"
        " visual inspection, at 24,000 vials a batch; transfer from Bergen, two engineering and three PPQ batches;"
        " release testing of the filled vial and stability of the PPQ batches. Drug substance comes frozen from Cork and"
        " stays ours: one batch is worth 310,000 euros. Labelling and cartons are out of scope.",
        "valid_days": 270,
        "should_cost": D("16.90"),
        "oversight_fte": D("1.2"),
        "fte_rate": D(128000),
        "audit_cost": D(14500),
        "plant_day_cost": D(1350),
        "oversight_systems": D(18000),
        "change_reserve": D(4),
        "batch_output": D(24000),
        "batch_yield": D(93),
    },
    "sterile_fill_finish",
    {
        "quality_compliance": "24", "supply_security": "16", "technical_capability": "12",
        "contamination_control": "10", "capacity_headroom": "6", "exit_readiness": "5", "volume_flexibility": "4",
        "long_term_fit": "5", "executive_commitment": "3", "total_cost": "15",
    },
    (
        "regulatory_standing", "sterile_licence", "quality_compliance", "quality_agreement", "audit_access",
        "supply_security", "no_exclusivity", "R-02", "R-03", "R-05", "R-06", "R-07", "R-10",
    ),
    (
        "FF-01", "FF-02", "FF-03", "FF-05", "FF-10", "FF-11", "FF-14", "FF-16", "QUA-01", "QUA-02", "CON-01", "CON-02",
        "FIT-03", "GOV-02", "GOV-03", "CST-01", "CST-02",
    ),
    (
        "FIL-01", "COM-01", "QC-01", "STA-01", "TT-01", "ENG-01", "FLT-01", "PPQ-01", "PM-01", "MIN-01", "CHG-01",
        "EXI-01",
    ),
    (
        (2027, D(0), D(48000), D(72000)),
        (2028, D(96000), D(165000), D(240000)),
        (2029, D(140000), D(240000), D(360000)),
        (2030, D(160000), D(290000), D(430000)),
        (2031, D(170000), D(310000), D(470000)),
    ),
    (18, 35),
    {
        "alice": ("business_fit", "partnership"),
        "tom": ("technical",),
        "priya": ("technical",),
        "sven": ("risk", "business_fit"),
        "lena": ("risk", "partnership"),
        "quinn": (),
        "farid": (),
    },
    {
        "Supply first": {
            "quality_compliance": "20", "supply_security": "35", "technical_capability": "8",
            "contamination_control": "8", "capacity_headroom": "12", "exit_readiness": "5", "volume_flexibility": "5",
            "long_term_fit": "2", "executive_commitment": "2", "total_cost": "3",
        },
        "Cost first": {
            "quality_compliance": "14", "supply_security": "10", "technical_capability": "6",
            "contamination_control": "6", "capacity_headroom": "4", "exit_readiness": "3", "volume_flexibility": "3",
            "long_term_fit": "2", "executive_commitment": "2", "total_cost": "50",
        },
    },
)  # fmt: skip

#: Who asks, on which day after the issue; the question, how all read it, and the answer.
ENQUIRIES = (
    (
        "Thornmere Sterile", 6,
        "At Harrogate we thaw bags at 5 °C over 72 hours. Is a thaw of that length covered by your stability data?",
        "Is a thaw of the drug substance at 5 °C over 72 hours covered by stability data?",
        "Yes, up to 96 hours at 2 to 8 °C. Report VX12-ST-07 is with the documents of this request.",
    ),
    (
        "Rivière Injectables", 9,
        "Our closed RABS at Chinon was qualified in 2016. Do you insist on an isolator?",
        "Is a closed RABS acceptable, or is an isolator required?",
        "A closed RABS meets requirement R-02. How well product is protected is judged under “Contamination control”.",
    ),
)  # fmt: skip

ADDENDUM = (
    "Third filling format and one more week",
    "The vial is 2R as before, but the stopper changes to a coated one of the same make; the specification is attached to"
    " the documents. Price line COM-01 is to rest on it. Proposals are taken one week longer.",
)

RECOMMENDATION = (
    "Castellan has the best record where it counts most: two inspections without a critical or major observation, an"
    " isolator line with every process simulation passed, and room for the high scenario from 2029. Its transfer plan"
    " names the people, and its terms for leaving are the ones that our strategy asks for."
)
AGAINST = (
    "It is not the cheapest: Rivière costs less over the term. Two of us knew Castellan before, and it fills for one"
    " customer that takes half of its output. The contract has to reserve our slots."
)
