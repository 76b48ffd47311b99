"""What a sheet of scores is, and what weights make of it: points, group scores, totals and ranks.

Sources: the weighted average, the five groups, the locked weights and the knock-outs from the domain reference,
section 3.2; the sum of rounded products is how published panel sheets and public scoring forms add up.

**One formula for both methods.** Inside, a sheet is whole numbers: weights W, most points M, scores S, and two numbers
of the whole sheet, `full` and `over`. The points of a bidder for a criterion are

    W * S * full / (over * sum of W * M over all criteria)

so that only the proportions of the weights matter: weights that do not add up as before are re-normalised, and with
the weights of the sheet itself this is w * s / sum of w (weighted average, whose criteria share one scale) or w * s
(sum of products). `full` is the total of a bid that has the most everywhere, which re-normalising leaves as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm

from evaluation.scoring.rules import HUNDREDTHS, NOT_ROUNDED, Outcome, Rounding, Rule, Scale, Spread, spread_threshold
from strategy.rules.shapes import GROUPS
from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, not_negative


class Method(StrEnum):
    """How points become a total; `label` says it to a reader."""

    label: str

    def __new__(cls, value: str, label: str) -> Method:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    WEIGHTED_AVERAGE = "weighted_average", "Weighted average"
    SUM_OF_PRODUCTS = "sum_of_products", "Sum of weight × score"


@dataclass(frozen=True, slots=True)
class Terms:
    """The arithmetic of a sheet, as the RFP states it before anything is opened.

    ``consensus`` rounds the score of each criterion, ``points`` each product with its weight, ``total`` the total and
    the scores of groups. Ranks go by the total as rounded: who shows the same total shares a rank. ``spread`` is the
    range, in points of a criterion's scale, from which a spread is flagged (above 0). ``group_least`` is the least
    score by group, in the unit of the group scores (see :class:`GroupScore`); below it the bidder is flagged.

    :class:`SumError`: field "spread"; field "group_least" for an unknown group or a negative score.
    """

    method: Method = Method.WEIGHTED_AVERAGE
    consensus: Rounding = HUNDREDTHS
    points: Rounding = NOT_ROUNDED
    total: Rounding = HUNDREDTHS
    spread: Number = 2
    group_least: Mapping[str, Number] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spread_threshold(self.spread)
        for group, least in self.group_least.items():
            if group not in GROUPS:
                raise SumError(f"{group!r} is not one of the five groups.", field="group_least")
            not_negative(least, f"The least score of {GROUPS[group]}", field="group_least")


PANEL = Terms(Method.SUM_OF_PRODUCTS, points=HUNDREDTHS, total=NOT_ROUNDED)
"""The terms of a published panel sheet: consensus and product half up to two decimals, the total their plain sum."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: ``weight`` is 0 or more, of any total; ``least`` the score below which a bidder is flagged.

    ``group`` is a code of :data:`strategy.rules.shapes.GROUPS`; ``evaluators`` are the codes of those who score it
    (none for AUTO and the price formulas).
    """

    code: str
    name: str
    group: str
    weight: int | Decimal
    rule: Rule = Rule.MEAN
    scale: Scale = field(default_factory=lambda: Scale(0, 5))
    evaluators: tuple[str, ...] = ()
    least: int | Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bidder:
    """One bidder; ``failed`` holds a sentence for each must-have that it fails, which takes it out of the ranking."""

    code: str
    name: str
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ranked bidder stands: its total, as rounded, and its rank; equal totals share one (1, 2, 2, 4)."""

    bidder: str
    total: Fraction
    rank: int


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One bidder in one of the five groups.

    ``points`` is what the group adds to the total. ``score`` is the one to judge the group by: the weighted mean of
    its criteria, on their scale, under WEIGHTED_AVERAGE, and its points under SUM_OF_PRODUCTS; rounded as totals are.
    Both are None while a criterion of the group has no score (``missing`` names them) and ``score`` also where the
    group has no weight. ``weight`` is its share of the whole in percent. ``below`` says that ``score`` is below the
    least that the terms ask for.
    """

    weight: Fraction
    points: Fraction | None
    score: Fraction | None
    missing: tuple[str, ...]
    below: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One bidder for one criterion: its score, its points, the evaluators' spread, and whether it is below the least.

    ``points`` is None while there is no score, ``spread`` where no evaluator has scored.
    """

    outcome: Outcome
    points: Fraction | None
    spread: Spread | None
    below: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One bidder: ``cells`` by criterion, ``groups`` by group (all five), ``total`` and ``rank``.

    ``total`` is None while a score is missing (``missing`` names the criteria). ``rank`` is None for a bidder that is
    knocked out, which may have a total all the same, or incomplete; ``reasons`` says why in sentences. ``flags`` are
    sentences about scores below the least: they take nobody out.
    """

    bidder: Bidder
    cells: Mapping[str, Cell]
    groups: Mapping[str, GroupScore]
    total: Fraction | None
    rank: int | None
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of scores as whole numbers (see the module for the formula).

    ``weights`` and ``most`` are by criterion, each list over one power of ten (``weight_places`` and ``most_places``
    decimals); ``scores`` has a row for each bidder, None where there is no score. ``over`` is the common denominator
    of the scores times 10^``weight_places``; ``full`` is over 10^(``weight_places`` + ``most_places``).
    """

    terms: Terms
    criteria: tuple[str, ...]
    bidders: tuple[str, ...]
    weights: tuple[int, ...]
    weight_places: int
    most: tuple[int, ...]
    most_places: int
    scores: tuple[tuple[int | None, ...], ...]
    over: int
    full: int

    def possible(self, weights: Sequence[int]) -> int:
        """Return the sum of weight * most points; 0 only where all weights are."""
        return sum(map(int.__mul__, weights, self.most))

    def products(self, row: int, weights: Sequence[int]) -> tuple[list[int | None], int]:
        """Return the points of a bidder by criterion, rounded, and what they are over; None where a score is."""
        below = self.over * self.possible(weights)
        full, scores = self.full, self.scores[row]
        exact_ones = [
            None if score is None else weight * score * full for weight, score in zip(weights, scores, strict=True)
        ]
        rounding = self.terms.points
        if rounding.mode == "none":
            return exact_ones, below
        return [None if one is None else rounding.ratio(one, below)[0] for one in exact_ones], 10**rounding.places

    def totals(self, weights: Sequence[int]) -> list[tuple[int, int] | None]:
        """Return each bidder's total, rounded, as a ratio over one and the same denominator; None if incomplete."""
        found: list[tuple[int, int] | None] = []
        for row, scores in enumerate(self.scores):
            if None in scores:
                found.append(None)
                continue
            products, below = self.products(row, weights)
            found.append(self.terms.total.ratio(sum(one for one in products if one is not None), below))
        return found


