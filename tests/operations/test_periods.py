"""Periods against an oracle that shares no arithmetic with them.

The oracle writes every boundary of ten years out day by day, and finds the first instant
of a local date by walking through UTC in quarters of an hour and asking the zone what
its calendar shows.
"""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.periods import (
    CADENCES,
    Cadence,
    Period,
    PeriodError,
    add_months,
    cadence_for_standing,
    day_begins,
    due_at,
    due_periods,
    has_ended,
    is_late,
    late_from,
    months_in,
    period_containing,
    period_for_key,
    periods_between,
    recurrences,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Asuncion",  # clocks skip midnight, in 2017 on 1 October itself
)
FIRST, LAST = date(2016, 1, 1), date(2026, 1, 1)
LENGTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
fiscal_starts = st.integers(1, 12)
cadences = st.sampled_from(CADENCES)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def oracle_starts(cadence: Cadence, fiscal_start: int) -> list[date]:
    """All days from FIRST to LAST on which a period begins, by looking at every day."""
    starts = []
    day = FIRST
    while day <= LAST:
        if day.day == 1 and (day.month - fiscal_start) % LENGTHS[cadence] == 0:
            starts.append(day)
        day += timedelta(days=1)
    return starts


@cache
def oracle_day_begins(day: date, zone: str) -> datetime:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=26)
    while moment.astimezone(ZoneInfo(zone)).date() < day:
        moment += timedelta(minutes=15)
    return moment


def test_the_oracle_reaches_the_hard_days():
    # If the zone data lacked these, agreeing with the oracle would prove little.
    assert oracle_day_begins(date(2017, 10, 1), "America/Asuncion").astimezone(ZoneInfo("America/Asuncion")).strftime(
        "%d %H:%M"
    ) == ("01 01:00")
    offsets = {
        oracle_day_begins(date(2020, month, 1), zone).astimezone(ZoneInfo(zone)).utcoffset()
        for zone in ZONES
        for month in range(1, 13)
    }
    assert len(offsets) == 9  # Asunción's winter and New York's summer share one
    assert [year for year in range(2016, 2026) if isleap(year)] == [2016, 2020, 2024]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cadence", CADENCES)
def test_due_periods_equal_the_oracle_around_every_boundary_of_ten_years(cadence, zone):
    compared = 0
    for fiscal_start in (1, 4, 10):
        starts = oracle_starts(cadence, fiscal_start)
        spans = list(pairwise(starts))
        begin = starts[0]
        for number, (_, end) in enumerate(spans):
            instant = oracle_day_begins(end, zone)
            for offset, due in (
                (timedelta(days=-1), number),
                (timedelta(seconds=-1), number),
                (timedelta(0), number + 1),
                (timedelta(seconds=1), number + 1),
                (timedelta(days=1), number + 1),
            ):
                got = due_periods(cadence, begin, instant + offset, fiscal_start=fiscal_start, tz=zone)
                assert [(p.start, p.end) for p in got] == spans[:due]
                compared += 1
    assert compared >= 3 * 5 * 9


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("grace", [0, 1, 10, 31, 45])
def test_grace_is_calendar_days_of_the_zone(zone, grace):
    for start in oracle_starts("month", 1)[1:-2]:
        period = period_containing("month", start - timedelta(days=1))
        due = oracle_day_begins(start + timedelta(days=grace), zone)
        assert due_at(period, zone, grace_days=grace) == due
        listed = due_periods("month", period.start, due, tz=zone, grace_days=grace)
        assert listed[0] == period
        before = due - timedelta(seconds=1)
        assert due_periods("month", period.start, before, tz=zone, grace_days=grace) == []


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_ten_years_begins_when_the_zone_says(zone):
    day = FIRST
    while day < LAST:
        assert day_begins(day, zone) == oracle_day_begins(day, zone), day
        day += timedelta(days=1)


