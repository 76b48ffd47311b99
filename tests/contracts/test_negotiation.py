"""The negotiation ledger: Alice negotiates with Harrow Biologics, and every figure is counted by hand once more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.negotiation import Given, Point, Position, agenda, concessions, score, weights
from strategy.sums.errors import SumError

D = Decimal
PRICE = Point("price", "Price per batch", 1, "between", between=40)
CAPACITY = Point("capacity", "Reserved slots", 2, "target")
CAP = Point("cap", "Liability cap", 2, "below")
EXIT = Point("exit", "Supply during exit", 7, "dropped", value=50_000, currency="EUR")
AUDIT = Point("audit", "Audits for cause", 3)


def day(number: int) -> date:
    return date(2028, 5, number)


def test_a_rank_counts_by_its_place_among_the_ranks() -> None:
    assert weights([1, 2, 2, 7]) == (3, 2, 2, 1)
    assert weights([5, 5]) == (1, 1)
    assert weights([]) == ()


def test_the_contract_is_scored_against_the_plan() -> None:
    found = score([EXIT, CAPACITY, PRICE, CAP])
    # Price: 50 + 40 % of 50 = 70, three times; slots 100 twice; the cap and the exit 0.
    assert found.exactly == Fraction(3 * 70 + 2 * 100 + 2 * 0 + 1 * 0, 8)
    assert (found.percent, found.coverage, found.open) == (D("51.25"), 1, ())
    assert [row.point.code for row in found.rows] == ["price", "capacity", "cap", "exit"]
    assert found.below == ("Liability cap (rank 2) ended below where we would have walked away.",)
    assert found.dropped == ("Supply during exit (rank 7) was given up in exchange for EUR 50,000.",)
    assert found.sentence == "51.2 of 100 against the plan; all points are settled."


def test_what_is_open_lowers_the_coverage_and_not_the_score() -> None:
    found = score([PRICE, CAPACITY, AUDIT])
    assert found.exactly == Fraction(3 * 70 + 2 * 100, 5)
    assert found.coverage == Fraction(5, 6)
    assert found.sentence == "82 of 100 against the plan, with 83.3 % of the weight settled; open: Audits for cause."
    nothing = score([AUDIT])
    assert (nothing.exactly, nothing.percent, nothing.coverage) == (None, None, 0)
    assert nothing.sentence == "Nothing is settled yet; open: Audits for cause."
    assert score([]).sentence == "There is nothing on the list of points yet."


@pytest.mark.parametrize(
    ("point", "achievement"),
    [
        (Point("a", "A", 1, "target"), 100),
        (Point("a", "A", 1, "between", between=100), 100),
        (Point("a", "A", 1, "between", between=D("0.5")), D("50.25")),
        (Point("a", "A", 1, "between", between=0), 50),
        (Point("a", "A", 1, "fallback"), 50),
        (Point("a", "A", 1, "walk_away"), 0),
        (Point("a", "A", 1, "below"), 0),
        (Point("a", "A", 1, "dropped"), 0),
    ],
)
def test_each_outcome_has_its_achievement(point: Point, achievement: Any) -> None:
    assert score([point]).percent == achievement


POINTS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["target", "between", "fallback", "walk_away", "below", "dropped", "open"]),
        st.integers(0, 100),
    ),
    max_size=7,
)


@given(POINTS)
def test_a_point_of_weight_three_is_as_good_as_three_points(rows: list[tuple[int, Any, int]]) -> None:
    points = [
        Point(str(n), f"Point {n}", rank, outcome, between=way if outcome == "between" else None)
        for n, (rank, outcome, way) in enumerate(rows)
    ]
    fixed = {"target": Fraction(100), "fallback": Fraction(50)}
    ballots: list[Fraction | None] = []
    for rank, outcome, way in rows:
        reached = fixed.get(outcome, Fraction(0))
        if outcome == "between":
            reached = Fraction(100 + way, 2)
        for lower in range(rank, 7):
            if any(lower == other for other, _, _ in rows):
                ballots.append(None if outcome == "open" else reached)
    told = [ballot for ballot in ballots if ballot is not None]
    found = score(points)
    assert found.exactly == (sum(told) / len(told) if told else None)
    assert found.coverage == (Fraction(len(told), len(ballots)) if ballots else 0)
    assert sum(row.share for row in found.rows) == (1 if points else 0)
    assert len(found.open) == sum(outcome == "open" for _, outcome, _ in rows)
    assert score(list(reversed(points))).exactly == found.exactly


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (Point("price", "Price", 1), "code"),
        (Point("a", "A", 0), "rank"),
        (Point("a", "A", True), "rank"),
        (Point("a", "A", 1, "won"), "outcome"),  # type: ignore[arg-type]
        (Point("a", "A", 1, "between"), "between"),
        (Point("a", "A", 1, "between", between=101), "between"),
        (Point("a", "A", 1, "between", between=0.5), "between"),  # type: ignore[arg-type]
        (Point("a", "A", 1, "target", between=5), "between"),
        (Point("a", "A", 1, "target", value=5, currency="EUR"), "value"),
        (Point("a", "A", 1, "dropped", value=-5, currency="EUR"), "value"),
        (Point("a", "A", 1, "dropped", value=5), "currency"),
    ],
)
def test_points_that_cannot_be_are_refused(point: Point, field: str) -> None:
    with pytest.raises(SumError) as caught:
        score([PRICE, point])
    assert (caught.value.field, caught.value.row) == (field, 1)


# --- what each side gave ------------------------------------------------------------------

LEDGER = [
    Position("price", day(2), "ours", "EUR 900,000 a batch"),
    Position("price", day(5), "theirs", "EUR 1,200,000 a batch"),
    Position("price", day(9), "ours", "EUR 950,000", True, 500_000, "EUR"),
    Position("price", day(12), "theirs", "EUR 1,100,000", True, D("1000000.50"), "EUR"),
    Position("audit", day(12), "theirs", "Two a year", True, 3000, "CHF"),
    Position("audit", day(12), "ours", "No limit for cause", True),
]


def test_concessions_add_up_by_currency() -> None:
    found = concessions(LEDGER)
    assert found.totals == (
        Given("CHF", D(0), D(3000), D(3000)),
        Given("EUR", D(500_000), D("1000000.5"), D("500000.5")),
    )
    assert (found.unvalued_given, found.unvalued_received) == (1, 0)
    assert found.sentence == (
        "CHF 0 given, 3,000 received; EUR 500,000 given, 1,000,000.5 received; without a value 1 given, 0 received."
    )
    assert concessions(LEDGER[:2]).sentence == "Neither side has given anything away yet."
    assert concessions(LEDGER[5:]).sentence == "Without a value 1 given, 0 received."


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ours", "theirs"]), st.none() | st.integers(0, 999), st.sampled_from(["EUR", "USD"])
        ),
        max_size=9,
    )
)
def test_every_concession_is_counted_once(rows: list[tuple[Any, int | None, str]]) -> None:
    found = concessions([Position("p", day(1), side, "x", True, value, money) for side, value, money in rows])
    for currency in ("EUR", "USD"):
        mine = [value for side, value, money in rows if money == currency and side == "ours" and value is not None]
        theirs = [value for side, value, money in rows if money == currency and side == "theirs" and value is not None]
        total = [(one.given, one.received, one.balance) for one in found.totals if one.currency == currency]
        assert total == ([(sum(mine), sum(theirs), sum(theirs) - sum(mine))] if mine or theirs else [])
    assert found.unvalued_given + found.unvalued_received == sum(value is None for _, value, _ in rows)


@pytest.mark.parametrize(
    ("position", "field"),
    [
        (Position("price", day(1), "ours", "x", False, 5, "EUR"), "value"),
        (Position("price", day(1), "ours", "x", True, -5, "EUR"), "value"),
        (Position("price", day(1), "ours", "x", True, 5), "currency"),
        (Position("price", day(1), "nobody", "x"), "side"),  # type: ignore[arg-type]
    ],
)
def test_concessions_that_cannot_be_are_refused(position: Position, field: str) -> None:
    with pytest.raises(SumError) as caught:
        concessions([LEDGER[0], position])
    assert (caught.value.field, caught.value.row) == (field, 1)


# --- the next meeting ---------------------------------------------------------------------


def test_the_agenda_lists_what_is_open_and_who_owes_the_next_word() -> None:
    price, audit = Point("price", "Price per batch", 1), Point("audit", "Audits for cause", 3)
    fresh = Point("fresh", "Step-in right", 2)
    first, second, third = agenda([audit, CAPACITY, fresh, price], LEDGER)
    assert (first.point, first.ours, first.theirs, first.owes) == (price, LEDGER[2], LEDGER[3], "ours")
    assert first.words == (
        "Price per batch (rank 1). We said on 9 May 2028: “EUR 950,000”. They said on 12 May 2028: “EUR 1,100,000”."
        " We owe the next word."
    )
    assert (second.point, second.ours, second.theirs, second.owes) == (fresh, None, None, "ours")
    # On the same day the later line was said later.
    assert (third.point, third.owes) == (audit, "theirs")
    assert third.words.endswith("They owe the next word.")
    with pytest.raises(SumError) as caught:
        agenda([price], LEDGER)
    assert (caught.value.field, caught.value.row) == ("point", 4)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["ours", "theirs"])), max_size=8))
def test_whoever_spoke_last_waits(said: list[tuple[int, Any]]) -> None:
    positions = [Position("p", day(number), side, str(n)) for n, (number, side) in enumerate(said)]
    (item,) = agenda([Point("p", "P", 1)], positions)
    # A stable sort by day alone leaves the lines of one day in their order.
    spoken = sorted(positions, key=lambda position: position.on)
    assert item.owes == ("theirs" if spoken and spoken[-1].side == "ours" else "ours")
    for side, last in (("ours", item.ours), ("theirs", item.theirs)):
        assert last == next((one for one in reversed(spoken) if one.side == side), None)
