"""Scores by hand, by a plain second calculation, and by their properties."""

from __future__ import annotations

import dataclasses
from decimal import ROUND_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from operations.kpi_math import quantise, to_decimal
from operations.scoring import (
    DEFAULT_BANDS,
    DEFAULT_CATEGORY_WEIGHTS,
    Band,
    Bands,
    KpiInput,
    Override,
    ScoringError,
    display_score,
    normalise,
    reading,
    score,
    what_would_move_it,
)

D = Decimal
TINY = D("1e-24")  # The tests add decimals up in the ambient context of 28 digits.


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TINY


def share_of(code, category, numerator, denominator, **more) -> KpiInput:
    given = {
        "weight": 1, "state": "ok", "direction": "up", "target": 95, "red": 85, "per": 100,
    } | more  # fmt: skip
    return KpiInput(
        code=code,
        category=category,
        numerator=numerator,
        denominator=denominator,
        **given,
    )


def plain(code, category, value, **more) -> KpiInput:
    given = {
        "weight": 1, "state": "ok", "direction": "up", "target": 100, "red": 0,
    } | more  # fmt: skip
    return KpiInput(code=code, category=category, value=value, **given)


def absent(code, category, state, **more) -> KpiInput:
    return plain(code, category, None, state=state, **more)


def drawing(on_time: int = 61) -> list[KpiInput]:
    """The review of the design's drawing: 61 of 75, and four categories told by their score."""
    return [
        share_of("otif", "delivery", on_time, 75),
        plain("quality", "quality", D("71.2")),
        absent("invoices", "cost", "no_activity", denominator=0, numerator=0),
        plain("compliance", "compliance", 100),
        plain("partnership", "partnership", 80),
    ]


# --- strategies: every number on a coarse grid, so that edges are hit often -------------

CATEGORIES = ("quality", "delivery", "cost")
numbers = st.integers(-40, 240).map(lambda n: D(n) / 2)
weights = st.sampled_from([D(0), D("0.5"), D(1), D(3), D(10), D("33.3")])
category_weights = st.fixed_dictionaries(dict.fromkeys(CATEGORIES, weights))


@st.composite
def kpi_inputs(draw, code="k", state=None):
    up = draw(st.booleans())
    low, high = sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True)))
    state = state or draw(st.sampled_from(["ok", "ok", "ok", "no_activity", "not_supplied", "not_applicable"]))
    common = {
        "code": code,
        "category": draw(st.sampled_from(CATEGORIES)),
        "weight": draw(weights),
        "state": state,
        "direction": "up" if up else "down",
        "target": high if up else low,
        "red": low if up else high,
        "places": draw(st.integers(0, 2)),
    }
    if state != "ok":
        return KpiInput(**common)
    if draw(st.booleans()):
        denominator = draw(st.integers(1, 60))
        numerator = draw(st.integers(0, denominator))
        return KpiInput(**common, per=100, numerator=numerator, denominator=denominator)
    return KpiInput(**common, value=draw(numbers))


@st.composite
def cards(draw, at_least=0):
    count = draw(st.integers(at_least, 6))
    return [draw(kpi_inputs(code=f"k{n}")) for n in range(count)]


overrides = st.lists(
    st.sampled_from([Override(f"because {b.code}", b.code) for b in DEFAULT_BANDS.bands]),
    max_size=3,
)


def second_calculation(kpis, weight_of):
    """The formula of the dictionary, category by category, written the long way."""
    top = bottom = behind = expected = Fraction(0)
    for name, weight in weight_of.items():
        here = [k for k in kpis if k.category == name]
        usable = [k for k in here if k.state == "ok"]
        norms = []
        for k in usable:
            value = (
                Fraction(k.value) if k.per is None else Fraction(100) * Fraction(k.numerator) / Fraction(k.denominator)
            )
            best, worst = Fraction(k.target), Fraction(k.red)
            if k.direction == "up":
                norm = 100 if value >= best else 0 if value <= worst else None
            else:
                norm = 100 if value <= best else 0 if value >= worst else None
            if norm is None:
                norm = 100 * abs(value - worst) / abs(best - worst)
            norms.append(Fraction(norm))
        have = sum(Fraction(k.weight) for k in usable)
        wanted = sum(Fraction(k.weight) for k in here if k.state != "not_applicable")
        scored = [k for k in here if k.weight > 0]
        if not scored or any(k.state != "not_applicable" for k in scored):
            expected += Fraction(weight)
        if have:
            category = sum(Fraction(k.weight) * n for k, n in zip(usable, norms, strict=True)) / Fraction(have)
            top += Fraction(weight) * category
            bottom += Fraction(weight)
            behind += Fraction(weight) * have / wanted
    return (
        to_decimal(top / bottom) if bottom else None,
        to_decimal(100 * behind / expected) if expected else D(0),
    )


