"""Risk priority numbers, the threshold and the severity gate."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.snapshot import Risk
from strategy.sums.errors import SumError
from strategy.sums.fmea import Scale, assess, rpn, sort_key

FIVE, TEN = Scale(5), Scale(10)
scores = st.integers(1, 10)
risks = st.builds(Risk, st.just("quality"), scores, scores, scores)


def risk(severity: int, occurrence: int, detection: int) -> Risk:
    return Risk("quality", severity, occurrence, detection)


@pytest.mark.parametrize(
    ("scores", "needs", "why"),
    [
        ((5, 5, 4), False, ()),  # 100, exactly on the threshold
        ((6, 17 // 2, 3), True, ("threshold",)),  # 6 * 8 * 3 = 144
        ((9, 1, 1), True, ("severity_gate",)),  # 9, far below, but it would be grave
        ((10, 4, 3), True, ("threshold", "severity_gate")),  # 120
        ((8, 4, 3), False, ()),  # 96
    ],
)
def test_what_needs_action(scores, needs, why) -> None:
    found = assess(risk(*scores), TEN, 100, TEN.usual_gate)
    assert (found.needs_action, found.why) == (needs, why)


def test_what_it_says() -> None:
    assert assess(risk(10, 4, 3), TEN, 100, 9).sentence == (
        "Needs action or a written acceptance: its number 120 is above 100 and its severity 10 reaches the gate at 9."
    )
    assert assess(risk(2, 2, 2), FIVE, 50, 5).sentence == "Needs no action: its number 8 is not above 50."


def test_the_usual_gates() -> None:
    assert (FIVE.usual_gate, TEN.usual_gate) == (5, 9)
    assert (FIVE.largest_rpn, TEN.largest_rpn) == (125, 1000)


@pytest.mark.parametrize("highest", [0, 1, 4, 6, 100, True])
def test_there_are_two_scales(highest) -> None:
    with pytest.raises(SumError, match="5 or to 10") as caught:
        Scale(highest)
    assert caught.value.field == "scale"


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize(("scale", "score"), [(FIVE, 0), (FIVE, 6), (TEN, 11), (TEN, -1), (TEN, True), (TEN, 2.0)])
def test_scores_off_the_scale(position, scale, score) -> None:
    given_scores = [3, 3, 3]
    given_scores[position] = score
    with pytest.raises(SumError, match=f"from 1 to {scale.highest}") as caught:
        rpn(*given_scores, scale, row=4)
    assert caught.value.field == ("severity", "occurrence", "detection")[position]
    assert caught.value.row == 4


@pytest.mark.parametrize(
    ("threshold", "gate", "field"),
    [(0, 9, "threshold"), (1001, 9, "threshold"), (100, 0, "severity_gate"), (100, 11, "severity_gate")],
)
def test_limits_lie_on_the_scale(threshold, gate, field) -> None:
    with pytest.raises(SumError) as caught:
        assess(risk(1, 1, 1), TEN, threshold, gate)
    assert caught.value.field == field


def test_the_worst_comes_first_and_a_grave_one_before_a_frequent_one() -> None:
    rows = [risk(2, 5, 5), risk(9, 1, 1), risk(5, 5, 5), risk(3, 3, 3)]  # 50, 9 at the gate, 125, 27
    ordered = sorted(rows, key=lambda row: sort_key(row, TEN, 100, 9))
    assert ordered == [rows[2], rows[1], rows[0], rows[3]]


def test_every_number_of_the_small_scale_lies_within_bounds() -> None:
    found = {rpn(*row, FIVE) for row in product(range(1, 6), repeat=3)}
    assert (min(found), max(found)) == (1, 125)


@given(risks, st.integers(1, 1000), st.integers(1, 10))
def test_action_is_by_number_or_by_severity(row, threshold, gate) -> None:
    found = assess(row, TEN, threshold, gate)
    assert 1 <= found.rpn <= TEN.largest_rpn
    assert found.needs_action == (found.rpn > threshold or row.severity >= gate)
    assert found.needs_action == bool(found.why)


@given(scores, scores, scores)
def test_the_number_does_not_care_which_score_is_which(severity, occurrence, detection) -> None:
    assert rpn(severity, occurrence, detection, TEN) == rpn(detection, severity, occurrence, TEN)


@given(risks, st.integers(1, 999), st.integers(1, 9))
def test_a_worse_risk_never_needs_less(row, threshold, gate) -> None:
    if assess(row, TEN, threshold, gate).needs_action:
        worse = Risk(row.category, min(row.severity + 1, 10), row.occurrence, row.detection)
        assert assess(worse, TEN, threshold, gate).needs_action
        assert sort_key(worse, TEN, threshold, gate) <= sort_key(row, TEN, threshold, gate)
