"""An RFP over REST alone: from the first candidate to the signed award; bidders alone come by their own door."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cmo_lifecycle.workflow.models import Event
from evaluation.actions import portal
from evaluation.board import board
from evaluation.models import Proposal, Rfp
from tests.api.conftest import API, Api, problem
from tests.conftest import PASSWORD
from tests.evaluation.conftest import CRITERIA, MARKS, PDF, PRICES, QUESTIONS, TERMS, past_deadline

pytestmark = pytest.mark.django_db

SECTIONS = ["technical", "risk", "partnership", "business_fit"]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON has it."""
    return {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in row.items()}


def done(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return answer.json()  # type: ignore[no-any-return]


def step(person: Any, href: str, verb: str, *, signs: bool = False, **body: Any) -> dict[str, Any]:
    """Take a step of a record as it stands now."""
    api = Api(person)
    version = done(api.get(href))["version"]
    signature = {"password": PASSWORD, "email": person.email} if signs else {}
    return done(api.post(f"{href}actions/{verb}/", {**body, **signature}, match=version))


def put(person: Any, record: dict[str, Any], table: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    api = Api(person)
    version = done(api.get(record["href"]))["version"]
    return done(api.put(record["tables"][table], {"rows": rows}, match=version))


def add(person: Any, route: str, **body: Any) -> dict[str, Any]:
    return done(Api(person).post(f"/{route}/", body), 201)


def attach(person: Any, record: dict[str, Any], route: str, name: str) -> None:
    file = SimpleUploadedFile(name, PDF, content_type="application/pdf")
    said = {"record": route, "record_id": record["id"], "file": file}
    answer = Api(person).client.post(f"{API}/attachments/", said)
    assert answer.status_code == 201, answer.content


def short_listed(cmo: dict[str, Any], programme: str, people: Any) -> dict[str, Any]:
    """Bring a CMO onto the short list: its agreement signed and filed, its must-haves met."""
    cda = add(people.alice, "cdas", cmo_id=cmo["id"], programme_id=programme, number="CDA-1")
    (blocked,) = (one["blocked"] for one in cda["available_actions"] if one["name"] == "put_in_force")
    assert blocked == ["Attach the signed agreement first."]
    attach(people.alice, cda, "cdas", "cda.pdf")
    signed_on = (timezone.localdate() - timedelta(days=30)).isoformat()
    assert step(people.lena, cda["href"], "put_in_force", signed_on=signed_on)["state"] == "in_force"
    candidate = add(people.alice, "candidates", programme_id=programme, cmo_id=cmo["id"], channel="market_scan")
    rows = done(Api(people.alice).get(candidate["tables"]["must_haves"]))["results"]
    assert rows, "what the strategy insists on stands in the list"
    put(
        people.tom, candidate, "must_haves", [{**row, "verdict": "met", "evidence": "Seen on site"} for row in rows]
    )  # fmt: skip
    step(people.priya, candidate["href"], "long_list")
    return step(people.alice, candidate["href"], "short_list", reason="Meets what we must have")


@pytest.fixture
def written(strategy: Any, vx12: Any, people: Any) -> dict[str, Any]:
    """A draft RFP, written over REST from the strategy."""
    now = timezone.now()
    api = Api(people.alice)
    rfp = add(
        people.alice, "rfps", programme_id=str(vx12.pk), title="Filling of VX-12", service="sterile_fill_finish",
    )  # fmt: skip
    assert (rfp["strategy_id"], rfp["state"], rfp["currency"]) == (str(strategy.pk), "draft", "EUR")
    assert done(api.get(rfp["tables"]["criteria"]))["results"], "the strategy's criteria are there"
    rfp = done(api.post(f"{rfp['href']}template/", {"template": "sterile_fill_finish"}, match=rfp["version"]))
    assert rfp["template"] == "sterile_fill_finish"
    pointers = {one["pointer"] for one in done(api.get(f"{rfp['href']}findings/"))["findings"]}
    assert {"/closes_at", "/questions_until"} <= pointers
    rfp = done(
        api.patch(
            rfp["href"],
            {
                "questions_until": (now + timedelta(days=7)).isoformat(),
                "closes_at": (now + timedelta(days=21)).isoformat(),
                "oversight_fte": "0.5", "fte_rate": "150000", "audit_cost": "12000", "plant_day_cost": "1500",
                "oversight_systems": "5000",
            },
            match=rfp["version"],
        )
    )  # fmt: skip
    put(people.priya, rfp, "criteria", [plain(row) for row in CRITERIA])
    musts = [{"code": "R1", "group": "business_fit", "requirement": "Two lines that can fill vials", "need": "must"}]
    put(people.priya, rfp, "requirements", musts)
    put(people.alice, rfp, "questions", QUESTIONS)
    put(people.farid, rfp, "price_sheet", PRICES)
    assert done(api.get(f"{rfp['href']}findings/"))["findings"] == []
    return done(api.get(rfp["href"]))


@pytest.fixture
def asked(written: dict[str, Any], vx12: Any, harrow: Any, people: Any, tom: Any, quinn: Any) -> Any:
    """The RFP, issued to two CMOs with a panel of four."""
    cmos = [
        done(Api(people.alice).get(f"/cmos/{harrow.pk}/")),
        add(people.alice, "cmos", legal_name="Nordvik Fill-Finish AS"),
    ]
    invited = {}
    for name, cmo in zip(("harrow", "nordvik"), cmos, strict=True):
        candidate = short_listed(cmo, str(vx12.pk), people)
        contact = add(people.alice, "contacts", cmo_id=cmo["id"], name=f"Ola {name}", email=f"{name}@cmo.example")
        invited[name] = add(
            people.alice, "proposals", rfp_id=written["id"], candidate_id=candidate["id"], contact_id=contact["id"]
        )
        assert (invited[name]["cmo_id"], invited[name]["state"]) == (cmo["id"], "invited")
    for person, sections in (
        (people.alice, []), (tom, SECTIONS), (quinn, SECTIONS), (people.farid, ["total_cost"]),
    ):  # fmt: skip
        seat = add(people.alice, "evaluators", rfp_id=written["id"], person_id=str(person.pk), sections=sections)
        assert step(person, seat["href"], "declare_none", signs=True)["state"] == "cleared"
    step(tom, written["href"], "approve", signs=True)
    assert step(quinn, written["href"], "approve", signs=True)["state"] == "approved"
    rfp = step(people.alice, written["href"], "issue")
    assert rfp["state"] == "issued"
    return SimpleNamespace(rfp=rfp, **invited)


def hand_in(invited: dict[str, Any], price: str) -> None:
    """Save and submit as the bidder does, by its link."""
    proposal = Proposal.objects.get(pk=invited["id"])
    bidder = portal.Bidder.by_link(proposal.contact)  # type: ignore[arg-type]
    portal.save(
        proposal, bidder,
        answers={"A1": "Two isolator lines", "A2": "40", "A4": "Sixty days"},
        prices={"L1": {"amount": price, "currency": "EUR"}, "L2": {"amount": "900000", "currency": "EUR"}},
    )  # fmt: skip
    portal.submit(proposal, bidder)


def judge(asked: Any, people: Any, tom: Any, quinn: Any) -> None:
    """Score, lock, open the prices, settle the appraisals and complete the due diligence."""
    marks = {asked.harrow["id"]: MARKS["harrow"], asked.nordvik["id"]: MARKS["nordvik"]}
    for person in (tom, quinn):
        sheets = done(Api(person).get(f"/score-sheets/?person_id={person.pk}&state=open"))["results"]
        assert len(sheets) == 2
        for sheet in sheets:
            sheet = done(Api(person).get(sheet["href"]))
            rows = [
                {"criterion": code, "score": mark, "rationale": f"Seen in the proposal: {mark}"}
                for code, mark in marks[sheet["proposal_id"]].items()
            ]
            put(person, sheet, "scores", rows)
            assert step(person, sheet["href"], "submit")["state"] == "submitted"
    step(people.alice, asked.rfp["href"], "lock_technical")
    step(people.alice, asked.rfp["href"], "open_commercial", signs=True)
    step(people.farid, asked.rfp["href"], "open_commercial", signs=True)
    for one in done(Api(tom).get(f"/appraisals/?rfp_id={asked.rfp['id']}"))["results"]:
        terms = plain(TERMS)
        appraisal = done(Api(tom).patch(one["href"], terms, match=one["version"]))
        put(tom, appraisal, "gaps", [{"requirement": "R1", "verdict": "met", "finding": "Shown on site"}])
        risk = {"category": "supply", "risk": "One line down", "severity": 3, "occurrence": 3, "detection": 3}
        put(tom, appraisal, "risks", [risk])
        assert step(tom, appraisal["href"], "settle")["state"] == "settled"
    for one in done(Api(tom).get(f"/due-diligence/?rfp_id={asked.rfp['id']}"))["results"]:
        started = step(tom, one["href"], "start")
        said = {"findings": "Looked into on site", "conclusion": "good"}
        done(Api(tom).patch(one["href"], said, match=started["version"]))
        step(tom, one["href"], "complete")


def test_an_rfp_goes_from_the_strategy_to_the_award_over_rest_alone(
    asked: Any, people: Any, tom: Any, quinn: Any, committee: Any
) -> None:
    api, href = Api(people.alice), asked.rfp["href"]
    hand_in(asked.harrow, "210000")
    hand_in(asked.nordvik, "180000")
    past_deadline(Rfp.objects.get(pk=asked.rfp["id"]))
    for address in (
        f"{href}board/", f"{href}costs/", f"{asked.harrow['href']}answers/", f"{asked.harrow['href']}prices/"
    ):  # fmt: skip
        problem(api.get(address), 404, "not_found")
    assert step(people.alice, href, "close")["state"] == "closed"
    assert step(people.alice, href, "open_technical", signs=True)["state"] == "closed", "it takes two"
    assert step(quinn, href, "open_technical", signs=True)["state"] == "evaluation"
    answers = done(api.get(f"{asked.harrow['href']}answers/"))["results"]
    assert [(one["question"], one["value"]) for one in answers] == [
        ("A1", "Two isolator lines"), ("A2", "40"), ("A3", None),
    ]  # fmt: skip
    assert done(api.get(f"{asked.harrow['href']}prices/"))["results"] == []
    for one in (asked.harrow, asked.nordvik):
        assert step(people.alice, one["href"], "find_compliant", found="Complete and signed")["state"] == "compliant"
    judge(asked, people, tom, quinn)
    prices = done(api.get(f"{asked.nordvik['href']}prices/"))["results"]
    assert [(row["line"], row["amount"], row["currency"]) for row in prices] == [
        ("L1", "180000.0000", "EUR"), ("L2", "900000.0000", "EUR"),
    ]  # fmt: skip

    shown = done(api.get(f"{href}board/"))
    stands = board(Rfp.objects.get(pk=asked.rfp["id"]))
    assert (shown["problem"], shown["problems"], shown["is_priced"]) == ("", [], True)
    by_key = {one["proposal_id"]: one for one in shown["bidders"]}
    for one in stands.proposals:
        told = by_key[str(one.pk)]
        assert stands.matrix is not None
        assert (told["total"], told["rank"]) == (stands.total_of(one), stands.matrix.lines[str(one.pk)].rank)
    assert shown["numbers"] == stands.as_json()["numbers"]
    assert shown["sensitivity"] == stands.turning_sentences != []
    assert shown["cheapest"] == stands.cheapest_sentence != ""
    assert len(shown["tornado"]) == len(stands.tornado) > 0

    award = add(
        people.alice, "awards", programme_id=asked.rfp["programme_id"], rfp_id=asked.rfp["id"],
        recommendation="Best record and fit.", against="It is not the cheapest.",
    )  # fmt: skip
    put(people.alice, award, "winners", [{"cmo_id": asked.harrow["cmo_id"], "share": "100"}])
    assert step(people.alice, award["href"], "propose")["state"] == "proposed"
    for person in (committee.erin, committee.quality, committee.finance):
        signed = step(person, award["href"], "sign", signs=True)
    assert signed["state"] == "signed"
    assert [one["role"] for one in signed["signatures"]] == ["executive", "quality", "finance"]
    assert all(one["is_genuine"] and one["is_current"] for one in signed["signatures"])
    (relationship,) = done(api.get(f"/relationships/?cmo_id={asked.harrow['cmo_id']}"))["results"]
    assert relationship["state"] == "selected"
    states = {one["id"]: one["state"] for one in done(api.get(f"/proposals/?rfp_id={asked.rfp['id']}"))["results"]}
    assert states == {asked.harrow["id"]: "awarded", asked.nordvik["id"]: "not_awarded"}
    sources = Event.objects.filter(record_id__in=[asked.rfp["id"], award["id"]]).values_list("source", flat=True)
    assert set(sources) == {"api"}


def test_a_service_account_prepares_and_invites_and_never_signs(
    strategy: Any, vx12: Any, bidders: Any, service: Any, token_of: Any
) -> None:
    vx12.members.add(service)
    api = Api(service, token_of(service, "rfps:write", "proposals:write"))
    body = {"programme_id": str(vx12.pk), "title": "Bulk", "service": "drug_substance", "external_id": "ERP-7"}
    made = api.put("/rfps/by-external-id/ERP-7/", body)
    rfp = done(made, 201)
    assert done(api.put("/rfps/by-external-id/ERP-7/", body))["id"] == rfp["id"]
    invite = {
        "rfp_id": rfp["id"],
        "candidate_id": str(bidders.nordvik.candidate.pk),
        "contact_id": str(bidders.nordvik.contact.pk),
    }
    first = api.post("/proposals/", invite, Idempotency_Key="invite-1")
    again = api.post("/proposals/", invite, Idempotency_Key="invite-1")
    assert (done(first, 201)["id"], again["Idempotency-Replayed"]) == (done(again, 201)["id"], "true")
    found = problem(api.post(f"{rfp['href']}actions/approve/", {"password": PASSWORD}, match=1), 403)
    assert found["code"] == "not_permitted"
    problem(api.get("/score-sheets/"), 403, "not_permitted")
    problem(api.post("/awards/", {}), 403, "not_permitted")
