"""What bidders are written, when, and that nobody here learns by it who takes part."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.workflow import edits
from evaluation import mails, tasks
from evaluation.actions import clarifying, links, portal, proposals, rfps
from evaluation.bidding import Bidder
from evaluation.models import AccessLink, Addendum, BidderMail, Proposal, Rfp
from tests.evaluation import conftest as stage
from tests.evaluation.conftest import past_deadline, short_listed, signed
from tests.evaluation.portal.conftest import url
from tests.evaluation.portal.post import at_once, come_in, token_in

pytestmark = pytest.mark.django_db

NAMES = ("Harrow", "Nordvik", "Castellan")
PRICES = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}


def posted() -> dict[str, Any]:
    """Send what waits; return what went out by its recipient, each of whom got one mail."""
    mail.outbox.clear()
    mails.send_waiting()
    assert all(len(one.to) == 1 and not one.cc and not one.bcc for one in mail.outbox)
    found = {one.to[0]: one for one in mail.outbox}
    assert len(found) == len(mail.outbox)
    for address, one in found.items():
        others = [name for name in NAMES if name.lower() not in address]
        assert not [name for name in others if name in one.subject + one.body], one.body
    return found


def bidder_of(proposal: Any) -> Bidder:
    return Bidder.by_link(proposal.contact)


def test_everybody_invited_is_written_to_when_the_request_is_issued(
    issued: Any, bidders: Any, otto: Any, people: Any
) -> None:
    type(otto).objects.filter(pk=otto.pk).update(time_zone="America/New_York")
    found = posted()
    assert set(found) == {"harrow@cmo.example", "nordvik@cmo.example", "castellan@cmo.example"}
    own, other = found["harrow@cmo.example"], found["nordvik@cmo.example"]
    assert own.subject == f"Invitation: {issued.reference}, {issued.title}"
    for said in ("Contact of Harrow", "Proposals are taken until", "Questions are taken until", " UTC", "decline"):
        assert said in own.body, said
    # Otto has an account and reads times as his own clock shows them; the others have a link each, and UTC alone.
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    assert f"{url(proposal)}" in own.body and "/portal/link/" not in own.body
    assert re.search(r"UTC \(.* E[SD]T\)", own.body) and "UTC (" not in other.body
    client = Client()
    assert come_in(client, token_in(other))["Location"] == url(issued.proposals.get(cmo=bidders.nordvik.cmo))
    assert own.reply_to == ([issued.owner.email] if issued.owner else [])
    # Once: however often it is asked for or handed over.
    for row in BidderMail.objects.all():
        tasks.send_mail(str(row.pk))
    assert posted() == {}


def test_who_is_invited_later_or_takes_over_is_written_to(issued: Any, vx12: Any, bidders: Any, people: Any) -> None:
    from cmo_lifecycle.partners.models import Contact

    posted()
    cmo = stage.make_cmo("Brightwater Labs", people.alice)
    candidate = short_listed(vx12, cmo, people.alice, people.lena)
    first, second = (
        edits.create(Contact, {"cmo": cmo, "name": name, "email": f"{name}@cmo.example"}, actor=people.alice)
        for name in ("una", "vera")
    )
    made = edits.create(Proposal, {"rfp": issued, "candidate": candidate, "contact": first}, actor=people.alice)
    (message,) = posted().values()
    former = token_in(message)
    assert message.to == ["una@cmo.example"] and message.subject.startswith("Invitation:")
    proposals.write_to(made, actor=people.alice, contact=second)
    (message,) = posted().values()
    assert message.to == ["vera@cmo.example"]
    assert links.follow(former) is None and links.follow(token_in(message)).contact == second  # type: ignore[union-attr]


def test_nobody_is_written_to_before_the_issue_nor_of_a_draft_that_is_cancelled(
    strategy: Any, vx12: Any, bidders: Any, people: Any
) -> None:
    rfp = stage.write_rfp(vx12, people.alice)
    for one in vars(bidders).values():
        values = {"rfp": rfp, "candidate": one.candidate, "contact": one.contact}
        edits.create(Proposal, values, actor=people.alice)
    rfps.cancel(rfp, actor=people.alice, reason="Not needed")
    assert posted() == {} and not BidderMail.objects.exists()


def test_what_changes_is_told_to_all_but_who_declined(issued: Any, bidders: Any, people: Any) -> None:
    posted()
    castellan = issued.proposals.get(cmo=bidders.castellan.cmo)
    portal.decline(castellan, bidder_of(castellan), "No capacity")
    nordvik = issued.proposals.get(cmo=bidders.nordvik.cmo)
    asked = portal.ask(nordvik, bidder_of(nordvik), "Does Nordvik have to fill on Sundays?")
    both = {"harrow@cmo.example", "nordvik@cmo.example"}
    clarifying.answer(asked, actor=people.alice, wording="Is Sunday a working day?", answer="No.")
    found = posted()
    assert set(found) == both
    for one in found.values():
        assert one.subject.startswith("A question was answered:") and "Question 1" in one.body
        assert "Sunday" not in one.body
    sent = AccessLink.objects.get(proposal=nordvik)
    assert "stands in our mail of" in found["nordvik@cmo.example"].body
    addendum = edits.create(Addendum, {"rfp": issued, "title": "Vials", "body": "10 mL"}, actor=people.alice)
    clarifying.publish(addendum, **signed(people.alice))
    found = posted()
    assert set(found) == both and "Addendum 1" in found["harrow@cmo.example"].body
    later = issued.closes_at + timedelta(days=30)
    values = {"rfp": issued, "title": "More time", "body": "As asked", "closes_at": later}
    clarifying.publish(edits.create(Addendum, values, actor=people.alice), **signed(people.alice))
    found = posted()
    assert set(found) == both
    for one in found.values():
        assert one.subject.startswith("New deadline:") and f"{later:%H:%M} UTC" in one.body and "addendum 2" in one.body
    # A link opens as long as the new deadline asks for.
    sent.refresh_from_db()
    assert sent.expires_at == later + timedelta(days=14)


def test_a_link_that_was_ended_is_not_replaced_by_the_next_mail(issued: Any, bidders: Any, people: Any) -> None:
    posted()
    nordvik = issued.proposals.get(cmo=bidders.nordvik.cmo)
    links.revoke_links(nordvik, actor=people.alice)
    addendum = edits.create(Addendum, {"rfp": issued, "title": "Vials", "body": "10 mL"}, actor=people.alice)
    clarifying.publish(addendum, **signed(people.alice))
    body = posted()["nordvik@cmo.example"].body
    assert "/portal/link/" not in body and "You need a personal link" in body


def test_a_cancelled_request_and_an_outcome_are_told(priced: Any, bidders: Any, people: Any, committee: Any) -> None:
    from evaluation.actions import awards
    from tests.evaluation.conftest import recommend

    posted()
    # Months later: their links have expired, so this mail brings another.
    with acting("test"):
        AccessLink.objects.update(expires_at=timezone.now())
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    for person in vars(committee).values():
        awards.sign(award, **signed(person))
    found = posted()
    assert len(found) == 3
    for one in found.values():
        assert one.subject.startswith("The outcome is known:")
        assert not re.search(r"award|regret|score|rank|thank", one.body, re.IGNORECASE)
    token = token_in(found["castellan@cmo.example"])
    client = Client()
    come_in(client, token)
    castellan = priced.proposals.get(cmo=bidders.castellan.cmo)
    assert "award the work elsewhere" in client.get(url(castellan)).content.decode()


def test_a_cancellation_is_told_to_all(issued: Any, people: Any) -> None:
    posted()
    rfps.cancel(issued, actor=people.alice, reason="Merged with another programme, confidential")
    found = posted()
    assert len(found) == 3
    for one in found.values():
        assert one.subject.startswith("Cancelled:") and "confidential" not in one.body


# ---- receipts and reminders


def receipts() -> list[Any]:
    return [one for one in mail.outbox if one.subject.startswith("Received:")]


def test_a_receipt_is_mailed_for_each_submission_and_says_nothing_of_the_bid(
    issued: Any, bidders: Any, hand_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)
    with at_once(tasks.send_receipt), django_capture_on_commit_callbacks(execute=True):
        receipt = hand_in(bidders.nordvik, "180000", text="Isolators throughout")
    (message,) = receipts()
    assert message.to == ["nordvik@cmo.example"] and receipt.sha256 in message.body
    assert f"{receipt.at:%H:%M} UTC" in message.body and "after the deadline" not in message.body
    assert not re.search(r"180|Isolator|EUR", message.body)
    tasks.send_receipt(str(proposal.pk))
    assert len(receipts()) == 1, "A message that comes twice"
    with at_once(tasks.send_receipt), django_capture_on_commit_callbacks(execute=True):
        again = portal.submit(proposal, bidder_of(proposal))
    assert len(receipts()) == 2 and again.sha256 in receipts()[-1].body
    portal.withdraw(proposal, bidder_of(proposal))
    tasks.send_receipt(str(proposal.pk))
    assert len(receipts()) == 2
    past_deadline(issued)
    with at_once(tasks.send_receipt), django_capture_on_commit_callbacks(execute=True):
        portal.submit(proposal, bidder_of(proposal))
    assert "after the deadline" in receipts()[-1].body


def test_a_receipt_that_could_not_be_sent_is_sent_by_the_next_try(
    issued: Any, bidders: Any, hand_in: Any, monkeypatch: Any
) -> None:
    hand_in(bidders.nordvik, "180000")
    proposal = issued.proposals.get(cmo=bidders.nordvik.cmo)

    def fails(self: Any) -> None:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", fails)
        with pytest.raises(ConnectionRefusedError):
            mails.deliver_receipt(proposal.pk)
    assert mails.deliver_receipt(proposal.pk) and not mails.deliver_receipt(proposal.pk)


def three_days_before(rfp: Any) -> Any:
    """Let the request have been issued ten days ago, and its deadline be in two days and a half."""
    now = timezone.now()
    Rfp.objects.filter(pk=rfp.pk).update(
        issued_at=now - timedelta(days=10), questions_until=now, closes_at=now + timedelta(days=2, hours=12)
    )
    Proposal.objects.filter(rfp=rfp).update(created_at=now - timedelta(days=11))
    rfp.refresh_from_db()
    return rfp


def reminded(callbacks: Any) -> list[str]:
    mail.outbox.clear()
    with at_once(tasks.send_reminder), callbacks(execute=True):
        tasks.remind_bidders()
    assert all(one.subject.startswith("Proposals are due") for one in mail.outbox)
    return sorted(one.to[0] for one in mail.outbox)


def test_who_has_not_submitted_is_reminded_once_three_days_before(
    issued: Any, bidders: Any, hand_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    hand_in(bidders.harrow, "1")
    castellan = issued.proposals.get(cmo=bidders.castellan.cmo)
    portal.decline(castellan, bidder_of(castellan), "No capacity")
    assert reminded(django_capture_on_commit_callbacks) == []
    three_days_before(issued)
    # Whoever was invited within these days has just read it.
    Proposal.objects.filter(cmo=bidders.nordvik.cmo).update(created_at=timezone.now())
    assert reminded(django_capture_on_commit_callbacks) == []
    Proposal.objects.filter(cmo=bidders.nordvik.cmo).update(created_at=timezone.now() - timedelta(days=9))
    assert reminded(django_capture_on_commit_callbacks) == ["nordvik@cmo.example"]
    assert f"{issued.closes_at:%H:%M} UTC" in mail.outbox[0].body
    assert reminded(django_capture_on_commit_callbacks) == []
    # A deadline that moves is another one.
    Rfp.objects.filter(pk=issued.pk).update(closes_at=issued.closes_at + timedelta(hours=1))
    assert reminded(django_capture_on_commit_callbacks) == ["nordvik@cmo.example"]


# ---- where the request hides who takes part


@pytest.fixture
def hidden(vx12: Any, strategy: Any, bidders: Any, people: Any, monkeypatch: Any) -> Any:
    plain = stage.write_rfp
    monkeypatch.setattr(stage, "write_rfp", lambda *args, **fields: plain(*args, hides_participation=True, **fields))
    return stage.issued.__wrapped__(strategy, vx12, bidders, people)  # type: ignore[attr-defined]


def traces(rfp: Any, begin: int) -> dict[str, list[Any]]:
    """Return by bidder what reminders and mails left in the database, the trail included, but for moments and keys."""
    found = {}
    for one in rfp.proposals.order_by("cmo__legal_name"):
        trail = AuditEntry.objects.filter(pk__gt=begin, table_name="evaluation_biddermail")
        entries = trail.filter(new__proposal_id=str(one.pk)).order_by("pk")
        found[str(one.cmo)] = [
            [*one.mails.order_by("asked_at").values_list("kind", "asked_at", "done_at")],
            [(entry.op, sorted(entry.old or {}), sorted(entry.new or {})) for entry in entries],
            one.links.count(),
        ]
    return found


def test_receipts_and_reminders_leave_nothing_that_tells_who_takes_part(
    hidden: Any, bidders: Any, people: Any, django_capture_on_commit_callbacks: Any
) -> None:
    posted()
    links.make_link(hidden.proposals.get(cmo=bidders.harrow.cmo), actor=people.alice)
    posted()
    BidderMail.objects.all().delete()
    before = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with at_once(tasks.send_receipt), django_capture_on_commit_callbacks(execute=True):
        proposal = hidden.proposals.get(cmo=bidders.nordvik.cmo)
        portal.save(proposal, bidder_of(proposal), answers={"A1": "x"}, prices=PRICES)
        portal.submit(proposal, bidder_of(proposal))
    assert [one.to for one in receipts()] == [["nordvik@cmo.example"]]
    assert not BidderMail.objects.exists()
    castellan = hidden.proposals.get(cmo=bidders.castellan.cmo)
    portal.decline(castellan, bidder_of(castellan), "No capacity")
    three_days_before(hidden)
    assert reminded(django_capture_on_commit_callbacks) == ["harrow@cmo.example"]
    rows = [*traces(hidden, before).values()]
    assert len(rows) == 3 and rows[0][0] and all(row == rows[0] for row in rows)


def test_the_trail_says_who_works_on_a_bid_only_once_the_request_is_closed(
    hidden: Any, bidders: Any, people: Any, audra: Any, adam: Any
) -> None:
    clients = {}
    for person in (audra, adam):
        clients[person] = Client()
        clients[person].force_login(person)
    proposal = hidden.proposals.get(cmo=bidders.nordvik.cmo)
    places = [f"/audit/?page_size=200&table={table}" for table in ("evaluation_sealedenvelope",)] + [
        "/audit/", "/audit/?export=csv", "/api/v1/audit-entries/?limit=1000",
        "/api/v1/audit-entries/?table_name=evaluation_sealedenvelope&count=true",
        "/api/v1/audit-entries/?table_name=evaluation_sealedfile&count=true",
        "/api/v1/audit-entries/?table_name=evaluation_accesslink&count=true",
    ]  # fmt: skip
    noise = re.compile(r'csrf[^>]*?value="[^"]*"|"X-CSRFToken": "[^"]*"|nonce="[^"]*"|[0-9a-f]{32}')

    def seen() -> dict[Any, str]:
        found = {}
        for person, client in clients.items():
            for place in places:
                answer = client.get(place)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                found[person.name, place] = noise.sub("", body.decode())
        return found

    bidder_of(proposal)  # the portal's own account is made at its first use
    before = seen()
    assert before == seen()
    portal.save(proposal, bidder_of(proposal), answers={"A1": "x"}, prices=PRICES)
    portal.add_file(proposal, bidder_of(proposal), ContentFile(stage.PDF, name="line.pdf"), question="A3")
    portal.submit(proposal, bidder_of(proposal))
    link = AccessLink.objects.create(
        proposal=proposal, contact=proposal.contact, made_by=people.alice, made_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip

    def told() -> tuple[int, int, int]:
        rows = AuditEntry.objects.visible_to(audra)
        envelopes, files = (rows.filter(table_name=f"evaluation_sealed{name}").count() for name in ("envelope", "file"))
        return envelopes, files, rows.filter(row_id=str(link.pk)).count()

    assert AuditEntry.objects.filter(table_name="evaluation_sealedenvelope").count() >= 4
    assert seen() == before
    # One that was cancelled before keeps it: it may be issued anew to the same bidders.
    with acting("test"):
        Rfp.objects.filter(pk=hidden.pk).update(state="cancelled")
    assert told() == (0, 0, 0)
    with acting("test"):
        Rfp.objects.filter(pk=hidden.pk).update(state="issued")
    rfps.close(past_deadline(Rfp.objects.get(pk=hidden.pk)), actor=people.alice)
    envelopes, files, links_ = told()
    assert envelopes >= 4 and files == links_ == 1


def test_a_request_that_hides_nothing_has_its_whole_trail(issued: Any, hand_in: Any, bidders: Any, audra: Any) -> None:
    hand_in(bidders.harrow, "1")
    assert AuditEntry.objects.visible_to(audra).count() == AuditEntry.objects.count()
