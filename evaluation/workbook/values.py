"""What one cell says as an answer or as part of a price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cmo_lifecycle.tabular.celltext import unguard
from cmo_lifecycle.tabular.values import CURRENCIES
from evaluation.library.bands import NUMBER, day
from evaluation.library.questions import Question, fault, plain, strange, tidy
from evaluation.workbook.cells import Cell
from evaluation.workbook.layout import MOST_ASSUMPTION, NO, YES

_FORMULA = "The cell holds a formula; write its value instead (copy, then paste as value)."
_PERCENT = "percent_of_price"
_DECIMALS = {"amount": 4, "quantity": 3, "percent": 3}
_MOST_PERCENT = 999


def cell_answer(question: Question, cell: Cell) -> tuple[str, str]:
    """Return a cell's text under a question's kind (text, number, choice, date, file), or what is wrong with it."""
    if cell.kind == "formula":
        return "", _FORMULA
    if cell.kind == "error":
        return "", f"The cell shows the error {cell.text[:20]}; write the value itself."
    if question.kind == "number":
        return _number(cell, percent=question.unit.startswith("%"))
    if question.kind == "date":
        return _date(cell)
    text = tidy(Question(question.code, question.text), _as_text(cell))
    assert text is None or isinstance(text, str)
    if question.kind == "choice":
        return _choice(question, text or "")
    return text or "", ""


def _as_text(cell: Cell) -> str:
    return _percentage(cell.text) + "%" if cell.kind == "percent" else cell.text


def _percentage(text: str) -> str:
    return plain(Decimal(text) * 100) if NUMBER.fullmatch(text) else text


def _number(cell: Cell, *, percent: bool) -> tuple[str, str]:
    if cell.kind == "date":
        return (
            "",
            "The cell holds a date, not a number; clear it, set its format to General and write the number again.",
        )
    if cell.kind == "boolean":
        return "", "The cell holds true or false, not a number; write the number."
    if cell.kind == "percent":
        if not percent:
            return "", "The cell holds a percentage, but no percentage is asked for; write the number as it is."
        return _percentage(cell.text), ""
    text = cell.text.strip()
    if cell.kind == "text" and not NUMBER.fullmatch(text):
        said = fault(Question("x", "x", "number", unit="x"), text)
        return "", f"The cell holds a text, not a number. {said}"
    return plain(Decimal(text)) if NUMBER.fullmatch(text) else text, ""


def _date(cell: Cell) -> tuple[str, str]:
    text = cell.text.strip()
    if cell.kind == "date":
        if "T" in text or ":" in text:
            return "", "The cell holds a time of day; write the day alone."
        return text, ""
    if cell.kind == "text":
        if day(text):
            return text, ""
        return (
            "",
            "The cell holds a date as a text, which could be read in two ways; write it as a date, or as year-month-day such as 2027-01-31.",
        )
    return "", "The cell holds a number, not a day; set its format to a date and write the day again."


def _folded(text: str) -> str:
    return " ".join(unguard(text).split()).casefold()


def _choice(question: Question, text: str) -> tuple[str, str]:
    wanted = _folded(text)
    for code, label in question.choices:
        if wanted in (_folded(label), _folded(code)):
            return code, ""
    labels = "; ".join(label for _, label in question.choices)
    return "", f"Choose from the list: {labels[:300]}."


def price_of(name: str, unit: str, cell: Cell | None) -> tuple[Any, str]:
    """Return what a cell says of a price under the field's name, or what is wrong with it."""
    if cell is None:
        return (False if name == "included" else ""), ""
    if name in ("amount", "quantity", "percent"):
        percent = name == "percent" or (name == "amount" and unit == _PERCENT)
        asked = Question("x", "x", "number", unit="%" if percent else "x")
        text, said = cell_answer(asked, cell)
        said = said or fault(asked, text)
        return text, said or _fault_of_figure(name, text)
    text, said = cell_answer(Question("x", "x"), cell)
    if said:
        return "", said
    if name == "currency":
        code = text.upper()
        return (
            code,
            ""
            if code in CURRENCIES
            else f"“{text[:20]}” is no currency code; write three letters, such as EUR or USD.",
        )
    if name == "included":
        if text.casefold() in (YES.casefold(), "true"):
            return True, ""
        if text.casefold() in (NO.casefold(), "false"):
            return False, ""
        return False, f"Choose {YES} or {NO}."
    if len(text) > MOST_ASSUMPTION:
        return "", f"Say it in at most {MOST_ASSUMPTION:,} characters; this has {len(text):,}."
    return text, strange(text)


def _fault_of_figure(name: str, text: str) -> str:
    if Decimal(text) < 0:
        return "Write 0 or more; a discount belongs into the price itself."
    if len(text.partition(".")[2]) > _DECIMALS[name]:
        return f"At most {_DECIMALS[name]} decimals are taken here; round the number."
    if name == "percent" and Decimal(text) > _MOST_PERCENT:
        return f"A percentage is {_MOST_PERCENT} at most."
    return ""


def fault_of_currency(unit: str, amount: str, currency: str) -> str:
    """Return the sentence for an amount without a currency; a percentage of the price needs none."""
    if amount and not currency and unit != _PERCENT:
        return "Say in which currency the amount is, such as EUR or USD."
    return ""
