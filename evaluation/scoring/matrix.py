"""The whole of a selection's scores in one go: from flat inputs to cells, groups, totals, ranks and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from evaluation.scoring.rules import (
    BY_AMOUNT,
    BY_EVALUATORS,
    Outcome,
    Rule,
    Spread,
    agreed,
    apart,
    automatic,
    price_points,
    spread_threshold,
)
from evaluation.scoring.totals import (
    Bidder,
    Cell,
    Criterion,
    GroupScore,
    Line,
    Method,
    Sheet,
    Standing,
    Terms,
    check_criteria,
    ranked,
    sheet,
    whole_weights,
)
from strategy.rules.shapes import GROUPS
from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, shown

Score = tuple[str, str, str, Number]
"""(evaluator, bidder, criterion, score), all but the score as codes."""
Given = tuple[str, str, Number]
"""(bidder, criterion, value): the recorded consensus, the score of the answer, or the amount, as the rule says."""

_EXACT = {int, Decimal, Fraction}
_MOST_NAMED = 3
_NONE: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Matrix:
    """All that the pages of a selection show.

    ``lines`` are by bidder in the order given; ``standing`` are the ranked bidders, best first. ``sheet`` is the same
    as whole numbers, for reweighing. ``names`` says how evaluators' codes read.
    """

    terms: Terms
    criteria: tuple[Criterion, ...]
    lines: Mapping[str, Line]
    standing: tuple[Standing, ...]
    sheet: Sheet
    names: Mapping[str, str]

    @property
    def unranked(self) -> tuple[Line, ...]:
        """The bidders that are knocked out or incomplete, each with its reasons."""
        return tuple(line for line in self.lines.values() if line.rank is None)


def compute(
    terms: Terms,
    criteria: Sequence[Criterion],
    bidders: Sequence[Bidder],
    scores: Iterable[Score],
    given: Iterable[Given] = (),
    *,
    names: Mapping[str, str] | None = None,
    own: Sequence[int | Decimal] | None = None,
) -> Matrix:
    """Return everything that ``scores`` and ``given`` come to, in no order but that of criteria and bidders.

    ``own`` are the sheet's own weights, where ``criteria`` bear others to look at it under.

    A bidder that misses a score for any criterion, whatever its weight, has no total and no rank and says what is
    missing; one that failed a must-have has no rank. Raises :class:`SumError` as
    :func:`~evaluation.scoring.totals.check_criteria` does; with field "bidders" and the row for a code told twice or
    no bidder at all; with field "scores" and the row for an unknown code, a second score, somebody who does not score
    that criterion, or a score that is no number or off the scale; with field "given" and the row for an unknown code,
    a second value, a rule that takes none, or a value that is no number, off the scale, or an amount not above 0.
    """
    check_criteria(terms, criteria)
    called = names or {}
    _check_bidders(bidders)
    marks, units = _marks(criteria, bidders, list(scores), called)
    known = _given(criteria, bidders, given)
    threshold = spread_threshold(terms.spread)
    outcomes: list[list[Outcome]] = []
    spreads: list[list[Spread | None]] = []
    running = {bidder.code for bidder in bidders if not bidder.failed}
    for criterion in criteria:
        code, rule = criterion.code, criterion.rule
        column: list[Outcome] = []
        apart_by: list[Spread | None] = [None] * len(bidders)
        if rule in BY_AMOUNT:
            amounts = {bidder.code: known.get((bidder.code, code)) for bidder in bidders}
            points = price_points(rule, amounts, criterion.scale, terms.consensus, running=running)
            column = [points[bidder.code] for bidder in bidders]
        elif rule is Rule.AUTO:
            for bidder in bidders:
                column.append(automatic(known.get((bidder.code, code)), criterion.scale, terms.consensus))
        else:
            for place, bidder in enumerate(bidders):
                by_evaluator = marks.get((bidder.code, code), _NONE)
                recorded = known.get((bidder.code, code))
                column.append(agreed(rule, by_evaluator, criterion.evaluators, terms.consensus, units, recorded))
                if by_evaluator:
                    apart_by[place] = apart(by_evaluator, threshold, units)
        outcomes.append(column)
        spreads.append(apart_by)
    values = [[column[row].value for column in outcomes] for row in range(len(bidders))]
    dense = sheet(terms, criteria, bidders, values, own)
    totals = dense.totals(dense.weights)
    standing = ranked(
        {
            bidder.code: Fraction(*total)
            for bidder, total in zip(bidders, totals, strict=True)
            if total is not None and not bidder.failed
        }
    )
    ranks = {place.bidder: place.rank for place in standing}
    lines = {}
    for row, bidder in enumerate(bidders):
        total = totals[row]
        lines[bidder.code] = _line(
            dense,
            criteria,
            bidder,
            row,
            [column[row] for column in outcomes],
            [column[row] for column in spreads],
            None if total is None else Fraction(*total),
            ranks.get(bidder.code),
            called,
        )
    return Matrix(terms, tuple(criteria), lines, standing, dense, called)


def reweigh(matrix: Matrix, weights: Mapping[str, Number]) -> tuple[Standing, ...]:
    """Return the ranking under other ``weights`` by criterion, re-normalised, with the same rounding; best first.

    Only the bidders in the ranking are in it. With the weights of the sheet it is ``matrix.standing``. Raises
    :class:`SumError` (field "weights") unless every criterion, and no other, has a decimal of 0 or more, not all 0.
    """
    dense = matrix.sheet
    totals = dense.totals(whole_weights(dense, weights))  # type: ignore[arg-type]
    running = {place.bidder for place in matrix.standing}
    return ranked(
        {
            code: Fraction(*total)
            for code, total in zip(dense.bidders, totals, strict=True)
            if total is not None and code in running
        }
    )


def _check_bidders(bidders: Sequence[Bidder]) -> None:
    if not bidders:
        raise SumError("There are no bidders yet; add at least one.", field="bidders")
    seen: set[str] = set()
    for row, bidder in enumerate(bidders):
        if bidder.code in seen:
            raise SumError(f"{bidder.name} is there twice; keep one.", field="bidders", row=row)
        seen.add(bidder.code)


def _marks(
    criteria: Sequence[Criterion], bidders: Sequence[Bidder], scores: Sequence[Score], names: Mapping[str, str]
) -> tuple[dict[tuple[str, str], dict[str, int]], int]:
    """Return the scores by bidder and criterion and evaluator as whole numbers, and how many of those make a point."""
    whole = _exact_scores(scores)
    bounds = {one.code: (Fraction(one.scale.least), Fraction(one.scale.most)) for one in criteria}
    units = lcm(
        *{number.denominator for number in (*whole.values(), *(end for pair in bounds.values() for end in pair))}
    )
    limits = {code: (int(least * units), int(most * units)) for code, (least, most) in bounds.items()}
    unit = {value: number.numerator * (units // number.denominator) for value, number in whole.items()}
    by_code = {criterion.code: criterion for criterion in criteria}
    marks: dict[tuple[str, str], dict[str, int]] = {
        (bidder.code, criterion.code): {}
        for bidder in bidders
        for criterion in criteria
        if criterion.rule in BY_EVALUATORS
    }
    for row, (who, bidder_code, code, score) in enumerate(scores):
        cell = marks.get((bidder_code, code))
        if cell is None or who in cell:
            raise _misplaced(by_code, bidders, names.get(who, who), bidder_code, code, row)
        cell[who] = unit[score]
    panels = {criterion.code: set(criterion.evaluators) for criterion in criteria}
    for (bidder_code, code), cell in marks.items():
        if not cell:
            continue
        strangers = cell.keys() - panels[code]
        lowest, highest = limits[code]
        if strangers or min(cell.values()) < lowest or max(cell.values()) > highest:
            criterion = by_code[code]
            scale = criterion.scale
            for row, (who, bidder_of, code_of, _score) in enumerate(scores):
                if (bidder_of, code_of) != (bidder_code, code):
                    continue
                name = names.get(who, who)
                if who in strangers:
                    sentence = f"{name} does not score {criterion.name}; leave the score out."
                    raise SumError(sentence, field="scores", row=row)
                what = f"The score of {name} for {criterion.name}"
                scale.check(Fraction(cell[who], units), what, field="scores", row=row)
    return marks, units


def _exact_scores(scores: Sequence[Score]) -> dict[Number, Fraction]:
    """Return each different score as a fraction; a panel's scores are few different numbers, many times over."""
    try:
        if {type(score[3]) for score in scores} <= _EXACT:
            return {value: exact(value, "A score", field="scores") for value in {score[3] for score in scores}}
    except (SumError, TypeError):
        pass  # Found again below, with its row.
    return {
        value: exact(value, f"The score of {who} for {code}", field="scores", row=row)
        for row, (who, _bidder, code, value) in enumerate(scores)
    }


