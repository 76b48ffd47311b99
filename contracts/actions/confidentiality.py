"""What a confidentiality agreement in force lets follow: the CDA by which selection knows that a CMO may be told."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils import timezone

from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.models import Event
from contracts.dates import position_of
from contracts.models import Agreement
from evaluation.actions import candidates
from evaluation.models import Cda

#: Where the agreement moves its own end, the CDA has none: it ends when the agreement is over.
FIXED = (Agreement.Renews.NO,)


def put_in_force(agreement: Agreement, event: Event) -> Cda | None:
    """Let a confidentiality agreement that takes effect cover its CMO; one that was begun under its number is taken up.

    None for other agreements, for one that covers already, and for one whose end is past.
    """
    if agreement.kind != Agreement.Kind.CDA or agreement.cda_id is not None:  # type: ignore[attr-defined]
        return None
    signed_on = agreement.executed_on or timezone.localdate()
    at = position_of(agreement)
    end = at.ends if not isinstance(at, str) and agreement.renews in FIXED else None
    expires_on = end.earliest if end is not None else None
    if expires_on is not None and expires_on <= signed_on:
        return None
    covers = {"cmo": agreement.cmo, "programme": agreement.programme, "number": agreement.reference}
    begun = Cda.objects.filter(state__in=Cda.editable_in, **covers).order_by("created_at").first()
    cda = begun or edits.create(Cda, {**covers, "purpose": agreement.title}, actor=event.actor, cause=event)
    attachments.attach(cda, _paper(agreement), actor=event.actor, cause=event)
    agreement.cda = candidates.put_in_force(cda, cause=event, signed_on=signed_on, expires_on=expires_on)
    return agreement.cda


def end(agreement: Agreement, event: Event) -> None:
    """Let the CDA end with its agreement, where it does not by its own date."""
    cda = agreement.cda
    if cda is None or cda.state != Cda.State.IN_FORCE:
        return
    if cda.expires_on is not None and agreement.ended_on is not None and cda.expires_on <= agreement.ended_on:
        return
    candidates.terminate(cda, cause=event, reason=f"{agreement} is over")


def _paper(agreement: Agreement) -> ContentFile:
    """What was signed, as a file: as it was brought in, else its words with the number and hash of their version."""
    document = agreement.current_document()
    if document.file is not None:
        with document.file.file.open("rb") as stored:
            return ContentFile(stored.read(), name=document.file.name)
    head = f"Agreement {agreement}\nText version {document.number}, SHA-256 {document.sha256}\n\n"
    name = f"{agreement.reference.replace('/', '-')}.txt"
    return ContentFile(f"{head}{document.words}\n".encode(), name=name)


__all__ = ["end", "put_in_force"]
