"""The text of a cell: what reader, parsers and writer agree on."""

import re


class NumberText(str):
    """The exact text of a workbook's number cell: a full stop as decimal mark, no thousands separators.

    Its type tells parsers not to apply the profile's separators: the number 1.234 in a workbook is never 1234.
    """

    __slots__ = ()


# what a spreadsheet shows, and saves, in place of a value it could not compute
SPREADSHEET_ERRORS = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"]
)

# Where a spreadsheet program could begin a formula: at the start of a text, behind blanks and quotation marks; and
# behind a separator or line break inside it, for a program set to semicolons or tabs splits a comma file there.
# Full-width forms count, since some programs read them as their ASCII twins.
_LEAD = r"(?:[\"']|[^\S\t\r\n])*"
_SIGN = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_UNGUARDED = re.compile(rf"(\A(?={_LEAD}[{_SIGN}\t\r\n])|[;|\t\r\n](?={_LEAD}[{_SIGN}]))")
_GUARDED = re.compile(rf"(\A(?='{_LEAD}[{_SIGN}\t\r\n])|[;|\t\r\n](?='{_LEAD}[{_SIGN}]))'")


def guard(text: str) -> str:
    """The text with an apostrophe at every place where a formula could begin. `unguard` undoes it exactly."""
    return _UNGUARDED.sub(r"\1'", text)


def unguard(text: str) -> str:
    """The text before `guard`. Apostrophes that guard nothing stay."""
    return _GUARDED.sub(r"\1", text) if "'" in text else text
