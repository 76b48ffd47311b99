"""What other weights would change: the leader's margin, the weight at which the winner changes, named scenarios.

The weight of a criterion is here its share, in percent, of the most points that all criteria together can give; on a
sheet whose criteria share one scale that is simply its share of the weights. When one weight moves, the others keep
their proportions to each other. Totals are then a straight line in the share x, from what a bidder would have on all
the others alone (x = 0) to what it has on this criterion alone (x = 100), so that where two lines cross is a fraction,
found exactly; and the best of straight lines is convex: a leader that is overtaken never comes back.

Scores are rounded as the sheet says; products and totals are not, because rounding them would let a winner change back
and forth around a crossing. Only :func:`scenarios` rounds all, as it shows rankings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.scoring.matrix import Matrix, reweigh
from evaluation.scoring.totals import Standing
from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact


@dataclass(frozen=True, slots=True)
class Flip:
    """The weight, in percent, past which ``leaders`` lead; exactly on it they tie with who led before."""

    weight: Fraction
    leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turning:
    """Where the winner changes as the weight of ``criterion`` moves away from ``weight`` percent, where it is now.

    ``leaders`` are first now (several only if they tie exactly). ``below`` and ``above`` are the nearest weights at
    which that changes, None where it never does. Where leaders tie, one may lead alone with the least change: that is
    a flip at ``weight`` itself. ``alone`` says that no other criterion has weight, so that nothing can be scaled.
    """

    criterion: str
    weight: Fraction
    leaders: tuple[str, ...]
    below: Flip | None
    above: Flip | None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """One end of a bar of the tornado.

    ``weight`` is the criterion's share there in percent, ``total`` that of the present leader, ``lead`` its total less
    that of the best other bidder there, ``runner_up`` (below 0 exactly if it no longer leads), ``leaders`` who leads.
    """

    weight: Fraction
    total: Fraction
    lead: Fraction
    runner_up: str
    leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Swing:
    """One bar of the tornado: the leader's margin with the weight of ``criterion`` lower and higher."""

    criterion: str
    leader: str
    low: End
    high: End

    @property
    def width(self) -> Fraction:
        """How far the margin moves between the two ends, in points."""
        return abs(self.high.lead - self.low.lead)


@dataclass(frozen=True, slots=True)
class Cheapest:
    """What the cheapest bid in the ranking would cost in points.

    ``bidder`` has the lowest ``amount`` (of several alike the best ranked), ``leader`` is first (of several with that
    total the cheapest). ``points`` is the leader's total less the cheapest's, ``saving`` the leader's amount less the
    cheapest's; both 0 where they are the same bidder. ``unknown`` are ranked bidders without an amount.
    """

    bidder: str
    leader: str
    amount: Fraction
    points: Fraction
    saving: Fraction
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A bidder's total on this criterion alone and on all the others alone, in one unit for all bidders."""

    alone: int
    others: int

    def at(self, share: Fraction) -> int:
        """Return the total, in that unit times the denominator of ``share``."""
        return share.numerator * self.alone + (share.denominator - share.numerator) * self.others

    @property
    def slope(self) -> int:
        return self.alone - self.others


def first(matrix: Matrix) -> tuple[str, ...]:
    """Return who leads before products and totals are rounded, in the order of their codes; () with no ranking."""
    sums = _sums(matrix)
    return _best(sums) if sums else ()


def share(matrix: Matrix, criterion: str) -> Fraction:
    """Return the present weight of a criterion in percent of the whole, as this module means it.

    Raises :class:`SumError` (field "criteria") for an unknown one.
    """
    place = _place(matrix, criterion)
    dense = matrix.sheet
    return Fraction(100 * dense.weights[place] * dense.most[place], dense.possible(dense.weights))


def turning_points(matrix: Matrix) -> tuple[Turning, ...]:
    """Return for each criterion, in their order, the weights at which the winner changes; () with no ranking."""
    if not matrix.standing:
        return ()
    leaders, rows = first(matrix), _rows(matrix)
    found = []
    for criterion in matrix.sheet.criteria:
        now = share(matrix, criterion)
        if now == HUNDRED:
            found.append(Turning(criterion, now, leaders, None, None, alone=True))
            continue
        lines, _ = _lines(rows, matrix, criterion)
        below = _flip(lines, now / HUNDRED, -1)
        above = _flip(lines, now / HUNDRED, 1)
        found.append(Turning(criterion, now, leaders, below, above))
    return tuple(found)


