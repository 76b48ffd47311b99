"""The scorecard: weights, coverage, standing, overrides, and what moved the score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Literal

from operations.kpi_math import Number, difference, quantise, quotient, to_decimal
from operations.scoring.bands import DEFAULT_BANDS, Bands
from operations.scoring.kpi import KpiInput, Reading, State, reading
from operations.scoring.numbers import Quotient, ScoringError, fraction
from operations.scoring.sums import Sums, weigh

DEFAULT_CATEGORY_WEIGHTS: Mapping[str, Decimal] = {
    "quality": Decimal(35),
    "delivery": Decimal(25),
    "cost": Decimal(15),
    "compliance": Decimal(15),
    "partnership": Decimal(10),
}
"""A default to start a configuration from, not a rule."""

_NO_CAUSE = Decimal("1E-9")

MINIMUM_COVERAGE = Decimal(60)
"""Percent of the weight; exactly this much is enough."""


@dataclass(frozen=True, slots=True)
class Override:
    """A fact that caps the standing, whatever the score: never raises it.

    ``reason`` is a sentence for the reader ("Open critical audit finding A-12."), ``cap`` the
    code of the best standing still possible while it holds.
    """

    reason: str
    cap: str


@dataclass(frozen=True, slots=True)
class KpiScore:
    """What one KPI did to the score.

    ``value`` in the KPI's unit; ``norm`` 0 to 100; both None without a value, ``norm`` also for
    one that is reported only. ``share`` is its part of the overall score's weight in
    percent (0 if not counted). ``points = share * norm / 100`` is what it gave,
    ``lost = share - points`` what it cost: over the card, points sum to the overall score
    and lost to 100 minus it.
    """

    code: str
    category: str
    state: State
    value: Decimal | None
    norm: Decimal | None
    share: Decimal
    points: Decimal
    lost: Decimal
    reading: Reading
    small_sample: bool


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """One category: ``score`` 0 to 100 or None, ``coverage`` of its own weight in percent."""

    category: str
    weight: Decimal
    score: Decimal | None
    coverage: Decimal


@dataclass(frozen=True, slots=True)
class PreviousKpi:
    """What is needed of a KPI's earlier score to compare with: see :class:`KpiScore`."""

    norm: Decimal | None
    share: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Previous:
    """The earlier score to compare with: ``overall`` 0 to 100, ``kpis`` by code."""

    overall: Decimal
    kpis: Mapping[str, PreviousKpi]


Cause = Literal["value", "weight", "value_and_weight", "entered", "left"]


@dataclass(frozen=True, slots=True)
class Movement:
    """How one KPI moved the overall score against the previous period.

    ``change`` is in points of the overall score; over all movements it sums to the change of
    the overall score. ``cause``: its own value moved, its share moved (because others came
    or went, or weights were changed), both, it entered the count, or left it. Differences
    below 10^-9, as a stored score may have, are not a cause.
    """

    code: str
    before: Decimal | None
    now: Decimal | None
    change: Decimal
    cause: Cause


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The result. All decimals 0 to 100 except ``change``, which is -100 to 100.

    ``overall`` is None if no weight at all is available. ``coverage`` is the available
    share of the weight in percent, ``sufficient`` whether it reaches the minimum.
    ``score_standing`` is the band of the score, ``standing`` the same after the overrides;
    both None while not sufficient. ``overrides`` holds every override in force,
    ``binding`` those that lowered the standing. ``movements`` are the largest first and
    ``change`` is None without a previous score. ``kpis`` and ``categories`` are sorted by
    code, whatever the order of the inputs.
    """

    overall: Decimal | None
    coverage: Decimal
    sufficient: bool
    score_standing: str | None
    standing: str | None
    kpis: tuple[KpiScore, ...]
    categories: tuple[CategoryScore, ...]
    overrides: tuple[Override, ...]
    binding: tuple[Override, ...]
    change: Decimal | None = None
    movements: tuple[Movement, ...] = ()

    def kpi(self, code: str) -> KpiScore:
        """Return the score of one KPI; ``KeyError`` if it is not on the card."""
        for kpi in self.kpis:
            if kpi.code == code:
                return kpi
        raise KeyError(code)

    def category(self, name: str) -> CategoryScore:
        """Return the score of one category; ``KeyError`` if it is not on the card."""
        for category in self.categories:
            if category.category == name:
                return category
        raise KeyError(name)

    def as_previous(self) -> Previous | None:
        """Return what the next period's score compares with; None without an overall score."""
        if self.overall is None:
            return None
        return Previous(
            self.overall,
            {k.code: PreviousKpi(k.norm, k.share, k.points) for k in self.kpis},
        )


