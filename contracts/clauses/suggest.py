"""Passages of a contract that are likely to be about a topic, ranked, with their places.

Words are looked up once for all topics: a text of 340,000 characters takes well under a second. The same text gives
the same passages always. A suggestion is for a person to confirm; nothing here decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from contracts.clauses.patterns import PATTERNS
from contracts.clauses.patterns.shapes import MONTHS, Pattern, Ranked
from contracts.clauses.segments import Sentence, sentences

#: Neighbouring sentences are shown as one passage up to this length.
MOST_PASSAGE = 900
#: A passage that scores less than this share of the best one of its topic is not shown.
BESIDE_THE_BEST = 0.5
#: Sentences that begin before these offsets stand on the cover and at the opening of a contract; the sentence that
#: names the parties is sought up to the last one, since a table of contents may stand before it.
COVER, OPENING, PREAMBLE = 1_000, 4_000, 25_000

_TOKEN = re.compile(r"[^\W_]+(?:[’'](?:s|t|ll|re|ve|d)\b)?")
_BETWEEN = re.compile(
    r"\bthis\b[^.]{0,120}?\b(?:agreement|contract)\b.{0,300}?\b(?:between|among)\b", re.IGNORECASE | re.DOTALL
)
_POSSESSIVE = re.compile(r"[’'].*")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A passage: `text[start:end]`, its score, the headings above it and the patterns that spoke for it."""

    topic: str
    start: int
    end: int
    score: float
    headings: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(slots=True)
