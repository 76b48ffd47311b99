from __future__ import annotations

from celery import shared_task

from cmo_lifecycle.audit import sealing


@shared_task(name="audit.seal", ignore_result=True)
def seal() -> None:
    """Seal the trail and export the checkpoint."""
    sealing.seal()
