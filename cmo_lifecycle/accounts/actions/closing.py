"""The end of an account or of its sessions, and its return."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.actions.changing import Refused, because, changing
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User


def deactivate(person: User, *, actor: User, reason: str) -> User:
    """Close an account at once: its sessions and tokens end in the same transaction. Nothing it did is lost."""
    own = "You cannot deactivate yourself. Ask another administrator."
    if actor.pk == person.pk and not _other_administrators(person):
        own = "You are the last administrator: make another one first. Nobody deactivates themselves."
    with changing(actor, person, reason, own=own) as locked:
        if not locked.is_active:
            raise Refused("The account is deactivated already.")
        tokens = list(ApiToken.objects.filter(user=locked).values_list("name", flat=True))
        event = events.write(AccountEvent.Kind.DEACTIVATED, locked, by=actor, reason=reason, details={"tokens": tokens})
        with because(event, actor):
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
    with changing(actor, person, reason) as locked:
        if locked.is_active:
            raise Refused("The account is active.")
        event = events.write(AccountEvent.Kind.REACTIVATED, locked, by=actor, reason=reason)
        with because(event, actor):
            # A sign-in that was under way at the moment of deactivation may have left a session behind.
            _end_sessions(locked)
            locked.is_active = True
            locked.deactivated_at = None
            locked.save(update_fields=["is_active", "deactivated_at"])
    return locked


def end_sessions(person: User, *, actor: User, reason: str) -> int:
    """Sign the person out everywhere; return how many sessions ended."""
    with changing(actor, person, reason) as locked:
        event = events.write(AccountEvent.Kind.SESSIONS_ENDED, locked, by=actor, reason=reason)
        with because(event, actor):
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
