"""Sensitivity as sentences: who stays first, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from evaluation.scoring.matrix import Matrix
from evaluation.scoring.sensitivity import Cheapest, Flip, Turning, first
from strategy.sums.numbers import listed, shown

_PLACES = (2, 4, 8, 12)


def turning_sentence(turning: Turning, matrix: Matrix) -> str:
    """Return ``turning`` in words, with the names of ``matrix``; weights in percent, to as many decimals as they need.

    "Harrow Biologics stays first until Quality falls below 22 %; then Nordvik leads." At most two decimals are shown
    unless the number would then read as the present weight, as 0 or as 100.
    """
    names = _names(matrix)
    criterion = next(one.name for one in matrix.criteria if one.code == turning.criterion)
    leaders = listed(names[code] for code in turning.leaders)
    several = len(turning.leaders) > 1
    if len(matrix.standing) == len(turning.leaders) == 1:
        return f"{leaders} is alone in the ranking."
    stay = "stay first together" if several else "stays first"
    if turning.alone:
        return f"{criterion} has all the weight; give another criterion some to see what would change."
    below, above = turning.below, turning.above
    if several and (_at_once(below, turning) or _at_once(above, turning)):
        sides = [
            f"with {more} weight on {criterion} {_lead(flip, names)}"
            for flip, more in ((below, "less"), (above, "more"))
            if flip and _at_once(flip, turning)
        ]
        return f"{leaders} lead together; {' and '.join(sides)}."
    if below and above:
        return (
            f"{leaders} {stay} while {criterion} weighs between {_percent(below.weight, turning.weight)} and "
            f"{_percent(above.weight, turning.weight)}; below that {_lead(below, names)}, above it {_lead(above, names)}."
        )
    if below or above:
        flip = below or above
        assert flip is not None
        moves = "falls below" if below else "rises above"
        percent = _percent(flip.weight, turning.weight)
        return f"{leaders} {stay} until {criterion} {moves} {percent}; then {_lead(flip, names)}."
    return f"{leaders} {stay} whatever weight {criterion} has."


def cheapest_sentence(found: Cheapest, matrix: Matrix, currency: str = "") -> str:
    """Return what the cheapest bid would cost, in words; ``currency`` is written before the amount."""
    names = _names(matrix)
    # Present values are estimates: cents would say more than is known, unless they are all there is.
    money = f"{currency} {shown(found.saving, 0 if found.saving >= 1000 else 2)}".strip()
    if found.bidder == found.leader:
        sentence = f"{names[found.leader]}, which is first, is also the cheapest."
    elif not found.points:
        sentence = (
            f"{names[found.bidder]} is the cheapest, by {money}, and has as many points as {names[found.leader]}."
        )
    else:
        sentence = (
            f"{names[found.bidder]} is cheaper than {names[found.leader]} by {money} and would cost "
            f"{shown(found.points)} points."
        )
    if found.unknown:
        sentence += f" There is no amount of {listed(names[code] for code in found.unknown)}."
    return sentence


def rounding_sentence(matrix: Matrix) -> str:
    """Return who leads before rounding where that is not who is first in the ranking; "" where it is the same."""
    exactly = first(matrix)
    shown_first = tuple(sorted(place.bidder for place in matrix.standing if place.rank == 1))
    if exactly == shown_first:
        return ""
    names = _names(matrix)
    lead = "leads" if len(exactly) == 1 else "lead"
    share = "is first" if len(shown_first) == 1 else "share the first rank"
    return (
        f"{listed(names[code] for code in shown_first)} {share} as the totals are rounded; before rounding "
        f"{listed(names[code] for code in exactly)} {lead}."
    )


def _names(matrix: Matrix) -> Mapping[str, str]:
    return {code: line.bidder.name for code, line in matrix.lines.items()}


def _at_once(flip: Flip | None, turning: Turning) -> bool:
    return flip is not None and flip.weight == turning.weight


def _lead(flip: Flip, names: Mapping[str, str]) -> str:
    return f"{listed(names[code] for code in flip.leaders)} {'leads' if len(flip.leaders) == 1 else 'lead'}"


def _percent(weight: Fraction, now: Fraction) -> str:
    """Return a weight in words, so exactly that it does not read as the present one or as an end of the scale."""
    for places in _PLACES:
        text = shown(weight, places)
        if all(text != shown(other, places) for other in (now, Fraction(0), Fraction(100)) if other != weight):
            break
    return f"{text} %"
