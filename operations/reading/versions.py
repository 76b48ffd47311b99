"""Two versions of a record side by side, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cmo_lifecycle.doors import format as fmt
from operations.reading.words import short_number


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions. `parts` are (kind, text) with kind same, gone or new; empty where nothing changed."""

    label: str
    old: str
    new: str
    parts: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> bool:
        return self.old != self.new


def differences(rows: Iterable[tuple[str, Any, Any]]) -> list[Difference]:
    """Compare (label, old, new) values word by word; what is missing reads `not given`."""
    found = []
    for label, old, new in rows:
        before, after = _said(old), _said(new)
        found.append(Difference(label, before, after, tuple(_marked(before, after)) if before != after else ()))
    return found


def _said(value: Any) -> str:
    if value is None or value == "":
        return "not given"
    if isinstance(value, Decimal):
        return short_number(value)
    if isinstance(value, datetime):
        return fmt.moment(value)
    if isinstance(value, date):
        return fmt.day(value)
    return str(value)


def _marked(old: str, new: str) -> list[tuple[str, str]]:
    before, after = re.findall(r"\S+|\s+", old), re.findall(r"\S+|\s+", new)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    if matcher.ratio() < 0.4:
        return [("gone", old), ("new", new)]
    parts: list[tuple[str, str]] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(before[a1:a2])))
            continue
        if a2 > a1:
            parts.append(("gone", "".join(before[a1:a2])))
        if b2 > b1:
            parts.append(("new", "".join(after[b1:b2])))
    return parts
