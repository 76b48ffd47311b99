"""Stream the cells of an Excel workbook (.xlsx, .xlsm) without ever holding a sheet in memory.

The package's declared sizes are checked before a byte is unpacked, entity declarations are refused, and rows come
out of an incremental XML parser, so that neither a bomb nor one endless row can fill the memory. Numbers keep the
text they have in the file, to the 15 digits a spreadsheet itself stands by; cells formatted as dates become ISO text.
"""

from cmo_lifecycle.tabular.workbook.book import Workbook
from cmo_lifecycle.tabular.workbook.cells import letters

__all__ = ["Workbook", "letters"]
