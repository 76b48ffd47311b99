"""Pairwise judgements: by hand, against a published case, and by their properties."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategy.sums.errors import SumError
from strategy.sums.pairwise import ACCEPTABLE, SAATY_1980, cycles, in_words, priorities

ROOT = Path(__file__).resolve().parents[3]
D = Decimal
NEAR = D("1e-24")  # The tests add decimals up in the ambient context of 28 digits.


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "scoring"
    if not (folder / "published_matrices.json").is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    cases = json.loads((folder / "published_matrices.json").read_text())
    return next(case for case in cases if case["id"] == "saaty_style_ahp")


def judged_by(case: dict[str, Any]) -> dict[tuple[str, str], D]:
    matrix = case["pairwise_criteria"]
    return {
        (one, other): D(str(matrix[i][j]))
        for (i, one), (j, other) in product(enumerate(case["criteria"]), repeat=2)
        if i != j
    }


def refused(codes, judgements, **more) -> SumError:
    with pytest.raises(SumError) as caught:
        priorities(codes, judgements, **more)
    assert caught.value.field == "pairwise"
    return caught.value


# --- by hand ------------------------------------------------------------------------------


def test_judgements_that_agree_give_their_weights_back() -> None:
    # Quality is twice supply and four times cost; supply twice cost: 4 : 2 : 1 of 7.
    found = priorities(
        ["quality", "supply", "cost"],
        {("quality", "supply"): 2, ("quality", "cost"): 4, ("supply", "cost"): 2},
    )
    # 400/7 = 57.142857, 200/7 = 28.571428, 100/7 = 14.285714: down to 57.14, 28.57, 14.28 = 99.99;
    # the last hundredth goes to the largest remainder: .2857, .1428, .5714 of a hundredth, so to cost.
    assert found.weights == {"quality": D("57.14"), "supply": D("28.57"), "cost": D("14.29")}
    assert found.lambda_max == 3
    assert found.consistency_index == 0
    assert found.consistency_ratio == 0
    assert found.acceptable


def test_three_that_do_not_quite_agree() -> None:
    # For three, lambda_max = 1 + x + 1/x with x the cube root of a13 / (a12 * a23), and the eigenvector is that of
    # the geometric means of the rows. With a12 = 2, a13 = 8, a23 = 1/2: a13 / (a12 * a23) = 8, x = 2,
    # lambda_max = 1 + 2 + 1/2 = 3.5, CI = 0.5 / 2 = 0.25, CR = 0.25 / 0.58 = 0.431034...
    # Rows: (1 * 2 * 8) = 16, (1/2 * 1 * 1/2) = 1/4, (1/8 * 2 * 1) = 1/4; cube roots 16^(1/3) : 4^(-1/3) = 4 : 1 : 1.
    found = priorities(["a", "b", "c"], {("a", "b"): 2, ("a", "c"): 8, ("b", "c"): D("0.5")})
    assert found.lambda_max == D("3.5")
    assert found.consistency_index == D("0.25")
    assert abs(found.consistency_ratio - D(25) / D(58)) < NEAR
    assert not found.acceptable
    # 4/6 = 66.666..., 1/6 = 16.666... twice: 66.66, 16.66, 16.66 = 99.98; equal remainders, the first two get one.
    assert found.weights == {"a": D("66.67"), "b": D("16.67"), "c": D("16.66")}


def test_four_by_hand() -> None:
    # a = b twice as important as c = d, but a over d is judged 4 instead of 2. By symmetry the eigenvector is
    # (p, q, r, s) with p = a's, q = b's ...; checked by multiplying it out: every row of A v is lambda v.
    judged = {
        ("a", "b"): 1, ("a", "c"): 2, ("a", "d"): 4, ("b", "c"): 2, ("b", "d"): 2, ("c", "d"): 1,
    }  # fmt: skip
    found = priorities("abcd", judged)
    whole = judged | {(two, one): Fraction(1, value) for (one, two), value in judged.items()}
    whole |= {(code, code): 1 for code in "abcd"}
    for one in "abcd":
        row = sum(Fraction(whole[one, other]) * Fraction(found.shares[other]) for other in "abcd")
        assert abs(row - Fraction(found.lambda_max) * Fraction(found.shares[one])) < Fraction(1, 10**28)
    assert abs(found.consistency_ratio - (found.lambda_max - 4) / 3 / D("0.90")) < NEAR
    assert 0 < found.consistency_ratio < ACCEPTABLE


@pytest.mark.parametrize(
    ("codes", "judged", "weights"),
    [
        (["a"], {}, {"a": 100}),
        (["a", "b"], {("a", "b"): 9}, {"a": 90, "b": 10}),
        (["a", "b"], {("b", "a"): 3}, {"a": 25, "b": 75}),
        (["a", "b"], {("a", "b"): 1}, {"a": 50, "b": 50}),
    ],
)
def test_one_and_two_cannot_disagree(codes, judged, weights) -> None:
    found = priorities(codes, judged)
    assert found.weights == weights
    assert (found.consistency_index, found.consistency_ratio) == (0, 0)


def test_the_table_is_saatys() -> None:
    assert [f"{value:.2f}" for value in SAATY_1980] == [
        "0.00", "0.00", "0.58", "0.90", "1.12", "1.24", "1.32", "1.41", "1.45", "1.49", "1.51", "1.48", "1.56",
        "1.57", "1.59",
    ]  # fmt: skip


def test_the_published_case(published) -> None:
    found = priorities(published["criteria"], judged_by(published))
    tolerance = D(str(published["tolerance"]))
    # a13 / (a12 * a23) = 3 / (3 * 2) = 1/2; x = 0.793700526, 1/x = 1.259921050: CI = (1 + x + 1/x - 3) / 2 = 0.026810788
    assert abs(found.consistency_index - D("0.026810788")) < D("1e-9")
    assert abs(found.consistency_index - D(str(published["published_consistency_index"]))) < tolerance
    # Published with 0.52 as the random index of three; the ratio here stands on the 0.58 of 1980.
    newer = (*SAATY_1980[:2], D("0.52"))
    ratio = priorities(published["criteria"], judged_by(published), random_indices=newer).consistency_ratio
    assert abs(ratio - D(str(published["published_consistency_ratio"]))) < tolerance
    assert abs(found.consistency_ratio - D("0.026810788") / D("0.58")) < D("1e-8")
    for code, share in zip(published["criteria"], published["derived_weights_geometric_mean"], strict=True):
        assert abs(found.shares[code] - D(str(share))) < D("0.00006")


def test_where_the_published_digits_come_from(published) -> None:
    # The library takes the means of the normalised columns for the eigenvector, and keeps 0.52 in half precision.
    matrix = [[Fraction(cell).limit_denominator(9) for cell in row] for row in published["pairwise_criteria"]]
    columns = [sum(row[j] for row in matrix) for j in range(3)]
    means = [sum(row[j] / columns[j] for j in range(3)) / 3 for row in matrix]
    rough = sum(sum(row[j] * means[j] for j in range(3)) / means[i] for i, row in enumerate(matrix)) / 3
    index = (rough - 3) / 2
    assert abs(float(index) - published["published_consistency_index"]) < 1e-12
    assert abs(float(index) / 0.52001953125 - published["published_consistency_ratio"]) < 1e-12


# --- what is refused ----------------------------------------------------------------------


def test_missing_pairs_are_named() -> None:
    error = refused(["q", "s", "c"], {("q", "s"): 3}, names={"q": "Quality", "s": "Supply", "c": "Cost"})
    assert str(error) == "Not every pair is compared yet; compare Quality with Cost and Supply with Cost."
    assert error.row is None
    assert "and 96 more" in str(refused([f"c{n}" for n in range(15)], {}))


@pytest.mark.parametrize(
    ("codes", "judged", "row", "words"),
    [
        ([], {}, None, "nothing to compare"),
        (["a", "a"], {}, None, "there twice"),
        ([str(n) for n in range(16)], {}, None, "At most 15"),
        (["a", "b"], {}, None, "a with b"),
        (["a", "b"], {("a", "b"): 2, ("a", "a"): 1}, 1, "itself"),
        (["a", "b"], {("a", "x"): 2}, 0, "'x' is not among"),
        (["a", "b"], {("a", "b"): 10}, 0, "between 1/9 and 9"),
        (["a", "b"], {("a", "b"): D("0.1")}, 0, "between 1/9 and 9"),
        (["a", "b"], {("a", "b"): 0}, 0, "between 1/9 and 9"),
        (["a", "b"], {("a", "b"): -3}, 0, "between 1/9 and 9"),
        (["a", "b"], {("a", "b"): 0.5}, 0, "must be a number, not float"),
        (["a", "b"], {("a", "b"): D("NaN")}, 0, "must be a number, not NaN"),
        (["a", "b"], {("a", "b"): 2, ("b", "a"): 2}, 1, "disagrees"),
    ],
)
def test_bad_judgements(codes, judged, row, words) -> None:
    error = refused(codes, judged)
    assert words in str(error)
    assert error.row == row


def test_both_ways_are_fine_where_they_agree() -> None:
    twice = {("a", "b"): 3, ("b", "a"): D("0.33")}
    assert priorities(["a", "b"], twice) == priorities(["a", "b"], {("a", "b"): 3})


@pytest.mark.parametrize("places", [2, 3, 4, 6, 12])
@pytest.mark.parametrize("times", range(2, 10))
def test_a_rounded_reciprocal_is_the_reciprocal(times, places) -> None:
    written = D(f"{1 / times:.{places}f}")
    assert priorities(["a", "b"], {("a", "b"): written}).shares == priorities(["a", "b"], {("b", "a"): times}).shares


def test_a_column_of_six_decimals_changes_no_judgement() -> None:
    assert priorities(["a", "b"], {("a", "b"): D("0.330000")}).weights == {"a": 25, "b": 75}


def test_a_value_between_the_steps_stays_what_it_is() -> None:
    # 0.3 : 1 is 3 : 13.
    assert priorities(["a", "b"], {("a", "b"): D("0.30")}).weights == {"a": D("23.08"), "b": D("76.92")}


def test_a_circle_is_refused_by_name() -> None:
    judged = {("cost", "speed"): 3, ("speed", "quality"): 2, ("quality", "cost"): 5, ("fit", "cost"): 1}
    judged |= {("fit", "speed"): 1, ("fit", "quality"): 1}
    error = refused(["quality", "cost", "fit", "speed"], judged, names={"quality": "Quality"})
    assert str(error) == (
        "These preferences run in a circle: cost over speed, speed over Quality, Quality over cost. "
        "Turn one of them round."
    )


def test_a_longer_circle_around_ties() -> None:
    judged = {("a", "b"): 2, ("b", "c"): 2, ("c", "d"): 2, ("d", "a"): 2, ("a", "c"): 1, ("b", "d"): 1}
    assert cycles("dcba", judged) == [("a", "b", "c", "d")]


def test_of_a_knot_the_shortest_circle_is_told() -> None:
    # a over b over c over d over a runs in a circle too, but b, c and d do so among themselves.
    judged = {("a", "b"): 2, ("b", "c"): 2, ("c", "d"): 2, ("d", "a"): 2, ("d", "b"): 2, ("a", "c"): 1}
    assert cycles("abcd", judged) == [("b", "c", "d")]


def test_two_circles_apart_are_both_told_while_judging() -> None:
    judged = {("a", "b"): 2, ("b", "c"): 2, ("c", "a"): 2, ("x", "y"): 2, ("y", "z"): 2, ("z", "x"): 2}
    assert cycles("abcxyz", judged) == [("a", "b", "c"), ("x", "y", "z")]
    assert in_words(("a", "b", "c")) == "a over b, b over c, c over a"


def test_equal_is_no_preference() -> None:
    assert cycles("abc", {("a", "b"): 2, ("b", "c"): 2, ("c", "a"): 1}) == []


# --- properties ---------------------------------------------------------------------------

FACTORS = [Fraction(n) for n in range(1, 10)] + [Fraction(1, n) for n in range(2, 10)]


@st.composite
def orderly(draw) -> dict[tuple[str, str], Fraction]:
    """Judgements of two to seven codes without a circle: the earlier is never less important."""
    codes = "abcdefg"[: draw(st.integers(2, 7))]
    return {pair: draw(st.sampled_from(FACTORS[:9])) for pair in combinations(codes, 2)}


def codes_of(judged) -> list[str]:
    return sorted({code for pair in judged for code in pair})


@given(orderly())
def test_weights_are_whole_and_the_eigenvector_is_one(judged) -> None:
    codes = codes_of(judged)
    found = priorities(codes, judged)
    assert sum(found.weights.values()) == 100
    assert min(found.weights.values()) > 0
    assert found.consistency_index >= 0
    assert found.lambda_max >= len(codes)
    whole = judged | {(two, one): 1 / value for (one, two), value in judged.items()}
    for one in codes:
        row = sum((whole.get((one, other), 1) * Fraction(found.shares[other]) for other in codes), Fraction(0))
        assert abs(row - Fraction(found.lambda_max) * Fraction(found.shares[one])) < Fraction(1, 10**27)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_perfect_agreement_recovers_the_weights(parts) -> None:
    codes = [f"c{index}" for index in range(len(parts))]
    part = dict(zip(codes, parts, strict=True))
    found = priorities(codes, {(one, other): Fraction(part[one], part[other]) for one, other in combinations(codes, 2)})
    assert found.consistency_ratio == 0
    assert found.lambda_max == len(codes)
    for code in codes:
        assert abs(Fraction(found.shares[code]) - Fraction(part[code], sum(parts))) < Fraction(1, 10**29)
        assert abs(Fraction(found.weights[code]) - Fraction(100 * part[code], sum(parts))) < Fraction(1, 100)


@given(orderly(), st.randoms(use_true_random=False))
def test_neither_order_nor_direction_of_asking_matters(judged, chance) -> None:
    codes = codes_of(judged)
    mixed = list(judged.items())
    chance.shuffle(mixed)
    turned = dict(((b, a), 1 / v) if chance.random() < 0.5 else ((a, b), v) for (a, b), v in mixed)
    shuffled = chance.sample(codes, len(codes))
    assert priorities(shuffled, turned) == priorities(codes, judged)


@given(orderly(), st.randoms(use_true_random=False))
def test_new_names_change_nothing_but_names(judged, chance) -> None:
    codes = codes_of(judged)
    called = dict(zip(codes, chance.sample(codes, len(codes)), strict=True))
    one, two = priorities(codes, judged), priorities(codes, {(called[a], called[b]): v for (a, b), v in judged.items()})
    assert {called[code]: share for code, share in one.shares.items()} == two.shares
    assert one.consistency_ratio == two.consistency_ratio


@given(st.lists(st.sampled_from(FACTORS), min_size=10, max_size=10))
def test_circles_are_found_exactly_where_there_is_no_order(values) -> None:
    judged = dict(zip(combinations("abcde", 2), values, strict=True))
    strictly = {(a, b) if v > 1 else (b, a) for (a, b), v in judged.items() if v != 1}
    in_order = any(all(way.index(a) < way.index(b) for a, b in strictly) for way in permutations("abcde"))
    found = cycles("abcde", judged)
    assert bool(found) is not in_order
    for way in found:
        assert set(zip(way, [*way[1:], way[0]], strict=True)) <= strictly
    if found:
        refused("abcde", judged)
    else:
        assert sum(priorities("abcde", judged).weights.values()) == 100


@given(orderly())
def test_raising_one_judgement_raises_its_share(judged) -> None:
    pair, value = next(iter(judged.items()))
    assume(value < 9)
    before, after = priorities(codes_of(judged), judged), priorities(codes_of(judged), judged | {pair: value + 1})
    assert after.shares[pair[0]] / after.shares[pair[1]] > before.shares[pair[0]] / before.shares[pair[1]]