# --- by hand ---------------------------------------------------------------------------


def test_the_drawing_adds_up():
    card = score(drawing(), DEFAULT_CATEGORY_WEIGHTS)
    # (0.0 * 25 + 71.2 * 35 + 100 * 15 + 80 * 10) / 85 = 4792 / 85
    assert card.overall == to_decimal(Fraction(4792, 85))
    assert display_score(card.overall) == D("56.4")
    assert card.coverage == 85
    assert card.sufficient
    assert (card.score_standing, card.standing) == ("WATCH", "WATCH")
    assert card.category("delivery").score == 0
    assert card.category("quality").score == D("71.2")
    assert card.category("cost").score is None
    assert card.kpi("invoices").norm is None
    assert card.kpi("invoices").reading.words == "no activity"
    assert card.kpi("otif").reading.words == "below red line"
    assert quantise(card.kpi("otif").value, 1) == D("81.3")
    assert card.kpi("otif").lost == to_decimal(Fraction(2500, 85))
    assert card.kpi("quality").points == to_decimal(Fraction(2492, 85))


def test_seven_more_deliveries_make_the_drawing_acceptable():
    outlook = what_would_move_it(drawing(), DEFAULT_CATEGORY_WEIGHTS)
    moves = {move.code: move for move in outlook.moves}
    assert (outlook.kind, outlook.standing) == ("kpis", "ACCEPTABLE")
    assert (moves["otif"].kind, moves["otif"].count, moves["otif"].numerator) == (
        "more_successes",
        7,
        68,
    )
    # 67 of 75 is 89.33 %, norm 43.33: 69.12 overall. 68 of 75 is 90.67 %, norm 56.67: 73.04.
    assert quantise(score(drawing(67), DEFAULT_CATEGORY_WEIGHTS).overall, 2) == D("69.12")
    assert quantise(moves["otif"].overall, 2) == D("73.04")
    # Quality would need 71.2 + 1158 / 35 = 104.3, partnership 80 + 115.8: neither can alone.
    assert outlook.impossible == ("compliance", "partnership", "quality")
    assert outlook.held_by == ()


@pytest.mark.parametrize(
    ("value", "target", "red", "norm"),
    [
        (85, 95, 85, 0),
        (95, 95, 85, 100),
        (90, 95, 85, 50),
        (100, 95, 85, 100),
        (0, 95, 85, 0),
        (8, 6, 8, 0),
        (7, 6, 8, 50),
        (6, 6, 8, 100),
        (0, 6, 8, 100),
        (99, 6, 8, 0),
        (0, 0, 5, 100),
        (-3, -5, 5, 80),
        (D("31"), D("30"), D("36"), D("83.33333333333333333333333333333333")),
    ],
)
def test_norms_by_hand(value, target, red, norm):
    assert normalise(value, target, red) == norm


def test_a_target_equal_to_its_red_line_is_a_sentence():
    with pytest.raises(ScoringError, match="must differ"):
        normalise(5, 5, D("5.0"))


@pytest.mark.parametrize(
    ("direction", "value", "level", "words"),
    [
        ("up", 96, "on_target", "on target"),
        ("up", 95, "on_target", "on target"),
        ("up", D("94.999"), "off_target", "below target"),
        ("up", 85, "off_target", "below target"),
        ("up", D("84.999"), "beyond_red", "below red line"),
        ("down", 5, "on_target", "on target"),
        ("down", 6, "on_target", "on target"),
        ("down", D("6.001"), "off_target", "above target"),
        ("down", 8, "off_target", "above target"),
        ("down", D("8.001"), "beyond_red", "above red line"),
    ],
)
def test_readings_by_hand(direction, value, level, words):
    target, red = (95, 85) if direction == "up" else (6, 8)
    said = reading(plain("k", "c", value, direction=direction, target=target, red=red))
    assert (said.level, said.words) == (level, words)


