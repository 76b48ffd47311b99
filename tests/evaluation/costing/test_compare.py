"""Bidders beside each other: ranks, the words for what makes the difference, bars, and lines that were left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from evaluation.costing import (
    COMPONENTS,
    Batch,
    Bid,
    Frame,
    Oversight,
    PriceLine,
    Risks,
    compare_costs,
    unpriced,
)
from strategy.sums.errors import SumError

D = Decimal
BATCH = Batch(100, 1, 0)
OVERSIGHT = Oversight(0, 0, 0, 0, 0, 0, 10_000, "EUR")
RISKS = Risks(100, 0, 0, 0, 0, 0, 0, 0, "EUR", cancellation_percent=0)
#: No discount, so that every figure is plain: 4 batches at low demand, 10 at high.
FRAME = Frame("EUR", 2028, 0, {"low": {2028: 400}, "high": {2028: 1_000}}, unit="vials")


def bid(name: str, price: int, *lines: PriceLine, batch: Batch = BATCH) -> Bid:
    paid = PriceLine("P", "batch_price", "Batch", "per_batch", price, "EUR")
    return Bid(name[0], name, (paid, *lines), batch, OVERSIGHT, RISKS)


def transfer(amount: int) -> PriceLine:
    return PriceLine("T", "technology_transfer", "Transfer", "once", amount, "EUR", timing="one_off")


def least(batches: int) -> PriceLine:
    return PriceLine("M", "minimum_commitment", "Least", "per_batch", None, quantity=batches, percent=100)


#: Low: 4 * 90 k + 500 k + 4 * 90 k + 10 k = 1,230 k; high: 900 k + 500 k + 10 k = 1,410 k.
CASTELLAN = bid("Castellan", 90_000, transfer(500_000), least(8))
#: Low: 400 k + 200 k + 10 k = 610 k; high: 1,000 k + 200 k + 10 k = 1,210 k.
HARROW = bid("Harrow", 100_000, transfer(200_000))
#: Low: 480 k + 10 k = 490 k; high: 1,200 k + 10 k = 1,210 k.
NORDVIK = bid("Nordvik", 120_000)


def test_three_bidders_by_hand() -> None:
    low, high = compare_costs([CASTELLAN, HARROW, NORDVIK], FRAME).scenarios
    assert (low.scenario, low.basis, low.cheapest) == ("low", "batch price", ("N",))
    assert [(s.cost.name, s.rank, s.cost.total_npv, s.difference) for s in low.standings] == [
        ("Nordvik", 1, 490_000, 0),
        ("Harrow", 2, 610_000, 120_000),
        ("Castellan", 3, 1_230_000, 740_000),
    ]
    assert [(s.price, s.price_rank) for s in low.standings] == [(120_000, 3), (100_000, 2), (90_000, 1)]
    # 120 / 490 and 740 / 490.
    assert [round(s.difference_percent, 4) for s in low.standings] == [0, D("24.4898"), D("151.0204")]
    # Equal to the last digit: both are first, and Castellan is third.
    assert high.cheapest == ("H", "N")
    assert [(s.cost.name, s.rank) for s in high.standings] == [("Harrow", 1), ("Nordvik", 1), ("Castellan", 3)]


def test_why_the_lowest_price_is_not_the_lowest_cost() -> None:
    low, high = compare_costs([CASTELLAN, HARROW, NORDVIK], FRAME).scenarios
    assert {s.cost.name: s.sentence for s in low.standings} == {
        # 740 k more than Nordvik: transfer 500 k is not enough to say why, with take-or-pay of 360 k it is.
        "Castellan": (
            "Castellan has the lowest batch price but only the third lowest total cost: technology transfer and"
            " take-or-pay make the difference against Nordvik."
        ),
        "Harrow": "Harrow has the second lowest batch price and the second lowest total cost.",
        "Nordvik": (
            "Nordvik has only the third lowest batch price but the lowest total cost: technology transfer and"
            " take-or-pay make the difference against Castellan."
        ),
    }
    assert {s.cost.name: s.sentence for s in high.standings} == {
        "Castellan": (
            "Castellan has the lowest batch price but only the third lowest total cost: technology transfer makes the"
            " difference against Harrow."
        ),
        "Harrow": (
            "Harrow has only the second lowest batch price but the joint lowest total cost: technology transfer makes"
            " the difference against Castellan."
        ),
        "Nordvik": (
            "Nordvik has only the third lowest batch price but the joint lowest total cost: technology transfer makes"
            " the difference against Castellan."
        ),
    }


def test_a_rank_is_explained_by_who_took_it() -> None:
    """Oriel is the cheapest whatever one looks at, so it is not what parts price from total for the two others."""
    bids = [
        bid("Oriel", 10_000),
        bid("Castellan", 90_000, transfer(500_000)),
        bid("Nordvik", 120_000, transfer(100_000)),
    ]
    assert [s.sentence for s in compare_costs(bids, FRAME).scenarios[0].standings] == [
        "Oriel has the lowest batch price and the lowest total cost.",
        "Nordvik has only the third lowest batch price but the second lowest total cost: technology transfer makes the"
        " difference against Castellan.",
        "Castellan has the second lowest batch price but only the third lowest total cost: technology transfer makes"
        " the difference against Nordvik.",
    ]


def test_bids_of_one_total_have_no_difference_to_explain() -> None:
    # 4 * 90 k + 40 k = 4 * 100 k.
    low = compare_costs([bid("Castellan", 90_000, transfer(40_000)), bid("Harrow", 100_000)], FRAME).scenarios[0]
    assert [s.sentence for s in low.standings] == [
        "Castellan has the lowest batch price and the joint lowest total cost.",
        "Harrow has only the second lowest batch price but the joint lowest total cost.",
    ]


def test_who_is_cheapest_in_words() -> None:
    found = compare_costs([CASTELLAN, HARROW, NORDVIK], FRAME)
    # 120 / 610 = 19.67 %.
    assert [scenario.sentence for scenario in found.scenarios] == [
        "Nordvik has the lowest total cost at low demand, 490,000 EUR, 120,000 EUR (19.7 %) below Harrow.",
        "Harrow and Nordvik have the same lowest total cost at high demand, 1,210,000 EUR.",
    ]
    assert found.sentence == (
        "The lowest total cost is that of Nordvik at low demand and that of Harrow and Nordvik at high demand."
    )
    assert compare_costs([CASTELLAN, HARROW], FRAME).sentence == (
        "The lowest total cost is that of Harrow in every scenario: low and high."
    )
    alone = compare_costs([HARROW], FRAME).scenarios[0]
    assert alone.standings[0].sentence == "Harrow is the only one whose cost can be computed."
    assert alone.sentence == "Harrow has the lowest total cost at low demand, 610,000 EUR."


def test_batches_that_bring_different_amounts_are_compared_by_unit() -> None:
    # A batch at half the price that brings a quarter: 50,000 / 25 = 2,000 a vial against 100,000 / 100 = 1,000.
    small = bid("Oriel", 50_000, batch=Batch(25, 1, 0))
    found = compare_costs([small, HARROW], FRAME).scenarios[0]
    assert found.basis == "price per unit"
    assert {s.cost.name: (s.price, s.price_rank) for s in found.standings} == {
        "Oriel": (2_000, 2),
        "Harrow": (1_000, 1),
    }
    by_unit = replace(HARROW, lines=(PriceLine("P", "unit_price", "Vial", "per_unit", 7, "EUR"),))
    found = compare_costs([by_unit, NORDVIK], FRAME).scenarios[0]
    assert found.basis == "price per unit"
    assert {s.cost.name: s.price for s in found.standings} == {"Harrow": 7, "Nordvik": 1_200}


def test_bars_stack_every_component_in_one_order() -> None:
    bars = compare_costs([CASTELLAN, HARROW], FRAME).bars
    assert [(bar.name, bar.scenario, bar.total) for bar in bars] == [
        ("Castellan", "low", 1_230_000),
        ("Harrow", "low", 610_000),
        ("Castellan", "high", 1_410_000),
        ("Harrow", "high", 1_210_000),
    ]
    for bar in bars:
        assert [(key, name) for key, name, _ in bar.parts] == [(key, name) for key, (_, name) in COMPONENTS.items()]
        assert sum(value for _, _, value in bar.parts) == bar.total
    assert {key: value for key, _, value in bars[0].parts if value} == {
        "technology_transfer": 500_000,
        "price": 360_000,
        "oversight": 10_000,
        "shortfall": 360_000,
    }


def test_one_that_cannot_be_computed_is_told_apart_and_ranked_nowhere() -> None:
    mute = replace(NORDVIK, oversight=None)
    found = compare_costs([mute, HARROW, CASTELLAN], FRAME)
    low = found.scenarios[0]
    assert [s.cost.name for s in low.standings] == ["Harrow", "Castellan"]
    assert [(cost.name, "own oversight of Nordvik" in cost.not_computable) for cost in low.not_computable] == [
        ("Nordvik", True)
    ]
    assert {bar.name for bar in found.bars} == {"Harrow", "Castellan"}
    nobody = compare_costs([mute], FRAME)
    assert nobody.sentence == "No total cost can be computed in any scenario."
    assert nobody.scenarios[0].sentence == "No total cost can be computed at low demand."


def test_what_cannot_be_compared_is_refused() -> None:
    for bids in ([], [HARROW, replace(NORDVIK, code="H")]):
        with pytest.raises(SumError) as caught:
            compare_costs(bids, FRAME)
        assert caught.value.field == "bids"


# --- left out -----------------------------------------------------------------------------


def stability(**change) -> PriceLine:
    return replace(PriceLine("S", "stability", "Stability", "per_year", 9_000, "EUR"), **change)


def test_what_one_leaves_out_and_others_price() -> None:
    oriel = bid("Oriel", 95_000, stability(amount=None, included=True))
    bids = [bid("Castellan", 90_000), bid("Harrow", 100_000, stability()), bid("Nordvik", 1, stability()), oriel]
    assert [(u.bidder, u.type, u.others, u.sentence) for u in unpriced(bids)] == [
        ("C", "stability", ("H", "N", "O"), "Castellan gives no price for stability studies; three others do.")
    ]
    assert compare_costs(bids, FRAME).unpriced == unpriced(bids)
    assert unpriced(bids[:1]) == ()


def test_a_line_without_an_amount_prices_nothing() -> None:
    bids = [bid("Castellan", 90_000, stability(amount=None)), bid("Harrow", 100_000, stability())]
    assert [u.sentence for u in unpriced(bids)] == ["Castellan gives no price for stability studies; one other does."]
    open_materials = PriceLine("R", "raw_materials", "Resin", "per_batch", None, percent=10)
    told = replace(open_materials, amount=100, currency="EUR")
    assert [u.bidder for u in unpriced([bid("Castellan", 1, open_materials), bid("Harrow", 1, told)])] == ["C"]


def test_terms_and_prices_that_stand_for_each_other() -> None:
    by_unit = replace(NORDVIK, lines=(PriceLine("P", "unit_price", "Vial", "per_unit", 7, "EUR"),))
    bare = replace(HARROW, lines=())
    assert [(u.bidder, u.type, u.sentence) for u in unpriced([CASTELLAN, by_unit, bare])] == [
        ("N", "technology_transfer", "Nordvik gives no price for technology transfer; one other does."),
        ("N", "minimum_commitment", "Nordvik says nothing of minimum commitment; one other does."),
        ("H", "batch_price", "Harrow gives no batch or unit price; two others do."),
        ("H", "technology_transfer", "Harrow gives no price for technology transfer; one other does."),
        ("H", "minimum_commitment", "Harrow says nothing of minimum commitment; one other does."),
    ]


def test_the_eleventh_place_in_words() -> None:
    # Twelve bidders, dearer one by one.
    bids = [replace(bid("Bidder", 1_000 + n), code=str(n), name=f"Bidder {n}") for n in range(1, 13)]
    words = [s.sentence for s in compare_costs(bids, FRAME).scenarios[0].standings]
    assert words[0] == "Bidder 1 has the lowest batch price and the lowest total cost."
    assert words[8] == "Bidder 9 has the ninth lowest batch price and the ninth lowest total cost."
    assert words[10] == "Bidder 11 has the 11th lowest batch price and the 11th lowest total cost."
