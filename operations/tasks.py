"""Clocks. They ask what is due and call the action; asking twice changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from operations import review_run
from operations.actions import frameworks


@shared_task(name="operations.open_due_reviews", acks_late=True, reject_on_worker_lost=True, ignore_result=True)
def open_due_reviews() -> None:
    """Open and score the reviews that are due now."""
    review_run.run_reviews(timezone.now(), source="schedule")


@shared_task(
    name="operations.ask_for_framework_reviews", acks_late=True, reject_on_worker_lost=True, ignore_result=True
)
def ask_for_framework_reviews() -> None:
    """Ask for the yearly review of the frameworks for which it is due today."""
    frameworks.ask_for_due_reviews(timezone.localdate())
