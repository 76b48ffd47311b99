"""Open an uploaded table and stream its rows, whatever program wrote it.

`open_table` looks at the content, never at the name: it takes CSV-like text (UTF-8 with or without BOM, UTF-16,
Windows-1252; comma, semicolon, tab or bar; CR, LF or CRLF) and Excel workbooks (.xlsx, .xlsm). Everything else, and
everything that would unpack to more than `Limits` allow, is refused by a `TableError`, whose text is one sentence
for the person who chose the file. Memory stays bounded by the longest row plus, for a workbook, its shared strings.
"""

import codecs
import csv
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from . import workbook
from .errors import TableError
from .limits import DEFAULT, Limits

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

_CHUNK = 1 << 18
_SAMPLE = 1 << 16
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?\s*\Z', re.IGNORECASE | re.DOTALL)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
_OTHER_TYPES = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a rich-text document"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(r"\s*(<\?xml|<!doctype|<html|<table|<\w+[^<>\n]*>\s*<)", re.IGNORECASE)
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*[\[{])')


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


def open_table(
    file: str | os.PathLike[str] | BinaryIO | IO[bytes],
    name: str | None = None,
    *,
    sheet: str | None = None,
    header_row: int = 1,
    delimiter: str | None = None,
    limits: Limits = DEFAULT,
) -> Table:
    """Open a CSV or XLSX file given as a path or a binary file object.

    sheet: name of the sheet to read (default: the first visible one). header_row: the row that holds the column
    names; rows above it are ignored. delimiter: overrules the guess. Raises TableError with a sentence for the
    person when the file is not such a table; a path that does not exist raises OSError as usual.
    """
    if isinstance(file, (str, os.PathLike)):
        path = Path(file)
        name = name or path.name
        stream: IO[bytes] = path.open("rb")
        ours = True
    else:
        name = name or os.path.basename(str(getattr(file, "name", "") or "")) or "the file"
        stream, ours = _seekable(file, limits)
    try:
        return _open(stream, name, sheet, header_row, delimiter, limits, stream.close if ours else _nothing)
    except BaseException:
        if ours:
            stream.close()
        raise


def _nothing() -> None:
    return None


def _seekable(file: Any, limits: Limits) -> tuple[IO[bytes], bool]:
    # an uploaded file of a web framework may lack seekable() and still seek
    seekable = getattr(file, "seekable", None)
    if seekable() if callable(seekable) else hasattr(file, "seek"):
        file.seek(0)
        return file, False
    spool: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the table closes it
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > limits.max_bytes:
            spool.close()
            raise _too_big(limits)
        spool.write(chunk)
    spool.seek(0)
    return spool, True


def _too_big(limits: Limits) -> TableError:
    return TableError(f"The file is larger than {limits.max_bytes // (1 << 20)} MiB; split it into several files.")


def _open(
    stream: IO[bytes],
    name: str,
    sheet: str | None,
    header_row: int,
    delimiter: str | None,
    limits: Limits,
    close: Callable[[], None],
) -> Table:
    if header_row < 1:
        raise TableError("The header row is counted from 1.")
    head: bytes | str = stream.read(_SAMPLE)
    if isinstance(head, str):
        raise TypeError("open_table needs a file opened in binary mode.")
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise TableError("The file is empty.")
    if size > limits.max_bytes:
        raise _too_big(limits)
    if head.startswith(b"PK"):
        return _open_workbook(stream, name, sheet, header_row, limits, close)
    if head.startswith(_CFB):
        raise _old_or_encrypted(stream)
    for magic, what in _OTHER_TYPES:
        # two-letter signatures are also how a header may begin; a table has no NUL early on
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:4096] or magic[0] < 0x20):
            raise TableError(f"The file is {what}, not a table; save the table as CSV or XLSX and upload that.")
    if sheet is not None:
        raise TableError("The file is plain text and has no sheets; leave the sheet name empty.")
    return _open_text(stream, name, header_row, delimiter, limits, close)


def _old_or_encrypted(stream: IO[bytes]) -> TableError:
    marker = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        if marker in tail + chunk:
            return TableError("The workbook is protected by a password; remove the password and save it again.")
        tail = chunk[-len(marker) :]
    return TableError("The file is in an old Office format (such as .xls); save it as “Excel workbook (.xlsx)” or CSV.")


# Workbooks


