"""One cell as a text: numbers, dates, escapes, addresses."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

from cmo_lifecycle.tabular.celltext import NumberText
from cmo_lifecycle.tabular.workbook.package import damaged

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([-+]?[0-9]{1,4}))?\Z")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

PLAIN, DATE, TIME = 0, 1, 2
# number formats every workbook knows without declaring them (ECMA-376 part 1, 18.8.30)
BUILTIN = dict.fromkeys(
    [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 57, 58], DATE
) | dict.fromkeys([18, 19, 20, 21, 32, 33, 45, 47, 55, 56], TIME)
_NOT_A_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


def letters(column: int) -> str:
    """The letters a spreadsheet shows for a column, counted from 1: 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(alpha: str) -> int:
    number = 0
    if not 1 <= len(alpha) <= 3:
        raise damaged("a cell has no proper address")
    for letter in alpha:
        if not "A" <= letter <= "Z":
            raise damaged("a cell has no proper address")
        number = number * 26 + ord(letter) - 64
    return number


def unescape(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if not 0xD800 <= int(m[1], 16) <= 0xDFFF else m[0], text)


def format_kind(code: str) -> int:
    bare = _NOT_A_CODE.sub("", code).split(";")[0].lower()
    if "general" in bare or "[" in bare:
        # "[h]:mm" is a duration: its number of days says more than a wrong date
        return PLAIN
    if "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare):
        return DATE
    return TIME if "h" in bare or "s" in bare else PLAIN


def number_text(raw: str) -> str:
    if raw.isdigit() and raw.isascii():
        return NumberText(raw)
    raw = raw.strip()
    match = _NUMBER.match(raw)
    if not match:
        # not a number at all: the parsers will say so of this very text
        return raw
    if match[3] is None and ((match[1] is None and match[2] is None) or len(raw) <= 16):
        return NumberText(raw)
    exact = Decimal(raw)
    if len(exact.as_tuple().digits) > 15:
        # spreadsheets store the nearest binary fraction in 17 digits and show 15: 0.30000000000000004 is 0.3
        exact = Decimal(format(float(raw), ".15g"))
    if not -30 < exact.adjusted() < 30:
        return NumberText(raw)
    plain = format(exact, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return NumberText(plain)


def moment_text(raw: str, style: int, date1904: bool) -> str:
    """ISO text of a serial day number: a date, a date with time, or a time of day."""
    try:
        days = float(raw)
    except ValueError:
        return raw
    if not 0 <= days < 2_958_466:
        return number_text(raw)
    whole = int(days)
    seconds = round((days - whole) * 86400)
    if whole == 0 and (style == TIME or not date1904):
        seconds = min(seconds, 86399)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if date1904:
        origin = datetime(1904, 1, 1)
    elif whole < 60:
        origin = datetime(1899, 12, 31)
    elif whole == 60:
        # the day 29 February 1900 exists in spreadsheets only
        return number_text(raw)
    else:
        origin = datetime(1899, 12, 30)
    moment = origin + timedelta(days=whole, seconds=seconds)
    if moment.time() == moment.time().min:
        return moment.date().isoformat()
    return moment.isoformat()
