"""One's own account, the accountability statement, and signing."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings as django_settings

from cmo_lifecycle.accounts import actions, cast
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.workflow.refusals import NotSigned
from cmo_lifecycle.workflow.signing import Credentials, prove

PASSWORD = "correct horse battery 9"


def fresh(person: Any) -> User:
    return User.objects.get(pk=person.pk)


def test_people_set_their_time_zone_and_shortcuts_only(as_: Any, priya: Any) -> None:
    browser = as_(priya)
    answer = browser.post(
        "/account/",
        {
            "time_zone": "Asia/Tokyo", "name": "Somebody Else", "email": "x@x.example", "is_staff": "on", "groups": "1",
            "identity_verified": "on", "is_service": "on", "statement_version": "9", "is_superuser": "on",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    now = fresh(priya)
    assert (now.time_zone, now.single_key_shortcuts) == ("Asia/Tokyo", False)
    for name in ("name", "email", "is_staff", "is_service", "is_superuser", "statement_version", "job_title"):
        assert getattr(now, name) == getattr(priya, name)
    assert now.roles == {"project_manager"}
    page = browser.get("/account/").content.decode()
    assert "at least 12 characters" in page
    assert 'data-single-keys="off"' in page


def test_a_time_zone_that_does_not_exist_is_refused_at_its_field(as_: Any, priya: Any) -> None:
    answer = as_(priya).post("/account/", {"time_zone": "Mars/Olympus"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["time_zone"])
    assert fresh(priya).time_zone == "UTC"


def test_own_pages_are_for_the_signed_in(browser: Any) -> None:
    for path in ("", "statement/", "signatures/"):
        answer = browser.get(f"/account/{path}")
        assert answer["Location"] == f"/account/login/?next=/account/{path}"


@pytest.mark.parametrize("name", ["priya", "audra", "adam", "otto"])
def test_everybody_reaches_their_own_pages(as_: Any, cast: Any, name: str) -> None:
    browser = as_(cast[name])
    for path in ("", "statement/", "signatures/", "password/change/", "2fa/", "sessions/"):
        assert browser.get(f"/account/{path}").status_code == 200, path


# -- the statement -----------------------------------------------------------------------------------------------


def not_accepted(person: Any) -> User:
    User.objects.filter(pk=person.pk).update(statement_version="", statement_accepted_at=None)
    return fresh(person)


def test_the_statement_is_read_and_accepted(as_: Any, quinn: Any) -> None:
    quinn = not_accepted(quinn)
    browser = as_(quinn)
    assert "equivalent of my handwritten signature" in browser.get("/account/statement/").content.decode()
    refused = browser.post("/account/statement/", {})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["accepted"])
    assert not fresh(quinn).has_accepted_statement
    answer = browser.post("/account/statement/", {"accepted": "on", "next": "/fragment/"})
    assert answer["Location"] == "/fragment/"
    now = fresh(quinn)
    assert now.has_accepted_statement
    assert now.statement_accepted_at is not None
    event = AccountEvent.objects.get(kind="statement_accepted")
    assert (event.by, event.details) == (quinn, {"version": django_settings.ACCOUNTABILITY_STATEMENT_VERSION})


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_the_statement_leads_nowhere_else(as_: Any, quinn: Any, onward: str) -> None:
    quinn = not_accepted(quinn)
    answer = as_(quinn).post("/account/statement/", {"accepted": "on", "next": onward})
    assert answer["Location"] == "/account/"


def test_every_version_of_the_statement_has_its_text(as_: Any, quinn: Any, settings: Any) -> None:
    from django.template.loader import get_template

    get_template(f"accounts/statements/{settings.ACCOUNTABILITY_STATEMENT_VERSION}.html")


def test_a_new_version_is_accepted_anew(quinn: Any, settings: Any) -> None:
    assert fresh(quinn).has_accepted_statement
    settings.ACCOUNTABILITY_STATEMENT_VERSION = "2"
    assert not fresh(quinn).has_accepted_statement
    actions.accept_statement(quinn)
    assert fresh(quinn).has_accepted_statement


def test_a_service_account_accepts_nothing(adam: Any) -> None:
    service = actions.add_service_account(actor=adam, name="Loader", purpose="x", reason="x")
    with pytest.raises(Refused, match="never signs"):
        actions.accept_statement(service)


# -- signing in a session ------------------------------------------------------------------------------------------


class Signer:
    """Somebody who signs within the session of their browser, as the door does for them."""

    def __init__(self, browser: Any, person: User) -> None:
        self.browser = browser
        self.person = person

    def sign(self, **given: str) -> None:
        session = self.browser.session
        prove(fresh(self.person), Credentials(session=session, **given))
        session.save()


def test_the_first_signature_needs_more_than_the_later_ones(as_: Any, browser: Any, quinn: Any) -> None:
    quinn = not_accepted(quinn)
    browser.sign_in(quinn)
    signer = Signer(browser, quinn)
    with pytest.raises(NotSigned, match="accept the accountability statement") as refusal:
        signer.sign(email=quinn.email, password=PASSWORD)
    assert refusal.value.field == "statement"
    browser.post("/account/statement/", {"accepted": "on"})
    with pytest.raises(NotSigned, match="first signature since you signed in"):
        signer.sign(password=PASSWORD)
    signer.sign(email=quinn.email, password=PASSWORD)
    signer.sign(password=PASSWORD)
    for wrong in ({}, {"password": "wrong"}, {"password": ""}):
        with pytest.raises(NotSigned):
            signer.sign(**wrong)
    browser.post("/account/logout/")
    browser.sign_in(quinn)
    with pytest.raises(NotSigned, match="first signature since you signed in"):
        signer.sign(password=PASSWORD)


def test_after_idling_both_are_asked_again(browser: Any, quinn: Any) -> None:
    from datetime import timedelta

    import time_machine
    from django.utils import timezone

    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser.sign_in(quinn)
        signer = Signer(browser, quinn)
        signer.sign(email=quinn.email, password=PASSWORD)
        clock.shift(timedelta(minutes=16))
        browser.get("/")
        browser.sign_in(quinn)
        with pytest.raises(NotSigned, match="first signature since you signed in"):
            signer.sign(password=PASSWORD)


def test_signing_in_as_another_takes_no_signing_along(browser: Any, quinn: Any, priya: Any) -> None:
    browser.sign_in(quinn)
    Signer(browser, quinn).sign(email=quinn.email, password=PASSWORD)
    browser.post("/account/logout/")
    browser.sign_in(priya)
    with pytest.raises(NotSigned, match="first signature since you signed in"):
        Signer(browser, priya).sign(password=PASSWORD)


def test_failures_are_logged_and_lock(browser: Any, quinn: Any, caplog: Any) -> None:
    browser.sign_in(quinn)
    signer = Signer(browser, quinn)
    with caplog.at_level(logging.WARNING, "cmo_lifecycle.workflow.signing"):
        for _ in range(django_settings.SIGNATURE_FAILURES_ALLOWED):
            with pytest.raises(NotSigned, match="not right"):
                signer.sign(email=quinn.email, password="a secret slip")
    with pytest.raises(NotSigned, match="Signing is locked"):
        signer.sign(email=quinn.email, password=PASSWORD)
    told = [record.getMessage() for record in caplog.records if "Signature refused" in record.getMessage()]
    assert len(told) == django_settings.SIGNATURE_FAILURES_ALLOWED
    assert str(quinn.pk) in told[0]
    assert "a secret slip" not in " ".join(told)


def test_nobody_signs_before_their_identity_is_verified(browser: Any, quinn: Any) -> None:
    User.objects.filter(pk=quinn.pk).update(identity_verified=False)
    browser.sign_in(quinn)
    with pytest.raises(NotSigned, match="has to verify your identity"):
        Signer(browser, quinn).sign(email=quinn.email, password=PASSWORD)


def test_a_service_account_cannot_sign(adam: Any) -> None:
    service = actions.add_service_account(actor=adam, name="Loader", purpose="x", reason="x")
    service.set_password(PASSWORD)
    with pytest.raises(NotSigned, match="A service account cannot sign"):
        prove(service, Credentials(password=PASSWORD, email=service.email))


def test_own_signatures_are_listed(as_: Any, quinn: Any, priya: Any, harrow_site: Any, settings: Any) -> None:
    from django.urls import include, path
    from django.utils import timezone

    from cmo_lifecycle.workflow.models import Event
    from cmo_lifecycle.workflow.signing import sign
    from tests.accounts import urls

    event = Event.objects.create(
        record=harrow_site, at=timezone.now(), actor=quinn, verb="approve", record_version=3,
        record_label="Harrow Cork", source="page",
    )  # fmt: skip
    sign(harrow_site, event, signer=quinn, role="quality", meaning="I approve this site", version=3)
    partners = ([path("sites/<uuid:pk>/", urls.home, name="site")], "partners")
    settings.ROOT_URLCONF = type("Addresses", (), {"urlpatterns": [*urls.urlpatterns, path("", include(partners))]})
    page = as_(quinn).get("/account/signatures/").content.decode()
    for words in ("Harrow Cork", "I approve this site", "Quality", f"/sites/{harrow_site.pk}/"):
        assert words in page
    assert "Harrow Cork" not in as_(priya).get("/account/signatures/").content.decode()


# -- the demo's people -----------------------------------------------------------------------------------------------


def test_the_demos_people_are_made_once_and_alike(settings: Any, db: None) -> None:
    settings.DEMO = True
    first = cast.make_cast()
    again = cast.make_cast()
    assert {key: person.pk for key, person in first.items()} == {key: person.pk for key, person in again.items()}
    assert User.objects.filter(is_service=False).count() == len(cast.CAST) == len(cast.DEMO_SIGN_INS)
    assert set(cast.demo_people()) == set(first.values())
    for part in cast.CAST:
        person = first[part.key]
        assert person.roles == set(part.roles)
        assert person.check_password(cast.DEMO_PASSWORD)
        assert person.has_accepted_statement
        assert person.identity_verified


def test_there_is_somebody_for_every_role() -> None:
    from cmo_lifecycle.accounts import roles

    assert {role for part in cast.CAST for role in part.roles} == set(roles.BY_CODE)


def test_without_a_demo_there_are_no_people_with_a_public_password(db: None, settings: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        cast.make_cast()
    assert not cast.demo_people().exists()
