"""Bidders beside each other: who is cheapest in which scenario, and why the lowest price need not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from evaluation.costing.inputs import Bid, Frame
from evaluation.costing.lines import COMPONENTS, TYPES, PriceLine
from evaluation.costing.total import Cost, total_cost
from strategy.sums.errors import SumError
from strategy.sums.numbers import listed, shown, to_decimal

Basis = Literal["batch price", "price per unit"]

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = ("", "", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TERMS = ("minimum_commitment", "cancellation", "change_order")


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A type of line that a bidder (``bidder``, its code) left out, and the codes of those who price it."""

    bidder: str
    type: str
    others: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: (key of ``COMPONENTS``, its name, present value) in that order, and what they add up to."""

    bidder: str
    name: str
    scenario: str
    parts: tuple[tuple[str, str, Decimal], ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """One bidder in one scenario. Ranks begin at 1, and equal amounts share one (1, 1, 3).

    ``price`` is what is paid for a batch or a released unit, on average over the years and not discounted, in the
    base currency. ``difference`` is the total against the cheapest, 0 or more, ``difference_percent`` of the
    cheapest total (None where that is 0).
    """

    cost: Cost
    rank: int
    price: Decimal
    price_rank: int
    difference: Decimal
    difference_percent: Decimal | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: ``standings`` by total cost; ``cheapest`` the codes of those at rank 1, mostly one.

    ``basis`` is what prices are compared by: batch prices where all bidders price by batch only and their batches
    bring the same, else prices per unit. ``not_computable`` are the costs that could not be made, in order of bids.
    """

    scenario: str
    basis: Basis
    standings: tuple[Standing, ...]
    cheapest: tuple[str, ...]
    not_computable: tuple[Cost, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All bidders in all scenarios, in the order of the frame; ``sentence`` says who is cheapest in which."""

    scenarios: tuple[Scenario, ...]
    bars: tuple[Bar, ...]
    unpriced: tuple[Unpriced, ...]
    sentence: str


def compare_costs(bids: Sequence[Bid], frame: Frame, known: Mapping[str, Sequence[Cost]] | None = None) -> Comparison:
    """Return who costs what, and how that differs from the price alone.

    ``known`` are costs that were made already, by scenario and in the order of ``bids``. Raises :class:`SumError` with field "bids" (none, or a code twice), and as ``total_cost`` does.
    """
    if not bids:
        raise SumError("There is no bid to compare yet.", field="bids")
    if len({bid.code for bid in bids}) < len(bids):
        raise SumError("Two bids have the same code; give each its own.", field="bids")
    there = known or {}
    costs = {case: there.get(case) or [total_cost(bid, frame, case) for bid in bids] for case in frame.scenarios}
    basis = _basis(bids)
    scenarios = tuple(_scenario(case, found, basis, frame.base_currency) for case, found in costs.items())
    bars = tuple(
        Bar(
            cost.bidder,
            cost.name,
            cost.scenario,
            tuple((key, name, cost.components[key]) for key, (_, name) in COMPONENTS.items()),
            cost.total_npv,
        )
        for found in costs.values()
        for cost in found
        if cost.total_npv is not None
    )
    return Comparison(scenarios, bars, unpriced(bids), _over_scenarios(scenarios))


def unpriced(bids: Sequence[Bid]) -> tuple[Unpriced, ...]:
    """Return what each bidder left out that others price, by bid and in the order of ``TYPES``.

    A line marked as included counts as priced, one without an amount does not. Batch and unit price stand for each
    other. That nobody prices something is not found here.
    """
    has = {bid.code: {_alike(line.type) for line in bid.lines if _told(line)} for bid in bids}
    found = []
    for bid in bids:
        for kind in dict.fromkeys(map(_alike, TYPES)):
            others = tuple(other.code for other in bids if kind in has[other.code])
            if others and kind not in has[bid.code]:
                found.append(Unpriced(bid.code, kind, others, _left_out(bid.name, kind, len(others))))
    return tuple(found)


def _told(line: PriceLine) -> bool:
    by_percent = line.percent is not None and line.type in ("minimum_commitment", "change_order")
    return line.included or line.amount is not None or by_percent


def _alike(kind: str) -> str:
    return "batch_price" if kind == "unit_price" else kind


def _left_out(name: str, kind: str, others: int) -> str:
    many = _COUNTS[others] if others < len(_COUNTS) else str(others)
    verb = "does" if others == 1 else "do"
    noun = "batch or unit" if kind == "batch_price" else TYPES[kind][1]
    says = f"says nothing of {noun}" if kind in _TERMS else f"gives no price for {noun}"
    if kind == "batch_price":
        says = "gives no batch or unit price"
    return f"{name} {says}; {many} other{'' if others == 1 else 's'} {verb}."


def _basis(bids: Sequence[Bid]) -> Basis:
    """Return by what prices compare: a batch price says little where batches differ in what they bring."""
    by_batch = all(line.type == "batch_price" for bid in bids for line in bid.lines if line.is_price)
    brings = {Fraction(bid.batch.output) * Fraction(bid.batch.yield_fraction) if bid.batch else None for bid in bids}
    return "batch price" if by_batch and len(brings - {None}) == 1 else "price per unit"


def _price(cost: Cost, basis: Basis) -> Fraction:
    paid = sum((Fraction(year.components["price"]) for year in cost.years), Fraction(0))
    if basis == "batch price":
        return paid / sum(year.batches for year in cost.years)
    return paid / sum((Fraction(year.released) for year in cost.years), Fraction(0))


@dataclass(frozen=True, slots=True)
class _Row:
    cost: Cost
    total: Fraction
    price: Fraction
    rank: int
    price_rank: int


def _rows(costs: Sequence[Cost], basis: Basis) -> list[_Row]:
    """Return those that could be computed with their ranks, by total cost."""
    able = [(cost, Fraction(cost.total_npv), _price(cost, basis)) for cost in costs if cost.total_npv is not None]
    rows = [
        _Row(
            cost,
            total,
            price,
            rank=1 + sum(other < total for _, other, _ in able),
            price_rank=1 + sum(other < price for _, _, other in able),
        )
        for cost, total, price in able
    ]
    return sorted(rows, key=lambda row: row.total)


def _scenario(case: str, costs: Sequence[Cost], basis: Basis, currency: str) -> Scenario:
    rows = _rows(costs, basis)
    standings = tuple(
        Standing(
            cost=row.cost,
            rank=row.rank,
            price=to_decimal(row.price),
            price_rank=row.price_rank,
            difference=to_decimal(row.total - rows[0].total),
            difference_percent=to_decimal((row.total / rows[0].total - 1) * 100) if rows[0].total else None,
            sentence=_words(row, rows, basis),
        )
        for row in rows
    )
    return Scenario(
        scenario=case,
        basis=basis,
        standings=standings,
        cheapest=tuple(row.cost.bidder for row in rows if row.rank == 1),
        not_computable=tuple(cost for cost in costs if cost.total_npv is None),
        sentence=_cheapest(case, rows, currency),
    )


def _words(row: _Row, rows: Sequence[_Row], basis: Basis) -> str:
    """Return how the price of a bidder ranks against its total cost and, where they part, what makes them part."""
    name = row.cost.name
    if len(rows) == 1:
        return f"{name} is the only one whose cost can be computed."
    by_price = _place(row.price_rank, [other.price_rank for other in rows])
    by_total = _place(row.rank, [other.rank for other in rows])
    if row.rank == row.price_rank:
        return f"{name} has the {by_price} {basis} and the {by_total} total cost."
    if row.rank > row.price_rank:
        # More have a lower total than have a lower price, so one of them is no cheaper by price.
        other = min(
            (other for other in rows if other.total < row.total and other.price >= row.price), key=lambda r: r.total
        )
        reasons = _reasons(row.cost, other.cost)
        said = f"{name} has the {by_price} {basis} but only the {by_total} total cost"
    else:
        other = min(
            (other for other in rows if other.price < row.price and other.total >= row.total), key=lambda r: r.price
        )
        reasons = _reasons(other.cost, row.cost)
        said = f"{name} has only the {by_price} {basis} but the {by_total} total cost"
    if not reasons:
        return f"{said}."
    verb = "makes" if len(reasons) == 1 else "make"
    return f"{said}: {listed(reasons)} {verb} the difference against {other.cost.name}."


def _reasons(dearer: Cost, cheaper: Cost) -> list[str]:
    """Return the fewest components, largest first, without which the dearer would not be dearer."""
    gaps = {key: Fraction(dearer.components[key]) - Fraction(cheaper.components[key]) for key in COMPONENTS}
    left, reasons = sum(gaps.values()), []
    for key in sorted(gaps, key=lambda key: -gaps[key]):
        if left <= 0:
            break
        name = COMPONENTS[key][1]
        reasons.append(name if name[:2].isupper() else name[0].lower() + name[1:])
        left -= gaps[key]
    return reasons


def _place(rank: int, ranks: Sequence[int]) -> str:
    ordinal = _ORDINALS[rank] if rank < len(_ORDINALS) else f"{rank}{_ending(rank)}"
    return ("joint " if ranks.count(rank) > 1 else "") + f"{ordinal} lowest".lstrip()


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _cheapest(case: str, rows: Sequence[_Row], currency: str) -> str:
    best = [row for row in rows if row.rank == 1]
    rest = [row for row in rows if row.rank > 1]
    if not best:
        return f"No total cost can be computed at {case} demand."
    names = listed((row.cost.name for row in best), most=len(best))
    if len(best) > 1:
        return f"{names} have the same lowest total cost at {case} demand, {shown(best[0].total, 0)} {currency}."
    said = f"{names} has the lowest total cost at {case} demand, {shown(best[0].total, 0)} {currency}"
    if not rest:
        return f"{said}."
    gap = rest[0].total - best[0].total
    share = f" ({shown(gap / rest[0].total * 100, 1)} %)"
    nearest = listed(row.cost.name for row in rest if row.rank == rest[0].rank)
    return f"{said}, {shown(gap, 0)} {currency}{share} below {nearest}."


def _over_scenarios(scenarios: Sequence[Scenario]) -> str:
    """Return who has the lowest total cost in which scenario."""
    won: dict[str, list[str]] = {}
    for found in scenarios:
        names = [row.cost.name for row in found.standings if row.rank == 1]
        if names:
            won.setdefault(listed(names, most=len(names)), []).append(found.scenario)
    if not won:
        return "No total cost can be computed in any scenario."
    if len(won) == 1 and len(scenarios) > 1 and all(found.cheapest for found in scenarios):
        return f"The lowest total cost is that of {next(iter(won))} in every scenario: {listed(s.scenario for s in scenarios)}."
    parts = [f"that of {names} at {listed(cases)} demand" for names, cases in won.items()]
    return f"The lowest total cost is {listed(parts, most=len(parts))}."
