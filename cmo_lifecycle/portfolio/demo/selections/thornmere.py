from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf

D = Decimal

THORNMERE = BidOf(
    "Thornmere Sterile",
    {
        "FF-01": {"rows": [
            ["H1", "Isolator", "2R to 6R vials", "12000", "4000", "June 2019"],
            ["H2", "Isolator", "2R to 20R vials", "12000", "4000", "January 2025"],
        ]},
        "FF-02": "Isolator",
        "FF-03": "The strategy follows the product from dispensing to capping and is reviewed twice a year by quality and"
        " engineering together. Both isolators are gassed before each campaign; gloves are tested at the start and the end"
        " of each batch. The last review added a second viable sampler at the stopper bowl.",
        "FF-05": "2026-01-22",
        "FF-10": "98.9",
        "FF-11": "4.8",
        "FF-14": {"rows": [
            ["2027", "140", "96", "8", "Three weeks at Christmas"],
            ["2028", "140", "104", "14", "Three weeks at Christmas"],
            ["2029", "140", "110", "16", "Three weeks at Christmas"],
            ["2030", "140", "112", "18", "Three weeks at Christmas"],
            ["2031", "140", "112", "20", "Three weeks at Christmas"],
        ]},
        "QUA-01": {"rows": [["MHRA", "2024-06-24", "2024-06-28", "Routine, sterile", "0", "1", "3", "Closed in four months"]]},
        "QUA-02": "None open",
        "CON-01": "Within twelve months",
        "CON-02": "Two lines in two suites share one compounding area. With that area down we compound in the pilot suite at"
        " half the volume, within ten days. Power and water are doubled.",
        "FIT-03": "Low: one fifth fewer batches without charge. High: not beyond 20 batches a year on two shifts; a third shift"
        " takes nine months to hire.",
        "GOV-02": "For all campaigns, on notice",
        "GOV-03": "Improvements of your process are yours, those of filling as such are ours with a free licence. Assistance"
        " at the end at our hourly rate.",
        "CST-01": "Replaced free, materials at our cost",
        "CST-02": "United Kingdom producer prices, capped at 4 % a year, from the second year on.",
    },
    {
        "FIL-01": "171500", "COM-01": {"amount": "29400", "percent": "6"}, "QC-01": "22500", "STA-01": "139000",
        "TT-01": "845000", "ENG-01": "118000", "FLT-01": "196000", "PPQ-01": "171500", "PM-01": "16800",
        "CHG-01": "158", "EXI-01": {"amount": "190000", "assumption": "400 hours at the rate of CHG-01, samples included."},
    },
    ("FF-16", "thornmere-transfer-plan.pdf", "Thornmere transfer plan, seventeen months from award to filing"),
    currency="GBP",
    how="workbook",
    on_day=40,
    compliance="Came as a workbook, complete; transfer plan attached; validity confirmed in the covering letter.",
    marks={
        "quality_compliance": (
            "4", "4", "One inspection, one major observation, closed in four months.",
            "Exceptions to our quality agreement are small.",
        ),
        "supply_security": (
            "3.5", "3.5", "Both lines hang on one compounding area.", "Ten days to recover; no stock offered.",
        ),
        "technical_capability": (
            "4.5", "4.5", "98.9 % released, two lines alike.", "Has filled three antibodies of high concentration.",
        ),
        "contamination_control": ("4.5", "4.5", "Two isolators, gloves tested twice a batch.", "Best written strategy of the four."),
        "capacity_headroom": ("2.5", "3", "Twenty batches at most: short of the high case from 2029.", "Base case just fits."),
        "exit_readiness": ("3", "3", "Assistance is charged by the hour.", "Licence of their know-how is free at least."),
        "volume_flexibility": ("3", "3", "One fifth down, nothing up.", "Third shift takes nine months."),
        "long_term_fit": ("3.5", "3.5", "Wants to stay at its size.", "Content with what it has; we would grow out of it."),
        "executive_commitment": ("4.5", "4", "Owner presented in person.", "We would be among their three largest."),
    },
    summary="The best filling of the four at the highest price, without room for the high scenario.",
    terms={
        "failed_batches": D("1.1"), "liability_percent": D(100), "uncovered_material": D(310000),
        "investigation": D(18000), "delay": D(40000), "cancellation_percent": D(5), "stock_months": D(3),
        "stock_value": D(24), "carrying_percent": D(8), "audits": D(1), "plant_days": D(24),
    },
    gaps={
        "supply_security": ("partly", "No reserved slots or stock; one compounding area.", "Three months of stock at our cost, 380,000 euros."),
        "R-10": ("partly", "For campaigns, on notice.", "Acceptable with two weeks of notice."),
    },
    risks=(
        ("supply", "Demand grows beyond what the site can fill", 8, 5, 3, "Name a third source by 2029", "Alice Brandt", 500, 8, 3, 2, ""),
        ("financial", "Exchange rate moves against us", 4, 6, 4, "", "", None, None, None, None, "Hedged with the company's other pounds."),
    ),
    transfer=(
        ("Documents and gap list", 21, 95, "Gap list agreed by both", "", "38000"),
        ("Engineering batches", 96, 250, "Fill weight and reject rate within limits", "", "104000"),
        ("Process validation and filing", 251, 600, "Variation approved", "", "230000"),
    ),
    support=(
        ("Release testing of the vial", "in_house", ""),
        ("Container-closure integrity", "in_house", "Vacuum decay"),
        ("Cold storage of bulk", "in_house", ""),
    ),
)  # fmt: skip
