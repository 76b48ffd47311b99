"""Everything an administrator does to accounts, and the little that people do to their own.

Each action checks who may, writes what it changes in one transaction together with an `AccountEvent`
(who, why), and refuses with sentences. The trail's entries name the event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from cmo_lifecycle.accounts import events, roles
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User
from cmo_lifecycle.audit.actor import acting

Kind = AccountEvent.Kind
WHOLE = "__all__"
LONGEST_TOKEN = timedelta(days=366)
#: What may be changed about a person, besides their roles.
EDITABLE = ("name", "job_title", "email")


class Refused(Exception):
    """Nothing was written. `errors` maps a field (or `__all__`) to its sentences."""

    def __init__(self, *sentences: str, field: str = WHOLE, errors: dict[str, list[str]] | None = None) -> None:
        self.errors = errors if errors is not None else {field: list(sentences)}
        super().__init__(" ".join(sentence for found in self.errors.values() for sentence in found))


# -- who may ---------------------------------------------------------------------------------------------


def _as_administrator(actor: User) -> User:
    """Return the actor, locked and as the database has them now; refuse who is no administrator any more."""
    # Two administrators who deactivate each other at once are put in a row by this lock on them all.
    administrators = list(
        User.objects.select_for_update(of=("self",))
        .filter(groups__name="administrator", is_active=True, is_service=False)
        .order_by("pk")
    )
    found = next((person for person in administrators if person.pk == actor.pk), None)
    if found is None:
        raise Refused("Only an administrator manages people.")
    return found


def _need(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why you do this.", field="reason")
    return reason.strip()


@contextmanager
def _changing(actor: User, person: User, reason: str, *, own: str = "") -> Iterator[User]:
    """Give the person's locked row to an administrator's action; `own` refuses their own account with that sentence."""
    with transaction.atomic(), acting(actor, source="page"):
        _as_administrator(actor)
        if own and actor.pk == person.pk:
            raise Refused(own)
        _need(reason)
        yield User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _because(event: AccountEvent, actor: User) -> Any:
    return acting(actor, event=event.pk)


# -- people ----------------------------------------------------------------------------------------------


def add_person(
    *,
    actor: User,
    name: str,
    email: str,
    job_title: str = "",
    role_codes: Sequence[str] = (),
    reason: str = "",
) -> User:
    """Make an account without a password; the person chooses one by the link of `events.Kind.INVITED`'s mail."""
    with transaction.atomic(), acting(actor, source="page"):
        _as_administrator(actor)
        _need(reason)
        person = User(name=name.strip(), email=email.strip().lower(), job_title=job_title.strip())
        person.set_unusable_password()
        _save_new(person, actor, reason)
        _set_first_roles(person, role_codes, actor, reason)
    return person


def add_service_account(
    *, actor: User, name: str, purpose: str, role_codes: Sequence[str] = (), reason: str = ""
) -> User:
    """Make an account for another system. It has no password and never signs; its tokens speak for it."""
    with transaction.atomic(), acting(actor, source="page"):
        _as_administrator(actor)
        _need(reason)
        code = slugify(name)
        if not code:
            raise Refused("Give a name with letters or digits in it.", field="name")
        account = User(
            name=name.strip(), email=f"{code[:100]}@service.invalid", job_title=purpose.strip(), is_service=True
        )
        account.set_unusable_password()
        try:
            _save_new(account, actor, reason)
        except Refused as refusal:
            if "email" in refusal.errors or WHOLE in refusal.errors:
                raise Refused("There is a service account with this name already.", field="name") from refusal
            raise
        _set_first_roles(account, role_codes, actor, reason)
    return account


def _save_new(person: User, actor: User, reason: str) -> None:
    _refuse_used_address(person)
    # The event may name a row that comes after it: the database checks at the end of the transaction.
    event = events.write(Kind.ADDED, person, by=actor, reason=reason, details={"email": person.email})
    with _because(event, actor):
        _clean_and_save(person, force_insert=True)


def _set_first_roles(person: User, codes: Sequence[str], actor: User, reason: str) -> None:
    for code in codes:
        _grant(person, code, actor, reason, field="roles")


def _refuse_used_address(person: User) -> None:
    """An e-mail address identifies a person for ever: one that was somebody else's is not given again."""
    former = AccountEvent.objects.filter(kind=Kind.EDITED, details__changes__email__0=person.email)
    if former.exclude(person=person).exists():
        raise Refused("This address was another person's; sign-in names are never given twice.", field="email")


