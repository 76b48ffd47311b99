"""Words for the pages of operations: plain values in, plain text out; nothing here knows a row.

Numbers are rounded half to even (`kpi_math.quantise`) and only here, on their way to a reader. A
sentence ends in a full stop; words for a table cell or a badge do not.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cmo_lifecycle.doors import format as fmt
from operations.kpi_math import median, quantise
from operations.scoring import Movement, Outlook

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

#: The unit of a KPI whose values are money; the currency is that of the lines.
CURRENCY_UNIT = "currency"

CADENCE_WORDS = {"month": "monthly", "quarter": "quarterly", "half_year": "half-yearly", "year": "yearly"}


# ------------------------------------------------------------------ small words


def joined(words: Iterable[str], last: str = "and") -> str:
    """Join words as people do: `a, b and c`; an empty string for none."""
    *early, final = [*words] or [""]
    return f"{', '.join(early)} {last} {final}" if early else final


def counted(number: int | Decimal, one: str, several: str = "") -> str:
    """Write a number with its noun: `1 line`, `1,139 lines`."""
    return f"{fmt.number(_whole(number))} {one if number == 1 else several or one + 's'}"


def shown(value: Decimal | int | None, places: int | None = None, unit: str = "") -> str:
    """Write a value with its unit: `81.3 %`, `1 day`, `12 days`; an en dash for None."""
    if value is None:
        return "–"
    rounded = value if places is None else quantise(value, places)
    return fmt.with_unit(fmt.number(rounded), "day" if unit == "days" and rounded == 1 else unit)


def kpi_shown(value: Decimal | None, places: int, unit: str, currency: str = "") -> str:
    """Write a KPI's value; an amount of money carries its own currency, since its unit is just “currency”."""
    if unit == CURRENCY_UNIT:
        return "–" if value is None else fmt.amount(quantise(value, places), currency, places)
    return shown(value, places, unit)


