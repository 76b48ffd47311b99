"""Numbers and answers of a strategy in few words."""

from __future__ import annotations

from decimal import Decimal

from cmo_lifecycle.doors import format as fmt
from strategy.models import Consequence, Strategy
from strategy.rules.shapes import Kind


def short(number: Decimal | int | None, places: int | None = None) -> str:
    """Write a number without idle zeros: `12.5`, `1,200`; an en dash where there is none."""
    text = fmt.number(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(number: Decimal | str) -> int:
    """Return how many decimals a number needs: 2 for 55.84, none for 12.00."""
    return len(f"{Decimal(number):f}".partition(".")[2].rstrip("0"))


def percent(number: Decimal | int | None, places: int | None = None) -> str:
    """Write a share: without idle zeros, or with as many decimals as its column has."""
    if number is None:
        return "–"
    return fmt.with_unit(short(number) if places is None else fmt.number(number, places), "%")


def figure(consequence: Consequence, places: int | None = None) -> str:
    """The one number by which a consequence is placed among its kind: a weight, a rank, a target; else empty."""
    content = consequence.content
    match consequence.kind:
        case Kind.CRITERION if content.get("weight"):
            return fmt.with_unit(fmt.number(content["weight"], places), "%")
        case Kind.PRIORITY if content.get("rank"):
            return f"rank {content['rank']}"
        case Kind.KPI if content.get("target"):
            return f"target {fmt.with_unit(content['target'], content.get('unit', ''))}".strip()
    return ""


def quoted(unit: str) -> str:
    """Return a unit as it follows a number: in quotation marks where it brings a number of its own."""
    return f"“{unit}”" if any(sign.isdigit() for sign in unit) else unit


_SHORT = {
    "core": "core", "adjacent": "partly core", "not_core": "not core",
    "stay_outsourced": "stays outsourced", "in_house_later": "in-house later", "in_house_backup": "in-house back-up",
    "sole": "sole source", "single": "single source", "dual": "dual source", "multi": "several sources",
    "short_term": "short-term", "long_term": "long-term",
}  # fmt: skip


def answers_in_short(strategy: Strategy) -> str:
    """Return the four answers in few words, those that are open left out."""
    given = (strategy.core_competency, strategy.sourcing_intent, strategy.alternates, strategy.duration)
    words = ", ".join(_SHORT[one] for one in given if one)
    return words[:1].upper() + words[1:]
