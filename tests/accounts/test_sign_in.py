"""Signing in: who gets in, what a guesser learns, what is written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail

from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.models import AuditEntry

PASSWORD = "correct horse battery 9"
WRONG = "The e-mail address or the password is not right."
LOCKED = "Too many failed attempts."


def kinds(person: Any) -> list[str]:
    return list(AccountEvent.objects.filter(person=person).order_by("at", "id").values_list("kind", flat=True))


def test_a_person_signs_in_by_email_and_it_is_written_down(browser: Any, priya: Any) -> None:
    answer = browser.sign_in(priya.email.upper())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Home of Priya Example" in browser.get("/").content.decode()
    event = AccountEvent.objects.get(person=priya)
    assert (event.kind, event.by, event.ip) == ("signed_in", priya, "127.0.0.1")
    assert AuditEntry.objects.get(table_name="accounts_accountevent", row_id=str(event.pk)).actor == f"user:{priya.pk}"


def test_signing_in_changes_the_session_key(browser: Any, priya: Any) -> None:
    browser.get("/account/login/")
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sessionid"] = planted = session.session_key
    browser.sign_in(priya)
    assert browser.session.session_key != planted
    assert browser.session["_auth_user_id"] == str(priya.pk)


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(browser: Any, priya: Any) -> None:
    known = browser.sign_in(priya, "wrong")
    unknown = browser.sign_in("nobody@vantara.example", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors == {"__all__": [WRONG]}


def test_an_unknown_address_costs_as_much_hashing(browser: Any, priya: Any, settings: Any, monkeypatch: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    priya.set_password(PASSWORD)
    priya.save()
    hashed: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, *a, **k: hashed.append("encode") or encode(self, *a, **k)
    )
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda self, *a, **k: hashed.append("verify") or verify(self, *a, **k)
    )
    browser.sign_in(priya, "wrong")
    browser.sign_in("nobody@vantara.example", "wrong")
    assert hashed == ["verify", "encode"]


def test_failures_are_written_down_without_what_was_typed(browser: Any, priya: Any) -> None:
    browser.sign_in(priya, "wrong-password-1")
    browser.sign_in("my.secret@vantara.example", "wrong-password-2")
    known, unknown = AccountEvent.objects.order_by("at", "id")
    assert (known.kind, known.person, known.by) == ("sign_in_failed", priya, None)
    assert (unknown.kind, unknown.person, unknown.details) == ("sign_in_failed", None, {"step": "password"})
    written = str(list(AuditEntry.objects.values_list("old", "new")))
    assert "wrong-password" not in written
    assert "my.secret" not in written
    assert set(AuditEntry.objects.filter(table_name="accounts_accountevent").values_list("actor", flat=True)) == {
        "anonymous"
    }


def test_at_most_five_guesses_at_one_account(browser: Any, priya: Any) -> None:
    answers = [browser.sign_in(priya, f"guess {number}").content.decode() for number in range(10)]
    assert [LOCKED in answer for answer in answers] == [False] * 5 + [True] * 5
    assert LOCKED in browser.sign_in(priya).content.decode()
    assert "_auth_user_id" not in browser.session
    assert kinds(priya) == ["sign_in_failed"] * 5


@pytest.mark.parametrize(
    "vary",
    [
        lambda number: {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}"},
        lambda number: {"HTTP_X_REAL_IP": f"203.0.113.{number}"},
        lambda number: {"HTTP_FORWARDED": f"for=203.0.113.{number}"},
        lambda number: {"HTTP_HOST": f"localhost:{8000 + number}"},
        lambda number: {"HTTP_USER_AGENT": f"guesser/{number}"},
    ],
)
def test_no_header_gives_more_guesses(priya: Any, browser: Any, vary: Any) -> None:
    for number in range(30):
        browser.cookies.clear()
        answer = browser.sign_in(priya.email.title() if number % 2 else priya, f"guess {number}", **vary(number))
    assert LOCKED in answer.content.decode() or answer.status_code == 429
    assert len(kinds(priya)) <= 10


def test_guesses_at_many_accounts_are_limited_by_address(browser: Any, db: None) -> None:
    for number in range(12):
        answer = browser.sign_in(f"person{number}@vantara.example", "Summer2026!")
    assert LOCKED in answer.content.decode()
    assert AccountEvent.objects.filter(kind="sign_in_failed").count() == 10


def test_a_deactivated_person_and_a_service_account_do_not_get_in(browser: Any, priya: Any, quinn: Any) -> None:
    User.objects.filter(pk=priya.pk).update(is_active=False)
    User.objects.filter(pk=quinn.pk).update(is_service=True)
    assert browser.sign_in(priya)["Location"] == "/account/inactive/"
    assert "_auth_user_id" not in browser.session
    browser.sign_in(quinn)
    assert "Home of nobody" in browser.get("/").content.decode()


def test_nobody_signs_themselves_up(browser: Any, db: None) -> None:
    answer = browser.post("/account/signup/", {"email": "new@vantara.example", "password1": PASSWORD})
    assert answer.status_code == 200
    assert not User.objects.filter(email="new@vantara.example").exists()


@pytest.mark.parametrize("path", ["/account/email/", "/account/confirm-email/", "/account/3rdparty/"])
def test_nobody_changes_their_own_address(as_: Any, priya: Any, path: str) -> None:
    assert as_(priya).get(path).status_code == 404


ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example/", "////evil.example",
    "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example",    " //evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", "http:///evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "ftp://evil.example/",
    "//testserver@evil.example/", "https://testserver@evil.example/", "https://testserver.evil.example/",
    "//evil.example\\@testserver", "//evil%2eexample", "http://[::1]@evil.example", "https://evil.example#testserver",
    "https://evil.example?testserver", "\x00//evil.example", "/%5cevil.example/..//evil.example/\r\nX: y",
    "//[evil.example",
]  # fmt: skip


@pytest.mark.parametrize("onward", ELSEWHERE)
def test_next_leads_nowhere_else(browser: Any, priya: Any, onward: str) -> None:
    answer = browser.post("/account/login/", {"login": priya.email, "password": PASSWORD, "next": onward})
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:
        there = answer["Location"]
        assert there.startswith("/") and not there.startswith(("//", "/\\"))
        assert not any(letter in there for letter in "\r\n\t")


def test_next_leads_to_a_page_of_ours(browser: Any, priya: Any) -> None:
    answer = browser.post("/account/login/", {"login": priya.email, "password": PASSWORD, "next": "/people/?q=a"})
    assert answer["Location"] == "/people/?q=a"


def test_resetting_tells_nobody_who_has_an_account(browser: Any, priya: Any, bob: Any) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answers = [
        browser.post("/account/password/reset/", {"email": email})
        for email in (priya.email, "nobody@vantara.example", bob.email)
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/account/password/reset/done/")}
    told = {message.to[0]: message.body for message in mail.outbox}
    assert "/account/password/reset/key/" in told[priya.email]
    assert "There is no account" in told["nobody@vantara.example"]
    assert "/key/" not in told[bob.email]


def link_in(message: Any) -> str:
    return next(line for line in message.body.splitlines() if "/password/reset/key/" in line).partition("testserver")[2]


def choose(browser: Any, link: str, password: str) -> Any:
    form = browser.get(link)
    if form.status_code != 302:
        return form
    return browser.post(form["Location"], {"password1": password, "password2": password})


def test_a_reset_link_works_once_and_ends_other_sessions(browser: Any, as_: Any, priya: Any) -> None:
    elsewhere = as_(priya)
    assert "Home of Priya" in elsewhere.get("/").content.decode()
    browser.post("/account/password/reset/", {"email": priya.email})
    link = link_in(mail.outbox[0])
    answer = choose(browser, link, "a new sentence to sign in")
    assert answer["Location"] == "/account/password/reset/key/done/"
    assert "Home of nobody" in elsewhere.get("/").content.decode()
    assert browser.sign_in(priya, "a new sentence to sign in").status_code == 302
    assert "password_reset" in kinds(priya)
    other = type(browser)()
    assert choose(other, link, "yet another sentence 5").status_code == 200
    priya.refresh_from_db()
    assert priya.check_password("a new sentence to sign in")


def test_looking_at_a_made_up_link_is_harmless(browser: Any, priya: Any) -> None:
    from allauth.account.utils import user_pk_to_url_str

    answer = browser.get(f"/account/password/reset/key/{user_pk_to_url_str(priya)}-abc-def/")
    assert answer.status_code == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "123456789012", "priya.example1", "correct horse battery 9"])
def test_weak_and_old_passwords_are_refused(as_: Any, priya: Any, weak: str) -> None:
    browser = as_(priya)
    answer = browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    priya.refresh_from_db()
    assert priya.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions_and_is_told(as_: Any, priya: Any) -> None:
    here, elsewhere = as_(priya), as_(priya)
    new = "nine blue herons on a wire"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert "Home of Priya" in here.get("/").content.decode()
    assert "Home of nobody" in elsewhere.get("/").content.decode()
    assert kinds(priya)[-1] == "password_changed"
    assert [message.to for message in mail.outbox] == [[priya.email]]
    priya.refresh_from_db()
    assert priya.password_changed_at is not None


def test_a_demo_offers_its_people_and_nothing_else_does(browser: Any, settings: Any, db: None) -> None:
    from cmo_lifecycle.accounts import cast

    assert cast.DEMO_PASSWORD not in browser.get("/account/login/").content.decode()
    settings.DEMO = True
    cast.make_cast()
    page = browser.get("/account/login/").content.decode()
    assert cast.DEMO_PASSWORD in page
    assert all(email in page for email, _, _ in cast.DEMO_SIGN_INS)
