"""What an agreement says on a day, as known on another: each term in words, with its source and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from contracts.clauses.topics import TOPICS
from contracts.effective import HEAD, executed_amendments, head_label, shapes_of, whole
from contracts.models.agreement import Agreement
from contracts.models.fields import read_date
from contracts.terms import typed
from contracts.terms.amendments import Agreement as Whole
from contracts.terms.effective import Step, effective_terms, term, turning_days
from strategy.sums.errors import SumError


@dataclass(frozen=True)
class Said:
    """One term: `value` is its stored text and `words` that text for people, both empty where it does not stand.

    `source` is the number of the agreement or amendment that decides, `by` that record; `chain` are all that say
    anything of it, in the order in which they were signed.
    """

    path: str
    label: str
    kind: str
    unit: str
    topic: str
    present: bool
    value: str
    words: str
    source: str
    by: Any
    chain: tuple[Step, ...]

    @property
    def was_amended(self) -> bool:
        return len(self.chain) > 1


@dataclass(frozen=True)
class Saying:
    """An agreement `on` a day, as `known` on another (None: with all that is signed by now).

    `days` are those on which any term changes. `problem` is the sentence why nothing can be said.
    """

    on: date
    known: date | None
    terms: tuple[Said, ...] = ()
    days: tuple[date, ...] = ()
    problem: str = ""

    @property
    def present(self) -> list[Said]:
        return [one for one in self.terms if one.present]

    @property
    def absent(self) -> list[Said]:
        return [one for one in self.terms if not one.present]


Shapes = dict[str, tuple[str, str, str]]


def in_words(path: str, value: str, shapes: Shapes) -> str:
    """Return a term's stored text for people: a date as it is read aloud, a number with its unit."""
    try:
        if path == "expires_on":
            return str(read_date(value))
        if path == "renews":
            return str(Agreement.Renews(value).label)
        if path == "term_months":
            return f"{value} months"
        if path in HEAD or path not in shapes:
            return value
        _, kind, unit = shapes[path]
        return typed.read(kind, unit, value).words
    except (SumError, ValueError):
        return value


def said_on(agreement: Agreement, on: date, known: date | None = None) -> Saying:
    """Return what an agreement says on a day with the amendments that are executed."""
    shapes = shapes_of(agreement)
    try:
        plain = whole(agreement)
        told = _worded(plain, shapes)
        values = effective_terms(plain, on, known)
        days = turning_days(plain, known)
    except SumError as error:
        return Saying(on, known, problem=str(error))
    records = {one.reference: one for one in (agreement, *executed_amendments(agreement))}
    topics = {row.code: row.topic for row in agreement.terms.all()}  # type: ignore[attr-defined]
    found = []
    for path in _paths(plain):
        at = term(told, path, on, known)
        label, kind, unit = shapes.get(path, (head_label(path) or path, "", ""))
        topic = TOPICS.get(topics.get(path, ""))
        found.append(
            Said(
                path, label, kind, unit, topic.name if topic is not None else "", at.present,
                str(values.get(path, "")), str(at.value) if at.present else "", at.source, records.get(at.source), at.chain,
            )
        )  # fmt: skip
    return Saying(on, known, tuple(found), days)


def _paths(said: Whole) -> list[str]:
    """Every term that anything says something of: the head's first, then in the order in which they came."""
    named = dict.fromkeys(said.terms)
    for amendment in said.amendments:
        named.update(dict.fromkeys(one.path for one in amendment.provisions if one.path))
    return sorted(named, key=lambda path: HEAD.index(path) if path in HEAD else len(HEAD))


def _worded(said: Whole, shapes: Shapes) -> Whole:
    """The same with every value in words, so that its sentences can be read."""
    terms = {path: in_words(path, str(value), shapes) for path, value in said.terms.items()}
    amendments = tuple(
        replace(
            one,
            provisions=tuple(
                replace(row, value=in_words(row.path, str(row.value), shapes)) if row.value is not None else row
                for row in one.provisions
            ),
        )
        for one in said.amendments
    )
    return replace(said, terms=terms, amendments=amendments)


__all__ = ["Said", "Saying", "in_words", "said_on"]
