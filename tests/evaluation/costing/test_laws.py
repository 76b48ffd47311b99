"""What holds for the total cost of any quote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from evaluation.costing import (
    COMPONENTS,
    Batch,
    Bid,
    Frame,
    Oversight,
    PriceLine,
    Rate,
    Risks,
    compare_costs,
    total_cost,
)
from evaluation.costing.total import fixed

D = Decimal
YEARS = (2028, 2029, 2030)
RUN = [key for key, (part, _) in COMPONENTS.items() if part == "run"]


def decimals(low: int, high: int, places: int = 2):
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


money = decimals(0, 1_000_000)
percent = decimals(0, 100)
currencies = st.sampled_from(["EUR", "USD", "CHF"])
years = st.none() | st.sampled_from(YEARS)


@st.composite
def recurring(draw) -> PriceLine:
    kind = draw(
        st.sampled_from(["raw_materials", "qc_release", "suite", "logistics", "insurance", "change_order", "capital"])
    )
    unit = draw(st.sampled_from(["per_batch", "per_unit", "per_year", "per_month", "per_kg", "percent_of_price"]))
    quantity = draw(st.none() | decimals(0, 50))
    per = draw(st.sampled_from(["batch", "unit", "year"])) if quantity is not None else None
    if unit == "per_kg":
        quantity, per = quantity or D(1), per or "batch"
    if unit == "percent_of_price":
        quantity = per = None
    handling = draw(percent) if kind == "raw_materials" else None
    return PriceLine(
        "R", kind, kind, unit, draw(money), draw(currencies), quantity, per, to_year=draw(years), percent=handling
    )  # fmt: skip


@st.composite
def one_off(draw) -> PriceLine:
    kind = draw(st.sampled_from(["technology_transfer", "ppq_runs", "validation", "capital", "exit", "stability"]))
    return PriceLine(
        "O", kind, kind, "per_batch", draw(money), draw(currencies), draw(decimals(0, 9)), timing="one_off", year=draw(years)
    )  # fmt: skip


@st.composite
def terms(draw) -> PriceLine:
    if draw(st.booleans()):
        return PriceLine("C", "cancellation", "Fee", "per_batch", draw(money), draw(currencies))
    amount = draw(st.none() | money)
    unit = draw(st.sampled_from(["per_batch", "per_unit"]))
    return PriceLine(
        "M", "minimum_commitment", "Least", unit, amount, draw(currencies), draw(decimals(0, 5_000)), percent=draw(percent)
    )  # fmt: skip


@st.composite
def bids(draw, code: str = "A") -> Bid:
    price = PriceLine("P", "batch_price", "Price", "per_batch", draw(decimals(1, 1_000_000)), draw(currencies))
    if draw(st.booleans()):
        price = replace(price, type="unit_price", unit="per_unit", amount=draw(decimals(1, 500)))
    lines = draw(st.lists(st.one_of(recurring(), one_off(), terms()), max_size=6))
    return Bid(
        code,
        f"Bidder {code}",
        (price, *lines),
        Batch(draw(decimals(1, 5_000)), draw(decimals(1, 100)) / 100, draw(decimals(0, 90)) / 100),
        Oversight(*(draw(decimals(0, 500)) for _ in range(7)), draw(currencies)),
        Risks(
            draw(percent), draw(money), draw(money), draw(money), draw(percent), draw(decimals(0, 12)), draw(money),
            draw(percent), draw(currencies), draw(percent),
        ),
    )  # fmt: skip


@st.composite
def frames(draw) -> Frame:
    day = date(2027, 1, 4)
    demand = {year: draw(decimals(0, 20_000)) for year in YEARS}
    assume(any(demand.values()))
    return Frame(
        "EUR", 2027, draw(decimals(0, 40)), {"base": demand},
        (Rate("USD", draw(decimals(1, 300)) / 100, day, "ECB"), Rate("CHF", draw(decimals(1, 300)) / 100, day, "ECB")),
    )  # fmt: skip


def cost_of(bid: Bid, frame: Frame):
    cost = total_cost(bid, frame, "base")
    assert cost.not_computable == ""
    return cost


def exactly(amounts) -> Fraction:
    return sum(map(Fraction, amounts), Fraction(0))


@given(bids(), frames())
def test_lines_add_up_to_years_and_components_and_these_to_the_total(bid, frame) -> None:
    cost = cost_of(bid, frame)
    assert exactly(cost.components.values()) == Fraction(cost.total_npv)
    assert exactly(year.present_value for year in cost.years) == Fraction(cost.total_npv)
    for component, value in cost.components.items():
        assert exactly(line.present_value for line in cost.lines_of(component)) == Fraction(value)
    for year in cost.years:
        mine = [line for line in cost.lines if line.year == year.year]
        assert exactly(line.amount for line in mine) == exactly(year.components.values()) == Fraction(year.total)
        for component, value in year.components.items():
            assert exactly(line.amount for line in mine if line.component == component) == Fraction(value)


@given(bids(), frames())
def test_the_digits_do_not_depend_on_the_precision_of_the_thread(bid, frame) -> None:
    with localcontext() as context:
        context.prec = 5
        coarse = cost_of(bid, frame)
    assert getcontext().prec > 5
    assert coarse == cost_of(bid, frame)


@given(bids(), frames())
def test_present_value_against_money_as_paid(bid, frame) -> None:
    cost = cost_of(bid, frame)
    growth = 1 + Fraction(frame.discount_rate) / 100
    worth = sum((Fraction(year.total) / growth ** (year.year - 2027) for year in cost.years), Fraction(0))
    assert abs(worth - Fraction(cost.total_npv)) < Fraction(1, 10**9)
    released = sum((Fraction(year.released) / growth ** (year.year - 2027) for year in cost.years), Fraction(0))
    assert abs(Fraction(cost.per_unit) * released / worth - 1) < Fraction(1, 10**9)


@given(bids(), frames(), decimals(0, 20_000))
def test_more_demand_never_takes_fewer_batches_and_those_cover_it(bid, frame, more) -> None:
    demand = {year: units + more for year, units in frame.scenarios["base"].items()}
    few, many = cost_of(bid, frame), cost_of(bid, replace(frame, scenarios={"base": demand}))
    for before, after in zip(few.years, many.years, strict=True):
        assert before.batches <= after.batches
        assert after.released >= after.demand
        one = (
            Fraction(bid.batch.output) * Fraction(bid.batch.yield_fraction) * (1 - Fraction(bid.batch.failure_fraction))
        )
        assert not after.batches or (after.batches - 1) * one < Fraction(after.demand)


@given(bids(), frames(), decimals(0, 40))
def test_a_higher_discount_rate_never_makes_later_cost_worth_more(bid, frame, more) -> None:
    higher = replace(frame, discount_rate=frame.discount_rate + more)
    before, after = cost_of(bid, frame), cost_of(bid, higher)
    for old, new in zip(before.lines, after.lines, strict=True):
        assert (old.label, old.amount) == (new.label, new.amount)
        assert new.present_value <= old.present_value
        if more > 1 and old.year > 2027 and old.amount > 1:
            assert new.present_value < old.present_value
    assert after.total_npv <= before.total_npv


@given(bids(), frames(), decimals(1, 500))
def test_all_in_another_currency_scales_by_its_rate(bid, frame, hundredths) -> None:
    """A quote wholly in dollars costs what the same numbers in euros cost, divided by the rate."""
    per_euro = hundredths / 100

    def into(currency: str) -> Bid:
        lines = tuple(replace(line, currency=currency) for line in bid.lines)
        return replace(
            bid,
            lines=lines,
            oversight=replace(bid.oversight, currency=currency),
            risks=replace(bid.risks, currency=currency),
        )

    dollars = replace(frame, rates=(Rate("USD", per_euro, date(2027, 1, 4), "ECB"),))
    in_euros, in_dollars = cost_of(into("EUR"), dollars), cost_of(into("USD"), dollars)
    assert len(in_euros.lines) == len(in_dollars.lines)
    for euros, paid in zip(in_euros.lines, in_dollars.lines, strict=True):
        assert abs(Fraction(paid.amount) * Fraction(per_euro) - Fraction(euros.amount)) < Fraction(1, 10**10)


@given(bids(), frames())
def test_doubled_prices_double_the_running_cost_and_its_reserve(bid, frame) -> None:
    def doubled(line: PriceLine) -> PriceLine:
        own = line.unit != "percent_of_price" and line.amount is not None
        return replace(line, amount=line.amount * 2) if own else line

    dear = replace(bid, lines=tuple(map(doubled, bid.lines)))
    for key in [*RUN, "price"]:
        once, twice = (exactly(y.components[key] for y in cost_of(asked, frame).years) for asked in (bid, dear))
        assert abs(twice - 2 * once) < Fraction(1, 10**9)
    assert exactly(y.components["price"] for y in cost_of(bid, frame).years) > 0


@given(bids(), frames())
def test_take_or_pay_falls_due_only_below_the_commitment(bid, frame) -> None:
    cost = cost_of(bid, frame)
    by_year = {year.year: year for year in cost.years}
    for line in cost.lines_of("shortfall"):
        year = by_year[line.year]
        units, batches = (
            {m.quantity for m in bid.lines if m.type == "minimum_commitment" and m.unit == u}
            for u in ("per_unit", "per_batch")
        )
        short = any(year.released < least for least in units) or any(year.batches < least for least in batches)
        assert line.amount == 0 or short


@given(bids(), frames(), decimals(1, 5_000), decimals(1, 100), st.sampled_from(["per_unit", "per_batch"]))
def test_a_commitment_is_owed_exactly_where_less_is_bought(bid, frame, least, share, unit) -> None:
    line = PriceLine("M", "minimum_commitment", "Least", unit, 100, "EUR", least, percent=share)
    plain = tuple(other for other in bid.lines if other.type != "minimum_commitment")
    cost = cost_of(replace(bid, lines=(*plain, line)), frame)
    found = {entry.year: entry.amount for entry in cost.lines_of("shortfall")}
    for year in cost.years[1:]:
        bought = year.released if unit == "per_unit" else D(year.batches)
        assert (found[year.year] > 0) == (bought < least)


@given(bids(), frames(), decimals(-5_000, 0))
def test_nothing_released_is_never_a_number(bid, frame, output) -> None:
    for batch in (replace(bid.batch, output=output), replace(bid.batch, failure_fraction=1)):
        cost = total_cost(replace(bid, batch=batch), frame, "base")
        assert (cost.total_npv, cost.per_unit) == (None, None)
        assert "releases no unit" in cost.not_computable


@given(bids(), frames(), st.randoms())
def test_the_order_of_lines_changes_no_digit(bid, frame, chance) -> None:
    mixed = list(bid.lines)
    chance.shuffle(mixed)
    cost, other = cost_of(bid, frame), cost_of(replace(bid, lines=tuple(mixed)), frame)
    assert (cost.total_npv, cost.components, cost.years) == (other.total_npv, other.components, other.years)


@given(bids("A"), bids("B"), bids("C"), frames())
def test_ranks_follow_the_totals(one, two, three, frame) -> None:
    found = compare_costs([one, two, three], frame).scenarios[0]
    totals = {row.cost.bidder: row.cost.total_npv for row in found.standings}
    assert len(totals) == 3
    assert [row.rank for row in found.standings] == sorted(row.rank for row in found.standings)
    for row in found.standings:
        assert row.rank == 1 + sum(total < row.cost.total_npv for total in totals.values())
        gap = Fraction(row.cost.total_npv) - Fraction(min(totals.values()))
        assert abs(Fraction(row.difference) - gap) <= abs(gap) / 10**30
    assert set(found.cheapest) == {code for code, total in totals.items() if total == min(totals.values())}


@given(bids(), frames())
def test_bidders_alike_share_every_rank(bid, frame) -> None:
    rows = compare_costs([bid, replace(bid, code="B")], frame).scenarios[0]
    assert rows.cheapest == ("A", "B")
    assert [(row.rank, row.price_rank, row.difference) for row in rows.standings] == [(1, 1, 0), (1, 1, 0)]
    assert "the joint lowest" in rows.standings[0].sentence


@given(st.fractions(-(10**30), 10**30), st.fractions(-1, 1))
def test_amounts_are_rounded_half_to_even_at_the_twelfth_decimal(value, factor) -> None:
    assert Fraction(fixed(value, factor)) == Fraction(round(value * factor * 10**12), 10**12)


def test_a_half_goes_to_the_even_digit() -> None:
    assert [fixed(Fraction(n, 2 * 10**12)) for n in (1, 3, -1, -3)] == [0, D("2e-12"), 0, D("-2e-12")]
    assert str(fixed(Fraction(5_000))) == "5000"
