"""The workbook of the tests: what it asks, and ways to fill it in, harm it and read it back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl

from evaluation.library.making import ask, choice, day, file, number, table
from evaluation.library.shapes import AskedPrice
from evaluation.workbook import Returned, read, write

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


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part inside a workbook."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


SHEET_2 = "xl/worksheets/sheet2.xml"
