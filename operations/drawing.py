"""Drawings of operations, as SVG like those of the pages' own charts: they print and work without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from operations.kpi_math import quantise
from operations.reading import short_number

Strip = tuple[str, Decimal, Decimal, str]
"""One band of a scale: label, where it begins, where it ends (0 to 100), tone."""


def scale_words(bands: Sequence[Strip], score: Decimal | None = None) -> str:
    """Say what a scale shows: `Probation 0 to 55, Watch 55 to 70 …; the score is 56.4.`"""
    ordered = sorted(bands, key=lambda band: band[1])
    said = ", ".join(f"{label} {short_number(low)} to {short_number(high)}" for label, low, high, _ in ordered)
    return f"{said}; the score is {short_number(score)}." if score is not None else f"{said}."


def band_scale(bands: Sequence[Strip], score: Decimal | None = None, *, labels: bool = False) -> SafeString:
    """Draw the standings as one strip from 0 to 100, with a mark at the score where there is one.

    `labels` writes each standing's word over its band; narrow screens leave them to the list beside it.
    """
    ordered = sorted(bands, key=lambda band: band[1])
    top = 20 if labels or score is not None else 2
    out = []
    for place, (label, low, high, tone) in enumerate(ordered):
        # The topmost band alone holds its own end.
        holds = score is not None and (low <= score < high or score == high == 100)
        css = escape(tone) if holds or score is None else f"{escape(tone)} soft"
        out.append(f'<rect class="bar {css}" x="{low}%" width="{high - low}%" y="{top}" height="10"/>')
        if place:
            out.append(f'<line class="cut" x1="{low}%" x2="{low}%" y1="{top - 1}" y2="{top + 11}"/>')
        if labels:
            middle = quantise((low + high) / 2, 2)
            out.append(
                f'<text class="band-label" x="{middle}%" y="{top - 7}" text-anchor="middle">{escape(label)}</text>'
            )
        anchor = "start" if low == 0 else "middle"
        out.append(f'<text x="{low}%" y="{top + 26}" text-anchor="{anchor}">{short_number(low)}</text>')
    out.append(f'<text x="100%" y="{top + 26}" text-anchor="end">100</text>')
    if score is not None:
        at = quantise(score, 2)
        out.append(
            f'<line class="needle" x1="{at}%" x2="{at}%" y1="{top - 6}" y2="{top + 14}"/>'
            f'<circle class="dot last" cx="{at}%" cy="{top - 8}" r="4"/>'
        )
    return mark_safe(  # noqa: S308 - numbers, and labels and tones are escaped
        f'<svg class="chart scale" width="100%" height="{top + 30}" role="img"'
        f' aria-label="{escape(scale_words(bands, score))}">{"".join(out)}</svg>'
    )
