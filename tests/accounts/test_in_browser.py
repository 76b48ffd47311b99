"""People and one's own account in a real browser: by keyboard alone, accessible, without a breach of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts.models import ApiToken, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery 9"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(autouse=True)
def _real_addresses(settings: Any, _our_addresses: None) -> None:
    settings.ROOT_URLCONF = "cmo_lifecycle.urls"


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def breaches() -> list[str]:
    return []


@pytest.fixture
def page(chromium: Browser, live_server: Any, breaches: list[str]) -> Iterator[Page]:
    context: BrowserContext = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda said: breaches.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: breaches.append(str(error)))
    yield page
    context.close()


def sign_in(page: Page, person: Any) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_a_person_is_added_with_the_keyboard_alone(page: Page, adam: Any, breaches: list[str]) -> None:
    sign_in(page, adam)
    page.goto("/people/add/")
    reach(page, "id_name")
    page.keyboard.press("Enter")
    page.wait_for_selector("#problem")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.title().startswith("Error: ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_name"
    page.keyboard.type("Nora Newcomer")
    reach(page, "id_email")
    page.keyboard.type("nora@vantara.example")
    reach(page, "id_roles_3")
    page.keyboard.press("Space")
    reach(page, "id_reason")
    page.keyboard.type("Joined quality")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The link to choose a password was sent to nora@vantara.example.")
    nora = User.objects.get(email="nora@vantara.example")
    assert nora.roles == {"quality"}
    assert [message.to for message in mail.outbox] == [[nora.email]]
    # 422 is an answer to what was sent, which the browser's console notes as an error of its own.
    assert [text for text in breaches if "422" not in text] == []


def reach(page: Page, name: str) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with Tab.")


def test_a_token_is_copied(page: Page, adam: Any, live_server: Any, breaches: list[str]) -> None:
    service = actions.add_service_account(actor=adam, name="Loader", purpose="Loads deliveries", reason="Nightly")
    sign_in(page, adam)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(f"/people/{service.pk}/tokens/add/")
    page.get_by_label("Name").fill("nightly load")
    page.locator("#id_read_0").check()
    page.get_by_label("Reason").fill("For the nightly load")
    page.get_by_role("button", name="Make the token").click()
    text = page.get_by_label("Token", exact=True).input_value()
    page.get_by_role("button", name="Copy the token").click()
    page.wait_for_selector("button:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == text
    assert problems(page) == []
    assert breaches == []
    page.reload()
    page.wait_for_selector("text=This token was made already")
    assert ApiToken.objects.count() == 1
