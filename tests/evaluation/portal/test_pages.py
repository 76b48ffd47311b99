"""A bidder's way through the portal's pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import Refused
from evaluation.actions import clarifying, links, portal, proposals
from evaluation.bidding import Bidder, standing
from evaluation.models import Addendum, Enquiry, Milestone, Proposal, SealedFile
from tests.evaluation.conftest import PDF, past_deadline, signed
from tests.evaluation.portal.conftest import fill, url
from tests.evaluation.portal.post import new_token

pytestmark = pytest.mark.django_db

TABS = ("", "questions/", "envelopes/technical/", "envelopes/commercial/", "submit/", "decline/")


def test_a_contact_is_led_home_and_sees_the_own_invitation_alone(
    otto_at_work: Client, proposal: Any, issued: Any, bidders: Any
) -> None:
    assert otto_at_work.get("/")["Location"] == "/portal/"
    page = otto_at_work.get("/portal/").content.decode()
    assert issued.title in page and "Not begun" in page and str(proposal.pk) in page
    for rest in TABS:
        assert otto_at_work.get(url(proposal, rest)).status_code == 200, rest
    for other in issued.proposals.exclude(pk=proposal.pk):
        for rest in (*TABS, "receipt/", "own/", "workbook/", "withdraw/", f"files/{proposal.pk}/"):
            assert otto_at_work.get(url(other, rest)).status_code == 404, rest
        for rest in ("envelopes/technical/", "files/", "submit/", "decline/", "confirm/", "questions/", "reconsider/"):
            assert otto_at_work.post(url(other, rest), {"agreed": "1"}).status_code == 404, rest


def test_the_request_stands_there_as_issued(otto_at_work: Client, proposal: Any, issued: Any) -> None:
    for label in ("Proposals due", "Bidder presentations"):
        Milestone.objects.create(rfp=issued, label=label, on=date(2027, 3, 1))
    page = otto_at_work.get(url(proposal)).content.decode()
    for said in ("Process fit", "40&nbsp;%", "Two lines that can fill vials", "days left", "UTC", issued.reference):
        assert said in page, said
    assert "Nordvik" not in page and "Castellan" not in page
    # The deadline that binds stands there alone, without the day that was planned before it.
    assert "Bidder presentations" in page and "Proposals due" not in page


def test_from_the_first_word_to_the_receipt(otto_at_work: Client, proposal: Any) -> None:
    client = otto_at_work
    assert "Still missing" in client.get(url(proposal, "submit/")).content.decode()
    assert client.post(url(proposal, "submit/"), {"agreed": "1"}).status_code == 400
    assert "1 request waits for" in client.get("/portal/").content.decode()
    fill(client, proposal)
    page = client.get(url(proposal, "envelopes/technical/")).content.decode()
    assert "Two isolator lines</textarea>" in page and 'value="40"' in page
    assert client.post(url(proposal, "submit/"), {}).status_code == 400
    answer = client.post(url(proposal, "submit/"), {"agreed": "1"})
    assert answer["Location"] == url(proposal, "receipt/")
    proposal.refresh_from_db()
    assert "every open request is answered" in client.get("/portal/").content.decode()
    page = client.get(url(proposal, "receipt/")).content.decode()
    assert proposal.receipt in page and "Arrived in time" in page
    assert f"{proposal.submitted_at:%Y-%m-%d %H:%M:%S.%f} UTC" in page
    assert "Two isolator lines" in client.get(url(proposal, "own/")).content.decode()
    # A change is a draft until it is handed in again; then another receipt takes the place of the first.
    client.post(url(proposal, "envelopes/technical/"), {"a-A1": "Three lines"})
    assert "changed the draft since" in client.get(url(proposal)).content.decode()
    assert "Two isolator lines" in client.get(url(proposal, "own/")).content.decode()
    first = proposal.receipt
    client.post(url(proposal, "submit/"), {"agreed": "1"})
    proposal.refresh_from_db()
    assert proposal.receipt != first
    client.post(url(proposal, "withdraw/"))
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WITHDRAWN and proposal.receipt == ""
    assert client.get(url(proposal, "receipt/")).status_code == 409
    assert standing(proposal).withdrawn


def test_a_form_saves_itself_field_by_field(otto_at_work: Client, proposal: Any) -> None:
    address, json = url(proposal, "envelopes/technical/"), {"headers": {"Accept": "application/json"}}
    base = otto_at_work.get(address).context["base"]
    found = otto_at_work.post(address, {"a-A1": "One", "base": base}, **json).json()
    assert found["errors"] == {} and set(found["base"]) == {"a-A1"} and found["given"] == 1
    # A second window, opened before, sends its whole form: what it did not touch stays.
    otto_at_work.post(address, {"a-A1": "", "a-A2": "7", "base": base})
    draft = standing(proposal).draft["technical"].answers
    assert draft == {"A1": "One", "A2": "7"}
    # It changes the same field: the last one counts, and it is said.
    found = otto_at_work.post(address, {"a-A1": "Two", "base": base}, **json).json()
    assert found["replaced"] == ["Describe the line."]
    assert standing(proposal).draft["technical"].answers["A1"] == "Two"
    # One bad field keeps no other from being saved.
    found = otto_at_work.post(address, {"a-A1": "Three", "a-A2": "many", "base": base}, **json).json()
    assert "Write a number" in found["errors"]["a-A2"][""]
    assert standing(proposal).draft["technical"].answers == {"A1": "Three", "A2": "7"}
    refused = otto_at_work.post(address, {"a-A2": "many"})
    assert refused.status_code == 400 and 'value="many"' in refused.content.decode()


def test_prices_are_kept_as_they_are_typed_or_named(otto_at_work: Client, proposal: Any) -> None:
    address = url(proposal, "envelopes/commercial/")
    line = {"p-L1": "1", "p-L1-amount": "1,250", "p-L1-currency": "EUR"}
    refused = otto_at_work.post(address, line)
    assert refused.status_code == 400 and "An amount is a number" in refused.content.decode()
    otto_at_work.post(address, {**line, "p-L1-amount": "1250.50", "p-L1-assumption": "40 batches"})
    otto_at_work.post(address, {"p-L2": "1", "p-L2-included": "1", "p-L2-currency": "EUR"})
    prices = standing(proposal).draft["commercial"].prices
    assert prices["L1"]["amount"] == "1250.50" and prices["L1"]["assumption"] == "40 batches"
    assert prices["L2"]["included"] is True
    otto_at_work.post(address, {"p-L1": "1", "p-L1-currency": "EUR"})
    assert "L1" not in standing(proposal).draft["commercial"].prices


def test_files_are_sealed_and_come_back_and_only_known_kinds_are_taken(otto_at_work: Client, proposal: Any) -> None:
    client = otto_at_work

    def upload(name: str, data: bytes, **where: str) -> Any:
        return client.post(url(proposal, "files/"), {"file": SimpleUploadedFile(name, data), **where})

    for name, data in (("run.exe", b"MZ"), ("page.html", b"<p>"), ("not.pdf", b"plain"), ("empty.pdf", b"")):
        assert upload(name, data, question="A3").status_code == 400, name
    assert upload("report.pdf", PDF, question="A1").status_code == 400
    assert SealedFile.objects.count() == 0
    assert upload("report.pdf", PDF, question="A3").status_code == 302
    first = SealedFile.objects.get()
    assert upload("better.pdf", PDF, question="A3").status_code == 302
    (kept,) = SealedFile.objects.all()
    assert kept.pk != first.pk
    assert upload("letter.pdf", PDF, envelope="commercial").status_code == 302
    answer = client.get(url(proposal, f"files/{kept.pk}/"))
    assert answer.content == PDF and "better.pdf" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    client.post(url(proposal, f"files/{kept.pk}/remove/"), {"envelope": "technical"})
    assert client.get(url(proposal, f"files/{kept.pk}/")).status_code == 404


def test_the_workbook_goes_out_with_the_draft_and_comes_back_whole_or_not_at_all(
    otto_at_work: Client, proposal: Any
) -> None:
    client = otto_at_work
    client.post(url(proposal, "envelopes/technical/"), {"a-A1": "As drafted"})
    data = client.get(url(proposal, "workbook/")).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = {row[0].value: row for row in book["Answers technical"].iter_rows(min_row=4)}
    assert rows["A1"][4].value == "As drafted"

    def bring(values: dict[str, Any]) -> Any:
        filled = openpyxl.load_workbook(io.BytesIO(data))
        for row in filled["Answers technical"].iter_rows(min_row=4):
            if row[0].value in values:
                row[4].value = values[row[0].value]
        stream = io.BytesIO()
        filled.save(stream)
        return client.post(url(proposal, "workbook/"), {"file": SimpleUploadedFile("p.xlsx", stream.getvalue())})

    refused = bring({"A1": "From the workbook", "A2": "plenty"})
    assert refused.status_code == 400 and "Answers technical" in refused.content.decode()
    assert standing(proposal).draft["technical"].answers == {"A1": "As drafted"}
    assert bring({"A1": "From the workbook", "A2": 41}).status_code == 302
    assert standing(proposal).draft["technical"].answers == {"A1": "From the workbook", "A2": "41"}
    refused = client.post(url(proposal, "workbook/"), {"file": SimpleUploadedFile("p.xlsx", b"no workbook")})
    assert refused.status_code == 400


def test_declining_is_told_with_its_reason_and_taken_back(otto_at_work: Client, proposal: Any) -> None:
    assert otto_at_work.post(url(proposal, "decline/"), {"reason": " "}).status_code == 400
    otto_at_work.post(url(proposal, "decline/"), {"reason": "No capacity"})
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.DECLINED
    assert otto_at_work.post(url(proposal, "envelopes/technical/"), {"a-A1": "x"}).status_code == 409
    assert "Take part after all" in otto_at_work.get(url(proposal)).content.decode()
    otto_at_work.post(url(proposal, "reconsider/"))
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.INVITED


def test_questions_are_answered_to_all_without_a_word_of_who_asked(
    otto_at_work: Client, proposal: Any, issued: Any, bidders: Any, by_link: Callable[..., Client], people: Any
) -> None:
    otto_at_work.post(url(proposal, "questions/"), {"question": "Is Harrow's second site in scope?"})
    asked = Enquiry.objects.get()
    other = by_link(issued.proposals.get(cmo=bidders.nordvik.cmo))
    there = url(issued.proposals.get(cmo=bidders.nordvik.cmo), "questions/")
    assert "second site" not in other.get(there).content.decode()
    assert "second site" in otto_at_work.get(url(proposal, "questions/")).content.decode()
    clarifying.answer(asked, actor=people.alice, wording="Is a second site in scope?", answer="Yes, it is.")
    page = other.get(there).content.decode()
    assert "Is a second site in scope?" in page and "Yes, it is." in page and "Harrow" not in page
    with acting("test"):
        type(issued).objects.filter(pk=issued.pk).update(questions_until=timezone.now() - timedelta(minutes=1))
    assert "The time for questions ended" in other.get(there).content.decode()
    assert other.post(there, {"question": "One more?"}).status_code == 409
    assert otto_at_work.post(url(proposal, "questions/"), {"question": " "}).status_code in (400, 409)


def test_an_addendum_asks_for_confirmation(otto_at_work: Client, proposal: Any, issued: Any, people: Any) -> None:
    fill(otto_at_work, proposal)
    otto_at_work.post(url(proposal, "submit/"), {"agreed": "1"})
    addendum = edits.create(Addendum, {"rfp": issued, "title": "Vials", "body": "10 mL"}, actor=people.alice)
    clarifying.publish(addendum, **signed(people.alice))
    assert "Confirm: the proposal holds" in otto_at_work.get(url(proposal)).content.decode()
    assert "waits for your confirmation" in otto_at_work.get("/portal/").content.decode()
    assert otto_at_work.post(url(proposal, "confirm/"), {"number": "0"}).status_code == 409
    assert otto_at_work.post(url(proposal, "confirm/"), {"number": "1"})["Location"] == url(proposal, "receipt/")
    proposal.refresh_from_db()
    assert proposal.confirmed_addendum == 1 and standing(proposal).submitted.sha256 == proposal.receipt


def test_a_late_proposal_is_told_so_and_what_was_in_time_stands(
    otto_at_work: Client, proposal: Any, issued: Any, bidders: Any, by_link: Callable[..., Client]
) -> None:
    late = issued.proposals.get(cmo=bidders.nordvik.cmo)
    holder = by_link(late)
    fill(otto_at_work, proposal)
    otto_at_work.post(url(proposal, "submit/"), {"agreed": "1"})
    past_deadline(issued)
    assert "What you handed in on time stands" in otto_at_work.get(url(proposal)).content.decode()
    otto_at_work.post(url(proposal, "envelopes/technical/"), {"a-A1": "Too late"})
    assert otto_at_work.post(url(proposal, "submit/"), {"agreed": "1"}).status_code == 409
    assert "Two isolator lines" in otto_at_work.get(url(proposal, "own/")).content.decode()
    assert "it will be marked late" in holder.get(url(late)).content.decode()
    fill(holder, late)
    holder.post(url(late, "submit/"), {"agreed": "1"})
    assert "Arrived late" in holder.get(url(late, "receipt/")).content.decode()
    late.refresh_from_db()
    assert late.late == Proposal.Late.WAITING


def test_no_colleague_comes_in(cast: dict[str, Any], proposal: Any, people: Any) -> None:
    token = new_token(proposal, people.alice)
    for name, person in cast.items():
        if name == "otto":
            continue
        client = Client()
        client.force_login(person)
        for rest in TABS:
            assert client.get(url(proposal, rest)).status_code == 403, (name, rest)
        assert client.get(f"/portal/link/{token}/").status_code == 403
        assert client.get("/portal/code/").status_code == 403
        assert client.get(url(proposal)).status_code == 403


def test_a_paper_proposal_is_entered_by_sourcing_and_marked_for_ever(
    proposal: Any, people: Any, cast: dict[str, Any], otto_at_work: Client
) -> None:
    paper, alice = f"/evaluation/proposals/{proposal.pk}/paper/", Client()
    alice.force_login(people.alice)
    assert alice.get(paper).status_code == 409
    proposals.enter_paper(proposal, actor=people.alice, reason="Came by courier")
    for name, wanted in (("priya", 403), ("audra", 403), ("otto", 403), ("mallory", 404)):
        client = Client()
        client.force_login(cast[name])
        assert client.get(paper).status_code == wanted, name
    assert "Came by courier" in alice.get(paper).content.decode()
    alice.post(f"{paper}envelopes/technical/", {"a-A1": "From paper"})
    prices = {f"p-{code}{rest}": value for code in ("L1", "L2") for rest, value in
              (("", "1"), ("-amount", "100"), ("-currency", "EUR"))}  # fmt: skip
    alice.post(f"{paper}envelopes/commercial/", prices)
    assert alice.post(f"{paper}submit/", {"agreed": "1"})["Location"] == f"{paper}receipt/"
    page = alice.get(f"{paper}receipt/").content.decode()
    assert "on behalf of" in page
    proposal.refresh_from_db()
    assert proposal.on_behalf and proposal.state == Proposal.State.SUBMITTED
    # The bidder takes it over: from then on nobody here reads it.
    otto_at_work.post(url(proposal, "envelopes/technical/"), {"a-A1": "Secret of our own"})
    assert alice.get(f"{paper}envelopes/technical/").status_code == 409


def test_what_the_bidder_drafted_is_neither_read_nor_replaced_by_a_paper_entry(
    proposal: Any, people: Any, otto_at_work: Client
) -> None:
    otto_at_work.post(url(proposal, "envelopes/technical/"), {"a-A1": "Secret of our own"})
    with pytest.raises(Refused, match="writes this proposal in the portal"):
        proposals.enter_paper(proposal, actor=people.alice, reason="Came by courier")
    assert standing(proposal).draft["technical"].answers == {"A1": "Secret of our own"}


def test_the_number_of_queries_does_not_grow_with_the_questions(
    otto_at_work: Client, proposal: Any, issued: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counts() -> list[int]:
        found = []
        for rest in ("", "envelopes/technical/", "envelopes/commercial/", "submit/", "questions/"):
            with CaptureQueriesContext(connection) as seen:
                assert otto_at_work.get(url(proposal, rest)).status_code == 200
            found.append(len(seen))
        return found

    counts()
    before = counts()
    with acting("test"):
        row = issued.questions.get(code="A2")
        line = issued.price_sheet.get(code="L1")
        for place in range(60):
            row.pk, row.code, row.position = None, f"B{place}", 100 + place
            row._state.adding = True
            row.save()
            line.pk, line.code, line.position = None, f"M{place}", 100 + place
            line._state.adding = True
            line.save()
    assert counts() == before
    assert max(before) <= 30


def test_a_bidder_is_held_up_only_after_very_many_changes(
    otto_at_work: Client, proposal: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("evaluation.portal.who.CHANGES_A_MINUTE", 3)
    monkeypatch.setattr("evaluation.portal.who.time", SimpleNamespace(time=lambda: 1_900_000_000.0))
    codes = [otto_at_work.post(url(proposal, "envelopes/technical/"), {"a-A1": str(n)}).status_code for n in range(5)]
    assert codes == [302, 302, 302, 429, 429]


def test_the_portal_takes_no_answer_before_the_request_is_issued(
    strategy: Any, vx12: Any, bidders: Any, people: Any, otto: Any
) -> None:
    from tests.evaluation.conftest import write_rfp

    rfp = write_rfp(vx12, people.alice)
    made = edits.create(
        Proposal, {"rfp": rfp, "candidate": bidders.harrow.candidate, "contact": bidders.harrow.contact},
        actor=people.alice,
    )  # fmt: skip
    client = Client()
    client.force_login(otto)
    assert client.get(url(made)).status_code == 404
    assert rfp.title not in client.get("/portal/").content.decode()
    with pytest.raises(Refused, match="goes out with the invitation"):
        links.make_link(made, actor=people.alice)
    assert Bidder.by_link(bidders.harrow.contact).source == "link"
    with pytest.raises(Exception, match="not been issued"):
        portal.save(made, Bidder.by_link(bidders.harrow.contact), answers={"A1": "x"})
