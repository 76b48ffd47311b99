"""The total cost of partnership of one bidder, worked by hand, and opened down to its inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from evaluation.costing import (
    COMPONENTS,
    Batch,
    Bid,
    Frame,
    Oversight,
    PriceLine,
    Rate,
    Risks,
    scenarios_of,
    should_cost_gap,
    total_cost,
)
from strategy.snapshot import Demand

D = Decimal
DOLLAR = Rate("USD", D("1.25"), date(2027, 1, 4), "European Central Bank")

#: Ten percent a year: 1.1 in 2028, 1.21 in 2029.
FRAME = Frame(
    base_currency="EUR",
    base_year=2027,
    discount_rate=10,
    scenarios={"low": {2028: 0, 2029: 900}, "base": {2028: 1_900, 2029: 3_600}, "none": {2028: 0, 2029: 0}},
    rates=(DOLLAR,),
    unit="vials",
)
#: 1,250 * 0.8 = 1,000 usable vials of which a tenth fails: 900 vials a started batch.
BATCH = Batch(1_250, D("0.8"), D("0.1"))
NO_OVERSIGHT = Oversight(0, 0, 0, 0, 0, 0, 0, "EUR")
NO_RISKS = Risks(100, 0, 0, 0, 0, 0, 0, 0, "EUR", cancellation_percent=0)
PRICE = PriceLine("P1", "batch_price", "Filling", "per_batch", 110_000, "EUR")


def bid(*lines, batch=BATCH, oversight=NO_OVERSIGHT, risks=NO_RISKS, name="Castellan") -> Bid:
    return Bid(name.lower(), name, (PRICE, *lines), batch, oversight, risks)


def amounts(cost, component) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in cost.lines_of(component):
        found[line.year] = found.get(line.year, D(0)) + line.amount
    return found


# --- whole ------------------------------------------------------------------------------


def test_price_alone_by_hand() -> None:
    cost = total_cost(bid(), FRAME, "base")
    # 1,900 / 900 = 2.1, so 3 batches; 3,600 / 900 = 4 batches.
    assert [(year.year, year.batches, year.released) for year in cost.years] == [
        (2027, 0, 0),
        (2028, 3, 2_700),
        (2029, 4, 3_600),
    ]
    # 3 * 110,000 / 1.1 = 300,000; 4 * 110,000 / 1.21 = 363,636.36...
    assert abs(cost.total_npv - (300_000 + D(440_000) / D("1.21"))) < D("1e-11")
    assert cost.components["price"] == cost.total_npv
    # 2,700 / 1.1 + 3,600 / 1.21 = 2,454.5454... + 2,975.2066... = 6,570 / 1.21.
    assert abs(cost.released_pv - D(6_570) / D("1.21")) < D("1e-20")
    # 363,000 + 440,000 = 803,000 over 6,570 (both of 1.21) = 122.222...
    assert abs(cost.per_unit - D(803_000) / 6_570) < D("1e-12")
    assert cost.not_computable == ""
    assert cost.formula == (
        "663,636.36 EUR ÷ 5,429.75 vials (present values) = 122.2222 EUR for each of the vials released"
    )


def test_every_part_of_the_formula_at_once_by_hand() -> None:
    found = total_cost(
        bid(
            PriceLine("T", "technology_transfer", "Transfer", "once", 125_000, "USD", timing="one_off"),
            PriceLine("Q", "ppq_runs", "PPQ", "per_batch", 55_000, "EUR", quantity=2, timing="one_off", year=2028),
            PriceLine("R", "raw_materials", "Vials and stoppers", "per_batch", 1_000, "EUR", percent=10),
            PriceLine("S", "stability", "Stability", "per_year", 11_000, "EUR"),
            PriceLine("M", "minimum_commitment", "Minimum", "per_batch", None, quantity=5, percent=50),
            PriceLine("C", "cancellation", "Late cancellation", "per_batch", 22_000, "EUR"),
            oversight=Oversight(D("0.5"), 100_000, 2, 5_000, 10, 600, 4_000, "EUR"),
            risks=Risks(40, 10_000, 3_000, 1_000, 5, 3, 12, 20, "EUR", cancellation_percent=25),
        ),
        FRAME,
        "base",
    )
    assert found.not_computable == ""
    # 125,000 / 1.25 in 2027, which is not discounted.
    assert amounts(found, "technology_transfer") == {2027: 100_000}
    assert amounts(found, "runs") == {2028: 110_000}
    # 3 * 1,000 * 1.1 and 4 * 1,000 * 1.1.
    assert amounts(found, "raw_materials") == {2028: 3_300, 2029: 4_400}
    assert amounts(found, "quality") == {2028: 11_000, 2029: 11_000}
    # 0.5 * 100,000 + 2 * 5,000 + 10 * 600 + 4,000 = 70,000.
    assert amounts(found, "oversight") == {2028: 70_000, 2029: 70_000}
    # 3 * 0.1 * (0.6 * 110,000 + 10,000 + 3,000 + 1,000) = 0.3 * 80,000; 0.4 * 80,000.
    assert amounts(found, "failed_batches") == {2028: 24_000, 2029: 32_000}
    # (5 - 3) * 110,000 * 50 %; (5 - 4) * 110,000 * 50 %.
    assert amounts(found, "shortfall") == {2028: 110_000, 2029: 55_000}
    # 25 % * 3 * 22,000; 25 % * 4 * 22,000.
    assert amounts(found, "cancellation") == {2028: 16_500, 2029: 22_000}
    # 5 % of 330,000 + 3,300 + 11,000, and of 440,000 + 4,400 + 11,000.
    assert amounts(found, "change_orders") == {2028: D("17_215"), 2029: D("22_770")}
    # 1,900 / 12 * 3 * 12 * 20 % = 1,140; 3,600 / 12 * 3 * 12 * 20 % = 2,160.
    assert amounts(found, "inventory") == {2028: 1_140, 2029: 2_160}
    assert [year.total for year in found.years] == [100_000, 693_155, 659_330]
    # 100,000 + 693,155 / 1.1 + 659,330 / 1.21.
    assert abs(found.total_npv - (100_000 + D(693_155) / D("1.1") + D(659_330) / D("1.21"))) < D("1e-10")


def test_the_formula_of_a_line_says_how_it_is_made() -> None:
    found = total_cost(
        bid(
            PriceLine("T", "technology_transfer", "Transfer", "once", 125_000, "USD", timing="one_off"),
            PriceLine("R", "raw_materials", "Resin", "per_kg", D("12.5"), "USD", quantity=2, quantity_per="batch", percent=10),
            PriceLine("M", "minimum_commitment", "Minimum", "per_unit", 7, "EUR", quantity=3_000, percent=80),
            PriceLine("S", "storage", "Cold store", "per_month", 200, "EUR", quantity=3, assumption="Three pallets"),
            PriceLine("D", "duty", "Duty", "percent_of_price", D("2.5")),
            risks=replace(NO_RISKS, liability_percent=40, change_order_percent=1),
        ),
        FRAME,
        "base",
    )  # fmt: skip
    said = {line.label: (line.formula, line.amount) for line in found.lines if line.year in (2027, 2028)}
    assert said == {
        "Transfer": (
            "125,000 USD ÷ 1.25 USD per EUR (4 January 2027, European Central Bank) = 100,000 EUR",
            100_000,
        ),
        "Filling": ("3 batches × 110,000 EUR = 330,000 EUR", 330_000),
        "Resin": (
            "3 batches × 2 kg × 12.5 USD ÷ 1.25 USD per EUR (4 January 2027, European Central Bank)"
            " × (1 + 10 % handling) = 66 EUR",
            66,
        ),
        "Cold store": ("3 × 12 months × 200 EUR = 7,200 EUR", 7_200),
        "Duty": ("2.5 % × 330,000 EUR of batch and unit prices = 8,250 EUR", 8_250),
        "Price of failed batches": (
            "3 batches × 10 % failing × (1 − 40 % borne by the bidder) × 110,000 EUR = 19,800 EUR",
            19_800,
        ),
        "Minimum": ("max(0, 3,000 − 2,700) vials × 7 EUR × 80 % to be paid = 1,680 EUR", 1_680),
        "Reserve for change orders": ("1 % × 345,516 EUR of running cost = 3,455.16 EUR", D("3455.16")),
    }
    assert {line.assumption for line in found.lines_of("fees")} == {"Three pallets"}
    assert found.years[1].formula == ("1,900 vials ÷ 900 vials a batch, rounded up = 3 batches; 1 ÷ 1.1^1 = 0.909091")


# --- how a unit becomes a yearly cost ---------------------------------------------------


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        ({"unit": "per_batch"}, {2028: 30, 2029: 40}),
        ({"unit": "per_batch", "quantity": 2}, {2028: 60, 2029: 80}),
        ({"unit": "per_batch", "quantity": 2, "quantity_per": "year"}, {2028: 20, 2029: 20}),
        ({"unit": "per_unit"}, {2028: 27_000, 2029: 36_000}),
        ({"unit": "per_unit", "quantity": D("0.001")}, {2028: 27, 2029: 36}),
        ({"unit": "per_year"}, {2028: 10, 2029: 10}),
        ({"unit": "per_quarter"}, {2028: 40, 2029: 40}),
        ({"unit": "per_month"}, {2028: 120, 2029: 120}),
        ({"unit": "per_month", "quantity": 5}, {2028: 600, 2029: 600}),
        ({"unit": "per_month", "quantity": 5, "quantity_per": "year"}, {2028: 50, 2029: 50}),
        ({"unit": "per_month", "quantity": 5, "quantity_per": "batch"}, {2028: 150, 2029: 200}),
        ({"unit": "per_kg", "quantity": D("0.5"), "quantity_per": "batch"}, {2028: 15, 2029: 20}),
        ({"unit": "per_test", "quantity": 12, "quantity_per": "year"}, {2028: 120, 2029: 120}),
        ({"unit": "per_g", "quantity": 3, "quantity_per": "unit"}, {2028: 81_000, 2029: 108_000}),
        ({"unit": "percent_of_price"}, {2028: 33_000, 2029: 44_000}),
        ({"unit": "per_year", "from_year": 2027}, {2027: 10, 2028: 10, 2029: 10}),
        ({"unit": "per_year", "from_year": 2029}, {2029: 10}),
        ({"unit": "per_year", "to_year": 2028}, {2028: 10}),
        ({"unit": "per_year", "from_year": 2020, "to_year": 2040}, {2027: 10, 2028: 10, 2029: 10}),
    ],
)
def test_a_recurring_line_by_unit(line, paid) -> None:
    cost = total_cost(bid(PriceLine("S", "storage", "Store", amount=10, currency="EUR", **line)), FRAME, "base")
    assert amounts(cost, "fees") == paid


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        ({"unit": "once"}, {2027: 10}),
        ({"unit": "once", "year": 2029}, {2029: 10}),
        ({"unit": "per_batch", "quantity": 3}, {2027: 30}),
        ({"unit": "per_hour", "quantity": 8, "year": 2028}, {2028: 80}),
        ({"unit": "per_year"}, {2027: 10}),
        ({"unit": "per_month", "quantity": 6}, {2027: 60}),
    ],
)
def test_a_one_off_line_by_unit(line, paid) -> None:
    asked = PriceLine("V", "validation", "Study", amount=10, currency="EUR", timing="one_off", **line)
    assert amounts(total_cost(bid(asked), FRAME, "base"), "validation") == paid


def test_a_one_off_of_a_running_type_is_no_running_cost() -> None:
    once = PriceLine("S", "stability", "Set-up", "once", 10_000, "EUR", timing="one_off", year=2028)
    cost = total_cost(bid(once, risks=replace(NO_RISKS, change_order_percent=10)), FRAME, "base")
    assert (amounts(cost, "other_one_off"), amounts(cost, "quality")) == ({2028: 10_000}, {})
    # 10 % of 330,000 and of 440,000, without the 10,000.
    assert amounts(cost, "change_orders") == {2028: 33_000, 2029: 44_000}


def test_what_another_price_holds_costs_nothing_and_is_named() -> None:
    line = PriceLine("S", "stability", "Stability", "per_year", None, included=True)
    cost = total_cost(bid(line), FRAME, "base")
    assert cost.total_npv == total_cost(bid(), FRAME, "base").total_npv
    assert cost.included == ("Stability",)


# --- terms ------------------------------------------------------------------------------


def test_a_unit_price_is_paid_for_what_is_released_and_lost_with_no_batch() -> None:
    unit = replace(PRICE, type="unit_price", unit="per_unit", amount=100)
    asked = replace(bid(risks=replace(NO_RISKS, liability_percent=0, delay=500)), lines=(unit,))
    cost = total_cost(asked, FRAME, "base")
    assert amounts(cost, "price") == {2028: 270_000, 2029: 360_000}
    # 3 * 0.1 * 500 and 4 * 0.1 * 500: only the delay.
    assert amounts(cost, "failed_batches") == {2028: 150, 2029: 200}


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        # Batches: (4 - 3), then 4 - 4.
        ({"unit": "per_batch", "quantity": 4, "amount": None}, {2028: 55_000, 2029: 0}),
        # Its own price of a missing batch, in dollars: 1 * 50,000 / 1.25 * 50 %.
        ({"unit": "per_batch", "quantity": 4, "amount": 50_000, "currency": "USD"}, {2028: 20_000, 2029: 0}),
        # A batch of 110,000 brings 900: 900 missing vials are one batch.
        ({"unit": "per_unit", "quantity": 3_600, "amount": None}, {2028: 55_000, 2029: 0}),
        ({"unit": "per_batch", "quantity": 9, "amount": None, "from_year": 2029}, {2029: 275_000}),
    ],
)
def test_take_or_pay(line, paid) -> None:
    cost = total_cost(bid(PriceLine("M", "minimum_commitment", "Least", percent=50, **line)), FRAME, "base")
    assert amounts(cost, "shortfall") == paid


def test_take_or_pay_of_batches_at_a_unit_price() -> None:
    unit = replace(PRICE, type="unit_price", unit="per_unit", amount=100)
    least = PriceLine("M", "minimum_commitment", "Least", "per_batch", None, quantity=4, percent=100)
    # One batch short brings 900 vials of 100.
    assert amounts(total_cost(replace(bid(), lines=(unit, least)), FRAME, "base"), "shortfall") == {
        2028: 90_000,
        2029: 0,
    }


def test_a_year_without_demand_still_owes_the_minimum_and_the_oversight() -> None:
    least = PriceLine("M", "minimum_commitment", "Least", "per_batch", None, quantity=2, percent=50)
    cost = total_cost(bid(least, oversight=replace(NO_OVERSIGHT, systems=7_000)), FRAME, "low")
    assert [year.batches for year in cost.years] == [0, 0, 1]
    assert amounts(cost, "shortfall") == {2028: 110_000, 2029: 55_000}
    assert amounts(cost, "oversight") == {2028: 7_000, 2029: 7_000}


def test_a_minimum_may_begin_before_the_demand() -> None:
    early = PriceLine("M", "minimum_commitment", "Least", "per_batch", 110_000, "EUR", 1, percent=50, from_year=2027)
    assert amounts(total_cost(bid(early), FRAME, "base"), "shortfall") == {2027: 55_000, 2028: 0, 2029: 0}


def test_what_is_lost_or_owed_is_at_the_price_of_its_year() -> None:
    lines = (
        replace(PRICE, to_year=2028),
        replace(PRICE, code="P2", amount=120_000, from_year=2029),
        PriceLine("M", "minimum_commitment", "Least", "per_batch", None, quantity=5, percent=50),
    )
    cost = total_cost(replace(bid(risks=replace(NO_RISKS, liability_percent=0)), lines=lines), FRAME, "base")
    # 3 * 0.1 * 110,000 and 4 * 0.1 * 120,000; 2 * 110,000 * 50 % and 1 * 120,000 * 50 %.
    assert amounts(cost, "failed_batches") == {2028: 33_000, 2029: 48_000}
    assert amounts(cost, "shortfall") == {2028: 110_000, 2029: 60_000}


def test_oversight_may_begin_before_the_supply() -> None:
    early = Oversight(1, 80_000, 0, 0, 0, 0, 0, "USD", from_year=2027)
    # 80,000 / 1.25.
    assert amounts(total_cost(bid(oversight=early), FRAME, "base"), "oversight") == dict.fromkeys(
        (2027, 2028, 2029), 64_000
    )


def test_a_quoted_reserve_replaces_the_one_reckoned() -> None:
    quoted = PriceLine("O", "change_order", "Agreed reserve", "once", None, percent=2)
    cost = total_cost(bid(quoted, risks=replace(NO_RISKS, change_order_percent=10)), FRAME, "base")
    assert amounts(cost, "change_orders") == {2028: 6_600, 2029: 8_800}
    priced = PriceLine("O", "change_order", "Handling of a change", "per_year", 300, "EUR")
    cost = total_cost(bid(priced, risks=replace(NO_RISKS, change_order_percent=10)), FRAME, "base")
    assert amounts(cost, "change_orders") == {2028: 33_300, 2029: 44_300}


def test_the_quotes_own_likelihood_of_cancellation_comes_first() -> None:
    fee = PriceLine("C", "cancellation", "Fee", "percent_of_price", 30, percent=10)
    cost = total_cost(bid(fee, risks=replace(NO_RISKS, cancellation_percent=50)), FRAME, "base")
    # 10 % * 30 % of 330,000 and of 440,000.
    assert amounts(cost, "cancellation") == {2028: 9_900, 2029: 13_200}


def test_prices_by_year() -> None:
    lines = (replace(PRICE, to_year=2028), replace(PRICE, code="P2", amount=120_000, from_year=2029))
    cost = total_cost(replace(bid(), lines=lines), FRAME, "base")
    assert amounts(cost, "price") == {2028: 330_000, 2029: 480_000}


# --- beside it --------------------------------------------------------------------------


def test_should_cost_gap() -> None:
    # (4.20 - 3.75) / 3.75 = 12 %.
    gap = should_cost_gap(D("4.20"), D("3.75"), name="Castellan", currency="EUR")
    assert (gap.percent, gap.sentence) == (
        12, "Castellan quotes 4.20 EUR, 12 % above the 3.75 EUR that it should cost.",
    )  # fmt: skip
    assert should_cost_gap(D(3), D(4), name="Oriel", currency="EUR").sentence == (
        "Oriel quotes 3.00 EUR, 25 % below the 4.00 EUR that it should cost."
    )
    assert should_cost_gap(D(4), D(4), name="Oriel", currency="EUR").percent == 0
    for quoted, should in ((D(4), None), (D(4), D(0)), (D(4), D(-1)), (None, D(4))):
        gap = should_cost_gap(quoted, should, name="Oriel", currency="EUR")
        assert gap.percent is None
        assert gap.sentence.startswith("The gap of Oriel is not computable: ")


def test_scenarios_of_a_strategy() -> None:
    assert scenarios_of([Demand(2028, D(1), D(2), D(3)), Demand(2029, D(4), D(5), D(6))]) == {
        "low": {2028: 1, 2029: 4},
        "base": {2028: 2, 2029: 5},
        "high": {2028: 3, 2029: 6},
    }


def test_components_come_in_the_order_in_which_bars_are_stacked() -> None:
    assert list(total_cost(bid(), FRAME, "base").components) == list(COMPONENTS)
    assert [part for part, _ in dict(COMPONENTS.values()).items()] == ["one_off", "run", "gov", "risk"]
