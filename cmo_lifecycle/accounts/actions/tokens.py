"""The tokens by which another system's account speaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.actions.changing import Refused, because, changing
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User

LONGEST_TOKEN = timedelta(days=366)


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
    with changing(actor, account, reason) as locked:
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
        event = events.write(AccountEvent.Kind.TOKEN_CREATED, locked, by=actor, reason=reason, details=details)
        extra = {"id": key} if key is not None else {}
        with because(event, actor):
            return ApiToken.objects.create(
                locked, expires - now, name=name.strip(), scopes=list(scopes), created_by=actor, **extra
            )


def revoke_token(token: ApiToken, *, actor: User, reason: str) -> None:
    """End a token at once."""
    with changing(actor, token.user, reason) as locked:
        event = events.write(
            AccountEvent.Kind.TOKEN_REVOKED, locked, by=actor, reason=reason, details={"token": token.name}
        )
        with because(event, actor):
            ApiToken.objects.filter(pk=token.pk, user=locked).delete()
