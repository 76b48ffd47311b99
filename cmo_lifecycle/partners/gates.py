"""Gates of the relationship's stages, and what follows from them. Each stage of the life cycle adds its own here.

A gate takes the relationship and yields a sentence for each thing that is still missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Gate = Callable[[Any], Iterable[str]]

Follow = Callable[[Any, Any], None]


@dataclass(frozen=True)
class _Declared:
    function: Gate
    label: str
    where: Callable[[Any], str] | None


@dataclass(frozen=True)
class Point:
    """One thing that a step asks for: its name, what is missing (nothing: it is there), and where it is done."""

    label: str
    missing: tuple[str, ...]
    url: str = ""


_gates: dict[str, list[_Declared]] = {}
_follows: dict[str, list[Follow]] = {}


def gate(*verbs: str, label: str = "", where: Callable[[Any], str] | None = None) -> Callable[[Gate], Gate]:
    """Declare a gate function for one or more of the relationship's verbs.

    `label` names on a checklist what it asks for, `where` gives the address at which that is done.
    """

    def declare(function: Gate) -> Gate:
        for verb in verbs:
            _gates.setdefault(verb, []).append(_Declared(function, label, where))
        return function

    return declare


def points(verb: str, relationship: Any) -> list[Point]:
    """Return what `verb` asks for as a checklist, in the order in which the stages declared it."""
    return [
        Point(one.label, tuple(one.function(relationship)), one.where(relationship) if one.where else "")
        for one in _gates.get(verb, ())
    ]


def asked_by(verb: str) -> Gate:
    """Return one gate that asks all that are declared for `verb`, whenever it is asked."""

    def ask(relationship: Any) -> Iterator[str]:
        for one in _gates.get(verb, ()):
            yield from one.function(relationship)

    return ask


def follow(*verbs: str) -> Callable[[Follow], Follow]:
    """Declare what a stage does, in the same transaction, when a relationship walks one of these verbs.

    The function takes the relationship and the event. `edit_programme` is a verb too: a programme was changed.
    """

    def declare(function: Follow) -> Follow:
        for verb in verbs:
            _follows.setdefault(verb, []).append(function)
        return function

    return declare


def follow_up(verb: str, record: Any, event: Any) -> None:
    """Do what the stages have declared for `verb`."""
    for function in _follows.get(verb, ()):
        function(record, event)
