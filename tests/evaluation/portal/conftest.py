"""Bidders at the portal's door: their browsers, and an RFP that waits for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.evaluation.portal.post import come_in, new_token


@pytest.fixture
def proposal(issued: Any, bidders: Any) -> Any:
    """Harrow's invitation; Otto is its contact."""
    return issued.proposals.get(cmo=bidders.harrow.cmo)


@pytest.fixture
def otto_at_work(otto: Any, issued: Any) -> Client:
    client = Client()
    client.force_login(otto)
    return client


@pytest.fixture
def by_link(people: Any) -> Callable[..., Client]:
    """Return a function that follows a new link to an invitation; the client's session is bound to it."""

    def follow(proposal: Any) -> Client:
        client = Client()
        token = new_token(proposal, people.alice)
        response = come_in(client, token)
        assert response.status_code == 302 and token not in response["Location"]
        return client

    return follow


def url(proposal: Any, rest: str = "") -> str:
    return f"/portal/{proposal.pk}/{rest}"


def fill(client: Client, proposal: Any, **answers: str) -> None:
    """Fill in both envelopes by their pages."""
    technical = {"a-A1": "Two isolator lines", "a-A2": "40", **answers}
    assert client.post(url(proposal, "envelopes/technical/"), technical).status_code == 302
    commercial = {"a-A4": "Sixty days"}
    for code, amount in (("L1", "210000"), ("L2", "900000")):
        commercial |= {f"p-{code}": "1", f"p-{code}-amount": amount, f"p-{code}-currency": "EUR"}
    assert client.post(url(proposal, "envelopes/commercial/"), commercial).status_code == 302
