"""Calendar periods of scheduled reviews: which exist, when they have ended, which are due.

Pure date arithmetic on plain values. Two kinds of time are kept apart: a period is made
of local *dates*; that it has ended is an *instant*, the first moment of the day after it
in the relationship's IANA time zone. Where clocks are put forward over midnight, that is
the first moment which exists on that day.

A period is always found from its position in the calendar, and the n-th date after an
anchor from the anchor, never by adding to the previous result, so that the 31st does not
wear down to the 28th.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from cmo_lifecycle.partners import clocks

Cadence = Literal["month", "quarter", "half_year", "year"]

CADENCES: tuple[Cadence, ...] = get_args(Cadence)
"""From the shortest to the longest."""

_MONTHS: dict[Cadence, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_FIRST_YEAR, _LAST_YEAR = 1000, 9900


class PeriodError(ValueError):
    """Something that is no period, zone or date; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar period of a cadence. Sorts by its start.

    ``start`` is its first day (inclusive), ``end`` the first day after it (exclusive), as
    in a PostgreSQL ``daterange``; ``last`` is its last day, for people. ``fiscal_start`` is the
    month (1 to 12) in which the fiscal year begins. ``key`` is stable, unique among the
    periods of one fiscal calendar and safe in a URL; ``label`` is for people.

    ======== =================== ========================
    cadence  fiscal year from 1  fiscal year from 4
    ======== =================== ========================
    month    ``2026-03``         ``2026-03``
    quarter  ``2026-Q1``         ``FY2026-Q4`` (Jan-Mar)
    half     ``2026-H1``         ``FY2026-H2`` (Oct-Mar)
    year     ``2026``            ``FY2026`` (ends Mar 26)
    ======== =================== ========================

    A fiscal year bears the number of the calendar year in which it ends.
    """

    start: date
    end: date
    cadence: Cadence
    fiscal_start: int

    @property
    def last(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)

    @property
    def key(self) -> str:
        """The stable name, for instance ``2026-Q1``, ``FY2026-H2``, ``2026-03``."""
        if self.cadence == "month":
            return f"{self.start.year:04d}-{self.start.month:02d}"
        part = self._part
        return f"{self._year_key}-{part}" if part else self._year_key

    @property
    def label(self) -> str:
        """The name for people, for instance ``Q1 2026``, ``H2 FY2026``, ``March 2026``."""
        if self.cadence == "month":
            return f"{_MONTH_NAMES[self.start.month]} {self.start.year}"
        return f"{self._part} {self._year_key}".strip()

    def __contains__(self, day: object) -> bool:
        """Whether a local date lies in the period. A ``datetime`` is refused (TypeError)."""
        return self.start <= _plain_date(day) < self.end

    def shift(self, count: int) -> Period:
        """Return the period ``count`` places later (earlier if negative), same cadence."""
        index = _index(self.cadence, self.start, self.fiscal_start) + count
        return _by_index(self.cadence, index, self.fiscal_start)

    @property
    def _year_key(self) -> str:
        if self.fiscal_start == 1:
            return f"{self.start.year:04d}"
        year = self.start.year + (1 if self.start.month >= self.fiscal_start else 0)
        return f"FY{year:04d}"

    @property
    def _part(self) -> str:
        if self.cadence == "year":
            return ""
        number = (self.start.month - self.fiscal_start) % 12 // _MONTHS[self.cadence] + 1
        return f"{'Q' if self.cadence == 'quarter' else 'H'}{number}"


# The C locale's English names, whatever the locale of the process.
_MONTH_NAMES = (
    "", "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def months_in(cadence: Cadence) -> int:
    """Return the length of a cadence in months: 1, 3, 6 or 12."""
    try:
        return _MONTHS[cadence]
    except KeyError:
        raise PeriodError(f"The cadence is month, quarter, half_year or year, not {cadence!r}.") from None


def period_containing(cadence: Cadence, day: date, *, fiscal_start: int = 1) -> Period:
    """Return the period of ``cadence`` in which the local date ``day`` lies.

    Raises :class:`PeriodError` for an unknown cadence, a fiscal start that is no month, or
    a year outside 1000 to 9900, and ``TypeError`` for a ``datetime``, whose date depends on
    a time zone.
    """
    months_in(cadence)
    if isinstance(fiscal_start, bool) or fiscal_start not in range(1, 13):
        raise PeriodError(f"The fiscal year starts in a month from 1 to 12, not {fiscal_start!r}.")
    return _by_index(cadence, _index(cadence, _plain_date(day), fiscal_start), fiscal_start)


def periods_between(cadence: Cadence, first: date, last: date, *, fiscal_start: int = 1) -> list[Period]:
    """Return every period that holds a day from ``first`` to ``last`` inclusive, oldest first.

    Empty if ``last`` is before ``first``. Errors as in :func:`period_containing`.
    """
    begin = period_containing(cadence, first, fiscal_start=fiscal_start)
    finish = period_containing(cadence, last, fiscal_start=fiscal_start)
    if last < first:
        return []
    from_index = _index(cadence, begin.start, fiscal_start)
    to_index = _index(cadence, finish.start, fiscal_start)
    return [_by_index(cadence, i, fiscal_start) for i in range(from_index, to_index + 1)]


def period_for_key(key: str, *, fiscal_start: int = 1) -> Period:
    """Return the period whose :attr:`Period.key` is ``key``; the inverse of it.

    Raises :class:`PeriodError` if the key names no period of this fiscal calendar.
    """
    match = re.fullmatch(r"(FY)?([0-9]{4})(?:-(?:([QH])([1-4])|(0[1-9]|1[0-2])))?", key)
    if match:
        _fiscal, year_text, kind, number, month = match.groups()
        year = int(year_text)
        if month:
            cadence: Cadence = "month"
            first = (year, int(month))
        else:
            cadence = "year" if kind is None else "quarter" if kind == "Q" else "half_year"
            skipped = (int(number) - 1) * _MONTHS[cadence] if number else 0
            begin_year = year if fiscal_start == 1 else year - 1
            extra, zero_month = divmod(fiscal_start - 1 + skipped, 12)
            first = (begin_year + extra, zero_month + 1)
        if _FIRST_YEAR <= first[0] <= _LAST_YEAR:
            period = period_containing(cadence, date(*first, 1), fiscal_start=fiscal_start)
            if period.key == key:
                return period
    raise PeriodError(f"There is no period called {key!r} in this fiscal calendar.")


def day_begins(day: date, tz: str | ZoneInfo) -> datetime:
    """Return the first instant of the local date ``day`` in the zone ``tz``, in UTC.

    ``tz`` is an IANA name or a ``ZoneInfo``; :class:`PeriodError` for an unknown one. Where
    midnight does not exist (clocks put forward over it), it is the first instant after the
    gap; where it occurs twice, the first; of a date that the zone left out altogether
    (Apia, 30 December 2011), the first instant of the next.
    """
    return _day_begins(_plain_date(day), _zone(tz))


def has_ended(period: Period, as_of: datetime, tz: str | ZoneInfo) -> bool:
    """Whether the period's last day is over in ``tz`` at the aware instant ``as_of``."""
    return day_begins(period.end, tz) <= _instant(as_of)


