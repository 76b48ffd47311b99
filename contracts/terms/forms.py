"""How the value of each kind of typed term is read and written: one form per kind, in `FORMS`.

A number alone is in the unit of the term. Where a text names another unit of its kind, that counts for clocks, durations,
volumes and caps; elsewhere it would be another term and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from contracts.terms.dates import NONE, PartialDate
from contracts.terms.periods import Length, Unit, parse_length
from contracts.terms.reading import parse
from contracts.terms.rows import ROW_FORMS
from contracts.terms.shapes import EVERY, Band, Direction, Index, Level, Money
from contracts.terms.writing import (
    NUMBER,
    PERCENT,
    TO,
    Form,
    Read,
    Unreadable,
    decimal,
    match,
    money_of,
    money_plain,
    money_text,
    money_words,
    or_plain,
    percent_of,
    same_unit,
    words_of,
)  # fmt: skip
from strategy.sums.errors import SumError
from strategy.sums.numbers import plain

# --- lengths and dates --------------------------------------------------------------------


def _length(allowed: tuple[Unit, ...]) -> Callable[[str, str], Read]:
    def read(unit: str, text: str) -> Read:
        try:
            length = parse_length(f"{text} {unit}" if re.fullmatch(r"[0-9]{1,6}", text) else text)
        except SumError:
            raise Unreadable from None
        if length.unit is Unit.WEEKS:
            length = Length(7 * length.count, Unit.DAYS)
        if length.unit not in allowed:
            raise Unreadable
        return length.unit.replace("_", " "), length

    return read


def _length_plain(length: Length) -> dict[str, Any]:
    return {"count": length.count, "unit": length.unit.value}


def _read_date(unit: str, text: str) -> Read:
    try:
        return unit, PartialDate.from_code(text)
    except SumError:
        pass
    try:
        date, other = parse(text, "mdy"), _or_none(text)
    except SumError as error:
        if date_only := _or_none(text):
            return unit, date_only
        raise Unreadable if "could not be read" in str(error) else SumError(str(error), field="text") from None
    if other is not None and other != date:
        raise SumError(
            f"“{text}” may be {date} or {other}; write the month as a word, as in 31 May 2017.", field="text"
        )
    if date == NONE:
        raise Unreadable
    return unit, date


def _or_none(text: str) -> PartialDate | None:
    """Return the date if the day comes first; None if that is none."""
    try:
        return parse(text, "dmy")
    except SumError:
        return None


# --- money, numbers, index, choice ----------


def _read_money(unit: str, text: str) -> Read:
    found = match(rf"(?P<currency>[a-z]{{3}})\s*(?P<amount>{NUMBER})(?P<year>\s+(?:a|per)\s+year)?", text)
    if found["year"]:
        same_unit(unit, "currency amount a year")
    return unit, money_of(found["currency"], found["amount"])


def _read_cap(unit: str, text: str) -> Read:
    found = match(
        rf"(?:(?P<currency>[a-z]{{3}})\s*)?(?P<number>{NUMBER})\s*(?:(?P<percent>{PERCENT})(?:\s+of\s+yearly\s+fees)?"
        r"|(?P<times>times|×|x)(?:\s+(?:the\s+)?yearly\s+fees)?)?",
        text,
    )
    told = "percent of yearly fees" if found["percent"] else "times yearly fees" if found["times"] else None
    if found["currency"]:
        if told:
            raise Unreadable
        return "currency amount", money_of(found["currency"], found["number"])
    unit = told or unit
    if unit == "currency amount":
        raise Unreadable
    return unit, decimal(found["number"])


def _cap(unit: str, value: Money | Decimal, number: Callable[[Decimal], str]) -> str:
    if isinstance(value, Money):
        return f"{value.currency} {number(value.amount)}"
    return f"{number(value)} {'times' if unit.startswith('times') else '% of'} yearly fees"


def _read_volume(unit: str, text: str) -> Read:
    found = match(rf"(?P<number>{NUMBER})\s*(?:(?P<what>unit|batch)(?:e?s)?(?P<year>\s+(?:a|per)\s+year)?)?", text)
    if found["what"]:
        unit = {"unit": "units", "batch": "batches"}[found["what"].lower()] + (" a year" if found["year"] else "")
    number = decimal(found["number"])
    if unit.startswith("batches") and number % 1:
        raise SumError("Batches are counted whole; write 12 batches a year.", field="text")
    return unit, number


def _counted(unit: str, value: Decimal, number: Callable[[Decimal], str]) -> str:
    """Return "1 batch a year", "2 units", "3 persons", "4 a year"."""
    for many, one in (("batches", "batch"), ("units", "unit"), ("persons", "person"), ("hours", "hour")):
        if value == 1 and unit.startswith(many):
            unit = one + unit.removeprefix(many)
    return f"{number(value)} {unit}"


def _read_percent(unit: str, text: str) -> Read:
    return unit, percent_of(match(rf"(?P<number>{NUMBER})\s*{PERCENT}?", text)["number"])


def _read_count(unit: str, text: str) -> Read:
    found = match(rf"(?P<number>{NUMBER})\s*(?P<unit>(?:a|per)\s+year|persons?|hours?\s+(?:a|per)\s+year)?", text)
    told = re.sub(r"\s+", " ", found["unit"] or "").lower().replace("per", "a") if found["unit"] else None
    if told and "person" in found["unit"].lower():
        told = "persons"
    if told and told.startswith("hour "):
        told = "hours a year"
    same_unit(unit, told)
    number = decimal(found["number"])
    if number % 1 and unit != "hours a year":
        raise SumError("This is counted whole; write 4 a year or 3 persons.", field="text")
    return unit, number


def _read_band(unit: str, text: str) -> Read:
    end = rf"\s*(?P<percent>{PERCENT}(?:\s+of\s+theoretical)?)?(?P<units>units?(?:\s+a\s+batch)?)?"
    found = match(rf"(?P<low>{NUMBER})\s*%?(?:{TO}(?P<high>{NUMBER}))?{end}", text)
    same_unit(unit, "percent of theoretical" if found["percent"] else "units a batch" if found["units"] else None)
    number = percent_of if unit == "percent of theoretical" else decimal
    band = Band(number(found["low"]), number(found["high"] or found["low"]))
    if band.low > band.high:
        raise SumError("The low end of the band is above its high end; swap the two.", field="text")
    return unit, band


def _band(unit: str, band: Band, number: Callable[[Decimal], str], between: str) -> str:
    ends = number(band.low) if band.low == band.high else f"{number(band.low)}{between}{number(band.high)}"
    return f"{ends} %" if unit == "percent of theoretical" else f"{ends} {unit}"


_WAYS: Mapping[Direction, str] = {"up": "at least", "down": "at most"}


def _read_level(unit: str, text: str) -> Read:
    found = match(
        rf"(?:(?P<up>at\s+least|≥)|(?P<down>at\s+most|≤))?\s*(?P<number>{NUMBER})\s*(?:(?P<percent>{PERCENT})|(?P<days>days?))?",
        text,
    )
    same_unit(unit, "percent" if found["percent"] else "days" if found["days"] else None)
    number = percent_of(found["number"]) if unit == "percent" else decimal(found["number"])
    # Days are a delay: fewer are better. A share is of what went well.
    usual: Direction = "up" if unit == "percent" else "down"
    return unit, Level("up" if found["up"] else "down" if found["down"] else usual, number)


def _level(unit: str, level: Level, number: Callable[[Decimal], str]) -> str:
    days = "day" if level.target == 1 else "days"
    return f"{_WAYS[level.direction]} {number(level.target)} {'%' if unit == 'percent' else days}"


def _read_index(unit: str, text: str) -> Read:
    every = "|".join(EVERY)
    found = match(
        rf"(?P<name>[^,;\s][^,;]{{0,119}}?)\s*,\s*(?P<every>{every})\s*,\s*(?P<share>{NUMBER})\s*{PERCENT}"
        rf"(?:\s*,\s*at\s+most\s+(?P<most>{NUMBER})\s*{PERCENT})?",
        text,
    )
    share = percent_of(found["share"])
    if not 0 < share <= 100:
        raise SumError("A price follows its index by more than 0 and at most 100 %.", field="text")
    most = percent_of(found["most"]) if found["most"] else None
    return unit, Index(" ".join(found["name"].split()), found["every"].lower(), share, most)


def _index_text(_: str, index: Index) -> str:
    most = "" if index.most is None else f", at most {plain(index.most)} %"
    return f"{index.name}, {index.every}, {plain(index.share)} %{most}"


def _index_words(_: str, index: Index) -> str:
    most = "" if index.most is None else f", a rise of at most {words_of(index.most)} %"
    return f"{index.every} by {words_of(index.share)} % of the change of {index.name}{most}"


def _index_plain(index: Index) -> dict[str, Any]:
    return {"name": index.name, "every": index.every, "share": plain(index.share), "most": or_plain(index.most)}


LONGEST_CHOICE = 500


def _read_choice(unit: str, text: str) -> Read:
    chosen = " ".join(text.split())
    if len(chosen) > LONGEST_CHOICE:
        raise SumError(f"A choice has at most {LONGEST_CHOICE} characters; write it shorter.", field="text")
    return unit, chosen


def _money_in(unit: str, money: Money) -> str:
    return money_text(money) + (" a year" if unit == "currency amount a year" else "")


def _money_said(unit: str, money: Money) -> str:
    return money_words(money) + (" a year" if unit == "currency amount a year" else "")


def _as_text(_: str, value: Length | str) -> str:
    return str(value)


_CLOCK = (Unit.HOURS, Unit.BUSINESS_DAYS, Unit.DAYS)
_DURATION = (Unit.DAYS, Unit.MONTHS, Unit.YEARS)

FORMS: Mapping[str, Form] = ROW_FORMS | {
    "clock": Form(
        "a clock", {"": "24 hours or 3 business days"}, Length, _length(_CLOCK), _as_text, _as_text, _length_plain
    ),
    "duration": Form(
        "a duration", {"": "90 days, 12 months or 2 years"}, Length, _length(_DURATION), _as_text, _as_text, _length_plain
    ),
    "date": Form(
        "a date", {"": "31 May 2017, May 2017, 2017 or perpetual"}, PartialDate, _read_date,
        lambda _, date: date.code, lambda _, date: str(date), lambda date: date.code,
    ),
    "volume": Form(
        "a volume", {"": "12 batches a year", "units": "5000 units", "units a year": "60000 units a year",
                     "batches": "3 batches"}, Decimal, _read_volume,
        lambda unit, value: _counted(unit, value, plain), lambda unit, value: _counted(unit, value, words_of), plain,
    ),
    "percent": Form(
        "a percentage", {"": "15 %"}, Decimal, _read_percent,
        lambda _, value: f"{plain(value)} %", lambda _, value: f"{words_of(value)} %", plain,
    ),
    "cap": Form(
        "a cap", {"": "100 % of yearly fees, EUR 5000000 or 2 times yearly fees"}, (Money, Decimal), _read_cap,
        lambda unit, value: _cap(unit, value, plain), lambda unit, value: _cap(unit, value, words_of),
        lambda value: money_plain(value) if isinstance(value, Money) else plain(value),
    ),
    "money": Form(
        "an amount of money", {"": "EUR 250000", "currency amount a year": "EUR 250000 a year"}, Money, _read_money,
        _money_in, _money_said, money_plain,
    ),
    "index": Form(
        "an index", {"": "HICP euro area, yearly, 60 %, at most 3 %"}, Index, _read_index,
        _index_text, _index_words, _index_plain,
    ),
    "band": Form(
        "a band", {"": "80-95 %", "units a batch": "2000-2500 units a batch"}, Band, _read_band,
        lambda unit, band: _band(unit, band, plain, "-"), lambda unit, band: _band(unit, band, words_of, " to "),
        lambda band: {"low": plain(band.low), "high": plain(band.high)},
    ),
    "level": Form(
        "a service level", {"": "at least 95 %", "days": "at most 5 days"}, Level, _read_level,
        lambda unit, level: _level(unit, level, plain), lambda unit, level: _level(unit, level, words_of),
        lambda level: {"direction": level.direction, "target": plain(level.target)},
    ),
    "count": Form(
        "a count", {"": "4 a year", "persons": "3 persons", "hours a year": "20 hours a year"}, Decimal, _read_count,
        lambda unit, value: _counted(unit, value, plain), lambda unit, value: _counted(unit, value, words_of), plain,
    ),
    "choice": Form("a choice", {"": "The courts of Basel"}, str, _read_choice, _as_text, _as_text, str),
}  # fmt: skip
