"""The matrix, other weights, moderation and sensitivity, as people see them."""

from __future__ import annotations

import json
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluation.board import board
from evaluation.models import Appraisal, Consensus, RfpRate, WeightSet
from evaluation.scoring.export import written, written_places
from evaluation.scoring.matrix import reweigh
from evaluation.views.judging import weighing
from tests.evaluation.conftest import hand_in_scores, write_rfp
from tests.evaluation.judging.test_scoring_pages import browser_of

pytestmark = pytest.mark.django_db
RANKED = re.compile(
    r'<li data-bidder="([^"]+)"><span class="rank" data-rank>(\d+)</span>.*?<span data-total>([\d.]+)</span>', re.S
)


def matrix_of(rfp: Any, query: str = "") -> str:
    return reverse("evaluation:matrix", args=[rfp.pk]) + (f"?{query}" if query else "")


def ranking_on(page: str) -> list[tuple[str, int, str]]:
    return [(bidder, int(rank), total) for bidder, rank, total in RANKED.findall(page)]


def test_the_matrix_under_its_own_and_under_other_weights(priced: Any, bidders: Any, people: Any) -> None:
    alice = browser_of(people.alice)
    found = board(priced)
    assert found.matrix is not None
    page = alice.get(matrix_of(priced)).content.decode()
    assert ranking_on(page) == [
        (one.bidder, one.rank, found.total_of(priced.proposals.get(pk=one.bidder))) for one in found.matrix.standing
    ]
    numbers = json.loads(re.search(r'<script id="numbers" type="application/json">(.*?)</script>', page)[1])  # type: ignore[index]
    assert [one["total"] for one in numbers["bidders"]] == [found.total_of(one) for one in found.proposals]
    codes = [one.code for one in found.criteria]
    draw = random.Random(4)
    for _ in range(5):
        weights = {code: Decimal(draw.randint(0, 100_000)) / 1000 for code in codes}
        text = ",".join(f"{code}:{weight}" for code, weight in weights.items())
        there = alice.get(matrix_of(priced, f"w={text}")).content.decode()
        places = written_places(found.terms)
        assert ranking_on(there) == [
            (one.bidder, one.rank, written(one.total, places)) for one in reweigh(found.matrix, weights)
        ]
        total = sum(weights.values())
        assert ("The weights add up to" in there) == (total != 100)
        assert "under other weights" in there
    # What is typed without scripts becomes the same address.
    typed = "&".join(f"w-{one.code}={one.weight}" for one in found.criteria).replace("w-T1=40.000", "w-T1=30,5")
    moved = alice.get(matrix_of(priced, f"view=answers&{typed}"))
    assert moved["Location"] == matrix_of(priced, "view=answers&w=T1:30.5")
    assert "less than 100" in alice.get(moved["Location"]).content.decode()
    for wrong in ("T1:x", "T1:101", "XX:5", "T1:5,T1:6", "T1:-1", ",".join(f"{code}:0" for code in codes)):
        answer = alice.get(matrix_of(priced, f"w={wrong}")).content.decode()
        assert ranking_on(answer) == ranking_on(page) and "these are those of the RFP" in answer
    # Nothing of that was written, and nothing can be: the weights are locked.
    before = priced.weight_sets.count(), [one.weight for one in priced.criteria.order_by("position")]
    full = {f"w-{code}": "25" for code in codes}
    answer = alice.post(matrix_of(priced), {"name": "Mine", **full})
    assert answer.status_code in (400, 409)
    assert (priced.weight_sets.count(), [one.weight for one in priced.criteria.order_by("position")]) == before


def test_the_answers_and_prices_side_by_side(priced: Any, bidders: Any, people: Any) -> None:
    from evaluation.models import Answer, Price

    nordvik = priced.proposals.get(cmo=bidders.nordvik.cmo)
    Answer.objects.filter(proposal=nordvik, question="A2").delete()
    Price.objects.filter(proposal=nordvik, line="L1").update(currency="USD", amount=Decimal("220000"))
    RfpRate.objects.update_or_create(
        rfp=priced, currency="USD", defaults={"per_base": Decimal("1.10"), "on": "2026-11-02", "source": "ECB"}
    )
    alice = browser_of(people.alice)
    answers = alice.get(matrix_of(priced, "view=answers")).content.decode()
    assert "Two isolator lines" in answers and "40 batches" in answers and "Sixty days" in answers
    assert answers.count("No answer") == 1 + 3  # the file that nobody sent, and Nordvik's batches
    fewer = alice.get(matrix_of(priced, "view=answers&differences=1")).content.decode()
    assert "Batches a year" in fewer and "Payment terms" not in fewer
    prices = alice.get(matrix_of(priced, "view=prices")).content.decode()
    assert "€200,000.00" in prices and "$220,000.00 at 1.1 of 2 Nov 2026" in prices
    assert "1.1 USD buy 1 EUR (2 Nov 2026, ECB)" in prices
    assert "€210,000.00" in prices and "Total cost of partnership" in prices
    chosen = alice.get(matrix_of(priced, f"view=answers&show={nordvik.pk}")).content.decode()
    assert "<strong>1</strong> chosen of 3" in chosen and "40 batches" not in chosen
    assert alice.get(matrix_of(priced, "show=nonsense&from=²&view=x")).status_code == 200


