"""The register and an agreement's pages, from the first line to the amendment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cmo_lifecycle.workflow import edits, parts
from contracts.actions import agreements
from contracts.documents import bring_in
from contracts.models import Agreement, Provision, Term
from tests.contracts.conftest import PASSWORD, TEXT, in_review, signatories, step, written

pytestmark = pytest.mark.django_db
S = Agreement.State


def _table(name: str, *rows: dict[str, str], **more: str) -> dict[str, str]:
    return {f"{name}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()} | more


def _page(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def test_an_agreement_is_written_from_the_first_line_to_the_review(
    at: Any, alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any
) -> None:
    desk = at(alice)
    assert "Write down the first agreement" in _page(desk, "/contracts/agreements/")
    sent = {
        "kind": "msa", "reference": "MSA-7", "title": "Supply of vials", "cmo": str(harrow), "programme": str(vx12.pk),
        "renews": "automatic", "renewal_length": "1 year", "notice_length": "180 days", "effective_on": "2026-01-01",
        "first_term": "5 years", "value": "1,000,000", "currency": "eur", "term_months": "60",
        "our_party": "Vantara Therapeutics GmbH", "governing_law": "Germany",
    }  # fmt: skip
    bad = desk.post("/contracts/agreements/add/", {**sent, "renewal_length": "a while"})
    assert bad.status_code == 200 and "There is a problem" in bad.content.decode()
    made = desk.post("/contracts/agreements/add/", sent)
    msa = Agreement.objects.get()
    url = f"/contracts/agreements/{msa.pk}/"
    assert made["Location"] == url
    assert (msa.first_term, msa.value, msa.currency) == ("5 years", Decimal(1_000_000), "EUR")
    page = _page(desk, url)
    assert "bring in the text" in page and "180 days" in page

    file = SimpleUploadedFile("msa.txt", TEXT.encode())
    brought = desk.post(f"{url}bring-in/", {"version": msa.version, "origin": "ours", "file": file})
    text = msa.current_document()
    assert brought["Location"] == text.get_absolute_url() and text.file.name == "msa.txt"
    assert "The price is EUR 1,200,000" in _page(desk, text.get_absolute_url())
    msa.refresh_from_db()
    changed = TEXT.replace("five years", "seven years")
    desk.post(f"{url}bring-in/", {"version": msa.version, "origin": "theirs", "words": changed, "note": "Longer"})
    line = _page(desk, f"{url}red-line/")
    assert "<del>" in line and "five" in line and "<ins>" in line and "seven" in line
    assert desk.get(f"{url}red-line/?from=9").status_code == 404

    msa.refresh_from_db()
    people = _table(
        "signatories",
        {"capacity": "commercial", "colleague": str(erin.pk)},
        {"capacity": "commercial", "contact": str(otto_signs.pk)},
        version=str(msa.version),
    )
    assert desk.post(f"{url}write/signatories/", people).status_code == 302
    msa.refresh_from_db()
    typed = {"code": "critical", "label": "Critical deviation", "kind": "clock", "unit": "hours", "value": "soon"}
    wrong = desk.post(f"{url}write/terms/", _table("terms", typed, version=str(msa.version)))
    assert wrong.status_code == 200 and "There is a problem" in wrong.content.decode()
    typed["value"] = "24"
    assert desk.post(f"{url}write/terms/", _table("terms", typed, version=str(msa.version))).status_code == 302
    assert msa.terms.get().value
    assert "Critical deviation" in _page(desk, f"{url}?tab=terms")
    assert desk.get(f"{url}write/provisions/").status_code == 404

    desk.post(f"{url}submit/", {"version": Agreement.objects.get().version})
    msa.refresh_from_db()
    assert msa.state == S.INTERNAL_REVIEW
    assert "MSA-7" in _page(desk, "/contracts/agreements/?view=approving")
    assert "Executive, Finance, Legal approve" in _page(desk, url)
    # What was handed in is changed with a reason only.
    again = _table("terms", {**typed, "value": "48"}, version=str(msa.version))
    refused = desk.post(f"{url}write/terms/", again)
    assert refused.status_code == 200 and "Say why you change it" in refused.content.decode()
    assert desk.post(f"{url}write/terms/", again | {"reason": "Agreed on Monday"}).status_code == 302
    assert msa.terms.get().value != typed["value"]


def test_whoever_approves_sees_what_they_sign(at: Any, reviewed: Agreement, erin: Any, mallory: Any) -> None:
    url = f"/contracts/agreements/{reviewed.pk}/"
    page = _page(at(erin), f"{url}approve/")
    document = reviewed.current_document()
    assert document.sha256 in page and "The price is EUR 1,200,000" in page and "I approve this agreement" in page
    sent = {"version": reviewed.version, "signature_email": erin.email, "signature_password": PASSWORD}
    at(erin).post(f"{url}approve/", sent)
    assert "Erin Example" in _page(at(erin), url)
    for rest in ("", "bring-in/", "red-line/", "approve/", "write/signatories/", "amend/"):
        assert at(mallory).get(url + rest).status_code == 404, rest
    assert at(mallory).get(document.get_absolute_url()).status_code == 404


def test_what_holds_on_a_day_shows_with_its_source(at: Any, alice: Any, effective: Agreement, erin: Any) -> None:
    desk, url = at(alice), f"/contracts/agreements/{effective.pk}/"
    refused = desk.get(f"{url}edit/")
    assert refused.status_code == 403
    sent = {
        "reference": "MSA-1-A1", "title": "A longer term", "effective_on": "2026-06-01", "our_party": "Vantara",
        "value": "0", "currency": "EUR",
    }  # fmt: skip
    assert "MSA-1-A1" in _page(desk, f"{url}amend/")
    begun = desk.post(f"{url}amend/", sent)
    amendment = Agreement.objects.get(kind="amendment")
    assert begun["Location"] == f"/contracts/agreements/{amendment.pk}/write/provisions/"
    assert (amendment.parent, amendment.cmo, amendment.programme) == (effective, effective.cmo, effective.programme)
    said = {"verb": "replace", "path": "expires_on", "value": "31 December 2032"}
    _page(desk, begun["Location"])
    assert desk.post(begun["Location"], _table("provisions", said, version=str(amendment.version))).status_code == 302
    assert "31 December 2032" in _page(desk, f"/contracts/agreements/{amendment.pk}/?tab=provisions")
    Agreement.objects.filter(pk=amendment.pk).update(
        state="effective", executed_on=timezone.localdate(), effective_since="2026-06-01"
    )
    before = _page(desk, f"{url}?tab=terms&on=2026-05-31")
    assert "31 December 2030" in before.split("How it came about")[0]
    after = _page(desk, f"{url}?tab=terms&on=2026-06-01")
    assert "31 December 2032" in after.split("How it came about")[0] and "MSA-1-A1" in after
    yesterday = timezone.localdate() - timedelta(days=1)
    unknown = _page(desk, f"{url}?tab=terms&on=2026-06-01&known={yesterday}")
    assert "31 December 2032" not in unknown.partition("<table")[2]
    assert "retroactive" in _page(desk, f"{url}?tab=amendments")
    assert "There is a problem" in _page(desk, f"{url}?tab=terms&on=x")
    for tab in ("texts", "signatories", "history"):
        _page(desk, f"{url}?tab={tab}")


def test_the_register_looks_ninety_days_ahead(
    at: Any, alice: Any, harrow: Any, vx12: Any, effective: Agreement
) -> None:
    today = timezone.localdate()
    Agreement.objects.filter(pk=effective.pk).update(ends_by=today + timedelta(days=91), notice_by=today)
    desk = at(alice)
    assert "MSA-1" not in _page(desk, "/contracts/agreements/?view=ending").partition('id="results"')[2]
    assert "MSA-1" in _page(desk, "/contracts/agreements/?view=notice").partition('id="results"')[2]
    Agreement.objects.filter(pk=effective.pk).update(ends_by=today + timedelta(days=90))
    assert "MSA-1" in _page(desk, "/contracts/agreements/?view=ending").partition('id="results"')[2]
    # A day that is held back is not invented.
    odd = written(alice, harrow, vx12, "qag", expires_on="2027-XX-XX", effective_on="2025-03")
    page = _page(desk, "/contracts/agreements/")
    assert "2027 (day and month held back)" in page and "March 2025" in page
    assert odd.notice_by is None
    assert desk.get("/contracts/agreements/?export=csv").status_code == 200


def test_without_a_delegation_the_page_says_what_is_missing(at: Any, alice: Any, harrow: Any, vx12: Any) -> None:
    made = written(alice, harrow, vx12, "msa")
    assert "There is no delegation of authority in force" in _page(at(alice), f"/contracts/agreements/{made.pk}/")


def test_nothing_stands_under_itself_or_another_programme(
    alice: Any, harrow: Any, vx12: Any, effective: Agreement
) -> None:
    from cmo_lifecycle.workflow.refusals import InvalidInput

    sow = written(alice, harrow, vx12, "sow", parent=effective)
    with pytest.raises(InvalidInput, match="under this one"):
        below = written(alice, harrow, vx12, "sow", reference="SOW-2", parent=sow)
        edits.update(sow, {"parent": below}, actor=alice)
    with pytest.raises(InvalidInput, match="another programme"):
        written(alice, harrow, None, "sow", reference="SOW-3", parent=effective)


def test_a_draft_is_no_signed_copy(
    sent: Agreement, alice: Any, lena: Any, erin: Any, reviewed: Agreement, at: Any
) -> None:
    from cmo_lifecycle.workflow.attachments import attach

    missing = agreements.record_paper_signature.missing(sent)
    assert missing == ["Attach the copy that the CMO has signed first."]
    attach(sent, SimpleUploadedFile("signed.txt", b"Signed by Niamh Daly"), actor=lena)
    found = step(agreements.record_paper_signature, sent, lena, signed_on=timezone.localdate(), signatory="Niamh Daly")
    assert step(agreements.sign, found, erin).state == S.EXECUTED


def test_a_term_that_lapses_shows_what_stood_before(
    at: Any, alice: Any, harrow: Any, vx12: Any, effective: Agreement
) -> None:
    Term.objects.create(agreement=effective, code="clock", label="Clock", kind="clock", unit="hours", value="24 hours")
    made = written(
        alice, harrow, vx12, "amendment", parent=effective, reference="MSA-1-A1", effective_on="2026-02-01",
        expires_on="", lapses_on="2026-03-31", value=None, currency="",
    )  # fmt: skip
    parts.write(made, Provision, [{"verb": "replace", "path": "clock", "value": "12 hours"}], actor=alice)
    Agreement.objects.filter(pk=made.pk).update(state="effective", executed_on=timezone.localdate())
    desk, url = at(alice), f"/contracts/agreements/{effective.pk}/?tab=terms&on="
    for day, words in (("2026-01-31", "24 hours"), ("2026-03-31", "12 hours"), ("2026-04-01", "24 hours")):
        row = _page(desk, url + day).partition(">Clock")[2].partition("How it came about")[0]
        assert words in row, day


def test_whoever_hands_in_a_text_is_told_of_its_blanks(
    at: Any, alice: Any, harrow: Any, vx12: Any, erin: Any, otto_signs: Any, delegation: Any
) -> None:
    made = signatories(written(alice, harrow, vx12, "msa"), alice, erin, otto_signs)
    desk, url = at(alice), f"/contracts/agreements/{made.pk}/"
    # Without a text nothing else can be done: it comes first.
    page = _page(desk, url)
    assert page.index('id="text"') < page.index('id="notice"')
    bring_in(made, actor=alice, words=f"{TEXT} Within [30] days to [address].")
    page = _page(desk, f"{url}submit/")
    assert "holds 2 blanks in [brackets]" in page and "[30] [address]" in page
    page = _page(desk, url)
    assert page.index('id="notice"') < page.index('id="text"')
    made.refresh_from_db()
    bring_in(made, actor=alice, words=f"{TEXT} Within 30 days to Cork.")
    assert "in [brackets]" not in _page(desk, f"{url}submit/")


def test_whoever_approves_sees_whose_authority_it_takes(at: Any, reviewed: Agreement, erin: Any) -> None:
    page = _page(at(erin), f"/contracts/agreements/{reviewed.pk}/approve/")
    assert "Whose authority it takes" in page
    assert "MSA-1 EUR 1,000,000, 60 months" in page and "up to EUR 250,000, up to 36 months" in page


def test_facts_are_those_that_hold_with_the_amendments(
    at: Any, alice: Any, harrow: Any, vx12: Any, effective: Agreement, erin: Any, otto_signs: Any, farid: Any, lena: Any
) -> None:
    desk, url = at(alice), f"/contracts/agreements/{effective.pk}/"
    assert "as amended" not in _page(desk, url)
    made = written(
        alice, harrow, vx12, "amendment", parent=effective, reference="MSA-1-A1", effective_on="2026-02-01",
        expires_on="", value=Decimal(250_000), currency="EUR",
    )  # fmt: skip
    made = parts.write(made, Provision, [{"verb": "replace", "path": "governing_law", "value": "Ireland"}], actor=alice)
    made = in_review(signatories(made, alice, erin, otto_signs), alice)
    # What is still written changes nothing, and whoever approves it sees what it would change.
    assert "as amended" not in _page(desk, url)
    page = _page(at(erin), f"/contracts/agreements/{made.pk}/approve/")
    assert "What it changes in MSA-1" in page and "Ireland" in page.partition("What it changes in")[2]
    assert "1 February 2026" in page
    Agreement.objects.filter(pk=made.pk).update(state="effective", executed_on=timezone.localdate())
    page = _page(desk, url)
    assert "Ireland, as amended; at first Germany" in page
    assert "€1,250,000.00, as amended; at first €1,000,000.00" in page
