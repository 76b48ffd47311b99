"""Parsers for one cell under a declared format.

`parser(kind, **options)` compiles a function from the cell's text (or None) to a value. A blank cell gives None;
a text that does not fit raises `CellError`, whose text says what to do. Nothing is guessed: where a text could mean
two things under the declared format, it is refused.

Kinds and their options:

    text            max_length=1000, blank=[…], translate={text: value}
    identifier      max_length=200, blank          a text that keeps leading zeros; "1.23E+11" is refused
    date            format="%Y-%m-%d", blank       datetime.date; ISO dates are always understood too
    date_or_note    the same                       (date, None), (None, text) or (None, None)
    decimal         decimal_mark=".", thousands="", places=None, minimum=None, blank      decimal.Decimal
    number_or_note  the same                       (Decimal, None), (None, text) or (None, None)
    integer         the same without places        int
    currency        blank                          ISO 4217 code
    country         blank                          ISO 3166-1 alpha-2 code
    boolean         blank                          bool

Two-digit years follow POSIX: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068. `blank` lists further texts that
mean "nothing here", compared without regard to case.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .celltext import SPREADSHEET_ERRORS, NumberText, unguard
from .countries import country_code
from .errors import CellError

Parser = Callable[[str | None], Any]

PIVOT = 69
MIN_DATE, MAX_DATE = date(1900, 1, 1), date(2199, 12, 31)
# what decimal's default context keeps without rounding
MAX_DIGITS = 28
MAX_WHOLE_DIGITS = 18
_MAX_NUMBER_TEXT = 64
_CACHE_SIZE = 20_000

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_OF = {name[:3]: i for i, name in enumerate(MONTHS, 1)}
_MONTH_OF |= {name: i for i, name in enumerate(MONTHS, 1)} | {"sept": 9}


def quote(text: str) -> str:
    """A cell's text as it appears in messages: short, on one line, with control characters visible."""
    text = text if len(text) <= 60 else text[:59] + "…"
    return "“" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + "”"


# Text

