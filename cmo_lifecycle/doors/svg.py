"""Charts as SVG, drawn on the server: they print, they work without scripts, and a test can read them.

Every chart carries a title, a description in words and, for the larger ones, its numbers as a table. Colours come from
the style sheet. A value of None is a gap in the line, never a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import format as fmt

Number = Decimal | int | float
_ids = count(1)


def _scale(values: Sequence[Number | None], *others: Number | None) -> tuple[float, float]:
    """Lowest and highest of everything that must be visible; a flat line gets room above and below."""
    known = [float(value) for value in (*values, *others) if value is not None]
    low, high = min(known), max(known)
    if low == high:
        room = abs(low) * 0.1 or 1.0
        return low - room, high + room
    return low, high


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Split a line at its gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            if runs[-1]:
                runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in run)


def change_in_words(values: Sequence[Number | None], unit: str = "", target: Number | None = None) -> str:
    """Say in one line what a row of values shows: the last value, its change, and the target.

    >>> change_in_words([90, 81.3], "%", 95)
    'Last value 81.3 %, down 8.7 from the one before; target 95 %.'
    """
    if not values or all(value is None for value in values):
        return "No values yet."
    tail = "" if target is None else f"; target {fmt.with_unit(fmt.number(target), unit)}"
    *earlier, last = values
    if last is None:
        before = next(value for value in reversed(earlier) if value is not None)
        return f"No value in the last period; the one before was {fmt.with_unit(fmt.number(before), unit)}{tail}."
    now = fmt.with_unit(fmt.number(last), unit)
    before = next((value for value in reversed(earlier) if value is not None), None)
    if before is None:
        return f"Last value {now}, the first one{tail}."
    step = Decimal(str(last)) - Decimal(str(before))
    if step == 0:
        return f"Last value {now}, unchanged{tail}."
    word = "up" if step > 0 else "down"
    return f"Last value {now}, {word} {fmt.number(abs(step))} from the one before{tail}."


def sparkline(
    values: Sequence[Number | None], target: Number | None = None, unit: str = "", label: str = ""
) -> SafeString:
    """A line the height of a word, with its target as a dotted line, and the same in words for those who do not see it.

    `values` oldest first; None is a gap. `unit` is written after each number. No value at all gives the words alone.
    """
    words = change_in_words(values, unit, target)
    said = f"{label}: {words}" if label else words
    if all(value is None for value in values):
        return mark_safe(f'<span class="kpi off">{escape(words)}</span>')  # noqa: S308
    width, height, pad = 96.0, 28.0, 4.0
    low, high = _scale(values, target)
    across = (width - 2 * pad) / max(len(values) - 1, 1)

    def y(value: Number) -> float:
        return height - pad - (float(value) - low) / (high - low) * (height - 2 * pad)

    points = [(pad + at * across, None if value is None else y(value)) for at, value in enumerate(values)]
    parts = []
    if target is not None:
        parts.append(f'<line x1="{pad}" x2="{width - pad}" y1="{y(target):.1f}" y2="{y(target):.1f}"/>')
    runs = _runs(points)
    for run in runs:
        if len(run) > 1:
            parts.append(f'<path d="{_path(run)}"/>')
        elif run is not runs[-1]:
            parts.append(f'<circle cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="1.5"/>')
    x_last, y_last = runs[-1][-1]
    parts.append(f'<circle cx="{x_last:.1f}" cy="{y_last:.1f}" r="2.75"/>')
    return mark_safe(  # noqa: S308 - numbers only, and the words are escaped
        f'<svg class="spark" viewBox="0 0 96 28" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
        f'<span class="visually-hidden">{escape(said)}</span>'
    )


def _ticks(low: float, high: float) -> list[Decimal]:
    """Three to six round numbers that span low..high."""
    raw = Decimal(str((high - low) / 4))
    unit = Decimal(1).scaleb(raw.adjusted())
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= raw)
    first = (Decimal(str(low)) / step).to_integral_value(rounding="ROUND_FLOOR") * step
    marks = [first]
    while marks[-1] < Decimal(str(high)):
        marks.append(marks[-1] + step)
    return [mark.normalize() if mark else Decimal(0) for mark in marks]


def _figure(svg: str, title: str, words: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> SafeString:
    """Put a drawn chart, its words and its table together."""
    head = "".join(
        f'<th scope="col"{" class=n" if place else ""}>{escape(name)}</th>' for place, name in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f'<td class="n">{escape(cell)}</td>' for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return mark_safe(  # noqa: S308 - title, words and cells are escaped; the drawing escapes its own texts
        f'<figure class="chart-box"><div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}, chart">'
        f"{svg}</div><figcaption class=\"visually-hidden\">{escape(words)}</figcaption>"
        f"<details><summary>Show the numbers</summary><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        "</details></figure>"
    )


def line(
    points: Sequence[tuple[str, Number | None]],
    *,
    title: str,
    unit: str = "",
    target: Number | None = None,
    red_line: Number | None = None,
    value_label: str = "Value",
) -> SafeString:
    """A line chart of labelled points, oldest first, with its target (dashed) and red line (dotted).

    `points` are (label, value) pairs; a value of None leaves a gap. With no value at all, says so instead of drawing.
    """
    values = [value for _, value in points]
    words = change_in_words(values, unit, target)
    if all(value is None for value in values):
        return mark_safe(f'<p class="quiet">{escape(words)}</p>')  # noqa: S308
    width, height, left, right, top, bottom = 720.0, 240.0, 52.0, 76.0, 14.0, 30.0
    ticks = _ticks(*_scale(values, target, red_line))
    low, high = float(ticks[0]), float(ticks[-1])
    across = (width - left - right) / max(len(points) - 1, 1)

    def y(value: Number) -> float:
        return top + (high - float(value)) / (high - low) * (height - top - bottom)

    out = []
    for tick in ticks:
        out.append(
            f'<line class="gridline" x1="{left}" x2="{width - right}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
            f'<text x="{left - 10}" y="{y(tick) + 4:.1f}" text-anchor="end">{fmt.number(tick)}</text>'
        )
    # Labels at the right edge must not lie on each other: the red line yields to the target.
    placed: list[float] = []
    for css, name, value in (("target", "Target", target), ("red", "Red line", red_line)):
        if value is None:
            continue
        at = y(value)
        out.append(f'<line class="{css}" x1="{left}" x2="{width - right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        text_at = at + 4
        if placed and abs(text_at - placed[0]) < 14:
            text_at = placed[0] + (14 if text_at >= placed[0] else -14)
        placed.append(text_at)
        out.append(f'<text x="{width - right + 8}" y="{text_at:.1f}">{name} {fmt.number(value)}</text>')
    every = max(1, -(-len(points) // 9))
    for at, (label, _) in enumerate(points):
        if (len(points) - 1 - at) % every == 0:
            x = left + at * across
            out.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{escape(label)}</text>')
    spots = [(left + at * across, None if value is None else y(value)) for at, value in enumerate(values)]
    for run in _runs(spots):
        if len(run) > 1:
            out.append(f'<path class="line" d="{_path(run)}"/>')
    last = max(at for at, value in enumerate(values) if value is not None)
    for at, (x, y_at) in enumerate(spots):
        if y_at is None:
            continue
        label, value = points[at]
        css = "dot last" if at == last else "dot"
        out.append(
            f'<circle class="{css}" cx="{x:.1f}" cy="{y_at:.1f}" r="{4.5 if at == last else 3.5}">'
            f"<title>{escape(label)}: {escape(fmt.with_unit(fmt.number(value), unit))}</title></circle>"
        )
    name = f"chart-{next(_ids)}"
    svg = (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(words)}</desc>{"".join(out)}</svg>'
    )
    rows = [(label, "No value" if value is None else fmt.with_unit(fmt.number(value), unit)) for label, value in points]
    return _figure(svg, title, words, ("Period", value_label), rows)


def bar(
    items: Sequence[tuple[str, Number | None] | tuple[str, Number | None, str]],
    *,
    title: str,
    unit: str = "",
    highest: Number | None = None,
    value_label: str = "Value",
) -> SafeString:
    """Bars from left to right, one for each (label, value) or (label, value, tone), in the order given.

    A value of None is written "No value" and has no bar. `highest` is the value of a full bar; by default the largest.
    Values must not be negative.
    """
    rows: list[tuple[str, Any, str]] = [(*item, "") if len(item) == 2 else item for item in items]  # type: ignore[misc]
    known = [float(value) for _, value, _ in rows if value is not None]
    if not known:
        return mark_safe('<p class="quiet">No values yet.</p>')  # noqa: S308
    if min(known) < 0:
        raise ValueError("A bar chart shows no negative values.")
    full = float(highest) if highest is not None else max(known)
    width, row_height, left, right = 720.0, 34.0, 200.0, 90.0
    out = []
    for place, (label, value, tone) in enumerate(rows):
        top = place * row_height
        short = label if len(label) <= 28 else label[:27] + "…"
        out.append(f'<text class="name" x="0" y="{top + 21:.0f}">{escape(short)}<title>{escape(label)}</title></text>')
        out.append(
            f'<rect class="track" x="{left}" y="{top + 9:.0f}" width="{width - left - right}" height="16" rx="4"/>'
        )
        if value is None:
            out.append(f'<text x="{width - right + 10}" y="{top + 21:.0f}">No value</text>')
            continue
        long = 0.0 if full == 0 else min(float(value) / full, 1.0) * (width - left - right)
        css = f"bar {tone}".strip()
        out.append(f'<rect class="{css}" x="{left}" y="{top + 9:.0f}" width="{long:.1f}" height="16" rx="4"/>')
        written = escape(fmt.with_unit(fmt.number(value), unit))
        out.append(f'<text class="val" x="{width - right + 10}" y="{top + 21:.0f}">{written}</text>')
    name = f"chart-{next(_ids)}"
    largest = max((row for row in rows if row[1] is not None), key=lambda row: row[1])
    words = f"{len(rows)} values; the largest is {largest[0]} with {fmt.with_unit(fmt.number(largest[1]), unit)}."
    svg = (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {len(rows) * row_height:.0f}" role="img"'
        f' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(words)}</desc>{"".join(out)}</svg>'
    )
    table = [
        (label, "No value" if value is None else fmt.with_unit(fmt.number(value), unit)) for label, value, _ in rows
    ]
    return _figure(svg, title, words, ("Name", value_label), table)
