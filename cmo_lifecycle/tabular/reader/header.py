"""What a header must be, and what is said of a row that does not keep to it."""

from collections import Counter

from cmo_lifecycle.tabular import workbook
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits


def columns_of(header: list[str | None], header_row: int, limits: Limits) -> list[str]:
    names = [(cell or "") for cell in header]
    while names and not names[-1].strip():
        names.pop()
    if not names:
        raise TableError(f"Row {header_row} is empty, but it should hold the column names.")
    if len(names) > limits.max_columns:
        raise TableError(f"The table has {len(names)} columns; at most {limits.max_columns} can be read.")
    blank = [workbook.letters(i) for i, n in enumerate(names, 1) if not n.strip()]
    if blank:
        what = "Column" if len(blank) == 1 else "Columns"
        verb = "has" if len(blank) == 1 else "have"
        raise TableError(f"{what} {_some(blank)} {verb} no name in row {header_row}; give every column a name.")
    twice = [n for n, count in Counter(n.strip() for n in names).items() if count > 1]
    if twice:
        quoted = _some([f"“{n[:60]}”" for n in twice])
        raise TableError(f"More than one column is named {quoted}; give every column its own name.")
    return names


def _some(items: list[str], most: int = 8) -> str:
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def ragged(found: int, width: int) -> str:
    if found > width:
        return (
            f"The row has {found} cells but the header names {width} columns; "
            "a text that contains the separator must stand in quotation marks."
        )
    return f"The row has only {found} of {width} cells; it may have been cut off."


def too_many(limits: Limits) -> TableError:
    return TableError(f"The table has more than {limits.max_rows:,} rows; split it into several files.")
