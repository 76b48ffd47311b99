"""What keeps an award from being made: each with a sentence, and two at once leave one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import Relationship
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.refusals import InvalidInput, Refusal
from evaluation.actions import appraisals, rfps
from evaluation.actions.awards import propose, sign, withdraw
from evaluation.models import Appraisal, Award, Consensus, Diligence, Evaluator, Gap, Letter, Winner
from tests.evaluation.conftest import recommend, signed
from tests.evaluation.deciding.conftest import begin

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as found:
        act()
    return " ".join(found.value.sentences)


def test_what_is_not_whole_is_not_proposed(priced: Any, bidders: Any, people: Any, quinn: Any) -> None:
    alice, tom = people.alice, people.tom
    award = begin(priced, bidders.harrow.cmo, alice, share="70")
    assert "now they are 70" in refused(lambda: propose(award, actor=alice))
    rows = [{"cmo": bidders.harrow.cmo, "share": Decimal(70)}, {"cmo": bidders.nordvik.cmo, "share": Decimal(40)}]
    award = parts.write(award, Winner, rows, actor=alice)
    assert "now they are 110" in refused(lambda: propose(award, actor=alice))
    award = parts.write(award, Winner, [{"cmo": bidders.harrow.cmo, "share": Decimal(100)}], actor=alice)

    # Another award of the same request is none.
    with pytest.raises(InvalidInput, match="has an award already"):
        begin(priced, bidders.nordvik.cmo, alice)

    # An appraisal that is taken up again, a must that is failed.
    harrow = Appraisal.objects.get(proposal__cmo=bidders.harrow.cmo)
    harrow = appraisals.take_up(harrow, actor=tom, reason="Seen again on site")
    assert "Settle the appraisal of Harrow Biologics" in refused(lambda: propose(award, actor=alice))
    gap = {"requirement": "R1", "verdict": "not_met", "finding": "One line only"}
    harrow = parts.write(harrow, Gap, [gap], actor=tom)
    assert "knocked out" in refused(lambda: propose(award, actor=alice))
    harrow = parts.write(harrow, Gap, [{**gap, "verdict": "met", "finding": "Two lines"}], actor=tom)
    appraisals.settle(harrow, actor=tom)

    # Due diligence that is open, or speaks against it.
    stream = Diligence.objects.get(proposal__cmo=bidders.harrow.cmo, stream="regulatory")
    stream = appraisals.resume(stream, actor=tom, reason="A new warning letter")
    assert "Complete the due diligence of Harrow Biologics" in refused(lambda: propose(award, actor=alice))
    stream = edits.update(stream, {"conclusion": "against"}, actor=tom)
    stream = appraisals.complete(stream, actor=tom)
    assert "speaks against Harrow Biologics" in refused(lambda: propose(award, actor=alice))
    stream = appraisals.resume(stream, actor=tom, reason="It was another site")
    appraisals.waive(stream, reason="Inspected last month by our own auditors", **signed(quinn))

    # Interests that are not declared.
    seat = edits.create(Evaluator, {"rfp": priced, "person": people.lena, "sections": []}, actor=alice)
    assert "has not declared" in refused(lambda: propose(award, actor=alice))
    from evaluation.actions.judging import declare_conflict

    declare_conflict(seat, actor=people.lena, conflict="I own shares of Harrow")
    award = propose(award, actor=alice)
    assert award.state == "proposed"
    assert [row["state"] for row in award.basis["panel"] if "Lena" in row["person"]] == ["conflicted"]


def test_an_award_against_changed_figures_is_refused(
    priced: Any, bidders: Any, people: Any, committee: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = recommend(priced, bidders.harrow.cmo, people.alice)
    sign(award, **signed(committee.erin))
    loser = Appraisal.objects.get(proposal__cmo=bidders.castellan.cmo)
    # Nobody changes it by any door once it is recommended, even where it had been left open.
    with acting("test"):
        Appraisal.objects.filter(pk=loser.pk).update(state="open")
    loser.refresh_from_db()
    with pytest.raises(Refusal, match="not edited any more"):
        edits.update(loser, {"audits": Decimal(9)}, actor=people.tom)
    with pytest.raises(Refusal, match="not edited any more"):
        parts.write(loser, Consensus, [{"criterion": "K1", "score": Decimal(5), "reason": "x"}], actor=people.tom)
    # Were it changed behind the doors, the next signature says so, and nothing is awarded.
    with acting("test"):
        Appraisal.objects.filter(pk=loser.pk).update(audits=Decimal(9))
    said = refused(lambda: sign(award, **signed(committee.quality)))
    assert "there is a change in the costs" in said
    award.refresh_from_db()
    assert award.state == "proposed"
    assert not Relationship.objects.filter(
        programme=priced.programme, cmo=bidders.harrow.cmo, state="selected"
    ).exists()


def test_a_cancelled_request_keeps_its_record(priced: Any, bidders: Any, people: Any, look: Any) -> None:
    award = begin(priced, bidders.harrow.cmo, people.alice)
    rfp = rfps.cancel(priced, actor=people.alice, reason="The programme changes its process")
    assert rfp.state == "cancelled"
    award.refresh_from_db()
    assert award.state == "withdrawn"
    # What was opened is still read by those who read it then, and nothing is changed.
    page = look(people.tom, reverse("evaluation:costs", args=[rfp.pk]))
    assert "Harrow Biologics" in page.words
    assert "€" in page.words
    look(people.lena, reverse("evaluation:costs", args=[rfp.pk]), 403)
    assert "10 of" in look(people.tom, reverse("evaluation:diligence_board", args=[rfp.pk])).words
    appraisal = Appraisal.objects.filter(rfp=rfp).first()
    assert "over" in refused(lambda: appraisals.take_up(appraisal, actor=people.tom, reason="Once more"))
    assert refused(lambda: withdraw(award, actor=people.alice, reason="Once more"))


def test_a_single_source_needs_its_justification_and_a_strategy(
    vx12: Any, harrow: Any, people: Any, committee: Any, strategy: Any, look: Any
) -> None:
    values = {"programme": vx12, "recommendation": "The only maker.", "against": "No competition."}
    award = edits.create(Award, values, actor=people.alice)
    award = parts.write(award, Winner, [{"cmo": harrow, "share": Decimal(100)}], actor=people.alice)
    assert "justify the single source" in refused(lambda: propose(award, actor=people.alice))
    assert "justify the single source" in look(people.alice, award.get_absolute_url()).words
    award = edits.update(award, {"single_source": "It alone holds the licence."}, actor=people.alice)
    award = propose(award, actor=people.alice)
    for person in vars(committee).values():
        award = sign(award, **signed(person))
    relationship = Relationship.objects.get(programme=vx12, cmo=harrow)
    assert (award.state, relationship.state) == ("signed", "selected")
    assert award.standstill_until is not None
    assert "Single-source award" in look(people.priya, relationship.get_absolute_url()).words
    assert "It alone holds the licence." in look(people.priya, award.get_absolute_url()).words


def test_a_single_source_without_a_strategy_is_refused(vx12: Any, harrow: Any, people: Any) -> None:
    values = {
        "programme": vx12, "recommendation": "The only maker.", "against": "No competition.", "single_source": "Alone",
    }  # fmt: skip
    award = edits.create(Award, values, actor=people.alice)
    award = parts.write(award, Winner, [{"cmo": harrow, "share": Decimal(100)}], actor=people.alice)
    assert "strategy approved first" in refused(lambda: propose(award, actor=people.alice))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment, each in a transaction of its own; return results and refusals."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_two_awards_at_the_same_moment_are_one(priced: Any, bidders: Any, people: Any, committee: Any) -> None:
    alice = people.alice
    found = at_once(lambda: begin(priced, bidders.harrow.cmo, alice), lambda: begin(priced, bidders.nordvik.cmo, alice))
    refusals = [one for one in found if isinstance(one, Refusal)]
    assert len(refusals) == 1
    assert "has an award already" in " ".join(refusals[0].sentences)
    award = Award.objects.get(rfp=priced)
    chosen = award.winners.get().cmo

    # The last two signatures, and a second click of one of them: each counts once, and the work is awarded once.
    award = propose(award, actor=alice)
    sign(award, **signed(committee.erin))
    found = at_once(
        lambda: sign(award, **signed(committee.quality)),
        lambda: sign(award, **signed(committee.quality)),
        lambda: sign(award, **signed(committee.finance)),
    )
    assert sum(isinstance(one, Refusal) for one in found) == 1
    award.refresh_from_db()
    assert award.state == "signed"
    assert Letter.objects.filter(proposal__rfp=priced).count() == 3
    assert Relationship.objects.get(programme=priced.programme, cmo=chosen).state == "selected"

    # Sending it back and signing it do not both happen: it is over.
    from evaluation.actions.awards import send_back

    assert refused(lambda: send_back(award, actor=committee.erin, reason="On second thoughts"))
