"""Imported by the Celery worker of `manage.py up`: tells the supervisor when it works, and leaves no orphans."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from celery.signals import worker_process_init, worker_ready

from devstack.process import end_with_parent


@worker_ready.connect
def tell(**_: object) -> None:
    if place := os.environ.get("CMO_READY_FILE"):
        Path(place).touch()


@worker_process_init.connect
def follow_parent(**_: object) -> None:
    end_with_parent(signal.SIGKILL)
