"""When a session ends by itself, what a person needs before they reach a page, and whose hours a page shows."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.models import AccountEvent

BEGAN = "began"
SEEN = "seen"
#: The session row is written at most this often, in seconds.
WRITE_EVERY = 60

Answer = Callable[[HttpRequest], HttpResponse]


def idle_seconds() -> int:
    """How long a person may do nothing, in seconds, as a page should tell it.

    A minute less than the limit: that is how old the last written sign of life may be.
    """
    return max(settings.SESSION_IDLE_MINUTES * 60 - WRITE_EVERY, 30)


def start_clock(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Count a session's minutes from its very sign-in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def needs_second_factor(user: Any) -> bool:
    """Whether one of the person's roles demands a second factor that they have not set up."""
    required = settings.MFA_REQUIRED_ROLES
    if not required or not user.has_role(*required):
        return False
    from allauth.mfa.models import Authenticator

    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return not Authenticator.objects.filter(user=user, type__in=kinds).exists()


def password_is_too_old(user: Any) -> bool:
    """Whether the person has to choose a new password; never, unless `PASSWORD_MAX_AGE_DAYS` is set."""
    days = settings.PASSWORD_MAX_AGE_DAYS
    if not days:
        return False
    return user.password_changed_at is None or timezone.now() - user.password_changed_at > timedelta(days=days)


class SessionRules:
    """End sessions that are idle, too old or no longer anybody's, and send people to set up what their role needs.

    Time is the server's. A request that carries `X-Passive: 1` (a page that looks for news by itself) is
    answered but is no sign of life.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = self._end_or_keep(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code == 302:
            login = reverse(settings.LOGIN_URL)
            if response.get("Location", "").partition("?")[0] == login:
                # A fragment of a page must not be replaced by the sign-in page: load the page anew instead.
                instead = HttpResponse(status=401, headers={"HX-Refresh": "true"})
                # What is said there, such as why the session ended, travels in a cookie.
                instead.cookies = response.cookies
                return instead
        return response

    def _end_or_keep(self, request: HttpRequest) -> str:
        """Return why the session was ended just now; empty where it was not."""
        session = request.session
        if session.session_key is None:
            return ""
        if BACKEND_SESSION_KEY not in session:
            # The cookie names a session that is not there any more: it was ended elsewhere.
            return "ended" if session.is_empty() else ""
        if not request.user.is_authenticated or request.user.is_service:
            # The account was deactivated, or its password changed elsewhere; services have tokens, never sessions.
            session.flush()
            request.user = AnonymousUser()
            return "gone"
        now = int(time.time())
        began, seen = session.get(BEGAN), session.get(SEEN)
        why = ""
        if seen is not None and now - seen >= settings.SESSION_IDLE_MINUTES * 60:
            why = "idle"
        elif began is not None and now - began >= settings.SESSION_COOKIE_AGE:
            why = "old"
        if why:
            user = request.user
            logout(request)
            events.write(AccountEvent.Kind.SESSION_ENDED, user, by=user, details={"why": why}, request=request)
            return why
        if began is None:
            session[BEGAN] = now
        if seen is None or (now - seen >= WRITE_EVERY and not request.headers.get("X-Passive")):
            session[SEEN] = now
        return ""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        sentences = {
            "idle": f"You were signed out because nothing happened for {settings.SESSION_IDLE_MINUTES} minutes.",
            "old": f"You were signed out: a session lasts {settings.SESSION_COOKIE_AGE // 3600} hours at most.",
            "ended": "You were signed out: this session has been ended.",
            "gone": "You were signed out: your account or your password was changed.",
        }
        is_api = request.path.startswith("/api/")
        sentence = sentences.get(request.session_ended)  # type: ignore[attr-defined]
        if sentence and not is_api:
            messages.info(request, sentence)
        if not request.user.is_authenticated or _is_always_open(request):
            return None
        if password_is_too_old(request.user):
            sentence, page = "Your password is too old. Choose a new one before you go on.", "account_change_password"
        elif needs_second_factor(request.user):
            sentence, page = "Your role asks for a second factor. Set one up before you go on.", "mfa_index"
        else:
            return None
        if is_api:
            return JsonResponse({"detail": sentence}, status=403, content_type="application/problem+json")
        messages.warning(request, sentence)
        return redirect(page)


def _is_always_open(request: HttpRequest) -> bool:
    """Pages that somebody without their second factor reaches: the ones to set it up, and the way out."""
    match = request.resolver_match
    name = (match.view_name if match else "") or ""
    return name.startswith(("mfa_", "account_", "usersessions_")) or name in ("livez", "readyz", "accounts:stay")


class PersonTimeZone:
    """Show times in the time zone that the person chose."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key is None or not request.user.is_authenticated:
            return self.get_response(request)
        try:
            zone = zoneinfo.ZoneInfo(request.user.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo("UTC")
        with timezone.override(zone):
            return self.get_response(request)
