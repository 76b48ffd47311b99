"""The negotiation ledger in figures: the contract against the plan, what each side gave, what is still open.

`score` weighs the outcomes of the `Point`s, `concessions` adds up what the `Position`s gave away, `agenda` lists what is
open with the last word of each side; `weights` is the rule by which a rank counts.

**Weight by rank.** The last rank counts 1, the one before it 2, and so on to the first; points of the same rank count the
same, and a gap between ranks counts as none (1, 2, 2, 7 weigh 3, 2, 2, 1).

**Achievement.** The target is 100, the fallback 50, the limit where we would walk away 0. Between fallback and target it
is as far as was told; below the limit, and given up in exchange, it is 0. The score is the weighted mean over what is
settled; what is open counts for nothing and is told by the coverage. Source: domain reference, section 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from contracts.terms.dates import long_day, plain_day
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, listed, not_negative, shown, to_decimal

__all__ = [
    "ACHIEVED", "Concessions", "Given", "Item", "Outcome", "Point", "Position", "Score", "Scored", "Side", "agenda",
    "concessions", "score", "weights",
]  # fmt: skip

Outcome = Literal["target", "between", "fallback", "walk_away", "below", "dropped", "open"]
Side = Literal["ours", "theirs"]

ACHIEVED: Mapping[str, int] = {"target": 100, "fallback": 50, "walk_away": 0, "below": 0, "dropped": 0}
"""Achievement by outcome, from 0 to 100; that of "between" lies from the fallback's to the target's."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is negotiated, 1 being the highest ``rank``.

    ``between`` is how far it came from fallback (0) to target (100), told for that outcome only; ``value`` and
    ``currency`` what was had in exchange, for "dropped" only and not needed there.
    """

    code: str
    name: str
    rank: int
    outcome: Outcome = "open"
    between: Number | None = None
    value: Number | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """What one side said of the point with code ``point`` on a day.

    ``concession`` says that it gave something away by that, worth ``value`` (0 or more, None if nobody knows).
    """

    point: str
    on: date
    side: Side
    text: str
    concession: bool = False
    value: Number | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """One point in the score: its ``weight``, the ``share`` of all weights (0 to 1) and its ``achievement``.

    ``achievement`` is from 0 to 100, None while it is open.
    """

    point: Point
    weight: int
    share: Fraction
    achievement: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """The contract against the plan: ``exactly`` and ``percent`` from 0 to 100, None while nothing is settled.

    ``coverage`` is the share of all weight that is settled, from 0 to 1. ``open`` are the names of what is not, by rank;
    ``below`` sentences on what ended below where we would have walked away, ``dropped`` on what was given up.
    """

    exactly: Fraction | None
    percent: Decimal | None
    coverage: Fraction
    rows: tuple[Scored, ...]
    open: tuple[str, ...]
    below: tuple[str, ...]
    dropped: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Given:
    """Concessions in one currency: what we gave, what we received, and received less given."""

    currency: str
    given: Decimal
    received: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Concessions:
    """All concessions: totals by currency in the order of its letters, and how many have no value on each side."""

    totals: tuple[Given, ...]
    unvalued_given: int
    unvalued_received: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Item:
    """One open point for the next meeting: the last position of each side, and which ``owes`` the next word."""

    point: Point
    ours: Position | None
    theirs: Position | None
    owes: Side
    words: str


def weights(ranks: Sequence[int]) -> tuple[int, ...]:
    """Return what each rank counts; :class:`SumError`, field "rank" and the row, for one that is no whole number from 1."""
    for row, rank in enumerate(ranks):
        if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
            raise SumError("A rank is a whole number from 1, the highest.", field="rank", row=row)
    counts = {rank: place for place, rank in enumerate(sorted(set(ranks), reverse=True), 1)}
    return tuple(counts[rank] for rank in ranks)


def score(points: Sequence[Point]) -> Score:
    """Return the score of a contract whose points ended so, rows in the order of rank.

    :class:`SumError` with the row: field "code" for one told twice, "rank", "outcome" for one that does not exist,
    "between", "value" or "currency" where it is missing, out of range or does not belong.
    """
    _check(points)
    counts = weights([point.rank for point in points])
    whole = sum(counts)
    rows = []
    for row, (point, weight) in enumerate(zip(points, counts, strict=True)):
        rows.append(Scored(point, weight, Fraction(weight, whole), _achievement(point, row)))
    rows.sort(key=lambda scored: scored.point.rank)
    settled = [scored for scored in rows if scored.achievement is not None]
    weight = sum(scored.weight for scored in settled)
    coverage = Fraction(weight, whole) if whole else Fraction(0)
    reached = sum((scored.weight * (scored.achievement or 0) for scored in settled), Fraction(0))
    exactly = Fraction(reached, weight) if weight else None
    left = tuple(scored.point.name for scored in rows if scored.achievement is None)
    below = tuple(
        f"{scored.point.name} (rank {scored.point.rank}) ended below where we would have walked away."
        for scored in rows
        if scored.point.outcome == "below"
    )
    dropped = tuple(_dropped(scored.point) for scored in rows if scored.point.outcome == "dropped")
    return Score(
        exactly,
        None if exactly is None else to_decimal(exactly),
        coverage,
        tuple(rows),
        left,
        below,
        dropped,
        _sentence(exactly, coverage, len(points), left),
    )


def concessions(positions: Sequence[Position]) -> Concessions:
    """Return what was given and received; :class:`SumError`, field "value" or "currency" and the row.

    Ours are given, theirs received. A value needs its currency and a position that is a concession.
    """
    sums: dict[str, dict[str, Fraction]] = {}
    without = {"ours": 0, "theirs": 0}
    for row, position in enumerate(positions):
        _check_side(position, row)
        if position.value is None:
            without[position.side] += position.concession
            continue
        if not position.concession:
            raise SumError("What is worth something is a concession; say so.", field="value", row=row)
        value = not_negative(position.value, "The value of a concession", field="value", row=row)
        if not position.currency:
            raise SumError("Give the currency of the value.", field="currency", row=row)
        sums.setdefault(position.currency, {"ours": Fraction(0), "theirs": Fraction(0)})[position.side] += value
    totals = tuple(
        Given(currency, to_decimal(by["ours"]), to_decimal(by["theirs"]), to_decimal(by["theirs"] - by["ours"]))
        for currency, by in sorted(sums.items())
    )
    told = [f"{one.currency} {shown(one.given)} given, {shown(one.received)} received" for one in totals]
    if any(without.values()):
        told.append(f"without a value {without['ours']} given, {without['theirs']} received")
    sentence = f"{'; '.join(told)}." if told else "Neither side has given anything away yet."
    return Concessions(totals, without["ours"], without["theirs"], sentence[0].upper() + sentence[1:])


def agenda(points: Sequence[Point], positions: Sequence[Position] = ()) -> tuple[Item, ...]:
    """Return the open points in the order of rank (then as given), with the last position of each side.

    Of several on a day the one given last counts. The side that spoke last waits for the other; where nobody has spoken,
    we begin. :class:`SumError` as :func:`score`; field "point" and the row for a position on no point of the list.
    """
    _check(points)
    codes = {point.code for point in points}
    last: dict[tuple[str, str], tuple[date, int, Position]] = {}
    for row, position in enumerate(positions):
        _check_side(position, row)
        if position.point not in codes:
            raise SumError(f"There is no point “{position.point}”; add it first.", field="point", row=row)
        key = position.point, position.side
        if key not in last or (plain_day(position.on), row) > last[key][:2]:
            last[key] = position.on, row, position
    items = []
    for point in sorted((point for point in points if point.outcome == "open"), key=lambda point: point.rank):
        ours, theirs = last.get((point.code, "ours")), last.get((point.code, "theirs"))
        we_spoke_last = ours is not None and (theirs is None or ours[:2] > theirs[:2])
        owes: Side = "theirs" if we_spoke_last else "ours"
        said = [
            f"{who} said on {long_day(one[0])}: “{one[2].text}”" for who, one in (("We", ours), ("They", theirs)) if one
        ]
        next_word = "They owe the next word." if we_spoke_last else "We owe the next word."
        words = " ".join([f"{point.name} (rank {point.rank}).", *(f"{part}." for part in said), next_word])
        items.append(Item(point, ours and ours[2], theirs and theirs[2], owes, words))
    return tuple(items)


def _achievement(point: Point, row: int) -> Fraction | None:
    if point.outcome == "open":
        return None
    if point.outcome != "between":
        return Fraction(ACHIEVED[point.outcome])
    if point.between is None:
        raise SumError("Say how far it came from fallback to target, from 0 to 100 %.", field="between", row=row)
    way = exact(point.between, "The way from fallback to target", field="between", row=row)
    if not 0 <= way <= 100:
        raise SumError("The way from fallback to target is from 0 to 100 %.", field="between", row=row)
    low, high = ACHIEVED["fallback"], ACHIEVED["target"]
    return low + (high - low) * way / HUNDRED


def _check(points: Sequence[Point]) -> None:
    weights([point.rank for point in points])
    seen: set[str] = set()
    for row, point in enumerate(points):
        if point.code in seen:
            raise SumError(f"There are two points “{point.code}”; keep one.", field="code", row=row)
        seen.add(point.code)
        if point.outcome not in get_args(Outcome):
            raise SumError(f"There is no outcome “{point.outcome}”.", field="outcome", row=row)
        if point.between is not None and point.outcome != "between":
            raise SumError(
                "How far it came belongs to an outcome between fallback and target.", field="between", row=row
            )
        if point.value is not None:
            if point.outcome != "dropped":
                raise SumError("A value in exchange belongs to what was given up.", field="value", row=row)
            not_negative(point.value, "The value in exchange", field="value", row=row)
            if not point.currency:
                raise SumError("Give the currency of the value.", field="currency", row=row)


def _check_side(position: Position, row: int) -> None:
    if position.side not in get_args(Side):
        raise SumError(f"“{position.side}” is no side; choose ours or theirs.", field="side", row=row)


def _dropped(point: Point) -> str:
    head = f"{point.name} (rank {point.rank}) was given up"
    if point.value is None:
        return f"{head}; what was had in exchange has no value told."
    return f"{head} in exchange for {point.currency} {shown(Fraction(point.value))}."


def _sentence(exactly: Fraction | None, coverage: Fraction, count: int, left: Sequence[str]) -> str:
    if not count:
        return "There is nothing on the list of points yet."
    if exactly is None:
        return f"Nothing is settled yet; open: {listed(left)}."
    told = f"{shown(exactly, 1)} of 100 against the plan"
    if not left:
        return f"{told}; all points are settled."
    return f"{told}, with {shown(coverage * 100, 1)} % of the weight settled; open: {listed(left)}."
