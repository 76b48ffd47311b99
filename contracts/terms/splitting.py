"""One commitment made as several: each alone within a limit of authority, together beyond it.

Looked at are commitments with the same party, for the same programme and of the same kind, whose days lie within a
window. That such a group is found is no proof of intent; it is a question that somebody has to answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms.authority import Commitment, Limit, Matrix, Total, covers, money, totals
from contracts.terms.dates import long_day
from strategy.sums.errors import SumError
from strategy.sums.numbers import listed, to_decimal


@dataclass(frozen=True, slots=True)
class Split:
    """Commitments that together pass a limit: their codes by day, the sum and the limit in ``currency``.

    ``roles`` are those that could approve each alone and may not approve the sum, each with its line: "finance: Head of
    Finance". ``words`` show the adding up; ``sentence`` says what was found.
    """

    codes: tuple[str, ...]
    sum: Decimal
    limit: Decimal
    currency: str
    roles: tuple[str, ...]
    words: str
    sentence: str


def splits(commitments: Sequence[Commitment], matrix: Matrix, *, days: int) -> tuple[Split, ...]:
    """Return the groups whose members lie at most ``days`` apart, first to last, and whose sum passes a limit.

    Of each limit only those count that it covers one by one, in amount, term and risk: what was approved higher up
    anyway hides nothing. Groups are as large as the window allows; of the same group, only the highest limit it passes
    is told. In the order of their first days. :class:`SumError`, field "days" below 0, else as
    :func:`contracts.terms.authority.totals`.
    """
    if isinstance(days, bool) or days < 0:
        raise SumError("The window is 0 days or more.", field="days")
    sums = totals(commitments, matrix)
    alike: dict[tuple[str, str, str], list[Commitment]] = {}
    for one in sorted(commitments, key=lambda one: (one.on, one.code)):
        alike.setdefault((one.party, one.programme, one.kind), []).append(one)
    found: dict[tuple[str, ...], tuple[Fraction, list[Limit], list[Commitment]]] = {}
    for limit in matrix.limits:
        if limit.amount is None:
            continue
        most = Fraction(limit.amount)
        for group in alike.values():
            within = [one for one in group if covers(limit, sums[one.code].exactly, one)]
            for members in _windows(within, days):
                if sum((sums[one.code].exactly for one in members), Fraction(0)) <= most:
                    continue
                codes = tuple(one.code for one in members)
                highest, limits, _ = found.get(codes, (most, [], members))
                if most >= highest:
                    found[codes] = (most, [*(limits if most == highest else []), limit], members)
    told = [_told(members, most, limits, sums, matrix.currency) for most, limits, members in found.values()]
    order = {one.code: (one.on, one.code) for one in commitments}
    return tuple(sorted(told, key=lambda split: [order[code] for code in split.codes]))


def _windows(members: Sequence[Commitment], days: int) -> Iterator[list[Commitment]]:
    """Yield each longest run, of two or more by day, whose first and last are at most ``days`` apart."""
    end = 0
    for start, first in enumerate(members):
        before = end
        while end < len(members) and (members[end].on - first.on).days <= days:
            end += 1
        # One that reaches no further than the run before lies within that.
        if end > before and end - start > 1:
            yield list(members[start:end])


def _told(
    members: Sequence[Commitment], most: Fraction, limits: Sequence[Limit], sums: Mapping[str, Total], currency: str
) -> Split:
    sum_ = sum((sums[one.code].exactly for one in members), Fraction(0))
    added = " + ".join(f"{one.code} {money(sums[one.code].exactly, currency)}" for one in members)
    words = f"{added} = {money(sum_, currency)}, above {money(most, currency)}"
    roles = tuple(dict.fromkeys(f"{limit.line}: {limit.role}" for limit in limits))
    first = members[0]
    sentence = (
        f"{listed(one.code for one in members)}, with {first.party} for {first.programme}, from {long_day(first.on)} to"
        f" {long_day(members[-1].on)}, stay within {money(most, currency)} each and pass it together: {words}. Treat"
        " them as one commitment, or say why they are not."
    )
    return Split(
        tuple(one.code for one in members), to_decimal(sum_), to_decimal(most), currency, roles, words, sentence
    )
