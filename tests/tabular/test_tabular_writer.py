"""Exports: nothing in them runs, everything in them comes back."""

import csv
import html
import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cmo_lifecycle.tabular.celltext import unguard
from cmo_lifecycle.tabular.reader import open_table
from cmo_lifecycle.tabular.values import date_value, decimal, identifier
from cmo_lifecycle.tabular.writer import neutral, stream_csv, write_csv, write_xlsx

WRITERS = [write_csv, write_xlsx]
LIVE_START = tuple("=+-@\t\r\n＝＋－＠")


def export(write, columns, rows, **options) -> io.BytesIO:
    buffer = io.BytesIO()
    write(buffer, columns, rows, **options)
    buffer.seek(0)
    return buffer


def reread(buffer):
    with open_table(buffer, "export") as table:
        return table.columns, [row.cells for row in table.rows() if not row.problem]


ROW = [
    "00123", -5, Decimal("1E+3"), Decimal("-0.10"), date(2009, 3, 1), datetime(2009, 3, 1, 2, 3, 4), time(9, 30), True,
    None, "a\nb", 12345678901234567890, UUID(int=1), ["x", "y"], timedelta(hours=-1), datetime(2009, 3, 1, tzinfo=UTC),
]  # fmt: skip


@pytest.mark.parametrize("write", WRITERS)
def test_values_come_out_plainly(write):
    columns = [f"c{i}" for i in range(len(ROW))]
    _, (cells,) = reread(export(write, columns, [ROW]))
    if write is write_xlsx:
        assert Decimal(cells[3]) == Decimal("-0.10")
        cells[3], cells[7] = "-0.10", cells[7].lower()
    assert cells == [
        "00123", "-5", "1000", "-0.10", "2009-03-01", "2009-03-01T02:03:04", "09:30:00", "true", None, "a\nb",
        "12345678901234567890", "00000000-0000-0000-0000-000000000001", "x; y", "-3600", "2009-03-01T00:00:00+00:00",
    ]  # fmt: skip


def test_the_workbook_has_real_numbers_dates_and_texts():
    buffer = export(write_xlsx, ["id", "n", "d"], [["007", Decimal("-12.5"), date(2009, 3, 1)]], sheet="Q1/2009: [x]")
    page = openpyxl.load_workbook(buffer).active
    assert [cell.value for cell in page[2]] == ["007", -12.5, datetime(2009, 3, 1)]
    assert page.freeze_panes == "A2"
    assert not re.search(r"[\[\]:/]", page.title)


def test_the_byte_order_mark_is_a_choice():
    assert export(write_csv, ["ä"], [["ö"]], bom=True).getvalue() == b"\xef\xbb\xbf" + "ä\r\nö\r\n".encode()
    assert export(write_csv, ["ä"], [["ö"]]).getvalue() == "ä\r\nö\r\n".encode()


@pytest.mark.parametrize("write", WRITERS)
def test_what_cannot_be_written_is_refused(write):
    for bad in (Decimal("NaN"), Decimal("Infinity"), float("nan")):
        with pytest.raises(ValueError, match="exported"):
            export(write, ["a"], [[bad]])
    with pytest.raises(ValueError, match="fit"):
        export(write, ["a", "b"], [["x"]])


def test_a_sheet_refuses_what_it_would_cut():
    with pytest.raises(ValueError, match="A2 has 40,000 characters"):
        export(write_xlsx, ["a"], [["x" * 40_000]])


ATTACKS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'=1", "''=1", "\x00=1", "\x07@x", "＝1", "\x0b=1",
    '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", '","=1', "a\r\n=1", ";=1", "+44 20 7946 0000", "-", "\u2003=1",
]  # fmt: skip
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def looks_live(cell: str) -> bool:
    """Taken for a formula although neither an apostrophe guards it nor it is a plain number."""
    bare = cell.lstrip(' \u2003"')
    return bare.startswith(LIVE_START) and not NUMBER.match(cell)


