"""Who judges blind sees nobody else's scores at any door before their own are handed in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cmo_lifecycle.workflow import attachments, parts
from evaluation.actions.judging import declare_conflict, submit
from evaluation.models import Evaluator, Score, ScoreSheet
from tests.api.conftest import Api, problem

pytestmark = pytest.mark.django_db

WHY = "Two lines seen, Kestrel-7731"


def sheet_of(person: Any, proposal: Any) -> Any:
    return ScoreSheet.objects.get(evaluator__person=person, proposal=proposal, commercial=False)


def score(person: Any, proposal: Any) -> Any:
    """Fill and hand in a person's sheet, with a file beside it."""
    sheet = sheet_of(person, proposal)
    rows = [{"criterion": code, "score": Decimal("4"), "rationale": WHY} for code in ("T1", "Q1", "P1")]
    sheet = parts.write(sheet, Score, rows, actor=person)
    attachments.attach(sheet, ContentFile(b"Kestrel-7731 notes\n", name="notes.txt"), actor=person)
    return submit(sheet, actor=person)


def everywhere(person: Any, sheet: Any) -> list[str]:
    """Return where a person finds somebody's sheet, or what is in it."""
    api = Api(person)
    rfp = sheet.rfp_id
    found = []
    for address in (
        f"/score-sheets/{sheet.pk}/", f"/score-sheets/{sheet.pk}/scores/",
        "/score-sheets/?limit=1000&expand=scores,evaluator,proposal,rfp", "/score-sheets/?format=csv",
        f"/score-sheets/?id={sheet.pk}", f"/score-sheets/?evaluator_id={sheet.evaluator_id}",
        "/events/?limit=1000", f"/events/?record=score-sheets&record_id={sheet.pk}", "/events/?after=",
        f"/events/?related_id={sheet.rfp.programme_id}&limit=1000",
        "/attachments/?limit=1000", f"/attachments/?record=score-sheets&record_id={sheet.pk}",
        f"/rfps/{rfp}/board/", f"/proposals/{sheet.proposal_id}/",
    ):  # fmt: skip
        answer = api.get(address)
        raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code == 200 and (str(sheet.pk).encode() in raw or b"Kestrel-7731" in raw):
            found.append(address)
    return found


def test_others_scores_are_there_once_ones_own_are_handed_in(opened: Any, bidders: Any, people: Any) -> None:
    proposal = opened.proposals.get(cmo=bidders.harrow.cmo)
    toms = score(people.tom, proposal)
    assert everywhere(people.tom, toms)
    for person in (people.quinn, people.priya, people.alice, people.farid):
        assert everywhere(person, toms) == [], person
        api = Api(person)
        problem(api.get(f"/score-sheets/{toms.pk}/"), 404, "not_found")
        for answer in (
            api.put(f"/score-sheets/{toms.pk}/scores/", {"rows": []}, match=toms.version),
            api.post(f"/score-sheets/{toms.pk}/actions/submit/", {}, match=toms.version),
            api.post(f"/score-sheets/{toms.pk}/actions/reopen/", {"reason": "x"}, match=toms.version),
        ):
            problem(answer, 404, "not_found")
    score(people.quinn, proposal)
    seen = everywhere(people.quinn, toms)
    assert f"/score-sheets/{toms.pk}/" in seen and f"/attachments/?record=score-sheets&record_id={toms.pk}" in seen
    assert everywhere(people.priya, toms) == [], "hers are still open"
    assert everywhere(people.alice, toms) == [], "whoever looks on sees scores when the panel does"
    score(people.priya, proposal)
    assert f"/score-sheets/{toms.pk}/scores/" in everywhere(people.alice, toms)


def test_the_board_keeps_scores_from_whoever_has_not_handed_in(opened: Any, bidders: Any, people: Any) -> None:
    proposal = opened.proposals.get(cmo=bidders.harrow.cmo)
    score(people.tom, proposal)

    def cell(person: Any) -> dict[str, Any]:
        shown = Api(person).get(f"/rfps/{opened.pk}/board/").json()
        (bidder,) = (one for one in shown["bidders"] if one["proposal_id"] == str(proposal.pk))
        found: dict[str, Any] = next(one for one in bidder["cells"] if one["criterion"] == "T1")
        return found

    own = cell(people.tom)
    assert (own["is_hidden"], [one["score"] for one in own["scores"]]) == (False, ["4.00"])
    assert own["scores"][0]["person"] == "Tom Example"
    assert own["score"] is None and "not scored yet by" in own["reason"]
    for person in (people.quinn, people.alice):
        others = cell(person)
        assert (others["is_hidden"], others["scores"], others["score"], others["spread"]) == (True, [], None, None)
    score(people.quinn, proposal)
    assert [one["score"] for one in cell(people.quinn)["scores"]] == ["4.00", "4.00"]


