"""The agreements of the demonstration: what is signed with whom, and what amends it. Days are counted from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cmo_lifecycle.partners.clocks import add_months
from contracts.models import Agreement


@dataclass(frozen=True)
class AmendmentOf:
    """One amendment: days of signature, effect and lapse from the start, and what it provides."""

    number: int
    title: str
    text: str
    rows: tuple[Mapping[str, Any], ...]
    signed: int = 0
    effective: int = 0
    lapses: int = 0
    value: Decimal | None = None

    def provisions(self, supply: Agreement, start: date) -> list[dict[str, Any]]:
        """Return its provisions; an earlier amendment is named by its number, a day counted from the start."""
        found = []
        for row in self.rows:
            values = dict(row)
            if "about" in values:
                values["about"] = Agreement.objects.get(reference=f"{supply.reference}-A{values['about']}")
            if "lapses_on" in values:
                values["lapses_on"] = start + timedelta(days=values["lapses_on"])
            found.append(values)
        return found


@dataclass(frozen=True)
class Told:
    """What is agreed with one CMO."""

    code: str
    title: str
    value: Decimal
    evidence: str = ""
    years: int = 5
    renews: str = "automatic"
    notice: str = "180 days"
    #: Months from today to the end of the supply agreement; 0: by its years.
    ends_in: int = 0
    without: frozenset[str] = frozenset()
    quality: bool = True
    #: Whether somebody has read its text against the library.
    judged: bool = True
    amendments: tuple[AmendmentOf, ...] = ()
    awaited: AmendmentOf | None = None

    def head(self, kind: str, start: date, today: date) -> dict[str, Any]:
        """Return the head of the supply or the quality agreement."""
        common = {"agreed_on": start.isoformat(), "effective_on": start.isoformat()}
        if kind == "qag":
            return {
                **common, "reference": f"VT-QAG-{self.code}", "title": f"Quality agreement, {self.title}",
                "renews": "evergreen", "notice_length": "12 months", "review_years": 2,
            }  # fmt: skip
        end = add_months(today.replace(day=1), self.ends_in) if self.ends_in else add_months(start, 12 * self.years)
        renewing = {"renewal_length": "12 months"} if self.renews != "no" else {}
        return {
            **common, **renewing, "reference": f"VT-MSA-{self.code}", "title": self.title, "renews": self.renews,
            "expires_on": (end - timedelta(days=1)).isoformat(), "notice_length": self.notice,
            "value": self.value, "currency": "EUR", "term_months": 12 * self.years,
        }  # fmt: skip

    def duties(self, kind: str, people: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return who owes what under it."""
        if kind == "qag":
            return [
                {
                    "text": "Data for the yearly product review", "side": "theirs", "owner": people["quinn"],
                    "topic": "stability_and_review", "rule": "recurring", "anchor": "start", "every": "12 months",
                    "evidence": "The CMO's part of the review, received",
                },
            ]  # fmt: skip
        return [
            {
                "text": "Rolling forecast of 24 months", "side": "ours", "owner": people["priya"],
                "topic": "forecast_zones", "rule": "recurring", "anchor": "start", "every": "1 month",
                "evidence": "The forecast as sent",
            },
            {
                "text": "Certificate of insurance", "side": "theirs", "owner": people["alice"], "topic": "insurance",
                "rule": "recurring", "anchor": "start", "every": "12 months", "evidence": "The certificate, in date",
            },
            {
                "text": "Decide whether to renew", "side": "ours", "owner": people["alice"],
                "topic": "notice_to_end_renewal", "rule": "relative", "anchor": "notice", "offset": "60 days",
                "before": True, "evidence": "The decision, minuted",
            },
        ]  # fmt: skip


