"""What is sealed is nowhere at the REST door: not its content, nor, where the RFP says so, that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail

from cmo_lifecycle.doors.rest.listing import by_model
from evaluation.actions import portal
from evaluation.actions.links import follow
from evaluation.mails import deliver
from evaluation.models import AccessLink, BidderMail, Enquiry, Rfp
from tests.api.conftest import Api, problem
from tests.evaluation.conftest import past_deadline
from tests.evaluation.portal.post import token_in

pytestmark = pytest.mark.django_db

ROUTES = (
    "cdas", "candidates", "rfps", "proposals", "enquiries", "addenda", "evaluators", "score-sheets", "openings",
    "appraisals", "due-diligence", "awards", "library-questions",
)  # fmt: skip
MARK = "Kestrel-7731"


def content(answer: Any) -> str:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(raw.decode("utf-8", "replace"))


def addresses(rfp: Any) -> Iterator[str]:
    """Every address that could tell of an RFP's bids: lists, files, everything expanded, events and the trail."""
    for view in by_model.values():
        if view.route in ROUTES:
            expand = ",".join([*view.expandable(), *view.more_expand])
            yield f"/{view.route}/?limit=1000&count=true&expand={expand}"
            yield f"/{view.route}/?format=csv"
    yield f"/rfps/{rfp.pk}/"
    for name in ("findings", "board", "costs", "questions-and-answers"):
        yield f"/rfps/{rfp.pk}/{name}/"
    for one in rfp.proposals.order_by("pk"):
        yield f"/proposals/{one.pk}/"
        yield f"/proposals/{one.pk}/answers/"
        yield f"/proposals/{one.pk}/prices/"
    yield "/events/?limit=1000"
    yield "/events/?after="
    yield "/attachments/?limit=1000"
    yield "/audit-entries/?limit=1000"


@pytest.fixture
def a_file() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(f"{MARK} in a file\n".encode(), name=f"{MARK}.txt")


def test_a_marker_in_a_sealed_bid_is_nowhere(
    issued: Any, hand_in: Any, bidders: Any, cast: Any, a_file: Any, other_programme: Any
) -> None:
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    bidder = portal.Bidder.by_link(bidders.harrow.contact)
    portal.add_file(proposal, bidder, a_file, envelope="commercial")
    hand_in(bidders.harrow, "77317731", text=f"{MARK} isolators", A4=f"{MARK} days")
    for state in ("issued", "closed"):
        if state == "closed":
            past_deadline(issued)
            Api(cast["alice"]).post(f"/rfps/{issued.pk}/actions/close/", {}, match=Rfp.objects.get().version)
        assert Rfp.objects.get().state == state
        for who in ("alice", "quinn", "farid", "erin", "audra", "adam", "mallory"):
            for address in addresses(issued):
                said = content(Api(cast[who]).get(address))
                assert MARK not in said and "77317731" not in said, (who, address)
        for name in ("board", "costs"):
            problem(Api(cast["alice"]).get(f"/rfps/{issued.pk}/{name}/"), 404, "not_found")
        for name in ("answers", "prices"):
            problem(Api(cast["audra"]).get(f"/proposals/{proposal.pk}/{name}/"), 404, "not_found")


def test_envelopes_files_and_digests_are_members_of_nothing() -> None:
    sealed = {"envelopes", "sealed_files", "ciphertext", "dek", "nonce", "digest", "links", "asked_by", "asked_by_id"}
    for view in by_model.values():
        if view.route not in ROUTES:
            continue
        names = {*view.members(), *view.many_members(), *view.expandable(), *view.more_expand, *view.filter_table()}
        names |= {*view.ordering_table(), *(view.inputs() if hasattr(view, "inputs") else ())}
        assert not names & sealed, view.route
    shown = {model.__name__ for model in by_model}
    assert not shown & {"SealedEnvelope", "SealedFile", "AccessLink", "Answer", "Price"}


def seen_of(rfp: Any, person: Any) -> dict[str, Any]:
    """Return what a person reads of an RFP's proposals, ETags included."""
    api = Api(person)
    found: dict[str, Any] = {}
    for one in rfp.proposals.order_by("pk"):
        answer = api.get(f"/proposals/{one.pk}/")
        found[str(one.pk)] = (answer.json(), answer["ETag"])
    for address in (
        "/proposals/?ordering=updated_at&count=true", "/proposals/?state=submitted&count=true",
        "/events/?record=proposals&limit=1000", f"/events/?related_id={rfp.programme_id}&limit=1000",
        "/attachments/?record=proposals", "/openings/?count=true",
    ):  # fmt: skip
        found[address] = api.get(address).json()
    answer = api.get(f"/rfps/{rfp.pk}/")
    found["rfp"] = (answer.json(), answer["ETag"])
    return found


def test_where_the_rfp_hides_it_nobody_here_sees_who_takes_part_until_it_closes(
    issued: Any, hand_in: Any, bidders: Any, people: Any, audra: Any
) -> None:
    Rfp.objects.filter(pk=issued.pk).update(hides_participation=True)
    issued.refresh_from_db()
    readers = (people.alice, people.quinn, audra)
    before = [seen_of(issued, person) for person in readers]
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    portal.seen(proposal)
    hand_in(bidders.nordvik, "180000")
    hand_in(bidders.castellan, "150000")
    portal.withdraw(issued.proposals.get(cmo=bidders.castellan.cmo), portal.Bidder.by_link(bidders.castellan.contact))
    assert [seen_of(issued, person) for person in readers] == before
    past_deadline(issued)
    version = Rfp.objects.get().version
    assert Api(people.alice).post(f"/rfps/{issued.pk}/actions/close/", {}, match=version).status_code == 200
    now = Api(people.alice).get(f"/proposals/{proposal.pk}/").json()
    assert (now["state"], bool(now["receipt"]), now["submitted_at"] is not None) == ("submitted", True, True)
    (found,) = Api(people.alice).get("/proposals/?state=submitted").json()["results"]
    assert found["id"] == str(proposal.pk)


