"""The fields of a proposal: what is shown of them, and what is read back from a form.

A form carries for each field a digest of what it showed. So a field that its reader did not touch is left as it is,
and one that somebody changed meanwhile in another window is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cmo_lifecycle.tabular.values import CURRENCIES
from evaluation.costing.lines import UNITS
from evaluation.library.questions import MOST_ROWS, Question, missing, shown, tidy
from evaluation.pricing import tidy as tidy_prices
from evaluation.sealing import Content
from strategy.rules.shapes import GROUPS

SPARE_ROWS = 2
#: First in the list of currencies: what is quoted in most.
USUAL = ("EUR", "USD", "GBP", "CHF", "JPY")


def digest(value: Any) -> str:
    """Return a short mark of a tidied value; the same value has the same one."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


@dataclass
class Asked:
    """One question with the bidder's answer; `typed` is what stood in a form that was refused."""

    question: Question
    answer: Any = None
    file: tuple[str, dict[str, Any]] | None = None
    error: str = ""
    typed: Any = None

    @property
    def name(self) -> str:
        return f"a-{self.question.code}"

    @property
    def id(self) -> str:
        return f"q-{self.question.code}"

    @property
    def value(self) -> Any:
        return self.typed if self.typed is not None else (self.answer or "")

    @property
    def digest(self) -> str:
        return digest(self.answer)

    @property
    def shown(self) -> str:
        return self.file[1]["name"] if self.file else shown(self.question, self.answer)

    @property
    def is_given(self) -> bool:
        return self.file is not None or not missing(self.answer)

    @property
    def is_long(self) -> bool:
        return self.question.kind == "text"

    @property
    def table(self) -> list[list[tuple[str, str]]]:
        """Rows of (name, text) for each cell, with some to spare."""
        rows = self.value.get("rows", []) if isinstance(self.value, dict) else []
        width = len(self.question.columns)
        spare = min(SPARE_ROWS if rows else 3, MOST_ROWS - len(rows))
        wide = [[*map(str, row), *[""] * width][:width] for row in rows] + [[""] * width for _ in range(max(spare, 0))]
        return [
            [(f"{self.name}-{place}-{column}", cell) for column, cell in enumerate(row)]
            for place, row in enumerate(wide)
        ]

    @property
    def given_rows(self) -> list[list[str]]:
        return self.answer.get("rows", []) if isinstance(self.answer, dict) else []


@dataclass
class Priced:
    """One line of the price sheet with what the bidder says of it."""

    line: Any
    said: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"p-{self.line.code}"

    @property
    def id(self) -> str:
        return f"l-{self.line.code}"

    @property
    def value(self) -> Mapping[str, Any]:
        return self.typed if self.typed is not None else self.said

    @property
    def digest(self) -> str:
        return digest(dict(self.said) or None)

    @property
    def is_given(self) -> bool:
        return bool(self.said)

    @property
    def is_percent(self) -> bool:
        return bool(self.line.unit == "percent_of_price")

    @property
    def unit(self) -> str:
        return UNITS[self.line.unit].noun

    @property
    def timing(self) -> str:
        return "Recurs" if self.line.recurring else "Once"


def asked(questions: Iterable[Question], content: Content) -> list[Asked]:
    """Return the questions of one envelope with what is drafted, or was handed in."""
    files = {one["question"]: (pk, one) for pk, one in content.files.items() if one["question"]}
    return [Asked(one, content.answers.get(one.code), files.get(one.code)) for one in questions]


def grouped(items: Iterable[Asked]) -> list[tuple[str, str, list[Asked]]]:
    """Return questions by group in the order of the groups: code, name, questions."""
    by: dict[str, list[Asked]] = {}
    for one in items:
        by.setdefault(one.question.group, []).append(one)
    return [(code, name, by[code]) for code, name in GROUPS.items() if code in by]


def priced(lines: Iterable[Any], content: Content) -> list[Priced]:
    return [Priced(line, content.prices.get(line.code, {})) for line in lines]


def loose_files(content: Content) -> list[tuple[str, dict[str, Any]]]:
    """Return files that answer no question: key and what is kept of each."""
    return [(pk, one) for pk, one in content.files.items() if not one["question"]]


def currencies(usual: str = "") -> list[str]:
    first = [code for code in dict.fromkeys((usual, *USUAL)) if code]
    return [*first, *sorted(set(CURRENCIES) - set(first))]


@dataclass
class Posted:
    """What a form sends: fields that were changed in it, and the labels of those that had been changed elsewhere."""

    answers: dict[str, Any] = field(default_factory=dict)
    prices: dict[str, Any] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)


def _rows(post: Mapping[str, Any], question: Question, name: str) -> Any:
    """Return a table as it was typed; None where the form has none of it."""
    rows = []
    for place in range(MOST_ROWS + 1):
        if f"{name}-{place}-0" not in post:
            break
        rows.append([str(post.get(f"{name}-{place}-{column}", "")) for column in range(len(question.columns))])
    return {"rows": rows} if rows else None


def _base(post: Mapping[str, Any]) -> Mapping[str, str]:
    try:
        found = json.loads(str(post.get("base") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def read(post: Mapping[str, Any], items: Iterable[Asked], lines: Iterable[Priced]) -> Posted:
    """Read a form; `items` and `lines` hold what is drafted at this moment, and take what was typed."""
    found, base = Posted(), _base(post)

    def is_changed(name: str, now: str, new: str, label: str) -> bool:
        shown_before = base.get(name, now)
        if new == shown_before:
            return False
        if now not in (shown_before, new):
            found.replaced.append(label)
        return True

    for one in items:
        question = one.question
        if question.kind == "file":
            continue
        typed = _rows(post, question, one.name) if question.kind == "table" else post.get(one.name)
        if typed is None:
            continue
        new = None if missing(typed) else tidy(question, typed)
        if is_changed(one.name, one.digest, digest(new), question.text):
            found.answers[question.code], one.typed = new, typed
    for line in lines:
        if line.name not in post:
            continue
        said: dict[str, Any] = {
            name: str(post.get(f"{line.name}-{name}", ""))
            for name in ("amount", "currency", "quantity", "percent", "assumption")
        }
        said["included"] = bool(post.get(f"{line.name}-included"))
        if not any(value for name, value in said.items() if name != "currency"):
            said["currency"] = ""  # a currency that was merely offered is no price
        new_line = tidy_prices({line.line.code: said}).get(line.line.code)
        if is_changed(line.name, line.digest, digest(new_line), line.line.label):
            found.prices[line.line.code], line.typed = new_line, said
    return found


def base_of(items: Iterable[Asked], lines: Iterable[Priced]) -> str:
    """Return what a form carries to say what it showed."""
    marks = {one.name: one.digest for one in items if one.question.kind != "file"}
    return json.dumps(marks | {line.name: line.digest for line in lines}, separators=(",", ":"))
