"""A date as a contract gives it: a day, a month, a year, a gap where a part is held back, perpetual, or none.

A part that is not given stays not given: no day is ever invented. What can be said without it is a :class:`Window`
between two days, and an :class:`Answer` of yes, no or unknown. The stored form is that of the Extended Date/Time Format
(ISO 8601-2:2019, level 1): "2018-03" where the contract says no more, "2018-03-XX" where it holds the day back.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from strategy.sums.errors import SumError

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""Years that a contract can be of; anything else is a slip of the pen."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class Answer(StrEnum):
    """Yes, no, or that the contract does not tell. It has no truth value: compare it, so that unknown is not yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("an Answer may be unknown; compare it with Answer.YES or Answer.NO")


class Kind(StrEnum):
    """What sort of date it is."""

    DATE = "date"
    PERPETUAL = "perpetual"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Window:
    """Some day from ``earliest`` to ``latest``, both included; an exact day where they are the same.

    :class:`SumError`, field "date", if they are the wrong way round.
    """

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if plain_day(self.latest) < plain_day(self.earliest):
            raise SumError(
                f"{long_day(self.latest)} comes before {long_day(self.earliest)}; swap the two.", field="date"
            )

    @property
    def exact(self) -> date | None:
        """The day, if only one is possible."""
        return self.earliest if self.earliest == self.latest else None

    def before(self, day: date) -> Answer:
        """Whether it is before ``day``."""
        return _answer(self.latest < plain_day(day), self.earliest >= day)

    def after(self, day: date) -> Answer:
        """Whether it is after ``day``."""
        return _answer(self.earliest > plain_day(day), self.latest <= day)

    def __str__(self) -> str:
        if self.exact:
            return long_day(self.exact)
        return f"a day from {long_day(self.earliest)} to {long_day(self.latest)}"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which any part may be missing.

    ``redacted`` says that the text has a gap where the missing parts stand, rather than stopping at the month or the
    year. Only a ``DATE`` has parts; one without any is a date that is there and wholly held back. :class:`SumError`,
    field "date", for parts that no day has (30 February) or that leave a hole without a gap.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    redacted: bool = False
    kind: Kind = Kind.DATE

    def __post_init__(self) -> None:
        parts = (self.year, self.month, self.day)
        if self.kind is not Kind.DATE:
            if self.redacted or any(part is not None for part in parts):
                raise SumError(f"A date that is {self.kind} has no parts; leave them out.", field="date")
            return
        if None not in parts and self.redacted:
            raise SumError("Nothing is held back of a date that has all its parts.", field="date")
        if not self.redacted and (self.year is None or (self.month is None and self.day is not None)):
            raise SumError("A date needs its year, and a day needs its month, unless they are held back.", field="date")
        if self.year is not None and not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise SumError(f"{self.year} is not a year from {FIRST_YEAR} to {LAST_YEAR}; check it.", field="date")
        if self.month is not None and not 1 <= self.month <= 12:
            raise SumError(f"There is no month {self.month}; check the order of day and month.", field="date")
        if self.day is not None and next(self._matching(), None) is None:
            raise SumError(f"There is no {_in_words(*parts)}; check the day.", field="date")

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return an exact day. ``TypeError`` for a ``datetime``, whose day depends on a time zone."""
        plain_day(day)
        return cls(day.year, day.month, day.day)

    @property
    def exact(self) -> date | None:
        """The day, if the contract gives it."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    @property
    def earliest(self) -> date | None:
        """The first day that it can be; None where nothing bounds it (no year), if perpetual, and if there is none."""
        return self.exact or next(self.days(), None)

    @property
    def latest(self) -> date | None:
        """The last day that it can be; None as for :attr:`earliest`."""
        if self.year is None:
            return None
        return self.exact or next(self._matching(backwards=True), None)

    @property
    def window(self) -> Window | None:
        """From the earliest to the latest day; None as for :attr:`earliest`."""
        earliest, latest = self.earliest, self.latest
        return None if earliest is None or latest is None else Window(earliest, latest)

    def days(self) -> Iterator[date]:
        """Yield each day that it can be, oldest first; none where the year is not known."""
        return self._matching() if self.year is not None else iter(())

    def before(self, other: date | PartialDate) -> Answer:
        """Whether it is before ``other``. Perpetual is after every day; with none the answer is unknown."""
        theirs = other if isinstance(other, PartialDate) else PartialDate.of(other)
        if Kind.NONE in (self.kind, theirs.kind):
            return Answer.UNKNOWN
        if Kind.PERPETUAL in (self.kind, theirs.kind):
            return _answer(self.kind is not Kind.PERPETUAL, self.kind is Kind.PERPETUAL)
        ours, other_days = self.window, theirs.window
        if ours is None or other_days is None:
            return Answer.UNKNOWN
        return _answer(ours.latest < other_days.earliest, ours.earliest >= other_days.latest)

    def after(self, other: date | PartialDate) -> Answer:
        """Whether it is after ``other``; as :meth:`before`."""
        theirs = other if isinstance(other, PartialDate) else PartialDate.of(other)
        return theirs.before(self)

    def same(self, other: date | PartialDate) -> Answer:
        """Whether it is the same day as ``other``: "15th of a month held back" is not the 16th of March."""
        theirs = other if isinstance(other, PartialDate) else PartialDate.of(other)
        if Kind.NONE in (self.kind, theirs.kind):
            return Answer.UNKNOWN
        if Kind.PERPETUAL in (self.kind, theirs.kind):
            return _answer(self.kind is theirs.kind, self.kind is not theirs.kind)
        if self.exact and theirs.exact:
            return _answer(self.exact == theirs.exact, self.exact != theirs.exact)
        mine, other_parts = (self.year, self.month, self.day), (theirs.year, theirs.month, theirs.day)
        merged = [a if a is not None else b for a, b in zip(mine, other_parts, strict=True)]
        apart = any(None not in pair and pair[0] != pair[1] for pair in zip(mine, other_parts, strict=True))
        possible = not apart and _first_match(merged[0], merged[1], merged[2]) is not None
        return Answer.UNKNOWN if possible else Answer.NO

    @property
    def code(self) -> str:
        """The stored form: "2018-03-15", "2018-03", "2018-03-XX", "XXXX-XX-XX", "perpetual" or ""."""
        if self.kind is not Kind.DATE:
            return "perpetual" if self.kind is Kind.PERPETUAL else ""
        year, month, day = (
            f"{part:0{width}d}" if part is not None else "X" * width
            for part, width in ((self.year, 4), (self.month, 2), (self.day, 2))
        )
        if self.redacted or self.day is not None:
            return f"{year}-{month}-{day}"
        return f"{year}-{month}" if self.month is not None else year

    @classmethod
    def from_code(cls, code: str) -> PartialDate:
        """Return the date whose :attr:`code` this is; :class:`SumError`, field "date", if it is none."""
        if code in ("", "perpetual"):
            return PERPETUAL if code else NONE
        found = _CODE.fullmatch(code)
        if not found:
            raise SumError(f"“{code}” is no date; write 2018-03-15, 2018-03, 2018-03-XX or perpetual.", field="date")
        year, month, day = (int(part) if part and "X" not in part else None for part in found.groups())
        return cls(year, month, day, redacted="X" in code)

    def __str__(self) -> str:
        if self.kind is not Kind.DATE:
            return "perpetual" if self.kind is Kind.PERPETUAL else "not stated"
        words = _in_words(self.year, self.month, self.day)
        if not self.redacted:
            return words
        held = [name for name, part in (("day", self.day), ("month", self.month), ("year", self.year)) if part is None]
        return f"{words} ({' and '.join(held)} held back)" if words else "held back"

    def _matching(self, *, backwards: bool = False) -> Iterator[date]:
        step = -1 if backwards else 1
        years = (self.year,) if self.year is not None else range(2000, 2005)
        for year in years:
            for month in (self.month,) if self.month is not None else range(1, 13)[::step]:
                length = calendar.monthrange(year, month)[1]
                for day in (self.day,) if self.day is not None else range(1, length + 1)[::step]:
                    if 1 <= day <= length:
                        yield date(year, month, day)


