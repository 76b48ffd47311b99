"""Which topics a set of agreements holds, and which gaps the strategy makes serious.

People say for each topic of an agreement whether it is present, deviates, is missing or does not apply; what nobody
has said is open. A mechanism that a strategy asks for is met where all topics that hold it are present, each in one
agreement of the set or another; weakened where one of them only deviates; else unmet. A gap is serious where it
leaves a mechanism weakened or unmet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.clauses.library.held import HOLDERS
from contracts.clauses.shapes import AGREEMENTS, Topic
from contracts.clauses.topics import TOPICS

PRESENT, DEVIATES, MISSING, NOT_APPLICABLE, OPEN = "present", "deviates", "missing", "not_applicable", "open"

#: What a person may say of a topic, with its label.
STATUSES: Mapping[str, str] = {
    PRESENT: "Present",
    DEVIATES: "Deviates",
    MISSING: "Missing",
    NOT_APPLICABLE: "Not applicable",
}
#: The same with what nobody has said yet.
SHOWN: Mapping[str, str] = {**STATUSES, OPEN: "Not judged yet"}

#: The best of what several agreements say of a topic.
_BEST = (PRESENT, DEVIATES, OPEN, MISSING, NOT_APPLICABLE)
#: Serious gaps in this order, then the others likewise.
_WORST = (MISSING, NOT_APPLICABLE, DEVIATES, OPEN)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a topic in an agreement: the status, the clause's text and its place in the document."""

    status: str
    text: str = ""
    start: int | None = None
    end: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"{self.status} is none of {', '.join(STATUSES)}.")


@dataclass(frozen=True, slots=True)
class Held:
    """One agreement: its name, its kind (a key of AGREEMENTS) and what was said of its topics, by code."""

    name: str
    kind: str
    said: Mapping[str, Judgement]


