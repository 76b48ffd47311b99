"""The access review: who has which role since when."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cmo_lifecycle.accounts import access_review, actions
from cmo_lifecycle.accounts.models import AccountEvent, User


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def loader(adam: Any) -> User:
    service = actions.add_service_account(
        actor=adam, name="Loader", purpose="x", role_codes=["supply_planning"], reason="x"
    )
    until = datetime.now(UTC) + timedelta(days=30)
    actions.create_token(service, actor=adam, name="load", scopes=["read"], expires=until, reason="x")
    return service


def test_it_says_since_when_and_by_whom(as_: Any, adam: Any, priya: Any, vx12: Any) -> None:
    actions.grant_role(priya, "technical", actor=adam, reason="Covers for Tom")
    at = AccountEvent.objects.get(kind="role_granted").at
    held = {one.code: one for one in access_review.roles_since([priya])[priya.pk]}
    assert list(held) == ["project_manager", "technical"]
    assert abs(held["technical"].since - at) < timedelta(seconds=5)
    assert held["technical"].granted_by == "Adam Example"
    assert held["project_manager"].granted_by == "test:set-up"
    rows = [row for row in rows_of(as_(adam).get("/people/access-review.csv")) if row["email"] == priya.email]
    assert [(row["role"], row["programmes"]) for row in rows] == [("Project manager", "VX-12"), ("Technical", "VX-12")]


def test_a_role_granted_anew_counts_from_then(adam: Any, priya: Any) -> None:
    first = access_review.roles_since([priya])[priya.pk][0].since
    actions.withdraw_role(priya, "project_manager", actor=adam, reason="x")
    assert access_review.roles_since([priya]) == {}
    actions.grant_role(priya, "project_manager", actor=adam, reason="x")
    assert access_review.roles_since([priya])[priya.pk][0].since > first


def test_every_account_and_token_is_in_it(as_: Any, adam: Any, audra: Any, loader: Any, cast: Any) -> None:
    actions.deactivate(cast["bob"], actor=adam, reason="Left")
    cast["tom"].groups.clear()
    rows = rows_of(as_(audra).get("/people/access-review.csv"))
    assert {row["email"] for row in rows} == set(User.objects.values_list("email", flat=True))
    by_name = {row["name"]: row for row in rows if row["role"]}
    assert (by_name["Bob Example"]["active"], by_name["Tom Example"]["role"]) == ("false", "no role")
    token = next(row for row in rows if row["token"])
    assert (token["name"], token["token"], token["token scopes"], token["kind"]) == (
        "Loader",
        "load",
        "read",
        "service account",
    )
    page = as_(audra).get("/people/access-review/").content.decode()
    for person in User.objects.all():
        assert person.email in page
    assert "never used" in page


def test_second_factors_and_sign_ins_are_told(as_: Any, adam: Any, quinn: Any, browser: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(quinn, "JBSWY3DPEHPK3PXP")
    found = {account.person.pk: account for account in access_review.accounts()}
    assert found[quinn.pk].sign_in == "password and authenticator app"
    assert found[adam.pk].sign_in == "password"
    browser.sign_in(adam)
    row = next(row for row in rows_of(as_(adam).get("/people/access-review.csv")) if row["email"] == adam.email)
    assert row["last sign-in"].startswith(f"{datetime.now(UTC):%Y-%m-%dT}")


def test_no_name_becomes_a_formula(as_: Any, adam: Any, priya: Any) -> None:
    User.objects.filter(pk=priya.pk).update(name='=HYPERLINK("http://evil.example")')
    text = b"".join(as_(adam).get("/people/access-review.csv").streaming_content).decode()
    assert "'=HYPERLINK" in text
    assert "\n=HYPERLINK" not in text
    assert '\n"=HYPERLINK' not in text


def test_it_costs_the_same_for_many(
    adam: Any, password_hash: str, django_assert_max_num_queries: Any, vx12: Any
) -> None:
    from tests.conftest import make_person

    for number in range(30):
        vx12.members.add(make_person(f"person{number}", ("quality", "technical"), password_hash))
    with django_assert_max_num_queries(9):
        assert len(list(access_review.table(access_review.accounts()))) > 60
