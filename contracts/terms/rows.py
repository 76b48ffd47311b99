"""The kinds that are rows: forecast zones, price tiers, the cancellation ladder."""

from __future__ import annotations

from typing import Any

from contracts.terms.shapes import Rung, Tier, Zone, check_ladder, check_tiers, check_zones
from contracts.terms.writing import (
    NUMBER,
    PERCENT,
    TO,
    Form,
    Read,
    match,
    money_of,
    money_plain,
    money_text,
    money_words,
    or_plain,
    percent_of,
    rows_of,
    words_of,
)  # fmt: skip
from strategy.sums.errors import SumError
from strategy.sums.numbers import plain


def _read_zones(unit: str, text: str) -> Read:
    zones = []
    for row, part in enumerate(rows_of(text)):
        found = match(
            rf"(?:from\s+month\s+(?P<open>[0-9]{{1,3}})|months?\s+(?P<first>[0-9]{{1,3}})(?:{TO}(?P<last>[0-9]{{1,3}}))?)"
            rf"\s*:\s*(?:(?P<free>free)|(?P<low>{NUMBER})\s*{PERCENT}?(?:{TO}(?P<high>{NUMBER})\s*{PERCENT}?)?(?P<firm>\s*(?:firm|binding))?)",
            part,
            row,
        )
        first = int(found["open"] or found["first"])
        last = None if found["open"] else int(found["last"] or first)
        if found["free"]:
            zones.append(Zone(first, last, None, None))
            continue
        low, high = percent_of(found["low"], row), percent_of(found["high"] or found["low"], row)
        zones.append(Zone(first, last, low, high, bool(found["firm"])))
    check_zones(zones)
    return unit, tuple(zones)


def _zone_range(zone: Zone, between: str) -> str:
    if zone.last is None:
        return f"from month {zone.first}"
    if zone.last == zone.first:
        return f"month {zone.first}"
    return f"months {zone.first}{between}{zone.last}"


def _zones_text(_: str, zones: tuple[Zone, ...]) -> str:
    rows = []
    for zone in zones:
        limits = "free"
        if zone.low is not None and zone.high is not None:
            limits = f"{plain(zone.low)}-{plain(zone.high)} %{' firm' if zone.binding else ''}"
        rows.append(f"{_zone_range(zone, '-')}: {limits}")
    return "; ".join(rows)


def _zones_words(_: str, zones: tuple[Zone, ...]) -> str:
    rows = []
    for zone in zones:
        if zone.low is None or zone.high is None:
            limits = "free"
        elif zone.low == zone.high:
            limits = f"{words_of(zone.low)} % of the forecast before"
        else:
            limits = f"{words_of(zone.low)} to {words_of(zone.high)} % of the forecast before"
        rows.append(f"{_zone_range(zone, ' to ')} {'firm, ' if zone.binding else ''}{limits}")
    return "; ".join(rows)


def _zones_plain(zones: tuple[Zone, ...]) -> list[dict[str, Any]]:
    return [
        {"first": z.first, "last": z.last, "low": or_plain(z.low), "high": or_plain(z.high), "binding": z.binding}
        for z in zones
    ]


_RANGE = rf"(?:from\s+(?P<open>[0-9]{{1,7}})|(?P<first>[0-9]{{1,7}})(?:{TO}(?P<last>[0-9]{{1,7}}))?)"


def _read_tiers(unit: str, text: str) -> Read:
    tiers = []
    for row, part in enumerate(rows_of(text)):
        found = match(rf"{_RANGE}\s*:\s*(?P<currency>[a-z]{{3}})\s*(?P<amount>{NUMBER})", part, row)
        first = int(found["open"] or found["first"])
        last = None if found["open"] else int(found["last"] or first)
        tiers.append(Tier(first, last, money_of(found["currency"], found["amount"], row)))
    check_tiers(tiers)
    return unit, tuple(tiers)


