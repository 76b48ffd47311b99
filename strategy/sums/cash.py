"""Make or buy in money: present value of cost, the volume at which it turns, and how sure that is.

All amounts are costs, 0 or more; money that comes in belongs to neither side. A year counts from its beginning to the
base year: what is paid in the base year is not discounted. Source: domain reference, section 3.2 (total cost).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from strategy.snapshot import Demand
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, not_negative, shown, to_decimal

Option = Literal["make", "buy"]
Kind = Literal["one_off", "fixed", "per_unit", "per_batch"]
"""Once in its year; in its year whatever the volume; for each unit; for each batch started."""

LONGEST = 100
"""Years that money is discounted over at most."""

_DOING = {"make": "making", "buy": "buying"}


@dataclass(frozen=True, slots=True)
class Flow:
    """One cost in a calendar ``year``: ``amount`` in ``currency``, 0 or more; of a unit or a batch if ``kind`` says so."""

    option: Option
    year: int
    kind: Kind
    amount: Number
    currency: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_base`` units of ``currency`` buy one of the base currency (1.10 for USD where the base is EUR).

    ``on`` is the day of the rate, ``source`` who published it: carried for the reader.
    """

    currency: str
    per_base: Number
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class CashYear:
    """One year in the base currency: its costs as paid and as worth in the base year, and ``factor`` between them.

    ``cumulative_difference`` is the present value of make - buy up to and with this year.
    """

    year: int
    factor: Decimal
    make: Decimal
    buy: Decimal
    make_discounted: Decimal
    buy_discounted: Decimal
    cumulative_difference: Decimal


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The volume a year at which both cost the same, or None and why there is none.

    ``volume`` is in units a year, ``exact`` the same without rounding; ``sentence`` is there in any case.
    """

    volume: Decimal | None
    sentence: str
    exact: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MakeOrBuy:
    """The comparison, in ``currency``: present values of cost, and plain totals (``undiscounted_*``).

    ``difference`` is make - buy: above 0, making costs more.
    """

    currency: str
    npv_make: Decimal
    npv_buy: Decimal
    difference: Decimal
    undiscounted_make: Decimal
    undiscounted_buy: Decimal
    years: tuple[CashYear, ...]
    break_even: BreakEven


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The difference make - buy at low, base and high demand, in the base currency.

    ``steady`` says whether the same option is cheaper (or neither) in all three; ``sentence`` says which.
    """

    low: Decimal
    base: Decimal
    high: Decimal
    steady: bool
    sentence: str


def npv(flows: Mapping[int, Number], rate_percent: Number) -> Decimal:
    """Return the present value: ``sum(amount / (1 + rate) ** offset)``.

    ``flows`` are amounts of one currency by years after the base year (0 is the base year itself), of either sign.
    ``rate_percent`` is 8 for 8 percent a year, above -100 and up to 100. Raises :class:`SumError` with field "flows" for an
    offset outside 0 to 100, or "discount_rate".
    """
    growth = growth_of(rate_percent)
    value = Fraction(0)
    for offset, amount in flows.items():
        if not 0 <= offset <= LONGEST:
            raise SumError(
                f"Money is counted from the base year on for {LONGEST} years, not at {offset}.", field="flows"
            )
        value += exact(amount, f"The amount of year {offset}", field="flows") / growth**offset
    return to_decimal(value)