def _open_workbook(
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
    columns = _columns(header or [], header_row, limits)
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
                    problem = problem or _ragged(len(cells), width)
                del cells[width:]
            if problem is None and not any(cells):
                continue
            seen += 1
            if seen > limits.max_rows:
                raise _too_many(limits)
            yield Row(number, cells, problem)

    facts = Facts(kind="XLSX", sheet=chosen, sheets=tuple(book.sheets))
    return Table(name, columns, facts, read, close)


def _columns(header: list[str | None], header_row: int, limits: Limits) -> list[str]:
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


def _ragged(found: int, width: int) -> str:
    if found > width:
        return (
            f"The row has {found} cells but the header names {width} columns; "
            "a text that contains the separator must stand in quotation marks."
        )
    return f"The row has only {found} of {width} cells; it may have been cut off."


def _too_many(limits: Limits) -> TableError:
    return TableError(f"The table has more than {limits.max_rows:,} rows; split it into several files.")


# Text tables


def _open_text(
    stream: IO[bytes],
    name: str,
    header_row: int,
    delimiter: str | None,
    limits: Limits,
    close: Callable[[], None],
) -> Table:
    encoding = _encoding(stream)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise TableError("The separator must be one character, such as a comma.")
    sample, complete = _sample(stream, encoding)
    if _MARKUP.match(sample):
        raise TableError("The file is a web page or XML document; save the table as CSV or XLSX and upload that.")
    if _JSON.match(sample):
        raise TableError("The file is JSON; save the table as CSV or XLSX and upload that.")
    first = re.split(r"\r\n|\r|\n", sample, maxsplit=1)[0]
    sep = _SEP_LINE.match(first)
    # spreadsheet programs obey "sep=;" and show the next line as row 1
    skip = 1 if sep else 0
    if delimiter is None:
        delimiter = sep[1] if sep and sep[1] not in '\r\n"' else _sniff(sample, complete, header_row)

    def records() -> Iterator[tuple[int, list[str], str | None]]:
        return _records(stream, encoding, delimiter, skip, limits)

    header: list[str | None] | None = None
    for number, cells, problem in records():
        if number == header_row:
            if problem:
                raise TableError(problem)
            header = list(cells)
            break
    if header is None:
        raise TableError(f"The file has no row {header_row}, which should hold the column names.")
    columns = _columns(header, header_row, limits)
    width = len(columns)

    def read() -> Iterator[Row]:
        seen = 0
        for number, cells, problem in records():
            if number <= header_row:
                continue
            if problem is None and not "".join(cells).strip():
                continue
            values: list[str | None] = [cell or None for cell in cells]
            extra = len(values) - width
            if extra < 0:
                problem = problem or _ragged(len(values), width)
                values.extend([None] * -extra)
            elif extra > 0:
                if any(values[width:]):
                    problem = problem or _ragged(len(values), width)
                del values[width:]
            seen += 1
            if seen > limits.max_rows:
                raise _too_many(limits)
            yield Row(number, values, problem)

    facts = Facts(
        kind="CSV",
        encoding=_ENCODING_NAMES[encoding],
        delimiter=delimiter,
        line_ends=_line_ends(sample),
    )
    return Table(name, columns, facts, read, close)


def _encoding(stream: IO[bytes]) -> str:
    """The first encoding under which the whole file decodes strictly, read once in chunks."""
    stream.seek(0)
    head = stream.read(4096)
    candidates = ["utf-8", "cp1252"]
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            candidates = [encoding]
            break
    else:
        if b"\0" in head:
            pairs = len(head) // 2
            if pairs and head[1::2].count(0) > 0.4 * pairs and head[0::2].count(0) < 0.05 * pairs:
                candidates = ["utf-16-le"]
            elif pairs and head[0::2].count(0) > 0.4 * pairs and head[1::2].count(0) < 0.05 * pairs:
                candidates = ["utf-16-be"]
    failure: UnicodeDecodeError | None = None
    for encoding in candidates:
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            while True:
                chunk = stream.read(_CHUNK)
                text = decoder.decode(chunk, final=not chunk)
                if "\0" in text:
                    raise TableError(
                        "The file holds NUL characters, so it is not a text table; save the table as CSV or XLSX."
                    )
                if not chunk:
                    return encoding
        except UnicodeDecodeError as error:
            failure = error
    raise TableError(
        f"The text is neither valid {_ENCODING_NAMES[candidates[0]]} nor another known encoding; "
        "save it as “CSV UTF-8” or XLSX."
    ) from failure


def _sample(stream: IO[bytes], encoding: str) -> tuple[str, bool]:
    stream.seek(0)
    raw = stream.read(_SAMPLE)
    complete = not stream.read(1)
    text = codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=False)
    return text, complete


def _line_ends(sample: str) -> str:
    crlf = sample.count("\r\n")
    kinds = {"CRLF": crlf, "CR": sample.count("\r") - crlf, "LF": sample.count("\n") - crlf}
    best = max(kinds, key=lambda kind: kinds[kind])
    return best if kinds[best] else "nothing (a single line)"


def _sniff(sample: str, complete: bool, header_row: int) -> str:
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                widths.append(len(cells))
                if len(widths) > 500:
                    break
        except csv.Error:
            # one overlong field: the rows before it still tell
            pass
        if not complete and len(widths) > header_row and len(widths) <= 500:
            widths.pop()
        widths = widths[header_row - 1 :]
        if not widths or widths[0] < 2:
            continue
        body = [w for w in widths[1:] if w]
        same = sum(w == widths[0] for w in body) / len(body) if body else 1.0
        if (same, widths[0]) > best_score:
            best, best_score = delimiter, (same, widths[0])
    return best


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


def _records(
    stream: IO[bytes], encoding: str, delimiter: str, skip: int, limits: Limits
) -> Iterator[tuple[int, list[str], str | None]]:
    stream.seek(0)
    buffered = io.BufferedReader(_Unowned(stream), _CHUNK)
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