def _clean_and_save(person: User, **options: Any) -> None:
    taken = "There is an account with this e-mail address already."
    try:
        person.full_clean(exclude=["password", "last_login"])
        with transaction.atomic():
            person.save(**options)
    except ValidationError as error:
        errors = {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
        if taken in errors.get(WHOLE, []):
            errors["email"] = [*errors.get("email", []), errors[WHOLE].pop(errors[WHOLE].index(taken))]
            errors = {name: texts for name, texts in errors.items() if texts}
        raise Refused(errors=errors) from error
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "one_account_per_email":
            raise
        raise Refused(taken, field="email") from error


def fingerprint(person: User) -> str:
    """Return what stands for the editable fields as they were read, so that a later save can tell they changed."""
    return hashlib.sha256("\n".join(str(getattr(person, name)) for name in EDITABLE).encode()).hexdigest()[:16]


def edit_person(person: User, values: Mapping[str, str], *, actor: User, reason: str, read: str = "") -> User:
    """Change name, job title or e-mail address. `read` is the `fingerprint` that the person saw."""
    with _changing(actor, person, reason) as locked:
        if read and read != fingerprint(locked):
            last = locked.account_events.filter(kind=Kind.EDITED).select_related("by").first()
            who = last.by if last and last.by else "Somebody else"
            raise Refused(
                f"{who} changed this account after you opened it. It now reads: {locked.name}, {locked.email}"
                f"{', ' + locked.job_title if locked.job_title else ''}. Save again what you still want."
            )
        before = {name: getattr(locked, name) for name in EDITABLE}
        for name in EDITABLE:
            if name in values:
                setattr(locked, name, values[name].strip().lower() if name == "email" else values[name].strip())
        changes = {name: [before[name], getattr(locked, name)] for name in EDITABLE}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if not changes:
            return locked
        if "email" in changes:
            if locked.is_service:
                raise Refused("A service account keeps its address.", field="email")
            _refuse_used_address(locked)
        event = events.write(Kind.EDITED, locked, by=actor, reason=reason, details={"changes": changes})
        with _because(event, actor):
            _clean_and_save(locked, update_fields=list(changes))
            if "email" in changes:
                # The sign-in library's own list would still let the old address in.
                locked.emailaddress_set.all().delete()
    return locked


def verify_identity(person: User, *, actor: User, reason: str) -> User:
    """Note that the person's identity was checked before their signature counts; `reason` says how."""
    with _changing(actor, person, reason, own="Another administrator verifies your identity.") as locked:
        if locked.is_service:
            raise Refused("A service account is nobody: there is no identity to verify, and it never signs.")
        if locked.identity_verified:
            raise Refused("The identity has been verified already.")
        event = events.write(Kind.IDENTITY_VERIFIED, locked, by=actor, reason=reason)
        with _because(event, actor):
            locked.identity_verified = True
            locked.save(update_fields=["identity_verified"])
    return locked


# -- roles -----------------------------------------------------------------------------------------------

_OWN_ROLES = "Nobody changes their own roles. Ask another administrator."


def grant_role(person: User, role: str, *, actor: User, reason: str) -> User:
    """Give a role; roles that stand alone (administrator, auditor, CMO contact) refuse company."""
    with _changing(actor, person, reason, own=_OWN_ROLES) as locked:
        if not locked.is_active:
            raise Refused("The account is not active. Reactivate it first.")
        _grant(locked, role, actor, reason)
    return _fresh(locked)


def withdraw_role(person: User, role: str, *, actor: User, reason: str) -> User:
    """Take a role back. What the person signed in it stays signed."""
    with _changing(actor, person, reason, own=_OWN_ROLES) as locked:
        if role not in roles.BY_CODE or role not in _roles_of(locked):
            raise Refused("The person does not hold this role.", field="role")
        event = events.write(Kind.ROLE_WITHDRAWN, locked, by=actor, reason=reason, details={"role": role})
        with _because(event, actor):
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


def _grant(person: User, role: str, actor: User, reason: str, field: str = "role") -> None:
    refusal = refusal_of_role(person.is_service, _roles_of(person), role)
    if refusal:
        raise Refused(refusal, field=field)
    event = events.write(Kind.ROLE_GRANTED, person, by=actor, reason=reason, details={"role": role})
    with _because(event, actor):
        person.groups.add(Group.objects.get(name=role))


# -- the end of an account, and its return -----------------------------------------------------------------


def deactivate(person: User, *, actor: User, reason: str) -> User:
    """Close an account at once: its sessions and tokens end in the same transaction. Nothing it did is lost."""
    own = "You cannot deactivate yourself. Ask another administrator."
    if actor.pk == person.pk and not _other_administrators(person):
        own = "You are the last administrator: make another one first. Nobody deactivates themselves."
    with _changing(actor, person, reason, own=own) as locked:
        if not locked.is_active:
            raise Refused("The account is deactivated already.")
        tokens = list(ApiToken.objects.filter(user=locked).values_list("name", flat=True))
        event = events.write(Kind.DEACTIVATED, locked, by=actor, reason=reason, details={"tokens": tokens})
        with _because(event, actor):
            locked.is_active = False
            locked.deactivated_at = timezone.now()
            locked.save(update_fields=["is_active", "deactivated_at"])
            _end_access(locked)
    return locked


def _other_administrators(person: User) -> bool:
    held = User.objects.filter(groups__name="administrator", is_active=True, is_service=False)
    return held.exclude(pk=person.pk).exists()


def reactivate(person: User, *, actor: User, reason: str) -> User:
    """Open a closed account again, with the roles it had. Its sessions and tokens stay ended."""
    with _changing(actor, person, reason) as locked:
        if locked.is_active:
            raise Refused("The account is active.")
        event = events.write(Kind.REACTIVATED, locked, by=actor, reason=reason)
        with _because(event, actor):
            # A sign-in that was under way at the moment of deactivation may have left a session behind.
            _end_sessions(locked)
            locked.is_active = True
            locked.deactivated_at = None
            locked.save(update_fields=["is_active", "deactivated_at"])
    return locked


def end_sessions(person: User, *, actor: User, reason: str) -> int:
    """Sign the person out everywhere; return how many sessions ended."""
    with _changing(actor, person, reason) as locked:
        event = events.write(Kind.SESSIONS_ENDED, locked, by=actor, reason=reason)
        with _because(event, actor):
            return _end_sessions(locked)


def _end_access(person: User) -> None:
    """End every session and token of an account, now."""
    _end_sessions(person)
    ApiToken.objects.filter(user=person).delete()


def _end_sessions(person: User) -> int:
    from allauth.usersessions.models import UserSession

    UserSession.objects.filter(user=person).delete()
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


# -- tokens ------------------------------------------------------------------------------------------------


def create_token(
    account: User,
    *,
    actor: User,
    name: str,
    scopes: Sequence[str],
    expires: datetime,
    reason: str,
    key: UUID | None = None,
) -> tuple[ApiToken, str]:
    """Make a token of a service account; return it with its text, which is kept nowhere and cannot be shown again.

    `key` is the token's id as the form had it, so that a form sent twice makes one token.
    """
    with _changing(actor, account, reason) as locked:
        if not locked.is_service or locked.is_built_in:
            raise Refused("Only a service account that was added here holds tokens. People sign in.")
        if not locked.is_active:
            raise Refused("The account is not active. Reactivate it first.")
        if not name.strip():
            raise Refused("Give the token a name that says where it is used.", field="name")
        if not scopes:
            raise Refused("Choose at least one thing that the token may do.", field="read")
        now = timezone.now()
        if not now < expires <= now + LONGEST_TOKEN:
            raise Refused("A token expires within a year from now.", field="expires")
        if key is not None and ApiToken.objects.filter(id=key).exists():
            raise Refused("This token was made already, and its text was shown then. Revoke it if it is lost.")
        if ApiToken.objects.filter(user=locked, name=name.strip()).exists():
            raise Refused("This account has a token of this name already.", field="name")
        details = {"token": name.strip(), "scopes": list(scopes), "expires": expires.isoformat()}
        event = events.write(Kind.TOKEN_CREATED, locked, by=actor, reason=reason, details=details)
        extra = {"id": key} if key is not None else {}
        with _because(event, actor):
            return ApiToken.objects.create(
                locked, expires - now, name=name.strip(), scopes=list(scopes), created_by=actor, **extra
            )


def revoke_token(token: ApiToken, *, actor: User, reason: str) -> None:
    """End a token at once."""
    with _changing(actor, token.user, reason) as locked:
        event = events.write(Kind.TOKEN_REVOKED, locked, by=actor, reason=reason, details={"token": token.name})
        with _because(event, actor):
            ApiToken.objects.filter(pk=token.pk, user=locked).delete()


# -- one's own account ---------------------------------------------------------------------------------------


def accept_statement(person: User) -> User:
    """Note that the person takes the accountability statement's present version as theirs."""
    if person.is_service:
        raise Refused("A service account never signs.")
    version = settings.ACCOUNTABILITY_STATEMENT_VERSION
    with transaction.atomic(), acting(person, source="page"):
        locked = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if locked.statement_version == version:
            return locked
        event = events.write(Kind.STATEMENT_ACCEPTED, locked, by=locked, details={"version": version})
        with _because(event, locked):
            locked.statement_version = version
            locked.statement_accepted_at = timezone.now()
            locked.save(update_fields=["statement_version", "statement_accepted_at"])
    return locked
