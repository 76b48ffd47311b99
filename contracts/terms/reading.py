"""Dates found in text: answers of a form, and sentences of a contract.

What is read: 5/31/2017 and 5-31-17 (month first, or day first if told so), 1.4.2011 (day first), 2017-05-31, 31 May 2017,
the 31st day of May, 2017, May 31, 2017, May 2017, 2017, and "perpetual". A gap stands for a part that is held back:
[], [●], [***], ____ or nothing at all between "this" and "day of". A year of two digits is of 1969 to 2068, as POSIX
reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from contracts.terms.dates import MONTHS, NONE, PERPETUAL, PartialDate
from strategy.sums.errors import SumError

Order = Literal["mdy", "dmy"]
"""Which number of 5/6/2017 comes first: the month or the day."""


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: ``text[start:end]`` are its words."""

    date: PartialDate
    start: int
    end: int


def parse(text: str, order: Order = "mdy") -> PartialDate:
    """Return the one date that ``text`` is; ``NONE`` for an empty one.

    :class:`SumError`, field "date", if it is no date, or two of them (:func:`parse_all` takes several).
    """
    found = parse_all(text, order)
    if len(found) > 1:
        raise SumError(f"“{text.strip()}” holds {len(found)} dates; say which one counts.", field="date")
    return found[0] if found else NONE


def parse_all(text: str, order: Order = "mdy") -> tuple[PartialDate, ...]:
    """Return all dates of an answer in their order; empty for an empty one.

    Between them only commas, semicolons, strokes, "and", "or", "to" may stand. :class:`SumError`, field "date", for
    whatever else cannot be read, which is named.
    """
    left, found = [], []
    at = 0
    for token in _tokens(text, order, strict=True):
        left.append(text[at : token.start])
        found.append(token.date)
        at = token.end
    left.append(text[at:])
    strange = next((part for part in left if not _BETWEEN.fullmatch(part)), None)
    if strange is not None:
        raise SumError(
            f"“{strange.strip()}” could not be read as a date; write 31 May 2017, May 2017, 2017 or perpetual.",
            field="date",
        )
    return tuple(found)


def find_dates(text: str, order: Order = "mdy") -> tuple[Found, ...]:
    """Return the dates in running text, in their order; what no day can be (31 June) is passed over.

    A year alone, a lone gap and "perpetual" are no dates here: any number, any blank and any licence would be.
    """
    return tuple(_tokens(text, order, strict=False))


# Possessive and bounded: a page of underscores or brackets must not cost more than reading it once.
GAP = r"(?:\[[\s*●•_.…-]*+\](?:\[\s*+\]){0,2}|(?<!_)_{2,}+|(?<!\*)\*{2,}+|[●•])"
"""What stands where a part is held back, as a regular expression without groups."""
_NAMES = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_NAMES |= {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_MONTH = rf"(?P<{{0}}>{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b\.?"
_NTH = r"(?:\s*(?:st|nd|rd|t\s?h))?"
_PART = rf"(?:[0-9]{{1,2}}|{GAP})"
_YEAR = rf"(?:[0-9]{{4}}|{GAP})"
_FORMS = "|".join(
    (
        r"(?P<iso>(?<![0-9])(?P<iy>[0-9]{4})-(?P<im>[0-9]{2})-(?P<id>[0-9]{2})(?![0-9]))",
        rf"(?P<slash>(?<![0-9/])(?P<s1>{_PART})\s*(?P<sep>[/-])\s*(?P<s2>{_PART})\s*(?P=sep)\s*"
        rf"(?P<s3>[0-9]{{4}}|[0-9]{{2}}|{GAP})(?![0-9/]))",
        r"(?P<dots>(?<![0-9.])(?P<d1>[0-9]{1,2})\.\s?(?P<d2>[0-9]{1,2})\.\s?(?P<d3>[0-9]{4}|[0-9]{2})(?!\.?[0-9]))",
        # "31 May 2017", "1st day of January, 2009", "this ____ day of March, 2018", "2-Jun-06".
        rf"(?P<dayfirst>(?:(?<![0-9.])(?P<w1>[0-9]{{1,2}}){_NTH}|(?P<g1>{GAP}))(?:\s+day)?(?:\s+of)?[\s,-]*"
        rf"{_MONTH.format('w2')}[\s,-]*(?P<w3>{_YEAR}|(?<=-)[0-9]{{2}}(?![0-9])))",
        # "this  day of , 2012": the words are there, the day and the month are blank.
        rf"(?P<blank>\bthis\s+(?:{GAP}\s*)?day\s+of\s+(?:(?:{GAP}|{_MONTH.format('b2')})\s*)?,?\s*(?P<b3>[0-9]{{4}})\b)",
        rf"(?P<monthfirst>\b{_MONTH.format('m1')}\s*(?:(?P<m2>[0-9]{{1,2}}){_NTH}|(?P<g2>{GAP}))\s*,?\s*(?P<m3>{_YEAR}))",
        rf"(?P<month>\b{_MONTH.format('y1')}(?:\s+of)?[\s,]+(?P<y2>[0-9]{{4}})\b)",
    )
)
_LOOSE = re.compile(_FORMS, re.IGNORECASE)
_STRICT = re.compile(
    rf"{_FORMS}|(?P<perpetual>\bperpetual\b)|(?P<coarse>(?<![0-9/.-])(?P<cy>[0-9]{{4}})(?:-(?P<cm>[0-9]{{2}}))?(?![0-9/.-]))"
    rf"|(?P<numbers>(?<![0-9/])(?P<n1>[0-9]{{1,2}})/(?P<n2>[0-9]{{4}})(?![0-9/]))|(?P<gap>{GAP})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:\s|[,;&/|.]|\band\b|\bor\b|\bto\b|[–—])*", re.IGNORECASE)


def _tokens(text: str, order: Order, *, strict: bool) -> Iterator[Found]:
    for match in (_STRICT if strict else _LOOSE).finditer(text):
        try:
            yield Found(_read(match, order), match.start(), match.end())
        except SumError:
            if strict:
                raise


def _read(match: re.Match[str], order: Order) -> PartialDate:
    part = match.groupdict()
    if part["iso"]:
        return _date(part["iy"], part["im"], part["id"])
    if part["slash"]:
        month, day = (part["s1"], part["s2"]) if order == "mdy" else (part["s2"], part["s1"])
        return _date(part["s3"], month, day)
    if part["dots"]:
        return _date(part["d3"], part["d2"], part["d1"])
    if part["dayfirst"]:
        return _date(part["w3"], part["w2"], part["w1"])
    if part["blank"]:
        return _date(part["b3"], part["b2"], None)
    if part["monthfirst"]:
        return _date(part["m3"], part["m1"], part["m2"])
    if part["month"]:
        return _date(part["y2"], part["y1"], None, gap=False)
    if part.get("coarse"):
        return _date(part["cy"], part["cm"], None, gap=False)
    if part.get("numbers"):
        return _date(part["n2"], part["n1"], None, gap=False)
    if part.get("perpetual"):
        return PERPETUAL
    return _date(None, None, None)


def _date(year: str | None, month: str | None, day: str | None, *, gap: bool = True) -> PartialDate:
    """Return the date of these words; whatever is no number and no name of a month is a gap."""
    y = int(year) if year and year.isdigit() else None
    if y is not None and year and len(year) == 2:
        y += 1900 if y >= 69 else 2000
    m = _NAMES.get((month or "").lower(), int(month) if month and month.isdigit() else None)
    d = int(day) if day and day.isdigit() else None
    return PartialDate(y, m, d, redacted=gap and None in (y, m, d))
