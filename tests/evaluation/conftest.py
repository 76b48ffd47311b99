"""An RFP on its way, brought through the doors as people would: each fixture stands where the one before it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.workflow import attachments, edits, parts
from devstack.kept import kept
from tests.strategy.conftest import write_whole

PASSWORD = "correct horse battery 9"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def signed(person: Any) -> dict[str, Any]:
    return {"actor": person, "password": PASSWORD, "email": person.email}


def approved_strategy(programme: Any, writer: Any, executive: Any, quality: Any) -> Any:
    """Return the programme's strategy, written, decided on, submitted and approved."""
    from strategy.actions.consequences import accept_all
    from strategy.actions.scaling import scale_criteria
    from strategy.actions.strategies import approve, submit

    strategy = write_whole(programme, writer)
    accept_all(strategy, actor=writer)
    scale_criteria(strategy, actor=writer)
    strategy.refresh_from_db()
    strategy = submit(strategy, actor=writer)
    approve(strategy, **signed(executive))
    return approve(strategy, **signed(quality))


def make_cmo(name: str, by: Any) -> Any:
    from cmo_lifecycle.partners.models import CMO

    return edits.create(CMO, {"legal_name": name}, actor=by)


def short_listed(programme: Any, cmo: Any, alice: Any, lena: Any) -> Any:
    """Return a candidate on the short list, its CDA in force and its must-haves met."""
    from evaluation.actions import candidates as verbs
    from evaluation.models import Candidate, Cda, MustHave

    cda = edits.create(Cda, {"cmo": cmo, "programme": programme, "number": "CDA-1"}, actor=alice)
    attachments.attach(cda, ContentFile(PDF, name="cda.pdf"), actor=alice)
    verbs.put_in_force(cda, actor=lena, signed_on=timezone.localdate() - timedelta(days=30))
    candidate = edits.create(Candidate, {"programme": programme, "cmo": cmo, "channel": "market_scan"}, actor=alice)
    rows = [
        {"id": row.pk, "requirement": row.requirement, "verdict": "met", "evidence": "Seen on site",
         "consequence": row.consequence}
        for row in candidate.must_haves.all()
    ]  # fmt: skip
    candidate = parts.write(candidate, MustHave, rows, actor=alice)
    candidate = verbs.long_list(candidate, actor=alice)
    return verbs.short_list(candidate, actor=alice, reason="Meets what we must have")


#: A small RFP of three technical criteria and one of cost, on top of whatever the strategy asks for.
CRITERIA = [
    {"code": "T1", "group": "technical", "title": "Process fit", "weight": Decimal(40), "measure": "Platform and scale"},
    {"code": "Q1", "group": "risk", "title": "Inspection record", "weight": Decimal(20), "measure": "Last three years"},
    {"code": "P1", "group": "partnership", "title": "Team", "weight": Decimal(10), "measure": "People and turnover"},
    {"code": "K1", "group": "total_cost", "title": "Total cost", "weight": Decimal(30), "measure": "NPV",
     "rule": "lowest_full"},
]  # fmt: skip
QUESTIONS = [
    {"code": "A1", "group": "technical", "question": "Describe the line.", "kind": "text", "mandatory": True,
     "criterion": "T1", "requirement": "R1"},
    {"code": "A2", "group": "technical", "question": "Batches a year", "kind": "number", "unit": "batches",
     "criterion": "T1"},
    {"code": "A3", "group": "risk", "question": "Last inspection report", "kind": "file", "criterion": "Q1"},
    {"code": "A4", "group": "total_cost", "question": "Payment terms", "kind": "text", "envelope": "commercial"},
]  # fmt: skip
PRICES = [
    {"code": "L1", "type": "batch_price", "label": "Batch price", "unit": "per_batch", "recurring": True},
    {"code": "L2", "type": "technology_transfer", "label": "Technology transfer", "unit": "once", "recurring": False},
]
TERMS = {
    "failed_batches": Decimal(5), "liability_percent": Decimal(50), "uncovered_material": Decimal(0),
    "investigation": Decimal(0), "delay": Decimal(0), "stock_months": Decimal(0), "stock_value": Decimal(0),
    "carrying_percent": Decimal(0), "audits": Decimal(1), "plant_days": Decimal(10),
}  # fmt: skip


