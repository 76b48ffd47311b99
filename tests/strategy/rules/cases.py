"""Strategies as plain values, for the stories about what follows from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from strategy.rules.attributes import CATALOGUE
from strategy.snapshot import Answer, Capacity, Demand, Risk, Snapshot, Weighted

D = Decimal


def attribute(code: str, weight: int | str, must_have: bool = False, group: str = "", name: str = "") -> Weighted:
    known = CATALOGUE.get(code)
    return Weighted(
        code=code,
        name=name or (known.name if known else code.replace("_", " ").capitalize()),
        group=group or (known.group if known else "partnership"),
        weight=D(weight),
        must_have=must_have,
    )


def attributes(*given: Weighted) -> dict[str, Weighted]:
    return {each.code: each for each in given}


def demand(*years: tuple[int, int | str, int | str, int | str]) -> tuple[Demand, ...]:
    return tuple(Demand(year, D(low), D(base), D(high)) for year, low, base, high in years)


def virtual_company() -> Snapshot:
    """A virtual company with one product, a small molecule on the market, which one site in the world can make."""
    return Snapshot(
        modality="small_molecule",
        phase="commercial",
        kind="product",
        core=Answer("not_core"),
        sourcing_intent=Answer("stay_outsourced"),
        alternates=Answer("sole"),
        duration=Answer("long_term", date(2033, 12, 31)),
        exit_intent="Two years of stock, then a transfer to whoever has built the containment by then.",
        tier=1,
        segment="bottleneck",
        horizon_from=2027,
        horizon_to=2033,
        attributes=attributes(
            attribute("supply_security", 45, must_have=True),
            attribute("quality_compliance", 30, must_have=True),
            attribute("total_cost", 15),
            attribute("partnership_fit", 10),
        ),
        demand=demand((2027, 900, 1000, 1100), (2028, 950, 1050, 1150)),
        capacity=(Capacity(2027, "committed", D(20)), Capacity(2028, "committed", D(21))),
        risks=(Risk("supply", 9, 3, 3), Risk("financial", 6, 5, 4), Risk("ehs", 4, 3, 2)),
        base_currency="USD",
        own_oversight_budget=D(350000),
    )


def dual_source_biologic() -> Snapshot:
    """A commercial monoclonal antibody for which a second source is built up while demand grows."""
    return Snapshot(
        modality="biologic",
        phase="commercial",
        kind="product",
        core=Answer("core"),
        sourcing_intent=Answer("in_house_later", date(2031, 6, 30)),
        alternates=Answer("dual", date(2028, 12, 31)),
        duration=Answer("long_term", date(2032, 12, 31)),
        tier=1,
        segment="strategic",
        horizon_from=2027,
        horizon_to=2032,
        attributes=attributes(
            attribute("quality_compliance", 25, must_have=True),
            attribute("supply_security", 20),
            attribute("technical_capability", 20),
            attribute("ip_protection", 15),
            attribute("exit_readiness", 10),
            attribute("sustainability", 10, group="business_fit"),
        ),
        demand=demand((2027, 40000, 60000, 90000), (2028, 60000, 100000, 150000)),
        capacity=(Capacity(2027, "committed", D(12)), Capacity(2028, "option", D(12))),
        risks=(Risk("technical", 7, 5, 4), Risk("ip", 9, 2, 2)),
        base_currency="EUR",
    )


def clinical_supply() -> Snapshot:
    """A cell therapy in phase 2, made for one trial by whoever is quick."""
    return Snapshot(
        modality="cell_gene",
        phase="phase_2",
        kind="product",
        core=Answer("adjacent"),
        sourcing_intent=Answer("stay_outsourced"),
        alternates=Answer("single"),
        duration=Answer("short_term", date(2028, 6, 30)),
        tier=2,
        segment="leverage",
        horizon_from=2027,
        horizon_to=2028,
        attributes=attributes(
            attribute("speed", 50, must_have=True),
            attribute("flexibility", 30),
            attribute("data_integrity", 14),
            attribute("total_cost", 6),
        ),
        demand=demand((2027, 20, 40, 60), (2028, 0, 20, 40)),
        capacity=(Capacity(2027, "committed", D(40)), Capacity(2028, "committed", D(20))),
    )
