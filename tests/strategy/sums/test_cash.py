"""Present values, make against buy, the volume at which it turns, and how far demand decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategy.snapshot import Demand
from strategy.sums.cash import Flow, Rate, compare, npv, sensitivity
from strategy.sums.errors import SumError

D = Decimal
DOLLAR = Rate("USD", D("1.10"), date(2027, 1, 4), "European Central Bank")
TERMS = {"discount_rate": 10, "base_currency": "EUR", "base_year": 2027}

#: Ten percent a year, so that 11,000 in 2028 and 12,100 in 2029 are 10,000 each in 2027.
PLANT = [
    Flow("make", 2027, "one_off", 100_000, "EUR", "Suite"),
    Flow("make", 2028, "fixed", 11_000, "EUR", "Crew"),
    Flow("make", 2029, "fixed", 12_100, "EUR", "Crew"),
    Flow("make", 2028, "per_unit", 11, "EUR", "Material"),
    Flow("make", 2029, "per_unit", D("12.10"), "EUR", "Material"),
]
ORDERS = [
    Flow("buy", 2027, "one_off", 20_000, "EUR", "Transfer"),
    Flow("buy", 2028, "per_unit", 88, "EUR", "Price"),
    Flow("buy", 2029, "per_unit", D("106.48"), "USD", "Price"),  # 106.48 / 1.10 = 96.80 EUR
]
DEMAND = {2027: 0, 2028: 1_000, 2029: 1_000}


def refused(flows=(*PLANT, *ORDERS), demand=None, batches=None, **more) -> SumError:
    with pytest.raises(SumError) as caught:
        compare(flows, DEMAND if demand is None else demand, batches or {}, **{**TERMS, "rates": [DOLLAR], **more})
    return caught.value


# --- by hand ------------------------------------------------------------------------------


def test_npv_by_hand() -> None:
    # 1,000 + 1,100 / 1.1 + 1,210 / 1.21 = 3,000.
    assert npv({0: 1000, 1: 1100, 2: 1210}, 10) == 3000
    # 500 / 1.08^3 = 500 / 1.259712 = 396.916...
    assert abs(npv({3: 500}, 8) - D("396.9161205")) < D("1e-6")
    # Half a percent less than nothing grows: 199 / 0.995 = 200.
    assert npv({1: 199}, D("-0.5")) == 200
    assert npv({}, 8) == 0


def test_make_against_buy_by_hand() -> None:
    found = compare([*PLANT, *ORDERS], DEMAND, {}, rates=[DOLLAR], **TERMS)
    # Make: 100,000 + 2 * 10,000 + 1,000 * (10 + 10) = 140,000. Buy: 20,000 + 1,000 * (80 + 80) = 180,000.
    assert (found.npv_make, found.npv_buy, found.difference) == (140_000, 180_000, -40_000)
    # Make: 100,000 + 11,000 + 12,100 + 11,000 + 12,100. Buy: 20,000 + 88,000 + 96,800.
    assert (found.undiscounted_make, found.undiscounted_buy) == (146_200, 204_800)
    assert [(line.year, line.make, line.buy) for line in found.years] == [
        (2027, 100_000, 20_000),
        (2028, 22_000, 88_000),
        (2029, 24_200, 96_800),
    ]
    # 80,000; then 20,000 - 80,000 twice.
    assert [line.cumulative_difference for line in found.years] == [80_000, 20_000, -40_000]
    assert found.years[0].factor == 1
    assert abs(found.years[2].factor - 1 / D("1.21")) < D("1e-24")
    # (120,000 - 20,000) / (160 - 20) = 714.2857 units in 2028 and again in 2029.
    assert found.break_even.exact == Fraction(5000, 7)
    assert abs(found.break_even.volume - D(5000) / 7) < D("1e-20")
    assert found.break_even.sentence == (
        "Both cost the same at 714 units a year; above it making is cheaper, below it buying."
    )


def test_a_cost_per_batch_counts_whole_batches_but_turns_on_a_straight_line() -> None:
    filling = Flow("make", 2028, "per_batch", 2_200, "EUR", "Filling")
    found = compare(
        [*PLANT, filling, *ORDERS], {**DEMAND, 2028: 950}, {2028: 10}, output_per_batch=100, rates=[DOLLAR], **TERMS
    )
    # Make: 120,000 + 950 * 10 + 1,000 * 10 + 10 batches * 2,000 = 159,500.
    assert found.npv_make == 159_500
    # A unit of 2028 takes 2,200 / 100 = 22 of a batch, 20 in 2027: 100,000 / (160 - 20 - 20) = 833.33.
    assert found.break_even.exact == Fraction(2500, 3)


def test_without_the_output_of_a_batch_there_is_no_line() -> None:
    filling = Flow("make", 2028, "per_batch", 2_200, "EUR", "Filling")
    found = compare([*PLANT, filling, *ORDERS], DEMAND, {2028: 10}, rates=[DOLLAR], unit="vials", **TERMS)
    assert found.npv_make == 160_000
    assert found.break_even.volume is None
    assert found.break_even.sentence == "Say how many vials a batch brings, to see at which volume it turns."


@pytest.mark.parametrize(
    ("make", "buy", "volume", "sentence"),
    [
        ((10, 5), (4, 8), 2, "Both cost the same at 2 units a year; above it making is cheaper, below it buying."),
        ((4, 8), (10, 5), 2, "Both cost the same at 2 units a year; above it buying is cheaper, below it making."),
        ((10, 8), (4, 5), None, "They never cross: buying is cheaper than making at every volume."),
        ((4, 5), (10, 8), None, "They never cross: making is cheaper than buying at every volume."),
        (
            (10, 5),
            (4, 5),
            None,
            "The volume does not change it: buying is cheaper than making by 6 EUR at every volume.",
        ),
        ((4, 5), (4, 5), None, "Making and buying cost the same at every volume."),
        (
            (4, 5),
            (4, 8),
            0,
            "Both cost the same at no volume at all; from the first of the units on making is cheaper.",
        ),
    ],
)
def test_where_it_turns(make, buy, volume, sentence) -> None:
    flows = [
        Flow(option, 2028, kind, amount, "EUR")
        for option, side in (("make", make), ("buy", buy))
        for kind, amount in zip(("fixed", "per_unit"), side, strict=True)
    ]
    found = compare(flows, {2028: 7}, {}, discount_rate=0, base_currency="EUR", base_year=2028).break_even
    assert (found.volume, found.sentence) == (volume, sentence)


def test_no_demand_at_all_turns_nowhere() -> None:
    found = compare([*PLANT, *ORDERS], dict.fromkeys(DEMAND, 0), {}, rates=[DOLLAR], **TERMS)
    assert found.break_even.volume is None
    assert "no demand in any year" in found.break_even.sentence


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "row", "words"),
    [
        ({"amount": -1}, 1, "The amount of “Crew” cannot be negative"),
        ({"amount": 1.0}, 1, "not float"),
        ({"currency": "CHF"}, 1, "“Crew” is in CHF; give a rate from it to EUR."),
        ({"currency": ""}, 1, "is in no currency"),
        ({"currency": "CHF", "label": ""}, 1, "This cost is in CHF"),
        ({"year": 2031}, 1, "“Crew” falls in 2031, outside the horizon of 2027 to 2029"),
        ({"option": "rent"}, 1, "to make or to buy, not to 'rent'"),
        ({"kind": "monthly"}, 1, "not 'monthly'"),
    ],
)
def test_costs_that_are_refused_at_their_row(changes, row, words) -> None:
    flows = [*PLANT, *ORDERS]
    flows[row] = replace(flows[row], **changes)
    error = refused(flows)
    assert words in str(error)
    assert (error.field, error.row) == ("flows", row)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"flows": PLANT}, "flows", "There is no cost of buying yet"),
        ({"flows": ORDERS}, "flows", "There is no cost of making yet"),
        ({"demand": {}}, "demand", "no demand yet"),
        ({"demand": {**DEMAND, 2028: -5}}, "demand", "The demand of 2028 cannot be negative"),
        ({"batches": {2028: -1}}, "batches", "The batches of 2028 cannot be negative"),
        ({"base_year": 2028}, "base_year", "comes after 2027"),
        ({"base_year": 1900}, "base_year", "more than 100 years"),
        ({"discount_rate": -100}, "discount_rate", "above −100 and up to 100"),
        ({"discount_rate": 800}, "discount_rate", "write 8 for 8 %"),
        ({"discount_rate": 0.08}, "discount_rate", "not float"),
        ({"base_currency": ""}, "base_currency", "Choose the currency"),
        ({"output_per_batch": 0}, "output_per_batch", "above 0"),
    ],
)
def test_terms_that_are_refused(more, field, words) -> None:
    error = refused(**more)
    assert words in str(error)
    assert error.field == field


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (replace(DOLLAR, per_base=0), "must be above 0"),
        (replace(DOLLAR, per_base=D("1.2")), "two rates of USD"),
        (replace(DOLLAR, currency="EUR"), "EUR is the base currency"),
    ],
)
def test_rates_that_are_refused(rate, words) -> None:
    error = refused(rates=[DOLLAR, rate])
    assert words in str(error)
    assert (error.field, error.row) == ("rates", 1)


def test_a_cost_per_batch_needs_batches() -> None:
    error = refused([*PLANT, *ORDERS, Flow("buy", 2029, "per_batch", 1, "EUR", "Batch fee")], batches={2028: 4})
    assert str(error) == "“Batch fee” is per batch; say how many batches 2029 takes."
    assert error.field == "batches"


@pytest.mark.parametrize("offset", [-1, 101])
def test_npv_is_of_years_to_come(offset) -> None:
    with pytest.raises(SumError) as caught:
        npv({offset: 1}, 8)
    assert caught.value.field == "flows"


# --- sensitivity --------------------------------------------------------------------------


def scenario(year: int, low: int, base: int, high: int) -> Demand:
    return Demand(year, D(low), D(base), D(high))


def test_what_demand_decides() -> None:
    # Of the plant above: 100,000 more at once, 140 less for each unit a year.
    none = scenario(2027, 0, 0, 0)
    found = sensitivity(
        [*PLANT, *ORDERS],
        [none, scenario(2028, 500, 700, 1_000), scenario(2029, 500, 700, 1_000)],
        {},
        rates=[DOLLAR],
        **TERMS,
    )
    assert (found.low, found.base, found.high) == (30_000, 2_000, -40_000)
    assert not found.steady
    assert found.sentence == (
        "It depends on the demand which is cheaper: buying at low, buying at base, making at high."
    )
    steady = sensitivity(
        [*PLANT, *ORDERS],
        [none, scenario(2028, 800, 900, 1_000), scenario(2029, 800, 900, 1_000)],
        {},
        rates=[DOLLAR],
        **TERMS,
    )
    assert steady.steady
    assert steady.sentence == "Making is cheaper at low, base and high demand."


def test_each_scenario_has_its_batches() -> None:
    flows = [Flow("make", 2028, "per_batch", 10, "EUR"), Flow("buy", 2028, "fixed", 30, "EUR")]
    found = sensitivity(
        flows,
        [scenario(2028, 1, 2, 3)],
        {"low": {2028: 2}, "base": {2028: 3}, "high": {2028: 3}},
        discount_rate=0,
        base_currency="EUR",
        base_year=2028,
    )
    assert (found.low, found.base, found.high) == (-10, 0, 0)
    assert "making at low, neither at base" in found.sentence


# --- properties ---------------------------------------------------------------------------

amounts = st.integers(0, 10**6).map(lambda n: D(n) / 100)
percents = st.integers(0, 400).map(lambda n: D(n) / 10)
years = st.integers(2027, 2031)
volumes = st.fixed_dictionaries({year: st.integers(0, 500) for year in range(2027, 2032)})


@st.composite
def costs(draw) -> list[Flow]:
    kinds = st.sampled_from(["one_off", "fixed", "per_unit", "per_batch"])
    flow = st.builds(Flow, st.sampled_from(["make", "buy"]), years, kinds, amounts, st.sampled_from(["EUR", "USD"]))
    ends = [Flow(option, 2027, "one_off", draw(amounts), "EUR") for option in ("make", "buy")]
    return [*ends, *draw(st.lists(flow, max_size=8))]


offsets = st.dictionaries(st.integers(0, 30), amounts, max_size=8)


@given(offsets, offsets, percents, st.integers(0, 9))
def test_npv_is_linear(one, other, rate, times) -> None:
    both = {year: one.get(year, D(0)) + times * other.get(year, D(0)) for year in {*one, *other}}
    parts = Fraction(npv(one, rate)) + times * Fraction(npv(other, rate))
    assert abs(Fraction(npv(both, rate)) - parts) <= Fraction(1, 10**22)


@given(offsets)
def test_npv_at_no_interest_is_the_sum(flows) -> None:
    assert npv(flows, 0) == sum(flows.values())


@given(offsets, percents, percents)
def test_npv_of_costs_falls_with_interest(flows, one, other) -> None:
    assert npv(flows, max(one, other)) <= npv(flows, min(one, other)) <= sum(flows.values())


@given(costs(), volumes, percents, st.randoms(use_true_random=False))
def test_the_years_make_up_the_whole_in_any_order(flows, demand, rate, chance) -> None:
    terms = {"discount_rate": rate, "base_currency": "EUR", "base_year": 2027, "rates": [DOLLAR], "output_per_batch": 7}
    batches = {year: -(-volume // 7) for year, volume in demand.items()}
    found = compare(flows, demand, batches, **terms)
    assert compare(chance.sample(flows, len(flows)), demand, batches, **terms) == found
    tiny = Fraction(1, 10**20)
    assert (
        abs(Fraction(npv({line.year - 2027: line.make for line in found.years}, rate)) - Fraction(found.npv_make))
        < tiny
    )
    assert (
        abs(Fraction(npv({line.year - 2027: line.buy for line in found.years}, rate)) - Fraction(found.npv_buy)) < tiny
    )
    assert abs(Fraction(found.npv_make) - Fraction(found.npv_buy) - Fraction(found.difference)) < tiny
    assert found.years[-1].cumulative_difference == found.difference
    mirrored = [replace(flow, option="buy" if flow.option == "make" else "make") for flow in flows]
    turned = compare(mirrored, demand, batches, **terms)
    assert (turned.npv_make, turned.npv_buy) == (found.npv_buy, found.npv_make)
    assert turned.break_even.exact == found.break_even.exact


@given(costs(), volumes, percents)
def test_at_the_break_even_volume_both_cost_exactly_the_same(flows, demand, rate) -> None:
    each = Fraction(27, 4)
    terms = {
        "discount_rate": rate,
        "base_currency": "EUR",
        "base_year": 2027,
        "rates": [DOLLAR],
        "output_per_batch": each,
    }
    supplied = [year for year, volume in demand.items() if volume]

    def at(volume: Fraction):
        return compare(
            flows,
            {year: volume if year in supplied else 0 for year in demand},
            {year: volume / each if year in supplied else 0 for year in demand},
            **terms,
        )

    found = compare(flows, demand, dict.fromkeys(demand, 0), **terms).break_even
    assert found.sentence.endswith(".")
    if found.exact is not None:
        assert found.exact >= 0
        assert at(found.exact).difference == 0
        beyond = at(found.exact + 1).difference
        assert beyond != 0
        assert ("making is cheaper" in found.sentence) == (beyond < 0)
        return
    assert found.volume is None
    assume(supplied)
    # They never cross: the same side is the cheaper one at no volume, at one, and far out.
    signs = {(gap > 0) - (gap < 0) for gap in (at(Fraction(v)).difference for v in (0, 1, 10**9))}
    assert len(signs) == 1


@given(costs(), volumes, percents, st.integers(1, 500).map(lambda n: D(n) / 100))
def test_another_base_currency_changes_the_unit_and_nothing_else(flows, demand, rate, price) -> None:
    terms = {"discount_rate": rate, "base_year": 2027, "output_per_batch": 7}
    batches = dict.fromkeys(demand, 3)
    at = date(2027, 1, 4)
    euro = compare(flows, demand, batches, base_currency="EUR", rates=[Rate("USD", price, at, "")], **terms)
    dollar = compare(
        flows, demand, batches, base_currency="USD", rates=[Rate("EUR", 1 / Fraction(price), at, "")], **terms
    )
    assert abs(Fraction(dollar.npv_make) - Fraction(euro.npv_make) * Fraction(price)) < Fraction(1, 10**20)
    assert dollar.break_even.exact == euro.break_even.exact
