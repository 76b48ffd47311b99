"""Mails to bidders: asked for in the transaction that they tell of, sent by a task, each once to each recipient.

What is asked for is a row (`BidderMail`), so that no broker and no mail server that is away loses it. Receipts and
reminders would tell who takes part: they leave no row that differs, and are kept from going twice by the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import Contact
from evaluation import bidding, clock, passes, sealing, wording
from evaluation.models import AccessLink, BidderMail, Proposal, Rfp

log = logging.getLogger(__name__)

Kind = BidderMail.Kind
#: What could not be sent for so long would only confuse; it is seen as unsent where it matters.
GIVEN_UP = timedelta(days=3)
#: Left to the task that was handed the mail at once, before the clock looks after it.
SOON = timedelta(minutes=1)
BEFORE_THE_DEADLINE = timedelta(days=3)
#: So long a receipt or reminder is remembered as sent.
REMEMBERED = 14 * 86400

_told_later: ContextVar[bool] = ContextVar("told_later", default=False)


@contextmanager
def told_later() -> Iterator[None]:
    """Write mails down as sent, and send none: for a history that is told after it happened."""
    token = _told_later.set(True)
    try:
        yield
    finally:
        _told_later.reset(token)


def invited(rfp: Rfp) -> list[Proposal]:
    """Return the invitations whose contacts are told what happens: not of those who openly declined."""
    rows = rfp.proposals.exclude(state=Proposal.State.DECLINED)  # type: ignore[attr-defined]
    return list(rows.select_related("rfp", "contact__user").order_by("id"))


def ask(kind: str, proposals: Iterable[Proposal], *, about: Any) -> None:
    """Have one mail of a kind sent to each invitation's contact; asking again changes nothing."""
    now = timezone.now()
    later = _told_later.get()
    rows = [
        BidderMail(
            kind=kind, proposal=one, contact=one.contact, about=str(about), asked_at=now, done_at=now if later else None
        )
        for one in proposals
        if one.contact is not None and passes.address_of(one.contact)
    ]  # fmt: skip
    BidderMail.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        if later:
            _note_link(row)
        else:
            transaction.on_commit(partial(_hand_over, "send_mail", row.pk), robust=True)


def _note_link(mail: BidderMail) -> None:
    """Let the link that a mail of the past brought be there, with a secret that nobody has."""
    if passes.signs_in(mail.contact) and mail.kind != Kind.LINK:
        return
    link = passes.latest(mail.proposal, mail.contact)
    if link is None:
        link = passes.begin(mail.proposal, mail.contact, made_by=User.objects.service("portal"))
    if not link.digest:
        passes.give_secret(link, passes.address_of(mail.contact))


def _hand_over(task: str, *keys: Any) -> None:
    from evaluation import tasks

    getattr(tasks, task).apply_async([str(key) for key in keys], retry=False)


def deliver(pk: Any) -> bool:
    """Send one mail that was asked for; return whether it went out now.

    Whatever goes wrong on the way to the mail server undoes the rest with it, a new link's secret included.
    """
    portal = User.objects.service("portal")
    with transaction.atomic(), acting(portal, source="task"):
        mail = (
            BidderMail.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("proposal__rfp__owner", "proposal__cmo", "contact__user")
            .filter(pk=pk, done_at__isnull=True)
            .first()
        )
        if mail is None:
            return False
        address = passes.address_of(mail.contact)
        is_due = bool(address) and mail.asked_at > timezone.now() - GIVEN_UP and _still_tells(mail)
        if is_due:
            message = wording.write(mail, address, way_in(mail, address))
            message.send()
        mail.done_at = timezone.now()
        mail.save(update_fields=["done_at"])
    return is_due


def _still_tells(mail: BidderMail) -> bool:
    """Whether what the mail says still holds: not where the link has ended, or another contact was named since."""
    if mail.proposal.contact_id != mail.contact_id:
        return False
    if mail.kind == Kind.LINK:
        return AccessLink.objects.filter(pk=mail.about, revoked_at__isnull=True, sent_at__isnull=True).exists()
    if mail.kind in (Kind.INVITATION, Kind.DEADLINE):
        return mail.proposal.rfp.state in Rfp.SEALED
    return True


def way_in(mail: BidderMail, address: str) -> wording.WayIn:
    """Return how the recipient comes in: by the account, a link that this mail brings, or one that they have."""
    proposal, contact = mail.proposal, mail.contact
    link = AccessLink.objects.get(pk=mail.about) if mail.kind == Kind.LINK else None
    if link is None:
        if passes.signs_in(contact):
            return wording.WayIn(account=True)
        link = passes.latest(proposal, contact)
        before = link is not None and mail.kind == Kind.INVITATION and link.made_at < mail.asked_at
        if link is None or before or link.expires_at <= timezone.now():
            link = None if passes.is_ours(address) else passes.begin(
                proposal, contact, made_by=User.objects.service("portal")
            )  # fmt: skip
    if link is None or link.revoked_at is not None:
        return wording.WayIn()
    if not link.digest:
        return wording.WayIn(token=passes.give_secret(link, address), until=link.expires_at)
    return wording.WayIn(sent=link.sent_at)


