"""What the value of a typed term is made of. How each is read and written is `forms`.

A :class:`~contracts.terms.periods.Length` is the value of clocks and durations, a
:class:`~contracts.terms.dates.PartialDate` that of dates, a ``Decimal`` that of what is one number in its unit, a ``str``
that of a choice; the others are below. Rows are contiguous: `check_zones`, `check_tiers` and `check_ladder` refuse a gap,
an overlap or a wrong order with :class:`~strategy.sums.errors.SumError`, field "text" and the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from contracts.terms.dates import PartialDate
from contracts.terms.periods import Length
from strategy.sums.errors import SumError

Direction = Literal["up", "down"]
"""Which way is better, in the words of a KPI: "up" is a least to reach, "down" a most not to pass."""

EVERY = ("yearly", "half-yearly", "quarterly", "monthly")
"""How often a price follows its index."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, 0 or more, in a currency by its three letters (ISO 4217)."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Zone:
    """Months of a rolling forecast, counted from 1: ``first`` to ``last``, None where no zone follows.

    A new forecast may be from ``low`` to ``high`` percent of the one before; both None where it is free. ``binding``
    says that at least ``low`` percent must be taken.
    """

    first: int
    last: int | None
    low: Decimal | None
    high: Decimal | None
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of one, if from ``first`` to ``last`` are bought; ``last`` is None for any number above."""

    first: int
    last: int | None
    price: Money


@dataclass(frozen=True, slots=True)
class Rung:
    """What is due of the price, in percent, if a slot is cancelled ``nearest`` to ``furthest`` days before it.

    ``furthest`` is None for any time earlier still.
    """

    nearest: int
    furthest: int | None
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Index:
    """A price that follows the index ``name``: each time ``share`` percent of its change, a rise of at most ``most``.

    ``every`` is one of :data:`EVERY`; ``most`` is in percent, None for no limit. A fall is passed on without a limit.
    """

    name: str
    every: str
    share: Decimal
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """From ``low`` to ``high``, both included."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """A service level: at least ``target`` where ``direction`` is "up", at most ``target`` where it is "down"."""

    direction: Direction
    target: Decimal


Value = (
    Length
    | PartialDate
    | Decimal
    | str
    | Money
    | Index
    | Band
    | Level
    | tuple[Zone, ...]
    | tuple[Tier, ...]
    | tuple[Rung, ...]
)


def check_zones(zones: Sequence[Zone]) -> None:
    """Refuse zones that do not follow each other from month 1, or whose least is above their most."""
    _contiguous([(zone.first, zone.last) for zone in zones], 1, "month")
    for row, zone in enumerate(zones):
        if (zone.low is None) != (zone.high is None):
            raise SumError("A zone has a least and a most, or is free.", field="text", row=row)
        if zone.low is None or zone.high is None:
            if zone.binding:
                raise SumError("A free zone binds nobody; leave out firm, or give percents.", field="text", row=row)
        elif not 0 <= zone.low <= zone.high:
            raise SumError("The least of a zone is above its most; swap the two.", field="text", row=row)


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Refuse price tiers that do not follow each other from 1, or are in two currencies."""
    _contiguous([(tier.first, tier.last) for tier in tiers], 1, "number")
    for row, tier in enumerate(tiers):
        if tier.price.currency != tiers[0].price.currency:
            raise SumError("All tiers are in one currency; use the same in each.", field="text", row=row)


def check_ladder(ladder: Sequence[Rung]) -> None:
    """Refuse rungs, furthest first, that do not follow each other down to day 0, or that fall towards the slot."""
    try:
        _contiguous([(rung.nearest, rung.furthest) for rung in reversed(ladder)], 0, "day")
    except SumError as error:
        row = None if error.row is None else len(ladder) - 1 - error.row
        raise SumError(str(error), field="text", row=row) from None
    if ladder[0].furthest is not None:
        raise SumError(
            f"Say what is due more than {ladder[0].furthest} days before the slot; begin with “from … days”.",
            field="text",
            row=0,
        )
    for row, rung in enumerate(ladder):
        if not 0 <= rung.percent <= 100:
            raise SumError("A cancellation costs from 0 to 100 % of the price.", field="text", row=row)
        if row and rung.percent < ladder[row - 1].percent:
            raise SumError(
                "A cancellation nearer to the slot cannot cost less than an earlier one; check the percents.",
                field="text",
                row=row,
            )


def _contiguous(ranges: Sequence[tuple[int, int | None]], begin: int, what: str) -> None:
    if not ranges:
        raise SumError("There is no row; write at least one.", field="text")
    expected = begin
    for row, (first, last) in enumerate(ranges):
        if first != expected:
            wrong = (
                f"The rows begin with {what} {begin}"
                if row == 0
                else f"{what.capitalize()} {first} is told twice"
                if first < expected
                else f"Nothing is said of {what} {expected}"
            )
            raise SumError(f"{wrong}; let each row begin where the one before ends.", field="text", row=row)
        if last is None:
            if row < len(ranges) - 1:
                raise SumError("After a row without end no other can follow.", field="text", row=row + 1)
            return
        if last < first:
            raise SumError(f"{first} to {last} is the wrong way round; swap the two.", field="text", row=row)
        expected = last + 1
