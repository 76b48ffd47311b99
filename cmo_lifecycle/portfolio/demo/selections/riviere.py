from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf

D = Decimal

RIVIERE = BidOf(
    "Rivière Injectables",
    {
        "FF-01": {"rows": [["Loire 1", "Closed RABS", "2R to 10R vials", "15000", "5000", "October 2016"]]},
        "FF-02": "Closed RABS",
        "FF-03": "A strategy after Annex 1 since 2023, reviewed each year. Interventions are made through gloves; the doors stay"
        " locked in a batch. An isolator is foreseen in the plan for 2029. The last review moved two settle plates.",
        "FF-05": "2025-12-09",
        "FF-10": "97.2",
        "FF-11": "4.1",
        "FF-14": {"rows": [
            ["2027", "95", "60", "12", "August"], ["2028", "95", "62", "18", "August"], ["2029", "95", "62", "22", "August, isolator works"],
            ["2030", "95", "64", "24", "August"], ["2031", "95", "64", "24", "August"],
        ]},
        "QUA-01": {"rows": [["ANSM", "2024-04-15", "2024-04-19", "Routine, sterile", "0", "1", "5", "Closed in six months"]]},
        "QUA-02": "None open",
        "CON-01": "Within two years",
        "CON-02": "One line. A breakdown of the filling pump takes nine days, with a spare on site. No second site fills vials.",
        "FIT-03": "Low: minimum of four batches a year. High: 24 batches at most. Deferral with 90 days of notice.",
        "GOV-02": "For all campaigns, on notice",
        "GOV-03": "Your process stays yours. Assistance for 250 hours is included, beyond that by the hour.",
        "CST-01": "Replaced free, materials at our cost",
        "CST-02": "Index of the French chemical industry, capped at 3.5 % a year, from the third year on.",
    },
    {
        "FIL-01": "163000", "COM-01": {"amount": "29800", "percent": "5"}, "QC-01": "19900", "STA-01": "112000",
        "TT-01": "690000", "ENG-01": "104000", "FLT-01": "188000", "PPQ-01": "163000", "PM-01": "11800",
        "MIN-01": {"amount": "163000", "quantity": "4", "percent": "60"}, "CHG-01": "145", "EXI-01": "175000",
    },
    ("FF-16", "plan-de-transfert.pdf", "Plan de transfert: quinze mois, deux lots techniques, trois lots de validation"),
    on_day=41,
    compliance="Complete, on the last day; translation of the transfer plan asked for and received.",
    marks={
        "quality_compliance": ("3.5", "3", "One major, closed in six months, which is slow.", "Accepts our agreement with exceptions."),
        "supply_security": ("2.5", "2.5", "One line, one site, nine days for a pump.", "No stock, no second site."),
        "technical_capability": ("3.5", "3.5", "97.2 % released; solid.", "Known process, ageing line."),
        "contamination_control": (
            "2", "4", "Closed RABS of 2016; the isolator is a plan without an order.",
            "No failed simulation in nine years, and an isolator from 2029.",
        ),
        "capacity_headroom": ("3", "3", "Base fits; high does not from 2030.", "Works for the isolator fall into 2029."),
        "exit_readiness": ("3.5", "3.5", "250 hours included.", "Clear that the process is ours."),
        "volume_flexibility": ("3", "3", "Four batches as a minimum are below our base case.", "Deferral at 90 days."),
        "long_term_fit": ("3", "3", "Half of its work is its own products.", "We would compete with its own pipeline for slots."),
        "executive_commitment": ("3.5", "3.5", "Site head led the talks.", "Friendly; decisions are made in Paris."),
    },
    consensus={
        "contamination_control": (
            "2.5",
            "Priya had counted the isolator of 2029; no order is placed, so the line that stands counts. The clean record of"
            " simulations keeps it above 2.",
        )
    },
    summary="The lowest total cost with a line of the last generation and no room for a bad month.",
    terms={
        "failed_batches": D("2.8"), "liability_percent": D(100), "uncovered_material": D(210000),
        "investigation": D(18000), "delay": D(40000), "cancellation_percent": D(5), "stock_months": D(3),
        "stock_value": D(24), "carrying_percent": D(8), "audits": D(1), "plant_days": D(32),
    },
    gaps={
        "supply_security": ("partly", "No reserved capacity; four weeks of stock against payment.", "Stock of three months at our cost."),
        "R-05": ("partly", "Dye test today.", "Headspace method validated before PPQ, as answered in the talks."),
        "R-06": ("partly", "Fits on paper; the works of 2029 take six weeks out.", "Build stock in 2028."),
        "R-10": ("partly", "For campaigns, on notice.", ""),
    },
    risks=(
        ("supply", "The only line stands for longer than the stock lasts", 9, 3, 4, "Three months of stock; Bergen keeps a slot open",
         "Priya Nair", 260, 9, 2, 3, "Both sources would have to fail in one quarter."),
        ("technical", "Isolator works slip into the year of our growth", 7, 5, 3, "Works agreed as a milestone with a remedy", "Tom Okafor", 200, 7, 3, 3, ""),
    ),
    transfer=(
        ("Documents and gap list", 21, 90, "Gap list agreed by both", "", "42000"),
        ("Engineering batches", 91, 240, "Fill weight and reject rate within limits", "RABS interventions for 2R", "110000"),
        ("Process validation and filing", 241, 580, "Variation approved", "", "236000"),
    ),
    support=(
        ("Release testing of the vial", "in_house", ""),
        ("Container-closure integrity", "subcontracted", "Dye test today; deterministic method to be validated"),
        ("Cold storage of bulk", "in_house", ""),
    ),
    diligence={
        "technical": ("tom", "good", "Line seen; well kept for its age, spare parts until 2031."),
        "quality_audit": ("priya", "conditions", "Audit: one major on interventions that were not recorded.||Recording of interventions before PPQ."),
        "regulatory": ("lena", "good", "Report and responses read; slow, but complete."),
        "financial": ("farid", "good", "Rating BBB; owned by a holding that also makes its own products."),
        "ehs": ("priya", "good", "Solvent permit at 70 %; no incident."),
        "supply_chain": ("sven", "conditions", "Stoppers from one maker.||Second stopper maker named before the contract."),
        "it": ("tom", "good", "Paper batch records, scanned; access control in order."),
        "continuity": ("sven", "conditions", "Last exercised twenty months ago.||Exercise before the first commercial batch."),
        "references": ("alice", "good", "One reference called: on time, slow to answer in August."),
        "tech_transfer": ("tom", "good", "Plan is tight but was kept with two others."),
    },
)  # fmt: skip
