"""What contracting asks before a relationship goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cmo_lifecycle.doors.context import url_if_there
from cmo_lifecycle.partners.gates import follow, gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.transitions import authors_of
from contracts import responsibility
from contracts.actions.agreements import matrix_rows
from contracts.models import Agreement

K = Agreement.Kind


def agreements_of(relationship: Relationship) -> Any:
    """Return the agreements that bind for a relationship: its own, and those with the CMO for all programmes."""
    return Agreement.objects.filter(cmo=relationship.cmo_id).filter(
        Q(programme=relationship.programme_id) | Q(programme__isnull=True)
    )


def signed_here(agreement: Agreement, relationship: Relationship) -> bool:
    """Whether its execution carries a relationship on: all who must have signed it here, and their signatures stand.

    One that was registered as existing was approved by nobody here. It counts for a relationship that is registered as
    existing itself; for another one where it is older than that, and registered by somebody who did not write it.
    """
    if not agreement.registered_as_existing:
        return not unsigned_roles_of_execution(agreement)
    if relationship.registered_as_existing:
        return True
    begun = timezone.localdate(relationship.created_at)
    if agreement.executed_on is None or agreement.executed_on >= begun:
        return False
    registered = Event.objects.of(agreement).filter(verb="register_as_existing").values_list("actor_id", flat=True)
    return bool(set(registered) - authors_of(agreement))


def _only_registered(rows: list[Agreement]) -> Iterator[str]:
    for one in rows:
        if one.registered_as_existing:
            yield (
                f"{one} is registered as existing. That carries on only where it was signed before this relationship was"
                " begun here, and registered by somebody who did not write it."
            )


def _uncovered_sites(relationship: Relationship, rows: list[Agreement]) -> Iterator[str]:
    """Name the sites of a relationship that none of some agreements is for; one that names no site is for all."""
    named = [set(one.sites.values_list("pk", flat=True)) for one in rows]
    for site in relationship.sites.all():
        if not any(not keys or site.pk in keys for keys in named):
            yield f"No quality agreement is for {site}: the one there is names other sites."


def unsigned_roles_of_execution(agreement: Agreement) -> list[str]:
    """Return the roles whose signature the execution rests on and that is not there any more."""
    from cmo_lifecycle.workflow import signing
    from contracts.actions.agreements import sign, signers_of

    given = {
        row.signature.role
        for row in signing.standing(agreement)
        if row.is_genuine and row.is_current and row.signature.event.verb == sign.verb
    }
    return [role for role in signers_of(agreement) if role not in given]


def _where(*kinds: str) -> Callable[[Relationship], str]:
    """Return a function that leads to the newest agreement of these kinds, or to where one is written."""

    def url(relationship: Relationship) -> str:
        rows = agreements_of(relationship).filter(kind__in=kinds)
        found = rows.exclude(state__in=(*Agreement.OVER, Agreement.State.ABANDONED)).order_by("-created_at").first()
        if found is not None:
            return str(found.get_absolute_url())
        write = url_if_there("contracts:agreement_add")
        given = f"cmo={relationship.cmo_id}&programme={relationship.programme_id}&kind={kinds[0]}"
        return f"{write}?{given}" if write else ""

    return url


@gate("onboard", label="Supply agreement or statement of work executed", where=_where(K.MSA, K.SOW))
def _commercial_is_executed(relationship: Relationship) -> Iterator[str]:
    rows = list(agreements_of(relationship).signed().filter(kind__in=(K.MSA, K.SOW)))
    if not any(signed_here(one, relationship) for one in rows):
        yield "Have the supply agreement or the statement of work executed first."
        yield from _only_registered(rows)


@gate("onboard", label="Quality agreement signed by both quality units", where=_where(K.QAG))
def _quality_is_executed(relationship: Relationship) -> Iterator[str]:
    rows = list(agreements_of(relationship).signed().filter(kind=K.QAG))
    count = [one for one in rows if signed_here(one, relationship)]
    if not count:
        yield "Have the quality agreement signed by both quality units first."
        yield from _only_registered(rows)
    else:
        yield from _uncovered_sites(relationship, count)


@gate("operate", label="Quality agreement in force, its matrix whole", where=_where(K.QAG))
def _quality_is_effective(relationship: Relationship) -> Iterator[str]:
    found = list(agreements_of(relationship).in_force().filter(kind=K.QAG))
    rows = [one for one in found if signed_here(one, relationship)]
    whole = [one for one in rows if responsibility.complete(matrix_rows(one))]
    if not rows:
        yield "The quality agreement has to be in force first."
        yield from _only_registered(found)
    elif not whole:
        yield "The responsibility matrix of the quality agreement has to be whole: nobody is undecided."
    else:
        yield from _uncovered_sites(relationship, whole)


@follow("start_contracting")
def _note_the_relationship(relationship: Relationship, event: Event) -> None:
    """Agreements that were written before the relationship came about belong to it."""
    Agreement.objects.filter(
        cmo=relationship.cmo_id, programme=relationship.programme_id, relationship__isnull=True
    ).update(relationship=relationship)


__all__ = ["agreements_of", "signed_here", "unsigned_roles_of_execution"]
