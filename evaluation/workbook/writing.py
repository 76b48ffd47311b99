"""Write the workbook that a bidder fills in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from cmo_lifecycle.tabular.workbook import letters
from cmo_lifecycle.tabular.writer import neutral
from evaluation.costing.lines import TYPES, UNITS
from evaluation.library.bands import day, number
from evaluation.library.questions import (
    KINDS,
    LEVELS,
    MOST_CELL,
    MOST_TEXT,
    Answer,
    Question,
    fault,
    missing,
    plain,
    strange,
)
from evaluation.workbook.layout import (
    ANSWER,
    ANSWER_COLUMNS,
    FIRST_ROW,
    FORMAT,
    FORMAT_NAME,
    HEAD_ROW,
    LISTS,
    MOST_ASSUMPTION,
    NO,
    PRICE_COLUMNS,
    PRICE_FIELDS,
    PRICES,
    README,
    SHEETS,
    TABLE_LAST_ROW,
    VERSION,
    YES,
    AskedLine,
    fingerprint,
    table_titles,
)

_ESCAPED_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = date(1899, 12, 30)
_LINE = Side(style="thin", color="BFC7D1")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_OPEN = PatternFill("solid", fgColor="FFF8E1")
_WRAP = Alignment(vertical="top", wrap_text=True)
_PER = {"batch": "for each batch", "unit": "for each released unit", "year": "a year"}


def write(
    rfp_title: str,
    reference: str,
    deadline_text: str,
    questions: Sequence[Question],
    price_lines: Sequence[AskedLine],
    bidder: str,
    *,
    answers: Mapping[str, Answer] | None = None,
    prices: Mapping[str, Mapping[str, Any]] | None = None,
) -> bytes:
    """Return the workbook of one bidder: what is asked in locked cells, room for the answers in open ones.

    `answers` by code and `prices` by the code of the line (fields amount, currency, quantity, percent, included,
    assumption) fill in what was saved before. Answers that `questions.fault` refuses are left out.
    """
    book = Workbook()
    book.remove(book.active)
    writer = _Writer(book, questions, answers or {})
    writer.readme(rfp_title, reference, deadline_text, bidder)
    for envelope, title in SHEETS.items():
        writer.answers(title, [question for question in questions if question.envelope == envelope])
    writer.prices(price_lines, prices or {})
    writer.tables()
    writer.hidden(reference, fingerprint(questions, price_lines))
    book.security = WorkbookProtection(lockStructure=True)
    book.active = 0
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Workbook, questions: Sequence[Question], answers: Mapping[str, Answer]) -> None:
        self.book = book
        self.questions = questions
        # what was saved in a draft need not be fit yet, and not every sign can stand in a workbook
        self.given = {
            question.code: answers[question.code]
            for question in questions
            if question.code in answers and not fault(question, answers[question.code], draft=True)
        }
        self.titles = table_titles(questions)
        self.lists: list[list[str]] = []

    def readme(self, title: str, reference: str, deadline: str, bidder: str) -> None:
        sheet = self._sheet(README, [110])
        lines = [
            (title, Font(bold=True, size=16)),
            (f"Request {reference}, for {bidder}", Font(bold=True)),
            (f"Proposals are due: {deadline}", Font(bold=True)),
            ("", None),
            ("How to fill this in", Font(bold=True, size=13)),
            ("Write into the yellow cells only. All others are locked so that your answers can be read by machine.", None),
            ("Write a number as a number, without its unit; choose from the list where a list is offered; write a day as a date of your program.", None),
            ("Where a table is asked for, its sheet is named beside the question. Leave rows empty that you do not need.", None),
            ("Where a file is asked for, write its name, and upload the file of that name under the same question in the portal.", None),
            ("Write values, not formulas: a formula is refused, since its result may change after the deadline.", None),
            (f"Prices: one line per item in the sheet “{PRICES}”. Where another price holds the item already, choose {YES} under “Included in another price”.", None),
            ("Do not rename, move, merge, add or remove sheets, rows or cells.", None),
            ("Save as an Excel workbook (.xlsx) and upload it in the portal. It is checked at once, and each fault is named by sheet and cell.", None),
            ("Nothing is submitted by the upload alone: submit in the portal before the deadline, and keep the receipt.", None),
        ]  # fmt: skip
        for row, (text, font) in enumerate(lines, 1):
            cell = _put(sheet.cell(row, 1), text)
            cell.alignment = _WRAP
            if font:
                cell.font = font

    def answers(self, title: str, questions: Sequence[Question]) -> None:
        sheet = self._sheet(title, [width for _, width in ANSWER_COLUMNS], [name for name, _ in ANSWER_COLUMNS], title)
        checks = _Checks(sheet)
        for row, question in enumerate(questions, FIRST_ROW):
            table = self.titles.get(question.code)
            how = KINDS[question.kind] + (f" in {question.unit}" if question.unit else "")
            needed = "Yes" if question.mandatory else "No"
            asked = (question.code, question.text, how, needed, None, LEVELS[question.level], question.help)
            for column, text in enumerate(asked, 1):
                if text is not None:
                    _locked(sheet.cell(row, column), text)
            cell = sheet.cell(row, ANSWER)
            if table:
                _locked(cell, f"Fill in the sheet “{table}”.")
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{table}'!A{FIRST_ROW}")
                continue
            _open(cell, question.kind)
            checks.add(question.kind, cell.coordinate, self._list(question))
            self._fill(cell, question.kind, self.given.get(question.code), question)
        checks.done()

    def prices(self, lines: Sequence[AskedLine], given: Mapping[str, Mapping[str, Any]]) -> None:
        names, widths = [name for _, name, _ in PRICE_COLUMNS], [width for _, _, width in PRICE_COLUMNS]
        sheet = self._sheet(PRICES, widths, names, PRICES)
        checks = _Checks(sheet)
        kinds = {"amount": "number", "quantity": "number", "percent": "number", "included": "choice"}
        yes_no = self._range([YES, NO])
        for row, line in enumerate(lines, FIRST_ROW):
            quantity = "" if line.quantity in (None, "") else plain(Decimal(line.quantity or 0))
            per = _PER.get(line.quantity_per, "")
            asked = (
                line.code, line.label, TYPES[line.type][1].capitalize(), UNITS[line.unit].noun.capitalize(),
                "Recurring" if line.recurring else "Once", "Yes" if line.mandatory else "No",
                " ".join(filter(None, [quantity, per])),
            )  # fmt: skip
            for column, text in enumerate(asked, 1):
                _locked(sheet.cell(row, column), text)
            _locked(sheet.cell(row, len(PRICE_COLUMNS)), line.help)
            said = given.get(line.code) or {}
            for field, column in PRICE_FIELDS.items():
                cell = sheet.cell(row, column)
                kind = kinds.get(field, "text")
                _open(cell, kind)
                if field == "included":
                    checks.add("choice", cell.coordinate, yes_no)
                    self._fill(cell, "text", YES if said.get(field) else None)
                else:
                    checks.add("short" if field == "assumption" else kind, cell.coordinate)
                    text = str(said.get(field) or "")
                    self._fill(cell, kind, "" if strange(text) else text)
        checks.done()

    def tables(self) -> None:
        for question in self.questions:
            title = self.titles.get(question.code)
            if not title:
                continue
            names = [
                f"{column.name} (number)" if column.kind == "number" else column.name for column in question.columns
            ]
            sheet = self._sheet(
                title, [max(16, 150 // len(names))] * len(names), names, f"{question.code}: {question.text}"
            )
            checks = _Checks(sheet)
            answer = self.given.get(question.code)
            rows = answer["rows"] if isinstance(answer, dict) else []
            for place, row in enumerate(range(FIRST_ROW, TABLE_LAST_ROW + 1)):
                for column, one in enumerate(question.columns, 1):
                    cell = sheet.cell(row, column)
                    _open(cell, one.kind)
                    if place < len(rows) and column <= len(rows[place]):
                        self._fill(cell, one.kind, rows[place][column - 1])
            for column, one in enumerate(question.columns, 1):
                where = f"{letters(column)}{FIRST_ROW}:{letters(column)}{TABLE_LAST_ROW}"
                checks.add("number" if one.kind == "number" else "short", where)
            checks.done()

    def hidden(self, reference: str, mark: str) -> None:
        sheet = self.book.create_sheet(FORMAT)
        rows = [("format", FORMAT_NAME), ("version", VERSION), ("reference", reference), ("questions", mark)]
        for row, (name, value) in enumerate([*rows, *(("code", question.code) for question in self.questions)], 1):
            _put(sheet.cell(row, 1), name)
            _put(sheet.cell(row, 2), value)
        lists = self.book.create_sheet(LISTS)
        for column, labels in enumerate(self.lists, 1):
            for row, label in enumerate(labels, 1):
                _put(lists.cell(row, column), label)
        for one in (sheet, lists):
            one.sheet_state = "veryHidden"
            one.protection.sheet = True

    def _sheet(self, title: str, widths: Iterable[float], heads: Sequence[str] = (), said: str = "") -> Any:
        sheet = self.book.create_sheet(title)
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[letters(column)].width = width
        if said:
            _put(sheet.cell(1, 1), said).font = Font(bold=True, size=14)
            _put(sheet.cell(2, 1), "Write into the yellow cells only.")
        for column, name in enumerate(heads, 1):
            cell = _put(sheet.cell(HEAD_ROW, column), name)
            cell.font, cell.fill, cell.alignment = Font(bold=True, color="FFFFFF"), _HEAD, _WRAP
        if heads:
            sheet.freeze_panes = f"A{FIRST_ROW}"
            sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.protection.sheet = True
        # columns may be widened and rows made taller, so that long texts can be read
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        return sheet

    def _list(self, question: Question) -> str:
        return self._range([label for _, label in question.choices]) if question.kind == "choice" else ""

    def _range(self, labels: list[str]) -> str:
        if labels not in self.lists:
            self.lists.append(labels)
        column = letters(self.lists.index(labels) + 1)
        return f"'{LISTS}'!${column}$1:${column}${len(labels)}"

    def _fill(self, cell: Cell, kind: str, answer: Answer, question: Question | None = None) -> None:
        if missing(answer) or not isinstance(answer, str):
            return
        if kind == "number" and (value := number(answer)) is not None:
            cell.value = int(value) if value == value.to_integral_value() else value
        elif kind == "date" and (found := day(answer)):
            cell.value = found
            cell.number_format = "yyyy-mm-dd"
        elif kind == "choice" and question is not None:
            _exact(cell, dict(question.choices).get(answer, answer))
        elif kind in ("text", "file"):
            _exact(cell, answer)


class _Checks:
    """The data validations of a sheet, one for all cells that share it."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.kinds: dict[tuple[str, str], list[str]] = {}

    def add(self, kind: str, where: str, choices: str = "") -> None:
        self.kinds.setdefault((kind, choices), []).append(where)

    def done(self) -> None:
        for (kind, choices), cells in self.kinds.items():
            check = _check(kind, choices)
            if check is None:
                continue
            check.allow_blank, check.showErrorMessage, check.showInputMessage = True, True, True
            for where in cells:
                check.add(where)
            self.sheet.add_data_validation(check)


