"""The total cost of partnership of one bidder in one demand scenario, open down to its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from evaluation.costing.inputs import Bid, Exchange, Frame, check_terms, demand_of, growth
from evaluation.costing.lines import COMPONENTS, check, missing
from evaluation.costing.paid import Paid, Volume, of_lines, of_oversight, prices
from evaluation.costing.risks import of_risks
from strategy.sums.batches import MOST_BATCHES, effective_output
from strategy.sums.batches import batches_needed as batches_for
from strategy.sums.numbers import listed, shown, to_decimal

PLACES = 12
"""Decimals of each amount of a line, and of what it is worth in the base year.

Every sum is made of these rounded amounts, so that lines, years and components add up to the total to the last digit;
being far finer than a cent, they do not move what is shown.
"""

ONE = Fraction(1)

_SCALE = 10**PLACES
_WIDE = Context(prec=200, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One amount of one year, in the base currency.

    ``formula`` is how ``amount`` is made, in words with numbers filled in (results to the cent). ``present_value`` is
    what it is worth in the base year. ``code`` is that of the price line, empty for what the sponsor itself reckons.
    """

    component: str
    year: int
    code: str
    label: str
    formula: str
    amount: Decimal
    present_value: Decimal
    assumption: str


@dataclass(frozen=True, slots=True)
class CostYear:
    """One year: ``components`` and ``total`` as paid, ``present_value`` the total in the base year.

    ``batches`` are those started, ``released`` the units that they bring on average. ``factor`` is between paid and present value;
    ``formula`` says how batches and factor are made.
    """

    year: int
    demand: Decimal
    batches: int
    released: Decimal
    factor: Decimal
    components: Mapping[str, Decimal]
    total: Decimal
    present_value: Decimal
    formula: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a bidder costs in a scenario, all in ``currency``.

    ``total_npv`` is the present value of all lines, ``components`` that by key of ``COMPONENTS``, each of them there
    and in that order, 0 where nothing is paid. ``per_unit`` is ``total_npv / released_pv``, the latter being released
    units discounted like money. Lines add up to years and to components, and these to ``total_npv``, exactly.
    ``included`` are the labels of lines that another price holds already.

    Where it cannot be computed, ``not_computable`` says why in sentences, numbers are None and the rest is empty.
    """

    bidder: str
    name: str
    scenario: str
    currency: str
    total_npv: Decimal | None
    per_unit: Decimal | None
    released_pv: Decimal | None
    years: tuple[CostYear, ...]
    components: Mapping[str, Decimal]
    lines: tuple[CostLine, ...]
    included: tuple[str, ...]
    formula: str
    not_computable: str

    def lines_of(self, component: str) -> tuple[CostLine, ...]:
        """Return the lines of a component, year by year."""
        return tuple(line for line in self.lines if line.component == component)


def total_cost(bid: Bid, frame: Frame, scenario: str) -> Cost:
    """Return ``one-off + sum((run + gov + risk) / (1 + rate) ** t)`` of ``bid``, and what a released unit costs.

    What the bidder or the sponsor did not tell makes it not computable, with every reason at once. Raises
    :class:`SumError` for what nobody can mean: as ``lines.check``, ``inputs.check_terms``, ``inputs.demand_of``,
    ``inputs.growth`` and ``strategy.sums.cash.rate_table`` do. Source: domain reference, section 3.2.
    """
    demand = demand_of(frame, scenario)
    exchange, divisor = Exchange(frame), growth(frame)
    for row, line in enumerate(bid.lines):
        check(line, row)
    check_terms(bid)
    problems = _problems(bid, frame, demand, exchange)
    if problems or not bid.batch or not bid.oversight or not bid.risks:
        return _not_computable(bid, frame, scenario, problems)
    brings = effective_output(bid.batch.output, bid.batch.yield_fraction, bid.batch.failure_fraction)
    first, volumes = min(demand), {}
    for year in range(frame.base_year, max(demand) + 1):
        units = demand.get(year, Fraction(0))
        count = batches_for(units, bid.batch.output, bid.batch.yield_fraction, bid.batch.failure_fraction)
        volumes[year] = Volume.of(year, units, count, count * brings, frame.unit)
    paid = of_lines(bid, frame, volumes, first, exchange)
    risk = of_risks(bid, frame, volumes, first, prices(bid, volumes, first, exchange), paid, exchange)
    paid += of_oversight(bid.oversight, volumes, first, exchange)
    return _assembled(bid, frame, scenario, volumes, [*paid, *risk], divisor, brings)


def _problems(bid: Bid, frame: Frame, demand: Mapping[int, Fraction], exchange: Exchange) -> list[str]:
    """Return each reason why the cost cannot be computed, as a sentence."""
    who, first = bid.name, min(demand)
    years = range(frame.base_year, max(demand) + 1)
    likely = bid.risks.cancellation_percent if bid.risks else None
    problems = []
    if not any(demand.values()):
        problems.append("There is no demand in any year, so no unit is released that a cost could be shared over.")
    if bid.batch is None:
        problems.append(f"It is not told what a batch of {who} brings; enter output, yield and the share that fails.")
    elif not _released(bid):
        problems.append(
            f"A batch of {who} releases no unit; check its output, its yield and the share of batches that fail."
        )
    elif any(units / _released(bid) > MOST_BATCHES for units in demand.values()):
        problems.append(
            f"The demand would need more than {MOST_BATCHES:,} batches of {who} in a year; check the output."
        )
    if bid.oversight is None:
        problems.append(f"The own oversight of {who} is not told; enter people, audits and systems, 0 where none.")
    if bid.risks is None:
        problems.append(f"The risks of {who} are not judged; enter what a failed batch costs and the reserves.")
    problems += _unpriced_years(bid, demand, years)
    for line in bid.lines:
        problems += [f"“{line.label}” of {who} {what}." for what in missing(line, years, first, likely)]
    return problems + _without_rate(bid, exchange)


def _released(bid: Bid) -> Fraction:
    assert bid.batch is not None
    output, share = Fraction(bid.batch.output), Fraction(bid.batch.yield_fraction)
    return max(output * share * (1 - Fraction(bid.batch.failure_fraction)), Fraction(0))


def _unpriced_years(bid: Bid, demand: Mapping[int, Fraction], years: range) -> list[str]:
    """Return what is said of years that need a price and have none: for a demand, or for a minimum at the going price."""
    lines = [line for line in bid.lines if line.is_price]
    if not lines:
        return [f"{bid.name} gives no batch price and no unit price; ask for one."]
    first = min(demand)
    owed = [
        line for line in bid.lines if line.type == "minimum_commitment" and not line.included and line.amount is None
    ]
    bare = [
        str(year)
        for year in years
        if (demand.get(year) or any(line.runs_in(year, first) for line in owed))
        and not any(line.runs_in(year, first) for line in lines)
    ]
    return [f"{bid.name} gives no batch price and no unit price for {listed(bare)}; ask for one."] if bare else []


def _without_rate(bid: Bid, exchange: Exchange) -> list[str]:
    """Return a sentence for each currency that money is in and no rate is for."""
    used: dict[str, list[str]] = {}
    for line in bid.lines:
        if line.amount is not None and not line.included and line.unit != "percent_of_price":
            used.setdefault(line.currency, []).append(f"“{line.label}”")
    if bid.oversight:
        used.setdefault(bid.oversight.currency, []).append("the own oversight")
    if bid.risks:
        used.setdefault(bid.risks.currency, []).append("the cost of risk")
    problems = []
    for currency, what in used.items():
        verb = "is" if len(what) == 1 else "are"
        if not currency:
            problems.append(f"It is not told in which currency {listed(what)} of {bid.name} {verb}; enter it.")
        elif currency not in exchange:
            problems.append(
                f"There is no rate from {currency} to {exchange.base}, and {listed(what)} of {bid.name} {verb} in"
                f" {currency}; enter the rate with its date and source."
            )
    return problems


def _not_computable(bid: Bid, frame: Frame, scenario: str, problems: Iterable[str]) -> Cost:
    return Cost(
        bidder=bid.code, name=bid.name, scenario=scenario, currency=frame.base_currency, total_npv=None,
        per_unit=None, released_pv=None, years=(), components={}, lines=(), included=(), formula="",
        not_computable=" ".join(problems),
    )  # fmt: skip


def _assembled(
    bid: Bid,
    frame: Frame,
    scenario: str,
    volumes: Mapping[int, Volume],
    paid: Iterable[Paid],
    divisor: Fraction,
    brings: Fraction,
) -> Cost:
    order = {component: place for place, component in enumerate(COMPONENTS)}
    factors = {year: 1 / divisor ** (year - frame.base_year) for year in volumes}
    lines = tuple(
        CostLine(
            component=entry.component,
            year=entry.year,
            code=entry.code,
            label=entry.label,
            formula=f"{entry.words} = {shown(entry.amount)} {frame.base_currency}",
            amount=fixed(entry.amount),
            present_value=fixed(entry.amount, factors[entry.year]),
            assumption=entry.assumption,
        )
        for entry in sorted(paid, key=lambda entry: (order[entry.component], entry.year))
    )
    total = add(line.present_value for line in lines)
    released = sum((volume.released * factors[year] for year, volume in volumes.items()), Fraction(0))
    by_part: dict[str, list[Decimal]] = {component: [] for component in COMPONENTS}
    by_year: dict[int, list[CostLine]] = {year: [] for year in factors}
    for line in lines:
        by_part[line.component].append(line.present_value)
        by_year[line.year].append(line)
    per_unit = Fraction(total) / released
    return Cost(
        bidder=bid.code,
        name=bid.name,
        scenario=scenario,
        currency=frame.base_currency,
        total_npv=total,
        per_unit=to_decimal(per_unit),
        released_pv=to_decimal(released),
        years=tuple(
            _year(volume, by_year[year], factors[year], divisor, brings, frame) for year, volume in volumes.items()
        ),
        components={component: add(values) for component, values in by_part.items()},
        lines=lines,
        included=tuple(line.label for line in bid.lines if line.included),
        formula=(
            f"{shown(total)} {frame.base_currency} ÷ {shown(released)} {frame.unit} (present values)"
            f" = {shown(per_unit, 4)} {frame.base_currency} for each of the {frame.unit} released"
        ),
        not_computable="",
    )


def _year(
    volume: Volume,
    lines: list[CostLine],
    factor: Fraction,
    divisor: Fraction,
    brings: Fraction,
    frame: Frame,
) -> CostYear:
    components: dict[str, list[Decimal]] = {component: [] for component in COMPONENTS}
    for line in lines:
        components[line.component].append(line.amount)
    formula = (
        f"{shown(volume.demand)} {frame.unit} ÷ {shown(brings, 4)} {frame.unit} a batch, rounded up ="
        f" {shown(Fraction(volume.batches))} batches; 1 ÷ {shown(divisor, 6)}^{volume.year - frame.base_year}"
        f" = {shown(factor, 6)}"
    )
    return CostYear(
        year=volume.year,
        demand=to_decimal(volume.demand),
        batches=volume.batches,
        released=to_decimal(volume.released),
        factor=to_decimal(factor),
        components={component: add(values) for component, values in components.items()},
        total=add(line.amount for line in lines),
        present_value=add(line.present_value for line in lines),
        formula=formula,
    )


def fixed(value: Fraction, factor: Fraction = ONE) -> Decimal:
    """Return ``value * factor`` with at most :data:`PLACES` decimals, half to even, without idle zeros."""
    # Whole numbers, because reducing every product to lowest terms would take most of the time of a comparison.
    above, below = value.numerator * factor.numerator * _SCALE, value.denominator * factor.denominator
    rounded, rest = divmod(above, below)
    if 2 * rest > below or (2 * rest == below and rounded % 2):
        rounded += 1
    return _WIDE.divide(Decimal(rounded), Decimal(_SCALE))


def add(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum without rounding, whatever the thread's decimal context says."""
    total = Decimal(0)
    for amount in amounts:
        total = _WIDE.add(total, amount)
    return total


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a quote lies from what it should cost: percent of the latter, None where it cannot be said."""

    percent: Decimal | None
    sentence: str


def should_cost_gap(quoted: Decimal | None, should_cost: Decimal | None, *, name: str, currency: str) -> Gap:
    """Return ``(quoted - should_cost) / should_cost`` in percent, both in ``currency`` and of the same thing.

    None for what is not known, or for a should-cost of 0 or less, gives no percent and says why. Source: domain
    reference, section 3.2.
    """
    if should_cost is None or should_cost <= 0:
        why = "there is no should-cost yet" if should_cost is None else "the should-cost must be above 0"
        return Gap(None, f"The gap of {name} is not computable: {why}.")
    if quoted is None:
        return Gap(None, f"The gap of {name} is not computable: its own cost is not.")
    percent = (Fraction(quoted) - Fraction(should_cost)) / Fraction(should_cost) * 100
    # Cents say enough, unless a unit costs less than one of the currency.
    least = Decimal("0.01") if min(quoted, should_cost) >= 1 else Decimal("0.0001")
    amounts = [f"{one.quantize(least, ROUND_HALF_UP, _WIDE):,f} {currency}" for one in (quoted, should_cost)]
    if not percent:
        return Gap(to_decimal(percent), f"{name} quotes {amounts[0]}, exactly what it should cost.")
    way = "above" if percent > 0 else "below"
    return Gap(
        to_decimal(percent),
        f"{name} quotes {amounts[0]}, {shown(abs(percent), 1)} % {way} the {amounts[1]} that it should cost.",
    )
