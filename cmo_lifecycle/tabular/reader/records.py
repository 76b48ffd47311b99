"""The records of a text table, with what is wrong with one."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits

CHUNK = 1 << 18


class _Lines:
    """The lines of a text stream with their ends, never more than `limit` characters at a time."""

    def __init__(self, text: io.TextIOWrapper, limit: int) -> None:
        self.text, self.limit, self.ended = text, limit, False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(self.limit)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) >= self.limit and line[-1] not in "\r\n":
            raise TableError(f"A line is longer than {self.limit:,} characters, so the file is not a table.")
        return line


class _Unowned(io.RawIOBase):
    """Reads from a binary file without closing it when the text layer above is dropped."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def records_of(
    stream: IO[bytes], encoding: str, delimiter: str, skip: int, limits: Limits
) -> Iterator[tuple[int, list[str], str | None]]:
    stream.seek(0)
    buffered = io.BufferedReader(_Unowned(stream), CHUNK)
    # newline="" keeps CR, LF and CRLF apart inside quoted cells and ends a line at any of them
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="strict", newline="")
    lines = _Lines(text, limits.max_line)
    for _ in range(skip):
        next(lines, None)
    parsed = csv.reader(lines, delimiter=delimiter, strict=True)
    most = limits.max_cell
    number = 0
    while True:
        number += 1
        try:
            cells = next(parsed)
        except StopIteration:
            return
        except csv.Error as error:
            if lines.ended:
                raise TableError(
                    f"Row {number} opens a quotation mark that is never closed, so the rows from there on cannot be "
                    "told apart; correct that row and upload the file again."
                ) from error
            if "field larger" in str(error):
                raise TableError(
                    f"Row {number} holds a cell of more than {csv.field_size_limit():,} characters; probably a "
                    "quotation mark is opened there and never closed."
                ) from error
            yield (
                number,
                [],
                "The row has a quotation mark in the wrong place; a quotation mark inside a quoted text must be "
                "doubled. It may have run into the next line.",
            )
            continue
        if len("".join(cells)) > most and len(max(cells, key=len)) > most:
            yield number, cells, f"A cell holds more than {most:,} characters; probably a quotation mark is not closed."
            continue
        yield number, cells, None