def score(
    kpis: Iterable[KpiInput],
    category_weights: Mapping[str, Number],
    *,
    bands: Bands = DEFAULT_BANDS,
    overrides: Sequence[Override] = (),
    previous: Previous | None = None,
    minimum_coverage: Number = MINIMUM_COVERAGE,
) -> Scorecard:
    """Score one relationship in one period; the module's docstring tells the rules.

    ``category_weights`` are 0 or more on any scale. A category with weight but no KPI that
    is scored counts as weight that is missing, so give only those of the scorecard in use;
    one whose KPIs all do not apply leaves the card. A KPI that does not apply counts as if
    it were not there. Raises :class:`ScoringError` for a KPI twice or in a category without
    a weight, a negative weight, an unknown cap, or a minimum coverage outside 0 to 100.
    """
    card = weigh(kpis, category_weights)
    least = fraction(minimum_coverage, "The minimum coverage")
    if not 0 <= least <= 100:
        raise ScoringError("The minimum coverage lies between 0 and 100 percent.")

    overall = None if card.overall is None else _percent(card.overall)
    covered, whole = card.coverage
    sufficient = overall is not None and 100 * covered * least.denominator >= least.numerator * whole
    for override in overrides:
        bands.get(override.cap)
    score_standing = standing = None
    binding: tuple[Override, ...] = ()
    if sufficient and overall is not None:
        by_score = bands.holding(overall)
        score_standing = standing = by_score.code
        if overrides:
            standing = bands.worst([by_score.code, *(o.cap for o in overrides)]).code
            binding = tuple(o for o in overrides if bands.get(o.cap).low < by_score.low)

    scores = tuple(_kpi_score(kpi, card) for kpi in card.kpis)
    change: Decimal | None = None
    movements: tuple[Movement, ...] = ()
    if previous is not None and overall is not None:
        change, movements = _compare(overall, scores, previous)
    return Scorecard(
        overall=overall,
        coverage=_percent(card.coverage),
        sufficient=sufficient,
        score_standing=score_standing,
        standing=standing,
        kpis=scores,
        categories=tuple(
            CategoryScore(
                name,
                to_decimal(weight),
                None if (value := card.category_score[name]) is None else _percent(value),
                _percent(card.category_coverage[name]),
            )
            for name, weight in sorted(card.weights.items())
        ),
        overrides=tuple(overrides),
        binding=binding,
        change=change,
        movements=movements,
    )


def display_score(value: Decimal, bands: Bands = DEFAULT_BANDS, places: int = 1) -> Decimal:
    """Return a score rounded for display, without showing it in a band it is not in.

    Half to even at ``places`` decimals; where that would carry the number over the edge of a
    band (69.96 to "70.0", yet Watch), it is shown with as many decimals as it takes, at
    most 12, and cut off there.
    """
    own = bands.of(value)
    for more in range(places, 13):
        shown = quantise(value, more)
        if bands.of(shown) == own:
            return shown
    cut = Context(prec=60, rounding=ROUND_FLOOR)
    return value.quantize(Decimal(1).scaleb(-12), context=cut)


def _percent(part: Quotient) -> Decimal:
    return quotient(100 * part[0], part[1])


def _kpi_score(kpi: KpiInput, card: Sums) -> KpiScore:
    value, norm = kpi.value_in_full, card.norm[kpi.code]
    share, whole = card.share.get(kpi.code, (0, 1))
    come, way = norm or (0, 1)
    return KpiScore(
        code=kpi.code,
        category=kpi.category,
        state=kpi.state,
        value=value,
        norm=None if norm is None else _percent(norm),
        share=quotient(100 * share, whole),
        points=quotient(100 * share * come, whole * way),
        lost=quotient(100 * share * (way - come), whole * way),
        reading=reading(kpi),
        small_sample=kpi.small_sample,
    )


def _compare(overall: Decimal, scores: Sequence[KpiScore], previous: Previous) -> tuple[Decimal, tuple[Movement, ...]]:
    now = {kpi.code: PreviousKpi(kpi.norm, kpi.share, kpi.points) for kpi in scores}
    moved: list[Movement] = []
    for code in now.keys() | previous.kpis.keys():
        new, old = now.get(code), previous.kpis.get(code)
        counts_now = new is not None and new.share > 0
        counted_before = old is not None and old.share > 0
        points = new.points if new is not None and counts_now else Decimal(0)
        points_before = old.points if old is not None and counted_before else Decimal(0)
        cause: Cause
        if counts_now and counted_before and new is not None and old is not None:
            if new == old:
                continue
            value_moved = not _same(new.norm, old.norm)
            weight_moved = not _same(new.share, old.share)
            if value_moved and weight_moved:
                cause = "value_and_weight"
            else:
                cause = "weight" if weight_moved else "value"
        elif counts_now:
            cause = "entered"
        elif counted_before:
            cause = "left"
        else:
            continue
        moved.append(
            Movement(
                code=code,
                before=old.points if old is not None and counted_before else None,
                now=new.points if new is not None and counts_now else None,
                change=difference(points, points_before),
                cause=cause,
            )
        )
    moved.sort(key=lambda movement: (-abs(movement.change), movement.code))
    return difference(overall, previous.overall), tuple(moved)


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _NO_CAUSE