def due_at(period: Period, tz: str | ZoneInfo, *, grace_days: int = 0) -> datetime:
    """Return the instant (UTC) from which the review of ``period`` is to be opened.

    That is local midnight of the first day after the period plus ``grace_days`` calendar
    days, which give late records time to arrive. :class:`PeriodError` if negative.
    """
    return day_begins(period.end + timedelta(days=_grace(grace_days)), tz)


def late_from(
    period: Period,
    tz: str | ZoneInfo,
    *,
    grace_days: int = 0,
    late_after_days: int | None = None,
) -> datetime:
    """Return the instant (UTC) from which a review of ``period`` still to be made is late.

    The rule: a review is late when it is made although the next period's own review is
    already due, in other words once two are waiting. With ``late_after_days`` given, it is
    late that many calendar days after it fell due instead (1: anything not opened on its
    day).
    """
    if late_after_days is None:
        return due_at(period.shift(1), tz, grace_days=grace_days)
    if late_after_days < 0:
        raise PeriodError("The days after which a review is late cannot be negative.")
    return day_begins(period.end + timedelta(days=_grace(grace_days) + late_after_days), tz)


def is_late(
    period: Period,
    made_at: datetime,
    tz: str | ZoneInfo,
    *,
    grace_days: int = 0,
    late_after_days: int | None = None,
) -> bool:
    """Whether a review of ``period`` made at the aware instant ``made_at`` is late.

    See :func:`late_from` for the rule; its very instant counts as late.
    """
    return _instant(made_at) >= late_from(period, tz, grace_days=grace_days, late_after_days=late_after_days)


