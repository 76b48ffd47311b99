"""Numbers under declared marks."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from cmo_lifecycle.tabular.celltext import SPREADSHEET_ERRORS, NumberText
from cmo_lifecycle.tabular.errors import CellError
from cmo_lifecycle.tabular.values.cleaning import quote
from cmo_lifecycle.tabular.values.parsing import HAS_LETTER, Parser, prepare_blank
from cmo_lifecycle.tabular.values.texts import text

# what decimal's default context keeps without rounding
MAX_DIGITS = 28
MAX_WHOLE_DIGITS = 18
_MAX_NUMBER_TEXT = 64

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
    prepare, to_decimal = prepare_blank(blank), _decimal_of(decimal_mark, thousands)
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
                not HAS_LETTER.search(stripped)
                or stripped.casefold() in _UNDEFINED
                or _LOOKS_LIKE_NUMBER.match(stripped)
                or stripped in SPREADSHEET_ERRORS
            ):
                raise
        return None, to_note(cell)

    return parse