def write_rfp(programme: Any, alice: Any, **fields: Any) -> Any:
    """Return a draft RFP with small tables of its own, ready for approval."""
    from evaluation.models import Rfp

    now = timezone.now()
    rfp = edits.create(
        Rfp,
        {
            "programme": programme, "title": "Filling of VX-12", "service": "sterile_fill_finish",
            "questions_until": now + timedelta(days=7), "closes_at": now + timedelta(days=21),
            "oversight_fte": Decimal("0.5"), "fte_rate": Decimal(150_000), "audit_cost": Decimal(12_000),
            "plant_day_cost": Decimal(1_500), "oversight_systems": Decimal(5_000), **fields,
        },
        actor=alice,
    )  # fmt: skip
    for name, rows in {
        "criteria": CRITERIA,
        "requirements": [
            {"code": "R1", "group": "business_fit", "requirement": "Two lines that can fill vials", "need": "must"}
        ],
        "questions": QUESTIONS,
        "price_sheet": PRICES,
    }.items():
        rfp = parts.write(rfp, parts.parts_of(Rfp)[name], rows, actor=alice)
    return rfp


@pytest.fixture
def people(cast: Any, alice: Any, priya: Any, tom: Any, quinn: Any, farid: Any, lena: Any, erin: Any) -> Any:
    return SimpleNamespace(alice=alice, priya=priya, tom=tom, quinn=quinn, farid=farid, lena=lena, erin=erin)


@pytest.fixture
@kept
def bidders(vx12: Any, harrow: Any, otto: Any, people: Any) -> Any:
    """Three CMOs on the short list of VX-12 with a contact each; Otto is Harrow's and signs in."""
    from cmo_lifecycle.partners.models import Contact

    found = {}
    for name, cmo in {
        "harrow": harrow,
        "nordvik": make_cmo("Nordvik Fill-Finish AS", people.alice),
        "castellan": make_cmo("Castellan Pharma GmbH", people.alice),
    }.items():
        candidate = short_listed(vx12, cmo, people.alice, people.lena)
        contact = Contact.objects.filter(cmo=cmo, user=otto).first() if name == "harrow" else None
        if contact is None:
            values = {"cmo": cmo, "name": f"Contact of {cmo}", "email": f"{name}@cmo.example"}
            if name == "harrow":
                values["user"] = otto
            contact = edits.create(Contact, values, actor=people.alice)
        found[name] = SimpleNamespace(cmo=cmo, candidate=candidate, contact=contact)
    return SimpleNamespace(**found)


@pytest.fixture
@kept
def strategy(vx12: Any, people: Any) -> Any:
    return approved_strategy(vx12, people.alice, people.erin, people.quinn)


def seat(rfp: Any, person: Any, sections: list[str], alice: Any) -> Any:
    """Return the person's seat on the panel, declared free of conflicts."""
    from evaluation.actions.judging import declare_none
    from evaluation.models import Evaluator

    made = edits.create(Evaluator, {"rfp": rfp, "person": person, "sections": sections}, actor=alice)
    return declare_none(made, **signed(person))


@pytest.fixture
@kept
def issued(strategy: Any, vx12: Any, bidders: Any, people: Any) -> Any:
    """An RFP that is issued to three CMOs, with a panel of five who have declared."""
    from evaluation.actions import rfps
    from evaluation.models import Proposal

    rfp = write_rfp(vx12, people.alice)
    for one in vars(bidders).values():
        edits.create(
            Proposal, {"rfp": rfp, "candidate": one.candidate, "contact": one.contact},
            actor=people.alice,
        )  # fmt: skip
    sections = ["technical", "risk", "partnership", "business_fit"]
    for person, scored in (
        (people.alice, []), (people.tom, sections), (people.quinn, sections), (people.priya, sections),
        (people.farid, ["total_cost"]),
    ):  # fmt: skip
        seat(rfp, person, scored, people.alice)
    rfps.approve(rfp, **signed(people.tom))
    rfps.approve(rfp, **signed(people.quinn))
    rfp.refresh_from_db()
    return rfps.issue(rfp, actor=people.alice)


@pytest.fixture
def hand_in(issued: Any) -> Callable[..., Any]:
    """Return a function that saves and submits a proposal by a bidder's link."""
    from evaluation.actions import portal

    def hand_in(one: Any, price: str, text: str = "Two isolator lines", **more: Any) -> Any:
        proposal = issued.proposals.get(cmo=one.cmo)
        bidder = portal.Bidder.by_link(one.contact)
        portal.save(
            proposal, bidder,
            answers={"A1": text, "A2": "40", "A4": "Sixty days", **more},
            prices={"L1": {"amount": price, "currency": "EUR"}, "L2": {"amount": "900000", "currency": "EUR"}},
        )  # fmt: skip
        return portal.submit(proposal, bidder)

    return hand_in


def past_deadline(rfp: Any) -> Any:
    """Move an issued RFP's deadline into the past, as time does."""
    from evaluation.models import Rfp

    with acting("test"):
        Rfp.objects.filter(pk=rfp.pk).update(
            questions_until=timezone.now() - timedelta(days=1), closes_at=timezone.now() - timedelta(minutes=1)
        )
    rfp.refresh_from_db()
    return rfp


