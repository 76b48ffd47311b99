"""The sums on typed terms: what binds, what is due, and whether a target is softer than the contract.

`binding` counts what a forecast commits us to, `tier_of` and `price` what a volume costs, `shortfall` what take-or-pay
asks for, `cancellation` what giving up a slot costs, `indexed` a price after its index moved; `softer` compares a KPI.

Amounts are exact; a :class:`Sum` shows its arithmetic. Errors are :class:`~strategy.sums.errors.SumError` with the name of
the argument as field. Source: domain reference, sections 3.2 (shortfall), 3.3 (flexibility) and 3.5 (forecast zones).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms.rows import rung_range, tier_range
from contracts.terms.shapes import Index, Level, Money, Rung, Tier, Zone, check_ladder, check_tiers, check_zones
from contracts.terms.typed import Typed
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, not_negative, shown, to_decimal

__all__ = ["Bound", "Sum", "binding", "cancellation", "indexed", "price", "shortfall", "softer", "tier_of"]


@dataclass(frozen=True, slots=True)
class Sum:
    """Money: ``exactly``, as a decimal in ``currency``, and in ``words`` how it came."""

    exactly: Fraction
    amount: Decimal
    currency: str
    words: str


@dataclass(frozen=True, slots=True)
class Bound:
    """What a forecast binds us to take: ``exactly`` and as a decimal ``quantity``, in the units of the forecast.

    ``months`` gives the part of each month of the forecast, in its order; ``words`` the arithmetic by zone.
    """

    exactly: Fraction
    quantity: Decimal
    months: tuple[tuple[int, Fraction], ...]
    words: str


def binding(zones: Sequence[Zone], forecast: Sequence[tuple[int, Number]]) -> Bound:
    """Return what ``forecast``, quantities by the number of the month from 1, binds us to under ``zones``.

    In a binding zone at least its lowest percent must be taken: all at 100-100 %, three quarters at 75-125 %. A zone that
    only limits movement binds to nothing yet, nor does a month after the last zone.
    """
    check_zones(zones)
    seen: set[int] = set()
    parts: list[tuple[int, Fraction]] = []
    by_zone: dict[int, list[Fraction]] = {}
    for row, (month, quantity) in enumerate(forecast):
        if isinstance(month, bool) or not isinstance(month, int) or month < 1:
            raise SumError("The months of a forecast are numbered from 1.", field="forecast", row=row)
        if month in seen:
            raise SumError(f"Month {month} is told twice; keep one.", field="forecast", row=row)
        seen.add(month)
        amount = not_negative(quantity, f"The forecast of month {month}", field="forecast", row=row)
        place = next((n for n, zone in enumerate(zones) if month <= (zone.last or month)), None)
        low = zones[place].low if place is not None and zones[place].binding else None
        if place is None or low is None:
            parts.append((month, Fraction(0)))
            continue
        parts.append((month, amount * Fraction(low) / HUNDRED))
        by_zone.setdefault(place, []).append(amount)
    total = sum((part for _, part in parts), Fraction(0))
    told = []
    for place in sorted(by_zone):
        zone, amounts = zones[place], by_zone[place]
        months = f"month {zone.first}" if zone.first == zone.last else f"months {zone.first} to {zone.last}"
        months = f"months from {zone.first}" if zone.last is None else months
        assert zone.low is not None
        told.append(f"{months}: {shown(zone.low)} % of {' + '.join(map(shown, amounts))}")
    words = f"{'; '.join(told)}; together {shown(total)}" if told else "No month of the forecast is in a firm zone."
    return Bound(total, to_decimal(total), tuple(parts), words)


def tier_of(tiers: Sequence[Tier], quantity: int) -> Tier:
    """Return the tier that ``quantity``, a whole number from 1, falls in; field "quantity" if there is none."""
    check_tiers(tiers)
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
        raise SumError("The quantity is a whole number from 1.", field="quantity")
    for tier in tiers:
        if tier.last is None or quantity <= tier.last:
            return tier
    raise SumError(f"The prices end at {tiers[-1].last:,}; agree one for {quantity:,}.", field="quantity")


def price(tiers: Sequence[Tier], quantity: int) -> Sum:
    """Return the price of ``quantity`` together: all of them cost what the tier says that the whole falls in."""
    tier = tier_of(tiers, quantity)
    currency = tier.price.currency
    total = Fraction(tier.price.amount) * quantity
    words = f"{quantity:,} at {_said(tier.price)} ({tier_range(tier, ' to ')}) = {currency} {shown(total)}"
    return _sum(total, currency, words)


def shortfall(minimum: Number, taken: Number, price: Money, percent: Number) -> Sum:
    """Return what take-or-pay asks for: ``percent`` of ``price`` for each one by which ``taken`` falls short."""
    least = not_negative(minimum, "The minimum", field="minimum")
    had = not_negative(taken, "What was taken", field="taken")
    share = _share(percent, "percent")
    missing = max(Fraction(0), least - had)
    if not missing:
        return _sum(
            missing, price.currency, f"{shown(had)} taken reaches the minimum of {shown(least)}: nothing is due"
        )
    due = missing * share * not_negative(price.amount, "The price", field="price")
    words = f"{shown(least)} less {shown(had)} = {shown(missing)} short, at {shown(share * 100)} % of {_said(price)}"
    return _sum(due, price.currency, f"{words} = {price.currency} {shown(due)}")


def cancellation(
    ladder: Sequence[Rung], days_before: int, price: Money, resold: Number = 0, credit: Number = 100
) -> Sum:
    """Return what giving up a slot of ``price`` costs ``days_before`` it, 0 being its own day.

    ``resold`` is what the slot was sold again for, in the same currency; ``credit`` percent of that is taken off, down to
    nothing due.
    """
    check_ladder(ladder)
    if isinstance(days_before, bool) or not isinstance(days_before, int) or days_before < 0:
        raise SumError("A slot is cancelled 0 days before it or earlier; after that it was used.", field="days_before")
    rung = next(rung for rung in ladder if days_before >= rung.nearest)
    amount = not_negative(price.amount, "The price", field="price")
    again = not_negative(resold, "What the slot was sold again for", field="resold")
    share = _share(credit, "credit")
    fee = amount * Fraction(rung.percent) / HUNDRED
    due = max(Fraction(0), fee - again * share)
    days = f"{days_before:,} day{'' if days_before == 1 else 's'}"
    words = f"{days} before the slot ({rung_range(rung, ' to ')}): {shown(rung.percent)} % of {_said(price)}"
    words += f" = {price.currency} {shown(fee)}"
    if again:
        words += f"; less {shown(share * 100)} % of {price.currency} {shown(again)} that the slot was sold again for"
        words += f" = {price.currency} {shown(due)}"
    return _sum(due, price.currency, words)


def indexed(price: Money, index: Index, changes: Sequence[Number]) -> Sum:
    """Return ``price`` after the index moved by ``changes``, percents of the index before, one for each period in order.

    Each period multiplies the price of the one before. A rise is limited to the most of the index, a fall is not.
    """
    value = not_negative(price.amount, "The price", field="price")
    share = Fraction(index.share) / HUNDRED
    words = _said(price)
    for row, change in enumerate(changes):
        moved = exact(change, "The change of the index", field="changes", row=row)
        if moved < -100:
            raise SumError("An index cannot fall by more than 100 %.", field="changes", row=row)
        step = moved * share
        told = f"{shown(index.share)} % of {shown(moved)} %"
        if index.most is not None and step > Fraction(index.most):
            step = Fraction(index.most)
            told += f", at most {shown(step)} %"
        value *= 1 + step / HUNDRED
        words += f"; {told}: {'plus' if step >= 0 else 'less'} {shown(abs(step))} % = {price.currency} {shown(value)}"
    return _sum(value, price.currency, words)


def softer(term: Typed, target: Number | None, direction: str) -> str:
    """Return how the target of a KPI is softer than the service level ``term``, in a sentence; "" if it is not.

    ``target`` is in the unit of the term, None if the KPI has none; ``direction`` is that of the KPI: "up", "down" or
    "neutral". Field "term" for a term that is no level, "direction" where the two go opposite ways.
    """
    level = term.value
    if not isinstance(level, Level):
        raise SumError("Only a service level can be compared with a KPI; choose such a term.", field="term")
    if direction == "neutral" or target is None:
        return f"The contract promises {term.words}, and the KPI has no target; give it that of the contract."
    if direction != level.direction:
        better = {"up": "more is better", "down": "less is better"}
        if direction not in better:
            raise SumError(f"“{direction}” is no direction; choose up, down or neutral.", field="direction")
        raise SumError(
            f"In the contract {better[level.direction]}, in the KPI {better[direction]}; compare like with like.",
            field="direction",
        )
    aimed = exact(target, "The target", field="target")
    if (aimed >= level.target) if direction == "up" else (aimed <= level.target):
        return ""
    unit = " %" if term.unit == "percent" else " day" if aimed == 1 else " days"
    way = "at least" if direction == "up" else "at most"
    return (
        f"The KPI asks for {way} {shown(aimed, 6)}{unit}, which is softer than the contract: {term.words}."
        " Set the target to that of the contract or better."
    )


def _share(percent: Number, field: str) -> Fraction:
    value = not_negative(percent, "The percentage", field=field)
    if value > 100:
        raise SumError("The percentage is from 0 to 100.", field=field)
    return value / HUNDRED


def _said(money: Money) -> str:
    return f"{money.currency} {shown(money.amount)}"


def _sum(value: Fraction, currency: str, words: str) -> Sum:
    return Sum(value, to_decimal(value), currency, words)
