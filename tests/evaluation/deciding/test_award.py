"""From the recommendation to the signed award, by the pages: who sees it, who signs, what follows, on paper too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from cmo_lifecycle.doors.duties import duties_of
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import Refusal, Refused
from evaluation.board import board
from evaluation.models import Award, Letter, ScoreSheet
from evaluation.report import Report
from evaluation.views.deciding.reading import money
from tests.evaluation.conftest import recommend, signed
from tests.evaluation.deciding.conftest import as_, begin
from tests.operations.test_pdf import Pdf

pytestmark = pytest.mark.django_db


def paper(person: Any, url: str) -> str:
    answer = as_(person).get(url)
    assert answer.status_code == 200, url
    assert answer["Content-Type"] == "application/pdf"
    found = Pdf(answer.content)
    assert b"/MarkInfo" in found.catalogue
    return found.text


def test_an_award_is_begun_written_proposed_and_signed_by_pages(
    priced: Any, bidders: Any, people: Any, committee: Any, look: Any, walk: Any
) -> None:
    alice = people.alice
    form = look(alice, f"{reverse('evaluation:award_add')}?rfp={priced.pk}")
    key = re.search(r'name="new_id" value="([^"]+)"', form.html)
    assert key is not None
    made = as_(alice).post(
        f"{reverse('evaluation:award_add')}?rfp={priced.pk}",
        {"new_id": key[1], "recommendation": "Best record and fit.", "against": "It is not the cheapest."},
    )
    assert made.status_code == 302
    award = Award.objects.get(rfp=priced)
    assert award.programme == priced.programme

    shown = look(alice, award.get_absolute_url())
    where = reverse("evaluation:award_table", args=[award.pk, "winners"])
    assert "Say who receives the work." in shown.words
    assert f'href="{where}"' in shown.html
    half = {"version": award.version, "winners-0-cmo": str(bidders.harrow.cmo.pk), "winners-0-share": "60"}
    assert as_(alice).post(where, half).status_code == 302
    shown = look(alice, award.get_absolute_url())
    assert "add up to 100 percent; now they are 60." in shown.words
    refused = walk(alice, award, "propose")
    assert award.state == "draft"
    assert "add up to 100 percent; now they are 60." in refused
    award.refresh_from_db()
    row = award.winners.get()
    whole = {**half, "version": award.version, "winners-0-id": str(row.pk), "winners-0-share": "100"}
    assert as_(alice).post(where, whole).status_code == 302
    assert "Nothing is missing" in look(alice, award.get_absolute_url()).words
    walk(alice, award, "propose")
    assert award.state == "proposed"

    # The committee sees everything before it signs.
    step = look(committee.erin, reverse("evaluation:award_step", args=[award.pk, "sign"]))
    found = Report(award.basis)
    for row in found.ranking:
        assert row["total"] in step.words
    for case in found.costs:
        for row in case["rows"]:
            assert row["total"] in step.words
    for sentence in (*found.sensitivity, "It is not the cheapest.", "No conflict of interests", "One line down"):
        assert sentence in step.words, sentence
    assert "Regulatory history" in step.words

    # It waits on the committee's desks, and the scorers and the owner are refused.
    assert str(award) in look(committee.quality, "/").words
    said = walk(people.quinn, award, "sign")
    assert "Whoever wrote a record does not approve it" in said
    assert award.state == "proposed"
    for person in (committee.erin, committee.quality, committee.finance):
        walk(person, award, "sign")
    assert award.state == "signed"
    relationship = Relationship.objects.get(programme=priced.programme, cmo=bidders.harrow.cmo)
    assert relationship.state == Relationship.State.SELECTED

    page = look(alice, relationship.get_absolute_url())
    for url in (award.get_absolute_url(), priced.get_absolute_url()):
        assert f'href="{url}"' in page.html
    assert "Standstill until" in page.words
    assert str(award) in look(alice, priced.programme.get_absolute_url()).words
    assert [one.what for one in duties_of(alice) if one.what == "Standstill ends"] == ["Standstill ends"]
    assert not [one for one in duties_of(people.tom) if one.what == "Standstill ends"]

    # The paper says what the screen says, to the digit, with the signatures and the hashes.
    screen = look(alice, award.get_absolute_url())
    costs = look(alice, f"{award.get_absolute_url()}?tab=costs")
    text = paper(alice, reverse("evaluation:award_report", args=[award.pk]))
    now = board(priced)
    for one in now.proposals:
        assert now.total_of(one) in screen.words
        assert now.total_of(one) in text
        for scenario in ("low", "base", "high"):
            said = money(now.costs.of(one, scenario).total_npv, priced.currency)
            assert said in costs.words
            assert said in text
    for part in ("Erin", "Quentin", "Fiona", "I award this work as recommended", "Regulatory history", "One line down",
                 "No conflict of interests", "Process fit", "stays first"):  # fmt: skip
        assert part in text, part
    flat = text.replace(" ", "")
    for row in Report(award.basis).hashes:
        assert row[2] in flat or row[2] == "–"

    # After the signature it is made from what was signed.
    priced.refresh_from_db()
    tom = priced.evaluators.get(person=people.tom)
    with pytest.raises(Refusal, match="not edited any more"):
        edits.update(priced.appraisals.first(), {"summary": "Changed"}, actor=people.tom)
    people.tom.name = "Somebody Else"
    people.tom.save()
    assert "Somebody Else" not in paper(alice, reverse("evaluation:award_report", args=[award.pk]))
    assert tom.state == "cleared"

    # Each bidder's letter holds its own debrief and nothing of the others.
    letters = look(alice, reverse("evaluation:award_letters", args=[award.pk]))
    for letter in Letter.objects.filter(proposal__rfp=priced).select_related("proposal__cmo"):
        mine = paper(alice, reverse("evaluation:award_letter", args=[award.pk, letter.pk]))
        assert str(letter.proposal.cmo) in letters.words
        assert "How your proposal was judged" in mine
        for other in vars(bidders).values():
            assert (other.cmo.legal_name in mine) == (other.cmo == letter.proposal.cmo)


def test_every_figure_opens_down_to_a_score_sheet_and_a_price_line(
    priced: Any, bidders: Any, people: Any, committee: Any, look: Any
) -> None:
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    erin = committee.erin
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    page = look(erin, award.get_absolute_url())
    total = reverse("evaluation:matrix_total", args=[priced.pk, harrow.pk])
    assert f'href="{total}"' in page.html
    cells = re.findall(r'href="([^"]*/matrix/cells/T1/[^"]*)"', look(erin, total).html)
    assert cells
    cell = look(erin, cells[0].replace("&amp;", "&"))
    sheet = ScoreSheet.objects.get(proposal=harrow, evaluator__person=people.tom, commercial=False)
    row = sheet.scores.get(criterion="T1")
    assert row.rationale in cell.words
    assert str(people.tom) in cell.words
    assert row.rationale in look(erin, sheet.get_absolute_url()).words

    costs = look(erin, f"{award.get_absolute_url()}?tab=costs")
    lines = re.findall(r'href="([^"]*/costs/' + str(harrow.pk) + r'/[^"]*)"', costs.html)
    assert lines
    said = look(erin, lines[0]).words
    assert "L1 · Batch price" in said
    assert "210,000" in said


def test_nobody_but_panel_committee_and_auditor_reads_an_award(
    priced: Any, bidders: Any, people: Any, committee: Any, cast: Any, look: Any
) -> None:
    award = begin(priced, bidders.harrow.cmo, people.alice)
    where = award.get_absolute_url()
    look(people.tom, where)
    look(cast.audra if hasattr(cast, "audra") else cast["audra"], where)
    # The committee reads it once it is recommended; a colleague off the panel never.
    look(committee.erin, where, 404)
    look(people.lena, where, 404)
    look(people.lena, reverse("evaluation:costs", args=[priced.pk]), 403)
    from evaluation.actions.awards import propose

    propose(award, actor=people.alice)
    look(committee.erin, where)
    look(people.lena, where, 404)
    look(people.lena, reverse("evaluation:award_report", args=[award.pk]), 404)


def test_scorers_owner_and_proposer_do_not_sign(priced: Any, bidders: Any, people: Any, committee: Any) -> None:
    from django.contrib.auth.models import Group

    from evaluation.actions.awards import sign

    people.alice.groups.add(Group.objects.get(name="executive"))
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    for person in (people.quinn, type(people.alice).objects.get(pk=people.alice.pk)):
        with pytest.raises(Refused, match="does not approve it"):
            sign(award, **signed(person))
