"""What a question of an RFP is, and what may answer it.

An answer is plain JSON: a text for text, number ("12.5"), choice (its code), date ("2027-01-31") and file (the name
of the file that the bidder attached under the question), `{"rows": [["…", …], …]}` for a table, with one text per
column. None, an empty text and a table without rows are no answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, NamedTuple

from evaluation.library.bands import MOST_DIGITS, NUMBER, Band, day, fault_of_bands, number
from strategy.rules.shapes import GROUPS
from strategy.sums import numbers

KINDS: Mapping[str, str] = {
    "text": "Text",
    "number": "Number",
    "choice": "Choice",
    "table": "Table",
    "date": "Date",
    "file": "File",
}
LEVELS: Mapping[str, str] = {"company": "Company", "site": "Site"}
ENVELOPES: Mapping[str, str] = {"technical": "Technical", "commercial": "Commercial"}
COLUMN_KINDS: Mapping[str, str] = {"text": "Text", "number": "Number"}

MOST_TEXT = 10_000
MOST_CELL = 1_000
MOST_ROWS = 60
MOST_FILE_NAME = 200
MOST_COLUMNS = 8
MOST_CHOICES = 30
MOST_QUESTIONS = 400

Answer = str | dict[str, Any] | None

MOST_CODE = 20
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_REVERSING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_CONTROLS = frozenset("\n\r\t")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading (with the unit, where it has one) and whether it holds text or numbers."""

    name: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    `code` names it for good. `unit` belongs to a number. `choices` are (code, label) pairs. `level` says whose answer
    it is: the company's or the offered site's. `envelope` says with which envelope it is opened. `group` is one of the
    five groups of criteria, `criterion` the code of the criterion it gives evidence for (empty where for none).
    `bands` score it without an evaluator, where given.
    """

    code: str
    text: str
    kind: str = "text"
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()
    mandatory: bool = False
    level: str = "site"
    envelope: str = "technical"
    group: str = "technical"
    criterion: str = ""
    bands: tuple[Band, ...] = ()
    help: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the question as plain JSON; `question_from` makes it a question again."""
        found = asdict(self)
        found["choices"] = [list(pair) for pair in self.choices]
        found["columns"] = list(found["columns"])
        found["bands"] = [{**band, "score": str(band["score"])} for band in found["bands"]]
        return found


class QuestionFault(NamedTuple):
    """What is wrong with the question at `place` (from 0), in which field, as a sentence."""

    place: int
    field: str
    sentence: str


def question_from(stored: Mapping[str, Any]) -> Question:
    """Return the question that `Question.as_json` wrote; KeyError or TypeError where it is none."""
    known = {one.name for one in fields(Question)}
    values = {name: value for name, value in stored.items() if name in known}
    values["choices"] = tuple((str(code), str(label)) for code, label in values.get("choices") or ())
    values["columns"] = tuple(Column(**column) for column in values.get("columns") or ())
    values["bands"] = tuple(Band(**{**band, "score": Decimal(band["score"])}) for band in values.get("bands") or ())
    return Question(**values)


def missing(answer: Answer) -> bool:
    """Say whether this is no answer at all: None, blanks, or a table in which nothing stands."""
    if answer is None:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, dict) and set(answer) == {"rows"} and isinstance(answer["rows"], list):
        return all(
            isinstance(row, list) and all(isinstance(cell, str) and not cell.strip() for cell in row)
            for row in answer["rows"]
        )
    return False


def fault(question: Question, answer: Any, *, draft: bool = False) -> str:
    """Return what is wrong with an answer, as a sentence; empty where nothing is.

    A mandatory question without an answer is wrong, except in a draft.
    """
    if missing(answer):
        return "This question must be answered." if question.mandatory and not draft else ""
    if question.kind == "table":
        return _fault_of_table(question, answer)
    if not isinstance(answer, str):
        return "The answer must be a text." if question.kind == "text" else f"Give one {KINDS[question.kind].lower()}."
    if question.kind == "number":
        return _fault_of_number(answer)
    if question.kind == "choice":
        labels = dict(question.choices)
        return "" if answer in labels else f"Choose one of: {'; '.join(labels.values())}."
    if question.kind == "date":
        return "" if day(answer) else "Write the day as year-month-day, such as 2027-01-31."
    if question.kind == "file":
        return _fault_of_file(answer)
    return _fault_of_text(answer, MOST_TEXT, "The answer")


