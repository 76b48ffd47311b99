"""A strategy in words: the same figures and sentences for its page and for its board paper.

Numbers come out written as people read them; each computed one brings the arithmetic that it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from cmo_lifecycle.doors import format as fmt
from strategy import rules
from strategy.models import Consequence, Strategy, in_order
from strategy.reading import CASES, Reading
from strategy.sums import pairwise, segments
from strategy.wording import answers_in_short, decimals, percent, quoted, short

CAPACITY = ("in_house", "committed", "option")


@dataclass(frozen=True)
class Answer:
    """One of the four questions as it is answered, with what the writer calls its field."""

    field: str
    question: str
    answer: str
    when: str
    why: str
    evidence: str
    more: str = ""


@dataclass(frozen=True)
class Figure:
    """One computed number, and how it is calculated: sentences, one to a step."""

    label: str
    value: str
    how: list[str]
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of words under their heads; all columns but the first hold numbers unless they are named in `texts`."""

    heads: list[str]
    rows: list[list[str]]
    texts: frozenset[int] = field(default_factory=frozenset)


class Overview:
    """Everything that is shown of a strategy, worked out when it is asked for."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.reading = Reading(strategy)

    # ---- what is wanted

    @cached_property
    def answers(self) -> list[Answer]:
        s: Any = self.strategy
        alternates = f"Ready by {fmt.day(s.alternate_by)}" if s.alternate_by else ""
        until = f"Until {fmt.day(s.duration_until)}" if s.duration_until else ""
        return [
            Answer(
                "core_competency", "Is it a core competency?", s.get_core_competency_display(), "",
                s.core_rationale, s.core_evidence,
            ),
            Answer(
                "sourcing_intent", "How is it sourced over time?", s.get_sourcing_intent_display(),
                f"In-house by {fmt.day(s.in_house_by)}" if s.in_house_by else "", s.intent_rationale, s.intent_evidence,
            ),
            Answer(
                "alternates", "Are there alternate sources?", s.get_alternates_display(), alternates,
                s.alternates_rationale, s.alternates_evidence, s.alternate_plan,
            ),
            Answer(
                "duration", "How long is it to last?", s.get_duration_display(), until,
                s.duration_rationale, s.duration_evidence,
            ),
        ]  # fmt: skip

    @property
    def in_short(self) -> str:
        """The four answers in one line."""
        return answers_in_short(self.strategy)

    @cached_property
    def weights(self) -> list[dict[str, Any]]:
        """The attributes, heaviest first."""
        found = self.reading.weights
        places = max((decimals(share) for share in found.values()), default=0)
        rows = [
            {
                "name": row.attribute.name,
                "code": row.attribute.code,
                "share": found.get(row.attribute.code),
                "weight": percent(found.get(row.attribute.code), places),
                "must_have": row.must_have,
                "rationale": row.rationale,
            }
            for row in self.reading.attributes
        ]
        return sorted(rows, key=lambda row: (row["share"] is None, -(row["share"] or 0), row["name"]))

    @cached_property
    def how_weighed(self) -> list[str]:
        if self.strategy.weights_by == Strategy.WeightsBy.DIRECT:
            total = sum(self.reading.weights.values(), Decimal(0))
            return [f"Entered directly; they add up to {percent(total)}."]
        found = self.reading.priorities
        if found.problem is not None:
            return [str(found.problem)]
        if found.value is None:
            return []
        one, count = found.value, len(self.reading.attributes)
        index = pairwise.SAATY_1980[count - 1]
        ratio = fmt.number(one.consistency_ratio, 3)
        agree = "they agree well enough" if one.acceptable else "they contradict each other"
        return [
            "Each pair was judged from 1/9 to 9; the weights are the principal eigenvector of the matrix (Saaty 1980).",
            f"λmax is {fmt.number(one.lambda_max, 4)} for {count} attributes, so the consistency index is"
            f" (λmax − {count}) ÷ {max(count - 1, 1)} = {fmt.number(one.consistency_index, 4)}.",
            f"Divided by the random index {index} that is a consistency ratio of {ratio}: {agree} (up to 0.10).",
        ]

    # ---- how much

    @cached_property
    def demand(self) -> Table | None:
        lines, found = self.reading.demand, self.reading.batches.value
        if not lines:
            return None
        unit = quoted(self.strategy.demand_unit or "units")
        heads = ["Year", f"Low, {unit}", f"Base, {unit}", f"High, {unit}"]
        heads += [f"Batches, {case}" for case in CASES] if found else []
        rows = [
            [
                str(line.year),
                *(short(getattr(line, case)) for case in CASES),
                *((short(found[case][line.year]) for case in CASES) if found else ()),
            ]
            for line in lines
        ]
        return Table(heads, rows)

    @cached_property
    def how_batches(self) -> list[str]:
        s, found = self.strategy, self.reading.batches
        if found.problem is not None:
            return [str(found.problem)]
        if found.value is None or s.batch_output is None:
            return []
        unit = quoted(s.demand_unit or "units")
        usable, failing = s.batch_yield if s.batch_yield is not None else Decimal(100), s.batch_failure or Decimal(0)
        each = s.batch_output * usable / 100 * (100 - failing) / 100
        most = max(self.reading.demand, key=lambda line: (line.base, -line.year))
        return [
            f"One started batch brings {short(s.batch_output)} {unit} × {percent(usable)} yield × (100 % −"
            f" {percent(failing)} failed) = {short(each, 1)} {unit} on average.",
            "Batches to start are the demand divided by that, rounded up.",
            f"{most.year}, base: {short(most.base)} ÷ {short(each, 1)} = {short(most.base / each, 2)}, so"
            f" {short(found.value['base'][most.year])}.",
        ]

    @cached_property
    def capacity(self) -> Table | None:
        years = self.reading.gaps.value
        if not years:
            return None
        heads = ["Year", "Needed", "In-house", "Committed", "Option", "Missing", "Missing with options", "Need ÷ held"]
        needed = self.reading.needed
        rows = [
            [
                str(one.year),
                short(one.need if one.year in needed else None),
                *(short(value) for value in (one.in_house, one.committed, one.option)),
                *(short(value if one.year in needed else None) for value in (one.gap, one.gap_with_options)),
                percent(
                    one.utilisation.quantize(Decimal(1)) if one.utilisation is not None and one.year in needed else None
                ),
            ]
            for one in years
        ]
        return Table(heads, rows)

    @cached_property
    def capacity_says(self) -> str:
        years = self.reading.gaps.value or ()
        short_of = [one for one in years if one.gap > 0]
        if not years:
            return ""
        if not short_of:
            return "In-house and committed capacity cover the base demand in every year."
        named = ", ".join(f"{short(one.gap)} in {one.year}" for one in short_of)
        tail = "" if any(one.gap_with_options > 0 for one in short_of) else " The options would cover it."
        return f"Batches missing at base demand: {named}.{tail}"

    # ---- make or buy

    @cached_property
    def money(self) -> list[Figure]:
        found, s = self.reading.make_or_buy.value, self.strategy
        if found is None:
            return []
        rate = percent(s.discount_rate or Decimal(0))
        first = found.years[0].year
        base = s.horizon_from if s.horizon_from is not None else first
        written = {key: self.amount(getattr(found, f"npv_{key}")) for key in ("make", "buy")}
        figures = [
            Figure(
                f"Present cost of {word}", written[key],
                [
                    f"Each year's cost is divided by (1 + {rate}) for every year after {base}; the sum is {written[key]}.",
                    f"Undiscounted it would be {self.amount(getattr(found, f'undiscounted_{key}'))}.",
                    *self._rates,
                ],
                key=f"npv-{key}",
            )
            for key, word in (("make", "making"), ("buy", "buying"))
        ]  # fmt: skip
        cheaper = "buying" if found.difference > 0 else "making"
        note = f"less by {cheaper}" if found.difference else "neither is cheaper"
        figures.append(
            Figure(
                "Difference",
                self.amount(found.difference.copy_abs()),
                [f"{written['make']} − {written['buy']} = {self.amount(found.difference)}.", *self.how_sure],
                note=note,
                key="difference",
            )
        )
        even = found.break_even
        unit = quoted(s.demand_unit or "units")
        figures.append(
            Figure(
                "Break-even",
                fmt.number(even.volume, 0) if even.volume is not None else "None",
                [
                    even.sentence,
                    "It is the same volume in every year that has demand at which both present costs are equal; there a"
                    " batch costs its share of volume.",
                ],
                note=f"{unit} a year" if even.volume is not None else "at any volume",
                key="break-even",
            )
        )
        return figures

    @property
    def _rates(self) -> list[str]:
        own = self.strategy.currency
        return [
            f"1 {own} buys {short(row.per_base)} {row.currency} ({row.source}, {fmt.day(row.on)})."
            for row in self.reading.rates
        ]

    @property
    def how_sure(self) -> list[str]:
        found = self.reading.sensitivity.value
        return [found.sentence] if found is not None else []

    @cached_property
    def cash(self) -> Table | None:
        found = self.reading.make_or_buy.value
        if found is None:
            return None
        heads = ["Year", "Make", "Buy", "Factor", "Make, discounted", "Buy, discounted", "Make − buy, summed up"]
        rows = [
            [
                str(year.year),
                self.amount(year.make),
                self.amount(year.buy),
                fmt.number(year.factor, 4),
                self.amount(year.make_discounted),
                self.amount(year.buy_discounted),
                self.amount(year.cumulative_difference),
            ]
            for year in found.years
        ]
        return Table(heads, rows)

    @property
    def cash_problem(self) -> str:
        return str(self.reading.make_or_buy.problem or "")

    def amount(self, value: Decimal | None) -> str:
        return fmt.amount(value, self.strategy.currency, 0)

    @cached_property
    def factors(self) -> Table | None:
        rows = self.reading.factor_rows
        if not rows:
            return None
        return Table(
            ["Factor", "Weight", "Making, of 5", "Buying, of 5", "Because"],
            [[row.name, short(row.weight), short(row.make), short(row.buy), row.reason] for row in rows],
            frozenset({4}),
        )

    @property
    def factors_say(self) -> str:
        found = self.reading.weighed
        return found.value.sentence if found.value is not None else str(found.problem or "")

    # ---- the world outside

    @cached_property
    def segment(self) -> Figure | None:
        found, s = self.reading.segment, self.strategy
        if found is None or s.supply_risk is None or s.profit_impact is None:
            return None
        cut = segments.CUT
        side = {True: "high", False: "low"}
        return Figure(
            "Segment", found.name,
            [
                f"Supply risk {s.supply_risk} of 100 is {side[s.supply_risk >= cut]}, profit impact {s.profit_impact} is"
                f" {side[s.profit_impact >= cut]}; high begins at {cut} (Kraljic 1983).",
            ],
            note=found.meaning, key="segment",
        )  # fmt: skip

    @cached_property
    def risks(self) -> list[dict[str, Any]]:
        """The register, worst first, each with its number and what is done about it."""
        found = []
        for row, assessment in self.reading.assessed:
            residual = [row.residual_severity, row.residual_occurrence, row.residual_detection]
            left = ""
            if all(value is not None for value in residual):
                left = str(residual[0] * residual[1] * residual[2])
            settled = bool(row.accepted_because.strip() or (row.action.strip() and row.owner_id and row.due))
            found.append(
                {
                    "text": row.text,
                    "category": row.get_category_display(),
                    "code": row.category,
                    "scores": f"{row.severity} × {row.occurrence} × {row.detection}",
                    "rpn": assessment.rpn,
                    "says": _why_settled(assessment.sentence) if settled else assessment.sentence,
                    "stands": _stands(row) if assessment.needs_action and settled else assessment.sentence,
                    "needs_action": assessment.needs_action,
                    "tone": "none" if not assessment.needs_action else "watch" if settled else "bad",
                    "word": _risk_word(assessment.needs_action, bool(row.accepted_because.strip()), settled),
                    "action": row.action,
                    "owner": row.owner.name if row.owner else "",
                    "due": row.due,
                    "accepted": row.accepted_because,
                    "left": left,
                }
            )
        return found

    @property
    def how_risks(self) -> str:
        s = self.strategy
        return (
            "RPN = severity × occurrence × detection, each from 1 to"
            f" {s.risk_scale}. Above {s.risk_threshold}, or from a severity of {s.severity_gate} on whatever the number,"
            " a risk needs an action with owner and day, or a written acceptance (ICH Q9(R1))."
        )

    @cached_property
    def conflicts(self) -> tuple[rules.Conflict, ...]:
        return rules.conflicts(self.reading.snapshot)

    @cached_property
    def asks(self) -> list[Consequence]:
        return in_order(self.strategy.consequences.all())  # type: ignore[attr-defined]


def _why_settled(sentence: str) -> str:
    """Say of a risk that is dealt with only what asked for it: its number, its severity."""
    head, _, why = sentence.partition(": ")
    return f"{why[:1].upper()}{why[1:]}" if head.startswith("Needs action") else sentence


def _stands(row: Any) -> str:
    if row.accepted_because.strip():
        return f"Accepted: {row.accepted_because}"
    return f"Action planned: {row.action} ({row.owner.name}, by {fmt.day(row.due)})"


def _risk_word(needs_action: bool, is_accepted: bool, is_settled: bool) -> str:
    if not needs_action:
        return "No action needed"
    if is_accepted:
        return "Accepted"
    return "Action planned" if is_settled else "Action missing"


__all__ = ["Answer", "Figure", "Overview", "Table", "answers_in_short", "percent", "short"]
