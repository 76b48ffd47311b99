"""What follows from demand: how uncertain it is, how it grows, and whether capacity is bound for it."""

from __future__ import annotations

from decimal import Decimal

from strategy.rules.causes import (
    ARTICLE,
    EVALUATION,
    FLEXIBILITY,
    MEASURES,
    RE_EVALUATION,
    Because,
    Snapshot,
    grouped,
    rule,
)
from strategy.rules.measures import criterion, kpi, priority, question
from strategy.rules.mechanisms import mechanisms
from strategy.sums.numbers import plain

#: From this ratio of the high to the low scenario in one year, volume counts as uncertain.
UNCERTAIN = Decimal("1.5")
#: From this ratio of the last to the first year's base, demand counts as growing; below its inverse, as falling.
GROWING = Decimal("1.5")


def uncertain(snapshot: Snapshot) -> tuple[Because, ...]:
    """The year in which the scenarios lie furthest apart; a low of nothing against a high of something is furthest."""
    years = [d for d in snapshot.demand if d.high > 0 and d.high >= UNCERTAIN * d.low]
    if not years:
        return ()
    nothing = sorted((d for d in years if d.low <= 0), key=lambda d: (-d.high, d.year))
    if nothing:
        d = nothing[0]
        return (Because("demand", "Demand", f"From nothing to {grouped(d.high)} in {d.year}"),)
    d = max(years, key=lambda d: (d.high / d.low, -d.year))
    times = plain((d.high / d.low).quantize(Decimal("0.1")))
    span = f"{grouped(d.low)} to {grouped(d.high)}"
    return (Because("demand", "Demand", f"{span} in {d.year}: the high scenario is {times} times the low one"),)


def _first_and_last(snapshot: Snapshot) -> tuple[tuple[int, Decimal], tuple[int, Decimal]] | None:
    years = sorted((d.year, d.base) for d in snapshot.demand if d.base > 0)
    return (years[0], years[-1]) if len(years) > 1 and years[0][0] != years[-1][0] else None


def _base(ends: tuple[tuple[int, Decimal], tuple[int, Decimal]]) -> tuple[Because, ...]:
    (first, before), (last, after) = ends
    return (Because("demand", "Demand", f"Base {grouped(before)} in {first}, {grouped(after)} in {last}"),)


def _growing(snapshot: Snapshot) -> tuple[Because, ...]:
    ends = _first_and_last(snapshot)
    return _base(ends) if ends and ends[1][1] >= GROWING * ends[0][1] else ()


def _falling(snapshot: Snapshot) -> tuple[Because, ...]:
    ends = _first_and_last(snapshot)
    return _base(ends) if ends and ends[1][1] * GROWING <= ends[0][1] else ()


def _uncovered(snapshot: Snapshot) -> tuple[Because, ...]:
    """Years whose need of batches exceeds own and committed capacity; an option binds nobody.

    Where the batches are not worked out yet, years with demand for which no capacity is bound at all.
    """
    bound: dict[int, Decimal] = {}
    for row in snapshot.capacity:
        if row.kind != "option":
            bound[row.year] = bound.get(row.year, Decimal(0)) + row.batches
    if snapshot.batches_needed:
        short = {year: need - bound.get(year, Decimal(0)) for year, need in snapshot.batches_needed.items()}
        gaps = [f"{plain(gap)} in {year}" for year, gap in sorted(short.items()) if gap > 0]
        return (Because("capacity", "Capacity", f"Batches short: {', '.join(gaps)}"),) if gaps else ()
    years = sorted({d.year for d in snapshot.demand if d.base > 0} - {year for year, held in bound.items() if held > 0})
    if not years:
        return ()
    return (Because("capacity", "Capacity", f"None is bound for {', '.join(map(str, years))}"),)


def _known(snapshot: Snapshot) -> tuple[Because, ...]:
    years = sorted({d.year for d in snapshot.demand if d.high > 0})
    if not years:
        return ()
    span = str(years[0]) if years[0] == years[-1] else f"{years[0]} to {years[-1]}"
    return (Because("demand", "Demand", f"Scenarios for {span}"),)


RULES = (
    rule(
        "demand.uncertain.bands",
        "Uncertain volume is bought in bands",
        "A single figure is wrong from the day it is signed; a band is right for longer.",
        FLEXIBILITY,
        uncertain,
        mechanisms("volume_bands", "forecast_zones"),
    ),
    rule(
        "demand.uncertain.give_back",
        "Uncertain volume can be deferred and given back",
        "What is not needed is cheapest when it can be moved, or sold to somebody else, early.",
        FLEXIBILITY,
        uncertain,
        mechanisms("deferral", "cancellation_ladder", "no_take_or_pay"),
        priority("flexibility", 12),
    ),
    rule(
        "demand.uncertain.choose_room",
        "Candidates are chosen with room for volume",
        "A partner full to the last slot cannot follow either scenario.",
        EVALUATION,
        uncertain,
        criterion("volume_flexibility", 5),
    ),
    rule(
        "demand.uncertain.measure_ourselves",
        "Our own forecast is measured",
        "Zones bind both sides, and the sponsor's forecast is a frequent cause of the CMO's failure.",
        MEASURES,
        uncertain,
        kpi("forecast-accuracy"),
        kpi("change-turnaround"),
    ),
    rule(
        "demand.growing",
        "Growth is agreed before it comes",
        "The second line is dearest when it is needed at once from the only one who can build it.",
        FLEXIBILITY,
        _growing,
        mechanisms("capacity_growth"),
        criterion("growth_path", 5),
        question(
            "growth",
            "Has demand grown as assumed, and is the next step of capacity decided in time?",
            "Demand against scenarios, capacity by year, lead time of the next step.",
        ),
    ),
    rule(
        "demand.falling",
        "Falling demand does not pay for empty slots",
        "A minimum fixed in the best year is paid in the worst.",
        FLEXIBILITY,
        _falling,
        mechanisms("no_take_or_pay", "slot_transfer", "ramp_down"),
        question(
            "decline",
            "Does the commitment still follow demand down, and when does the last batch run?",
            "Demand against scenarios, minimums, slots used for other products.",
        ),
    ),
    rule(
        "demand.uncovered",
        "Capacity that nobody is bound to is reserved",
        "Capacity that is free today is another's tomorrow; a need without a slot is a wish.",
        ARTICLE,
        _uncovered,
        mechanisms("capacity_reservation"),
        criterion("capacity_headroom", 6),
        priority("capacity", 10),
        kpi("schedule-adherence"),
    ),
    rule(
        "demand.shift",
        "A shift of demand re-opens the strategy",
        "Terms, sources and make-or-buy rest on these volumes; a quarter more or less changes them.",
        RE_EVALUATION,
        _known,
        question(
            "demand_shift",
            "Has demand moved by a quarter or more against the base scenario, and what does that change?",
            "Actual and forecast demand against low, base and high by year.",
        ),
    ),
)
