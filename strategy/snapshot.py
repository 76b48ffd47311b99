"""A strategy as plain values: what the sums and the rules are handed, and nothing else.

Amounts are exact `Decimal`s in the currency that stands beside them; shares are fractions from 0 to 1 unless a
name says percent; years are calendar years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four questions as it is answered: its code (empty while open), and until or by when."""

    choice: str = ""
    by: date | None = None
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Weighted:
    """An attribute of the partnership with its share of all weight, in percent."""

    code: str
    name: str
    group: str
    weight: Decimal
    must_have: bool = False
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is needed in one year, in the strategy's unit."""

    year: int
    low: Decimal
    base: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Capacity:
    """Batches that can be made in one year, by whom, and whether they are bound already."""

    year: int
    kind: str
    batches: Decimal


@dataclass(frozen=True, slots=True)
class Risk:
    """One line of the risk register, on the strategy's scale."""

    category: str
    severity: int
    occurrence: int
    detection: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a strategy that a consequence may rest on.

    `core` is core | adjacent | not_core. `sourcing_intent` is stay_outsourced | in_house_later | in_house_backup,
    with the day by which. `alternates` is sole | single | dual | multi, with the day by which the other source
    works. `duration` is short_term | long_term, with its end where there is one. `segment` is strategic |
    bottleneck | leverage | routine, empty while it is open. `tier` is 1, 2 or 3. `batches_needed` is those to start
    for base demand by year, empty while they cannot be worked out.
    """

    modality: str = ""
    phase: str = ""
    kind: str = ""
    core: Answer = field(default_factory=Answer)
    sourcing_intent: Answer = field(default_factory=Answer)
    alternates: Answer = field(default_factory=Answer)
    duration: Answer = field(default_factory=Answer)
    exit_intent: str = ""
    tier: int | None = None
    segment: str = ""
    relationship_type: str = ""
    horizon_from: int | None = None
    horizon_to: int | None = None
    attributes: Mapping[str, Weighted] = field(default_factory=dict)
    demand: tuple[Demand, ...] = ()
    batches_needed: Mapping[int, Decimal] = field(default_factory=dict)
    capacity: tuple[Capacity, ...] = ()
    risks: tuple[Risk, ...] = ()
    risk_scale: int = 10
    severity_gate: int = 9
    action_threshold: int = 100
    currencies: tuple[str, ...] = ()
    base_currency: str = ""
    own_oversight_budget: Decimal | None = None
