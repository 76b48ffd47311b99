"""What every answer carries, that nothing typed is ever run, and that no question breaks a page."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import resolve

from cmo_lifecycle.audit.actor import acting
from tests import world as stage
from tests.conftest import PASSWORD
from tests.test_visibility import every_page

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def _quietly() -> Iterator[None]:
    """Thousands of refusals are the point here; telling each in the log takes longer than answering it."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def as_(world: stage.World) -> Callable[[str], Any]:
    """A client signed in as somebody, by name, or as nobody."""
    made = stage.signed_in(world, "priya", "audra", "adam", "otto")
    return {**made, "nobody": Client()}.__getitem__


def body_of(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


# ---------------------------------------------------------------- headers


def policy(response: Any) -> dict[str, list[str]]:
    """Return the content security policy by directive."""
    parts = (part.split() for part in response.get("Content-Security-Policy", "").split(";"))
    return {part[0]: part[1:] for part in parts if part}


def lacks(response: Any) -> list[str]:
    """Return what an answer lacks of what each one has to carry."""
    found = []
    said = policy(response)
    if said.get("default-src") != ["'self'"] or said.get("frame-ancestors") != ["'none'"]:
        found.append("content security policy")
    if any("unsafe" in source for sources in said.values() for source in sources):
        found.append(f"a policy without “unsafe”: {said}")
    if said.get("object-src") != ["'none'"] or said.get("base-uri") != ["'self'"] or "form-action" not in said:
        found.append("object-src, base-uri, form-action")
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ):
        if response.get(name) != value:
            found.append(name)
    if not re.fullmatch(r"[\w.-]{8,64}", response.get("X-Request-Id", "")):
        found.append("X-Request-Id")
    if response.get("Server") or response.get("X-Powered-By"):
        found.append("silence about what it runs on")
    return found


@pytest.mark.parametrize("who", ["nobody", "audra", "otto"])
def test_every_answer_carries_its_headers(who: str, world: stage.World, as_: Any) -> None:
    client, found = as_(who), {}
    for address in every_page(world):
        cache.clear()
        response = client.get(address)
        body_of(response)
        missing = lacks(response)
        if address.startswith("/portal/link/"):
            # The address is the key itself: nobody is told of it, not even our own pages.
            assert missing == ["Referrer-Policy"] and response["Referrer-Policy"] == "no-referrer"
            missing = []
        # A file over REST is kept as little as a page; what carries an ETag is asked for again.
        known = ("no-cache", "no-store") if address.startswith("/api/") else ("no-store",)
        if not any(word in response.get("Cache-Control", "") for word in known):
            missing.append("Cache-Control")
        if missing:
            found[address] = missing
    assert found == {}


def test_refusals_and_failures_carry_them_too(as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from cmo_lifecycle.portfolio.views import finding

    client = as_("priya")
    answers = {
        400: client.get("/cmos/?q=%00"),
        403: client.get("/people/"),
        404: client.get("/no-such-page/"),
        405: client.post("/cmos/"),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert {status: lacks(answer) for status, answer in answers.items() if lacks(answer)} == {}

    def breaks(*args: Any) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(finding, "find", breaks)
    monkeypatch.setattr(client, "raise_request_exception", False)
    for address in ("/search/?q=abc", "/search/?q=abc&deep=1"):
        answer = client.get(address)
        assert (answer.status_code, lacks(answer)) == (500, [])
        assert answer["X-Request-Id"] in answer.content.decode() and "on purpose" not in answer.content.decode()


def test_a_cookie_is_sent_back_here_alone(world: stage.World) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": world.priya.email, "password": PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"] and session["samesite"] == "Lax" and not session["domain"]
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_over_https_everything_asks_for_https() -> None:
    """In the settings of a real deployment, which a process reads at its start."""
    script = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS.append("testserver")
there, plain = Client().get("/livez", secure=True), Client().get("/account/login/")
print(json.dumps([
    there.headers["Strict-Transport-Security"], plain.status_code, plain.headers["Location"],
    settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
]))
"""
    settings = {"CMO_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "cmo_lifecycle.settings", "WHITENOISE_USE_FINDERS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    hsts, status, location, *secure = json.loads(done.stdout.splitlines()[-1])
    assert hsts == "max-age=31536000; includeSubDomains; preload"
    assert (status, location) == (301, "https://testserver/account/login/")
    assert secure == [True, True]


# ---------------------------------------------------------------- whose request it is, and where it leads


def test_no_other_site_can_make_somebody_post(world: stage.World) -> None:
    """Without the token of a form of ours nothing is sent in anybody's name, page or REST."""
    from tests.doors_table import DOORS
    from tests.test_doors import address_of
    from tests.test_doors import body_of as sent

    client = Client(enforce_csrf_checks=True)
    with acting("test:set-up"):
        client.force_login(world.priya)
    let_in = {}
    for name, methods in DOORS.items():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if method in methods and name != "api:unknown":
                answer = client.generic(method, address_of(name, world), **sent(name, method, world))
                if answer.status_code != 403:
                    let_in[f"{method} {name}"] = answer.status_code
    assert let_in == {}


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
    "https:///evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example/..;/",
    "\thttps://evil.example", " https://evil.example", "https:evil.example", "/\t/evil.example", "//evil%E3%80%82example",
    "https://testserver@evil.example", "https://testserver.evil.example", "//testserver@evil.example", "ftp://evil.example",
    "http://[::1]@evil.example", "https://evil.example\\@testserver", "/%09/evil.example", "http://evil.example#testserver",
    "\x01https://evil.example", "//\tevil.example", "vbscript:x", "https://testserver:pw@evil.example", "%2f%2fevil.example",
    "https://evil.example?testserver",
)  # fmt: skip


