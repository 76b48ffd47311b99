"""The marks of a red line: what was deleted from one text and inserted to make another, word by word, with places.

Two texts of 340,000 characters are compared in well under a second where most of them is the same: paragraphs that
stand once in both are the fixed points, then runs of words that do, and only what lies between is compared word by
word. Where nothing is fixed and the texts are far apart, a stretch is marked as replaced whole: coarse, never wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

KEPT, INSERTED, DELETED = "kept", "inserted", "deleted"

#: Up to this many pairs of words the longest common run is worked out exactly.
EXACT = 10_000
#: So many differing words are followed through where texts have no fixed points.
MOST_STEPS = 100

_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")
#: A word or a sign with the blanks after it; the blanks do not count when two are compared.
_TOKEN = re.compile(r"(?:\w+|[^\w\s])\s*|\s+")
_WORD = re.compile(r"\w+")

Block = tuple[int, int, int]  # place in the old, place in the new, length
Match = Callable[[Sequence[Hashable], Sequence[Hashable]], list[Block]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One stretch: kept (in both), deleted (in the old only) or inserted (in the new only), with its text.

    `old_start`, `old_end` are offsets into the old text, `new_start`, `new_end` into the new one; they are equal
    where nothing stands there. The text of a kept stretch is left empty.
    """

    kind: str
    old_start: int
    old_end: int
    new_start: int
    new_end: int
    text: str = ""

    @property
    def blank(self) -> bool:
        """Say whether only blanks and line breaks were changed."""
        return self.kind != KEPT and self.text.isspace()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many words were inserted and deleted, at how many places."""

    inserted: int
    deleted: int
    places: int


def red_line(old: str, new: str) -> list[Mark]:
    """Return the marks that lead from one text to the other, in order; deletions stand before insertions.

    Together they cover both texts. The same texts give the same marks always.
    """
    if old == new:
        return [Mark(KEPT, 0, len(old), 0, len(new))] if old else []
    kept = _joined(_kept(old, new))
    kept = _without_crumbs(kept, old, new)
    return list(_marks(kept, old, new))


def applied(old: str, marks: Iterable[Mark]) -> str:
    """Return the new text, made from the old one and the marks."""
    return "".join(
        old[mark.old_start : mark.old_end] if mark.kind == KEPT else mark.text for mark in marks if mark.kind != DELETED
    )


def undone(new: str, marks: Iterable[Mark]) -> str:
    """Return the old text, made from the new one and the marks."""
    return "".join(
        new[mark.new_start : mark.new_end] if mark.kind == KEPT else mark.text
        for mark in marks
        if mark.kind != INSERTED
    )


def counted(marks: Iterable[Mark]) -> Counts:
    """Return how much was changed; changes that touch each other are one place."""
    inserted = deleted = places = 0
    inside = False
    for mark in marks:
        if mark.kind == KEPT:
            inside = False
            continue
        places += not inside
        inside = True
        words = len(_WORD.findall(mark.text))
        inserted += words if mark.kind == INSERTED else 0
        deleted += words if mark.kind == DELETED else 0
    return Counts(inserted, deleted, places)


def _kept(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches that both texts share as offsets and length, in order."""
    old_parts, new_parts = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    old_at, new_at = _places(old_parts), _places(new_parts)
    a = b = 0
    for i, j, length in [*_fixed(old_parts, new_parts), (len(old_parts), len(new_parts), 0)]:
        yield from _kept_words(old, new, (old_at[a], old_at[i]), (new_at[b], new_at[j]))
        if length:
            yield old_at[i], new_at[j], old_at[i + length] - old_at[i]
        a, b = i + length, j + length


def _kept_words(old: str, new: str, here: tuple[int, int], there: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    if here[0] == here[1] or there[0] == there[1]:
        return
    old_words, new_words = _TOKEN.findall(old[slice(*here)]), _TOKEN.findall(new[slice(*there)])
    old_at, new_at = _places(old_words), _places(new_words)
    for i, j, length in _common([word.rstrip() for word in old_words], [word.rstrip() for word in new_words]):
        for step in range(length):
            one, other = old_words[i + step], new_words[j + step]
            same = len(one) if one == other else len(one.rstrip())
            if same:
                yield here[0] + old_at[i + step], there[0] + new_at[j + step], same


def _places(parts: Sequence[str]) -> list[int]:
    places = [0]
    for part in parts:
        places.append(places[-1] + len(part))
    return places


def _ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many members are the same at the beginning and, apart from those, at the end."""
    shorter = min(len(a), len(b))
    head = 0
    while head < shorter and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < shorter - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return head, tail


def _fixed(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Return the members that stand once in both, in the same order, with what is the same around them."""
    blocks: list[Block] = []
    i = j = 0
    for x, y in [*_anchors(a, b, 1), (len(a), len(b))]:
        head, tail = _ends(a[i:x], b[j:y])
        blocks.append((i, j, head))
        blocks.append((x - tail, y - tail, tail + (x < len(a))))
        i, j = x + 1, y + 1
    return [block for block in blocks if block[2]]


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], run: int) -> list[tuple[int, int]]:
    """Return where runs of members stand that occur once in each, as far as they keep their order."""
    there = _once(b, run)
    pairs = [(i, there[key]) for key, i in _once(a, run).items() if key in there]
    pairs.sort()
    # The longest rising sequence of places in `b`.
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(j)
            last.append(index)
        else:
            ends[at], last[at] = j, index
    found = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _once(members: Sequence[Hashable], run: int) -> dict[Hashable, int]:
    seen: dict[Hashable, int] = {}
    for at in range(len(members) - run + 1):
        key = members[at] if run == 1 else tuple(members[at : at + run])
        seen[key] = -1 if key in seen else at
    return {key: at for key, at in seen.items() if at >= 0}