def test_who_does_not_read_the_proposals_reads_nothing_that_was_opened(
    opened: Any, bidders: Any, people: Any, lena: Any, sven: Any, audra: Any, mallory: Any, other_programme: Any
) -> None:
    proposal = opened.proposals.get(cmo=bidders.harrow.cmo)
    # Farid sat on the panel; what he declares now removes him.
    seat = Evaluator.objects.get(rfp=opened, person=people.farid)
    declare_conflict(seat, actor=people.farid, conflict="My sister works there.")
    opening, appraisal = proposal.openings.get(), proposal.appraisal
    stream = proposal.diligence.first()
    addresses = [
        f"/openings/{opening.pk}/", f"/appraisals/{appraisal.pk}/", f"/due-diligence/{stream.pk}/",
        f"/appraisals/{appraisal.pk}/gaps/", f"/appraisals/{appraisal.pk}/consensus/",
        f"/proposals/{proposal.pk}/answers/", f"/proposals/{proposal.pk}/prices/",
        f"/rfps/{opened.pk}/board/", f"/rfps/{opened.pk}/costs/",
    ]  # fmt: skip
    for person in (lena, sven, people.farid, mallory):
        for address in addresses:
            problem(Api(person).get(address), 404, "not_found")
        for route in ("openings", "appraisals", "due-diligence", "score-sheets"):
            assert Api(person).get(f"/{route}/?count=true").json()["count"] == 0
        for kept in (opening, appraisal, stream):
            assert Api(person).get(f"/events/?record_id={kept.pk}").json()["results"] == []
            assert Api(person).get(f"/attachments/?record_id={kept.pk}").json()["results"] == []
    for person in (people.tom, audra):
        for address in addresses:
            assert Api(person).get(address).status_code == 200, (person, address)
    assert Api(people.tom).get(f"/rfps/{opened.pk}/costs/").json()["problem"].startswith("Prices are sealed")


def test_the_committee_reads_once_an_award_is_recommended(
    priced: Any, bidders: Any, people: Any, committee: Any
) -> None:
    from tests.evaluation.conftest import recommend

    board = f"/rfps/{priced.pk}/board/"
    problem(Api(committee.erin).get(board), 404, "not_found")
    recommend(priced, bidders.harrow.cmo, people.alice)
    for person in vars(committee).values():
        assert Api(person).get(board).status_code == 200


def test_a_seat_stays_with_its_rfp_and_its_person(
    opened: Any, people: Any, strategy: Any, vx12: Any, sven: Any
) -> None:
    from tests.evaluation.conftest import write_rfp

    other = write_rfp(vx12, people.alice, title="Another")
    seat = Evaluator.objects.get(rfp=opened, person=people.tom)
    api = Api(people.alice)
    for change in ({"rfp_id": str(other.pk)}, {"person_id": str(sven.pk)}):
        body = {**change, "reason": "Moved"}
        found = problem(api.patch(f"/evaluators/{seat.pk}/", body, match=seat.version), 400, "invalid")
        assert [one["pointer"] for one in found["errors"]] == [f"/{next(iter(change))}"]
    fine = api.patch(f"/evaluators/{seat.pk}/", {"sections": ["technical"], "reason": "x"}, match=seat.version)
    assert fine.status_code == 200, fine.content


def test_sheets_are_written_by_their_own_evaluator_with_places_for_mistakes(
    opened: Any, bidders: Any, people: Any
) -> None:
    sheet = sheet_of(people.tom, opened.proposals.get(cmo=bidders.harrow.cmo))
    api, table = Api(people.tom), f"/score-sheets/{sheet.pk}/scores/"

    def errors(rows: Any) -> dict[str, str]:
        answer = problem(api.put(table, {"rows": rows}, match=sheet.version), 400, "invalid")
        return {one["pointer"]: one["detail"] for one in answer["errors"]}

    assert errors([{"criterion": "T1", "score": "6"}]) == {"/rows/0/score": "Give a score from 0 to 5."}
    assert list(errors([{"criterion": "K1", "score": "3"}])) == ["/rows/0/criterion"]
    assert list(errors([{"criterion": "T1", "score": 3}])) == ["/rows/0/score"]
    assert list(errors([{"criterion": "T1"}, {"criterion": "T1"}])) == ["/rows/1/criterion"]
    problem(api.put(table, {"rows": []}), 428, "version_required")
    problem(api.patch(f"/score-sheets/{sheet.pk}/", {}, match=1), 405)
    problem(api.post("/score-sheets/", {}), 405)
    draft = api.put(table, {"rows": [{"criterion": "T1", "score": "3.50"}]}, match=sheet.version)
    assert draft.json()["results"][0]["score"] == "3.50"
    blocked = next(one for one in api.get(f"/score-sheets/{sheet.pk}/").json()["available_actions"])
    assert blocked["name"] == "submit" and "Say why “Process fit” scores 3.5." in blocked["blocked"]
    problem(api.post(f"/score-sheets/{sheet.pk}/actions/submit/", {}, match=sheet.version + 1), 409, "refused")
