"""What an agreement and its amendments say, what of it is in force on a day, and what contradicts itself.

The rules are those of :mod:`contracts.terms.effective`, which answers what they come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.terms.dates import long_day
from strategy.sums.errors import SumError

Value = object
"""What a term says: any value that is not changed afterwards."""


class Verb(StrEnum):
    """What one provision of an amendment does."""

    SET = "set"
    """Add a term that is not there."""
    REPLACE = "replace"
    """Say anew a term that is there."""
    DELETE = "delete"
    """Strike a term that is there."""
    CHANGE = "change"
    """Say anew what an earlier amendment sets or replaces."""
    WITHDRAW = "withdraw"
    """Undo what an earlier amendment says of a term, or all of it."""
    LAPSE = "lapse"
    """Give an earlier amendment another day to lapse, or none."""


OF_TERMS = frozenset({Verb.SET, Verb.REPLACE, Verb.DELETE})
OF_AMENDMENTS = frozenset({Verb.CHANGE, Verb.WITHDRAW, Verb.LAPSE})


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision. ``path`` names a term; ``amendment`` the earlier amendment that it is about.

    ========== ============ ========================== =====================================
    verb       path         value, lapses              amendment
    ========== ============ ========================== =====================================
    set        the term     the value                  ""
    replace    the term     the value                  ""
    delete     the term                                ""
    change     the term     the value                  whose provision it changes
    withdraw   the term, "" for all of it              whose provision it undoes
    lapse      ""           the day, None for never    which lapses then
    ========== ============ ========================== =====================================
    """

    verb: Verb
    path: str = ""
    value: Value = None
    amendment: str = ""
    lapses: date | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """An amendment: its name, the day on which the last party signed it, the day from which it is effective.

    ``lapses`` is the last day on which it is in force, None if it does not lapse.
    """

    name: str
    signed: date
    effective: date
    provisions: tuple[Provision, ...]
    lapses: date | None = None

    @property
    def retroactive(self) -> bool:
        """Whether it is effective from before it was signed."""
        return self.effective < self.signed


