"""The second factor: asked of roles by setting, kept encrypted, used once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken

from cmo_lifecycle.accounts.models import AccountEvent

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery 9"


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def quality_needs_it(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["quality", "administrator"]


@pytest.mark.usefixtures("quality_needs_it")
def test_a_role_may_demand_it_before_any_page(as_: Any, quinn: Any, priya: Any) -> None:
    browser = as_(quinn)
    for path in ("/", "/people/", "/account/", "/account/statement/"):
        assert browser.get(path)["Location"] == "/account/2fa/"
    assert "Your role asks for a second factor." in browser.get("/account/2fa/").content.decode()
    answer = browser.get("/api/v1/deliveries/")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (403, "application/problem+json")
    assert "second factor" in json.loads(answer.content)["detail"]
    assert browser.post("/people/add/", {}).status_code == 302
    assert as_(priya).get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quality_needs_it")
def test_setting_it_up_opens_the_pages(as_: Any, quinn: Any) -> None:
    browser = as_(quinn)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    browser.get("/account/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    answer = browser.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert answer.status_code == 302
    assert browser.get("/").status_code == 200
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert AccountEvent.objects.filter(person=quinn, kind="factor_added", details__factor="totp").exists()


def test_signing_in_asks_for_the_code_and_takes_each_once(browser: Any, quinn: Any) -> None:
    TOTP.activate(quinn, SECRET)
    assert browser.sign_in(quinn)["Location"].startswith("/account/2fa/authenticate/")
    assert "Home of nobody" in browser.get("/").content.decode()
    used = code()
    wrong = browser.post("/account/2fa/authenticate/", {"code": "000000" if used != "000000" else "000001"})
    assert wrong.status_code == 200
    assert AccountEvent.objects.filter(person=quinn, kind="sign_in_failed", details__step="second factor").exists()
    assert browser.post("/account/2fa/authenticate/", {"code": used}).status_code == 302
    assert "Home of Quinn" in browser.get("/").content.decode()
    thief = type(browser)()
    thief.sign_in(quinn)
    thief.post("/account/2fa/authenticate/", {"code": used})
    assert "Home of nobody" in thief.get("/").content.decode()


def test_codes_cannot_be_guessed_through(browser: Any, quinn: Any) -> None:
    TOTP.activate(quinn, SECRET)
    browser.sign_in(quinn)
    right = code()
    for number in range(10):
        guess = f"{(int(right) + number + 1) % 1_000_000:06}"
        browser.post("/account/2fa/authenticate/", {"code": guess})
    browser.post("/account/2fa/authenticate/", {"code": right})
    assert "Home of nobody" in browser.get("/").content.decode()


@pytest.mark.usefixtures("quality_needs_it")
def test_the_last_demanded_factor_is_not_given_up(quinn: Any, priya: Any) -> None:
    adapter = get_adapter()
    first = TOTP.activate(quinn, SECRET).instance
    assert not adapter.can_delete_authenticator(first)
    second = Authenticator.objects.create(user=quinn, type=Authenticator.Type.WEBAUTHN, data={})
    assert adapter.can_delete_authenticator(first)
    assert adapter.can_delete_authenticator(second)
    assert adapter.can_delete_authenticator(TOTP.activate(priya, SECRET).instance)


def test_secrets_are_encrypted_with_the_installations_key(settings: Any) -> None:
    adapter = get_adapter()
    written = adapter.encrypt(SECRET)
    assert SECRET not in written
    assert adapter.decrypt(written) == SECRET
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key, after a rotation"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert adapter.decrypt(written) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        adapter.decrypt(written)


def test_an_old_password_is_changed_first(as_: Any, priya: Any, settings: Any) -> None:
    browser = as_(priya)
    assert browser.get("/").status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 90
    assert browser.get("/")["Location"] == "/account/password/change/"
    new = "nine blue herons on a wire"
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert browser.get("/").status_code == 200
