"""Clauses of one agreement: suggested, confirmed, chosen, changed, searched; and the way round a serious gap."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotSigned, Refused, Stale
from contracts.actions import agreements, waivers
from contracts.clauses.topics import topics_for
from contracts.documents import bring_in
from contracts.judging import board, judge
from contracts.models import Agreement, Clause, Waiver
from contracts.searching import search, suggestions
from tests.contracts.clauses_pages.conftest import EXIT, TEXT
from tests.contracts.conftest import step

S = Agreement.State


def test_a_suggestion_is_confirmed_in_one_step(msa: Agreement, lena: Any, as_: Any) -> None:
    found = {line.topic.code: line for line in board(msa).lines}
    assert set(found) == {one.code for one in topics_for("msa")}
    law = found["governing_law"]
    assert law.status == "open" and "laws of Germany" in TEXT.strip("\n")[law.likely[0].start : law.likely[0].end]
    address = reverse("contracts:agreement_clauses", args=[msa.pk])
    page = as_(lena).get(f"{address}?topic=governing_law").content.decode()
    assert "laws of Germany" in page and "data-confirm" in page
    sent = {"topic": "governing_law", "status": "present", "place": f"{law.likely[0].start}-{law.likely[0].end}"}
    answer = as_(lena).post(address, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Present" in answer.content.decode()
    (made,) = Clause.objects.all()
    assert (made.status, made.document, made.created_by) == ("present", msa.current_document(), lena)
    assert "laws of Germany" in made.words and made.words == made.document.words[made.start : made.end]
    # A second one on top of it, by a page that was opened before, changes nothing.
    again = as_(lena).post(address, {**sent, "status": "missing"})
    assert again.status_code == 412 and "Somebody judged this topic" in again.content.decode()
    made.refresh_from_db()
    assert made.status == "present"


def test_one_chooses_the_text_oneself(msa: Agreement, lena: Any, priya: Any, as_: Any) -> None:
    made = judge(msa, "exit_plan", "present", actor=lena, words=EXIT.replace(" ", "\n", 3))
    assert made.document is not None and made.words == EXIT and made.place == "EXIT"
    unplaced = judge(msa, "audit_rights", "present", actor=lena, words="A letter of 3 May says so.")
    assert unplaced.start is None and unplaced.words == "A letter of 3 May says so."
    with pytest.raises(InvalidInput, match="Say how it deviates"):
        judge(msa, "anti_assignment", "deviates", actor=lena, words="Neither party may assign this Agreement")
    with pytest.raises(InvalidInput, match="not in the newest text"):
        judge(msa, "anti_assignment", "present", actor=lena, start=5, end=10_000)
    with pytest.raises(InvalidInput, match="no such topic"):
        judge(msa, "weather", "present", actor=lena)
    with pytest.raises(Stale):
        judge(msa, "exit_plan", "missing", actor=lena)
    changed = judge(msa, "exit_plan", "deviates", actor=lena, words=EXIT, note="12 months, not 24", version=1)
    assert (changed.status, changed.version) == ("deviates", 2)
    # Whoever neither writes nor judges reads.
    reader = as_(priya)
    address = reverse("contracts:agreement_clauses", args=[msa.pk])
    assert "data-confirm" not in reader.get(address).content.decode()
    assert reader.post(address, {"topic": "confidentiality", "status": "missing"}).status_code == 403


def test_a_text_is_searched_as_people_type(msa: Agreement, lena: Any, as_: Any) -> None:
    document = msa.current_document()
    for words, holds in (
        ("auditing", "audit the records"),
        ('"written consent"', "prior written consent"),
        ("germany or france", "laws of Germany"),
    ):
        found = search(document, words)
        assert found.count == 1 and holds in document.words[found.passages[0].start : found.passages[0].end]
        assert "<mark>" in found.passages[0].marked
    assert search(document, "consent -assign").count == 0
    assert search(document, "!!! & | ( <->").count == 0
    # What somebody wrote into a contract is text, never markup.
    bring_in(msa, actor=lena, words="A <script>alert(1)</script> clause")
    page = as_(lena).get(reverse("contracts:agreement_clauses", args=[msa.pk]), {"q": "clause"}).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


def test_a_newer_text_is_read_anew(msa: Agreement, lena: Any, alice: Any) -> None:
    before = suggestions(msa.current_document())
    assert "governing_law" in before
    bring_in(msa, actor=alice, words="Nothing is settled.")
    assert suggestions(msa.current_document()) == {}
    line = next(one for one in board(msa).lines if one.topic.code == "governing_law")
    assert line.likely == ()


def test_nothing_passes_without_what_the_strategy_needs(
    msa: Agreement, asks: Any, alice: Any, lena: Any, erin: Any, farid: Any, as_: Any
) -> None:
    asks("exit_plan", "audit_rights")
    address = reverse("contracts:agreement_clauses", args=[msa.pk])
    found = board(msa)
    assert {one.code for one in found.lacking} == {"exit_plan", "audit_rights"} and found.lines[0].serious
    page = as_(alice).get(address).content.decode()
    assert "2 serious gaps" in page and f"waivers/add/?agreement={msa.pk}&amp;mechanism=exit_plan" in page
    with pytest.raises(Refused, match="no agreement of this set holds it"):
        agreements.submit(msa, actor=alice)
    likely = suggestions(msa.current_document(), ["audit_rights"])["audit_rights"][0]
    judge(msa, "audit_rights", "present", actor=lena, start=likely.start, end=likely.end)
    with pytest.raises(Refused) as refusal:
        agreements.submit(msa, actor=alice)
    assert len(refusal.value.sentences) == 1
    # The form of the waiver knows which one is asked for.
    form = as_(alice).get(reverse("contracts:waiver_add"), {"agreement": msa.pk, "mechanism": "exit_plan"})
    assert 'value="exit_plan" selected' in form.content.decode()
    with pytest.raises(InvalidInput, match="asks for no such mechanism"):
        edits.create(Waiver, {"agreement": msa, "mechanism": "step_in", "grounds": "x"}, actor=alice)
    waiver = edits.create(
        Waiver, {"agreement": msa, "mechanism": "exit_plan", "grounds": "Harrow signs none"}, actor=alice
    )
    with pytest.raises(Refused):
        agreements.submit(msa, actor=alice)
    with pytest.raises(NotSigned):
        waivers.grant(waiver, actor=lena, password="x", email=lena.email)
    waiver = step(waivers.grant, waiver, lena)
    # One signature of two grants nothing yet.
    assert waiver.state == "asked"
    with pytest.raises(Refused):
        agreements.submit(msa, actor=alice)
    waiver = step(waivers.grant, waiver, erin)
    assert waiver.state == "granted" and not board(msa).lacking
    reviewed = agreements.submit(msa, actor=alice)
    assert reviewed.state == S.INTERNAL_REVIEW
    # What was waived is asked for again once the waiver is withdrawn: the approval looks anew.
    waivers.withdraw(waiver, actor=lena, reason="Harrow gives one after all")
    with pytest.raises(Refused, match="exit"):
        step(agreements.approve, reviewed, farid)


def test_the_page_of_a_long_text_stays_quick(msa: Agreement, alice: Any, lena: Any, as_: Any) -> None:
    long = "\n\n".join(f"{place}. CLAUSE {place}. {TEXT[24:400]}" for place in range(900))
    bring_in(msa, actor=alice, words=long)
    client, address = as_(lena), reverse("contracts:agreement_clauses", args=[msa.pk])
    assert len(long) > 340_000
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as first:
        page = client.get(address, {"q": "governed"})
    assert len(page.content) < 250_000
    for code in ("governing_law", "anti_assignment", "audit_rights"):
        judge(msa, code, "missing", actor=lena)
    with CaptureQueriesContext(connection) as second:
        client.get(address, {"q": "governed"})
    assert len(second) == len(first)


def test_what_is_not_theirs_is_not_there(msa: Agreement, otto: Any, bob: Any, as_: Any) -> None:
    address = reverse("contracts:agreement_clauses", args=[msa.pk])
    assert as_(bob).get(address).status_code == 404
    assert as_(otto).get(address).status_code == 403
    assert as_(bob).get(f"/api/v1/agreements/{msa.pk}/topics/").status_code == 404
