"""One score of one criterion: from several evaluators' scores, from an answer, or from the bidders' amounts.

Sources: mean, recorded consensus and spread from the domain reference, section 3.2; the trimmed mean is that of panels
that drop the highest and the lowest score of each line before they average; `lowest_full` is the price formula of
public sheets ("lowest price / price x maximum points").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import lcm

from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, listed, shown

MOST_PLACES = 12


@lru_cache(maxsize=16_384)
def quotient(numerator: int, denominator: int) -> Fraction:
    """Return a fraction; a panel's scores are few different numbers many times over, and to reduce one takes long."""
    return Fraction(numerator, denominator)


class Rule(StrEnum):
    """How a criterion comes to its score; `label` says it to a reader.

    MEAN: the mean of all evaluators' scores. TRIMMED_MEAN: the highest and the lowest are dropped, once each, then
    the mean; with fewer than three scores nothing would be left to average, so there is no score and the outcome
    says so: to fall back on another rule would change it after opening. CONSENSUS: the score that the
    evaluators agreed on, as recorded. AUTO: given from the answers. With most points M, lowest amount L and highest
    H, an amount P gets: LOWEST_FULL M * L / P; PROPORTIONAL M less the share by which P is above L, that is
    M * (1 - (P - L) / L), so twice the lowest gets nothing; LINEAR the straight line from M at L down to the scale's
    least at H. No formula goes below the scale's least or above its most.
    """

    label: str

    def __new__(cls, value: str, label: str) -> Rule:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    MEAN = "mean", "Mean"
    TRIMMED_MEAN = "trimmed_mean", "Mean without the highest and the lowest"
    CONSENSUS = "consensus", "Recorded consensus"
    AUTO = "auto", "From the answers"
    LOWEST_FULL = "lowest_full", "Lowest amount / amount"
    PROPORTIONAL = "proportional", "Less the share above the lowest amount"
    LINEAR = "linear", "Straight line from the lowest to the highest amount"


BY_EVALUATORS = frozenset({Rule.MEAN, Rule.TRIMMED_MEAN, Rule.CONSENSUS})
BY_AMOUNT = frozenset({Rule.LOWEST_FULL, Rule.PROPORTIONAL, Rule.LINEAR})
FEWEST_TO_TRIM = 3


class Why(StrEnum):
    """Why there is no score: the empty string where there is one."""

    SCORED = ""
    SCORES_MISSING = "scores_missing"
    NOBODY = "nobody"
    TOO_FEW = "too_few"
    NOT_RECORDED = "not_recorded"
    NO_ANSWER = "no_answer"
    NO_AMOUNT = "no_amount"


@dataclass(frozen=True, slots=True)
class Scale:
    """Scores run from ``least`` to ``most``, both included, in any decimals: 0 to 5, 0 to 10, 1 to 9.

    :class:`SumError` (field "scale") unless 0 <= least < most.
    """

    least: int | Decimal
    most: int | Decimal

    def __post_init__(self) -> None:
        least = exact(self.least, "The least score", field="scale")
        most = exact(self.most, "The most score", field="scale")
        if not 0 <= least < most:
            raise SumError(
                f"A scale runs from 0 or more up to something higher, not from {self.least} to {self.most}.",
                field="scale",
            )

    def check(self, value: Fraction, what: str, *, field: str, row: int | None = None) -> Fraction:
        """Return ``value`` if it is on the scale; else :class:`SumError` with ``field`` and ``row`` as given."""
        if not Fraction(self.least) <= value <= Fraction(self.most):
            raise SumError(
                f"{what} lies between {self.least} and {self.most}, not at {shown(value, 12)}.", field=field, row=row
            )
        return value


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a number is rounded: "half_up" to ``places`` decimals (2.345 is 2.35 at two), or "none": kept exactly.

    :class:`SumError` (field "rounding") for another mode or for places outside 0 to 12.
    """

    places: int = 2
    mode: str = "half_up"

    def __post_init__(self) -> None:
        if self.mode not in ("half_up", "none"):
            raise SumError(f'Rounding is "half_up" or "none", not {self.mode!r}.', field="rounding")
        if isinstance(self.places, bool) or not isinstance(self.places, int) or not 0 <= self.places <= MOST_PLACES:
            raise SumError(f"Scores are rounded to 0 to {MOST_PLACES} decimals, not {self.places}.", field="rounding")

    def ratio(self, numerator: int, denominator: int) -> tuple[int, int]:
        """Return ``numerator / denominator`` (0 or more) rounded, as another ratio of two integers."""
        if self.mode == "none":
            return numerator, denominator
        power = 10**self.places
        return (2 * numerator * power + denominator) // (2 * denominator), power

    def of(self, value: Fraction) -> Fraction:
        """Return ``value`` (0 or more) rounded."""
        return Fraction(*self.ratio(value.numerator, value.denominator))


HUNDREDTHS = Rounding(2)
NOT_ROUNDED = Rounding(0, "none")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The score of one bidder for one criterion, or why there is none.

    ``value`` is on the criterion's scale, rounded as the sheet says, and None while there is none; ``unrounded`` the
    same before. ``missing`` names evaluators whose score is not there yet, ``dropped`` those whose score a trimmed
    mean left out (the lowest first; among equal scores it leaves out that of the first code at the bottom and of the
    last at the top, which changes no number); ``scored`` is how many evaluators' scores there are.
    """

    value: Fraction | None
    unrounded: Fraction | None
    why: Why = Why.SCORED
    missing: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    scored: int = 0

    def reason(self, criterion: str, names: Mapping[str, str] | None = None) -> str:
        """Return why there is no score, as half a sentence about ``criterion``; "" where there is one."""
        if self.why is Why.SCORES_MISSING:
            return f"{criterion} is not scored yet by {listed((names or {}).get(who, who) for who in self.missing)}"
        return {
            Why.SCORED: "",
            Why.NOBODY: f"{criterion} has nobody to score it",
            Why.TOO_FEW: f"{criterion} needs three scores for a mean without the highest and the lowest, "
            f"and has {self.scored}",
            Why.NOT_RECORDED: f"{criterion} has no consensus recorded yet",
            Why.NO_ANSWER: f"{criterion} has no answer to score",
            Why.NO_AMOUNT: f"{criterion} has no amount",
        }[self.why]


