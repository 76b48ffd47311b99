"""One score of one criterion: by hand, at the edges, and by the properties that every rule has."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scoring.rules import (
    BY_AMOUNT,
    NOT_ROUNDED,
    Rounding,
    Rule,
    Scale,
    Why,
    automatic,
    consensus,
    price_points,
    spread,
)
from strategy.sums.errors import SumError

D = Decimal
FIVE = Scale(0, 5)
marks = st.dictionaries(
    st.sampled_from([f"J{number}" for number in range(1, 10)]), st.decimals(0, 5, places=2), min_size=1
)
prices = st.dictionaries(st.sampled_from("ABCDEFG"), st.decimals("0.01", 10**9, places=2), min_size=1)


# --- rounding and scales ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "found"),
    [
        ("2.345", 2, "2.35"),
        ("2.335", 2, "2.34"),
        ("2.3449", 2, "2.34"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
    ],
)
def test_half_goes_up(value, places, found) -> None:
    assert Rounding(places).of(Fraction(value)) == Fraction(found)
    assert NOT_ROUNDED.of(Fraction(value)) == Fraction(value)


@pytest.mark.parametrize(("places", "mode"), [(13, "half_up"), (-1, "half_up"), (True, "half_up"), (2, "half_even")])
def test_roundings_that_there_are_not(places, mode) -> None:
    with pytest.raises(SumError) as caught:
        Rounding(places, mode)
    assert caught.value.field == "rounding"


@pytest.mark.parametrize(("least", "most"), [(5, 5), (6, 5), (-1, 5), (0, 0.5), (D("NaN"), 5), (False, 5)])
def test_scales_that_there_are_not(least, most) -> None:
    with pytest.raises(SumError) as caught:
        Scale(least, most)
    assert caught.value.field == "scale"


# --- evaluators ---------------------------------------------------------------------------


def test_a_mean_by_hand() -> None:
    # 3 + 4 + 4 = 11; a third of it is 3.666...
    found = consensus(Rule.MEAN, {"tom": 3, "quinn": 4, "farid": 4}, ["tom", "quinn", "farid"], FIVE)
    assert (found.value, found.unrounded, found.why, found.scored) == (Fraction("3.67"), Fraction(11, 3), Why.SCORED, 3)


def test_the_highest_and_the_lowest_go_once_each() -> None:
    # 1, 2, 2, 5, 5 without a 1 and one 5: 9 / 3.
    scores = {"e": 5, "d": 5, "c": 2, "b": 2, "a": 1}
    found = consensus(Rule.TRIMMED_MEAN, scores, scores, FIVE)
    assert (found.value, found.dropped) == (3, ("a", "e"))


def test_scores_all_alike_drop_two_different_people() -> None:
    scores = {"b": 4, "a": 4, "c": 4}
    found = consensus(Rule.TRIMMED_MEAN, scores, scores, FIVE)
    assert (found.value, found.dropped) == (4, ("a", "c"))


@pytest.mark.parametrize("scores", [{"tom": 3}, {"tom": 3, "quinn": 5}])
def test_fewer_than_three_cannot_be_trimmed(scores) -> None:
    found = consensus(Rule.TRIMMED_MEAN, scores, scores, FIVE)
    assert (found.value, found.why, found.scored) == (None, Why.TOO_FEW, len(scores))
    assert found.reason("Quality") == (
        f"Quality needs three scores for a mean without the highest and the lowest, and has {len(scores)}"
    )


@pytest.mark.parametrize("rule", [Rule.MEAN, Rule.TRIMMED_MEAN])
def test_what_is_missing_is_named_and_not_0(rule) -> None:
    found = consensus(rule, {"a": 5, "b": 5, "c": 5}, ["e", "a", "b", "c", "d"], FIVE)
    assert (found.value, found.unrounded, found.why, found.missing) == (None, None, Why.SCORES_MISSING, ("d", "e"))
    assert found.reason("Quality", {"d": "Tom"}) == "Quality is not scored yet by Tom and e"


def test_nobody_to_score_is_said() -> None:
    found = consensus(Rule.MEAN, {}, [], FIVE)
    assert (found.value, found.reason("Quality")) == (None, "Quality has nobody to score it")


def test_a_consensus_is_what_was_recorded() -> None:
    scores = {"tom": 1, "quinn": 2}
    found = consensus(Rule.CONSENSUS, scores, ["tom", "quinn", "farid"], FIVE)
    assert (found.value, found.why, found.missing) == (None, Why.NOT_RECORDED, ("farid",))
    assert found.reason("Quality") == "Quality has no consensus recorded yet"
    found = consensus(Rule.CONSENSUS, scores, ["tom", "quinn", "farid"], FIVE, recorded=D("4.005"))
    assert (found.value, found.unrounded, found.missing) == (Fraction("4.01"), Fraction("4.005"), ("farid",))
    assert found.reason("Quality") == ""


def test_a_recorded_consensus_may_be_0() -> None:
    assert consensus(Rule.CONSENSUS, {}, ["tom"], FIVE, recorded=0).value == 0


@pytest.mark.parametrize(
    ("rule", "scores", "more", "field", "row", "words"),
    [
        (Rule.MEAN, {"tom": 1, "bob": 1}, {}, "scores", 1, "bob does not score"),
        (Rule.MEAN, {"tom": D("5.01")}, {}, "scores", 0, "lies between 0 and 5, not at 5.01"),
        (Rule.MEAN, {"tom": D("-0.01")}, {}, "scores", 0, "lies between 0 and 5"),
        (Rule.MEAN, {"tom": 1.0}, {}, "scores", 0, "not float"),
        (Rule.MEAN, {"tom": True}, {}, "scores", 0, "not bool"),
        (Rule.MEAN, {"tom": 1}, {"recorded": 3}, "recorded", None, "is calculated"),
        (Rule.CONSENSUS, {}, {"recorded": 6}, "recorded", None, "lies between"),
        (Rule.AUTO, {}, {}, "rule", None, "takes no evaluators"),
        (Rule.LINEAR, {}, {}, "rule", None, "takes no evaluators"),
    ],
)
def test_scores_that_are_refused(rule, scores, more, field, row, words) -> None:
    with pytest.raises(SumError, match=words) as caught:
        consensus(rule, scores, ["tom", "quinn"], FIVE, **more)
    assert (caught.value.field, caught.value.row) == (field, row)


def test_an_answer_is_scored_or_has_no_score() -> None:
    assert automatic(D("3.5"), FIVE).value == Fraction("3.5")
    assert automatic(0, FIVE).value == 0
    found = automatic(None, FIVE)
    assert (found.value, found.reason("Lead time")) == (None, "Lead time has no answer to score")
    with pytest.raises(SumError, match="lies between") as caught:
        automatic(6, FIVE)
    assert caught.value.field == "given"


@given(marks, st.sampled_from([Rule.MEAN, Rule.TRIMMED_MEAN]), st.randoms())
def test_the_order_of_evaluators_changes_nothing(scores, rule, chance) -> None:
    shuffled = list(scores.items())
    chance.shuffle(shuffled)
    assert consensus(rule, scores, list(scores), FIVE) == consensus(rule, dict(shuffled), sorted(scores), FIVE)


@given(marks, st.sampled_from([Rule.MEAN, Rule.TRIMMED_MEAN]), st.data())
def test_a_better_score_is_never_worse(scores, rule, data) -> None:
    who = data.draw(st.sampled_from(sorted(scores)))
    better = scores | {who: data.draw(st.decimals(scores[who], 5, places=2))}
    before, after = (consensus(rule, one, list(scores), FIVE).value for one in (scores, better))
    if rule is Rule.TRIMMED_MEAN and len(scores) < 3:
        assert before is None and after is None
    else:
        assert min(scores.values()) <= before <= after <= max(better.values())


@given(marks)
def test_a_trimmed_mean_is_the_mean_of_the_middle(scores) -> None:
    found = consensus(Rule.TRIMMED_MEAN, scores, scores, FIVE, NOT_ROUNDED)
    middle = sorted(map(Fraction, scores.values()))[1:-1]
    assert found.value == (sum(middle) / len(middle) if middle else None)
    if middle:
        assert set(found.dropped) <= set(scores) and len(set(found.dropped)) == 2
        kept = [Fraction(mark) for who, mark in scores.items() if who not in found.dropped]
        assert sorted(kept) == middle


# --- prices -------------------------------------------------------------------------------


def points(rule, amounts, scale=FIVE, **more) -> dict[str, Fraction | None]:
    return {bidder: one.value for bidder, one in price_points(rule, amounts, scale, NOT_ROUNDED, **more).items()}


def test_price_formulas_by_hand() -> None:
    amounts = {"A": 100, "B": 125, "C": 180, "D": 200, "E": 250}
    ten = Scale(0, 10)
    # 10 * 100 / P
    assert points(Rule.LOWEST_FULL, amounts, ten) == {"A": 10, "B": 8, "C": Fraction(50, 9), "D": 5, "E": 4}
    # 0, 25, 80, 100 and 150 percent above the lowest
    assert points(Rule.PROPORTIONAL, amounts, ten) == {"A": 10, "B": Fraction("7.5"), "C": 2, "D": 0, "E": 0}
    # 0, 25, 80, 100, 150 of the 150 between the lowest and the highest
    assert points(Rule.LINEAR, amounts, ten) == {
        "A": 10, "B": Fraction(25, 3), "C": Fraction(14, 3), "D": Fraction(10, 3), "E": 0,
    }  # fmt: skip


def test_no_formula_leaves_the_scale() -> None:
    amounts = {"A": 100, "B": 10_000}
    for rule in BY_AMOUNT:
        assert points(rule, amounts, Scale(1, 9)) == {"A": 9, "B": 1}


@pytest.mark.parametrize("rule", sorted(BY_AMOUNT))
def test_one_bidder_or_all_alike_have_full_points(rule) -> None:
    assert points(rule, {"A": 70}) == {"A": 5}
    assert points(rule, {"A": 70, "B": 70}) == {"A": 5, "B": 5}


@pytest.mark.parametrize("rule", sorted(BY_AMOUNT))
def test_no_amount_is_no_points_and_moves_nobody(rule) -> None:
    found = price_points(rule, {"A": 100, "B": None, "C": 140}, FIVE)
    assert (found["B"].value, found["B"].reason("Price")) == (None, "Price has no amount")
    assert {code: found[code].value for code in "AC"} == {
        code: one.value for code, one in price_points(rule, {"A": 100, "C": 140}, FIVE).items()
    }


@pytest.mark.parametrize("rule", sorted(BY_AMOUNT))
def test_only_who_is_in_the_running_sets_the_ends(rule) -> None:
    amounts = {"low": 10, "A": 100, "B": 140, "C": 180, "high": 900}
    running = {"A", "B", "C"}
    among = points(rule, {code: amounts[code] for code in running})
    found = points(rule, amounts, running=running)
    assert {code: found[code] for code in running} == among
    # Beyond the ends counts as the end itself.
    assert found["low"] == 5
    assert found["high"] <= found["C"]
    assert points(rule, {"A": 100, "B": 200}, running=set()) == points(rule, {"A": 100, "B": 200})


@pytest.mark.parametrize("amount", [0, -1, D("Infinity"), 1.5])
def test_amounts_that_are_refused(amount) -> None:
    with pytest.raises(SumError) as caught:
        price_points(Rule.LOWEST_FULL, {"A": 1, "B": amount}, FIVE)
    assert (caught.value.field, caught.value.row) == ("amounts", 1)
    with pytest.raises(SumError, match="not a price formula"):
        price_points(Rule.MEAN, {"A": 1}, FIVE)


@given(prices, st.sampled_from(sorted(BY_AMOUNT)), st.sampled_from([FIVE, Scale(1, 9), Scale(0, 35)]), st.data())
def test_a_lower_price_is_never_worse_nor_lifts_another(amounts, rule, scale, data) -> None:
    who = data.draw(st.sampled_from(sorted(amounts)))
    lower = amounts | {who: data.draw(st.decimals("0.01", amounts[who], places=2))}
    before, after = points(rule, amounts, scale), points(rule, lower, scale)
    assert all(scale.least <= one <= scale.most for one in after.values())
    assert after[min(lower, key=lower.get)] == scale.most
    assert after[who] >= before[who]
    assert all(after[other] <= before[other] for other in amounts if other != who)


@given(prices, st.sampled_from(sorted(BY_AMOUNT)), st.integers(1, 1000))
def test_the_currency_of_prices_does_not_matter(amounts, rule, rate) -> None:
    assert points(rule, amounts) == points(rule, {code: amount * rate for code, amount in amounts.items()})


# --- spread -------------------------------------------------------------------------------


def test_a_spread_names_those_farthest_from_the_median() -> None:
    found = spread({"tom": 5, "quinn": 4, "farid": 4, "alice": 2}, 2)
    assert (found.lowest, found.highest, found.median, found.range) == (2, 5, 4, 3)
    assert (found.flagged, found.outliers) == (True, ("alice",))


def test_equally_far_are_all_named() -> None:
    # The median of 1, 2, 4, 5 is 3: one and five are two away.
    assert spread({"d": 5, "c": 4, "b": 2, "a": 1}, 2).outliers == ("a", "d")


def test_a_spread_is_flagged_from_the_threshold_on() -> None:
    assert spread({"a": 1, "b": 3}, 2).flagged
    below = spread({"a": 1, "b": D("2.99")}, 2)
    assert (below.flagged, below.outliers) == (False, ())
    assert spread({}, 2) is None
    with pytest.raises(SumError, match="above 0") as caught:
        spread({"a": 1}, 0)
    assert caught.value.field == "spread"


@given(marks, st.integers(1, 4))
def test_a_spread_as_the_library_has_it(scores, threshold) -> None:
    found = spread(scores, threshold)
    values = {who: Fraction(mark) for who, mark in scores.items()}
    assert found.median == median(values.values())
    assert found.range == max(values.values()) - min(values.values())
    assert found.flagged == (found.range >= threshold)
    away = {who: abs(value - found.median) for who, value in values.items()}
    farthest = {who for who, far in away.items() if far == max(away.values())}
    assert set(found.outliers) == (farthest if found.flagged else set())