@pytest.fixture
@kept
def opened(issued: Any, hand_in: Any, bidders: Any, people: Any) -> Any:
    """The same RFP, closed and its technical envelopes opened: all three have submitted and comply."""
    from evaluation.actions import proposals, rfps

    hand_in(bidders.harrow, "210000")
    hand_in(bidders.nordvik, "180000")
    hand_in(bidders.castellan, "150000")
    rfp = rfps.close(past_deadline(issued), actor=people.alice)
    rfps.open_technical(rfp, **signed(people.alice))
    rfp = rfps.open_technical(rfp, **signed(people.quinn))
    for one in rfp.proposals.all():
        proposals.find_compliant(one, actor=people.alice, found="Complete and signed")
    rfp.refresh_from_db()
    return rfp


#: What each evaluator gives, by bidder and criterion.
MARKS = {
    "harrow": {"T1": "4", "Q1": "5", "P1": "4"},
    "nordvik": {"T1": "4", "Q1": "3", "P1": "3"},
    "castellan": {"T1": "2", "Q1": "2", "P1": "3"},
}


def hand_in_scores(rfp: Any, bidders: Any, marks: Any = None) -> None:
    """Fill and submit every open sheet of the technical part."""
    from evaluation.actions.judging import submit
    from evaluation.models import Score, ScoreSheet

    by_cmo = {getattr(bidders, name).cmo.pk: given for name, given in (marks or MARKS).items()}
    for sheet in ScoreSheet.objects.filter(rfp=rfp, state="open").select_related("proposal", "evaluator__person"):
        rows = [
            {"criterion": code, "score": Decimal(mark), "rationale": f"Seen in the proposal: {mark}"}
            for code, mark in by_cmo[sheet.proposal.cmo_id].items()
        ]
        sheet = parts.write(sheet, Score, rows, actor=sheet.evaluator.person)
        submit(sheet, actor=sheet.evaluator.person)


def settle_appraisals(rfp: Any, actor: Any) -> None:
    """Find every requirement met, one small risk each, and the terms of cost; settle all of it."""
    from evaluation.actions.appraisals import settle
    from evaluation.models import Appraisal

    for appraisal in Appraisal.objects.filter(rfp=rfp):
        appraisal = edits.update(appraisal, TERMS, actor=actor)
        gaps = [
            {"requirement": row.code, "verdict": "met", "finding": "Shown on site"} for row in rfp.requirements.all()
        ]
        appraisal = parts.write(appraisal, parts.parts_of(Appraisal)["gaps"], gaps, actor=actor)
        risk = {"category": "supply", "risk": "One line down", "severity": 3, "occurrence": 3, "detection": 3}
        appraisal = parts.write(appraisal, parts.parts_of(Appraisal)["risks"], [risk], actor=actor)
        settle(appraisal, actor=actor)


def finish_diligence(rfp: Any, tom: Any) -> None:
    from evaluation.actions.appraisals import complete, start
    from evaluation.models import Diligence

    for stream in Diligence.objects.filter(rfp=rfp):
        stream = start(stream, actor=tom)
        stream = edits.update(stream, {"findings": "Looked into on site", "conclusion": "good"}, actor=tom)
        complete(stream, actor=tom)


@pytest.fixture
@kept
def priced(opened: Any, bidders: Any, people: Any) -> Any:
    """The same RFP with technical scores locked, prices open, appraisals settled and due diligence complete."""
    from evaluation.actions import rfps

    hand_in_scores(opened, bidders)
    rfp = rfps.lock_technical(opened, actor=people.alice)
    rfps.open_commercial(rfp, **signed(people.alice))
    rfp = rfps.open_commercial(rfp, **signed(people.farid))
    settle_appraisals(rfp, people.tom)
    finish_diligence(rfp, people.tom)
    rfp.refresh_from_db()
    return rfp


def recommend(rfp: Any, cmo: Any, alice: Any) -> Any:
    """Return the award to one CMO, with the committee."""
    from evaluation.actions.awards import propose
    from evaluation.models import Award, Winner

    award = edits.create(
        Award,
        {
            "programme": rfp.programme, "rfp": rfp, "recommendation": "Best record and fit.",
            "against": "It is not the cheapest.",
        },
        actor=alice,
    )  # fmt: skip
    award = parts.write(award, Winner, [{"cmo": cmo, "share": Decimal(100)}], actor=alice)
    return propose(award, actor=alice)


@pytest.fixture
def committee(vx12: Any, erin: Any, password_hash: str) -> Any:
    """Erin, and a colleague of quality and of finance who have scored nothing; all work on VX-12."""
    from tests.conftest import make_person

    found = SimpleNamespace(
        erin=erin,
        quality=make_person("Quentin", ("quality",), password_hash),
        finance=make_person("Fiona", ("finance",), password_hash),
    )
    for person in vars(found).values():
        vx12.members.add(person)
    return found


@pytest.fixture
def today() -> date:
    return timezone.localdate()
