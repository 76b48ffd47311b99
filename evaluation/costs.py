"""The total cost of partnership of an RFP's bidders, from the rows: what `evaluation.costing` makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from evaluation.costing import (
    Batch,
    Bid,
    Comparison,
    Cost,
    Frame,
    Gap,
    Oversight,
    PriceLine,
    Rate,
    Risks,
    compare_costs,
    should_cost_gap,
    total_cost,
)
from evaluation.pricing import line_of
from strategy.sums.errors import SumError

BASE = "base"
_HUNDRED = Decimal(100)


def frame_of(rfp: Any) -> Frame | None:
    """Return what all bidders are counted by; None where the RFP does not price anything."""
    quantities = list(rfp.quantities.order_by("year"))
    if not quantities or not rfp.currency:
        return None
    years = [row.year for row in quantities]
    return Frame(
        base_currency=rfp.currency,
        base_year=min([*years, *([rfp.closes_at.year] if rfp.closes_at else [])]),
        discount_rate=rfp.discount_rate if rfp.discount_rate is not None else Decimal(0),
        scenarios={case: {row.year: getattr(row, case) for row in quantities} for case in ("low", BASE, "high")},
        rates=tuple(Rate(row.currency, row.per_base, row.on, row.source) for row in rfp.rates.order_by("currency")),
        unit=rfp.demand_unit or "units",
    )


def bid_of(
    rfp: Any, proposal: Any, appraisal: Any, sheet: Iterable[Any], prices: Mapping[str, Any], transfer: Iterable[Any]
) -> Bid:
    """Return a bidder's prices and our own terms for it; what is not told yet is None, never 0."""
    lines = [
        line_of(row, None if (said := prices.get(row.code)) is None else {
            "amount": said.amount, "currency": said.currency, "quantity": said.quantity, "percent": said.percent,
            "included": said.included, "assumption": said.assumption,
        })
        for row in sheet
        if row.mandatory or row.code in prices
    ]  # fmt: skip
    if appraisal is not None and appraisal.exit_cost is not None:
        lines.append(_ours("OURS-EXIT", "exit", "Exit or second source (our estimate)", appraisal.exit_cost, rfp))
    for place, phase in enumerate(transfer, start=1):
        if phase.cost:
            label = f"Technology transfer, {phase.phase} (our cost)"
            lines.append(
                _ours(f"OURS-TT{place}", "technology_transfer", label, phase.cost, rfp, year=phase.starts_on.year)
            )
    return Bid(
        code=str(proposal.pk),
        name=str(proposal.cmo),
        lines=tuple(lines),
        batch=_batch(rfp, appraisal),
        oversight=_oversight(rfp, appraisal),
        risks=_risks(rfp, appraisal),
    )


def _ours(code: str, kind: str, label: str, amount: Decimal, rfp: Any, year: int | None = None) -> PriceLine:
    return PriceLine(
        code=code,
        type=kind,
        label=label,
        unit="once",
        amount=amount,
        currency=rfp.currency,
        timing="one_off",
        year=year,
    )


def _first(*values: Decimal | None) -> Decimal | None:
    return next((value for value in values if value is not None), None)


def _batch(rfp: Any, appraisal: Any) -> Batch | None:
    brings = _first(getattr(appraisal, "bid_yield", None), rfp.batch_yield)
    failed = getattr(appraisal, "failed_batches", None)
    if rfp.batch_output is None or brings is None or failed is None:
        return None
    return Batch(rfp.batch_output, brings / _HUNDRED, failed / _HUNDRED)


def _oversight(rfp: Any, appraisal: Any) -> Oversight | None:
    told = (
        _first(getattr(appraisal, "fte", None), rfp.oversight_fte),
        rfp.fte_rate,
        getattr(appraisal, "audits", None),
        rfp.audit_cost,
        getattr(appraisal, "plant_days", None),
        rfp.plant_day_cost,
        rfp.oversight_systems,
    )
    if any(value is None for value in told):
        return None
    return Oversight(*told, currency=rfp.currency)  # type: ignore[arg-type]


