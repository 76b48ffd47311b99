"""What a topic of the clause library is, and the words that file it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

#: The kinds of agreement a topic has its place in. An amendment takes the topics of what it amends.
AGREEMENTS: Mapping[str, str] = {
    "cda": "Confidentiality agreement",
    "msa": "Master or supply agreement",
    "sow": "Statement of work",
    "qag": "Quality agreement",
    "tta": "Technology-transfer agreement",
}

#: What a topic does for a relationship over its life.
SERVES: Mapping[str, str] = {
    "frame": "Says who is bound, to what, for how long and under which law",
    "operating": "Settles the operating processes before the start",
    "issues": "Says how issues in ongoing operations are handled",
    "performance": "Measures performance and makes it known",
    "flexibility": "Keeps room for changing needs",
    "scope_change": "Gives the way to change scope and scale",
    "continuity": "Keeps supply going",
    "knowledge": "Protects and keeps knowledge",
    "money": "Divides cost and risk",
    "re_evaluation": "Lets the relationship be looked at anew and restructured",
    "exit": "Prepares the end from the first day",
}

GROUPS: Mapping[str, str] = {
    "frame": "Parties, term and law",
    "competition": "Freedom to deal with others",
    "money": "Price and volume",
    "licences": "Intellectual property",
    "liability": "Liability and insurance",
    "supply": "Supply and capacity",
    "change": "Change, transfer and exit",
    "quality": "Quality",
    "oversight": "Oversight and disputes",
}

#: What a typed term is, and the units it may be stated in.
TERM_KINDS: Mapping[str, tuple[str, ...]] = {
    "clock": ("hours", "business days", "days"),
    "duration": ("days", "months", "years"),
    "date": ("date",),
    "zone": ("percent of the forecast before",),
    "volume": ("units a year", "batches a year", "batches", "units"),
    "percent": ("percent",),
    "cap": ("currency amount", "percent of yearly fees", "times yearly fees"),
    "money": ("currency amount", "currency amount a year"),
    "tier": ("currency amount a unit by volume",),
    "index": ("index and percent",),
    "ladder": ("percent of price by days before the slot",),
    "band": ("percent of theoretical", "units a batch"),
    "level": ("percent", "days"),
    "count": ("a year", "persons", "hours a year"),
    "choice": ("text",),
}


@dataclass(frozen=True, slots=True)
class TermKind:
    """A typed term that a clause usually carries: `kind` is a key of `TERM_KINDS`, `unit` one of its units.

    `default` is where a negotiation may start, as text; empty where it depends on the case.
    """

    code: str
    label: str
    kind: str
    unit: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the library.

    `category` is the name of the labelled category of public contracts that it covers, where there is one.
    `standard` is our own text with blanks in [brackets]; `fallbacks` are positions to retreat to, best first;
    `walk_away` is where we stop. `serves` is a key of `SERVES`; `strategy_topics` and `consequences` name the
    contract topics and the mechanisms that a strategy may ask for.
    """

    code: str
    name: str
    group: str
    agreements: tuple[str, ...]
    serves: str
    purpose: str
    why: str
    standard: str
    fallbacks: tuple[str, ...]
    walk_away: str
    category: str = ""
    strategy_topics: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
    terms: tuple[TermKind, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the topic as plain JSON."""
        found = asdict(self)
        for name in ("agreements", "fallbacks", "strategy_topics", "consequences", "terms"):
            found[name] = list(found[name])
        return found


def clock(code: str, label: str, default: str = "", unit: str = "business days") -> TermKind:
    return TermKind(code, label, "clock", unit, default)


def duration(code: str, label: str, default: str = "", unit: str = "days") -> TermKind:
    return TermKind(code, label, "duration", unit, default)


def percent(code: str, label: str, default: str = "") -> TermKind:
    return TermKind(code, label, "percent", "percent", default)


def money(code: str, label: str, default: str = "", unit: str = "currency amount") -> TermKind:
    return TermKind(code, label, "money", unit, default)


def term(code: str, label: str, kind: str, default: str = "") -> TermKind:
    """Return a term in the first unit of its kind."""
    return TermKind(code, label, kind, TERM_KINDS[kind][0], default)
