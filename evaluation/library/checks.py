"""What makes a question itself fit to be asked."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.library.bands import fault_of_bands
from evaluation.library.questions import (
    COLUMN_KINDS,
    ENVELOPES,
    GROUPS,
    KINDS,
    LEVELS,
    MOST_CHOICES,
    MOST_CODE,
    MOST_COLUMNS,
    Question,
    code_is_fit,
    strange,
)

_MOST_QUESTION = 1_000
_MOST_HELP = 2_000
_MOST_LABEL = 200
_MOST_UNIT = 40


def faults_of(question: Question) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) for all that is wrong with one question."""
    if not code_is_fit(question.code):
        yield "code", f"A code has 1 to {MOST_CODE} letters, digits, points, dashes and low lines, such as QUA-01."
    yield from _text("text", question.text, _MOST_QUESTION, needed=True)
    yield from _text("help", question.help, _MOST_HELP, needed=False)
    for field, known in (("kind", KINDS), ("level", LEVELS), ("envelope", ENVELOPES), ("group", GROUPS)):
        if getattr(question, field) not in known:
            yield field, f"Choose one of: {', '.join(known.values())}."
    if question.criterion and not code_is_fit(question.criterion):
        yield "criterion", "Name the criterion by its code, or leave it empty."
    yield from _unit(question)
    yield from _choices(question)
    yield from _columns(question)
    wrong = fault_of_bands(question.bands, question.kind, [code for code, _ in question.choices])
    if wrong:
        yield "bands", wrong


def _text(field: str, text: str, most: int, *, needed: bool) -> Iterator[tuple[str, str]]:
    if needed and not text.strip():
        yield field, "Write the question."
    elif len(text) > most:
        yield field, f"At most {most:,} characters; this has {len(text):,}."
    elif said := strange(text):
        yield field, said


def _unit(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind == "number" and not question.unit.strip():
        yield "unit", "Say in which unit the number is given, such as days, batches or %."
    elif question.kind != "number" and question.unit:
        yield "unit", "Only a number has a unit; leave it empty."
    elif len(question.unit) > _MOST_UNIT:
        yield "unit", f"A unit has {_MOST_UNIT} characters at most."
    elif said := strange(question.unit, lines=False):
        yield "unit", said


def _choices(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind != "choice":
        if question.choices:
            yield "choices", "Only a choice has choices; leave them empty."
        return
    if not 2 <= len(question.choices) <= MOST_CHOICES:
        yield "choices", f"Give 2 to {MOST_CHOICES} choices."
    codes = [code for code, _ in question.choices]
    labels = [" ".join(label.split()).casefold() for _, label in question.choices]
    if len(set(codes)) < len(codes) or len(set(labels)) < len(labels):
        yield "choices", "Two choices have the same code or the same label; a bidder could not tell them apart."
    # a workbook offers labels and takes codes: a label that is another choice's code would be read as that one
    folded = [code.casefold() for code in codes]
    if any(label in folded and label != folded[place] for place, label in enumerate(labels)):
        yield "choices", "A label is the code of another choice; change one of them."
    for code, label in question.choices:
        if not code.strip() or len(code) > _MOST_LABEL or code.strip() != code or strange(code, lines=False):
            yield "choices", f"“{code[:60]}” cannot stand for a choice; take 1 to {_MOST_LABEL} ordinary characters."
        elif not label.strip() or len(label) > _MOST_LABEL or label.strip() != label:
            yield "choices", f"A label has 1 to {_MOST_LABEL} characters, none of them a blank at its ends."
        elif said := strange(label, lines=False):
            yield "choices", said


def _columns(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind != "table":
        if question.columns:
            yield "columns", "Only a table has columns; leave them empty."
        return
    if not 1 <= len(question.columns) <= MOST_COLUMNS:
        yield "columns", f"Give 1 to {MOST_COLUMNS} columns."
    names = [" ".join(column.name.split()).casefold() for column in question.columns]
    if len(set(names)) < len(names):
        yield "columns", "Two columns have the same name; give each its own."
    for column in question.columns:
        if not column.name.strip() or len(column.name) > _MOST_LABEL:
            yield "columns", f"The name of a column has 1 to {_MOST_LABEL} characters."
        elif said := strange(column.name, lines=False):
            yield "columns", said
        if column.kind not in COLUMN_KINDS:
            yield "columns", f"A column holds {' or '.join(label.lower() for label in COLUMN_KINDS.values())}."
