"""The text of an agreement as pages show it: in stretches with places, and two versions laid over each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.clauses.marks import DELETED, KEPT, Counts, counted, red_line

#: A stretch that is the same in both is folded from so many characters on, but for what stands next to a change.
LONG = 1200
BESIDE = 300


@dataclass(frozen=True)
class Stretch:
    """A part of a text: `words` with the blanks after it, the `number` of its passage, and a heading where it is new."""

    number: int
    start: int
    words: str
    heading: str


def stretches(document: Any) -> list[Stretch]:
    """Return the whole text of a document in order: put together, the words are the text, letter by letter."""
    text = document.words
    passages = list(document.passages.order_by("number").values_list("number", "start", "heading"))
    if not passages:
        return [Stretch(0, 0, text, "")] if text else []
    found, before = [], ""
    for place, (number, start, heading) in enumerate(passages):
        begin = start if place else 0
        end = passages[place + 1][1] if place + 1 < len(passages) else len(text)
        found.append(Stretch(number, begin, text[begin:end], heading if heading != before else ""))
        before = heading
    return found


@dataclass(frozen=True)
class Piece:
    """A piece of a red line: kept, inserted or deleted; of a long kept one `folded` is what stands in its middle."""

    kind: str
    words: str
    folded: str = ""
    after: str = ""


def compared(old: str, new: str) -> tuple[list[Piece], Counts]:
    """Return the pieces that lead from one text to the other, and how much was changed."""
    marks = red_line(old, new)
    return list(_pieces(new, marks)), counted(marks)


def _pieces(new: str, marks: Any) -> Iterator[Piece]:
    for mark in marks:
        if mark.kind != KEPT:
            yield Piece(mark.kind, mark.text)
            continue
        words = new[mark.new_start : mark.new_end]
        if len(words) <= LONG:
            yield Piece(KEPT, words)
            continue
        yield Piece(KEPT, words[:BESIDE], words[BESIDE:-BESIDE], words[-BESIDE:])


__all__ = ["DELETED", "Piece", "Stretch", "compared", "stretches"]
