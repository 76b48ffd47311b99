"""What happened to accounts, written down in words: sign-ins, failures, roles, tokens, ends of sessions."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.actor import acting


def write(
    kind: str,
    person: User | None,
    *,
    by: User | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> AccountEvent:
    """Write one event of `person`'s account, done by `by`; nobody known means somebody not signed in."""
    event = AccountEvent(
        kind=kind,
        person=person,
        by=by,
        reason=reason.strip(),
        details=details or {},
        ip=_address(request),
        user_agent=(request.META.get("HTTP_USER_AGENT", "") if request else "")[:200],
    )
    # A signal of a log-in runs inside whatever the request acts as; the event is its own person's.
    with transaction.atomic(), acting(by, source="page") if by or request else nullcontext():
        event.save(force_insert=True)
    return event


def _address(request: HttpRequest | None) -> str | None:
    if request is None:
        return None
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import PermissionDenied

    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None


def connect() -> None:
    """Write down what the sign-in library tells of."""
    from allauth.account import signals as account
    from allauth.mfa import signals as mfa

    kind = AccountEvent.Kind

    def told(signal: Any, what: str, note: Any = None) -> None:
        def receive(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
            write(what, user, by=user, details=note(kwargs) if note else None, request=request)

        signal.connect(receive, weak=False, dispatch_uid=f"accounts.events.{what}.{id(signal)}")

    def factor(kwargs: dict[str, Any]) -> dict[str, Any]:
        return {"factor": kwargs["authenticator"].type}

    told(account.user_logged_in, kind.SIGNED_IN)
    told(account.password_changed, kind.PASSWORD_CHANGED)
    told(account.password_set, kind.PASSWORD_CHANGED)
    told(account.password_reset, kind.PASSWORD_RESET)
    told(mfa.authenticator_added, kind.FACTOR_ADDED, factor)
    told(mfa.authenticator_removed, kind.FACTOR_REMOVED, factor)
    told(mfa.authenticator_reset, kind.FACTOR_RESET, factor)

    def second_factor_failed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        write(kind.SIGN_IN_FAILED, user, details={"step": "second factor"}, request=request)

    mfa.authentication_failed.connect(second_factor_failed, weak=False, dispatch_uid="accounts.events.factor_failed")

    def signed_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
        # An idle session's end is written with its cause by the middleware; a deactivation by its action.
        match = getattr(request, "resolver_match", None)
        if user is not None and match is not None and match.url_name == "account_logout":
            write(kind.SIGNED_OUT, user, by=user, request=request)

    account.user_logged_out.connect(signed_out, weak=False, dispatch_uid="accounts.events.signed_out")
