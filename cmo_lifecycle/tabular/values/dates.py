"""Dates under a declared format."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache

from cmo_lifecycle.tabular.errors import CellError
from cmo_lifecycle.tabular.values.cleaning import quote
from cmo_lifecycle.tabular.values.parsing import HAS_LETTER, Parser, cached, prepare_blank
from cmo_lifecycle.tabular.values.texts import text

PIVOT = 69
MIN_DATE, MAX_DATE = date(1900, 1, 1), date(2199, 12, 31)

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_OF = {name[:3]: i for i, name in enumerate(MONTHS, 1)}
_MONTH_OF |= {name: i for i, name in enumerate(MONTHS, 1)} | {"sept": 9}

_DIRECTIVES = {
    "d": ("(?P<d>[0-9]{1,2})", "31"),
    "m": ("(?P<m>[0-9]{1,2})", "12"),
    "y": ("(?P<y>[0-9]{2})", "09"),
    "Y": ("(?P<Y>[0-9]{4})", "2009"),
    "b": (r"(?P<b>[A-Za-z]{3,9})\.?", "Dec"),
    "B": (r"(?P<b>[A-Za-z]{3,9})\.?", "December"),
    "a": (r"[A-Za-z]{3,9}\.?", "Thu"),
    "A": (r"[A-Za-z]{3,9}\.?", "Thursday"),
    "H": ("[0-9]{1,2}", "14"),
    "I": ("[0-9]{1,2}", "02"),
    "M": ("[0-9]{2}", "05"),
    "S": (r"[0-9]{2}(?:\.[0-9]+)?", "00"),
    "p": (r"[AaPp]\.?[Mm]\.?", "PM"),
    "%": ("%", "%"),
}
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
_SERIAL = re.compile(r"[0-9]{1,7}(?:\.[0-9]+)?\Z")
EXCEL_SERIAL = "excel"


@lru_cache(maxsize=256)
def _compile_format(form: str) -> tuple[re.Pattern[str], str]:
    """(pattern, example) of a date format. Raises ValueError with a sentence for one that names no full date."""
    pattern: list[str] = []
    example: list[str] = []
    used: list[str] = []
    i = 0
    while i < len(form):
        c = form[i]
        if c == "%":
            if i + 1 < len(form) and form[i + 1] in "-#":
                # "%-d" is how some systems write a day without its leading zero, which %d takes anyway
                i += 1
            i += 1
            name = form[i : i + 1]
            if name not in _DIRECTIVES:
                raise ValueError(f"The date format {quote(form)} uses %{name}, which is not known here.")
            expression, shown = _DIRECTIVES[name]
            used.append({"B": "b"}.get(name, name))
            pattern.append(expression)
            example.append(shown)
        elif c.isspace():
            pattern.append(r"\s+")
            example.append(c)
        else:
            pattern.append(re.escape(c))
            example.append(c)
        i += 1
    parts = [u for u in used if u in "dmyYb"]
    kinds = sorted({"y": "year", "Y": "year", "m": "month", "b": "month", "d": "day"}[u] for u in parts)
    if kinds != ["day", "month", "year"]:
        raise ValueError(
            f"The date format {quote(form)} must name the day (%d), the month (%m or %b) and the year (%y or %Y), "
            "each once."
        )
    return re.compile("".join(pattern) + r"\Z", re.IGNORECASE), "".join(example)


def check_date_format(form: str) -> str:
    """An example of a date in this format (31 December 2009). Raises ValueError with a sentence if it is not one."""
    if form == EXCEL_SERIAL:
        return "40178"
    return _compile_format(form)[1]


def _bounded(year: int, month: int, day: int, cell: str) -> date:
    try:
        value = date(year, month, day)
    except ValueError:
        raise CellError(f"{quote(cell)} is not a day of the calendar; correct it.") from None
    if not MIN_DATE <= value <= MAX_DATE:
        raise CellError(f"{quote(cell)} is outside the years {MIN_DATE.year} to {MAX_DATE.year}; correct it.")
    return value


def _date_of(form: str) -> Callable[[str], date]:
    if form == EXCEL_SERIAL:
        return _serial_date
    pattern, example = _compile_format(form)

    def parse(cell: str) -> date:
        match = pattern.match(cell)
        if match:
            found = match.groupdict()
            if "Y" in found:
                year = int(found["Y"])
            else:
                year = int(found["y"])
                year += 1900 if year >= PIVOT else 2000
            if "m" in found:
                month = int(found["m"])
            else:
                month = _MONTH_OF.get(found["b"].lower(), 0)
                if not month:
                    raise CellError(f"{quote(cell)} names no English month; write it like {example}.")
            return _bounded(year, month, int(found["d"]), cell)
        match = _ISO.match(cell)
        if match:
            return _bounded(int(match[1]), int(match[2]), int(match[3]), cell)
        if _SERIAL.match(cell):
            raise CellError(
                f"{quote(cell)} is a bare number, not a date like {example}; format the column as dates, "
                "or choose “spreadsheet day number” as its format."
            )
        raise CellError(f"{quote(cell)} is not a date like {example}; correct it or choose another date format.")

    return parse


def _serial_date(cell: str) -> date:
    match = _ISO.match(cell)
    if match:
        return _bounded(int(match[1]), int(match[2]), int(match[3]), cell)
    if not _SERIAL.match(cell):
        raise CellError(f"{quote(cell)} is not a spreadsheet day number like 40178; choose another date format.")
    days = int(cell.split(".")[0])
    if not 1 <= days <= 109_574 or days == 60:
        raise CellError(f"{quote(cell)} is outside the years {MIN_DATE.year} to {MAX_DATE.year}; correct it.")
    return date(1899, 12, 30 if days > 60 else 31) + timedelta(days=days)


def date_value(format: str = "%Y-%m-%d", blank: Iterable[str] = ()) -> Parser:
    prepare, to_date = prepare_blank(blank), _date_of(format)

    def parse(cell: str) -> date | None:
        prepared = prepare(cell)
        return None if prepared is None else to_date(prepared)

    return cached(parse)


LOOKS_LIKE_DATE = re.compile(
    r"(?:[0-9]{1,4}[\s./-]+(?:[a-z]{3,9}\.?|[0-9]{1,2})[\s./,-]+[0-9]{1,4}|[a-z]{3,9}\.?\s+[0-9]{1,2},?\s+[0-9]{4})"
    r"(?:[T ][0-9:.]+\s*(?:[ap]\.?m\.?|Z)?)?\Z",
    re.IGNORECASE,
)


def date_or_note(format: str = "%Y-%m-%d", blank: Iterable[str] = ()) -> Parser:
    prepare, to_date, to_note = prepare_blank(blank), _date_of(format), text()

    def parse(cell: str) -> tuple[date | None, str | None]:
        prepared = prepare(cell)
        if prepared is None:
            return None, None
        try:
            return to_date(prepared), None
        except CellError:
            # a misspelt date must not slip through as a remark
            if not HAS_LETTER.search(prepared) or LOOKS_LIKE_DATE.match(prepared):
                raise
        return None, to_note(prepared)

    return cached(parse)
