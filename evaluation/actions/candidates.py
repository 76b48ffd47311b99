"""From the market scan to the short list, and the confidentiality agreement in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.partners.models import Programme
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Attachment, Event
from cmo_lifecycle.workflow.transitions import transition
from evaluation.models import Candidate, Cda, MustHave

D = Cda.State
C = Candidate.State
KEEPERS = ("sourcing", "legal")


class SignedForm(forms.Form):
    signed_on = forms.DateField(label="Signed by both on")
    expires_on = forms.DateField(label="Ends on", required=False, help_text="Leave empty where it has no end.")


def _has_its_paper(cda: Cda) -> Iterator[str]:
    if not Attachment.objects.of(cda).filter(voided_reason="").exists():
        yield "Attach the signed agreement first."


@transition(Cda, source=D.DRAFT, target=D.SENT, roles=KEEPERS)
def send(cda: Cda, event: Event) -> None:
    """Send the agreement to the CMO for signature."""


@transition(Cda, source=(D.DRAFT, D.SENT), target=D.IN_FORCE, roles=KEEPERS, gates=(_has_its_paper,), form=SignedForm)
def put_in_force(cda: Cda, event: Event, *, signed_on: Any, expires_on: Any = None) -> None:
    """Record that both sides have signed; from then on the CMO may be told."""
    from cmo_lifecycle.workflow.refusals import InvalidInput

    if signed_on > timezone.localdate():
        raise InvalidInput({"signed_on": ["Give the day on which both had signed, not one to come."]})
    if expires_on is not None and expires_on <= signed_on:
        raise InvalidInput({"expires_on": ["A CDA ends after the day on which it is signed."]})
    cda.signed_on = signed_on
    cda.expires_on = expires_on or cda.expires_on


@transition(Cda, source=D.IN_FORCE, target=D.TERMINATED, roles=("legal",), reason=True, tone="bad")
def terminate(cda: Cda, event: Event) -> None:
    """End the agreement; the duty to keep secrets outlives it."""


@transition(Cda, source=(D.DRAFT, D.SENT), target=D.ABANDONED, roles=KEEPERS, reason=True, tone="bad")
def abandon(cda: Cda, event: Event) -> None:
    """Give the agreement up before it is signed."""


def failed_must_haves(candidate: Candidate) -> list[MustHave]:
    return [row for row in candidate.must_haves.all() if row.verdict == MustHave.Verdict.FAILED]  # type: ignore[attr-defined]


def _none_failed(candidate: Candidate) -> Iterator[str]:
    for row in failed_must_haves(candidate):
        yield f"It fails a must-have: {row.requirement}. Knock it out, or correct the verdict with what shows it."


def _all_known(candidate: Candidate) -> Iterator[str]:
    for row in candidate.must_haves.all():  # type: ignore[attr-defined]
        if row.verdict == MustHave.Verdict.OPEN:
            yield f"Find out whether it meets: {row.requirement}."


def _has_a_live_cda(candidate: Candidate) -> Iterator[str]:
    if not live_cda(candidate.cmo_id, candidate.programme_id):
        yield f"There is no CDA in force with {candidate.cmo} for this programme: have one signed first."


def _one_failed(candidate: Candidate) -> Iterator[str]:
    if not failed_must_haves(candidate):
        yield "Mark the must-have that it fails, with what shows it."


def live_cda(cmo: Any, programme: Any) -> Cda | None:
    """Return a CDA in force today with the CMO that covers the programme."""
    return Cda.objects.covering(programme, timezone.localdate()).filter(cmo=cmo).first()  # type: ignore[no-any-return]


@transition(
    Candidate, source=C.SCANNED, target=C.LONG_LISTED, roles=("sourcing", "project_manager"), gates=(_none_failed,)
)
def long_list(candidate: Candidate, event: Event) -> None:
    """Put it on the long list: nothing that we must have is known to be missing."""


@transition(
    Candidate, source=C.LONG_LISTED, target=C.SHORT_LISTED, roles=("sourcing",),
    gates=(_none_failed, _all_known, _has_a_live_cda), reason=True,
)  # fmt: skip
def short_list(candidate: Candidate, event: Event) -> None:
    """Put it on the short list: it may be invited to propose."""


@transition(
    Candidate, source=(C.SCANNED, C.LONG_LISTED), target=C.KNOCKED_OUT, roles=("sourcing", "project_manager"),
    gates=(_one_failed,), reason=True, tone="bad",
)  # fmt: skip
def knock_out(candidate: Candidate, event: Event) -> None:
    """Take it out for a must-have that it fails."""


@transition(
    Candidate, source=(C.SCANNED, C.LONG_LISTED, C.SHORT_LISTED), target=C.DROPPED,
    roles=("sourcing", "project_manager"), reason=True, tone="bad",
)  # fmt: skip
def drop(candidate: Candidate, event: Event) -> None:
    """Pursue it no further, for a reason that stays on record."""


@transition(Candidate, source=(C.KNOCKED_OUT, C.DROPPED), target=C.SCANNED, roles=("sourcing",), reason=True)
def look_again(candidate: Candidate, event: Event) -> None:
    """Look at it once more: what spoke against it has changed."""


def add(
    programme: Any,
    found: Sequence[tuple[Any, Any]],
    *,
    channel: str,
    found_by: str = "",
    actor: User,
    source: str = "",
) -> tuple[list[Candidate], list[Candidate]]:
    """Make candidates of a scan's finds, pairs of a CMO and its site (or None), all or none.

    Return those that were added and those that were candidates already. Raises as `edits.create` does.
    """
    added: list[Candidate] = []
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
        present = {
            one.cmo_id: one for one in Candidate.objects.filter(programme=programme, cmo__in=[cmo for cmo, _ in found])
        }
        for cmo, site in found:
            if cmo.pk in present:
                continue
            values = {"programme": programme, "cmo": cmo, "site": site, "channel": channel, "found_by": found_by}
            made = edits.create(Candidate, values, actor=actor, source=source)
            added.append(made)
            present[cmo.pk] = made
    fresh = {one.pk for one in added}
    return added, [one for one in present.values() if one.pk not in fresh]
