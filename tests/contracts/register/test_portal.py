"""A contact reads and signs the agreements of the own company, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cmo_lifecycle.partners.models import CMO
from contracts.actions import agreements
from contracts.models import Agreement
from tests.contracts.conftest import PASSWORD, written

pytestmark = pytest.mark.django_db
S = Agreement.State


def test_otto_reads_and_signs(at: Any, reviewed: Agreement, sent: Agreement, otto: Any, erin: Any, alice: Any) -> None:
    from tests.contracts.conftest import step

    desk, url = at(otto), f"/portal/agreements/{sent.pk}/"
    home = desk.get("/portal/").content.decode()
    assert "/portal/agreements/" in home and "wait for you" in home
    assert "Read and sign" in desk.get("/portal/agreements/").content.decode()
    page = desk.get(url).content.decode()
    document = sent.current_document()
    assert document.sha256 in page and "The price is EUR 1,200,000" in page and alice.email in page
    for word in ("authority", "Negotiation", "History", "I approve"):
        assert word not in page.partition("<main")[2]
    text = desk.get(f"{url}text/")
    assert text["Content-Disposition"].startswith("attachment") and text.content.decode() == document.words
    assert desk.get(f"{url}file/").status_code == 404
    body = {"version": sent.version, "sha256": document.sha256, "email": otto.email, "password": PASSWORD, "read": "on"}
    assert desk.post(f"{url}sign/", {**body, "sha256": "0" * 64}).status_code == 412
    assert desk.post(f"{url}sign/", {**body, "read": ""}).status_code == 400
    wrong = desk.post(f"{url}sign/", {**body, "password": "x"})
    assert wrong.status_code == 403 and "The password is not right" in wrong.content.decode()
    assert desk.post(f"{url}sign/", body)["Location"] == url
    assert "You have signed" in desk.get(url).content.decode()
    assert agreements.sign.waiting_roles(sent) == ["executive"]
    assert "Back to the agreement" in desk.get(f"{url}sign/").content.decode()
    assert step(agreements.sign, sent, erin).state == S.EXECUTED
    assert "Signed by all" in desk.get(url).content.decode()


def test_who_may_not_sign_yet_is_told_what_to_do(at: Any, sent: Agreement, otto: Any) -> None:
    desk, url = at(otto), f"/portal/agreements/{sent.pk}/"
    otto.statement_version = ""
    otto.save()
    page = desk.get(url).content.decode()
    assert "You cannot sign yet" in page and f"?next={url}" in page and f"{url}sign/" not in page
    answer = desk.post(f"{url}sign/", {"version": sent.version, "sha256": sent.current_document().sha256})
    assert answer.status_code == 400 and agreements.sign.waiting_roles(sent) == ["executive", "cmo_contact"]
    otto.identity_verified = False
    otto.save()
    assert "verify who you are" in desk.get(url).content.decode()


def test_what_is_not_theirs_is_not_there(
    at: Any, reviewed: Agreement, otto: Any, alice: Any, vx12: Any, erin: Any
) -> None:
    """A draft, another company's, and every page of ours."""
    desk = at(otto)
    nordvik = CMO.objects.create(legal_name="Nordvik Fill-Finish", country="NO")
    theirs = written(alice, nordvik, vx12, "cda", reference="CDA-N")
    Agreement.objects.filter(pk=theirs.pk).update(state=S.OUT_FOR_SIGNATURE)
    for one in (reviewed, theirs):
        for rest in ("", "sign/", "text/", "file/"):
            assert desk.get(f"/portal/agreements/{one.pk}/{rest}").status_code == 404
    assert "Nordvik" not in desk.get("/portal/agreements/").content.decode()
    for rest in ("", "?tab=history", "sign/", "red-line/"):
        assert desk.get(f"/contracts/agreements/{reviewed.pk}/{rest}").status_code == 403
    assert at(erin).get("/portal/agreements/").status_code == 403


def test_the_file_is_the_one_that_was_brought_in(
    at: Any, reviewed: Agreement, otto: Any, alice: Any, erin: Any, farid: Any, lena: Any
) -> None:
    from contracts.documents import bring_in
    from tests.contracts.conftest import step

    file = SimpleUploadedFile("agreed.txt", b"1. Term. Five years.")
    bring_in(reviewed, actor=alice, file=file, origin="agreed", reason="The agreed text")
    reviewed.refresh_from_db()
    sent = agreements.send_for_signature(step(agreements.approve, reviewed, erin, farid, lena), actor=alice)
    answer = at(otto).get(f"/portal/agreements/{sent.pk}/file/")
    assert b"".join(answer.streaming_content) == b"1. Term. Five years."
    page = at(otto).get(f"/portal/agreements/{sent.pk}/").content.decode()
    assert "Five years" in page and "EUR 1,200,000" not in page
