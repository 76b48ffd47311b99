"""Which mechanisms a strategy asks of a set of agreements, and which of them the agreements hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from cmo_lifecycle.partners.models import Relationship
from contracts.clauses.coverage import Asked, Coverage, Held, Judgement, cover
from contracts.clauses.library.held import HOLDERS
from contracts.clauses.topics import TOPICS
from contracts.models.agreement import Agreement
from strategy.actions.relationships import in_force
from strategy.models import Consequence
from strategy.rules import Kind

PREFIX = f"{Kind.MECHANISM.value}:"


def strategy_of(programme: Any) -> Any:
    """Return the approved strategy of a programme, None where there is none."""
    return in_force(Relationship(programme=programme)) if programme is not None else None


def consequences_of(programme: Any, kind: Kind) -> list[Consequence]:
    """Return what the programme's approved strategy asks of contracts, of one kind; in the order of their keys."""
    strategy = strategy_of(programme)
    if strategy is None:
        return []
    return list(strategy.consequences.binding().filter(kind=kind).order_by("key"))


def mechanisms_of(programme: Any) -> tuple[Asked, ...]:
    """Return the mechanisms that the programme's approved strategy asks for."""
    return tuple(
        Asked(one.key.removeprefix(PREFIX), one.title, one.reason) for one in consequences_of(programme, Kind.MECHANISM)
    )


def asked_of(agreement: Agreement) -> tuple[Asked, ...]:
    """Return the mechanisms that have their place in an agreement of this kind; none of an amendment."""
    if agreement.kind == Agreement.Kind.AMENDMENT or agreement.programme is None:
        return ()
    return tuple(
        one
        for one in mechanisms_of(agreement.programme)
        if any(agreement.kind in TOPICS[code].agreements for code in HOLDERS.get(one.code, ()))
    )


def set_of(agreement: Agreement) -> list[Agreement]:
    """Return the agreement with those that bind beside it: what governs it, and what is signed for the same work."""
    beside = Q(programme__isnull=True)
    if agreement.programme_id is not None:
        beside |= Q(programme=agreement.programme_id)
    rows = (
        Agreement.objects.signed()
        .filter(beside, cmo=agreement.cmo_id)
        .exclude(kind=Agreement.Kind.AMENDMENT)
        .exclude(pk=agreement.pk)
    )
    found = {one.pk: one for one in rows.order_by("reference")}
    parent = agreement.parent
    if parent is not None and parent.state not in (*Agreement.OVER, Agreement.State.ABANDONED):
        found[parent.pk] = parent
    return [agreement, *found.values()]


def held(agreements: Iterable[Agreement]) -> list[Held]:
    """Return agreements with what was said of their topics; an amendment speaks for what it amends."""
    from contracts.models import Clause

    rows = [one for one in agreements if one.kind != Agreement.Kind.AMENDMENT]
    said: dict[Any, dict[str, Judgement]] = {one.pk: {} for one in rows}
    for row in Clause.objects.filter(agreement__in=said).values_list(
        "agreement", "topic", "status", "words", "start", "end", "note"
    ):
        said[row[0]][row[1]] = Judgement(*row[2:])
    return [Held(one.reference, one.kind, said[one.pk]) for one in rows]


def coverage(agreements: Iterable[Agreement], asked: Iterable[Asked]) -> Coverage:
    """Return the coverage of a set of agreements against what is asked."""
    return cover(held(agreements), asked)


def waived(agreement: Agreement) -> set[str]:
    """Return the codes of mechanisms that a signed waiver does without."""
    from contracts.models import Waiver

    return set(agreement.waivers.filter(state=Waiver.State.GRANTED).values_list("mechanism", flat=True))  # type: ignore[attr-defined]


def lacking(agreement: Agreement) -> tuple[Asked, ...]:
    """Return the mechanisms that the strategy asks of this agreement, that its set does not hold and nobody waived."""
    asked = asked_of(agreement)
    if not asked:
        return ()
    found = coverage(set_of(agreement), asked)
    done_without = waived(agreement)
    return tuple(one for one in found.unmet if one.code not in done_without)
