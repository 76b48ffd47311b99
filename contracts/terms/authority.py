"""Who must approve a commitment: the delegation of authority, exactly counted.

A commitment is its base and all its amendments together, in the base currency at stored rates. Each line of approval
(business, finance, legal) needs the signature of a role whose authority reaches the amount, the term and the risk of it.
An amount equal to a limit is within it. Source: domain reference, section 3.3 (delegation-of-authority approval); tiers
of risk are those of :mod:`cmo_lifecycle.partners.tiering`, 1 the riskiest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from strategy.sums.cash import Rate, rate_table
from strategy.sums.errors import SumError
from strategy.sums.numbers import Number, exact, not_negative, shown, to_decimal

TIERS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the matrix: ``role`` may approve for ``line`` what stays within all three limits.

    ``amount`` is in the base currency, 0 or more; ``months`` the longest term; None is without limit. ``tier`` is the
    riskiest tier it reaches: 1 for all, 3 for the least risky only.
    """

    line: str
    role: str
    amount: Number | None
    months: int | None
    tier: int


@dataclass(frozen=True, slots=True)
class Part:
    """Money of the base agreement or of one amendment; an amendment that takes money back is below 0."""

    label: str
    amount: Number
    currency: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is committed: ``parts`` are the base and its amendments, ``months`` the whole term with them.

    ``months`` is None for a term without end. ``party``, ``programme`` and ``kind`` say with whom, for what and what it
    is; ``on`` is the day it was or is to be committed.
    """

    code: str
    party: str
    programme: str
    kind: str
    on: date
    parts: tuple[Part, ...]
    months: int | None
    tier: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rows that count, the base currency and the rates of others.

    :class:`SumError`: field "limits" and the row for a negative limit, an unknown tier, a missing name or a row told
    twice, without a row if there are none; "rates" or "base_currency" as :func:`strategy.sums.cash.rate_table` says.
    """

    limits: tuple[Limit, ...]
    currency: str
    rates: tuple[Rate, ...] = ()

    def __post_init__(self) -> None:
        rate_table(self.rates, self.currency)
        if not self.limits:
            raise SumError("The delegation of authority has no rows; enter who may approve what.", field="limits")
        for row, limit in enumerate(self.limits):
            if not limit.line or not limit.role:
                raise SumError("A row needs its line of approval and its role.", field="limits", row=row)
            if limit.amount is not None:
                not_negative(limit.amount, f"The limit of {limit.role}", field="limits", row=row)
            if limit.months is not None and (isinstance(limit.months, bool) or limit.months < 1):
                raise SumError(f"The longest term of {limit.role} is 1 month or more.", field="limits", row=row)
            _check_tier(limit.tier, "limits", row)
            if limit in self.limits[:row]:
                raise SumError(f"There are two rows of {limit.role} that say the same.", field="limits", row=row)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of approval, in the order of their first row."""
        return tuple(dict.fromkeys(limit.line for limit in self.limits))


@dataclass(frozen=True, slots=True)
class Total:
    """What a commitment comes to: ``exactly`` and as a decimal in ``currency``; ``words`` show the adding up."""

    exactly: Fraction
    amount: Decimal
    currency: str
    words: str


@dataclass(frozen=True, slots=True)
class Needed:
    """The approval that one line must give: by ``role``, the least that reaches it, or by any of ``roles``.

    ``role`` is "" and ``roles`` empty where nobody's authority does; ``sentence`` says why in any case.
    """

    line: str
    role: str
    roles: tuple[str, ...]
    sentence: str


def total(commitment: Commitment, matrix: Matrix) -> Total:
    """Return the amount of a commitment with its amendments in the base currency.

    :class:`SumError`, field "parts" and the row for an amount that is no number or a currency without a rate; without
    a row if there are no parts or they come to less than nothing.
    """
    table = rate_table(matrix.rates, matrix.currency)
    if not commitment.parts:
        raise SumError(f"{commitment.code} has no amount; enter that of the agreement.", field="parts")
    sum_, words = Fraction(0), []
    for row, part in enumerate(commitment.parts):
        amount = exact(part.amount, f"The amount of {part.label}", field="parts", row=row)
        if part.currency not in table:
            raise SumError(
                f"{part.label} is in {part.currency or 'no currency'}; give a rate from it to {matrix.currency}.",
                field="parts",
                row=row,
            )
        rate = table[part.currency]
        sum_ += amount / rate
        said = f"{part.label} {part.currency} {shown(amount)}"
        words.append(said if part.currency == matrix.currency else f"{said} ÷ {shown(rate, 6)}")
    if sum_ < 0:
        raise SumError(f"{commitment.code} comes to less than nothing; check its amendments.", field="parts")
    text = " + ".join(words)
    if len(words) > 1 or commitment.parts[0].currency != matrix.currency:
        text += f" = {money(sum_, matrix.currency)}"
    return Total(sum_, to_decimal(sum_), matrix.currency, text)


def required(commitment: Commitment, matrix: Matrix) -> tuple[Needed, ...]:
    """Return for each line which role must approve, in the order of the matrix.

    The least authority is that with the lowest amount; of equal ones the shorter term, then the less risky tier, then
    the earlier row. Errors as :func:`total`; :class:`SumError`, field "months" or "tier", for a term below 1 month or
    an unknown tier.
    """
    _check(commitment)
    sum_ = total(commitment, matrix)
    return tuple(_needed(commitment, sum_, line, matrix) for line in matrix.lines)


def refusal(commitment: Commitment, matrix: Matrix, line: str, roles: Sequence[str]) -> str:
    """Return why somebody with ``roles`` may not approve for ``line``; "" if they may.

    Errors as :func:`required`; field "line" for one that the matrix does not know.
    """
    if line not in matrix.lines:
        raise SumError(f"The delegation of authority knows no line “{line}”.", field="line")
    _check(commitment)
    sum_ = total(commitment, matrix)
    own = [limit for limit in matrix.limits if limit.line == line and limit.role in roles]
    if any(covers(limit, sum_.exactly, commitment) for limit in own):
        return ""
    needed = _needed(commitment, sum_, line, matrix)
    if not own:
        return f"Your roles have no authority for {line} in the delegation matrix. {needed.sentence}"
    best = max(own, key=_rank)
    return f"The authority of {best.role} is {_reach(best, matrix.currency)}. {needed.sentence}"


def money(amount: Fraction, currency: str) -> str:
    """Return "EUR 1,250.5", at most two decimals."""
    return f"{currency} {shown(amount)}"


def covers(limit: Limit, amount: Fraction, commitment: Commitment) -> bool:
    """Whether ``limit`` reaches ``amount`` in the base currency, and the term and the risk of ``commitment``."""
    months = commitment.months
    return (
        (limit.amount is None or amount <= Fraction(limit.amount))
        and (limit.months is None or (months is not None and months <= limit.months))
        and commitment.tier >= limit.tier
    )


def _rank(limit: Limit) -> tuple[bool, Fraction, bool, int, int]:
    return (
        limit.amount is None, Fraction(limit.amount or 0), limit.months is None, limit.months or 0, -limit.tier
    )  # fmt: skip


def _needed(commitment: Commitment, sum_: Total, line: str, matrix: Matrix) -> Needed:
    rows = sorted((limit for limit in matrix.limits if limit.line == line), key=_rank)
    reaching = [limit for limit in rows if covers(limit, sum_.exactly, commitment)]
    what = f"{commitment.code} is {sum_.words}, {_term(commitment.months)}, tier {commitment.tier}"
    if not reaching:
        most = rows[-1]
        return Needed(
            line,
            "",
            (),
            f"{what}: nobody may approve that for {line}; the widest authority, of {most.role}, is {_reach(most, matrix.currency)}.",
        )
    least = reaching[0]
    sentence = f"{what}: {line} needs {least.role}, whose authority is {_reach(least, matrix.currency)}"
    # The one before in the order is who it just passes by, and why.
    below = [limit for limit in rows[: rows.index(least)] if limit.role != least.role]
    if below:
        sentence += f"; that of {below[-1].role} is {_reach(below[-1], matrix.currency)}"
    return Needed(line, least.role, tuple(dict.fromkeys(limit.role for limit in reaching)), f"{sentence}.")


def _reach(limit: Limit, currency: str) -> str:
    amount = "any amount" if limit.amount is None else f"up to {money(Fraction(limit.amount), currency)}"
    months = "any term" if limit.months is None else f"up to {limit.months} month{'s' if limit.months != 1 else ''}"
    tier = "any tier" if limit.tier == 1 else f"tier {limit.tier}{' only' if limit.tier == 3 else ' or less risky'}"
    return f"{amount}, {months}, {tier}"


def _term(months: int | None) -> str:
    return "without end" if months is None else f"{months} month{'s' if months != 1 else ''}"


def _check(commitment: Commitment) -> None:
    months = commitment.months
    if months is not None and (isinstance(months, bool) or months < 1):
        raise SumError(f"The term of {commitment.code} is 1 month or more.", field="months")
    _check_tier(commitment.tier, "tier", None)


def _check_tier(tier: int, field: str, row: int | None) -> None:
    if isinstance(tier, bool) or tier not in TIERS:
        raise SumError(f"The tier of risk is 1, 2 or 3, not {tier!r}.", field=field, row=row)


def totals(commitments: Sequence[Commitment], matrix: Matrix) -> Mapping[str, Total]:
    """Return the total of each commitment by its code; :class:`SumError`, field "commitments" and the row, for a code
    told twice, else as :func:`required`."""
    found: dict[str, Total] = {}
    for row, one in enumerate(commitments):
        if one.code in found:
            raise SumError(f"There are two commitments called {one.code}.", field="commitments", row=row)
        _check(one)
        found[one.code] = total(one, matrix)
    return found
