"""The people of the demo. Their password is public: they exist only where `CMO_DEMO` is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import QuerySet

from cmo_lifecycle.accounts import roles
from cmo_lifecycle.accounts.models import User

DEMO_PASSWORD = "demo-only-Harrow-2026"  # noqa: S105 - public on purpose
HIRED = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """Somebody of the demo: first name, full name, what they are, their roles, what there is to see as them."""

    key: str
    name: str
    job_title: str
    roles: tuple[str, ...]
    note: str
    domain: str = "vantara.example"
    time_zone: str = "Europe/Dublin"

    @property
    def email(self) -> str:
        return f"{self.key}@{self.domain}"


CAST = (
    Part("priya", "Priya Nair", "CMO project manager", ("project_manager",), "runs the relationships of VX-12"),
    Part("quinn", "Quinn Sato", "Quality director", ("quality",), "qualifies vendors, signs reviews"),
    Part("alice", "Alice Brandt", "Sourcing lead", ("sourcing",), "keeps CMOs, sites and relationships"),
    Part("sven", "Sven Lindqvist", "Supply planner", ("supply_planning",), "imports deliveries"),
    Part("tom", "Tom Okafor", "Process engineer", ("technical",), "judges process fit"),
    Part("farid", "Farid Haddad", "Finance partner", ("finance",), "reads value and spend"),
    Part("lena", "Lena Vogt", "Legal counsel", ("legal",), "reads the contracts' ground"),
    Part("erin", "Erin Walsh", "Chief operating officer", ("executive",), "sees the whole of VX-12"),
    Part("audra", "Audra Klein", "Internal auditor", ("auditor",), "reads everything, the audit trail included"),
    Part("adam", "Adam Reyes", "Systems administrator", ("administrator",), "manages people and configuration"),
    Part("bob", "Bob Keller", "CMO project manager", ("project_manager",), "works on another programme"),
    Part(
        "mallory", "Mallory Quist", "Operations manager",
        ("sourcing", "project_manager", "quality", "supply_planning"), "works on another programme, in several roles",
    ),
    Part(
        "otto", "Otto Brandl", "Account manager", ("cmo_contact",), "works for a CMO: sees nothing internal",
        time_zone="Europe/Vienna",
    ),
    Part(
        "marta", "Marta Ferrer", "Business development", ("cmo_contact",), "signs for the second source",
        time_zone="Europe/Madrid",
    ),
)  # fmt: skip

DEMO_SIGN_INS = [(part.email, ", ".join(map(roles.label, part.roles)), part.note) for part in CAST]


def make_cast() -> dict[str, User]:
    """Make the demo's people, or find them as they are; return them by first name in small letters.

    Whoever calls has named the actor. Raises ImproperlyConfigured outside a demo.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("The demo's people have a public password: they are made only with CMO_DEMO=1.")
    password = make_password(DEMO_PASSWORD)
    with transaction.atomic():
        return {part.key: _person(part, password) for part in CAST}


def _person(part: Part, password: str) -> User:
    found = User.objects.filter(email=part.email).first()
    if found is not None:
        return found
    person = User.objects.create(
        id=uuid5(NAMESPACE_URL, f"mailto:{part.email}"),
        email=part.email,
        name=part.name,
        job_title=part.job_title,
        password=password,
        password_changed_at=HIRED,
        identity_verified=True,
        statement_version=settings.ACCOUNTABILITY_STATEMENT_VERSION,
        statement_accepted_at=HIRED,
        time_zone=part.time_zone,
        created_at=HIRED,
    )
    person.groups.set(Group.objects.filter(name__in=part.roles))
    return person


def demo_people() -> QuerySet[User]:
    """Return those of the demo's people who have an account."""
    return User.objects.filter(pk__in=[uuid5(NAMESPACE_URL, f"mailto:{part.email}") for part in CAST])


def offered() -> list[dict[str, str]]:
    """Return the sign-ins that the sign-in page of a demo offers: dicts of name, role, email, password."""
    active = set(demo_people().filter(is_active=True).values_list("email", flat=True))
    return [
        {"name": part.name, "role": role, "email": part.email, "password": DEMO_PASSWORD}
        for part, (_, role, _) in zip(CAST, DEMO_SIGN_INS, strict=True)
        if part.email in active
    ]
