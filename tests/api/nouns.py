"""One line per noun that the generic tests walk: how to add one, how to change it, who may, whose it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners import models as partners
from contracts import models as contracts
from contracts.clauses.topics import HOLDERS, TOPICS
from evaluation import models as evaluation
from operations import models as operations
from strategy import models as strategy
from strategy.rules.mechanisms import MECHANISMS
from tests.world_clauses import approved


@dataclass
class Ground:
    """What the samples stand on: one CMO and site for all; a programme and a relationship each for us and them."""

    cmo: Any
    site: Any
    ours: Any
    theirs: Any
    relationship: Any
    foreign_relationship: Any
    person: Any


@dataclass
class Noun:
    """A noun's samples. `body(ground, n)` is the n-th valid body; `change` a valid change of it."""

    route: str
    who: str
    body: Callable[[Ground, int], dict[str, Any]]
    change: dict[str, Any]
    #: A row that belongs to somebody else's programme, where the noun is not seen by everybody.
    foreign: Callable[[Ground], Any] | None = None
    #: Members naming a parent that may be foreign, and the foreign parent's id.
    foreign_parent: Callable[[Ground], dict[str, Any]] | None = None
    bad: list[dict[str, Any]] = field(default_factory=list)
    #: Somebody of the house who may not write it.
    may_not: str = "erin"


def _delivery(relationship: Any, number: int = 0) -> Any:
    return operations.Delivery.objects.create(
        relationship=relationship, item=f"Vial {number}", scheduled_on=date(2025, 1, 1), external_id=f"F-{number}"
    )


def _programme(ground: Ground, number: int) -> Any:
    """A programme of our own people without a strategy: each has one that is being written."""
    found, new = partners.Programme.objects.get_or_create(
        name=f"SP-{number}", defaults={"modality": "biologic", "phase": "phase_3"}
    )
    if new:
        found.members.set(ground.ours.members.all())
    return found


def _asked_for(programme: Any) -> Any:
    """The approved strategy of a programme: what an RFP begins with."""
    found, _ = strategy.Strategy.objects.get_or_create(
        programme=programme, state=strategy.Strategy.State.APPROVED, defaults={"approved_at": timezone.now()}
    )
    return found


def _rfp(programme: Any, number: int = 0) -> Any:
    found, _ = evaluation.Rfp.objects.get_or_create(
        reference=f"RFP-{programme.name}-{number}",
        defaults={
            "programme": programme,
            "strategy": _asked_for(programme),
            "title": f"Filling {number}",
            "service": "sterile_fill_finish",
        },
    )
    return found


def _issued(programme: Any) -> Any:
    """One that the bidders have: what changes it is an addendum."""
    found = _rfp(programme, 8)
    evaluation.Rfp.objects.filter(pk=found.pk).update(state="issued", closes_at=timezone.now() + timedelta(days=30))
    return found


def _rfp_body(ground: Ground, number: int) -> dict[str, Any]:
    _asked_for(ground.ours)
    return {
        "programme_id": str(ground.ours.pk),
        "title": f"Filling {number}",
        "owner_id": str(ground.person.pk),
        "service": "sterile_fill_finish",
        "modality": "biologic",
        "scope": "Filling into vials",
        "closes_at": "2027-03-31T12:00:00Z",
        "currency": "EUR",
        "discount_rate": "8.000",
        "external_id": f"T-{number}",
    }


def _supply(ground: Ground, programme: Any) -> Any:
    """A supply agreement of a programme, in which clauses are judged and waivers asked for."""
    found, _ = contracts.Agreement.objects.get_or_create(
        reference=f"MSA of {programme.name}",
        defaults={"title": "Supply", "kind": "msa", "cmo": ground.cmo, "programme": programme},
    )
    return found


def _quality(ground: Ground, programme: Any) -> Any:
    """A quality agreement of a programme that is still written."""
    found, _ = contracts.Agreement.objects.get_or_create(
        reference=f"QAG of {programme.name}",
        defaults={"title": "Quality", "kind": "qag", "cmo": ground.cmo, "programme": programme},
    )
    return found


def _in_force(ground: Ground, programme: Any) -> Any:
    """One that binds, with a clock that an event starts."""
    found, made = contracts.Agreement.objects.get_or_create(
        reference=f"In force for {programme.name}",
        defaults={
            "title": "Supply", "kind": "msa", "cmo": ground.cmo, "programme": programme, "state": "effective",
            "executed_on": date(2026, 1, 1), "effective_since": date(2026, 1, 1),
        },
    )  # fmt: skip
    if made:
        contracts.Term.objects.create(
            agreement=found, code="notice", label="Notice", kind="clock", unit="hours", value="24 hours"
        )
    return found


