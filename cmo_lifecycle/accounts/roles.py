"""The roles, one readable table. Each is granted to a person as a group of the same name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Role:
    """One role: its code, its label, what whoever holds it is there for."""

    code: str
    label: str
    purpose: str
    reads_everything: bool = False
    is_external: bool = False
    may_write: bool = True


TABLE = (
    Role("sourcing", "Sourcing", "Finds CMOs, runs selection and negotiation, keeps CMOs, sites and relationships."),
    Role("project_manager", "Project manager", "Runs the relationship day by day: deliveries, reviews, actions."),
    Role("technical", "Technical", "Judges process fit, scale and technology transfer."),
    Role("quality", "Quality", "Decides qualification, signs reviews and quality agreements."),
    Role("finance", "Finance", "Approves commitments and spend."),
    Role("legal", "Legal", "Approves contract language."),
    Role("supply_planning", "Supply planning", "Keeps forecasts, orders and deliveries."),
    Role("executive", "Executive", "Approves strategy and awards."),
    Role(
        "auditor",
        "Auditor",
        "Reads everything, the audit trail included; writes nothing.",
        reads_everything=True,
        may_write=False,
    ),
    Role("administrator", "Administrator", "Manages people and configuration; approves nothing."),
    Role("cmo_contact", "CMO contact", "Works for a CMO; sees only what is shared with that CMO.", is_external=True),
)
BY_CODE = {role.code: role for role in TABLE}
BUSINESS = tuple(
    role.code for role in TABLE if role.may_write and not role.is_external and role.code != "administrator"
)
#: Roles that go with no other: who judges, who arranges and who is outside are kept apart.
ALONE = tuple(role.code for role in TABLE if role.code not in BUSINESS)
INTERNAL = tuple(role.code for role in TABLE if not role.is_external)


def label(code: str) -> str:
    """Return the role's label; an unknown code is a programming error (KeyError)."""
    return BY_CODE[code].label


def write_groups(sender: Any, using: str = "default", **kwargs: Any) -> None:
    """Keep one group per role after `migrate`."""
    from django.contrib.auth.models import Group

    for role in TABLE:
        Group.objects.using(using).get_or_create(name=role.code)
