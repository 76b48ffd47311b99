"""Alice negotiates with Harrow: points from the strategy, positions of both sides, and what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput
from contracts.actions import points
from contracts.ledger import ledger_of
from contracts.models import Agreement, NegotiationPoint, Position
from tests.contracts.conftest import written


@pytest.fixture
def draft(alice: Any, harrow: Any, vx12: Any) -> Agreement:
    return written(alice, harrow, vx12, "msa")


def point(draft: Agreement, alice: Any, title: str, rank: int) -> NegotiationPoint:
    values = {
        "agreement": draft, "title": title, "rank": rank, "target": "All", "fallback": "Half", "walk_away": "Nothing",
    }  # fmt: skip
    return edits.create(NegotiationPoint, values, actor=alice)


def test_a_ledger_adds_up(draft: Agreement, alice: Any, client: Client) -> None:
    first, second = point(draft, alice, "Step-in right", 1), point(draft, alice, "Price", 2)
    moves = [
        {"on": date(2026, 5, 4), "side": "ours", "said": "Step-in after 60 days."},
        {"on": date(2026, 5, 6), "side": "theirs", "said": "After 90 days.", "concession": True,
         "value": Decimal(40_000), "currency": "EUR"},
        {"on": date(2026, 5, 6), "side": "ours", "said": "After 75 days then."},
    ]  # fmt: skip
    parts.write(first, Position, moves, actor=alice)
    second.refresh_from_db()
    points.settle(second, actor=alice, outcome="between", achieved=50, final_text="EUR 1,100,000 a batch.")
    ledger = ledger_of(draft, alice)
    # Ranks 1 and 2 weigh 2 and 1; only the price is settled: halfway from 50 to 100.
    assert str(ledger.score.percent) == "75"
    assert [(one.owes, one.point.name) for one in ledger.agenda] == [("theirs", "Step-in right")]
    assert "40,000" in ledger.concessions.sentence
    client.force_login(alice)
    page = client.get(reverse("contracts:negotiation", args=[draft.pk])).content.decode()
    assert "75" in page and "After 75 days then." in page and "33.3" in page
    agenda = client.get(reverse("contracts:agenda", args=[draft.pk])).content.decode()
    assert "They owe the next word" in agenda and "Price" not in agenda


def test_what_is_worth_something_has_a_currency(draft: Agreement, alice: Any) -> None:
    row = {"on": date(2026, 5, 4), "side": "ours", "said": "Less", "concession": True, "value": Decimal(1)}
    with pytest.raises(InvalidInput) as refused:
        parts.write(point(draft, alice, "Price", 1), Position, [row], actor=alice)
    assert "0.currency" in refused.value.errors


def test_between_needs_its_way(draft: Agreement, alice: Any) -> None:
    with pytest.raises(InvalidInput, match="how far"):
        points.settle(point(draft, alice, "Price", 1), actor=alice, outcome="between", final_text="Text")


def test_a_foreign_ledger_is_none(draft: Agreement, mallory: Any, client: Client) -> None:
    client.force_login(mallory)
    for name in ("negotiation", "agenda"):
        assert client.get(reverse(f"contracts:{name}", args=[draft.pk])).status_code == 404
