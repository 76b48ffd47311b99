"""The nouns of a selection at the REST door: whose they are, what mistakes in them are told where, what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo_lifecycle.doors.rest.listing import by_model
from evaluation.actions import library
from evaluation.models import Addendum, Candidate, Cda, LibraryQuestion, Proposal
from tests.api.conftest import Api, problem
from tests.evaluation.api.test_sealed import ROUTES
from tests.evaluation.conftest import recommend, write_rfp

pytestmark = pytest.mark.django_db

#: Addresses that a noun has beside its own, tables aside.
MORE = {
    "rfps": ("findings", "board", "costs", "questions-and-answers"),
    "proposals": ("answers", "prices"),
}


def errors(response: Any) -> dict[str, str]:
    return {one["pointer"]: one["detail"] for one in problem(response, 400, "invalid")["errors"]}


@pytest.fixture
def whole(priced: Any, bidders: Any, people: Any) -> Any:
    """An RFP with everything that hangs on one, up to the recommendation."""
    Addendum.objects.create(rfp=priced, title="Vials", body="Of 10 ml")
    recommend(priced, bidders.harrow.cmo, people.alice)
    priced.refresh_from_db()
    return priced


def details(rfp: Any) -> Iterator[str]:
    """One address of each noun that there is in an RFP's neighbourhood, and those below it."""
    for model, view in by_model.items():
        if view.route not in ROUTES or model in (LibraryQuestion,):
            continue
        if model in (Cda, Candidate):
            record = model.objects.filter(programme=rfp.programme).first()
        else:
            record = rfp if model is type(rfp) else model.objects.filter(rfp=rfp).first()
        if record is None:
            assert view.route == "enquiries"
            continue
        below = [*(view.more_expand or ()), *MORE.get(view.route, ())]
        yield f"/{view.route}/{record.pk}/"
        yield from (f"/{view.route}/{record.pk}/{name}/" for name in below)


def test_for_people_of_another_programme_there_is_none_of_it(
    whole: Any, people: Any, mallory: Any, bob: Any, other_programme: Any
) -> None:
    places = list(details(whole))
    assert len(places) > 30
    for place in places:
        assert Api(people.tom).get(place).status_code == 200, place
        for person in (mallory, bob):
            problem(Api(person).get(place), 404, "not_found")
    for route in ROUTES:
        found = Api(mallory).get(f"/{route}/?count=true").json()
        assert route == "library-questions" or found["count"] == 0, route
    thief = Api(mallory)
    for name in ("template", "actions/cancel", "actions/approve"):
        problem(thief.post(f"/rfps/{whole.pk}/{name}/", {"template": "packaging", "reason": "x"}, match=1), 404)
    body = {"rfp_id": str(whole.pk), "title": "x", "body": "y"}
    assert errors(thief.post("/addenda/", body)) == {"/rfp_id": "There is no such RFP."}
    award = {"programme_id": str(whole.programme_id)}
    assert errors(thief.post("/awards/", award)) == {"/programme_id": "There is no such programme."}


