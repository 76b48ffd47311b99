"""What would lift a standing to the next one: the smallest change of each single KPI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from operations.kpi_math import Number, to_decimal
from operations.scoring.bands import DEFAULT_BANDS, Band, Bands
from operations.scoring.card import MINIMUM_COVERAGE, Override, score
from operations.scoring.kpi import KpiInput, norm_of
from operations.scoring.numbers import HUNDRED
from operations.scoring.sums import Sums, weigh


@dataclass(frozen=True, slots=True)
class Move:
    """One KPI, all others unchanged, that alone lifts the score into the next band.

    For a rate ``count`` is the smallest number of further successes (``more_successes``,
    numerator up) or of failures fewer (``fewer_failures``, numerator down) with the same
    denominator, and ``numerator`` what it then is. For any other KPI (``value``) both are
    None and ``value`` is the least change that suffices in steps of the decimals it is
    shown with, never beyond its target. ``value`` is the KPI's, ``overall`` the score's value
    after the move.
    """

    code: str
    kind: Literal["more_successes", "fewer_failures", "value"]
    count: int | None
    numerator: Decimal | None
    value: Decimal
    overall: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands between a scorecard and its next standing.

    ``kind``:

    * ``kpis``: ``moves`` are the single KPIs that suffice alone, ``impossible`` the codes of
      those that cannot. ``held_by`` are overrides that would still cap it and must go too.
    * ``overrides``: the score is already good enough; ``held_by`` must go, nothing else.
    * ``data``: too little data for a standing; ``missing`` are the codes to supply.
    * ``top``: already in the best band.

    ``standing`` is the code of the standing that would be reached, None for data and top.
    """

    kind: Literal["kpis", "overrides", "data", "top"]
    standing: str | None
    moves: tuple[Move, ...] = ()
    impossible: tuple[str, ...] = ()
    held_by: tuple[Override, ...] = ()
    missing: tuple[str, ...] = ()


def what_would_move_it(
    kpis: Iterable[KpiInput],
    category_weights: Mapping[str, Number],
    *,
    bands: Bands = DEFAULT_BANDS,
    overrides: Sequence[Override] = (),
    minimum_coverage: Number = MINIMUM_COVERAGE,
) -> Outlook:
    """Say what would lift the standing to the next band; arguments as in :func:`score`.

    Exact: each answer was tried against the score itself and the next smaller one was not
    enough. KPIs without a value or without weight are not moved.
    """
    inputs = tuple(kpis)
    result = score(
        inputs,
        category_weights,
        bands=bands,
        overrides=overrides,
        minimum_coverage=minimum_coverage,
    )
    if not result.sufficient or result.score_standing is None or result.overall is None:
        missing = sorted(k.code for k in inputs if k.state in ("no_activity", "not_supplied"))
        return Outlook("data", None, missing=tuple(missing))
    if result.binding:
        return Outlook("overrides", result.score_standing, held_by=result.binding)
    goal = bands.above(result.score_standing)
    if goal is None:
        return Outlook("top", None)

    card = weigh(inputs, category_weights)
    moves: list[Move] = []
    impossible: list[str] = []
    for kpi in card.kpis:
        if card.share.get(kpi.code, (0, 1))[0] == 0:
            continue
        move = _move(kpi, card, goal)
        if move is None:
            impossible.append(kpi.code)
        else:
            moves.append(move)
    return Outlook(
        "kpis",
        goal.code,
        moves=tuple(moves),
        impossible=tuple(impossible),
        held_by=tuple(o for o in overrides if bands.get(o.cap).low < goal.low),
    )


def _move(kpi: KpiInput, card: Sums, goal: Band) -> Move | None:
    assert card.overall is not None and kpi.target is not None and kpi.red is not None
    target, red = Fraction(kpi.target), Fraction(kpi.red)
    norm, value = card.norm[kpi.code], kpi.exact_value
    assert norm is not None and value is not None
    share = Fraction(*card.share[kpi.code])
    others = HUNDRED * (Fraction(*card.overall) - share * Fraction(*norm))

    def overall_with(changed: Fraction) -> Decimal:
        return to_decimal(others + share * norm_of(changed, target, red))

    def reaches(changed: Fraction) -> bool:
        return overall_with(changed) >= goal.low

    sign = 1 if kpi.direction == "up" else -1
    if kpi.per is not None:
        assert kpi.numerator is not None and kpi.denominator is not None
        numerator, denominator = Fraction(kpi.numerator), Fraction(kpi.denominator)
        per = Fraction(kpi.per)
        room = denominator - numerator if sign > 0 else numerator
        step = sign * per / denominator
        count = _smallest(lambda n: reaches(value + n * step), int(room) if room > 0 else 0)
        if count is None:
            return None
        return Move(
            code=kpi.code,
            kind="more_successes" if sign > 0 else "fewer_failures",
            count=count,
            numerator=to_decimal(numerator + sign * count),
            value=to_decimal(value + count * step),
            overall=overall_with(value + count * step),
        )

    if not reaches(target):
        return None
    grid = Fraction(10) ** -kpi.places
    first = sign * (sign * value // grid)  # the grid point on the worse side of the value
    span = abs(target - value) / grid
    count = _smallest(lambda n: reaches((first + sign * n) * grid), int(span) + 2)
    assert count is not None
    needed = (first + sign * count) * grid
    # The step of the grid may overshoot a target that lies between two of its points.
    needed = min(needed, target) if sign > 0 else max(needed, target)
    return Move(kpi.code, "value", None, None, to_decimal(needed), overall_with(needed))


def _smallest(enough: Callable[[int], bool], most: int) -> int | None:
    """Return the least n from 1 to ``most`` for which the monotone ``enough`` holds, or None."""
    if most < 1 or not enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high
