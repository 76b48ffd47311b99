"""Arithmetic of single KPIs against numbers from elsewhere: by hand, PostgreSQL, statistics."""

from __future__ import annotations

import random
import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.kpi_math import (
    KpiMathError,
    change_words,
    exact,
    mean,
    median,
    p90,
    percentage,
    percentile_cont,
    quantise,
    rate,
    to_decimal,
    trend,
)

D = Decimal
integers = st.lists(st.integers(-5000, 5000), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "fraction", "answer"),
    [
        # The answers are PostgreSQL 18.6's, cast from double precision to numeric.
        ([1, 2, 3, 4], "0.9", "3.7"),
        ([1, 2, 3, 4], "0.5", "2.5"),
        ([7], "0.9", "7"),
        ([-12, 0, 3, 3, 41, 118, 204], "0.9", "152.4"),
        (list(range(1, 26)), "0.9", "22.6"),
        ([n * n for n in range(1, 14)], "0.9", "139.4"),
        ([n * n for n in range(1, 14)], "0.25", "16"),
        ([-5, -5, 10], "0.9", "7"),
    ],
)
def test_percentiles_are_those_of_postgresql(values, fraction, answer):
    shuffled = random.Random(4).sample(values, len(values))
    assert percentile_cont(shuffled, D(fraction)) == D(answer)


@given(integers)
def test_percentiles_agree_with_the_standard_library(values):
    assert median(values) == D(str(statistics.median(values)))
    if len(values) > 1:
        tenths = statistics.quantiles([Fraction(v) for v in values], n=10, method="inclusive")
        assert p90(values) == to_decimal(tenths[8])
        assert percentile_cont(values, D("0.1")) == to_decimal(tenths[0])
    assert percentile_cont(values, D(0)) == min(values)
    assert percentile_cont(values, D(1)) == max(values)


@given(integers, st.randoms())
def test_the_order_of_values_never_matters(values, rng):
    shuffled = list(values)
    rng.shuffle(shuffled)
    thirds = [D(v) / 3 for v in values]
    assert mean(values) == mean(shuffled) == to_decimal(Fraction(sum(values), len(values)))
    assert p90(values) == p90(shuffled)
    assert mean(thirds) == mean(thirds[::-1])


def test_nothing_is_none_and_zero_is_zero():
    assert percentage(0, 0) is None
    assert percentage(0, 75) == 0
    assert percentage(75, 75) == 100
    assert mean([]) is median([]) is p90([]) is None
    assert mean([0]) == 0


def test_rates_by_hand():
    assert quantise(percentage(61, 75), 1) == D("81.3")
    assert percentage(61, 75) == D("81.33333333333333333333333333333333")
    assert rate(2, 25, per=100) == 8
    assert rate(3, 12_000_000, per=1_000_000) == D("0.25")
    with pytest.raises(KpiMathError, match="cannot be negative"):
        percentage(1, -1)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("0.25", 1, "0.2"),
        ("0.35", 1, "0.4"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("-0.04", 1, "0.0"),
        ("56.376470588", 1, "56.4"),
        ("1e40", 2, "1" + "0" * 40 + ".00"),
    ],
)
def test_display_rounds_half_to_even(value, places, shown):
    assert str(quantise(D(value), places)) == shown


@pytest.mark.parametrize(
    "bad",
    [
        True,
        1.5,
        "1",
        None,
        D("NaN"),
        D("sNaN"),
        D("Infinity"),
        D("1e41"),
        D("1e-41"),
        D("1e999999"),
    ],
)
def test_what_is_no_exact_number_is_refused(bad):
    with pytest.raises(KpiMathError):
        exact(bad)


def test_a_zero_may_have_any_exponent():
    assert exact(D("0e-999999")) == 0


def test_percentiles_outside_0_to_1_are_refused():
    for fraction in ("-0.1", "1.1", "90"):
        with pytest.raises(KpiMathError, match="between 0 and 1"):
            percentile_cont([1], D(fraction))


@pytest.mark.parametrize(
    ("values", "direction", "signals", "words"),
    [
        ([95, 93, 92, 90], "up", ("worsening",), "worse 3 periods running"),
        ([95, 93, 92, 90], "down", ("improving",), "better 3 periods running"),
        ([93, 92, 90], "up", (), "no trend"),
        ([95, 93, 93, 90], "up", (), "no trend"),
        ([95, None, 92, 90], "up", (), "no trend"),
        ([1, 95, 93, 92, 90], "up", ("worsening",), "worse 3 periods running"),
        ([90, 92, None], "up", (), "no value in the last period"),
        ([90], "up", (), "too few periods for a trend"),
        ([None, 90], "up", (), "too few periods for a trend"),
        ([], "up", (), "too few periods for a trend"),
        (
            [50, 90, 89, 90, 89, 90, 89, 90],
            "up",
            ("shift_better",),
            "last 7 periods all better than the mean",
        ),
        (
            [50, 90, 89, None, 90, 89, 90, 89, 90],
            "down",
            ("shift_worse",),
            "last 7 periods all worse than the mean",
        ),
        ([50, 90, 89, 90, 89, 90, 89], "up", (), "no trend"),
        ([5, 5, 5, 5, 5, 5, 5, 5], "up", (), "no trend"),
        (
            [50, 90, 91, 90, 91, 92, 91, 90, 89],
            "up",
            ("worsening", "shift_better"),
            "worse 3 periods running, last 7 periods all better than the mean",
        ),
    ],
)
def test_trends_by_hand(values, direction, signals, words):
    said = trend(values, direction)
    assert (said.signals, said.words) == (signals, words)


@given(st.lists(st.none() | st.integers(0, 100), max_size=12))
def test_direction_only_mirrors_a_trend(values):
    mirror = {
        "worsening": "improving",
        "improving": "worsening",
        "shift_worse": "shift_better",
        "shift_better": "shift_worse",
    }
    up, down = trend(values, "up"), trend(values, "down")
    assert tuple(mirror[s] for s in up.signals) == down.signals
    assert up.words
    with pytest.raises(KpiMathError, match="'up' or 'down'"):
        trend(values, "sideways")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (D("81.3"), D("78.1"), "up 3.2 points on Q2"),
        (D("78.1"), D("81.3"), "down 3.2 points on Q2"),
        (D("78.12"), D("78.1"), "up less than 0.1 points on Q2"),
        (0, 0, "unchanged on Q2"),
        (0, 5, "down 5.0 points on Q2"),
        (None, 5, "no value in this period"),
        (5, None, "no value in Q2 to compare with"),
    ],
)
def test_changes_in_words(now, before, words):
    assert change_words(now, before, against="Q2") == words


def test_change_uses_full_values_and_the_given_unit():
    # Rounded first, 31.5 and 28.4 would be 32 - 28 = 4.
    assert change_words(D("31.5"), D("28.4"), against="May", unit="days", places=0) == ("up 3 days on May")
