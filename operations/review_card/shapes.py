"""What a card is made of: words, and the few numbers that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cmo_lifecycle.doors import format as fmt
from operations import kpi_math
from operations.models import KpiDefinition, KpiObservation, Review
from operations.scoring import Bands


@dataclass(frozen=True, slots=True)
class Past:
    """One KPI in one of the last periods: its label, its value, and the value in words."""

    label: str
    value: Decimal | None
    words: str
    counted: str


@dataclass(frozen=True, slots=True)
class Part:
    """A set of lines behind a value: what it is called, and where they are listed."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One row of the scorecard, in words."""

    definition: KpiDefinition
    state: str
    value: str
    counted: str
    target: str
    red_line: str
    history: tuple[Past, ...]
    spark_unit: str
    change: str
    before: str
    trend: str
    reading: str
    tone: str
    coverage: str
    small_sample: str
    sum: str
    rules: tuple[str, ...]
    weighing: str
    points: Decimal
    lost: Decimal
    share: Decimal
    rows_url: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def spark(self) -> list[Decimal | None]:
        places = self.definition.decimals
        return [None if past.value is None else kpi_math.quantise(past.value, places) for past in self.history]


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category: its label, weight, score in words (or why there is none), and tone."""

    label: str
    weight: str
    score: str
    has_score: bool
    note: str


@dataclass(slots=True)
class Card:
    """Everything a review's page says. Times are aware; numbers are words unless named otherwise.

    `score` is rounded for showing, never into another band. `against` is the period that `moved` compares
    with, empty for a first review.
    """

    review: Review
    lines: list[KpiLine]
    categories: list[CategoryLine]
    bands: Bands
    score: Decimal | None
    standing: str
    tone: str
    coverage: str
    least_coverage: str
    sentence: str
    steps: list[dict[str, str]]
    moved: list[str]
    against: str
    lost: list[str]
    outlook: list[str]
    overrides: list[str]
    taken_at: datetime | None
    input_count: int
    observations: list[KpiObservation]

    @property
    def symbol(self) -> str:
        return fmt.SYMBOLS[self.tone]