def _waiver_body(ground: Ground, number: int) -> dict[str, Any]:
    code = [code for code, held in HOLDERS.items() if "msa" in TOPICS[held[0]].agreements and code in MECHANISMS][
        number
    ]
    approved(ground.ours, code)
    return {"agreement_id": str(_supply(ground, ground.ours).pk), "mechanism": code, "grounds": "It cannot be had."}


def _colleague(ground: Ground, number: int) -> Any:
    found, _ = User.objects.get_or_create(email=f"judge{number}@vantara.example", defaults={"name": f"Judge {number}"})
    found.groups.set(Group.objects.filter(name="technical"))
    ground.ours.members.add(found)
    return found


def _working_with(ground: Ground, number: int) -> Any:
    """A relationship of our own: a framework is written once at a time for each."""
    cmo, _ = partners.CMO.objects.get_or_create(legal_name=f"Maker {number}", defaults={"country": "IE"})
    found, _ = partners.Relationship.objects.get_or_create(cmo=cmo, programme=ground.ours)
    return found


def _transfer(relationship: Any) -> Any:
    return operations.Transfer.objects.get_or_create(relationship=relationship, title="Process")[0]


def _gate(transfer: Any) -> Any:
    return operations.TransferGate.objects.get_or_create(
        transfer=transfer, position=1, defaults={"name": "Gate", "criterion": "1 of 1"}
    )[0]


def _mapping(name: str, item: str) -> dict[str, Any]:
    columns = {"order_ref": "Order", "cmo": "Maker", "programme": "Programme", "item": item, "scheduled_on": "Due"}
    columns["external_id"] = "Line"
    return {
        "name": name,
        "title": "ERP",
        "date_format": "%Y-%m-%d",
        "fields": {field: {"column": column} for field, column in columns.items()},
    }


