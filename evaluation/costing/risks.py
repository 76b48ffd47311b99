"""What may go wrong, as an expected cost by year: risk_t of the domain reference, section 3.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from evaluation.costing.inputs import Batch, Bid, Exchange, Frame, Risks
from evaluation.costing.lines import PriceLine
from evaluation.costing.paid import Paid, Price, Volume, counted, line_by_year, money, running
from strategy.sums.numbers import HUNDRED, shown


def of_risks(
    bid: Bid,
    frame: Frame,
    volumes: Mapping[int, Volume],
    first: int,
    price: Mapping[int, Price],
    paid: list[Paid],
    exchange: Exchange,
) -> list[Paid]:
    """Return the expected cost of risk. ``paid`` is what the price lines cost, for reserves on the running cost.

    A reserve or a share of 0 adds no line; a commitment that is met adds one of 0, so that a reader sees it was looked at.
    """
    assert bid.risks is not None and bid.batch is not None
    found: list[Paid] = []
    for volume in volumes.values():
        found += failed(bid.risks, bid.batch, volume, price[volume.year], exchange)
        found += carrying(bid.risks, volume, frame, exchange)
    for line in bid.lines:
        if line.included:
            continue
        if line.type == "minimum_commitment":
            for volume in volumes.values():
                if line.runs_in(volume.year, first):
                    found.append(shortfall(line, bid.batch, volume, price[volume.year], frame, exchange))
        elif line.type == "cancellation":
            found += cancellation(line, bid.risks, frame, volumes, first, paid, exchange)
    found += reserves(bid, frame, volumes, first, paid)
    return found


def failed(risks: Risks, batch: Batch, volume: Volume, price: Price, exchange: Exchange) -> Iterator[Paid]:
    """Yield E[failed]: N * p_fail * [(1 - liability) * batch price + uncovered material + investigation + delay].

    A price per unit is not lost with a batch: it brings no units to pay for.
    """
    share = Fraction(batch.failure_fraction)
    failing = volume.batches * share
    if not failing:
        return
    many = f"{counted(volume.batches, 'batch', 'batches')} × {shown(share * HUNDRED, 6)} % failing × "
    borne = Fraction(risks.liability_percent)
    lost = (1 - borne / HUNDRED) * price.batch
    if lost:
        words = f"{many}(1 − {shown(borne, 6)} % borne by the bidder) × {money(price.batch, exchange.base)}"
        yield Paid("failed_batches", volume.year, "", "Price of failed batches", words, failing * lost)
    for label, each in (
        ("Own material lost in failed batches", risks.uncovered_material),
        ("Investigation of failed batches", risks.investigation),
        ("Delay by failed batches", risks.delay),
    ):
        if each:
            amount = exchange.base_amount(failing * Fraction(each), risks.currency)
            words = many + money(each, risks.currency) + exchange.words(risks.currency)
            yield Paid("failed_batches", volume.year, "", label, words, amount)


def shortfall(line: PriceLine, batch: Batch, volume: Volume, price: Price, frame: Frame, exchange: Exchange) -> Paid:
    """Return the take-or-pay of one year: max(0, least - purchased) * price * share to be paid.

    Purchased is batches started, or units released. One missing costs the line's own amount; without it the going
    price, where a price per unit and one per batch are turned into each other by what a batch brings on average.
    """
    assert line.quantity is not None and line.percent is not None and batch is not None
    brings = Fraction(batch.output) * Fraction(batch.yield_fraction) * (1 - Fraction(batch.failure_fraction))
    least, share = Fraction(line.quantity), Fraction(line.percent)
    if line.unit == "per_batch":
        bought, each, nouns = Fraction(volume.batches), price.batch + price.unit * brings, "batches"
    else:
        bought, each, nouns = volume.released, price.unit + price.batch / brings, frame.unit
    price_words = money(each, exchange.base)
    if line.amount is not None:
        each = exchange.base_amount(Fraction(line.amount), line.currency)
        price_words = money(line.amount, line.currency) + exchange.words(line.currency)
    short = max(least - bought, Fraction(0))
    words = f"max(0, {shown(least, 6)} − {shown(bought, 6)}) {nouns} × {price_words} × {shown(share, 6)} % to be paid"
    return Paid("shortfall", volume.year, line.code, line.label, words, short * each * share / HUNDRED, line.assumption)


def cancellation(
    line: PriceLine,
    risks: Risks,
    frame: Frame,
    volumes: Mapping[int, Volume],
    first: int,
    paid: list[Paid],
    exchange: Exchange,
) -> Iterator[Paid]:
    """Yield E[cancellation]: what the fee comes to in a year, times how likely it falls due."""
    likely = line.percent if line.percent is not None else risks.cancellation_percent
    assert likely is not None
    priced: dict[int, Fraction] = {}
    for entry in paid:
        if entry.component == "price":
            priced[entry.year] = priced.get(entry.year, Fraction(0)) + entry.amount
    for fee in line_by_year(line, frame, volumes, first, exchange, priced):
        words = f"{shown(Fraction(likely), 6)} % likely × {fee.words}"
        amount = fee.amount * Fraction(likely) / HUNDRED
        yield Paid("cancellation", fee.year, fee.code, fee.label, words, amount, fee.assumption)


def reserves(bid: Bid, frame: Frame, years: Iterable[int], first: int, paid: list[Paid]) -> Iterator[Paid]:
    """Yield the reserve for change orders: percent of run_t, from the quote's own lines or else from :class:`Risks`."""
    assert bid.risks is not None
    own = [line for line in bid.lines if line.is_reserve and not line.included]
    for year in years:
        base = running(paid, year)
        asked = [(line.code, line.label, line.percent, line.assumption) for line in own if line.runs_in(year, first)]
        if not own:
            asked = [("", "Reserve for change orders", bid.risks.change_order_percent, "")]
        for code, label, percent, assumption in asked:
            assert percent is not None
            if percent and base:
                words = f"{shown(Fraction(percent), 6)} % × {money(base, frame.base_currency)} of running cost"
                amount = base * Fraction(percent) / HUNDRED
                yield Paid("change_orders", year, code, label, words, amount, assumption)


def carrying(risks: Risks, volume: Volume, frame: Frame, exchange: Exchange) -> Iterator[Paid]:
    """Yield the cost of holding stock: demand / 12 * months * value of a unit * carrying percent."""
    months, value, percent = (Fraction(n) for n in (risks.stock_months, risks.stock_value, risks.carrying_percent))
    amount = (
        exchange.base_amount(volume.demand / 12 * months * value * percent / HUNDRED, risks.currency)
        if value
        else Fraction(0)
    )
    if amount:
        words = (
            f"{shown(volume.demand)} {frame.unit} ÷ 12 × {counted(months, 'month', 'months')}"
            f" × {money(risks.stock_value, risks.currency)}{exchange.words(risks.currency)} × {shown(percent, 6)} % a year"
        )
        yield Paid("inventory", volume.year, "", "Holding of stock", words, amount)