def test_each_number_opens_down_to_its_scores(priced: Any, bidders: Any, people: Any) -> None:
    alice = browser_of(people.alice)
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    total = alice.get(reverse("evaluation:matrix_total", args=[priced.pk, harrow.pk])).content.decode()
    assert f"{board(priced).total_of(harrow)} points, rank 1" in total and "rounded half up" in total
    cell = alice.get(reverse("evaluation:matrix_cell", args=[priced.pk, "Q1", harrow.pk])).content.decode()
    assert "Mean of 3: (5 + 5 + 5) ÷ 3 = 5." in cell and "Seen in the proposal: 5" in cell
    price = alice.get(reverse("evaluation:matrix_cell", args=[priced.pk, "K1", harrow.pk])).content.decode()
    assert "the lowest, ÷ €" in price
    assert alice.get(reverse("evaluation:matrix_cell", args=[priced.pk, "XX", harrow.pk])).status_code == 404
    page = alice.get(reverse("evaluation:sensitivity", args=[priced.pk])).content.decode()
    for sentence in board(priced).turning_sentences:
        assert sentence.replace("'", "&#x27;") in page
    assert 'class="chart-box plot tornado"' in page and "Show as a table" in page
    assert board(priced).cheapest_sentence in page


def test_a_panel_that_is_apart_talks_and_settles(opened: Any, bidders: Any, people: Any) -> None:
    marks = {
        "harrow": {"T1": "4", "Q1": "5", "P1": "4"}, "nordvik": {"T1": "4", "Q1": "3", "P1": "3"},
        "castellan": {"T1": "2", "Q1": "2", "P1": "3"},
    }  # fmt: skip
    from evaluation.models import Score, ScoreSheet

    hand_in_scores(opened, bidders, marks)
    harrow = opened.proposals.get(cmo=bidders.harrow.cmo)
    # Tom was far off; the scores are those that the test wants, however they came.
    sheet = ScoreSheet.objects.get(proposal=harrow, evaluator__person=people.tom)
    Score.objects.filter(sheet=sheet, criterion="T1").update(score=Decimal("1"))
    alice = browser_of(people.alice)
    page = alice.get(reverse("evaluation:moderation", args=[opened.pk])).content.decode()
    assert "3 points apart; far off: Tom" in page and "1 score to talk over" in page
    assert "lock_technical" in page
    address = reverse("evaluation:consensus", args=[opened.pk, harrow.pk, "T1"])
    form = alice.get(address).content.decode()
    assert "Far off" in form and "Seen in the proposal: 4" in form
    version = Appraisal.objects.get(proposal=harrow).version
    off = alice.post(address, {"version": version, "score": "5.5", "reason": "More"})
    assert off.status_code == 400 and "Give a score from 0 to 5." in off.content.decode()
    assert alice.post(address, {"version": version, "score": "3.5", "reason": ""}).status_code == 400
    assert alice.post(address, {"score": "3.5", "reason": "Talked over"}).status_code == 400
    done = alice.post(address, {"version": version, "score": "3.5", "reason": "Tom had missed the second line"})
    assert done.status_code == 302
    row = Consensus.objects.get(appraisal__proposal=harrow)
    assert (row.criterion, row.score) == ("T1", Decimal("3.5"))
    again = alice.post(address, {"version": version, "score": "2", "reason": "From another window"})
    assert again.status_code == 412
    page = alice.get(reverse("evaluation:moderation", args=[opened.pk])).content.decode()
    assert "Nothing has to be talked over; 1 settled." in page
    cell = alice.get(reverse("evaluation:matrix_cell", args=[opened.pk, "T1", harrow.pk])).content.decode()
    assert "The panel settled on 3.5: Tom had missed the second line" in cell
    matrix = alice.get(matrix_of(opened)).content.decode()
    assert "settled" in matrix and "Technical part alone" in matrix
    from evaluation.actions import rfps

    opened.refresh_from_db()
    rfps.lock_technical(opened, actor=people.alice)
    version = Appraisal.objects.get(proposal=harrow).version
    late = alice.post(address, {"version": version, "score": "2", "reason": "Too late"})
    assert late.status_code == 403
    assert Consensus.objects.get(appraisal__proposal=harrow).score == Decimal("3.5")


