"""Tables in Excel workbooks."""

from collections.abc import Callable, Iterator
from typing import IO

from cmo_lifecycle.tabular import workbook
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits
from cmo_lifecycle.tabular.reader.header import columns_of, ragged, too_many
from cmo_lifecycle.tabular.reader.table import Facts, Row, Table


def open_workbook(
    stream: IO[bytes], name: str, sheet: str | None, header_row: int, limits: Limits, close: Callable[[], None]
) -> Table:
    book = workbook.Workbook(stream, limits)
    chosen = book.choose(sheet)
    header: list[str | None] | None = None
    rows = book.rows(chosen)
    for number, cells, problem in rows:
        if number < header_row:
            continue
        if number == header_row:
            if problem:
                raise TableError(problem)
            header = cells
        break
    rows.close()
    columns = columns_of(header or [], header_row, limits)
    width = len(columns)

    def read() -> Iterator[Row]:
        seen = 0
        for number, cells, problem in book.rows(chosen):
            if number <= header_row:
                continue
            extra = len(cells) - width
            if extra < 0:
                cells.extend([None] * -extra)
            elif extra > 0:
                if any(cells[width:]):
                    problem = problem or ragged(len(cells), width)
                del cells[width:]
            if problem is None and not any(cells):
                continue
            seen += 1
            if seen > limits.max_rows:
                raise too_many(limits)
            yield Row(number, cells, problem)

    facts = Facts(kind="XLSX", sheet=chosen, sheets=tuple(book.sheets))
    return Table(name, columns, facts, read, close)