# bytes that Windows-1252 leaves undefined are passed through by most software, as in Latin-1
_BYTE_OF = {chr(b): b for b in range(256)} | {
    bytes([b]).decode("cp1252"): b for b in range(128, 160) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = str.maketrans("", "", "\ufeff\u200b\u2060\u00ad")
_NEWLINES = re.compile(r"[ \t]*[\r\n\x0b\x0c\x85\u2028\u2029][\s\x0b\x0c\x85\u2028\u2029]*")


def repair(text: str) -> str:
    """Undo mojibake: UTF-8 that was read as Latin-1 or Windows-1252, up to twice over.

    The text comes back unchanged unless its bytes are valid UTF-8 from end to end and read as letters and
    punctuation that such lists really hold.
    """
    for _ in range(2):
        if text.isascii():
            break
        try:
            better = bytes([_BYTE_OF[c] for c in text]).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            break
        if not _plausible(better):
            break
        text = better
    return text


def _plausible(text: str) -> bool:
    foreign = [c for c in text if not c.isascii()]
    western = all(
        "\u00a0" <= c <= "\u0233" or "\u2010" <= c <= "\u203a" or c in "\u20ac\u2122\u02c6\u02dc" for c in foreign
    )
    # one stray sign of another script is more likely a coincidence of bytes than a word
    return western or (len(foreign) >= 3 and all(unicodedata.category(c)[0] in "LM" for c in foreign))


def clean(text: str) -> str:
    """One line of text: mojibake repaired, invisible characters and the guard of exported formulas removed,
    composed (NFC), line breaks turned into single spaces, ends trimmed. Raises CellError for control characters
    and for marks that reverse the reading direction.
    """
    if text.isascii() and text.isprintable():
        return unguard(text).strip() if "'" in text else text.strip()
    text = repair(unguard(text))
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = _NEWLINES.sub(" ", text).replace("\t", " ").strip()
    for c in text:
        if c in _BIDI:
            raise CellError(f"{quote(text)} holds marks that reverse the reading direction; type the text anew.")
        if unicodedata.category(c) in ("Cc", "Cs"):
            raise CellError(f"{quote(text)} holds control characters; type the text anew.")
    return text


def _prepare(blank: Iterable[str]) -> Callable[[str], str | None]:
    """The trimmed text of a cell, None where it means nothing. Raises CellError for #REF! and its like."""
    tokens = frozenset(token.strip().casefold() for token in blank)

    def prepare(text: str) -> str | None:
        text = text.strip()
        if not text or (tokens and text.casefold() in tokens):
            return None
        if text[0] == "#" and text in SPREADSHEET_ERRORS:
            raise CellError(f"The cell holds the spreadsheet error {text}; correct the formula in your file.")
        return text

    return prepare


def _cached(parse: Callable[[str], Any]) -> Parser:
    """Remember the values of repeated texts. Only texts that parse are remembered; memory stays bounded."""
    seen: dict[str | None, Any] = {None: parse("")}

    def look_up(text: str | None) -> Any:
        try:
            return seen[text]
        except KeyError:
            value = parse(text or "")
            if len(seen) >= _CACHE_SIZE:
                seen.clear()
                seen[None] = parse("")
            seen[text] = value
            return value

    return look_up


def text(max_length: int = 1000, blank: Iterable[str] = (), translate: Mapping[str, str] | None = None) -> Parser:
    tokens = frozenset(token.strip().casefold() for token in blank)
    words = {key.strip().casefold(): value for key, value in (translate or {}).items()}

    def parse(cell: str | None) -> str | None:
        if not cell:
            return None
        value = clean(cell)
        if not value or (tokens and value.casefold() in tokens):
            return None
        if value[0] == "#" and value in SPREADSHEET_ERRORS:
            raise CellError(f"The cell holds the spreadsheet error {value}; correct the formula in your file.")
        if len(value) > max_length:
            raise CellError(f"The text has {len(value)} characters; at most {max_length} are kept, so shorten it.")
        return words.get(value.casefold(), value) if words else value

    return parse


_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]{1,3}\Z", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9]{16,}\Z")


def identifier(max_length: int = 200, blank: Iterable[str] = ()) -> Parser:
    parse_text = text(max_length, blank)

    def parse(cell: str | None) -> str | None:
        value: str | None = parse_text(cell)
        if value is None:
            return None
        if "+" in value and _SHORTENED.match(value):
            raise CellError(
                f"{quote(value)} is a number that a spreadsheet shortened, so its digits are lost; "
                "format the column as text and enter the number again."
            )
        if cell.__class__ is NumberText and _LONG_NUMBER.match(value):
            raise CellError(
                f"{quote(value)} is stored as a number of more than 15 digits, the last of which a spreadsheet does "
                "not keep; format the column as text and enter it again."
            )
        return value

    return parse


# Dates

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
    prepare, to_date = _prepare(blank), _date_of(format)

    def parse(cell: str) -> date | None:
        prepared = prepare(cell)
        return None if prepared is None else to_date(prepared)

    return _cached(parse)


_HAS_LETTER = re.compile(r"[^\W\d_]")
_LOOKS_LIKE_DATE = re.compile(
    r"(?:[0-9]{1,4}[\s./-]+(?:[a-z]{3,9}\.?|[0-9]{1,2})[\s./,-]+[0-9]{1,4}|[a-z]{3,9}\.?\s+[0-9]{1,2},?\s+[0-9]{4})"
    r"(?:[T ][0-9:.]+\s*(?:[ap]\.?m\.?|Z)?)?\Z",
    re.IGNORECASE,
)


