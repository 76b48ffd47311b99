"""The kinds of values there are, by name."""

from collections.abc import Callable
from typing import Any

from cmo_lifecycle.tabular.values.cleaning import quote
from cmo_lifecycle.tabular.values.codes import boolean, country, currency
from cmo_lifecycle.tabular.values.dates import date_or_note, date_value
from cmo_lifecycle.tabular.values.numbers import decimal, integer, number_or_note
from cmo_lifecycle.tabular.values.parsing import Parser
from cmo_lifecycle.tabular.values.texts import identifier, text

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