def test_four_ways_of_having_no_good_number_are_four_different_things():
    weight = {"c": 100}
    zero = score([plain("k", "c", 0)], weight)
    assert (zero.overall, zero.coverage, zero.standing) == (0, 100, "PROBATION")
    words = set()
    for state in ("no_activity", "not_supplied", "not_applicable"):
        card = score([absent("k", "c", state)], weight)
        assert (card.overall, card.coverage, card.sufficient, card.standing) == (
            None,
            0,
            False,
            None,
        )
        words.add(card.kpi("k").reading.words)
    assert words | {zero.kpi("k").reading.words} == {
        "no activity",
        "not supplied",
        "not applicable",
        "below target",
    }


def test_not_applicable_costs_no_coverage_and_the_other_two_do():
    weight = {"c": 10, "d": 10}
    for state, coverage in (
        ("not_applicable", 100),
        ("no_activity", 75),
        ("not_supplied", 75),
    ):
        kpis = [plain("a", "c", 50), absent("b", "c", state), plain("e", "d", 50)]
        assert score(kpis, weight).coverage == coverage
    # A whole category that does not apply leaves the card; one nobody measures stays missing.
    away = [plain("a", "c", 50), absent("e", "d", "not_applicable")]
    assert score(away, weight).coverage == 100
    assert score([plain("a", "c", 50)], weight).coverage == 50
    report = plain("r", "d", 3, weight=0, target=None, red=None)
    assert score([plain("a", "c", 50), report], weight).coverage == 50
    assert score([*away, report], weight).coverage == 100


def test_sixty_percent_is_enough_and_less_is_not():
    weight = {"c": 60, "d": 40}
    kpis = [plain("a", "c", 90), absent("b", "d", "not_supplied")]
    enough = score(kpis, weight)
    assert (enough.coverage, enough.sufficient, enough.standing) == (
        60,
        True,
        "PREFERRED",
    )
    less = score(kpis, weight | {"d": D("40.0000000000000000001")})
    assert (less.overall, less.sufficient, less.standing) == (90, False, None)
    outlook = what_would_move_it(kpis, weight | {"d": 41})
    assert (outlook.kind, outlook.standing, outlook.missing) == ("data", None, ("b",))


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (100, "PREFERRED"),
        (85, "PREFERRED"),
        (D("84.9999999999999999999999999"), "ACCEPTABLE"),
        (70, "ACCEPTABLE"),
        (D("69.9999999999999999999999999"), "WATCH"),
        (55, "WATCH"),
        (D("54.9999999999999999999999999"), "PROBATION"),
        (0, "PROBATION"),
    ],
)
def test_every_edge_belongs_to_the_better_band(value, standing):
    assert DEFAULT_BANDS.of(value).code == standing
    assert score([plain("k", "c", value)], {"c": 1}).standing == standing


def test_a_small_sample_is_flagged_and_still_scored():
    few = share_of("k", "c", 4, 4, minimum_sample=5)
    card = score([few], {"c": 1})
    assert card.kpi("k").small_sample
    assert card.overall == 100
    enough = score([dataclasses.replace(few, numerator=5, denominator=5)], {"c": 1})
    assert not enough.kpi("k").small_sample
    median = plain("m", "c", 30, denominator=4, minimum_sample=5)
    assert score([median], {"c": 1}).kpi("m").small_sample


def test_an_override_caps_and_says_which_one_did():
    kpis = [plain("k", "c", 90)]
    critical = Override("Open critical audit finding.", "WATCH")
    letter = Override("Warning letter.", "PROBATION")
    mild = Override("Nothing that bites.", "PREFERRED")
    card = score(kpis, {"c": 1}, overrides=[mild, critical, letter])
    assert (card.overall, card.score_standing, card.standing) == (
        90,
        "PREFERRED",
        "PROBATION",
    )
    assert card.binding == (critical, letter)
    outlook = what_would_move_it(kpis, {"c": 1}, overrides=[mild, critical, letter])
    assert (outlook.kind, outlook.standing) == ("overrides", "PREFERRED")
    assert outlook.held_by == (critical, letter)
    # At the cap already: the score must rise, and the override would still hold it.
    low = what_would_move_it([plain("k", "c", 60)], {"c": 1}, overrides=[critical])
    assert (low.kind, low.standing, low.held_by) == ("kpis", "ACCEPTABLE", (critical,))
    assert low.moves[0].value == 70
    # A cap at the very next standing does not hold it.
    at_goal = Override("x", "ACCEPTABLE")
    assert what_would_move_it([plain("k", "c", 60)], {"c": 1}, overrides=[at_goal]).held_by == ()
    with pytest.raises(ScoringError, match="no standing called 'GOOD'"):
        score(kpis, {"c": 1}, overrides=[Override("x", "GOOD")])


