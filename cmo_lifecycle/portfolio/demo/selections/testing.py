"""The request for a second laboratory for release testing: issued, sealed, and still open."""

from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf, CandidateOf, RfpOf

D = Decimal

CANDIDATES = (
    CandidateOf(
        "Tollund Assay", "Tollund Aarhus", "database", "Register of inspected laboratories",
        "Contract laboratory with nothing but biologics.",
    ),
    CandidateOf(
        "Nordvik Fill-Finish", "Nordvik Bergen", "prior_relationship", "Fills VX-12 today",
        "Its own quality-control laboratory tests each fill; could release for both sites.",
    ),
)  # fmt: skip

REQUEST = RfpOf(
    {
        "title": "Second laboratory for release testing",
        "service": "analytical",
        "scope": "Release testing of VX-12 drug product: potency by cell-based assay, purity by chromatography and"
        " electrophoresis, sub-visible particles, sterility and endotoxin. Transfer of eleven methods from Leiden; release"
        " results within fifteen working days; stability of one batch a year. No batch is decided on by the laboratory.",
        "hides_participation": True,
        "oversight_fte": D("0.4"),
        "fte_rate": D(128000),
        "audit_cost": D(9500),
        "plant_day_cost": D(1100),
        "oversight_systems": D(6000),
    },
    "analytical",
    {
        "quality_compliance": "30", "supply_security": "15", "technical_capability": "25", "capacity_headroom": "10",
        "executive_commitment": "5", "total_cost": "15",
    },
    ("regulatory_standing", "quality_agreement", "audit_access", "R-01", "R-03", "R-04", "R-05", "R-06"),
    ("AN-01", "AN-02", "AN-03", "AN-05", "AN-07", "AN-09", "AN-10", "AN-11", "AN-17", "AN-19", "CST-02"),
    ("REL-01", "TST-01", "STA-01", "ANN-01", "TRF-01", "PM-01"),
    (
        (2027, D(96000), D(168000), D(264000)),
        (2028, D(240000), D(420000), D(640000)),
        (2029, D(310000), D(560000), D(860000)),
    ),
    (16, 22),
    {
        "alice": ("partnership",),
        "tom": ("technical", "risk"),
        "priya": ("technical", "partnership"),
        "lena": ("risk",),
        "quinn": (),
        "farid": (),
    },
)  # fmt: skip

#: Castellan is invited as well, from the short list of the earlier request.
ALSO_INVITED = ("Castellan Pharma",)
#: How many days before today it was issued; it closes nine days after.
ISSUED_DAYS_AGO = 13

OPEN_QUESTION = (
    "Castellan Pharma",
    11,
    "Will the reference standard for the potency assay be supplied by you, and how many vials a year?",
)

TOLLUND = BidOf(
    "Tollund Assay",
    {
        "AN-01": {"rows": [
            ["Potency, cell-based", "Two plate readers", "140", "5", "New here, like assays validated", "Bridging of the cell bank"],
            ["Purity by SEC and CE", "Six systems", "900", "9", "Validated platform", ""],
            ["Sub-visible particles", "Light obscuration", "210", "4", "Compendial", ""],
            ["Sterility, endotoxin", "Isolator, kinetic chromogenic", "1100", "7", "Compendial", ""],
        ]},
        "AN-02": "97.1",
        "AN-03": "12",
        "AN-05": "24",
        "AN-07": "Phase one within the laboratory on the same day, customer told before any retest; phase two by a board with"
        " quality in the chair. Only a proven cause in the laboratory invalidates. Trends across customers every quarter.",
        "AN-10": "Compendial methods first, then chromatography, potency last with forty plates of comparison. Acceptance by"
        " equivalence with limits agreed beforehand; after a failure one repeat, then co-validation.",
        "AN-11": "Networked, central, audit trail reviewed before release",
        "AN-17": "GMP inspected by one of them",
        "AN-19": "2027-09-15",
        "CST-02": "Danish wage index, at most 2.5 % a year, from the second year on.",
    },
    {"REL-01": "7900", "TST-01": "690", "STA-01": "5200", "ANN-01": "14000", "TRF-01": "236000", "PM-01": "2900"},
    ("AN-09", "transfer-protocol-example.pdf", "Tollund Assay: example of a transfer protocol, redacted"),
    on_day=10,
)  # fmt: skip

#: What Otto has written so far for Nordvik; more is missing.
HALF_WRITTEN = {
    "AN-02": "95.4",
    "AN-03": "14",
    "AN-07": "Handled under procedure QC-014; the customer is told within one working day.",
}
