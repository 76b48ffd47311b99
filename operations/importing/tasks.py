"""What workers do for imports. Found by the workers because the verbs of operations import it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cmo_lifecycle.celery import app
from operations.importing import jobs


@app.task(bind=True, name="operations.run_import", max_retries=None)
def run_import(self: Any, pk: str) -> None:
    """Do one job of an import; wait while another worker, dying or slow, still holds it."""
    try:
        jobs.run(UUID(pk))
    except jobs.Busy as busy:
        raise self.retry(countdown=5, exc=busy) from busy
