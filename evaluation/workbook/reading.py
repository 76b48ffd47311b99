"""Read the workbook that a bidder returned: answers and prices, and what is wrong by sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cmo_lifecycle.tabular.celltext import unguard
from cmo_lifecycle.tabular.errors import TableError
from evaluation.library.questions import MOST_ROWS, Answer, Question, fault, missing, tidy
from evaluation.workbook.cells import Book, Sheet, address, open_book
from evaluation.workbook.layout import (
    ANSWER,
    ANSWER_COLUMNS,
    FIRST_ROW,
    FORMAT,
    FORMAT_NAME,
    PRICE_COLUMNS,
    PRICE_FIELDS,
    PRICES,
    README,
    SHEETS,
    TABLE_LAST_ROW,
    VERSION,
    AskedLine,
    fingerprint,
    table_titles,
)
from evaluation.workbook.values import cell_answer, fault_of_currency, price_of


class Fault(NamedTuple):
    """What is wrong in which cell of which sheet, as a sentence that says what to do."""

    sheet: str
    cell: str
    sentence: str


@dataclass
class Returned:
    """What a workbook holds. Answers and prices with a fault are left out; so is whatever is left empty.

    answers: by code, each one that `questions.fault` takes (a missing mandatory one is not looked at here).
    prices: one dict for each line of which something is said: code, amount, currency, quantity, percent, assumption
    as texts, included as a bool.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    prices: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(data: bytes, questions: Sequence[Question], price_lines: Sequence[AskedLine], reference: str) -> Returned:
    """Read a returned workbook.

    Raises TableError, with a sentence, for a file that is no such workbook, belongs to another RFP, is in another
    format version, or unpacks to more than any proposal does.
    """
    book = open_book(data)
    reader = _Reader(book)
    reader.identify(questions, price_lines, reference)
    for envelope, title in SHEETS.items():
        reader.answers(title, [question for question in questions if question.envelope == envelope])
    for code, title in table_titles(questions).items():
        reader.table(title, next(question for question in questions if question.code == code))
    reader.prices(price_lines)
    # in the order in which the RFP asks, whatever the order of the sheets
    reader.found.answers = {
        question.code: reader.found.answers[question.code]
        for question in questions
        if question.code in reader.found.answers
    }
    return reader.found


