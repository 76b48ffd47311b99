"""The roles of an account: given, taken back, and which exclude each other."""

from __future__ import annotations

from django.contrib.auth.models import Group

from cmo_lifecycle.accounts import events, roles
from cmo_lifecycle.accounts.actions.changing import Refused, because, changing
from cmo_lifecycle.accounts.models import AccountEvent, User

_OWN_ROLES = "Nobody changes their own roles. Ask another administrator."


def grant_role(person: User, role: str, *, actor: User, reason: str) -> User:
    """Give a role; roles that stand alone (administrator, auditor, CMO contact) refuse company."""
    with changing(actor, person, reason, own=_OWN_ROLES) as locked:
        if not locked.is_active:
            raise Refused("The account is not active. Reactivate it first.")
        grant(locked, role, actor, reason)
    return _fresh(locked)


def withdraw_role(person: User, role: str, *, actor: User, reason: str) -> User:
    """Take a role back. What the person signed in it stays signed."""
    with changing(actor, person, reason, own=_OWN_ROLES) as locked:
        if role not in roles.BY_CODE or role not in _roles_of(locked):
            raise Refused("The person does not hold this role.", field="role")
        event = events.write(AccountEvent.Kind.ROLE_WITHDRAWN, locked, by=actor, reason=reason, details={"role": role})
        with because(event, actor):
            locked.groups.remove(Group.objects.get(name=role))
    return _fresh(locked)


def _roles_of(person: User) -> set[str]:
    return set(person.groups.filter(name__in=roles.BY_CODE).values_list("name", flat=True))


def _fresh(person: User) -> User:
    person.__dict__.pop("roles", None)
    return person


def refusal_of_role(person_is_service: bool, held: set[str], role: str) -> str:
    """Return why the role cannot be added to those held; empty where it can."""
    if role not in roles.BY_CODE:
        return "There is no such role."
    label = roles.label(role)
    if role in held:
        return f"The role {label} is held already."
    if person_is_service and role in ("administrator", "cmo_contact"):
        return f"A service account cannot be {label}."
    for alone in roles.ALONE:
        if role == alone and held:
            return f"{label} excludes any other role: withdraw {', '.join(map(roles.label, sorted(held)))} first."
        if alone in held:
            return f"{roles.label(alone)} excludes any other role: withdraw it first."
    return ""


def grant(person: User, role: str, actor: User, reason: str, field: str = "role") -> None:
    refusal = refusal_of_role(person.is_service, _roles_of(person), role)
    if refusal:
        raise Refused(refusal, field=field)
    event = events.write(AccountEvent.Kind.ROLE_GRANTED, person, by=actor, reason=reason, details={"role": role})
    with because(event, actor):
        person.groups.add(Group.objects.get(name=role))
