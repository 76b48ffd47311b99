"""People who try to get an agreement, or a relationship, past what holds it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.partners.actions import relationships
from cmo_lifecycle.partners.models import Relationship, Site
from cmo_lifecycle.workflow import attachments, edits, parts
from cmo_lifecycle.workflow.desk import waiting_for
from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from contracts.actions import agreements, delegations
from contracts.authorities import found_splits, objection
from contracts.documents import MOST_PASSAGE, bring_in
from contracts.models import (
    Agreement,
    AgreementEvent,
    AuthorityLimit,
    Delegation,
    Passage,
    Provision,
    SplitAnswer,
    Term,
    Waiver,
)  # fmt: skip
from tests.conftest import make_person
from tests.contracts.conftest import in_review, matrix, signatories, step, written

pytestmark = pytest.mark.django_db
S = Agreement.State


@pytest.fixture
def reviewed(alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any) -> Agreement:
    return in_review(signatories(written(alice, harrow, vx12, "msa"), alice, erin, otto_signs), alice)


@pytest.fixture
def sent(reviewed: Agreement, erin: Any, farid: Any, lena: Any, alice: Any) -> Agreement:
    return agreements.send_for_signature(step(agreements.approve, reviewed, erin, farid, lena), actor=alice)  # type: ignore[no-any-return]


@pytest.fixture
def contracting(relationship: Relationship) -> Relationship:
    Relationship.objects.filter(pk=relationship.pk).update(
        state="contracting", registered_as_existing=False, registration_evidence=""
    )
    relationship.refresh_from_db()
    return relationship


def missing(relationship: Relationship) -> str:
    return " ".join(relationships.onboard.missing(relationship))


# ---- gates


def test_what_is_only_registered_does_not_carry_a_new_relationship_on(
    contracting: Relationship, alice: Any, lena: Any, quinn: Any, harrow: Any, vx12: Any, otto_signs: Any
) -> None:
    def registered(kind: str, writer: Any, signed: date) -> Agreement:
        made = written(writer, harrow, vx12, kind, reference=f"{kind}-{writer.name}-{signed}")
        bring_in(made, actor=writer, words="As signed")
        return agreements.register_as_existing(  # type: ignore[no-any-return]
            made, actor=lena, reason="Signed elsewhere", evidence="Safe 4", executed_on=signed
        )

    old, today = date(2024, 1, 3), timezone.localdate()
    registered("msa", lena, old)
    registered("msa", alice, today)
    registered("qag", alice, today)
    said = missing(contracting)
    assert "supply agreement" in said and "both quality units" in said and "did not write it" in said
    registered("msa", alice, old)
    assert "supply agreement" not in missing(contracting)
    Relationship.objects.filter(pk=contracting.pk).update(registered_as_existing=True, registration_evidence="MSA-014")
    contracting.refresh_from_db()
    assert "both quality units" not in missing(contracting)


def test_a_quality_agreement_of_another_site_opens_no_gate(
    contracting: Relationship, alice: Any, lena: Any, quinn: Any, otto: Any, harrow: Any, vx12: Any, otto_signs: Any
) -> None:
    elsewhere = Site.objects.create(cmo=harrow, name="Harrow Basel", country="CH")
    made = written(alice, harrow, vx12, "qag", review_years=2, sites=[elsewhere])
    made = matrix(signatories(made, alice, quinn, otto_signs), alice)
    made = agreements.send_for_signature(step(agreements.approve, in_review(made, alice), quinn, lena), actor=alice)
    made = step(agreements.sign, made, quinn, otto)
    assert made.state == S.EXECUTED
    assert "No quality agreement is for Harrow Cork" in missing(contracting).replace(str(harrow) + " · ", "")
    agreements.take_effect(made, actor=alice)
    assert "No quality agreement is for" in " ".join(relationships.operate.missing(contracting))
    made.sites.add(contracting.sites.get())
    assert "No quality agreement is for" not in missing(contracting)


# ---- authority


def test_a_currency_without_a_rate_beside_it_hides_no_split(
    reviewed: Agreement, alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any
) -> None:
    edits.update(reviewed, {"value": Decimal(200_000), "term_months": 24}, actor=alice, reason="Less")
    dust = written(
        alice, harrow, vx12, "tta", reference="TTA-1", value=Decimal(1), currency="JPY", term_months=1
    )  # fmt: skip
    agreements.start_negotiation(dust, actor=alice)
    made = written(alice, harrow, vx12, "sow", parent=reviewed, value=Decimal(100_000), term_months=24)
    second = in_review(signatories(made, alice, erin, otto_signs), alice)
    (split,) = found_splits(second)
    assert split.codes == ("MSA-1", "SOW-1")


def test_a_split_that_comes_about_in_review_is_put_before_finance(
    reviewed: Agreement, alice: Any, harrow: Any, vx12: Any, erin: Any, priya: Any, farid: Any, otto_signs: Any
) -> None:
    edits.update(reviewed, {"value": Decimal(200_000), "term_months": 24}, actor=alice, reason="Less")
    made = written(alice, harrow, vx12, "sow", parent=reviewed, value=Decimal(10_000), term_months=24)
    second = in_review(signatories(made, alice, erin, otto_signs), alice)
    assert not SplitAnswer.objects.exists()
    second.refresh_from_db()
    second = edits.update(second, {"value": Decimal(100_000)}, actor=alice, reason="More")
    asked = SplitAnswer.objects.get()
    with pytest.raises(Refused, match="pass it together"):
        step(agreements.approve, second, priya)
    step(delegations.keep_apart, asked, farid, reason="Two plants, two orders")
    assert step(agreements.approve, second, priya).state == S.INTERNAL_REVIEW


def test_two_amendments_beside_each_other_are_counted_together(
    reviewed: Agreement, alice: Any, harrow: Any, vx12: Any, erin: Any, priya: Any, farid: Any, lena: Any, otto: Any,
    otto_signs: Any,
) -> None:  # fmt: skip
    base = edits.update(reviewed, {"value": Decimal(0), "term_months": 24}, actor=alice, reason="A frame alone")
    base = agreements.send_for_signature(step(agreements.approve, base, priya, farid, lena), actor=alice)
    base = step(agreements.sign, base, erin, otto)

    def amendment(number: int) -> Agreement:
        made = written(
            alice, harrow, vx12, "amendment", parent=base, reference=f"MSA-1-A{number}", value=Decimal(200_000),
            currency="EUR", expires_on="", term_months=24, effective_on="2026-06-01",
        )  # fmt: skip
        law = {"verb": "replace", "path": "governing_law", "value": "France"}
        made = parts.write(made, Provision, [law], actor=alice)
        return in_review(signatories(made, alice, erin, otto_signs), alice)

    first, second = amendment(1), amendment(2)
    first = step(agreements.approve, first, priya, farid, lena)
    assert first.state == S.APPROVED
    with pytest.raises(Refused, match="awaited"):
        step(agreements.approve, second, priya)
    second = step(agreements.approve, second, farid)
    assert waiting_for(erin).filter(record_id=second.pk, verb="approve", role="executive").exists()
    second = step(agreements.approve, second, lena, erin)
    # Its own approval was right when it was given, and nothing of it is executed yet.
    assert agreements.send_for_signature(first, actor=alice).state == S.OUT_FOR_SIGNATURE
    assert second.state == S.APPROVED


def test_a_matrix_that_narrows_takes_earlier_approvals_with_it(
    reviewed: Agreement,
    alice: Any,
    erin: Any,
    farid: Any,
    lena: Any,
    delegation: Delegation,
    password_hash: str,
    vx12: Any,
) -> None:
    fiona = make_person("fred", ("finance",), password_hash)
    vx12.members.add(fiona)
    found = step(agreements.approve, reviewed, farid)
    draft = delegations.revise(delegation, actor=farid, why="Farid no more")
    rows = [
        {"line": "business", "role": "executive", "tier": 1},
        {"line": "finance", "role": "finance", "person": farid, "up_to": Decimal(1_000), "tier": 1},
        {"line": "finance", "role": "finance", "person": fiona, "tier": 1},
        {"line": "legal", "role": "legal", "tier": 1},
    ]
    draft = parts.write(draft, AuthorityLimit, rows, actor=farid)
    step(delegations.put_in_force, draft, make_person("gina", ("finance",), password_hash), erin)
    assert objection(found, farid, "finance") and not objection(found, fiona, "finance")
    with pytest.raises(Refused, match="does not reach any more"):
        step(agreements.approve, found, erin)


def test_a_namesake_has_no_authority_of_a_person_or_role(
    reviewed: Agreement, erin: Any, farid: Any, delegation: Delegation, password_hash: str
) -> None:
    fake = make_person("fake", ("finance",), password_hash)
    type(fake).objects.filter(pk=fake.pk).update(name="Executive")
    fake.refresh_from_db()
    Delegation.objects.filter(pk=delegation.pk).update(state="draft")
    draft = Delegation.objects.get(pk=delegation.pk)
    rows = [
        {"line": "business", "role": "executive", "tier": 1},
        {"line": "finance", "role": "finance", "person": farid, "tier": 1},
        {"line": "legal", "role": "legal", "tier": 1},
    ]
    draft = parts.write(draft, AuthorityLimit, rows, actor=farid)
    step(delegations.put_in_force, draft, make_person("gina", ("finance",), password_hash), erin)
    assert "no authority" in objection(reviewed, fake, "finance")
    type(fake).objects.filter(pk=fake.pk).update(name=farid.name)
    fake.refresh_from_db()
    assert "no authority" in objection(reviewed, fake, "finance") and not objection(reviewed, farid, "finance")


# ---- signatures


def test_our_people_do_not_sign_for_the_cmo(
    reviewed: Agreement, alice: Any, erin: Any, farid: Any, lena: Any, otto: Any
) -> None:
    from django.contrib.auth.models import Group

    found = agreements.send_for_signature(step(agreements.approve, reviewed, erin, farid, lena), actor=alice)
    otto.groups.add(Group.objects.get(name="sourcing"))
    found.programme.members.add(otto)
    otto = type(otto).objects.get(pk=otto.pk)
    with pytest.raises(Refused, match="own people sign"):
        step(agreements.sign, found, otto)


def test_paper_is_signed_after_the_approval_and_its_copy_stays(sent: Agreement, lena: Any, erin: Any) -> None:
    copy = attachments.attach(sent, SimpleUploadedFile("signed.txt", b"Signed by Niamh Daly"), actor=lena)
    before = timezone.localdate() - timedelta(days=1)
    with pytest.raises(InvalidInput, match="another one"):
        step(agreements.record_paper_signature, sent, lena, signed_on=before, signatory="Niamh Daly")
    found = step(agreements.record_paper_signature, sent, lena, signed_on=timezone.localdate(), signatory="Niamh Daly")
    attachments.void(copy, actor=lena, reason="It was of another text")
    with pytest.raises(Refused, match="is void"):
        step(agreements.sign, found, erin)
    attachments.attach(found, SimpleUploadedFile("signed.txt", b"Signed by Niamh Daly, this one"), actor=lena)
    assert step(agreements.sign, found, erin).state == S.EXECUTED


def test_what_the_approval_rests_on_is_looked_at_before_anybody_signs(
    sent: Agreement, otto: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contracts.clauses.coverage import Asked

    secret = Asked("step_in", "Our step-in right", "They are our only source")
    monkeypatch.setattr(agreements, "lacking", lambda agreement: (secret,))
    with pytest.raises(Refused, match="does not stand any more") as refused:
        step(agreements.sign, sent, otto)
    assert "step-in" not in str(refused.value)
    assert not Waiver.objects.exists()


# ---- what an agreement ends, and what it holds


def test_what_was_signed_here_is_not_amended_by_a_registration(
    sent: Agreement, erin: Any, otto: Any, alice: Any, lena: Any, harrow: Any, vx12: Any
) -> None:
    base = step(agreements.sign, sent, erin, otto)
    made = written(
        alice, harrow, vx12, "amendment", parent=base, reference="MSA-1-A1", value=Decimal(9_000_000), currency="EUR",
        expires_on="",
    )  # fmt: skip
    bring_in(made, actor=alice, words="Nine million more")
    with pytest.raises(Refused, match="approved and signed here too"):
        agreements.register_as_existing(made, actor=lena, reason="Signed elsewhere", evidence="Safe 4")
    made.refresh_from_db()
    assert made.state == S.DRAFT and base.state == S.EXECUTED


def test_nothing_ends_the_agreement_of_another_programme(
    alice: Any, harrow: Any, vx12: Any, other_programme: Any
) -> None:
    theirs = Agreement.objects.create(
        reference="QR-1", title="Theirs", kind="msa", cmo=harrow, programme=other_programme, state=S.EFFECTIVE,
        executed_on=date(2025, 1, 1),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="another programme"):
        written(alice, harrow, vx12, "msa", replaces=theirs)


def test_a_text_without_any_break_comes_in(alice: Any, harrow: Any, vx12: Any) -> None:
    made = written(alice, harrow, vx12, "msa")
    words = " ".join(f"w{number:x}" for number in range(250_000))
    document = bring_in(made, actor=alice, words=words)
    found = Passage.objects.filter(document=document).order_by("number")
    assert len(found) > 10 and max(len(one.words) for one in found) <= MOST_PASSAGE
    assert "".join(one.words for one in found) == document.words


def test_a_moment_of_the_year_one_is_refused_where_it_is_given(alice: Any, harrow: Any, vx12: Any) -> None:
    made = written(alice, harrow, vx12, "msa")
    made = parts.write(
        made,
        Term,
        [{"code": "critical", "label": "Notice", "kind": "clock", "unit": "hours", "value": "24 hours"}],
        actor=alice,
    )
    Agreement.objects.filter(pk=made.pk).update(state=S.EXECUTED, executed_on=date(2025, 12, 20))
    client = Client()
    client.force_login(alice)
    answer = client.post(
        reverse("contracts:agreement_event_add"),
        {
            "agreement": str(made.pk), "clock": "critical", "what": "A deviation", "zone": "Asia/Tokyo",
            "happened_at": "0001-01-01T00:00",
        },
    )  # fmt: skip
    assert answer.status_code == 200 and "Give a moment since 1900" in answer.content.decode()
    assert not AgreementEvent.objects.exists()
