"""An opened table: its rows, its columns, and what was found out about its file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


class Row(NamedTuple):
    """One row under the header.

    number: as the spreadsheet program shows it, the header of an ordinary file being 1.
    cells: one entry per column of the header, None where blank.
    problem: a sentence where the row cannot be trusted as a whole (its cells may then be cut or padded), else None.
    """

    number: int
    cells: list[str | None]
    problem: str | None = None


@dataclass(frozen=True)
class Facts:
    """What was found out about the file, in words to show."""

    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    line_ends: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def sentence(self) -> str:
        if self.kind == "XLSX":
            return f"Excel workbook, sheet “{self.sheet}”"
        word = DELIMITERS.get(self.delimiter or "", repr(self.delimiter))
        return f"Text table, {self.encoding}, separated by {word}, lines end with {self.line_ends}"


class Table:
    """An opened table. Close it, or use it in a `with` statement.

    name: the file's name as uploaded, for messages only.
    columns: the header's names exactly as they stand in the file.
    facts: see `Facts`.
    """

    def __init__(
        self,
        name: str,
        columns: list[str],
        facts: Facts,
        read: Callable[[], Iterator[Row]],
        close: Callable[[], None],
    ) -> None:
        self.name = name
        self.columns = columns
        self.facts = facts
        self._read = read
        self._close = close
        self._turn = 0

    def rows(self) -> Iterator[Row]:
        """Stream the rows from the first one; blank rows are passed over, their numbers are not reused.

        May be called again to read once more, which ends an earlier iteration. Raises TableError where the file
        turns out broken or too long on the way.
        """
        self._turn += 1
        turn = self._turn
        for row in self._read():
            yield row
            if turn != self._turn:
                raise RuntimeError("This table is being read again from its beginning.")

    def count_rows(self) -> int:
        """How many rows `rows()` yields: one more pass through the file."""
        return sum(1 for _ in self.rows())

    def close(self) -> None:
        self._close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