def test_nobody_is_sent_elsewhere(world: stage.World) -> None:
    from urllib.parse import urljoin, urlsplit

    assert len(ELSEWHERE) == 30
    User = type(world.priya)
    for where in ELSEWHERE:
        cache.clear()
        with acting("test:set-up"):
            User.objects.filter(pk=world.priya.pk).update(statement_version="")
        client = Client()
        answers = [
            client.post("/account/login/", {"login": world.priya.email, "password": PASSWORD, "next": where}),
            client.get("/account/login/", {"next": where}),
            client.post("/account/statement/", {"next": where, "accepted": "on"}),
            client.post("/account/logout/", {"next": where}),
        ]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 302]
        for answer in answers:
            to = urlsplit(urljoin("http://testserver/account/login/", answer["Location"]))
            assert (to.scheme, to.hostname) == ("http", "testserver"), f"{where!r} leads to {answer['Location']}"


# ---------------------------------------------------------------- what was typed is text


LONG = "\"'><xss onload=xss>"
SHORT = "<xss{}>"


class Tags(HTMLParser):
    """Collects what a browser would take for an element or an attribute of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith("xss") or any(name.startswith(("xss", "onload")) for name, _ in attrs):
            self.found.append(f"{tag} at {self.getpos()}")


def run_in(html: str) -> list[str]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser.found


def test_the_marker_is_noticed() -> None:
    assert run_in(f"<p>{LONG}</p>") and run_in(f'<input value="{LONG}">') and run_in(f"<p>{SHORT.format(1)}</p>")
    assert run_in("<a title='x' onload=xss>")
    assert not run_in('<p>&lt;xss&gt;</p><input value="&quot;&#x27;&gt;&lt;xss onload=xss&gt;">')


def texts(model: type[models.Model]) -> Iterator[tuple[Any, int]]:
    """Yield a model's fields that hold what somebody typed, and the most they hold."""
    for one in model._meta.concrete_fields:
        base = one.base_field if isinstance(one, ArrayField) else one
        plain = isinstance(base, models.CharField | models.TextField) and not base.choices
        if not plain or isinstance(base, models.EmailField | models.URLField | models.FileField):
            continue
        most = base.max_length or 1000
        if most >= len(SHORT) and type(base).__name__ != "CountryField":
            yield one, most


#: Fields that are no text of anybody's: what the program itself puts and reads there.
OURS = {
    "password", "statement_version", "time_zone", "sha256", "mac", "verb", "from_state", "to_state", "role", "source",
    "content_type", "code", "digest", "token_key", "kind", "action_time", "session_key", "user_agent", "duns", "gln",
    "key", "body_sha256", "table_name", "db_user", "row_id", "actor", "op", "route", "rule",
    "bands",
}  # fmt: skip


@pytest.fixture
def marked(world: stage.World) -> int:
    """Put the marker into every text of every row; return in how many columns."""
    from cmo_lifecycle.accounts.models import User
    from cmo_lifecycle.workflow.models import Event, Signature

    ours = [
        model
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "workflow", "partners", "strategy", "evaluation", "operations")
        and model is not Signature
    ]
    columns = 0
    with acting("test:marker", source="test"):
        for model in ours:
            found = [(one, most) for one, most in texts(model) if one.name not in OURS and not one.primary_key]
            if not found:
                continue
            columns += len(found)
            for number, pk in enumerate(model._default_manager.values_list("pk", flat=True)):
                values = {}
                for one, most in found:
                    text = f"{LONG}{number}" if most >= len(LONG) + 4 else SHORT.format(number)[:most]
                    values[one.name] = [text] if isinstance(one, ArrayField) else text
                model._default_manager.filter(pk=pk).update(**values)
        Event.objects.update(changes={"notes": [LONG, LONG], LONG: [LONG, {"id": LONG, "label": LONG}]})
        world.deliveries.__class__.objects.update(notes={LONG: LONG})
        world.imports.__class__.objects.update(
            report={
                "create": {"cmos": [{"name": LONG, "lines": 1, "near": [LONG]}]},
                "unmatched": {"sites": [{"name": LONG, "cmo": LONG, "lines": 1}]},
                "totals": {"<xss>": "1"},
            },
        )
        world.job.__class__.objects.update(result={"import": str(world.imports.pk)})
        User.objects.filter(pk=world.reader.pk).update(email='"><xss>"@service.invalid')
    return columns


