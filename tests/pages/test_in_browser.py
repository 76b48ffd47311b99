"""What only a browser shows: choosing by name, filters in the address, the palette, a merge, no barrier to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cmo_lifecycle.partners.models import CMO, Certificate, Inspection, Qualification, Site, TierAssessment
from cmo_lifecycle.workflow import edits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


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


@pytest.mark.parametrize(
    "look",
    [
        {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
        {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
        {"color_scheme": "light", "viewport": {"width": 320, "height": 700}},
    ],
    ids=["light", "dark", "narrow"],
)
def test_no_page_has_a_barrier(
    look: dict[str, Any], opened: Any, relationship: Any, harrow_site: Any, quinn: Any, alice: Any, audra: Any
) -> None:
    qualification = edits.create(
        Qualification,
        {"site": harrow_site, "service": "sterile_fill_finish", "scope": "vials", "basis": "Audit A-7"},
        actor=alice,
    )
    Certificate.objects.create(site=harrow_site, kind="gmp", number="IE-1", issuer="HPRA", expires_on=date(2020, 1, 1))
    Inspection.objects.create(site=harrow_site, authority="FDA", started_on=date(2026, 2, 2), form_483=True)
    factors = ("product_impact", "detectability", "data_integrity", "supply_continuity")
    edits.create(
        TierAssessment,
        {"relationship": relationship, "rationale": "x", "assessed_on": date(2026, 1, 1), **dict.fromkeys(factors, 2)},
        actor=alice,
    )
    seen = {
        quinn: (
            "/",
            f"/relationships/{relationship.pk}/",
            f"/relationships/{relationship.pk}/?tab=history",
            f"/qualifications/{qualification.pk}/start/",
            f"/relationships/{relationship.pk}/suspend/",
        ),
        alice: (
            "/relationships/",
            f"/sites/{harrow_site.pk}/",
            f"/cmos/{harrow_site.cmo_id}/edit/",
            f"/relationships/{relationship.pk}/attach/",
            "/search/?q=harrow",
        ),
        audra: ("/audit/",),
    }
    for person, paths in seen.items():
        page = opened(person, **look)
        for path in paths:
            page.goto(path)
            found = Axe().run(page, options=WCAG).response["violations"]
            assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"], path
