"""Tables in text files: their encoding, their separator, their rows."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import IO

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import Limits
from cmo_lifecycle.tabular.reader.header import columns_of, ragged, too_many
from cmo_lifecycle.tabular.reader.records import CHUNK, records_of
from cmo_lifecycle.tabular.reader.table import DELIMITERS, Facts, Row, Table

SAMPLE = 1 << 16
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

_MARKUP = re.compile(r"\s*(<\?xml|<!doctype|<html|<table|<\w+[^<>\n]*>\s*<)", re.IGNORECASE)
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*[\[{])')


def open_text(
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
        return records_of(stream, encoding, delimiter, skip, limits)

    header: list[str | None] | None = None
    for number, cells, problem in records():
        if number == header_row:
            if problem:
                raise TableError(problem)
            header = list(cells)
            break
    if header is None:
        raise TableError(f"The file has no row {header_row}, which should hold the column names.")
    columns = columns_of(header, header_row, limits)
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
                problem = problem or ragged(len(values), width)
                values.extend([None] * -extra)
            elif extra > 0:
                if any(values[width:]):
                    problem = problem or ragged(len(values), width)
                del values[width:]
            seen += 1
            if seen > limits.max_rows:
                raise too_many(limits)
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
                chunk = stream.read(CHUNK)
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
    raw = stream.read(SAMPLE)
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