def queries(api: Api, place: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert api.get(place).status_code == 200, place
    return len(found)


def test_lists_and_details_cost_few_queries(whole: Any, people: Any) -> None:
    # The lists by whoever sees the most, with everything that hangs on a row.
    api = Api(people.tom)
    for route in ROUTES:
        queries(api, f"/{route}/")
        assert queries(api, f"/{route}/") <= 8, route
    for model, view in by_model.items():
        if view.route in ROUTES and model is not LibraryQuestion:
            expand = ",".join(view.expandable())
            assert queries(api, f"/{view.route}/?expand={expand}") <= 4 + len(view.expandable()), view.route
    costs = {}
    for place in details(whole):
        view = next(one for one in by_model.values() if one.route == place.split("/")[1])
        if place.count("/") == 3 or place.split("/")[3] not in MORE.get(view.route, ()):
            costs[place] = queries(api, place)
    assert {place: count for place, count in costs.items() if count > 12} == {}


def test_a_board_costs_the_same_however_many_have_bid(whole: Any, people: Any) -> None:
    api = Api(people.tom)
    place = f"/rfps/{whole.pk}/board/"
    queries(api, place)
    before = queries(api, place)
    Proposal.objects.filter(rfp=whole).exclude(pk=Proposal.objects.filter(rfp=whole).first().pk).update(  # type: ignore[union-attr]
        state="not_submitted"
    )
    assert abs(queries(api, place) - before) <= 1


# ---------------------------------------------------------------- mistakes, each at its place


def test_an_invitation_is_refused_with_its_place(issued: Any, bidders: Any, people: Any, vx12: Any) -> None:
    api = Api(people.alice)
    candidate = str(bidders.nordvik.candidate.pk)

    def sent(**body: Any) -> dict[str, str]:
        return errors(api.post("/proposals/", body))

    assert sent() == {"/rfp_id": "This is missing."}
    twice = sent(rfp_id=str(issued.pk), candidate_id=candidate)
    assert list(twice.values()) == ["This CMO has been invited to this RFP already."]
    other = write_rfp(vx12, people.alice, title="Another")
    wrong = sent(rfp_id=str(other.pk), candidate_id=candidate, contact_id=str(bidders.harrow.contact.pk))
    assert list(wrong) == ["/contact_id"] and "does not work for" in wrong["/contact_id"]
    assert list(sent(rfp_id=str(other.pk), candidate_id=str(uuid4()))) == ["/candidate_id"]
    for name in ("state", "receipt", "submitted_at", "cmo_id"):
        assert sent(rfp_id=str(other.pk), candidate_id=candidate, **{name: "x"}) == {
            f"/{name}": "This is read only. A state is changed by an action; versions and times are the system's."
        }
    made = api.post("/proposals/", {"rfp_id": str(other.pk), "candidate_id": candidate})
    assert made.status_code == 201, made.content
    href = made.json()["href"]
    problem(api.patch(href, {"contact_id": None}, match=1), 405)
    problem(api.put(href, {}, match=1), 405)
    problem(api.post("/proposals/bulk/", {"items": []}), 404)
    problem(Api(people.quinn).post("/proposals/", {}), 403, "not_permitted")
    # Who is written to is said by a step; only somebody of the CMO.
    write_to = f"{href}actions/write_to/"
    wrong_one = {"contact_id": str(bidders.harrow.contact.pk)}
    assert list(errors(api.post(write_to, wrong_one, match=1))) == ["/contact_id", "/contact"]
    assert list(errors(api.post(write_to, {"contact": str(bidders.harrow.contact.pk)}, match=1))) == ["/contact"]
    done = api.post(write_to, {"contact": str(bidders.nordvik.contact.pk)}, match=1)
    assert (done.status_code, done.json()["contact_id"]) == (200, str(bidders.nordvik.contact.pk))


def test_a_wrong_rfp_is_told_at_its_member(strategy: Any, vx12: Any, people: Any, other_programme: Any) -> None:
    api = Api(people.alice)
    body = {"programme_id": str(vx12.pk), "title": "Filling", "service": "sterile_fill_finish"}
    assert errors(api.post("/rfps/", {})) == dict.fromkeys(("/programme_id", "/title", "/service"), "This is missing.")
    assert list(errors(api.post("/rfps/", {**body, "programme_id": str(other_programme.pk)}))) == ["/programme_id"]
    for bad, place in (
        ({"scale_most": "0"}, ""),
        ({"currency": "XYZ"}, "/currency"),
        ({"valid_days": 0}, "/valid_days"),
        ({"closes_at": "2027-01-01"}, "/closes_at"),
        ({"state": "issued"}, "/state"),
    ):
        assert list(errors(api.post("/rfps/", {**body, **bad}))) == [place]
    rfp = api.post("/rfps/", body).json()
    for bad_body, place in (({}, "/template"), ({"template": "soup"}, "/template"), ({"code": "x"}, "/code")):
        assert place in errors(api.post(f"{rfp['href']}template/", bad_body, match=rfp["version"]))
    problem(api.post(f"{rfp['href']}template/", {"template": "packaging"}), 428, "version_required")
    problem(api.post(f"{rfp['href']}template/", {"template": "packaging"}, match=9), 412, "stale")
    problem(Api(people.erin).post(f"{rfp['href']}template/", {"template": "packaging"}, match=1), 403)
    rows = [
        {"code": "T1", "group": "technical", "title": "Fit", "weight": "60", "rule": "lowest_full"},
        {"code": "T 2", "group": "magic", "title": "", "weight": 40},
    ]
    found = errors(api.put(rfp["tables"]["criteria"], {"rows": rows}, match=rfp["version"]))
    assert set(found) == {"/rows/1/group", "/rows/1/title", "/rows/1/weight"}
    found = errors(api.put(rfp["tables"]["criteria"], {"rows": rows[:1]}, match=rfp["version"]))
    assert list(found) == ["/rows/0/rule"]
    bands = [{"code": "A1", "group": "risk", "question": "How many?", "kind": "number", "bands": "many = 5"}]
    found = errors(api.put(rfp["tables"]["questions"], {"rows": bands}, match=rfp["version"]))
    assert list(found) == ["/rows/0/bands"]
    pointers = [one["pointer"] for one in api.get(f"{rfp['href']}findings/").json()["findings"]]
    assert set(pointers) == {"/closes_at", "/questions_until", "/questions", "/price_sheet"}


def test_a_board_takes_other_weights_and_refuses_what_are_none(opened: Any, bidders: Any, people: Any) -> None:
    from evaluation.board import board
    from tests.evaluation.conftest import hand_in_scores

    hand_in_scores(opened, bidders)
    api = Api(people.tom)
    place = f"/rfps/{opened.pk}/board/"
    before = api.get(place)
    assert before["ETag"].startswith(f'"{opened.version}-')
    assert api.get(place, If_None_Match=before["ETag"]).status_code == 304
    found = api.get(f"{place}?weights=T1:0,P1:62.5").json()
    from decimal import Decimal

    stands = board(opened, {"T1": Decimal(0), "P1": Decimal("62.5")})
    totals = {one["proposal_id"]: one["total"] for one in found["bidders"]}
    assert totals == {str(one.pk): stands.total_of(one) for one in stands.proposals}
    assert totals != {one["proposal_id"]: one["total"] for one in before.json()["bidders"]}
    assert before.json() == api.get(place).json(), "looking writes nothing"
    for bad in ("", "T1", "T1:x", "T1:-1", "T1:101", "T1:1,T1:2", "X9:1", "T1:1;P1:2", "T1:1e3", "T1:0.1234"):
        refused = problem(api.get(f"{place}?weights={bad}"), 400)
        assert refused["errors"][0]["pointer"] == "?weights", bad
    nothing = api.get(f"{place}?weights=T1:0,Q1:0,P1:0").json()
    assert nothing["numbers"] is None and "All weights are 0" in nothing["problem"]
    problem(api.get(f"{place}?weight=1"), 400, "unknown_parameter")


def test_costs_are_open_down_to_their_lines(priced: Any, bidders: Any, people: Any) -> None:
    from decimal import Decimal

    from evaluation.board import board

    shown = Api(people.farid).get(f"/rfps/{priced.pk}/costs/").json()
    assert shown["problem"] == ""
    assert {one["scenario"] for one in shown["scenarios"]} == {"low", "base", "high"}
    base = next(one for one in shown["scenarios"] if one["scenario"] == "base")
    amounts = board(priced).costs.amounts()
    assert {one["proposal_id"]: Decimal(one["total"]) for one in base["bidders"]} == amounts
    for one in base["bidders"]:
        assert sum(Decimal(line["present_value"]) for line in one["lines"]) == Decimal(one["total"])
        assert sum(Decimal(part["present_value"]) for part in one["components"]) == Decimal(one["total"])
        assert all(line["formula"] and line["label"] for line in one["lines"])
        assert one["formula"] and one["not_computable"] == ""
    assert sorted(one["rank"] for one in base["bidders"]) == [1, 2, 3]


def test_the_report_of_an_award_is_a_file_for_whoever_reads_the_proposals(
    whole: Any, people: Any, committee: Any, sven: Any, mallory: Any
) -> None:
    place = f"/awards/{whole.awards.get().pk}/report/"
    for headers in ({}, {"Accept": "application/pdf"}):
        answer = Api(committee.erin).get(place, **headers)
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    problem(Api(committee.erin).get(f"{place}?format=csv"), 400)
    problem(Api(committee.erin).get(place, Accept="text/csv"), 406, "not_acceptable")
    for person in (sven, mallory):
        problem(Api(person).get(place), 404, "not_found")


def test_a_question_of_the_library_is_revised_and_templates_are_told(people: Any) -> None:
    api = Api(people.alice)
    body = {"code": "0-LINE", "group": "technical", "question": "Describe the line."}
    made = api.post("/library-questions/", body).json()
    problem(api.post(f"{made['href']}revise/"), 409, "refused")
    library.put_in_use(LibraryQuestion.objects.get(pk=made["id"]), actor=people.alice)
    following = api.post(f"{made['href']}revise/")
    assert following.status_code == 201, following.content
    assert (following.json()["number"], following.json()["state"]) == (2, "draft")
    problem(Api(people.farid).post(f"{made['href']}revise/"), 403, "not_permitted")
    problem(api.post(f"{made['href']}revise/", {"why": "x"}), 400, "invalid")
    templates = api.get("/rfp-templates/").json()
    assert set(templates) == {"next", "previous", "results"}
    codes = [one["code"] for one in templates["results"]]
    assert len(set(codes)) == 5
    for one in templates["results"]:
        assert one["criteria"] and one["questions"] and one["price_sheet"] and one["requirements"]
        assert sum(float(row["weight"]) for row in one["criteria"]) == 100
    problem(api.get("/rfp-templates/?code=x"), 400, "unknown_parameter")