def date_or_note(format: str = "%Y-%m-%d", blank: Iterable[str] = ()) -> Parser:
    prepare, to_date, to_note = _prepare(blank), _date_of(format), text()

    def parse(cell: str) -> tuple[date | None, str | None]:
        prepared = prepare(cell)
        if prepared is None:
            return None, None
        try:
            return to_date(prepared), None
        except CellError:
            # a misspelt date must not slip through as a remark
            if not _HAS_LETTER.search(prepared) or _LOOKS_LIKE_DATE.match(prepared):
                raise
        return None, to_note(prepared)

    return _cached(parse)


# Numbers

_THIN = re.compile("[\u00a0\u2007\u2009\u202f]")
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\Z|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}\Z")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?\Z")
_EXPONENT = re.compile(r"(.+?)[eE]([+-]?[0-9]{1,9})\Z")
_UNDEFINED = frozenset(["nan", "inf", "infinity", "snan", "-inf", "+inf", "-infinity", "+infinity"])
_THOUSANDS = ("", ",", ".", " ", "'")


def check_number_format(decimal_mark: str, thousands: str) -> None:
    """Raises ValueError with a sentence for marks that cannot be told apart."""
    if decimal_mark not in (".", ","):
        raise ValueError("The decimal mark must be a full stop or a comma.")
    if thousands not in _THOUSANDS:
        raise ValueError("The thousands separator must be a comma, a full stop, a space, an apostrophe or nothing.")
    if thousands == decimal_mark:
        raise ValueError("The decimal mark and the thousands separator must differ.")


def _decimal_of(decimal_mark: str, thousands: str) -> Callable[[str], Decimal]:
    check_number_format(decimal_mark, thousands)
    other = {".": ",", ",": "."}[decimal_mark]

    def parse(cell: str) -> Decimal:
        if len(cell) > _MAX_NUMBER_TEXT:
            raise CellError(f"{quote(cell)} is too long for a number; correct it.")
        if cell.__class__ is NumberText:
            return _finite(cell, cell)
        number = cell
        if not number.isascii():
            number = _THIN.sub(" ", number).replace("\u2212", "-").replace("\u2019", "'")
        negative = False
        if number[:1] == "(" and number[-1:] == ")":
            negative, number = True, number[1:-1].strip()
        elif number[-1:] == "-":
            negative, number = True, number[:-1].strip()
        if number[:1] in ("-", "+"):
            if negative:
                raise CellError(f"{quote(cell)} has two signs; correct the number.")
            negative, number = number[0] == "-", number[1:].strip()
        exponent = ""
        match = _EXPONENT.match(number)
        if match:
            number, exponent = match[1], match[2]
        whole, mark, fraction = number.partition(decimal_mark)
        if mark and not _digits(fraction):
            raise CellError(_number_advice(cell, decimal_mark, thousands))
        if whole and not _digits(whole):
            if thousands and thousands in whole:
                grouped = whole.replace(",", "x").replace(thousands, ",") if thousands != "," else whole
                if not _GROUPS.match(grouped):
                    raise CellError(
                        f"{quote(cell)} groups its digits in an unusual way; write it without thousands separators."
                    )
                whole = grouped.replace(",", "")
            elif other in whole and not mark:
                raise CellError(
                    f"{quote(cell)} is not clear: the decimal mark of this column is “{decimal_mark}”; write the "
                    f"number with it, or declare “{other}” as the column's decimal mark or thousands separator."
                )
            else:
                raise CellError(_number_advice(cell, decimal_mark, thousands))
        if not whole and not fraction:
            raise CellError(_number_advice(cell, decimal_mark, thousands))
        plain = ("-" if negative else "") + (whole or "0") + ("." + fraction if fraction else "")
        if exponent:
            plain += "E" + exponent
        return _finite(plain, cell)

    return parse


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number_advice(cell: str, decimal_mark: str, thousands: str) -> str:
    if cell.lower() in _UNDEFINED:
        return f"{quote(cell)} is not a finite number; correct it or leave the cell empty."
    example = f"1{thousands}234{decimal_mark}5"
    return f"{quote(cell)} is not a number like {example}; correct it or leave the cell empty."


