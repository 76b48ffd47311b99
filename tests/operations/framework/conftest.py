"""Alice writes how Vantara and Harrow work together; Priya, Quinn, Erin and Otto approve it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cmo_lifecycle.partners.models import Contact, Relationship
from cmo_lifecycle.workflow import edits, parts
from operations.actions import frameworks, transfers
from operations.models import (
    AgreedKpi,
    BudgetLine,
    ContactRow,
    EscalationLevel,
    Framework,
    Meeting,
    Transfer,
    TransferGate,
)

PASSWORD = "correct horse battery 9"
TEXTS = {
    "scope": "Frozen bulk of VX-12 from Cork.", "goals": "Supply without a gap; no batch lost twice for one cause.",
    "decisions": "Quality decides on quality; the rest in the operations review.",
    "communication": "Each function talks to its own; what is promised is written.",
    "data_exchange": "Batch records within five business days.", "person_in_plant": "Two days a batch, as an observer.",
    "contingencies": "Stock for three months in Mainz.",
}  # fmt: skip


def signed(verb: Any, record: Any, *people: Any, **inputs: Any) -> Any:
    """Let each of the people take a signed step."""
    for one in people:
        record = verb(record, actor=one, password=PASSWORD, email=one.email, **inputs)
    return record


def rows(record: Any, part: Any) -> list[dict[str, Any]]:
    """Return a table's rows as they would be sent back."""
    return [
        {"id": row.pk, **{name: getattr(row, name) for name in part.columns}} for row in parts.rows_of(record, part)
    ]


def completed(framework: Framework, actor: Any, otto_at_harrow: Contact, colleague: Any) -> Framework:
    """Fill what a new framework leaves open."""
    framework = edits.update(framework, TEXTS, actor=actor)
    for part in (ContactRow, EscalationLevel):
        filled = [
            {**row, "colleague": row["colleague"] or colleague, "contact": row["contact"] or otto_at_harrow}
            for row in rows(framework, part)
        ]
        framework = parts.write(framework, part, filled, actor=actor)
    if not framework.budget_lines.exists():
        line = {"year": 2026, "kind": "oversight", "what": "People", "amount": Decimal(300_000), "currency": "EUR"}
        framework = parts.write(framework, BudgetLine, [line], actor=actor)
    return framework


@pytest.fixture
def otto_at_harrow(otto: Any, harrow: Any) -> Contact:
    return Contact.objects.create(cmo=harrow, name=otto.name, position="Head of quality", user=otto)


@pytest.fixture
def onboarding(relationship: Relationship, otto_at_harrow: Contact) -> Relationship:
    """Harrow on its way to the first batch."""
    Relationship.objects.filter(pk=relationship.pk).update(
        state="onboarding", registered_as_existing=False, registration_evidence="", active_from=None
    )
    relationship.refresh_from_db()
    return relationship


@pytest.fixture
def draft(onboarding: Relationship, alice: Any) -> Framework:
    return edits.create(Framework, {"relationship": onboarding}, actor=alice)  # type: ignore[no-any-return]


@pytest.fixture
def in_review(draft: Framework, alice: Any, otto_at_harrow: Contact, priya: Any) -> Framework:
    return frameworks.submit(completed(draft, alice, otto_at_harrow, priya), actor=alice)  # type: ignore[no-any-return]


@pytest.fixture
def approved(in_review: Framework, priya: Any, quinn: Any, erin: Any, otto: Any) -> Framework:
    return signed(frameworks.approve, in_review, priya, quinn, erin, otto)  # type: ignore[no-any-return]


@pytest.fixture
def transfer(onboarding: Relationship, priya: Any, harrow_site: Any) -> Transfer:
    values = {"relationship": onboarding, "title": "Process VXM-3 from Mainz to Cork", "site": harrow_site}
    return edits.create(Transfer, values, actor=priya)  # type: ignore[no-any-return]


def passed(gate: TransferGate, tom: Any, quinn: Any) -> TransferGate:
    """Walk a gate of a running transfer: Tom writes what came out, Tom and Quinn sign."""
    outcome = {"result": "As the criterion asks", "evidence": f"TR-{gate.position}", "met_on": date.today()}
    gate = transfers.present(edits.update(gate, outcome, actor=tom), actor=tom)
    return signed(transfers.pass_gate, gate, tom, quinn)  # type: ignore[no-any-return]


__all__ = ["PASSWORD", "TEXTS", "AgreedKpi", "Meeting", "completed", "passed", "rows", "signed"]
