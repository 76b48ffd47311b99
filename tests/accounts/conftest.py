from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cmo_lifecycle.audit.actor import acting

PASSWORD = "correct horse battery 9"


class Browser(Client):
    """A client whose requests run as nobody, as in a web process: what a page writes has to name somebody by itself."""

    def request(self, **parts: Any) -> Any:
        with acting(""):
            return super().request(**parts)

    def sign_in(self, person: Any, password: str = PASSWORD, **extra: Any) -> Any:
        return self.post("/account/login/", {"login": getattr(person, "email", person), "password": password}, **extra)


@pytest.fixture(autouse=True)
def _our_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.accounts.urls"
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser()


@pytest.fixture
def as_(db: None) -> Callable[[Any], Browser]:
    """Give a browser in which a person is signed in."""

    def signed_in(person: Any) -> Browser:
        found = Browser()
        found.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return found

    return signed_in
