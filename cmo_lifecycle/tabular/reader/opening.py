"""From a file of any kind to a table, or a sentence on why it is none."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import DEFAULT, Limits
from cmo_lifecycle.tabular.reader.records import CHUNK
from cmo_lifecycle.tabular.reader.table import Table
from cmo_lifecycle.tabular.reader.texts import SAMPLE, open_text
from cmo_lifecycle.tabular.reader.workbooks import open_workbook

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
    while chunk := file.read(CHUNK):
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
    head: bytes | str = stream.read(SAMPLE)
    if isinstance(head, str):
        raise TypeError("open_table needs a file opened in binary mode.")
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise TableError("The file is empty.")
    if size > limits.max_bytes:
        raise _too_big(limits)
    if head.startswith(b"PK"):
        return open_workbook(stream, name, sheet, header_row, limits, close)
    if head.startswith(_CFB):
        raise _old_or_encrypted(stream)
    for magic, what in _OTHER_TYPES:
        # two-letter signatures are also how a header may begin; a table has no NUL early on
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:4096] or magic[0] < 0x20):
            raise TableError(f"The file is {what}, not a table; save the table as CSV or XLSX and upload that.")
    if sheet is not None:
        raise TableError("The file is plain text and has no sheets; leave the sheet name empty.")
    return open_text(stream, name, header_row, delimiter, limits, close)


def _old_or_encrypted(stream: IO[bytes]) -> TableError:
    marker = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        if marker in tail + chunk:
            return TableError("The workbook is protected by a password; remove the password and save it again.")
        tail = chunk[-len(marker) :]
    return TableError("The file is in an old Office format (such as .xls); save it as “Excel workbook (.xlsx)” or CSV.")
