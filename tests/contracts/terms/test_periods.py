"""Lengths of time against an oracle that walks from day to day with a finger on the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.dates import Window
from contracts.terms.periods import (
    MONDAY_TO_FRIDAY,
    Calendar,
    Length,
    Roll,
    Unit,
    count,
    last_day,
    moment_after,
    parse_length,
    shift,
)
from strategy.sums.errors import SumError
from tests.contracts.terms.walking import CHRISTMAS, DAY, GULF, open_on, walked

DAYS = st.dates(date(2027, 1, 1), date(2030, 12, 31))
LENGTHS = st.builds(
    Length, st.integers(0, 40), st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS])
)
SHORT = st.builds(Length, st.integers(0, 30), st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS]))


@given(DAYS, SHORT, st.sampled_from([MONDAY_TO_FRIDAY, CHRISTMAS, GULF]), st.booleans())
def test_counting_is_walking(day: date, length: Length, calendar: Calendar, back: bool) -> None:
    assert shift(day, length, calendar, back=back) == walked(day, length, calendar, -1 if back else 1)


@given(st.tuples(DAYS, DAYS, DAYS).map(sorted), SHORT, st.booleans(), st.sampled_from(list(Roll)))
def test_a_window_holds_what_each_of_its_days_would_give(
    days: list[date], length: Length, back: bool, roll: Roll
) -> None:
    def one(day: date) -> date:
        reached = walked(day, length, CHRISTMAS, -1 if back else 1)
        while roll is not Roll.STAY and not open_on(CHRISTMAS, reached):
            reached += DAY if roll is Roll.NEXT else -DAY
        return reached

    first, between, last = days
    due = count(Window(first, last), length, CHRISTMAS, back=back, roll=roll).day
    assert due == Window(one(first), one(last))
    assert due.earliest <= one(between) <= due.latest


@given(DAYS, st.sampled_from(list(Roll)), st.sampled_from([CHRISTMAS, GULF]))
def test_rolling_goes_to_the_nearest_business_day_on_its_side(day: date, roll: Roll, calendar: Calendar) -> None:
    expected = day
    while roll is not Roll.STAY and not open_on(calendar, expected):
        expected += DAY if roll is Roll.NEXT else -DAY
    assert calendar.rolled(day, roll) == expected


@pytest.mark.parametrize(
    ("day", "length", "back", "expected"),
    [
        (date(2027, 1, 31), "1 month", False, date(2027, 2, 28)),
        (date(2028, 1, 31), "1 month", False, date(2028, 2, 29)),
        (date(2028, 2, 29), "1 year", False, date(2029, 2, 28)),
        (date(2028, 2, 29), "4 years", False, date(2032, 2, 29)),
        (date(2028, 5, 31), "3 months", True, date(2028, 2, 29)),
        (date(2028, 12, 31), "180 days", True, date(2028, 7, 4)),
        (date(2029, 2, 28), "1 year", True, date(2028, 2, 28)),
        (date(2028, 12, 31), "2 years", True, date(2026, 12, 31)),
        # Thursday 23 December 2027; Monday and Tuesday after it are holidays.
        (date(2027, 12, 23), "3 business days", False, date(2027, 12, 30)),
        (date(2028, 1, 4), "1 business day", True, date(2027, 12, 31)),
    ],
)
def test_by_hand(day: date, length: str, back: bool, expected: date) -> None:
    assert shift(day, parse_length(length), CHRISTMAS, back=back) == expected


def test_a_term_ends_the_day_before_the_next_begins() -> None:
    assert last_day(date(2011, 4, 1), parse_length("1 year")) == date(2012, 3, 31)
    assert last_day(date(2027, 3, 1), parse_length("1 year")) == date(2028, 2, 29)
    with pytest.raises(SumError, match="1 day or more"):
        last_day(date(2027, 3, 1), Length(0, Unit.DAYS))


def test_the_words_show_the_arithmetic() -> None:
    end = date(2028, 12, 31)
    assert count(end, parse_length("180 days"), back=True).words == "31 December 2028 less 180 days = 4 July 2028"
    held = count(Window(date(2021, 2, 1), date(2021, 2, 28)), parse_length("1 year")).words
    assert held == (
        "a day from 1 February 2021 to 28 February 2021 plus 1 year = a day from 1 February 2022 to 28 February 2022"
    )
    three = count(date(2027, 12, 23), parse_length("3 business days"), CHRISTMAS)
    assert three.words == "23 December 2027 plus 3 business days (England) = 30 December 2027"
    rolled = count(date(2028, 7, 31), parse_length("1 month"), back=True, roll=Roll.BACK).words
    assert rolled == "31 July 2028 less 1 month = 30 June 2028"
    rolled = count(date(2028, 12, 31), parse_length("3 months"), back=True, roll=Roll.BACK)
    assert rolled.words == (
        "31 December 2028 less 3 months = 30 September 2028, moved back to 29 September 2028, a business day"
    )


def test_a_calendar_does_not_guess_holidays() -> None:
    with pytest.raises(SumError, match="“England” knows the holidays of 2000 to 2100; add those of 2101") as caught:
        shift(date(2100, 12, 29), parse_length("3 business days"), CHRISTMAS)
    assert caught.value.field == "calendar"
    assert shift(date(2100, 12, 28), parse_length("1 business day"), CHRISTMAS) == date(2100, 12, 29)
    for wrong in (
        {"weekend": frozenset(range(7))},
        {"weekend": frozenset({7})},
        {"holidays": frozenset({date(2027, 1, 1)})},
        {"holidays": frozenset({date(2027, 1, 1)}), "years": (2028, 2029)},
    ):
        with pytest.raises(SumError) as caught:
            Calendar("Wrong", **wrong)  # type: ignore[arg-type]
        assert caught.value.field == "calendar"


def test_hours_run_from_the_moment_and_days_to_the_end_of_the_last() -> None:
    zurich = ZoneInfo("Europe/Zurich")
    # 26 March 2028, 23:30 UTC is the 27th in Zurich, a Monday; clocks went forward on the 26th.
    event = datetime(2028, 3, 26, 23, 30, tzinfo=UTC)
    assert moment_after(event, parse_length("24 hours"), zurich) == datetime(2028, 3, 27, 23, 30, tzinfo=UTC)
    assert moment_after(event, parse_length("1 business day"), zurich) == datetime(2028, 3, 28, 22, tzinfo=UTC)
    friday = datetime(2028, 3, 24, 9, tzinfo=UTC)
    assert moment_after(friday, parse_length("1 business day"), zurich) == datetime(2028, 3, 27, 22, tzinfo=UTC)
    with pytest.raises(SumError, match="needs its time zone"):
        moment_after(datetime(2028, 3, 24, 9), parse_length("24 hours"), zurich)
    with pytest.raises(SumError, match="from a moment"):
        shift(date(2028, 3, 24), parse_length("24 hours"))


@pytest.mark.parametrize(
    ("text", "words"),
    [("90 days", "90 days"), ("three (3) months", "3 months"), ("12 Months", "12 months"), ("One year", "1 year"),
     ("one hundred eighty (180) days", "!"), ("15 working days", "15 business days"), ("3-year", "3 years"),
     ("one working day", "1 business day"), ("three business days", "3 business days"),
     ("Five (5) Business Days", "5 business days"), ("twenty-four hours", "24 hours"), ("twenty four hours", "24 hours"),
     ("two (3) business days", "!"), ("business days", "!"), ("one workingday", "!"),
     ("ninety (90) day(s)", "90 days"), ("two (3) years", "!"), ("[]", "!"), ("some days", "!"), ("", "!"),
     ("90", "!"), ("-3 days", "!")],
)  # fmt: skip
def test_how_lengths_are_written(text: str, words: str) -> None:
    if words == "!":
        with pytest.raises(SumError) as caught:
            parse_length(text)
        assert caught.value.field == "count"
    else:
        assert str(parse_length(text)) == words


@given(LENGTHS)
def test_lengths_read_back(length: Length) -> None:
    assert parse_length(str(length)) == length


def test_what_no_length_is() -> None:
    for wrong in (-1, True, 100_001):
        with pytest.raises(SumError):
            Length(wrong, Unit.DAYS)
    with pytest.raises(SumError, match="leaves the years"):
        shift(date(2028, 1, 1), Length(9000, Unit.YEARS))
    with pytest.raises(SumError, match="leaves the years"):
        shift(date(9999, 12, 1), Length(90, Unit.BUSINESS_DAYS))
    with pytest.raises(TypeError, match="plain date"):
        shift(datetime(2028, 1, 1), Length(1, Unit.DAYS))
