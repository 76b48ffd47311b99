"""What the demonstration says of an RFP, of those who are asked, and of what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

#: A mark of each of the two evaluators of a section, with what each wrote.
Marks = tuple[str, str, str, str]


@dataclass(frozen=True)
class CandidateOf:
    """A CMO that the market scan found: how, at which site, and what became of it.

    `reached` is a state of the candidate. `failed` is the place of the must-have that it fails, with what shows it.
    """

    cmo: str
    site: str
    channel: str
    found_by: str
    notes: str
    reached: str = "short_listed"
    why: str = "Meets every must-have; capacity and scale fit."
    failed: tuple[int, str] | None = None


@dataclass(frozen=True)
class BidOf:
    """A proposal: what it says and how it came (`link`, `sign_in` or `workbook`), and what the panel made of it.

    Prices are amounts by line in `currency`, or a mapping of what is said besides. `marks` are by criterion, for the
    two evaluators of its section in the order of `PanelOf`. `gaps` are verdict, finding and closing by requirement;
    those left out are met. `terms` are the appraisal's own fields.
    """

    cmo: str
    answers: Mapping[str, Any]
    prices: Mapping[str, str | Mapping[str, Any]]
    file: tuple[str, str, str]
    currency: str = "EUR"
    how: str = "link"
    on_day: int = 0
    compliance: str = ""
    marks: Mapping[str, Marks] = field(default_factory=dict)
    consensus: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    summary: str = ""
    terms: Mapping[str, Decimal] = field(default_factory=dict)
    gaps: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    risks: Sequence[tuple[Any, ...]] = ()
    transfer: Sequence[tuple[Any, ...]] = ()
    support: Sequence[tuple[str, str, str]] = ()
    diligence: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class RfpOf:
    """An RFP: its own words, and what is kept of what strategy and template give it.

    `criteria` are weights by code; `questions`, `requirements` and `prices` the codes that stay, in this order.
    `days` are counted from the day of issue: until when one may ask, and until when proposals are taken.
    `panel` is the sections by person.
    """

    fields: Mapping[str, Any]
    template: str
    criteria: Mapping[str, str]
    requirements: Sequence[str]
    questions: Sequence[str]
    prices: Sequence[str]
    quantities: Sequence[tuple[int, Decimal, Decimal, Decimal]]
    days: tuple[int, int]
    panel: Mapping[str, Sequence[str]]
    weights: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


#: Columns of the tuples of `BidOf.risks` and `BidOf.transfer`; days of phases count from the award.
RISK = (
    "category", "risk", "severity", "occurrence", "detection", "action", "owner", "due_on", "residual_severity",
    "residual_occurrence", "residual_detection", "accepted",
)  # fmt: skip
PHASE = ("phase", "starts_on", "ends_on", "gate", "gaps", "cost")
