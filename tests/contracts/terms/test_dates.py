"""Dates as contracts give them: their parts, what can be told without the rest, and how they are read and printed."""

from __future__ import annotations

import json
import os
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.terms.dates import NONE, PERPETUAL, Answer, PartialDate, Window
from contracts.terms.reading import find_dates, parse, parse_all
from strategy.sums.errors import SumError

ROOT = Path(__file__).resolve().parents[3]
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
EVERY_DAY = [date(2016, 1, 1) + timedelta(days=n) for n in range(9 * 365 + 3)]
LABELS = ("Agreement Date", "Effective Date", "Expiration Date")


@pytest.fixture(scope="module")
def labelled() -> list[dict[str, Any]]:
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "contracts" / "cuad"
    files = sorted(folder.glob("*.json"))
    if not files:
        pytest.skip(f"the real data are not at {folder.parents[1]}; set CMO_REAL_DATA to their folder")
    return [json.loads(file.read_text()) for file in files]


@st.composite
def partial(draw: st.DrawFn, *, with_year: bool = False) -> PartialDate:
    day = draw(st.dates(date(2019, 1, 1), date(2021, 12, 31)))
    shape = draw(st.sampled_from(["day", "month", "year", "held"]))
    if shape == "day":
        return PartialDate.of(day)
    if shape == "month":
        return PartialDate(day.year, day.month, redacted=draw(st.booleans()))
    if shape == "year":
        return PartialDate(day.year, redacted=draw(st.booleans()))
    parts = [part if draw(st.booleans()) else None for part in (day.year, day.month, day.day)]
    assume(None in parts and (parts[0] or not with_year))
    return PartialDate(*parts, redacted=True)


def all_days(of: PartialDate) -> list[date]:
    """Say by walking through the years 2016 to 2024 which days have these parts."""
    return [
        day
        for day in EVERY_DAY
        if of.year in (None, day.year) and of.month in (None, day.month) and of.day in (None, day.day)
    ]


def told(yes: bool, no: bool) -> Answer:
    return YES if yes else NO if no else UNKNOWN


# --- what is known ------------------------------------------------------------------------


@given(partial(with_year=True))
def test_the_first_and_last_day_are_those_of_all_that_fit(of: PartialDate) -> None:
    days = all_days(of)
    assert (of.earliest, of.latest) == (days[0], days[-1])
    assert list(of.days()) == days
    assert of.exact == (days[0] if len(days) == 1 and of.day and of.month else None)


@given(partial(with_year=True), partial(with_year=True))
def test_before_after_and_same_are_told_by_every_pair_of_days(one: PartialDate, other: PartialDate) -> None:
    ours, theirs = all_days(one), all_days(other)
    assert one.before(other) is told(ours[-1] < theirs[0], ours[0] >= theirs[-1])
    assert one.after(other) is told(ours[0] > theirs[-1], ours[-1] <= theirs[0])
    shared = set(ours) & set(theirs)
    assert one.same(other) is told(len(ours) == len(theirs) == len(shared) == 1, not shared)


@given(partial(), st.dates(date(2020, 1, 1), date(2020, 12, 31)))
def test_a_date_without_a_year_is_told_apart_by_its_other_parts(other: PartialDate, day: date) -> None:
    one = PartialDate(None, day.month, day.day, redacted=True)
    assert one.same(other) is told(False, not set(all_days(one)) & set(all_days(other)))
    assert one.before(other) is UNKNOWN


def test_perpetual_is_after_every_day_and_none_tells_nothing() -> None:
    day = date(2999, 12, 31)
    assert PERPETUAL.after(day) is YES and PERPETUAL.before(day) is NO and PERPETUAL.same(day) is NO
    assert PartialDate(redacted=True).before(PERPETUAL) is YES
    assert PERPETUAL.same(PERPETUAL) is YES and PERPETUAL.before(PERPETUAL) is NO
    assert NONE.after(day) is NONE.before(day) is NONE.same(day) is NONE.same(NONE) is UNKNOWN
    assert PERPETUAL.earliest is PERPETUAL.latest is NONE.window is PartialDate(redacted=True).window is None


def test_unknown_is_never_taken_for_yes() -> None:
    with pytest.raises(TypeError, match="compare it"):
        bool(PartialDate(2018).before(date(2018, 5, 1)))
    with pytest.raises(TypeError, match="plain date"):
        PartialDate.of(datetime(2018, 5, 1))


