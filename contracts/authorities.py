"""Who may commit the company to an agreement: the delegation of authority, applied to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cmo_lifecycle.workflow.signed import unsigned_roles
from contracts.models.agreement import Agreement
from contracts.models.delegation import AuthorityLimit, Delegation, SplitAnswer
from contracts.terms.authority import Commitment, Limit, Matrix, Needed, Part, refusal, required, total
from contracts.terms.splitting import Split, splits
from strategy.sums.cash import Rate
from strategy.sums.errors import SumError

LINE_OF_ROLE = {role: line for line, roles in AuthorityLimit.ROLES.items() for role in roles}
#: Whoever approves an agreement that commits no money.
WITHOUT_MONEY = {Agreement.Kind.QAG: ("quality", "legal"), Agreement.Kind.CDA: ("legal",)}
#: Of an agreement whose relationship has no tier yet, the riskiest is supposed.
UNKNOWN_TIER = 1
BEFORE_APPROVAL = (*Agreement.WRITABLE, Agreement.State.INTERNAL_REVIEW)


def delegation_in_force() -> Delegation | None:
    """Return the matrix in force whose signatures stand, None where there is none."""
    found = Delegation.objects.filter(state=Delegation.State.IN_FORCE).first()
    return found if found is not None and not unsigned_roles(found) else None


def holder(row: AuthorityLimit) -> str:
    """Return who holds a limit, as the sums and people name it: a person, or whoever has the role."""
    return str(row.person) if row.person is not None else str(row.get_role_display())  # type: ignore[attr-defined]


def matrix_of(delegation: Delegation) -> Matrix:
    """Return the matrix as the sums take it; SumError where it has no rows."""
    rows = delegation.limits.select_related("person")  # type: ignore[attr-defined]
    return Matrix(
        tuple(Limit(str(row.line), holder(row), row.up_to, row.months, row.tier) for row in rows),
        delegation.currency,
        tuple(Rate(row.currency, row.rate, row.on, row.source) for row in delegation.rates.all()),  # type: ignore[attr-defined]
    )


def _base(agreement: Agreement) -> Agreement:
    is_amendment = agreement.kind == Agreement.Kind.AMENDMENT and agreement.parent is not None
    return agreement.parent if is_amendment else agreement  # type: ignore[return-value]


def _money(agreement: Agreement) -> list[Part]:
    """The amounts of an agreement, of what amends it already, and of itself where it is an amendment."""
    base = _base(agreement)
    counts = Q(executed_on__isnull=False)
    if agreement.kind != Agreement.Kind.AMENDMENT or agreement.state in BEFORE_APPROVAL:
        # Two that are approved beside each other would each stay within a limit that they pass together.
        counts |= Q(state__in=(Agreement.State.APPROVED, Agreement.State.OUT_FOR_SIGNATURE), value__gt=0)
    amendments = base.children.filter(counts, kind=Agreement.Kind.AMENDMENT)  # type: ignore[attr-defined]
    counted = [base, *amendments.exclude(pk=agreement.pk).order_by("executed_on", "created_at")]
    if agreement.pk != base.pk:
        counted.append(agreement)
    return [Part(one.reference, one.value, one.currency) for one in counted if one.value is not None]


def commitment_of(agreement: Agreement, *, alone: bool = False) -> Commitment:
    """Return what an agreement commits us to with its amendments, and with what it was said to be one with.

    `alone` leaves the latter out.
    """
    base = _base(agreement)
    money = _money(agreement)
    if not alone:
        for other in _one_with(base):
            money += _money(other)
    months = agreement.term_months
    if agreement.pk != base.pk and months is not None:
        months = max(months, base.term_months) if base.term_months is not None else None
    relationship = base.relationship
    tier = relationship.tier if relationship is not None and relationship.tier else UNKNOWN_TIER
    return Commitment(
        agreement.reference, str(base.cmo), str(base.programme or "all programmes"), "commercial",
        agreement.executed_on or timezone.localdate(), tuple(money), months, tier,
    )  # fmt: skip


def _one_with(agreement: Agreement) -> list[Agreement]:
    joined = SplitAnswer.objects.filter(state=SplitAnswer.State.ONE, codes__contains=[agreement.reference])
    codes = {code for answer in joined for code in answer.codes} - {agreement.reference}
    return list(Agreement.objects.filter(reference__in=codes).order_by("reference"))


def needed(agreement: Agreement) -> tuple[Needed, ...]:
    """Return which authority each line needs; SumError where that cannot be reckoned."""
    delegation = delegation_in_force()
    if delegation is None:
        raise SumError(
            "There is no delegation of authority in force: have finance put one in force first.", field="delegation"
        )
    if agreement.value is None:
        raise SumError("Enter the committed amount, 0 where there is none.", field="value")
    return required(commitment_of(agreement), matrix_of(delegation))


def roles_needed(agreement: Agreement) -> tuple[str, ...]:
    """Return the roles that must approve this agreement, by its kind and the delegation of authority."""
    if not agreement.is_commercial:
        return WITHOUT_MONEY.get(agreement.nature, ("legal",))  # type: ignore[call-overload, no-any-return]
    try:
        lines = needed(agreement)
    except SumError:
        return tuple(AuthorityLimit.ROLES[line][0] for line in AuthorityLimit.Line)  # type: ignore[index]
    delegation = delegation_in_force()
    assert delegation is not None
    rows = {(row.line, holder(row)): row.role for row in delegation.limits.select_related("person")}  # type: ignore[attr-defined]
    found = []
    for line in AuthorityLimit.Line:
        one = next((one for one in lines if one.line == line), None)
        least = rows.get((str(line), one.role)) if one is not None else None
        found.append(least or AuthorityLimit.ROLES[line][-1])  # type: ignore[index]
    return tuple(found)


def objection(agreement: Agreement, user: Any, role: str) -> str:
    """Return why this person's authority does not reach, "" where it does or none is needed."""
    line = LINE_OF_ROLE.get(role)
    delegation = delegation_in_force()
    if not agreement.is_commercial or line is None or delegation is None or user.is_built_in:
        return ""
    roles = {*user.roles, role}
    mine = {
        holder(row)
        for row in delegation.limits.select_related("person")  # type: ignore[attr-defined]
        # Somebody may bear the name of another person, or of a role.
        if row.role in roles and row.person_id in (None, user.pk)
    }
    try:
        return refusal(commitment_of(agreement), matrix_of(delegation), str(line), sorted(mine))
    except SumError as error:
        return str(error)


