"""Clocks. They ask what is due and call the action; asking twice changes nothing."""

from __future__ import annotations

from celery import shared_task

from evaluation.actions import rfps


@shared_task(name="evaluation.close_due_rfps", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def close_due_rfps() -> None:
    """Close the RFPs whose deadline has passed."""
    rfps.close_due()
