"""One scores alone, with what the bidder says beside it; nothing typed is lost, and nobody looks over a shoulder."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.doors.duties import duties_of
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from evaluation.actions import rfps
from evaluation.actions.judging import declare_conflict, submit
from evaluation.models import Answer, Evaluator, Score, ScoreSheet
from tests.evaluation.conftest import hand_in_scores, past_deadline, signed

pytestmark = pytest.mark.django_db
REASON = "Marker-7f3a: two isolator lines were shown"


def browser_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sheet_of(rfp: Any, person: Any, cmo: Any) -> Any:
    return ScoreSheet.objects.get(rfp=rfp, evaluator__person=person, proposal__cmo=cmo, commercial=False)


def save(client: Client, sheet: Any, version: int | None = None, **fields: str) -> Any:
    address = reverse("evaluation:score_sheet_write", args=[sheet.pk])
    data = {"version": str(sheet.version if version is None else version)}
    return client.post(address, {**data, **fields}, headers={"accept": "application/json"})


def test_a_sheet_is_written_saved_and_handed_in(opened: Any, bidders: Any, people: Any) -> None:
    tom = browser_of(people.tom)
    sheet = sheet_of(opened, people.tom, bidders.harrow.cmo)
    listed = tom.get(reverse("evaluation:score_sheet_list")).content.decode()
    address = reverse("evaluation:score_sheet_write", args=[sheet.pk])
    assert f'href="{address}"' in listed and "0 of 3" in listed
    page = tom.get(address).content.decode()
    # Evidence beside the score: the answer of the question that serves it, and what is missing in words.
    assert "Two isolator lines" in page and "Platform and scale" in page and "No answer" in page
    assert "0 of 3" in page and "Score “Process fit”." in page
    # The desk says so too, until it is handed in.
    (due, *_) = [one for one in duties_of(people.tom) if one.url == address]
    assert due.what == "Scores to hand in"

    answer = save(tom, sheet, **{"score-T1": "4.25", "rationale-T1": REASON, "score-Q1": "3"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["done"], said["of"], said["version"]) == (1, 3, sheet.version + 1)
    assert [one["criterion"] for one in said["missing"]] == ["P1", "Q1"]  # as the page has them
    assert said["missing"][1]["sentence"] == "Say why “Inspection record” scores 3."
    # It survives a reload, and a session that is gone.
    tom.logout()
    assert save(tom, sheet, said["version"], **{"score-T1": "1"}).status_code == 302
    tom.force_login(people.tom)
    page = tom.get(address).content.decode()
    assert 'value="4.25"' in page and REASON in page

    wrong = save(tom, sheet, said["version"], **{"score-T1": "5.01", "rationale-T1": REASON})
    assert wrong.status_code == 422
    assert wrong.json()["errors"] == {"T1": "Give a score from 0 to 5, with at most two decimals."}
    stale = save(tom, sheet, sheet.version, **{"score-T1": "1", "rationale-T1": "Other window"})
    assert stale.status_code == 412
    assert Score.objects.get(sheet=sheet, criterion="T1").rationale == REASON
    # As a form the same says what stands there and what was typed, and loses neither.
    both = tom.post(address, {"version": sheet.version, "score-T1": "1", "rationale-T1": "Other window"})
    assert both.status_code == 412 and REASON in both.content.decode() and "Other window" in both.content.decode()

    early = tom.post(
        address, {"version": said["version"], "then": "submit", "score-T1": "4.25", "rationale-T1": REASON}
    )
    assert "Not complete yet" in early.content.decode() and 'href="#score-P1"' in early.content.decode()
    sheet.refresh_from_db()
    whole = {
        f"{field}-{code}": value
        for code in ("T1", "Q1", "P1")
        for field, value in (("score", "4"), ("rationale", REASON))
    }
    on = tom.post(address, {"version": sheet.version, "then": "submit", **whole})
    step = reverse("evaluation:score_sheet_step", args=[sheet.pk, "submit"])
    assert on.status_code == 302 and on["Location"] == step
    sheet.refresh_from_db()
    assert tom.post(step, {"version": sheet.version}).status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == "submitted"
    assert tom.get(address).status_code == 403
    assert save(tom, sheet, **{"score-T1": "0"}).status_code == 403


def test_others_show_only_once_ones_own_are_handed_in(opened: Any, bidders: Any, people: Any) -> None:
    theirs = sheet_of(opened, people.quinn, bidders.harrow.cmo)
    rows = [{"criterion": code, "score": mark, "rationale": REASON} for code, mark in (("T1", 1), ("Q1", 2), ("P1", 3))]
    theirs = parts.write(theirs, Score, rows, actor=people.quinn)
    submit(theirs, actor=people.quinn)
    mine = sheet_of(opened, people.tom, bidders.harrow.cmo)
    proposal = mine.proposal
    tom, priya = browser_of(people.tom), browser_of(people.priya)
    doors = [
        reverse("evaluation:score_sheet", args=[theirs.pk]),
        f"{reverse('evaluation:score_sheet', args=[theirs.pk])}?tab=history",
        reverse("evaluation:score_sheet_write", args=[mine.pk]),
        reverse("evaluation:score_sheet", args=[mine.pk]),
        f"{reverse('evaluation:score_sheet_list')}?whose=all",
        f"{reverse('evaluation:score_sheet_list')}?whose=all&export=csv",
        reverse("evaluation:matrix", args=[opened.pk]),
        reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]),
        reverse("evaluation:matrix_total", args=[opened.pk, proposal.pk]),
        reverse("evaluation:moderation", args=[opened.pk]),
        reverse("evaluation:consensus", args=[opened.pk, proposal.pk, "T1"]),
        reverse("evaluation:sensitivity", args=[opened.pk]),
        reverse("evaluation:proposal", args=[proposal.pk]),
        f"{reverse('evaluation:proposal', args=[proposal.pk])}?tab=history",
        reverse("home"),
        "/api/v1/events/",
        "/api/v1/events/?record=score-sheets",
    ]

    def text(client: Client, address: str) -> str:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return body.decode() + json.dumps(dict(answer.headers))

    for address in doors:
        for client in (tom, priya):
            assert REASON not in text(client, address), address
    assert tom.get(doors[0]).status_code == 404
    assert "Quinn" not in text(tom, doors[5])
    matrix = text(tom, doors[6])
    assert "Hidden" in matrix and "once you have handed in yours" in matrix
    assert Event.objects.filter(record_id=theirs.pk, verb="edit").exists()

    mine = parts.write(mine, Score, [{**row, "score": 5, "rationale": "Mine"} for row in rows], actor=people.tom)
    submit(mine, actor=people.tom)
    seen = text(tom, reverse("evaluation:score_sheet", args=[mine.pk]))
    # Side by side now: the other's score and reason, how far apart, and who is far off.
    assert REASON in seen and "Far apart" in seen
    assert REASON in text(tom, reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]))
    assert REASON not in text(priya, reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]))
    # Whoever looks on sees the panel's scores when all of it has handed in.
    alice = browser_of(people.alice)
    assert REASON not in text(alice, reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]))
    hand_in_scores(opened, bidders)
    assert REASON in text(alice, reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]))


def test_nothing_is_read_before_a_declaration_or_after_a_conflict(
    opened: Any, bidders: Any, people: Any, lena: Any, erin: Any
) -> None:
    asked = edits.create(Evaluator, {"rfp": opened, "person": lena, "sections": ["technical"]}, actor=people.alice)
    proposal = opened.proposals.get(cmo=bidders.harrow.cmo)
    closed = [
        reverse("evaluation:matrix", args=[opened.pk]),
        reverse("evaluation:moderation", args=[opened.pk]),
        reverse("evaluation:sensitivity", args=[opened.pk]),
        reverse("evaluation:matrix_cell", args=[opened.pk, "T1", proposal.pk]),
        reverse("evaluation:consensus", args=[opened.pk, proposal.pk, "T1"]),
        f"{reverse('evaluation:proposal', args=[proposal.pk])}?tab=answers",
    ]
    page = browser_of(lena)

    def refused(client: Client, sentence: str) -> None:
        for address in closed[:5]:
            answer = client.get(address)
            assert answer.status_code == 403 and sentence in answer.content.decode(), address
        answer = client.get(closed[5]).content.decode()
        assert sentence in answer and "Two isolator lines" not in answer

    refused(page, "Declare first whether you have a conflict")
    seat_page = page.get(reverse("evaluation:evaluator", args=[asked.pk])).content.decode()
    for name in ("Harrow", "Nordvik", "Castellan"):
        assert name in seat_page
    assert reverse("evaluation:evaluator_step", args=[asked.pk, "declare_none"]) in seat_page
    step = page.get(reverse("evaluation:evaluator_step", args=[asked.pk, "declare_none"])).content.decode()
    assert "Nordvik" in step and "signature_password" in step

    sent = {"version": asked.version, "signature_email": lena.email, "signature_password": signed(lena)["password"]}
    assert page.post(reverse("evaluation:evaluator_step", args=[asked.pk, "declare_none"]), sent).status_code == 302
    assert page.get(closed[0]).status_code == 200
    assert ScoreSheet.objects.filter(evaluator=asked, state="open").count() == 3
    sheet = ScoreSheet.objects.filter(evaluator=asked).first()
    asked.refresh_from_db()
    declare_conflict(asked, actor=lena, conflict="My brother runs a line there")
    refused(page, "You declared a conflict of interests")
    for name in ("score_sheet", "score_sheet_write"):
        assert page.get(reverse(f"evaluation:{name}", args=[sheet.pk])).status_code == 404
    assert save(page, sheet, 1, **{"score-T1": "5"}).status_code == 404
    refused(browser_of(erin), "Only the panel of this RFP reads its proposals.")
    # A sheet that was left behind keeps nobody waiting.
    hand_in_scores_of_the_rest(opened, bidders, asked)
    seen = ScoreSheet.objects.visible_to(people.alice).filter(proposal=proposal, state="submitted")
    assert seen.count() == 3


def hand_in_scores_of_the_rest(rfp: Any, bidders: Any, left: Any) -> None:
    for sheet in ScoreSheet.objects.filter(rfp=rfp, state="open").exclude(evaluator=left):
        rows = [{"criterion": code, "score": 3, "rationale": "Seen"} for code in ("T1", "Q1", "P1")]
        sheet = parts.write(sheet, Score, rows, actor=sheet.evaluator.person)
        submit(sheet, actor=sheet.evaluator.person)


def test_compliance_says_which_mandatory_answers_are_missing(
    issued: Any, hand_in: Any, bidders: Any, people: Any
) -> None:
    hand_in(bidders.harrow, "210000")
    sealed = issued.proposals.get(cmo=bidders.harrow.cmo)
    alice = browser_of(people.alice)
    address = reverse("evaluation:proposal", args=[sealed.pk])
    page = alice.get(address).content.decode()
    assert "sealed until" in page and "Two isolator lines" not in page
    rfp = rfps.close(past_deadline(issued), actor=people.alice)
    rfps.open_technical(rfp, **signed(people.alice))
    rfps.open_technical(rfp, **signed(people.quinn))
    page = alice.get(address).content.decode()
    assert "All 1 mandatory answers" in page
    assert reverse("evaluation:proposal_step", args=[sealed.pk, "find_compliant"]) in page
    Answer.objects.filter(proposal=sealed, question="A1").update(value="")
    page = alice.get(address).content.decode()
    assert "1 of 1 mandatory answers is missing" in page and "Describe the line." in page
    answers = alice.get(f"{address}?tab=answers").content.decode()
    assert "No answer" in answers and "40 batches" in answers and "Payment terms" not in answers


def test_the_seat_is_given_and_changed_on_pages(opened: Any, people: Any, sven: Any) -> None:
    alice = browser_of(people.alice)
    add = f"{reverse('evaluation:evaluator_add')}?rfp={opened.pk}"
    assert "Sven" in alice.get(add).content.decode()
    answer = alice.post(add, {"person": sven.pk, "sections": ["technical"]})
    assert answer.status_code == 302
    made = Evaluator.objects.get(rfp=opened, person=sven)
    assert made.sections == ["technical"]
    edit = reverse("evaluation:evaluator_edit", args=[made.pk])
    assert alice.post(edit, {"version": made.version, "sections": ["risk"]}).status_code == 302
    made.refresh_from_db()
    assert made.sections == ["risk"]
