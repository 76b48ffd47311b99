"""The words of the pages: plain values in, plain text out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations import drawing, reading
from operations.scoring import Move, Movement, Outlook, Override

D = Decimal


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["Quality"], "Quality"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_people_do(words: list[str], said: str) -> None:
    assert reading.joined(words) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 lines"), (1, "1 line"), (D("1.000000"), "1 line"), (1139, "1,139 lines"), (D("2.5"), "2.5 lines")],
)
def test_a_number_stands_with_its_noun(number: int | Decimal, said: str) -> None:
    assert reading.counted(number, "line") == said


@pytest.mark.parametrize(
    ("value", "places", "unit", "said"),
    [
        (D("81.333333"), 1, "%", "81.3 %"),
        (D("0.25"), 1, "%", "0.2 %"),  # half to even, as everywhere
        (D(1), 0, "days", "1 day"),
        (D(12), 0, "days", "12 days"),
        (D("0"), 1, "%", "0.0 %"),
        (None, 1, "%", "–"),
        (D("112496282.72"), 2, "currency", "$112,496,282.72"),
    ],
)
def test_a_value_is_rounded_and_has_its_unit(value: Decimal | None, places: int, unit: str, said: str) -> None:
    assert plain(reading.kpi_shown(value, places, unit, "USD" if unit == "currency" else "")) == said


@pytest.mark.parametrize(
    ("direction", "limit", "target", "red"),
    [
        ("up", D("95.0000"), "≥ 95 %", "< 95 %"),
        ("down", D("0.5000"), "≤ 0.5 %", "> 0.5 %"),
        ("neutral", D("7"), "none", "none"),
        ("up", None, "none", "none"),
    ],
)
def test_limits_say_on_which_side_they_are_met(direction: str, limit: Decimal | None, target: str, red: str) -> None:
    assert plain(reading.target_words(direction, limit, "%")) == target
    assert plain(reading.red_line_words(direction, limit, "%")) == red


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (D("60.4"), D("84.4"), "%", "down 24.0 points"),
        (D("85.4"), D("84.4"), "%", "up 1.0 point"),
        (D("5"), D("5"), "%", "unchanged"),
        (D("5.01"), D("5"), "days", "up by less than 0.1 days"),
        (D("900"), D("1000"), "currency", "down €100.0"),
        (None, D("5"), "%", ""),
        (D("5"), None, "%", ""),
    ],
)
def test_a_change_says_direction_and_size(now: Decimal | None, before: Decimal | None, unit: str, said: str) -> None:
    assert plain(reading.change_words(now, before, 1, unit, "EUR")) == said


@pytest.mark.parametrize(
    ("formula", "state", "numerator", "denominator", "said"),
    [
        ("on_time", "ok", D("61.000000"), D("75.000000"), "61 of 75 lines"),
        ("on_time", "no_activity", D(0), D(0), "0 of 0 lines"),
        ("mean_days_late", "ok", D(10), D(1), "1 late line"),
        ("max_days_late", "ok", None, D(48), "48 lines"),
        ("line_value", "ok", D("1000.5"), D(3), "3 lines"),
        ("lead_time_median", "not_supplied", None, None, ""),
    ],
)
def test_under_a_value_stands_what_was_counted(
    formula: str, state: str, numerator: Decimal | None, denominator: Decimal | None, said: str
) -> None:
    assert reading.counted_words(formula, state, numerator, denominator) == said


@pytest.mark.parametrize(
    ("grace", "early", "said"),
    [
        (0, None, "On time is the scheduled day or any day before it."),
        (3, None, "On time is any day up to 3 days after the scheduled day; an early delivery counts as on time."),
        (0, 0, "On time is the scheduled day alone; earlier or later is not."),
        (1, 0, "On time is the scheduled day and up to 1 day after it; earlier is not on time."),
        (2, 7, "On time is from 7 days before the scheduled day to 2 days after it."),
        (0, 7, "On time is from 7 days before the scheduled day to the scheduled day."),
    ],
)
def test_the_window_is_said(grace: int, early: int | None, said: str) -> None:
    assert reading.window_words(grace, early) == said


DAY = date(2026, 5, 5)


@pytest.mark.parametrize(
    ("delivered", "today", "said"),
    [
        (DAY, DAY, ("on the day", "good")),
        (DAY + timedelta(1), DAY, ("1 day late", "bad")),
        (DAY - timedelta(3), DAY, ("3 days early", "good")),
        (None, DAY, ("due today", "watch")),
        (None, DAY + timedelta(5), ("overdue by 5 days", "bad")),
        (None, DAY - timedelta(8), ("due in 8 days", "none")),
    ],
)
def test_an_arrival_is_said_in_words_and_tone(delivered: date | None, today: date, said: tuple[str, str]) -> None:
    assert reading.arrival_words(DAY, delivered, today) == said


# ---------------------------------------------------------------- sums


def summed(**changed: object) -> str:
    given = {
        "formula": "on_time", "state": "ok", "numerator": D(61), "denominator": D(75), "value": "81.3 %",
        "numerator_words": "Lines that arrived in the window", "denominator_words": "Lines due",
    }  # fmt: skip
    return reading.sum_words(**{**given, **changed})  # type: ignore[arg-type]


def test_a_share_shows_its_division() -> None:
    assert summed() == "61 (lines that arrived in the window) ÷ 75 (lines due) × 100 = 81.3 %."


@pytest.mark.parametrize(
    ("formula", "value", "said"),
    [
        ("mean_days_late", "5.0 days", "61 days late in all ÷ 75 late lines = 5.0 days in the mean."),
        (
            "max_days_late",
            "9 days",
            "The longest delay among 75 lines that arrived: 9 days; 0 or less says that none was late.",
        ),
        (
            "lead_time_median",
            "30 days",
            "From 75 lines, order to delivery: half of the lines took no longer than 30 days.",
        ),
        (
            "lead_time_p90",
            "60 days",
            "From 75 lines, order to delivery: nine in ten lines took no longer than 60 days.",
        ),
        ("line_value", "€9.00", "The values of 75 lines added up: €9.00."),
    ],
)
def test_other_formulas_say_what_they_do(formula: str, value: str, said: str) -> None:
    assert summed(formula=formula, value=value) == said


def test_no_value_says_which_kind_of_none_and_why() -> None:
    kinds = [summed(state=state, note="The reason.") for state in ("no_activity", "not_supplied", "not_applicable")]
    assert len(set(kinds)) == 3
    assert all(words.startswith("The reason. ") for words in kinds)
    assert kinds[0] == "The reason. No activity is not zero: nothing was counted, so there is no value."


@pytest.mark.parametrize(
    ("norm", "said"),
    [
        (
            D(100),
            "It lies at or beyond the target, which gives 100 of 100."
            " With 40.0 % of the score's weight that is 40 points.",
        ),
        (
            D(0),
            "It lies at or beyond the red line, which gives 0 of 100."
            " With 40.0 % of the score's weight that is 0 points, 40 points lost.",
        ),
        (
            D("62.5"),
            "It lies between the red line (85 % gives 0) and the target (95 % gives 100), which gives 62.5."
            " With 40.0 % of the score's weight that is 25 points, 15 points lost.",
        ),
    ],
)
def test_a_value_becomes_points_by_a_sum_that_is_shown(norm: Decimal, said: str) -> None:
    share = D(40)
    points = share * norm / 100
    words = reading.weighing_words(
        norm=norm, share=share, points=points, lost=share - points, target=D("95.0000"), red_line=D("85.0000"), unit="%"
    )
    assert plain(words) == said


def test_what_is_not_scored_becomes_no_points() -> None:
    assert (
        reading.weighing_words(norm=None, share=D(0), points=D(0), lost=D(0), target=None, red_line=None, unit="%")
        == ""
    )


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (D(1), "1 point"),
        (D("4.25"), "4.2 points"),
        (D("0.04"), "less than 0.1 points"),
        (D(0), "0 points"),
        (D("-3"), "3 points"),
    ],
)
def test_points_are_counted(points: Decimal, said: str) -> None:
    assert reading.points_words(points) == said


# ---------------------------------------------------------------- the review

OPENED = datetime(2026, 4, 1, 6, tzinfo=UTC)


def sentence(**changed: object) -> str:
    given = {
        "state": "scored", "waiting": ["Project manager", "Quality"], "signed": [], "due": None, "opened_at": OPENED,
        "made_up_late": False, "measured": True, "signed_at": None, "published_at": None,
    }  # fmt: skip
    return reading.review_sentence(**{**given, **changed})  # type: ignore[arg-type]


def test_the_sentence_names_who_must_act() -> None:
    assert sentence() == "Waits for the signatures of Project manager and Quality."
    assert (
        sentence(waiting=["Quality"], signed=["Project manager"], due=date(2026, 5, 5))
        == "Signed by Project manager. Waits for the signature of Quality, due 5 May 2026."
    )
    assert sentence(state="open") == "Opened on 1 Apr 2026; its figures have not been taken yet."
    assert sentence(state="open", made_up_late=True).startswith(
        "Missed by the schedule and made up late; opened on 1 Apr 2026"
    )
    assert "put a definition in force, then recompute" in sentence(measured=False)
    assert (
        sentence(state="signed_off", signed_at=OPENED)
        == "Signed off on 1 Apr 2026. Waits for the project manager to publish it."
    )
    assert sentence(state="published", published_at=OPENED) == "Published on 1 Apr 2026."


def changed(**values: object) -> str:
    given = {
        "standing": "Watch", "before": "Acceptable", "rank": 2, "rank_before": 1, "change": D("-12.34"),
        "against": "Q4 2025", "costliest": ("On-time delivery", D("14.2")),
    }  # fmt: skip
    return reading.change_sentence(**{**given, **values})  # type: ignore[arg-type]


def test_the_sentence_says_what_became_of_the_standing() -> None:
    assert (
        changed() == "The standing fell from Acceptable in Q4 2025 to Watch, the score down 12.3 points."
        " Most was lost by On-time delivery: 14.2 points."
    )
    assert changed(rank=0, standing="Preferred", change=D(20), costliest=None).startswith(
        "The standing rose from Acceptable"
    )
    assert (
        changed(before="Watch", change=D(0), costliest=None)
        == "The standing is Watch as in Q4 2025, the score unchanged."
    )
    assert (
        changed(standing="Insufficient data", rank=None, change=None, costliest=None)
        == "The standing went from Acceptable in Q4 2025 to Insufficient data."
    )
    assert (
        changed(against="", before="", costliest=None)
        == "The standing is Watch; there is no earlier score to compare with."
    )
    assert changed(standing="") == ""
    assert "Most was lost" not in changed(costliest=("On-time delivery", D(0)))


def shown_steps(state: str, signatures: int = 0, asked: int = 2) -> list[str]:
    found = reading.steps(
        state=state,
        taken_at=OPENED,
        opened_at=OPENED,
        scored_on=OPENED,
        signatures=signatures,
        asked=asked,
        published_at=None,
    )
    return [f"{step['label']}: {step['status']}" for step in found]


def test_the_steps_say_where_a_review_stands() -> None:
    assert shown_steps("open") == ["Inputs taken: now", "Scored: next", "Signed (0 of 2): next", "Published: next"]
    assert shown_steps("scored", 1) == ["Inputs taken: done", "Scored: done", "Signed (1 of 2): now", "Published: next"]
    assert shown_steps("signed_off", 2)[2:] == ["Signed (2 of 2): done", "Published: now"]
    assert shown_steps("published", 2)[2:] == ["Signed (2 of 2): done", "Published: done"]


def test_a_movement_says_how_much_and_why() -> None:
    def moved(change: Decimal, cause: str) -> str:
        return reading.movement_words(Movement("otd", D(1), D(1), change, cause), "On-time delivery")  # type: ignore[arg-type]

    assert moved(D("-4.2"), "value") == "On-time delivery: 4.2 points less"
    assert moved(D(3), "entered") == "On-time delivery: 3 points more (counted for the first time)"
    assert moved(D(0), "weight") == "On-time delivery: no difference to the score (its weight changed)"


def told(outlook: Outlook) -> list[str]:
    return [
        plain(line)
        for line in reading.outlook_sentences(
            outlook,
            names={"otd": "On-time delivery", "mdl": "Mean days late"},
            standings={"acceptable": "Acceptable"},
            units={"otd": (1, "%"), "mdl": (1, "days")},
            formulas={"otd": "on_time", "mdl": "mean_days_late"},
        )
    ]


def test_the_outlook_says_what_would_lift_the_standing() -> None:
    rate = Move("otd", "more_successes", 7, D(68), D("90.666666"), D(71))
    mean = Move("mdl", "value", None, None, D("12.4"), D(70))
    override = Override("Critical audit finding A-12 is open.", "watch")
    assert told(Outlook("kpis", "acceptable", moves=(rate, mean), held_by=(override,))) == [
        "It would be Acceptable with one of these, all else unchanged:",
        "On-time delivery: 7 more lines on time (90.7 %)",
        "Mean days late: 12.4 days",
        "Critical audit finding A-12 is open would have to be settled too.",
    ]
    assert told(Outlook("kpis", "acceptable", impossible=("otd",))) == [
        "No single KPI can lift it to Acceptable alone; several have to improve together."
    ]
    assert told(Outlook("top", None)) == ["There is no better standing than this."]
    assert told(Outlook("data", None, missing=("otd", "mdl"))) == [
        "Too little data for a standing; there is no value for On-time delivery and Mean days late."
    ]
    assert told(Outlook("overrides", "acceptable", held_by=(override,))) == [
        "The score is good enough for Acceptable; what holds it down is this:",
        "Critical audit finding A-12 is open.",
    ]


@pytest.mark.parametrize(
    ("coverage", "said"),
    [(D("100.000000"), "100 %"), (D("99.96"), "99.9 %"), (D("71.428571"), "71 %"), (D(0), "0 %"), (None, "–")],
)
def test_less_than_all_never_reads_as_all(coverage: Decimal | None, said: str) -> None:
    assert plain(reading.coverage_words(coverage)) == said


@given(st.decimals(min_value=0, max_value=100, places=6).filter(lambda coverage: coverage != 100))
def test_no_coverage_below_100_reads_100(coverage: Decimal) -> None:
    assert plain(reading.coverage_words(coverage)) != "100 %"


@pytest.mark.parametrize(
    ("days", "missed", "undelivered", "said"),
    [
        ([5, 9, 9], 4, 1, "4 missed: 3 late by 9 days in the median, 9 days at most and 1 not delivered."),
        ([1, 4], 2, 0, "2 missed: 2 late by 2.5 days in the median, 4 days at most."),
        ([], 3, 0, "3 missed: 3 too early, short or without the data."),
    ],
)
def test_missed_lines_say_how_they_were_missed(days: list[int], missed: int, undelivered: int, said: str) -> None:
    assert plain(reading.missed_words(days, missed, undelivered)) == said


# ---------------------------------------------------------------- schedule, silence, versions, drawings


def test_the_next_review_shows_its_arithmetic() -> None:
    words = reading.schedule_words(
        label="Q1 2026", last_day=date(2026, 3, 31), grace_days=5, due_at=datetime(2026, 4, 6, tzinfo=UTC),
        cadence="quarter", why="as the policy asks for tier 2", zone="UTC",
    )  # fmt: skip
    assert words == (
        "Q1 2026 ends on 31 Mar 2026, plus 5 days for late records: the review opens on 6 Apr 2026 at 00:00 (UTC)."
        " Quarterly, as the policy asks for tier 2."
    )


def test_only_a_silent_scheduler_is_warned_of() -> None:
    assert reading.silence_sentence(OPENED, OPENED + timedelta(hours=24)) == ""
    assert reading.silence_sentence(OPENED, OPENED + timedelta(hours=30)).startswith(
        "The scheduler has been silent for 30 hours:"
    )
    assert reading.silence_sentence(None, OPENED).startswith("The scheduler has never reported:")


def test_versions_are_compared_word_by_word() -> None:
    same, number, words, gone = reading.differences(
        [
            ("Unit", "%", "%"),
            ("Target", D("95.0000"), D("96.0000")),
            (
                "Formula",
                "Lines on or before the scheduled day count",
                "Lines within one day of the scheduled day count",
            ),
            ("Days early allowed", None, 7),
        ]
    )
    assert (same.changed, same.parts) == (False, ())
    assert number.parts == (("gone", "95"), ("new", "96"))
    assert "".join(text for kind, text in words.parts if kind != "new") == words.old
    assert "".join(text for kind, text in words.parts if kind != "gone") == words.new
    assert ("same", "Lines ") in words.parts
    assert (gone.old, gone.new) == ("not given", "7")


@given(st.text(alphabet="ab \n", max_size=30), st.text(alphabet="ab \n", max_size=30))
def test_a_comparison_loses_no_character(old: str, new: str) -> None:
    (row,) = reading.differences([("Text", old, new)])
    if row.changed:
        assert "".join(text for kind, text in row.parts if kind != "new") == row.old
        assert "".join(text for kind, text in row.parts if kind != "gone") == row.new


BANDS = [("Good <b>", D(70), D(100), "good"), ("Poor", D(0), D(70), "bad")]


def test_a_scale_says_what_it_shows_and_escapes_what_it_is_given() -> None:
    drawn = drawing.band_scale(BANDS, D("56.4"), labels=True)
    assert 'aria-label="Poor 0 to 70, Good &lt;b&gt; 70 to 100; the score is 56.4."' in drawn
    assert "<b>" not in drawn
    assert 'cx="56.40%"' in drawn
    assert 'x="0%" width="70%"' in drawn and 'x="70%" width="30%"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(("score", "soft"), [(D(0), 1), (D(70), 1), (D(100), 1), (None, 0)])
def test_the_band_of_the_score_stands_out(score: Decimal | None, soft: int) -> None:
    assert drawing.band_scale(BANDS, score).count("soft") == soft