NOUNS = [
    Noun(
        "cmos",
        "alice",
        lambda ground, n: {"legal_name": f"Nordvik {n}", "country": "NO", "modalities": ["biologic"]},
        {"notes": "Visited in May."},
        bad=[{"country": "no"}, {"modalities": ["magic"]}, {"modalities": "biologic"}, {"legal_name": ""}],
    ),
    Noun(
        "identifiers",
        "alice",
        lambda ground, n: {"cmo_id": str(ground.cmo.pk), "scheme": "vat", "value": f"NO{n:09}"},
        {"value": "NO1"},
        bad=[{"scheme": "nope"}, {"cmo_id": "1"}, {"cmo_id": None}],
    ),
    Noun(
        "contacts",
        "alice",
        lambda ground, n: {"cmo_id": str(ground.cmo.pk), "name": f"Ola {n}", "email": f"ola{n}@nordvik.example"},
        {"position": "Head of quality"},
        bad=[{"email": "not an address"}, {"name": 7}],
    ),
    Noun(
        "sites",
        "alice",
        lambda ground, n: {"cmo_id": str(ground.cmo.pk), "name": f"Hall {n}", "duns": f"{n:09}"},
        {"city": "Cork", "reason": "The register has it."},
        bad=[{"duns": "12"}, {"fei": "abc"}, {"watch": "yes"}],
    ),
    Noun(
        "capabilities",
        "tom",
        lambda ground, n: {
            "site_id": str(partners.Site.objects.create(cmo=ground.cmo, name=f"Place {n}").pk),
            "service": "packaging",
            "scale": "commercial",
            "capacity": "12.500",
        },
        {"notes": "Two lines."},
        bad=[{"capacity": 12.5}, {"capacity": "NaN"}, {"capacity": "-1"}, {"capacity": "1e3"}, {"scale": "huge"}],
    ),
    Noun(
        "certificates",
        "quinn",
        lambda ground, n: {
            "site_id": str(ground.site.pk),
            "kind": "gmp",
            "number": f"GMP-{n}",
            "issuer": "HPRA",
            "issued_on": "2024-01-01",
            "expires_on": "2027-01-01",
        },
        {"scope": "Sterile", "reason": "Read again."},
        bad=[{"expires_on": "2023-01-01"}, {"issued_on": "01.02.2024"}, {"issued_on": "20240101"}],
    ),
    Noun(
        "inspections",
        "quinn",
        lambda ground, n: {"site_id": str(ground.site.pk), "authority": f"FDA {n}", "started_on": "2025-02-03"},
        {"observations": 3, "reason": "The report came."},
        bad=[{"observations": -1}, {"observations": 40_000}, {"observations": 1.5}, {"observations": True}],
    ),
    Noun(
        "qualifications",
        "quinn",
        lambda ground, n: {"site_id": str(ground.site.pk), "service": "packaging", "scope": f"Cartons {n}"},
        {"basis": "Audit A-7"},
        bad=[{"scope": "  "}, {"next_review_on": "2025-13-01"}],
    ),
    Noun(
        "programmes",
        "priya",
        lambda ground, n: {
            "name": f"VX-{n + 100}",
            "modality": "biologic",
            "member_ids": [str(ground.person.pk)],
        },
        {"description": "A new one."},
        foreign=lambda ground: ground.theirs,
        bad=[{"member_ids": ["x"]}, {"member_ids": "x"}, {"phase": "phase_9"}],
    ),
    Noun(
        "relationships",
        "priya",
        lambda ground, n: {
            "cmo_id": str(partners.CMO.objects.get_or_create(legal_name=f"Maker {n}")[0].pk),
            "programme_id": str(ground.ours.pk),
            "site_ids": [str(ground.site.pk)],
            "tier": 2,
        },
        {"notes": "By word of mouth."},
        foreign=lambda ground: ground.foreign_relationship,
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[{"tier": 4}, {"tier": "2"}, {"site_ids": [None]}, {"services": ["nothing"]}],
    ),
    Noun(
        "tier-assessments",
        "tom",
        lambda ground, n: {
            "relationship_id": str(ground.relationship.pk),
            "product_impact": 3,
            "detectability": 2,
            "data_integrity": 2,
            "supply_continuity": 1,
            "rationale": "Sterile product.",
            "assessed_on": "2025-03-04",
        },
        {"rationale": "Sterile product, single source."},
        foreign=lambda ground: partners.TierAssessment.objects.create(
            relationship=ground.foreign_relationship,
            product_impact=1,
            detectability=1,
            data_integrity=1,
            supply_continuity=1,
            rationale="x",
            assessed_on=date(2025, 1, 1),
        ),
        foreign_parent=lambda ground: {"relationship_id": str(ground.foreign_relationship.pk)},
        bad=[{"product_impact": 4}, {"override_tier": 1}, {"product_impact": 10**40}],
    ),
    Noun(
        "strategies",
        "alice",
        lambda ground, n: {
            "programme_id": str(_programme(ground, n).pk),
            "scope": f"Bulk {n}",
            "horizon_from": 2027,
            "starts_on": "2027-01-04",
            "batch_output": "10000.000",
            "external_id": f"PS-{n}",
        },
        {"scope": "Bulk and vials", "core_competency": "core"},
        foreign=lambda ground: strategy.Strategy.objects.create(programme=ground.theirs),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[
            {"tier": 4},
            {"currency": "XYZ"},
            {"batch_yield": "101"},
            {"batch_output": "-1"},
            {"horizon_from": 1999},
            {"launch_on": "2026-12-31"},
            {"in_house_by": "2029-01-01"},
            {"discount_rate": 8},
            {"number": 2},
        ],
    ),
    Noun(
        "partnership-attributes",
        "alice",
        lambda ground, n: {
            "code": f"calm_{n}",
            "name": f"Calm {n}",
            "group": "partnership",
            "description": "Tells bad news early.",
        },
        {"description": "Tells bad news first.", "reason": "Clearer."},
        bad=[{"group": "magic"}, {"code": "no slug"}, {"position": -1}, {"name": "Supply security"}],
    ),
    Noun(
        "cdas",
        "alice",
        lambda ground, n: {
            "cmo_id": str(ground.cmo.pk),
            "programme_id": str(ground.ours.pk),
            "number": f"CDA-{n}",
            "external_id": f"L-{n}",
        },
        {"purpose": "Filling of VX-12"},
        foreign=lambda ground: evaluation.Cda.objects.create(cmo=ground.cmo, programme=ground.theirs),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[{"mutual": "yes"}, {"signed_on": "1 May"}, {"cmo_id": None}, {"purpose": "x" * 10_001}],
    ),
    Noun(
        "candidates",
        "alice",
        lambda ground, n: {
            "programme_id": str(ground.ours.pk),
            "cmo_id": str(partners.CMO.objects.get_or_create(legal_name=f"Maker {n}")[0].pk),
            "channel": "market_scan",
            "external_id": f"K-{n}",
        },
        {"notes": "Met at the fair."},
        foreign=lambda ground: evaluation.Candidate.objects.create(
            programme=ground.theirs, cmo=ground.cmo, channel="referral"
        ),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[{"channel": "gossip"}, {"found_by": "x" * 201}, {"site_id": "1"}],
    ),
    Noun(
        "rfps",
        "alice",
        _rfp_body,
        {"assumptions": "Vials come from us."},
        foreign=lambda ground: _rfp(ground.theirs),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[
            {"kind": "rfx"},
            {"currency": "XYZ"},
            {"discount_rate": 8},
            {"batch_yield": "101"},
            {"valid_days": 0},
            {"places": 7},
            {"spread": "-1"},
            {"should_cost": "-1"},
            {"change_reserve": "101"},
            {"closes_at": "2027-03-31"},
            {"questions_until": "2027-04-01T12:00:00Z"},
            {"hides_participation": 1},
            {"reference": "RFP-1"},
            {"strategy_id": None},
            {"programme_id": None},
        ],
    ),
    Noun(
        "addenda",
        "alice",
        lambda ground, n: {
            "rfp_id": str(_issued(ground.ours).pk),
            "title": f"Change {n}",
            "body": "The vials have 10 ml.",
        },
        {"body": "The vials have 20 ml."},
        foreign=lambda ground: evaluation.Addendum.objects.create(rfp=_issued(ground.theirs), title="x", body="y"),
        foreign_parent=lambda ground: {"rfp_id": str(_issued(ground.theirs).pk)},
        bad=[{"title": ""}, {"body": " "}, {"closes_at": "soon"}, {"number": 3}],
    ),
    Noun(
        "evaluators",
        "alice",
        lambda ground, n: {
            "rfp_id": str(_rfp(ground.ours).pk),
            "person_id": str(_colleague(ground, n).pk),
            "sections": ["technical", "risk"],
        },
        {"sections": ["technical"]},
        foreign=lambda ground: evaluation.Evaluator.objects.create(
            rfp=_rfp(ground.theirs), person=ground.theirs.members.first()
        ),
        foreign_parent=lambda ground: {"rfp_id": str(_rfp(ground.theirs).pk)},
        bad=[{"sections": ["magic"]}, {"sections": "technical"}, {"person_id": "1"}, {"declaration": "None."}],
    ),
    Noun(
        "awards",
        "alice",
        lambda ground, n: {
            "programme_id": str(ground.ours.pk),
            "recommendation": f"Best record, {n}",
            "single_source": "Nobody else holds the licence.",
            "external_id": f"A-{n}",
        },
        {"against": "It is not the cheapest."},
        foreign=lambda ground: evaluation.Award.objects.create(programme=ground.theirs, single_source="x"),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[{"recommendation": "x" * 10_001}, {"signed_at": None}, {"rfp_id": "1"}],
    ),
    Noun(
        "library-questions",
        "alice",
        lambda ground, n: {
            "code": f"X-{n:02}",
            "group": "technical",
            "question": f"Describe line {n}.",
            "level": "site",
        },
        {"help": "With a drawing."},
        bad=[
            {"code": "no code"},
            {"group": "magic"},
            {"kind": "song"},
            {"mandatory": "yes"},
            {"number": 2},
            {"bands": "five = 1"},
        ],
    ),
    Noun(
        "obligations",
        "lena",
        lambda ground, n: {
            "agreement_id": str(_in_force(ground, ground.ours).pk),
            "title": f"Certificate {n}",
            "due_on": "2026-12-31",
        },
        {"side": "theirs"},
        foreign=lambda ground: contracts.Obligation.objects.create(
            agreement=_in_force(ground, ground.theirs), title="Certificate"
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_in_force(ground, ground.theirs).pk)},
        bad=[{"side": "nobody"}, {"due_on": "soon"}, {"counted": "by hand"}, {"level": "executive"}, {"title": ""}],
    ),
    Noun(
        "agreement-events",
        "lena",
        lambda ground, n: {
            "agreement_id": str(_in_force(ground, ground.ours).pk),
            "clock": "notice",
            "what": f"DEV-{n}",
            "happened_at": "2026-04-14T08:00:00Z",
            "zone": "Europe/Zurich",
        },
        {"what": "DEV-18, second shift", "reason": "The log says so."},
        foreign=lambda ground: contracts.AgreementEvent.objects.create(
            agreement=_in_force(ground, ground.theirs), clock="notice", what="DEV-9", happened_at=timezone.now()
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_in_force(ground, ground.theirs).pk)},
        bad=[
            {"clock": "weather"},
            {"zone": "Mars"},
            {"happened_at": "2026-04-14"},
            {"happened_at": "2999-01-01T00:00:00Z"},
            {"what": ""},
        ],
    ),
    Noun(
        "negotiation-points",
        "lena",
        lambda ground, n: {
            "agreement_id": str(_supply(ground, ground.ours).pk),
            "title": f"Point {n}",
            "rank": 1,
            "target": "All",
        },
        {"fallback": "Half"},
        foreign=lambda ground: contracts.NegotiationPoint.objects.create(
            agreement=_supply(ground, ground.theirs), title="Price", target="Less"
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_supply(ground, ground.theirs).pk)},
        bad=[{"rank": 0}, {"topic": "weather"}, {"target": ""}, {"outcome": "target"}],
    ),
    Noun(
        "subcontractors",
        "quinn",
        lambda ground, n: {
            "agreement_id": str(_quality(ground, ground.ours).pk),
            "name": f"Alpine {n}",
            "activity": "Tests",
        },
        {"basis": "Audit AR-9"},
        foreign=lambda ground: contracts.Subcontractor.objects.create(
            agreement=_quality(ground, ground.theirs), name="Alpine", activity="Tests"
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_quality(ground, ground.theirs).pk)},
        bad=[{"name": ""}, {"activity": ""}],
    ),
    Noun(
        "exercises",
        "quinn",
        lambda ground, n: {
            "agreement_id": str(_quality(ground, ground.ours).pk),
            "held_on": "2026-03-02",
            "event": f"DEV-{n}",
            "participants": "Quinn, Otto",
            "steps": "As the matrix says.",
        },
        {"gaps": "The clock", "actions": "Otto trains the night shift by May."},
        foreign=lambda ground: contracts.Exercise.objects.create(
            agreement=_quality(ground, ground.theirs),
            held_on=date(2026, 3, 2),
            event="DEV",
            participants="Bob",
            steps="None",
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_quality(ground, ground.theirs).pk)},
        bad=[{"held_on": "soon"}, {"event": ""}],
    ),
    Noun(
        "delegations",
        "farid",
        lambda ground, n: {"currency": "EUR", "split_days": 30 + n},
        {"split_days": 60},
        bad=[{"currency": "XYZ"}, {"split_days": 0}],
        may_not="sven",
    ),
    Noun(
        "holiday-calendars",
        "lena",
        lambda ground, n: {"name": f"Hesse {n}", "first_year": 2026, "last_year": 2028},
        {"last_year": 2030},
        bad=[{"first_year": 1800}, {"last_year": 2020}, {"name": ""}],
    ),
    Noun(
        "clauses",
        "lena",
        lambda ground, n: {
            "agreement_id": str(_supply(ground, ground.ours).pk),
            "topic": list(TOPICS)[n],
            "status": "missing",
        },
        {"note": "Harrow signs none."},
        foreign=lambda ground: contracts.Clause.objects.create(
            agreement=_supply(ground, ground.theirs), topic="exit_plan", status="missing"
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_supply(ground, ground.theirs).pk)},
        bad=[{"status": "deviates"}, {"status": "fine"}, {"topic": "weather"}, {"start": 5}, {"place": "x" * 101}],
    ),
    Noun(
        "waivers",
        "lena",
        _waiver_body,
        {"instead": "We hold stock for a year."},
        foreign=lambda ground: contracts.Waiver.objects.create(
            agreement=_supply(ground, ground.theirs), mechanism="exit_plan", title="Exit plan", grounds="x"
        ),
        foreign_parent=lambda ground: {"agreement_id": str(_supply(ground, ground.theirs).pk)},
        bad=[{"mechanism": "weather"}, {"grounds": ""}, {"state": "granted"}, {"title": "Another"}],
    ),
    Noun(
        "agreements",
        "alice",
        lambda ground, n: {
            "cmo_id": str(ground.cmo.pk),
            "programme_id": str(ground.ours.pk),
            "kind": "msa",
            "reference": f"MSA-{n}",
            "title": f"Supply {n}",
            "effective_on": "2026-01",
            "expires_on": "perpetual",
            "external_id": f"G-{n}",
        },
        {"products": "Vials"},
        foreign=lambda ground: _supply(ground, ground.theirs),
        foreign_parent=lambda ground: {"programme_id": str(ground.theirs.pk)},
        bad=[
            {"kind": "treaty"},
            {"effective_on": "soon"},
            {"expires_on": "2030-13-01"},
            {"cmo_id": None},
            {"value": {"amount": "-1", "currency": "EUR"}},
            {"renewal_length": "a while"},
            {"title": "x" * 201},
        ],
    ),
    Noun(
        "deliveries",
        "sven",
        lambda ground, n: {
            "relationship_id": str(ground.relationship.pk),
            "item": f"Vial {n}",
            "scheduled_on": "2025-05-06",
            "external_id": f"D-{n}",
            "value": {"amount": "10.50", "currency": "EUR"},
        },
        {"delivered_on": "2025-05-09", "reason": "It came."},
        foreign=lambda ground: _delivery(ground.foreign_relationship),
        foreign_parent=lambda ground: {"relationship_id": str(ground.foreign_relationship.pk)},
        bad=[
            {"value": {"amount": "NaN", "currency": "EUR"}},
            {"value": {"amount": "Infinity", "currency": "EUR"}},
            {"value": {"amount": "1E+999999999", "currency": "EUR"}},
            {"value": {"amount": "10.505", "currency": "EUR"}},
            {"value": {"amount": "10", "currency": "euro"}},
            {"value": {"amount": "10"}},
            {"value": 10},
            {"quantity_ordered": "-1"},
            {"quantity_ordered": "9" * 400},
            {"freight_cost": {"amount": "1", "currency": "USD"}},
            {"scheduled_on": "0000-00-00"},
            {"scheduled_on": 20250101},
            {"notes": "text"},
            {"days_late": 3},
        ],
    ),
    Noun(
        "frameworks",
        "priya",
        lambda ground, n: {
            "relationship_id": str(_working_with(ground, n).pk),
            "scope": f"Bulk {n}",
        },
        {"goals": "No gap in supply"},
        foreign=lambda ground: operations.Framework.objects.get_or_create(relationship=ground.foreign_relationship)[0],
        foreign_parent=lambda ground: {"relationship_id": str(ground.foreign_relationship.pk)},
        bad=[{"number": 3}, {"review_due": "soon"}, {"goals": 7}],
    ),
    Noun(
        "transfers",
        "tom",
        lambda ground, n: {"relationship_id": str(ground.relationship.pk), "title": f"Process {n}"},
        {"sending_unit": "Mainz"},
        foreign=lambda ground: _transfer(ground.foreign_relationship),
        foreign_parent=lambda ground: {"relationship_id": str(ground.foreign_relationship.pk)},
        bad=[{"title": ""}, {"completed_on": "2026-01-01"}],
    ),
    Noun(
        "transfer-gates",
        "tom",
        lambda ground, n: {
            "transfer_id": str(_transfer(ground.relationship).pk),
            "position": n + 1,
            "name": f"Gate {n}",
            "criterion": "3 of 3 batches",
        },
        {"criterion": "2 of 3 batches"},
        foreign=lambda ground: _gate(_transfer(ground.foreign_relationship)),
        foreign_parent=lambda ground: {"transfer_id": str(_transfer(ground.foreign_relationship).pk)},
        bad=[{"position": 0}, {"met_on": "2026-01-01"}, {"criterion": ""}],
    ),
    Noun(
        "import-profiles",
        "sven",
        lambda ground, n: {"name": f"erp-{n}", "mapping": _mapping(f"erp-{n}", "Item")},
        {"mapping": _mapping("erp", "Article")},
        bad=[{"name": "not a slug"}, {"mapping": []}, {"mapping": {"fields": {"nonsense": {}}}}],
    ),
    Noun(
        "kpi-definitions",
        "quinn",
        lambda ground, n: {
            "code": f"late_{n}",
            "name": f"Late lines {n}",
            "category": "delivery",
            "formula": "mean_days_late",
            "formula_words": "Days late ÷ late lines",
            "numerator_words": "Days late",
            "denominator_words": "Late lines",
            "unit": "days",
            "direction": "down",
            "target": "1.0000",
            "red_line": "10.0000",
        },
        {"why": "Asked for by quality."},
        bad=[{"target": "11"}, {"weight": "x"}, {"number": 3}, {"minimum_sample": 99999}],
    ),
]
BY_ROUTE = {noun.route: noun for noun in NOUNS}
SCOPED = [noun for noun in NOUNS if noun.foreign]
