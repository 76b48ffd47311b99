"""Who opens what, and what opens nothing; the deadline to the microsecond."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import override_settings

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import NotFromHere, NotPermitted, Refused
from evaluation.actions import clarifying, portal, rfps
from evaluation.actions.judging import declare_conflict
from evaluation.bidding import Bidder, standing
from evaluation.models import Addendum, Answer, Evaluator, Opening, Price, Proposal, Rfp, SealedEnvelope
from tests.evaluation.conftest import PDF, past_deadline, signed

MICRO = timedelta(microseconds=1)
db = pytest.mark.django_db


@pytest.fixture
def closed(issued: Any, hand_in: Any, bidders: Any, people: Any) -> Any:
    hand_in(bidders.harrow, "210000")
    hand_in(bidders.nordvik, "180000")
    return rfps.close(past_deadline(issued), actor=people.alice)


def nothing_opened(rfp: Any) -> bool:
    rfp.refresh_from_db()
    kept = (Answer, Price, Opening)
    return rfp.state == Rfp.State.CLOSED and not any(model._base_manager.exists() for model in kept)


@db
@pytest.mark.parametrize(("off", "late"), [(-MICRO, False), (timedelta(0), False), (MICRO, True)])
def test_the_deadline_to_the_microsecond(
    off: timedelta, late: bool, issued: Any, bidders: Any, hand_in: Any, monkeypatch: Any
) -> None:
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    monkeypatch.setattr("evaluation.clock.database_time", lambda: issued.closes_at + off)
    receipt = hand_in(bidders.harrow, "210000")
    assert receipt.late is late and receipt.at == issued.closes_at + off
    proposal.refresh_from_db()
    assert proposal.late == (Proposal.Late.WAITING if late else "")


@db
def test_an_upload_that_lasts_beyond_the_deadline_does_not_make_its_proposal_late_nor_in_time(
    issued: Any, bidders: Any, hand_in: Any, monkeypatch: Any
) -> None:
    now = [issued.closes_at - MICRO]
    monkeypatch.setattr("evaluation.clock.database_time", lambda: now[0])
    proposal, bidder = issued.proposals.get(cmo=bidders.harrow.cmo), Bidder.by_link(bidders.harrow.contact)
    first = hand_in(bidders.harrow, "210000")

    class Slow(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            now[0] = issued.closes_at + MICRO
            return super().read(*args)

    upload = SimpleUploadedFile("report.pdf", PDF)
    upload.file = Slow(PDF)
    portal.add_file(proposal, bidder, upload, question="A3")
    assert now[0] > issued.closes_at
    with pytest.raises(Refused, match="What you submitted in time stands"):
        portal.submit(proposal, bidder)
    here = standing(proposal)
    assert here.submitted == first and not here.final["technical"].files and here.draft["technical"].files
    # Somebody who had handed nothing in is late.
    other, holder = issued.proposals.get(cmo=bidders.nordvik.cmo), Bidder.by_link(bidders.nordvik.contact)
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    portal.save(other, holder, answers={"A1": "x"}, prices=prices)
    assert portal.submit(other, holder).late


@pytest.mark.django_db(transaction=True)
def test_a_deadline_that_moves_while_somebody_submits_counts_as_moved(
    issued: Any, bidders: Any, people: Any, monkeypatch: Any
) -> None:
    proposal, bidder = issued.proposals.get(cmo=bidders.harrow.cmo), Bidder.by_link(bidders.harrow.contact)
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    portal.save(proposal, bidder, answers={"A1": "x"}, prices=prices)
    later = issued.closes_at + timedelta(days=3)
    values = {"rfp": issued, "title": "More time", "body": "Three days", "closes_at": later}
    addendum = edits.create(Addendum, values, actor=people.alice)
    now, found = [issued.closes_at - MICRO], []
    monkeypatch.setattr("evaluation.clock.database_time", lambda: now[0])

    def submit() -> None:
        found.append(portal.submit(proposal, bidder))
        connection.close()

    thread = threading.Thread(target=submit)
    with transaction.atomic():
        clarifying.publish(addendum, **signed(people.alice))
        now[0] = issued.closes_at + MICRO
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    (receipt,) = found
    assert not receipt.late
    assert standing(proposal).final["technical"].addendum == 1


@db
def test_two_people_open_and_one_person_is_not_two(closed: Any, people: Any) -> None:
    people.alice.groups.add(Group.objects.get(name="quality"))
    alice = type(people.alice).objects.get(pk=people.alice.pk)
    rfps.open_technical(closed, **signed(alice))
    assert nothing_opened(closed)
    with pytest.raises(Refused, match="another person"):
        rfps.open_technical(closed, **signed(alice))
    with pytest.raises(NotPermitted):
        rfps.open_technical(closed, **signed(people.tom))
    assert nothing_opened(closed)
    rfp = rfps.open_technical(closed, **signed(people.quinn))
    assert rfp.state == Rfp.State.EVALUATION and not Price._base_manager.exists()


@db
def test_whoever_declared_a_conflict_opens_nothing(closed: Any, people: Any) -> None:
    seat = Evaluator.objects.get(rfp=closed, person=people.quinn)
    with acting("test"):
        Evaluator.objects.filter(pk=seat.pk).update(state=Evaluator.State.ASKED)
    declare_conflict(seat, conflict="My brother works there", **signed(people.quinn))
    rfps.open_technical(closed, **signed(people.alice))
    with pytest.raises(NotPermitted):
        rfps.open_technical(closed, **signed(people.quinn))
    assert nothing_opened(closed)


@db
def test_nothing_opens_before_the_deadline(issued: Any, hand_in: Any, bidders: Any, people: Any) -> None:
    hand_in(bidders.harrow, "210000")
    with pytest.raises(Refused):
        rfps.close(issued, actor=people.alice)
    with pytest.raises(NotFromHere):
        rfps.open_technical(issued, **signed(people.alice))


def _flip(rows: Any) -> None:
    row = rows.first()
    text = bytes(row.ciphertext)
    row.ciphertext = bytes([text[0] ^ 1]) + text[1:]
    row.save()


def _swap(rows: Any) -> None:
    one, other = rows.filter(kind="technical").order_by("proposal")[:2]
    one.dek, one.nonce, one.ciphertext = other.dek, other.nonce, other.ciphertext
    one.save()


def _put_draft_in(rows: Any) -> None:
    """The bidder's own draft in place of what was handed in."""
    row = rows.filter(kind="technical").first()
    draft = SealedEnvelope.objects.get(proposal=row.proposal, kind="technical", handed_in=False)
    row.dek, row.nonce, row.ciphertext = draft.dek, draft.nonce, draft.ciphertext
    row.save()


