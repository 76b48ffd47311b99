"""How the REST door knows who asks, and the least it demands of them."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest
from typing import Any

from django.utils import timezone
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from cmo_lifecycle.accounts.models import ApiToken, User
from cmo_lifecycle.audit.actor import acting

CHALLENGE = 'Bearer realm="CMO Lifecycle"'
NOTE_USE_EVERY = timedelta(minutes=1)


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>` (or `Token <token>`) of a service account; never from the address."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = authentication.get_authorization_header(request).split()
        if not parts or parts[0].lower() not in (b"bearer", b"token"):
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed("Give the token as: Authorization: Bearer <token>.")
        try:
            text = parts[1].decode("ascii")
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed("This token is not valid.") from None
        token = self._find(text)
        if token is None:
            raise exceptions.AuthenticationFailed("This token is not valid.")
        if token.expiry is None or token.expiry <= timezone.now():
            raise exceptions.AuthenticationFailed("This token has expired. Ask an administrator for a new one.")
        if not token.user.is_active or not token.user.is_service:
            raise exceptions.AuthenticationFailed("The account of this token is not active.")
        self._note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE

    def _find(self, text: str) -> ApiToken | None:
        digest = hash_token(text)
        candidates = ApiToken.objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]).select_related("user")
        return next((token for token in candidates if compare_digest(token.digest, digest)), None)

    def _note_use(self, token: ApiToken) -> None:
        now = timezone.now()
        if token.last_used_at is not None and now - token.last_used_at < NOTE_USE_EVERY:
            return
        with acting(token.user, source="rest"):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in person's browser; unsafe methods need the CSRF token. Nobody signed in is answered with 401."""

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def route_of(view: Any) -> str:
    """Return the API route that scopes name: the view's own `route`, its noun's, or its basename."""
    own = getattr(view, "route", "")
    if own:
        return str(own)
    model = getattr(getattr(view, "queryset", None), "model", None) or getattr(view, "model", None)
    return getattr(model, "route", "") or getattr(view, "basename", "") or ""


class InternalOnly(BasePermission):
    """People of the sponsor and service accounts; a token only within its scopes. Everybody else is refused.

    A view whose POST changes nothing says `scope_action = "read"`.
    """

    message = "This is for the sponsor's own people and systems."

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        if user.is_external:
            return False
        token = request.auth
        if token is None:
            # A service account has no session of its own; only its token speaks for it.
            return not user.is_service
        if not isinstance(token, ApiToken):
            return False
        action = "read" if request.method in SAFE_METHODS else getattr(view, "scope_action", "write")
        route = route_of(view)
        if not token.allows(route, action):
            self.message = f"The token's scopes do not cover {f'{route}:' if route else ''}{action}."
            return False
        return True