def strange(text: str, *, lines: bool = True) -> str:
    """Return the sentence for a character no answer may hold (NUL, control, reversing, half a pair), or nothing."""
    if text.isascii() and text.isprintable():
        return ""
    for c in text:
        if c in _REVERSING:
            return "The text holds marks that reverse the reading direction; type it anew."
        if c in _LINE_CONTROLS:
            if not lines:
                return "The text must stand on one line; take the line breaks and tabs out."
        elif unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or "\ufdd0" <= c <= "\ufdef":
            return "The text holds a control character; type it anew."
    return ""


def _fault_of_text(text: str, most: int, what: str) -> str:
    if len(text) > most:
        return f"{what} has {len(text):,} characters; at most {most:,} are taken, so move detail to an attached file."
    return strange(text)


def _fault_of_number(text: str) -> str:
    if number(text) is not None:
        return ""
    if NUMBER.fullmatch(text):
        return f"The number has more than {MOST_DIGITS} digits; round it."
    if "," in text:
        return "Write the number without a comma: a full stop before the decimals, and no sign between thousands."
    return "Write a number such as 12 or 12.5, with at most 12 digits before and 6 after the full stop."


def _fault_of_file(name: str) -> str:
    if len(name) > MOST_FILE_NAME:
        return f"The file's name has more than {MOST_FILE_NAME} characters; shorten it."
    if any(c in name for c in "/\\"):
        return "Give the file's name alone, without folders."
    if name.strip() != name or name.strip(".") == "":
        return "The file's name begins or ends with a blank, or has no letters; rename the file."
    return strange(name, lines=False)


def _fault_of_table(question: Question, answer: Any) -> str:
    if not isinstance(answer, dict) or set(answer) != {"rows"} or not isinstance(answer["rows"], list):
        return "The answer must be a table with rows."
    rows = answer["rows"]
    if len(rows) > MOST_ROWS:
        return f"The table has {len(rows)} rows; at most {MOST_ROWS} are taken, so move detail to an attached file."
    width = len(question.columns)
    for place, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != width or not all(isinstance(cell, str) for cell in row):
            return f"Row {place}: give one text for each of the {width} columns."
        if not any(cell.strip() for cell in row):
            return f"Row {place} is empty; take it out."
        for column, cell in zip(question.columns, row, strict=True):
            if not cell.strip():
                continue
            if column.kind == "number":
                wrong = _fault_of_number(cell)
            else:
                wrong = _fault_of_text(cell, MOST_CELL, "The text")
            if wrong:
                return f"Row {place}, {column.name}: {wrong}"
    return ""


def tidy(question: Question, answer: Any) -> Answer:
    """Return an answer the way it is kept, or None for no answer: ends trimmed, line breaks as one sign, numbers
    without idle zeros, empty rows out. What `fault` refuses comes back as it is.
    """
    if missing(answer):
        return None
    if isinstance(answer, str):
        return _tidy_text(question.kind, answer)
    if question.kind == "table" and not _fault_of_shape(answer):
        kinds = [column.kind for column in question.columns]
        rows = [row for row in answer["rows"] if any(cell.strip() for cell in row)]
        return {
            "rows": [
                [_tidy_text(kinds[i] if i < len(kinds) else "text", cell) for i, cell in enumerate(row)] for row in rows
            ]
        }
    found: Answer = answer
    return found