def live_cells(buffer: io.BytesIO, write) -> list[str]:
    """Cells some spreadsheet program could calculate, whatever separator it is set to."""
    if write is write_csv:
        text = buffer.getvalue().decode("utf-8-sig")
        found = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row if looks_live(c)]
        for delimiter in ";\t|":
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            for cell in (c.lstrip(' \u2003"\t\r\n') for row in rows for c in row):
                # a whole line is one cell here: "-5,x" begins with a number and is text to every program
                if cell.startswith(tuple("=+-@＝＋－＠")) and not re.match(r"-[0-9.]+(,|\Z)", cell):
                    found.append(cell)
        return found
    with zipfile.ZipFile(buffer) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<f " not in sheet
    texts = re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", sheet)
    return [t for t in map(html.unescape, texts) if looks_live(t.replace("_x000D_", "\r"))]


@pytest.mark.parametrize("write", WRITERS)
def test_no_known_attack_stays_live(write):
    buffer = export(write, ["=evil()", "b"], [[attack, attack] for attack in ATTACKS])
    assert live_cells(buffer, write) == []


def test_negative_numbers_are_not_mistaken_for_formulas():
    assert export(write_csv, ["a", "b"], [[-5, Decimal("-1.5")]]).getvalue() == b"a,b\r\n-5,-1.5\r\n"
    assert export(write_csv, ["a"], [["-5"]]).getvalue() == b"a\r\n'-5\r\n"


@settings(deadline=None)
@given(st.text() | st.text(alphabet="'\"=+-@\t\r\n ;x", max_size=10))
def test_taking_the_guard_off_gives_the_text_back(text):
    guarded = neutral(text)
    assert unguard(guarded) == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)
    assert not guarded.startswith(LIVE_START)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=20)
VALUE = st.one_of(
    TEXT,
    st.text(alphabet="'=+-@\t\r\n ,;\"_x0041", max_size=8),
    st.integers(-(10**20), 10**20),
    st.decimals(-(10**12), 10**12, places=3),
    st.dates(date(1901, 1, 1), date(2199, 12, 31)),
    st.none(),
)


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(VALUE, VALUE, VALUE), max_size=6))
@example(rows=[("_x000D_", "=1", " "), ("\r", "\r\n", "'")])
def test_what_is_written_is_read_and_never_live(write, rows):
    buffer = export(write, ["a", "b", "c"], rows)
    assert live_cells(buffer, write) == []
    with open_table(buffer, "export") as table:
        found = {row.number: row for row in table.rows()}
    assert all(row.problem is None for row in found.values())
    for number, row in enumerate(rows, 2):
        cells = found[number].cells if number in found else [None] * 3
        for value, cell in zip(row, cells, strict=True):
            if value is None:
                assert cell is None
            elif isinstance(value, str):
                written = neutral(value)
                assert (cell or "") == written or (not written.strip() and cell is None)
            elif isinstance(value, date):
                assert date_value()(cell) == value
            elif isinstance(value, int):
                assert cell == str(value)
            else:
                assert decimal()(cell) == value


@settings(deadline=None)
@given(st.from_regex(r"\A0[0-9]{3,14}\Z"))
def test_identifiers_keep_their_zeros(number):
    for write in WRITERS:
        _, (cells,) = reread(export(write, ["id", "x"], [[number, "."]]))
        assert identifier()(cells[0]) == number


def test_csv_streams():
    def rows():
        for i in range(100_000):
            yield [i, f"text {i}", Decimal("1.5"), None]

    tracemalloc.start()
    size = sum(len(piece) for piece in stream_csv(["a", "b", "c", "d"], rows()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak < 1_500_000


def test_a_reading_error_half_way_leaves_no_half_file():
    def rows():
        yield ["x"]
        raise RuntimeError("the database went away")

    buffer = io.BytesIO()
    with pytest.raises(RuntimeError):
        write_xlsx(buffer, ["a"], rows())
    assert buffer.getvalue() == b""