HARROW = Told(
    "014",
    "Supply of VX-12 drug substance",
    Decimal(24_000_000),
    evidence="VT-MSA-014, original in the legal archive, shelf 7",
    years=6,
    amendments=(
        AmendmentOf(
            1, "Longer term", "Amendment 1. The term is extended by two years.",
            ({"verb": "replace", "path": "notice_length", "value": "12 months"},),
            signed=200, effective=210,
        ),
        AmendmentOf(
            2, "Larger safety stock during the validation",
            "Amendment 2. While the second train is validated, Harrow keeps a safety stock of six months.",
            ({"verb": "replace", "path": "safety_stock", "value": "6 months"},),
            signed=380, effective=400, lapses=760,
        ),
        AmendmentOf(
            3, "Payment terms, from the start of the year",
            "Amendment 3. Invoices are paid within 45 days, with effect from 60 days before this amendment was signed.",
            ({"verb": "replace", "path": "acceptance_period", "value": "60 days"},),
            signed=600, effective=540, value=Decimal(350_000),
        ),
        AmendmentOf(
            4, "The safety stock stays longer",
            "Amendment 4. What Amendment 2 says of the safety stock is extended, at five months.",
            (
                {"verb": "change", "path": "safety_stock", "value": "5 months", "about": 2},
                {"verb": "lapse", "about": 2, "lapses_on": 1300},
            ),
            signed=700, effective=700,
        ),
    ),
)  # fmt: skip
NORDVIK = Told(
    "017",
    "Aseptic filling of VX-12",
    Decimal(11_500_000),
    evidence="VT-MSA-017, original in the legal archive, shelf 7",
    notice="6 months",
    ends_in=8,
    #: Signed in a hurry: what nobody asked for then is what is missing now.
    without=frozenset(("step_in", "technology_transfer_out", "change_of_control", "scope_change", "exit_plan")),
    awaited=AmendmentOf(
        1, "Twelve more batches a year",
        "Amendment 1. Nordvik reserves 12 slots a year from the day on which this amendment takes effect.",
        ({"verb": "replace", "path": "reserved_slots", "value": "12 batches a year"},),
        effective=30, value=Decimal(420_000),
    ),
)  # fmt: skip
BRIGHTWATER = Told(
    "LAB-003", "Release and stability testing of VX-12", Decimal(1_900_000),
    evidence="VT-LAB-003, scanned in the legal archive", renews="by_notice", notice="90 days", ends_in=4,
    without=frozenset(("capacity", "safety_stock", "tooling")),
)  # fmt: skip
ORIEL = Told(
    "PKG-009", "Packaging of VX-12", Decimal(900_000), evidence="VT-PKG-009, scanned in the legal archive",
    renews="no", notice="", ends_in=13, quality=False, judged=False,
    without=frozenset(("failure_to_supply", "exit_plan", "escalation", "expert_determination")),
)  # fmt: skip
MARLOWE = Told(
    "009",
    "Supply of VX-31 drug substance",
    Decimal(6_400_000),
    evidence="VT-MSA-009, shelf 3",
    ends_in=22,
    judged=False,
)
SOLENT = Told(
    "011", "Tablets and blisters of VX-31", Decimal(8_100_000), evidence="VT-MSA-011, shelf 3", ends_in=29, judged=False
)
CASTELLAN = Told("031", "Second source of aseptic filling", Decimal(9_800_000), years=5)

AGREEMENTS: Mapping[str, Told] = {
    "Harrow Biologics": HARROW,
    "Nordvik Fill-Finish": NORDVIK,
    "Brightwater Labs": BRIGHTWATER,
    "Oriel Packaging": ORIEL,
    "Marlowe Synthesis": MARLOWE,
    "Solent Tablets": SOLENT,
}
#: How the points with the second source ended, in turn: outcome, way to the target, what they said, what it cost us.
OUTCOMES: Sequence[tuple[str, int | None, str, int]] = (
    ("target", None, "Agreed as you propose, if the other points stand.", 0),
    ("between", 60, "We can go half of the way, with a charge for the slots that stay empty.", 120_000),
    ("fallback", None, "That is as far as our board goes.", 240_000),
    ("target", None, "Agreed.", 0),
)
