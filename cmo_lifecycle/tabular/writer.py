"""The one export writer: every CSV or XLSX file the system hands out is made here.

Rows stream from an iterator; memory stays flat. No text can become a formula in the reader's spreadsheet program: a
text that begins with = + - @ (also behind blanks or quotation marks), a tab or a line break gets an apostrophe in
front, and so does what follows a semicolon, bar, tab or line break inside a text, where a program set to another
separator would begin a cell. `values.text` takes the apostrophes off again when such a file is imported. Numbers stay
numbers, also negative ones; texts stay texts, so identifiers keep their leading zeros.

Cells by type: str; bool as true/false; int and Decimal in full, without exponent; date as 2009-03-01; datetime as
2009-03-01T12:30:00 with its offset if it has one; time; timedelta in seconds; UUID and other objects by str(); lists
and tuples joined by "; "; None as an empty cell. NaN and infinities raise ValueError: they are no value to hand out.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from .celltext import guard
from .workbook import letters

MAX_SHEET_ROWS = 1_048_576
MAX_CELL_TEXT = 32_767

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BATCH = 1 << 16


def neutral(text: str) -> str:
    """The text as no spreadsheet program takes it for a formula; control characters that no file can carry are gone.
    `celltext.unguard` gives the text back.
    """
    if text.isalnum():
        return text
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    return guard(text)


def plain_number(value: int | Decimal | float) -> str:
    """Digits without an exponent. Raises ValueError for NaN and infinities."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} cannot be exported as a number.")
        value = Decimal(repr(value))
    if not value.is_finite():
        raise ValueError(f"{value} cannot be exported as a number.")
    return format(value, "f")


def cell_text(value: Any) -> str:
    """The text of a value in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal, float)):
        return plain_number(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return plain_number(_seconds(value))
    if isinstance(value, (list, tuple)):
        return neutral("; ".join("" if item is None else _bare(item) for item in value))
    return neutral(str(value))


def _seconds(value: timedelta) -> Decimal:
    return Decimal(value // timedelta(microseconds=1)).scaleb(-6).normalize()


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else cell_text(value)


def stream_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = False) -> Iterator[bytes]:
    """UTF-8 CSV with commas, in pieces of some 64 KiB, for a streaming response. Lines end with CRLF.

    bom: put a byte order mark first, by which Excel knows the encoding. Raises ValueError for a row that does not
    have one cell per column.
    """
    buffer = io.StringIO(newline="")
    # with CRLF as terminator the csv module quotes any cell that holds a CR or an LF
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write("\ufeff")
    width = len(columns)
    writer.writerow([neutral(name) for name in columns])
    for row in rows:
        if len(row) != width:
            raise ValueError(f"A row of {len(row)} cells does not fit {width} columns.")
        writer.writerow([cell_text(value) for value in row])
        if buffer.tell() >= _BATCH:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_csv(
    stream: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    bom: bool = False,
) -> int:
    """Write a CSV file to a binary stream; the number of bytes. See `stream_csv`."""
    size = 0
    for piece in stream_csv(columns, rows, bom=bom):
        stream.write(piece)
        size += len(piece)
    return size


_BAD_SHEET = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_xlsx(
    stream: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "Export"
) -> int:
    """Write a workbook of one sheet to a binary stream; the number of data rows.

    Dates and naive datetimes become date cells; numbers of more than 15 digits, which a spreadsheet would round,
    become texts. Raises ValueError for more rows, or a longer text, than a sheet can hold.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet((_BAD_SHEET.sub(" ", sheet).strip("' ") or "Export")[:31])
    page.freeze_panes = "A2"
    width = len(columns)
    count = 0
    try:
        page.append([_text_cell(page, neutral(name), 1, i) for i, name in enumerate(columns, 1)])
        for row in rows:
            if len(row) != width:
                raise ValueError(f"A row of {len(row)} cells does not fit {width} columns.")
            count += 1
            if count >= MAX_SHEET_ROWS:
                raise ValueError(f"A sheet holds at most {MAX_SHEET_ROWS - 1:,} rows; export as CSV instead.")
            page.append([_xlsx_cell(page, value, count + 1, i) for i, value in enumerate(row, 1)])
        with tempfile.TemporaryFile() as spool:
            # the zip writer seeks, which a response or a pipe cannot
            book.save(spool)
            spool.seek(0)
            while piece := spool.read(_BATCH):
                stream.write(piece)
    except BaseException:
        page.close()
        raise
    return count


def _xlsx_cell(page: Any, value: Any, row: int, column: int) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, timedelta):
        value = _seconds(value)
    if isinstance(value, (int, Decimal, float)):
        plain = plain_number(value)
        digits = plain.replace(".", "").lstrip("-0")
        if len(digits) <= 15:
            return int(plain) if "." not in plain else Decimal(plain)
        return _text_cell(page, plain, row, column)
    if isinstance(value, datetime):
        if value.tzinfo is None and value.year >= 1901 and not value.microsecond:
            return _dated(page, value, "yyyy-mm-dd hh:mm:ss")
        return _text_cell(page, value.isoformat(), row, column)
    if isinstance(value, date):
        if value.year >= 1901:
            return _dated(page, value, "yyyy-mm-dd")
        return _text_cell(page, value.isoformat(), row, column)
    return _text_cell(page, cell_text(value), row, column)


def _dated(page: Any, value: date, form: str) -> Any:
    cell = WriteOnlyCell(page, value)
    cell.number_format = form
    return cell


def _text_cell(page: Any, text: str, row: int, column: int) -> Any:
    """A cell of a text that is neutral already, or is a number's."""
    if len(text) > MAX_CELL_TEXT:
        raise ValueError(
            f"The text for cell {letters(column)}{row} has {len(text):,} characters; a sheet holds {MAX_CELL_TEXT:,}. "
            "Export as CSV instead."
        )
    cell = WriteOnlyCell(page, "")
    cell.value = _LOOKS_ESCAPED.sub("_x005F_", text).replace("\r", "_x000D_")
    # openpyxl takes a text with "=" in front for a formula
    cell.data_type = "s"
    return cell