@dataclass(frozen=True, slots=True)
class Agreement:
    """A base agreement with its terms by path, and its amendments in the order in which they were signed.

    :class:`SumError`, field "amendments" and the row, for the contradictions that :func:`check` names.
    """

    name: str
    signed: date
    effective: date
    terms: Mapping[str, Value]
    amendments: tuple[Amendment, ...] = ()

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True)
class Word:
    """What an amendment says of a term on a day: its own, or as ``by`` another amendment changed it."""

    value: Value
    strikes: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of an amendment on a day.

    Whether it is in ``force``; if not, whether it is ``over`` or yet to come, and ``why``. ``lapses`` is the day that
    counts, and ``moved_by`` who moved it. ``words`` are what it says by path, ``undone`` who withdrew what it said.
    """

    force: bool
    over: bool
    why: str
    lapses: date | None
    moved_by: str
    words: Mapping[str, Word]
    undone: Mapping[str, str]


def check(agreement: Agreement) -> None:
    """Refuse an agreement whose amendments contradict it or each other.

    :class:`SumError`, field "amendments" and the row, for: a name told twice; an amendment signed before the one it
    follows or before the agreement, effective before the agreement, or lapsing before it is effective; one that says
    nothing, or two things of one term; adding a term that is there, replacing or striking one that is not; and for one
    about an amendment that is not earlier, is not in force on the day, or says no such thing.
    """
    names = {agreement.name}
    previous: Amendment | Agreement = agreement
    for row, amendment in enumerate(agreement.amendments):
        for problem in _problems(agreement, row, previous, names):
            raise SumError(problem, field="amendments", row=row)
        names.add(amendment.name)
        previous = amendment


def _problems(agreement: Agreement, row: int, previous: Amendment | Agreement, names: set[str]) -> Iterator[str]:
    amendment = agreement.amendments[row]
    name, starts = amendment.name, long_day(amendment.effective)
    if not name or name in names:
        yield f"There are two documents called “{name}”; give each a name of its own."
    if amendment.signed < previous.signed:
        yield f"{name} was signed before {previous.name}; put them in the order in which they were signed."
    if amendment.effective < agreement.effective:
        yield f"{name} is effective from {starts}, before {agreement.name} itself; move its day."
    if amendment.lapses is not None and amendment.lapses < amendment.effective:
        yield f"{name} lapses on {long_day(amendment.lapses)}, before it is effective on {starts}; move one of them."
    if not amendment.provisions:
        yield f"{name} says nothing; add what it changes."
    earlier = agreement.amendments[:row]
    standing = dict(zip((one.name for one in earlier), standings(earlier, amendment.effective), strict=True))
    there = laid_over(agreement, earlier, amendment.effective)
    said: set[tuple[str, str]] = set()
    for one in amendment.provisions:
        yield from _shape(name, one)
        key = (one.amendment, "lapse" if one.verb is Verb.LAPSE else one.path)
        clash = one.verb is Verb.WITHDRAW and not one.path and any(about == one.amendment for about, _ in said)
        if key in said or clash or (one.amendment and (one.amendment, "") in said):
            what = one.path or one.amendment
            yield f"{name} says two things of “{what}”; keep one."
        said.add(key)
        if one.verb in OF_AMENDMENTS:
            yield from _about_amendment(name, one, starts, standing, earlier)
            continue
        present = one.path in there and not there[one.path][0].strikes
        if one.verb is Verb.SET and present:
            yield f"{name} adds “{one.path}”, which {there[one.path][1]} already says on {starts}; replace it instead."
        if one.verb is not Verb.SET and not present:
            does = "replaces" if one.verb is Verb.REPLACE else "strikes"
            yield f"{name} {does} “{one.path}”, which is not there on {starts}; check the path or the day."


def _shape(name: str, one: Provision) -> Iterator[str]:
    if one.verb in OF_TERMS and (not one.path or one.amendment):
        yield f"{name} has a provision of no term; name the term, and no amendment."
    if one.verb in OF_AMENDMENTS and not one.amendment:
        yield f"{name} changes an amendment without saying which; name it."
    if (one.verb is Verb.CHANGE and not one.path) or (one.verb is Verb.LAPSE and one.path):
        yield f"{name} has a provision on {one.amendment} whose term is missing, or too many; name what it changes."
    if one.lapses is not None and one.verb is not Verb.LAPSE:
        yield f"{name} gives a day to lapse to what cannot have one of its own; make it the amendment's."


def _about_amendment(
    name: str, one: Provision, starts: str, standing: Mapping[str, Standing], earlier: Sequence[Amendment]
) -> Iterator[str]:
    at = standing.get(one.amendment)
    if at is None:
        yield f"{name} changes {one.amendment}, which is no earlier amendment of this agreement; check its name."
        return
    target = next(other for other in earlier if other.name == one.amendment)
    if at.over:
        yield (
            f"{name} changes {one.amendment}, which is no longer in force on {starts}; say its terms anew, or make"
            f" {name} effective earlier."
        )
    if one.path and one.path not in at.words:
        yield f"{name} changes what {one.amendment} says of “{one.path}”, but that says nothing of it; check the path."
    if one.verb is Verb.CHANGE and one.path in at.words and at.words[one.path].strikes:
        yield f"{name} changes what {one.amendment} says of “{one.path}”, but that strikes it; withdraw that instead."
    if one.verb is Verb.LAPSE and one.lapses is not None and one.lapses < target.effective:
        yield (
            f"{name} lets {one.amendment} lapse on {long_day(one.lapses)}, before it is effective; withdraw it instead."
        )


def standings(amendments: Sequence[Amendment], on: date) -> list[Standing]:
    """Return what became of each amendment on a day.

    From the last to the first: only later ones change an earlier one, and those are known by then.
    """
    orders: dict[str, dict[str, tuple[Provision, str]]] = {}
    found: list[Standing] = []
    for amendment in reversed(amendments):
        mine = orders.get(amendment.name, {})
        lapses, moved_by = amendment.lapses, ""
        if "lapse" in mine:
            lapses, moved_by = mine["lapse"][0].lapses, mine["lapse"][1]
        undone_by = mine["all"][1] if "all" in mine else ""
        why, over = "", True
        if undone_by:
            why = f"{undone_by} withdrew it"
        elif on < amendment.effective:
            over = False
            why = f"not yet in force on {long_day(on)}"
        elif lapses is not None and lapses < on:
            why = f"no longer in force on {long_day(on)}"
        words: dict[str, Word] = {}
        undone: dict[str, str] = {}
        live: list[Provision] = []
        for one in amendment.provisions:
            # About an amendment, only its lapse and its words can be changed by a later one.
            order = mine.get(f"path:{one.path}") if one.verb in OF_TERMS else None
            if order and order[0].verb is Verb.WITHDRAW:
                undone[one.path] = order[1]
            elif one.verb in OF_TERMS:
                strikes = one.verb is Verb.DELETE
                words[one.path] = Word(order[0].value, strikes, order[1]) if order else Word(one.value, strikes)
            else:
                live.append(one)
        if not why:
            for one in live:
                what = "lapse" if one.verb is Verb.LAPSE else f"path:{one.path}" if one.path else "all"
                # The first to be met is the last signed.
                orders.setdefault(one.amendment, {}).setdefault(what, (one, amendment.name))
        found.append(Standing(not why, bool(why) and over, why, lapses, moved_by, words, undone))
    return found[::-1]


def laid_over(agreement: Agreement, amendments: Sequence[Amendment], on: date) -> dict[str, tuple[Word, str]]:
    """Return what decides each term on a day, and in which document."""
    if on < agreement.effective:
        return {}
    laid = {path: (Word(value, False), agreement.name) for path, value in agreement.terms.items()}
    for amendment, at in zip(amendments, standings(amendments, on), strict=True):
        if at.force:
            laid.update({path: (word, amendment.name) for path, word in at.words.items()})
    return laid