@db
@pytest.mark.parametrize("meddle", [_flip, _swap, _put_draft_in, lambda rows: rows.delete()])
def test_what_was_meddled_with_opens_nothing(meddle: Callable[..., Any], closed: Any, people: Any) -> None:
    with acting("test"):
        meddle(SealedEnvelope.objects.filter(handed_in=True, proposal__rfp=closed))
    rfps.open_technical(closed, **signed(people.alice))
    with pytest.raises(Refused, match="Nothing was opened"), transaction.atomic():
        rfps.open_technical(closed, **signed(people.quinn))
    assert nothing_opened(closed)


@db
def test_another_key_opens_nothing(closed: Any, people: Any) -> None:
    rfps.open_technical(closed, **signed(people.alice))
    with (
        override_settings(SEALING_KEY="not the key that they were sealed with"),
        pytest.raises(Refused, match="does not open"),
        transaction.atomic(),
    ):
        rfps.open_technical(closed, **signed(people.quinn))
    assert nothing_opened(closed)


@db
def test_a_file_that_was_altered_on_the_disk_opens_nothing(
    issued: Any, hand_in: Any, bidders: Any, people: Any
) -> None:
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    upload = SimpleUploadedFile("report.pdf", PDF)
    portal.add_file(proposal, Bidder.by_link(bidders.harrow.contact), upload, question="A3")
    hand_in(bidders.harrow, "210000")
    rfp = rfps.close(past_deadline(issued), actor=people.alice)
    path = proposal.sealed_files.get().file.path
    with open(path, "r+b") as stored:
        first = stored.read(1)
        stored.seek(0)
        stored.write(bytes([first[0] ^ 1]))
    rfps.open_technical(rfp, **signed(people.alice))
    with pytest.raises(Refused, match="does not open"), transaction.atomic():
        rfps.open_technical(rfp, **signed(people.quinn))
    assert nothing_opened(rfp)
