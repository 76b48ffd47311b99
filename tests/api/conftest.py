"""The API's client: a person's browser with its CSRF token, or a service account's token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from cmo_lifecycle.accounts.models import ApiToken, User

API = "/api/v1"


class Api:
    """Speaks JSON as one person. Paths are under /api/v1 unless they are whole addresses."""

    def __init__(self, user: Any = None, token: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if user is not None and not token:
            self.client.force_login(user)

    def send(self, method: str, path: str, body: Any = None, *, match: Any = None, **headers: str) -> Any:
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if match is not None:
            sent["If-Match"] = f'"{match}"' if isinstance(match, int) else match
        options: dict[str, Any] = {"headers": sent}
        if body is not None:
            options |= {"data": body, "content_type": "application/json"}
        address = path if path.startswith(("/api/", "http")) else f"{API}{path}"
        return getattr(self.client, method)(address, **options)

    def get(self, path: str, **more: Any) -> Any:
        return self.send("get", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.send("post", path, {} if body is None else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Any:
        return self.send("patch", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Any:
        return self.send("put", path, body, **more)

    def delete(self, path: str, **more: Any) -> Any:
        return self.send("delete", path, **more)


@pytest.fixture
def api() -> Callable[..., Api]:
    return Api


@pytest.fixture
def service(db: None) -> User:
    account = User.objects.create(email="erp@systems.example", name="ERP", is_service=True)
    account.groups.set(Group.objects.filter(name__in=("sourcing", "supply_planning", "quality")))
    return account


@pytest.fixture
def token_of() -> Callable[..., str]:
    def make(user: User, *scopes: str, days: int = 30) -> str:
        made, text = ApiToken.objects.create(user=user, expiry=timedelta(days=days))
        ApiToken.objects.filter(pk=made.pk).update(name="test", scopes=list(scopes), last_used_at=timezone.now())
        return text

    return make


def problem(response: Any, status: int, code: str = "") -> dict[str, Any]:
    """Check that an answer is a whole problem, and return it."""
    assert response.status_code == status, (response.status_code, response.content[:2000])
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id", "errors"} <= set(body)
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-Id"]
    assert body["detail"]
    for error in body["errors"]:
        assert set(error) == {"pointer", "detail", "code"}
    if code:
        assert body["code"] == code, body
    return body


@pytest.fixture
def ground(
    cast: dict[str, Any], harrow: Any, harrow_site: Any, vx12: Any, other_programme: Any, relationship: Any
) -> Any:
    from cmo_lifecycle.partners.models import Relationship
    from tests.api.nouns import Ground

    foreign = Relationship.objects.create(cmo=harrow, programme=other_programme, manager=cast["mallory"])
    return Ground(
        cmo=harrow,
        site=harrow_site,
        ours=vx12,
        theirs=other_programme,
        relationship=relationship,
        foreign_relationship=foreign,
        person=cast["priya"],
    )
