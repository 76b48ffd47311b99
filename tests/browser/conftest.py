"""A real browser on the whole product: everything it complains of, asks elsewhere or is refused fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from devstack.kept import kept
from tests import world as stage

#: Answers that are meant: the browser notes each as a failure of its own.
MEANT = ("400", "401", "403", "404", "409", "412", "422")
LEFT = ("error: htmx:afterRequest", "error: htmx:send")
#: Focus as a reader of the screen has it: what the control is called, or the text that it holds.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return {tag: "body", name: "", id: ""};
  const labels = at.labels ? [...at.labels].map((label) => label.innerText) : [];
  const by = (at.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.innerText || "");
  const name = at.getAttribute("aria-label") || by.join(" ").trim() || labels.join(" ") || at.innerText || at.value || "";
  return {tag: at.tagName.toLowerCase(), name: name.replace(/\\s+/g, " ").trim(), id: at.id};
}"""


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
@kept
def world(live_server: Any, password_hash: str) -> stage.World:
    """The company, committed: the server answers from threads of its own."""
    return stage.build(password_hash)


class Watch:
    """What must not happen while a page is open."""

    def __init__(self, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.complaints: list[str] = []

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)

    def all(self) -> list[str]:
        """Return every complaint, but not what htmx says of requests that a page took along when it was left.

        What htmx would say of a request that truly failed is noted by the browser as well.
        """
        return [text for text in self.complaints if not text.startswith(LEFT)]

    def _console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        if message.text.startswith("Failed to load resource") and any(f"of {code}" in message.text for code in MEANT):
            return
        self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.home:
            self.complaints.append(f"asked elsewhere: {request.url}")

    def _failed(self, request: Any) -> None:
        # A page that is left takes its open requests along.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def watch(live_server: Any) -> Iterator[Watch]:
    watching = Watch(live_server.url)
    yield watching
    assert watching.all() == []


@pytest.fixture
def opened(browser: Browser, live_server: Any, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Return a page in a browser context of its own, signed in as somebody or as nobody."""
    contexts: list[BrowserContext] = []

    def open_page(person: Any = None, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        watch.over(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


class Keys:
    """Somebody who has a keyboard and no mouse. They look for what a control is called, never for where it is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def focus(self) -> dict[str, str]:
        return self.page.evaluate(FOCUS)

    def to(self, name: str, *, tag: str = "", back: bool = False, most: int = 150) -> None:
        """Press Tab until the control of this name has the focus."""
        seen = []
        for _ in range(most):
            at = self.focus
            if at["name"].startswith(name) and at["tag"] in (tag or at["tag"]).split():
                return
            seen.append(f"{at['tag']} {at['name'][:40]}")
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not reach “{name}” on {self.page.url}: {seen[:most]}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self, name: str) -> None:
        """Go to a link and follow it."""
        self.to(name, tag="a")
        with self.page.expect_navigation():
            self.press("Enter")

    def fill(self, name: str, text: str) -> None:
        """Go to a field and type into it."""
        self.to(name, tag="input textarea")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, text: str) -> None:
        """Go to a list of choices and type the begin of one."""
        self.to(name, tag="select")
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        self.to(name, tag="input")
        if not self.page.evaluate("document.activeElement.checked"):
            self.press("Space")

    def send(self, name: str) -> None:
        """Go to the button and press it."""
        self.to(name, tag="button")
        with self.page.expect_navigation():
            self.press("Enter")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()


@pytest.fixture
def keys(opened: Callable[..., Page]) -> Callable[..., Keys]:
    return lambda person=None, **options: Keys(opened(person, **options))
