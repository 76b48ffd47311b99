"""Totals, groups, ranks and reasons: by hand, and what no order and no better score may change for the worse."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluation.scoring.matrix import compute, reweigh
from evaluation.scoring.rules import BY_AMOUNT, NOT_ROUNDED, Rule, Scale
from evaluation.scoring.totals import PANEL, Bidder, Criterion, Method, Terms
from strategy.rules.shapes import GROUPS
from strategy.sums.errors import SumError
from tests.evaluation.scoring.cases import D, plain, sheets

HARROW, NORDVIK = Bidder("h", "Harrow Biologics"), Bidder("n", "Nordvik Fill-Finish")
QUALITY = Criterion("q", "Quality", "technical", 60, evaluators=("tom", "quinn"), least=3)
PRICE = Criterion("p", "Price", "total_cost", 40, Rule.LOWEST_FULL)
SCORES = [("tom", "h", "q", 4), ("quinn", "h", "q", 5), ("tom", "n", "q", 4), ("quinn", "n", "q", 1)]
AMOUNTS = [("h", "p", 125), ("n", "p", 100)]


# --- by hand ------------------------------------------------------------------------------


def test_a_weighted_average_by_hand() -> None:
    found = compute(
        Terms(group_least={"technical": D("2.6"), "risk": 3}), [QUALITY, PRICE], [HARROW, NORDVIK], SCORES, AMOUNTS
    )
    # Harrow: quality (4 + 5) / 2 = 4.5, price 5 * 100 / 125 = 4: 0.6 * 4.5 + 0.4 * 4 = 4.3.
    harrow, nordvik = found.lines["h"], found.lines["n"]
    assert (harrow.total, harrow.rank, harrow.flags, harrow.reasons) == (Fraction("4.3"), 1, (), ())
    assert [cell.points for cell in harrow.cells.values()] == [Fraction("2.7"), Fraction("1.6")]
    # Nordvik: (4 + 1) / 2 = 2.5, full points for the price: 1.5 + 2 = 3.5.
    assert (nordvik.total, nordvik.rank) == (Fraction("3.5"), 2)
    technical, risk = nordvik.groups["technical"], nordvik.groups["risk"]
    assert (technical.weight, technical.points, technical.score) == (60, Fraction("1.5"), Fraction("2.5"))
    assert technical.below and nordvik.cells["q"].below and not nordvik.cells["p"].below
    assert nordvik.flags == (
        "Quality is at 2.5, below the least of 3.",
        "Product and process technical capabilities: 2.5 is below the least of 2.6.",
    )
    # A group without criteria has nothing to fall short with.
    assert (risk.weight, risk.points, risk.score, risk.below) == (0, 0, None, False)
    assert list(nordvik.groups) == list(GROUPS)
    spread = nordvik.cells["q"].spread
    assert (spread.range, spread.flagged, spread.outliers) == (3, True, ("quinn", "tom"))
    assert nordvik.cells["p"].spread is None and not harrow.cells["q"].spread.flagged


def test_exactly_the_least_is_enough() -> None:
    found = compute(Terms(), [replace(QUALITY, least=D("2.5"))], [NORDVIK], SCORES[2:])
    assert (found.lines["n"].cells["q"].below, found.lines["n"].flags) == (False, ())
    found = compute(Terms(), [replace(QUALITY, least=D("2.51"))], [NORDVIK], SCORES[2:])
    assert found.lines["n"].flags == ("Quality is at 2.5, below the least of 2.51.",)


def test_a_sum_of_products_by_hand() -> None:
    # 1.6 * 5.54 = 8.864, 1.6 * 5.25 = 8.4, 0.8 * 5.58 = 4.464: 8.86 + 8.40 + 4.46.
    found = plain(
        {"a": D("1.6"), "b": D("1.6"), "c": D("0.8")},
        {"x": [D("5.54"), D("5.25"), D("5.58")]},
        PANEL,
        scale=Scale(0, 10),
    )
    line = found.lines["x"]
    assert [cell.points for cell in line.cells.values()] == [Fraction("8.86"), Fraction("8.4"), Fraction("4.46")]
    assert (line.total, line.groups["technical"].score) == (Fraction("21.72"), Fraction("21.72"))


def test_who_ties_shares_a_rank() -> None:
    found = plain({"q": 1}, {"d": [2], "c": [4], "a": [5], "b": [4]})
    assert [(place.bidder, place.rank) for place in found.standing] == [("a", 1), ("b", 2), ("c", 2), ("d", 4)]


def test_a_total_that_shows_the_same_ranks_the_same() -> None:
    scores = {"x": [D("4.001")], "y": [4]}
    terms = Terms(consensus=NOT_ROUNDED)
    assert [place.rank for place in plain({"q": 1}, scores, terms).standing] == [1, 1]
    exactly = plain({"q": 1}, scores, replace(terms, total=NOT_ROUNDED)).standing
    assert [(place.bidder, place.rank) for place in exactly] == [("x", 1), ("y", 2)]


def test_a_failed_must_have_leaves_the_ranking_and_stays_in_sight() -> None:
    found = plain({"q": 1}, {"x": [5], "y": [3], "z": [2]}, failed={"x": "No licence for sterile products."})
    assert [(place.bidder, place.rank) for place in found.standing] == [("y", 1), ("z", 2)]
    line = found.lines["x"]
    assert (line.total, line.rank, line.reasons) == (5, None, ("No licence for sterile products.",))
    assert found.unranked == (line,)


def test_a_failed_bid_does_not_set_the_lowest_price() -> None:
    failed = replace(NORDVIK, failed=("No licence.",))
    found = compute(Terms(), [PRICE], [HARROW, failed], [], AMOUNTS)
    assert {code: line.cells["p"].outcome.value for code, line in found.lines.items()} == {"h": 5, "n": 5}
    found = compute(Terms(), [PRICE], [HARROW, NORDVIK], [], AMOUNTS)
    assert found.lines["h"].cells["p"].outcome.value == 4


def test_what_is_missing_leaves_a_bidder_without_a_total_and_says_so() -> None:
    light = replace(QUALITY, code="l", name="Lead time", weight=0)
    found = compute(
        Terms(), [QUALITY, PRICE, light], [HARROW, NORDVIK],
        [*SCORES, ("tom", "n", "l", 3), ("quinn", "n", "l", 3)], [("n", "p", 100)], names={"tom": "Tom", "quinn": "Quinn"},
    )  # fmt: skip
    harrow = found.lines["h"]
    assert (harrow.total, harrow.rank, harrow.missing) == (None, None, ("p", "l"))
    assert harrow.reasons == ("Not complete: Price has no amount; Lead time is not scored yet by Quinn and Tom.",)
    assert (harrow.groups["total_cost"].points, harrow.groups["total_cost"].score) == (None, None)
    assert harrow.groups["technical"].missing == ("l",)
    assert harrow.cells["p"].points is None and harrow.cells["q"].points is not None
    assert [place.bidder for place in found.standing] == ["n"]


def test_many_missing_are_counted() -> None:
    criteria = [replace(QUALITY, code=str(number), name=f"C{number}", rule=Rule.CONSENSUS) for number in range(5)]
    (reason,) = compute(Terms(), criteria, [HARROW], []).lines["h"].reasons
    assert reason.endswith("C2 has no consensus recorded yet; and 2 more.")


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "field", "row", "words"),
    [
        ({"criteria": []}, "criteria", None, "no criteria yet"),
        ({"criteria": [QUALITY, QUALITY]}, "criteria", 1, "Quality is there twice"),
        ({"criteria": [replace(QUALITY, group="speed")]}, "criteria", 0, "in no group"),
        ({"criteria": [replace(QUALITY, evaluators=("tom", "tom"))]}, "criteria", 0, "twice"),
        ({"criteria": [QUALITY, replace(PRICE, weight=-1)]}, "weights", 1, "cannot be negative"),
        ({"criteria": [QUALITY, replace(PRICE, weight=0.5)]}, "weights", 1, "must be a decimal"),
        ({"criteria": [replace(QUALITY, weight=0)]}, "weights", None, "All weights are 0"),
        ({"criteria": [QUALITY, replace(PRICE, scale=Scale(0, 10))]}, "scale", 1, "needs one scale"),
        ({"criteria": [replace(QUALITY, least=6)]}, "least", 0, "lies between 0 and 5"),
        ({"bidders": []}, "bidders", None, "no bidders yet"),
        ({"bidders": [HARROW, HARROW]}, "bidders", 1, "twice"),
        ({"scores": [*SCORES, SCORES[0]]}, "scores", 4, "tom scores h for Quality twice"),
        ({"scores": [*SCORES, ("farid", "h", "q", 3)]}, "scores", 4, "farid does not score Quality"),
        ({"scores": [("tom", "h", "x", 3)]}, "scores", 0, "x is not a criterion"),
        ({"scores": [("tom", "x", "q", 3)]}, "scores", 0, "x is not a bidder"),
        ({"scores": [*SCORES, ("tom", "h", "p", 3)]}, "scores", 4, "not scored by people"),
        ({"scores": [SCORES[0], ("quinn", "h", "q", D("5.5"))]}, "scores", 1, "quinn for Quality lies between 0 and 5"),
        ({"scores": [SCORES[0], ("quinn", "h", "q", 4.0)]}, "scores", 1, "not float"),
        ({"scores": [SCORES[0], ("quinn", "h", "q", True)]}, "scores", 1, "not bool"),
        ({"scores": [SCORES[0], ("quinn", "h", "q", D("NaN"))]}, "scores", 1, "must be a number"),
        ({"scores": [SCORES[0], ("quinn", "h", "q", D("sNaN"))]}, "scores", 1, "must be a number"),
        ({"given": [*AMOUNTS, ("h", "p", 3)]}, "given", 2, "twice"),
        ({"given": [("h", "q", 3)]}, "given", 0, "calculated from the scores"),
        ({"given": [("h", "p", 0)]}, "given", 0, "above 0"),
        ({"given": [("x", "p", 3)]}, "given", 0, "x is not a bidder"),
        ({"given": [("h", "x", 3)]}, "given", 0, "x is not a criterion"),
        (
            {"criteria": [replace(QUALITY, rule=Rule.CONSENSUS)], "given": [("h", "q", 6)]},
            "given", 0, "lies between 0 and 5",
        ),
    ],
)  # fmt: skip
def test_inputs_that_are_refused(changed, field, row, words) -> None:
    inputs = {"criteria": [QUALITY, PRICE], "bidders": [HARROW, NORDVIK], "scores": SCORES, "given": AMOUNTS} | changed
    with pytest.raises(SumError, match=words) as caught:
        compute(Terms(), **inputs)
    assert (caught.value.field, caught.value.row) == (field, row)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"spread": 0}, "spread"),
        ({"group_least": {"speed": 1}}, "group_least"),
        ({"group_least": {"risk": -1}}, "group_least"),
    ],
)
def test_terms_that_are_refused(terms, field) -> None:
    with pytest.raises(SumError) as caught:
        Terms(**terms)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "weights", [{"q": 1}, {"q": 1, "p": 1, "x": 1}, {"q": 0, "p": 0}, {"q": -1, "p": 1}, {"q": 0.5, "p": 1}]
)
def test_other_weights_that_are_refused(weights) -> None:
    found = compute(Terms(), [QUALITY, PRICE], [HARROW, NORDVIK], SCORES, AMOUNTS)
    with pytest.raises(SumError) as caught:
        reweigh(found, weights)
    assert caught.value.field == "weights"


# --- properties ---------------------------------------------------------------------------


@given(sheets(gaps=True), st.randoms())
def test_no_order_changes_anything(case, chance) -> None:
    def shuffled(things):
        return tuple(chance.sample(list(things), len(things)))

    criteria = tuple(replace(one, evaluators=shuffled(one.evaluators)) for one in shuffled(case.criteria))
    before = case.matrix()
    after = case.matrix(
        criteria=criteria, bidders=shuffled(case.bidders), scores=shuffled(case.scores), given=shuffled(case.given)
    )
    assert after.standing == before.standing
    for code, line in before.lines.items():
        found = after.lines[code]
        assert (found.total, found.rank, found.cells) == (line.total, line.rank, line.cells)
        assert set(found.missing) == set(line.missing) and set(found.flags) == set(line.flags)
        for group, score in line.groups.items():
            assert replace(found.groups[group], missing=()) == replace(score, missing=())


@given(sheets(gaps=True))
def test_who_is_ranked_and_why_not(case) -> None:
    found = case.matrix()
    assert list(found.lines) == [bidder.code for bidder in case.bidders]
    for line in found.lines.values():
        absent = tuple(code for code, cell in line.cells.items() if cell.outcome.value is None)
        assert line.missing == absent
        assert (line.total is None) == bool(absent)
        assert (line.rank is None) == bool(absent or line.bidder.failed) == bool(line.reasons)
    totals = {place.bidder: place.total for place in found.standing}
    for place in found.standing:
        assert place.rank == 1 + sum(total > place.total for total in totals.values())
        assert place.rank == found.lines[place.bidder].rank and place.total == found.lines[place.bidder].total
    assert all(one.total >= other.total for one, other in pairwise(found.standing))


@given(sheets())
def test_points_add_up_as_the_method_says(case) -> None:
    found = case.matrix()
    terms, weights = case.terms, {one.code: Fraction(one.weight) for one in case.criteria}
    for line in found.lines.values():
        scale = sum(weights.values()) if terms.method is Method.WEIGHTED_AVERAGE else 1
        for code, cell in line.cells.items():
            assert cell.points == terms.points.of(weights[code] * cell.outcome.value / scale)
        assert line.total == terms.total.of(sum(cell.points for cell in line.cells.values()))
        assert sum(group.points for group in line.groups.values()) == sum(cell.points for cell in line.cells.values())
        for code, group in line.groups.items():
            inside = [one for one in case.criteria if one.group == code]
            weight = sum(Fraction(one.weight) for one in inside)
            if not weight:
                assert group.score is None
            elif terms.method is Method.WEIGHTED_AVERAGE:
                mean = sum(Fraction(one.weight) * line.cells[one.code].outcome.value for one in inside) / weight
                assert group.score == terms.total.of(mean)
            else:
                assert group.score == terms.total.of(sum(line.cells[one.code].points for one in inside))
            assert group.below == (code == "risk" and group.score is not None and group.score < 3)
    assert sum(group.weight for group in line.groups.values()) == 100


@given(sheets(), st.integers(1, 1000), st.sampled_from([1, 10, 1000]))
def test_only_the_proportions_of_weights_matter(case, times, per) -> None:
    found = case.matrix()
    weights = {one.code: D(one.weight) * times / per for one in case.criteria}
    assert reweigh(found, weights) == found.standing


@given(sheets(), st.data())
def test_reweighing_is_a_new_sheet_with_those_weights(case, data) -> None:
    weights = {one.code: data.draw(st.decimals(0, 50, places=2)) for one in case.criteria}
    possible = sum(Fraction(one.weight) * Fraction(one.scale.most) for one in case.criteria)
    new = sum(Fraction(weights[one.code]) * Fraction(one.scale.most) for one in case.criteria)
    assume(new)
    found = reweigh(case.matrix(), weights)
    # Weights that keep the most a bid can have; by hand, as a sheet takes decimals only.
    factor = possible / new if case.terms.method is Method.SUM_OF_PRODUCTS else 1 / sum(map(Fraction, weights.values()))
    before = case.matrix()
    for place in found:
        cells = before.lines[place.bidder].cells
        products = [
            case.terms.points.of(Fraction(weights[code]) * factor * cell.outcome.value) for code, cell in cells.items()
        ]
        assert place.total == case.terms.total.of(sum(products))
    assert {place.bidder for place in found} == {place.bidder for place in before.standing}


@given(sheets(), st.data())
def test_better_is_never_worse(case, data) -> None:
    before = case.matrix()
    assume(before.standing)
    bidder = data.draw(st.sampled_from([place.bidder for place in before.standing]))
    criteria = {one.code: one for one in case.criteria}
    scores, given_ = list(case.scores), list(case.given)
    row = data.draw(st.integers(0, len(scores) + len(given_) - 1))
    if row < len(scores):
        who, _, code, _ = scores[row]
        row = next(i for i, one in enumerate(scores) if one[:3] == (who, bidder, code))
        better = data.draw(st.decimals(scores[row][3], criteria[code].scale.most, places=1))
        scores[row] = (who, bidder, code, better)
    else:
        code = given_[row - len(scores)][1]
        row = next(i for i, one in enumerate(given_) if one[:2] == (bidder, code))
        if criteria[code].rule in BY_AMOUNT:
            better = data.draw(st.decimals(1, given_[row][2], places=0))
        else:
            better = data.draw(st.decimals(given_[row][2], criteria[code].scale.most, places=1))
        given_[row] = (bidder, code, better)
    after = case.matrix(scores=tuple(scores), given=tuple(given_))
    assert after.lines[bidder].total >= before.lines[bidder].total
    assert after.lines[bidder].rank <= before.lines[bidder].rank


@given(sheets(), st.data())
def test_a_twin_shares_the_rank(case, data) -> None:
    one = data.draw(st.sampled_from(case.bidders))
    scores = [*case.scores, *((who, "twin", code, mark) for who, of, code, mark in case.scores if of == one.code)]
    more = [*case.given, *(("twin", code, value) for of, code, value in case.given if of == one.code)]
    found = case.matrix(bidders=(*case.bidders, replace(one, code="twin")), scores=tuple(scores), given=tuple(more))
    assert found.lines["twin"].rank == found.lines[one.code].rank
    assert found.lines["twin"].total == found.lines[one.code].total
    after = [place.rank for place in found.standing if place.rank > (found.lines["twin"].rank or 0)]
    assert not after or found.lines["twin"].rank is None or after[0] >= found.lines["twin"].rank + 2
