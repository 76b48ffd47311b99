"""A first mapping of somebody's columns, from what they are called."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cmo_lifecycle.tabular.profiles.columns import normal


@dataclass(frozen=True)
class Target:
    """A field somebody's column can be mapped to. synonyms: what such columns are called elsewhere."""

    name: str
    kind: str = "text"
    label: str = ""
    required: bool = False
    synonyms: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


_WORD = re.compile(r"[a-z]+|[0-9]+|#")
_SAME_WORD = {
    "no": "number", "nr": "number", "num": "number", "#": "number", "qty": "quantity", "id": "identifier",
    "identifier": "identifier", "amt": "amount", "desc": "description", "wt": "weight", "addr": "address",
    "ctry": "country", "mfg": "manufacturing", "manufacturer": "manufacturing", "supplier": "vendor",
    "dates": "date", "delivered": "delivery", "scheduled": "schedule", "program": "programme",
}  # fmt: skip


def _words(name: str) -> tuple[str, ...]:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", split).casefold()
    return tuple(_SAME_WORD.get(w, w) for w in _WORD.findall(plain))


def suggest(columns: Sequence[str], targets: Sequence[Target]) -> dict[str, str | None]:
    """A first mapping for a person to correct: target name -> column, or None where nothing is close.

    Exact names and synonyms win, then the largest share of common words (at least 60 %). No column is used twice;
    of equals, the earlier target and the earlier column win.
    """
    words = [_words(c) for c in columns]
    scored: list[tuple[float, int, int]] = []
    for t, target in enumerate(targets):
        names = [n for n in (target.name.replace("_", " "), target.label, *target.synonyms) if n]
        for c, column in enumerate(columns):
            best = 0.0
            for rank, name in enumerate(names):
                wanted = _words(name)
                if not wanted or not words[c]:
                    continue
                if normal(name) == normal(column):
                    score = 3.0
                elif wanted == words[c]:
                    score = 2.0 - rank * 0.001
                else:
                    common, union = set(wanted) & set(words[c]), set(wanted) | set(words[c])
                    score = len(common) / len(union)
                best = max(best, score)
            if best >= 0.6:
                scored.append((-best, t, c))
    result: dict[str, str | None] = {target.name: None for target in targets}
    taken: set[int] = set()
    for _, t, c in sorted(scored):
        if result[targets[t].name] is None and c not in taken:
            result[targets[t].name] = columns[c]
            taken.add(c)
    return result
