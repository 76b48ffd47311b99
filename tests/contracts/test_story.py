"""A supply agreement and a quality agreement, from the draft to the day on which Harrow may be onboarded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cmo_lifecycle.partners.actions import relationships
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, NotFromHere, Refused
from contracts.actions import agreements
from contracts.documents import bring_in
from contracts.models import Agreement, ContractDocument, SplitAnswer, Term
from tests.contracts.conftest import PASSWORD, TEXT, in_review, matrix, signatories, step, written

S = Agreement.State


@pytest.fixture
def msa(alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any) -> Agreement:
    made = written(alice, harrow, vx12, "msa")
    return in_review(signatories(made, alice, erin, otto_signs), alice)


@pytest.fixture
def executed(msa: Agreement, erin: Any, farid: Any, lena: Any, otto: Any, alice: Any) -> Agreement:
    found = step(agreements.approve, msa, erin, farid, lena)
    found = agreements.send_for_signature(found, actor=alice)
    return step(agreements.sign, found, erin, otto)


def test_who_signs_and_approves(executed: Agreement, alice: Any) -> None:
    assert executed.state == S.EXECUTED and executed.executed_on is not None
    with pytest.raises(Refused, match="not edited any more"):
        edits.update(executed, {"title": "Another"}, actor=alice)
    with pytest.raises(Refused, match="not edited any more"):
        bring_in(executed, actor=alice, words="Other words")
    effective = agreements.take_effect(executed, actor=alice)
    assert effective.state == S.EFFECTIVE and str(effective.effective_since) == "2026-01-01"


def test_authority(msa: Agreement, priya: Any, erin: Any, alice: Any) -> None:
    with pytest.raises(Refused, match="awaited"):
        step(agreements.approve, msa, priya)
    small = edits.update(msa, {"value": Decimal(200_000), "term_months": 24}, actor=alice, reason="Less")
    found = step(agreements.approve, small, priya)
    assert found.state == S.INTERNAL_REVIEW
    with pytest.raises(Refused):
        step(agreements.approve, found, erin)


def test_authors_do_not_approve(msa: Agreement, lena: Any, harrow: Any) -> None:
    edited = edits.update(msa, {"notes": "Lena wrote this"}, actor=lena, reason="A note")
    with pytest.raises(Refused, match="does not approve"):
        step(agreements.approve, edited, lena)


def test_any_change_takes_approvals_back(
    msa: Agreement, erin: Any, farid: Any, lena: Any, otto: Any, alice: Any
) -> None:
    found = step(agreements.approve, msa, erin, farid, lena)
    assert found.state == S.APPROVED and found.approved_sha256
    bring_in(found, actor=alice, words=TEXT + "\n3. Law. German law.", reason="A clause more")
    found.refresh_from_db()
    assert found.state == S.NEGOTIATION and not found.approved_sha256
    found = agreements.submit(found, actor=alice)
    found = step(agreements.approve, found, erin, farid, lena)
    found = agreements.send_for_signature(found, actor=alice)
    # Somebody changes the stored text behind the door's back.
    ContractDocument.objects.filter(agreement=found, number=2).update(sha256="0" * 64)
    with pytest.raises(Refused, match="not the text that was approved"):
        step(agreements.sign, found, otto)


def test_only_the_named_sign(
    msa: Agreement, erin: Any, farid: Any, lena: Any, alice: Any, password_hash: str, vx12: Any
) -> None:
    from tests.conftest import make_person

    eve = make_person("eve", ("executive",), password_hash)
    vx12.members.add(eve)
    found = agreements.send_for_signature(step(agreements.approve, msa, erin, farid, lena), actor=alice)
    with pytest.raises(Refused, match="The signatory is"):
        step(agreements.sign, found, eve)


def test_a_split_is_found(
    msa: Agreement, alice: Any, harrow: Any, vx12: Any, priya: Any, erin: Any, farid: Any, otto_signs: Any
) -> None:
    first = edits.update(msa, {"value": Decimal(200_000), "term_months": 24}, actor=alice, reason="Less")
    first = step(agreements.approve, first, priya)
    made = written(alice, harrow, vx12, "sow", parent=msa, value=Decimal(100_000), term_months=24)
    second = in_review(signatories(made, alice, erin, otto_signs), alice)
    with pytest.raises(Refused, match="pass it together"):
        step(agreements.approve, second, priya)
    from contracts.actions import delegations

    (asked,) = SplitAnswer.objects.all()
    step(delegations.treat_as_one, asked, farid, reason="It is one order")
    assert "executive" in agreements.roles_needed(second)
    with pytest.raises(Refused, match="awaited"):
        step(agreements.approve, second, priya)


def test_onboarding(
    executed: Agreement, alice: Any, quinn: Any, lena: Any, otto: Any, otto_signs: Any, relationship: Any,
    harrow: Any, vx12: Any,
) -> None:  # fmt: skip
    Relationship.objects.filter(pk=relationship.pk).update(state="contracting")
    relationship.refresh_from_db()
    with pytest.raises(Refused, match="both quality units"):
        relationships.onboard(relationship, actor=alice, reason="Ready")
    made = written(alice, harrow, vx12, "qag", review_years=2)
    made = signatories(made, alice, quinn, otto_signs)
    bring_in(made, actor=alice, words="Quality agreement")
    with pytest.raises(Refused, match="has no row"):
        agreements.submit(made, actor=alice)
    quality = agreements.submit(matrix(made, alice), actor=alice)
    quality = agreements.send_for_signature(step(agreements.approve, quality, quinn, lena), actor=alice)
    quality = step(agreements.sign, quality, quinn, otto)
    assert quality.state == S.EXECUTED
    relationship.refresh_from_db()
    assert relationships.onboard(relationship, actor=alice, reason="Ready").state == "onboarding"


def test_typed_terms_and_amendments(executed: Agreement, alice: Any, harrow: Any, vx12: Any) -> None:
    with pytest.raises(NotFromHere):
        agreements.submit(executed, actor=alice)
    effective = agreements.take_effect(executed, actor=alice)
    amendment = written(
        alice, harrow, vx12, "amendment", parent=effective, reference="MSA-1-A1", effective_on="2026-06-01",
        expires_on="", value=None, currency="",
    )  # fmt: skip
    from contracts.models import Provision

    with pytest.raises(InvalidInput):
        parts.write(amendment, Provision, [{"verb": "replace", "path": "nothing", "value": "1"}], actor=alice)
    amendment = parts.write(
        amendment, Provision, [{"verb": "replace", "path": "expires_on", "value": "2032-12-31"}], actor=alice
    )
    assert amendment.provisions.get().value == "2032-12-31"
    with pytest.raises(InvalidInput):
        parts.write(
            amendment, Term, [{"code": "x", "label": "X", "kind": "clock", "unit": "hours", "value": "soon"}],
            actor=alice,
        )  # fmt: skip


def test_password_is_asked(msa: Agreement, erin: Any) -> None:
    from cmo_lifecycle.workflow.refusals import NotSigned

    with pytest.raises(NotSigned):
        agreements.approve(msa, actor=erin, password=PASSWORD + "x", email=erin.email)
