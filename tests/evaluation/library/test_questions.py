"""What may answer a question, and what an answer scores by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.library.bands import MOST_DIGITS, Band, fault_of_bands, in_words
from evaluation.library.making import at_least, at_most, choice, day, file, number, scored, table
from evaluation.library.questions import (
    MOST_ROWS,
    MOST_TEXT,
    Question,
    auto_score,
    band_of,
    check_questions,
    fault,
    missing,
    question_from,
    shown,
    tidy,
)

TEXT = Question("T-1", "Say it.", mandatory=True)
RATE = number("N-1", "analytics", "technical", "Rate?", "%", bands=at_most(("2", 5), ("5", 3)))
SHARE = number("N-2", "analytics", "technical", "Share?", "%", bands=at_least(("90", 1), ("97.5", 5)))
PICK = choice("C-1", "capacity", "technical", "Which?", "Yes", "No", bands=scored(("Yes", 5), ("No", 0)))
GRID = table("G-1", "capacity", "technical", "Which?", "Name", "#Slots")
BY = day(
    "D-1",
    "speed",
    "business_fit",
    "By when?",
    bands=(Band(Decimal(5), high="2027-01-01"), Band(Decimal(1), low="2027-01-01")),
)
PAPER = file("F-1", "speed", "business_fit", "Attach it.")
ALL = (TEXT, RATE, SHARE, PICK, GRID, BY, PAPER)

#: Fifteen digits at most, six of them decimals, as a spreadsheet keeps them.
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)


@pytest.mark.parametrize("question", ALL, ids=lambda one: one.code)
@pytest.mark.parametrize("nothing", [None, "", " \n", {"rows": []}, {"rows": [["", " "]]}])
def test_no_answer_is_never_a_score(question: Question, nothing: object) -> None:
    assert missing(nothing) and tidy(question, nothing) is None and shown(question, nothing) == ""
    assert auto_score(question, nothing) is None
    assert fault(question, nothing, draft=True) == ""
    assert bool(fault(question, nothing)) is question.mandatory


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        (TEXT, "a\x00b", "control character"),
        (TEXT, "a\x1bb", "control character"),
        (TEXT, "a\ud800b", "control character"),
        (TEXT, "a\ufffeb", "control character"),
        (TEXT, "a\u202eb", "reverse the reading direction"),
        (TEXT, "a\u2066b", "reverse the reading direction"),
        (TEXT, "x" * (MOST_TEXT + 1), "at most 10,000"),
        (TEXT, 12, "must be a text"),
        (TEXT, ["x"], "must be a text"),
        (RATE, "1,5", "without a comma"),
        (RATE, "1e3", "Write a number"),
        (RATE, "NaN", "Write a number"),
        (RATE, "٣", "Write a number"),
        (RATE, "123456789012.3456", "more than 15 digits"),
        (RATE, 5, "Give one number"),
        (RATE, "5 %", "Write a number"),
        (PICK, "yes", "Choose one of: Yes; No"),
        (BY, "31.12.2026", "year-month-day"),
        (BY, "2026-02-30", "year-month-day"),
        (BY, "1026-02-03", "year-month-day"),
        (PAPER, "../plan.pdf", "without folders"),
        (PAPER, "a\nb.pdf", "on one line"),
        (PAPER, "..", "has no letters"),
        (GRID, "x", "a table with rows"),
        (GRID, {"rows": [["a"]]}, "Row 1: give one text for each of the 2 columns"),
        (GRID, {"rows": [["a", "1"], ["", ""]]}, "Row 2 is empty"),
        (GRID, {"rows": [["a", "many"]]}, "Row 1, Slots: Write a number"),
        (GRID, {"rows": [["a\x00", "1"]]}, "Row 1, Name: The text holds a control"),
        (GRID, {"rows": [["a", "1"]] * (MOST_ROWS + 1)}, "at most 60"),
        (GRID, {"rows": [["a", "1"]], "more": 1}, "a table with rows"),
    ],
)
def test_what_cannot_answer_is_refused_with_a_sentence(question: Question, answer: object, said: str) -> None:
    assert said in fault(question, answer)
    assert auto_score(question, answer) is None  # type: ignore[arg-type]


def test_good_answers_are_taken_and_shown() -> None:
    for question, answer, read in (
        (TEXT, "=SUM(A1)\nsecond line\tof it", "=SUM(A1)\nsecond line\tof it"),
        (RATE, "1234567.5", "1,234,567.5 %"),
        (RATE, "-0.5", "-0.5 %"),
        (PICK, "Yes", "Yes"),
        (BY, "2026-05-01", "1 May 2026"),
        (GRID, {"rows": [["Line 1", "1200"], ["", "3"]]}, "Name: Line 1; Slots: 1,200\nSlots: 3"),
        (PAPER, "Plan ü v2.pdf", "Plan ü v2.pdf"),
    ):
        assert fault(question, answer) == ""
        assert shown(question, answer) == read


def test_an_answer_is_kept_tidily() -> None:
    assert tidy(TEXT, " a\r\nb\rc ") == "a\nb\nc"
    assert [tidy(RATE, text) for text in ("007.50", "-0", "0.0", "100")] == ["7.5", "0", "0", "100"]
    assert tidy(RATE, "1,5") == "1,5"
    assert tidy(GRID, {"rows": [["", ""], [" a ", "01.0"]]}) == {"rows": [["a", "1"]]}


@given(NUMBERS)
def test_every_number_falls_in_exactly_one_band(value: Decimal) -> None:
    text = f"{value:f}"
    for question in (RATE, SHARE):
        assert fault(question, text) == ""
        assert sum(band.holds(text, "number") for band in question.bands) == 1
    assert auto_score(RATE, text) == (5 if value <= 2 else 3 if value <= 5 else 0)
    assert auto_score(SHARE, text) == (0 if value < 90 else 1 if value < Decimal("97.5") else 5)


@given(NUMBERS, NUMBERS)
def test_better_never_scores_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert auto_score(RATE, f"{low:f}") >= auto_score(RATE, f"{high:f}")  # type: ignore[operator]
    assert auto_score(SHARE, f"{low:f}") <= auto_score(SHARE, f"{high:f}")  # type: ignore[operator]


def test_an_edge_belongs_to_the_band_that_says_so() -> None:
    step = Decimal("0.000001")
    for edge, upto, beyond in ((Decimal(2), 5, 3), (Decimal(5), 3, 0)):
        assert [auto_score(RATE, f"{edge + d:f}") for d in (-step, 0, step)] == [upto, upto, beyond]
    assert [auto_score(SHARE, text) for text in ("89.999999", "90", "97.499999", "97.5")] == [0, 1, 1, 5]
    assert [auto_score(BY, text) for text in ("2026-12-31", "2027-01-01")] == [5, 1]
    assert [in_words(band, "number", "%") for band in RATE.bands] == [
        "up to and including 2 % scores 5", "above 2 up to and including 5 % scores 3", "above 5 % scores 0",
    ]  # fmt: skip
    assert [in_words(band, "number", "%") for band in SHARE.bands] == [
        "below 90 % scores 0", "from 90 up to, but not including, 97.5 % scores 1", "from 97.5 % scores 5",
    ]  # fmt: skip
    assert [in_words(band, "date") for band in BY.bands] == ["before 2027-01-01 scores 5", "from 2027-01-01 scores 1"]


@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=8, unique=True),
    st.sampled_from(["low", "high"]),
    st.randoms(),
)
def test_bands_without_gap_are_taken_in_any_order_and_any_gap_or_overlap_is_refused(edges, includes, random) -> None:
    edges = [str(edge) for edge in sorted(edges)]
    ends = ["", *edges, ""]
    bands = [Band(Decimal(1), ends[i], ends[i + 1], includes=includes) for i in range(len(ends) - 1)]
    random.shuffle(bands)
    assert fault_of_bands(bands, "number") == ""
    place = random.randrange(len(bands))
    assert fault_of_bands(bands[:place] + bands[place + 1 :], "number") != ""
    assert "twice" in fault_of_bands([*bands, bands[place]], "number")
    moved = replace(bands[place], low=str(int(bands[place].low) - 1)) if bands[place].low else None
    if moved and int(moved.low) < int(bands[place].low):
        assert fault_of_bands([*bands[:place], moved, *bands[place + 1 :]], "number") != ""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (replace(RATE, bands=(Band(Decimal(1), high="5"), Band(Decimal(2), low="7"))), "between 5 and 7 have no score"),
        (replace(RATE, bands=(Band(Decimal(1), high="5"), Band(Decimal(2), low="4"))), "between 4 and 5 are scored twice"),
        (replace(RATE, bands=(Band(Decimal(1), low="1"),)), "No band is open below"),
        (replace(RATE, bands=(Band(Decimal(1), high="1"),)), "Values above 1 have no score"),
        (replace(RATE, bands=(Band(Decimal(1)), Band(Decimal(1), low="3"))), "reaches over them"),
        (replace(RATE, bands=(Band(Decimal(1), high="1"), Band(Decimal(1), low="1", includes="high"))), "include the same end"),
        (replace(RATE, bands=(Band(Decimal(6)),)), "A band scores from 0 to 5"),
        (replace(RATE, bands=(Band(Decimal("NaN")),)), "A band scores from 0 to 5"),
        (replace(RATE, bands=(Band(Decimal(1), high="x"),)), "no end of a band"),
        (replace(RATE, bands=(Band(Decimal(1), high="5"), Band(Decimal(1), low="5", high="5"), Band(Decimal(1), low="5"))), "is empty"),
        (replace(PICK, bands=scored(("Yes", 5))), "“No” has no score"),
        (replace(PICK, bands=scored(("Yes", 5), ("Yes", 4), ("No", 1))), "scored twice"),
        (replace(PICK, bands=scored(("Yes", 5), ("No", 1), ("Maybe", 2))), "not one of the choices"),
        (replace(TEXT, bands=(Band(Decimal(1)),)), "Only a number, a date or a choice"),
        (replace(BY, bands=(Band(Decimal(1), high="2027-13-01"),)), "no end of a band"),
    ],
)  # fmt: skip
def test_bands_that_leave_out_or_score_twice_are_refused(question: Question, said: str) -> None:
    faults = check_questions([question])
    assert [(one.place, one.field) for one in faults] == [(0, "bands")]
    assert said in faults[0].sentence


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (replace(TEXT, code="has blank"), "code"),
        (replace(TEXT, code="x" * 21), "code"),
        (replace(TEXT, text="  "), "text"),
        (replace(TEXT, text="a\u202eb"), "text"),
        (replace(TEXT, kind="essay"), "kind"),
        (replace(TEXT, group="price"), "group"),
        (replace(TEXT, level="group"), "level"),
        (replace(TEXT, envelope="third"), "envelope"),
        (replace(TEXT, unit="kg"), "unit"),
        (replace(RATE, unit=""), "unit"),
        (replace(TEXT, choices=(("a", "A"), ("b", "B"))), "choices"),
        (replace(PICK, choices=(("a", "A"),), bands=()), "choices"),
        (replace(PICK, choices=(("a", "Same"), ("b", "same ")), bands=()), "choices"),
        (replace(PICK, choices=(("a", "b"), ("b", "c")), bands=()), "choices"),
        (replace(GRID, columns=()), "columns"),
        (replace(TEXT, columns=GRID.columns), "columns"),
        (replace(GRID, columns=(*GRID.columns, GRID.columns[0])), "columns"),
        (replace(TEXT, help="x" * 2001), "help"),
        (replace(TEXT, criterion="no such code"), "criterion"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_by_field(question: Question, field: str) -> None:
    faults = check_questions([PAPER, question])
    assert {(one.place, one.field) for one in faults} == {(1, field)}
    assert all(one.sentence.endswith(".") for one in faults)


def test_a_code_stands_once_and_good_questions_have_no_fault() -> None:
    assert check_questions(ALL) == []
    faults = check_questions([*ALL, replace(PAPER, code="T-1")])
    assert [(one.place, one.field) for one in faults] == [(len(ALL), "code")]
    assert "Question 1" in faults[0].sentence


@pytest.mark.parametrize("question", ALL, ids=lambda one: one.code)
def test_a_question_goes_through_json_unchanged(question: Question) -> None:
    assert question_from(json.loads(json.dumps(question.as_json()))) == question


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_days_are_scored_by_day(when: date) -> None:
    assert fault(BY, when.isoformat()) == ""
    band = band_of(BY, when.isoformat())
    assert band is not None and (band.score == 5) is (when < date(2027, 1, 1))
    assert auto_score(BY, (when + timedelta(days=0)).isoformat()) == band.score


@given(st.text(max_size=300))
def test_what_is_taken_stays_the_same_when_tidied_again(text: str) -> None:
    once = tidy(TEXT, text)
    assert tidy(TEXT, once) == once
    if not fault(TEXT, text, draft=True):
        assert fault(TEXT, once, draft=True) == ""


@given(st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", fullmatch=True))
def test_numbers_of_up_to_fifteen_digits_keep_their_value(text: str) -> None:
    if len(text.strip("-0").replace(".", "")) <= MOST_DIGITS:
        kept = tidy(RATE, text)
        assert isinstance(kept, str) and Decimal(kept) == Decimal(text) and fault(RATE, kept) == ""
    else:
        assert "digits" in fault(RATE, text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Yes", "5", "2027-01-31"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rows", "x"]), inner, max_size=2),
    max_leaves=12,
)


@given(JSON, st.sampled_from(ALL))
def test_whatever_is_sent_is_judged_and_never_breaks(answer, question: Question) -> None:
    wrong = fault(question, answer)
    assert wrong == "" or wrong.endswith((".", "Yes; No."))
    kept = tidy(question, answer)
    assert tidy(question, kept) == kept or kept != kept
    if not wrong and not missing(answer):
        assert fault(question, kept) == "" and shown(question, kept)
        assert json.loads(json.dumps(kept)) == kept
    if wrong or missing(answer):
        assert auto_score(question, answer) is None
