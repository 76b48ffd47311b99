"""Agreements on their way through the register, and people at their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contracts.actions import agreements
from contracts.models import Agreement
from tests.contracts.conftest import in_review, signatories, step, written


@pytest.fixture
def at() -> Callable[[Any], Client]:
    """A client signed in as somebody."""

    def signed_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def reviewed(alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any) -> Agreement:
    """A supply agreement that waits for its approvals."""
    return in_review(signatories(written(alice, harrow, vx12, "msa"), alice, erin, otto_signs), alice)


@pytest.fixture
def sent(reviewed: Agreement, erin: Any, farid: Any, lena: Any, alice: Any) -> Agreement:
    """The same, with those who sign."""
    return agreements.send_for_signature(step(agreements.approve, reviewed, erin, farid, lena), actor=alice)  # type: ignore[no-any-return]


@pytest.fixture
def effective(sent: Agreement, erin: Any, otto: Any, alice: Any) -> Agreement:
    return agreements.take_effect(step(agreements.sign, sent, erin, otto), actor=alice)  # type: ignore[no-any-return]
