"""Open an uploaded table and stream its rows, whatever program wrote it.

`open_table` looks at the content, never at the name: it takes CSV-like text (UTF-8 with or without BOM, UTF-16,
Windows-1252; comma, semicolon, tab or bar; CR, LF or CRLF) and Excel workbooks (.xlsx, .xlsm). Everything else, and
everything that would unpack to more than `Limits` allow, is refused by a `TableError`, whose text is one sentence
for the person who chose the file. Memory stays bounded by the longest row plus, for a workbook, its shared strings.
"""

from cmo_lifecycle.tabular.reader.opening import open_table
from cmo_lifecycle.tabular.reader.table import DELIMITERS, Facts, Row, Table

__all__ = [
    "DELIMITERS",
    "Facts",
    "Row",
    "Table",
    "open_table",
]
