"""What an uploaded table may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one table file; everything beyond is refused, never cut silently.

    max_bytes: size of the file as uploaded. max_rows, max_columns: of the table, without its header.
    max_cell: characters of one cell (32,767 is what a spreadsheet can hold). max_line: characters of one text line.
    max_unpacked, max_strings, max_part: bytes of an unpacked workbook in all, of its shared strings, and of every
    other part that is not a sheet. max_ratio: unpacked by packed size, looked at above `ratio_from` unpacked bytes.
    max_parts: files inside a workbook.
    """

    max_bytes: int = 256 << 20
    max_rows: int = 2_000_000
    max_columns: int = 500
    max_cell: int = 32_767
    max_line: int = 4_000_000
    max_unpacked: int = 384 << 20
    max_strings: int = 64 << 20
    max_part: int = 8 << 20
    max_ratio: int = 150
    ratio_from: int = 8 << 20
    max_parts: int = 2_000


DEFAULT = Limits()
