"""Drawings of costs and of technology transfers: bars in rows, as SVG that prints and works without scripts.

Places across are in per cent and heights fixed, so that texts keep their size on any screen. What is drawn is also
said in words, and stands in a table below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt
from evaluation.costing import COMPONENTS

#: What the parts of the formula are called where bars are explained.
PARTS = {"one_off": "Once", "run": "Running", "gov": "Own oversight", "risk": "Risk"}
_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: what it is called, its parts (key of `COMPONENTS` → amount, 0 or more), its total, where it leads."""

    label: str
    parts: Sequence[tuple[str, Decimal]]
    total: Decimal | None
    url: str = ""
    why: str = ""


def _shade(key: str) -> str:
    part = COMPONENTS[key][0]
    alike = [code for code, (other, _) in COMPONENTS.items() if other == part]
    return f"{part} shade-{alike.index(key) % 6}"


def stacked(rows: Sequence[Row], *, title: str, currency: str, highest: Decimal | None = None) -> SafeString:
    """Return one stacked bar for each bidder; a bidder without a total says why. `highest` is the length of a full bar."""
    known = [row.total for row in rows if row.total is not None]
    full = highest or max(known, default=Decimal(0))
    used = [key for key in COMPONENTS if any(value for row in rows for code, value in row.parts if code == key)]
    legend = "".join(
        f'<li><i class="key {_shade(key)}" aria-hidden="true"></i>{escape(COMPONENTS[key][1])}</li>' for key in used
    )
    lines = []
    for row in rows:
        name = f'<a href="{escape(row.url)}">{escape(row.label)}</a>' if row.url else escape(row.label)
        if row.total is None:
            lines.append(
                f'<tr><th scope="row">{name}</th><td class="quiet" colspan="2">{escape(row.why or "Not computable")}'
                "</td></tr>"
            )
            continue
        at, drawn = 0.0, []
        for key, value in row.parts:
            if not value or not full:
                continue
            wide = float(value / full) * 100
            drawn.append(
                f'<rect class="seg {_shade(key)}" x="{at:.3f}%" width="{wide:.3f}%" height="{_HEIGHT}">'
                f"<title>{escape(COMPONENTS[key][1])}: {escape(fmt.amount(value, currency, 0))}</title></rect>"
            )
            at += wide
        lines.append(
            f'<tr><th scope="row">{name}</th><td class="drawn"><svg class="chart" width="100%" height="{_HEIGHT}"'
            f' aria-hidden="true" focusable="false">{"".join(drawn)}</svg></td>'
            f'<td class="n">{escape(fmt.amount(row.total, currency, 0))}</td></tr>'
        )
    return mark_safe(  # noqa: S308 - labels and amounts are escaped, the rest is numbers and names of ours
        f'<figure class="chart-box stacked"><table class="bars"><caption class="visually-hidden">{escape(title)}</caption>'
        f'<tbody>{"".join(lines)}</tbody></table><ul class="legend">{legend}</ul></figure>'
    )


@dataclass(frozen=True, slots=True)
class Span:
    """One phase: from when to when, and what must hold at its end."""

    label: str
    starts: date
    ends: date
    gate: str = ""


def timeline(spans: Sequence[Span], *, title: str, first: date | None = None, last: date | None = None) -> SafeString:
    """Return phases as bars over time with a mark for the gate at each end, from `first` to `last`."""
    if not spans:
        return SafeString("")
    begins, ends = first or min(one.starts for one in spans), last or max(one.ends for one in spans)
    days = max((ends - begins).days, 1)
    years = [date(year, 1, 1) for year in range(begins.year + 1, ends.year + 1)]
    ticks = "".join(
        f'<line class="gridline" x1="{(day - begins).days / days * 100:.2f}%" x2="{(day - begins).days / days * 100:.2f}%"'
        f' y1="0" y2="{_HEIGHT}"/>'
        for day in years
    )
    lines = []
    for one in spans:
        at = (one.starts - begins).days / days * 96
        wide = max((one.ends - one.starts).days / days * 96, 0.75)
        gate = f"; at its end: {one.gate}" if one.gate else ""
        said = f"{one.label}: {fmt.day(one.starts)} to {fmt.day(one.ends)}{gate}"
        mark = f'<circle class="gate" cx="{at + wide:.2f}%" cy="11" r="5"><title>{escape(one.gate)}</title></circle>'
        lines.append(
            f'<tr><th scope="row">{escape(one.label)}</th><td class="drawn"><svg class="chart" width="100%"'
            f' height="{_HEIGHT}" role="img" aria-label="{escape(said)}">{ticks}<rect class="phase" x="{at:.2f}%"'
            f' width="{wide:.2f}%" y="5" height="12" rx="3"/>{mark if one.gate else ""}</svg></td></tr>'
        )
    return mark_safe(  # noqa: S308 - labels are escaped, the rest is numbers
        f'<figure class="chart-box phases"><table class="bars"><caption class="visually-hidden">{escape(title)}</caption>'
        f'<tbody>{"".join(lines)}</tbody></table><p class="ends"><span>{fmt.day(begins)}</span>'
        f"<span>{fmt.day(ends)}</span></p></figure>"
    )