def sheet(
    terms: Terms,
    criteria: Sequence[Criterion],
    bidders: Sequence[Bidder],
    scores: Sequence[Sequence[Fraction | None]],
    own: Sequence[int | Decimal] | None = None,
) -> Sheet:
    """Return ``scores`` (a row for each bidder, a column for each criterion) as whole numbers.

    ``own`` are the weights of the sheet itself, criterion by criterion, where ``criteria`` bear others: these are
    re-normalised, so that the most that a bid can come to stays what it was. Raises :class:`SumError` as :func:`check_criteria` does.
    """
    check_criteria(terms, criteria)
    both, weight_places = whole([*(criterion.weight for criterion in criteria), *(own if own and any(own) else ())])
    weights, own_ones = both[: len(criteria)], both[-len(criteria) :]
    most, most_places = whole([criterion.scale.most for criterion in criteria])
    under = lcm(*{score.denominator for row in scores for score in row if score is not None})
    power = 10**weight_places
    if terms.method is Method.WEIGHTED_AVERAGE:
        full = power * most[0]
    else:
        full = sum(map(int.__mul__, own_ones, most))
    return Sheet(
        terms=terms,
        criteria=tuple(criterion.code for criterion in criteria),
        bidders=tuple(bidder.code for bidder in bidders),
        weights=weights,
        weight_places=weight_places,
        most=most,
        most_places=most_places,
        scores=tuple(
            tuple(None if score is None else score.numerator * (under // score.denominator) for score in row)
            for row in scores
        ),
        over=under * power,
        full=full,
    )


def check_criteria(terms: Terms, criteria: Sequence[Criterion]) -> None:
    """Return if a sheet can be made of ``criteria``.

    Raises :class:`SumError` with the row of the criterion: field "criteria" for none, a code told twice, an unknown
    group, an evaluator told twice, evaluators where the rule has none; field "weights" for a weight that is no
    decimal or below 0, or all 0; field "scale" for different scales in a weighted average; field "least" for a least
    score off the scale.
    """
    if not criteria:
        raise SumError("There are no criteria yet; add at least one.", field="criteria")
    seen: set[str] = set()
    for row, criterion in enumerate(criteria):
        name = criterion.name
        if criterion.code in seen:
            raise SumError(f"{name} is there twice; keep one.", field="criteria", row=row)
        seen.add(criterion.code)
        if criterion.group not in GROUPS:
            raise SumError(f"{name} is in no group; choose one of the five.", field="criteria", row=row)
        if len(set(criterion.evaluators)) != len(criterion.evaluators):
            raise SumError(f"{name} names an evaluator twice; keep one.", field="criteria", row=row)
        if not isinstance(criterion.weight, int | Decimal):
            raise SumError(f"The weight of {name} must be a decimal.", field="weights", row=row)
        not_negative(criterion.weight, f"The weight of {name}", field="weights", row=row)
        first, scale = criteria[0].scale, criterion.scale
        if terms.method is Method.WEIGHTED_AVERAGE and (scale.least, scale.most) != (first.least, first.most):
            raise SumError(
                f"A weighted average needs one scale: {criteria[0].name} runs from {first.least} to {first.most}, "
                f"{name} from {scale.least} to {scale.most}.",
                field="scale",
                row=row,
            )
        if criterion.least is not None:
            least = exact(criterion.least, f"The least score of {name}", field="least", row=row)
            scale.check(least, f"The least score of {name}", field="least", row=row)
    if not any(criterion.weight for criterion in criteria):
        raise SumError("All weights are 0; give at least one of them more.", field="weights")


def whole(values: Iterable[int | Decimal]) -> tuple[tuple[int, ...], int]:
    """Return decimals as integers over one power of ten, and that power: 1.6 and 0.25 are (160, 25) and 2."""
    numbers = [Decimal(value) for value in values]
    places = 0
    for number in numbers:
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)
        places = max(places, -exponent)
    # A fraction is exact whatever the ambient decimal context is.
    return tuple(int(Fraction(number) * 10**places) for number in numbers), places


def whole_weights(sheet: Sheet, weights: Mapping[str, int | Decimal]) -> tuple[int, ...]:
    """Return other weights, by criterion, in the order of the sheet, as integers over a power of ten.

    Raises :class:`SumError` (field "weights") unless every criterion of the sheet, and no other, has a decimal of 0 or
    more, and not all are 0.
    """
    missing = [code for code in sheet.criteria if code not in weights]
    if missing:
        raise SumError(f"There is no weight for {missing[0]}; give every criterion one.", field="weights")
    known = set(sheet.criteria)
    for row, (code, weight) in enumerate(weights.items()):
        if code not in known:
            raise SumError(f"{code} is not a criterion of this sheet; leave it out.", field="weights", row=row)
        if not isinstance(weight, int | Decimal):
            raise SumError(f"The weight of {code} must be a decimal.", field="weights", row=row)
        not_negative(weight, f"The weight of {code}", field="weights", row=row)
    found, _ = whole(weights[code] for code in sheet.criteria)
    if not any(found):
        raise SumError("All weights are 0; give at least one of them more.", field="weights")
    return found


def ranked(totals: Mapping[str, Fraction]) -> tuple[Standing, ...]:
    """Return bidders by total, best first, equal totals sharing a rank (1, 2, 2, 4) and in the order of their codes."""
    found: list[Standing] = []
    for place, (code, total) in enumerate(sorted(totals.items(), key=lambda item: (-item[1], item[0])), start=1):
        tied = found and found[-1].total == total
        found.append(Standing(code, total, found[-1].rank if tied else place))
    return tuple(found)