def compare(
    flows: Sequence[Flow],
    demand: Mapping[int, Number],
    batches: Mapping[int, Number],
    *,
    discount_rate: Number,
    base_currency: str,
    base_year: int,
    rates: Sequence[Rate] = (),
    output_per_batch: Number | None = None,
    unit: str = "units",
) -> MakeOrBuy:
    """Return what making and buying cost over the years of ``demand``, which are the horizon.

    ``demand`` is units by calendar year, 0 or more; ``batches`` those started in each year (needed only where a cost
    is per batch). ``discount_rate`` is percent a year, as in :func:`npv`. ``rates`` are needed for every currency that is not
    ``base_currency``. ``output_per_batch`` is the usable units of one started batch, failures and yield taken off
    (``batches.effective_output``); ``unit`` is the word for units.

    The break-even volume is the same volume in every year that has demand, at which both present values are equal.
    There a batch costs its share of volume, ``amount * volume / output_per_batch``, so that cost is a straight line;
    the present values themselves count whole batches as given.

    Raises :class:`SumError` with field "flows" and the row (a negative amount, an unknown option or kind, a year
    outside the horizon, a currency without a rate, a cost per batch in a year without batches told), "flows" without
    a row (one side has no costs), "demand", "batches", "rates" and the row, "discount_rate", "base_currency",
    "base_year", or "output_per_batch".
    """
    growth = growth_of(discount_rate)
    volumes = _volumes(demand, base_year)
    started = {year: not_negative(count, f"The batches of {year}", field="batches") for year, count in batches.items()}
    output = None
    if output_per_batch is not None:
        output = exact(output_per_batch, "The output of a batch", field="output_per_batch")
        if output <= 0:
            raise SumError("The output of a batch must be above 0 units.", field="output_per_batch")
    costs = _costs(flows, volumes, rate_table(rates, base_currency), base_currency)
    paid: dict[tuple[str, int], Fraction] = {}
    for row, option, year, kind, amount in costs:
        if kind == "per_batch" and year not in started:
            raise SumError(f"{_name(flows[row])} is per batch; say how many batches {year} takes.", field="batches")
        times = {"per_unit": volumes[year], "per_batch": started.get(year, Fraction(0))}.get(kind, Fraction(1))
        paid[option, year] = paid.get((option, year), Fraction(0)) + amount * times
    rows: list[CashYear] = []
    totals = {"make": Fraction(0), "buy": Fraction(0)}
    for year in sorted(volumes):
        factor = 1 / growth ** (year - base_year)
        make, buy = paid.get(("make", year), Fraction(0)), paid.get(("buy", year), Fraction(0))
        totals["make"] += make * factor
        totals["buy"] += buy * factor
        rows.append(
            CashYear(
                year=year,
                factor=to_decimal(factor),
                make=to_decimal(make),
                buy=to_decimal(buy),
                make_discounted=to_decimal(make * factor),
                buy_discounted=to_decimal(buy * factor),
                cumulative_difference=to_decimal(totals["make"] - totals["buy"]),
            )
        )
    return MakeOrBuy(
        currency=base_currency,
        npv_make=to_decimal(totals["make"]),
        npv_buy=to_decimal(totals["buy"]),
        difference=to_decimal(totals["make"] - totals["buy"]),
        undiscounted_make=to_decimal(sum((v for (side, _), v in paid.items() if side == "make"), Fraction(0))),
        undiscounted_buy=to_decimal(sum((v for (side, _), v in paid.items() if side == "buy"), Fraction(0))),
        years=tuple(rows),
        break_even=_break_even(costs, volumes, growth, base_year, output, base_currency, unit),
    )


def sensitivity(
    flows: Sequence[Flow],
    demand: Sequence[Demand],
    batches: Mapping[str, Mapping[int, Number]],
    *,
    discount_rate: Number,
    base_currency: str,
    base_year: int,
    rates: Sequence[Rate] = (),
) -> Sensitivity:
    """Return the difference of :func:`compare` at low, base and high demand.

    ``batches`` are those of each scenario: ``batches["low"][2028]``; a scenario may be left out where no cost is per
    batch. Raises :class:`SumError` as :func:`compare` does.
    """
    found = {
        case: compare(
            flows,
            {line.year: getattr(line, case) for line in demand},
            batches.get(case, {}),
            discount_rate=discount_rate,
            base_currency=base_currency,
            base_year=base_year,
            rates=rates,
        ).difference
        for case in ("low", "base", "high")
    }
    cheaper = {case: "buying" if gap > 0 else "making" if gap < 0 else "neither" for case, gap in found.items()}
    steady = len(set(cheaper.values())) == 1
    if steady and cheaper["base"] == "neither":
        sentence = "Making and buying cost the same at low, base and high demand."
    elif steady:
        sentence = f"{cheaper['base'].capitalize()} is cheaper at low, base and high demand."
    else:
        sentence = "It depends on the demand which is cheaper: " + ", ".join(
            f"{word} at {case}" for case, word in cheaper.items()
        )
        sentence += "."
    return Sensitivity(found["low"], found["base"], found["high"], steady, sentence)


Cost = tuple[int, str, int, str, Fraction]
"""Row of the flow, option, year, kind and amount in the base currency."""


def _name(flow: Flow) -> str:
    return f"“{flow.label}”" if flow.label else "This cost"


def _costs(
    flows: Sequence[Flow], volumes: Mapping[int, Fraction], table: Mapping[str, Fraction], base_currency: str
) -> list[Cost]:
    """Return each cost in the base currency."""
    costs: list[Cost] = []
    for row, flow in enumerate(flows):
        name = _name(flow)
        if flow.option not in get_args(Option):
            raise SumError(f"{name} belongs to make or to buy, not to {flow.option!r}.", field="flows", row=row)
        if flow.kind not in get_args(Kind):
            raise SumError(f"{name} is {', '.join(get_args(Kind))}, not {flow.kind!r}.", field="flows", row=row)
        amount = not_negative(flow.amount, f"The amount of {name}", field="flows", row=row)
        if flow.currency not in table:
            raise SumError(
                f"{name} is in {flow.currency or 'no currency'}; give a rate from it to {base_currency}.",
                field="flows",
                row=row,
            )
        if flow.year not in volumes:
            raise SumError(
                f"{name} falls in {flow.year}, outside the horizon of {min(volumes)} to {max(volumes)}; "
                "move its year or the horizon.",
                field="flows",
                row=row,
            )
        costs.append((row, flow.option, flow.year, flow.kind, amount / table[flow.currency]))
    for option in get_args(Option):
        if not any(cost[1] == option for cost in costs):
            raise SumError(f"There is no cost of {_DOING[option]} yet; enter at least one.", field="flows")
    return costs


