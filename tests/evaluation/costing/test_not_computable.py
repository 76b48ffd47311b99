"""What has not been told makes a cost not computable, in a sentence; what nobody can mean is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from evaluation.costing import Batch, Bid, Frame, Oversight, PriceLine, Rate, Risks, total_cost
from strategy.sums.errors import SumError

D = Decimal
DOLLAR = Rate("USD", D("1.25"), date(2027, 1, 4), "European Central Bank")
FRAME = Frame(
    base_currency="EUR",
    base_year=2027,
    discount_rate=10,
    scenarios={"low": {2028: 0, 2029: 900}, "base": {2028: 1_900, 2029: 3_600}, "none": {2028: 0, 2029: 0}},
    rates=(DOLLAR,),
)
BATCH = Batch(1_250, D("0.8"), D("0.1"))
NO_OVERSIGHT = Oversight(0, 0, 0, 0, 0, 0, 0, "EUR")
NO_RISKS = Risks(100, 0, 0, 0, 0, 0, 0, 0, "EUR", cancellation_percent=0)
PRICE = PriceLine("P1", "batch_price", "Filling", "per_batch", 110_000, "EUR")


def bid(*lines, batch=BATCH, oversight=NO_OVERSIGHT, risks=NO_RISKS) -> Bid:
    return Bid("castellan", "Castellan", (PRICE, *lines), batch, oversight, risks)


# --- not computable ---------------------------------------------------------------------


def why(asked: Bid, scenario="base", frame=FRAME) -> str:
    cost = total_cost(asked, frame, scenario)
    assert (cost.total_npv, cost.per_unit, cost.released_pv) == (None, None, None)
    assert (cost.years, cost.components, cost.lines) == ((), {}, ())
    return cost.not_computable


@pytest.mark.parametrize(
    "batch", [Batch(0, 1, 0), Batch(-5, 1, 0), Batch(100, 0, 0), Batch(100, D("-0.1"), 0), Batch(100, 1, 1)]
)
def test_a_batch_that_releases_nothing(batch) -> None:
    assert why(bid(batch=batch)) == (
        "A batch of Castellan releases no unit; check its output, its yield and the share of batches that fail."
    )


def test_no_demand_releases_nothing() -> None:
    assert "no demand in any year" in why(bid(), "none")


def test_a_missing_rate_names_the_currency_and_what_is_in_it() -> None:
    franc = PriceLine("S", "storage", "Store", "per_year", 10, "CHF")
    asked = bid(franc, replace(franc, code="S2", label="Annex"), oversight=replace(NO_OVERSIGHT, currency="GBP"))
    assert why(asked) == (
        "There is no rate from CHF to EUR, and “Store” and “Annex” of Castellan are in CHF; enter the rate with its"
        " date and source. There is no rate from GBP to EUR, and the own oversight of Castellan is in GBP; enter the"
        " rate with its date and source."
    )
    assert "in which currency “Store” of Castellan is" in why(bid(replace(franc, currency="")))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"amount": None}, "“Line” of Castellan has no amount; ask for it, or mark it as included in another price."),
        ({"unit": "per_kg"}, "“Line” of Castellan does not say how many kg it takes."),
        (
            {"unit": "per_kg", "quantity": 3},
            "“Line” of Castellan does not say whether its kg are for a batch, a unit or a year.",
        ),
        ({"unit": "per_batch", "quantity_per": "year"}, "“Line” of Castellan does not say how many batches it takes."),
        ({"unit": "per_batch", "timing": "one_off"}, "“Line” of Castellan does not say how many batches it takes."),
        (
            {"unit": "once", "timing": "one_off", "year": 2030},
            "“Line” of Castellan is paid in 2030, outside the years 2027 to 2029.",
        ),
        ({"from_year": 2030}, "“Line” of Castellan is paid in no year from 2027 to 2029."),
        ({"to_year": 2026}, "“Line” of Castellan is paid in no year from 2027 to 2029."),
    ],
)
def test_a_line_that_does_not_say_enough(line, said) -> None:
    full = {"unit": "per_year", "amount": 10, "currency": "EUR", **line}
    assert why(bid(PriceLine("S", "storage", "Line", **full))) == said


def test_terms_that_do_not_say_enough() -> None:
    least = PriceLine("M", "minimum_commitment", "Least", "per_batch", None)
    assert why(bid(least)) == (
        "“Least” of Castellan does not say which percent of a shortfall is to be paid. “Least” of Castellan does not"
        " say how much is to be taken at least in a year."
    )
    fee = PriceLine("C", "cancellation", "Fee", "per_batch", 10, "EUR")
    assert why(bid(fee, risks=replace(NO_RISKS, cancellation_percent=None))) == (
        "“Fee” of Castellan does not say how likely a cancellation is, in percent."
    )
    assert "“Reserve” of Castellan has no amount" in why(bid(PriceLine("O", "change_order", "Reserve", "once", None)))


def test_all_that_is_missing_is_said_at_once() -> None:
    said = why(Bid("castellan", "Castellan", (), None, None, None))
    assert said == (
        "It is not told what a batch of Castellan brings; enter output, yield and the share that fails. The own"
        " oversight of Castellan is not told; enter people, audits and systems, 0 where none. The risks of Castellan"
        " are not judged; enter what a failed batch costs and the reserves. Castellan gives no batch price and no unit"
        " price; ask for one."
    )


def test_a_year_that_nobody_priced() -> None:
    asked = replace(bid(), lines=(replace(PRICE, to_year=2028),))
    assert why(asked) == "Castellan gives no batch price and no unit price for 2029; ask for one."
    # No vial is needed in 2028, so no price is, unless a minimum is owed at the going price.
    later = replace(PRICE, from_year=2029)
    assert total_cost(replace(bid(), lines=(later,)), FRAME, "low").not_computable == ""
    least = PriceLine("M", "minimum_commitment", "Least", "per_batch", None, quantity=2, percent=50)
    assert why(replace(bid(), lines=(later, least)), "low") == (
        "Castellan gives no batch price and no unit price for 2028; ask for one."
    )
    priced = replace(least, amount=100, currency="EUR")
    assert total_cost(replace(bid(), lines=(later, priced)), FRAME, "low").not_computable == ""


def test_a_slip_in_the_output_of_a_batch() -> None:
    assert "more than 1,000,000,000 batches of Castellan" in why(bid(batch=Batch(D("0.0000001"), 1, 0)))


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"type": "gift"},
        {"unit": "per_mood"},
        {"timing": "sometimes"},
        {"quantity_per": "week"},
        {"amount": -1},
        {"amount": 1.5},
        {"quantity": -1},
        {"percent": 5},
        {"from_year": 2029, "to_year": 2028},
        {"unit": "once"},
        {"unit": "percent_of_price", "timing": "one_off"},
        {"unit": "percent_of_price", "quantity": 2},
        {"type": "batch_price"},
        {"type": "unit_price", "unit": "per_batch"},
        {"type": "unit_price", "unit": "per_unit", "quantity": 2, "quantity_per": "batch"},
        {"type": "minimum_commitment", "percent": 10},
        {"type": "minimum_commitment", "unit": "per_batch", "quantity": 1, "percent": 101},
        {"type": "cancellation", "percent": 101},
        {"type": "change_order", "percent": 3},
        {"type": "change_order", "percent": 3, "amount": None, "timing": "one_off"},
    ],
)
def test_what_no_bidder_can_mean(change) -> None:
    line = PriceLine(**{"code": "S", "type": "storage", "label": "Line", "unit": "per_year", "amount": 10, "currency": "EUR", **change})  # fmt: skip
    with pytest.raises(SumError) as caught:
        total_cost(bid(line), FRAME, "base")
    assert (caught.value.field, caught.value.row) == ("lines", 1)
    assert "“Line”" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "change", "frame"),
    [
        ("batch", {"batch": Batch(100, D("1.1"), 0)}, {}),
        ("batch", {"batch": Batch(100, 1, D("-0.1"))}, {}),
        ("batch", {"batch": Batch(100, 1, D("1.1"))}, {}),
        ("batch", {"batch": Batch(1.5, 1, 0)}, {}),
        ("oversight", {"oversight": replace(NO_OVERSIGHT, fte=-1)}, {}),
        ("risks", {"risks": replace(NO_RISKS, liability_percent=101)}, {}),
        ("risks", {"risks": replace(NO_RISKS, delay=D("NaN"))}, {}),
        ("discount_rate", {}, {"discount_rate": -100}),
        ("base_year", {}, {"base_year": 2029}),
        ("base_year", {}, {"base_year": 1900}),
        ("base_currency", {}, {"base_currency": ""}),
        ("rates", {}, {"rates": (replace(DOLLAR, per_base=0),)}),
        ("demand", {}, {"scenarios": {"base": {}}}),
        ("demand", {}, {"scenarios": {"base": {2028: 1, 2030: 1}}}),
        ("demand", {}, {"scenarios": {"base": {2028: -1}}}),
        ("scenario", {}, {"scenarios": {"low": {2028: 1}}}),
    ],
)
def test_terms_that_cannot_be(field, change, frame) -> None:
    with pytest.raises(SumError) as caught:
        total_cost(bid(**change), replace(FRAME, **frame), "base")
    assert caught.value.field == field
