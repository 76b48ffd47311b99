"""The rules by which a strategy asks for things: readable, searchable, each with its source."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cmo_lifecycle.doors import pages
from strategy import rules
from strategy.rules.shapes import Rule
from strategy.snapshot import Snapshot

FAMILIES = {
    "core": "Core competency",
    "intent": "Sourcing over time",
    "alternates": "Alternate sources",
    "duration": "Duration",
    "attribute": "Attributes of the partnership",
    "governance": "Tier, segment and oversight",
    "risk": "Risk register",
    "demand": "Demand and capacity",
    "exit": "Exit intent",
    "modality": "Modality and phase",
}


def _row(rule: Rule) -> dict[str, Any]:
    asks = [{"kind": ask.kind.label, "title": ask.title} for ask in rule.gives(Snapshot())]
    return {"rule": rule, "asks": asks}


def _matches(row: dict[str, Any], words: list[str]) -> bool:
    rule = row["rule"]
    text = " ".join(
        (rule.id, rule.title, rule.reason, rule.source, *(f"{ask['kind']} {ask['title']}" for ask in row["asks"]))
    ).lower()
    return all(word in text for word in words)


class Rules(pages.SignedIn):
    """The rule set as it is in force."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip()[:100]
        rows = [row for row in map(_row, rules.RULES) if _matches(row, asked.lower().split())]
        groups = [
            {"label": FAMILIES.get(family, family.replace("_", " ").capitalize()), "rows": list(own)}
            for family, own in groupby(rows, key=lambda row: row["rule"].id.split(".")[0])
        ]
        return self.shown(
            "strategy/rules.html",
            {
                "title": "What follows from a strategy",
                "crumbs": [("Strategies", reverse("strategy:strategy_list"))],
                "sentence": f"{len(rules.RULES)} rules, rule set version {rules.RULE_SET_VERSION}. Each says when it"
                " fires, what it asks for, why, and who says so.",
                "groups": groups,
                "count": len(rows),
                "asked": asked,
            },
        )
