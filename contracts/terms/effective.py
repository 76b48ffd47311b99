"""The agreement as it stands: a base, and amendments laid over it in the order in which they were signed.

**Two times.** A term is asked for as effective *on* a day, as *known* on another: what was signed later is not known
yet. A retroactive amendment is effective from before it was signed, so that the two differ.

**What counts.** Of the amendments that are in force on the day, the last one signed that says anything of a term decides;
if none does, the base. An amendment is in force from the day it is effective until it lapses, that day included; then
what stood below it shows again. An amendment may change what an earlier one says, withdraw it, or move the day it lapses,
for as long as it is in force itself.

Contradictions are refused when the agreement is put together, each amendment seen against what stood before it on the
day it becomes effective: :class:`~strategy.sums.errors.SumError` with field "amendments" and the row. Source: domain
reference, section 3.3; "effective contract = base + active amendments in order".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.terms.amendments import Agreement, Amendment, Value, Verb, Word, laid_over, standings
from contracts.terms.dates import long_day, plain_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One source of a term: the base or an amendment. ``decides`` says whether it is the one that counts.

    ``value`` is what it says, None where it strikes the term; ``words`` is the whole of it in a sentence.
    """

    source: str
    value: Value
    decides: bool
    words: str


@dataclass(frozen=True, slots=True)
class TermState:
    """What the agreement says of ``path`` on a day; ``value`` is None if ``present`` is not.

    ``source`` is the name of the agreement or amendment that decides, "" if nothing does. ``chain`` are all sources that
    were signed by then, in order, with what became of each.
    """

    path: str
    present: bool
    value: Value
    source: str
    chain: tuple[Step, ...]

    @property
    def words(self) -> str:
        """The chain in sentences."""
        return " ".join(step.words for step in self.chain) or "No source says anything of this term."


def effective_terms(agreement: Agreement, on: date, known: date | None = None) -> dict[str, Value]:
    """Return all terms by path as effective ``on`` a day, as known on another (None: with all that is signed).

    Empty before the agreement itself is effective or known.
    """
    return {path: word.value for path, (word, _) in _resolved(agreement, on, known).items() if not word.strikes}


def sources(agreement: Agreement, on: date, known: date | None = None) -> dict[str, str]:
    """Return by path which agreement or amendment decides the term ``on`` a day, as :func:`effective_terms`."""
    return {path: source for path, (word, source) in _resolved(agreement, on, known).items() if not word.strikes}


def term(agreement: Agreement, path: str, on: date, known: date | None = None) -> TermState:
    """Return what the agreement says of ``path`` ``on`` a day, as known on another, with the chain of its sources."""
    plain_day(on)
    if known is not None and agreement.signed > plain_day(known):
        return TermState(path, False, None, "", ())
    begun = agreement.effective <= on
    amendments = _signed(agreement, known)
    standing = standings(amendments, on)
    steps: list[tuple[str, Value, bool, str]] = []
    if path in agreement.terms:
        since = f"effective from {long_day(agreement.effective)}"
        text = f"{agreement.name} says {_shown(agreement.terms[path])}, {since}"
        if not begun:
            text += f": not yet on {long_day(on)}"
        steps.append((agreement.name, agreement.terms[path], begun, text))
    for amendment, at in zip(amendments, standing, strict=True):
        word = at.words.get(path)
        if word is None and path not in at.undone:
            continue
        text = f"{amendment.name}, signed {long_day(amendment.signed)}, effective from {long_day(amendment.effective)}"
        text += " (retroactive), " if amendment.retroactive else ", "
        if word is None:
            steps.append((amendment.name, None, False, f"{text}said something of it, which {at.undone[path]} withdrew"))
            continue
        text += "strikes it" if word.strikes else f"says {_shown(word.value)}"
        if word.by:
            text += f", as {word.by} changed it"
        if at.lapses:
            text += f"; it {'lapsed' if at.lapses < on else 'lapses'} after {long_day(at.lapses)}"
            text += f", as {at.moved_by} says" if at.moved_by else ""
        elif at.moved_by:
            text += f"; it no longer lapses, as {at.moved_by} says"
        if at.why:
            text += f"; {at.why}"
        steps.append((amendment.name, None if word.strikes else word.value, at.force and begun, text))
    deciding = max((place for place, step in enumerate(steps) if step[2]), default=None)
    chain = tuple(
        Step(source, value, place == deciding, _tail(text, place, deciding, in_force))
        for place, (source, value, in_force, text) in enumerate(steps)
    )
    word_source = _resolved(agreement, on, known).get(path)
    if word_source is None:
        return TermState(path, False, None, "", chain)
    word, source = word_source
    return TermState(path, not word.strikes, None if word.strikes else word.value, source, chain)


def turning_days(agreement: Agreement, known: date | None = None) -> tuple[date, ...]:
    """Return the days on which any term changes, oldest first, the first day of the agreement among them."""
    days = {agreement.effective}
    for amendment in _signed(agreement, known):
        days.add(amendment.effective)
        lapses = [amendment.lapses, *(one.lapses for one in amendment.provisions if one.verb is Verb.LAPSE)]
        days.update(day + _DAY for day in lapses if day is not None)
    found: list[date] = []
    before: dict[str, Value] | None = None
    for day in sorted(day for day in days if day >= agreement.effective):
        now = effective_terms(agreement, day, known)
        if now != before:
            found.append(day)
        before = now
    return tuple(found) if known is None or known >= agreement.signed else ()


def _signed(agreement: Agreement, known: date | None) -> tuple[Amendment, ...]:
    return tuple(one for one in agreement.amendments if known is None or one.signed <= known)


def _resolved(agreement: Agreement, on: date, known: date | None) -> dict[str, tuple[Word, str]]:
    plain_day(on)
    if known is not None and agreement.signed > plain_day(known):
        return {}
    return laid_over(agreement, _signed(agreement, known), on)


def _shown(value: Value) -> str:
    return long_day(value) if type(value) is date else f"“{value}”"


def _tail(text: str, place: int, deciding: int | None, in_force: bool) -> str:
    if place == deciding:
        return f"{text}. This is what counts."
    return f"{text}. A later document prevails." if in_force else f"{text}."