def found_splits(agreement: Agreement) -> tuple[Split, ...]:
    """Return the groups of commitments, this one among them, that stay below a limit one by one and pass it together."""
    delegation = delegation_in_force()
    if delegation is None or not agreement.is_commercial or agreement.value is None:
        return ()
    base = _base(agreement)
    beside = (
        Agreement.objects.filter(cmo=base.cmo_id, programme=base.programme_id, kind__in=Agreement.COMMERCIAL)
        .filter(value__isnull=False)
        .exclude(state__in=(Agreement.State.DRAFT, Agreement.State.ABANDONED))
        .exclude(pk=base.pk)
        .order_by("created_at")
    )
    try:
        matrix = matrix_of(delegation)
        commitments = [commitment_of(agreement, alone=True)]
        total(commitments[0], matrix)
        commitments += _reckoned((commitment_of(one, alone=True) for one in beside), matrix)
        found = splits(commitments, matrix, days=delegation.split_days)
    except SumError:
        return ()
    return tuple(one for one in found if agreement.reference in one.codes)


def _reckoned(commitments: Iterable[Commitment], matrix: Matrix) -> Iterator[Commitment]:
    """Leave out what cannot be reckoned with, such as a currency without a rate: it hides no split of the others."""
    for one in commitments:
        try:
            total(one, matrix)
        except SumError:
            continue
        yield one


def unanswered(found: Iterable[Split]) -> list[Split]:
    """Return those of which nobody has said whether they are one commitment or several."""
    answered = [
        set(codes)
        for codes in SplitAnswer.objects.exclude(state=SplitAnswer.State.ASKED).values_list("codes", flat=True)
    ]
    return [one for one in found if not any(set(one.codes) <= codes for codes in answered)]