def standing_at(matrix: Matrix, criterion: str, percent: Number) -> dict[str, Fraction]:
    """Return each ranked bidder's total, not rounded, with ``criterion`` at ``percent`` and the others in proportion.

    Raises :class:`SumError`: field "criteria" for an unknown one or one that has all the weight, field "percent"
    outside 0 to 100.
    """
    at = exact(percent, "The weight", field="percent") / HUNDRED
    if not 0 <= at <= 1:
        raise SumError("A weight lies between 0 and 100 percent.", field="percent")
    if share(matrix, criterion) == HUNDRED:
        raise SumError("No other criterion has weight, so there is nothing to scale.", field="criteria")
    return _totals_at(*_lines(_rows(matrix), matrix, criterion), at)


def tornado(matrix: Matrix, percent: Number = 20) -> tuple[Swing, ...]:
    """Return the leader's margin with each weight ``percent`` lower and higher, re-normalised; the widest bar first.

    A weight of 30 % that is 20 % higher is 36 against 70 of the others, so 33.96 %. Among exact ties the leader is the
    first by code. () with fewer than two bidders in the ranking. Raises :class:`SumError` (field "percent") unless
    0 < ``percent`` <= 100.
    """
    relative = exact(percent, "The change of a weight", field="percent") / HUNDRED
    if not 0 < relative <= 1:
        raise SumError("A change of weights lies above 0 and up to 100 percent.", field="percent")
    if len(matrix.standing) < 2:
        return ()
    dense = matrix.sheet
    sums = _sums(matrix)
    leader = _best(sums)[0]
    whole = Fraction(dense.full, dense.over * dense.possible(dense.weights))
    rows = _rows(matrix)
    found = []
    for criterion in matrix.sheet.criteria:
        now = share(matrix, criterion) / HUNDRED
        ends = []
        lines, unit = _lines(rows, matrix, criterion) if now < 1 else ({}, Fraction(0))
        for factor in (1 - relative, 1 + relative):
            if now < 1:
                at = now * factor / (1 - now + now * factor)
                ends.append(_end(lines, unit, at, leader))
            else:
                # The only weight there is, is all of it whatever its number.
                ends.append(_end({code: _Line(one, one) for code, one in sums.items()}, whole, now, leader))
        found.append(Swing(criterion, leader, ends[0], ends[1]))
    order = {criterion: place for place, criterion in enumerate(matrix.sheet.criteria)}
    return tuple(sorted(found, key=lambda swing: (-swing.width, order[swing.criterion])))


def scenarios(matrix: Matrix, sets: Mapping[str, Mapping[str, Number]]) -> dict[str, tuple[Standing, ...]]:
    """Return the ranking, rounded as the sheet is, under each named set of weights, re-normalised.

    Raises :class:`SumError` (field "weights") as :func:`~evaluation.scoring.matrix.reweigh` does.
    """
    return {name: reweigh(matrix, weights) for name, weights in sets.items()}


def cheapest(matrix: Matrix, amounts: Mapping[str, Number | None]) -> Cheapest | None:
    """Return what the cheapest ranked bid would cost in points; ``amounts`` by bidder, above 0, in one currency.

    None where no ranked bidder, or not the leader, has an amount. Raises :class:`SumError` (field "amounts") for what
    is not a number above 0.
    """
    known: dict[str, Fraction] = {}
    for row, (bidder, amount) in enumerate(amounts.items()):
        if amount is not None:
            known[bidder] = exact(amount, f"The amount of {bidder}", field="amounts", row=row)
            if known[bidder] <= 0:
                raise SumError(f"The amount of {bidder} must be above 0, not {amount}.", field="amounts", row=row)
    priced = [place for place in matrix.standing if place.bidder in known]
    unknown = tuple(place.bidder for place in matrix.standing if place.bidder not in known)
    top = [place for place in priced if place.rank == 1]
    if not top:
        return None
    leader = min(top, key=lambda place: known[place.bidder])
    # The first of the same amount is the best ranked, and the leader itself if it is one of them.
    low = min(priced, key=lambda place: known[place.bidder])
    return Cheapest(
        bidder=low.bidder,
        leader=leader.bidder,
        amount=known[low.bidder],
        points=leader.total - low.total,
        saving=known[leader.bidder] - known[low.bidder],
        unknown=unknown,
    )


