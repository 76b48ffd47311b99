"""The weights of the criteria that a strategy asks for, taken together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from strategy.models import Consequence
from strategy.rules.shapes import Kind

S = Consequence.State
HUNDRED = Decimal(100)
#: States in which a criterion does not count.
GONE = (S.DECLINED, S.WITHDRAWN)


def weight_of(criterion: Consequence) -> Decimal:
    """Return a criterion's weight in percent."""
    return Decimal(criterion.content.get("weight") or 0)


def standing(asks: Iterable[Consequence]) -> list[Consequence]:
    """Return the criteria that count: neither declined nor withdrawn."""
    return [one for one in asks if one.kind == Kind.CRITERION.value and one.state not in GONE]


def total_off(asks: Iterable[Consequence]) -> Decimal | None:
    """Return what the weights of the criteria add up to, in percent, where that is not 100.

    None where it is, where there are no criteria, and while one of them is undecided: then it may still change.
    """
    found = standing(asks)
    if not found or any(one.state == S.PROPOSED for one in found):
        return None
    total = sum((weight_of(one) for one in found), Decimal(0))
    return None if total == HUNDRED else total
