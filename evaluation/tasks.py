"""Clocks, and mails to bidders. They ask what is due and call the action; asking twice changes nothing.

Whatever a message names it names by its key: no address, no secret and no word of a mail goes through the queue.
"""

from __future__ import annotations

from typing import Any

from celery import shared_task

from evaluation import mails
from evaluation.actions import rfps
from evaluation.portal import codes

CLOCK: dict[str, Any] = {"acks_late": True, "reject_on_worker_lost": True, "ignore_result": True}
#: For what leaves no row behind that would be looked after: after 30 s, one minute, two …, for about two hours.
RETRIED: dict[str, Any] = {
    **CLOCK, "autoretry_for": (OSError,), "retry_backoff": 30, "retry_backoff_max": 3600, "max_retries": 8,
}  # fmt: skip


@shared_task(name="evaluation.close_due_rfps", **CLOCK)
def close_due_rfps() -> None:
    """Close the RFPs whose deadline has passed."""
    rfps.close_due()


@shared_task(name="evaluation.send_mail", **CLOCK)
def send_mail(pk: str) -> None:
    """Send one mail that was asked for; where that fails, the clock tries again."""
    mails.deliver(pk)


@shared_task(name="evaluation.send_waiting_mails", **CLOCK)
def send_waiting_mails() -> None:
    """Look after mails that were asked for and have not gone out."""
    mails.hand_over_waiting()


@shared_task(name="evaluation.remind_bidders", **CLOCK)
def remind_bidders() -> None:
    """Have those reminded whose deadline is three days ahead."""
    mails.remind()


@shared_task(name="evaluation.send_reminder", **RETRIED)
def send_reminder(pk: str) -> None:
    """Remind the contact of an invitation for which nothing was handed in."""
    mails.deliver_reminder(pk)


@shared_task(name="evaluation.send_receipt", **RETRIED)
def send_receipt(pk: str) -> None:
    """Mail the receipt of what was handed in."""
    mails.deliver_receipt(pk)


@shared_task(name="evaluation.send_code", **CLOCK)
def send_code(link: str, entry: str) -> None:
    """Make the one-time code with which a link opens in one browser, and mail it."""
    codes.send(link, entry)
