"""Expiring addresses for bidders who have no account: each opens one invitation, and is mailed to its contact alone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from cmo_lifecycle.workflow.transitions import write_event
from evaluation import mails, passes
from evaluation.models import AccessLink, BidderMail, Proposal
from evaluation.panel import takes_part


def make_link(proposal: Proposal, *, actor: User, source: str = "") -> AccessLink:
    """Have a new link mailed to the proposal's contact; older ones end. Nobody here learns its secret.

    Raises NotPermitted, Refused where the RFP does not wait for proposals, InvalidInput without an address to send to.
    """
    _may(proposal, actor, "send a link")
    if proposal.contact is None:
        raise InvalidInput({"contact": ["Say first who is written to."]})
    address = passes.address_of(proposal.contact)
    if not address:
        raise InvalidInput({"contact": [f"{proposal.contact.name} has no e-mail address: write it down first."]})
    if passes.is_ours(address):
        raise InvalidInput({"contact": [f"{address} is a colleague's: a link goes to the bidder alone."]})
    rfp = proposal.rfp
    if rfp.state in rfp.BEFORE_ISSUE:
        raise Refused("A link goes out with the invitation, when the RFP is issued.")
    if rfp.state not in rfp.SEALED or rfp.closes_at is None:
        raise Refused("A link is sent while the RFP waits for proposals.")
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        link = passes.begin(proposal, proposal.contact, made_by=actor)
        mails.ask(BidderMail.Kind.LINK, [proposal], about=link.pk)
    return link


def revoke_links(proposal: Proposal, *, actor: User, source: str = "") -> int:
    """End every link to the invitation; return how many."""
    _may(proposal, actor, "end the link")
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        ended = AccessLink.objects.filter(proposal=proposal, revoked_at__isnull=True).update(revoked_at=timezone.now())
        if ended:
            write_event(
                proposal,
                actor=actor,
                verb="revoke_links",
                version=proposal.version,
                changes={"links ended": [None, ended]},
            )
    return ended


def _may(proposal: Proposal, actor: User, what: str) -> None:
    if not actor.has_role("sourcing") or not Proposal.objects.visible_to(actor).filter(pk=proposal.pk).exists():
        raise NotPermitted("Sourcing sends and ends links of bidders.")
    if not takes_part(proposal.rfp, actor):
        raise NotPermitted(f"You declared a conflict of interests: ask a colleague to {what}.")


def live(**which: Any) -> AccessLink | None:
    """Return the one link of these properties; None where there is none, it has expired or ended, or its holder left."""
    link = (
        AccessLink.objects.exclude(digest="")
        .filter(revoked_at__isnull=True, expires_at__gt=timezone.now(), **which)
        .select_related("proposal__rfp__owner", "proposal__cmo", "contact")
        .first()
    )
    if link is None or link.contact.left_on is not None or link.proposal.rfp.state in link.proposal.rfp.BEFORE_ISSUE:
        return None
    return link


def follow(token: str) -> AccessLink | None:
    """Return the link that a secret belongs to, as `live` does. It opens once its holder gives the code as well."""
    return live(digest=passes.digest_of(token))


def used(link: AccessLink) -> None:
    """Note that the link was used; not where the RFP hides who takes part."""
    if not link.proposal.rfp.hides_participation:
        with acting(User.objects.service("portal"), source="link"):
            AccessLink.objects.filter(pk=link.pk).update(last_used_at=timezone.now())