def _fault_of_shape(answer: Any) -> bool:
    return not (
        isinstance(answer, dict)
        and set(answer) == {"rows"}
        and isinstance(answer["rows"], list)
        and all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in answer["rows"])
    )


def _tidy_text(kind: str, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if kind == "number" and (value := number(text)) is not None:
        return plain(value)
    return text


def plain(value: Decimal) -> str:
    """Return a number exactly, without exponent, idle zeros or a minus before nothing."""
    text = numbers.plain(value)
    return "0" if text == "-0" else text


def shown(question: Question, answer: Answer) -> str:
    """Return an answer as a reader sees it; empty where there is none. What cannot be read is shown as it is."""
    if missing(answer):
        return ""
    if isinstance(answer, dict):
        rows = answer.get("rows")
        if not isinstance(rows, list):
            return str(answer)
        return "\n".join(_shown_row(question.columns, row) for row in rows)
    assert isinstance(answer, str)
    if question.kind == "choice":
        return dict(question.choices).get(answer, answer)
    if question.kind == "number":
        return _shown_number(answer, question.unit)
    if question.kind == "date" and (found := day(answer)):
        return f"{found.day} {found:%B} {found.year}"
    return answer


def _shown_number(text: str, unit: str) -> str:
    value = number(text.strip())
    if value is None:
        return text
    whole, _, decimals = plain(value).partition(".")
    figure = f"{int(whole):,}"
    if whole.startswith("-") and not figure.startswith("-"):
        figure = f"-{figure}"
    return " ".join(filter(None, [f"{figure}.{decimals}" if decimals else figure, unit]))


def _shown_row(columns: Sequence[Column], row: Any) -> str:
    if not isinstance(row, list):
        return str(row)
    parts = []
    for column, cell in zip(columns, row, strict=False):
        if str(cell).strip():
            text = _shown_number(str(cell), "") if column.kind == "number" else str(cell)
            parts.append(f"{column.name}: {text}")
    return "; ".join(parts)


def band_of(question: Question, answer: Answer) -> Band | None:
    """Return the band an answer falls in; None without bands, without an answer, and for one that `fault` refuses."""
    if not question.bands or missing(answer) or not isinstance(answer, str) or fault(question, answer):
        return None
    return next((band for band in question.bands if band.holds(answer, question.kind)), None)


def auto_score(question: Question, answer: Answer) -> Decimal | None:
    """Return what an answer scores by itself, 0 to 5.

    None without bands, without an answer, and for an answer that `fault` refuses: a missing answer is never a 0.
    """
    band = band_of(question, answer)
    return None if band is None else band.score


def check_questions(questions: Iterable[Question]) -> list[QuestionFault]:
    """Return everything that is wrong with a list of questions, by question and field; empty where nothing is."""
    from evaluation.library.checks import faults_of

    asked = list(questions)
    found: list[QuestionFault] = []
    if len(asked) > MOST_QUESTIONS:
        found.append(QuestionFault(MOST_QUESTIONS, "code", f"An RFP asks {MOST_QUESTIONS} questions at most."))
    first: dict[str, int] = {}
    for index, question in enumerate(asked):
        if question.code in first:
            said = f"Question {first[question.code] + 1} has the code “{question.code}” already; give this one its own."
            found.append(QuestionFault(index, "code", said))
        first.setdefault(question.code, index)
        found.extend(QuestionFault(index, field, said) for field, said in faults_of(question))
    return found


def code_is_fit(code: str) -> bool:
    """Say whether a text can be a code: letters, digits, points, dashes and low lines, 20 at most."""
    return isinstance(code, str) and len(code) <= MOST_CODE and _CODE.fullmatch(code) is not None


__all__ = [
    "COLUMN_KINDS", "ENVELOPES", "GROUPS", "KINDS", "LEVELS", "Answer", "Band", "Column", "Question", "QuestionFault",
    "auto_score", "band_of", "check_questions", "fault", "fault_of_bands", "missing", "plain", "question_from", "shown",
    "tidy",
]  # fmt: skip