def test_without_enough_data_an_override_makes_no_standing():
    card = score(
        [absent("k", "c", "no_activity")],
        {"c": 1},
        overrides=[Override("x", "PROBATION")],
    )
    assert card.standing is None
    assert card.overrides and not card.binding


def test_what_moved_the_score_by_hand():
    weight = {"delivery": 50, "quality": 50}
    before = score(
        [
            share_of("otif", "delivery", 90, 100),  # norm 50, 25 points
            plain("rft", "quality", 80, weight=1),  # share 25, 20 points
            plain("dev", "quality", 40, weight=1),  # share 25, 10 points
        ],
        weight,
    )
    now = score(
        [
            share_of("otif", "delivery", 95, 100),  # norm 100, 50 points
            plain("rft", "quality", 80, weight=1),  # share 50, 40 points
            absent("dev", "quality", "no_activity", weight=1),
        ],
        weight,
        previous=before.as_previous(),
    )
    assert (before.overall, now.overall, now.change) == (55, 90, 35)
    assert [(m.code, m.change, m.cause) for m in now.movements] == [
        ("otif", 25, "value"),
        ("rft", 20, "weight"),
        ("dev", -10, "left"),
    ]
    back = score(
        [
            share_of("otif", "delivery", 95, 100),
            plain("rft", "quality", 60, weight=1),
            plain("dev", "quality", 40, weight=1),
        ],
        weight,
        previous=now.as_previous(),
    )
    assert [(m.code, m.change, m.cause) for m in back.movements] == [
        ("rft", -25, "value_and_weight"),
        ("dev", 10, "entered"),
    ]
    assert back.movements[0].before == 40
    assert back.movements[1].before is None
    assert score([absent("k", "c", "no_activity")], {"c": 1}).as_previous() is None


def test_a_score_stored_with_fewer_digits_names_the_same_causes():
    kpis = [plain("a", "c", 50, weight=1), plain("b", "c", 70, weight=2)]
    stored = score(kpis, {"c": 1}).as_previous()
    rounded = dataclasses.replace(
        stored,
        kpis={code: dataclasses.replace(kpi, share=quantise(kpi.share, 12)) for code, kpi in stored.kpis.items()},
    )
    better = [kpis[0], plain("b", "c", 71, weight=2)]
    moves = score(better, {"c": 1}, previous=rounded).movements
    assert [(m.code, m.cause) for m in moves if abs(m.change) > D("1e-9")] == [("b", "value")]


def test_fewer_failures_move_a_rate_where_less_is_better():
    deviations = share_of("dev", "c", 10, 100, direction="down", target=6, red=16)
    outlook = what_would_move_it([deviations], {"c": 1})
    # Norm 60 is Watch; 9 of 100 is norm 70, Acceptable.
    assert [(m.kind, m.count, m.numerator, m.value) for m in outlook.moves] == [("fewer_failures", 1, 9, 9)]


def test_a_value_is_named_in_the_decimals_it_is_shown_with():
    # Norm 70 lies at 36 - 0.7 * 6 = 31.8 days.
    days = {"direction": "down", "target": 30, "red": 36}
    for places, needed in ((0, 31), (1, D("31.8")), (2, D("31.8"))):
        kpi = plain("lead", "c", D("32.25"), places=places, **days)
        (move,) = what_would_move_it([kpi], {"c": 1}).moves
        assert (move.kind, move.count, move.value) == ("value", None, needed)
    # The only whole number that is enough lies beyond the target: the target is named.
    tight = plain("t", "c", D("0.1"), target=D("0.5"), red=0, places=0)
    (move,) = what_would_move_it([tight], {"c": 1}).moves
    assert (move.value, move.overall) == (D("0.5"), 100)
    down = plain("d", "c", D("2.4"), direction="down", target=D("1.5"), red=D("2.5"), places=0)
    (move,) = what_would_move_it([down], {"c": 1}).moves
    assert (move.value, move.overall) == (D("1.5"), 100)


def test_the_best_band_has_nothing_above_it():
    outlook = what_would_move_it([plain("k", "c", 90)], {"c": 1})
    assert (outlook.kind, outlook.moves) == ("top", ())