class _Reader:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.found = Returned()

    def identify(self, questions: Sequence[Question], lines: Sequence[AskedLine], reference: str) -> None:
        if FORMAT not in self.book.sheets:
            raise TableError("This is not the workbook of the request; download yours from the portal and fill it in.")
        sheet = self.book.sheet(FORMAT)
        said = {sheet.text(row, 1): unguard(sheet.text(row, 2)) for row in range(4, 0, -1)}
        if said.get("format") != FORMAT_NAME:
            raise TableError("This is not the workbook of the request; download yours from the portal and fill it in.")
        if said.get("version") != VERSION:
            raise TableError(
                "The workbook is in another version of the format; download a new one and copy your answers."
            )
        if said.get("reference") != reference:
            raise TableError(
                f"The workbook belongs to the request “{said.get('reference', '')[:60]}”, not to “{reference}”."
            )
        if said.get("questions") != fingerprint(questions, lines):
            self._say(
                README, "A1",
                "The request has changed since this workbook was made; download a new one and copy your answers over.",
            )  # fmt: skip

    def answers(self, title: str, questions: Sequence[Question]) -> None:
        sheet = self._sheet(title, bool(questions))
        if sheet is None:
            return
        rows = self._rows(title, sheet, [question.code for question in questions], len(ANSWER_COLUMNS), {ANSWER})
        for question in questions:
            row = rows.get(question.code)
            if row is None or question.kind == "table":
                continue
            cell = sheet.cells.get((row, ANSWER))
            if cell is None:
                continue
            answer, wrong = cell_answer(question, cell)
            self._take(title, address(row, ANSWER), question, answer, wrong)

    def table(self, title: str, question: Question) -> None:
        sheet = self._sheet(title, True)
        if sheet is None:
            return
        width = len(question.columns)
        covered = self._merged(title, sheet, set(range(1, width + 1)))
        wrong = False
        rows: list[list[str]] = []
        for row in range(FIRST_ROW, TABLE_LAST_ROW + 1):
            cells: list[str] = []
            for column, one in enumerate(question.columns, 1):
                cell = sheet.cells.get((row, column))
                if cell is None or (row, column) in covered:
                    cells.append("")
                    continue
                # a cell is asked and judged like a question of its own
                alone = Question(question.code, one.name, one.kind, unit="%" if "%" in one.name else "")
                text, said = cell_answer(alone, cell)
                said = said or _fault_of_cell(question, column - 1, text)
                if said:
                    wrong = True
                    self._say(title, address(row, column), said)
                cells.append(text)
            if any(cells):
                rows.append(cells)
        for place in self._outside(sheet, width, TABLE_LAST_ROW):
            wrong = True
            self._say(
                title,
                address(*place),
                f"This cell lies outside the table, which has {width} columns and {MOST_ROWS} rows; move it inside.",
            )
        if rows and not wrong and not covered:
            self._take(title, address(FIRST_ROW, 1), question, {"rows": rows}, "")

    def prices(self, lines: Sequence[AskedLine]) -> None:
        sheet = self._sheet(PRICES, bool(lines))
        if sheet is None:
            return
        rows = self._rows(PRICES, sheet, [line.code for line in lines], len(PRICE_COLUMNS), set(PRICE_FIELDS.values()))
        for line in lines:
            row = rows.get(line.code)
            if row is None:
                continue
            price: dict[str, Any] = {"code": line.code}
            wrong = False
            for name, column in PRICE_FIELDS.items():
                value, said = price_of(name, line.unit, sheet.cells.get((row, column)))
                if said:
                    wrong = True
                    self._say(PRICES, address(row, column), said)
                price[name] = value
            if not wrong and (said := fault_of_currency(line.unit, price["amount"], price["currency"])):
                wrong = True
                self._say(PRICES, address(row, PRICE_FIELDS["currency"]), said)
            if not wrong and any(value for name, value in price.items() if name != "code"):
                self.found.prices.append(price)

    def _say(self, sheet: str, cell: str, sentence: str) -> None:
        self.found.faults.append(Fault(sheet, cell, sentence))

    def _take(self, title: str, where: str, question: Question, answer: Answer, wrong: str) -> None:
        if not wrong:
            answer = tidy(question, answer)
            wrong = fault(question, answer, draft=True)
        if wrong:
            self._say(title, where, wrong)
        elif not missing(answer):
            self.found.answers[question.code] = answer

    def _sheet(self, title: str, needed: bool) -> Sheet | None:
        if title in self.book.sheets:
            return self.book.sheet(title)
        if needed:
            self._say(
                title,
                "A1",
                f"The sheet “{title}” is missing; give it its name back, or copy your answers into a new workbook.",
            )
        return None

    def _rows(self, title: str, sheet: Sheet, codes: Sequence[str], width: int, filled: set[int]) -> Mapping[str, int]:
        """Return the row of each code, wherever rows were moved to, and say what is wrong with rows and codes."""
        covered = self._merged(title, sheet, {1, *filled})
        rows: dict[str, int] = {}
        twice: set[str] = set()
        last = max((row for row, _ in sheet.cells), default=0)
        for row in sorted({row for row, _ in sheet.cells if row >= FIRST_ROW}):
            code = sheet.text(row, 1)
            if code in codes:
                if code in rows:
                    twice.add(code)
                    self._say(
                        title, address(row, 1), f"“{code}” stands in row {rows[code]} already; remove one of the rows."
                    )
                rows.setdefault(code, row)
                continue
            held = [column for column in sorted(filled) if (row, column) in sheet.cells]
            if (row, 1) in sheet.cells:
                said = f"“{code[:40]}” is no code of this sheet; put the code back as it was in your download."
                self._say(
                    title,
                    address(row, 1),
                    said if code else "The code was replaced; put it back as it was in your download.",
                )
            elif held:
                self._say(
                    title,
                    address(row, held[0]),
                    "Nothing is asked in this row; move what you wrote to the row of its code.",
                )
        for place, code in enumerate(codes):
            if code not in rows:
                self._say(
                    title,
                    address(FIRST_ROW + place, 1),
                    f"The row of “{code}” is missing; put it back, or copy your answers into a new workbook.",
                )
        for beside in self._outside(sheet, width, last):
            self._say(
                title, address(*beside), "This cell lies beside the form and is not read; move it into a yellow cell."
            )
        hit = {row for row, _ in covered}
        return {code: row for code, row in rows.items() if code not in twice and row not in hit}

    def _merged(self, title: str, sheet: Sheet, columns: set[int]) -> set[tuple[int, int]]:
        """Return the cells of ours that merged ranges cover, and name each range."""
        covered: set[tuple[int, int]] = set()
        last = max((row for row, _ in sheet.cells), default=0)
        for top, left, bottom, right in sheet.merged:
            hit = {
                (row, column)
                for row in range(max(top, FIRST_ROW), min(bottom, max(last, TABLE_LAST_ROW)) + 1)
                for column in columns
                if left <= column <= right
            }
            if hit:
                where = f"{address(top, left)}:{address(bottom, right)}"
                self._say(
                    title,
                    address(top, left),
                    f"The cells {where} are merged; unmerge them, so that each keeps its own answer.",
                )
                covered |= hit
        return covered

    @staticmethod
    def _outside(sheet: Sheet, width: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield cells beside or below the form, the first few."""
        outside = sorted(
            place for place in sheet.cells if place[0] >= FIRST_ROW and (place[1] > width or place[0] > last)
        )
        yield from outside[:5]


def _fault_of_cell(question: Question, column: int, text: str) -> str:
    """Return what is wrong with one cell of a table, without the row that the cell's address names already."""
    if not text:
        return ""
    row = [""] * len(question.columns)
    row[column] = text
    said = fault(question, {"rows": [row]}, draft=True)
    return said.removeprefix(f"Row 1, {question.columns[column].name}: ")
