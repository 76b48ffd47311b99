"""What only a browser shows: choosing by name, filters in the address, the palette, a merge, no barrier to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cmo_lifecycle.partners.models import CMO, Site
from cmo_lifecycle.workflow import edits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Return a page signed in as somebody; a complaint of the browser's console fails the test."""
    complaints: list[str] = []
    contexts = []

    def sign_in(person: Any, **options: Any) -> Page:
        client = Client()
        client.force_login(person)
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield sign_in
    for context in contexts:
        context.close()
    # A browser reports the status of a page that was stopped on purpose; the test looks at that page itself.
    assert [text for text in complaints if "412 (Precondition Failed)" not in text] == []


def test_a_site_is_added_by_keyboard_with_its_cmo_chosen_by_name(opened: Any, harrow: Any, alice: Any) -> None:
    page = opened(alice)
    page.goto("/sites/add/")
    page.get_by_label("CMO", exact=True).focus()
    page.keyboard.type("harr")
    expect(page.locator("datalist option")).to_have_count(1)
    assert page.locator("datalist option").get_attribute("value") == "Harrow Biologics"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Harrow Biologics")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.type("Harrow Galway")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harrow Galway")
    assert Site.objects.get(name="Harrow Galway").cmo == harrow


def test_a_filter_is_in_the_address_and_focus_stays(opened: Any, harrow: Any, alice: Any) -> None:
    CMO.objects.create(legal_name="Nordvik Fill-Finish", country="NO")
    page = opened(alice)
    page.goto("/cmos/?columns=country")
    page.get_by_role("textbox", name="Find", exact=True).focus()
    page.keyboard.type("nordvik")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    assert "q=nordvik" in page.url and "columns=country" in page.url
    assert page.evaluate("document.activeElement.name") == "q"
    expect(page.locator("#live")).to_have_text("1 result")
    page.reload()
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("#results tbody tr")).to_have_count(2)


def test_the_palette_forgives_a_typo(opened: Any, alice: Any) -> None:
    lonza = CMO.objects.create(legal_name="Lonza Group AG")
    page = opened(alice)
    page.goto("/")
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("Lonzza")
    expect(page.get_by_role("option", name="Lonza Group AG")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lonza Group AG")
    assert page.url.endswith(f"/cmos/{lonza.pk}/")


def test_two_people_edit_one_record_and_the_second_merges(opened: Any, harrow: Any, alice: Any, priya: Any) -> None:
    page = opened(alice)
    page.goto(f"/cmos/{harrow.pk}/edit/")
    edits.update(harrow, {"notes": "Priya's note", "website": "https://harrow.example"}, actor=priya, version=1)
    page.get_by_label("Notes").fill("Alice's note")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Somebody else changed this")).to_be_visible()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.textContent").lstrip().startswith("Somebody else changed this")
    expect(page.get_by_label("Notes")).to_have_value("Alice's note")
    page.get_by_label("saved by Priya Example").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harrow Biologics")
    harrow.refresh_from_db()
    assert (harrow.notes, harrow.website) == ("Priya's note", "https://harrow.example")
