"""Agreements of the cast with Harrow, through the doors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact
from cmo_lifecycle.workflow import edits, parts
from contracts import responsibility
from contracts.actions import agreements, delegations
from contracts.documents import bring_in
from contracts.models import Agreement, AuthorityLimit, Delegation, Responsibility, Signatory
from tests.conftest import make_person

PASSWORD = "correct horse battery 9"
TEXT = """MASTER SUPPLY AGREEMENT

1. Term. This Agreement is effective from 1 January 2026 and continues for five years.

2. Price. The price is EUR 1,200,000 for each batch.
"""


@pytest.fixture
def otto_signs(otto: User, harrow: Any, alice: User) -> Contact:
    """Otto as Harrow's contact with an account, who may sign."""
    found = Contact.objects.filter(user=otto).first()
    return found or edits.create(Contact, {"cmo": harrow, "name": otto.name, "user": otto}, actor=alice)


@pytest.fixture
def delegation(farid: User, erin: User, password_hash: str) -> Delegation:
    """Priya up to EUR 250,000, Erin without limit; Farid up to EUR 5 million; Lena everything."""
    made = edits.create(Delegation, {"currency": "EUR", "split_days": 90}, actor=farid)
    made = parts.write(
        made,
        AuthorityLimit,
        [
            {"line": "business", "role": "project_manager", "up_to": Decimal(250_000), "months": 36, "tier": 1},
            {"line": "business", "role": "executive", "tier": 1},
            {"line": "finance", "role": "finance", "up_to": Decimal(5_000_000), "tier": 1},
            {"line": "legal", "role": "legal", "tier": 1},
        ],
        actor=farid,
    )
    return step(delegations.put_in_force, made, make_person("fiona", ("finance",), password_hash), erin)  # type: ignore[no-any-return]


def written(actor: User, harrow: Any, programme: Any, kind: str, **values: Any) -> Agreement:
    """Write a draft whose head says all that a review asks for."""
    head = {
        "reference": f"{kind.upper()}-1", "title": "Supply of VX-12", "kind": kind, "cmo": harrow,
        "programme": programme, "our_party": "Vantara Therapeutics GmbH", "governing_law": "Germany",
        "agreed_on": "2025-12-15", "effective_on": "2026-01-01", "expires_on": "2030-12-31", "term_months": 60,
        **({"value": Decimal(1_000_000), "currency": "EUR"} if kind in Agreement.COMMERCIAL else {}),
        **values,
    }  # fmt: skip
    return edits.create(Agreement, head, actor=actor)  # type: ignore[no-any-return]


def signatories(agreement: Agreement, actor: User, colleague: User, contact: Contact) -> Agreement:
    capacity = "quality" if agreement.is_quality else "commercial"
    rows = [{"capacity": capacity, "colleague": colleague}, {"capacity": capacity, "contact": contact}]
    return parts.write(agreement, Signatory, rows, actor=actor)  # type: ignore[no-any-return]


def matrix(agreement: Agreement, actor: User) -> Agreement:
    rows = [{"activity": row.activity, **row.letters} for row in responsibility.usual()]
    return parts.write(agreement, Responsibility, rows, actor=actor)  # type: ignore[no-any-return]


def step(verb: Any, record: Any, *people: User, **inputs: Any) -> Any:
    """Let each of the people take a signed step."""
    for one in people:
        record = verb(record, actor=one, password=PASSWORD, email=one.email, **inputs)
    return record


def in_review(agreement: Agreement, actor: User) -> Agreement:
    bring_in(agreement, actor=actor, words=TEXT)
    return agreements.submit(agreement, actor=actor)  # type: ignore[no-any-return]


__all__ = ["TEXT", "in_review", "matrix", "signatories", "step", "written"]
