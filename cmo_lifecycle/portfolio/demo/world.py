"""Who and what the demonstration is made of. Every name here is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SPONSOR = "Vantara Therapeutics"
SOURCE = "demo"


@dataclass(frozen=True)
class SiteOf:
    """A site: where it is, what it can do, and how it stands with inspectors and with quality."""

    name: str
    city: str
    country: str
    time_zone: str
    duns: str
    fei: str
    service: str
    modality: str
    scale: str
    capacity: tuple[str, str]
    scope: str
    qualification: str = "approved"
    review_in_days: int = 240
    inspection: tuple[str, int, str] | None = None
    certificate_in_days: int = 400


@dataclass(frozen=True)
class CmoOf:
    """A CMO with its sites and the people one calls there."""

    name: str
    country: str
    kind: str
    modalities: tuple[str, ...]
    rating: str
    insurance_in_days: int
    sites: tuple[SiteOf, ...]
    contacts: tuple[tuple[str, str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    lei: str = ""


@dataclass(frozen=True)
class WorkOf:
    """A relationship: its tier and stage, and how its deliveries run.

    `late` is the share of late lines at the start and at the end of the three years, `delay` the longest usual delay
    in days, `monthly` how many lines a month, `months` for how long; `short` is the share accepted short.
    """

    cmo: str
    programme: str
    sites: tuple[str, ...]
    services: tuple[str, ...]
    factors: tuple[int, int, int, int]
    rationale: str
    stage: str = "active"
    cadence: str = ""
    months: int = 36
    monthly: int = 0
    late: tuple[float, float] = (0.05, 0.05)
    delay: int = 12
    short: float = 0.005
    items: tuple[tuple[str, str, Decimal], ...] = ()
    country: str = "IE"
    mode: str = "Road"
    evidence: str = ""
    comments: dict[int, str] = field(default_factory=dict)


PROGRAMMES: tuple[dict[str, Any], ...] = (
    {
        "name": "VX-12",
        "kind": "product",
        "modality": "biologic",
        "phase": "phase_3",
        "description": "Monoclonal antibody for severe asthma: drug substance, aseptic filling, testing and packaging.",
        "members": ("alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin"),
    },
    {
        "name": "VX-31",
        "kind": "product",
        "modality": "small_molecule",
        "phase": "commercial",
        "description": "Once-daily tablet, on the market since 2022: active ingredient, tablets and blisters.",
        "members": ("alice", "priya", "quinn", "farid", "sven", "erin", "bob"),
    },
    {
        "name": "VX-7",
        "kind": "product",
        "modality": "biologic",
        "phase": "commercial",
        "description": "Enzyme for a rare disease of some hundred patients, bought in with its licence: one train makes it.",
        "members": ("alice", "priya", "tom", "quinn", "lena", "erin"),
    },
    {
        "name": "VX-44",
        "kind": "product",
        "modality": "small_molecule",
        "phase": "phase_1",
        "description": "Capsules for two early trials.",
        "members": ("alice", "priya", "tom", "quinn", "sven", "erin"),
    },
    {
        "name": "QR-7",
        "kind": "product",
        "modality": "cell_gene",
        "phase": "phase_1",
        "description": "Autologous cell therapy in its first trial.",
        "members": ("mallory", "bob"),
    },
)

CMOS = (
    CmoOf(
        "Harrow Biologics",
        "IE",
        "pure",
        ("biologic",),
        "BBB+",
        210,
        (
            SiteOf(
                "Harrow Cork",
                "Cork",
                "IE",
                "Europe/Dublin",
                "210987654",
                "3001234567",
                "drug_substance",
                "biologic",
                "commercial",
                ("2000", "L"),
                "Mammalian drug substance, 2,000 L",
                inspection=("HPRA", 210, "nai"),
            ),
        ),
        (
            ("Orla Brennan", "Head of client programmes", "orla.brennan@harrow.example"),
            ("Declan Moyne", "Quality director", "declan.moyne@harrow.example"),
        ),
        ("Harrow Bio", "Harrow Biologics Ltd"),
        "635400HARROWDEMO00IE",
    ),
    CmoOf(
        "Nordvik Fill-Finish",
        "NO",
        "pure",
        ("biologic", "vaccine"),
        "BB",
        95,
        (
            SiteOf(
                "Nordvik Bergen",
                "Bergen",
                "NO",
                "Europe/Oslo",
                "315204488",
                "3009876543",
                "sterile_fill_finish",
                "biologic",
                "commercial",
                ("24000", "vials per hour"),
                "Aseptic filling of vials",
                "conditional",
                70,
                ("FDA", 130, "vai"),
                160,
            ),
        ),
        (
            ("Ingrid Solheim", "Site manager", "ingrid.solheim@nordvik.example"),
            ("Otto Lund", "Client liaison", "otto.lund@nordvik.example"),
        ),
    ),
    CmoOf(
        "Castellan Pharma",
        "ES",
        "hybrid",
        ("biologic", "small_molecule"),
        "A-",
        330,
        (
            SiteOf(
                "Castellan Girona",
                "Girona",
                "ES",
                "Europe/Madrid",
                "468801122",
                "3005551212",
                "sterile_fill_finish",
                "biologic",
                "commercial",
                ("18000", "vials per hour"),
                "Aseptic filling of vials",
                "in_qualification",
            ),
        ),
        (("Marta Ferrer", "Business development", "marta.ferrer@castellan.example"),),
    ),
    CmoOf(
        "Brightwater Labs",
        "NL",
        "pure",
        ("biologic", "small_molecule"),
        "A",
        280,
        (
            SiteOf(
                "Brightwater Leiden",
                "Leiden",
                "NL",
                "Europe/Amsterdam",
                "402213377",
                "3004443322",
                "analytical",
                "biologic",
                "commercial",
                ("900", "release tests a month"),
                "Release and stability testing",
                inspection=("IGJ", 420, "nai"),
                certificate_in_days=84,
            ),
        ),
        (("Joost Verhage", "Laboratory manager", "joost.verhage@brightwater.example"),),
    ),
    CmoOf(
        "Oriel Packaging",
        "GB",
        "pure",
        ("biologic", "small_molecule"),
        "BB+",
        140,
        (
            SiteOf(
                "Oriel Newport",
                "Newport",
                "GB",
                "Europe/London",
                "219944556",
                "",
                "packaging",
                "",
                "commercial",
                ("120", "packs per minute"),
                "Secondary packaging and serialisation",
                review_in_days=-12,
            ),
        ),
        (("Gwen Parry", "Account manager", "gwen.parry@oriel.example"),),
    ),
    CmoOf(
        "Marlowe Synthesis",
        "IN",
        "hybrid",
        ("small_molecule",),
        "BBB",
        365,
        (
            SiteOf(
                "Marlowe Hyderabad",
                "Hyderabad",
                "IN",
                "Asia/Kolkata",
                "650912345",
                "3010203040",
                "drug_substance",
                "small_molecule",
                "commercial",
                ("6", "t a year"),
                "Small-molecule drug substance",
                inspection=("FDA", 300, "nai"),
            ),
        ),
        (("Anjali Rao", "Programme lead", "anjali.rao@marlowe.example"),),
    ),
    CmoOf(
        "Solent Tablets",
        "GB",
        "pure",
        ("small_molecule",),
        "A-",
        190,
        (
            SiteOf(
                "Solent Southampton",
                "Southampton",
                "GB",
                "Europe/London",
                "238811990",
                "3007778899",
                "drug_product",
                "small_molecule",
                "commercial",
                ("400", "million tablets a year"),
                "Film-coated tablets",
                inspection=("MHRA", 95, "nai"),
            ),
        ),
        (("Tessa Holm", "Supply chain manager", "tessa.holm@solent.example"),),
    ),
    CmoOf(
        "Aldermoor Cell Works",
        "DE",
        "pure",
        ("cell_gene",),
        "B+",
        260,
        (
            SiteOf(
                "Aldermoor Leipzig",
                "Leipzig",
                "DE",
                "Europe/Berlin",
                "330045671",
                "",
                "drug_product",
                "cell_gene",
                "clinical",
                ("4", "patients a week"),
                "Autologous cell therapy, clinical",
            ),
        ),
        (("Klara Weiss", "Manufacturing lead", "klara.weiss@aldermoor.example"),),
    ),
)

WORK = (
    WorkOf(
        "Harrow Biologics",
        "VX-12",
        ("Harrow Cork",),
        ("drug_substance",),
        (3, 3, 2, 3),
        "Sole source of drug substance for a sterile product; defects are found late.",
        cadence="quarter",
        monthly=10,
        late=(0.05, 0.02),
        delay=9,
        items=(
            ("VX-12 drug substance, frozen bags", "L", Decimal("5400")),
            ("VX-12 reference material", "L", Decimal("2100")),
        ),
        country="NO",
        mode="Air",
        evidence="Supply agreement VT-MSA-014, signed three years ago",
    ),
    WorkOf(
        "Nordvik Fill-Finish",
        "VX-12",
        ("Nordvik Bergen",),
        ("sterile_fill_finish",),
        (3, 2, 3, 2),
        "Aseptic filling without a qualified second site yet.",
        cadence="quarter",
        monthly=16,
        late=(0.01, 0.14),
        delay=24,
        short=0.01,
        items=(
            ("VX-12 vials 150 mg", "vials", Decimal("14.20")),
            ("VX-12 vials 300 mg", "vials", Decimal("21.80")),
        ),
        country="GB",
        mode="Air",
        evidence="Supply agreement VT-MSA-017, signed three years ago",
        comments={
            0: "Four late lines waited for our release of component lot C-2231; agreed with Nordvik in the call."
        },
    ),
    WorkOf(
        "Castellan Pharma",
        "VX-12",
        ("Castellan Girona",),
        ("sterile_fill_finish",),
        (3, 2, 2, 2),
        "Planned second source of aseptic filling.",
        stage="onboarding",
    ),
    WorkOf(
        "Brightwater Labs",
        "VX-12",
        ("Brightwater Leiden",),
        ("analytical",),
        (2, 2, 3, 1),
        "Release testing; its data decide on batches.",
        monthly=14,
        late=(0.03, 0.01),
        delay=5,
        items=(("Release test package", "reports", Decimal("3900")), ("Stability pull", "reports", Decimal("1450"))),
        country="IE",
        mode="Electronic",
        evidence="Service agreement VT-LAB-003",
    ),
    WorkOf(
        "Oriel Packaging",
        "VX-12",
        ("Oriel Newport",),
        ("packaging",),
        (1, 1, 2, 2),
        "Packaging is checked by serial number; two other packers could take over within weeks.",
        monthly=9,
        late=(0.04, 0.06),
        delay=11,
        short=0.01,
        items=(("VX-12 clinical kits", "kits", Decimal("38")),),
        country="NL",
        evidence="Packaging agreement VT-PKG-009",
    ),
    WorkOf(
        "Marlowe Synthesis",
        "VX-31",
        ("Marlowe Hyderabad",),
        ("drug_substance",),
        (2, 2, 2, 2),
        "Commodity chemistry, two qualified routes, long transport.",
        monthly=9,
        late=(0.07, 0.03),
        delay=18,
        items=(("VX-31 drug substance", "kg", Decimal("890")), ("VX-31 intermediate B", "kg", Decimal("310"))),
        country="GB",
        mode="Sea",
        evidence="Supply agreement VT-MSA-009",
    ),
    WorkOf(
        "Solent Tablets",
        "VX-31",
        ("Solent Southampton",),
        ("drug_product", "packaging"),
        (2, 2, 2, 2),
        "One tablet site; stock covers four months.",
        monthly=20,
        late=(0.02, 0.03),
        delay=8,
        items=(
            ("VX-31 tablets 50 mg, blisters of 28", "packs", Decimal("1.90")),
            ("VX-31 tablets 100 mg, blisters of 28", "packs", Decimal("2.60")),
        ),
        country="DE",
        evidence="Supply agreement VT-MSA-011",
    ),
    WorkOf(
        "Aldermoor Cell Works",
        "QR-7",
        ("Aldermoor Leipzig",),
        ("drug_product",),
        (3, 3, 2, 3),
        "Every batch is one patient.",
        stage="strategy_draft",
    ),
)