def test_who_is_knocked_out_stays_to_be_seen(opened: Any, bidders: Any, people: Any) -> None:
    from evaluation.actions import proposals

    out = opened.proposals.get(cmo=bidders.castellan.cmo)
    proposals.find_non_compliant(out, actor=people.alice, reason="No signature on the quality section")
    hand_in_scores(opened, bidders)
    page = browser_of(people.alice).get(matrix_of(opened)).content.decode()
    assert "Knocked out" in page and "Does not comply: No signature on the quality section" in page
    assert str(out.pk) not in [bidder for bidder, *_ in ranking_on(page)]


def test_a_named_set_is_saved_while_the_request_is_written(strategy: Any, vx12: Any, bidders: Any, people: Any) -> None:
    rfp = write_rfp(vx12, people.alice)
    alice = browser_of(people.alice)
    page = alice.get(matrix_of(rfp)).content.decode()
    assert "It has not been issued yet" in page and "Save the set" in page
    codes = [one.code for one in rfp.criteria.all()]
    short = {f"w-{code}": "10" for code in codes}
    answer = alice.post(matrix_of(rfp), {"name": "Quality first", **short})
    assert answer.status_code == 400 and "% less than 100 %" in answer.content.decode()
    assert not WeightSet.objects.filter(rfp=rfp, scenario="Quality first").exists()
    even = {f"w-{code}": "0" for code in codes} | {f"w-{codes[0]}": "60", f"w-{codes[1]}": "40"}
    assert alice.post(matrix_of(rfp), {"name": "Quality first", **even}).status_code == 302
    assert WeightSet.objects.filter(rfp=rfp, scenario="Quality first").count() == len(codes)


def test_as_many_questions_of_the_database_for_one_bidder_as_for_three(priced: Any, people: Any) -> None:
    alice = browser_of(people.alice)
    counts = []
    for state in ("scored", "not_submitted"):
        priced.proposals.exclude(cmo__legal_name__startswith="Harrow").update(state=state)
        for view in ("scores", "answers", "prices"):
            alice.get(matrix_of(priced, f"view={view}"))
            with CaptureQueriesContext(connection) as queries:
                assert alice.get(matrix_of(priced, f"view={view}")).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_weights_of_an_address() -> None:
    class One:
        def __init__(self, code: str, weight: str) -> None:
            self.code, self.weight = code, Decimal(weight)

    criteria = [One("A", "60"), One("B", "40")]
    assert weighing.read("", criteria).weights == {"A": 60, "B": 40}
    found = weighing.read("A:50.125", criteria)
    assert found.changed and found.weights["B"] == 40
    assert found.off == "The weights add up to 90.125 %, 9.875 % less than 100 %."
    assert weighing.written(found.weights, criteria) == "A:50.125"
    assert not weighing.read("A:60.000", criteria).changed
    for wrong in ("A", "A:1e2", "A:١", "C:1", "A:50,A:50", "A:0,B:0"):
        assert weighing.read(wrong, criteria).problem


def test_pages_of_a_sealed_request_say_when(issued: Any, people: Any) -> None:
    alice = Client()
    alice.force_login(people.alice)
    for name in ("matrix", "moderation", "sensitivity"):
        page = alice.get(reverse(f"evaluation:{name}", args=[issued.pk])).content.decode()
        assert "The proposals are sealed until" in page


def test_a_large_moderation_is_turned_page_by_page(
    opened: Any, bidders: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation.models import Score
    from evaluation.views.judging import moderation

    hand_in_scores(opened, bidders)
    Score.objects.filter(sheet__evaluator__person=people.tom).update(score=Decimal(0))
    monkeypatch.setattr(moderation, "ACROSS", 2)
    monkeypatch.setattr(moderation, "AT_ONCE", 2)
    alice, address = browser_of(people.alice), reverse("evaluation:moderation", args=[opened.pk])
    listed, columns, where = [], [], address
    while where:
        page = alice.get(where).content.decode().split("All scores")[0]
        listed += re.findall(r'<li><span><a href="([^"]+)">', page)
        after = re.search(r'href="(\?[^"]*talk=\d+[^"]*)">After', page)
        where = f"{address}{after[1]}" if after else ""
    told = re.search(r"(\d+) scores to talk over", alice.get(address).content.decode())
    assert told and len({one.split("?")[0] for one in listed}) == len(listed) == int(told[1]) > 2
    first = alice.get(address).content.decode()
    second = alice.get(f"{address}?from=2").content.decode()
    assert "Proposals <strong>1 to 2</strong> of 3" in first and "Proposals <strong>3 to 3</strong> of 3" in second
    for page in (first, second):
        columns += re.findall(r'<th scope="col"><span class="name">([^<]+)<', page)
    assert sorted(columns) == sorted(str(one.cmo) for one in opened.proposals.select_related("cmo"))
    # Whoever opens a score from the second page comes back to it.
    there = re.search(r'<a class="score" href="([^"]+\?from=2)">', second)
    assert there and f'href="{address}?from=2"' in alice.get(there[1]).content.decode()
    for wrong in ("from=99", "from=²", "talk=x"):
        assert "1 to 2</strong> of 3" in alice.get(f"{address}?{wrong}").content.decode()