@dataclass(frozen=True, slots=True)
class Asked:
    """A mechanism that a strategy asks for: its code, its title and the reason, as sentences for people."""

    code: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One topic over a set of agreements.

    `cells` holds a status for each agreement, in their order, None where the topic has no place in it; `status` is
    the best of them. `asked` are the mechanisms asked for that the topic serves, `unmet` those that rest on its text and
    that it, as it is, does not fulfil.
    """

    topic: Topic
    status: str
    cells: tuple[str | None, ...]
    asked: tuple[Asked, ...]
    unmet: tuple[Asked, ...]

    @property
    def gap(self) -> bool:
        return self.status in (MISSING, DEVIATES, OPEN) or self.serious

    @property
    def serious(self) -> bool:
        return bool(self.unmet)

    @property
    def sentence(self) -> str:
        """Return what to know of the topic, and what to do, for a page."""
        name = self.topic.name
        if not self.serious:
            return {
                PRESENT: f"{name} is present.",
                DEVIATES: f"{name} is present but deviates from the library.",
                MISSING: f"{name} is missing.",
                NOT_APPLICABLE: f"{name} does not apply.",
                OPEN: f"{name} has not been judged yet.",
            }[self.status]
        asks = "; ".join(f"“{one.title}”, because {_inside(one.reason)}" for one in self.unmet)
        return {
            PRESENT: f"{name} is present.",
            DEVIATES: f"{name} deviates from the library, and the strategy asks for {asks}.",
            MISSING: f"{name} is missing, and the strategy asks for {asks}.",
            NOT_APPLICABLE: f"{name} was said not to apply, yet the strategy asks for {asks}.",
            OPEN: f"{name} has not been judged yet, and the strategy asks for {asks}.",
        }[self.status]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of a set of agreements: a row for each topic that has its place in one of them.

    `unmet` are the mechanisms asked for that are not held, `weakened` those held by deviating text, `unplaced` those
    of the unmet whose topics have no place in these agreements, `unknown` those that no topic of the library holds
    (counsel must be asked).
    """

    agreements: tuple[str, ...]
    rows: tuple[Row, ...]
    unmet: tuple[Asked, ...]
    weakened: tuple[Asked, ...]
    unplaced: tuple[Asked, ...]
    unknown: tuple[Asked, ...]

    @property
    def gaps(self) -> tuple[Row, ...]:
        """Return what is not covered: first what the strategy makes serious, the most asked for at the top."""
        found = [row for row in self.rows if row.gap]
        return tuple(sorted(found, key=_order))

    @property
    def counts(self) -> dict[str, int]:
        """Return how many topics have each status, open ones included."""
        return {status: sum(row.status == status for row in self.rows) for status in SHOWN}

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the coverage in a few sentences, the most serious first."""
        counts = self.counts
        serious = sum(row.serious for row in self.rows)
        applying = len(self.rows) - counts[NOT_APPLICABLE]
        said = [f"{counts[PRESENT]} of {applying} topics that apply are present."]
        if serious:
            said.insert(0, f"{serious} {'gap is' if serious == 1 else 'gaps are'} serious under the strategy.")
        for status, words in ((DEVIATES, "deviate"), (MISSING, "are missing"), (OPEN, "have not been judged yet")):
            if counts[status]:
                said.append(f"{counts[status]} {words if counts[status] != 1 else _SINGLE[status]}.")
        said += [
            f"The strategy asks for “{one.title}”, for which none of these agreements is the place."
            for one in self.unplaced
        ]
        said += [
            f"The strategy asks for “{one.title}”, which no topic of the library holds; ask counsel for a clause."
            for one in self.unknown
        ]
        return tuple(said)


_SINGLE = {DEVIATES: "deviates", MISSING: "is missing", OPEN: "has not been judged yet"}


def _inside(reason: str) -> str:
    """Return a sentence as it reads inside another one."""
    reason = reason.strip().rstrip(".")
    starts = reason[:2]
    return reason[:1].lower() + reason[1:] if starts[1:].islower() or len(starts) < 2 or starts[1] == " " else reason


def _order(row: Row) -> tuple[bool, int, int]:
    return not row.serious, -len(row.unmet), _WORST.index(row.status)


def _best(statuses: Sequence[str]) -> str:
    return min(statuses, key=_BEST.index)


def cover(
    agreements: Iterable[Held],
    asked: Iterable[Asked] = (),
    library: Mapping[str, Topic] = TOPICS,
    holders: Mapping[str, tuple[str, ...]] = HOLDERS,
) -> Coverage:
    """Return the coverage of a set of agreements (one or more) against what a strategy asks for.

    KeyError for a kind of agreement that is not known, or a judgement on a topic that is not in the library. A topic
    that was judged in an agreement where it usually has no place counts there too.
    """
    held = tuple(agreements)
    wanted = tuple({one.code: one for one in asked}.values())
    for one in held:
        AGREEMENTS[one.kind]
        for code in one.said:
            library[code]
    placed = []
    for topic in library.values():
        cells = tuple(_cell(topic, one) for one in held)
        if any(cell is not None for cell in cells):
            placed.append((topic, cells))
    status = {topic.code: _best([cell for cell in cells if cell is not None]) for topic, cells in placed}
    rows = []
    for topic, cells in placed:
        best = status[topic.code]
        serves = tuple(one for one in wanted if one.code in topic.consequences)
        rests = tuple(one for one in wanted if topic.code in holders.get(one.code, ()))
        rows.append(Row(topic, best, cells, serves, () if best == PRESENT else rests))
    standing = {one.code: _standing(holders.get(one.code, ()), status) for one in wanted}

    def having(how: str) -> tuple[Asked, ...]:
        return tuple(one for one in wanted if standing[one.code] == how)

    unplaced = tuple(one for one in having(MISSING) if not any(code in status for code in holders[one.code]))
    names = tuple(one.name for one in held)
    return Coverage(names, tuple(rows), having(MISSING), having(DEVIATES), unplaced, having(""))


def _cell(topic: Topic, held: Held) -> str | None:
    said = held.said.get(topic.code)
    if said is not None:
        return said.status
    return OPEN if held.kind in topic.agreements else None


def _standing(holding: Sequence[str], status: Mapping[str, str]) -> str:
    """Return present, deviates or missing for a mechanism that rests on these topics; empty where it rests on none."""
    found = {status.get(code, MISSING) for code in holding}
    if found <= {PRESENT, DEVIATES}:
        return DEVIATES if DEVIATES in found else PRESENT if found else ""
    return MISSING
