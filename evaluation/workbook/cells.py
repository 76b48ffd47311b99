"""The cells of a returned workbook with all that tells an answer from a trap: formulas, errors, dates, merged cells."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.parsers import expat

from cmo_lifecycle.tabular.celltext import NumberText
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.workbook import Workbook, letters
from cmo_lifecycle.tabular.workbook.cells import DATE, PLAIN, TIME, column_number, moment_text, number_text, unescape
from cmo_lifecycle.tabular.workbook.package import damaged
from evaluation.workbook.layout import LIMITS, MOST_BYTES

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_PERCENT_CODES = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MOST_CELLS = 60_000
_MOST_MERGED = 300


class Cell(NamedTuple):
    """A cell: `kind` is text, number, percent, date, boolean, error or formula; `text` reads it.

    A number has a full stop and no thousands; a date is ISO, with a time of day behind a T where it has one.
    """

    kind: str
    text: str


@dataclass
class Sheet:
    """The cells with something in them, by (row, column) from 1, and the merged ranges as (row, column) corners."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        """Return what a cell reads, empty for one that holds nothing, a formula or an error."""
        cell = self.cells.get((row, column))
        return "" if cell is None or cell.kind in ("formula", "error") else cell.text


def address(row: int, column: int) -> str:
    """Return a cell's address as a spreadsheet shows it: B7."""
    return f"{letters(column)}{row}"


def open_book(data: bytes) -> Book:
    """Open a returned file. TableError, with a sentence, for what is no workbook or could be a bomb."""
    if len(data) > MOST_BYTES:
        raise TableError(f"The file is larger than {MOST_BYTES >> 20} MiB; upload attached files one by one instead.")
    if not data.startswith(b"PK"):
        raise TableError("The file is not an Excel workbook; save it as “Excel workbook (.xlsx)” and upload that.")
    return Book(io.BytesIO(data), LIMITS)


class Book(Workbook):
    """An opened workbook whose cells keep their kind."""

    _percents: frozenset[int] | None = None

    def sheet(self, title: str) -> Sheet:
        """Read a sheet. TableError where it is damaged or holds more than any proposal does."""
        found = Sheet()
        parser = expat.ParserCreate()
        _handle(parser, found, self._load_strings(), self._load_formats(), self._load_percents(), self.date1904)
        for _ in self.parse(self.sheets[title], LIMITS.max_unpacked, parser):
            pass
        return found

    def _load_percents(self) -> frozenset[int]:
        """Return the styles that show a number as a percentage."""
        if self._percents is None:
            codes = set(_PERCENT_CODES)
            styles: list[int] = []
            inside = False
            for name, attrs in self.elements(self._styles_part) if self._styles_part else []:
                number = attrs.get("numFmtId", "")
                number = number if number.isascii() and number.isdigit() else ""
                if name == "numFmt" and number and "%" in _QUOTED.sub("", attrs.get("formatCode", "")):
                    codes.add(int(number))
                elif name == "cellXfs":
                    inside = True
                elif name in ("cellStyles", "dxfs"):
                    inside = False
                elif name == "xf" and inside:
                    styles.append(int(number or 0))
            self._percents = frozenset(place for place, code in enumerate(styles) if code in codes)
        return self._percents


def _corners(reference: str) -> tuple[int, int, int, int]:
    first, _, last = reference.partition(":")
    ends = [_ADDRESS.fullmatch(one) for one in (first, last or first)]
    if not all(ends):
        raise damaged("a merged range has no proper address")
    (top, left), (bottom, right) = ((int(one[2]), column_number(one[1])) for one in ends if one)
    return top, left, bottom, right


def _handle(
    parser: Any, into: Sheet, strings: list[str], formats: list[int], percents: frozenset[int], date1904: bool
) -> None:
    pieces: list[str] = []
    length = phonetic = 0
    place: tuple[int, int] | None = None
    kind, style, formula = "n", 0, False

    def text(data: str) -> None:
        nonlocal length
        length += len(data)
        if length > LIMITS.max_cell:
            raise TableError(f"Cell {address(*place) if place else ''} holds more than {LIMITS.max_cell:,} characters.")
        pieces.append(data)

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal place, kind, style, formula, length, phonetic
        name = name.rpartition(":")[2]
        if name == "c":
            found = _ADDRESS.fullmatch(attrs.get("r", ""))
            if not found or place is not None:
                raise damaged("a cell has no proper address")
            place = int(found[2]), column_number(found[1])
            kind, formula, length = attrs.get("t", "n"), False, 0
            style_text = attrs.get("s", "")
            style = int(style_text) if style_text.isascii() and style_text.isdigit() else 0
            pieces.clear()
        elif name in ("v", "t") and place is not None and not phonetic:
            parser.CharacterDataHandler = text
        elif name == "f":
            formula = True
        elif name == "rPh":
            phonetic += 1
        elif name == "mergeCell":
            if len(into.merged) >= _MOST_MERGED:
                raise TableError("The workbook has too many merged cells; take a new copy of it.")
            into.merged.append(_corners(attrs.get("ref", "")))

    def end(name: str) -> None:
        nonlocal place, phonetic
        name = name.rpartition(":")[2]
        if name in ("v", "t"):
            parser.CharacterDataHandler = None
        elif name == "rPh":
            phonetic -= 1
        elif name == "c" and place is not None:
            raw = "".join(pieces)
            if formula:
                _keep(into, place, Cell("formula", raw))
            elif raw.strip():
                _keep(into, place, _cell(raw, kind, style))
            place = None

    def _cell(raw: str, kind: str, style: int) -> Cell:
        if kind == "s":
            if not (raw.isascii() and raw.isdigit()) or int(raw) >= len(strings):
                raise damaged("a cell refers to a text that is not there")
            return Cell("text", strings[int(raw)])
        if kind in ("str", "inlineStr"):
            return Cell("text", unescape(raw))
        if kind == "b":
            return Cell("boolean", "TRUE" if raw.strip() == "1" else "FALSE")
        if kind == "e":
            return Cell("error", raw)
        if kind == "d":
            return Cell("date", raw.removesuffix("Z").removesuffix("T00:00:00"))
        shape = formats[style] if style < len(formats) else PLAIN
        if shape in (DATE, TIME):
            moment = moment_text(raw, shape, date1904)
            return Cell("number" if isinstance(moment, NumberText) else "date", moment)
        read = number_text(raw)
        if not isinstance(read, NumberText):
            raise damaged("a cell of a number holds none")
        return Cell("percent" if style in percents else "number", read)

    parser.StartElementHandler, parser.EndElementHandler = start, end


def _keep(into: Sheet, place: tuple[int, int], cell: Cell) -> None:
    if place in into.cells:
        raise damaged("a cell stands there twice")
    if cell.kind == "text" and not cell.text.strip():
        return
    if place[0] > LIMITS.max_rows or place[1] > LIMITS.max_columns:
        raise TableError(
            f"Cell {address(*place)} lies far outside the form; clear it, or take a new copy of the workbook."
        )
    if len(into.cells) >= _MOST_CELLS:
        raise TableError("A sheet holds far more cells than a proposal has; take a new copy of the workbook.")
    into.cells[place] = cell
