"""Short ways to write a question down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from evaluation.library.bands import Band
from evaluation.library.questions import Column, Question


def ask(code: str, criterion: str, group: str, text: str, **more: Any) -> Question:
    """Return a question that is answered by a text."""
    return Question(code, text, "text", criterion=criterion, group=group, **more)


def number(code: str, criterion: str, group: str, text: str, unit: str, **more: Any) -> Question:
    return Question(code, text, "number", unit=unit, criterion=criterion, group=group, **more)


def choice(code: str, criterion: str, group: str, text: str, *choices: str, **more: Any) -> Question:
    """Return a choice; each label is its own code, so that answers read by themselves."""
    pairs = tuple((label, label) for label in choices)
    return Question(code, text, "choice", choices=pairs, criterion=criterion, group=group, **more)


def table(code: str, criterion: str, group: str, text: str, *columns: str, **more: Any) -> Question:
    """Return a table; a column of numbers has "#" in front of its name."""
    made = tuple(Column(name.removeprefix("#"), "number" if name.startswith("#") else "text") for name in columns)
    return Question(code, text, "table", columns=made, criterion=criterion, group=group, **more)


def day(code: str, criterion: str, group: str, text: str, **more: Any) -> Question:
    return Question(code, text, "date", criterion=criterion, group=group, **more)


def file(code: str, criterion: str, group: str, text: str, **more: Any) -> Question:
    return Question(code, text, "file", criterion=criterion, group=group, **more)


def at_least(*steps: tuple[str, int]) -> tuple[Band, ...]:
    """Return bands in which more is better: below the first step 0, from each step on its score."""
    bands = [Band(Decimal(0), high=steps[0][0])]
    for place, (low, score) in enumerate(steps):
        bands.append(Band(Decimal(score), low=low, high=steps[place + 1][0] if place + 1 < len(steps) else ""))
    return tuple(bands)


def at_most(*steps: tuple[str, int]) -> tuple[Band, ...]:
    """Return bands in which less is better: up to and including each step its score, above the last step 0."""
    bands = []
    below = ""
    for high, score in steps:
        bands.append(Band(Decimal(score), low=below, high=high, includes="high"))
        below = high
    return (*bands, Band(Decimal(0), low=below, includes="high"))


def scored(*pairs: tuple[str, int]) -> tuple[Band, ...]:
    """Return bands of a choice: label and score."""
    return tuple(Band(Decimal(score), choice=label) for label, score in pairs)
