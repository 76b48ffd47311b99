"""The Celery application: `celery -A cmo_lifecycle worker`, `celery -A cmo_lifecycle beat`."""

import os

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")

app = Celery("cmo_lifecycle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def act_as_the_schedule(**kwargs: object) -> None:
    """Let beat note in its own name when it last sent each task; a write by nobody is refused."""
    from cmo_lifecycle.audit.actor import act_from_now_on

    act_from_now_on("system:schedule", source="schedule")
