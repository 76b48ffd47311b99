"""What a decision says by REST: as the pages do, and to each the own letter."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.canonical import plain
from evaluation.actions.awards import sign
from evaluation.models import Diligence, Letter, Rfp, RfpRate
from tests.api.conftest import Api, problem
from tests.evaluation.conftest import hand_in_scores, recommend, signed

pytestmark = pytest.mark.django_db


def test_letters_are_read_with_their_award_and_by_their_bidder(
    priced: Any, bidders: Any, people: Any, committee: Any, otto: Any, mallory: Any, look: Any
) -> None:
    # A stream that is complete says so to whoever would edit it, at both doors.
    stream = Diligence.objects.filter(rfp=priced).first()
    refused = Api(people.tom).patch(
        f"/due-diligence/{stream.pk}/", {"findings": "x", "reason": "y"}, match=stream.version
    )
    assert "at “Complete” is not edited any more" in problem(refused, 409, "refused")["detail"]

    award = recommend(priced, bidders.harrow.cmo, people.alice)
    proposal = priced.proposals.get(cmo=bidders.harrow.cmo)
    problem(Api(otto).get(f"/proposals/{proposal.pk}/letter/"), 404, "not_found")
    assert Api(people.tom).get(f"/awards/{award.pk}/letters/").json()["results"] == []
    for person in vars(committee).values():
        award = sign(award, **signed(person))
    told = Api(people.tom).get(f"/awards/{award.pk}/letters/").json()["results"]
    assert {one["cmo_id"]: one["kind"] for one in told} == {
        str(bidders.harrow.cmo.pk): "award", str(bidders.nordvik.cmo.pk): "regret",
        str(bidders.castellan.cmo.pk): "regret",
    }  # fmt: skip
    own = Letter.objects.get(proposal=proposal)
    for person in (otto, people.tom):
        found = Api(person).get(f"/proposals/{proposal.pk}/letter/").json()
        assert (found["body"], found["debrief"]) == (own.body, own.debrief)
    rival = priced.proposals.get(cmo=bidders.nordvik.cmo)
    problem(Api(otto).get(f"/proposals/{rival.pk}/letter/"), 404, "not_found")
    problem(Api(people.lena).get(f"/proposals/{rival.pk}/letter/"), 404, "not_found")
    problem(Api(mallory).get(f"/awards/{award.pk}/letters/"), 404, "not_found")
    # The letter is the only thing of the API that is a bidder's own.
    for place in (f"/proposals/{proposal.pk}/", f"/proposals/{proposal.pk}/answers/", f"/awards/{award.pk}/letters/"):
        problem(Api(otto).get(place), 403)


def test_what_is_signed_of_a_request_is_read_at_once_and_is_what_its_rows_are(
    issued: Any, people: Any, django_assert_max_num_queries: Any
) -> None:
    rows = [{"currency": "USD", "per_base": Decimal("1.10"), "on": date(2026, 1, 2), "source": "The bank"}]
    with acting("test"):
        Rfp.objects.filter(pk=issued.pk).update(state="draft")
    parts.write(Rfp.objects.get(pk=issued.pk), RfpRate, rows, actor=people.alice)
    for record in (Rfp.objects.get(pk=issued.pk), issued.strategy):
        tables = parts.parts_of(type(record))
        by_row = {
            name: [
                {one.attname: plain(one.value_from_object(row)) for one in part._meta.concrete_fields}
                for row in parts.rows_of(record, part)
            ]
            for name, part in tables.items()
        }
        assert sum(map(bool, by_row.values())) > 5
        with django_assert_max_num_queries(1):
            assert parts.content_of(record) == by_row


def test_other_weights_come_to_the_same_by_rest_and_on_the_page(
    opened: Any, bidders: Any, people: Any, look: Any
) -> None:
    hand_in_scores(opened, bidders)
    with acting("test"):
        Rfp.objects.filter(pk=opened.pk).update(scoring="sum_of_products")
    weights = "T1:60,Q1:60,P1:0"
    found = Api(people.tom).get(f"/rfps/{opened.pk}/board/?weights={weights}").json()
    page = look(people.tom, f"{reverse('evaluation:matrix', args=[opened.pk])}?w={weights}")
    totals = {one["name"]: one["total"] for one in found["bidders"]}
    # The most that a bid can come to stays 350, 5 × (40 + 20 + 10): (60 × 4 + 60 × 5) × 350 ÷ 600.
    assert totals["Harrow Biologics"] == "315.00"
    for name, total in totals.items():
        assert re.search(rf"{re.escape(name)}.{{0,400}}?{re.escape(total)}", page.words), (name, total)
    assert [one["rank"] for one in found["bidders"] if one["name"] == "Harrow Biologics"] == [1]
