"""When something promised is due: rules, the days they lead to, reminders and escalation.

A rule is one of `Once` (on a date), `Counted` (so long before or after an anchor), `Recurring` (every n months or years
from an anchor) and `Within` (a clock that an event starts). `occurrences` returns what falls in a stretch of time,
`duty_data` and `duty_from_data` keep a rule as plain JSON, `reminders` and `escalation` say what a due day asks for today.

An anchor is a day that the agreement knows by name ("start", "end", "notice deadline", "signature", "effective day of
Amendment 2"). It may be partial: then the due day is a window. It may be missing: then there is no day, and why. The n-th
occurrence is counted from the anchor, never from the one before, so that the 31st stays the end of the month. Source:
domain reference, sections 3.3 (clock defaults) and 3.4 (escalation ladder).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.terms.dates import Kind, PartialDate, Window, long_day, plain_day
from contracts.terms.periods import MONDAY_TO_FRIDAY, Calendar, Due, Length, Roll, Unit, count, shift
from strategy.sums.errors import SumError

__all__ = [
    "Anchors", "Counted", "Duty", "Escalation", "Occurrence", "Once", "Recurring", "Reminder", "Within", "duty_data",
    "duty_from_data", "escalation", "occurrences", "reminders",
]  # fmt: skip

Anchors = Mapping[str, PartialDate | Window | date | None]
"""The days that rules count from, by name; None or missing where nobody has told one, a window for one that was counted
from a partial date."""

LONGEST_CLOSURE = 31
"""Days on end that no calendar is closed for; what lies further off is not rolled back into a stretch of time."""

OFFSETS = (30, 7, 1, 0)
LADDER = ((1, "owner"), (5, "relationship manager"), (10, "executive"))


@dataclass(frozen=True, slots=True)
class Once:
    """On a date; field "on" if there is none or it is perpetual."""

    on: PartialDate

    def __post_init__(self) -> None:
        if self.on.kind is not Kind.DATE:
            raise SumError("What is due once needs its date; give it, as far as it is known.", field="on")

    @property
    def words(self) -> str:
        return f"on {self.on}" if self.on.exact else f"once, {self.on}"


@dataclass(frozen=True, slots=True)
class Counted:
    """``length`` after ``anchor``, or before it if ``back``; ``roll`` moves a day that is no business day.

    Field "anchor" if it has no name, "length" for hours, which only an event starts (:class:`Within`).
    """

    anchor: str
    length: Length
    back: bool = False
    roll: Roll = Roll.STAY

    def __post_init__(self) -> None:
        _named(self.anchor, "anchor")
        if self.length.unit is Unit.HOURS:
            raise SumError("Hours run from an event; count days, months or years from a day.", field="length")

    @property
    def words(self) -> str:
        if not self.length.count:
            return f"on the day of the {self.anchor}"
        return f"{self.length} {'before' if self.back else 'after'} the {self.anchor}"


@dataclass(frozen=True, slots=True)
class Recurring:
    """Every ``every``, months or years, from ``anchor``: first one such length after it, on its own day too if ``at_once``.

    ``last`` is the last day on which it may be due: a date, or the name of an anchor, which ends nothing while it is not
    told; None for no end. Field "anchor", "every" or "last".
    """

    anchor: str
    every: Length
    last: PartialDate | str | None = None
    at_once: bool = False
    roll: Roll = Roll.STAY

    def __post_init__(self) -> None:
        _named(self.anchor, "anchor")
        if not self.every.count or self.every.in_months is None:
            raise SumError("What recurs does so every 1 month or year, or more.", field="every")
        if isinstance(self.last, str):
            _named(self.last, "last")
        elif self.last is not None and self.last.kind is not Kind.DATE:
            raise SumError("Give the last date, or leave it out.", field="last")

    @property
    def words(self) -> str:
        until = f" until the {self.last}" if isinstance(self.last, str) else f" until {self.last}" if self.last else ""
        first = ", the first on that day" if self.at_once else ""
        return f"every {self.every} from the {self.anchor}{until}{first}"


@dataclass(frozen=True, slots=True)
class Within:
    """Within ``clock`` after ``event``, each time it happens; there is no due day until it is told.

    The day of the event is an anchor of its name. Hours run from a moment: of an event of which only the day is told,
    the due day is a window. Field "event".
    """

    event: str
    clock: Length
    roll: Roll = Roll.STAY

    def __post_init__(self) -> None:
        _named(self.event, "event")

    @property
    def words(self) -> str:
        return f"within {self.clock} after the {self.event}"


Duty = Once | Counted | Recurring | Within


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a duty is due: the ``number``-th, from 0 where the anchor's own day counts, else from 1.

    ``day`` is the due day, as a window where it is not exact, or None if nothing tells it; ``words`` show the arithmetic,
    or why there is none. ``sure`` is no where it may lie after the last day, and unknown days decide.
    """

    number: int
    day: Window | None
    words: str
    sure: bool = True


