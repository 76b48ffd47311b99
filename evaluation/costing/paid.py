"""What is paid in which year: each amount in the base currency, exactly, with the words that made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluation.costing.inputs import Bid, Exchange, Frame, Oversight
from evaluation.costing.lines import COMPONENTS, UNITS, Per, PriceLine
from strategy.sums.numbers import HUNDRED, Number, shown


@dataclass(frozen=True, slots=True)
class Volume:
    """One year of one bidder: what is needed, the batches started for it, and the units that they bring on average.

    ``drivers`` is how often something is paid that is counted against one of these, and that in words.
    """

    year: int
    demand: Fraction
    batches: int
    released: Fraction
    drivers: Mapping[Per, tuple[Fraction, str]]

    @classmethod
    def of(cls, year: int, demand: Fraction, batches: int, released: Fraction, unit: str) -> Volume:
        """Return it with its drivers; ``unit`` is the word for units."""
        drivers: dict[Per, tuple[Fraction, str]] = {
            "batch": (Fraction(batches), counted(batches, "batch", "batches")),
            "unit": (released, f"{shown(released)} {unit}"),
            "year": (Fraction(1), ""),
        }
        return cls(year, demand, batches, released, drivers)


@dataclass(frozen=True, slots=True)
class Paid:
    """One amount of one year in the base currency. ``code`` is that of the price line, empty where there is none."""

    component: str
    year: int
    code: str
    label: str
    words: str
    amount: Fraction
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """What is to be paid in a year for a batch started, and for a unit released, in the base currency."""

    batch: Fraction
    unit: Fraction


def counted(number: Fraction | int, noun: str, nouns: str) -> str:
    """Return "1 batch", "12 batches", "2.5 kg"."""
    return f"{shown(Fraction(number), 6)} {noun if number == 1 else nouns}"


def money(amount: Number, currency: str) -> str:
    """Return an amount as it was given, for a formula: up to eight decimals."""
    return f"{shown(Fraction(amount), 8)} {currency}"


def prices(bid: Bid, volumes: Mapping[int, Volume], first: int, exchange: Exchange) -> dict[int, Price]:
    """Return the price of each year; :class:`Price` of zeros where the bidder gives none for it."""
    found = {}
    for year in volumes:
        sums = {"batch_price": Fraction(0), "unit_price": Fraction(0)}
        for line in bid.lines:
            if line.is_price and line.amount is not None and line.runs_in(year, first):
                each = Fraction(line.amount) * _quantity(line)
                sums[line.type] += exchange.base_amount(each, line.currency)
        found[year] = Price(sums["batch_price"], sums["unit_price"])
    return found


def of_lines(bid: Bid, frame: Frame, volumes: Mapping[int, Volume], first: int, exchange: Exchange) -> list[Paid]:
    """Return what the price lines cost, without minimum commitments, cancellation fees and reserves in percent.

    ``volumes`` are those of every year from the base year on; ``first`` is the first that has a demand told.
    """
    paid: list[Paid] = []
    priced: dict[int, Fraction] = {}
    plain = [
        line
        for line in bid.lines
        if not line.included and not line.is_reserve and line.type not in ("minimum_commitment", "cancellation")
    ]
    # A percent of the price needs the price first.
    for line in sorted(plain, key=lambda line: line.unit == "percent_of_price"):
        for entry in line_by_year(line, frame, volumes, first, exchange, priced):
            paid.append(entry)
            if line.is_price:
                priced[entry.year] = priced.get(entry.year, Fraction(0)) + entry.amount
    return paid


def line_by_year(
    line: PriceLine,
    frame: Frame,
    volumes: Mapping[int, Volume],
    first: int,
    exchange: Exchange,
    priced: Mapping[int, Fraction],
) -> Iterator[Paid]:
    """Yield what ``line`` costs in each year by the rule of :class:`PriceLine`.

    ``priced`` is the batch and unit prices paid by year, for a percent of them.
    """
    assert line.amount is not None
    amount = Fraction(line.amount)
    if line.unit == "percent_of_price":
        for year in volumes:
            if line.runs_in(year, first):
                price = priced.get(year, Fraction(0))
                words = f"{shown(amount, 6)} % × {money(price, frame.base_currency)} of batch and unit prices"
                cost = amount / HUNDRED * price
                yield Paid(line.component, year, line.code, line.label, words, cost, line.assumption)
        return
    handling = Fraction(line.percent or 0) if line.type == "raw_materials" else Fraction(0)
    times, many = _times(line, frame)
    each = exchange.base_amount(amount * times, line.currency) * (1 + handling / HUNDRED)
    price_words = money(line.amount, line.currency) + exchange.words(line.currency)
    if handling:
        price_words += f" × (1 + {shown(handling, 6)} % handling)"
    if line.timing == "one_off":
        year = frame.base_year if line.year is None else line.year
        yield Paid(line.component, year, line.code, line.label, _joined(many, price_words), each, line.assumption)
        return
    per = line.quantity_per or UNITS[line.unit].per
    assert per is not None
    for year, volume in volumes.items():
        if line.runs_in(year, first):
            driver, driver_words = volume.drivers[per]
            # "3 batches × 2 kg", but "5 × 12 months" and "2 × 3 batches".
            counts = (driver_words, many) if line.quantity_per else (many, driver_words)
            words = _joined(*counts, price_words)
            yield Paid(line.component, year, line.code, line.label, words, driver * each, line.assumption)


def _joined(*factors: str) -> str:
    return " × ".join(filter(None, factors))


def _quantity(line: PriceLine) -> Fraction:
    return Fraction(1) if line.quantity is None else Fraction(line.quantity)


def _times(line: PriceLine, frame: Frame) -> tuple[Fraction, str]:
    """Return how many of its unit a line takes each time that it is paid, and that in words."""
    unit, quantity = UNITS[line.unit], _quantity(line)
    if line.timing == "one_off" or line.quantity_per:
        nouns = frame.unit if line.unit == "per_unit" else unit.nouns
        return quantity, "" if line.quantity is None else counted(quantity, unit.noun, nouns)
    many = "" if line.quantity is None else shown(quantity, 6)
    if unit.per == "year":
        many = _joined(many, counted(unit.periods, unit.noun, unit.nouns))
    return quantity * unit.periods, many


def of_oversight(terms: Oversight, years: Iterable[int], first: int, exchange: Exchange) -> list[Paid]:
    """Return the sponsor's own cost of managing the bidder in each year that it does; what is 0 is left out."""
    begins = first if terms.from_year is None else terms.from_year
    parts = (
        ("People", Fraction(terms.fte), "FTE", terms.fte_rate),
        ("Audits", Fraction(terms.audits), "audits", terms.audit_cost),
        ("Person in the plant", Fraction(terms.plant_days), "days", terms.plant_day_cost),
        ("Systems", Fraction(1), "", terms.systems),
    )
    found = []
    for year in years:
        for label, times, noun, cost in parts:
            amount = exchange.base_amount(times * Fraction(cost), terms.currency) if cost and times else Fraction(0)
            if year >= begins and amount:
                many = f"{shown(times, 6)} {noun} × " if noun else ""
                words = many + money(cost, terms.currency) + exchange.words(terms.currency)
                found.append(Paid("oversight", year, "", label, words, amount))
    return found


def running(paid: list[Paid], year: int) -> Fraction:
    """Return run_t: the running cost of ``year``, which a reserve for change orders is a percent of."""
    return sum((p.amount for p in paid if p.year == year and COMPONENTS[p.component][0] == "run"), Fraction(0))
