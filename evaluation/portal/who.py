"""Who stands at the portal's door: a contact who has signed in, or the holder of a link to one invitation."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from redis.exceptions import RedisError

from cmo_lifecycle.partners.models import Contact
from evaluation.actions import links
from evaluation.bidding import Bidder
from evaluation.models import AccessLink, Proposal
from evaluation.portal import codes

#: What a session remembers of a link: its id, never its secret.
LINK = "portal_link"
SEEN = "portal_seen"
#: Of a link that was followed and waits for its code: its id, this browser's key, and when a code was asked for.
AT_THE_DOOR = "portal_at_the_door"
#: Without a sign of life the link has to be followed again, after so many seconds.
IDLE = 2 * 3600
WRITE_EVERY = 60
#: So many changes one bidder may send in a minute; a form that saves itself stays far below.
CHANGES_A_MINUTE = 240


@dataclass(frozen=True)
class Visitor:
    """`link` where the visitor came by one; a signed-in contact's invitations otherwise."""

    user: Any
    link: AccessLink | None = None

    @property
    def name(self) -> str:
        return self.link.contact.name if self.link is not None else str(self.user.name)

    @property
    def company(self) -> str:
        if self.link is not None:
            return str(self.link.proposal.cmo)
        return ", ".join(
            str(one.cmo) for one in Contact.objects.filter(user=self.user, left_on__isnull=True).select_related("cmo")
        )

    def proposals(self) -> QuerySet[Proposal]:
        if self.link is not None:
            return Proposal.objects.filter(pk=self.link.proposal_id)
        return Proposal.objects.visible_to(self.user)  # type: ignore[no-any-return]

    def bidder(self, proposal: Proposal) -> Bidder:
        if self.link is not None:
            return Bidder.by_link(self.link.contact)
        contact = Contact.objects.filter(user=self.user, cmo=proposal.cmo_id, left_on__isnull=True).first()
        return Bidder(self.user, contact)

    def may_go_on(self) -> bool:
        """Count one change; False where there were too many within this minute. Without the cache nobody is held up."""
        who = self.link.pk if self.link is not None else self.user.pk
        key = f"portal:{who}:{int(time.time() // 60)}"
        try:
            cache.add(key, 0, 120)
            return int(cache.incr(key)) <= CHANGES_A_MINUTE
        except (RedisError, OSError, ValueError):
            return True


def wait_at_the_door(request: HttpRequest, link: AccessLink) -> None:
    """Keep a link that was followed in this session until its code is given."""
    request.session.flush()
    request.session[AT_THE_DOOR] = {"link": str(link.pk), "entry": codes.new_entry(), "asked": 0}


def at_the_door(request: HttpRequest) -> tuple[AccessLink | None, dict[str, Any]]:
    """Return the link that waits for its code in this session, as it stands this moment, and what is kept of it."""
    kept = request.session.get(AT_THE_DOOR)
    if kept is None:
        return None, {}
    return links.live(pk=UUID(kept["link"])), kept


def remember(request: HttpRequest, link: AccessLink) -> None:
    """Bind this session to a link, under a new key."""
    request.session.flush()
    request.session[LINK] = str(link.pk)
    request.session[SEEN] = int(time.time())


def holder(request: HttpRequest) -> tuple[AccessLink | None, bool]:
    """Return the link of this session as it stands this moment, and whether there was one that has ended."""
    key = request.session.get(LINK)
    if key is None:
        return None, False
    now, seen = int(time.time()), request.session.get(SEEN, 0)
    link = links.live(pk=UUID(key)) if now - seen < IDLE else None
    if link is None:
        request.session.flush()
        return None, True
    if now - seen >= WRITE_EVERY:
        request.session[SEEN] = now
    return link, False
