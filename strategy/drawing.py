"""Drawings of a strategy, as SVG like those of the pages' own charts: they print and work without scripts.

Places across are in per cent and heights fixed, so that the texts keep their size on any screen. Each drawing says in
words what it shows; its numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.svg import ticks
from strategy.overview import short
from strategy.snapshot import Demand
from strategy.sums.batches import CapacityYear
from strategy.sums.cash import MakeOrBuy
from strategy.sums.segments import CUT, Segment

HEIGHT, TOP, BOTTOM = 248.0, 22.0, 30.0
LEFT, RIGHT = 10.0, 97.0
#: Years are labelled until they would lie on each other.
LABELS = 8


class _Plane:
    """Years across, amounts upwards from zero."""

    def __init__(self, years: Sequence[int], highest: Decimal) -> None:
        self.years = list(years)
        self.ticks = ticks(0.0, float(highest) or 1.0)
        self.top = float(self.ticks[-1])

    @property
    def step(self) -> float:
        return (RIGHT - LEFT) / max(len(self.years), 1)

    def x(self, place: int) -> float:
        return LEFT + (place + 0.5) * self.step

    def y(self, value: Decimal | int) -> float:
        return TOP + (self.top - float(value)) / self.top * (HEIGHT - TOP - BOTTOM)

    def ground(self) -> str:
        out = [
            f'<line class="gridline" x1="0" x2="100%" y1="{self.y(tick):.1f}" y2="{self.y(tick):.1f}"/>'
            f'<text x="0" y="{self.y(tick) - 5:.1f}">{escape(_axis(tick))}</text>'
            for tick in self.ticks
        ]
        every = -(-len(self.years) // LABELS)
        out += [
            f'<text x="{self.x(place):.2f}%" y="{HEIGHT - 8:.0f}" text-anchor="middle">{year}</text>'
            for place, year in enumerate(self.years)
            if place % every == 0
        ]
        return "".join(out)

    def line(self, values: Sequence[Decimal | int | None], css: str, words: Sequence[str], marks: str = "dot") -> str:
        """A line through the values with a mark on each, broken where there is none; `words` are said at the marks."""
        spots = [None if value is None else (self.x(place), self.y(value)) for place, value in enumerate(values)]
        lines = "".join(
            f'<line class="line {css}" x1="{one[0]:.2f}%" y1="{one[1]:.1f}" x2="{after[0]:.2f}%" y2="{after[1]:.1f}"/>'
            for one, after in pairwise(spots)
            if one is not None and after is not None
        )
        dots = "".join(
            f'<circle class="{marks} {css}" cx="{spot[0]:.2f}%" cy="{spot[1]:.1f}" r="3.5">'
            f"<title>{escape(said)}</title></circle>"
            for spot, said in zip(spots, words, strict=True)
            if spot is not None
        )
        return lines + dots


def _axis(tick: Decimal) -> str:
    """A tick in few letters: 30,000,000 is 30 m."""
    for size, letter in ((1_000_000_000, "bn"), (1_000_000, "m"), (10_000, "k")):
        if abs(tick) >= size:
            each = tick / (1_000 if letter == "k" else size)
            return fmt.with_unit(short(each), letter)
    return short(tick)


def _figure(
    drawn: str, words: str, legend: Sequence[tuple[str, str]] = (), height: float = HEIGHT, css: str = ""
) -> SafeString:
    keys = "".join(
        f'<li><i class="key {escape(key)}" aria-hidden="true"></i>{escape(label)}</li>' for key, label in legend
    )
    listed = f'<ul class="legend">{keys}</ul>' if keys else ""
    return mark_safe(  # noqa: S308 - the drawing is numbers and escaped texts, words and labels are escaped
        f'<figure class="chart-box plot {escape(css)}">{listed}<svg class="chart" width="100%" height="{height:.0f}"'
        f' role="img" aria-label="{escape(words)}">{drawn}</svg></figure>'
    )


def demand(lines: Sequence[Demand], unit: str) -> SafeString:
    """Draw the demand of each year: the span from low to high, and the base as a line."""
    plane = _Plane([one.year for one in lines], max(one.high for one in lines))
    width = max(min(plane.step * 0.34, 4.0), 0.8)
    spans = "".join(
        f'<rect class="span" x="{plane.x(place) - width / 2:.2f}%" width="{width:.2f}%" y="{plane.y(one.high):.1f}"'
        f' height="{max(plane.y(one.low) - plane.y(one.high), 1):.1f}" rx="3">'
        f"<title>{one.year}: {escape(short(one.low))} to {escape(short(one.high))} {escape(unit)}</title></rect>"
        for place, one in enumerate(lines)
    )
    words = [f"{one.year}, base: {short(one.base)} {unit}" for one in lines]
    first, last = lines[0], lines[-1]
    said = (
        f"Demand from {first.year} to {last.year}: base {short(first.base)} to {short(last.base)} {unit}, in"
        f" {last.year} from {short(last.low)} to {short(last.high)}."
    )
    base = plane.line([one.base for one in lines], "", words)
    return _figure(plane.ground() + spans + base, said, (("line", "Base"), ("span", "From low to high")))


def capacity(years: Sequence[CapacityYear], needed: Container[int]) -> SafeString:
    """Draw in-house, committed and optional batches as stacked bars, and the need as a line over them.

    `needed` are the years whose need is known; in the others the line is broken.
    """
    highest = max(max(one.need, one.in_house + one.committed + one.option) for one in years)
    plane = _Plane([one.year for one in years], highest)
    width = max(min(plane.step * 0.55, 9.0), 1.0)
    bars = []
    for place, one in enumerate(years):
        below = Decimal(0)
        for css, label, value in (
            ("in-house", "in-house", one.in_house),
            ("committed", "committed", one.committed),
            ("option", "option", one.option),
        ):
            if value:
                top = plane.y(below + value)
                bars.append(
                    f'<rect class="stack {css}" x="{plane.x(place) - width / 2:.2f}%" width="{width:.2f}%"'
                    f' y="{top:.1f}" height="{plane.y(below) - top:.1f}"><title>{one.year}, {label}:'
                    f" {escape(short(value))} batches</title></rect>"
                )
            below += value
    need = plane.line(
        [one.need if one.year in needed else None for one in years], "need",
        [f"{one.year}, needed: {short(one.need)} batches" for one in years],
    )  # fmt: skip
    gaps = ", ".join(f"{short(one.gap)} missing in {one.year}" for one in years if one.gap > 0)
    said = f"Batches needed at base demand against capacity, {years[0].year} to {years[-1].year}: {gaps or 'none missing'}."
    legend = [("need", "Needed, base demand")]
    legend += [
        (css, label)
        for css, label in (("in-house", "In-house"), ("committed", "Committed"), ("option", "Option"))
        if any(getattr(one, css.replace("-", "_")) for one in years)
    ]
    return _figure(plane.ground() + "".join(bars) + need, said, legend)


def cash(found: MakeOrBuy) -> SafeString:
    """Draw what making and buying have cost up to each year, discounted, and mark where the dearer one changes."""
    sums: dict[str, list[Decimal]] = {"make": [], "buy": []}
    for year in found.years:
        for key, line in sums.items():
            line.append((line[-1] if line else Decimal(0)) + getattr(year, f"{key}_discounted"))
    years = [year.year for year in found.years]
    plane = _Plane(years, max(*sums["make"], *sums["buy"]))
    drawn = [plane.ground()]
    turn = turning(found)
    if turn is not None and turn in years:
        place = years.index(turn)
        at = f"{plane.x(place):.2f}%"
        end = place > len(years) / 2
        drawn.append(
            f'<line class="turn" x1="{at}" x2="{at}" y1="{TOP - 8}" y2="{HEIGHT - BOTTOM}"/>'
            f'<text class="edge" x="{at}" y="{TOP - 12}" text-anchor="{"end" if end else "start"}">'
            f"Costs cross by {turn}</text>"
        )
    for key, word in (("make", "making"), ("buy", "buying")):
        said = [
            f"{year}, {word} up to then: {fmt.amount(value, found.currency, 0)}"
            for year, value in zip(years, sums[key], strict=True)
        ]
        drawn.append(plane.line(sums[key], key, said, "dot" if key == "make" else "dot ring"))
    words = (
        f"Discounted cost summed up from {years[0]} to {years[-1]}: making {fmt.amount(found.npv_make, found.currency, 0)},"
        f" buying {fmt.amount(found.npv_buy, found.currency, 0)}."
        + (f" The two cross by {turn}." if turn is not None else " The two do not cross.")
    )
    return _figure("".join(drawn), words, (("make", "Making"), ("buy", "Buying")))


def turning(found: MakeOrBuy) -> int | None:
    """Return the first year by which the summed-up cost has changed sides; None where it never does."""
    sides = [(year.year, year.cumulative_difference) for year in found.years if year.cumulative_difference]
    return next((after for (_, before), (after, now) in pairwise(sides) if (before > 0) != (now > 0)), None)


def matrix(supply_risk: int, profit_impact: int, segment: Segment) -> SafeString:
    """Draw the portfolio matrix: supply risk across, profit impact upwards, the four segments, and the point."""
    left, top, bottom = 0.0, 26.0, 30.0
    height = 310.0
    across, up = 100.0 - left, height - top - bottom

    def x(value: float) -> float:
        return left + value * across / 100

    def y(value: float) -> float:
        return top + (100 - value) * up / 100

    quarters = (
        ("leverage", "Leverage", 0, CUT, CUT, 100),
        ("strategic", "Strategic", CUT, 100, CUT, 100),
        ("routine", "Routine", 0, CUT, 0, CUT),
        ("bottleneck", "Bottleneck", CUT, 100, 0, CUT),
    )
    out = []
    for code, label, from_x, to_x, from_y, to_y in quarters:
        here = " here" if code == segment.code else ""
        out.append(
            f'<rect class="quarter{here}" x="{x(from_x):.2f}%" width="{x(to_x) - x(from_x):.2f}%" y="{y(to_y):.1f}"'
            f' height="{y(from_y) - y(to_y):.1f}"/>'
            f'<text class="edge{here}" x="{x(from_x) + 2:.2f}%" y="{y(to_y) + 20:.1f}">{label}</text>'
        )
    out.append(
        f'<line class="cut" x1="{x(CUT):.2f}%" x2="{x(CUT):.2f}%" y1="{top}" y2="{height - bottom}"/>'
        f'<line class="cut" x1="{left}%" x2="100%" y1="{y(CUT):.1f}" y2="{y(CUT):.1f}"/>'
        f'<text x="0" y="14">↑ Profit impact</text>'
        f'<text x="100%" y="{height - 8}" text-anchor="end">Supply risk →</text>'
        f'<circle class="dot last" cx="{x(supply_risk):.2f}%" cy="{y(profit_impact):.1f}" r="7"/>'
    )
    said = f"Supply risk {supply_risk} of 100, profit impact {profit_impact} of 100: {segment.name.lower()}."
    return _figure("".join(out), said, height=height, css="matrix")


def turning_words(found: MakeOrBuy) -> str:
    """Say whether and when the summed-up cost changes sides within the horizon."""
    turn = turning(found)
    if turn is not None:
        return f"What has been spent up to then crosses by {turn}."
    return f"What has been spent up to then does not cross between {found.years[0].year} and {found.years[-1].year}."


__all__ = ["capacity", "cash", "demand", "matrix", "turning", "turning_words"]
