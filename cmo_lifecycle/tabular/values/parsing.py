"""What parsers have in common: what counts as blank, and the memory for repeated texts."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from cmo_lifecycle.tabular.celltext import SPREADSHEET_ERRORS
from cmo_lifecycle.tabular.errors import CellError

Parser = Callable[[str | None], Any]

_CACHE_SIZE = 20_000


def prepare_blank(blank: Iterable[str]) -> Callable[[str], str | None]:
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


def cached(parse: Callable[[str], Any]) -> Parser:
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


HAS_LETTER = re.compile(r"[^\W\d_]")