def _misplaced(
    criteria: Mapping[str, Criterion], bidders: Sequence[Bidder], who: str, bidder: str, code: str, row: int
) -> SumError:
    if code not in criteria:
        sentence = f"{code} is not a criterion of this sheet; leave the score out."
    elif all(bidder != one.code for one in bidders):
        sentence = f"{bidder} is not a bidder of this sheet; leave the score out."
    elif criteria[code].rule not in BY_EVALUATORS:
        sentence = f"{criteria[code].name} is not scored by people; leave the score of {who} out."
    else:
        sentence = f"{who} scores {bidder} for {criteria[code].name} twice; keep one."
    return SumError(sentence, field="scores", row=row)


def _given(
    criteria: Sequence[Criterion], bidders: Sequence[Bidder], given: Iterable[Given]
) -> dict[tuple[str, str], Fraction]:
    by_code = {criterion.code: criterion for criterion in criteria}
    called = {bidder.code: bidder.name for bidder in bidders}
    found: dict[tuple[str, str], Fraction] = {}
    for row, (bidder, code, value) in enumerate(given):
        if code not in by_code or bidder not in called:
            stranger = f"{code} is not a criterion" if code not in by_code else f"{bidder} is not a bidder"
            raise SumError(f"{stranger} of this sheet; leave the value out.", field="given", row=row)
        criterion = by_code[code]
        what = f"The value of {called[bidder]} for {criterion.name}"
        if (bidder, code) in found:
            raise SumError(f"{what} is there twice; keep one.", field="given", row=row)
        number = exact(value, what, field="given", row=row)
        if criterion.rule in (Rule.MEAN, Rule.TRIMMED_MEAN):
            raise SumError(
                f"{criterion.name} is calculated from the scores; leave {value} out.", field="given", row=row
            )
        if criterion.rule in BY_AMOUNT:
            if number <= 0:
                raise SumError(f"{what} must be above 0, not {value}.", field="given", row=row)
        else:
            criterion.scale.check(number, what, field="given", row=row)
        found[bidder, code] = number
    return found


