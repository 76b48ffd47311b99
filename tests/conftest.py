"""The cast, and the ground their stories stand on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting

PASSWORD = "correct horse battery 9"

#: Who plays in the stories: first name, roles, whether a member of the programme VX-12.
CAST = {
    "alice": (("sourcing",), True),
    "priya": (("project_manager",), True),
    "tom": (("technical",), True),
    "quinn": (("quality",), True),
    "farid": (("finance",), True),
    "lena": (("legal",), True),
    "sven": (("supply_planning",), True),
    "erin": (("executive",), True),
    "audra": (("auditor",), False),
    "adam": (("administrator",), False),
    "otto": (("cmo_contact",), False),
    "bob": (("project_manager",), False),
    "mallory": (("sourcing", "project_manager", "quality", "supply_planning"), False),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what drives a browser a second try: how long a machine keeps one waiting says nothing of the product."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """A password hash is slow on purpose; the stories are about what it guards."""
    from django.test import override_settings

    cheap = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[cheap, *settings.PASSWORD_HASHERS]):
        yield


@pytest.fixture(scope="session")
def password_hash() -> str:
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def _somebody_writes(request: Any) -> Iterator[None]:
    """Set-up writes are the test's own; a story's writes name their person through the door."""
    names = request.fixturenames
    if not {"db", "transactional_db", "live_server"} & set(names):
        yield
        return
    request.getfixturevalue("transactional_db" if "transactional_db" in names or "live_server" in names else "db")
    cache.clear()
    with acting("test:set-up", source="test"):
        yield


def make_person(name: str, roles: tuple[str, ...], password_hash: str, **fields: Any) -> Any:
    from cmo_lifecycle.accounts.models import User

    person = User.objects.create(
        email=f"{name}@vantara.example",
        name=f"{name.capitalize()} Example",
        password=password_hash,
        identity_verified=True,
        statement_version=settings.ACCOUNTABILITY_STATEMENT_VERSION,
        statement_accepted_at=timezone.now(),
        **fields,
    )
    person.groups.set(Group.objects.filter(name__in=roles))
    return person


def _person(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(db: None, password_hash: str) -> Any:
        return make_person(name, CAST[name][0], password_hash)

    return person


alice = _person("alice")
priya = _person("priya")
tom = _person("tom")
quinn = _person("quinn")
farid = _person("farid")
lena = _person("lena")
sven = _person("sven")
erin = _person("erin")
audra = _person("audra")
adam = _person("adam")
otto = _person("otto")
bob = _person("bob")
mallory = _person("mallory")


@pytest.fixture
def cast(request: Any) -> dict[str, Any]:
    """Everybody, by first name."""
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def vx12(request: Any) -> Any:
    """The programme VX-12 with its members."""
    from cmo_lifecycle.partners.models import Programme

    programme = Programme.objects.create(name="VX-12", modality="biologic", phase="phase_3")
    programme.members.set(request.getfixturevalue(name) for name, (_, member) in CAST.items() if member)
    return programme


@pytest.fixture
def other_programme(mallory: Any, bob: Any) -> Any:
    """A programme that is none of VX-12's people's business."""
    from cmo_lifecycle.partners.models import Programme

    programme = Programme.objects.create(name="QR-7", modality="small_molecule", phase="commercial")
    programme.members.set([mallory, bob])
    return programme


@pytest.fixture
def harrow(db: None) -> Any:
    from cmo_lifecycle.partners.models import CMO

    return CMO.objects.create(legal_name="Harrow Biologics", country="IE", modalities=["biologic"])


@pytest.fixture
def harrow_site(harrow: Any) -> Any:
    from cmo_lifecycle.partners.models import Site

    return Site.objects.create(cmo=harrow, name="Harrow Cork", country="IE", duns="210987654", fei="3001234567")


@pytest.fixture
def relationship(harrow: Any, harrow_site: Any, vx12: Any, priya: Any) -> Any:
    """Harrow works for VX-12, active since 2024."""
    from datetime import date

    from cmo_lifecycle.partners.models import Relationship

    found = Relationship.objects.create(
        cmo=harrow,
        programme=vx12,
        manager=priya,
        tier=2,
        state=Relationship.State.ACTIVE,
        active_from=date(2024, 1, 1),
        registered_as_existing=True,
        registration_evidence="Supply agreement MSA-014 of 3 January 2024",
    )
    found.sites.set([harrow_site])
    return found


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, password_hash: str) -> Iterator[Any]:
    """One small company with a record of every noun (see tests/world.py), once for all tests of a module.

    It lies in a transaction of its own that is taken back; a test's savepoint lies inside it.
    """
    from django.db import transaction

    from tests import world as stage

    with django_db_blocker.unblock(), transaction.atomic():
        with acting("test:set-up", source="test"):
            made = stage.build(password_hash)
        yield made
        transaction.set_rollback(True)
