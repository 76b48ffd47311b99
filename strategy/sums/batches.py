"""From demand to batches, from batches to the capacity that is missing, and whether the demand is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from strategy.snapshot import Capacity, Demand
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, listed, not_negative, to_decimal

KINDS = ("in_house", "committed", "option")
"""Whose capacity it is: our own, booked and bound, or reserved without being bound."""

MOST_BATCHES = 1_000_000_000
"""Of one year; more of them is a slip of the pen in what a batch brings."""

LONGEST_HORIZON = 50
"""Years; a longer horizon is a slip of the pen."""


def effective_output(output_per_batch: Number, yield_fraction: Number, failure_fraction: Number) -> Fraction:
    """Return the units that one started batch brings on average, exactly: ``output * yield * (1 - failure)``.

    ``output_per_batch`` in units, theoretical, above 0. ``yield_fraction`` above 0 and up to 1, ``failure_fraction``
    from 0 to below 1 (0.05 for one batch in twenty). Raises :class:`SumError` with the field "output_per_batch",
    "yield_fraction" or "failure_fraction".
    """
    output = exact(output_per_batch, "The output of a batch", field="output_per_batch")
    if output <= 0:
        raise SumError("The output of a batch must be above 0 units.", field="output_per_batch")
    usable = exact(yield_fraction, "The yield", field="yield_fraction")
    if not 0 < usable <= 1:
        raise SumError("The yield must be above 0 and at most 100 percent.", field="yield_fraction")
    failing = exact(failure_fraction, "The share of failing batches", field="failure_fraction")
    if not 0 <= failing < 1:
        raise SumError(
            "The share of failing batches must be at least 0 and below 100 percent.", field="failure_fraction"
        )
    return output * usable * (1 - failing)


def batches_needed(demand: Number, output_per_batch: Number, yield_fraction: Number, failure_fraction: Number) -> int:
    """Return the batches to start for ``demand`` units: ``ceil(demand / (output * yield * (1 - failure)))``.

    Arguments as in :func:`effective_output`; ``demand`` in the same unit, 0 or more, and 0 needs no batch. Failures
    are met on average, not with certainty. Raises :class:`SumError` with the field named after the argument, that of
    the output where more than :data:`MOST_BATCHES` would be needed. Source: domain reference, section 3.2, N_t.
    """
    units = not_negative(demand, "The demand", field="demand")
    batches = ceil(units / effective_output(output_per_batch, yield_fraction, failure_fraction))
    if batches > MOST_BATCHES:
        raise SumError(
            f"The demand would need more than {MOST_BATCHES:,} batches in a year; check the units per batch and the"
            " yield.",
            field="output_per_batch",
        )
    return batches


@dataclass(frozen=True, slots=True)
class CapacityYear:
    """One year of need against capacity, all in batches.

    ``gap`` is the need that neither our own nor committed capacity meets, never below 0; an option is no capacity
    until it is drawn, so ``gap_with_options`` says what would remain if all were. ``utilisation`` is the need in
    percent of in-house and committed capacity together (above 100 where there is a gap), None where there is none.
    """

    year: int
    need: Decimal
    in_house: Decimal
    committed: Decimal
    option: Decimal
    gap: Decimal
    gap_with_options: Decimal
    utilisation: Decimal | None


def capacity_gap(need: Mapping[int, Number], capacity: Sequence[Capacity]) -> tuple[CapacityYear, ...]:
    """Return each year that has a need or capacity, in order.

    ``need`` is batches by calendar year; ``capacity`` any number of rows a year, which add up by kind (one of
    :data:`KINDS`). Raises :class:`SumError` with field "need", or "capacity" and the row, for a negative number or
    an unknown kind.
    """
    needed = {year: not_negative(batches, f"The need of {year}", field="need") for year, batches in need.items()}
    held: dict[tuple[int, str], Fraction] = {}
    years = set(needed)
    for row, line in enumerate(capacity):
        if line.kind not in KINDS:
            raise SumError(
                f"The kind of capacity is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {line.kind!r}.",
                field="capacity",
                row=row,
            )
        batches = not_negative(line.batches, f"The capacity of {line.year}", field="capacity", row=row)
        held[line.year, line.kind] = held.get((line.year, line.kind), Fraction(0)) + batches
        years.add(line.year)
    return tuple(_year_of(year, needed.get(year, Fraction(0)), held) for year in sorted(years))


def _year_of(year: int, need: Fraction, held: Mapping[tuple[int, str], Fraction]) -> CapacityYear:
    in_house, committed, option = (held.get((year, kind), Fraction(0)) for kind in KINDS)
    firm = in_house + committed
    gap = max(need - firm, Fraction(0))
    return CapacityYear(
        year=year,
        need=to_decimal(need),
        in_house=to_decimal(in_house),
        committed=to_decimal(committed),
        option=to_decimal(option),
        gap=to_decimal(gap),
        gap_with_options=to_decimal(max(gap - option, Fraction(0))),
        utilisation=to_decimal(need * HUNDRED / firm) if firm else None,
    )


def horizon_problems(demand: Sequence[Demand], first: int, last: int) -> list[SumError]:
    """Return everything that keeps ``demand`` from covering the years ``first`` to ``last``, both included.

    Each is a :class:`SumError` to put at its field: "horizon" where the horizon itself is none; "demand" without a
    row for the years that are missing, all in one sentence; "demand" with the row for a year outside, a year told
    twice, a negative number, or scenarios that are not low <= base <= high. An empty list means all is well.
    """
    if first > last:
        return [SumError(f"The horizon ends in {last}, before it begins in {first}; swap them.", field="horizon")]
    if last - first >= LONGEST_HORIZON:
        return [SumError(f"A horizon has at most {LONGEST_HORIZON} years; shorten it.", field="horizon")]
    problems = []
    missing = sorted(set(range(first, last + 1)) - {line.year for line in demand})
    if missing:
        years = listed(map(str, missing), most=LONGEST_HORIZON)
        problems.append(
            SumError(f"There is no demand for {years}; enter it, 0 where nothing is needed.", field="demand")
        )
    seen: set[int] = set()
    for row, line in enumerate(demand):
        try:
            _check_year(line, row, first, last, seen)
        except SumError as problem:
            problems.append(problem)
        seen.add(line.year)
    return problems


def check_horizon(demand: Sequence[Demand], first: int, last: int) -> None:
    """Raise the first of :func:`horizon_problems`, or return if there is none."""
    for problem in horizon_problems(demand, first, last):
        raise problem


def _check_year(line: Demand, row: int, first: int, last: int, seen: set[int]) -> None:
    if not first <= line.year <= last:
        raise SumError(
            f"{line.year} lies outside the horizon of {first} to {last}; move the year or the horizon.",
            field="demand",
            row=row,
        )
    if line.year in seen:
        raise SumError(f"The demand of {line.year} is there twice; keep one line of it.", field="demand", row=row)
    low, base, high = (
        not_negative(value, f"The {name} demand of {line.year}", field="demand", row=row)
        for name, value in (("low", line.low), ("base", line.base), ("high", line.high))
    )
    if not low <= base <= high:
        raise SumError(
            f"In {line.year} the demand must rise from low over base to high; "
            f"{line.low:f}, {line.base:f}, {line.high:f} does not.",
            field="demand",
            row=row,
        )
