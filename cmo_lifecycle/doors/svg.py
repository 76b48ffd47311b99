"""Charts as SVG, drawn on the server: they print, they work without scripts, and a test can read them.

Every chart carries a title, a description in words and, for the larger ones, its numbers as a table. Colours come from
the style sheet. A value of None is a gap in the line, never a zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count, pairwise
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


def _short(limit: Number) -> str:
    text = f"{Decimal(str(limit)):f}"
    return fmt.number(Decimal(text.rstrip("0").rstrip(".") if "." in text else text))


def change_in_words(
    values: Sequence[Number | None], unit: str = "", target: Number | None = None, change: str = ""
) -> str:
    """Say in one line what a row of values shows: the last value, its change, and the target.

    `change` is the change as it is written beside ("up 3.2 points"), where the values are rounded already.

    >>> change_in_words([90, 81.3], "%", 95)
    'Last value 81.3 %, down 8.7 from the one before; target 95 %.'
    """
    if not values or all(value is None for value in values):
        return "No values yet."
    tail = "" if target is None else f"; target {fmt.with_unit(_short(target), unit)}"
    *earlier, last = values
    if last is None:
        before = next(value for value in reversed(earlier) if value is not None)
        return f"No value in the last period; the one before was {fmt.with_unit(fmt.number(before), unit)}{tail}."
    now = fmt.with_unit(fmt.number(last), unit)
    before = next((value for value in reversed(earlier) if value is not None), None)
    if before is None:
        return f"Last value {now}, the first one{tail}."
    if change and earlier[-1] is not None:
        compared = "" if change == "unchanged" else " from the one before"
        return f"Last value {now}, {change}{compared}{tail}."
    step = Decimal(str(last)) - Decimal(str(before))
    if step == 0:
        return f"Last value {now}, unchanged{tail}."
    word = "up" if step > 0 else "down"
    return f"Last value {now}, {word} {fmt.number(abs(step))} from the one before{tail}."


def sparkline(
    values: Sequence[Number | None],
    target: Number | None = None,
    unit: str = "",
    label: str = "",
    change: str = "",
) -> SafeString:
    """A line the height of a word, with its target as a dotted line, and the same in words for those who do not see it.

    `values` oldest first; None is a gap. `unit` is written after each number; `change` is the last change in words,
    where it is known better than from the values. No value at all gives the words alone.
    """
    words = change_in_words(values, unit, target, change)
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


def ticks(low: float, high: float) -> list[Decimal]:
    """Three to six round numbers that span low..high."""
    raw = Decimal(str((high - low) / 4))
    unit = Decimal(1).scaleb(raw.adjusted())
    step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= raw)
    first = (Decimal(str(low)) / step).to_integral_value(rounding="ROUND_FLOOR") * step
    marks = [first]
    while marks[-1] < Decimal(str(high)):
        marks.append(marks[-1] + step)
    return [mark.normalize() if mark else Decimal(0) for mark in marks]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The numbers of a chart, behind a fold."""
    head = "".join(
        f'<th scope="col"{" class=n" if place else ""}>{escape(name)}</th>' for place, name in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f'<td class="n">{escape(cell)}</td>' for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<details><summary>Show the numbers</summary><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></details>"
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
    Places across are in per cent and the height is fixed, so that the texts keep their size on any screen.
    """
    values = [value for _, value in points]
    words = change_in_words(values, unit, target)
    if all(value is None for value in values):
        return mark_safe(f'<p class="quiet">{escape(words)}</p>')  # noqa: S308
    height, left, right, top, bottom = 232.0, 9.0, 97.0, 22.0, 30.0
    rungs = ticks(*_scale(values, target, red_line))
    low, high = float(rungs[0]), float(rungs[-1])

    def x(at: int) -> float:
        return (left + right) / 2 if len(points) == 1 else left + at * (right - left) / (len(points) - 1)

    def y(value: Number) -> float:
        return top + (high - float(value)) / (high - low) * (height - top - bottom)

    out = []
    for tick in rungs:
        out.append(
            f'<line class="gridline" x1="0" x2="100%" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
            f'<text x="0" y="{y(tick) - 5:.1f}">{fmt.number(tick)}</text>'
        )
    # Two labels at the right edge must not lie on each other: the red line's goes below its line where they are near.
    near = target is not None and red_line is not None and abs(y(target) - y(red_line)) < 16
    edges = []
    for css, name, value in (("target", "Target", target), ("red", "Red line", red_line)):
        if value is None:
            continue
        at = y(value)
        below = near and ((css == "red") == (y(red_line) >= y(target)))  # type: ignore[arg-type]
        said = escape(fmt.with_unit(fmt.number(value), unit))
        out.append(f'<line class="{css}" x1="0" x2="100%" y1="{at:.1f}" y2="{at:.1f}"/>')
        edges.append(
            f'<text class="edge" x="100%" y="{at + (14 if below else -5):.1f}" text-anchor="end">{name} {said}</text>'
        )
    every = -(-len(points) // 6)
    for at, (label, _) in enumerate(points):
        if (len(points) - 1 - at) % every == 0:
            out.append(f'<text x="{x(at):.2f}%" y="{height - 8:.0f}" text-anchor="middle">{escape(label)}</text>')
    spots = [(at, value) for at, value in enumerate(values)]
    for (at, value), (after, following) in pairwise(spots):
        if value is not None and following is not None:
            out.append(
                f'<line class="line" x1="{x(at):.2f}%" y1="{y(value):.1f}"'
                f' x2="{x(after):.2f}%" y2="{y(following):.1f}"/>'
            )
    last = max(at for at, value in spots if value is not None)
    for at, value in spots:
        if value is None:
            continue
        css, size = ("dot last", 5) if at == last else ("dot", 3.5)
        out.append(
            f'<circle class="{css}" cx="{x(at):.2f}%" cy="{y(value):.1f}" r="{size}">'
            f"<title>{escape(points[at][0])}: {escape(fmt.with_unit(fmt.number(value), unit))}</title></circle>"
        )
    name = f"chart-{next(_ids)}"
    rows = [(label, "No value" if one is None else fmt.with_unit(fmt.number(one), unit)) for label, one in points]
    return mark_safe(  # noqa: S308 - title, labels and cells are escaped
        f'<figure class="chart-box"><svg class="chart" width="100%" height="{height:.0f}" role="img"'
        f' aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(words)}</desc>{"".join(out + edges)}</svg>'
        f"{_table(('Period', value_label), rows)}</figure>"
    )


def bar(
    items: Sequence[tuple[str, Number | None] | tuple[str, Number | None, str]],
    *,
    title: str,
    unit: str = "",
    highest: Number | None = None,
) -> SafeString:
    """Bars from left to right, one for each (label, value) or (label, value, tone), in the order given.

    A value of None is written "No value" and has no bar. `highest` is the value of a full bar; by default the largest.
    Values must not be negative. It is a table with a bar in each row, so the numbers are always there to read.
    """
    rows: list[tuple[str, Any, str]] = [(*item, "")[:3] for item in items]  # type: ignore[misc]
    known = [float(value) for _, value, _ in rows if value is not None]
    if not known:
        return mark_safe('<p class="quiet">No values yet.</p>')
    if min(known) < 0:
        raise ValueError("A bar chart shows no negative values.")
    full = float(highest) if highest is not None else max(known)
    out = []
    for label, value, tone in rows:
        if value is None:
            bar_cell, shown, css = "", "No value", "n quiet"
        else:
            share = 0.0 if full == 0 else min(float(value) / full, 1.0) * 100
            css_bar = f"bar {tone}".strip()
            bar_cell = f'<rect class="{css_bar}" width="{share:.2f}%" height="10" rx="5"/>'
            shown, css = fmt.with_unit(fmt.number(value), unit), "n"
        out.append(
            f'<tr><th scope="row">{escape(label)}</th><td><svg class="chart" width="100%" height="10"'
            ' aria-hidden="true" focusable="false"><rect class="track" width="100%" height="10" rx="5"/>'
            f'{bar_cell}</svg></td><td class="{css}">{escape(shown)}</td></tr>'
        )
    return mark_safe(  # noqa: S308 - labels and values are escaped
        f'<table class="bars"><caption class="visually-hidden">{escape(title)}</caption>'
        f"<tbody>{''.join(out)}</tbody></table>"
    )
