"""Texts and identifiers."""

import re
from collections.abc import Iterable, Mapping

from cmo_lifecycle.tabular.celltext import SPREADSHEET_ERRORS, NumberText
from cmo_lifecycle.tabular.errors import CellError
from cmo_lifecycle.tabular.values.cleaning import clean, quote
from cmo_lifecycle.tabular.values.parsing import Parser


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