def test_a_shown_score_never_looks_like_another_band():
    assert display_score(D("69.94")) == D("69.9")
    assert display_score(D("69.96")) == D("69.96")
    assert display_score(D("69.9999")) == D("69.9999")
    assert display_score(D("69." + "9" * 30)) == D("69." + "9" * 12)
    assert display_score(D("70.04")) == D("70.0")
    assert display_score(D(100)) == 100


def test_the_default_weights_and_the_wrong_ways_to_give_them():
    assert sum(DEFAULT_CATEGORY_WEIGHTS.values()) == 100
    with pytest.raises(ScoringError, match="category c has no weight"):
        score([plain("k", "c", 1)], {"d": 1})
    with pytest.raises(ScoringError, match="weight of the category c cannot be negative"):
        score([plain("k", "c", 1)], {"c": -1})
    with pytest.raises(ScoringError, match="weight of the category c is not a number"):
        score([plain("k", "c", 1)], {"c": D("NaN")})
    with pytest.raises(ScoringError, match="on the scorecard twice"):
        score([plain("k", "c", 1), plain("k", "c", 2)], {"c": 1})
    for wrong in (-1, 101):
        with pytest.raises(ScoringError, match="minimum coverage"):
            score([plain("k", "c", 1)], {"c": 1}, minimum_coverage=wrong)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": None}, "value is missing although its state is ok"),
        ({"state": "no_activity"}, "a value although it is no_activity"),
        ({"state": "bad"}, "the state is one of"),
        ({"direction": "left"}, "'up' or 'down'"),
        ({"target": 5, "red": 5}, "must differ"),
        ({"target": 0, "red": 9}, "red line lies below the target"),
        ({"direction": "down"}, "red line lies above the target"),
        ({"target": None}, "needs a target and a red line"),
        ({"target": None, "red": None}, "needs a target and a red line"),
        ({"weight": -1}, "weight cannot be negative"),
        ({"weight": 0.5}, "must be a whole number or an exact decimal, not float"),
        ({"value": D("NaN")}, "k: the value is not a number"),
        ({"value": D("Infinity")}, "k: the value is not a number"),
        ({"value": D("1e50")}, "too large"),
        ({"coverage": 101}, "between 0 and 100 percent"),
        ({"coverage": D("-0.1")}, "between 0 and 100 percent"),
        ({"denominator": -1}, "denominator cannot be negative"),
        ({"per": 100}, "needs its numerator and its denominator"),
        ({"per": 100, "numerator": 0, "denominator": 0}, "its state is no_activity"),
        (
            {"per": 100, "numerator": -1, "denominator": 5},
            "numerator of a rate cannot be negative",
        ),
        ({"per": 0, "numerator": 1, "denominator": 5}, "factor of a rate is above 0"),
        (
            {"per": 100, "numerator": 61, "denominator": 75, "value": D("81.2")},
            "81.2 is not 61 of",
        ),
        ({"code": ""}, "needs a code and a category"),
        ({"places": 13}, "0 to 12 decimals"),
    ],
)
def test_a_kpi_that_makes_no_sense_is_a_sentence(changes, sentence):
    good = {
        "code": "k", "category": "c", "weight": 1, "state": "ok", "direction": "up",
        "target": 95, "red": 85, "value": 90,
    }  # fmt: skip
    KpiInput(**good)
    with pytest.raises(ScoringError, match=sentence) as raised:
        KpiInput(**(good | changes))
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    "value", ["81.3", "81.33", "81.333333333333333", "81", "81.33333333333333333333333333", "81.333333333333329"]
)  # fmt: skip
def test_the_counts_are_the_truth_however_the_value_was_rounded(value):
    kpi = share_of("k", "c", 61, 75, value=D(value))
    assert kpi.exact_value == Fraction(6100, 75)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ([], "at least one band"),
        (
            [(0, 50), (51, 100)],
            "gap between B0, which ends at 50, and B1, which begins at 51",
        ),
        ([(0, 50), (49, 100)], "B0, which ends at 50, overlaps B1, which begins at 49"),
        ([(0, 50), (50, 99)], "must end at 100; the highest, B1, ends at 99"),
        ([(1, 50), (50, 100)], "must begin at 0; the lowest, B0, begins at 1"),
        ([(0, 50), (50, 50), (50, 100)], "must end above its beginning"),
        ([(0, 100), (100, 101)], "must end at 100"),
        ([(-5, 50), (50, 100)], "must begin at 0"),
        ([(0, 100), (0, 100)], "overlaps"),
        ([(0, D("NaN"))], "is not a number"),
    ],
)
def test_bands_with_a_hole_or_a_double_are_a_sentence(limits, sentence):
    with pytest.raises(ScoringError, match=sentence):
        Bands(tuple(Band(f"b{n}", f"B{n}", D(a), D(b)) for n, (a, b) in enumerate(limits)))


