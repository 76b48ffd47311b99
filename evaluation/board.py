"""The evaluation board of an RFP: all scores, costs, ranks and what would change them, in a constant number of queries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache as cache_once
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db.models import Aggregate, JSONField, TextField
from django.db.models.functions import Cast

from evaluation import costing
from evaluation.access import blind_to
from evaluation.asking import questions_of
from evaluation.costs import Costs
from evaluation.library.questions import auto_score
from evaluation.models import (
    Answer,
    Consensus,
    Criterion,
    Evaluator,
    Gap,
    Proposal,
    Requirement,
    Rfp,
    ScoreSheet,
)
from evaluation.scoring import rules, sensitivity, totals, words
from evaluation.scoring.export import as_numbers, written, written_places
from evaluation.scoring.matrix import Matrix, compute
from strategy.sums.errors import SumError


@cache_once
def _formulas() -> str:
    """Say by which code costs are worked out: another version keeps apart what it comes to."""
    files = sorted(Path(costing.__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()


#: A day: what nobody looks at any more goes by itself.
_KEPT_FOR = 86_400
SHOWN = (*Proposal.IN_THE_RUNNING, Proposal.State.NON_COMPLIANT)


class _Collected(Aggregate):
    """A mapping of the first expression to the second: a sheet in one row, where objects for each score take long."""

    function = "JSONB_OBJECT_AGG"
    arity = 2
    output_field = JSONField()


class _Numbers(dict[str, Decimal]):
    """Decimals by their text, each made once."""

    def __missing__(self, text: str) -> Decimal:
        return self.setdefault(text, Decimal(text))


class Board:
    """What an RFP's scores come to. `problem` says why there is no matrix; `problems` what a decision still lacks.

    Scores count once their sheet is submitted. Before the commercial envelopes are open, criteria of that part are
    left out, and the total is that of the technical part alone. For a `viewer` who has not handed in their own scores
    of a proposal, those of the others are not there either; `blind` says for which.
    """

    def __init__(self, rfp: Any, weights: Mapping[str, Decimal] | None = None, viewer: Any = None) -> None:
        self.rfp = rfp
        self.weights = weights
        self.viewer = viewer
        self.problem = ""

    @cached_property
    def blind(self) -> set[tuple[Any, bool]]:
        """(proposal, commercial) of which the viewer does not see the panel's scores yet; empty without a viewer."""
        return set() if self.viewer is None else blind_to(self.viewer, self.rfp)

    def is_hidden(self, proposal: Any, criterion: Any) -> bool:
        """Whether the panel's score of a criterion is kept from the viewer."""
        return criterion.rule not in Criterion.COMPUTED and (proposal.pk, criterion.is_commercial) in self.blind

    @cached_property
    def proposals(self) -> list[Any]:
        """The opened proposals, those that do not comply included, in order of their names."""
        return list(self.rfp.proposals.filter(state__in=SHOWN).select_related("cmo").order_by("cmo__legal_name", "id"))

    @cached_property
    def is_priced(self) -> bool:
        # Also of a request that was cancelled after its prices were opened.
        return self.rfp.state in Rfp.PRICED or self.rfp.priced_at is not None

    @cached_property
    def all_criteria(self) -> list[Any]:
        return list(self.rfp.criteria.order_by("position", "id"))

    @cached_property
    def criteria(self) -> list[Any]:
        """The criteria that count now."""
        return [one for one in self.all_criteria if self.is_priced or not one.is_commercial]

    @cached_property
    def seats(self) -> dict[Any, Any]:
        """The panel's cleared members by key."""
        found = self.rfp.evaluators.filter(state=Evaluator.State.CLEARED).select_related("person")
        return {seat.pk: seat for seat in found.order_by("person__name", "id")}

    @cached_property
    def costs(self) -> Costs:
        running = [one for one in self.proposals if one.state in Proposal.IN_THE_RUNNING]
        return Costs(self.rfp, running)

    @cached_property
    def failed(self) -> dict[Any, tuple[str, ...]]:
        """Proposal → a sentence for each must that it does not meet, or why it does not comply."""
        musts = {row.code: row for row in self.rfp.requirements.filter(need=Requirement.Need.MUST)}
        found: dict[Any, list[str]] = {one.pk: [] for one in self.proposals}
        for one in self.proposals:
            if one.state == Proposal.State.NON_COMPLIANT:
                found[one.pk].append(f"Does not comply: {one.compliance}")
        gaps = Gap.objects.filter(appraisal__rfp=self.rfp, verdict=Gap.Verdict.NOT_MET, requirement__in=list(musts))
        for row in gaps.select_related("appraisal").order_by("requirement"):
            if row.appraisal.proposal_id in found:
                found[row.appraisal.proposal_id].append(musts[row.requirement].not_met(row.finding))
        return {key: tuple(sentences) for key, sentences in found.items()}

    @cached_property
    def amounts(self) -> dict[str, Decimal | None]:
        """The present value of each bidder's total cost as expected, by key; None where it cannot be computed.

        For a page it is kept by what it is made of: the sum takes far longer than all the scores, and changes with
        the prices alone. What is signed or sent (without a viewer) is worked out each time.
        """
        if self.viewer is None:
            return self.costs.amounts()
        made = hashlib.sha256(f"{_formulas()}{self.costs.bids}{self.costs.frame}".encode()).hexdigest()
        key = f"evaluation-amounts:{made}"
        kept = cache.get(key) if self.costs.bids else {}
        if kept is None:
            kept = self.costs.amounts()
            if not self.costs.problem:
                cache.set(key, kept, _KEPT_FOR)
        return dict(kept)

    @cached_property
    def sheets(self) -> list[tuple[Any, Any, dict[str, Decimal]]]:
        """(seat, proposal, score by code) of each submitted sheet that the viewer may read."""
        rows = ScoreSheet.objects.filter(
            rfp=self.rfp, state=ScoreSheet.State.SUBMITTED, evaluator__in=[*self.seats],
            proposal__in=[one.pk for one in self.proposals], scores__score__isnull=False,
        ).order_by()  # fmt: skip
        # As text: a number of JSON would come as a binary fraction, and the same few texts come thousands of times.
        said = _Collected("scores__criterion", Cast("scores__score", TextField()))
        told = rows.annotate(told=said).values_list("evaluator_id", "proposal_id", "commercial", "told")
        numbers = _Numbers()
        return [
            (seat, proposal, {code: numbers[text] for code, text in scores.items()})
            for seat, proposal, commercial, scores in told
            if (proposal, commercial) not in self.blind
        ]

    @cached_property
    def scores(self) -> dict[tuple[Any, Any, str], Decimal]:
        """(seat, proposal, code) → the score, of submitted sheets that the viewer may read."""
        return {(seat, one, code): score for seat, one, scores in self.sheets for code, score in scores.items()}

    @cached_property
    def settled(self) -> dict[tuple[Any, str], Any]:
        """(proposal, code) → the score that moderation settled on, with its reason."""
        rows = Consensus.objects.filter(appraisal__rfp=self.rfp).select_related("appraisal")
        commercial = {one.code: one.is_commercial for one in self.all_criteria}
        return {
            (row.appraisal.proposal_id, row.criterion): row
            for row in rows
            if (row.appraisal.proposal_id, commercial.get(row.criterion, False)) not in self.blind
        }

    @cached_property
    def answered(self) -> dict[tuple[Any, str], Decimal]:
        """(proposal, code) → the score that a criterion's answers come to: the mean of its scored questions."""
        codes = {one.code for one in self.criteria if one.rule == Criterion.Rule.AUTO}
        if not codes:
            return {}
        asked = [one for one in questions_of(self.rfp) if one.bands and one.criterion in codes]
        by_code = {one.code: one for one in asked}
        given: dict[tuple[Any, str], list[Decimal | None]] = {}
        told: dict[tuple[Any, str], Any] = {}
        for row in Answer.objects.filter(proposal__in=[one.pk for one in self.proposals], question__in=[*by_code]):
            told[row.proposal_id, row.question] = row.value
        for one in self.proposals:
            for question in asked:
                score = auto_score(question, told.get((one.pk, question.code)))
                given.setdefault((one.pk, question.criterion), []).append(score)
        share = (self.rfp.scale_most - self.rfp.scale_least) / Decimal(5)
        return {
            key: self.rfp.scale_least + share * sum(values, Decimal(0)) / len(values)  # type: ignore[arg-type]
            for key, values in given.items()
            if None not in values
        }

    @cached_property
    def terms(self) -> totals.Terms:
        rounding = rules.Rounding(self.rfp.places)
        if self.rfp.scoring == Rfp.Scoring.SUM_OF_PRODUCTS:
            return totals.Terms(
                totals.Method.SUM_OF_PRODUCTS, rounding, rounding, rules.NOT_ROUNDED, spread=self.rfp.spread or 1
            )
        return totals.Terms(totals.Method.WEIGHTED_AVERAGE, rounding, rules.NOT_ROUNDED, rounding, self.rfp.spread or 1)

    @cached_property
    def matrix(self) -> Matrix | None:
        """Everything that the scores come to; None where `problem` says why not."""
        if not self.criteria or not self.proposals:
            self.problem = "There is nothing to judge yet." if not self.proposals else "There are no criteria."
            return None
        scale = rules.Scale(self.rfp.scale_least, self.rfp.scale_most)
        by_group: dict[str, tuple[str, ...]] = {}
        for pk, seat in self.seats.items():
            for group in seat.sections:
                by_group[group] = (*by_group.get(group, ()), str(pk))
        moderated = {code for _, code in self.settled}
        # A board without price criteria asks for no costs.
        priced = any(one.rule in Criterion.PRICE_RULES for one in self.criteria)
        amounts = self.amounts if priced else {}
        marked: dict[str, dict[str, dict[str, Decimal]]] = {str(one.pk): {} for one in self.proposals}
        for seat, proposal, told in self.sheets:
            who, by_code = str(seat), marked[str(proposal)]
            for code, score in told.items():
                by_code.setdefault(code, {})[who] = score
        running = [(one, str(one.pk)) for one in self.proposals]
        criteria, scores, given = [], [], []
        for one in self.criteria:
            rule = rules.Rule(one.rule)
            panel = by_group.get(one.group, ()) if rule in rules.BY_EVALUATORS else ()
            written_rule = rule
            if rule in rules.BY_EVALUATORS and one.code in moderated:
                written_rule = rules.Rule.CONSENSUS
            weight = (self.weights or {}).get(one.code, one.weight)
            criteria.append(
                totals.Criterion(one.code, one.title, one.group, weight, written_rule, scale, panel, one.minimum)
            )
            for proposal, bidder in running:
                marks = {who: mark for who, mark in marked[bidder].get(one.code, {}).items() if who in panel}
                scores += [(who, bidder, one.code, mark) for who, mark in marks.items()]
                value: Any = None
                if written_rule is rules.Rule.CONSENSUS:
                    settled = self.settled.get((proposal.pk, one.code))
                    if settled is not None:
                        value = settled.score
                    elif rule is not rules.Rule.CONSENSUS:
                        value = rules.consensus(rule, marks, panel, scale, self.terms.consensus).value
                elif rule is rules.Rule.AUTO:
                    value = self.answered.get((proposal.pk, one.code))
                elif rule in rules.BY_AMOUNT:
                    value = amounts.get(bidder)
                if value is not None:
                    given.append((bidder, one.code, value))
        bidders = [totals.Bidder(str(one.pk), str(one.cmo), self.failed[one.pk]) for one in self.proposals]
        names = {str(pk): str(seat.person) for pk, seat in self.seats.items()}
        try:
            own = [one.weight for one in self.criteria] if self.weights else None
            return compute(self.terms, criteria, bidders, scores, given, names=names, own=own)
        except SumError as error:
            self.problem = str(error)
            return None

    # ---- what would change it

    @cached_property
    def tornado(self) -> tuple[sensitivity.Swing, ...]:
        return sensitivity.tornado(self.matrix) if self.matrix and self.matrix.standing else ()

    @cached_property
    def turnings(self) -> tuple[sensitivity.Turning, ...]:
        if self.matrix is None or not self.matrix.standing:
            return ()
        return sensitivity.in_order(sensitivity.turning_points(self.matrix))

    @cached_property
    def turning_sentences(self) -> list[str]:
        return [words.turning_sentence(one, self.matrix) for one in self.turnings] if self.matrix else []

    @cached_property
    def scenarios(self) -> dict[str, tuple[totals.Standing, ...]]:
        """The ranking under each named set of weights; a criterion that a set leaves out weighs nothing in it."""
        if self.matrix is None:
            return {}
        sets: dict[str, dict[str, Decimal]] = {}
        for row in self.rfp.weight_sets.order_by("position", "id"):
            sets.setdefault(row.scenario, {})[row.criterion] = row.weight
        counted = [one.code for one in self.criteria]
        whole = {name: {code: weights.get(code, Decimal(0)) for code in counted} for name, weights in sets.items()}
        return sensitivity.scenarios(self.matrix, {name: one for name, one in whole.items() if sum(one.values())})

    @cached_property
    def cheapest_sentence(self) -> str:
        """What the cheapest bid would cost in points, in words; empty where prices are not open."""
        if self.matrix is None or not self.is_priced:
            return ""
        found = sensitivity.cheapest(self.matrix, self.amounts)
        return words.cheapest_sentence(found, self.matrix, self.rfp.currency) if found else ""

    @property
    def problems(self) -> list[str]:
        """What a decision still lacks, as sentences."""
        if self.matrix is None:
            return [self.problem]
        found = [
            f"{line.bidder.name}: {sentence}"
            for line in self.matrix.unranked
            if not line.bidder.failed
            for sentence in line.reasons
        ]
        if not self.matrix.standing:
            found.append("No proposal can be ranked.")
        found += [self.costs.problem] if self.costs.problem else []
        for one in self.proposals:
            cost = self.costs.of(one)
            if cost is not None and cost.not_computable and not self.failed[one.pk]:
                found.append(f"The total cost of {cost.name} cannot be computed: {cost.not_computable}")
        return found

    def total_of(self, proposal: Any) -> str:
        """Return a total as it is written everywhere; empty where there is none."""
        line = self.matrix.lines[str(proposal.pk)] if self.matrix else None
        if line is None or line.total is None:
            return ""
        return written(line.total, written_places(self.terms))

    def as_json(self) -> dict[str, Any]:
        """Return the board as plain values: what the committee signs, and what the report is written from."""
        matrix = self.matrix
        if matrix is None:
            return {"problem": self.problem}
        costs = []
        for found in self.costs.comparison.scenarios if self.costs.comparison else ():
            for standing in found.standings:
                costs.append(
                    {
                        "scenario": found.scenario, "bidder": standing.cost.bidder, "currency": standing.cost.currency,
                        "total": str(standing.cost.total_npv), "per_unit": str(standing.cost.per_unit),
                        "rank": standing.rank,
                    }
                )  # fmt: skip
        return {
            "numbers": as_numbers(matrix),
            "costs": costs,
            "sensitivity": self.turning_sentences,
            "scenarios": {
                name: [[one.bidder, written(one.total, written_places(self.terms)), one.rank] for one in standing]
                for name, standing in self.scenarios.items()
            },
            "cheapest": self.cheapest_sentence,
        }


def board(rfp: Any, weights: Mapping[str, Decimal] | None = None, viewer: Any = None) -> Board:
    """Return the board of an RFP, under other weights by code of criterion where given, as `viewer` may see it."""
    return Board(rfp, weights, viewer)
