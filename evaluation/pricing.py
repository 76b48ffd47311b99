"""Prices between the sheet that bidders fill in and the lines that costs are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from cmo_lifecycle.tabular.values import CURRENCIES
from evaluation.costing.lines import PriceLine, check
from evaluation.library.bands import NUMBER
from strategy.sums.errors import SumError

#: What a bidder says about a line of the sheet.
FIELDS = ("amount", "currency", "quantity", "percent", "included", "assumption")
_NUMBERS = {"amount": "An amount", "quantity": "A quantity", "percent": "A percentage"}
_LONGEST = 1000


def line_of(row: Any, price: Mapping[str, Any] | None = None) -> PriceLine:
    """Return a line of the sheet with what a bidder says of it (texts, numbers or None); nothing said: no amount."""
    said = price or {}

    def number(name: str) -> Decimal | None:
        value = said.get(name)
        return None if value in (None, "") else Decimal(value)

    quantity = number("quantity")
    return PriceLine(
        code=row.code,
        type=row.type,
        label=row.label,
        unit=row.unit,
        amount=number("amount"),
        currency=str(said.get("currency") or ""),
        quantity=row.quantity if quantity is None else quantity,
        quantity_per=row.quantity_per or None,
        timing="recurring" if row.recurring else "one_off",
        percent=number("percent"),
        included=bool(said.get("included")),
        assumption=str(said.get("assumption") or ""),
    )


def faults_of(rows: Sequence[Any]) -> dict[str, str]:
    """Return what no bidder could price, as a sentence by `<row>.<column>`."""
    errors = {}
    for place, row in enumerate(rows):
        try:
            check(line_of(row), place)
        except SumError as error:
            errors[f"{place}.unit"] = str(error)
    return errors


def faults_of_prices(
    sheet: Iterable[Any], prices: Mapping[str, Mapping[str, Any]], *, draft: bool, currencies: Collection[str] = ()
) -> dict[str, dict[str, str]]:
    """Return what is wrong with a bidder's prices: by code of the line, then by field.

    A mandatory line needs an amount, or to be marked as included in another; except in a draft. With `currencies` a price is
    quoted in one of them: for any other the RFP has no rate.
    """
    rows = {row.code: row for row in sheet}
    errors: dict[str, dict[str, str]] = {}

    def note(code: str, field: str, sentence: str) -> None:
        errors.setdefault(code, {}).setdefault(field, sentence)

    for code, said in prices.items():
        if code not in rows:
            note(code, "amount", "The price sheet has no such line.")
            continue
        for name, what in _NUMBERS.items():
            value = said.get(name)
            if value in (None, ""):
                continue
            text = str(value)
            if not NUMBER.fullmatch(text):
                note(code, name, f"{what} is a number such as 1250 or 1250.50, without signs between thousands.")
            elif Decimal(text) < 0:
                note(code, name, f"{what} must not be below 0.")
            elif len(text.lstrip("0").partition(".")[2]) > (4 if name == "amount" else 3):
                note(code, name, f"{what} has too many decimals; round it.")
            elif name == "percent" and Decimal(text) > 999:
                note(code, name, "A percentage is 999 at most.")
        currency = str(said.get("currency") or "")
        if said.get("amount") not in (None, "") and rows[code].unit != "percent_of_price" and not currency:
            note(code, "currency", "Say in which currency, such as EUR.")
        elif currency and currency not in CURRENCIES:
            note(code, "currency", f"“{currency}” is not a currency code; use the three letters, such as EUR or USD.")
        elif currency and currencies and currency not in currencies:
            note(code, "currency", f"Quote in {' or '.join(currencies)}: this request has no rate for {currency}.")
        if len(str(said.get("assumption") or "")) > _LONGEST:
            note(code, "assumption", f"Say it in at most {_LONGEST:,} characters.")
    for code, row in rows.items():
        if draft or not row.mandatory or code in errors:
            continue
        said = prices.get(code) or {}
        if not said.get("included") and all(said.get(name) in (None, "") for name in ("amount", "percent")):
            note(code, "amount", f"Price “{row.label}”, or mark it as included in another price.")
        else:
            try:
                check(line_of(row, said), 0)
            except (SumError, InvalidOperation) as error:
                note(code, "amount", str(error))
    return errors


def tidy(prices: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return prices as they are kept: texts trimmed, lines of which nothing is said left out."""
    kept: dict[str, dict[str, Any]] = {}
    for code, said in prices.items():
        line = {
            name: bool(said.get(name)) if name == "included" else str(said.get(name) or "").strip() for name in FIELDS
        }
        if any(line.values()):
            kept[code] = line
    return kept