def send_waiting() -> int:
    """Send what was asked for and has not gone out; return how many went. One that fails keeps no other from it."""
    return sum(map(_tried, _waiting(timezone.now())))


def hand_over_waiting() -> None:
    """Put before the workers what was asked for a while ago and has not gone out."""
    for pk in _waiting(timezone.now() - SOON):
        _hand_over("send_mail", pk)


def _waiting(until: Any) -> list[Any]:
    rows = BidderMail.objects.filter(done_at__isnull=True, asked_at__lte=until, asked_at__gt=timezone.now() - GIVEN_UP)
    return list(rows.order_by("asked_at", "id").values_list("pk", flat=True))


def _tried(pk: Any) -> bool:
    try:
        return deliver(pk)
    except OSError:  # SMTPException is one
        log.exception("The mail %s to a bidder could not be sent; it is tried again.", pk)
        return False


# ---- what leaves no trace


def send_receipt(proposal: Proposal) -> None:
    """Have the receipt of what was handed in mailed once the transaction is through."""
    if not _told_later.get():
        transaction.on_commit(partial(_hand_over, "send_receipt", proposal.pk), robust=True)


def deliver_receipt(pk: Any) -> bool:
    """Mail the receipt of what stands handed in; return whether it went out now."""
    proposal = _of(pk)
    kept = bidding.handed_in(proposal) if proposal is not None else None
    if proposal is None or kept is None:
        return False
    receipt = bidding.receipt_of(kept)
    return _once(
        proposal, f"receipt:{receipt.sha256}", lambda to, way: wording.write_receipt(proposal, to, way, receipt, kept)
    )


def remind() -> int:
    """Have those reminded whose deadline is three days ahead; return for how many invitations that was asked.

    For every one of them alike: the task that is to send it finds out whether anything was handed in.
    """
    asked, now = 0, clock.database_time()
    with acting(User.objects.service("rfp_clock"), source="schedule"):
        for pk in _closing(now).values_list("pk", flat=True):
            with transaction.atomic():
                rfp = _closing(now).select_for_update(of=("self",)).filter(pk=pk).first()
                if rfp is not None:
                    asked += _remind_of(rfp)
    return asked


def _closing(now: Any) -> Any:
    return Rfp.objects.filter(
        state=Rfp.State.ISSUED, closes_at__gt=now, closes_at__lte=now + BEFORE_THE_DEADLINE
    ).order_by("closes_at", "id")


def _remind_of(rfp: Rfp) -> int:
    """Whoever was invited within the last three days has just read when the deadline is."""
    assert rfp.closes_at is not None
    since, about = rfp.closes_at - BEFORE_THE_DEADLINE, rfp.closes_at.isoformat()
    known = BidderMail.objects.filter(kind=Kind.REMINDER, proposal__rfp=rfp, about=about).values_list("proposal")
    if rfp.issued_at is None or rfp.issued_at > since:
        return 0
    rows = rfp.proposals.filter(created_at__lte=since, contact__isnull=False).exclude(pk__in=known)  # type: ignore[attr-defined]
    due, now = list(rows), timezone.now()
    BidderMail.objects.bulk_create(
        BidderMail(
            kind=Kind.REMINDER, proposal=one, contact_id=one.contact_id, about=about, asked_at=now, done_at=now
        )
        for one in due
    )  # fmt: skip
    for one in due:
        transaction.on_commit(partial(_hand_over, "send_reminder", one.pk), robust=True)
    return len(due)


def deliver_reminder(pk: Any) -> bool:
    """Remind the contact of an invitation for which nothing was handed in; return whether it went out now."""
    proposal = _of(pk)
    if proposal is None or proposal.rfp.state != Rfp.State.ISSUED or clock.has_passed(proposal.rfp.closes_at):
        return False
    kept = sealing.unseal(proposal)
    if bidding.standing_copy(kept) is not None or bidding.has_declined(proposal, kept):
        return False
    about = f"reminder:{proposal.rfp.closes_at}"
    return _once(proposal, about, lambda to, way: wording.write_reminder(proposal, to, way))


def _of(pk: Any) -> Proposal | None:
    return Proposal.objects.filter(pk=pk).select_related("rfp__owner", "cmo", "contact__user").first()


def _once(proposal: Proposal, about: str, write: Callable[[str, wording.WayIn], Any]) -> bool:
    contact = proposal.contact
    address = passes.address_of(contact) if contact is not None else ""
    if contact is None or not address:
        return False
    mark = salted_hmac("evaluation.mails", f"{proposal.pk}:{about}:{address}", algorithm="sha256").hexdigest()
    if not cache.add(f"mail:{mark}", 1, REMEMBERED):
        return False
    try:
        write(address, _known_way(proposal, contact)).send()
    except Exception:
        cache.delete(f"mail:{mark}")
        raise
    return True


def _known_way(proposal: Proposal, contact: Contact) -> wording.WayIn:
    """Return how the contact comes in already; nothing is made for it."""
    if passes.signs_in(contact):
        return wording.WayIn(account=True)
    link = passes.latest(proposal, contact)
    return wording.WayIn(sent=link.sent_at if link is not None and link.revoked_at is None else None)