def test_who_asked_is_told_nowhere(issued: Any, bidders: Any, cast: Any, other_programme: Any) -> None:
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    asked = portal.ask(proposal, portal.Bidder.by_link(bidders.nordvik.contact), "Are vials supplied?")
    assert Enquiry.objects.get().asked_by == proposal
    telling = (str(proposal.pk), "Nordvik", str(bidders.nordvik.contact.pk))
    for who in ("alice", "quinn", "audra", "adam"):
        api = Api(cast[who])
        for address in (
            f"/enquiries/{asked.pk}/", "/enquiries/?expand=rfp", "/enquiries/?format=csv",
            f"/events/?record=enquiries&record_id={asked.pk}", f"/rfps/{issued.pk}/questions-and-answers/",
            f"/audit-entries/?row_id={asked.pk}",
        ):  # fmt: skip
            said = content(api.get(address))
            assert not [word for word in telling if word in said], (who, address, said)
    alice = Api(cast["alice"])
    said = {"wording": "Does the sponsor supply the vials?", "answer": "Yes."}
    done = alice.post(f"/enquiries/{asked.pk}/actions/answer/", said, match=1)
    assert (done.status_code, done.json()["state"]) == (200, "answered")
    (told,) = alice.get(f"/rfps/{issued.pk}/questions-and-answers/").json()["results"]
    assert (told["number"], told["question"], told["answer"]) == (1, said["wording"], said["answer"])
    for bad in ("asked_by", "asked_by_id"):
        problem(alice.get(f"/enquiries/?{bad}={proposal.pk}"), 400, "unknown_parameter")
    problem(alice.get("/enquiries/?expand=asked_by"), 400)
    problem(alice.post("/enquiries/", {"rfp_id": str(issued.pk), "question": "x"}), 405)


def test_a_link_is_mailed_told_of_and_ended_but_its_secret_is_never_told(
    issued: Any, bidders: Any, people: Any, mallory: Any
) -> None:
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    api, address = Api(people.alice), f"/proposals/{proposal.pk}/link/"
    made = api.post(address, Idempotency_Key="link-1")
    assert made.status_code == 201, made.content
    told = {"contact_id", "address", "made_at", "sent_at", "expires_at", "revoked_at"}
    assert set(made.json()) == told and (made.json()["address"], made.json()["sent_at"]) == ("", None)
    # A repeated request is answered alike, and sends nothing more.
    assert api.post(address, Idempotency_Key="link-1").json() == made.json() and AccessLink.objects.count() == 1
    deliver(BidderMail.objects.get(kind="link").pk)
    token = token_in(mail.outbox[-1])
    assert follow(token).proposal == proposal  # type: ignore[union-attr]
    for reader in (people.alice, people.quinn):
        for place in (
            f"/proposals/{proposal.pk}/", f"/proposals/{proposal.pk}/links/", f"/events/?record_id={proposal.pk}",
        ):  # fmt: skip
            said = content(Api(reader).get(place))
            assert token not in said and AccessLink.objects.get().digest not in said
    api.post(address)
    deliver(BidderMail.objects.get(kind="link", done_at=None).pk)
    second = token_in(mail.outbox[-1])
    assert follow(token) is None and follow(second) is not None
    newest, former = api.get(f"/proposals/{proposal.pk}/links/").json()["results"]
    assert set(newest) == told and newest["address"] == "nordvik@cmo.example" and newest["sent_at"]
    assert former["revoked_at"] and not newest["revoked_at"]
    ended = api.post(f"/proposals/{proposal.pk}/revoke-links/")
    assert (ended.status_code, ended.json()) == (200, {"ended": 1})
    assert follow(second) is None
    problem(Api(mallory).get(f"/proposals/{proposal.pk}/links/"), 404, "not_found")
    for name in ("link", "revoke-links"):
        problem(Api(people.quinn).post(f"/proposals/{proposal.pk}/{name}/"), 403, "not_permitted")
        problem(Api(mallory).post(f"/proposals/{proposal.pk}/{name}/"), 404, "not_found")


def test_bidders_have_their_own_pages_and_no_rest(
    issued: Any, bidders: Any, otto: Any, service: Any, token_of: Any, vx12: Any
) -> None:
    own = issued.proposals.get(cmo=bidders.harrow.cmo)
    bidder = Api(otto)
    for route in ROUTES:
        problem(bidder.get(f"/{route}/"), 403, "not_permitted")
    for address in (
        f"/proposals/{own.pk}/", f"/proposals/{own.pk}/answers/", f"/rfps/{issued.pk}/", "/rfp-templates/",
    ):  # fmt: skip
        problem(bidder.get(address), 403, "not_permitted")
    problem(bidder.post(f"/proposals/{own.pk}/link/"), 403)
    # Nor does anybody else take a bidder's steps here, whatever roles an account was given.
    service.groups.set(Group.objects.filter(name__in=("cmo_contact", "sourcing")))
    vx12.members.add(service)
    machine = Api(service, token_of(service, "write"))
    for verb in ("submit", "withdraw", "decline", "reconsider", "confirm_addendum"):
        problem(machine.post(f"/proposals/{own.pk}/actions/{verb}/", {}, match=1), 404, "not_found")
    names = [one["name"] for one in Api(service, machine.headers["Authorization"][7:]).get(f"/proposals/{own.pk}/").json()["available_actions"]]  # fmt: skip
    assert names == ["enter_paper", "write_to"]
