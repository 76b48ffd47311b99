from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf

D = Decimal

VELDEN = BidOf(
    "Velden Aseptics",
    {
        "FF-01": {"rows": [["V4", "Open RABS", "2R vials, 1 ml syringes", "21000", "12000", "May 2018"]]},
        "FF-02": "Open RABS",
        "FF-03": "Contamination control is laid down in twelve procedures; the summary is attached on request. Doors are opened"
        " for defined interventions only.",
        "FF-05": "2025-11-30",
        "FF-10": "94.1",
        "FF-11": "6.9",
        "FF-14": {"rows": [
            ["2027", "210", "120", "30", "None"], ["2028", "210", "120", "40", "None"],
            ["2029", "210", "130", "50", "None"], ["2030", "210", "130", "50", "None"],
            ["2031", "210", "130", "50", "None"],
        ]},
        "QUA-01": {"rows": [["AGES", "2024-02-05", "2024-02-09", "Routine, sterile", "0", "2", "7", "One response overdue by a month"]]},
        "QUA-02": "None open",
        "CON-01": "Longer ago or never",
        "CON-02": "The plant runs around the clock; there has been no standstill of more than four days since 2020.",
        "FIT-03": "Volumes are free above the minimum. The price rests on at least 60 % of your yearly demand for filling.",
        "GOV-02": "Selected steps, on request",
        "GOV-03": "Background and improvements remain with Velden; a transfer-out is agreed case by case.",
        "CST-01": "Partly charged",
        "CST-02": "Consumer prices of Austria, without a cap, every January.",
    },
    {
        "FIL-01": {"amount": "149000", "assumption": "With at least 60 % of the yearly demand."},
        "COM-01": {"amount": "30200", "percent": "12"}, "QC-01": "26400", "STA-01": "171000", "TT-01": "1450000",
        "ENG-01": "149000", "FLT-01": "310000", "PPQ-01": "149000", "PM-01": "19000",
        "MIN-01": {"amount": "149000", "quantity": "14", "percent": "100"}, "CHG-01": "190", "EXI-01": "520000",
    },
    ("FF-16", "Transferplan_Velden.pdf", "Velden: transfer in fourteen months, one engineering batch offered free"),
    on_day=20,
    compliance="Complete; the price rests on a share of our demand, which is judged in the fit and gap table.",
    marks={
        "quality_compliance": ("2.5", "2.5", "Two majors and a response that was overdue.", "Wants its own quality agreement first."),
        "supply_security": ("2.5", "2", "Large line, but its plan was never exercised.", "Runs around the clock; no slack to recover in."),
        "technical_capability": ("3", "3", "94 % released; loses 6.9 % of our substance.", "Fast, little experience above 100 mg/ml."),
        "contamination_control": ("2", "2.5", "Open RABS, and the strategy is not shown.", "Procedures are there; the thread is not."),
        "capacity_headroom": ("5", "5", "More than the high case, installed.", "Room to spare."),
        "exit_readiness": ("1", "1", "Case by case is no answer.", "Improvements stay theirs: leaving would cost us."),
        "volume_flexibility": ("1.5", "1.5", "Fourteen batches a year whether we need them or not.", "Minimum above our low case."),
        "long_term_fit": ("2.5", "2", "Sees filling as a commodity.", "Asks for a share before anything else."),
        "executive_commitment": ("2.5", "3", "Sales presented alone.", "Answers came quickly."),
    },
    summary="The lowest batch price, bought with a minimum share of demand that our strategy rules out.",
    terms={
        "failed_batches": D("5.9"), "liability_percent": D(50), "uncovered_material": D(310000),
        "investigation": D(25000), "delay": D(40000), "cancellation_percent": D(5), "stock_months": D(4),
        "stock_value": D(24), "carrying_percent": D(8), "audits": D(2), "plant_days": D(55),
    },
    gaps={
        "no_exclusivity": ("not_met", "Answer FIT-03 and line MIN-01: at least 60 % of demand, fourteen batches a year.", ""),
        "quality_agreement": ("partly", "Own template first.", "Two months of negotiation."),
        "R-03": ("partly", "Procedures, no joined strategy.", ""),
        "R-07": ("not_met", "6.9 % lost in like batches.", ""),
        "R-10": ("partly", "Selected steps, on request.", ""),
    },
    risks=(
        ("quality", "A lot is lost to an intervention at the open RABS", 9, 5, 5,
         "Second source for every third batch; observer in each campaign", "Quinn Sato", 200, 9, 4, 5,
         "Would have to be accepted by the board; moot once knocked out."),
        ("financial", "Take-or-pay is due in the low scenario", 6, 6, 2, "", "", None, None, None, None, "Moot once knocked out."),
    ),
    transfer=(
        ("Transfer as proposed", 14, 420, "Three PPQ batches released", "Filter and RABS qualification of our format", "290000"),
    ),
    support=(("Container-closure integrity", "subcontracted", "Laboratory in Graz"), ("Cold storage of bulk", "in_house", "")),
)  # fmt: skip
