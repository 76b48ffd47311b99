"""What still keeps a strategy from being reviewed: each finding as a sentence, with the field that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from strategy.criteria import HUNDRED, total_off
from strategy.models import Consequence, Strategy
from strategy.reading import Reading
from strategy.sums import pairwise
from strategy.sums.errors import SumError
from strategy.sums.numbers import plain


@dataclass(frozen=True)
class Finding:
    """One thing to mend: the field or table it is at, the row from 0 where there is one, and what to do."""

    field: str
    sentence: str
    row: int | None = None


QUESTIONS = (
    ("core_competency", "core_rationale", "Answer whether this is a core competency", "Say why it is or is not a core competency."),
    ("sourcing_intent", "intent_rationale", "Answer how it is sourced over time", "Say why it is sourced so over time."),
    ("alternates", "alternates_rationale", "Answer whether there are alternate sources", "Say why there are or are not alternate sources."),
    ("duration", "duration_rationale", "Answer how long the relationship is to last", "Say why it is to last so long."),
)  # fmt: skip


def findings(strategy: Strategy, reading: Reading | None = None) -> list[Finding]:
    """Return everything that is missing or does not go together, in the order in which a strategy is written."""
    return list(_all(strategy, reading or Reading(strategy)))


def _all(strategy: Strategy, reading: Reading) -> Iterator[Finding]:
    if not strategy.scope.strip():
        yield Finding("scope", "Say what is outsourced.")
    if strategy.horizon_from is None or strategy.horizon_to is None:
        yield Finding("horizon_from", "Give the first and the last year of the horizon.")
    yield from _objectives(reading)
    yield from _questions(strategy)
    if not strategy.exit_intent.strip():
        yield Finding("exit_intent", "State how the relationship would be left, and what must be in hand then.")
    yield from _weights(strategy, reading)
    yield from _demand(strategy, reading)
    yield from _money(strategy, reading)
    yield from _risks(strategy, reading)
    if strategy.review_due is None:
        yield Finding("review_due", "Say when the strategy is reviewed next.")
    elif strategy.state in Strategy.WRITABLE and strategy.review_due <= timezone.localdate():
        yield Finding("review_due", "The next review lies in the past: give a day after today.")
    undecided = strategy.consequences.filter(state=Consequence.State.PROPOSED).count()  # type: ignore[attr-defined]
    if undecided:
        what = "1 consequence is" if undecided == 1 else f"{undecided} consequences are"
        yield Finding("consequences", f"{what} undecided: accept, change or decline each.")
    total = total_off(strategy.consequences.filter(kind="criterion"))  # type: ignore[attr-defined]
    if total is not None:
        sentence = f"The weights of the criteria add up to {plain(total)}: scale them to 100, or change them."
        yield Finding("consequences", sentence)


def _objectives(reading: Reading) -> Iterator[Finding]:
    if not reading.objectives:
        yield Finding("objectives", "Give at least one objective.")
        return
    yield from _adding_up("objectives", [row.weight for row in reading.objectives], "objectives")


def _adding_up(field: str, weights: list[Decimal], what: str) -> Iterator[Finding]:
    total = sum(weights, Decimal(0))
    if total != HUNDRED:
        off = abs(HUNDRED - total)
        more = "give" if total < HUNDRED else "take away"
        yield Finding(field, f"The weights of the {what} add up to {plain(total)}: {more} {plain(off)} to reach 100.")


def _questions(strategy: Strategy) -> Iterator[Finding]:
    for choice, why, ask, ask_why in QUESTIONS:
        if not getattr(strategy, choice):
            yield Finding(choice, f"{ask}.")
        elif not getattr(strategy, why).strip():
            yield Finding(why, ask_why)
    if strategy.sourcing_intent == Strategy.SourcingIntent.IN_HOUSE_LATER and strategy.in_house_by is None:
        yield Finding("in_house_by", "Say by when it is to be brought in-house.")
    if strategy.alternates in (Strategy.Alternates.DUAL, Strategy.Alternates.MULTI):
        if strategy.alternate_by is None:
            yield Finding("alternate_by", "Say by when the alternate source is ready.")
        if not strategy.alternate_plan.strip():
            yield Finding("alternate_plan", "Say how the alternate source comes about.")
    if strategy.duration == Strategy.Duration.SHORT_TERM and strategy.duration_until is None:
        yield Finding("duration_until", "Say until when the short-term relationship lasts.")


def _weights(strategy: Strategy, reading: Reading) -> Iterator[Finding]:
    if not reading.attributes:
        yield Finding("attributes", "Choose the attributes that matter and weigh them.")
        return
    for row, weighed in enumerate(reading.attributes):
        if weighed.must_have and not weighed.rationale.strip():
            yield Finding("attributes", f"Say why {weighed.attribute} is a must-have.", row)
    if strategy.weights_by == Strategy.WeightsBy.DIRECT:
        yield from _adding_up("attributes", [row.weight for row in reading.attributes], "attributes")
        return
    found = reading.priorities
    if found.problem is not None:
        yield Finding("judgements", str(found.problem), found.problem.row)
    elif found.value is not None and reading.contradicts and not strategy.inconsistency_explained.strip():
        yield Finding(
            "inconsistency_explained",
            f"The comparisons contradict each other: their consistency ratio is {found.value.consistency_ratio:.3f},"
            f" above {pairwise.ACCEPTABLE}. Judge some pairs again, or say why they stand.",
        )


def _demand(strategy: Strategy, reading: Reading) -> Iterator[Finding]:
    if strategy.horizon_from is not None and strategy.horizon_to is not None:
        for problem in reading.demand_problems:
            yield _at("demand", problem)
    elif not reading.demand:
        yield Finding("demand", "Give the demand for each year of the horizon.")
    if reading.demand and not strategy.demand_unit.strip():
        yield Finding("demand_unit", "Say in which unit the demand is counted.")
    if reading.batches.problem is not None:
        yield Finding("batch_output", str(reading.batches.problem))


def _money(strategy: Strategy, reading: Reading) -> Iterator[Finding]:
    amounts = reading.flows or strategy.budget is not None or strategy.oversight_budget is not None
    if amounts and not strategy.currency:
        yield Finding("currency", "Give the currency of this strategy.")
        return
    if reading.flows and strategy.discount_rate is None:
        yield Finding("discount_rate", "Give the discount rate at which money is compared over the years.")
    for code in reading.currencies_without_rate:
        yield Finding("rates", f"Costs are in {code}: give a rate from {code} to {strategy.currency}.")
    problem = reading.make_or_buy.problem
    # A gap in the demand is told where the demand is, a currency without a rate above.
    told = bool(reading.demand_problems or reading.currencies_without_rate)
    if reading.flows and strategy.currency and problem is not None and not told:
        yield _at("cash_flows", problem, {"rates": "rates"})
    if reading.weighed.problem is not None:
        yield _at("factors", reading.weighed.problem)


def _at(field: str, problem: SumError, named: dict[str, str] | None = None) -> Finding:
    return Finding((named or {}).get(problem.field, field), str(problem), problem.row)


def _risks(strategy: Strategy, reading: Reading) -> Iterator[Finding]:
    assessed = {one.pk: found for one, found in reading.assessed}
    for row, risk in enumerate(reading.risks):
        assessment = assessed[risk.pk]
        if not assessment.needs_action or risk.accepted_because.strip():
            continue
        if not (risk.action.strip() and risk.owner_id and risk.due):
            yield Finding(
                "risks",
                f"“{risk.text}” needs an action with owner and day, or a written acceptance: RPN {assessment.rpn},"
                f" severity {risk.severity}.",
                row,
            )
    if strategy.tier is None:
        yield Finding("tier", "Give the risk tier.")
    elif not strategy.tier_rationale.strip():
        yield Finding("tier_rationale", "Say why it is this tier.")
