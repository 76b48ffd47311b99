"""What a cost is made from besides price lines: the frame that all bidders share, and a bidder's own terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.costing.lines import PriceLine
from strategy.snapshot import Demand
from strategy.sums.cash import LONGEST, Rate, growth_of, rate_table
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, listed, not_negative, shown

Scenarios = Mapping[str, Mapping[int, Number]]
"""Demand by scenario and calendar year."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a started batch brings: ``output`` units in theory; shares from 0 to 1 of yield, and of batches that fail."""

    output: Number
    yield_fraction: Number
    failure_fraction: Number


@dataclass(frozen=True, slots=True)
class Oversight:
    """The sponsor's own work a year, with this bidder: amounts in ``currency``, 0 where there is none.

    ``fte`` full-time people at ``fte_rate`` a year; ``audits`` at ``audit_cost`` with travel; ``plant_days`` of a
    person in the plant at ``plant_day_cost`` with travel; ``systems`` a year. From ``from_year`` (the first year with a demand if
    not told) to the last year.
    """

    fte: Number
    fte_rate: Number
    audits: Number
    audit_cost: Number
    plant_days: Number
    plant_day_cost: Number
    systems: Number
    currency: str
    from_year: int | None = None


@dataclass(frozen=True, slots=True)
class Risks:
    """What the sponsor reckons may go wrong with this bidder: amounts in ``currency``, 0 or more.

    For each failed batch: ``liability_percent`` of its price that the bidder bears; ``uncovered_material`` of the
    sponsor that nobody replaces; ``investigation`` and ``delay`` cost. ``cancellation_percent`` is how likely the
    cancellation fees fall due in a year, None where not judged. ``change_order_percent`` is the reserve on the
    running cost. Of ``stock_months`` of demand on average at ``stock_value`` a unit, ``carrying_percent`` a year is the
    cost of holding.
    """

    liability_percent: Number
    uncovered_material: Number
    investigation: Number
    delay: Number
    change_order_percent: Number
    stock_months: Number
    stock_value: Number
    carrying_percent: Number
    currency: str
    cancellation_percent: Number | None = None


@dataclass(frozen=True, slots=True)
class Bid:
    """One bidder: ``code`` is its key, ``name`` is for sentences. None for what is not known yet, which is never 0."""

    code: str
    name: str
    lines: tuple[PriceLine, ...]
    batch: Batch | None
    oversight: Oversight | None
    risks: Risks | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What all bidders are counted by.

    ``discount_rate`` is in percent a year, 8 for 8 percent; what is paid in ``base_year`` is not discounted.
    ``unit`` is the word for units ("vials"). ``rates`` are needed for each currency that is not the base.
    """

    base_currency: str
    base_year: int
    discount_rate: Number
    scenarios: Scenarios
    rates: tuple[Rate, ...] = ()
    unit: str = "units"


def scenarios_of(demand: Sequence[Demand]) -> Scenarios:
    """Return the low, base and high demand of a strategy by year."""
    return {case: {line.year: getattr(line, case) for line in demand} for case in ("low", "base", "high")}


def demand_of(frame: Frame, scenario: str) -> dict[int, Fraction]:
    """Return the demand of a scenario by year, in order and without a gap.

    Raises :class:`SumError` with field "scenario" (unknown), "demand" (none, a gap, a negative number), or
    "base_year" (later than the first year of demand, or more than ``LONGEST`` years before the last).
    """
    if scenario not in frame.scenarios:
        raise SumError(f"There is no scenario {scenario!r}; choose {listed(frame.scenarios)}.", field="scenario")
    demand = frame.scenarios[scenario]
    if not demand:
        raise SumError(f"There is no {scenario} demand yet; enter it for each year.", field="demand")
    first, last = min(demand), max(demand)
    if first < frame.base_year or last - frame.base_year > LONGEST:
        raise SumError(
            f"The demand of {first} to {last} does not lie within {LONGEST} years from the base year {frame.base_year}.",
            field="base_year",
        )
    gaps = [str(year) for year in range(first, last + 1) if year not in demand]
    if gaps:
        raise SumError(
            f"There is no {scenario} demand for {listed(gaps)}; enter it, 0 where nothing is needed.", field="demand"
        )
    return {year: not_negative(demand[year], f"The demand of {year}", field="demand") for year in sorted(demand)}


class Exchange:
    """Money in any currency into the base currency, and how that reads.

    Raises :class:`SumError` as ``strategy.sums.cash.rate_table`` does.
    """

    def __init__(self, frame: Frame) -> None:
        self.base = frame.base_currency
        self.table = rate_table(frame.rates, frame.base_currency)
        self.rates = {rate.currency: rate for rate in frame.rates}
        self._words: dict[str, str] = {}

    def __contains__(self, currency: str) -> bool:
        return currency in self.table

    def base_amount(self, amount: Fraction, currency: str) -> Fraction:
        """Return ``amount`` in the base currency, exactly."""
        return amount / self.table[currency]

    def words(self, currency: str) -> str:
        """Return what a formula ends with: nothing, or " ÷ 1.1 USD per EUR (4 January 2027, ECB)"."""
        if currency == self.base:
            return ""
        if currency not in self._words:
            rate = self.rates[currency]
            day = f"{rate.on.day} {rate.on:%B %Y}"
            per_base = shown(Fraction(rate.per_base), 8)
            self._words[currency] = f" ÷ {per_base} {currency} per {self.base} ({day}, {rate.source})"
        return self._words[currency]


def growth(frame: Frame) -> Fraction:
    """Return by what a year's money is divided; :class:`SumError` with field "discount_rate"."""
    return growth_of(frame.discount_rate)


def check_terms(bid: Bid) -> None:
    """Raise :class:`SumError` with field "batch", "oversight" or "risks" for numbers that cannot be.

    A batch that brings nothing, or that fails always, is no such number: it makes the cost not computable.
    """
    who = bid.name
    if bid.batch:
        not_negative(bid.batch.failure_fraction, f"The share of failing batches of {who}", field="batch")
        for value, what in (
            (bid.batch.yield_fraction, "yield"),
            (bid.batch.failure_fraction, "share of failing batches"),
        ):
            if exact(value, f"The {what} of {who}", field="batch") > 1:
                raise SumError(f"The {what} of {who} is at most 100 percent.", field="batch")
        exact(bid.batch.output, f"The output of a batch of {who}", field="batch")
    for terms, field in ((bid.oversight, "oversight"), (bid.risks, "risks")):
        for name in () if terms is None else terms.__slots__:
            value = getattr(terms, name)
            if name in ("currency", "from_year") or value is None:
                continue
            number = not_negative(value, f"“{name.replace('_', ' ')}” of {who}", field=field)
            if name in ("liability_percent", "cancellation_percent") and number > HUNDRED:
                raise SumError(f"“{name.replace('_', ' ')}” of {who} is at most 100.", field=field)
