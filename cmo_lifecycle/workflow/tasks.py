from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from cmo_lifecycle.workflow.models import Heartbeat, IdempotencyKey

ANSWERS_KEPT = timedelta(hours=24)


@shared_task(name="workflow.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """Write down that beat has sent and a worker has worked; the message expires within its minute."""
    now = timezone.now()
    for name in ("beat", "worker"):
        Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


@shared_task(name="workflow.forget_answers", ignore_result=True)
def forget_answers() -> None:
    """Remove the answers to keyed requests that are no longer replayed."""
    IdempotencyKey.objects.filter(at__lt=timezone.now() - ANSWERS_KEPT).delete()
