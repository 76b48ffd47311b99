"""Whether this container's part works: `python deploy/health.py web`, `worker` or `beat`. Exit code 0 if so."""

import http.client
import os
import socket
import sys

SILENCE_SECONDS = 600


def web() -> bool:
    allowed = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    connection.request("GET", "/readyz", headers={"Host": allowed})
    return connection.getresponse().status == 200


def worker() -> bool:
    from cmo_lifecycle.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=5))


def beat() -> bool:
    """Whether beat has sent something of late. It notes that itself, every five minutes, whoever does the work."""
    import django

    django.setup()
    from django.db.models import Max
    from django.utils import timezone
    from django_celery_beat.models import PeriodicTask

    last = PeriodicTask.objects.filter(enabled=True).aggregate(last=Max("last_run_at"))["last"]
    return last is not None and (timezone.now() - last).total_seconds() < SILENCE_SECONDS


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
