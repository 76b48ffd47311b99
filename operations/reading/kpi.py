"""One KPI in words: its target, its rules, its change, how its value came about and what it weighed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cmo_lifecycle.doors import format as fmt
from operations.kpi_math import median, quantise
from operations.reading.words import counted, joined, kpi_shown, points_words, short_number, shown, whole, with_short

READING_TONES = {"on_target": "good", "off_target": "watch", "beyond_red": "bad", "none": "none"}

#: What one counted thing of each formula is called: one, several.
COUNTED = {
    "on_time": ("line", "lines"),
    "on_time_in_full": ("line", "lines"),
    "mean_days_late": ("late line", "late lines"),
    "max_days_late": ("line", "lines"),
    "lead_time_median": ("line", "lines"),
    "lead_time_p90": ("line", "lines"),
    "line_value": ("line", "lines"),
}

#: Formulas whose value is a share of the counted lines, so that some of them were missed.
SHARES = ("on_time", "on_time_in_full")


def change_words(now: Decimal | None, before: Decimal | None, places: int, unit: str, currency: str = "") -> str:
    """Say how a value moved since the period before: `up 3.2 points`, `down $1,200.00`; empty where one is missing.

    The difference is taken from the full values and rounded then; percentages differ by points.
    """
    if now is None or before is None:
        return ""
    difference = now - before
    if not difference:
        return "unchanged"
    size = quantise(abs(difference), places)
    word = "up" if difference > 0 else "down"
    if not size:
        return f"{word} by less than {kpi_shown(Decimal(1).scaleb(-places), places, unit, currency)}"
    if unit == "%":
        return f"{word} {fmt.number(size)} {'point' if size == 1 else 'points'}"
    return f"{word} {kpi_shown(size, places, unit, currency)}"


def target_words(direction: str, limit: Decimal | None, unit: str) -> str:
    """Write a target with the side on which it is met: `≥ 95 %`, `≤ 10 days`; `none` where nothing is scored."""
    if limit is None or direction == "neutral":
        return "none"
    sign = "≥" if direction == "up" else "≤"
    return f"{sign}{fmt.NBSP}{fmt.with_unit(short_number(limit), unit)}"


def red_line_words(direction: str, limit: Decimal | None, unit: str) -> str:
    """Write a red line with the side on which it is crossed: `< 85 %`."""
    if limit is None or direction == "neutral":
        return "none"
    sign = "<" if direction == "up" else ">"
    return f"{sign}{fmt.NBSP}{fmt.with_unit(short_number(limit), unit)}"


def counted_words(formula: str, state: str, numerator: Decimal | None, denominator: Decimal | None) -> str:
    """Write what stands behind a value, for under its name: `61 of 75 lines`, `5 late lines`, `0 lines`."""
    one, several = COUNTED[formula]
    if denominator is None:
        return f"no {several} counted" if state == "ok" else ""
    if formula in SHARES and numerator is not None:
        return f"{fmt.number(whole(numerator))} of {counted(denominator, one, several)}"
    return counted(denominator, one, several)


def window_words(grace_days: int, early_days: int | None) -> str:
    """Say which days count as on time."""
    grace = f"{counted(grace_days, 'day')} after" if grace_days else ""
    if early_days is None:
        if grace:
            return f"On time is any day up to {grace} the scheduled day; an early delivery counts as on time."
        return "On time is the scheduled day or any day before it."
    if early_days == 0:
        if grace:
            return f"On time is the scheduled day and up to {grace} it; earlier is not on time."
        return "On time is the scheduled day alone; earlier or later is not."
    until = f"{grace} it" if grace else "the scheduled day"
    return f"On time is from {counted(early_days, 'day')} before the scheduled day to {until}."


def tolerance_words(tolerance: Decimal) -> str:
    """Say how much of the ordered quantity has to be accepted for a line to be in full."""
    if not tolerance:
        return "In full means that at least the ordered quantity was accepted."
    return f"In full means that at least the ordered quantity less {short_number(tolerance)} % was accepted."


MISSING_WORDS = {
    "leave_out": "A line without the data is left out, and the coverage says how many were.",
    "count_as_miss": "A line without the data counts as missed.",
}


NO_VALUE_WORDS = {
    "no_activity": "No activity is not zero: nothing was counted, so there is no value.",
    "not_supplied": "Not supplied is not zero: there were lines, but not what this KPI is counted from.",
    "not_applicable": "What does not apply neither counts in the score nor lowers its coverage.",
}


def sum_words(
    *,
    formula: str,
    state: str,
    numerator: Decimal | None,
    denominator: Decimal | None,
    value: str,
    numerator_words: str,
    denominator_words: str,
    note: str = "",
) -> str:
    """Say how a value came about, with its numbers. `value` is written already, `note` says why there is none."""
    if state != "ok":
        return f"{note} {NO_VALUE_WORDS[state]}".strip()
    lines = "" if denominator is None else counted(denominator, *COUNTED[formula])
    if formula in SHARES and numerator is not None and denominator is not None:
        return (
            f"{fmt.number(whole(numerator))} ({_lower(numerator_words)}) ÷ {fmt.number(whole(denominator))}"
            f" ({_lower(denominator_words)}) × 100 = {value}."
        )
    if formula == "mean_days_late" and numerator is not None:
        return f"{counted(numerator, 'day')} late in all ÷ {lines} = {value} in the mean."
    if formula == "max_days_late":
        return f"The longest delay among {lines} that arrived: {value}; 0 or less says that none was late."
    if formula in ("lead_time_median", "lead_time_p90"):
        which = (
            "half of the lines took no longer" if formula == "lead_time_median" else "nine in ten lines took no longer"
        )
        return f"From {lines}, order to delivery: {which} than {value}."
    if formula == "line_value":
        return f"The values of {lines} added up: {value}."
    return f"{_lower(numerator_words).capitalize()}, over {_lower(denominator_words)}: {value}."


def _lower(words: str) -> str:
    words = words.strip().rstrip(".")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def weighing_words(
    *,
    norm: Decimal | None,
    share: Decimal,
    points: Decimal,
    lost: Decimal,
    target: Decimal | None,
    red_line: Decimal | None,
    unit: str,
) -> str:
    """Say how a value became points of the score: 0 at the red line, 100 at the target, straight between."""
    if norm is None or target is None or red_line is None or not share:
        return ""
    place = (
        "at or beyond the target, which gives 100 of 100"
        if norm == 100
        else "at or beyond the red line, which gives 0 of 100"
        if norm == 0
        else f"between the red line ({with_short(red_line, unit)} gives 0) and the target"
        f" ({with_short(target, unit)} gives 100), which gives {shown(norm, 1)}"
    )
    return (
        f"It lies {place}. With {shown(share, 1)} % of the score's weight that is"
        f" {points_words(points)}{f', {points_words(lost)} lost' if lost else ''}."
    )


def missed_words(days: Sequence[int], missed: int, undelivered: int) -> str:
    """Say of what the missed lines consist: how many late by how much, how many not delivered, the rest.

    `days` are the days late of those that arrived after their scheduled day.
    """
    parts = []
    if days:
        middle = median([*days])
        assert middle is not None
        by = f"{shown(middle, 1 if middle % 1 else 0, 'days')} in the median, {shown(max(days), None, 'days')} at most"
        parts.append(f"{fmt.number(len(days))} late by {by}")
    if undelivered:
        parts.append(f"{fmt.number(undelivered)} not delivered")
    others = missed - len(days) - undelivered
    if others:
        parts.append(f"{fmt.number(others)} too early, short or without the data")
    return f"{fmt.number(missed)} missed: {joined(parts)}."