def test_days_that_clocks_skip_repeat_or_leave_out():
    # Midnight does not exist: 00:00 -03 becomes 01:00 -02 at 03:00 UTC.
    assert day_begins(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)
    # Midnight exists twice: 01:00 CDT becomes 00:00 CST; the first one counts.
    assert day_begins(date(2020, 11, 1), "America/Havana") == datetime(2020, 11, 1, 4, tzinfo=UTC)
    # A gap that begins before midnight (23:30 to 00:30): the day begins after the gap.
    assert day_begins(date(1919, 3, 31), "America/Toronto") == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)
    # The date was left out: the instant is that of the next day.
    assert day_begins(date(2011, 12, 30), "Pacific/Apia") == day_begins(date(2011, 12, 31), "Pacific/Apia")
    skipped = due_periods(
        "month",
        date(2011, 12, 1),
        datetime(2011, 12, 31, 10, 0, tzinfo=UTC),
        tz="Pacific/Apia",
    )
    assert [p.key for p in skipped] == ["2011-12"]


def test_a_date_that_comes_back_takes_nothing_away():
    # St John's, 1 November 2009: at 00:01 the clocks went back to 23:01 on 31 October.
    began = datetime(2009, 11, 1, 2, 30, tzinfo=UTC)
    again = began + timedelta(minutes=1, seconds=30)
    assert again.astimezone(ZoneInfo("America/St_Johns")).date() == date(2009, 10, 31)
    assert day_begins(date(2009, 11, 1), "America/St_Johns") == began
    for moment in (began, again):
        due = due_periods("month", date(2009, 10, 5), moment, tz="America/St_Johns")
        assert [p.key for p in due] == ["2009-10"]


def test_29_february_and_year_end_by_hand():
    berlin = "Europe/Berlin"
    february = period_containing("month", date(2024, 2, 29))
    assert (february.start, february.end, february.last) == (
        date(2024, 2, 1),
        date(2024, 3, 1),
        date(2024, 2, 29),
    )
    assert due_at(february, berlin) == datetime(2024, 2, 29, 23, tzinfo=UTC)
    year = period_containing("year", date(2024, 12, 31))
    assert not has_ended(year, datetime(2024, 12, 31, 22, 59, 59, 999999, tzinfo=UTC), berlin)
    assert has_ended(year, datetime(2024, 12, 31, 23, tzinfo=UTC), berlin)
    assert has_ended(year, datetime(2025, 1, 1, 0, tzinfo=ZoneInfo(berlin)), berlin)


@pytest.mark.parametrize(
    ("cadence", "day", "fiscal_start", "key", "label", "start", "last"),
    [
        (
            "month",
            date(2026, 3, 31),
            4,
            "2026-03",
            "March 2026",
            (2026, 3, 1),
            (2026, 3, 31),
        ),
        (
            "quarter",
            date(2026, 3, 31),
            1,
            "2026-Q1",
            "Q1 2026",
            (2026, 1, 1),
            (2026, 3, 31),
        ),
        (
            "quarter",
            date(2026, 3, 31),
            4,
            "FY2026-Q4",
            "Q4 FY2026",
            (2026, 1, 1),
            (2026, 3, 31),
        ),
        (
            "quarter",
            date(2026, 4, 1),
            4,
            "FY2027-Q1",
            "Q1 FY2027",
            (2026, 4, 1),
            (2026, 6, 30),
        ),
        (
            "quarter",
            date(2026, 1, 1),
            2,
            "FY2026-Q4",
            "Q4 FY2026",
            (2025, 11, 1),
            (2026, 1, 31),
        ),
        (
            "half_year",
            date(2026, 12, 31),
            1,
            "2026-H2",
            "H2 2026",
            (2026, 7, 1),
            (2026, 12, 31),
        ),
        (
            "half_year",
            date(2026, 2, 1),
            10,
            "FY2026-H1",
            "H1 FY2026",
            (2025, 10, 1),
            (2026, 3, 31),
        ),
        ("year", date(2026, 6, 1), 1, "2026", "2026", (2026, 1, 1), (2026, 12, 31)),
        (
            "year",
            date(2025, 10, 1),
            10,
            "FY2026",
            "FY2026",
            (2025, 10, 1),
            (2026, 9, 30),
        ),
        (
            "year",
            date(2026, 9, 30),
            10,
            "FY2026",
            "FY2026",
            (2025, 10, 1),
            (2026, 9, 30),
        ),
    ],
)
def test_names_and_limits_by_hand(cadence, day, fiscal_start, key, label, start, last):
    period = period_containing(cadence, day, fiscal_start=fiscal_start)
    assert (period.key, period.label) == (key, label)
    assert (period.start, period.last) == (date(*start), date(*last))
    assert period_for_key(key, fiscal_start=fiscal_start) == period


