"""How long a contract runs, as it says: a fixed end, renewals, notice. What follows from it is `renewal`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from contracts.terms.dates import NONE, Kind, PartialDate
from contracts.terms.periods import MONDAY_TO_FRIDAY, Calendar, Length, Roll, Unit, parse_length
from contracts.terms.reading import GAP
from strategy.sums.errors import SumError


class Renews(StrEnum):
    """What happens at the end of a term."""

    NO = "no"
    AUTOMATIC = "automatic"
    BY_NOTICE = "by_notice"
    EVERGREEN = "evergreen"


class State(StrEnum):
    """Where a contract stands on a day, by its dates alone."""

    NOT_BEGUN = "not_begun"
    RUNNING = "running"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a contract runs.

    The first term begins on ``start`` (``NONE``: it has begun) and ends on ``end``, or lasts ``length`` from ``start``,
    that day included; ``to_anniversary`` ends it a day later, "until the fifth anniversary". ``AUTOMATIC`` renews it for
    ``renewal`` unless notice is given, ``BY_NOTICE`` only if it is, at most ``most`` times (None: without end).
    ``EVERGREEN``, which also is what a perpetual ``end`` means, runs until notice. ``notice`` is how long before the end
    notice is due, or how long after it an evergreen ends; None where the contract does not say. The last day for notice
    is moved by ``roll`` if it is no business day of ``calendar``, back only.

    :class:`SumError` with field "end", "length", "renewal", "most", "notice" or "roll".
    """

    start: PartialDate = NONE
    end: PartialDate = NONE
    length: Length | None = None
    to_anniversary: bool = False
    renews: Renews = Renews.NO
    renewal: Length | None = None
    most: int | None = None
    notice: Length | None = None
    calendar: Calendar = MONDAY_TO_FRIDAY
    roll: Roll = Roll.STAY

    def __post_init__(self) -> None:
        if self.start.kind is Kind.PERPETUAL:
            raise SumError("A contract cannot begin perpetually; give the day, or leave it out.", field="start")
        if self.length is not None:
            if self.end.kind is not Kind.NONE:
                raise SumError("Give the end of the first term or its length, not both.", field="end")
            _check_span(self.length, "The first term", "length")
        if self.renewal is not None:
            _check_span(self.renewal, "A renewal", "renewal")
        if self.evergreen:
            if self.length or self.renewal or self.end.kind is Kind.DATE or self.most is not None:
                raise SumError("What runs until notice has no end, length or renewals; leave them out.", field="end")
            if self.renews not in (Renews.NO, Renews.EVERGREEN):
                raise SumError("What is perpetual is not renewed.", field="renewal")
        elif self.renews is Renews.NO and (self.renewal or self.most is not None):
            raise SumError("Say whether it renews by itself or by notice.", field="renewal")
        if self.most is not None and (isinstance(self.most, bool) or self.most < 1):
            raise SumError("At most one renewal or more; for none, say that it does not renew.", field="most")
        if self.notice is not None and self.notice.unit is Unit.HOURS:
            raise SumError("Notice is given in days, business days, weeks, months or years.", field="notice")
        if self.roll is Roll.NEXT:
            raise SumError("Notice moved to a later day would be late; move it back.", field="roll")

    @property
    def evergreen(self) -> bool:
        """Whether it has no end but by notice."""
        return self.renews is Renews.EVERGREEN or self.end.kind is Kind.PERPETUAL


def _check_span(length: Length, what: str, field: str) -> None:
    if not length.count or length.unit in (Unit.HOURS, Unit.BUSINESS_DAYS):
        raise SumError(f"{what} lasts 1 day, week, month, year or more, not {length}.", field=field)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal as a form answers it: ``length`` None where it is held back, ``most`` None where it has no end."""

    length: Length | None
    most: int | None


_RENEWAL = re.compile(r"(?:(?P<most>[0-9]{1,3})\s+)?(?P<successive>successive\s+)?(?P<length>.+)", re.IGNORECASE)


def parse_renewal(text: str) -> Renewal | None:
    """Return what "successive 1 year", "3 successive 1 year" or "12 months" (once) says; None for an empty answer.

    :class:`SumError`, field "renewal", if it cannot be read.
    """
    answer = text.strip()
    if not answer:
        return None
    found = _RENEWAL.fullmatch(answer) if "successive" in answer.lower() else re.fullmatch(r"(?P<length>.+)", answer)
    part = found.groupdict() if found else {}
    try:
        length = None if re.fullmatch(GAP, part.get("length", "")) else parse_length(part.get("length", ""))
    except SumError:
        raise SumError(
            f"“{answer}” could not be read as a renewal; write successive 1 year, or 2 successive 6 months.",
            field="renewal",
        ) from None
    if not part.get("successive"):
        return Renewal(length, 1)
    return Renewal(length, int(part["most"]) if part.get("most") else None)
