"""What a contract can be made to hold: each mechanism once, in words that counsel turns into a clause.

The title is an imperative, so that it reads both as a heading and after "Contracts must".
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from strategy.rules.mechanisms import conduct, supply
from strategy.rules.mechanisms.shapes import Mechanism
from strategy.rules.shapes import Ask, Kind

MECHANISMS: Mapping[str, Mechanism] = {**supply.MECHANISMS, **conduct.MECHANISMS}

#: What irreplaceable living material there is for these.
LIVING = frozenset({"biologic", "cell_gene", "vaccine"})


def mechanism(code: str, *, also: str = "", strength: int = 1) -> Ask:
    """Return the ask for a mechanism of the catalogue, with a sentence of the case besides its usual text."""
    m = MECHANISMS[code]
    content = {"topic": m.topic, "must_contain": m.must_contain, "fallback": m.fallback}
    return Ask(Kind.MECHANISM, code, m.title, content, Decimal(strength), also=also)


def mechanisms(*codes: str) -> tuple[Ask, ...]:
    return tuple(mechanism(code) for code in codes)
