"""A personal link: mailed to the bidder alone, opened by a code that is mailed as well, ended at once."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from evaluation import mails, tasks
from evaluation.actions import links
from evaluation.bidding import standing
from evaluation.models import AccessLink, BidderMail
from evaluation.portal import codes
from tests.evaluation.portal.conftest import url
from tests.evaluation.portal.post import at_once, code_in, come_in, new_code, new_token, token_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(issued: Any, bidders: Any) -> Any:
    """Nordvik's invitation, whose contact has no account."""
    return issued.proposals.get(cmo=bidders.nordvik.cmo)


def test_a_link_opens_one_invitation_until_it_ends(
    proposal: Any, mine: Any, people: Any, by_link: Callable[..., Client], caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    token = new_token(mine, people.alice)
    link = AccessLink.objects.get(proposal=mine)
    client = Client()
    answer = client.get(f"/portal/link/{token}/")
    assert answer["Referrer-Policy"] == "no-referrer" and answer["Location"] == "/portal/code/"
    # Followed is not opened yet.
    assert (
        client.get(url(mine)).status_code == 302 and "/portal/" not in client.get(url(mine))["Location"].split("?")[0]
    )
    answer = client.post("/portal/code/", {"code": new_code(client)})
    assert answer["Location"] == url(mine)
    assert set(client.session.keys()) == {"portal_link", "portal_seen"}
    assert token not in str(dict(client.session.items())) and client.session["portal_link"] == str(link.pk)
    client.get(f"/portal/link/{token}")
    client.get(f"/portal/link/{token}/more/")
    assert token not in caplog.text and "/portal/link/***" in caplog.text
    client = by_link(mine)
    assert client.get("/portal/")["Location"] == url(mine)
    assert client.get(url(mine)).status_code == 200
    assert client.get(url(proposal)).status_code == 404
    assert client.get("/cmos/").status_code == 302
    # It ends at once: by a newer one, by its time, and when the contact leaves.
    by_link(mine)
    ended = client.get(url(mine))
    assert ended["Location"] == "/portal/ended/"
    assert "does not open anything" in client.get("/portal/ended/").content.decode()
    assert client.get(f"/portal/link/{token}/")["Location"] == "/portal/ended/"
    for change in ({"expires_at": timezone.now()}, {"revoked_at": timezone.now()}):
        cache.clear()
        fresh = by_link(mine)
        with acting("test"):
            AccessLink.objects.filter(proposal=mine, revoked_at=None).update(**change)
        assert fresh.post(url(mine, "envelopes/technical/"), {"a-A1": "x"})["Location"] == "/portal/ended/"
    fresh = by_link(mine)
    with acting("test"):
        type(mine.contact).objects.filter(pk=mine.contact.pk).update(left_on=timezone.localdate())
    assert fresh.get(url(mine))["Location"] == "/portal/ended/"


def test_the_secret_is_told_to_the_contact_and_to_nobody_else(mine: Any, people: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    alice = Client()
    alice.force_login(people.alice)
    page = f"/evaluation/rfps/{mine.rfp_id}/invitations/"
    shown = alice.post(page, {"proposal": str(mine.pk), "do": "link"}, follow=True).content.decode()
    assert "A link is on its way" in shown and "/portal/link/" not in shown
    link = AccessLink.objects.get(proposal=mine)
    assert (link.digest, link.sent_at) == ("", None)
    assert mails.deliver(BidderMail.objects.get(kind="link").pk)
    (message,) = mail.outbox
    assert (message.to, message.cc, message.bcc, message.reply_to) == (
        ["nordvik@cmo.example"], [], [], [people.alice.email] if mine.rfp.owner else [],
    )  # fmt: skip
    token = token_in(message)
    link.refresh_from_db()
    assert link.digest and link.address == "nordvik@cmo.example" and link.sent_at is not None
    shown = alice.get(page).content.decode()
    assert "A link was sent to nordvik@cmo.example" in shown and "Send a new link" in shown
    holder = Client()
    assert holder.get(f"/portal/link/{token}/")["Location"] == "/portal/code/"
    code = new_code(holder)
    kept = [
        shown,
        json.dumps([*AuditEntry.objects.values("old", "new")], default=str),
        json.dumps([*Event.objects.values()], default=str),
        json.dumps([*AccessLink.objects.values(), *BidderMail.objects.values()], default=str),
        json.dumps([one.get_decoded() for one in Session.objects.all()]),
        in_the_cache(),
        caplog.text,
    ]
    for secret in (token, code):
        assert len(secret) >= 8 and not [place for place, text in enumerate(kept) if secret in text]
    # Sent twice by a message that comes twice: once.
    assert not mails.deliver(BidderMail.objects.get(kind="link").pk)


def in_the_cache() -> str:
    """Return all that Valkey holds, the queue's messages included."""
    client: Any = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    found = []
    for key in client.scan_iter("*"):
        kind = client.type(key)
        value = client.lrange(key, 0, -1) if kind == b"list" else client.get(key) if kind == b"string" else ""
        found.append(f"{key!r}: {value!r}")
    return "\n".join(found)


def test_a_link_goes_to_no_colleague_and_to_no_contact_without_an_address(mine: Any, people: Any) -> None:
    contact = type(mine.contact).objects.filter(pk=mine.contact_id)
    for address, said in ((people.tom.email, "colleague"), ("", "no e-mail address")):
        contact.update(email=address)
        mine.refresh_from_db()
        with pytest.raises(InvalidInput, match=said):
            links.make_link(mine, actor=people.alice)
    assert not AccessLink.objects.exists()


def test_a_mail_that_cannot_be_sent_leaves_no_secret_and_is_sent_later(
    mine: Any, people: Any, monkeypatch: Any
) -> None:
    link = links.make_link(mine, actor=people.alice)
    # The invitation's mail is as old as the invitation, which may be kept from an earlier test.
    BidderMail.objects.update(asked_at=timezone.now())

    def fails(self: Any) -> None:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", fails)
        waiting = BidderMail.objects.filter(done_at=None).count()
        assert waiting and mails.send_waiting() == 0
    link.refresh_from_db()
    assert link.digest == "" and BidderMail.objects.filter(done_at=None).count() == waiting
    handed: list[Any] = []
    monkeypatch.setattr(tasks.send_mail, "apply_async", lambda keys, **options: handed.append(keys))
    mails.hand_over_waiting()
    assert not handed
    BidderMail.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    tasks.send_waiting_mails()
    assert len(handed) == waiting
    for keys in handed * 2:
        tasks.send_mail(*keys)
    # The invitation brought the link that was asked for meanwhile: it comes in one mail, and once.
    (message,) = [one for one in mail.outbox if one.to == ["nordvik@cmo.example"]]
    assert come_in(Client(), token_in(message))["Location"] == url(mine)
    assert not BidderMail.objects.filter(done_at=None).exists()


# ---- the code


def test_only_the_right_code_opens_and_only_once(mine: Any, people: Any) -> None:
    client, token = Client(), new_token(mine, people.alice)
    client.get(f"/portal/link/{token}/")
    assert len(mail.outbox) == 1, "Following a link sends nothing: programs that look through mails follow it too."
    page = client.get("/portal/code/").content.decode()
    assert "Send the code" in page and "n•••@cmo.example" in page and "nordvik@" not in page
    code = new_code(client)
    message = mail.outbox[-1]
    assert message.to == ["nordvik@cmo.example"] and code not in message.subject
    page = client.get("/portal/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page and code not in page
    for typed in ("", "1234567", "abcdefgh", "１２３４５６７８"):
        assert client.post("/portal/code/", {"code": typed}).status_code == 400
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    refused = client.post("/portal/code/", {"code": wrong})
    assert refused.status_code == 400 and "This is not the code" in refused.content.decode()
    # Another browser that holds the forwarded link gains nothing by this browser's code.
    other = Client()
    other.get(f"/portal/link/{token}/")
    assert other.post("/portal/code/", {"code": code}).status_code == 400
    entry = client.session["portal_at_the_door"]["entry"]
    assert client.post("/portal/code/", {"code": f" {code[:4]} {code[4:]}"})["Location"] == url(mine)
    link = AccessLink.objects.get(proposal=mine)
    assert codes.check(link, entry, code) is codes.Answer.OVER


def test_a_code_bears_five_tries_and_ten_minutes(mine: Any, people: Any, monkeypatch: Any) -> None:
    client, token = Client(), new_token(mine, people.alice)
    client.get(f"/portal/link/{token}/")
    code = new_code(client)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert "This is not the code" in client.post("/portal/code/", {"code": wrong}).content.decode()
    refused = client.post("/portal/code/", {"code": code})
    assert refused.status_code == 400 and "does not hold any more" in refused.content.decode()
    # A new one opens; the former of two does not.
    former, code = new_code(client), new_code(client)
    if former != code:
        assert client.post("/portal/code/", {"code": former}).status_code == 400
    link, entry = AccessLink.objects.get(proposal=mine), client.session["portal_at_the_door"]["entry"]
    name = codes._name(link.pk, entry, "hash")
    assert 0 < cache._cache.get_client(None).ttl(cache.make_key(name)) <= 600  # type: ignore[attr-defined]
    cache.delete(name)
    assert "too old" in client.post("/portal/code/", {"code": code}).content.decode()


def test_codes_are_not_sent_without_end_and_not_for_a_link_that_has_ended(mine: Any, people: Any) -> None:
    client, token = Client(), new_token(mine, people.alice)
    client.get(f"/portal/link/{token}/")
    for _ in range(codes.SENT):
        new_code(client)
    sent = len(mail.outbox)
    with at_once(tasks.send_code):
        held = client.post("/portal/code/", {"do": "send"})
    assert held.status_code == 429 and held["Retry-After"] == "900" and len(mail.outbox) == sent
    code = code_in(mail.outbox[-1])
    links.revoke_links(mine, actor=people.alice)
    assert client.post("/portal/code/", {"code": code})["Location"] == "/portal/ended/"
    assert not codes.send(AccessLink.objects.get(proposal=mine).pk, "entry")
    assert Client().get("/portal/code/")["Location"] == "/portal/ended/"


def test_without_the_cache_nobody_comes_in_and_is_told_so(mine: Any, people: Any, monkeypatch: Any) -> None:
    client, token = Client(), new_token(mine, people.alice)
    client.get(f"/portal/link/{token}/")
    code = new_code(client)

    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no cache")

    for name in ("get", "add", "incr"):
        monkeypatch.setattr(codes.cache, name, away)
    refused = client.post("/portal/code/", {"code": code})
    assert refused.status_code == 400 and "at this moment" in refused.content.decode()
    assert client.post("/portal/code/", {"do": "send"}).status_code == 503


# ---- the door


def test_guessing_links_is_held_up_but_no_good_one(proposal: Any, people: Any) -> None:
    client = Client()
    answers = [client.get(f"/portal/link/guess-{place}/").status_code for place in range(35)]
    assert answers[0] == 302 and answers[-1] == 429
    token = new_token(proposal, people.alice)
    assert client.get(f"/portal/link/{token}/")["Location"] == "/portal/code/"


def test_a_link_rests_after_two_hours_and_leaves_when_told(proposal: Any, by_link: Callable[..., Client]) -> None:
    client = by_link(proposal)
    session = client.session
    session["portal_seen"] -= 2 * 3600 + 1
    session.save()
    assert client.get(url(proposal))["Location"] == "/portal/ended/"
    client = by_link(proposal)
    assert client.post("/portal/leave/").status_code == 200
    assert client.get(url(proposal)).status_code == 302


def test_forms_of_a_link_are_guarded_against_other_sites(
    proposal: Any, people: Any, by_link: Callable[..., Client]
) -> None:
    client = by_link(proposal)
    client.handler.enforce_csrf_checks = True
    assert client.post(url(proposal, "envelopes/technical/"), {"a-A1": "x"}).status_code == 403
    assert standing(proposal).draft["technical"].answers == {}
    waiting = Client(enforce_csrf_checks=True)
    waiting.get(f"/portal/link/{new_token(proposal, people.alice)}/")
    sent = len(mail.outbox)
    assert waiting.post("/portal/code/", {"do": "send"}).status_code == 403 and len(mail.outbox) == sent
    assert re.search(r"csrfmiddlewaretoken", waiting.get("/portal/code/").content.decode())
