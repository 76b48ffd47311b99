"""Who has which role since when: what is looked through from time to time, and shown to inspectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

from cmo_lifecycle.accounts import roles
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User
from cmo_lifecycle.audit.models import AuditEntry


@dataclass(frozen=True)
class Held:
    """One role of an account: since when, and who granted it, as far as the trail knows."""

    code: str
    since: datetime | None
    granted_by: str

    @property
    def label(self) -> str:
        return roles.label(self.code)


@dataclass(frozen=True)
class Account:
    """One account with all that the review looks at."""

    person: User
    held: tuple[Held, ...]
    tokens: tuple[ApiToken, ...]
    programmes: tuple[str, ...]
    factors: tuple[str, ...]

    @property
    def sign_in(self) -> str:
        if self.person.is_service:
            return "by token"
        if not self.person.has_usable_password():
            return "no password chosen yet"
        return "password and " + " and ".join(self.factors) if self.factors else "password"


COLUMNS = (
    "name", "email", "kind", "active", "deactivated", "role", "since", "granted by", "programmes", "last sign-in",
    "sign-in by", "identity verified", "statement accepted", "token", "token scopes", "token expires",
    "token last used",
)  # fmt: skip


def roles_since(people: list[User]) -> dict[Any, tuple[Held, ...]]:
    """Return the roles of each account by its key, with the moment at which the trail saw each one granted."""
    through = User.groups.through
    codes = dict(Group.objects.filter(name__in=roles.BY_CODE).values_list("pk", "name"))
    rows = list(through.objects.filter(user__in=people, group__in=codes))
    entries = {
        entry.row_id: entry
        for entry in AuditEntry.objects.filter(
            table_name=through._meta.db_table,
            op=AuditEntry.Operation.INSERT,
            row_id__in=[str(row.pk) for row in rows],
        ).order_by("id")
    }
    reasons = AccountEvent.objects.in_bulk([entry.event for entry in entries.values() if entry.event])
    names = {str(person.pk): person.name for person in User.objects.filter(pk__in=_actors(entries.values()))}
    found: dict[Any, list[Held]] = defaultdict(list)
    for row in rows:
        entry = entries.get(str(row.pk))
        event = reasons.get(entry.event) if entry else None
        actor = entry.actor.removeprefix("user:") if entry else ""
        by = str(event.by) if event and event.by else names.get(actor, actor)
        found[row.user_id].append(Held(codes[row.group_id], entry.at if entry else None, by))
    order = list(roles.BY_CODE)
    return {key: tuple(sorted(held, key=lambda one: order.index(one.code))) for key, held in found.items()}


def _actors(entries: Any) -> list[str]:
    return [entry.actor.removeprefix("user:") for entry in entries if entry.actor.startswith("user:")]


def accounts() -> list[Account]:
    """Return every account, active ones first, people before services, by name."""
    from allauth.mfa.models import Authenticator

    people = list(User.objects.order_by("-is_active", "is_service", "name", "id").prefetch_related("programmes"))
    held = roles_since(people)
    tokens, factors = defaultdict(list), defaultdict(list)
    for token in ApiToken.objects.order_by("name"):
        tokens[token.user_id].append(token)
    words = {Authenticator.Type.TOTP: "authenticator app", Authenticator.Type.WEBAUTHN: "passkey"}
    for user, kind in Authenticator.objects.filter(type__in=words).values_list("user", "type").distinct():
        factors[user].append(words[kind])
    return [
        Account(
            person=person,
            held=held.get(person.pk, ()),
            tokens=tuple(tokens[person.pk]),
            programmes=tuple(str(programme) for programme in person.programmes.all()),
            factors=tuple(sorted(factors[person.pk])),
        )
        for person in people
    ]


def table(found: list[Account]) -> Iterator[list[Any]]:
    """Yield the review as flat rows under `COLUMNS`: one per role, and one per token."""
    for account in found:
        person = account.person
        before = [
            person.name,
            person.email,
            "service account" if person.is_service else "person",
            person.is_active,
            person.deactivated_at,
        ]
        after = [
            account.programmes,
            person.last_login,
            account.sign_in,
            None if person.is_service else person.identity_verified,
            person.statement_accepted_at,
        ]
        for held in account.held or (None,):
            role = [held.label, held.since, held.granted_by] if held else ["no role", None, None]
            yield [*before, *role, *after, None, None, None, None]
        for token in account.tokens:
            yield [*before, None, None, None, *after, token.name, token.scopes, token.expiry, token.last_used_at]
