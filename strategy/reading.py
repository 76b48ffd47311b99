"""A strategy read as plain values, and everything that is worked out from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Generic, TypeVar

from strategy import snapshot as shapes
from strategy.models import Strategy
from strategy.sums import batches, cash, factors, fmea, pairwise, segments
from strategy.sums.errors import SumError
from strategy.sums.numbers import listed
from strategy.wording import quoted

T = TypeVar("T")
CASES = ("low", "base", "high")


@dataclass(frozen=True)
class Sum(Generic[T]):
    """What came out of a sum, or the problem that kept it from being made. Both are None where nothing was entered."""

    value: T | None = None
    problem: SumError | None = None

    @classmethod
    def of(cls, work: Callable[[], T]) -> Sum[T]:
        try:
            return cls(value=work())
        except SumError as problem:
            return cls(problem=problem)


class Reading:
    """One strategy with its tables, read once, and its sums, made when they are asked for."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy

    # ---- tables

    @cached_property
    def attributes(self) -> list[Any]:
        return list(self.strategy.attributes.select_related("attribute"))

    @cached_property
    def judgements(self) -> list[Any]:
        return list(self.strategy.judgements.select_related("first", "second"))

    @cached_property
    def objectives(self) -> list[Any]:
        return list(self.strategy.objectives.all())

    @cached_property
    def demand(self) -> tuple[shapes.Demand, ...]:
        rows = self.strategy.demand.order_by("year")
        return tuple(shapes.Demand(row.year, row.low, row.base, row.high) for row in rows)

    @cached_property
    def capacity(self) -> tuple[shapes.Capacity, ...]:
        return tuple(shapes.Capacity(row.year, row.kind, row.batches) for row in self.strategy.capacity.all())

    @cached_property
    def flows(self) -> list[Any]:
        return list(self.strategy.cash_flows.all())

    @cached_property
    def rates(self) -> list[Any]:
        return list(self.strategy.rates.all())

    @cached_property
    def factor_rows(self) -> list[Any]:
        return list(self.strategy.factors.all())

    @cached_property
    def risks(self) -> list[Any]:
        return list(self.strategy.risks.select_related("owner"))

    # ---- sums

    @cached_property
    def priorities(self) -> Sum[pairwise.Priorities]:
        """What the pairwise comparison amounts to; nothing where the weights are entered directly."""
        if self.strategy.weights_by != Strategy.WeightsBy.PAIRWISE or not self.attributes:
            return Sum()
        names = {row.attribute.code: row.attribute.name for row in self.attributes}
        judged = {(row.first.code, row.second.code): row.ratio for row in self.judgements}
        return Sum.of(lambda: pairwise.priorities([*names], judged, names=names))

    @property
    def contradicts(self) -> bool:
        """Whether the comparisons in pairs contradict each other more than they may."""
        found = self.priorities.value
        return found is not None and not found.acceptable

    @cached_property
    def weights(self) -> dict[str, Decimal]:
        """Percent by attribute code: from the comparison where it is whole, else as entered."""
        found = self.priorities.value
        if found is not None:
            return found.weights
        if self.strategy.weights_by == Strategy.WeightsBy.PAIRWISE:
            return {}
        return {row.attribute.code: row.weight for row in self.attributes}

    @cached_property
    def batches(self) -> Sum[dict[str, dict[int, int]]]:
        """Batches to start by case (low, base, high) and year."""
        strategy = self.strategy
        if not self.demand or strategy.batch_output is None:
            return Sum()
        output, usable, failing = strategy.batch_output, *self._shares
        return Sum.of(
            lambda: {
                case: {
                    line.year: batches.batches_needed(getattr(line, case), output, usable, failing)
                    for line in self.demand
                }
                for case in CASES
            }
        )

    @property
    def _shares(self) -> tuple[Decimal, Decimal]:
        usable, failing = self.strategy.batch_yield, self.strategy.batch_failure
        return (usable if usable is not None else Decimal(100)) / 100, (failing or Decimal(0)) / 100

    @cached_property
    def gaps(self) -> Sum[tuple[batches.CapacityYear, ...]]:
        """Batches needed at base demand against capacity, year by year."""
        if self.batches.value is None:
            return Sum(problem=self.batches.problem)
        need = self.batches.value["base"]
        return Sum.of(lambda: batches.capacity_gap(need, self.capacity))

    @property
    def needed(self) -> dict[int, int]:
        """Batches needed at base demand by year, of those years whose demand is known."""
        return (self.batches.value or {}).get("base", {})

    @cached_property
    def _cash(self) -> dict[str, Any]:
        strategy = self.strategy
        first = strategy.horizon_from if strategy.horizon_from is not None else min(line.year for line in self.demand)
        return {
            "discount_rate": strategy.discount_rate if strategy.discount_rate is not None else Decimal(0),
            "base_currency": strategy.currency,
            "base_year": first,
            "rates": [cash.Rate(row.currency, row.per_base, row.on, row.source) for row in self.rates],
        }

    @cached_property
    def _flows(self) -> list[cash.Flow]:
        return [cash.Flow(row.option, row.year, row.kind, row.amount, row.currency, row.label) for row in self.flows]

    @cached_property
    def demand_problems(self) -> list[SumError]:
        """What keeps the demand from covering the horizon; nothing while there is no horizon."""
        first, last = self.strategy.horizon_from, self.strategy.horizon_to
        return batches.horizon_problems(self.demand, first, last) if first is not None and last is not None else []

    @cached_property
    def currencies_without_rate(self) -> list[str]:
        """Currencies of costs that cannot be counted in the strategy's own, in the order of the costs."""
        own = self.strategy.currency
        known = {own, *(row.currency for row in self.rates)}
        return [code for code in dict.fromkeys(row.currency for row in self.flows) if code not in known] if own else []

    @cached_property
    def make_or_buy(self) -> Sum[cash.MakeOrBuy]:
        """Present values of making and buying at base demand, and where they break even."""
        if not self.flows or not self.demand:
            return Sum()
        strategy = self.strategy
        if self.demand_problems:
            return Sum(problem=self.demand_problems[0])
        if self.currencies_without_rate:
            named = listed(self.currencies_without_rate)
            sentence = f"Costs are in {named}; give a rate from {named} to {strategy.currency}."
            return Sum(problem=SumError(sentence, field="rates"))
        started = self.batches.value["base"] if self.batches.value else {}
        output: Fraction | None = None
        if self.batches.value and strategy.batch_output is not None:
            output = batches.effective_output(strategy.batch_output, *self._shares)
        return Sum.of(
            lambda: cash.compare(
                self._flows,
                {line.year: line.base for line in self.demand},
                started,
                output_per_batch=output,
                unit=quoted(strategy.demand_unit or "units"),
                **self._cash,
            )
        )

    @cached_property
    def sensitivity(self) -> Sum[cash.Sensitivity]:
        if self.make_or_buy.value is None:
            return Sum()
        started = self.batches.value or {}
        return Sum.of(lambda: cash.sensitivity(self._flows, self.demand, started, **self._cash))

    @cached_property
    def weighed(self) -> Sum[factors.Outcome]:
        """What cannot be put into money, for making and for buying."""
        if not self.factor_rows:
            return Sum()
        return Sum.of(
            lambda: factors.weigh([factors.Factor(row.name, row.weight, row.make, row.buy) for row in self.factor_rows])
        )

    @cached_property
    def assessed(self) -> list[tuple[Any, fmea.Assessment]]:
        """Each risk with its number and whether it needs action, worst first."""
        strategy = self.strategy
        scale = fmea.Scale(strategy.risk_scale)
        found = []
        for row in self.risks:
            plain = shapes.Risk(row.category, row.severity, row.occurrence, row.detection)
            limits = (scale, strategy.risk_threshold, strategy.severity_gate)
            found.append((fmea.sort_key(plain, *limits), row, fmea.assess(plain, *limits)))
        found.sort(key=lambda entry: entry[0])
        return [(row, assessment) for _, row, assessment in found]

    @cached_property
    def segment(self) -> segments.Segment | None:
        strategy = self.strategy
        if strategy.supply_risk is None or strategy.profit_impact is None:
            return None
        return segments.segment(strategy.supply_risk, strategy.profit_impact)

    # ---- what rules rest on

    @cached_property
    def snapshot(self) -> shapes.Snapshot:
        strategy = self.strategy
        weights = self.weights
        return shapes.Snapshot(
            modality=strategy.programme.modality,
            phase=strategy.programme.phase,
            kind=strategy.programme.kind,
            core=shapes.Answer(strategy.core_competency, None, strategy.core_rationale),
            sourcing_intent=shapes.Answer(strategy.sourcing_intent, strategy.in_house_by, strategy.intent_rationale),
            alternates=shapes.Answer(strategy.alternates, strategy.alternate_by, strategy.alternates_rationale),
            duration=shapes.Answer(strategy.duration, strategy.duration_until, strategy.duration_rationale),
            exit_intent=strategy.exit_intent,
            tier=strategy.tier,
            segment=self.segment.code if self.segment else "",
            relationship_type=strategy.relationship_type,
            horizon_from=strategy.horizon_from,
            horizon_to=strategy.horizon_to,
            attributes={
                row.attribute.code: shapes.Weighted(
                    code=row.attribute.code,
                    name=row.attribute.name,
                    group=row.attribute.group,
                    weight=weights.get(row.attribute.code, Decimal(0)),
                    must_have=row.must_have,
                    rationale=row.rationale,
                )
                for row in self.attributes
            },
            demand=self.demand,
            batches_needed={year: Decimal(count) for year, count in self.needed.items()},
            capacity=self.capacity,
            risks=tuple(shapes.Risk(row.category, row.severity, row.occurrence, row.detection) for row in self.risks),
            risk_scale=strategy.risk_scale,
            severity_gate=strategy.severity_gate,
            action_threshold=strategy.risk_threshold,
            currencies=tuple(sorted({row.currency for row in self.flows})),
            base_currency=strategy.currency,
            own_oversight_budget=strategy.oversight_budget,
        )
