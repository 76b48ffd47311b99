"""Agreements and their texts over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import Agreement
from tests.contracts.conftest import TEXT

pytestmark = pytest.mark.django_db


def test_terms_position_and_authority_are_told(
    at: Any, alice: Any, effective: Agreement, mallory: Any, otto: Any
) -> None:
    url = f"/api/v1/agreements/{effective.pk}/"
    client = at(alice)
    said = client.get(f"{url}effective-terms/?on=2026-03-01").json()
    terms = {one["code"]: one for one in said["terms"]}
    assert terms["expires_on"]["value"] == "2030-12-31" and terms["expires_on"]["words"] == "31 December 2030"
    assert terms["expires_on"]["source"] == "MSA-1" and terms["expires_on"]["source_id"] == str(effective.pk)
    assert client.get(f"{url}effective-terms/?on=2025-12-31").json()["terms"][0]["present"] is False
    assert client.get(f"{url}effective-terms/?on=soon").status_code == 400
    at_ = client.get(f"{url}position/?on=2026-03-01").json()
    assert at_["ends"] == {"earliest": "2030-12-31", "latest": "2030-12-31"} and at_["arithmetic"]
    told = client.get(f"{url}authority/").json()
    assert told["roles"] == ["executive", "finance", "legal"] and all(one["sentence"] for one in told["lines"])
    detail = client.get(url).json()
    assert detail["value"] == {"amount": "1000000.00", "currency": "EUR"} and detail["state"] == "effective"
    for who in (mallory, otto):
        for rest in ("", "effective-terms/", "position/", "authority/", "signatories/"):
            assert at(who).get(url + rest).status_code in (403, 404)


def test_a_text_comes_as_words_or_as_a_file(at: Any, alice: Any, reviewed: Agreement, mallory: Any) -> None:
    client, url = at(alice), "/api/v1/contract-documents/"
    head = {"agreement_id": str(reviewed.pk), "origin": "agreed"}
    assert client.post(url, {**head, "words": TEXT}).status_code == 400  # it was handed in: why does it change?
    answer = client.post(url, {**head, "words": f"{TEXT}\n3. Law.", "reason": "A clause more"})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["number"] == 2 and made["words"].endswith("3. Law.") and made["sha256"]
    file = SimpleUploadedFile("next.txt", b"Another text")
    assert client.post(url, {**head, "file": file, "reason": "Anew"}).json()["number"] == 3
    assert client.post(url, {**head, "file": file, "words": "both"}).status_code == 400
    assert client.post(url, {**head, "words": "x", "colour": "red"}).status_code == 400
    found = client.get(f"{url}?agreement_id={reviewed.pk}").json()["results"]
    assert [one["number"] for one in found] == [3, 2, 1] and "words" not in found[0]
    foreign = at(mallory).post(url, {**head, "words": TEXT})
    assert foreign.status_code == 400 and "There is no such agreement" in foreign.content.decode()
