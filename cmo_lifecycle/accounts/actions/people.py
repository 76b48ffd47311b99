"""New accounts, and what is known of the person behind one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.actions.changing import WHOLE, Refused, as_administrator, because, changing, need
from cmo_lifecycle.accounts.actions.granting import grant
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.actor import acting

#: What may be changed about a person, besides their roles.
EDITABLE = ("name", "job_title", "email")


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
        as_administrator(actor)
        need(reason)
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
        as_administrator(actor)
        need(reason)
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
    event = events.write(AccountEvent.Kind.ADDED, person, by=actor, reason=reason, details={"email": person.email})
    with because(event, actor):
        _clean_and_save(person, force_insert=True)


def _set_first_roles(person: User, codes: Sequence[str], actor: User, reason: str) -> None:
    for code in codes:
        grant(person, code, actor, reason, field="roles")


def _refuse_used_address(person: User) -> None:
    """An e-mail address identifies a person for ever: one that was somebody else's is not given again."""
    former = AccountEvent.objects.filter(kind=AccountEvent.Kind.EDITED, details__changes__email__0=person.email)
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
    with changing(actor, person, reason) as locked:
        if read and read != fingerprint(locked):
            last = locked.account_events.filter(kind=AccountEvent.Kind.EDITED).select_related("by").first()
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
        event = events.write(AccountEvent.Kind.EDITED, locked, by=actor, reason=reason, details={"changes": changes})
        with because(event, actor):
            _clean_and_save(locked, update_fields=list(changes))
            if "email" in changes:
                # The sign-in library's own list would still let the old address in.
                locked.emailaddress_set.all().delete()
    return locked


def verify_identity(person: User, *, actor: User, reason: str) -> User:
    """Note that the person's identity was checked before their signature counts; `reason` says how."""
    with changing(actor, person, reason, own="Another administrator verifies your identity.") as locked:
        if locked.is_service:
            raise Refused("A service account is nobody: there is no identity to verify, and it never signs.")
        if locked.identity_verified:
            raise Refused("The identity has been verified already.")
        event = events.write(AccountEvent.Kind.IDENTITY_VERIFIED, locked, by=actor, reason=reason)
        with because(event, actor):
            locked.identity_verified = True
            locked.save(update_fields=["identity_verified"])
    return locked