def _place(matrix: Matrix, criterion: str) -> int:
    if criterion not in matrix.sheet.criteria:
        raise SumError(f"{criterion} is not a criterion of this sheet.", field="criteria")
    return matrix.sheet.criteria.index(criterion)


def _rows(matrix: Matrix) -> dict[str, list[int]]:
    """Return the whole scores of the ranked bidders, which have them all."""
    running = {place.bidder for place in matrix.standing}
    rows = zip(matrix.sheet.bidders, matrix.sheet.scores, strict=True)
    return {code: [score for score in row if score is not None] for code, row in rows if code in running}


def _sums(matrix: Matrix) -> dict[str, int]:
    weights = matrix.sheet.weights
    return {code: sum(map(int.__mul__, weights, row)) for code, row in _rows(matrix).items()}


def _lines(rows: Mapping[str, Sequence[int]], matrix: Matrix, criterion: str) -> tuple[dict[str, _Line], Fraction]:
    """Return each ranked bidder's line, and how much of a total one unit of the lines is."""
    dense = matrix.sheet
    place = _place(matrix, criterion)
    weight, most = dense.weights[place], dense.most[place]
    others = dense.possible(dense.weights) - weight * most
    lines = {}
    for code, row in rows.items():
        rest = sum(map(int.__mul__, dense.weights, row)) - weight * row[place]
        lines[code] = _Line(row[place] * others, rest * most)
    return lines, Fraction(dense.full, dense.over * others * most)


def _totals_at(lines: Mapping[str, _Line], unit: Fraction, at: Fraction) -> dict[str, Fraction]:
    return {code: unit * line.at(at) / at.denominator for code, line in lines.items()}


def _best(values: Mapping[str, int]) -> tuple[str, ...]:
    most = max(values.values())
    return tuple(sorted(code for code, value in values.items() if value == most))


def _past(lines: Mapping[str, _Line], at: Fraction, way: int) -> tuple[str, ...]:
    """Return who leads just past ``at`` in the direction ``way`` (-1 or 1): the best there, and of those the rising."""
    tied = _best({code: line.at(at) for code, line in lines.items()})
    return _best({code: way * lines[code].slope for code in tied})


def _flip(lines: Mapping[str, _Line], now: Fraction, way: int) -> Flip | None:
    end = Fraction(0 if way < 0 else 1)
    if now == end:
        return None
    leaders = _best({code: line.at(now) for code, line in lines.items()})
    past = _past(lines, now, way)
    if past != leaders:
        return Flip(now * HUNDRED, past)
    # From here the leaders share one line, and whoever crosses it first takes over.
    lead = lines[leaders[0]]
    crossings = [
        Fraction(lead.others - line.others, line.slope - lead.slope)
        for line in lines.values()
        if way * (line.slope - lead.slope) > 0 and line.at(end) > lead.at(end)
    ]
    if not crossings:
        return None
    nearest = min(crossings) if way > 0 else max(crossings)
    return Flip(nearest * HUNDRED, _past(lines, nearest, way))


def _end(lines: Mapping[str, _Line], unit: Fraction, at: Fraction, leader: str) -> End:
    values = {code: line.at(at) for code, line in lines.items()}
    runner_up = _best({code: value for code, value in values.items() if code != leader})[0]
    unit /= at.denominator
    total, lead = unit * values[leader], unit * (values[leader] - values[runner_up])
    return End(at * HUNDRED, total, lead, runner_up, _best(values))


def in_order(turnings: Sequence[Turning]) -> tuple[Turning, ...]:
    """Return turning points with the criterion that needs the least change of weight first, those that never turn last."""

    def distance(turning: Turning) -> tuple[bool, Fraction]:
        near = [abs(flip.weight - turning.weight) for flip in (turning.below, turning.above) if flip]
        return (not near, min(near, default=Fraction(0)))

    return tuple(sorted(turnings, key=distance))
