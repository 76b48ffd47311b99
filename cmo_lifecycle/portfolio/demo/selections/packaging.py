"""The request for secondary packaging: opened, and being scored these days."""

from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.portfolio.demo.selections.shapes import BidOf, CandidateOf, RfpOf

D = Decimal

CANDIDATES = (
    CandidateOf(
        "Corvane Packaging", "Corvane Athlone", "referral", "Harrow Biologics",
        "Packs cold-chain products for two makers of antibodies.",
    ),
    CandidateOf(
        "Moldau Pack", "Moldau Tábor", "market_scan", "Scan of packers in the European Union",
        "Large and modern; serialises for thirty-one markets.",
    ),
)  # fmt: skip

REQUEST = RfpOf(
    {
        "title": "Secondary packaging for the launch markets",
        "service": "packaging",
        "scope": "Labelling, leaflet, carton and serialisation of VX-12 vials for nine European markets at 2 to 8 °C, one vial"
        " to a carton, smallest order 1,500 packs; storage of unlabelled vials; release of packs by a qualified person.",
        "oversight_fte": D("0.3"),
        "fte_rate": D(128000),
        "audit_cost": D(8000),
        "plant_day_cost": D(950),
        "oversight_systems": D(4000),
    },
    "packaging",
    {
        "quality_compliance": "25", "supply_security": "10", "technical_capability": "20", "capacity_headroom": "10",
        "volume_flexibility": "10", "long_term_fit": "10", "total_cost": "15",
    },
    ("regulatory_standing", "quality_agreement", "audit_access", "R-01", "R-02", "R-04", "R-07", "R-09", "R-10"),
    ("PK-01", "PK-03", "PK-05", "PK-06", "PK-11", "PK-12", "PK-14", "PK-17", "PK-18", "QUA-02", "CST-02"),
    ("PCK-01", "PCK-02", "MAT-01", "SER-01", "ONB-01", "VAL-01", "PM-01"),
    (
        (2027, D(96000), D(168000), D(264000)),
        (2028, D(290000), D(500000), D(760000)),
        (2029, D(370000), D(670000), D(1030000)),
    ),
    (14, 26),
    {
        "alice": ("partnership",),
        "tom": ("technical", "risk"),
        "priya": ("technical", "partnership", "business_fit"),
        "sven": ("business_fit",),
        "lena": ("risk",),
        "quinn": (),
        "farid": (),
    },
)  # fmt: skip

ISSUED_DAYS_AGO = 33

CORVANE = BidOf(
    "Corvane Packaging",
    {
        "PK-01": {"rows": [["Line 3, cold", "Vial in carton", "90", "800", "2.5", "Carton, leaflet and label codes, print"]]},
        "PK-03": {"rows": [["European Union, nine markets", "Delegated Regulation 2016/161", "Pack and case", "Own hub", "2019"]]},
        "PK-05": "Files exchanged automatically",
        "PK-06": "Unreadable codes are rejected on the line and reconciled; rework re-opens the case and re-aggregates; alerts are"
        " answered within one working day; without a connection the line stops after the order in hand.",
        "PK-11": "97.6",
        "PK-12": "21",
        "PK-14": "2027-05-03",
        "PK-17": {"rows": [["2027", "2", "6.5", "4.1", "0.6"], ["2028", "2", "6.5", "4.4", "0.9"], ["2029", "3", "9.5", "4.6", "1.4"]]},
        "QUA-02": "None open",
        "CST-02": "Irish consumer prices, capped at 3 %.",
    },
    {"PCK-01": "1.84", "PCK-02": "2900", "MAT-01": {"amount": "0.62", "percent": "7"}, "SER-01": "2100", "ONB-01": "88000",
     "VAL-01": "64000", "PM-01": "2400"},
    ("PK-18", "onboarding-corvane.pdf", "Corvane: onboarding in five months"),
    on_day=24,
    compliance="Complete; onboarding plan attached.",
    marks={
        "quality_compliance": ("4", "4", "No open action, camera on every component.", "Accepts our agreement with two remarks."),
        "supply_security": ("3.5", "4", "One cold line; the second is warm.", "Cold store doubled."),
        "technical_capability": ("4", "", "Codes of all components are read.", ""),
        "capacity_headroom": ("3.5", "", "High case with a third shift.", ""),
        "volume_flexibility": ("", "4.5", "", "Takes orders of 800 packs without a surcharge."),
        "long_term_fit": ("4", "", "Two antibody makers before us.", ""),
    },
)  # fmt: skip

MOLDAU = BidOf(
    "Moldau Pack",
    {
        "PK-01": {"rows": [["Line 7", "Vial in carton", "220", "5000", "4", "Carton and leaflet codes"]]},
        "PK-03": {"rows": [["Thirty-one markets", "European, American, Gulf", "Pack, bundle, case and pallet", "Live interface", "2018"]]},
        "PK-05": "Live interface, standard events",
        "PK-06": "All exceptions are handled in the line controller; the repository learns of each within a minute.",
        "PK-11": "95.2",
        "PK-12": "34",
        "PK-14": "2027-08-16",
        "PK-17": {"rows": [["2027", "3", "40", "28", "4"], ["2028", "3", "40", "29", "6"], ["2029", "3", "40", "29", "8"]]},
        "QUA-02": "None open",
        "CST-02": "Czech producer prices, without a cap.",
    },
    {"PCK-01": "1.12", "PCK-02": "5400", "MAT-01": {"amount": "0.55", "percent": "10"}, "SER-01": "1500", "ONB-01": "132000",
     "VAL-01": "71000", "PM-01": "1800"},
    ("PK-18", "moldau-onboarding.pdf", "Moldau Pack: onboarding in eight months"),
    on_day=25,
    compliance="Complete; the smallest order is a gap, not a defect.",
    marks={
        "quality_compliance": ("", "3", "", "Label codes are not read; asked for."),
        "supply_security": ("", "3.5", "", "Three lines alike, one cold store."),
        "volume_flexibility": ("", "2", "", "Five thousand packs are three of our smallest orders."),
        "long_term_fit": ("3", "", "We would be small there.", ""),
    },
)  # fmt: skip

#: Whose sheets are handed in; the others have theirs before them.
HANDED_IN = (("alice", "Corvane Packaging"), ("alice", "Moldau Pack"), ("sven", "Corvane Packaging"),
             ("sven", "Moldau Pack"), ("lena", "Corvane Packaging"), ("lena", "Moldau Pack"))  # fmt: skip