def consensus(
    rule: Rule,
    scores: Mapping[str, Number],
    evaluators: Collection[str],
    scale: Scale,
    rounding: Rounding = HUNDREDTHS,
    *,
    recorded: Number | None = None,
) -> Outcome:
    """Return the score that ``scores``, by evaluator, come to under MEAN, TRIMMED_MEAN or CONSENSUS.

    ``evaluators`` are those who are to score; while one of them has not, a mean has no value and names them. Under
    CONSENSUS the ``recorded`` score alone counts. Raises :class:`SumError` with field "scores" and the position in
    ``scores``: not a number, off the scale, or by somebody who is not to score; with field "recorded": off the scale,
    or recorded under another rule; with field "rule": a rule that evaluators have no part in.
    """
    if rule not in BY_EVALUATORS:
        raise SumError(f"“{rule.label}” takes no evaluators' scores; choose another rule.", field="rule")
    marks: dict[str, Fraction] = {}
    for row, (who, score) in enumerate(scores.items()):
        if who not in evaluators:
            raise SumError(f"{who} does not score this criterion; leave the score out.", field="scores", row=row)
        value = exact(score, f"The score of {who}", field="scores", row=row)
        marks[who] = scale.check(value, f"The score of {who}", field="scores", row=row)
    whole, units = _whole(marks)
    if recorded is None:
        return agreed(rule, whole, evaluators, rounding, units)
    if rule is not Rule.CONSENSUS:
        raise SumError(f"“{rule.label}” is calculated; a consensus is not recorded for it.", field="recorded")
    value = scale.check(exact(recorded, "The consensus", field="recorded"), "The consensus", field="recorded")
    return agreed(rule, whole, evaluators, rounding, units, value)


