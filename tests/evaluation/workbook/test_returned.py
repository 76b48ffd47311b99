"""What a bidder filled in comes back; whatever is wrong is named by sheet and cell."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from evaluation.library.questions import Question
from evaluation.workbook import Fault, Returned, read
from tests.evaluation.workbook.form import (
    CELL,
    COMM,
    LINES,
    PRICES,
    QUESTIONS,
    TABLE,
    TECH,
    back,
    filled,
    made,
    only,
)


def test_an_empty_workbook_holds_nothing_and_has_no_fault() -> None:
    assert back(made()) == Returned()
    assert back(filled(lambda book: None)) == Returned()


def test_what_a_person_fills_in_comes_back() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for code, value in (
            ("T-1", " Two\nlines "),
            ("N-1", 12.5),
            ("N-2", 30),
            ("C-1", "isolator"),
            ("F-1", "Plan.pdf"),
        ):
            book[TECH][CELL[code]] = value
        book[TECH][CELL["D-1"]] = date(2027, 1, 31)
        book[COMM]["E4"] = "Net 30"
        # a row left empty between two others
        for row, values in ((4, ("Line 1", 12, 0.5)), (6, ("Line 2", None, 20))):
            for column, value in enumerate(values, 1):
                book[TABLE].cell(row, column).value = value
        sheet = book[PRICES]
        sheet["H4"], sheet["I4"], sheet["M4"] = 125000.5, "eur", "At 500 L"
        sheet["H5"] = 0.07
        sheet["H5"].number_format = "0.0%"
        sheet["L6"] = "Yes"

    found = back(filled(fill))
    assert found.faults == []
    assert found.answers == {
        "T-1": "Two\nlines", "N-1": "12.5", "N-2": "30", "C-1": "Isolator", "D-1": "2027-01-31", "F-1": "Plan.pdf",
        "G-1": {"rows": [["Line 1", "12", "0.5"], ["Line 2", "", "20"]]}, "M-1": "Net 30",
    }  # fmt: skip
    assert list(found.answers) == [question.code for question in QUESTIONS if question.code in found.answers]
    nothing = {"amount": "", "currency": "", "quantity": "", "percent": "", "included": False, "assumption": ""}
    assert found.prices == [
        {**nothing, "code": "BAT-01", "amount": "125000.5", "currency": "EUR", "assumption": "At 500 L"},
        {**nothing, "code": "PRO-01", "amount": "7"},
        {**nothing, "code": "LOG-01", "included": True},
    ]


@pytest.mark.parametrize(
    ("code", "value", "form", "answer"),
    [
        ("N-1", 0.05, "0%", "5"),
        ("N-1", 0.125, "0.0%", "12.5"),
        ("N-2", "12.50", "", "12.5"),
        ("N-2", 0.1 + 0.2, "", "0.3"),
        ("C-1", 2024, "", "2024"),
        ("C-1", "'=RABS, open", "", "=RABS, open"),
        ("D-1", "2027-01-31", "@", "2027-01-31"),
        ("D-1", datetime(2027, 1, 31), "dd/mm/yyyy", "2027-01-31"),
        ("T-1", 12, "", "12"),
        ("T-1", True, "", "TRUE"),
        ("T-1", "'quoted'", "", "'quoted'"),
    ],
)
def test_what_means_one_thing_only_is_taken(code: str, value: object, form: str, answer: str) -> None:
    found = only(TECH, CELL[code], value, form)
    assert found.faults == []
    assert found.answers == {code: answer}


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "form", "said"),
    [
        (TECH, "E4", "=1+1", "", "holds a formula"),
        (TECH, "E5", "=1+1", "", "holds a formula"),
        (TECH, "E5", "#N/A", "", "shows the error #N/A"),
        (TECH, "E5", "1,5", "@", "without a comma"),
        (TECH, "E5", "1.234,5", "@", "without a comma"),
        (TECH, "E5", "about 5", "@", "a text, not a number"),
        (TECH, "E5", datetime(2027, 1, 5), "dd-mmm", "holds a date, not a number"),
        (TECH, "E6", 0.05, "0%", "no percentage is asked for"),
        (TECH, "E6", True, "", "holds true or false"),
        (TECH, "E6", 1e30, "", "Write a number such as"),
        (TECH, "E6", 0.1234567, "", "at most 12 digits before and 6 after"),
        (TECH, "E7", "Barn", "", "Choose from the list: Isolator; =RABS, open; 2024"),
        (TECH, "E9", "31/01/2027", "@", "holds a date as a text"),
        (TECH, "E9", 46143, "General", "holds a number, not a day"),
        (TECH, "E9", datetime(2027, 1, 31, 12, 30), "yyyy-mm-dd hh:mm", "a time of day"),
        (TECH, "E10", "../secret.pdf", "", "without folders"),
        (TECH, "E4", "a\u202eb", "", "reverse the reading direction"),
        (TECH, "E4", "x" * 10_001, "", "at most 10,000"),
        (TECH, "E4", "a_x0000_b", "", "control character"),
        (TECH, "H5", "see attached", "", "beside the form"),
        (TECH, "E14", "lost", "", "Nothing is asked in this row"),
        (TABLE, "B4", "many", "@", "a text, not a number"),
        (TABLE, "B5", "=1", "", "holds a formula"),
        (TABLE, "D4", "beside", "", "outside the table"),
        (TABLE, "A64", "below", "", "outside the table"),
        (PRICES, "H4", "1,250", "@", "without a comma"),
        (PRICES, "H4", -5, "", "Write 0 or more"),
        (PRICES, "H4", "=SUM(A1)", "", "holds a formula"),
        (PRICES, "H4", "#REF!", "", "shows the error"),
        (PRICES, "H4", 1.23456, "", "At most 4 decimals"),
        (PRICES, "J4", 1.2345, "", "At most 3 decimals"),
        (PRICES, "K4", 10, "0%", "A percentage is 999 at most"),
        (PRICES, "I4", "Euro", "", "no currency code"),
        (PRICES, "L4", "perhaps", "", "Choose Yes or No"),
        (PRICES, "M4", "x" * 1001, "", "at most 1,000"),
    ],
)  # fmt: skip
def test_what_could_be_wrong_is_refused_by_sheet_and_cell(
    sheet: str, cell: str, value: object, form: str, said: str
) -> None:
    found = only(sheet, cell, value, form)
    assert [(one.sheet, one.cell) for one in found.faults] == [(sheet, cell)]
    assert said in found.faults[0].sentence
    assert found.answers == {} and found.prices == []


def test_an_amount_needs_its_currency_named_in_its_cell() -> None:
    found = only(PRICES, "H4", 5)
    assert [(one.sheet, one.cell) for one in found.faults] == [(PRICES, "I4")] and found.prices == []
    assert "in which currency" in found.faults[0].sentence
    assert only(PRICES, "H5", 5).faults == []


def test_a_workbook_that_counts_days_from_1904_says_the_same_day() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book[TECH][CELL["D-1"]] = date(2027, 1, 31)

    assert back(filled(fill)).answers == {"D-1": "2027-01-31"}


def test_a_fault_spoils_its_own_answer_only() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book[TECH]["E4"], book[TECH]["E5"], book[TECH]["E6"] = "Fine", "1,5", 7

    found = back(filled(fill))
    assert found.answers == {"T-1": "Fine", "N-2": "7"}
    assert [one.cell for one in found.faults] == ["E5"]


def test_rows_moved_are_found_by_their_code() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book[TECH]
        for column in "ABCDEFG":
            sheet[f"{column}4"].value, sheet[f"{column}6"].value = sheet[f"{column}6"].value, sheet[f"{column}4"].value
        sheet["E4"], sheet["E6"] = 30, "Said"

    found = back(filled(fill))
    assert (found.answers, found.faults) == ({"T-1": "Said", "N-2": "30"}, [])


def test_rows_removed_renamed_and_doubled_are_named() -> None:
    assert back(filled(lambda book: book[TECH].delete_rows(5))).faults == [
        Fault(TECH, "A5", "The row of “N-1” is missing; put it back, or copy your answers into a new workbook.")
    ]
    renamed = only(TECH, "A5", "N-9")
    assert [(one.sheet, one.cell) for one in renamed.faults] == [(TECH, "A5"), (TECH, "A5")]
    assert "“N-9” is no code of this sheet" in renamed.faults[0].sentence and "missing" in renamed.faults[1].sentence
    hidden = only(TECH, "A5", '="N-1"')
    assert "The code was replaced" in hidden.faults[0].sentence

    def twice(book: openpyxl.Workbook) -> None:
        book[TECH]["E4"], book[TECH]["A12"], book[TECH]["E12"] = "one", "T-1", "two"

    doubled = back(filled(twice))
    assert [(one.cell, "stands in row 4 already" in one.sentence) for one in doubled.faults] == [("A12", True)]
    assert doubled.answers == {}
    price = back(filled(lambda book: book[PRICES].delete_rows(4)))
    assert [(one.sheet, one.cell) for one in price.faults] == [(PRICES, "A4")]


def test_merged_cells_are_named_and_not_read() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book[TECH]["E5"] = 1
        book[TECH].merge_cells("E5:E6")
        book[TABLE]["A4"] = "x"
        book[TABLE].merge_cells("A4:A5")

    found = back(filled(fill))
    assert [(one.sheet, one.cell) for one in found.faults] == [(TECH, "E5"), (TABLE, "A4")]
    assert "E5:E6 are merged" in found.faults[0].sentence
    assert found.answers == {}


def test_a_sheet_renamed_or_removed_is_named() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book[TECH].title = "Answers"
        del book[TABLE]
        book[PRICES].title = "Fees"

    found = back(filled(fill))
    assert [(one.sheet, one.cell) for one in found.faults] == [(TECH, "A1"), (TABLE, "A1"), (PRICES, "A1")]


def test_a_workbook_from_before_an_addendum_says_so_and_is_read() -> None:
    data = filled(lambda book: book[TECH].__setitem__("E4", "Said"))
    changed = (
        Question("T-1", "Say it otherwise.", group="business_fit", criterion="speed", mandatory=True),
        *QUESTIONS[1:],
    )
    found = read(data, changed, LINES, "RFP-2026-004")
    assert [(one.sheet, one.cell) for one in found.faults] == [("Read me", "A1")]
    assert "has changed since" in found.faults[0].sentence and found.answers == {"T-1": "Said"}
