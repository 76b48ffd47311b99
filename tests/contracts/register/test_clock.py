"""What time does with agreements, and what a confidentiality agreement in force lets follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cmo_lifecycle.workflow.models import Attachment
from contracts.actions import agreements, clock
from contracts.documents import bring_in
from contracts.models import Agreement
from contracts.tasks import advance_agreements
from evaluation.actions.candidates import live_cda
from evaluation.models import Cda
from tests.contracts.conftest import step, written

pytestmark = pytest.mark.django_db
S = Agreement.State


@pytest.fixture
def registered(alice: Any, lena: Any, harrow: Any, vx12: Any) -> Any:
    def make(kind: str, **values: Any) -> Agreement:
        made = written(alice, harrow, vx12, kind, **values)
        bring_in(made, actor=alice, words=f"Text of {made.reference}")
        return agreements.register_as_existing(  # type: ignore[no-any-return]
            made, actor=lena, reason="Signed before", evidence="Safe 4", executed_on=date(2025, 12, 20)
        )

    return make


def test_the_clock_moves_what_is_due_and_nothing_twice(registered: Any, alice: Any) -> None:
    today = timezone.localdate()
    due = registered("msa", effective_on=str(today), expires_on=str(today + timedelta(days=400)), notice_length="90 days",
                     renews="automatic", renewal_length="1 year")  # fmt: skip
    later = registered("sow", reference="SOW-1", parent=due, effective_on=str(today + timedelta(days=3)))
    vague = registered("qag", effective_on="2026-01")
    over = registered("tta", effective_on="2025-12-21", expires_on=str(today - timedelta(days=1)))
    assert clock.advance() == 3  # the first two take effect on their days, the last one ends at once too
    states = {one.reference: one.state for one in Agreement.objects.all()}
    assert states == {
        due.reference: S.EFFECTIVE, later.reference: S.EXECUTED, vague.reference: S.EXECUTED, over.reference: S.EXPIRED,
    }  # fmt: skip
    advance_agreements()
    assert Agreement.objects.get(pk=due.pk).version == due.version + 1
    due.refresh_from_db()
    over.refresh_from_db()
    assert due.notice_by is not None and due.ends_by == today + timedelta(days=400)
    assert over.ended_on == today - timedelta(days=1) and over.notice_by is None


def test_an_amendment_follows_what_it_amends_on_the_same_day(
    registered: Any, alice: Any, harrow: Any, vx12: Any
) -> None:
    from cmo_lifecycle.workflow import parts
    from contracts.models import Provision

    base = registered("msa", effective_on="2026-01-01", expires_on="2030-12-31")
    made = written(
        alice, harrow, vx12, "amendment", parent=base, reference="MSA-1-A1", effective_on="2026-01-01", expires_on="",
        value=None, currency="",
    )  # fmt: skip
    parts.write(made, Provision, [{"verb": "replace", "path": "expires_on", "value": "2032-12-31"}], actor=alice)
    Agreement.objects.filter(pk=made.pk).update(state=S.EXECUTED, executed_on=date(2025, 12, 30))
    assert clock.advance() == 2
    base.refresh_from_db()
    assert base.ends_by == date(2032, 12, 31)


def test_a_confidentiality_agreement_opens_the_gate_and_closes_it(
    registered: Any, alice: Any, lena: Any, harrow: Any, vx12: Any
) -> None:
    assert live_cda(harrow.pk, vx12.pk) is None
    made = registered("cda", expires_on="", renews="evergreen", notice_length="90 days")
    assert live_cda(harrow.pk, vx12.pk) is None
    effective = agreements.take_effect(made, actor=alice)
    cda = live_cda(harrow.pk, vx12.pk)
    assert cda is not None and effective.cda == cda and cda.number == "CDA-1" and cda.expires_on is None
    kept = Attachment.objects.of(cda).get()
    with kept.file.open("rb") as stored:
        assert b"Text of CDA-1" in stored.read()
    clock.advance()
    assert Cda.objects.count() == 1
    step(agreements.terminate, effective, lena, reason="They were bought", ended_on=timezone.localdate())
    assert live_cda(harrow.pk, vx12.pk) is None


def test_a_cda_that_was_begun_is_taken_up_and_ends_by_itself(
    registered: Any, alice: Any, harrow: Any, vx12: Any
) -> None:
    begun = Cda.objects.create(cmo=harrow, programme=vx12, number="CDA-1", state=Cda.State.SENT)
    made = registered("cda", expires_on="2030-12-31")
    agreements.take_effect(made, actor=alice)
    begun.refresh_from_db()
    assert (begun.state, begun.expires_on, begun.signed_on) == (
        Cda.State.IN_FORCE,
        date(2030, 12, 31),
        date(2025, 12, 20),
    )


def test_a_relationship_that_comes_about_later_breaks_no_signature(
    sent: Agreement, erin: Any, otto: Any, alice: Any, relationship: Any
) -> None:
    Agreement.objects.filter(pk=sent.pk).update(relationship=None)
    half = step(agreements.sign, Agreement.objects.get(pk=sent.pk), erin)
    Agreement.objects.filter(pk=sent.pk).update(relationship=relationship)
    half.refresh_from_db()
    assert step(agreements.sign, half, otto).state == S.EXECUTED