def _whole(marks: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    units = lcm(*(mark.denominator for mark in marks.values()))
    return {who: mark.numerator * (units // mark.denominator) for who, mark in marks.items()}, units


def agreed(
    rule: Rule,
    marks: Mapping[str, int],
    evaluators: Collection[str],
    rounding: Rounding,
    units: int,
    recorded: Fraction | None = None,
) -> Outcome:
    """Return the outcome of scores that are checked already, in ``units`` of a point (100: in hundredths)."""
    count = len(marks)
    missing = tuple(sorted(who for who in evaluators if who not in marks)) if count < len(evaluators) else ()
    if rule is Rule.CONSENSUS:
        if recorded is None:
            return Outcome(None, None, Why.NOT_RECORDED, missing, (), count)
        return Outcome(rounding.of(recorded), recorded, Why.SCORED, missing, (), count)
    if missing:
        return Outcome(None, None, Why.SCORES_MISSING, missing, (), count)
    if not count:
        return Outcome(None, None, Why.NOBODY)
    total = sum(marks.values())
    dropped: tuple[str, ...] = ()
    kept = count
    if rule is Rule.TRIMMED_MEAN:
        if count < FEWEST_TO_TRIM:
            return Outcome(None, None, Why.TOO_FEW, (), (), count)
        lowest, highest = min(marks.values()), max(marks.values())
        dropped = (
            min([who for who, mark in marks.items() if mark == lowest]),
            max([who for who, mark in marks.items() if mark == highest]),
        )
        total -= lowest + highest
        kept -= 2
    below = kept * units
    rounded = quotient(*rounding.ratio(total, below))
    return Outcome(rounded, quotient(total, below), Why.SCORED, (), dropped, count)


def automatic(value: Number | None, scale: Scale, rounding: Rounding = HUNDREDTHS) -> Outcome:
    """Return the score that an answer was given, or that there is none yet (None).

    Raises :class:`SumError` (field "given") for what is not a number or is off the scale.
    """
    if value is None:
        return Outcome(None, None, Why.NO_ANSWER)
    number = scale.check(
        exact(value, "The score of the answer", field="given"), "The score of the answer", field="given"
    )
    return Outcome(rounding.of(number), number)


def price_points(
    rule: Rule,
    amounts: Mapping[str, Number | None],
    scale: Scale,
    rounding: Rounding = HUNDREDTHS,
    *,
    running: Collection[str] | None = None,
) -> dict[str, Outcome]:
    """Return the points of each bidder's amount under LOWEST_FULL, PROPORTIONAL or LINEAR (see :class:`Rule`).

    ``amounts`` by bidder are above 0, all in one currency; None is no amount: that bidder has no points, and the
    others are measured against the amounts there are. Only bidders in ``running`` (all, unless given) set the lowest
    and the highest: a bid that failed a must-have moves nobody's points, though it has points itself. With one
    amount, or all alike, LINEAR gives full points; an amount outside the span of those in the running counts as
    its nearest end. Raises :class:`SumError` with field "amounts" and the position in ``amounts``, or with field
    "rule" for a rule that is no price formula.
    """
    if rule not in BY_AMOUNT:
        raise SumError(f"“{rule.label}” is not a price formula; choose another rule.", field="rule")
    known: dict[str, Fraction] = {}
    for row, (bidder, amount) in enumerate(amounts.items()):
        if amount is None:
            continue
        known[bidder] = exact(amount, f"The amount of {bidder}", field="amounts", row=row)
        if known[bidder] <= 0:
            raise SumError(f"The amount of {bidder} must be above 0, not {amount}.", field="amounts", row=row)
    setting = [amount for bidder, amount in known.items() if running is None or bidder in running]
    # With nobody left in the running there is nothing to measure against but the others.
    setting = setting or list(known.values())
    found: dict[str, Outcome] = {}
    for bidder in amounts:
        if bidder not in known:
            found[bidder] = Outcome(None, None, Why.NO_AMOUNT)
            continue
        points = _price_points(rule, known[bidder], setting, scale)
        found[bidder] = Outcome(rounding.of(points), points)
    return found


def _price_points(rule: Rule, amount: Fraction, setting: Sequence[Fraction], scale: Scale) -> Fraction:
    least, most = Fraction(scale.least), Fraction(scale.most)
    lowest, highest = min(setting), max(setting)
    amount = max(amount, lowest)
    if rule is Rule.LOWEST_FULL:
        points = most * lowest / amount
    elif rule is Rule.PROPORTIONAL:
        points = most * (1 - (amount - lowest) / lowest)
    elif highest == lowest and amount == lowest:
        points = most
    elif amount >= highest:
        points = least
    else:
        points = most - (most - least) * (amount - lowest) / (highest - lowest)
    return max(points, least)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far evaluators are apart on one bidder and one criterion, in points of its scale.

    ``range`` is the highest less the lowest score; ``flagged`` where it reaches the threshold of the sheet;
    ``outliers`` then names those farthest from the median (all that are equally far, in the order of their codes).
    """

    lowest: Fraction
    highest: Fraction
    median: Fraction
    flagged: bool
    outliers: tuple[str, ...]

    @property
    def range(self) -> Fraction:
        """The highest less the lowest score."""
        return self.highest - self.lowest


def spread(scores: Mapping[str, Number], threshold: Number) -> Spread | None:
    """Return how far ``scores``, by evaluator, are apart; None where there are none.

    Raises :class:`SumError`: field "scores" with the position for what is not a number, field "spread" unless the
    threshold is above 0.
    """
    marks = {
        who: exact(score, f"The score of {who}", field="scores", row=row)
        for row, (who, score) in enumerate(scores.items())
    }
    whole, units = _whole(marks)
    least = spread_threshold(threshold)
    return apart(whole, least, units) if marks else None


def spread_threshold(threshold: Number) -> Fraction:
    """Return the range from which a spread is flagged; :class:`SumError` (field "spread") unless above 0."""
    number = exact(threshold, "The spread that is flagged", field="spread")
    if number <= 0:
        raise SumError("The spread that is flagged must be above 0.", field="spread")
    return number


def apart(marks: Mapping[str, int], threshold: Fraction, units: int) -> Spread:
    """Return the spread of scores that are checked already, in ``units`` of a point; there is at least one."""
    ordered = sorted(marks.values())
    lowest, highest = ordered[0], ordered[-1]
    count = len(ordered)
    twice = ordered[(count - 1) // 2] + ordered[count // 2]
    flagged = highest - lowest >= threshold * units
    outliers: Iterable[str] = ()
    if flagged:
        farthest = max(twice - 2 * lowest, 2 * highest - twice)
        outliers = sorted([who for who, mark in marks.items() if abs(2 * mark - twice) == farthest])
    return Spread(
        quotient(lowest, units), quotient(highest, units), quotient(twice, 2 * units), flagged, tuple(outliers)
    )
