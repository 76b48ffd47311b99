"""Other weights, as they stand in an address: `?w=C01:25,C02:10.5`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from strategy.sums.numbers import plain, shown

PAIR = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,19}):(\d{1,3}(?:\.\d{1,3})?)", re.ASCII)
#: No RFP has more criteria than its table holds rows.
MOST = 80
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Weighing:
    """The weights that a page is looked at under.

    `weights` holds every criterion's, by code; `changed` says that they are not the record's own; `problem` why those
    of the address were left aside; `off` how far they are from 100 %, as a sentence.
    """

    weights: Mapping[str, Decimal]
    changed: bool = False
    problem: str = ""
    off: str = ""


def read(text: str, criteria: Sequence[Any]) -> Weighing:
    """Return the weights that `text` asks for; a criterion that it leaves out keeps its own.

    Whatever cannot be read leaves the record's own weights, and says so.
    """
    own = {one.code: one.weight for one in criteria}
    if not text.strip():
        return Weighing(own, off=off_by(own))
    asked: dict[str, Decimal] = {}
    for piece in text.split(",")[: MOST + 1]:
        found = PAIR.fullmatch(piece.strip())
        if found is None or found[1] not in own or found[1] in asked or Decimal(found[2]) > HUNDRED:
            return Weighing(own, problem="The weights in the address cannot be read: these are those of the RFP.")
        asked[found[1]] = Decimal(found[2])
    weights = own | asked
    if not any(weights.values()):
        return Weighing(own, problem="All weights are 0: these are those of the RFP.")
    return Weighing(weights, changed=weights != own, off=off_by(weights))


def off_by(weights: Mapping[str, Decimal]) -> str:
    """Say by how much weights miss 100 %; empty where they do not."""
    total = sum(weights.values(), Decimal(0))
    if total == HUNDRED:
        return ""
    more = "more" if total > HUNDRED else "less"
    return f"The weights add up to {shown(total, 3)} %, {shown(abs(total - HUNDRED), 3)} % {more} than 100 %."


def written(weights: Mapping[str, Decimal], criteria: Sequence[Any]) -> str:
    """Return the weights that differ from the record's own as an address holds them; empty where none do."""
    return ",".join(
        f"{one.code}:{plain(weights[one.code])}" for one in criteria if weights.get(one.code, one.weight) != one.weight
    )