def test_bands_are_data():
    assert Bands.from_data(DEFAULT_BANDS.to_data()) == DEFAULT_BANDS
    assert DEFAULT_BANDS.to_data()[0] == {
        "code": "PREFERRED",
        "label": "Preferred",
        "low": "85",
        "high": "100",
    }
    one = Bands.from_data([{"code": "all", "label": "All", "low": "0", "high": "1e2"}])
    assert one.of(100) == one.of(0) == one.bands[0]
    for rows in (
        [{"code": "x"}],
        [{"code": "x", "label": "x", "low": "a", "high": "100"}],
    ):
        with pytest.raises(ScoringError, match="needs a code, a label and two numbers"):
            Bands.from_data(rows)
    with pytest.raises(ScoringError, match="a code of its own"):
        Bands((Band("x", "X", D(0), D(50)), Band("x", "Y", D(50), D(100))))
    for outside in (D("-0.001"), D("100.001")):
        with pytest.raises(ScoringError, match="between 0 and 100"):
            DEFAULT_BANDS.of(outside)


# --- properties ------------------------------------------------------------------------


@given(cards(), category_weights)
def test_the_score_is_the_formula(kpis, weight_of):
    card = score(kpis, weight_of)
    overall, coverage = second_calculation(kpis, weight_of)
    assert card.overall == overall
    assert card.coverage == coverage


@given(cards(), category_weights)
def test_each_kpis_figures_are_those_of_plain_fractions(kpis, weight_of):
    card = score(kpis, weight_of)
    available = sum(Fraction(weight_of[c.category]) for c in card.categories if c.score is not None)
    for kpi in kpis:
        given = card.kpi(kpi.code)
        here = [k for k in kpis if k.category == kpi.category and k.state == "ok"]
        have = sum(Fraction(k.weight) for k in here)
        if kpi.state != "ok":
            assert (given.value, given.norm, given.points, given.lost) == (None, None, 0, 0)
            continue
        value = (
            Fraction(kpi.value) if kpi.per is None else kpi.per * Fraction(kpi.numerator) / Fraction(kpi.denominator)
        )
        way = (value - Fraction(kpi.red)) / (Fraction(kpi.target) - Fraction(kpi.red))
        norm = min(max(way, Fraction(0)), Fraction(1))
        counts = available and have
        share = Fraction(weight_of[kpi.category]) * Fraction(kpi.weight) / have / available if counts else Fraction(0)
        # As written down too: what is kept of a card is text.
        assert [str(number) for number in (given.value, given.norm, given.share, given.points, given.lost)] == [
            str(to_decimal(number))
            for number in (value, 100 * norm, 100 * share, 100 * share * norm, 100 * share * (1 - norm))
        ]
        level = "on_target" if way >= 1 else "off_target" if way >= 0 else "beyond_red"
        assert given.reading.level == level


@given(kpi_inputs(), kpi_inputs())
def test_another_measurement_of_a_kpi_is_as_if_made_anew(kpi, other):
    assume((kpi.per is None) == (other.per is None) or other.state != "ok")
    numbers = {name: getattr(other, name) for name in ("value", "numerator", "denominator", "coverage")}
    again = kpi.measured(other.state, **numbers)
    anew = dataclasses.replace(kpi, state=other.state, **numbers)
    assert (again, again.exact_value, reading(again)) == (anew, anew.exact_value, reading(anew))
    assert score([again], {kpi.category: 1}) == score([anew], {kpi.category: 1})
    with pytest.raises(ScoringError, match="between 0 and 100"):
        kpi.measured("no_activity", coverage=101)


@given(cards(), category_weights)
def test_results_stay_in_bounds_and_have_exactly_one_band(kpis, weight_of):
    card = score(kpis, weight_of)
    assert 0 <= card.coverage <= 100
    assert card.sufficient == (card.overall is not None and card.coverage >= 60)
    assert (card.standing is None) == (not card.sufficient)
    if card.overall is None:
        assert card.coverage == 0
        return
    assert 0 <= card.overall <= 100
    holding = [
        b for b in DEFAULT_BANDS.bands
        if b.low <= card.overall < b.high or b.high == card.overall == 100
    ]  # fmt: skip
    assert len(holding) == 1
    assert card.standing in (None, holding[0].code)
    assert near(sum(k.points for k in card.kpis), card.overall)
    assert near(sum(k.lost for k in card.kpis), 100 - card.overall)
    assert near(sum(k.share for k in card.kpis), D(100))


