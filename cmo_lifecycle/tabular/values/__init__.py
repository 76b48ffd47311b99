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

from cmo_lifecycle.tabular.values.cleaning import clean, quote, repair
from cmo_lifecycle.tabular.values.codes import CURRENCIES, boolean, country, currency
from cmo_lifecycle.tabular.values.dates import (
    EXCEL_SERIAL,
    MAX_DATE,
    MIN_DATE,
    MONTHS,
    check_date_format,
    date_or_note,
    date_value,
)
from cmo_lifecycle.tabular.values.fitting import DATE_FORMATS, fitting_date_formats, fitting_number_formats
from cmo_lifecycle.tabular.values.kinds import DATE_KINDS, KINDS, NUMBER_KINDS, WITH_NOTE, parser
from cmo_lifecycle.tabular.values.numbers import check_number_format, decimal, integer, number_or_note
from cmo_lifecycle.tabular.values.parsing import Parser
from cmo_lifecycle.tabular.values.texts import identifier, text

__all__ = [
    "CURRENCIES",
    "DATE_FORMATS",
    "DATE_KINDS",
    "EXCEL_SERIAL",
    "KINDS",
    "MAX_DATE",
    "MIN_DATE",
    "MONTHS",
    "NUMBER_KINDS",
    "WITH_NOTE",
    "Parser",
    "boolean",
    "check_date_format",
    "check_number_format",
    "clean",
    "country",
    "currency",
    "date_or_note",
    "date_value",
    "decimal",
    "fitting_date_formats",
    "fitting_number_formats",
    "identifier",
    "integer",
    "number_or_note",
    "parser",
    "quote",
    "repair",
    "text",
]
