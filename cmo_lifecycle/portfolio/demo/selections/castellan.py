from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf

D = Decimal

CASTELLAN = BidOf(
    "Castellan Pharma",
    {
        "FF-01": {"rows": [
            ["Line G2", "Isolator", "2R to 10R vials", "18000", "6000", "March 2022"],
            ["Line G3 (under qualification)", "Isolator", "2R to 20R vials", "20000", "8000", "Expected in two years"],
        ]},
        "FF-02": "Isolator",
        "FF-03": "One strategy for the site, owned by the head of sterility assurance and reviewed every quarter. It joins"
        " the design of line G2, gowning, water and gases, transfer hatches with vapour decontamination, and continuous"
        " particle counting. The last review tightened the limits of the transfer hatch after two excursions at rest.",
        "FF-05": "2026-02-11",
        "FF-10": "98.4",
        "FF-11": "3.6",
        "FF-14": {"rows": [
            ["2027", "110", "82", "10", "Two weeks in August"],
            ["2028", "110", "84", "16", "Two weeks in August"],
            ["2029", "190", "98", "26", "Two weeks in August"],
            ["2030", "190", "104", "30", "Two weeks in August"],
            ["2031", "190", "110", "34", "Two weeks in August"],
        ]},
        "QUA-01": {"rows": [
            ["AEMPS", "2024-05-13", "2024-05-17", "Routine, sterile", "0", "0", "4", "Closed in ten weeks"],
            ["FDA", "2025-09-01", "2025-09-09", "Pre-approval, line G2", "0", "0", "2", "No action indicated"],
        ]},
        "QUA-02": "None open",
        "CON-01": "Within twelve months",
        "CON-02": "The steam generator of building 2 is the only single point; a rented one is connected within 60 hours, as"
        " tested last October. Line G3 takes over formats of G2 from its qualification on; until then we hold six weeks of"
        " filled stock for any customer who asks for it.",
        "FIT-03": "Low: no charge for up to 40 % fewer batches with six months of notice. High: the third line carries it from"
        " 2029. A slot may be deferred once within the year without charge with 120 days of notice.",
        "GOV-02": "Any time, with desk and read access",
        "GOV-03": "All improvements of your process are yours. On leaving we hand over the process description, the defect"
        " library and validation files within 30 days and give 400 hours of our experts to you or whomever you name.",
        "CST-01": "Replaced free, our materials paid",
        "CST-02": "Labour 55 %, energy 15 %, materials 30 %, by published indices; capped at 3 % a year; first adjustment"
        " after 24 months. Savings from yield are shared in equal parts.",
    },
    {
        "FIL-01": "186000", "COM-01": {"amount": "31500", "percent": "4"}, "QC-01": "21800", "STA-01": "148000",
        "TT-01": "980000", "ENG-01": "121000", "FLT-01": "214000", "PPQ-01": "186000", "PM-01": "15500",
        "CHG-01": "165", "EXI-01": "240000",
    },
    ("FF-16", "transfer-plan-castellan.pdf", "Transfer plan: gap list, filter validation, two engineering and three PPQ batches"),
    on_day=39,
    compliance="All mandatory answers and prices are there; transfer plan attached; signed by the general manager.",
    marks={
        "quality_compliance": (
            "4.5", "4.5", "Two inspections in three years, neither with a major observation.",
            "Accepts our quality agreement as it is; FDA found nothing that asks for action.",
        ),
        "supply_security": (
            "4", "4", "Steam is the one weak spot and was exercised; six weeks of stock on request.",
            "Reserves slots in writing; half of the output goes to one customer.",
        ),
        "technical_capability": (
            "4.5", "4", "98.4 % of batches released; same concentration filled for two others.",
            "Strong; automatic inspection is new to the team.",
        ),
        "contamination_control": (
            "4.5", "4.5", "Isolator, every simulation passed since 2022.",
            "Quarterly review that changed something each time.",
        ),
        "capacity_headroom": (
            "4", "3.5", "Base in every year; high from 2029 with line G3.", "High scenario hangs on line G3 until 2029.",
        ),
        "exit_readiness": (
            "4.5", "4", "Hand-over in 30 days and 400 hours, in writing.", "What we asked for; never done for a biologic yet.",
        ),
        "volume_flexibility": (
            "4", "4", "40 % down without a charge; deferral once a year.", "Our low case costs nothing.",
        ),
        "long_term_fit": (
            "4", "4", "Line G3 is bought; biologics are half of the plan.", "Invests where we grow.",
        ),
        "executive_commitment": (
            "4", "4.5", "General manager led the answers himself.", "Sponsor named, with a deputy.",
        ),
    },
    summary="Strong in quality, contamination control and exit. Weak: the high scenario before line G3, and one large"
    " customer.",
    terms={
        "failed_batches": D("1.6"), "liability_percent": D(100), "uncovered_material": D(60000),
        "investigation": D(18000), "delay": D(40000), "cancellation_percent": D(5), "stock_months": D(3),
        "stock_value": D(24), "carrying_percent": D(8), "audits": D(1), "plant_days": D(30),
    },
    gaps={
        "R-10": ("met", "Desk and read access at any time.", ""),
        "R-06": ("partly", "Base scenario in every year; eight batches of 2028 are an option, not a reservation.",
                 "Reserve them in the contract, at the price of one slot a year."),
    },
    risks=(
        ("supply", "Its largest customer takes the slots that we need in 2028", 7, 4, 4,
         "Reserve sixteen slots by contract, with a remedy", "Alice Brandt", 120, 7, 2, 3, ""),
        ("technical", "Fill weight drifts with the coated stopper", 6, 3, 4, "Two engineering batches with the new stopper",
         "Tom Okafor", 300, 6, 2, 3, ""),
        ("quality", "Site is not qualified by us yet", 9, 2, 3, "Qualification audit before the first PPQ batch",
         "Quinn Sato", 240, 9, 1, 3, "Severity stays as it is; the audit comes before any patient's vial."),
    ),
    transfer=(
        ("Documents and gap list", 14, 75, "Gap list agreed by both", "Filter material differs from Bergen", "38000"),
        ("Engineering batches", 76, 210, "Fill weight and reject rate within limits", "", "96000"),
        ("Process validation", 211, 390, "Three PPQ batches released", "", "142000"),
        ("Filing of the second site", 391, 570, "Variation approved", "", "85000"),
    ),
    support=(
        ("Release testing of the vial", "in_house", "Sterility by rapid method since 2024"),
        ("Container-closure integrity", "in_house", "Headspace, validated for 2R"),
        ("Cold storage of bulk", "subcontracted", "Two kilometres away, audited by them"),
    ),
    diligence={
        "technical": ("tom", "good", "Line G2 seen in operation; speed, reject rate and changeover as offered."),
        "quality_audit": ("priya", "conditions", "Audit by Quinn's team: no critical, one major on the ageing of gloves.||"
                          "Glove programme changed and shown before the first PPQ batch."),
        "regulatory": ("lena", "good", "Both reports read in full; commitments kept, no open action."),
        "financial": ("farid", "good", "Rating A-, three profitable years, family-owned, debt below one year's result."),
        "ehs": ("priya", "good", "No reportable incident; water permit has room."),
        "supply_chain": ("sven", "good", "Vials and stoppers from two makers each; filters single source with twelve weeks of stock."),
        "it": ("tom", "good", "Batch records electronic; penetration test of last year read."),
        "continuity": ("sven", "good", "Exercise of October read: steam restored in 52 hours."),
        "references": ("waived", "", "Both named references are competitors of ours; speaking to them would show our launch date."),
        "tech_transfer": ("tom", "good", "Plan holds; the filing sets the pace, not the plant."),
    },
)  # fmt: skip
