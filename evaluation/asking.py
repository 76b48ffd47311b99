"""Questions between the tables that people write them in and the form in which they are checked and scored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from evaluation.library.bands import Band
from evaluation.library.questions import Column, Question, check_questions

BAR = re.compile(r"\s*\|\s*")
#: Fields of a question as it is checked, by the column in which they are written.
COLUMNS = {"text": "question", "columns": "table_columns"}
BANDS_HELP = "Write bands as “..5 = 1 | 5..10 = 3 | 10.. = 5”, or for choices “Yes = 5 | No = 0”."


def _pieces(text: str) -> list[str]:
    return [piece for piece in BAR.split(text.strip()) if piece]


def choices_of(text: str) -> tuple[tuple[str, str], ...]:
    """Read “Yes | No” or “y = Yes | n = No”: code and label of each; a label without a code is its own."""
    found = []
    for piece in _pieces(text):
        code, sign, label = piece.partition("=")
        found.append((code.strip(), label.strip()) if sign else (piece, piece))
    return tuple(found)


def columns_of(text: str) -> tuple[Column, ...]:
    """Read “Batch | # Yield in %”: a column with “#” before it holds numbers."""
    return tuple(
        Column(piece.removeprefix("#").strip(), "number" if piece.startswith("#") else "text")
        for piece in _pieces(text)
    )


def bands_of(text: str, kind: str) -> tuple[Band, ...]:
    """Read bands (see `BANDS_HELP`); `(low..high]` is written with a “]” at the end. ValueError for what is none."""
    found = []
    for piece in _pieces(text):
        where, sign, score = piece.rpartition("=")
        try:
            points = Decimal(score.strip())
        except InvalidOperation:
            raise ValueError(BANDS_HELP) from None
        where = where.strip()
        if not sign or not where:
            raise ValueError(BANDS_HELP)
        if kind == "choice":
            found.append(Band(points, choice=where))
            continue
        includes = "high" if where.endswith("]") else "low"
        low, dots, high = where.removesuffix("]").partition("..")
        if not dots:
            raise ValueError(BANDS_HELP)
        found.append(Band(points, low=low.strip(), high=high.strip(), includes=includes))
    return tuple(found)


def written_choices(choices: Iterable[tuple[str, str]]) -> str:
    return " | ".join(label if code == label else f"{code} = {label}" for code, label in choices)


def written_columns(columns: Iterable[Column]) -> str:
    return " | ".join(f"# {one.name}" if one.kind == "number" else one.name for one in columns)


def written_bands(bands: Iterable[Band]) -> str:
    def one(band: Band) -> str:
        if band.choice:
            return f"{band.choice} = {band.score}"
        return f"{band.low}..{band.high}{']' if band.includes == 'high' else ''} = {band.score}"

    return " | ".join(map(one, bands))


def question_of(row: Any) -> Question:
    """Return a row (of an RFP or of the library) as the question that answers are checked against.

    ValueError where its bands cannot be read.
    """
    return Question(
        code=row.code,
        text=row.question,
        kind=row.kind,
        unit=row.unit,
        choices=choices_of(row.choices),
        columns=columns_of(row.table_columns),
        mandatory=row.mandatory,
        level=row.level,
        envelope=row.envelope,
        group=row.group,
        criterion=getattr(row, "criterion", ""),
        bands=bands_of(row.bands, row.kind),
        help=row.help,
    )


def row_of(question: Question) -> dict[str, Any]:
    """Return a question as the columns of a table's row."""
    return {
        "code": question.code,
        "group": question.group,
        "question": question.text,
        "kind": question.kind,
        "unit": question.unit,
        "choices": written_choices(question.choices),
        "table_columns": written_columns(question.columns),
        "mandatory": question.mandatory,
        "level": question.level,
        "envelope": question.envelope,
        "criterion": question.criterion,
        "bands": written_bands(question.bands),
        "help": question.help,
    }


def faults_of(rows: Sequence[Any]) -> dict[str, str]:
    """Return what is wrong with questions as people wrote them: a sentence by `<row>.<column>`, rows from 0."""
    errors: dict[str, str] = {}
    read: list[tuple[int, Question]] = []
    for place, row in enumerate(rows):
        try:
            read.append((place, question_of(row)))
        except ValueError as error:
            errors[f"{place}.bands"] = str(error)
    for fault in check_questions(question for _, question in read):
        place = read[fault.place][0] if fault.place < len(read) else 0
        errors.setdefault(f"{place}.{COLUMNS.get(fault.field, fault.field)}", fault.sentence)
    return errors


def questions_of(rfp: Any, envelope: str = "") -> list[Question]:
    """Return the questions of an RFP in their order, of one envelope or of both."""
    rows = rfp.questions.order_by("position", "id")
    return [question_of(row) for row in rows if not envelope or row.envelope == envelope]


def by_code(questions: Iterable[Question]) -> Mapping[str, Question]:
    return {question.code: question for question in questions}


def add_from_library(
    rfp: Any,
    keys: Iterable[Any],
    *,
    criterion: str = "",
    requirement: str = "",
    actor: Any,
    version: int | None = None,
    source: str = "",
) -> int:
    """Add questions of the library that are in use, by their keys, at the end of a draft's; return how many came.

    What the RFP asks already, by its code, is left as it is. Raises InvalidInput for a question that is not (any more)
    in use, and as `parts.write` does.
    """
    from cmo_lifecycle.workflow import parts
    from cmo_lifecycle.workflow.refusals import InvalidInput
    from evaluation.models import LibraryQuestion
    from evaluation.models.sheets import RfpQuestion

    wanted = {str(key) for key in keys}
    try:
        found = list(LibraryQuestion.objects.filter(pk__in=wanted, state=LibraryQuestion.State.IN_USE).order_by("code"))
    except ValidationError:
        found = []
    if len(found) != len(wanted):
        raise InvalidInput({"questions": ["One of the questions is not in use (any more): choose again."]})
    columns = RfpQuestion.columns
    present = [
        {"id": row.pk, **{name: getattr(row, name) for name in columns}} for row in parts.rows_of(rfp, RfpQuestion)
    ]
    known = {row["code"] for row in present}
    rows = [
        {**{name: getattr(one, name) for name in columns if hasattr(one, name)}, "criterion": criterion,
         "requirement": requirement}
        for one in found
        if one.code not in known
    ]  # fmt: skip
    if rows:
        parts.write(rfp, RfpQuestion, [*present, *rows], actor=actor, version=version, source=source)
    return len(rows)
