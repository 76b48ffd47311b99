"""Expiring addresses for bidders who have no account: each opens one invitation, and only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from cmo_lifecycle.workflow.transitions import write_event
from evaluation.actions.portal import links_end
from evaluation.models import AccessLink, Proposal
from evaluation.panel import takes_part


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(proposal: Proposal, *, actor: User, source: str = "") -> tuple[AccessLink, str]:
    """Return a new link for the proposal's contact and its secret, which is shown this once; older ones end.

    Raises NotPermitted, Refused where the RFP has no deadline or is over, InvalidInput without a contact.
    """
    if not actor.has_role("sourcing") or not Proposal.objects.visible_to(actor).filter(pk=proposal.pk).exists():
        raise NotPermitted("Sourcing makes links for bidders.")
    if not takes_part(proposal.rfp, actor):
        raise NotPermitted("You declared a conflict of interests: ask a colleague to make the link.")
    if proposal.contact is None:
        raise InvalidInput({"contact": ["Say first who is written to."]})
    rfp = proposal.rfp
    if rfp.state not in (*rfp.BEFORE_ISSUE, *rfp.SEALED) or rfp.closes_at is None:
        raise Refused("A link is made while the RFP waits for proposals.")
    token, now = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        AccessLink.objects.filter(proposal=proposal, revoked_at__isnull=True).update(revoked_at=now)
        link = AccessLink.objects.create(
            proposal=proposal, contact=proposal.contact, digest=digest_of(token), made_by=actor, made_at=now,
            expires_at=links_end(rfp),
        )  # fmt: skip
        write_event(
            proposal, actor=actor, verb="make_link", version=proposal.version,
            changes={"link": [None, f"for {link.contact}, until {link.expires_at:%-d %B %Y}"]},
        )  # fmt: skip
    return link, token


def revoke_links(proposal: Proposal, *, actor: User, source: str = "") -> int:
    """End every link to the invitation; return how many."""
    if not actor.has_role("sourcing") or not Proposal.objects.visible_to(actor).filter(pk=proposal.pk).exists():
        raise NotPermitted("Sourcing ends links of bidders.")
    if not takes_part(proposal.rfp, actor):
        raise NotPermitted("You declared a conflict of interests: ask a colleague to end the link.")
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


def live(**which: Any) -> AccessLink | None:
    """Return the one link of these properties; None where there is none, it has expired or ended, or its holder left."""
    link = (
        AccessLink.objects.filter(revoked_at__isnull=True, expires_at__gt=timezone.now(), **which)
        .select_related("proposal__rfp", "proposal__cmo", "contact")
        .first()
    )
    if link is None or link.contact.left_on is not None or link.proposal.rfp.state in link.proposal.rfp.BEFORE_ISSUE:
        return None
    return link


def follow(token: str) -> AccessLink | None:
    """Return the link that a secret opens, as `live` does, and note that it was used."""
    link = live(digest=digest_of(token))
    if link is not None and not link.proposal.rfp.hides_participation:
        with acting(User.objects.service("portal"), source="link"):
            AccessLink.objects.filter(pk=link.pk).update(last_used_at=timezone.now())
    return link
