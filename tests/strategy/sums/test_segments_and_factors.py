"""The segment of what is bought, and what speaks for making or buying beside the money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategy.sums import factors, segments
from strategy.sums.errors import SumError

D = Decimal
axis = st.integers(0, 200).map(lambda n: D(n) / 2)


@pytest.mark.parametrize(
    ("risk", "impact", "code"),
    [
        (80, 90, "strategic"),
        (80, 20, "bottleneck"),
        (20, 80, "leverage"),
        (20, 20, "routine"),
        (50, 50, "strategic"),
        (D("49.9"), 50, "leverage"),
        (50, D("49.9"), "bottleneck"),
        (0, 0, "routine"),
        (100, 100, "strategic"),
    ],
)
def test_the_four_quarters(risk, impact, code) -> None:
    found = segments.segment(risk, impact)
    assert found.code == code
    assert segments.SEGMENTS[code] is found
    assert found.meaning.endswith(".") and found.meaning.count(".") == 1


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((-1, 50), "supply_risk"),
        ((50, D("100.1")), "profit_impact"),
        ((50, 50, 0), "cut"),
        ((50, 50, 100), "cut"),
        ((50.0, 50), "supply_risk"),
    ],
)
def test_points_off_the_plot(arguments, field) -> None:
    with pytest.raises(SumError) as caught:
        segments.segment(*arguments)
    assert caught.value.field == field


def test_an_axis_from_factors() -> None:
    # (2 * 5 + 1 * 2) / 3 = 4; (4 - 1) / 4 = 75.
    assert segments.from_factors([segments.Factor("few", 2, 5), segments.Factor("switch", 1, 2)]) == 75
    assert segments.from_factors([segments.Factor("few", 1, 1)]) == 0
    assert segments.from_factors([segments.Factor("few", 7, 5)]) == 100
    assert segments.from_factors([segments.Factor("few", 1, 3), segments.Factor("none", 0, 5)]) == 50


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([], None),
        ([("a", 0, 3)], None),
        ([("a", 1, 3), ("b", 1, 0)], 1),
        ([("a", 1, 6)], 0),
        ([("a", -1, 3)], 0),
        ([("a", 1, 2.5)], 0),
    ],
)
def test_factors_of_an_axis_that_are_refused(rows, row) -> None:
    with pytest.raises(SumError) as caught:
        segments.from_factors([segments.Factor(*given_row) for given_row in rows])
    assert (caught.value.field, caught.value.row) == ("factors", row)


@given(axis, axis, st.integers(1, 99))
def test_each_axis_decides_for_itself(risk, impact, cut) -> None:
    found = segments.segment(risk, impact, cut).code
    assert (found in ("strategic", "bottleneck")) == (risk >= cut)
    assert (found in ("strategic", "leverage")) == (impact >= cut)


rows_of_axis = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=6)


@given(rows_of_axis, st.integers(2, 50), st.randoms(use_true_random=False))
def test_an_axis_stays_between_its_lowest_and_highest_score(rows, times, chance) -> None:
    assume(any(weight for weight, _ in rows))
    made = [segments.Factor(str(n), weight, score) for n, (weight, score) in enumerate(rows)]
    found = segments.from_factors(made)
    counted = [score for weight, score in rows if weight]
    assert 25 * (min(counted) - 1) <= found <= 25 * (max(counted) - 1)
    scaled = [segments.Factor(row.code, row.weight * times, row.score) for row in made]
    assert segments.from_factors(chance.sample(scaled, len(scaled))) == found


# --- beside the money ---------------------------------------------------------------------


def test_factors_by_hand() -> None:
    # make (3 * 4 + 1 * 2) / 4 = 3.5; buy (3 * 2 + 1 * 5) / 4 = 2.75.
    found = factors.weigh([factors.Factor("Control", 3, 4, 2), factors.Factor("Speed", 1, 2, 5)])
    assert (found.make, found.buy, found.difference) == (D("3.5"), D("2.75"), D("0.75"))
    assert (found.favours, found.sentence) == ("make", "Making is ahead by 0.75: 3.5 against 2.75 of 5.")


def test_level_factors() -> None:
    found = factors.weigh([factors.Factor("Control", 1, 4, 2), factors.Factor("Speed", 1, 2, 4)])
    assert (found.favours, found.sentence) == ("neither", "Making and buying are level at 3 of 5.")


@pytest.mark.parametrize(
    ("rows", "row", "words"),
    [
        ([], None, "no factors yet"),
        ([("a", 0, 1, 1), ("b", 0, 2, 2)], None, "All weights are 0"),
        ([("a", 1, 1, 1), ("b", -1, 2, 2)], 1, "The weight of “b” cannot be negative"),
        ([("a", 1, 6, 1)], 0, "making for “a” runs from 0 to 5, not to 6"),
        ([("a", 1, 1, D("-0.5"))], 0, "buying for “a” runs from 0 to 5"),
        ([("a", 1, 1.0, 1)], 0, "not float"),
    ],
)
def test_factors_that_are_refused(rows, row, words) -> None:
    with pytest.raises(SumError, match=words) as caught:
        factors.weigh([factors.Factor(*given_row) for given_row in rows])
    assert (caught.value.field, caught.value.row) == ("factors", row)


rows_of_factors = st.lists(
    st.tuples(
        st.integers(0, 9), st.integers(0, 10).map(lambda n: D(n) / 2), st.integers(0, 10).map(lambda n: D(n) / 2)
    ),
    min_size=1,
    max_size=6,
)


@given(rows_of_factors, st.integers(2, 50), st.randoms(use_true_random=False))
def test_factors_weigh_alike_in_any_order_and_scale_and_mirror(rows, times, chance) -> None:
    assume(any(row[0] for row in rows))
    found = factors.weigh([factors.Factor("f", *row) for row in rows])
    scaled = [factors.Factor("f", weight * times, make, buy) for weight, make, buy in rows]
    assert factors.weigh(chance.sample(scaled, len(scaled))) == found
    mirrored = factors.weigh([factors.Factor("f", weight, buy, make) for weight, make, buy in rows])
    assert (mirrored.make, mirrored.buy, mirrored.difference) == (found.buy, found.make, found.difference.copy_negate())
    assert 0 <= found.make <= 5 and 0 <= found.buy <= 5
    total = sum(Fraction(weight) for weight, _, _ in rows)
    weighed = sum(Fraction(weight) * Fraction(make) for weight, make, _ in rows)
    assert abs(Fraction(found.make) - weighed / total) < Fraction(1, 10**30)
