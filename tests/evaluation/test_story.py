"""From an approved strategy to a selected relationship, through the actions alone."""

from __future__ import annotations

from typing import Any

import pytest

from cmo_lifecycle.partners.models import Relationship
from evaluation.actions.awards import sign
from evaluation.board import board
from evaluation.models import Letter, Proposal
from tests.evaluation.conftest import recommend, signed

pytestmark = pytest.mark.django_db


def test_the_best_bidder_is_selected_and_all_are_written_to(
    priced: Any, bidders: Any, people: Any, committee: Any
) -> None:
    found = board(priced)
    assert found.problems == []
    assert found.matrix is not None
    first = found.matrix.standing[0]
    assert first.bidder == str(priced.proposals.get(cmo=bidders.harrow.cmo).pk)
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    for person in (committee.erin, committee.quality, committee.finance):
        assert award.state == "proposed"
        award = sign(award, **signed(person))
    assert award.state == "signed"
    relationship = Relationship.objects.get(programme=priced.programme, cmo=bidders.harrow.cmo)
    assert relationship.state == Relationship.State.SELECTED
    assert relationship.award_link.award == award
    states = dict(priced.proposals.values_list("cmo__legal_name", "state"))
    assert states.pop(bidders.harrow.cmo.legal_name) == Proposal.State.AWARDED
    assert set(states.values()) == {Proposal.State.NOT_AWARDED}
    letters = {one.proposal.cmo: one for one in Letter.objects.filter(proposal__rfp=priced)}
    assert letters[bidders.harrow.cmo].kind == Letter.Kind.AWARD
    assert letters[bidders.nordvik.cmo].kind == Letter.Kind.REGRET
    assert "Total: " in letters[bidders.nordvik.cmo].debrief
    assert not any(str(bidders.harrow.cmo) in letters[one.cmo].debrief for one in (bidders.nordvik, bidders.castellan))