def due_periods(
    cadence: Cadence,
    start_from: date,
    as_of: datetime,
    *,
    fiscal_start: int = 1,
    tz: str | ZoneInfo,
    grace_days: int = 0,
) -> list[Period]:
    """Return every period whose review is due at ``as_of``, oldest first.

    Those are all periods from the one that holds the local date ``start_from`` (the first
    day of the relationship, so the first period may be a part of one) whose
    :func:`due_at` is not after ``as_of``, an aware datetime. Which of them were made
    already is the caller's to subtract; the list is the same whether the clock ran every
    minute or was down for a year. Empty before the first period has ended.
    """
    instant, zone = _instant(as_of), _zone(tz)
    grace = _grace(grace_days)
    latest = instant.astimezone(zone).date()
    if latest < _plain_date(start_from):
        return []
    # Cut by instant, not by local date: clocks put back over midnight show a date twice.
    candidates = periods_between(cadence, start_from, latest, fiscal_start=fiscal_start)
    while candidates and due_at(candidates[-1], zone, grace_days=grace) > instant:
        candidates.pop()
    return candidates


def add_months(anchor: date, months: int) -> date:
    """Return ``anchor`` plus ``months`` (negative: minus), at most the last day of its month.

    31 January + 1 month is 28 or 29 February. Because of that clamping, never feed a result
    back in; take the n-th date from the anchor with :func:`recurrences`.
    """
    day = _plain_date(anchor)
    year = (day.year * 12 + day.month - 1 + months) // 12
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise PeriodError(f"The year {year} lies outside the calendar used here.")
    return clocks.add_months(day, months)


def recurrences(anchor: date, every_months: int, until: date) -> Iterator[date]:
    """Yield anchor, anchor + n, anchor + 2n … months up to and including ``until``.

    Each is counted from the anchor, so an anchor on the 31st falls on the last day of every
    shorter month and on the 31st again after it. :class:`PeriodError` if ``every_months``
    is below 1.
    """
    if every_months < 1:
        raise PeriodError("Something recurs every 1 month or more.")
    limit = _plain_date(until)
    count = 0
    while (day := add_months(anchor, every_months * count)) <= limit:
        yield day
        count += 1


def cadence_for_standing(base: Cadence, standing: str | None) -> Cadence:
    """Return the cadence that a standing asks for, given the tier's ``base`` cadence.

    ``PROBATION`` is monthly. ``WATCH`` halves the interval: year to half-year, half-year to
    quarter; half a quarter is no calendar period, so quarter goes to month, the longest
    one that is not above half; month stays. Any other standing, or none yet, leaves it.
    """
    months = months_in(base)
    if standing == "PROBATION":
        return "month"
    if standing == "WATCH":
        shorter = [c for c in CADENCES if 2 * _MONTHS[c] <= months]
        return shorter[-1] if shorter else base
    return base


def _index(cadence: Cadence, day: date, fiscal_start: int) -> int:
    return (day.year * 12 + day.month - fiscal_start) // _MONTHS[cadence]


def _by_index(cadence: Cadence, index: int, fiscal_start: int) -> Period:
    length = _MONTHS[cadence]
    return Period(
        _first_of_month(index * length + fiscal_start - 1),
        _first_of_month((index + 1) * length + fiscal_start - 1),
        cadence,
        fiscal_start,
    )


def _first_of_month(months: int) -> date:
    year, zero_month = divmod(months, 12)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise PeriodError(f"The year {year} lies outside the calendar used here.")
    return date(year, zero_month + 1, 1)


def _plain_date(day: object) -> date:
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"a plain date is needed, not {type(day).__name__}")
    return day


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise PeriodError("A moment needs its time zone; this one has none.")
    return moment.astimezone(UTC)


def _grace(days: int) -> int:
    if days < 0:
        raise PeriodError("The days of grace cannot be negative.")
    return days


@lru_cache(maxsize=1024)
def _named_zone(name: str) -> ZoneInfo:
    # ZoneInfo answers a wrong name with KeyError, ValueError or OSError, depending on its shape.
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PeriodError(f"There is no time zone called {name!r}.") from None


def _zone(tz: str | ZoneInfo) -> ZoneInfo:
    return tz if isinstance(tz, ZoneInfo) else _named_zone(tz)


@lru_cache(maxsize=16384)
def _day_begins(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time(), tzinfo=zone)
    moment = midnight.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return moment
    # Midnight falls into a gap; look for the second at which the local date turns.
    before, after = moment - timedelta(days=2), moment + timedelta(days=2)
    seconds_before, seconds_after = 0, int((after - before).total_seconds())
    while seconds_after - seconds_before > 1:
        middle = (seconds_before + seconds_after) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).date() >= day:
            seconds_after = middle
        else:
            seconds_before = middle
    return before + timedelta(seconds=seconds_after)
