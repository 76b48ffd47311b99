"""When a session ends."""

from __future__ import annotations

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts.models import AccountEvent

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "correct horse battery 9"


def is_in(browser: Any, **extra: Any) -> bool:
    return "Home of nobody" not in browser.get("/", **extra).content.decode()


def test_fifteen_idle_minutes_end_a_session(as_: Any, priya: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        assert is_in(browser)
        clock.shift(timedelta(minutes=14, seconds=59))
        assert is_in(browser)
        clock.shift(timedelta(minutes=15))
        page = browser.get("/").content.decode()
        assert "Home of nobody" in page
        assert "You were signed out because nothing happened for 15 minutes." in page
    event = AccountEvent.objects.get(person=priya)
    assert (event.kind, event.by, event.details) == ("session_ended", priya, {"why": "idle"})
    assert not Session.objects.filter(session_key=browser.session.session_key).exists()


def test_the_ended_session_is_of_no_use_to_anybody(as_: Any, priya: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        assert is_in(browser)
        stolen = browser.cookies["sessionid"].value
        clock.shift(timedelta(minutes=16))
        assert not is_in(browser)
        browser.cookies["sessionid"] = stolen
        assert not is_in(browser)


def test_work_keeps_a_session_for_twelve_hours_and_no_longer(as_: Any, priya: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        for _ in range(71):
            assert is_in(browser)
            clock.shift(timedelta(minutes=10))
        assert is_in(browser)
        clock.shift(timedelta(minutes=10))
        assert not is_in(browser)
    assert AccountEvent.objects.get(person=priya).details == {"why": "old"}


def test_the_limit_is_a_setting(as_: Any, priya: Any, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 5
    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        assert is_in(browser)
        clock.shift(timedelta(minutes=5))
        assert not is_in(browser)


def test_the_session_is_written_once_a_minute(as_: Any, priya: Any, django_assert_num_queries: Any) -> None:
    def writes() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get("/zone/")
        return sum("django_session" in query["sql"] and "UPDATE" in query["sql"] for query in queries)

    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        assert writes() == 0
        clock.shift(timedelta(seconds=59))
        assert writes() == 0
        clock.shift(timedelta(seconds=1))
        assert writes() == 1


def test_a_page_that_looks_for_news_is_no_sign_of_life(as_: Any, priya: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = as_(priya)
        assert is_in(browser)
        for _ in range(7):
            clock.shift(timedelta(minutes=2))
            assert is_in(browser, HTTP_X_PASSIVE="1")
        clock.shift(timedelta(minutes=2))
        assert not is_in(browser, HTTP_X_PASSIVE="1")


def test_stay_says_whether_one_is_still_in(as_: Any, browser: Any, priya: Any) -> None:
    assert as_(priya).get("/people/stay/").status_code == 204
    assert browser.get("/people/stay/").status_code == 401


def test_a_fragment_is_not_replaced_by_the_sign_in_page(browser: Any, as_: Any, priya: Any) -> None:
    assert browser.get("/fragment/")["Location"] == "/account/login/?next=/fragment/"
    answer = browser.get("/fragment/", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (401, "true", b"")
    assert as_(priya).get("/fragment/", HTTP_HX_REQUEST="true").content == b"a fragment"


def test_times_are_shown_in_the_persons_zone(as_: Any, browser: Any, priya: Any) -> None:
    type(priya).objects.filter(pk=priya.pk).update(time_zone="Asia/Tokyo")
    assert as_(priya).get("/zone/").content == b"Asia/Tokyo"
    assert browser.get("/zone/").content == b"UTC"
    type(priya).objects.filter(pk=priya.pk).update(time_zone="Nowhere/Land")
    assert as_(priya).get("/zone/").content == b"UTC"


def test_signing_out_ends_the_session_and_is_written_down(as_: Any, priya: Any) -> None:
    browser = as_(priya)
    assert is_in(browser)
    key = browser.cookies["sessionid"].value
    browser.get("/account/logout/")
    assert is_in(browser)
    browser.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert AccountEvent.objects.filter(person=priya, kind="signed_out", by=priya).count() == 1


class Web:
    """A browser over real HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=20) as answer:
            return answer.read().decode()

    def post(self, path: str, **data: str) -> str:
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({**data, "csrfmiddlewaretoken": token or ""}).encode()
        with self.opener.open(self.url + path, body, timeout=20) as answer:
            return answer.read().decode()

    def api(self, token: str) -> int:
        asked = urllib.request.Request(f"{self.url}/api/v1/deliveries/", headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            answer.close()
            return answer.code


@pytest.mark.django_db(transaction=True)
def test_deactivation_ends_sessions_and_tokens_at_once(live_server: Any, adam: Any, priya: Any) -> None:
    service = actions.add_service_account(
        actor=adam, name="Loader", purpose="Loads deliveries", role_codes=["supply_planning"], reason="Nightly load"
    )
    until = datetime.now(UTC) + timedelta(days=30)
    _, token = actions.create_token(service, actor=adam, name="load", scopes=["read"], expires=until, reason="Load")
    web = Web(live_server.url)
    web.get("/account/login/")
    assert "Home of Priya" in web.post("/account/login/", login=priya.email, password=PASSWORD)
    assert web.api(token) == 200

    actions.deactivate(priya, actor=adam, reason="Left the company")
    actions.deactivate(service, actor=adam, reason="No longer used")

    assert not [one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") == str(priya.pk)]
    assert "Home of nobody" in web.get("/")
    assert web.api(token) == 401

    actions.reactivate(priya, actor=adam, reason="Came back")
    actions.reactivate(service, actor=adam, reason="Used again")
    assert "Home of nobody" in web.get("/")
    assert web.api(token) == 401
