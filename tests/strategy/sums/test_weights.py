"""Weights that add up to exactly 100."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategy.sums.errors import SumError
from strategy.sums.weights import check_total, rounded_to_hundred

D = Decimal
values = st.lists(st.one_of(st.integers(0, 50), st.decimals(0, 1000, places=3)), min_size=1, max_size=12)


def test_the_last_hundredth_goes_to_the_largest_remainder() -> None:
    # 1, 2, 4 of 7: 14.285714..., 28.571428..., 57.142857...; down 14.28 + 28.57 + 57.14 = 99.99; remainders of a
    # hundredth .57, .14, .29: the first gets it.
    assert rounded_to_hundred([1, 2, 4]) == (D("14.29"), D("28.57"), D("57.14"))


def test_equal_values_share_and_the_first_gets_the_rest() -> None:
    assert rounded_to_hundred([1, 1, 1]) == (D("33.34"), D("33.33"), D("33.33"))
    # 100 / 7 = 14 and 2 over.
    assert rounded_to_hundred([5] * 7, places=0) == (15, 15, 14, 14, 14, 14, 14)


def test_what_is_right_already_stays() -> None:
    assert rounded_to_hundred([D("62.5"), D("37.5"), 0]) == (D("62.50"), D("37.50"), 0)


@pytest.mark.parametrize(
    ("values", "row", "words"),
    [
        ([], None, "no weights yet"),
        ([0, 0], None, "All weights are 0"),
        ([3, -1], 1, "Weight 2 cannot be negative"),
        ([0.5], 0, "not float"),
        ([True], 0, "not bool"),
        ([1, D("Infinity")], 1, "not Infinity"),
        ([D("1E+41")], 0, "too large"),
        ([10**41], 0, "too large"),
    ],
)
def test_what_cannot_be_weighed(values, row, words) -> None:
    with pytest.raises(SumError, match=words) as caught:
        rounded_to_hundred(values)
    assert (caught.value.field, caught.value.row) == ("weights", row)


def test_places_have_bounds() -> None:
    with pytest.raises(SumError, match="0 to 12 decimals"):
        rounded_to_hundred([1], places=13)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([D("62.5"), D("32.5")], "The weights add up to 95, not 100; add 5 percent."),
        ([60, 45], "The weights add up to 105, not 100; take away 5 percent."),
        ([D("33.33")] * 3, "The weights add up to 99.99, not 100; add 0.01 percent."),
        (
            [D("99.99999999999999999999"), D(0)],
            "The weights add up to 99.99999999999999999999, not 100; add 0.00000000000000000001 percent.",
        ),
    ],
)
def test_how_far_off_a_total_is(weights, sentence) -> None:
    with pytest.raises(SumError) as caught:
        check_total(weights)
    assert str(caught.value) == sentence
    assert (caught.value.field, caught.value.row) == ("weights", None)


def test_a_negative_weight_is_named_even_where_the_total_is_right() -> None:
    with pytest.raises(SumError, match="cannot be negative") as caught:
        check_total([110, -10])
    assert caught.value.row == 1
    with pytest.raises(SumError, match="at least one"):
        check_total([])


@given(values, st.integers(0, 6))
def test_rounded_weights_are_whole_near_and_in_order(given_values, places) -> None:
    assume(any(given_values))
    found = rounded_to_hundred(given_values, places)
    assert sum(map(Fraction, found)) == 100
    check_total(found)
    total = sum(map(Fraction, given_values))
    for value, weight in zip(given_values, found, strict=True):
        assert abs(Fraction(weight) - Fraction(value) * 100 / total) < Fraction(1, 10**places)
        assert -weight.as_tuple().exponent == places
    for (one, first), (other, second) in combinations(zip(given_values, found, strict=True), 2):
        assert not (one < other and first > second) and not (one > other and first < second)


@given(values, st.integers(1, 1000))
def test_the_scale_of_the_weights_does_not_matter(given_values, times) -> None:
    assume(any(given_values))
    assert rounded_to_hundred([value * times for value in given_values]) == rounded_to_hundred(given_values)
