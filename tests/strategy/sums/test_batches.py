"""Batches, capacity and the demand of a horizon."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.snapshot import Capacity, Demand
from strategy.sums.batches import (
    batches_needed,
    capacity_gap,
    check_horizon,
    effective_output,
    horizon_problems,
)
from strategy.sums.errors import SumError

D = Decimal
outputs = st.integers(1, 5000)
yields = st.integers(10, 100).map(lambda n: D(n) / 100)
failures = st.integers(0, 90).map(lambda n: D(n) / 100)
demands = st.integers(0, 10**7)


# --- batches by hand ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "output", "usable", "failing", "batches"),
    [
        # 2,000 * 0.9 * 0.95 = 1,710 a batch; 120,000 / 1,710 = 70.18: 71 batches.
        (120_000, 2_000, D("0.9"), D("0.05"), 71),
        # 1,000 * 0.8 * 1 = 800: 8,000 are 10 batches, one unit more is an eleventh.
        (8_000, 1_000, D("0.8"), 0, 10),
        (8_001, 1_000, D("0.8"), 0, 11),
        # 0.1 * 3 units: 0.3 / 0.1 = 3 exactly; in binary fractions it would be 4 batches.
        (D("0.3"), D("0.1"), 1, 0, 3),
        (1, 2_000, D("0.9"), D("0.05"), 1),
        (0, 2_000, D("0.9"), D("0.05"), 0),
        # The most there may be.
        (1_000_000_000, 1, 1, 0, 1_000_000_000),
    ],
)
def test_batches_by_hand(demand, output, usable, failing, batches) -> None:
    assert batches_needed(demand, output, usable, failing) == batches


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((-1, 10, 1, 0), "demand"),
        ((1.5, 10, 1, 0), "demand"),
        ((D("NaN"), 10, 1, 0), "demand"),
        ((1, 0, 1, 0), "output_per_batch"),
        ((1, -10, 1, 0), "output_per_batch"),
        ((1, 10, 0, 0), "yield_fraction"),
        ((1, 10, D("1.01"), 0), "yield_fraction"),
        ((1, 10, 85, 0), "yield_fraction"),
        ((1, 10, 1, 1), "failure_fraction"),
        ((1, 10, 1, D("-0.01")), "failure_fraction"),
        ((0, 0, 1, 0), "output_per_batch"),
        ((1_000_000_001, 1, 1, 0), "output_per_batch"),
        ((D("9999999999999.9999"), D("0.0001"), D("0.0001"), D("0.9999")), "output_per_batch"),
    ],
)
def test_batches_that_cannot_be_counted(arguments, field) -> None:
    with pytest.raises(SumError) as caught:
        batches_needed(*arguments)
    assert caught.value.field == field


@given(demands, outputs, yields, failures)
def test_enough_and_not_one_too_many(demand, output, usable, failing) -> None:
    batches = batches_needed(demand, output, usable, failing)
    each = Fraction(output) * Fraction(usable) * (1 - Fraction(failing))
    assert each == effective_output(output, usable, failing)
    assert batches * each >= demand
    assert batches == 0 or (batches - 1) * each < demand


@given(demands, demands, outputs, yields, failures)
def test_more_demand_never_takes_fewer_batches(one, other, output, usable, failing) -> None:
    few, many = sorted((one, other))
    assert batches_needed(few, output, usable, failing) <= batches_needed(many, output, usable, failing)


@given(demands, outputs, yields, yields, failures, failures)
def test_better_yield_and_fewer_failures_never_take_more(demand, output, one, other, fails, fails_too) -> None:
    good = batches_needed(demand, output, max(one, other), min(fails, fails_too))
    assert good <= batches_needed(demand, output, min(one, other), max(fails, fails_too))


# --- capacity -----------------------------------------------------------------------------


def test_a_gap_and_what_an_option_leaves_of_it() -> None:
    found = capacity_gap(
        {2029: 20, 2028: 12},
        [
            Capacity(2028, "in_house", D(4)),
            Capacity(2028, "committed", D(12)),
            Capacity(2029, "in_house", D(4)),
            Capacity(2029, "committed", D(8)),
            Capacity(2029, "committed", D(4)),
            Capacity(2029, "option", D(3)),
        ],
    )
    assert [line.year for line in found] == [2028, 2029]
    # 2028: 4 + 12 = 16 for 12: no gap, 12 / 16 = 75 %. 2029: 4 + 12 = 16 for 20: 4 are missing, 1 with the
    # option of 3, 20 / 16 = 125 %.
    assert (found[0].gap, found[0].gap_with_options, found[0].utilisation) == (0, 0, 75)
    assert (found[1].gap, found[1].gap_with_options, found[1].utilisation) == (4, 1, 125)
    assert (found[1].in_house, found[1].committed, found[1].option) == (4, 12, 3)


def test_without_firm_capacity_there_is_no_utilisation() -> None:
    (only,) = capacity_gap({2028: 5}, [Capacity(2028, "option", D(9))])
    assert (only.gap, only.gap_with_options, only.utilisation) == (5, 0, None)


def test_capacity_without_need_lies_idle() -> None:
    (only,) = capacity_gap({}, [Capacity(2030, "in_house", D(6))])
    assert (only.need, only.gap, only.utilisation) == (0, 0, 0)


@pytest.mark.parametrize(
    ("need", "rows", "field", "row"),
    [
        ({2028: -1}, [], "need", None),
        ({}, [Capacity(2028, "in_house", D(1)), Capacity(2028, "in_house", D(-1))], "capacity", 1),
        ({}, [Capacity(2028, "promised", D(1))], "capacity", 0),
    ],
)
def test_capacity_that_is_refused(need, rows, field, row) -> None:
    with pytest.raises(SumError) as caught:
        capacity_gap(need, rows)
    assert (caught.value.field, caught.value.row) == (field, row)


capacities = st.lists(
    st.builds(
        Capacity,
        st.integers(2027, 2030),
        st.sampled_from(["in_house", "committed", "option"]),
        st.integers(0, 40).map(lambda n: D(n) / 2),
    ),
    max_size=8,
)


@given(st.dictionaries(st.integers(2027, 2030), st.integers(0, 40)), capacities, st.randoms(use_true_random=False))
def test_capacity_adds_up_in_any_order(need, rows, chance) -> None:
    found = capacity_gap(need, rows)
    assert capacity_gap(need, chance.sample(rows, len(rows))) == found
    for line in found:
        firm = line.in_house + line.committed
        assert line.gap == max(line.need - firm, 0)
        assert 0 <= line.gap_with_options <= line.gap
        assert (line.utilisation is None) == (firm == 0)
        assert line.utilisation is None or (line.utilisation > 100) == (line.gap > 0)
    assert sum(line.in_house + line.committed + line.option for line in found) == sum(row.batches for row in rows)


# --- the horizon --------------------------------------------------------------------------


def year(number: int, low=1, base=2, high=3) -> Demand:
    return Demand(number, D(low), D(base), D(high))


def told(demand, first, last) -> list[tuple[str, str, int | None]]:
    return [(str(found), found.field, found.row) for found in horizon_problems(demand, first, last)]


def test_a_whole_horizon() -> None:
    assert told([year(2029), year(2028), year(2030, 0, 0, 0)], 2028, 2030) == []
    check_horizon([year(2028, 2, 2, 2)], 2028, 2028)


def test_every_missing_year_is_named_at_once() -> None:
    sentence = "There is no demand for 2028, 2030 and 2031; enter it, 0 where nothing is needed."
    assert told([year(2029)], 2028, 2031) == [(sentence, "demand", None)]
    with pytest.raises(SumError, match="2028, 2030 and 2031"):
        check_horizon([year(2029)], 2028, 2031)


def test_every_wrong_line_is_told_at_its_row() -> None:
    rows = [year(2027), year(2028, 5, 4, 6), year(2029, -1), year(2029), year(2030, 1, 3, 2)]
    found = told(rows, 2028, 2030)
    assert [row for _, _, row in found] == [0, 1, 2, 3, 4]
    assert [words for words, _, _ in found] == [
        "2027 lies outside the horizon of 2028 to 2030; move the year or the horizon.",
        "In 2028 the demand must rise from low over base to high; 5, 4, 6 does not.",
        "The low demand of 2029 cannot be negative; enter 0 or more.",
        "The demand of 2029 is there twice; keep one line of it.",
        "In 2030 the demand must rise from low over base to high; 1, 3, 2 does not.",
    ]


def test_a_horizon_that_is_none() -> None:
    assert told([], 2030, 2028) == [("The horizon ends in 2028, before it begins in 2030; swap them.", "horizon", None)]
    assert told([], 1, 10**9) == [("A horizon has at most 50 years; shorten it.", "horizon", None)]


@given(st.integers(2020, 2040), st.integers(0, 12), st.sets(st.integers(2015, 2055)))
def test_a_horizon_is_whole_only_if_its_years_are_the_demands(first, more, years) -> None:
    found = horizon_problems([year(number) for number in years], first, first + more)
    wanted = set(range(first, first + more + 1))
    assert (not found) == (years == wanted)
    assert len(found) == bool(wanted - years) + len(years - wanted)