_RISK_TERMS = (
    "liability_percent", "uncovered_material", "investigation", "delay", "stock_months", "stock_value",
    "carrying_percent",
)  # fmt: skip


def _risks(rfp: Any, appraisal: Any) -> Risks | None:
    told: dict[str, Any] = {name: getattr(appraisal, name, None) for name in _RISK_TERMS}
    if any(value is None for value in told.values()):
        return None
    return Risks(
        **told,
        change_order_percent=rfp.change_reserve,
        cancellation_percent=appraisal.cancellation_percent,
        currency=rfp.currency,
    )


class Costs:
    """The costs of all bidders of an RFP, each scenario worked out when it is first asked for.

    What it takes is read at once, in a constant number of queries. `problem` says why there are no costs at all.
    """

    def __init__(self, rfp: Any, proposals: Iterable[Any]) -> None:
        self.rfp = rfp
        self.bids: list[Bid] = []
        self.frame: Frame | None = None
        self._made: dict[str, list[Cost]] = {}
        self._problem = ""
        asked = list(proposals)
        if (rfp.state not in rfp.PRICED and rfp.priced_at is None) or not asked:
            return
        self.frame = frame_of(rfp)
        if self.frame is None:
            return
        keys = [one.pk for one in asked]
        prices: dict[Any, dict[str, Any]] = {key: {} for key in keys}
        from evaluation.models import Appraisal, Price, TransferPhase

        for row in Price.objects.filter(proposal__in=keys):
            prices[row.proposal_id][row.line] = row
        self.appraisals = {row.proposal_id: row for row in Appraisal.objects.filter(proposal__in=keys)}
        phases: dict[Any, list[Any]] = {}
        for phase in TransferPhase.objects.filter(appraisal__proposal__in=keys).order_by("position"):
            phases.setdefault(phase.appraisal_id, []).append(phase)
        sheet = list(rfp.price_sheet.order_by("position", "id"))
        for one in asked:
            appraisal = self.appraisals.get(one.pk)
            own = phases.get(appraisal.pk, []) if appraisal is not None else []
            self.bids.append(bid_of(rfp, one, appraisal, sheet, prices[one.pk], own))

    def made(self, scenario: str = BASE) -> list[Cost]:
        """Return the cost of each bidder in a scenario, in order of the proposals; empty where there are none."""
        if scenario not in self._made:
            found: list[Cost] = []
            if self.frame is not None and self.bids and not self._problem:
                try:
                    found = [total_cost(bid, self.frame, scenario) for bid in self.bids]
                except SumError as error:
                    self._problem = str(error)
            self._made[scenario] = found
        return self._made[scenario]

    @cached_property
    def comparison(self) -> Comparison | None:
        """All bidders in all scenarios side by side; None where there are no costs."""
        if self.frame is None or not self.bids:
            return None
        known = {scenario: self.made(scenario) for scenario in self.frame.scenarios}
        return None if self._problem else compare_costs(self.bids, self.frame, known)

    @property
    def problem(self) -> str:
        """Why the costs cannot be worked out at all, as a sentence; empty where they can."""
        self.made(BASE)
        return self._problem

    def of(self, proposal: Any, scenario: str = BASE) -> Cost | None:
        """Return a bidder's cost in a scenario; None where nothing was priced or the sum was refused."""
        return next((cost for cost in self.made(scenario) if cost.bidder == str(proposal.pk)), None)

    def amounts(self, scenario: str = BASE) -> dict[str, Decimal | None]:
        """Return the present value of each bidder's total cost by key; None where it cannot be computed."""
        found: dict[str, Decimal | None] = {bid.code: None for bid in self.bids}
        return found | {cost.bidder: cost.total_npv for cost in self.made(scenario)}

    def gap(self, proposal: Any) -> Gap | None:
        """Return by how much a bidder's cost per unit differs from our own estimate."""
        cost = self.of(proposal)
        if cost is None or self.rfp.should_cost is None:
            return None
        return should_cost_gap(cost.per_unit, self.rfp.should_cost, name=cost.name, currency=cost.currency)
