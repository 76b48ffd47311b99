"""The mail by which somebody chooses their first password. Nobody else ever knows one."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import AccountEvent, User


def invite(person: User, *, actor: User, request: HttpRequest) -> None:
    """Send the person a link to choose a password; it works once, for `PASSWORD_RESET_TIMEOUT`."""
    if not actor.has_role("administrator"):
        raise Refused("Only an administrator manages people.")
    if person.is_service or not person.is_active:
        raise Refused("Only an active person can choose a password.")
    events.write(AccountEvent.Kind.INVITED, person, by=actor, request=request)
    key = f"{user_pk_to_url_str(person)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)}"
    adapter = get_adapter(request)
    adapter.send_mail(
        "accounts/email/invitation",
        person.email,
        {
            "person": person,
            "sender": actor,
            "link": adapter.get_reset_password_from_key_url(key),
            "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        },
    )