def _whole(number: int | Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number


def short_number(value: Decimal | int) -> str:
    """Write a limit without idle zeros: 95.0000 is `95`, 0.5000 is `0.5`."""
    text = f"{Decimal(value):f}"
    return fmt.number(Decimal(text.rstrip("0").rstrip(".") if "." in text else text))


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
        return f"{fmt.number(_whole(numerator))} of {counted(denominator, one, several)}"
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


def arrival_words(scheduled: date, delivered: date | None, today: date) -> tuple[str, str]:
    """Say when a line arrived against its scheduled day, with the tone: `("12 days late", "bad")`.

    Counted from the scheduled day itself; the window of a KPI is another matter.
    """
    if delivered is None:
        days = (today - scheduled).days
        if days > 0:
            return f"overdue by {counted(days, 'day')}", "bad"
        return ("due today", "watch") if days == 0 else (f"due in {counted(-days, 'day')}", "none")
    days = (delivered - scheduled).days
    if days > 0:
        return f"{counted(days, 'day')} late", "bad"
    return ("on the day", "good") if days == 0 else (f"{counted(-days, 'day')} early", "good")


# ------------------------------------------------------------------ one KPI, explained


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
            f"{fmt.number(_whole(numerator))} ({_lower(numerator_words)}) ÷ {fmt.number(_whole(denominator))}"
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


def with_short(limit: Decimal, unit: str) -> str:
    return fmt.with_unit(short_number(limit), unit)


def points_words(points: Decimal) -> str:
    """Write points of the score: `1 point`, `4.3 points`, `less than 0.1 points`."""
    rounded = quantise(abs(points), 1)
    if not rounded and points:
        return "less than 0.1 points"
    return f"{fmt.number(_whole(rounded))} {'point' if rounded == 1 else 'points'}"


# ------------------------------------------------------------------ the review


def waiting_words(waiting: Sequence[str], due: date | None) -> str:
    """Say whose signature is awaited: `Waits for the signature of Quality, due 5 May 2026.`"""
    several = "signatures" if len(waiting) > 1 else "signature"
    until = f", due {fmt.day(due)}" if due else ""
    return f"Waits for the {several} of {joined(waiting)}{until}."


def review_sentence(
    *,
    state: str,
    waiting: Sequence[str],
    signed: Sequence[str],
    due: date | None,
    opened_at: datetime,
    made_up_late: bool,
    measured: bool,
    signed_at: datetime | None,
    published_at: datetime | None,
) -> str:
    """Say what is going on with a review and who must act.

    `waiting` and `signed` are role labels. `measured` is whether any KPI was taken.
    """
    late = "Missed by the schedule and made up late; o" if made_up_late else "O"
    opened = f"{late}pened on {fmt.day(opened_at.date())}"
    match state:
        case "open":
            return f"{opened}; its figures have not been taken yet."
        case "scored" if not measured:
            return f"{opened}, but no KPI was in force: put a definition in force, then recompute."
        case "scored":
            already = f"Signed by {joined(signed)}. " if signed else ""
            return f"{already}{waiting_words(waiting, due)}" if waiting else opened + "."
        case "signed_off":
            on = f" on {fmt.day(signed_at.date())}" if signed_at else ""
            return f"Signed off{on}. Waits for the project manager to publish it."
        case "published":
            return f"Published on {fmt.day(published_at.date())}." if published_at else "Published."
    return f"{opened}."


def change_sentence(
    *,
    standing: str,
    before: str,
    rank: int | None,
    rank_before: int | None,
    change: Decimal | None,
    against: str,
    costliest: tuple[str, Decimal] | None,
) -> str:
    """Say what became of the standing since the earlier review, and what cost most.

    Standings are their words; `rank` counts bands from the best (0), None for a standing that is no
    band. `costliest` names the KPI that lost most points of the score.
    """
    if not standing:
        return ""
    if not against or not before:
        said = f"The standing is {standing}; there is no earlier score to compare with."
    elif standing == before:
        said = f"The standing is {standing} as in {against}{_score_words(change)}."
    elif rank is None or rank_before is None:
        said = f"The standing went from {before} in {against} to {standing}{_score_words(change)}."
    else:
        word = "fell" if rank > rank_before else "rose"
        said = f"The standing {word} from {before} in {against} to {standing}{_score_words(change)}."
    if costliest and costliest[1] > 0:
        said += f" Most was lost by {costliest[0]}: {points_words(costliest[1])}."
    return said


def _score_words(change: Decimal | None) -> str:
    if change is None:
        return ""
    if not change:
        return ", the score unchanged"
    return f", the score {'up' if change > 0 else 'down'} {points_words(change)}"


def steps(
    *,
    state: str,
    taken_at: datetime | None,
    opened_at: datetime,
    scored_on: datetime | None,
    signatures: int,
    asked: int,
    published_at: datetime | None,
) -> list[dict[str, str]]:
    """Return the stepper of a review: inputs taken, scored, signed (n of m), published."""
    order = ["open", "scored", "signed_off", "published"].index(state)

    def status(place: int) -> str:
        # A published review has no present step: all of them are done.
        reached = [0, 2, 3, 4][order]
        return "done" if place < reached else "now" if place == reached else "next"

    def note(moment: datetime | None) -> str:
        return fmt.day(moment.date()) if moment else ""

    return [
        {"label": "Inputs taken", "status": status(0), "note": note(taken_at or opened_at)},
        {"label": "Scored", "status": status(1), "note": note(scored_on)},
        {"label": f"Signed ({signatures} of {asked})", "status": status(2), "note": ""},
        {"label": "Published", "status": status(3), "note": note(published_at)},
    ]


CAUSES = {
    "value": "",
    "weight": "its weight changed",
    "value_and_weight": "value and weight changed",
    "entered": "counted for the first time",
    "left": "not counted any more",
}


def movement_words(movement: Movement, name: str) -> str:
    """Say how one KPI moved the score: `On-time delivery: 4.2 points less`."""
    if not movement.change:
        amount = "no difference to the score"
    else:
        amount = f"{points_words(movement.change)} {'more' if movement.change > 0 else 'less'}"
    why = CAUSES[movement.cause]
    return f"{name}: {amount}{f' ({why})' if why else ''}"


def outlook_sentences(
    outlook: Outlook,
    *,
    names: Mapping[str, str],
    standings: Mapping[str, str],
    units: Mapping[str, tuple[int, str]],
    formulas: Mapping[str, str],
) -> list[str]:
    """Say what would lift the standing.

    `names` and `formulas` are by KPI code, `units` gives (places, unit) by code, `standings` the word
    of a standing by its code.
    """
    goal = standings.get(outlook.standing or "", outlook.standing or "")
    held = [f"{override.reason.rstrip('.')} would have to be settled too." for override in outlook.held_by]
    match outlook.kind:
        case "top":
            return ["There is no better standing than this."]
        case "overrides":
            return [
                f"The score is good enough for {goal}; what holds it down is this:",
                *[override.reason for override in outlook.held_by],
            ]
        case "data":
            missing = [names.get(code, code) for code in outlook.missing]
            if not missing:
                return ["There is too little data for a standing."]
            return [f"Too little data for a standing; there is no value for {joined(missing)}."]
    if not outlook.moves:
        alone = f"No single KPI can lift it to {goal} alone; several have to improve together."
        return [alone, *held]
    said = [f"It would be {goal} with one of these, all else unchanged:"]
    for move in outlook.moves:
        name = names.get(move.code, move.code)
        places, unit = units.get(move.code, (1, ""))
        if move.count is not None:
            one, several = COUNTED.get(formulas.get(move.code, ""), ("line", "lines"))
            more = counted(move.count, f"more {one}", f"more {several}")
            doing = "missed less" if move.kind == "fewer_failures" else _doing(formulas.get(move.code, ""))
            said.append(f"{name}: {more} {doing} ({shown(move.value, places, unit)})")
        else:
            said.append(f"{name}: {shown(move.value, places, unit)}")
    return [*said, *held]


def _doing(formula: str) -> str:
    return "on time and in full" if formula == "on_time_in_full" else "on time"


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


def coverage_shown(coverage: Decimal | None) -> Decimal | None:
    """Round a coverage in per cent for showing, so that less than all never reads as 100."""
    if coverage is None:
        return None
    rounded = quantise(coverage, 0)
    return Decimal("99.9") if rounded == 100 and coverage != 100 else rounded


def coverage_words(coverage: Decimal | None) -> str:
    """Write a coverage: `100 %`, `71 %`; an en dash for None."""
    return shown(coverage_shown(coverage), None, "%")


# ------------------------------------------------------------------ the schedule


def schedule_words(
    *, label: str, last_day: date, grace_days: int, due_at: datetime, cadence: str, why: str, zone: str
) -> str:
    """Say when the next review opens, with its arithmetic.

    `Q1 2026 ends on 31 Mar 2026, plus 5 days for late records: the review opens on 6 Apr 2026 at 00:00 (UTC). …`
    """
    extra = f", plus {counted(grace_days, 'day')} for late records" if grace_days else ""
    local = due_at.strftime("%H:%M")
    return (
        f"{label} ends on {fmt.day(last_day)}{extra}: the review opens on {fmt.day(due_at.date())} at {local} ({zone})."
        f" {CADENCE_WORDS[cadence].capitalize()}, {why}."
    )


def silence_sentence(beat_at: datetime | None, now: datetime, hours: int = 24) -> str:
    """Warn of a scheduler that has been silent for longer than `hours`; empty where all is well."""
    if beat_at is None:
        return "The scheduler has never reported: scheduled reviews are not being opened."
    silent = now - beat_at
    if silent.total_seconds() <= hours * 3600:
        return ""
    return (
        f"The scheduler has been silent for {counted(int(silent.total_seconds() // 3600), 'hour')}:"
        " scheduled reviews are not being opened. They are made up as soon as it runs again."
    )


# ------------------------------------------------------------------ versions side by side


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions. `parts` are (kind, text) with kind same, gone or new; empty where nothing changed."""

    label: str
    old: str
    new: str
    parts: tuple[tuple[str, str], ...]

    @property
    def changed(self) -> bool:
        return self.old != self.new


def differences(rows: Iterable[tuple[str, Any, Any]]) -> list[Difference]:
    """Compare (label, old, new) values word by word; what is missing reads `not given`."""
    found = []
    for label, old, new in rows:
        before, after = _said(old), _said(new)
        found.append(Difference(label, before, after, tuple(_marked(before, after)) if before != after else ()))
    return found


def _said(value: Any) -> str:
    if value is None or value == "":
        return "not given"
    if isinstance(value, Decimal):
        return short_number(value)
    if isinstance(value, datetime):
        return fmt.moment(value)
    if isinstance(value, date):
        return fmt.day(value)
    return str(value)


def _marked(old: str, new: str) -> list[tuple[str, str]]:
    before, after = re.findall(r"\S+|\s+", old), re.findall(r"\S+|\s+", new)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    if matcher.ratio() < 0.4:
        return [("gone", old), ("new", new)]
    parts: list[tuple[str, str]] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(before[a1:a2])))
            continue
        if a2 > a1:
            parts.append(("gone", "".join(before[a1:a2])))
        if b2 > b1:
            parts.append(("new", "".join(after[b1:b2])))
    return parts
