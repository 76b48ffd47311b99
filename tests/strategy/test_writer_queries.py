"""The writer asks as few questions of the database for many rows as for few."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo_lifecycle.workflow import parts
from strategy.models import Risk, Strategy
from tests.strategy.test_pages import as_

pytestmark = pytest.mark.django_db


def test_owners_of_many_risks_are_read_at_once(written: Any, alice: Any, priya: Any) -> None:
    client, url = as_(alice), reverse("strategy:strategy_write", args=[written.pk, "risks"])
    counts = []
    for many in (2, 2, 60):
        rows = [
            {"text": f"Risk {n}", "category": "supply", "severity": 2, "occurrence": 2, "detection": 2, "owner": priya}
            for n in range(many)
        ]
        parts.write(Strategy.objects.get(pk=written.pk), Risk, rows, actor=alice)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    # The first look of all warms caches.
    assert counts[2] == counts[1]
