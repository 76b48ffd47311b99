"""The Celery application: `celery -A cmo_lifecycle worker`, `celery -A cmo_lifecycle beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")

app = Celery("cmo_lifecycle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
