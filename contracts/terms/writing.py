"""What all forms of typed terms share: numbers, percents, money and rows in text, and what a form is.

A number may have thousands apart by commas and decimals after a point: 5,000,000 or 0.5. Rows are apart by semicolons or
lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cmo_lifecycle.tabular.values import CURRENCIES
from contracts.terms.shapes import Money, Value
from strategy.sums.errors import SumError
from strategy.sums.numbers import plain, shown

LONGEST_TEXT = 2000
LARGEST_PERCENT = 1000

Read = tuple[str, Value]
"""The unit that the text is in, and its value."""


class Unreadable(Exception):
    """A text that has not the form; ``row`` is the one that has not, if it is one of several."""

    def __init__(self, row: int | None = None) -> None:
        super().__init__()
        self.row = row


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind is read, written, put in a sentence part and made plain; ``examples`` are by unit, "" for all."""

    name: str
    examples: Mapping[str, str]
    type: type | tuple[type, ...]
    read: Callable[[str, str], Read]
    text: Callable[[str, Any], str]
    words: Callable[[str, Any], str]
    plain: Callable[[Any], Any]

    def example(self, unit: str) -> str:
        return self.examples.get(unit) or self.examples[""]


NUMBER = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?|[0-9]{1,15}(?:\.[0-9]{1,6})?"
TO = r"\s*(?:-|–|to)\s*"
PERCENT = r"(?:%|percent|per cent)"


def match(pattern: str, text: str, row: int | None = None) -> re.Match[str]:
    found = re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII)
    if not found:
        raise Unreadable(row)
    return found


def decimal(text: str) -> Decimal:
    # Written anew, so that 1.50 and 1.5 are the same to the last digit.
    return Decimal(plain(Decimal(text.replace(",", ""))))


def percent_of(text: str, row: int | None = None) -> Decimal:
    value = decimal(text)
    if value > LARGEST_PERCENT:
        raise SumError(f"{shown(value)} % is above {LARGEST_PERCENT:,} %; check the number.", field="text", row=row)
    return value


def rows_of(text: str) -> list[str]:
    rows = [row.strip() for row in re.split(r"[;\n]", text)]
    return [row for row in rows if row]


def same_unit(unit: str, told: str | None) -> None:
    if told and told.lower() != unit:
        raise SumError(f"This term is stated in “{unit}”, not “{told}”; write it so.", field="text")


def money_of(currency: str, amount: str, row: int | None = None) -> Money:
    code = currency.upper()
    if code not in CURRENCIES:
        raise SumError(f"“{code}” is no currency; write its three letters, such as EUR.", field="text", row=row)
    return Money(code, decimal(amount))


def money_text(money: Money) -> str:
    return f"{money.currency} {plain(money.amount)}"


def money_words(money: Money) -> str:
    return f"{money.currency} {words_of(money.amount)}"


def money_plain(money: Money) -> dict[str, Any]:
    return {"currency": money.currency, "amount": plain(money.amount)}


def words_of(number: Decimal) -> str:
    return shown(number, 6)


def or_plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
