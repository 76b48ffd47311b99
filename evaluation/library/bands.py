"""Scoring an answer by the range it falls in: numbers and dates by half-open bands, choices one by one.

Bands of a number or a date leave nothing out and score nothing twice: the first has no lower end, the last no upper
one, and each begins where the one before it ends. Which of two neighbours the shared value belongs to is said by the
bands themselves (`includes`), the same way for all bands of a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: A number as an answer holds it: a full stop as decimal mark, no exponent, no thousands.
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: What a spreadsheet keeps of a number, so that an answer goes through a workbook unchanged.
MOST_DIGITS = 15
FIRST_YEAR, LAST_YEAR = 1901, 2199
LEAST_SCORE, MOST_SCORE = Decimal(0), Decimal(5)
SCORE_STEP = Decimal("0.01")
MOST_BANDS = 20
INCLUDES: Mapping[str, str] = {"low": "The lower end belongs to the band", "high": "The upper end belongs to the band"}


@dataclass(frozen=True, slots=True)
class Band:
    """What an answer in a range scores.

    `score` is 0 to 5. For a choice, `choice` is its code and the rest stays empty. For a number or a date, `low` and
    `high` are the ends as an answer writes them ("2.5", "2027-01-31"), empty where the range is open; `includes` is
    low for [low, high) and high for (low, high].
    """

    score: Decimal
    low: str = ""
    high: str = ""
    choice: str = ""
    includes: str = "low"

    def holds(self, text: str, kind: str) -> bool:
        """Say whether an answer lies in the range, or is the choice; an answer that cannot be read never does."""
        if kind == "choice":
            return text == self.choice
        value, low, high = limit(text, kind), limit(self.low, kind), limit(self.high, kind)
        if value is None:
            return False
        if self.includes == "low":
            return (low is None or low <= value) and (high is None or value < high)
        return (low is None or low < value) and (high is None or value <= high)


def number(text: str) -> Decimal | None:
    """Return the number a text is, exactly; None where it is none that an answer can hold."""
    if not NUMBER.fullmatch(text):
        return None
    if len(text.strip("-0").replace(".", "")) > MOST_DIGITS:
        return None
    return Decimal(text)


def day(text: str) -> date | None:
    """Return the day of an ISO text, None where there is no such day or its year is out of bounds."""
    if not _DAY.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def limit(text: str, kind: str) -> Decimal | None:
    """Return the end of a range, a day as its number; None where it is open or cannot be read."""
    if kind == "number":
        return number(text)
    found = day(text)
    return None if found is None else Decimal(found.toordinal())


def in_words(band: Band, kind: str, unit: str = "", labels: Mapping[str, str] | None = None) -> str:
    """Return the band as a reader sees it: "from 2 up to, but not including, 5 % scores 3"."""
    unit = f" {unit}" if unit else ""
    if kind == "choice":
        where = f"“{(labels or {}).get(band.choice, band.choice)}”"
    elif not band.low and not band.high:
        where = "any answer"
    elif kind == "date":
        where = _days(band)
    elif not band.low:
        where = f"{'below' if band.includes == 'low' else 'up to and including'} {band.high}{unit}"
    elif not band.high:
        where = f"{'from' if band.includes == 'low' else 'above'} {band.low}{unit}"
    elif band.includes == "low":
        where = f"from {band.low} up to, but not including, {band.high}{unit}"
    else:
        where = f"above {band.low} up to and including {band.high}{unit}"
    return f"{where} scores {band.score}"


def _days(band: Band) -> str:
    before, after = ("before", "from") if band.includes == "low" else ("on or before", "after")
    ends = [f"{after} {band.low}" if band.low else "", f"{before} {band.high}" if band.high else ""]
    return " and ".join(filter(None, ends))


def fault_of_bands(bands: Sequence[Band], kind: str, choices: Iterable[str] = ()) -> str:
    """Return what is wrong with the bands of a question, as a sentence; empty where nothing is."""
    if not bands:
        return ""
    if len(bands) > MOST_BANDS:
        return f"At most {MOST_BANDS} bands; merge some of them."
    for band in bands:
        score = band.score
        if not isinstance(score, Decimal) or not score.is_finite() or not LEAST_SCORE <= score <= MOST_SCORE:
            return f"A band scores from {LEAST_SCORE} to {MOST_SCORE}; {score} is outside."
        if score % SCORE_STEP:
            return f"A band's score has two decimals at most; {score} has more."
    if kind == "choice":
        return _fault_of_choices(bands, list(choices))
    if kind in ("number", "date"):
        return _fault_of_ranges(bands, kind)
    return "Only a number, a date or a choice can be scored by bands; take the bands away."


def _fault_of_choices(bands: Sequence[Band], choices: list[str]) -> str:
    scored = [band.choice for band in bands]
    for band in bands:
        if band.low or band.high:
            return "A band of a choice names the choice and has no ends."
    for code in scored:
        if code not in choices:
            return f"“{code}” is scored but is not one of the choices."
        if scored.count(code) > 1:
            return f"The choice “{code}” is scored twice; keep one score."
    for code in choices:
        if code not in scored:
            return f"The choice “{code}” has no score; give every choice one."
    return ""


def _fault_of_ranges(bands: Sequence[Band], kind: str) -> str:
    example = "a number such as 2.5" if kind == "number" else "a day such as 2027-01-31"
    for band in bands:
        if band.choice:
            return "A band of a range has ends and no choice."
        if band.includes not in INCLUDES:
            return "Say of each band whether its lower or its upper end belongs to it."
        for end in (band.low, band.high):
            if end and limit(end, kind) is None:
                return f"“{end[:40]}” is no end of a band; write {example}."
    if len({band.includes for band in bands}) > 1:
        return "All bands of a question include the same end, the lower or the upper; otherwise a value is scored twice or not at all."
    for band in bands:
        low, high = limit(band.low, kind), limit(band.high, kind)
        if low is not None and high is not None and not low < high:
            return f"The band from {band.low} to {band.high} is empty; its lower end must lie below its upper end."
    return _fault_of_neighbours(bands, kind)


def _fault_of_neighbours(bands: Sequence[Band], kind: str) -> str:
    opened = [band for band in bands if not band.low]
    if len(opened) > 1:
        return "Two bands have no lower end, so small values are scored twice; only the first band may be open below."
    if not opened:
        return "No band is open below, so small values have no score; leave the lower end of the first band empty."
    first = opened[0]
    rest = sorted((band for band in bands if band.low), key=lambda band: _sortable(band.low, kind))
    before = first
    for band in rest:
        if not before.high:
            return f"Values above {band.low} are scored twice, since a band without an upper end reaches over them."
        end, begin = _sortable(before.high, kind), _sortable(band.low, kind)
        if end < begin:
            return f"Values between {before.high} and {band.low} have no score; close the gap."
        if begin < end:
            return (
                f"Values between {band.low} and {before.high} are scored twice; let one band end where the next begins."
            )
        before = band
    if before.high:
        return f"Values above {before.high} have no score; leave the upper end of the last band empty."
    return ""


def _sortable(text: str, kind: str) -> Decimal:
    value = limit(text, kind)
    assert value is not None
    return value
