"""The clock of agreements. It asks what is due and calls the action; asking twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from contracts.actions import clock


@shared_task(name="contracts.advance_agreements", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def advance_agreements() -> None:
    """Let agreements take effect and end on their days, and count their next days for notice."""
    clock.advance()
