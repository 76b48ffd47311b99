from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def as_(db: None) -> Any:
    """Return a client signed in as somebody."""

    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def beating(db: None) -> None:
    """The schedule and a worker have just said that they live."""
    from django.utils import timezone

    from cmo_lifecycle.workflow.models import Heartbeat

    for name in ("beat", "worker"):
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})