def _check(kind: str, choices: str) -> DataValidation | None:
    if kind == "number":
        said = "Write a number without its unit and without signs between thousands."
        most = "999999999999"
        return DataValidation(
            type="decimal", operator="between", formula1=f"-{most}", formula2=most, error=said, errorTitle="A number"
        )
    if kind == "date":
        first, last = ((date(year, month, last) - _EPOCH).days for year, month, last in ((1901, 1, 1), (2199, 12, 31)))
        said = "Write a day as a date of your program."
        return DataValidation(
            type="date", operator="between", formula1=str(first), formula2=str(last), error=said, errorTitle="A day"
        )
    if kind == "choice":
        return DataValidation(type="list", formula1=choices, error="Choose from the list.", errorTitle="A choice")
    if kind in ("text", "short"):
        most = str(MOST_TEXT if kind == "text" else min(MOST_CELL, MOST_ASSUMPTION))
        said = f"At most {int(most):,} characters; attach a file for more."
        return DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=most, error=said, errorTitle="Too long"
        )
    return None


def _put(cell: Cell, text: str) -> Cell:
    """Write a text of ours, or of whoever wrote the RFP, as a text that no program takes for a formula."""
    return _exact(cell, neutral(text))


def _exact(cell: Cell, text: str) -> Cell:
    """Write a text as it is; it stays a text, also when the cell is edited."""
    cell.value = _ESCAPED_LIKE.sub("_x005F_", text).replace("\r", "_x000D_")
    # openpyxl takes a text with "=" in front for a formula
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "'"):
        cell.quotePrefix = True
    return cell


def _locked(cell: Cell, text: str) -> None:
    _put(cell, text)
    cell.alignment, cell.border = _WRAP, _BORDER


def _open(cell: Cell, kind: str) -> None:
    cell.fill, cell.border, cell.alignment = _OPEN, _BORDER, _WRAP
    cell.protection = Protection(locked=False)
    # A number keeps the general format: only then does a spreadsheet show us that somebody typed 5% or a date.
    if kind == "date":
        cell.number_format = "yyyy-mm-dd"
    elif kind != "number":
        cell.number_format = "@"
