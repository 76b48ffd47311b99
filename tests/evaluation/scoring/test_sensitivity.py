"""The weight at which the winner changes, the tornado and the cheapest bid: by hand, and by recomputing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluation.scoring.matrix import reweigh
from evaluation.scoring.rules import NOT_ROUNDED
from evaluation.scoring.sensitivity import (
    cheapest,
    first,
    in_order,
    scenarios,
    share,
    standing_at,
    tornado,
    turning_points,
)
from evaluation.scoring.totals import Terms
from evaluation.scoring.words import cheapest_sentence, rounding_sentence, turning_sentence
from strategy.sums.errors import SumError
from tests.evaluation.scoring.cases import D, plain, sheets

NAMES = {"h": "Harrow Biologics", "n": "Nordvik", "c": "Castellan Pharma", "q": "Quality", "p": "Price", "s": "Speed"}
NEAR = Fraction(1, 10**12)


def sentences(weights, consensus, **more) -> list[str]:
    found = plain(weights, consensus, names=NAMES, **more)
    return [turning_sentence(turning, found) for turning in turning_points(found)]


def by_recomputing(case, criterion, percent) -> dict[str, Fraction]:
    """Return the totals with a criterion at ``percent`` of the most points, from cells and weights alone."""
    found = case.matrix()
    possible = {one.code: Fraction(one.weight) * Fraction(one.scale.most) for one in case.criteria}
    others = sum(possible.values()) - possible[criterion]
    whole = found.sheet.full / Fraction(10 ** (found.sheet.weight_places + found.sheet.most_places))
    shares = {code: (100 - percent) * one / others for code, one in possible.items()} | {criterion: percent}
    most = {one.code: Fraction(one.scale.most) for one in case.criteria}
    return {
        place.bidder: sum(
            whole * shares[code] / 100 * cell.outcome.value / most[code]
            for code, cell in found.lines[place.bidder].cells.items()
        )
        for place in found.standing
    }


def leading(totals) -> tuple[str, ...]:
    return tuple(sorted(code for code, total in totals.items() if total == max(totals.values())))


# --- where the winner changes -------------------------------------------------------------


def test_a_turning_point_by_hand() -> None:
    # Harrow leads Nordvik by 2 on quality and trails by 1 on all the rest: level at 2x = 1 - x, a third.
    found = plain({"q": 60, "p": 40}, {"h": [4, 3], "n": [2, 4]}, names=NAMES)
    quality, price = turning_points(found)
    assert (quality.weight, quality.leaders, quality.above) == (60, ("h",), None)
    assert (quality.below.weight, quality.below.leaders) == (Fraction(100, 3), ("n",))
    assert (price.below, price.above.weight, price.above.leaders) == (None, Fraction(200, 3), ("n",))
    assert (
        turning_sentence(quality, found)
        == "Harrow Biologics stays first until Quality falls below 33.33 %; then Nordvik leads."
    )
    assert (
        turning_sentence(price, found)
        == "Harrow Biologics stays first until Price rises above 66.67 %; then Nordvik leads."
    )


def test_the_example_of_the_design() -> None:
    # 3.9 x = 1.1 (1 - x): x = 22 %.
    said = sentences({"q": 50, "p": 50}, {"h": [D("4.9"), 3], "n": [1, D("4.1")]})
    assert said[0] == "Harrow Biologics stays first until Quality falls below 22 %; then Nordvik leads."


def test_who_leads_everywhere_stays_first_whatever_the_weight() -> None:
    assert sentences({"q": 60, "p": 40}, {"h": [4, 4], "n": [2, 4]}) == [
        "Harrow Biologics stays first whatever weight Quality has.",
        "Harrow Biologics stays first whatever weight Price has.",
    ]


def test_both_ways() -> None:
    found = plain({"q": 60, "s": 40}, {"h": [4, 4], "n": [5, 1], "c": [1, 5]}, names=NAMES)
    quality = turning_points(found)[0]
    # 4 = x + 5 (1 - x) at 1/4; 4 = 5 x + (1 - x) at 3/4.
    assert (quality.below.weight, quality.below.leaders) == (25, ("c",))
    assert (quality.above.weight, quality.above.leaders) == (75, ("n",))
    assert turning_sentence(quality, found) == (
        "Harrow Biologics stays first while Quality weighs between 25 % and 75 %; "
        "below that Castellan Pharma leads, above it Nordvik leads."
    )


def test_two_take_over_together() -> None:
    said = sentences({"q": 60, "p": 40}, {"h": [4, 3], "n": [2, 4], "c": [2, 4]})
    assert said[0].endswith("then Castellan Pharma and Nordvik lead.")


def test_leaders_that_tie_part_with_any_change() -> None:
    found = plain({"q": 50, "p": 50}, {"h": [4, 2], "n": [2, 4]}, names=NAMES)
    quality = turning_points(found)[0]
    assert (quality.leaders, quality.below.weight, quality.above.weight) == (("h", "n"), 50, 50)
    assert turning_sentence(quality, found) == (
        "Harrow Biologics and Nordvik lead together; with less weight on Quality Nordvik leads "
        "and with more weight on Quality Harrow Biologics leads."
    )
    twins = sentences({"q": 50, "p": 50}, {"h": [4, 2], "n": [4, 2]})
    assert twins[0] == "Harrow Biologics and Nordvik stay first together whatever weight Quality has."


def test_a_weight_at_either_end_moves_only_inwards() -> None:
    found = plain({"q": 100, "p": 0}, {"h": [4, 3], "n": [2, 4]}, names=NAMES)
    quality, price = turning_points(found)
    assert quality.alone and (quality.below, quality.above) == (None, None)
    assert turning_sentence(quality, found).startswith("Quality has all the weight")
    assert (price.below, price.above.weight) == (None, Fraction(200, 3))


def test_one_bidder_and_none() -> None:
    assert sentences({"q": 1, "p": 1}, {"h": [4, 3]}) == ["Harrow Biologics is alone in the ranking."] * 2
    nobody = plain({"q": 1, "p": 1}, {"h": [4, 3]}, failed={"h": "No licence."})
    assert (turning_points(nobody), tornado(nobody), first(nobody), cheapest(nobody, {"h": 1})) == ((), (), (), None)
    assert tornado(plain({"q": 1, "p": 1}, {"h": [4, 3]})) == ()


def test_a_percentage_never_reads_as_the_present_weight() -> None:
    # 0.0010001 x against 0.001 (1 - x): just below one half, which is where it is now.
    said = sentences(
        {"q": 50, "p": 50}, {"h": [D("4.0010001"), 3], "n": [4, D("3.001")]}, terms=Terms(consensus=NOT_ROUNDED)
    )
    assert said[0] == "Harrow Biologics stays first until Quality falls below 49.9975 %; then Nordvik leads."


def test_the_most_fragile_criterion_comes_first() -> None:
    found = plain({"q": 40, "p": 30, "s": 30}, {"h": [4, 3, 4], "n": [2, 4, 4]})
    ordered = in_order(turning_points(found))
    near = [min((abs(f.weight - one.weight) for f in (one.below, one.above) if f), default=None) for one in ordered]
    reached = [distance for distance in near if distance is not None]
    assert reached == sorted(reached) and len(reached) == 2 and near[-1] is None


@given(sheets())
def test_just_past_a_turning_point_another_leads_and_before_it_nobody_does(case) -> None:
    found = case.matrix()
    for turning in turning_points(found):
        if turning.alone:
            assert turning.weight == 100
            continue
        now = by_recomputing(case, turning.criterion, turning.weight)
        assert turning.leaders == leading(now) == first(found)
        for flip, way, end in ((turning.below, -1, 0), (turning.above, 1, 100)):
            if flip is None:
                # Convex: who leads at the end leads on the whole way.
                if turning.weight != end:
                    assert set(turning.leaders) <= set(leading(by_recomputing(case, turning.criterion, Fraction(end))))
                continue
            assert way * (flip.weight - turning.weight) >= 0
            at = set(leading(by_recomputing(case, turning.criterion, flip.weight)))
            assert at >= set(turning.leaders) | set(flip.leaders)
            assert leading(by_recomputing(case, turning.criterion, flip.weight + way * NEAR)) == flip.leaders
            assert flip.leaders != turning.leaders
            if flip.weight != turning.weight:
                before = by_recomputing(case, turning.criterion, flip.weight - way * NEAR)
                assert leading(before) == turning.leaders


@given(sheets(exact=True), st.fractions(0, 100, max_denominator=1000), st.data())
def test_totals_at_another_weight(case, percent, data) -> None:
    found = case.matrix()
    criterion = data.draw(st.sampled_from(found.sheet.criteria))
    now = share(found, criterion)
    assume(now < 100)
    assert standing_at(found, criterion, percent) == by_recomputing(case, criterion, percent)
    # Nothing rounded: at the present weight they are the totals of the sheet.
    assert standing_at(found, criterion, now) == {place.bidder: place.total for place in found.standing}


def test_weights_off_the_scale_are_refused() -> None:
    found = plain({"q": 100, "p": 0}, {"h": [4, 3]})
    for percent in (-1, 101):
        with pytest.raises(SumError, match="between 0 and 100"):
            standing_at(found, "p", percent)
    with pytest.raises(SumError, match="nothing to scale"):
        standing_at(found, "q", 50)
    with pytest.raises(SumError, match="not a criterion"):
        share(found, "x")
    for percent in (0, 101):
        with pytest.raises(SumError, match="above 0"):
            tornado(found, percent)


# --- tornado ------------------------------------------------------------------------------


def test_a_tornado_by_hand() -> None:
    found = plain({"q": 30, "p": 70}, {"h": [5, 3], "n": [1, 4]}, names=NAMES)
    bars = {bar.criterion: bar for bar in tornado(found, 20)}
    # Quality 24 and 36 against 70: 24/94 and 36/106. Harrow is 4 ahead on quality and 1 behind on price.
    low, high = bars["q"].low, bars["q"].high
    assert (low.weight, high.weight) == (Fraction(2400, 94), Fraction(3600, 106))
    assert (low.lead, high.lead) == (Fraction(96 - 70, 94), Fraction(144 - 70, 106))
    assert (low.total, low.runner_up, low.leaders) == (Fraction(24 * 5 + 70 * 3, 94), "n", ("h",))
    half = {bar.criterion: bar for bar in tornado(found, 50)}["q"]
    # 15 * 4 - 70 is below 0: Nordvik leads there.
    assert (half.low.lead, half.low.leaders) == (Fraction(-10, 85), ("n",))


@given(sheets(), st.integers(1, 100))
def test_each_end_of_a_bar_is_a_recomputation(case, percent) -> None:
    found = case.matrix()
    bars = tornado(found, percent)
    assert len(bars) == (len(case.criteria) if len(found.standing) > 1 else 0)
    assert [bar.width for bar in bars] == sorted((bar.width for bar in bars), reverse=True)
    weights = {one.code: one.weight for one in case.criteria}
    unrounded = case.matrix(terms=replace(case.terms, points=NOT_ROUNDED, total=NOT_ROUNDED))
    for bar in bars:
        for end, factor in ((bar.low, 100 - percent), (bar.high, 100 + percent)):
            changed = {code: weight * (factor if code == bar.criterion else 100) for code, weight in weights.items()}
            if not any(changed.values()):
                assert end.weight == 100
                continue
            totals = {place.bidder: place.total for place in reweigh(unrounded, changed)}
            others = {code: total for code, total in totals.items() if code != bar.leader}
            assert end.total == totals[bar.leader]
            assert end.lead == totals[bar.leader] - max(others.values()) and others[end.runner_up] == max(
                others.values()
            )
            assert end.leaders == leading(totals)
            assert (end.lead < 0) == (bar.leader not in end.leaders)


# --- scenarios, the cheapest, rounding ----------------------------------------------------


def test_scenarios_are_rankings_under_other_weights() -> None:
    found = plain({"q": 60, "p": 40}, {"h": [4, 3], "n": [2, 4]})
    told = scenarios(found, {"As stated": {"q": 60, "p": 40}, "Price first": {"q": 1, "p": 3}})
    assert told["As stated"] == found.standing
    assert [(place.bidder, place.total, place.rank) for place in told["Price first"]] == [
        ("n", Fraction("3.5"), 1), ("h", Fraction("3.25"), 2),
    ]  # fmt: skip


def test_what_the_cheapest_would_cost() -> None:
    found = plain({"q": 60, "p": 40}, {"h": [4, 3], "n": [2, 4], "c": [1, 1]}, names=NAMES, failed={"c": "No licence."})
    told = cheapest(found, {"h": 1_250_000, "n": 1_000_000, "c": 5})
    assert (told.bidder, told.leader, told.points, told.saving) == ("n", "h", Fraction("0.8"), 250_000)
    assert cheapest_sentence(told, found, "EUR") == (
        "Nordvik is cheaper than Harrow Biologics by EUR 250,000 and would cost 0.8 points."
    )
    told = cheapest(found, {"h": 1, "n": None})
    assert cheapest_sentence(told, found) == (
        "Harrow Biologics, which is first, is also the cheapest. There is no amount of Nordvik."
    )
    assert cheapest(found, {"n": 1}) is None
    with pytest.raises(SumError) as caught:
        cheapest(found, {"h": 1, "n": 0})
    assert (caught.value.field, caught.value.row) == ("amounts", 1)


def test_the_same_price_or_the_same_points() -> None:
    found = plain({"q": 1}, {"h": [4], "n": [3], "c": [3]}, names=NAMES)
    assert cheapest(found, {"h": 7, "n": 7, "c": 9}).bidder == "h"
    assert cheapest(found, {"h": 9, "n": 7, "c": 7}).bidder == "c"
    found = plain({"q": 1}, {"h": [4], "n": [4]}, names=NAMES)
    told = cheapest(found, {"h": 9, "n": 7})
    # Of two that are first the cheaper is the leader.
    assert (told.bidder, told.leader, told.points, told.saving) == ("n", "n", 0, 0)


def test_rounding_that_decides_is_said() -> None:
    scores = {"h": [D("4.001")], "n": [4]}
    found = plain({"q": 1}, scores, Terms(consensus=NOT_ROUNDED), names=NAMES)
    assert first(found) == ("h",)
    assert rounding_sentence(found) == (
        "Harrow Biologics and Nordvik share the first rank as the totals are rounded; "
        "before rounding Harrow Biologics leads."
    )
    assert rounding_sentence(plain({"q": 1}, {"h": [4], "n": [3]})) == ""
