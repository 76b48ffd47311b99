"""API tokens: hashed, scoped, expiring, shown once; and what the REST door asks of everybody."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User
from cmo_lifecycle.audit.models import AuditEntry

DELIVERIES, REVIEWS = "/api/v1/deliveries/", "/api/v1/reviews/"
CHALLENGE = 'Bearer realm="CMO Lifecycle"'


def soon(days: int = 30) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture
def loader(adam: Any) -> User:
    return actions.add_service_account(
        actor=adam, name="Loader", purpose="Loads deliveries", role_codes=["supply_planning"], reason="Nightly load"
    )


@pytest.fixture
def make(adam: Any, loader: Any) -> Any:
    def made(*scopes: str, account: Any = loader, days: int = 30) -> tuple[ApiToken, str]:
        return actions.create_token(
            account, actor=adam, name=f"token {uuid4().hex[:6]}", scopes=scopes, expires=soon(days), reason="Load"
        )

    return made


def ask(browser: Any, token: str, path: str = DELIVERIES, method: str = "get", scheme: str = "Bearer") -> int:
    answer = getattr(browser, method)(path, HTTP_AUTHORIZATION=f"{scheme} {token}")
    if answer.status_code == 401:
        assert answer["WWW-Authenticate"] == CHALLENGE
    if answer.status_code >= 400:
        assert answer["Content-Type"].partition(";")[0] == "application/problem+json"
    return answer.status_code


def test_a_token_speaks_for_its_account(browser: Any, make: Any, loader: Any) -> None:
    _, text = make("read")
    answer = browser.get(DELIVERIES, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert json.loads(answer.content) == {"who": loader.email}
    assert ask(browser, text, scheme="Token") == 200


def test_only_the_hash_is_kept(make: Any) -> None:
    token, text = make("read")
    assert text.startswith("cmo_")
    assert len(text) >= 64
    kept = " ".join(str(value) for value in ApiToken.objects.values().get(pk=token.pk).values())
    assert text not in kept
    assert text[20:] not in kept
    trail = str(list(AuditEntry.objects.values_list("old", "new")))
    assert text[20:] not in trail
    assert token.digest not in trail


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (("read",), {"read deliveries", "question", "read reviews"}),
        (("write",), {"read deliveries", "question", "read reviews", "write deliveries", "write reviews"}),
        (("deliveries:read",), {"read deliveries", "question"}),
        (("deliveries:write",), {"read deliveries", "question", "write deliveries"}),
        (("reviews:read", "deliveries:write"), {"read deliveries", "question", "write deliveries", "read reviews"}),
        (("delivery:read", "deliveries", "*"), set()),
    ],
)
def test_scopes_bind(browser: Any, make: Any, scopes: tuple[str, ...], allowed: set[str]) -> None:
    _, text = make(*scopes)
    asked = {
        "read deliveries": (DELIVERIES, "get"),
        "write deliveries": (DELIVERIES, "post"),
        "question": (f"{DELIVERIES}question/", "post"),
        "read reviews": (REVIEWS, "get"),
        "write reviews": (REVIEWS, "post"),
    }
    answers = {name: ask(browser, text, path, method) for name, (path, method) in asked.items()}
    assert {name for name, status in answers.items() if status == 200} == allowed
    assert {status for name, status in answers.items() if name not in allowed} <= {403}


def test_a_refusal_names_the_missing_scope(browser: Any, make: Any) -> None:
    _, text = make("deliveries:read")
    answer = browser.post(DELIVERIES, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert json.loads(answer.content)["detail"] == "The token's scopes do not cover deliveries:write."


def test_an_expired_token_is_refused_and_kept(browser: Any, make: Any) -> None:
    token, text = make("read", days=2)
    with time_machine.travel(soon(1), tick=False):
        assert ask(browser, text) == 200
    with time_machine.travel(soon(3), tick=False):
        assert ask(browser, text) == 401
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer ", "Bearer a b", "Bearer cmo_0000", "Bearer ü", "Bearer " + "x" * 5000, "Token",
        "Bearer cmo_" + "0" * 64,
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(browser: Any, make: Any, header: str) -> None:
    make("read")
    answer = browser.get(DELIVERIES, HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, CHALLENGE)


def test_a_token_in_the_address_or_a_cookie_counts_for_nothing(browser: Any, make: Any) -> None:
    _, text = make("read")
    for name in ("token", "access_token", "api_key", "Authorization"):
        assert browser.get(DELIVERIES, {name: text}).status_code == 401
        browser.cookies[name] = text
        assert browser.get(DELIVERIES).status_code == 401


def test_the_beginning_of_a_token_is_not_enough(browser: Any, make: Any) -> None:
    _, text = make("read")
    assert ask(browser, text[:-1]) == ask(browser, text[:15]) == ask(browser, text[:-1] + "g") == 401


def test_its_use_is_noted_once_a_minute(browser: Any, make: Any) -> None:
    token, text = make("read", days=100)
    begin = datetime.now(UTC).replace(microsecond=0)

    def used_at(moment: datetime) -> datetime | None:
        with time_machine.travel(moment, tick=False):
            assert ask(browser, text) == 200
        token.refresh_from_db()
        return token.last_used_at

    assert used_at(begin) == begin
    assert used_at(begin + timedelta(seconds=59)) == begin
    assert used_at(begin + timedelta(seconds=60)) == begin + timedelta(seconds=60)
    assert AuditEntry.objects.filter(table_name="accounts_apitoken", op="U").count() == 0


def test_a_deactivated_account_and_a_person_have_no_use_of_one(browser: Any, make: Any, loader: Any) -> None:
    _, text = make("read")
    User.objects.filter(pk=loader.pk).update(is_service=False)
    assert ask(browser, text) == 401
    User.objects.filter(pk=loader.pk).update(is_service=True, is_active=False)
    assert ask(browser, text) == 401


def test_people_reach_the_api_by_their_session(as_: Any, browser: Any, priya: Any, otto: Any, audra: Any) -> None:
    assert as_(priya).get(DELIVERIES).status_code == 200
    assert as_(audra).get(DELIVERIES).status_code == 200
    assert as_(otto).get(DELIVERIES).status_code == 403
    anonymous = browser.get(DELIVERIES)
    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, CHALLENGE)


def test_somebody_without_a_role_is_refused(as_: Any, priya: Any) -> None:
    priya.groups.clear()
    assert as_(User.objects.get(pk=priya.pk)).get(DELIVERIES).status_code == 403


def test_a_session_writes_only_with_its_csrf_token(priya: Any, as_: Any) -> None:
    browser = as_(priya)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(DELIVERIES).status_code == 403
    browser.get("/account/")
    token = browser.cookies["csrftoken"].value
    assert browser.post(DELIVERIES, HTTP_X_CSRFTOKEN=token).status_code == 200


def test_a_token_needs_no_csrf_token(browser: Any, make: Any) -> None:
    _, text = make("write")
    browser.handler.enforce_csrf_checks = True
    assert ask(browser, text, method="post") == 200


def test_a_service_account_has_no_session(as_: Any, loader: Any) -> None:
    browser = as_(loader)
    assert browser.get(DELIVERIES).status_code == 401
    assert "Home of nobody" in browser.get("/").content.decode()


# -- making and revoking them ----------------------------------------------------------------------------------


def fill(**changed: Any) -> dict[str, Any]:
    day = f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d}"
    return {
        "key": str(uuid4()), "name": "nightly load", "read": ["*"], "write": [], "expires": day,
        "reason": "For the nightly load", **changed,
    }  # fmt: skip


def test_an_administrator_makes_a_token_and_sees_it_once(as_: Any, adam: Any, loader: Any, browser: Any) -> None:
    page = as_(adam)
    data = fill()
    answer = page.post(f"/people/{loader.pk}/tokens/add/", data)
    shown = re.search(r'value="(cmo_[0-9a-f]{64})"', answer.content.decode())
    assert shown
    assert "no-store" in answer["Cache-Control"]
    assert ask(browser, shown[1]) == 200
    again = page.post(f"/people/{loader.pk}/tokens/add/", data)
    assert again.status_code == 422
    assert "This token was made already" in again.content.decode()
    assert ApiToken.objects.count() == 1
    for path in (f"/people/{loader.pk}/", "/people/access-review/", "/people/access-review.csv"):
        answer = page.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"nightly load" in content
        assert shown[1].encode() not in content
    event = AccountEvent.objects.get(kind="token_created")
    assert (event.person, event.by, event.reason) == (loader, adam, "For the nightly load")
    assert shown[1] not in json.dumps(event.details)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"), ({"read": [], "write": []}, "read"), ({"read": ["no such route"]}, "read"),
        ({"expires": "2020-01-01"}, "expires"), ({"expires": "2099-01-01"}, "expires"), ({"expires": ""}, "expires"),
        ({"reason": " "}, "reason"), ({"key": "x"}, "key"),
    ],
)  # fmt: skip
def test_errors_stand_at_their_fields(as_: Any, adam: Any, loader: Any, changed: dict[str, Any], field: str) -> None:
    answer = as_(adam).post(f"/people/{loader.pk}/tokens/add/", fill(**changed))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not ApiToken.objects.exists()


def test_scopes_are_made_of_the_choices(as_: Any, adam: Any, loader: Any) -> None:
    as_(adam).post(f"/people/{loader.pk}/tokens/add/", fill(read=["reviews"], write=["deliveries"]))
    assert sorted(ApiToken.objects.get().scopes) == ["deliveries:write", "reviews:read"]


def test_a_revoked_token_is_refused_at_once(as_: Any, adam: Any, browser: Any, make: Any, loader: Any) -> None:
    token, text = make("read")
    assert ask(browser, text) == 200
    answer = as_(adam).post(f"/people/tokens/{token.id}/revoke/", {"reason": "Lost"})
    assert answer["Location"] == f"/people/{loader.pk}/"
    assert ask(browser, text) == 401
    assert AccountEvent.objects.get(kind="token_revoked").reason == "Lost"


def test_people_hold_no_tokens(adam: Any, priya: Any, as_: Any) -> None:
    with pytest.raises(Refused, match="Only a service account that was added here holds tokens"):
        actions.create_token(priya, actor=adam, name="x", scopes=["read"], expires=soon(), reason="x")
    assert as_(adam).get(f"/people/{priya.pk}/tokens/add/").status_code == 404


@pytest.mark.parametrize("days", [-1, 0, 367, 4000])
def test_no_token_lives_longer_than_a_year(make: Any, days: int) -> None:
    with pytest.raises(Refused, match="within a year"):
        make("read", days=days)


def test_only_administrators_make_and_revoke(as_: Any, cast: Any, make: Any, loader: Any) -> None:
    token, _ = make("read")
    for name, person in cast.items():
        if name != "adam":
            assert as_(person).post(f"/people/{loader.pk}/tokens/add/", fill()).status_code == 403
            assert as_(person).post(f"/people/tokens/{token.id}/revoke/", {"reason": "x"}).status_code == 403
    assert ApiToken.objects.count() == 1
