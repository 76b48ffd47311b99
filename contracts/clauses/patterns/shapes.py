"""What a ranked pattern is, how it is written, and how it is handed to a text search.

A topic's patterns are written one a line, `weight: expression`; `heading weight: expression` looks at the headings
above a sentence, `from weight` is what a passage must reach, `most number` how many passages are worth showing.

An expression is a list of groups joined by `&`, all of which must stand in one sentence; a group is a list of phrases
joined by `|`, one of which must; `!` before a group says that none may. A phrase is one or more words in a row; a
trailing `*` takes any ending, `#` any number in digits, `{month}` the name of a month. `@cover` and `@opening`
hold at the beginning of a text, `@title` for a heading, `@capitals` for a sentence in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_LINE = re.compile(r"(heading\s+)?(-?\d+(?:\.\d+)?):\s*(\S.*)")
_SETTING = re.compile(r"(from|most)\s+(\d+(?:\.\d+)?)")
_WORD = re.compile(r"[a-z0-9]+\*?|#|\{month\}|@[a-z]+")
MARKS = frozenset({"@cover", "@opening", "@title", "@capitals"})


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases (words in a row), one of which must stand in the sentence; none may where `absent`."""

    phrases: tuple[tuple[str, ...], ...]
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A weight and the groups that must all hold; `heading` says that the headings are looked at, not the sentence."""

    weight: float
    groups: tuple[Group, ...]
    said: str
    heading: bool = False

    def tsquery(self) -> str:
        """Return the pattern for PostgreSQL's `to_tsquery('simple', …)`; empty where nothing of it can be asked there.

        Numbers and marks cannot be asked, so that the query finds more than the pattern does; it misses a phrase that
        begins or ends inside a hyphenated word, which PostgreSQL keeps as one word besides its parts.
        """
        asked = [query for group in self.groups if (query := _tsquery(group))]
        return " & ".join(asked)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The patterns of one topic. A passage is shown from the score `threshold` up, `most` of them at most."""

    topic: str
    patterns: tuple[Pattern, ...]
    threshold: float = 1.0
    most: int = 10


def _tsquery(group: Group) -> str:
    if any(word == "#" or word in MARKS for phrase in group.phrases for word in phrase):
        return ""
    choices = []
    for phrase in group.phrases:
        words = [
            f"({' | '.join(MONTHS)})" if word == "{month}" else f"{word[:-1]}:*" if word.endswith("*") else word
            for word in phrase
        ]
        choices.append(" <-> ".join(words))
    query = choices[0] if len(choices) == 1 else f"({' | '.join(choices)})"
    return f"!({query})" if group.absent else query


def pattern_from(weight: float, said: str, *, heading: bool = False) -> Pattern:
    """Return the pattern that an expression writes; ValueError where it writes none."""
    groups = []
    for part in said.split("&"):
        part = part.strip()
        absent = part.startswith("!")
        phrases = []
        for choice in part.removeprefix("!").strip().removeprefix("(").removesuffix(")").split("|"):
            words = tuple(choice.split())
            if not words or not all(_WORD.fullmatch(word) for word in words):
                raise ValueError(f"“{choice.strip()}” in “{said}” is no phrase.")
            if any(word.startswith("@") and (word not in MARKS or len(words) > 1) for word in words):
                raise ValueError(f"“{choice.strip()}” in “{said}” is no mark.")
            phrases.append(words)
        groups.append(Group(tuple(phrases), absent))
    if all(group.absent for group in groups):
        raise ValueError(f"“{said}” only says what must be absent.")
    return Pattern(weight, tuple(groups), " ".join(said.split()), heading)


def ranked_from(topic: str, written: str) -> Ranked:
    """Return the patterns written for a topic, one a line; ValueError where a line cannot be read."""
    patterns: list[Pattern] = []
    settings: dict[str, float] = {"from": 1.0, "most": 10}
    for line in filter(None, map(str.strip, written.splitlines())):
        if setting := _SETTING.fullmatch(line):
            settings[setting[1]] = float(setting[2])
        elif found := _LINE.fullmatch(line):
            patterns.append(pattern_from(float(found[2]), found[3], heading=bool(found[1])))
        else:
            raise ValueError(f"The line “{line}” of the topic {topic} cannot be read.")
    return Ranked(topic, tuple(patterns), settings["from"], int(settings["most"]))


def ranked(written: Mapping[str, str]) -> dict[str, Ranked]:
    return {topic: ranked_from(topic, lines) for topic, lines in written.items()}