def tier_range(tier: Tier, between: str = "-") -> str:
    """Return "from 10", "1-9" or "10"."""
    if tier.last is None:
        return f"from {tier.first}"
    return str(tier.first) if tier.first == tier.last else f"{tier.first}{between}{tier.last}"


def _tiers_text(_: str, tiers: tuple[Tier, ...]) -> str:
    return "; ".join(f"{tier_range(tier)}: {money_text(tier.price)}" for tier in tiers)


def _tiers_words(_: str, tiers: tuple[Tier, ...]) -> str:
    return "; ".join(
        f"{money_words(tier.price)} each {'' if tier.last is None else 'for '}{tier_range(tier, ' to ')}"
        for tier in tiers
    )


def _tiers_plain(tiers: tuple[Tier, ...]) -> list[dict[str, Any]]:
    return [{"first": t.first, "last": t.last, "price": money_plain(t.price)} for t in tiers]


def _read_ladder(unit: str, text: str) -> Read:
    ladder = []
    for row, part in enumerate(rows_of(text)):
        found = match(
            rf"(?:below\s+(?P<below>[0-9]{{1,7}})|{_RANGE})\s*days?\s*:\s*(?P<percent>{NUMBER})\s*{PERCENT}", part, row
        )
        percent = percent_of(found["percent"], row)
        if found["below"]:
            if found["below"].strip("0") == "":
                raise SumError("Below 0 days the slot has begun; write from 0 days.", field="text", row=row)
            ladder.append(Rung(0, int(found["below"]) - 1, percent))
        else:
            nearest = int(found["open"] or found["first"])
            ladder.append(Rung(nearest, None if found["open"] else int(found["last"] or nearest), percent))
    # People also begin with the day of the slot.
    if ladder and ladder[0].nearest < ladder[-1].nearest:
        ladder.reverse()
    check_ladder(ladder)
    return unit, tuple(ladder)


def rung_range(rung: Rung, between: str = "-") -> str:
    """Return "from 180 days", "90-179 days" or "below 30 days"."""
    if rung.furthest is None:
        return f"from {rung.nearest} day{'' if rung.nearest == 1 else 's'}"
    if rung.nearest == 0:
        return f"below {rung.furthest + 1} day{'s' if rung.furthest else ''}"
    days = str(rung.nearest) if rung.nearest == rung.furthest else f"{rung.nearest}{between}{rung.furthest}"
    return f"{days} day{'' if days == '1' else 's'}"


def _ladder_text(_: str, ladder: tuple[Rung, ...]) -> str:
    return "; ".join(f"{rung_range(rung)}: {plain(rung.percent)} %" for rung in ladder)


def _ladder_words(_: str, ladder: tuple[Rung, ...]) -> str:
    rows = [f"{words_of(rung.percent)} % of the price {rung_range(rung, ' to ')} before the slot" for rung in ladder]
    return "; ".join(rows)


def _ladder_plain(ladder: tuple[Rung, ...]) -> list[dict[str, Any]]:
    return [{"nearest": r.nearest, "furthest": r.furthest, "percent": plain(r.percent)} for r in ladder]


ROW_FORMS = {
    "zone": Form(
        "a forecast zone",
        {"": "months 1-3: 100-100 % firm; months 4-6: 80-120 %; months 7-12: 50-150 %; from month 13: free"},
        tuple, _read_zones, _zones_text, _zones_words, _zones_plain,
    ),
    "tier": Form(
        "a price by volume",
        {"": "1-9: EUR 1200000; from 10: EUR 1100000"},
        tuple, _read_tiers, _tiers_text, _tiers_words, _tiers_plain,
    ),
    "ladder": Form(
        "a cancellation ladder",
        {"": "from 180 days: 0 %; 90-179 days: 25 %; 30-89 days: 50 %; below 30 days: 100 %"},
        tuple, _read_ladder, _ladder_text, _ladder_words, _ladder_plain,
    ),
}  # fmt: skip
