"""Weights from comparing two at a time: the analytic hierarchy process.

Source: T. L. Saaty, The Analytic Hierarchy Process, McGraw-Hill 1980: weights are the principal right eigenvector of
the matrix of judgements; CI = (lambda_max - n) / (n - 1); CR = CI / RI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from itertools import combinations

from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, listed
from strategy.sums.weights import rounded_to_hundred

ACCEPTABLE = Decimal("0.10")
"""Up to this consistency ratio, itself included, judgements agree well enough with each other (Saaty 1980)."""

LARGEST = 9
"""The scale runs from 1/9 over 1 (equally important) to 9 (extremely more important)."""

SAATY_1980 = tuple(
    Decimal(hundredths) / 100 for hundredths in (0, 0, 58, 90, 112, 124, 132, 141, 145, 149, 151, 148, 156, 157, 159)
)
"""Random indices for 1 to 15 items, as Saaty's book of 1980 has them: the table that is used unless another is given.

Other tables come from larger samples of random matrices; one in use has 0.52 for three items where this has 0.58,
so that the same judgements have a consistency ratio a ninth higher there.
"""

_PLACES = Decimal("1E-30")
_WORKING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_SETTLED = Decimal("1E-42")
# Each step brings the vector nearer to the eigenvector by tanh(ln(9^4) / 4) = 0.976 at the least (Birkhoff), so that
# 42 digits take fewer than 4,100 steps whatever the judgements.
_MOST_STEPS = 4_100


@dataclass(frozen=True, slots=True)
class Priorities:
    """What pairwise judgements amount to.

    ``weights`` are percent by code in the order of the codes, two decimals, adding up to exactly 100; ``shares`` the
    same before rounding, as fractions of 1 with 30 decimals. ``lambda_max``, ``consistency_index`` and
    ``consistency_ratio`` are pure numbers with 30 decimals; the last two are 0 for judgements that agree
    perfectly, and for one or two items, which cannot disagree.
    """

    weights: dict[str, Decimal]
    shares: dict[str, Decimal]
    lambda_max: Decimal
    consistency_index: Decimal
    consistency_ratio: Decimal

    @property
    def acceptable(self) -> bool:
        """Whether the consistency ratio is at most :data:`ACCEPTABLE`."""
        return self.consistency_ratio <= ACCEPTABLE


def priorities(
    codes: Sequence[str],
    judgements: Mapping[tuple[str, str], Number],
    *,
    names: Mapping[str, str] | None = None,
    random_indices: Sequence[Decimal] = SAATY_1980,
) -> Priorities:
    """Return the weights that ``judgements`` give to ``codes``, and how well the judgements agree.

    ``judgements[a, b]`` says how many times more important ``a`` is than ``b``, from 1/9 to 9; every pair once, in
    either order (twice only if each is the other's reciprocal). A decimal of two places or more that is 1/2 to 1/9
    rounded (0.33, 0.1429, also 0.330000) counts as exactly that. ``names`` says how a code reads in a sentence.

    The eigenvector is found by power iteration with 60 digits; neither the order of the codes nor that of the
    judgements changes a digit, except that of equal weights the alphabetically first code gets what rounding leaves
    over. Too high a consistency ratio is not refused here: it may be explained.

    Raises :class:`SumError` with field "pairwise" (and the position of the judgement, where there is one): nothing to
    compare, a code told twice, more codes than ``random_indices`` has, an unknown code, a code against itself, a
    value off the scale, a pair judged both ways that disagree, pairs not judged yet (all named), and preferences
    that run in a circle (named).
    """
    matrix = _matrix(codes, judgements, names or {}, len(random_indices))
    circles = _cycles(sorted(codes), matrix)
    if circles:
        raise SumError(
            f"These preferences run in a circle: {in_words(circles[0], names)}. Turn one of them round.",
            field="pairwise",
        )
    # In alphabetical order, so that not even the rounding can tell how the codes were listed.
    ordered = sorted(codes)
    vector, lambda_max = _eigenvector([[matrix[one, other] for other in ordered] for one in ordered])
    size = len(ordered)
    random = random_indices[size - 1]
    with localcontext(_WORKING):
        index = (lambda_max - size) / (size - 1) if size > 1 else Decimal(0)
        ratio = index / random if random else Decimal(0)
    # A third is a third again, so that its thirtieth decimal does not decide who gets the last hundredth.
    plain = [Fraction(part).limit_denominator(10**12) for part in vector]
    weights = dict(zip(ordered, rounded_to_hundred(plain), strict=True))
    shares = dict(zip(ordered, vector, strict=True))
    return Priorities(
        weights={code: weights[code] for code in codes},
        shares={code: shares[code] for code in codes},
        lambda_max=lambda_max,
        consistency_index=_settled(index),
        consistency_ratio=_settled(ratio),
    )


def cycles(codes: Sequence[str], judgements: Mapping[tuple[str, str], Number]) -> list[tuple[str, ...]]:
    """Return the circles in the preferences: ``("a", "b", "c")`` says a over b, b over c, and c over a.

    Of each set of codes that are all caught in circles with each other, a shortest one. Equal judgements (1) prefer
    neither, and pairs that are not judged yet do not count, so this may be asked while judging. An empty list means
    that the preferences can be put in an order. Raises :class:`SumError` as :func:`priorities` does, but not for
    missing pairs.
    """
    return _cycles(sorted(codes), _judged(codes, judgements, {}, len(SAATY_1980)))


def in_words(cycle: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    """Return a circle as words: "cost over speed, speed over quality, quality over cost"."""
    called = [(names or {}).get(code, code) for code in cycle]
    return ", ".join(f"{one} over {other}" for one, other in zip(called, [*called[1:], called[0]], strict=True))


def _matrix(
    codes: Sequence[str], judgements: Mapping[tuple[str, str], Number], names: Mapping[str, str], most: int
) -> dict[tuple[str, str], Fraction]:
    judged = _judged(codes, judgements, names, most)
    missing = [(one, other) for one, other in combinations(codes, 2) if (one, other) not in judged]
    if missing:
        pairs = listed((f"{names.get(one, one)} with {names.get(other, other)}" for one, other in missing), most=10)
        raise SumError(f"Not every pair is compared yet; compare {pairs}.", field="pairwise")
    return judged | {(code, code): Fraction(1) for code in codes}


def _judged(
    codes: Sequence[str], judgements: Mapping[tuple[str, str], Number], names: Mapping[str, str], most: int
) -> dict[tuple[str, str], Fraction]:
    """Return every judged pair in both orders, exactly."""
    if not codes:
        raise SumError("There is nothing to compare yet; add what should be weighed.", field="pairwise")
    if len(set(codes)) != len(codes):
        raise SumError("The same code is there twice; keep one of each.", field="pairwise")
    if len(codes) > most:
        raise SumError(f"At most {most} can be compared in pairs; enter their weights directly.", field="pairwise")
    judged: dict[tuple[str, str], Fraction] = {}
    for row, ((one, other), value) in enumerate(judgements.items()):
        for code in (one, other):
            if code not in codes:
                raise SumError(f"{code!r} is not among what is compared; leave it out.", field="pairwise", row=row)
        pair = f"{names.get(one, one)} with {names.get(other, other)}"
        if one == other:
            raise SumError(f"Nothing is compared with itself; leave out {pair}.", field="pairwise", row=row)
        factor = _on_scale(value, pair, row)
        if judged.get((one, other), factor) != factor:
            raise SumError(
                f"The comparison of {pair} is there twice and disagrees; keep one.", field="pairwise", row=row
            )
        judged[one, other], judged[other, one] = factor, 1 / factor
    return judged


def _on_scale(value: Number, pair: str, row: int) -> Fraction:
    factor = exact(value, f"The comparison of {pair}", field="pairwise", row=row)
    if isinstance(value, Decimal) and 0 < value < 1:
        # A column of six decimals gives 0.33 back as 0.330000.
        exponent = value.normalize(_WORKING).as_tuple().exponent
        assert isinstance(exponent, int)
        if exponent <= -2:
            nearest = Fraction(1, min(max(round(1 / factor), 2), LARGEST))
            if abs(factor - nearest) <= Fraction(10) ** exponent / 2:
                factor = nearest
    if not Fraction(1, LARGEST) <= factor <= LARGEST:
        raise SumError(
            f"The comparison of {pair} lies between 1/{LARGEST} and {LARGEST}, not at {value}.",
            field="pairwise",
            row=row,
        )
    return factor


def _cycles(codes: Sequence[str], judged: Mapping[tuple[str, str], Fraction]) -> list[tuple[str, ...]]:
    preferred = {one: [other for other in codes if judged.get((one, other), 0) > 1] for one in codes}
    found: list[tuple[str, ...]] = []
    caught: set[str] = set()
    shortest = [way for code in codes if (way := _way_back(code, preferred))]
    # Circles that share a knot of codes are told once: mending one often mends the others.
    for way in sorted(shortest, key=len):
        if way[0] not in caught:
            found.append(way)
            caught |= _reached(way[0], preferred) & {code for code in codes if way[0] in _reached(code, preferred)}
    return found


def _way_back(start: str, preferred: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Return a shortest way along preferences from ``start`` to itself, without repeating it, or None."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        longer: list[tuple[str, ...]] = []
        for way in ways:
            for code in preferred[way[-1]]:
                if code == start:
                    return way
                if code not in seen:
                    seen.add(code)
                    longer.append((*way, code))
        ways = longer
    return None


def _reached(start: str, preferred: Mapping[str, Sequence[str]]) -> set[str]:
    seen: set[str] = set()
    open_ = [start]
    while open_:
        for code in preferred[open_.pop()]:
            if code not in seen:
                seen.add(code)
                open_.append(code)
    return seen


def _eigenvector(matrix: Sequence[Sequence[Fraction]]) -> tuple[list[Decimal], Decimal]:
    """Return the principal eigenvector, adding up to 1, and its eigenvalue, to 30 decimals."""
    with localcontext(_WORKING):
        rows = [[Decimal(cell.numerator) / cell.denominator for cell in row] for row in matrix]
        vector = [1 / Decimal(len(rows))] * len(rows)
        for _ in range(_MOST_STEPS):
            product = [sum((cell * part for cell, part in zip(row, vector, strict=True)), Decimal(0)) for row in rows]
            total = sum(product, Decimal(0))
            before, vector = vector, [part / total for part in product]
            if max(abs(new - old) for new, old in zip(vector, before, strict=True)) < _SETTLED:
                break
        # The vector adds up to 1, so its product with the matrix adds up to the eigenvalue.
        lambda_max = sum((cell * part for row in rows for cell, part in zip(row, vector, strict=True)), Decimal(0))
        return [_settled(part) for part in vector], _settled(lambda_max)


def _settled(number: Decimal) -> Decimal:
    return number.quantize(_PLACES, context=_WORKING)