class Lexicon:
    """All phrases of a set of patterns by the word they begin with, and the patterns each phrase counts in.

    `longest` is the length of the longest beginning of a word that is looked for.
    """

    by_word: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    by_prefix: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))
    numbers: list[tuple[str, ...]] = field(default_factory=list)
    body: dict[tuple[str, ...], set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    heading: dict[tuple[str, ...], set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    longest: int = 0


def lexicon(patterns: Mapping[str, Ranked]) -> Lexicon:
    """Return the phrases of all patterns, ready to be looked up."""
    made = Lexicon()
    known: set[tuple[str, ...]] = set()
    for code, topic in patterns.items():
        for index, pattern in enumerate(topic.patterns):
            uses = made.heading if pattern.heading else made.body
            for group in pattern.groups:
                for phrase in group.phrases:
                    if not group.absent:
                        uses[phrase].add((code, index))
                    if phrase in known or phrase[0].startswith("@"):
                        continue
                    known.add(phrase)
                    _file(made, phrase)
    made.longest = max(map(len, made.by_prefix), default=0)
    return made


def _file(made: Lexicon, phrase: tuple[str, ...]) -> None:
    first = phrase[0]
    if first == "#":
        made.numbers.append(phrase)
    elif first == "{month}":
        for month in MONTHS:
            made.by_word[month].append(phrase)
    elif first.endswith("*"):
        made.by_prefix[first[:-1]].append(phrase)
    else:
        made.by_word[first].append(phrase)


def _fits(word: str, wanted: str) -> bool:
    if wanted == "#":
        return word.isdigit()
    if wanted == "{month}":
        return word in MONTHS
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


@cache
def _shipped() -> Lexicon:
    return lexicon(PATTERNS)


def _starting(made: Lexicon, word: str) -> tuple[tuple[str, ...], ...]:
    found = list(made.by_word.get(word, ()))
    for length in range(1, min(len(word), made.longest) + 1):
        found.extend(made.by_prefix.get(word[:length], ()))
    if word.isdigit():
        found.extend(made.numbers)
    return tuple(found)


class _Finder:
    """Finds the phrases of a lexicon in pieces of text, asking about every different word once."""

    def __init__(self, made: Lexicon) -> None:
        self.made = made
        self.starting: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.heading: dict[str, frozenset[tuple[str, ...]]] = {}

    def phrases(self, piece: str) -> set[tuple[str, ...]]:
        words = [_POSSESSIVE.sub("", word) if not word.isalnum() else word for word in _TOKEN.findall(piece.lower())]
        found: set[tuple[str, ...]] = set()
        for at, word in enumerate(words):
            starting = self.starting.get(word)
            if starting is None:
                starting = self.starting[word] = _starting(self.made, word)
            for phrase in starting:
                if len(phrase) == 1 or (
                    len(phrase) <= len(words) - at
                    and all(_fits(words[at + step], phrase[step]) for step in range(1, len(phrase)))
                ):
                    found.add(phrase)
        return found

    def of_heading(self, heading: str) -> frozenset[tuple[str, ...]]:
        known = self.heading.get(heading)
        if known is None:
            known = self.heading[heading] = frozenset(self.phrases(heading))
        return known


def _holds(pattern: Pattern, found: set[tuple[str, ...]]) -> bool:
    return all(any(phrase in found for phrase in group.phrases) != group.absent for group in pattern.groups)


def _opening(text: str) -> int:
    """Return where the opening of a contract ends."""
    between = _BETWEEN.search(text, 0, PREAMBLE)
    return OPENING if between is None else max(OPENING, between.end() + 1_000)


def _marks(text: str, one: Sentence, opening: int) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    if one.start < opening:
        found.add(("@opening",))
    if one.start < COVER:
        found.add(("@cover",))
    if one.is_heading:
        found.add(("@title",))
    if text[one.start : one.end].isupper():
        found.add(("@capitals",))
    return found


def _counted(
    patterns: Mapping[str, Ranked],
    uses: Mapping[tuple[str, ...], set[tuple[str, int]]],
    found: set[tuple[str, ...]],
) -> dict[str, list[Pattern]]:
    """Return the patterns that hold, by topic."""
    asked: set[tuple[str, int]] = set()
    for phrase in found:
        asked |= uses.get(phrase, set())
    held: dict[str, list[Pattern]] = defaultdict(list)
    for code, index in sorted(asked):
        pattern = patterns[code].patterns[index]
        if _holds(pattern, found):
            held[code].append(pattern)
    return held


def suggest(
    text: str,
    topics: Iterable[str] | None = None,
    *,
    most: int | None = None,
    patterns: Mapping[str, Ranked] | None = None,
) -> dict[str, tuple[Suggestion, ...]]:
    """Return the likely passages for each topic, best first; topics without any are left out.

    `topics` are codes of the library (all by default; KeyError for a code that has no patterns), `most` the number of
    passages a topic, `patterns` others than those that are shipped.
    """
    made = _shipped() if patterns is None else lexicon(patterns)
    known = PATTERNS if patterns is None else patterns
    wanted = set(known) if topics is None else {known[code].topic for code in topics}
    scored = _score(text, known, made, wanted)
    return {code: _passages(code, scored[code], known[code], most) for code in known if scored.get(code)}


Scored = list[tuple[int, Sentence, float, tuple[str, ...]]]


def _score(text: str, known: Mapping[str, Ranked], made: Lexicon, wanted: set[str]) -> dict[str, Scored]:
    finder = _Finder(made)
    scored: dict[str, Scored] = defaultdict(list)
    above: dict[tuple[str, ...], dict[str, list[Pattern]]] = {}
    opening = _opening(text)
    for index, one in enumerate(sentences(text)):
        marks = _marks(text, one, opening)
        if one.headings not in above:
            read = set().union(*(finder.of_heading(heading) for heading in one.headings))
            above[one.headings] = _counted(known, made.heading, read)
        found = finder.phrases(text[one.start : one.end]) | marks
        held = _counted(known, made.body, found)
        headed = above[one.headings]
        for code in held.keys() | headed.keys():
            if code not in wanted or (one.is_heading and not _names(held.get(code, ()))):
                continue
            speaking = held.get(code, []) + headed.get(code, [])
            score = round(sum(pattern.weight for pattern in speaking), 4)
            if score >= known[code].threshold:
                said = tuple(pattern.said for pattern in speaking if pattern.weight > 0)
                scored[code].append((index, one, score, said))
    return scored


def _names(held: Iterable[Pattern]) -> bool:
    """Say whether a pattern asks for a heading itself: other headings are no passages."""
    return any(("@title",) in group.phrases for pattern in held for group in pattern.groups if not group.absent)


def _passages(code: str, scored: Scored, topic: Ranked, most: int | None) -> tuple[Suggestion, ...]:
    joined: list[tuple[int, Suggestion]] = []
    for index, one, score, said in scored:
        if joined and not one.is_heading:
            last_index, last = joined[-1]
            if last_index == index - 1 and one.headings == last.headings and one.end - last.start <= MOST_PASSAGE:
                because = tuple(dict.fromkeys(last.because + said))
                whole = Suggestion(code, last.start, one.end, max(last.score, score), one.headings, because)
                joined[-1] = (index, whole)
                continue
        joined.append((index, Suggestion(code, one.start, one.end, score, one.headings, said)))
    best = sorted((one for _, one in joined), key=lambda one: (-one.score, one.start))
    if best:
        best = [one for one in best if one.score >= BESIDE_THE_BEST * best[0].score]
    return tuple(best[: topic.most if most is None else min(most, topic.most)])
