"""An RFP of VX-12 in its technical evaluation, with a record of everything that hangs on one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone


def build(world: Any) -> None:
    """Put one record of every noun of a selection on the shelves. Tom's sheet is open; four sit on the panel."""
    from evaluation import models as m
    from strategy.models import Strategy

    people, records, now = world.people, world.records, timezone.now()
    programme, cmo = records["programmes"], records["cmos"]
    strategy = Strategy.objects.create(
        programme=programme, number=2, state=Strategy.State.SUPERSEDED, approved_at=now - timedelta(days=90)
    )
    cda = m.Cda.objects.create(
        cmo=cmo,
        programme=programme,
        number="CDA-7",
        state=m.Cda.State.IN_FORCE,
        signed_on=now.date() - timedelta(days=60),
        external_id="L-7",
    )
    candidate = m.Candidate.objects.create(
        programme=programme, cmo=cmo, channel="market_scan", state="short_listed", external_id="K-7"
    )
    rfp = m.Rfp.objects.create(
        programme=programme,
        strategy=strategy,
        reference="RFP-2026-0077",
        title="Filling of VX-12",
        service="sterile_fill_finish",
        owner=people["alice"],
        issued_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=10),
        opened_at=now - timedelta(days=8),
        state=m.Rfp.State.EVALUATION,
        external_id="T-7",
        created_by=people["alice"],
    )
    m.Criterion.objects.create(rfp=rfp, code="T1", group="technical", title="Process fit", weight=100)
    proposal = m.Proposal.objects.create(
        rfp=rfp,
        cmo=cmo,
        candidate=candidate,
        contact=records["contacts"],
        state=m.Proposal.State.COMPLIANT,
        submitted_at=now - timedelta(days=11),
        receipt="0" * 64,
    )
    seats = {
        name: m.Evaluator.objects.create(
            rfp=rfp,
            person=people[name],
            sections=["technical"],
            state=m.Evaluator.State.CLEARED,
            declaration="No conflict of interests.",
            declared_at=now,
        )
        for name in ("alice", "priya", "tom", "quinn")
    }
    m.Answer.objects.create(proposal=proposal, question="A1", envelope="technical", value="Two isolator lines")
    records |= {
        "cdas": cda,
        "candidates": candidate,
        "rfps": rfp,
        "proposals": proposal,
        "enquiries": m.Enquiry.objects.create(
            rfp=rfp, number=1, asked_by=proposal, asked_at=now, question="Are vials supplied?"
        ),
        "addenda": m.Addendum.objects.create(rfp=rfp, title="Vials", body="Of 10 ml"),
        "evaluators": seats["tom"],
        "score-sheets": m.ScoreSheet.objects.create(rfp=rfp, proposal=proposal, evaluator=seats["tom"]),
        "openings": m.Opening.objects.create(
            rfp=rfp, proposal=proposal, kind="technical", sha256="0" * 64, opened_at=now
        ),
        "appraisals": m.Appraisal.objects.create(rfp=rfp, proposal=proposal),
        "due-diligence": m.Diligence.objects.create(rfp=rfp, proposal=proposal, stream="technical"),
        "awards": m.Award.objects.create(
            programme=programme, single_source="Nobody else holds the licence.", external_id="A-7"
        ),
        "library-questions": m.LibraryQuestion.objects.create(
            code="ZZ-1", group="technical", question="Describe the line."
        ),
    }