def _finite(plain: str, cell: str) -> Decimal:
    # the exponent is looked at first: 1E999999999 must never be multiplied out
    match = _EXPONENT.match(plain)
    if match and abs(int(match[2])) > MAX_DIGITS:
        raise CellError(f"{quote(cell)} has too large an exponent; write the number out.")
    try:
        value = Decimal(plain)
    except ArithmeticError:
        raise CellError(f"{quote(cell)} is not a number; correct it or leave the cell empty.") from None
    if not value.is_finite():
        raise CellError(f"{quote(cell)} is not a finite number; correct it or leave the cell empty.")
    if (
        value.adjusted() >= MAX_WHOLE_DIGITS
        or len(value.as_tuple().digits) > MAX_DIGITS
        or (value and -int(value.as_tuple().exponent) > MAX_DIGITS)
    ):
        raise CellError(
            f"{quote(cell)} is too long: at most {MAX_WHOLE_DIGITS} digits before the decimal mark and "
            f"{MAX_DIGITS} in all can be kept."
        )
    if not value:
        return Decimal(0)
    if match:
        # 1E+3 is kept as 1000
        return Decimal(format(value, "f"))
    return value


def decimal(
    decimal_mark: str = ".",
    thousands: str = "",
    places: int | None = None,
    minimum: Any = None,
    blank: Iterable[str] = (),
) -> Parser:
    prepare, to_decimal = _prepare(blank), _decimal_of(decimal_mark, thousands)
    least = None if minimum is None else Decimal(str(minimum))
    simple = _PLAIN_NUMBER if decimal_mark == "." else re.compile(r"-?[0-9]{1,18}\Z")

    def parse(cell: str | None) -> Decimal | None:
        if not cell:
            return None
        if simple.match(cell):
            value = Decimal(cell)
            if not value:
                value = Decimal(0)
        else:
            number = cell.__class__ is NumberText
            prepared = prepare(cell)
            if prepared is None:
                return None
            value = to_decimal(NumberText(prepared) if number else prepared)
        if places is not None and -int(value.as_tuple().exponent) > places:
            if round(value, places) != value:
                raise CellError(f"{quote(cell)} has more than {places} decimal places; round it.")
            value = round(value, places)
        if least is not None and value < least:
            raise CellError(f"{quote(cell)} is below {least}; correct it.")
        return value

    return parse


def integer(decimal_mark: str = ".", thousands: str = "", minimum: Any = None, blank: Iterable[str] = ()) -> Parser:
    to_decimal = decimal(decimal_mark, thousands, None, minimum, blank)

    def parse(cell: str | None) -> int | None:
        value = to_decimal(cell)
        if value is None:
            return None
        whole = int(value)
        if whole != value:
            raise CellError(f"{quote(cell or '')} is not a whole number; correct it.")
        return whole

    return parse


_LOOKS_LIKE_NUMBER = re.compile(r"[-+(]*[0-9.,' ]+e[+-]?[0-9]+\)?\Z", re.IGNORECASE)


def number_or_note(
    decimal_mark: str = ".",
    thousands: str = "",
    places: int | None = None,
    minimum: Any = None,
    blank: Iterable[str] = (),
) -> Parser:
    to_decimal, to_note = decimal(decimal_mark, thousands, places, minimum, blank), text()

    def parse(cell: str | None) -> tuple[Decimal | None, str | None]:
        try:
            return to_decimal(cell), None
        except CellError:
            # a misspelt number must not slip through as a remark
            stripped = (cell or "").strip()
            if (
                not _HAS_LETTER.search(stripped)
                or stripped.casefold() in _UNDEFINED
                or _LOOKS_LIKE_NUMBER.match(stripped)
                or stripped in SPREADSHEET_ERRORS
            ):
                raise
        return None, to_note(cell)

    return parse


# Codes

_CURRENCY_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CURRENCY_CODES.split())
_CURRENCY_SIGNS = {"€": "EUR", "US$": "USD", "£": "GBP", "₹": "INR"}


