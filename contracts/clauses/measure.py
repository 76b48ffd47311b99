"""How good the suggestions are, measured on contracts whose passages people have labelled.

A suggestion is right where it overlaps a labelled passage of its category. Precision counts every suggestion, those
for categories that a contract does not have included. `found` is the share of categories present in a contract for
which at least one suggestion is right; `recall` the share of labelled passages that a suggestion overlaps.

The patterns were written looking at one half of the contracts (every other one, by name); the other half was left
unread, so that its figures say what to expect of a contract never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.clauses.labelled import Labelled, labelled, places
from contracts.clauses.suggest import suggest
from contracts.clauses.topics import TOPICS

RANKS = (1, 3, 5)
#: Gives the likely passages of a labelled contract by topic, best first: anything with `start` and `end`.
Suggester = Callable[[Labelled], Mapping[str, Sequence[Any]]]


@dataclass(slots=True)
class Count:
    """What was counted for one category at one rank, over some contracts."""

    suggested: int = 0
    right: int = 0
    present: int = 0
    found: int = 0
    spans: int = 0
    overlapped: int = 0

    def add(self, other: Count) -> None:
        for name in ("suggested", "right", "present", "found", "spans", "overlapped"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def precision(self) -> float | None:
        return self.right / self.suggested if self.suggested else None

    @property
    def hit(self) -> float | None:
        """Return the share of contracts having the category in which a suggestion was right."""
        return self.found / self.present if self.present else None

    @property
    def recall(self) -> float | None:
        return self.overlapped / self.spans if self.spans else None


@dataclass(frozen=True, slots=True)
class Measured:
    """The counts of one half: by category and rank, and over all categories by rank (key "")."""

    half: str
    contracts: int
    counts: dict[tuple[str, int], Count] = field(default_factory=dict)

    def overall(self, rank: int) -> Count:
        return self.counts["", rank]


def count(contract: Labelled, rank: int, found: Mapping[str, Sequence[Any]]) -> dict[str, Count]:
    """Return the counts of one contract by category."""
    counts = {}
    for topic in TOPICS.values():
        if not topic.category:
            continue
        spans = places(contract["labels"][topic.category])
        shown = [(one.start, one.end) for one in found.get(topic.code, ())[:rank]]
        right = sum(any(_overlap(place, at) for span in spans for at in span) for place in shown)
        met = sum(any(_overlap(place, at) for place in shown for at in span) for span in spans)
        counts[topic.category] = Count(len(shown), right, int(bool(spans)), int(right > 0), len(spans), met)
    return counts


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def measured(
    half: str, contracts: Sequence[Labelled], ranks: Iterable[int] = RANKS, by: Suggester | None = None
) -> Measured:
    """Return the counts over some labelled contracts; `by` is another way to suggest than the patterns alone."""
    result = Measured(half, len(contracts))
    for contract in contracts:
        found = suggest(contract["text"]) if by is None else by(contract)
        for rank in ranks:
            for category, one in count(contract, rank, found).items():
                result.counts.setdefault((category, rank), Count()).add(one)
                result.counts.setdefault(("", rank), Count()).add(one)
    return result


def measure(folder: Path, by: Suggester | None = None) -> tuple[Measured, Measured]:
    """Return the counts of the half that the patterns were written on, and of the half that was left unread."""
    contracts = labelled(folder)
    return measured("written on", contracts[0::2], by=by), measured("left unread", contracts[1::2], by=by)


def _share(value: float | None) -> str:
    return "    –" if value is None else f"{100 * value:4.0f}%"


def table(results: Iterable[Measured]) -> str:
    """Return the figures as text, a line a category: contracts having it, precision, found and recall by rank."""
    lines = []
    for result in results:
        heads = "".join(f"   at {rank}: prec found   rec" for rank in RANKS)
        lines.append(f"{f'{result.half} ({result.contracts} contracts)':<36}{'in':>3}{heads}")
        for category in sorted({category for category, _ in result.counts}):
            counts = [result.counts[category, rank] for rank in RANKS]
            figures = "".join(f"        {_share(c.precision)} {_share(c.hit)} {_share(c.recall)}" for c in counts)
            lines.append(f"{category or 'ALL CATEGORIES':<36}{counts[0].present:>3}{figures}")
    return "\n".join(lines)
