"""The secrets of links: made at the moment they are mailed, known to nobody here, kept as a hash alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow.transitions import write_event
from evaluation.models import AccessLink, Proposal, Rfp

#: So long beyond the deadline a link opens; one that is sent later opens for as long.
BEYOND = timedelta(days=14)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def links_end(rfp: Rfp) -> datetime:
    """Return until when a link to this RFP opens."""
    now = timezone.now()
    return max(rfp.closes_at or now, now) + BEYOND


def address_of(contact: Contact) -> str:
    """Return where the contact is written to; empty where nobody is to be."""
    if contact.left_on is not None:
        return ""
    return contact.email or (contact.user.email if contact.user is not None else "")


def is_ours(address: str) -> bool:
    """Whether a colleague reads what is sent there: such an address is sent no way into a bid."""
    found = User.objects.filter(email__iexact=address, is_active=True).first()
    return found is not None and not found.is_external


def signs_in(contact: Contact) -> bool:
    """Whether the contact has an account of the portal, and needs no link."""
    return contact.user is not None and contact.user.is_active


def latest(proposal: Proposal, contact: Contact) -> AccessLink | None:
    return AccessLink.objects.filter(proposal=proposal, contact=contact).order_by("-made_at", "-id").first()


def begin(proposal: Proposal, contact: Contact, *, made_by: User) -> AccessLink:
    """Return a new link that is yet to be sent; older ones of the invitation end."""
    now = timezone.now()
    AccessLink.objects.filter(proposal=proposal, revoked_at__isnull=True).update(revoked_at=now)
    link = AccessLink.objects.create(
        proposal=proposal, contact=contact, made_by=made_by, made_at=now, expires_at=links_end(proposal.rfp)
    )
    told: dict[str, Any] = {"link": [None, f"for {contact}, until {link.expires_at:%-d %B %Y}"]}
    write_event(proposal, actor=made_by, verb="make_link", version=proposal.version, changes=told)
    return link


def give_secret(link: AccessLink, address: str) -> str:
    """Return a new secret for the link, whose hash alone is kept, with where and when it is sent."""
    token = secrets.token_urlsafe(32)
    link.digest, link.address, link.sent_at = digest_of(token), address, timezone.now()
    link.save(update_fields=["digest", "address", "sent_at"])
    return token