def _break_even(
    costs: Sequence[Cost],
    volumes: Mapping[int, Fraction],
    growth: Fraction,
    base_year: int,
    output: Fraction | None,
    currency: str,
    unit: str,
) -> BreakEven:
    if not any(volumes.values()):
        return BreakEven(None, "There is no demand in any year, so there is no volume at which it could turn.")
    # Make minus buy, as a straight line over the volume: at no volume, and for each unit a year.
    at_none = each = Fraction(0)
    for _, option, year, kind, amount in costs:
        worth = (amount if option == "make" else -amount) / growth ** (year - base_year)
        if kind in ("one_off", "fixed"):
            at_none += worth
        elif volumes[year] and kind == "per_unit":
            each += worth
        elif volumes[year] and output is None:
            return BreakEven(None, f"Say how many {unit} a batch brings, to see at which volume it turns.")
        elif volumes[year] and output is not None:
            each += worth / output
    if not each:
        if not at_none:
            return BreakEven(None, "Making and buying cost the same at every volume.")
        cheaper, dearer = ("buying", "making") if at_none > 0 else ("making", "buying")
        gap = f"{shown(abs(at_none), 0)} {currency}"
        return BreakEven(
            None, f"The volume does not change it: {cheaper} is cheaper than {dearer} by {gap} at every volume."
        )
    volume = -at_none / each
    # Far above the crossing the line with the smaller cost of a unit lies lower.
    cheaper, dearer = ("making", "buying") if each < 0 else ("buying", "making")
    if volume < 0:
        return BreakEven(None, f"They never cross: {cheaper} is cheaper than {dearer} at every volume.")
    sentence = f"Both cost the same at {shown(volume, 0 if volume >= 10 else 2)} {unit} a year; above it {cheaper} is cheaper, below it {dearer}."
    if not volume:
        sentence = f"Both cost the same at no volume at all; from the first of the {unit} on {cheaper} is cheaper."
    return BreakEven(to_decimal(volume), sentence, volume)


def growth_of(rate_percent: Number) -> Fraction:
    """Return by what money is divided for each year: 1.08 for 8 percent; :class:`SumError`, field "discount_rate"."""
    rate = exact(rate_percent, "The discount rate", field="discount_rate")
    if not -HUNDRED < rate <= HUNDRED:
        raise SumError(
            "The discount rate is in percent a year, above −100 and up to 100; write 8 for 8 %.", field="discount_rate"
        )
    return 1 + rate / HUNDRED


def _volumes(demand: Mapping[int, Number], base_year: int) -> dict[int, Fraction]:
    if not demand:
        raise SumError("There is no demand yet; enter it for each year of the horizon.", field="demand")
    if base_year > min(demand):
        raise SumError(
            f"The base year {base_year} comes after {min(demand)}, the first year of demand; "
            "money is counted back to a year that is not later.",
            field="base_year",
        )
    if max(demand) - base_year > LONGEST:
        raise SumError(f"{max(demand)} is more than {LONGEST} years after {base_year}.", field="base_year")
    return {year: not_negative(volume, f"The demand of {year}", field="demand") for year, volume in demand.items()}


def rate_table(rates: Sequence[Rate], base_currency: str) -> dict[str, Fraction]:
    """Return the units of each currency that buy one of the base currency, which is 1 itself.

    Raises :class:`SumError` with field "base_currency", or "rates" and the row.
    """
    if not base_currency:
        raise SumError("Choose the currency that everything is counted in.", field="base_currency")
    table = {base_currency: Fraction(1)}
    for row, rate in enumerate(rates):
        value = exact(rate.per_base, f"The rate of {rate.currency}", field="rates", row=row)
        if value <= 0:
            raise SumError(f"The rate of {rate.currency} must be above 0.", field="rates", row=row)
        if rate.currency == base_currency and value != 1:
            raise SumError(f"{base_currency} is the base currency, whose rate is 1.", field="rates", row=row)
        if table.get(rate.currency, value) != value:
            raise SumError(f"There are two rates of {rate.currency}; keep one.", field="rates", row=row)
        table[rate.currency] = value
    return table