def occurrences(
    duty: Duty, anchors: Anchors, from_: date, to: date, calendar: Calendar = MONDAY_TO_FRIDAY
) -> tuple[Occurrence, ...]:
    """Return what is due from ``from_`` to ``to``, both included, earliest first.

    One whose window only touches that stretch is among them. If no day can be counted at all, there is one occurrence
    without a day that says why. :class:`SumError`: field "to" if it is before ``from_``; else as
    :func:`contracts.terms.periods.count`.
    """
    if plain_day(to) < plain_day(from_):
        raise SumError(f"{long_day(to)} comes before {long_day(from_)}; swap the two.", field="to")
    if isinstance(duty, Once):
        window = duty.on.window
        if window is None:
            return (Occurrence(1, None, f"Nothing bounds the date ({duty.on}); it needs at least its year."),)
        found = [Occurrence(1, window, f"On {window}" if window.exact else f"Once, {duty.on}: {window}")]
    else:
        name = duty.event if isinstance(duty, Within) else duty.anchor
        anchor = _anchor(anchors, name, event=isinstance(duty, Within))
        if isinstance(anchor, str):
            return (Occurrence(1, None, anchor),)
        if isinstance(duty, Recurring):
            found = list(_recurring(duty, anchors, anchor, from_, to, calendar))
        else:
            due = _within(duty, anchor, calendar) if isinstance(duty, Within) else _counted(duty, anchor, calendar)
            found = [Occurrence(1, due.day, f"The {name}, {due.words}")]
    return tuple(one for one in found if one.day and one.day.latest >= from_ and one.day.earliest <= to)


def _anchor(anchors: Anchors, name: str, *, event: bool) -> Window | str:
    """Return the days that an anchor may be, or why nobody can tell."""
    told = anchors.get(name)
    if told is None or (isinstance(told, PartialDate) and told.kind is Kind.NONE):
        if event:
            return f"Nothing is due until the {name} is told."
        return f"The {name} is not told; enter it to see the day."
    if isinstance(told, Window):
        return told
    if not isinstance(told, PartialDate):
        return Window(plain_day(told), told)
    if told.kind is Kind.PERPETUAL:
        return f"The {name} is perpetual, so no day can be counted from it."
    return told.window or f"Nothing bounds the {name} ({told}); it needs at least its year."


def _counted(duty: Counted, anchor: Window, calendar: Calendar) -> Due:
    return count(anchor, duty.length, calendar, back=duty.back, roll=duty.roll)


