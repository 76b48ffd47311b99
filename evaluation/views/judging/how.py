""" "How is this calculated?": each number of the matrix down to the scores, answers and prices that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cmo_lifecycle.doors import format as fmt
from evaluation.board import Board
from evaluation.library.questions import band_of
from evaluation.models import Criterion, Rfp
from evaluation.scoring.export import written, written_places
from evaluation.scoring.matrix import Matrix
from evaluation.scoring.totals import whole_weights
from strategy.sums.numbers import plain, shown

R = Criterion.Rule
#: How many decimals a number has in a sentence before its rounding is told.
LONG = 6


def score_words(board: Board, criterion: Any, proposal: Any, evidence: Any = ()) -> list[str]:
    """Return how one score came about, one sentence after the other; why there is none where there is none."""
    matrix = board.matrix
    if matrix is None:
        return [board.problem]
    if board.is_hidden(proposal, criterion):
        return ["The panel's scores show once you have handed in yours, or all of it has."]
    outcome = matrix.lines[str(proposal.pk)].cells[criterion.code].outcome
    if outcome.value is None:
        reason = outcome.reason(criterion.title, matrix.names)
        return [f"{reason}."]
    settled = board.settled.get((proposal.pk, criterion.code))
    if criterion.rule not in Criterion.COMPUTED and settled is not None:
        return [f"The panel settled on {plain(settled.score)}: {settled.reason}", _rounded(board.rfp, outcome)]
    if criterion.rule in (R.MEAN, R.TRIMMED_MEAN):
        return [*_mean_words(board, criterion, proposal), _rounded(board.rfp, outcome)]
    if criterion.rule == R.AUTO:
        return [*_auto_words(board, criterion, evidence), _rounded(board.rfp, outcome)]
    return [*_price_words(board, criterion, proposal), _rounded(board.rfp, outcome)]


def _rounded(rfp: Any, outcome: Any) -> str:
    if outcome.unrounded is not None and outcome.unrounded == outcome.value:
        return f"Nothing had to be rounded (half up to {rfp.places} decimals)."
    return f"Rounded half up to {rfp.places} decimals: {written(outcome.value, rfp.places)}."


def _mean_words(board: Board, criterion: Any, proposal: Any) -> list[str]:
    marks: dict[str, Decimal] = {}
    for seat in board.seats.values():
        score = board.scores.get((seat.pk, proposal.pk, criterion.code))
        if score is not None and criterion.group in seat.sections:
            marks[str(seat.pk)] = score
    names = {str(seat.pk): str(seat.person) for seat in board.seats.values()}
    found = []
    kept = dict(marks)
    if criterion.rule == R.TRIMMED_MEAN:
        lowest, highest = min(marks.values()), max(marks.values())
        low = min(who for who, mark in marks.items() if mark == lowest)
        high = max(who for who, mark in marks.items() if mark == highest)
        kept = {who: mark for who, mark in marks.items() if who not in (low, high)}
        found.append(
            f"Left out: the lowest, {plain(lowest)} of {names[low]}, and the highest, {plain(highest)} of {names[high]}."
        )
    total = sum(kept.values(), Decimal(0))
    summed = " + ".join(plain(mark) for mark in kept.values())
    mean = Fraction(total) / len(kept)
    found.append(f"Mean of {len(kept)}: ({summed}) ÷ {len(kept)} = {shown(mean, LONG)}.")
    return found


def _auto_words(board: Board, criterion: Any, evidence: Any) -> list[str]:
    found, points = [], []
    for item in evidence:
        if item.question.criterion != criterion.code or not item.question.bands:
            continue
        band = band_of(item.question, item.raw)
        if band is not None:
            points.append(band.score)
            found.append(f"“{item.question.text}”: {item.text} falls in the band of {plain(Decimal(band.score))}.")
    rfp = board.rfp
    if points:
        found.append(
            f"Mean of {len(points)}, from bands of 0 to 5 onto the scale of {plain(rfp.scale_least)} to"
            f" {plain(rfp.scale_most)}."
        )
    return found


def _price_words(board: Board, criterion: Any, proposal: Any) -> list[str]:
    rfp, most, least = board.rfp, board.rfp.scale_most, board.rfp.scale_least
    amounts = {key: amount for key, amount in board.amounts.items() if amount is not None}
    own = amounts[str(proposal.pk)]
    running = {key for key in amounts if not board.failed.get(_key(board, key))} or set(amounts)
    lowest, highest = min(amounts[key] for key in running), max(amounts[key] for key in running)

    def money(amount: Decimal) -> str:
        return fmt.amount(amount, rfp.currency)

    match criterion.rule:
        case R.LOWEST_FULL:
            sentence = f"{plain(most)} × {money(lowest)}, the lowest, ÷ {money(own)}."
        case R.PROPORTIONAL:
            sentence = f"{plain(most)} less the share by which {money(own)} is above the lowest, {money(lowest)}."
        case _:
            sentence = (
                f"From {plain(most)} at the lowest, {money(lowest)}, in a straight line to {plain(least)} at the"
                f" highest, {money(highest)}; this one is at {money(own)}."
            )
    return ["The total cost of partnership at its present value, expected demand.", sentence]


def _key(board: Board, text: str) -> Any:
    return next(one.pk for one in board.proposals if str(one.pk) == text)


def total_rows(board: Board, weights: Mapping[str, Decimal], proposal: Any) -> dict[str, Any]:
    """Return how a total is added up under some weights: a row for each criterion, the sum, and the rounding."""
    matrix = board.matrix
    assert matrix is not None
    dense, terms = matrix.sheet, matrix.terms
    whole = whole_weights(dense, weights)
    row = dense.bidders.index(str(proposal.pk))
    products, below = dense.products(row, whole)
    places = written_places(terms)
    line = matrix.lines[str(proposal.pk)]
    rows = []
    for criterion, product in zip(board.criteria, products, strict=True):
        outcome = line.cells[criterion.code].outcome
        rows.append(
            {
                "criterion": criterion,
                "weight": plain(weights[criterion.code]),
                "score": None if outcome.value is None else written(outcome.value, board.rfp.places),
                "points": None
                if product is None
                else shown(Fraction(product, below), places if terms.points.mode == "half_up" else LONG),
                "hidden": board.is_hidden(proposal, criterion),
            }
        )
    total = dense.totals(whole)[row]
    return {
        "rows": rows,
        "total": None if total is None else written(Fraction(*total), places),
        "sum": plain(sum(weights.values(), Decimal(0))),
        "rounding": rounding_words(board.rfp, matrix),
    }


def rounding_words(rfp: Any, matrix: Matrix) -> str:
    """Say how an RFP adds up and rounds, as one sentence."""
    places = f"{rfp.places} decimal{'' if rfp.places == 1 else 's'}"
    if rfp.scoring == Rfp.Scoring.SUM_OF_PRODUCTS:
        return (
            f"Each score is rounded half up to {places}, each product of weight and score likewise; the total is their"
            " plain sum. Equal totals share a rank."
        )
    return (
        f"Each score is rounded half up to {places}; weight × score ÷ the sum of weights is kept exactly, and the total"
        f" is rounded half up to {places}. Equal totals share a rank."
    )


def totals_under(matrix: Matrix, weights: Mapping[str, Decimal]) -> dict[str, str]:
    """Return each bidder's total under some weights as it is written; those without one are not in it."""
    dense, places = matrix.sheet, written_places(matrix.terms)
    totals = dense.totals(whole_weights(dense, weights))
    return {
        code: written(Fraction(*total), places)
        for code, total in zip(dense.bidders, totals, strict=True)
        if total is not None
    }
