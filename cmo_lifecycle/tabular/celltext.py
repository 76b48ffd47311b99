"""The text of a cell, as the reader hands it to the parsers."""


class NumberText(str):
    """The exact text of a workbook's number cell: a full stop as decimal mark, no thousands separators.

    Its type tells parsers not to apply the profile's separators: the number 1.234 in a workbook is never 1234.
    """

    __slots__ = ()


# what a spreadsheet shows, and saves, in place of a value it could not compute
SPREADSHEET_ERRORS = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"]
)
