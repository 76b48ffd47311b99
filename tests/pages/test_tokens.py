"""The page that makes a token offers what the REST door has, no more."""

from __future__ import annotations

from typing import Any

import pytest

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts.models import ApiToken

pytestmark = pytest.mark.django_db


def test_writing_is_offered_where_something_can_be_written(adam: Any, as_: Any) -> None:
    loader = actions.add_service_account(
        actor=adam, name="Loader", purpose="Loads deliveries", role_codes=["supply_planning"], reason="Nightly load"
    )
    client, url = as_(adam), f"/people/{loader.pk}/tokens/add/"
    fields = client.get(url).context["form"].fields
    offered = {name: {route for route, _ in fields[name].choices} for name in ("read", "write")}
    read_only = {"events", "people", "audit-entries", "kpi-values", "import-problems"}
    assert read_only <= offered["read"] and not read_only & offered["write"]
    assert {"*", "deliveries", "reviews", "jobs", "attachments", "imports"} <= offered["write"] < offered["read"]
    sent = {
        "key": "6f2d6f5e-8f4e-4b0e-9d6b-000000000001", "name": "feed", "write": ["events"],
        "expires": fields["expires"].initial().isoformat(), "reason": "For the feed",
    }  # fmt: skip
    answer = client.post(url, sent)
    assert answer.status_code == 422 and "write" in answer.context["form"].errors
    assert not ApiToken.objects.exists()
