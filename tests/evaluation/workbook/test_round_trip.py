"""What is written comes back exactly, and nothing written is a formula."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.library.making import choice, table
from evaluation.library.questions import KINDS, Question, fault, tidy
from evaluation.library.shapes import AskedPrice
from evaluation.library.templates import TEMPLATES
from evaluation.workbook import read, write
from tests.evaluation.workbook.form import (
    CELL,
    COMM,
    PRICES,
    QUESTIONS,
    TABLE,
    TECH,
    back,
    made,
)


def test_a_draft_that_is_not_fit_yet_is_left_out_of_the_workbook() -> None:
    data = made(
        answers={"T-1": "bell \x07", "N-1": "1,5", "C-1": "gone", "N-2": "3", "X-9": "unknown"},
        prices={"BAT-01": {"amount": "about 5", "currency": "EUR", "assumption": "bell \x07"}},
    )
    found = back(data)
    assert (found.faults, found.answers) == ([], {"N-2": "3"})
    assert [(one["amount"], one["currency"], one["assumption"]) for one in found.prices] == [("", "EUR", "")]


EVIL = '=HYPERLINK("http://x","y")'


def test_no_text_of_ours_becomes_a_formula() -> None:
    questions = (
        Question("T-1", EVIL, group="technical", help="+1+1"),
        Question("G-1", "@SUM(A1)", "table", columns=table("x", "", "technical", "x", "=A1", "-2").columns),
        choice("C-1", "", "technical", "Which?", "=1+1", "+2"),
    )
    lines = (AskedPrice("BAT-01", "batch_price", "=cmd|'/c calc'!A1", "per_batch", True, help="-1"),)
    answers = {"T-1": EVIL, "C-1": "=1+1", "G-1": {"rows": [["=x", "@y"]]}}
    prices = {"BAT-01": {"amount": "5", "currency": "EUR", "assumption": "=1+1", "included": False}}
    data = write(EVIL, "=RFP", "+now", questions, lines, "@bidder", answers=answers, prices=prices)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    # what is ours is guarded by an apostrophe, what is the bidder's is kept as it is and marked as a text
    assert book[TECH]["B4"].value == f"'{EVIL}"
    assert book[TECH]["E4"].value == EVIL and book[TECH]["E4"].quotePrefix
    found = read(data, questions, lines, "=RFP")
    assert found.faults == [] and found.answers == answers
    assert found.prices == [
        {
            "code": "BAT-01",
            "amount": "5",
            "currency": "EUR",
            "quantity": "",
            "percent": "",
            "included": False,
            "assumption": "=1+1",
        }
    ]


def test_only_answers_are_open_and_the_form_is_guided() -> None:
    book = openpyxl.load_workbook(io.BytesIO(made()))
    assert book.sheetnames == ["Read me", TECH, COMM, PRICES, TABLE, "_format", "_lists"]
    assert [book[name].sheet_state for name in ("_format", "_lists")] == ["veryHidden"] * 2
    assert book.security.lockStructure and all(sheet.protection.sheet for sheet in book)
    opened = {cell.coordinate for row in book[TECH].iter_rows() for cell in row if not cell.protection.locked}
    assert opened == set(CELL.values())
    assert {
        cell.column_letter for row in book[PRICES].iter_rows() for cell in row if not cell.protection.locked
    } == set("HIJKLM")
    checks = {check.type: str(check.sqref) for check in book[TECH].data_validations.dataValidation}
    link = book[TECH]["E8"].hyperlink
    assert (link.location, link.target) == ("'Table G-1'!A4", None)
    assert checks == {"textLength": "E4", "decimal": "E5 E6", "list": "E7", "date": "E9"}
    assert book[TECH]["C5"].value == "Number in %" and book[TECH]["D4"].value == "Yes"
    assert book["Read me"]["A2"].value == "Request RFP-2026-004, for Harrow Biologics"


LETTERS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=80)
DECIMALS = st.decimals(min_value=-(10**8), max_value=10**8, places=6, allow_nan=False).map(lambda value: f"{value:f}")
ROWS = st.lists(st.tuples(LETTERS, st.one_of(st.just(""), DECIMALS), st.just("")).map(list), max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(LETTERS, st.sampled_from(["=1+1", "_x0041_", "'=x", "-", "1,5", "TRUE", "#N/A", "a\nb\tc", "00123", "2027-01-31"])),
    DECIMALS, st.sampled_from(["Isolator", "=RABS, open", "2024"]), st.dates(date(1901, 1, 1), date(2199, 12, 31)), ROWS,
    st.decimals(min_value=0, max_value=10**9, places=4).map(lambda value: f"{value:f}"), LETTERS, st.booleans(),
)  # fmt: skip
def test_what_is_written_comes_back_exactly(text, figure, picked, when, rows, amount, assumption, included) -> None:
    given_answers = {
        "T-1": text, "N-1": figure, "N-2": figure, "C-1": picked, "D-1": when.isoformat(), "G-1": {"rows": rows}, "M-1": text,
    }  # fmt: skip
    kept = {}
    for question in QUESTIONS:
        answer = tidy(question, given_answers.get(question.code))
        if answer is not None and not fault(question, answer):
            kept[question.code] = answer
    price = {
        "amount": str(tidy(QUESTIONS[2], amount)),
        "currency": "USD",
        "quantity": "",
        "percent": "2.5",
        "included": included,
        "assumption": str(tidy(QUESTIONS[0], assumption) or ""),
    }
    if fault(QUESTIONS[0], price["assumption"], draft=True):
        price["assumption"] = ""
    found = back(made(answers=kept, prices={"LOG-01": price}))
    assert found.faults == []
    assert found.answers == kept
    assert found.prices == [{"code": "LOG-01", **price}]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda one: one.code)
def test_every_template_goes_out_and_comes_back_in_full(template) -> None:
    example = {
        "text": lambda q: f"Answer to {q.code}", "number": lambda q: "12.5", "choice": lambda q: q.choices[-1][0],
        "date": lambda q: "2027-05-01", "file": lambda q: f"{q.code}.pdf",
        "table": lambda q: {"rows": [["7" if c.kind == "number" else f"{q.code} {c.name}"[:900] for c in q.columns]] * 60},
    }  # fmt: skip
    assert set(example) == set(KINDS)
    answers = {question.code: example[question.kind](question) for question in template.questions}
    prices = {line.code: {"amount": "1250.5", "currency": "EUR", "included": False} for line in template.prices}
    data = write(
        template.title, "RFP-1", "soon", template.questions, template.prices, "Harrow", answers=answers, prices=prices
    )
    assert len(data) < 400_000
    found = read(data, template.questions, template.prices, "RFP-1")
    assert (found.faults, found.answers) == ([], answers)
    assert [Decimal(one["amount"]) for one in found.prices] == [Decimal("1250.5")] * len(template.prices)
