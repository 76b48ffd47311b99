"""A proposal as a workbook: written for one bidder, filled in at a desk, read back cell by cell.

Plain values in, plain values out: nothing here knows a model, a database or a user.
"""

from evaluation.workbook.layout import MOST_BYTES, AskedLine
from evaluation.workbook.reading import Fault, Returned, read
from evaluation.workbook.writing import write

__all__ = ["MOST_BYTES", "AskedLine", "Fault", "Returned", "read", "write"]
