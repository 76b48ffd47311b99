"""How the sign-in library behaves in this house."""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.models import AccountEvent, User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; every failed sign-in is written down."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "enter_current_password": "Enter your current password.",
        "incorrect_password": "The password is not right.",
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again.",
        "same_as_current": "Choose a password that differs from the current one.",
        "rate_limited": "Too many attempts. Wait a moment, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"CMO Lifecycle: {subject}"

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site is followed after signing in, never an address, not even our own."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        found = super().authenticate(request, **credentials)
        if found is not None and found.is_service:
            # A service account has no password; should it ever get one, it still has no session.
            self.authentication_failed(request, **credentials)
            return None
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email") or "").strip()
        person = User.objects.filter(email__iexact=email).first() if email else None
        # What was typed for an unknown account is not kept: it may well be a password in the wrong field.
        events.write(AccountEvent.Kind.SIGN_IN_FAILED, person, details={"step": "password"}, request=request)
        whose = person.pk if person else "an unknown address"
        log.warning("Sign-in failed for %s from %s", whose, self.get_client_ip(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # The library's own key contains the Host header, whose port anybody may vary to be counted anew.
        return str(credentials.get("email") or credentials.get("username") or "").strip().lower()


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted at rest; a factor that a role demands is not given up."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Your role asks for a second factor. Set up another one before you remove this.",
        "incorrect_code": "The code is not right.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                return _fernet(key).decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise InvalidToken

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if authenticator.type == Authenticator.Type.RECOVERY_CODES or not user.has_role(*settings.MFA_REQUIRED_ROLES):
            return True
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        return Authenticator.objects.filter(user=user, type__in=kinds).exclude(pk=authenticator.pk).exists()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def _get_site_name(self) -> str:
        return "CMO Lifecycle" if context.request is not None else ""


def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