@given(cadences, days, fiscal_starts)
def test_periods_tile_the_calendar(cadence: Cadence, day: date, fiscal_start: int):
    period = period_containing(cadence, day, fiscal_start=fiscal_start)
    assert day in period
    assert period.start - timedelta(days=1) not in period
    assert period.end not in period
    assert period.last in period
    assert period.start.day == 1
    assert (period.start.month - fiscal_start) % LENGTHS[cadence] == 0
    after, before = period.shift(1), period.shift(-1)
    assert after.start == period.end
    assert before.end == period.start
    assert period.shift(7).shift(-7) == period
    assert before < period < after
    assert period_for_key(period.key, fiscal_start=fiscal_start) == period


@given(cadences, days, st.integers(-400, 1500), fiscal_starts)
def test_periods_between_are_all_of_them_once(cadence, first, length, fiscal_start):
    last = first + timedelta(days=length)
    got = periods_between(cadence, first, last, fiscal_start=fiscal_start)
    if last < first:
        assert got == []
        return
    assert first in got[0]
    assert last in got[-1]
    assert all(a.end == b.start for a, b in pairwise(got))
    assert len({p.key for p in got}) == len(got)


@given(days, st.integers(0, 4000), st.integers(0, 4000), st.sampled_from(ZONES), cadences)
@settings(max_examples=60)
def test_what_is_due_stays_due(start, earlier, later, zone, cadence):
    earlier, later = sorted((earlier, later))
    base = datetime(start.year, start.month, start.day, 12, tzinfo=UTC)
    first = due_periods(cadence, start, base + timedelta(days=earlier), tz=zone)
    second = due_periods(cadence, start, base + timedelta(days=later), tz=zone)
    assert second[: len(first)] == first


def test_due_begins_with_the_period_that_holds_the_first_day_and_not_before():
    as_of = datetime(2011, 1, 31, 12, tzinfo=UTC)
    due = due_periods("quarter", date(2009, 2, 14), as_of, tz="UTC")
    assert [p.key for p in due] == [f"{y}-Q{q}" for y in (2009, 2010) for q in (1, 2, 3, 4)]
    assert due_periods("quarter", date(2011, 1, 1), as_of, tz="UTC") == []
    assert due_periods("quarter", date(2030, 1, 1), as_of, tz="UTC") == []


def test_three_missed_quarters_are_all_made_up_and_two_of_them_late():
    tz = "Europe/Berlin"
    as_of = datetime(2026, 10, 5, 8, tzinfo=UTC)
    due = due_periods("quarter", date(2026, 1, 10), as_of, tz=tz)
    assert [(p.key, is_late(p, as_of, tz)) for p in due] == [
        ("2026-Q1", True),
        ("2026-Q2", True),
        ("2026-Q3", False),
    ]
    assert all(is_late(p, as_of, tz, late_after_days=1) for p in due)
    assert not is_late(due[2], as_of, tz, late_after_days=5)


def test_late_begins_to_the_second_when_the_next_review_is_due():
    quarter = period_containing("quarter", date(2026, 2, 1))
    edge = datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert late_from(quarter, "Europe/Berlin") == edge
    assert is_late(quarter, edge, "Europe/Berlin")
    assert not is_late(quarter, edge - timedelta(microseconds=1), "Europe/Berlin")
    # Ten days of grace move both the due date and the lateness.
    assert late_from(quarter, "Europe/Berlin", grace_days=10) == edge + timedelta(days=10)
    assert late_from(quarter, "Europe/Berlin", grace_days=10, late_after_days=0) == due_at(
        quarter, "Europe/Berlin", grace_days=10
    )


def test_day_31_in_all_twelve_months_never_wears_down():
    got = list(recurrences(date(2023, 1, 31), 1, date(2025, 1, 31)))
    assert len(got) == 25
    for day in got:
        assert (day + timedelta(days=1)).day == 1
    assert [d.day for d in got[:3]] == [31, 28, 31]
    assert got[13] == date(2024, 2, 29)


