"""Lengths of time, and the days they lead to.

**Months and years** go to the same day of the month, at most its last: 31 January + 1 month is 28 or 29 February, 29
February + 1 year is 28 February, 31 May - 3 months is the last of February. A day reached like that is never the start
of the next step; the n-th is counted from the first.

**The day of the event is not counted**: three days after the 10th is the 13th. Business days leave out the weekend and
the holidays of a :class:`Calendar`, which says which years it knows. Sources: domain reference, section 3.3 (clock
defaults); the rule on the day of the event is that of Regulation (EEC, Euratom) 1182/71, article 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from cmo_lifecycle.partners.clocks import SATURDAY_AND_SUNDAY, add_business_days, add_months
from contracts.terms.dates import Window, long_day, plain_day
from strategy.sums.errors import SumError

LONGEST = 100_000
"""The largest count of any unit."""


class Unit(StrEnum):
    """What a length is counted in."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Roll(StrEnum):
    """Where a day goes that is no business day: it stays, to the next business day, or back to the one before."""

    STAY = "stay"
    NEXT = "next"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Length:
    """``count`` of a ``unit``, 0 or more: "180 days". :class:`SumError`, field "count"."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or not 0 <= self.count <= LONGEST:
            raise SumError(f"A length is a whole number from 0 to {LONGEST:,}, not {self.count!r}.", field="count")

    @property
    def in_months(self) -> int | None:
        """The same in months, if it is in months or years."""
        if self.unit is Unit.MONTHS:
            return self.count
        return 12 * self.count if self.unit is Unit.YEARS else None

    def __str__(self) -> str:
        words = self.unit.replace("_", " ")
        return f"{self.count} {words.removesuffix('s') if self.count == 1 else words}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are business days: not those of the ``weekend`` (Monday is 0), not the ``holidays``.

    ``years`` are the first and the last year whose holidays are known; outside them business days are refused, not
    guessed. None says that there are no holidays to know. :class:`SumError`, field "calendar", for a weekend of seven
    days, one without a known day, or a holiday outside the years.
    """

    name: str = "Monday to Friday"
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise SumError(
                f"The weekend of “{self.name}” must leave a working day of Monday (0) to Sunday (6).", field="calendar"
            )
        if self.holidays and self.years is None:
            raise SumError(f"Say for which years “{self.name}” knows the holidays.", field="calendar")
        outside = [day for day in self.holidays if self.years and not self.years[0] <= day.year <= self.years[1]]
        if outside:
            raise SumError(f"{long_day(min(outside))} is outside the years of “{self.name}”.", field="calendar")

    def is_business_day(self, day: date) -> bool:
        """Whether people work on ``day``; :class:`SumError`, field "calendar", in a year whose holidays are not known."""
        self._known(plain_day(day))
        return day.weekday() not in self.weekend and day not in self.holidays

    def step(self, day: date, count: int) -> date:
        """Return the business day ``count`` after ``day`` (before if negative), ``day`` itself not counted.

        ``day`` need not be a business day; with 0 it stays. :class:`SumError`, field "calendar", as above.
        """
        try:
            reached = add_business_days(day, count, self.holidays, self.weekend)
        except OverflowError:
            raise _outside(day) from None
        if count:
            self._known(day)
            self._known(reached)
        return reached

    def rolled(self, day: date, roll: Roll) -> date:
        """Return ``day``, or where ``roll`` moves it if it is no business day."""
        if roll is Roll.STAY or self.is_business_day(day):
            return day
        return self.step(day, 1 if roll is Roll.NEXT else -1)

    def _known(self, day: date) -> None:
        if self.years is not None and not self.years[0] <= day.year <= self.years[1]:
            raise SumError(
                f"“{self.name}” knows the holidays of {self.years[0]} to {self.years[1]}; add those of {day.year}.",
                field="calendar",
            )


MONDAY_TO_FRIDAY = Calendar()


@dataclass(frozen=True, slots=True)
class Due:
    """A day that was counted: ``day``, and in ``words`` how."""

    day: Window
    words: str


def shift(day: date, length: Length, calendar: Calendar = MONDAY_TO_FRIDAY, *, back: bool = False) -> date:
    """Return the day ``length`` after ``day``, or before it if ``back``.

    It never goes down as ``day`` goes up, so that the days a partial date may be make a window. :class:`SumError`,
    field "unit" for hours, which need a moment (:func:`moment_after`), "calendar" as :class:`Calendar` says, or "date"
    for a day beyond the years 1 to 9999.
    """
    plain_day(day)
    count = -length.count if back else length.count
    if length.unit is Unit.HOURS:
        raise SumError("Hours are counted from a moment, not from a day.", field="unit")
    if length.unit is Unit.BUSINESS_DAYS:
        return calendar.step(day, count)
    try:
        months = length.in_months
        if months is not None:
            return add_months(day, -months if back else months)
        return day + timedelta(days=count * (7 if length.unit is Unit.WEEKS else 1))
    except (OverflowError, ValueError):
        raise _outside(day) from None


