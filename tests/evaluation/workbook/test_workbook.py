"""A workbook goes out, is filled in, and comes back; whatever is wrong is named by sheet and cell."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cmo_lifecycle.tabular.errors import TableError
from evaluation.library.making import ask, choice, day, file, number, table
from evaluation.library.questions import KINDS, Question, fault, tidy
from evaluation.library.shapes import AskedPrice
from evaluation.library.templates import TEMPLATES
from evaluation.workbook import MOST_BYTES, Fault, Returned, read, write

QUESTIONS = (
    ask("T-1", "speed", "business_fit", "Say it.", mandatory=True),
    number("N-1", "analytics", "technical", "Share?", "%"),
    number("N-2", "analytics", "technical", "Days?", "days"),
    choice("C-1", "capacity", "technical", "Which?", "Isolator", "=RABS, open", "2024"),
    table("G-1", "capacity", "technical", "Lines?", "Name", "#Slots", "#Share in %"),
    day("D-1", "speed", "business_fit", "By when?"),
    file("F-1", "speed", "business_fit", "Attach it."),
    ask("M-1", "cost_terms", "total_cost", "Terms?", envelope="commercial"),
)
LINES = (
    AskedPrice("BAT-01", "batch_price", "Batch", "per_batch", True),
    AskedPrice("PRO-01", "change_order", "Reserve", "percent_of_price", True, False),
    AskedPrice("LOG-01", "logistics", "Shipment", "per_shipment", True, True, "2", "batch"),
)
TECH, COMM, PRICES, TABLE = "Answers technical", "Answers commercial", "Prices", "Table G-1"
#: The cell of each answer.
CELL = {"T-1": "E4", "N-1": "E5", "N-2": "E6", "C-1": "E7", "D-1": "E9", "F-1": "E10"}


def made(**more: Any) -> bytes:
    return write(
        "Fill-finish of VX-12",
        "RFP-2026-004",
        "1 December 2026, 12:00 UTC",
        QUESTIONS,
        LINES,
        "Harrow Biologics",
        **more,
    )


def filled(fill: Callable[[openpyxl.Workbook], None], data: bytes | None = None) -> bytes:
    """Fill a workbook in as a person does: open, change, save."""
    book = openpyxl.load_workbook(io.BytesIO(data or made()))
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def back(data: bytes, reference: str = "RFP-2026-004") -> Returned:
    return read(data, QUESTIONS, LINES, reference)


def only(sheet: str, cell: str, value: object, form: str = "") -> Returned:
    """Fill in a single cell and read the workbook."""

    def fill(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value
        if form:
            book[sheet][cell].number_format = form

    return back(filled(fill))


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


def test_a_foreign_older_or_other_workbook_is_refused_whole() -> None:
    with pytest.raises(TableError, match=r"belongs to the request “RFP-2026-004”, not to “RFP-9”"):
        back(made(), "RFP-9")

    def version(book: openpyxl.Workbook) -> None:
        book["_format"]["B2"] = "99"

    def other(book: openpyxl.Workbook) -> None:
        del book["_format"]

    with pytest.raises(TableError, match="another version of the format"):
        back(filled(version))
    with pytest.raises(TableError, match="not the workbook of the request"):
        back(filled(other))


def test_a_workbook_from_before_an_addendum_says_so_and_is_read() -> None:
    data = filled(lambda book: book[TECH].__setitem__("E4", "Said"))
    changed = (
        Question("T-1", "Say it otherwise.", group="business_fit", criterion="speed", mandatory=True),
        *QUESTIONS[1:],
    )
    found = read(data, changed, LINES, "RFP-2026-004")
    assert [(one.sheet, one.cell) for one in found.faults] == [("Read me", "A1")]
    assert "has changed since" in found.faults[0].sentence and found.answers == {"T-1": "Said"}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"code;answer\n", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_workbook_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(TableError):
        back(data)


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part inside a workbook."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


SHEET_2 = "xl/worksheets/sheet2.xml"


def test_bombs_and_tricks_are_refused() -> None:
    with pytest.raises(TableError, match="larger than 10 MiB"):
        back(b"PK" + bytes(MOST_BYTES))
    blank = b" " * (70 << 20)
    with pytest.raises(TableError, match="would unpack to"):
        back(repacked(made(), SHEET_2, lambda xml: xml + blank))
    with pytest.raises(TableError, match="packed"):
        back(repacked(made(), SHEET_2, lambda xml: xml + b" " * (30 << 20)))
    with pytest.raises(TableError, match="declares entities"):
        entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
        back(repacked(made(), SHEET_2, lambda xml: entity + re.sub(rb"^<\?xml[^>]*\?>", b"", xml)))
    far = b'<row r="9000000"><c r="A9000000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    with pytest.raises(TableError, match="A9000000 lies far outside"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", far)))
    again = b'<row r="99"><c r="E4"><v>1</v></c><c r="E4"><v>2</v></c></row></sheetData>'
    with pytest.raises(TableError, match="stands there twice"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", again)))
    string = b'<row r="99"><c r="E99" t="s"><v>999999</v></c></row></sheetData>'
    with pytest.raises(TableError, match="a text that is not there"):
        back(repacked(made(), SHEET_2, lambda xml: xml.replace(b"</sheetData>", string)))


def test_a_file_damaged_anywhere_is_read_or_refused_and_never_breaks_the_reader() -> None:
    chance = random.Random(4)
    whole = made(
        answers={"T-1": "x", "N-1": "5", "C-1": "Isolator", "D-1": "2027-01-01", "G-1": {"rows": [["a", "1", "2"]]}}
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        parts = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]

    def harm(xml: bytes) -> bytes:
        harmed = bytearray(xml)
        for _ in range(chance.choice((1, 2, 6))):
            at, other = chance.randrange(len(harmed)), chance.randrange(len(harmed))
            match chance.randrange(3):
                case 0:
                    harmed[at] = chance.choice(b'0123456789<>"=/ABEZ&;sfvt-. ')
                case 1:
                    del harmed[at : at + chance.randrange(1, 9)]
                case _:
                    harmed[at:at] = harmed[other : other + chance.randrange(1, 40)]
        return bytes(harmed)

    outcomes = {"read": 0, "refused": 0}
    for _ in range(250):
        try:
            back(repacked(whole, chance.choice(parts), harm))
            outcomes["read"] += 1
        except TableError:
            outcomes["refused"] += 1
    assert all(count > 20 for count in outcomes.values())


def test_a_format_with_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(TableError, match="no proper number"):
        back(repacked(made(), "xl/styles.xml", lambda xml: xml.replace(b'numFmtId="0"', 'numFmtId="²"'.encode())))


def test_a_draft_that_is_not_fit_yet_is_left_out_of_the_workbook() -> None:
    data = made(
        answers={"T-1": "bell \x07", "N-1": "1,5", "C-1": "gone", "N-2": "3", "X-9": "unknown"},
        prices={"BAT-01": {"amount": "about 5", "currency": "EUR", "assumption": "bell \x07"}},
    )
    found = back(data)
    assert (found.faults, found.answers) == ([], {"N-2": "3"})
    assert [(one["amount"], one["currency"], one["assumption"]) for one in found.prices] == [("", "EUR", "")]


EVIL = '=HYPERLINK("http://x","y")'


def test_no_text_of_ours_becomes_a_formula() -> None:
    questions = (
        Question("T-1", EVIL, group="technical", help="+1+1"),
        Question("G-1", "@SUM(A1)", "table", columns=table("x", "", "technical", "x", "=A1", "-2").columns),
        choice("C-1", "", "technical", "Which?", "=1+1", "+2"),
    )
    lines = (AskedPrice("BAT-01", "batch_price", "=cmd|'/c calc'!A1", "per_batch", True, help="-1"),)
    answers = {"T-1": EVIL, "C-1": "=1+1", "G-1": {"rows": [["=x", "@y"]]}}
    prices = {"BAT-01": {"amount": "5", "currency": "EUR", "assumption": "=1+1", "included": False}}
    data = write(EVIL, "=RFP", "+now", questions, lines, "@bidder", answers=answers, prices=prices)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    # what is ours is guarded by an apostrophe, what is the bidder's is kept as it is and marked as a text
    assert book[TECH]["B4"].value == f"'{EVIL}"
    assert book[TECH]["E4"].value == EVIL and book[TECH]["E4"].quotePrefix
    found = read(data, questions, lines, "=RFP")
    assert found.faults == [] and found.answers == answers
    assert found.prices == [
        {
            "code": "BAT-01",
            "amount": "5",
            "currency": "EUR",
            "quantity": "",
            "percent": "",
            "included": False,
            "assumption": "=1+1",
        }
    ]


def test_only_answers_are_open_and_the_form_is_guided() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made()))
    assert book.sheetnames == ["Read me", TECH, COMM, PRICES, TABLE, "_format", "_lists"]
    assert [book[name].sheet_state for name in ("_format", "_lists")] == ["veryHidden"] * 2
    assert book.security.lockStructure and all(sheet.protection.sheet for sheet in book)
    opened = {cell.coordinate for row in book[TECH].iter_rows() for cell in row if not cell.protection.locked}
    assert opened == set(CELL.values())
    assert {
        cell.column_letter for row in book[PRICES].iter_rows() for cell in row if not cell.protection.locked
    } == set("HIJKLM")
    checks = {check.type: str(check.sqref) for check in book[TECH].data_validations.dataValidation}
    link = book[TECH]["E8"].hyperlink
    assert (link.location, link.target) == ("'Table G-1'!A4", None)
    assert checks == {"textLength": "E4", "decimal": "E5 E6", "list": "E7", "date": "E9"}
    assert book[TECH]["C5"].value == "Number in %" and book[TECH]["D4"].value == "Yes"
    assert book["Read me"]["A2"].value == "Request RFP-2026-004, for Harrow Biologics"


LETTERS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=80)
DECIMALS = st.decimals(min_value=-(10**8), max_value=10**8, places=6, allow_nan=False).map(lambda value: f"{value:f}")
ROWS = st.lists(st.tuples(LETTERS, st.one_of(st.just(""), DECIMALS), st.just("")).map(list), max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(LETTERS, st.sampled_from(["=1+1", "_x0041_", "'=x", "-", "1,5", "TRUE", "#N/A", "a\nb\tc", "00123", "2027-01-31"])),
    DECIMALS, st.sampled_from(["Isolator", "=RABS, open", "2024"]), st.dates(date(1901, 1, 1), date(2199, 12, 31)), ROWS,
    st.decimals(min_value=0, max_value=10**9, places=4).map(lambda value: f"{value:f}"), LETTERS, st.booleans(),
)  # fmt: skip
def test_what_is_written_comes_back_exactly(text, figure, picked, when, rows, amount, assumption, included) -> None:
    given_answers = {
        "T-1": text, "N-1": figure, "N-2": figure, "C-1": picked, "D-1": when.isoformat(), "G-1": {"rows": rows}, "M-1": text,
    }  # fmt: skip
    kept = {}
    for question in QUESTIONS:
        answer = tidy(question, given_answers.get(question.code))
        if answer is not None and not fault(question, answer):
            kept[question.code] = answer
    price = {
        "amount": str(tidy(QUESTIONS[2], amount)),
        "currency": "USD",
        "quantity": "",
        "percent": "2.5",
        "included": included,
        "assumption": str(tidy(QUESTIONS[0], assumption) or ""),
    }
    if fault(QUESTIONS[0], price["assumption"], draft=True):
        price["assumption"] = ""
    found = back(made(answers=kept, prices={"LOG-01": price}))
    assert found.faults == []
    assert found.answers == kept
    assert found.prices == [{"code": "LOG-01", **price}]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.code)
def test_every_template_goes_out_and_comes_back_in_full(template) -> None:
    example = {
        "text": lambda q: f"Answer to {q.code}", "number": lambda q: "12.5", "choice": lambda q: q.choices[-1][0],
        "date": lambda q: "2027-05-01", "file": lambda q: f"{q.code}.pdf",
        "table": lambda q: {"rows": [["7" if c.kind == "number" else f"{q.code} {c.name}"[:900] for c in q.columns]] * 60},
    }  # fmt: skip
    assert set(example) == set(KINDS)
    answers = {question.code: example[question.kind](question) for question in template.questions}
    prices = {line.code: {"amount": "1250.5", "currency": "EUR", "included": False} for line in template.prices}
    data = write(
        template.title, "RFP-1", "soon", template.questions, template.prices, "Harrow", answers=answers, prices=prices
    )
    assert len(data) < 400_000
    found = read(data, template.questions, template.prices, "RFP-1")
    assert (found.faults, found.answers) == ([], answers)
    assert [Decimal(one["amount"]) for one in found.prices] == [Decimal("1250.5")] * len(template.prices)