_CODE = re.compile(r"([0-9]{4}|XXXX)(?:-([0-9]{2}|XX)(?:-([0-9]{2}|XX))?)?")


def _first_match(year: int | None, month: int | None, day: int | None) -> date | None:
    """Return a day that has these parts; one of 2000 to 2004, a leap year among them, where the year is missing."""
    try:
        return next(PartialDate(year, month, day, redacted=None in (year, month, day))._matching(), None)
    except SumError:
        return None


PERPETUAL = PartialDate(kind=Kind.PERPETUAL)
"""An end that never comes."""
NONE = PartialDate(kind=Kind.NONE)
"""The contract states no such date."""


def plain_day(day: object) -> date:
    """Return ``day`` if it is a plain date; ``TypeError`` for a ``datetime``, whose day depends on a time zone."""
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"a plain date is needed, not {type(day).__name__}")
    return day


def long_day(day: date) -> str:
    """Return "31 December 2028", in English whatever the locale of the process."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _in_words(year: int | None, month: int | None, day: int | None) -> str:
    named = MONTHS[month - 1] if month else "of a month" if day is not None else ""
    return " ".join(filter(None, [str(day) if day is not None else "", named, str(year) if year is not None else ""]))


def _answer(yes: bool, no: bool) -> Answer:
    return Answer.YES if yes else Answer.NO if no else Answer.UNKNOWN
