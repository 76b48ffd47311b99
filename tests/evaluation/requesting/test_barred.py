"""From what a conflict of interests keeps at every door, and what a request takes once it is cancelled."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.workflow import attachments, edits
from evaluation.actions import portal, proposals, rfps
from evaluation.actions.judging import declare_conflict
from evaluation.bidding import Bidder
from evaluation.models import Addendum, Enquiry, Evaluator
from evaluation.panel import CONFLICTED
from tests.api.conftest import Api, problem
from tests.evaluation.conftest import PDF, past_deadline

pytestmark = pytest.mark.django_db


def conflicted(rfp: Any, alice: Any) -> None:
    seat = Evaluator.objects.filter(rfp=rfp, person=alice).first()
    seat = seat or edits.create(Evaluator, {"rfp": rfp, "person": alice, "sections": []}, actor=alice)
    declare_conflict(seat, actor=alice, conflict="Shares in Harrow")


def test_a_draft_is_closed_to_whoever_declared_a_conflict(
    draft: Any, at: Any, client: Any, alice: Any, tom: Any, bidders: Any
) -> None:
    conflicted(draft, alice)
    api = Api(alice)
    version = api.get(f"/rfps/{draft.pk}/").json()["version"]
    candidate = {"rfp_id": str(draft.pk), "candidate_id": str(bidders.harrow.candidate.pk)}
    for answer in (
        api.patch(f"/rfps/{draft.pk}/", {"title": "Mine"}, match=version),
        api.put(f"/rfps/{draft.pk}/criteria/", {"rows": []}, match=version),
        api.post(f"/rfps/{draft.pk}/template/", {"template": "packaging"}, match=version),
        api.post("/evaluators/", {"rfp_id": str(draft.pk), "person_id": str(tom.pk)}),
        api.post("/proposals/", candidate),
        api.post(f"/rfps/{draft.pk}/actions/cancel/", {"reason": "x"}, match=version),
    ):
        assert problem(answer, 403)["detail"] == CONFLICTED, answer.request
    html = client.get(at(alice, "rfp", draft.pk)).content.decode()
    assert reverse("evaluation:rfp_go_on", args=[draft.pk]) not in html and "attach/" not in html
    refused = client.get(at(alice, "rfp_write", draft.pk, "scope"))
    assert refused.status_code == 403 and CONFLICTED in refused.content.decode()
    refused = client.get(at(alice, "rfp_template", draft.pk))
    assert refused.status_code == 403 and CONFLICTED in refused.content.decode()
    panel = client.get(at(alice, "rfp_panel", draft.pk)).content.decode()
    assert reverse("evaluation:evaluator_add") not in panel
    assert reverse("evaluation:proposal_add") not in client.get(at(alice, "rfp_invitations", draft.pk)).content.decode()


def test_an_issued_request_is_closed_to_whoever_declared_a_conflict(
    issued: Any, at: Any, client: Any, people: Any, bidders: Any
) -> None:
    alice = people.alice
    portal.ask(issued.proposals.get(cmo=bidders.harrow.cmo), Bidder.by_link(bidders.harrow.contact), "Which vials?")
    enquiry = Enquiry.objects.get()
    addendum = edits.create(Addendum, {"rfp": issued, "title": "More", "body": "One more line"}, actor=alice)
    seat = Evaluator.objects.get(rfp=issued, person=people.farid)
    conflicted(issued, alice)
    api = Api(alice)
    place, said = f"/enquiries/{enquiry.pk}/actions", {"wording": "Which?", "answer": "Ours"}
    verbs = {one["name"] for one in api.get(f"/enquiries/{enquiry.pk}/").json()["available_actions"]}
    assert verbs == set()
    (leave,) = (verb for verb in ("leave", "decline_to_answer") if (api.get(f"{place}/{verb}/").status_code != 404))
    for answer in (
        api.post(f"{place}/answer/", said, match=enquiry.version),
        api.post(f"{place}/{leave}/", {"reason": "x"}, match=enquiry.version),
        api.post(f"/addenda/{addendum.pk}/actions/abandon/", {"reason": "x"}, match=addendum.version),
        api.patch(f"/addenda/{addendum.pk}/", {"title": "Mine"}, match=addendum.version),
        api.post("/addenda/", {"rfp_id": str(issued.pk), "title": "x", "body": "y"}),
        api.patch(f"/evaluators/{seat.pk}/", {"sections": [], "reason": "x"}, match=seat.version),
    ):
        assert problem(answer, 403)["detail"] == CONFLICTED, answer.request
    with pytest.raises(Exception, match="conflict of interests"):
        attachments.attach(issued, ContentFile(PDF, name="hint.pdf"), actor=alice)
    html = client.get(at(alice, "rfp", issued.pk)).content.decode()
    for name in ("addendum_add", "evaluator_add", "proposal_add"):
        assert reverse(f"evaluation:{name}") not in html
    assert "attach/" not in html
    page = client.get(at(alice, "rfp_invitations", issued.pk)).content.decode()
    assert 'value="link"' not in page and "/write_to/" not in page
    refused = client.get(at(alice, "enquiry_step", enquiry.pk, "answer"))
    assert refused.status_code == 403 and CONFLICTED in refused.content.decode()
    refused = client.get(at(alice, "addendum_edit", addendum.pk))
    assert refused.status_code == 403 and CONFLICTED in refused.content.decode()


def test_a_request_cancelled_while_issued_takes_and_tells_nothing_more(
    issued: Any, hand_in: Any, people: Any, bidders: Any, otto: Any
) -> None:
    alice = people.alice
    attachments.attach(issued, ContentFile(PDF, name="terms.pdf"), actor=alice)
    bidder = Bidder.by_link(bidders.harrow.contact)
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    portal.ask(proposal, bidder, "Which vials?")
    addendum = edits.create(Addendum, {"rfp": issued, "title": "More", "body": "One more line"}, actor=alice)
    past_deadline(issued)
    hand_in(bidders.nordvik, "1")
    late = issued.proposals.get(cmo=bidders.nordvik.cmo)
    rfp = rfps.cancel(issued, actor=alice, reason="The programme stops")
    assert rfp.closed_at is not None
    attachments.attach(rfp, ContentFile(PDF + b"1", name="why-we-stopped.pdf"), actor=alice)
    outside = Client()
    outside.force_login(otto)
    html = outside.get(f"/portal/{proposal.pk}/").content.decode()
    assert "terms.pdf" in html and "why-we-stopped.pdf" not in html

    sourcing, enquiry = Api(alice), Enquiry.objects.get()
    body = {"rfp_id": str(rfp.pk), "title": "x", "body": "y"}
    refused = problem(sourcing.post("/addenda/", body), 400, "invalid")["errors"][0]
    assert refused == {
        "pointer": "/rfp_id",
        "detail": "This request was cancelled: nothing is changed any more.",
        "code": refused["code"],
    }
    for place, sent, version, said in (
        (f"/addenda/{addendum.pk}/actions/publish/", {"email": alice.email, "password": "x"}, addendum.version, "was cancelled"),
        (f"/enquiries/{enquiry.pk}/actions/answer/", {"wording": "w", "answer": "a"}, enquiry.version, "was cancelled"),
    ):  # fmt: skip
        assert said in problem(sourcing.post(place, sent, match=version), 409, "refused")["detail"]
    late.refresh_from_db()
    with pytest.raises(Exception, match="was cancelled: nothing more"):
        proposals.accept_late(late, actor=people.erin, reason="One minute", password="x", email=people.erin.email)
    with pytest.raises(Exception, match="was cancelled"):
        portal.submit(proposal, bidder)
    with pytest.raises(Exception, match="Questions are taken"):
        portal.ask(proposal, bidder, "And now?")


def test_a_request_cancelled_before_it_was_issued_is_nobodys_outside(
    draft: Any, alice: Any, bidders: Any, otto: Any
) -> None:
    from evaluation.models import Proposal

    values = {"rfp": draft, "candidate": bidders.harrow.candidate, "contact": bidders.harrow.contact}
    proposal = edits.create(Proposal, values, actor=alice)
    rfps.cancel(draft, actor=alice, reason="Not needed")
    outside = Client()
    outside.force_login(otto)
    assert outside.get(f"/portal/{proposal.pk}/").status_code == 404