def _common(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Return what two lists of words share, in order."""
    found: list[Block] = []
    # Each piece is looked at once: (place in a, its end, place in b, its end, the longest run tried as fixed point).
    pieces = [(0, len(a), 0, len(b), 7)]
    while pieces:
        i, x, j, y, run = pieces.pop()
        head, tail = _ends(a[i:x], b[j:y])
        found.extend(block for block in ((i, j, head), (x - tail, y - tail, tail)) if block[2])
        i, j, x, y = i + head, j + head, x - tail, y - tail
        if i == x or j == y:
            continue
        here, there = a[i:x], b[j:y]
        if len(here) * len(there) <= EXACT:
            found.extend((i + p, j + q, 1) for p, q in _longest(here, there))
            continue
        anchors: list[tuple[int, int]] = []
        while run > 0 and not anchors:
            anchors = _anchors(here, there, run)
            run -= 2 if not anchors else 0
        if not anchors:
            found.extend((i + p, j + q, 1) for p, q in _followed(here, there))
            continue
        p = q = 0
        for s, t in [*anchors, (len(here), len(there))]:
            pieces.append((i + p, i + s, j + q, j + t, run))
            if s < len(here):
                found.append((i + s, j + t, 1))
            p, q = s + 1, t + 1
    return sorted(found)


def _longest(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest common run of members as pairs of places."""
    width = len(b) + 1
    rows = [[0] * width]
    for one in reversed(a):
        below = rows[-1]
        row = [0] * width
        for j in range(len(b) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if one == b[j] else max(below[j], row[j + 1])
        rows.append(row)
    rows.reverse()
    i = j = 0
    pairs = []
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _followed(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return common members by the shortest way from a to b; none where it is longer than MOST_STEPS."""
    reach = {1: 0}
    trail: list[dict[int, int]] = []
    for steps in range(min(MOST_STEPS, len(a) + len(b)) + 1):
        trail.append(reach.copy())
        for way in range(-steps, steps + 1, 2):
            down = way == -steps or (way != steps and reach[way - 1] < reach[way + 1])
            x = reach[way + 1] if down else reach[way - 1] + 1
            while x < len(a) and 0 <= x - way < len(b) and a[x] == b[x - way]:
                x += 1
            reach[way] = x
            if x >= len(a) and x - way >= len(b):
                return _retraced(trail, len(a), len(b))
    return []


def _retraced(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for steps in range(len(trail) - 1, -1, -1):
        reach, way = trail[steps], x - y
        down = way == -steps or (way != steps and reach[way - 1] < reach[way + 1])
        came = way + 1 if down else way - 1
        from_x = reach[came] if steps else 0
        from_y = from_x - came if steps else 0
        while x > max(from_x, 0) and y > max(from_y, 0) and (x, y) != (from_x, from_y):
            if steps and (x, y) == ((from_x, from_y + 1) if down else (from_x + 1, from_y)):
                break
            x, y = x - 1, y - 1
            pairs.append((x, y))
        if steps:
            x, y = from_x, from_y
    return pairs[::-1]


def _joined(kept: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    joined: list[tuple[int, int, int]] = []
    for i, j, length in kept:
        if joined and joined[-1][0] + joined[-1][2] == i and joined[-1][1] + joined[-1][2] == j:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + length)
        else:
            joined.append((i, j, length))
    return joined


def _without_crumbs(kept: list[tuple[int, int, int]], old: str, new: str) -> list[tuple[int, int, int]]:
    """Leave out what was kept between two replaced phrases and holds no word: a lone blank, a comma."""
    left = []
    end_old = end_new = 0
    for place, (i, j, length) in enumerate(kept):
        after_i, after_j = (kept[place + 1][0], kept[place + 1][1]) if place + 1 < len(kept) else (len(old), len(new))
        replaced_before = i > end_old and j > end_new
        replaced_after = after_i > i + length and after_j > j + length
        if replaced_before and replaced_after and not _WORD.search(old, i, i + length):
            continue
        # The blank after a replaced word was kept.
        while i > end_old and j > end_new and old[i - 1] == new[j - 1] and old[i - 1].isspace():
            i, j, length = i - 1, j - 1, length + 1
        left.append((i, j, length))
        end_old, end_new = i + length, j + length
    return _joined(left)


def _marks(kept: list[tuple[int, int, int]], old: str, new: str) -> Iterator[Mark]:
    at_old = at_new = 0
    for i, j, length in [*kept, (len(old), len(new), 0)]:
        if i > at_old:
            yield Mark(DELETED, at_old, i, at_new, at_new, old[at_old:i])
        if j > at_new:
            yield Mark(INSERTED, i, i, at_new, j, new[at_new:j])
        if length:
            yield Mark(KEPT, i, i + length, j, j + length)
        at_old, at_new = i + length, j + length