@given(st.integers(0, 10**9).map(lambda n: D(n) / 10**7))
def test_every_score_has_exactly_one_band(value):
    own = DEFAULT_BANDS.of(value)
    others = [b for b in DEFAULT_BANDS.bands if b.low <= value < b.high]
    assert others == [own] or (value == 100 and not others and own.high == 100)
    assert DEFAULT_BANDS.of(display_score(value)) == own


@given(
    st.sets(st.integers(1, 99), max_size=6),
    st.integers(0, 1000).map(lambda n: D(n) / 10),
)
def test_any_valid_bands_hold_any_score(edges, value):
    limits = [0, *sorted(edges), 100]
    bands = Bands(tuple(Band(f"b{a}", f"B{a}", D(a), D(b)) for a, b in pairwise(limits)))
    own = bands.of(value)
    assert own.low <= value <= own.high
    assert bands.above(bands.bands[0].code) is None
    for better, worse in pairwise(bands.bands):
        assert bands.above(worse.code) == better


@given(cards(), category_weights, overrides, st.randoms())
def test_the_order_of_inputs_never_matters(kpis, weight_of, capping, rng):
    def shuffled(items):
        copy = list(items)
        rng.shuffle(copy)
        return copy

    one = score(kpis, weight_of, overrides=capping)
    other = score(shuffled(kpis), dict(shuffled(weight_of.items())), overrides=capping)
    assert one == other
    mixed = score(kpis, weight_of, overrides=shuffled(capping))
    assert (mixed.standing, mixed.overall) == (one.standing, one.overall)


@given(cards(), category_weights, st.data())
def test_the_ambient_decimal_context_never_matters(kpis, weight_of, data):
    before = score(kpis, weight_of)
    outlook = what_would_move_it(kpis, weight_of)
    with localcontext(prec=data.draw(st.integers(2, 8)), rounding=ROUND_UP):
        assert score(kpis, weight_of) == before
        assert what_would_move_it(kpis, weight_of) == outlook
        assert before.overall is None or display_score(before.overall) in (
            quantise(before.overall, places) for places in range(1, 13)
        )


@given(
    cards(),
    category_weights,
    st.sampled_from([D("0.001"), D(3), D(7) / 64, D("1000")]),
    st.sampled_from([D("0.01"), D(11)]),
    st.sampled_from(CATEGORIES),
)
def test_the_scale_of_weights_never_matters(kpis, weight_of, outer, inner, category):
    scaled = [dataclasses.replace(k, weight=k.weight * inner) if k.category == category else k for k in kpis]
    one = score(kpis, weight_of)
    other = score(scaled, {name: weight * outer for name, weight in weight_of.items()})
    assert (one.overall, one.coverage, one.standing) == (
        other.overall,
        other.coverage,
        other.standing,
    )
    assert one.kpis == other.kpis


@given(cards(at_least=1), category_weights, overrides, st.data())
def test_better_is_never_worse(kpis, weight_of, capping, data):
    measured = [k for k in kpis if k.state == "ok"]
    assume(measured)
    kpi = data.draw(st.sampled_from(measured))
    sign = 1 if kpi.direction == "up" else -1
    step = data.draw(st.integers(1, 300))
    if kpi.per is None:
        better = dataclasses.replace(kpi, value=kpi.value + sign * D(step) / 4)
    else:
        room = kpi.denominator - kpi.numerator if sign > 0 else kpi.numerator
        better = dataclasses.replace(kpi, numerator=kpi.numerator + sign * min(step, room))
    before = score(kpis, weight_of, overrides=capping)
    after = score([better if k is kpi else k for k in kpis], weight_of, overrides=capping)
    assert after.coverage == before.coverage
    if before.overall is not None:
        assert after.overall >= before.overall
    if before.standing is not None:
        ranks = [b.code for b in DEFAULT_BANDS.bands]
        assert ranks.index(after.standing) <= ranks.index(before.standing)