def last_day(start: date, length: Length, calendar: Calendar = MONDAY_TO_FRIDAY) -> date:
    """Return the last day of a term of ``length`` that begins with ``start`` itself: the day before the next begins.

    One year from 1 April 2011 ends on 31 March 2012. Errors as :func:`shift`; field "count" for a length of 0.
    """
    if not length.count:
        raise SumError("A term lasts 1 day or more.", field="count")
    return shift(start, length, calendar) - timedelta(days=1)


def count(
    event: date | Window,
    length: Length,
    calendar: Calendar = MONDAY_TO_FRIDAY,
    *,
    back: bool = False,
    roll: Roll = Roll.STAY,
) -> Due:
    """Return the day ``length`` after (``back``: before) an event, the day of the event not counted, and how it came.

    ``roll`` moves a day that is no business day of ``calendar``. Of an event that is only known to be in a window, the
    answer is a window. Errors as :func:`shift`.
    """
    known = event if isinstance(event, Window) else Window(event, event)
    go = partial(shift, length=length, calendar=calendar, back=back)
    earliest = go(known.earliest)
    plain = Window(earliest, earliest if known.exact else go(known.latest))
    day = Window(calendar.rolled(plain.earliest, roll), calendar.rolled(plain.latest, roll))
    of = f" ({calendar.name})" if length.unit is Unit.BUSINESS_DAYS else ""
    words = f"{known} {'less' if back else 'plus'} {length}{of} = {plain}"
    if day != plain:
        moved = "back to" if roll is Roll.BACK else "on to"
        words += f", moved {moved} {day}, a business day" if day.exact else f", moved {moved} a business day: {day}"
    return Due(day, words)


def moment_after(
    event: datetime, length: Length, zone: ZoneInfo, calendar: Calendar = MONDAY_TO_FRIDAY, *, roll: Roll = Roll.STAY
) -> datetime:
    """Return the first moment, in UTC, at which it is too late.

    Hours run from the very moment, nights and holidays included. Any other length is counted in days from the day that
    the event has in ``zone``, and runs out with the last of them. :class:`SumError`, field "event", for a moment
    without a time zone; else as :func:`shift`.
    """
    if event.tzinfo is None or event.utcoffset() is None:
        raise SumError("A moment needs its time zone; this one has none.", field="event")
    if length.unit is Unit.HOURS:
        return event.astimezone(UTC) + timedelta(hours=length.count)
    due = count(event.astimezone(zone).date(), length, calendar, roll=roll).day.latest
    return datetime.combine(due + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "thirty-six": 36,
    "forty-five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
#: Only these words: any other before "business days" would take the "business" for a part of the number.
_SPELT = "|".join(word.replace("-", "[ -]") for word in sorted(_WORDS, key=len, reverse=True))
_LENGTH = re.compile(
    rf"(?:(?P<number>[0-9]{{1,6}})|(?P<word>{_SPELT}))\s*(?:\(\s*(?P<again>[0-9]{{1,6}})\s*\))?\s*[- ]?\s*"
    r"(?P<unit>hour|day|business day|working day|week|month|year)(?:\(s\)|s)?",
    re.IGNORECASE,
)


def parse_length(text: str) -> Length:
    """Return the length that ``text`` says: "90 days", "three (3) months", "one working day", "3 business days".

    :class:`SumError`, field "count", if it is none, or if its number and its word differ.
    """
    found = _LENGTH.fullmatch(text.strip())
    spelt = _WORDS[re.sub(r"\s", "-", found["word"].lower())] if found and found["word"] else None
    digits = [int(found[name]) for name in ("number", "again") if found[name]] if found else []
    values = {*digits, *([spelt] if spelt is not None else [])}
    if not found or len(values) != 1:
        raise SumError(
            f"“{text.strip()}” could not be read as a length of time; write 90 days or 3 months.", field="count"
        )
    unit = found["unit"].lower().replace("working", "business").replace(" ", "_")
    return Length(values.pop(), Unit(f"{unit}s"))


def _outside(day: date) -> SumError:
    return SumError(f"Counting from {long_day(day)} leaves the years 1 to 9999; write a shorter length.", field="date")
