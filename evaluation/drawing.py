"""Drawings of a ranking, as SVG like those of the pages' own charts: they print and work without scripts.

Places across are in per cent and heights fixed, so that the texts keep their size on any screen. Each drawing says in
words what it shows; its numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from evaluation.scoring.sensitivity import Swing
from strategy.sums.numbers import listed, shown

ROW = 42.0
TOP = 26.0
#: More bars than these say nothing; the table has them all.
MOST = 12


def tornado(swings: Sequence[Swing], titles: Mapping[str, str], names: Mapping[str, str]) -> SafeString:
    """Draw by how much the leader leads with each weight a fifth lower and higher, the widest bar on top.

    Left of the line at 0 somebody else leads. ``titles`` are by criterion, ``names`` by bidder.
    """
    shown_ones = [one for one in swings if one.width][:MOST]
    if not shown_ones:
        return SafeString("")
    ends = [end.lead for one in shown_ones for end in (one.low, one.high)]
    low, high = float(min([*ends, Fraction(0)])), float(max([*ends, Fraction(0)]))
    room = (high - low) or 1.0

    def x(value: Any) -> float:
        return (float(value) - low) / room * 100

    height = TOP + ROW * len(shown_ones) + 6
    drawn = [f'<text x="{x(0):.2f}%" y="12" text-anchor="{"start" if x(0) < 20 else "middle"}">No lead</text>']
    for place, one in enumerate(shown_ones):
        y = TOP + place * ROW
        first, last = min(one.low.lead, one.high.lead), max(one.low.lead, one.high.lead)
        flips = first < 0
        said = (
            f"{titles[one.criterion]}: lead {shown(one.low.lead, 3)} at {shown(one.low.weight)} %, "
            f"{shown(one.high.lead, 3)} at {shown(one.high.weight)} %"
        )
        left_is_low = one.low.lead <= one.high.lead
        weights = (one.low.weight, one.high.weight) if left_is_low else (one.high.weight, one.low.weight)
        drawn.append(
            # The line at 0 leaves out the names of the criteria, which it would cross out.
            f'<line class="red" x1="{x(0):.2f}%" x2="{x(0):.2f}%" y1="{y + 15:.0f}" y2="{y + 34:.0f}"/>'
            # The stylesheet leaves four letters of room on both sides, where the ends of bars are labelled.
            f'<text class="edge" x="0" dx="-4em" y="{y + 10:.0f}">{escape(titles[one.criterion])}</text>'
            f'<rect class="bar{" watch" if flips else ""}" x="{x(first):.2f}%" width="{max(x(last) - x(first), 0.4):.2f}%"'
            f' y="{y + 16:.0f}" height="16" rx="3"><title>{escape(said)}</title></rect>'
            f'<text x="{x(first):.2f}%" dx="-5" y="{y + 28:.0f}" text-anchor="end">{escape(shown(weights[0]))} %</text>'
            f'<text x="{x(last):.2f}%" dx="5" y="{y + 28:.0f}">{escape(shown(weights[1]))} %</text>'
        )
    leader = names[shown_ones[0].leader]
    risky = [titles[one.criterion] for one in shown_ones if min(one.low.lead, one.high.lead) < 0]
    words = f"The lead of {leader} as each weight moves by a fifth. " + (
        f"It is lost over {listed(risky)}." if risky else "It holds in every case."
    )
    return mark_safe(  # noqa: S308 - the drawing is numbers and escaped texts
        f'<figure class="chart-box plot tornado"><svg class="chart" width="100%" height="{height:.0f}" role="img"'
        f' aria-label="{escape(words)}">{"".join(drawn)}</svg></figure>'
    )
