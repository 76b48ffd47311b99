"""The pages: the checklist before operations, the writer, what is signed, and the CMO's word in the portal."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from operations.actions import transfers
from operations.models import BudgetLine, Framework, Transfer
from tests.operations.framework.conftest import PASSWORD, TEXTS, signed


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_checklist_leads_to_what_is_missing(onboarding: Any, priya: Any, draft: Framework) -> None:
    page = signed_in(priya).get(onboarding.get_absolute_url()).content.decode()
    assert "Before operations start" in page
    assert "Write the operating framework and have both sides approve it." in page
    assert f'href="{draft.get_absolute_url()}"' in page
    assert f"{reverse('operations:transfer_add')}?relationship={onboarding.pk}" in page


def test_a_screen_is_written_and_tells_what_is_missing(draft: Framework, alice: Any, otto_at_harrow: Any) -> None:
    client = signed_in(alice)
    where = reverse("operations:framework_write", args=[draft.pk, "goals"])
    assert client.get(reverse("operations:framework_go_on", args=[draft.pk])).url == where
    sent = {"scope": TEXTS["scope"], "goals": TEXTS["goals"], "version": draft.version}
    assert client.post(where, sent).url == reverse("operations:framework_write", args=[draft.pk, "people"])
    draft.refresh_from_db()
    assert draft.goals == TEXTS["goals"]
    page = client.get(reverse("operations:framework_write", args=[draft.pk, "escalation"])).content.decode()
    assert "Otto Example" in page and "Both heads of quality" in page
    check = client.get(reverse("operations:framework_write", args=[draft.pk, "check"])).content.decode()
    assert "Say what both do if a line" in check and "Say what both sides want to reach." not in check
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_the_cmo_reads_signs_and_sees_nothing_of_our_oversight(
    in_review: Framework, otto: Any, priya: Any, quinn: Any, erin: Any, harrow: Any
) -> None:
    from operations.actions import frameworks

    BudgetLine.objects.filter(framework=in_review).update(what="Two of our people")
    client = signed_in(otto)
    home = client.get(reverse("portal_frameworks:home")).content.decode()
    assert "1 framework waits for your word" in home
    assert reverse("portal_frameworks:home") in client.get(reverse("portal:home")).content.decode()
    where = reverse("portal_frameworks:framework", args=[in_review.pk])
    page = client.get(where).content.decode()
    assert TEXTS["contingencies"] in page and "Both heads of quality" in page
    assert "Two of our people" not in page and "300,000" not in page and "not shown here" in page
    sign = reverse("portal_frameworks:sign", args=[in_review.pk])
    told = {"version": in_review.version, "read": "on", "email": otto.email, "password": "wrong"}
    assert client.post(sign, told).status_code == 403
    assert client.post(sign, {**told, "password": PASSWORD, "version": ""}).status_code == 412
    assert client.post(sign, {**told, "password": PASSWORD}).status_code == 302
    assert "Signed by you" in client.get(where).content.decode()
    signed(frameworks.approve, in_review, priya, quinn, erin)
    in_review.refresh_from_db()
    assert in_review.state == "approved" and "Approved by both sides" in client.get(where).content.decode()


def test_the_cmo_sends_it_back(in_review: Framework, otto: Any, alice: Any) -> None:
    client = signed_in(otto)
    back = reverse("portal_frameworks:send_back", args=[in_review.pk])
    assert client.get(back).status_code == 200
    assert client.post(back, {"version": in_review.version, "reason": ""}).status_code == 400
    assert client.post(back, {"version": in_review.version, "reason": "Our night shift is missing"}).status_code == 302
    assert client.get(reverse("portal_frameworks:framework", args=[in_review.pk])).status_code == 404
    page = signed_in(alice).get(in_review.get_absolute_url()).content.decode()
    assert "Sent back" in page and "Our night shift is missing" in page


@pytest.mark.parametrize("state", ["planned", "running"])
def test_a_transfer_shows_its_gates(transfer: Transfer, tom: Any, state: str) -> None:
    client = signed_in(tom)
    if state == "running":
        transfers.start_transfer(transfer, actor=tom)
    page = client.get(transfer.get_absolute_url()).content.decode()
    assert "3 of 3 consecutive batches" in page and ("Add a gate" in page) == (state == "planned")
    gate = transfer.gates.first()
    assert client.get(gate.get_absolute_url()).status_code == 200
    edit = client.get(reverse("operations:transfer_gate_edit", args=[gate.pk])).content.decode()
    assert ("Fixed since the transfer began." in edit) == (state == "running")
