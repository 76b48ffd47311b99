"""What bidders are written: plain and short, of their own invitation alone, and never of what a bid says."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from evaluation.models import AccessLink, Addendum, BidderMail, Enquiry, Proposal
from evaluation.portal import words
from evaluation.sealing import Content

Kind = BidderMail.Kind
SUBJECTS: dict[str, str] = {
    Kind.INVITATION: "Invitation: {rfp}",
    Kind.LINK: "Your personal link: {rfp}",
    Kind.ADDENDUM: "Something has changed: {rfp}",
    Kind.DEADLINE: "New deadline: {rfp}",
    Kind.ANSWER: "A question was answered: {rfp}",
    Kind.REMINDER: "Proposals are due in three days: {rfp}",
    Kind.OUTCOME: "The outcome is known: {rfp}",
    Kind.CANCELLED: "Cancelled: {rfp}",
    "receipt": "Received: {rfp}",
    "code": "Your code for the bidder portal",
}


@dataclass(frozen=True)
class WayIn:
    """How the recipient comes in: by the own account, by a link of which this mail brings the secret (until when), by
    one that was sent before (when), or by none: then they are to ask for one."""

    account: bool = False
    token: str = ""
    until: datetime | None = None
    sent: datetime | None = None


def _address(name: str, *args: Any) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(f"portal:{name}", args=args)


def _zone(proposal: Proposal) -> zoneinfo.ZoneInfo:
    user = proposal.contact.user if proposal.contact is not None else None
    try:
        return zoneinfo.ZoneInfo(user.time_zone if user is not None else "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def when(moment: datetime | None) -> str:
    """Write a moment in UTC and, where that is another one, in the recipient's zone."""
    if moment is None:
        return ""
    own = words.own(moment)
    return words.utc(moment) + (f" ({own})" if own else "")


def _message(kind: str, proposal: Proposal, to: str, way: WayIn, **more: Any) -> EmailMessage:
    rfp = proposal.rfp
    contact = more.pop("contact", None) or proposal.contact
    with timezone.override(_zone(proposal)):
        body = render_to_string(
            f"evaluation/mail/{kind}.txt",
            {
                "name": contact.name,
                "company": str(proposal.cmo),
                "rfp": rfp,
                "about": f"{rfp.reference}, {rfp.title}",
                "sponsor": settings.SPONSOR_NAME or "The sponsor",
                "owner": rfp.owner,
                "deadline": when(rfp.closes_at),
                "questions_until": when(rfp.questions_until),
                "way": way,
                "address": _address("link", way.token) if way.token else _address("invitation", proposal.pk),
                "link_until": when(way.until),
                "link_sent": words.utc(way.sent) if way.sent else "",
                **more,
            },
        )
    subject = " ".join(SUBJECTS[kind].format(rfp=f"{rfp.reference}, {rfp.title}").split())
    answers = [rfp.owner.email] if rfp.owner is not None else None
    return EmailMessage(subject, body.strip() + "\n", None, [to], reply_to=answers)


def write(mail: BidderMail, to: str, way: WayIn) -> EmailMessage:
    """Return the mail that a row asks for."""
    return _message(mail.kind, mail.proposal, to, way, contact=mail.contact, **_of_its_event(mail))


def _of_its_event(mail: BidderMail) -> dict[str, Any]:
    from cmo_lifecycle.workflow.models import Event

    if mail.kind not in (Kind.ADDENDUM, Kind.DEADLINE, Kind.ANSWER):
        return {}
    record: Addendum | Enquiry = Event.objects.get(pk=mail.about).record
    return {"number": record.number}


def write_receipt(proposal: Proposal, to: str, way: WayIn, receipt: Any, kept: Mapping[str, Content]) -> EmailMessage:
    """Return the mail that a proposal was received; nothing of it but its hash stands there."""
    on_paper = any(content.on_paper for content in kept.values())
    with timezone.override(_zone(proposal)):
        at = when(receipt.at)
    return _message("receipt", proposal, to, way, receipt=receipt, at=at, on_paper=on_paper)


def write_reminder(proposal: Proposal, to: str, way: WayIn) -> EmailMessage:
    return _message(Kind.REMINDER, proposal, to, way)


def write_code(link: AccessLink, code: str, minutes: int) -> EmailMessage:
    """Return the mail with the one-time code; it goes where the link went."""
    return _message("code", link.proposal, link.address, WayIn(), contact=link.contact, code=code, minutes=minutes)
