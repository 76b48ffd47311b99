"""Which steps bidders are told of by mail, and which invitations each of them concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from cmo_lifecycle.workflow.models import Event
from evaluation import mails, passes
from evaluation.models import AccessLink, Addendum, BidderMail, Enquiry, Letter, Proposal, Rfp

Kind = BidderMail.Kind
Told = Callable[[Any, Event], None]


def _issued(rfp: Rfp, event: Event) -> None:
    mails.ask(Kind.INVITATION, mails.invited(rfp), about=event.pk)


def _invited_later(proposal: Proposal, event: Event) -> None:
    if proposal.rfp.state == Rfp.State.ISSUED:
        mails.ask(Kind.INVITATION, [proposal], about=event.pk)


def _published(addendum: Addendum, event: Event) -> None:
    kind = Kind.ADDENDUM
    if addendum.closes_at is not None:
        kind = Kind.DEADLINE
        open_ = AccessLink.objects.filter(proposal__rfp=addendum.rfp_id, revoked_at__isnull=True)
        open_.filter(expires_at__lt=addendum.closes_at + passes.BEYOND).update(
            expires_at=addendum.closes_at + passes.BEYOND
        )
    mails.ask(kind, mails.invited(addendum.rfp), about=event.pk)


def _answered(enquiry: Enquiry, event: Event) -> None:
    mails.ask(Kind.ANSWER, mails.invited(enquiry.rfp), about=event.pk)


def _cancelled(rfp: Rfp, event: Event) -> None:
    if event.from_state not in Rfp.BEFORE_ISSUE:
        mails.ask(Kind.CANCELLED, mails.invited(rfp), about=event.pk)


TOLD: dict[tuple[type[Any], str], Told] = {
    (Rfp, "issue"): _issued,
    (Rfp, "cancel"): _cancelled,
    (Proposal, "create"): _invited_later,
    (Addendum, "publish"): _published,
    (Enquiry, "answer"): _answered,
}
_VERBS = frozenset(verb for _, verb in TOLD)


@receiver(post_save, sender=Event, dispatch_uid="evaluation.announcing.event")
def tell(sender: Any, instance: Event, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Ask for the mails about a step, in its own transaction: they go out if it is written, and only then."""
    if created and not raw and instance.verb in _VERBS:
        told = TOLD.get((type(instance.record), instance.verb))
        if told is not None:
            told(instance.record, instance)


@receiver(post_save, sender=Letter, dispatch_uid="evaluation.announcing.letter")
def tell_outcome(sender: Any, instance: Letter, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        mails.ask(Kind.OUTCOME, [instance.proposal], about=instance.pk)
