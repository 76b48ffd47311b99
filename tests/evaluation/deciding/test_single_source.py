"""A single source overtakes no request that is under way, and is signed by nobody who scored one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import edits, parts
from evaluation.actions import rfps
from evaluation.models import Award, Rfp, Winner
from tests.api.conftest import Api, problem
from tests.evaluation.conftest import PASSWORD, hand_in_scores, signed
from tests.evaluation.deciding.conftest import as_

pytestmark = pytest.mark.django_db


def beside(programme: Any) -> dict[str, Any]:
    return {
        "programme_id": str(programme.pk), "recommendation": "The only maker.", "against": "No competition.",
        "single_source": "It alone holds the licence.",
    }  # fmt: skip


def test_beside_a_request_under_way_none_is_begun_proposed_or_signed(
    issued: Any, vx12: Any, bidders: Any, people: Any, committee: Any, look: Any
) -> None:
    alice = Api(people.alice)
    said = f"{issued.reference}, {issued.title}, is under way for this programme"
    refused = problem(alice.post("/awards/", beside(vx12)), 400, "invalid")
    (error,) = refused["errors"]
    assert error["pointer"] == "/rfp_id" and error["detail"].startswith(said) and "“Issued”" in error["detail"]
    form = {**beside(vx12), "programme": str(vx12.pk)}
    page = as_(people.alice).post(reverse("evaluation:award_add"), form)
    assert page.status_code == 200 and said in page.content.decode()
    assert not Award.objects.exists()

    # One that was begun before the request was issued waits for it as well.
    def at(state: str) -> None:
        with acting("test"):
            Rfp.objects.filter(pk=issued.pk).update(state=state)

    at("draft")
    made = alice.post("/awards/", beside(vx12))
    assert made.status_code == 201, made.content
    award = Award.objects.get()
    award = parts.write(award, Winner, [{"cmo": bidders.harrow.cmo, "share": Decimal(100)}], actor=people.alice)
    where = f"/awards/{award.pk}/actions"
    for state in Rfp.UNDER_WAY:
        at(state)
        assert said in problem(alice.post(f"{where}/propose/", match=award.version), 409, "refused")["detail"]
        assert said in look(people.alice, award.get_absolute_url()).words
    at("draft")
    proposed = alice.post(f"{where}/propose/", match=award.version)
    assert proposed.status_code == 200, proposed.content
    at("recommended")
    erin = committee.erin
    body, match = {"email": erin.email, "password": PASSWORD}, proposed.json()["version"]
    assert said in problem(Api(erin).post(f"{where}/sign/", body, match=match), 409, "refused")["detail"]
    for state in ("awarded", "concluded", "cancelled"):
        at(state)
        assert not [*award.beside()], state
    assert Api(erin).post(f"{where}/sign/", body, match=match).status_code == 200


def test_whoever_scored_this_last_year_does_not_sign_a_single_source(
    opened: Any, vx12: Any, bidders: Any, people: Any, committee: Any
) -> None:
    hand_in_scores(opened, bidders)
    rfps.cancel(opened, actor=people.alice, reason="The process changes")
    values = {name: value for name, value in beside(vx12).items() if name != "programme_id"}
    award = edits.create(Award, {"programme": vx12, **values}, actor=people.alice)
    award = parts.write(award, Winner, [{"cmo": bidders.harrow.cmo, "share": Decimal(100)}], actor=people.alice)
    from evaluation.actions.awards import propose, sign

    award = propose(award, actor=people.alice)
    where = f"/awards/{award.pk}/actions/sign/"
    body = {"email": people.quinn.email, "password": PASSWORD}
    refused = problem(Api(people.quinn).post(where, body, match=award.version), 409, "refused")
    assert "scored proposals to an RFP of this programme within the last year" in refused["detail"]
    for person in vars(committee).values():
        award = sign(award, **signed(person))
    assert award.state == "signed"
