"""What an award rests on, in the words of its page and of its paper: one text for both, to the digit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cmo_lifecycle.doors import format as fmt
from evaluation.basis import basis_of
from evaluation.costing import COMPONENTS
from evaluation.models import Award
from strategy.rules.shapes import GROUPS
from strategy.sums.numbers import plain

#: Demand scenarios as a sentence names them.
CASES = {"low": "low demand", "base": "base demand", "high": "high demand"}


def money(value: Decimal | str | None, currency: str, places: int = 0) -> str:
    """Write an amount as pages and papers of a decision do, rounded half up."""
    return fmt.amount(None if value is None else Decimal(value), currency, places)


def moment(text: str | None) -> str:
    return fmt.moment(datetime.fromisoformat(text)) if text else "–"


def day(text: str | None) -> str:
    return fmt.day(date.fromisoformat(text)) if text else "–"


def percent(text: str) -> str:
    return f"{plain(Decimal(text))}{fmt.NBSP}%"


def basis_shown(award: Award) -> dict[str, Any]:
    """Return what the award was proposed and signed on; what it would be proposed on while it is a draft."""
    frozen = award.state in (Award.State.PROPOSED, Award.State.SIGNED) or (
        award.state == Award.State.WITHDRAWN and award.basis
    )
    return award.basis if frozen else basis_of(award)


class Report:
    """The parts of a decision as rows of words, from a basis alone."""

    def __init__(self, basis: dict[str, Any]) -> None:
        self.basis = basis
        self.rfp: dict[str, Any] = basis.get("rfp") or {}
        self.currency = self.rfp.get("currency", "")
        self.bidders: list[dict[str, Any]] = sorted(
            basis.get("bidders", []), key=lambda one: (one["rank"] is None, one["rank"] or 0, one["name"])
        )

    @property
    def process(self) -> list[tuple[str, str]]:
        r = self.rfp
        if not r:
            return []
        scale = " to ".join(f"{plain(Decimal(one))}" for one in r["scale"])
        return [
            ("Request", f"{r['reference']}, {r['title']}"),
            ("Owner", r["owner"] or "–"),
            ("Issued", moment(r["issued_at"])),
            ("Proposals until", moment(r["closes_at"])),
            ("Technical envelopes opened", moment(r["opened_at"])),
            ("Prices opened", moment(r["priced_at"])),
            ("Invited", f"{r['invited']}, of whom {r['declined']} declined and {r['not_submitted']} did not submit"),
            ("Addenda", str(r["addenda"])),
            ("Scored", f"{r['scoring']}; from {scale}, to {r['places']} decimals, half up"),
            ("Standstill", f"{r['standstill_days']} days"),
        ]

    @property
    def panel(self) -> list[dict[str, str]]:
        return [
            {
                "person": one["person"], "sections": ", ".join(one["sections"]) or "reads and decides",
                "said": one["said"], "declaration": one["declaration"],
                "at": moment(one["declared_at"]) if one["declared_at"] else "–",
                "tone": {"cleared": "good", "conflicted": "bad", "asked": "watch"}.get(one["state"], "none"),
            }
            for one in self.basis.get("panel", [])
        ]  # fmt: skip

    @property
    def criteria(self) -> list[list[str]]:
        return [
            [one["code"], one["title"], GROUPS[one["group"]], percent(one["weight"]), one["rule"]]
            for one in self.basis.get("criteria", [])
        ]

    @property
    def group_heads(self) -> list[tuple[str, str]]:
        """The groups that count, with their weight."""
        found = []
        for group, label in GROUPS.items():
            weight = sum(Decimal(one["weight"]) for one in self.basis.get("criteria", []) if one["group"] == group)
            if weight:
                found.append((label, percent(str(weight))))
        return found

    @property
    def ranking(self) -> list[dict[str, Any]]:
        weighed = [
            group
            for group in GROUPS
            if any(one["group"] == group and Decimal(one["weight"]) for one in self.basis.get("criteria", []))
        ]
        return [
            {
                "id": one["id"], "name": one["name"], "rank": str(one["rank"]) if one["rank"] else "–",
                "total": one["total"] or "–",
                "groups": [one["groups"].get(group, {}).get("score", "–") for group in weighed],
                "notes": [*one["reasons"], *one["flags"]]
                + (["Its proposal came late and was accepted."] if one["late"] else [])
                + ([f"Entered here on its behalf: {one['on_behalf']}"] if one["on_behalf"] else []),
            }
            for one in self.bidders
        ]  # fmt: skip

    @property
    def sensitivity(self) -> list[str]:
        cheapest = self.basis.get("cheapest")
        return [*self.basis.get("sensitivity", []), *([cheapest] if cheapest else [])]

    @property
    def scenarios(self) -> list[tuple[str, str]]:
        """The ranking under each named set of weights."""
        names = {one["id"]: one["name"] for one in self.bidders}
        return [
            (name, ", ".join(f"{rank}. {names.get(code, '')} ({total})" for code, total, rank in standing))
            for name, standing in self.basis.get("scenarios", {}).items()
        ]

    @property
    def costs(self) -> list[dict[str, Any]]:
        found = []
        out = {one["id"] for one in self.bidders if one["failed"]}
        for one in self.basis.get("money", {}).get("scenarios", []):
            found.append(
                {
                    "case": one["scenario"],
                    "title": CASES.get(one["scenario"], one["scenario"]).capitalize(),
                    "sentence": one["sentence"],
                    "basis": one["basis"],
                    "rows": [
                        {
                            "id": row["bidder"], "name": row["name"] + (" (knocked out)" if row["bidder"] in out else ""), "rank": str(row["rank"]),
                            "price_rank": str(row["price_rank"]),
                            "total": money(row["total"], self.currency),
                            "per_unit": money(row["per_unit"], self.currency, 2),
                            "difference": money(row["difference"], self.currency) if Decimal(row["difference"]) else "lowest",
                            "sentence": row["sentence"],
                        }
                        for row in one["rows"]
                    ],
                    "not": [f"{name}: not computable. {why}" for name, why in one["not_computable"]],
                }
            )  # fmt: skip
        return found

    @property
    def components(self) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of what the base cost is made of."""
        base = next(
            (one for one in self.basis.get("money", {}).get("scenarios", []) if one["scenario"] == "base"), None
        )
        if base is None or not base["rows"]:
            return [], []
        paid = {name for row in base["rows"] for name in row["components"]}
        names = [name for _, name in COMPONENTS.values() if name in paid]
        return (
            ["Component", *(row["name"] for row in base["rows"])],
            [
                [name, *(money(row["components"].get(name, "0"), self.currency) for row in base["rows"])]
                for name in names
            ],
        )

    @property
    def cost_notes(self) -> list[str]:
        found = self.basis.get("money", {})
        problem = found.get("problem")
        return [*([problem] if problem else []), *found.get("gaps", []), *found.get("unpriced", [])]

    @property
    def found(self) -> list[dict[str, Any]]:
        """What was found about each bidder."""
        return [self._found(one) for one in self.bidders]

    def _found(self, bidder: dict[str, Any]) -> dict[str, Any]:
        one = self.basis.get("appraisals", {}).get(bidder["id"], {})
        streams = self.basis.get("diligence", {}).get(bidder["id"], [])
        tones = {"met": "good", "partly": "watch", "not_met": "bad"}
        judged = one.get("gaps", [])
        cost = sum((Decimal(row["cost"]) for row in one.get("transfer", [])), Decimal(0))
        return {
            "id": bidder["id"],
            "name": bidder["name"],
            "summary": one.get("summary", ""),
            "why": one.get("residual_risk", ""),
            "compliance": bidder["compliance"],
            "met": sum(1 for row in judged if row["verdict"] == "met"),
            "judged": len(judged),
            "gaps": [
                {**row, "tone": tones[row["verdict"]], "need": "Must" if row["must"] else "Should"}
                for row in judged
                if row["verdict"] != "met"
            ],
            "risks": [
                {
                    **row, "rpn": str(row["rpn"]), "left": str(row["left"]) if row["left"] is not None else "",
                    "done": row["accepted"] or (f"{row['action']}. {row['owner']} by {day(row['due_on'])}" if row["action"] else ""),
                    "word": "Needs no action" if not row["needs_action"] else "Accepted" if row["accepted"]
                    else "Remains" if row["remains"] else "Dealt with",
                    "tone": "good" if not row["needs_action"] or not (row["remains"] or row["accepted"])
                    else "info" if row["accepted"] else "bad",
                }
                for row in one.get("risks", [])
            ],
            "transfer": [
                [row["phase"], f"{day(row['starts_on'])} to {day(row['ends_on'])}", row["gate"], row["gaps"] or "–",
                 money(row["cost"], self.currency)]
                for row in one.get("transfer", [])
            ],
            "transfer_cost": money(str(cost), self.currency),
            "support": one.get("support", []),
            "streams": [
                {
                    **row, "word": row["conclusion"] if row["state"] == "complete" else row["said"],
                    "tone": "bad" if row["against"] else "watch" if row["conditions"] else "good"
                    if row["state"] == "complete" else "info",
                }
                for row in streams
            ],
            "done": sum(1 for row in streams if row["state"] in ("complete", "waived")),
        }  # fmt: skip

    @property
    def hashes(self) -> list[list[str]]:
        """Whose envelope, which, and the hash of what was in it; the request's own first."""
        rows = [["The request", "as approved", self.rfp["sha256"]]] if self.rfp else []
        for one in sorted(self.bidders, key=lambda one: one["name"]):
            rows.append([one["name"], "receipt", one["receipt"] or "–"])
            rows += [[one["name"], kind, digest] for kind, digest in sorted(one["sha256"].items())]
        return rows
