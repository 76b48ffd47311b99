"""Due days against an oracle that walks through every day of a stretch; reminders and escalation told as stories."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.dates import NONE, PERPETUAL, PartialDate, Window
from contracts.terms.duties import (
    LADDER,
    OFFSETS,
    Counted,
    Duty,
    Occurrence,
    Once,
    Recurring,
    Within,
    duty_data,
    duty_from_data,
    escalation,
    occurrences,
    reminders,
)
from contracts.terms.periods import MONDAY_TO_FRIDAY, Calendar, Length, Roll, Unit, parse_length
from contracts.terms.reading import parse
from strategy.sums.errors import SumError
from tests.contracts.terms.walking import CHRISTMAS, DAY, open_on, walked

L = parse_length
START, END = date(2027, 1, 31), date(2030, 12, 31)
ANCHORS = {"start": START, "end": PartialDate.of(END), "signature": parse("March 2027"), "site approval": None}
ALWAYS = (date(2000, 1, 1), date(2099, 12, 31))


def due(
    duty: Duty, from_: date = ALWAYS[0], to: date = ALWAYS[1], **anchors: PartialDate | date | None
) -> list[object]:
    """Return the due days, exact ones as days."""
    found = occurrences(duty, {**ANCHORS, **anchors}, from_, to, CHRISTMAS)
    return [one.day.exact or one.day if one.day else one.words for one in found]


def test_once_on_a_date_that_may_be_partial() -> None:
    assert due(Once(parse("31 May 2027"))) == [date(2027, 5, 31)]
    assert due(Once(parse("May 2027"))) == [Window(date(2027, 5, 1), date(2027, 5, 31))]
    # A month is among what is due for as long as any of its days may be it.
    assert len(due(Once(parse("May 2027")), date(2027, 5, 31), date(2027, 6, 30))) == 1
    assert due(Once(parse("May 2027")), date(2027, 6, 1), date(2027, 6, 30)) == []
    (unknown,) = due(Once(parse("[●] May [●]")))
    assert unknown == "Nothing bounds the date (May (day and year held back)); it needs at least its year."


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (Counted("start", L("30 days")), date(2027, 3, 2)),
        (Counted("start", L("1 month")), date(2027, 2, 28)),
        (Counted("end", L("180 days"), back=True), date(2030, 7, 4)),
        (Counted("end", L("2 years"), back=True), date(2028, 12, 31)),
        (Counted("end", L("3 months"), back=True), date(2030, 9, 30)),
        (Counted("end", L("2 years"), back=True, roll=Roll.BACK), date(2028, 12, 29)),
        (Counted("start", L("5 business days")), date(2027, 2, 5)),
        (Counted("signature", L("1 month")), Window(date(2027, 4, 1), date(2027, 4, 30))),
    ],
)
def test_counted_from_a_day_of_the_agreement(duty: Duty, expected: object) -> None:
    assert due(duty) == [expected]


def test_the_arithmetic_is_shown() -> None:
    (one,) = occurrences(Counted("end", L("180 days"), back=True), ANCHORS, *ALWAYS)
    assert one.words == "The end, 31 December 2030 less 180 days = 4 July 2030"
    first = occurrences(Recurring("start", L("3 months")), ANCHORS, *ALWAYS)[0]
    assert first.words == "The start, 31 January 2027 plus 3 months = 30 April 2027"


def test_the_31st_stays_the_end_of_the_month() -> None:
    monthly = Recurring("start", L("1 month"), at_once=True)
    assert due(monthly, to=date(2027, 6, 30)) == [
        START, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31), date(2027, 6, 30),
    ]  # fmt: skip
    yearly = Recurring("start", L("1 year"))
    assert due(yearly, start=date(2028, 2, 29), to=date(2032, 12, 31)) == [
        date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29),
    ]  # fmt: skip


def test_recurring_ends_with_its_last_date_or_the_agreement() -> None:
    assert due(Recurring("start", L("1 year"), last=parse("31 January 2029"))) == [
        date(2028, 1, 31), date(2029, 1, 31),
    ]  # fmt: skip
    assert len(due(Recurring("start", L("1 year"), last="end"))) == 3
    # Of a last date whose day is held back, an occurrence in its month may or may not be.
    found = occurrences(Recurring("start", L("1 year"), last=parse("January 2029")), ANCHORS, *ALWAYS)
    assert [(one.number, one.sure) for one in found] == [(1, True), (2, False)]
    found = occurrences(Recurring("start", L("12 months"), last=PartialDate(2029)), ANCHORS, *ALWAYS)
    assert [(one.number, one.sure) for one in found] == [(1, True), (2, False)]
    assert found[1].words.endswith(
        "unless it is over by then: the last day is a day from 1 January 2029 to 31 December 2029"
    )
    open_end = occurrences(Recurring("start", L("1 year"), last="end"), {"start": START}, ALWAYS[0], date(2030, 1, 1))
    assert len(open_end) == 2 and open_end[0].words.endswith("; it ends with the end, which is not told")
    assert len(due(Recurring("start", L("1 year"), last="end"), to=date(2040, 1, 1), end=PERPETUAL)) == 12


def test_a_clock_runs_only_once_the_event_is_told() -> None:
    told = Within("site approval", L("3 business days"))
    (waiting,) = occurrences(told, ANCHORS, *ALWAYS)
    assert waiting == Occurrence(1, None, "Nothing is due until the site approval is told.")
    anchors = {"site approval": date(2027, 12, 23)}
    assert [one.day for one in occurrences(told, anchors, *ALWAYS, CHRISTMAS)] == [
        Window(date(2027, 12, 30), date(2027, 12, 30))
    ]


@pytest.mark.parametrize(
    ("hours", "first", "last"), [(24, 1, 1), (4, 0, 1), (0, 0, 0), (25, 1, 2), (48, 2, 2), (72, 3, 3)]
)
def test_hours_from_a_day_end_on_one_of_two(hours: int, first: int, last: int) -> None:
    day = date(2028, 2, 28)
    (one,) = occurrences(Within("deviation", Length(hours, Unit.HOURS)), {"deviation": day}, *ALWAYS)
    assert one.day == Window(day + first * DAY, day + last * DAY)


@given(st.integers(0, 200), st.integers(0, 24 * 60 - 1))
def test_hours_end_within_the_window_whatever_the_minute(hours: int, minute: int) -> None:
    day = date(2028, 2, 28)
    (one,) = occurrences(Within("deviation", Length(hours, Unit.HOURS)), {"deviation": day}, *ALWAYS)
    assert one.day is not None
    ends = day + timedelta(days=(minute + hours * 60) // (24 * 60))
    assert one.day.earliest <= ends <= one.day.latest


@pytest.mark.parametrize(
    ("anchor", "why"),
    [
        (None, "The start is not told; enter it to see the day."),
        (NONE, "The start is not told; enter it to see the day."),
        (PERPETUAL, "The start is perpetual, so no day can be counted from it."),
        (parse("[●]"), "Nothing bounds the start (held back); it needs at least its year."),
    ],
)
def test_where_no_day_can_be_counted_it_says_why(anchor: PartialDate | None, why: str) -> None:
    for duty in (Counted("start", L("30 days")), Recurring("start", L("1 month"))):
        assert occurrences(duty, {"start": anchor}, *ALWAYS) == (Occurrence(1, None, why),)
        assert occurrences(duty, {} if anchor is None else {"start": anchor}, *ALWAYS)[0].words == why


def test_when_the_anchor_moves_the_due_days_move() -> None:
    notice = Counted("end", L("6 months"), back=True)
    assert due(notice) == [date(2030, 6, 30)]
    assert due(notice, end=date(2031, 8, 31)) == [date(2031, 2, 28)]


SOME_DAYS = st.dates(date(2026, 1, 1), date(2031, 12, 31))
EVERY = st.builds(Length, st.integers(1, 14), st.sampled_from([Unit.MONTHS, Unit.YEARS]))


def walked_through(duty: Recurring, anchor: date, last: date | None, from_: date, to: date) -> list[tuple[int, date]]:
    """Write every occurrence out from the anchor on, far beyond the stretch, then keep what lies in it."""
    found = []
    for number in range(0 if duty.at_once else 1, 200):
        day = walked(anchor, Length(number * duty.every.count, duty.every.unit), MONDAY_TO_FRIDAY, 1)
        if day.year > 2033:
            break
        while duty.roll is not Roll.STAY and not open_on(CHRISTMAS, day):
            day += DAY if duty.roll is Roll.NEXT else -DAY
        if from_ <= day <= to and (last is None or day <= last):
            found.append((number, day))
    return found


@given(
    SOME_DAYS, EVERY, st.none() | SOME_DAYS, st.booleans(), st.sampled_from(list(Roll)), SOME_DAYS, st.integers(0, 900)
)
def test_recurring_is_writing_all_of_them_out(
    anchor: date, every: Length, last: date | None, at_once: bool, roll: Roll, from_: date, days: int
) -> None:
    to = min(from_ + timedelta(days=days), date(2032, 6, 30))
    duty = Recurring("start", every, None if last is None else PartialDate.of(last), at_once, roll)
    found = occurrences(duty, {"start": anchor}, from_, to, CHRISTMAS)
    exact = [(one.number, one.day.exact) for one in found if one.day]
    assert exact == walked_through(duty, anchor, last, from_, to)
    assert all(one.sure for one in found)


@given(SOME_DAYS, st.integers(0, 40), EVERY, st.sampled_from(list(Roll)), SOME_DAYS, SOME_DAYS, st.integers(0, 400))
def test_what_any_day_of_a_partial_anchor_gives_lies_in_a_window(
    first: date, wide: int, every: Length, roll: Roll, one: date, other: date, inside: int
) -> None:
    from_, to = min(one, other), max(one, other)
    anchor = PartialDate(first.year, first.month)
    assert anchor.window is not None
    true = min(anchor.window.earliest + inside % 31 * DAY, anchor.window.latest)
    duty = Recurring("start", every, roll=roll)
    windows = {o.number: o.day for o in occurrences(duty, {"start": anchor}, from_, to, CHRISTMAS)}
    for number, day in walked_through(duty, true, None, from_, to):
        held = windows[number]
        assert held is not None and held.earliest <= day <= held.latest


def test_holidays_are_asked_for_near_the_stretch_only() -> None:
    known = Calendar("Known", frozenset({date(2028, 12, 25)}), years=(2028, 2028))
    duty = Recurring("start", L("1 month"), roll=Roll.NEXT)
    found = occurrences(duty, {"start": date(2020, 1, 25)}, date(2028, 2, 1), date(2028, 12, 31), known)
    days = [one.day.exact for one in found if one.day]
    assert days[0] == date(2028, 2, 25) and days[-1] == date(2028, 12, 26) and len(days) == 11
    with pytest.raises(SumError) as caught:
        occurrences(duty, {"start": date(2020, 1, 25)}, date(2029, 2, 1), date(2029, 12, 31), known)
    assert caught.value.field == "calendar"


def test_what_is_rolled_over_the_edge_of_the_stretch_is_seen() -> None:
    # 31 July 2027 is a Saturday, 1 August a Sunday.
    on = Recurring("start", L("1 month"), roll=Roll.NEXT)
    assert due(on, date(2027, 8, 1), date(2027, 8, 30), start=date(2027, 5, 31)) == [date(2027, 8, 2)]
    back = Recurring("start", L("1 month"), roll=Roll.BACK)
    assert due(back, date(2027, 7, 2), date(2027, 7, 31), start=date(2027, 7, 1)) == [date(2027, 7, 30)]


def test_at_the_end_of_the_calendar_nothing_more_is_due() -> None:
    stretch = (date(9998, 1, 1), date(9999, 12, 31))
    found = occurrences(Recurring("start", L("1 year"), roll=Roll.BACK), {"start": START}, *stretch)
    assert [one.day.latest.year for one in found if one.day] == [9998, 9999]


RULES: list[Duty] = [
    Once(parse("May 2027")),
    Once(parse("[●] May 2027")),
    Counted("end", L("180 days"), True, Roll.BACK),
    Counted("start", L("5 business days")),
    Recurring("start", L("3 months"), "end", True, Roll.NEXT),
    Recurring("start", L("2 years"), parse("2031")),
    Recurring("start", L("2 years")),
    Within("deviation", L("24 hours"), Roll.NEXT),
]


@pytest.mark.parametrize("duty", RULES)
def test_a_rule_survives_as_data(duty: Duty) -> None:
    assert duty_from_data(json.loads(json.dumps(duty_data(duty)))) == duty


def test_rules_are_told_in_words() -> None:
    assert [duty.words for duty in RULES] == [
        "once, May 2027",
        "once, May 2027 (day held back)",
        "180 days before the end",
        "5 business days after the start",
        "every 3 months from the start until the end, the first on that day",
        "every 2 years from the start until 2031",
        "every 2 years from the start",
        "within 24 hours after the deviation",
    ]
    assert Counted("end", L("0 days")).words == "on the day of the end"


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (lambda: Once(NONE), "on"),
        (lambda: Once(PERPETUAL), "on"),
        (lambda: Counted(" ", L("3 days")), "anchor"),
        (lambda: Counted("start", L("3 hours")), "length"),
        (lambda: Recurring("start", L("3 days")), "every"),
        (lambda: Recurring("start", L("0 months")), "every"),
        (lambda: Recurring("start", L("1 month"), NONE), "last"),
        (lambda: Recurring("start", L("1 month"), " "), "last"),
        (lambda: Within("", L("1 day")), "event"),
        (lambda: occurrences(RULES[0], {}, date(2028, 1, 2), date(2028, 1, 1)), "to"),
        (lambda: duty_from_data({"rule": "whenever"}), "data"),
        (lambda: duty_from_data({"rule": "counted", "anchor": "start"}), "data"),
        (lambda: duty_from_data({"rule": "counted", "anchor": 5, "length": {"count": 1, "unit": "days"}, "back": False,
                                 "roll": "stay"}), "data"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(made: object, field: str) -> None:
    with pytest.raises(SumError) as caught:
        made()  # type: ignore[operator]
    assert caught.value.field == field


# --- reminders and escalation -------------------------------------------------------------

DUE = date(2028, 7, 4)


def offsets(today: date, given_: set[tuple[date, int]] | None = None, day: date | Window = DUE) -> list[int]:
    return [one.offset for one in reminders(day, today, given=given_ or set())]


def test_reminders_come_on_their_day_and_once() -> None:
    assert offsets(date(2028, 6, 3)) == []
    assert offsets(date(2028, 6, 4)) == [30]
    assert offsets(date(2028, 6, 20), {(DUE, 30)}) == []
    assert offsets(date(2028, 6, 27), {(DUE, 30)}) == [7]
    # Who comes late to a duty hears all at once, the most urgent last.
    (month, week) = reminders(DUE, date(2028, 7, 1))
    assert (month.offset, month.on, week.offset) == (30, date(2028, 6, 4), 7)
    assert week.words == "Due 3 days from now, on 4 July 2028."
    assert reminders(DUE, DUE)[-1].words == "Due today, on 4 July 2028."
    assert reminders(DUE, date(2028, 7, 5))[-1].words == "Due 1 day ago, on 4 July 2028."


def test_reminders_move_when_the_due_day_moves() -> None:
    given_ = {(DUE, 30), (DUE, 7)}
    moved = date(2028, 9, 4)
    assert offsets(date(2028, 7, 1), given_, moved) == []
    assert offsets(date(2028, 8, 5), given_, moved) == [30]


def test_of_a_window_the_earliest_day_reminds_and_the_latest_is_overdue() -> None:
    july = Window(date(2028, 7, 1), date(2028, 7, 31))
    (one,) = reminders(july, date(2028, 6, 1))
    assert one.words == "Due 30 days from now, on 1 July 2028 at the earliest."
    assert escalation(july, date(2028, 7, 31)).level == 0
    assert escalation(july, date(2028, 8, 1)).level == 1


@given(st.integers(-60, 60), st.sets(st.sampled_from(OFFSETS)))
def test_every_offset_is_given_exactly_from_its_day(days: int, given_: set[int]) -> None:
    today = DUE + timedelta(days=days)
    expected = []
    for offset in OFFSETS:
        day = DUE
        for _ in range(offset):
            day -= DAY
        if day <= today and offset not in given_:
            expected.append(offset)
    assert offsets(today, {(DUE, offset) for offset in given_}) == expected


@pytest.mark.parametrize(
    ("today", "level", "role"),
    [(4, 0, ""), (5, 1, "owner"), (8, 1, "owner"), (9, 2, "relationship manager"), (13, 2, "relationship manager"),
     (14, 3, "executive"), (31, 3, "executive")],
)  # fmt: skip
def test_what_stays_undone_rises(today: int, level: int, role: str) -> None:
    found = escalation(DUE, date(2028, 7, today))
    assert (found.level, found.role) == (level, role)


def test_escalation_tells_since_when_and_may_count_business_days() -> None:
    found = escalation(DUE, date(2028, 7, 15))
    assert found.words == "Overdue since 4 July 2028; level 3, executive, from 14 July 2028: 10 days after it."
    assert escalation(DUE, date(2028, 7, 4)).words == "Not overdue: due on 4 July 2028."
    working = escalation(date(2027, 12, 23), date(2028, 1, 2), calendar=CHRISTMAS)
    assert (working.level, working.since) == (1, date(2027, 12, 24))
    assert escalation(date(2027, 12, 23), date(2028, 1, 4), calendar=CHRISTMAS).since == date(2028, 1, 4)
    late = escalation(DUE, date(2028, 7, 6), ladder=((5, "owner"),))
    assert (late.level, late.words) == (0, "Overdue since 4 July 2028, 2 days.")


@given(st.integers(-20, 40), st.sampled_from([None, CHRISTMAS]))
def test_the_level_is_counted_day_by_day(days: int, calendar: Calendar | None) -> None:
    due_day = date(2027, 12, 20)
    today = due_day + timedelta(days=days)
    passed, day = 0, due_day
    while day < today:
        day += DAY
        passed += calendar is None or open_on(calendar, day)
    assert escalation(due_day, today, calendar=calendar).level == sum(passed >= step for step, _ in LADDER)


@pytest.mark.parametrize("ladder", [((0, "owner"),), ((5, "owner"), (5, "executive")), ((1, ""),)])
def test_ladders_and_offsets_that_cannot_be_are_refused(ladder: tuple[tuple[int, str], ...]) -> None:
    with pytest.raises(SumError) as caught:
        escalation(DUE, DUE, ladder)
    assert caught.value.field == "ladder"
    for wrong in ((-1,), (7, 7)):
        with pytest.raises(SumError) as caught:
            reminders(DUE, DUE, wrong)
        assert caught.value.field == "offsets"
