"""The library over many agreements at once, with what their strategies ask for; in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.clauses.coverage import MISSING, SHOWN, Asked, Held, Judgement, Row, cover
from contracts.clauses.topics import GROUPS, Topic
from contracts.covering import PREFIX
from contracts.models import Agreement, Clause, Waiver
from strategy.models import Consequence, Strategy
from strategy.rules import Kind

Pair = tuple[Any, Any]
#: The columns of `lines_of`.
HEADS = ("Topic", "Group", "Agreement", "CMO", "Programme", "Kind", "Status", "Serious", "What to know")


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that one CMO's agreements for one programme lack although the programme's strategy rests on it.

    `at` is the agreement in which it has its place: one that is still open, of its usual kind, the newest.
    """

    row: Row
    at: Agreement
    cmo: Any
    programme: Any

    @property
    def sentence(self) -> str:
        return self.row.sentence

    @property
    def weight(self) -> tuple[int, int]:
        return len(self.row.unmet), int(self.row.status == MISSING)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The library down, agreements across. `cells` of a topic are in the order of `agreements`; None: no place there."""

    agreements: tuple[Agreement, ...]
    rows: tuple[tuple[Topic, tuple[str | None, ...]], ...]
    gaps: tuple[Gap, ...]

    def counts(self) -> list[dict[str, int]]:
        """Return for each agreement how many topics have each status."""
        found = [dict.fromkeys(SHOWN, 0) for _ in self.agreements]
        for _, cells in self.rows:
            for place, cell in enumerate(cells):
                if cell is not None:
                    found[place][cell] += 1
        return found

    def grouped(self) -> list[tuple[str, list[tuple[Topic, tuple[str | None, ...]]]]]:
        """Return the rows by their group of the library, in its order."""
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.rows:
            found[row[0].group].append(row)
        return [(label, found[code]) for code, label in GROUPS.items() if code in found]


def live(rows: Any) -> Any:
    """Keep the agreements that are worked on or bind: no amendments, nothing that is over or was given up."""
    over = (*Agreement.OVER, Agreement.State.ABANDONED)
    return rows.exclude(kind=Agreement.Kind.AMENDMENT).exclude(state__in=over)


def held(agreements: Sequence[Agreement]) -> dict[Any, Held]:
    """Return what was said of the topics of each agreement, by its key; in one query."""
    said: dict[Any, dict[str, Judgement]] = {one.pk: {} for one in agreements}
    rows = Clause.objects.filter(agreement__in=said).order_by()
    for key, topic, status in rows.values_list("agreement", "topic", "status"):
        said[key][topic] = Judgement(status)
    return {one.pk: Held(one.reference, one.kind, said[one.pk]) for one in agreements}


def asked(programmes: Iterable[Any]) -> dict[Any, tuple[Asked, ...]]:
    """Return by programme the mechanisms that its approved strategy asks for; in two queries.

    What a signature is worth is asked at the gate of the review; a list takes the state as it is written.
    """
    keys = [one for one in set(programmes) if one is not None]
    found: dict[Any, list[Asked]] = defaultdict(list)
    strategies = dict(
        Strategy.objects.filter(programme__in=keys, state=Strategy.State.APPROVED).values_list("pk", "programme")
    )
    rows = Consequence.objects.binding().filter(strategy__in=strategies, kind=Kind.MECHANISM).order_by("key")
    for strategy, key, title, reason in rows.values_list("strategy", "key", "title", "reason"):
        found[strategies[strategy]].append(Asked(key.removeprefix(PREFIX), title, reason))
    return {programme: tuple(rows) for programme, rows in found.items()}


def waived(agreements: Sequence[Agreement]) -> dict[Any, set[str]]:
    """Return by agreement the mechanisms that a granted waiver does without; in one query."""
    found: dict[Any, set[str]] = defaultdict(set)
    rows = Waiver.objects.filter(agreement__in=[one.pk for one in agreements], state=Waiver.State.GRANTED)
    for key, code in rows.values_list("agreement", "mechanism"):
        found[key].add(code)
    return found


def matrix(agreements: Sequence[Agreement], everything: Sequence[Agreement] | None = None) -> Matrix:
    """Return the matrix of some agreements; its gaps are those of `everything`, where that is more.

    Both hold rows with `cmo` and `programme` fetched.
    """
    rows = list(everything if everything is not None else agreements)
    known = {one.pk: one for one in (*rows, *agreements)}
    said = held(list(known.values()))
    covered = cover([said[one.pk] for one in agreements])
    return Matrix(tuple(agreements), tuple((row.topic, row.cells) for row in covered.rows), gaps(rows, said))


def gaps(agreements: Sequence[Agreement], said: dict[Any, Held]) -> tuple[Gap, ...]:
    """Return the serious gaps of some agreements, the most asked for first."""
    sets: dict[Pair, list[Agreement]] = defaultdict(list)
    for one in agreements:
        if one.programme_id is not None:
            sets[one.cmo_id, one.programme_id].append(one)
    wanted = asked(programme for _, programme in sets)
    done_without = waived(agreements)
    general: dict[Any, list[Agreement]] = defaultdict(list)
    for one in agreements:
        if one.programme_id is None:
            general[one.cmo_id].append(one)
    found = []
    for (cmo, programme), own in sets.items():
        mechanisms = wanted.get(programme, ())
        if not mechanisms:
            continue
        whole = [*own, *general[cmo]]
        without = set().union(*(done_without[one.pk] for one in whole))
        still = [one for one in mechanisms if one.code not in without]
        for row in cover([said[one.pk] for one in whole], still).rows:
            if row.serious:
                found.append(Gap(row, _where(row.topic, whole), own[0].cmo, own[0].programme))
    found.sort(key=lambda one: (-one.weight[0], -one.weight[1], str(one.cmo), str(one.programme), one.row.topic.name))
    return tuple(found)


def _where(topic: Topic, agreements: Sequence[Agreement]) -> Agreement:
    fitting = [one for one in agreements if one.kind in topic.agreements] or list(agreements)
    # The kind that a topic names first is its usual place.
    places = {kind: -place for place, kind in enumerate(topic.agreements)}
    return max(fitting, key=lambda one: (one.state in Agreement.OPEN, places.get(one.kind, -len(places)), one.pk))


def lines_of(made: Matrix) -> Iterator[list[Any]]:
    """Yield a line for each topic of each agreement, as files and REST have them."""
    gaps = {(gap.cmo.pk, gap.programme.pk, gap.row.topic.code): gap for gap in made.gaps}
    for topic, cells in made.rows:
        for agreement, cell in zip(made.agreements, cells, strict=True):
            if cell is None:
                continue
            gap = gaps.get((agreement.cmo_id, agreement.programme_id, topic.code))
            yield [
                topic.name, GROUPS[topic.group], agreement.reference, agreement.cmo.legal_name,
                agreement.programme.name if agreement.programme else "", agreement.get_kind_display(), SHOWN[cell],
                gap is not None, gap.sentence if gap is not None else "",
            ]  # fmt: skip


__all__ = ["HEADS", "Gap", "Matrix", "asked", "gaps", "held", "lines_of", "live", "matrix", "waived"]
