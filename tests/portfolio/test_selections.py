"""The demonstration's selections: one decided and explained, one being scored, one sealed; all of it goes again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.apps import apps

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import Contact, Relationship
from cmo_lifecycle.portfolio.demo import removal
from cmo_lifecycle.portfolio.demo.selecting.papers import pdf
from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.models import Attachment, Event
from evaluation import bidding, risks
from evaluation.board import board
from evaluation.models import (
    Answer,
    Appraisal,
    Award,
    Candidate,
    Diligence,
    Enquiry,
    LibraryQuestion,
    Price,
    Proposal,
    Rfp,
    Score,
    ScoreSheet,
    SealedFile,
)
from tests.portfolio.conftest import TODAY


def person(name: str) -> User:
    return User.objects.get(email__startswith=f"{name}@")


def the_second_filler_is_chosen_for_reasons_that_open_down_to_their_inputs() -> None:
    rfp = Rfp.objects.get(state=Rfp.State.AWARDED)
    assert rfp.strategy.number == 1
    assert 14 <= rfp.questions.count() <= 18
    assert set(rfp.questions.values_list("kind", flat=True)) == {"text", "number", "choice", "table", "date", "file"}
    assert sorted(Candidate.objects.filter(created_at__lt=rfp.created_at).values_list("state", flat=True)) == [
        "dropped", "knocked_out", *["short_listed"] * 4,
    ]  # fmt: skip
    found = board(rfp)
    assert found.problems == [] and found.matrix is not None
    names = {str(one.pk): one.cmo.legal_name for one in found.proposals}
    order = [names[line.bidder] for line in found.matrix.standing]
    assert order[0] == "Castellan Pharma" and len(order) == 3
    failed = [names[str(key)] for key, said in found.failed.items() if said]
    assert failed == ["Velden Aseptics"]

    totals = {names[key]: amount for key, amount in found.costs.amounts().items()}
    assert min(totals, key=lambda name: totals[name]) == "Rivière Injectables"
    batch = {}
    for price in Price.objects.filter(line="FIL-01", proposal__rfp=rfp).select_related("proposal__cmo"):
        rate = Decimal(1) if price.currency == "EUR" else rfp.rates.get(currency=price.currency).per_base
        batch[price.proposal.cmo.legal_name] = price.amount / rate
    assert min(batch, key=lambda name: batch[name]) == "Velden Aseptics"
    assert {price.currency for price in Price.objects.filter(proposal__rfp=rfp)} == {"EUR", "GBP"}
    assert "Rivière Injectables is cheaper than Castellan Pharma" in found.cheapest_sentence
    assert {*found.scenarios} == {"Supply first", "Cost first"}

    contamination = rfp.criteria.get(title="Contamination control").code
    (settled,) = found.settled.values()
    scores = Score.objects.filter(sheet__rfp=rfp, sheet__state=ScoreSheet.State.SUBMITTED)
    assert scores.exists() and not scores.filter(rationale="").exists()
    marks = scores.filter(criterion=contamination, sheet__proposal=settled.appraisal.proposal_id)
    spread = max(row.score for row in marks) - min(row.score for row in marks)
    assert settled.criterion == contamination and spread >= rfp.spread and settled.reason

    award = Award.objects.get(rfp=rfp)
    assert [row.is_genuine and row.is_current for row in signing.standing(award)] == [True] * 3
    link = Relationship.objects.get(cmo__legal_name="Castellan Pharma").award_link
    assert link.award == award and link.relationship.state == Relationship.State.ACTIVE
    history = Event.objects.of(link.relationship).order_by("at", "id").values_list("verb", flat=True)
    assert [verb for verb in history if verb in ("select", "start_contracting", "onboard")] == [
        "select", "start_contracting", "onboard",
    ]  # fmt: skip
    for appraisal in Appraisal.objects.filter(rfp=rfp):
        assert appraisal.state == Appraisal.State.SETTLED and risks.not_dealt_with(appraisal) == []
    streams = Diligence.objects.filter(
        rfp=rfp, proposal__cmo__legal_name__in=["Castellan Pharma", "Rivière Injectables"]
    )
    assert streams.count() == 20 and streams.filter(state="waived").count() == 1
    assert not streams.exclude(state__in=Diligence.DONE).exists()
    assert Answer.objects.filter(proposal__rfp=rfp).count() >= 4 * 15
    assert Enquiry.objects.filter(rfp=rfp, state="answered").count() == 2


def what_is_still_sealed_says_nothing_and_waits_for_its_bidder() -> None:
    rfp = Rfp.objects.get(state=Rfp.State.ISSUED)
    assert rfp.strategy.number == 2 and rfp.hides_participation
    assert (rfp.closes_at.date() - TODAY).days == 9
    assert [*rfp.proposals.values_list("state", flat=True)] == [Proposal.State.INVITED] * 3
    submitted = [one for one in rfp.proposals.all() if bidding.handed_in(one)]
    assert [one.cmo.legal_name for one in submitted] == ["Tollund Assay"]
    assert not Event.objects.of(submitted[0]).exclude(verb__in=("create", "make_link")).exists()
    assert Enquiry.objects.get(rfp=rfp).state == Enquiry.State.ASKED
    own = rfp.proposals.get(cmo__in=Contact.objects.filter(user=person("otto")).values("cmo"))
    now = bidding.standing(own)
    assert now.draft["technical"].answers and now.submitted is None and now.faults["answers"]


def two_evaluators_have_scores_to_give() -> None:
    rfp = Rfp.objects.get(state=Rfp.State.EVALUATION)
    assert rfp.proposals.filter(state=Proposal.State.COMPLIANT).count() == 2
    left = ScoreSheet.objects.filter(rfp=rfp, state=ScoreSheet.State.OPEN).select_related("evaluator__person")
    assert {sheet.evaluator.person for sheet in left} == {person("tom"), person("priya")}
    assert ScoreSheet.objects.filter(rfp=rfp, state=ScoreSheet.State.SUBMITTED).exists()


def nothing_of_it_is_left_behind(committing: Any) -> None:
    kept = [
        (one.file.storage, one.file.name) for model in (SealedFile, Attachment) for one in model._default_manager.all()
    ]
    # Agreements that ran before have their signed copies beside what the selections brought.
    copies = Attachment.objects.filter(name__endswith=" signed.pdf").count()
    assert SealedFile.objects.count() == 7 and len(kept) - copies == 7 + 14
    assert all(storage.exists(name) for storage, name in kept)
    with committing(execute=True):
        removal.remove(actor=person("adam"))
    for model in apps.get_app_config("evaluation").get_models():
        if model is not LibraryQuestion:
            assert not model._default_manager.exists(), model
    assert not any(storage.exists(name) for storage, name in kept)


def test_three_selections_are_told_each_at_another_stage_and_go_without_a_rest(
    demo: None, django_capture_on_commit_callbacks: Any
) -> None:
    the_second_filler_is_chosen_for_reasons_that_open_down_to_their_inputs()
    what_is_still_sealed_says_nothing_and_waits_for_its_bidder()
    two_evaluators_have_scores_to_give()
    nothing_of_it_is_left_behind(django_capture_on_commit_callbacks)


def test_a_paper_is_a_pdf_that_says_what_it_was_told() -> None:
    made = pdf(("Plan (draft) \\ Rivière",))
    assert made.startswith(b"%PDF-1.7") and made.rstrip().endswith(b"%%EOF")
    assert b"(Plan \\(draft\\) \\\\ Rivi\xe8re) Tj" in made
    for number in range(1, 6):
        place = int(made.split(b"xref\n")[1].splitlines()[number + 1].split()[0])
        assert made[place:].startswith(b"%d 0 obj" % number)
