"""The cells of the big tables, written in one pass: a template takes longer over them than all the sums behind them.

Every value is escaped here; what comes out is marked as safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines

HIDDEN = '<span class="quiet">Hidden</span>'
NO_SCORE = '<span class="no-answer">No score</span>'
FAR = '<small class="flag">far apart</small>'
NO_ANSWER = '<span class="no-answer">No answer</span>'
SEALED = '<span class="quiet">Sealed</span>'
#: An answer longer than this opens on demand.
SHORT = 180


def row(cells: Iterable[str]) -> SafeString:
    """Return cells, already written, as what follows the head of a row."""
    return mark_safe("".join(cells))  # noqa: S308 - each cell escapes what it is given


def score(cell: Mapping[str, Any]) -> str:
    """Write a score of the matrix: `url`, `text`, `hidden`, `note`, `settled`, `flagged`, `below`."""
    if cell["hidden"]:
        return f"<td>{HIDDEN}</td>"
    note = f"<small>{escape(cell['note'])}</small>" if cell["note"] else ""
    state = "<small>settled</small>" if cell["settled"] else FAR if cell["flagged"] else ""
    text = escape(cell["text"]) if cell["text"] else NO_SCORE
    below = '<small class="flag">below the least</small>' if cell["below"] else ""
    return f'<td><a class="score" href="{escape(cell["url"])}" data-cell>{text}</a>{note}{state}{below}</td>'


def moderated(cell: Mapping[str, Any]) -> str:
    """Write a score of the moderation: `url`, `value`, `hidden`, `settled`, `range`, `flagged`."""
    if cell["hidden"]:
        return f"<td>{HIDDEN}</td>"
    state = ""
    if cell["settled"] is not None:
        state = "<small>settled</small>"
    elif cell["range"]:
        flag = ' class="flag"' if cell["flagged"] else ""
        state = f"<small{flag}>spread {escape(cell['range'])}</small>"
    text = escape(cell["value"]) if cell["value"] else NO_SCORE
    return f'<td><a class="score" href="{escape(cell["url"])}">{text}</a>{state}</td>'


def answer(cell: Mapping[str, Any]) -> str:
    """Write an answer: `text`, `files`, `sealed`; a long one as its beginning, which opens."""
    text, files = cell["text"], cell["files"]
    if cell["sealed"]:
        said = SEALED
    elif len(text) > SHORT:
        short = escape(f"{text[:SHORT].rstrip()}…")
        said = f"<details><summary>{short}</summary><div>{_lines(text)}</div></details>"
    else:
        said = _lines(text) if text else "" if files else NO_ANSWER
    links = "".join(f'<a class="file" href="{escape(one.get_absolute_url())}">{escape(one.name)}</a>' for one in files)
    return f'<td class="said">{said}{links}</td>'


def price(cell: Mapping[str, str]) -> str:
    """Write a price: `text`, `note`, `why`."""
    said = escape(cell["text"]) if cell["text"] else "" if cell["note"] else NO_ANSWER
    small = "".join(f"<small>{escape(cell[name])}</small>" for name in ("note", "why") if cell[name])
    return f'<td class="n">{said}{small}</td>'


def _lines(text: str) -> str:
    return escape(normalize_newlines(text)).replace("\n", "<br>")
