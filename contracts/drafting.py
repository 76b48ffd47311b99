"""A first text of an agreement, put together from the standard clauses of the library."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.clauses.shapes import AGREEMENTS
from contracts.clauses.topics import topics_for

#: Where each group stands in an agreement.
ORDER = ("frame", "supply", "quality", "money", "change", "oversight", "liability", "licences", "competition")
#: Topics that serve other trades, or the other side: nobody offers them, they are only looked for.
NOT_OFFERED = frozenset(
    (
        "competition_exception", "non_disparagement", "revenue_sharing", "source_code_escrow", "unlimited_licence",
        "volume_restriction", "affiliate_licensor", "affiliate_licensee", "non_transferable_licence",
        "customer_no_solicit", "employee_no_solicit", "agreed_damages", "joint_ip",
    )
)  # fmt: skip

_BLANK = re.compile(r"\[([^\]]+)\]")
#: What in brackets is a proposal that can stand as it is: a figure, or a word for one.
_PROPOSED = re.compile(
    r"±?[0-9][0-9/ to.]*|one|two|three|four|five|six|twice|fifth|one year|two weeks|two of six|quarter|month"
)
#: A blank as it stands in a text: one line, no longer than a phrase, with a letter or a figure in it.
_LEFT = re.compile(r"\[(?=[^\[\]\n]{0,79}[^\W_])[^\[\]\n]{1,80}\]")
#: What stands in brackets in a finished contract too.
_NO_BLANK = re.compile(r"signature|left blank|see attached|redacted|omitted|confidential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A text with the place of each topic in it, and the blanks that are still to be filled in, as they stand."""

    text: str
    places: Mapping[str, tuple[int, int]]
    blanks: tuple[str, ...]


def draft(
    kind: str,
    *,
    title: str,
    sponsor: str,
    cmo: str,
    fills: Mapping[str, Sequence[str]] | None = None,
    without: frozenset[str] = frozenset(),
) -> Drafted:
    """Return a text of a kind of agreement (a key of AGREEMENTS; KeyError for another).

    `fills` answers blanks in the order in which they stand: by "topic:blank", or by "blank" for all topics. A figure
    that the library proposes stands without its brackets; what nobody answers keeps them. `without` leaves topics out.
    """
    answers = {key: list(values) for key, values in (fills or {}).items()}
    names = {"Sponsor": sponsor, "CMO": cmo}
    blanks: list[str] = []

    def fill(topic: str, found: re.Match[str]) -> str:
        blank = found[1]
        if blank in names:
            return names[blank]
        for key in (f"{topic}:{blank}", blank):
            if answers.get(key):
                values = answers[key]
                return values.pop(0) if len(values) > 1 else values[0]
        if _PROPOSED.fullmatch(blank):
            return blank
        blanks.append(found[0])
        return found[0]

    topics = [one for one in topics_for(kind) if one.code not in NOT_OFFERED | without]
    topics.sort(key=lambda one: ORDER.index(one.group))
    text = f"{title.upper()}\n\n{AGREEMENTS[kind]} between {sponsor} and {cmo}"
    places = {}
    for number, one in enumerate(topics, 1):
        text += f"\n\n{number}. {one.name}\n\n"
        start = len(text)
        text += _BLANK.sub(lambda found, code=one.code: fill(code, found), one.standard)  # type: ignore[misc]
        places[one.code] = (start, len(text))
    return Drafted(f"{text}\n", places, tuple(blanks))


def blanks_in(text: str) -> tuple[str, ...]:
    """Return what still stands in [brackets] in a text to be filled in, each once, as it stands."""
    found = (one[0] for one in _LEFT.finditer(text))
    return tuple(dict.fromkeys(one for one in found if not _NO_BLANK.search(one)))


__all__ = ["NOT_OFFERED", "ORDER", "Drafted", "blanks_in", "draft"]