def test_nothing_that_was_typed_is_run(marked: int, world: stage.World, as_: Any) -> None:
    assert marked > 60
    seen = 0
    for who in ("priya", "audra", "adam"):
        client = as_(who)
        for address in [*every_page(world), "/search/?q=xss", f"/search/?{urlencode({'q': LONG})}", *_echoes()]:
            cache.clear()
            response = client.get(address)
            body = body_of(response)
            if not response.get("Content-Type", "").startswith("text/html"):
                continue
            text = body.decode()
            assert run_in(text) == [], f"{who} at {address}"
            seen += "xss" in text
    assert seen > 100


def _echoes() -> list[str]:
    """Addresses whose own text comes back on the page."""
    marker = urlencode({"q": LONG})
    return [f"{path}?{marker}" for path in ("/cmos/", "/sites/", "/people/", "/audit/", "/operations/deliveries/")] + [
        f"/cmos/?{urlencode({'sort': LONG, 'country': LONG, 'columns': LONG, LONG: LONG})}",
        f"/account/login/?{urlencode({'next': LONG})}",
        f"/cmos/add/?{urlencode({'legal_name': LONG, 'notes': LONG, 'website': LONG})}",
        f"/operations/kpi-explorer/?{urlencode({'kpi': LONG, 'group_by': LONG, 'from': LONG})}",
    ]


# ---------------------------------------------------------------- no question breaks a page


ABSURD = (
    "\x00", "\ud800", "-1", "0", "9" * 30, "NaN", "1e999999", "x" * 5000, "'", "%", "\\", "٣", "0001-01-01", "9999-12-31",
    "00000000-0000-0000-0000-000000000000", "eyJhIjoxfQ", "[]", "a,b,,c", "\N{RIGHT-TO-LEFT OVERRIDE}", "true",
)  # fmt: skip
#: These alone, one name after the other: where all are wrong at once the first hides the rest.
ALONE = ("9" * 30, "9999-12-31", "0001-01-01", "x" * 5000, "\\", "-1")
USUAL = ("sort", "after", "before", "columns", "export", "tab", "older", "page", "q", "start", "from", "part", "all")


class Names(HTMLParser):
    """Collects the names that a page's own forms and links put into its address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._asking = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._asking = (given.get("method") or "get").lower() == "get"
        elif tag in ("input", "select") and self._asking and given.get("name"):
            self.found.add(str(given["name"]))
        elif tag == "a" and str(given.get("href")).startswith("?"):
            self.found |= set(parse_qs(str(given["href"])[1:]))

    def handle_endtag(self, tag: str) -> None:
        self._asking &= tag != "form"


def quoted(values: dict[str, str]) -> str:
    return urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in values.items()})


def test_no_question_breaks_a_page(world: stage.World, as_: Any) -> None:
    client, asked, answered = as_("audra"), 0, set()
    for address in every_page(world):
        if address.startswith(("/api/", "/account/")) or "?" in address:
            continue
        # The steps of a noun are one page under many names.
        page = resolve(address).view_name
        if page in answered:
            continue
        response = client.get(address)
        if response.status_code == 200:
            answered.add(page)
        body = body_of(response)
        names = Names()
        if response.get("Content-Type", "").startswith("text/html"):
            names.feed(body.decode())
        told = sorted(names.found - {"csrfmiddlewaretoken"})
        questions = [dict.fromkeys((*told, *USUAL), value) for value in (ABSURD if told else ABSURD[2:4])]
        questions += [{name: value} for name in told for value in ALONE]
        for question in questions:
            answer = client.get(f"{address}?{quoted(question)}")
            body_of(answer)
            assert answer.status_code < 500, f"{address}?{quoted(question)[:200]}"
            asked += 1
    assert asked > 1000


def test_no_question_breaks_the_api(world: stage.World, as_: Any) -> None:
    from cmo_lifecycle.api_urls import PARTNERS, SHARED, evaluation, operations, strategy

    client, asked = as_("audra"), 0
    for view in (*PARTNERS, *strategy.VIEWS, *evaluation.VIEWS, *operations.VIEWS, *SHARED):
        names = ("limit", "cursor", "ordering", "count", "fields", "omit", "expand", "format", *view.filter_table())
        for name in names:
            for value in ("\x00", "9" * 30, "x" * 5000, "9999-12-31", "\ud800"):
                cache.clear()
                answer = client.get(f"/api/v1/{view.route}/?{quoted({name: value})}")
                body_of(answer)
                assert answer.status_code in (200, 400, 404, 406), f"{view.route}?{name}={value[:40]!r}"
                asked += 1
    assert asked > 1000
