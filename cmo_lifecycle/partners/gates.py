"""Gates of the relationship's stages. Each stage of the life cycle adds its own here, from above.

A gate takes the relationship and yields a sentence for each thing that is still missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Gate = Callable[[Any], Iterable[str]]

_gates: dict[str, list[Gate]] = {}


def gate(*verbs: str) -> Callable[[Gate], Gate]:
    """Declare a gate function for one or more of the relationship's verbs."""

    def declare(function: Gate) -> Gate:
        for verb in verbs:
            _gates.setdefault(verb, []).append(function)
        return function

    return declare


def asked_by(verb: str) -> Gate:
    """Return one gate that asks all that are declared for `verb`, whenever it is asked."""

    def ask(relationship: Any) -> Iterator[str]:
        for function in _gates.get(verb, ()):
            yield from function(relationship)

    return ask