@given(cards(), category_weights, overrides)
def test_an_override_never_raises(kpis, weight_of, capping):
    free, capped = score(kpis, weight_of), score(kpis, weight_of, overrides=capping)
    assert capped.overall == free.overall
    assert capped.score_standing == free.standing
    if free.standing is None:
        assert capped.standing is None
        return
    ranks = [b.code for b in DEFAULT_BANDS.bands]
    assert ranks.index(capped.standing) == max(ranks.index(code) for code in (free.standing, *(o.cap for o in capping)))
    assert bool(capped.binding) == (capped.standing != free.standing)


@given(cards(), category_weights, cards(), category_weights)
def test_movements_add_up_to_the_change(kpis, weight_of, earlier, earlier_weights):
    before = score(earlier, earlier_weights)
    now = score(kpis, weight_of, previous=before.as_previous())
    if before.overall is None or now.overall is None:
        assert now.change is None
        assert now.movements == ()
        return
    assert near(now.change, now.overall - before.overall)
    assert near(sum(m.change for m in now.movements), now.change)
    sizes = [abs(m.change) for m in now.movements]
    assert sizes == sorted(sizes, reverse=True)


@given(cards(at_least=1), category_weights, overrides)
def test_what_would_move_it_is_enough_and_the_least(kpis, weight_of, capping):
    card = score(kpis, weight_of, overrides=capping)
    outlook = what_would_move_it(kpis, weight_of, overrides=capping)
    if not card.sufficient:
        assert outlook.kind == "data"
        return
    if card.standing != card.score_standing:
        assert (outlook.kind, outlook.standing) == ("overrides", card.score_standing)
        left = [o for o in capping if o not in outlook.held_by]
        assert score(kpis, weight_of, overrides=left).standing == outlook.standing
        return
    if card.standing == "PREFERRED":
        assert outlook.kind == "top"
        return
    goal = DEFAULT_BANDS.above(card.standing)
    assert (outlook.kind, outlook.standing) == ("kpis", goal.code)
    left = [o for o in capping if o not in outlook.held_by]

    def overall_with(changed):
        return score(
            [changed if k.code == changed.code else k for k in kpis],
            weight_of,
            overrides=left,
        )

    counted = {k.code for k in card.kpis if k.share > 0}
    moves = {move.code: move for move in outlook.moves}
    assert set(moves) | set(outlook.impossible) == counted
    assert not set(moves) & set(outlook.impossible)
    for kpi in (k for k in kpis if k.code in counted):
        sign = 1 if kpi.direction == "up" else -1
        move = moves.get(kpi.code)
        if kpi.per is not None:
            # By trying every number there is.
            room = kpi.denominator - kpi.numerator if sign > 0 else kpi.numerator
            tries = (
                n
                for n in range(1, room + 1)
                if overall_with(dataclasses.replace(kpi, numerator=kpi.numerator + sign * n)).overall >= goal.low
            )
            assert (move.count if move else None) == next(tries, None)
            if move:
                moved = dataclasses.replace(kpi, numerator=move.numerator)
                assert to_decimal(moved.exact_value) == move.value
        elif move is None:
            assert overall_with(dataclasses.replace(kpi, value=kpi.target)).overall < goal.low
        else:
            moved = dataclasses.replace(kpi, value=move.value)
            step = D(1).scaleb(-kpi.places)
            if move.value == kpi.target:
                # The last number on the grid short of the target.
                less = (kpi.target / step).to_integral_value(
                    "ROUND_CEILING" if sign > 0 else "ROUND_FLOOR"
                ) * step - sign * step
            else:
                assert move.value == quantise(move.value, kpi.places)
                less = move.value - sign * step
            assert sign * move.value > sign * kpi.value
            assert overall_with(dataclasses.replace(kpi, value=less)).overall < goal.low
        if move:
            assert overall_with(moved).overall == move.overall >= goal.low
            assert overall_with(moved).standing == goal.code or move.overall >= goal.high


@given(
    st.integers(1, 10**6).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
    st.integers(1, 100),
)
def test_large_counts_are_searched_exactly(counts, other_weight):
    numerator, denominator = counts
    kpis = [
        share_of("otif", "c", numerator, denominator, target=100, red=0),
        plain("other", "c", 50, weight=other_weight),
    ]
    outlook = what_would_move_it(kpis, {"c": 1})
    for move in outlook.moves:
        if move.code != "otif":
            continue
        for count, reached in ((move.count - 1, False), (move.count, True)):
            changed = dataclasses.replace(kpis[0], numerator=numerator + count)
            overall = score([changed, kpis[1]], {"c": 1}).overall
            assert (overall >= DEFAULT_BANDS.get(outlook.standing).low) is reached