@pytest.mark.parametrize("every", [1, 2, 3, 6, 12])
def test_recurrences_of_every_day_of_a_leap_year_keep_their_day(every):
    for offset in range(366):
        anchor = date(2016, 1, 1) + timedelta(days=offset)
        got = list(recurrences(anchor, every, date(2026, 12, 31)))
        months = [(d.year - anchor.year) * 12 + d.month - anchor.month for d in got]
        assert months == [every * n for n in range(len(got))]
        for day in got:
            last_of_month = (day + timedelta(days=1)).day == 1
            assert day.day == anchor.day or (last_of_month and day.day < anchor.day)


@given(days, st.integers(-600, 600))
def test_add_months_moves_by_whole_months(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day
    if day.day <= 28:
        assert add_months(moved, -months) == day


@pytest.mark.parametrize(
    ("base", "standing", "expected"),
    [
        ("year", "WATCH", "half_year"),
        ("half_year", "WATCH", "quarter"),
        ("quarter", "WATCH", "month"),
        ("month", "WATCH", "month"),
        *((base, "PROBATION", "month") for base in CADENCES),
        *((base, standing, base) for base in CADENCES for standing in ("PREFERRED", None)),
    ],
)
def test_cadence_for_standing(base, standing, expected):
    assert cadence_for_standing(base, standing) == expected
    if standing == "WATCH" and base != "month":
        assert 2 * months_in(expected) <= months_in(base)


def test_a_key_of_another_calendar_or_of_none_is_refused():
    assert period_for_key("FY2026-Q1", fiscal_start=10).start == date(2025, 10, 1)
    for key, fiscal_start in [
        ("2026-Q1", 10),
        ("FY2026-Q1", 1),
        ("2026-H3", 1),
        ("2026-Q5", 1),
        ("2026-13", 1),
        ("2026-00", 1),
        ("FY2026-03", 1),
        ("FY2026-03", 4),
        ("0000", 1),
        ("9999", 1),
        ("٢٠٢٦", 1),
        ("2026\n", 1),
        ("", 1),
    ]:
        with pytest.raises(PeriodError, match="no period called"):
            period_for_key(key, fiscal_start=fiscal_start)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "Europe", "../../etc/passwd", "a\0b", "/etc"])
def test_an_unknown_zone_is_a_sentence(name):
    with pytest.raises(PeriodError, match="There is no time zone called"):
        day_begins(date(2026, 1, 1), name)


def test_wrong_input_is_refused():
    with pytest.raises(PeriodError, match="needs its time zone"):
        due_periods("month", date(2026, 1, 1), datetime(2026, 2, 1), tz="UTC")
    with pytest.raises(PeriodError, match="month, quarter, half_year or year"):
        period_containing("week", date(2026, 1, 1))  # type: ignore[arg-type]
    for fiscal_start in (0, 13, True, 1.5):
        with pytest.raises(PeriodError, match="from 1 to 12"):
            period_containing("month", date(2026, 1, 1), fiscal_start=fiscal_start)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="plain date"):
        period_containing("month", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(TypeError, match="plain date"):
        assert datetime(2026, 1, 1, tzinfo=UTC) in period_containing("month", date(2026, 1, 1))
    with pytest.raises(PeriodError, match="grace cannot be negative"):
        due_periods("month", date(2026, 1, 1), datetime.now(UTC), tz="UTC", grace_days=-1)
    with pytest.raises(PeriodError, match="late cannot be negative"):
        late_from(period_containing("month", date(2026, 1, 1)), "UTC", late_after_days=-1)
    with pytest.raises(PeriodError, match="every 1 month"):
        list(recurrences(date(2026, 1, 1), 0, date(2027, 1, 1)))
    for far in (date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(PeriodError, match="outside the calendar"):
            period_containing("year", far, fiscal_start=4)
        with pytest.raises(PeriodError, match="outside the calendar"):
            add_months(far, 1)


def test_periods_are_values():
    one = period_containing("quarter", date(2026, 1, 1))
    other = period_containing("quarter", date(2026, 3, 31))
    assert {one, other} == {one}
    assert isinstance(one, Period)
    assert one != period_containing("quarter", date(2026, 1, 1), fiscal_start=4)