def test_a_window_tells_what_it_can() -> None:
    window = Window(date(2028, 2, 1), date(2028, 2, 29))
    assert [window.before(date(2028, month, 1)) for month in (2, 3)] == [NO, YES]
    assert [window.after(date(2028, *day)) for day in ((1, 31), (2, 1), (2, 29))] == [YES, UNKNOWN, NO]
    assert str(window) == "a day from 1 February 2028 to 29 February 2028" and window.exact is None
    with pytest.raises(SumError, match="swap the two"):
        Window(date(2028, 3, 1), date(2028, 2, 1))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((2019, 2, 29), "There is no 29 February 2019; check the day."),
        ((2019, 13, 1), "There is no month 13"),
        ((1066, 10, 14), "1066 is not a year from 1800 to 2999"),
        ((2019, None, 15), "a day needs its month"),
        ((None, 5, 15), "needs its year"),
        ((2019, 1, 1, True), "Nothing is held back"),
        ((None, 2, 30, True), "There is no 30 February; check the day."),
        ((2019, None, 32, True), "There is no 32 of a month 2019"),
    ],
)
def test_what_no_day_can_be_is_refused(parts: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(SumError, match=sentence) as caught:
        PartialDate(*parts)
    assert caught.value.field == "date"


# --- writing and reading ------------------------------------------------------------------


@given(st.one_of(partial(), st.sampled_from([PERPETUAL, NONE])))
def test_the_stored_form_comes_back(of: PartialDate) -> None:
    assert PartialDate.from_code(of.code) == of


def test_the_stored_form_is_that_of_the_standard() -> None:
    forms = {"2018-03-15": "15 March 2018", "2018-03": "March 2018", "2018": "2018", "": "not stated",
             "perpetual": "perpetual", "2018-03-XX": "March 2018 (day held back)", "XXXX-XX-XX": "held back",
             "2018-XX-15": "15 of a month 2018 (month held back)", "XXXX-03-15": "15 March (year held back)"}  # fmt: skip
    assert {code: str(PartialDate.from_code(code)) for code in forms} == forms
    for wrong in ("2018-3", "2018-03-32", "soon", "2018-XX", "XXXX"):
        if wrong in ("2018-XX", "XXXX"):  # Gaps that stand for the same as the longer form.
            assert PartialDate.from_code(wrong).code in ("2018-XX-XX", "XXXX-XX-XX")
            continue
        with pytest.raises(SumError):
            PartialDate.from_code(wrong)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("5/31/2017", "2017-05-31"),
        ("2017-05-31", "2017-05-31"),
        ("31 May 2017", "2017-05-31"),
        ("May 31st, 2017", "2017-05-31"),
        ("the 31st day of May, 2017", "!"),
        ("2-Jun-06", "2006-06-02"),
        ("3-31-16", "2016-03-31"),
        ("12/31/98", "1998-12-31"),
        ("1.4.2011", "2011-04-01"),
        ("[]/[]/2018", "2018-XX-XX"),
        ("03/[]/2018", "2018-03-XX"),
        ("[ ]/15/2018", "2018-XX-15"),
        ("3/15/[***]", "XXXX-03-15"),
        ("[]/[]/[][]", "XXXX-XX-XX"),
        ("[●]", "XXXX-XX-XX"),
        ("May 2017", "2017-05"),
        ("5/2017", "2017-05"),
        ("2017-05", "2017-05"),
        ("2017", "2017"),
        ("Perpetual", "perpetual"),
        ("1/1/2019; 12/31/2021", "2019-01-01 2021-12-31"),
        ("June 2019 or perpetual", "2019-06 perpetual"),
        ("", ""),
        ("13/1/2019", "!"),
        ("2/29/2019", "!"),
        ("31/12", "!"),
        ("5 years from signature", "!"),
        ("12345", "!"),
    ],
)
def test_what_answers_look_like(text: str, codes: str) -> None:
    if codes == "!":
        with pytest.raises(SumError) as caught:
            parse_all(text)
        assert caught.value.field == "date"
    else:
        assert " ".join(one.code for one in parse_all(text)) == codes


def test_one_date_is_asked_for_where_two_are_given() -> None:
    with pytest.raises(SumError, match="holds 2 dates; say which one counts"):
        parse("1/1/2019, 12/31/2021")
    assert parse(" ") is NONE
    assert parse("31/12/2019", "dmy").code == "2019-12-31"


@given(partial(with_year=True))
def test_what_is_printed_reads_back(of: PartialDate) -> None:
    assume(not of.redacted)
    assert parse(str(of)) == of


def test_dates_are_found_where_they_stand() -> None:
    text = (
        "made this ____ day of March, 2018 (a perpetual licence of 2017), until 30 June 2020, not 31 June 2020 [***]."
    )
    found = find_dates(text)
    assert [one.date.code for one in found] == ["2018-03-XX", "2020-06-30"]
    assert [text[one.start : one.end] for one in found] == ["this ____ day of March, 2018", "30 June 2020"]


@pytest.mark.parametrize("piece", ["_", "[ ]", "[", "1/", "this ", "* *", "** ", "1 ", " ", "day of "])
def test_a_page_of_the_same_costs_no_more_than_reading_it(piece: str) -> None:
    text = "1" + piece * (200_000 // len(piece)) + " May"
    began = time.perf_counter()
    find_dates(text)
    assert time.perf_counter() - began < 5


# --- the labelled contracts ---------------------------------------------------------------


def test_every_labelled_date_is_read_and_survives(labelled: list[dict[str, Any]]) -> None:
    answers = {(one["id"], label): one["labels"][label]["answer"] for one in labelled for label in LABELS}
    kinds: dict[str, int] = {}
    for text in answers.values():
        found = parse(text)
        kind = re_shape(found.code)
        kinds[kind] = kinds.get(kind, 0) + 1
        assert PartialDate.from_code(found.code) == found
        if found.exact:
            month, day, year = (int(part) for part in text.split("/"))
            assert found.exact == date(year, month, day)
    # Nothing is unreadable; where the label is empty the contract states the date by an event, or not at all.
    assert sum(kinds.values()) == 3 * len(labelled)
    assert set(kinds) <= {"day", "month", "year", "held", "perpetual", ""}
    assert kinds["day"] > 30 and kinds["perpetual"] == 3 and kinds["year"] == 2 and kinds["held"] == 3


def re_shape(code: str) -> str:
    if code in ("", "perpetual"):
        return code
    return ("day", "month", "year", "held")[sum("X" in part for part in code.split("-"))]


def test_the_words_of_the_contract_say_the_same_as_the_label(labelled: list[dict[str, Any]]) -> None:
    compared = 0
    for one in labelled:
        for label in ("Agreement Date", "Effective Date"):
            answer = parse(one["labels"][label]["answer"])
            codes = [d.date.code for span in one["labels"][label]["spans"] for d in find_dates(span["text"])]
            if answer.code and codes:
                compared += 1
                assert answer.code in codes, (one["id"], label)
    assert compared >= 30