def _line(
    dense: Sheet,
    criteria: Sequence[Criterion],
    bidder: Bidder,
    row: int,
    outcomes: Sequence[Outcome],
    spreads: Sequence[Spread | None],
    total: Fraction | None,
    rank: int | None,
    names: Mapping[str, str],
) -> Line:
    products = dense.products(row, dense.weights)
    cells: dict[str, Cell] = {}
    flags: list[str] = []
    for criterion, outcome, product, apart_by in zip(criteria, outcomes, products[0], spreads, strict=True):
        value = outcome.value
        below = criterion.least is not None and value is not None and value < criterion.least
        if below:
            assert value is not None and criterion.least is not None
            flags.append(
                f"{criterion.name} is at {shown(value)}, below the least of {shown(Fraction(criterion.least))}."
            )
        points = None if product is None else Fraction(product, products[1])
        cells[criterion.code] = Cell(outcome, points, apart_by, below)
    groups = _groups(dense, criteria, row, products)
    for group, score in groups.items():
        if score.below:
            assert score.score is not None
            least = exact(dense.terms.group_least[group], "The least score", field="group_least")
            flags.append(f"{GROUPS[group]}: {shown(score.score)} is below the least of {shown(least)}.")
    missing = tuple(
        criterion.code for criterion, outcome in zip(criteria, outcomes, strict=True) if outcome.value is None
    )
    reasons = list(bidder.failed)
    if missing:
        said = [
            outcome.reason(criterion.name, names)
            for criterion, outcome in zip(criteria, outcomes, strict=True)
            if outcome.value is None
        ]
        more = len(said) - _MOST_NAMED
        said[_MOST_NAMED:] = [f"and {more} more"] if more > 0 else []
        reasons.append(f"Not complete: {'; '.join(said)}.")
    return Line(bidder, cells, groups, total, rank, missing, tuple(reasons), tuple(flags))


def _groups(
    dense: Sheet, criteria: Sequence[Criterion], row: int, products: tuple[list[int | None], int]
) -> dict[str, GroupScore]:
    terms = dense.terms
    possible = dense.possible(dense.weights)
    found: dict[str, GroupScore] = {}
    for group in GROUPS:
        places = [place for place, criterion in enumerate(criteria) if criterion.group == group]
        missing = tuple(dense.criteria[place] for place in places if dense.scores[row][place] is None)
        weight = sum(dense.weights[place] for place in places)
        share = Fraction(100 * sum(dense.weights[place] * dense.most[place] for place in places), possible)
        points: Fraction | None = None
        score: Fraction | None = None
        if not missing:
            summed = sum(products[0][place] or 0 for place in places)
            points = Fraction(summed, products[1])
            if weight and terms.method is Method.SUM_OF_PRODUCTS:
                score = terms.total.of(points)
            elif weight:
                weighted = sum(dense.weights[place] * (dense.scores[row][place] or 0) for place in places)
                score = Fraction(*terms.total.ratio(weighted * 10**dense.weight_places, dense.over * weight))
        least = terms.group_least.get(group)
        below = least is not None and score is not None and score < least
        found[group] = GroupScore(share, points, score, missing, below)
    return found
