"""What nobody changes once the technical scores are locked, and from whom a conflict of interests keeps everything."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from evaluation.actions import judging, links, portal, proposals, rfps
from evaluation.actions.awards import propose
from evaluation.bidding import Bidder
from evaluation.board import board
from evaluation.models import Award, Evaluator, Proposal, ScoreSheet, Winner
from evaluation.panel import what_is_missing
from tests.evaluation.conftest import hand_in_scores, past_deadline, signed, write_rfp

pytestmark = pytest.mark.django_db


def seat_of(rfp: Any, person: Any) -> Any:
    return Evaluator.objects.get(rfp=rfp, person=person)


def test_no_score_is_taken_out_once_the_prices_are_open(priced: Any, people: Any, sven: Any) -> None:
    before = board(priced).as_json()["numbers"]
    tom = seat_of(priced, people.tom)
    with pytest.raises(InvalidInput, match="technical scores are locked"):
        edits.update(tom, {"sections": ["risk"]}, actor=people.alice, reason="Tom scored too low")
    with pytest.raises(Refused, match="locked and count"):
        judging.release(tom, actor=people.alice, reason="Tom scored too low")
    with pytest.raises(InvalidInput, match="technical scores are locked"):
        edits.create(
            Evaluator, {"rfp": priced, "person": sven, "sections": ["technical"]}, actor=people.alice
        )  # fmt: skip
    assert board(priced).as_json()["numbers"] == before
    # The commercial part is still being judged: its sections are given, and who has scored nothing is released.
    tom = edits.update(tom, {"sections": [*tom.sections, "total_cost"]}, actor=people.alice, reason="Help")
    assert "total_cost" in tom.sections
    judging.release(seat_of(priced, people.farid), actor=people.alice, reason="On leave")


def test_while_the_technical_part_is_judged_somebody_is_released(opened: Any, bidders: Any, people: Any) -> None:
    hand_in_scores(opened, bidders)
    assert judging.release(seat_of(opened, people.tom), actor=people.alice, reason="Left").state == "released"


def test_a_conflict_keeps_sourcing_from_bids_links_and_the_panel(
    issued: Any, hand_in: Any, bidders: Any, people: Any
) -> None:
    judging.declare_conflict(seat_of(issued, people.alice), actor=people.alice, conflict="My sister runs Nordvik")
    rival = issued.proposals.get(cmo=bidders.harrow.cmo)
    quiet = issued.proposals.get(cmo=bidders.castellan.cmo)
    with pytest.raises(NotPermitted, match="conflict"):
        links.make_link(rival, actor=people.alice)
    with pytest.raises(NotPermitted, match="conflict"):
        links.revoke_links(rival, actor=people.alice)
    with pytest.raises(NotPermitted):
        proposals.write_to(rival, actor=people.alice, contact=bidders.harrow.contact)
    with pytest.raises(NotPermitted):
        proposals.enter_paper(quiet, actor=people.alice, reason="It came by post")
    with pytest.raises(NotPermitted):
        judging.release(seat_of(issued, people.tom), actor=people.alice, reason="Off")
    past_deadline(issued)
    hand_in(bidders.harrow, "1")
    rival.refresh_from_db()
    assert rival.late == Proposal.Late.WAITING
    with pytest.raises(NotPermitted):
        proposals.refuse_late(rival, actor=people.alice, reason="Too late for us")


def test_a_conflict_keeps_from_a_request_that_waits_for_issue(
    strategy: Any, vx12: Any, people: Any
) -> None:  # fmt: skip
    rfp = write_rfp(vx12, people.alice)
    edits.create(Evaluator, {"rfp": rfp, "person": people.quinn, "sections": []}, actor=people.alice)
    rfps.approve(rfp, **signed(people.tom))
    rfp = rfps.approve(rfp, **signed(people.quinn))
    judging.declare_conflict(seat_of(rfp, people.quinn), actor=people.quinn, conflict="Shares")
    with pytest.raises(NotPermitted):
        rfps.send_back(rfp, actor=people.quinn, reason="Other weights")
    assert rfps.send_back(rfp, actor=people.tom, reason="A typo").state == "draft"


def test_a_signature_of_whoever_then_declares_a_conflict_does_not_open_anything(
    opened: Any, bidders: Any, people: Any
) -> None:
    hand_in_scores(opened, bidders)
    rfp = rfps.lock_technical(opened, actor=people.alice)
    rfps.open_commercial(rfp, **signed(people.farid))
    judging.declare_conflict(seat_of(rfp, people.farid), actor=people.farid, conflict="I was offered a post")
    rfp = rfps.open_commercial(rfp, **signed(people.alice))
    assert rfp.state == "technical_locked"
    assert rfps.open_commercial.waiting_roles(rfp) == ["finance"]


def test_what_a_bidder_saves_meanwhile_is_not_mixed_with_a_paper_entry(
    issued: Any, bidders: Any, people: Any
) -> None:  # fmt: skip
    proposal = issued.proposals.get(cmo=bidders.harrow.cmo)
    proposal = proposals.enter_paper(proposal, actor=people.alice, reason="It came by post")
    clerk = Bidder.on_paper(people.alice, proposal)
    portal.save(proposal, Bidder.by_link(bidders.harrow.contact), answers={"A1": "Ours alone"})
    with pytest.raises(Refused, match="in the portal"):
        portal.save(proposal, clerk, answers={"A2": "1"})
    with pytest.raises(Refused, match="in the portal"):
        Bidder.on_paper(people.alice, proposal)


def test_an_award_is_not_taken_off_its_rfp(priced: Any, bidders: Any, people: Any) -> None:
    """Without its RFP nobody who scored would be kept from signing it."""
    award = edits.create(
        Award,
        {"programme": priced.programme, "rfp": priced, "recommendation": "Best.", "against": "Not the cheapest."},
        actor=people.alice,
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="stays with its RFP"):
        edits.update(award, {"rfp": None, "single_source": "Nobody else can"}, actor=people.alice)
    award = parts.write(award, Winner, [{"cmo": bidders.harrow.cmo, "share": Decimal(100)}], actor=people.alice)
    assert propose(award, actor=people.alice).state == "proposed"


def test_who_does_not_read_an_award_reads_nothing_of_it_in_the_history_of_others(
    priced: Any, bidders: Any, people: Any
) -> None:
    """Lena works on the programme and is not on the panel."""
    award = edits.create(
        Award,
        {"programme": priced.programme, "rfp": priced, "recommendation": "Foremost of all", "against": "Dear."},
        actor=people.alice,
    )  # fmt: skip
    row = {"cmo": bidders.nordvik.cmo, "share": Decimal(100), "reason": "Foremost of all"}
    parts.write(award, Winner, [row], actor=people.alice)
    places = (f"/programmes/{priced.programme_id}/?tab=history", "/")
    for person, told in ((people.lena, False), (people.alice, True)):
        client = Client()
        client.force_login(person)
        assert (client.get(award.get_absolute_url()).status_code == 200) is told
        pages = [client.get(place) for place in places]
        assert [page.status_code for page in pages] == [200, 200]
        assert any("Foremost of all" in page.content.decode() for page in pages) is told
        assert all((str(award.pk) in page.content.decode()) is told for page in pages)


def test_a_short_listed_proposal_waits_for_its_scores_too(priced: Any, bidders: Any, people: Any) -> None:
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    proposals.shortlist(harrow, actor=people.alice, reason="A visit")
    sheet = ScoreSheet.objects.filter(proposal=harrow, commercial=False).first()
    assert sheet is not None
    sheet.pk, sheet.commercial, sheet.state = None, True, "open"
    sheet._state.adding = True
    sheet.save(force_insert=True)
    owed = what_is_missing(priced, commercial=True)
    assert any("has not submitted the scores of Harrow" in sentence for sentence in owed)