def _within(duty: Within, event: Window, calendar: Calendar) -> Due:
    if duty.clock.unit is not Unit.HOURS:
        return count(event, duty.clock, calendar, roll=duty.roll)
    hours = duty.clock.count
    plain = Window(event.earliest + timedelta(days=hours // 24), event.latest + timedelta(days=-(-hours // 24)))
    # Hours do not wait for business days, so that nothing is rolled.
    return Due(plain, f"{event} plus {duty.clock} from its moment = {plain}")


def _recurring(
    duty: Recurring, anchors: Anchors, anchor: Window, from_: date, to: date, calendar: Calendar
) -> Iterator[Occurrence]:
    months = duty.every.in_months
    assert months is not None
    last, held = _last(duty, anchors)
    away = (from_.year - anchor.latest.year) * 12 + from_.month - anchor.latest.month
    number = max(0 if duty.at_once else 1, away // months - 2)
    while True:
        step = Length(number * duty.every.count, duty.every.unit)
        # Beyond the calendar nothing is due any more.
        if anchor.latest.year * 12 + anchor.latest.month + number * months > 9999 * 12 + 12:
            return
        if (shift(anchor.earliest, step) - to).days > (LONGEST_CLOSURE if duty.roll is Roll.BACK else 0):
            return
        # Holidays are asked for near the stretch only: those of other years may not be known.
        if (from_ - shift(anchor.latest, step)).days > (LONGEST_CLOSURE if duty.roll is Roll.NEXT else 0):
            number += 1
            continue
        due = count(anchor, step, calendar, roll=duty.roll)
        if last and due.day.earliest > last.latest:
            return
        sure = last is None or due.day.latest <= last.earliest
        words = f"The {duty.anchor}, {due.words}"
        if not sure:
            words += f", unless it is over by then: the last day is {last}"
        yield Occurrence(number, due.day, words + held, sure)
        number += 1


def _last(duty: Recurring, anchors: Anchors) -> tuple[Window | None, str]:
    """Return the last day, None if there is none, and what has to be said of it."""
    if duty.last is None:
        return None, ""
    told = anchors.get(duty.last) if isinstance(duty.last, str) else duty.last
    if isinstance(told, PartialDate) and told.kind is Kind.PERPETUAL:
        return None, ""
    window = told.window if isinstance(told, PartialDate) else told
    if window:
        return window if isinstance(window, Window) else Window(plain_day(window), window), ""
    name = f"the {duty.last}" if isinstance(duty.last, str) else "the last day"
    return None, f"; it ends with {name}, which is not told"


def _named(name: str, field: str) -> None:
    if not name.strip():
        raise SumError("Say which day it is counted from, such as start or end.", field=field)


# --- as data ------------------------------------------------------------------------------


def duty_data(duty: Duty) -> dict[str, Any]:
    """Return the rule as plain JSON, its kind under "rule"."""
    if isinstance(duty, Once):
        return {"rule": "once", "on": duty.on.code}
    if isinstance(duty, Within):
        return {"rule": "within", "event": duty.event, "clock": _plain(duty.clock), "roll": duty.roll.value}
    if isinstance(duty, Counted):
        return {
            "rule": "counted", "anchor": duty.anchor, "length": _plain(duty.length), "back": duty.back,
            "roll": duty.roll.value,
        }  # fmt: skip
    last = {"anchor": duty.last} if isinstance(duty.last, str) else duty.last and duty.last.code
    return {
        "rule": "recurring", "anchor": duty.anchor, "every": _plain(duty.every), "last": last, "at_once": duty.at_once,
        "roll": duty.roll.value,
    }  # fmt: skip


def duty_from_data(data: Mapping[str, Any]) -> Duty:
    """Return the rule whose :func:`duty_data` this is; :class:`SumError`, field "data" or as the rule says."""
    try:
        match data["rule"]:
            case "once":
                return Once(PartialDate.from_code(data["on"]))
            case "counted":
                return Counted(data["anchor"], _length(data["length"]), data["back"] is True, Roll(data["roll"]))
            case "within":
                return Within(data["event"], _length(data["clock"]), Roll(data["roll"]))
            case "recurring":
                last = data["last"]
                until = (
                    None if last is None else PartialDate.from_code(last) if isinstance(last, str) else last["anchor"]
                )
                every = _length(data["every"])
                return Recurring(data["anchor"], every, until, data["at_once"] is True, Roll(data["roll"]))
    except SumError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise SumError("This is no rule for a due day; build it anew from its parts.", field="data")


def _plain(length: Length) -> dict[str, Any]:
    return {"count": length.count, "unit": length.unit.value}


def _length(data: Mapping[str, Any]) -> Length:
    return Length(data["count"], Unit(data["unit"]))


# --- reminders and escalation -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder ``offset`` days before the due day ``due``, to be given from the day ``on``."""

    due: date
    offset: int
    on: date
    words: str


def reminders(
    due: date | Window, today: date, offsets: Sequence[int] = OFFSETS, given: Collection[tuple[date, int]] = ()
) -> tuple[Reminder, ...]:
    """Return the reminders whose day has come and that were not given yet, the most urgent last.

    ``given`` are those that were, as due day and offset: when the due day moves, they count anew. Of a due day that is
    only known to be in a window, the earliest is taken. Whoever comes late to several gives the last and notes them all.
    :class:`SumError`, field "offsets" and the row, for one below 0 or told twice.
    """
    day = plain_day(due.earliest if isinstance(due, Window) else due)
    for row, offset in enumerate(offsets):
        if isinstance(offset, bool) or offset < 0 or offset in offsets[:row]:
            raise SumError("Reminders come 0 or more days before, each once.", field="offsets", row=row)
    left = (day - plain_day(today)).days
    state = f"Due {_days(left)} from now" if left > 0 else "Due today" if left == 0 else f"Due {_days(-left)} ago"
    at = long_day(day) if not isinstance(due, Window) or due.exact else f"{long_day(day)} at the earliest"
    return tuple(
        Reminder(day, offset, day - timedelta(days=offset), f"{state}, on {at}.")
        for offset in sorted(offsets, reverse=True)
        if left <= offset and (day, offset) not in given
    )


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far something overdue has risen: ``level`` 0 not at all, else the n-th step, with its ``role``.

    ``since`` is the day on which that level was reached, None at level 0; ``words`` tell it.
    """

    level: int
    role: str
    since: date | None
    words: str


def escalation(
    due: date | Window,
    today: date,
    ladder: Sequence[tuple[int, str]] = LADDER,
    calendar: Calendar | None = None,
) -> Escalation:
    """Return the level that what was due and is not done has reached ``today``.

    ``ladder`` are days after the due day and whom it then concerns; the days are calendar days, or business days of
    ``calendar`` if one is given. Of a window, the latest day is taken: before it nothing is surely overdue.
    :class:`SumError`, field "ladder" and the row, for steps that do not rise from 1 or that concern nobody.
    """
    day = plain_day(due.latest if isinstance(due, Window) else due)
    plain_day(today)
    found = Escalation(0, "", None, f"Not overdue: due on {long_day(day)}.")
    if today > day:
        found = Escalation(0, "", None, f"Overdue since {long_day(day)}, {_days((today - day).days)}.")
    before = 0
    for row, (days, role) in enumerate(ladder):
        if isinstance(days, bool) or days <= before or not role:
            raise SumError("Each step comes later than the one before, and names a role.", field="ladder", row=row)
        before = days
        since = calendar.step(day, days) if calendar and today > day else day + timedelta(days=days)
        if since <= today:
            kind = "business day" if calendar else "day"
            after = f"{days} {kind}{'' if days == 1 else 's'}"
            words = f"Overdue since {long_day(day)}; level {row + 1}, {role}, from {long_day(since)}: {after} after it."
            found = Escalation(row + 1, role, since, words)
    return found


def _days(days: int) -> str:
    return f"{days:,} day{'' if days == 1 else 's'}"
