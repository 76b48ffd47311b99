"""What contracting asks before a relationship goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q

from cmo_lifecycle.doors.context import url_if_there
from cmo_lifecycle.partners.gates import follow, gate
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow.models import Event
from contracts import responsibility
from contracts.actions.agreements import matrix_rows
from contracts.models import Agreement

K = Agreement.Kind


def agreements_of(relationship: Relationship) -> Any:
    """Return the agreements that bind for a relationship: its own, and those with the CMO for all programmes."""
    return Agreement.objects.filter(cmo=relationship.cmo_id).filter(
        Q(programme=relationship.programme_id) | Q(programme__isnull=True)
    )


def signed_here(agreement: Agreement) -> bool:
    """Whether all who must have signed it here, and their signatures stand; or it is known to be older than this."""
    return agreement.registered_as_existing or not unsigned_roles_of_execution(agreement)


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
    rows = agreements_of(relationship).signed().filter(kind__in=(K.MSA, K.SOW))
    if not any(signed_here(one) for one in rows):
        yield "Have the supply agreement or the statement of work executed first."


@gate("onboard", label="Quality agreement signed by both quality units", where=_where(K.QAG))
def _quality_is_executed(relationship: Relationship) -> Iterator[str]:
    rows = agreements_of(relationship).signed().filter(kind=K.QAG)
    if not any(signed_here(one) for one in rows):
        yield "Have the quality agreement signed by both quality units first."


@gate("operate", label="Quality agreement in force, its matrix whole", where=_where(K.QAG))
def _quality_is_effective(relationship: Relationship) -> Iterator[str]:
    rows = [one for one in agreements_of(relationship).in_force().filter(kind=K.QAG) if signed_here(one)]
    if not rows:
        yield "The quality agreement has to be in force first."
    elif not any(responsibility.complete(matrix_rows(one)) for one in rows):
        yield "The responsibility matrix of the quality agreement has to be whole: nobody is undecided."


@follow("start_contracting")
def _note_the_relationship(relationship: Relationship, event: Event) -> None:
    """Agreements that were written before the relationship came about belong to it."""
    Agreement.objects.filter(
        cmo=relationship.cmo_id, programme=relationship.programme_id, relationship__isnull=True
    ).update(relationship=relationship)


__all__ = ["agreements_of", "signed_here", "unsigned_roles_of_execution"]
