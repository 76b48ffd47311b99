"""One small company for the tests over the whole product: everybody, and a record of every noun.

Two programmes stand side by side: VX-12 of the cast, and QR-7 of Mallory and Bob. What hangs on VX-12 is what the
two must never see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from cmo_lifecycle.accounts.roles import BUSINESS
from tests import world_clauses, world_contracts, world_framework, world_obligations, world_selection, world_settling
from tests.conftest import CAST, make_person

#: As the table of doors names its columns: everybody who may knock.
PEOPLE = (
    "alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin", "audra", "adam", "otto", "bob", "mallory", "gone",
)  # fmt: skip
#: Those who work on VX-12, and those who do not.
MEMBERS = ("alice", "priya", "tom", "quinn", "farid", "lena", "sven", "erin")
OUTSIDERS = ("adam", "otto", "bob", "mallory", "gone")
AS_OF = datetime(2026, 4, 15, tzinfo=UTC)


@dataclass
class World:
    """People by first name, tokens by their scope, and one record of every noun by its REST route."""

    people: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for shelf in ("people", "records", "more"):
            found = self.__dict__.get(shelf, {})
            if name in found:
                return found[name]
        raise AttributeError(name)


def build(password_hash: str) -> World:
    """Make the company. Needs the database and somebody who acts."""
    world = World()
    _people(world, password_hash)
    _partners(world)
    _strategy(world)
    world_selection.build(world)
    world_contracts.build(world)
    _operations(world)
    world_framework.build(world)
    world_clauses.build(world)
    world_obligations.build(world)
    world_settling.build(world)
    _hanging(world)
    return world


def _people(world: World, password_hash: str) -> None:
    for name, (roles, _) in CAST.items():
        world.people[name] = make_person(name, BUSINESS if name == "mallory" else roles, password_hash)
    world.people["gone"] = make_person("gone", ("project_manager", "sourcing"), password_hash)
    from django.contrib.auth.models import Group

    from cmo_lifecycle.accounts.models import ApiToken, User

    for scope, name in (("read", "reader"), ("write", "writer")):
        service = User.objects.create(email=f"{scope}@service.invalid", name=f"{scope} service", is_service=True)
        token, text = ApiToken.objects.create(service, timedelta(days=30), name=f"{scope} token", scopes=[scope])
        service.groups.set(Group.objects.filter(name="supply_planning"))
        world.people[name] = service
        world.tokens[scope] = text
        world.more[f"{scope}_token"] = token


def _partners(world: World) -> None:
    from cmo_lifecycle.partners import models as m

    people = world.people
    records = world.records
    programme = m.Programme.objects.create(name="VX-12", modality="biologic", phase="phase_3", external_id="P-12")
    programme.members.set([people[name] for name in (*MEMBERS, "reader", "writer", "gone")])
    other = m.Programme.objects.create(name="QR-7", modality="small_molecule", phase="commercial")
    other.members.set([people["mallory"], people["bob"]])
    cmo = m.CMO.objects.create(
        legal_name="Harrow Biologics", country="IE", modalities=["biologic"], aliases=["Harrow Bio"], external_id="C-1"
    )
    site = m.Site.objects.create(
        cmo=cmo, name="Harrow Cork", country="IE", city="Cork", duns="210987654", fei="3001234567", external_id="S-1"
    )
    relationship = m.Relationship.objects.create(
        cmo=cmo,
        programme=programme,
        manager=people["priya"],
        tier=2,
        state=m.Relationship.State.ACTIVE,
        active_from=date(2025, 10, 1),
        registered_as_existing=True,
        registration_evidence="Supply agreement MSA-014 of 3 January 2024",
        external_id="R-1",
    )
    relationship.sites.set([site])
    nordvik = m.CMO.objects.create(legal_name="Nordvik Fill-Finish", country="NO", modalities=["biologic"])
    theirs = m.Relationship.objects.create(cmo=nordvik, programme=other, manager=people["bob"])
    records |= {
        "cmos": cmo,
        "sites": site,
        "programmes": programme,
        "relationships": relationship,
        "identifiers": m.Identifier.objects.create(cmo=cmo, scheme="lei", value="5493001KJTIIGC8Y1R12"),
        "contacts": m.Contact.objects.create(cmo=cmo, name="Niamh Daly", email="niamh@harrow.example"),
        "capabilities": m.Capability.objects.create(site=site, service="sterile_fill_finish", scale="commercial"),
        "certificates": m.Certificate.objects.create(
            site=site,
            kind="gmp",
            number="IE-77",
            issuer="HPRA",
            issued_on=date(2024, 5, 1),
            expires_on=date(2027, 5, 1),
        ),
        "inspections": m.Inspection.objects.create(
            site=site, authority="fda", kind="surveillance", started_on=date(2025, 3, 3), ended_on=date(2025, 3, 7)
        ),
        "qualifications": m.Qualification.objects.create(
            site=site, service="sterile_fill_finish", scope="Aseptic filling of vials", basis="Audit AR-9"
        ),
        "tier-assessments": m.TierAssessment.objects.create(
            relationship=relationship,
            product_impact=3,
            detectability=2,
            data_integrity=2,
            supply_continuity=2,
            rationale="One source",
            assessed_on=date(2026, 1, 5),
        ),
    }
    m.Contact.objects.create(cmo=cmo, name="Otto Example", user=people["otto"])
    world.more |= {"other": other, "theirs": theirs, "nordvik": nordvik}


def _strategy(world: World) -> None:
    from strategy import models as m

    strategy = m.Strategy.objects.create(
        programme=world.records["programmes"],
        scope="Frozen bulk of cell line VXM-3",
        horizon_from=2027,
        horizon_to=2030,
        exit_intent="Two years of notice",
        market_notes="Three makers are left",
        external_id="PS-1",
        created_by=world.people["alice"],
    )
    m.Objective.objects.create(strategy=strategy, text="Never out of stock", goal="Launch in 2028", weight=100)
    m.Stakeholder.objects.create(strategy=strategy, name="Ida Holm", function="Sales", interest="Stock", influence=3)
    world.records |= {
        "strategies": strategy,
        "partnership-attributes": m.PartnershipAttribute.objects.get(code="supply_security"),
        "consequences": m.Consequence.objects.create(
            strategy=strategy,
            key="question:stock",
            kind="question",
            title="Was the launch ever short of stock?",
            proposed={"question": "Was the launch ever short of stock?", "data_needed": "Stock by week"},
            content={"question": "Was the launch ever short of stock?", "data_needed": "Stock by week"},
            rule="core.core",
            rule_version=1,
            reason="What is core is asked about first.",
            source="Applebaum 2006, practice 1",
            because=[{"source": "core_competency", "label": "Core competency", "value": "Yes"}],
        ),
    }


def _operations(world: World) -> None:
    from cmo_lifecycle.workflow.transitions import ask_for_approvals
    from operations import models as m
    from operations.review_run import run_reviews

    relationship, site = world.records["relationships"], world.records["sites"]
    lines = [
        m.Delivery.objects.create(
            relationship=relationship,
            site=site,
            item="Vial 2R",
            external_id=f"D-{number}",
            source_system="erp",
            order_ref=f"PO-{number}",
            scheduled_on=date(2025 + month // 13, (month - 1) % 12 + 1, 10),
            delivered_on=date(2025 + month // 13, (month - 1) % 12 + 1, 10 + (number % 4) * 3),
            ordered_on=date(2025, 8, 1),
            quantity_ordered=1000,
            quantity_delivered=1000,
            quantity_accepted=990 + number,
            value=12_500 + number,
            currency="EUR",
        )
        for number, month in enumerate((10, 11, 11, 12, 12, 13, 13, 14, 14, 15))
    ]
    run_reviews(as_of=AS_OF)
    reviews = list(m.Review.objects.filter(relationship=relationship).order_by("starts_on"))
    assert [review.state for review in reviews] == ["scored", "scored"]
    definition = m.KpiDefinition.objects.create(
        code="second_look",
        name="Second look",
        category="delivery",
        formula="on_time",
        formula_words="Lines on time ÷ lines due",
        numerator_words="lines on time",
        denominator_words="lines due",
        unit="%",
        direction="neutral",
        created_by=world.people["alice"],
    )
    in_force = m.ScoringPolicy.objects.get(state="in_force")
    policy = m.ScoringPolicy.objects.create(number=in_force.number + 1)
    for record in (definition, policy, world.records["tier-assessments"]):
        ask_for_approvals(record)
    world.records |= {
        "deliveries": lines[-1],
        "reviews": reviews[-1],
        "kpi-definitions": definition,
        "scoring-policies": policy,
        "import-profiles": m.ImportProfile.objects.create(name="harrow-erp", mapping={}),
        "imports": _import(world),
    }
    world.more |= {"lines": lines, "earlier_review": reviews[0], "policy_in_force": in_force}


def _import(world: World) -> Any:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from operations.importing.commit import bad_rows_path
    from operations.models import DeliveryImport, ImportProblem

    row = DeliveryImport(
        file_name="lines.csv", sha256="0" * 64, size=20, created_by=world.people["sven"], rows_read=1, rows_bad=1
    )
    row.file.save("lines.csv", ContentFile(b"order,item\nPO-1,Vial\n"), save=False)
    row.save(force_insert=True)
    world.more["problem"] = ImportProblem.objects.create(
        of=row, row=2, column="item", message="Nothing is called “Vial”."
    )
    if not default_storage.exists(bad_rows_path(row)):
        default_storage.save(bad_rows_path(row), ContentFile(b"row,problem\n2,no such item\n"))
    return row


def _hanging(world: World) -> None:
    """What hangs on records: an event, a file, a job."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from cmo_lifecycle.audit.models import AuditEntry
    from cmo_lifecycle.workflow import attachments
    from cmo_lifecycle.workflow.models import Heartbeat, Job
    from cmo_lifecycle.workflow.transitions import write_event

    relationship, alice = world.records["relationships"], world.people["alice"]
    for name in ("beat", "worker"):
        # Ahead of time: a world may have to last longer than a clock may be silent.
        Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now() + timedelta(hours=2)})
    world.more |= {
        "event": write_event(relationship, actor=alice, verb="edit", version=1, changes={"notes": ["", "Line 2"]}),
        "attachment": attachments.attach(
            relationship, ContentFile(b"Minutes of the kick-off\n", name="minutes.txt"), actor=alice
        ),
        "job": Job.objects.create(
            kind="import",
            label="Import of lines.csv",
            status="running",
            done=5,
            total=10,
            asked_by=world.people["sven"],
        ),
        "entry": AuditEntry.objects.order_by("-id").first(),
    }


def signed_in(world: World, *names: str) -> dict[str, Any]:
    """Return a client signed in as each of the people, by name."""
    from django.test import Client

    from cmo_lifecycle.audit.actor import acting

    clients = {name: Client() for name in names}
    with acting("test:set-up", source="test"):
        for name, client in clients.items():
            client.force_login(world.people[name])
    return clients


def deactivate(world: World) -> None:
    """Take Gone's account away, once the sessions are made."""
    from django.utils import timezone

    from cmo_lifecycle.accounts.models import User
    from cmo_lifecycle.audit.actor import acting

    with acting("test:set-up", source="test"):
        User.objects.filter(pk=world.people["gone"].pk).update(is_active=False, deactivated_at=timezone.now())


def every_url(resolver: Any = None, before: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Walk a URLconf: name with its namespace, the address as a pattern, and the pattern itself."""
    from django.urls import URLPattern, get_resolver

    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield f"{space}{one.name or ''}", f"{before}{one.pattern}", one
        else:
            yield from every_url(one, f"{before}{one.pattern}", f"{space}{one.namespace}:" if one.namespace else space)


def no_such() -> str:
    """A key that nothing has."""
    return str(uuid4())