def currency(blank: Iterable[str] = ()) -> Parser:
    prepare = _prepare(blank)

    def parse(cell: str) -> str | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        code = prepared.upper()
        code = _CURRENCY_SIGNS.get(code, code)
        if code not in CURRENCIES:
            raise CellError(f"{quote(prepared)} is not a currency code; use the three letters, such as USD or EUR.")
        return code

    return _cached(parse)


def country(blank: Iterable[str] = ()) -> Parser:
    prepare = _prepare(blank)

    def parse(cell: str) -> str | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        code = country_code(clean(prepared))
        if code is None:
            raise CellError(f"{quote(prepared)} is not a country known here; use its English name or two-letter code.")
        return code

    return _cached(parse)


_BOOLEANS = dict.fromkeys(["yes", "y", "true", "t", "1", "x"], True) | dict.fromkeys(
    ["no", "n", "false", "f", "0"], False
)


def boolean(blank: Iterable[str] = ()) -> Parser:
    prepare = _prepare(blank)

    def parse(cell: str) -> bool | None:
        prepared = prepare(cell)
        if prepared is None:
            return None
        value = _BOOLEANS.get(prepared.casefold())
        if value is None:
            raise CellError(f"{quote(prepared)} is neither yes nor no; write one of them.")
        return value

    return _cached(parse)


KINDS: dict[str, Callable[..., Parser]] = {
    "text": text,
    "identifier": identifier,
    "date": date_value,
    "date_or_note": date_or_note,
    "decimal": decimal,
    "number_or_note": number_or_note,
    "integer": integer,
    "currency": currency,
    "country": country,
    "boolean": boolean,
}
WITH_NOTE = frozenset(["date_or_note", "number_or_note"])
DATE_KINDS = frozenset(["date", "date_or_note"])
NUMBER_KINDS = frozenset(["decimal", "number_or_note", "integer"])


def parser(kind: str, **options: Any) -> Parser:
    """Compile a parser. Raises ValueError with a sentence for an unknown kind or option or a format that is wrong."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind of value called {quote(kind)}; there are {', '.join(KINDS)}.")
    try:
        return KINDS[kind](**options)
    except TypeError:
        raise ValueError(f"A {kind} field cannot have these options: {', '.join(sorted(options))}.") from None


# What a sample of cells allows

DATE_FORMATS = (
    "%Y-%m-%d", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y",
    "%d/%m/%Y", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y%m%d", "%d-%m-%Y", "%m-%d-%Y",
)  # fmt: skip


def fitting_date_formats(samples: Iterable[str | None]) -> list[str]:
    """The date formats under which at least one sample is a date and no sample is a broken one; remarks are passed.

    More than one answer means the samples do not decide, and the person has to.
    """
    filled = [s for s in samples if s and s.strip()]
    fitting = []
    for form in DATE_FORMATS:
        parse = date_or_note(form)
        try:
            if any(parse(sample)[0] for sample in filled) and all(parse(sample) for sample in filled):
                fitting.append(form)
        except CellError:
            continue
    if "%Y-%m-%d" in fitting:
        iso = date_or_note("%Y-%m-%d")
        if all(iso(sample)[0] or not _LOOKS_LIKE_DATE.match(sample.strip()) for sample in filled):
            return ["%Y-%m-%d"]
    return fitting


def fitting_number_formats(samples: Iterable[str | None]) -> list[tuple[str, str]]:
    """The (decimal mark, thousands separator) pairs, strictest first, under which every sample is a number or a
    remark and at least one is a number. More than one answer that reads a sample differently means it is not decided.
    """
    filled = [s for s in samples if s and s.strip()]
    fitting = []
    for mark, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'")):
        parse = number_or_note(mark, thousands)
        try:
            if [s for s in filled if parse(s)[0] is not None]:
                fitting.append((mark, thousands))
        except CellError:
            continue
    return fitting
