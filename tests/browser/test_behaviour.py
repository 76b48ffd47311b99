"""What people notice: where the focus is, what is kept, what happens twice, what others did meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests import world as stage
from tests.browser.conftest import FOCUS, Keys
from tests.conftest import PASSWORD

ASKED_TO_SIGN_IN = re.compile(r"/account/login/\?next=")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focus(page: Page) -> dict[str, str]:
    return page.evaluate(FOCUS)


# ---------------------------------------------------------------- the way through a page


def test_the_first_tab_skips_to_the_content(world: stage.World, keys: Callable[..., Keys]) -> None:
    for person, address in (
        (None, "/account/login/"), (world.priya, "/"), (world.priya, "/cmos/add/"), (world.priya, "/no-such-page/"),
        (world.priya, f"/operations/reviews/{world.reviews.pk}/"),
    ):  # fmt: skip
        at = keys(person)
        at.page.goto(address)
        at.press("Tab")
        assert at.focus["name"] == "Skip to content", address
        box = at.page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert box["top"] >= 0 and box["height"] >= 24, "a skip link is seen while it has the focus"
        at.press("Enter", "Tab")
        assert at.page.evaluate("document.activeElement.closest('main, footer, body').tagName") != "BODY", address


def test_tab_goes_through_every_page_in_reading_order_and_hides_behind_nothing(
    world: stage.World, keys: Callable[..., Keys]
) -> None:
    at = keys(world.priya)
    for address in (
        "/", "/cmos/", f"/cmos/{world.cmos.pk}/", "/cmos/add/", f"/relationships/{world.relationships.pk}/",
        f"/operations/reviews/{world.reviews.pk}/", "/operations/kpi-explorer/", "/operations/kpis/",
    ):  # fmt: skip
        at.page.goto(address)
        seen, hidden, backwards, last = 0, [], [], None
        for _ in range(160):
            at.press("Tab")
            place = at.page.evaluate(
                """() => {
                  const at = document.activeElement, box = at.getBoundingClientRect();
                  if (at === document.body) return null;
                  const x = box.left + Math.min(box.width / 2, 40), y = box.top + box.height / 2;
                  const top = document.elementFromPoint(x, y);
                  const shown = top && (at === top || at.contains(top) || top.contains(at) || at.labels?.[0]?.contains(top));
                  const ring = getComputedStyle(at);
                  return {
                    html: at.outerHTML.slice(0, 120), shown: Boolean(shown), main: Boolean(at.closest("main")),
                    order: Boolean(window.lastFocus) && window.lastFocus !== at && !(window.lastFocus.compareDocumentPosition(at) & 4),
                    // A date draws the ring of its parts itself.
                    ring: at.type === "date" || ring.outlineStyle !== "none" || ring.boxShadow !== "none",
                    kept: (window.lastFocus = at, true),
                  };
                }"""
            )
            if place is None or (seen > 1 and 'class="skip"' in place["html"]):
                place = None
                break
            seen += 1
            if not place["shown"] or not place["ring"]:
                hidden.append(place["html"])
            if place["order"]:
                backwards.append((last, place["html"]))
            last = place["html"]
        assert seen > 12 and place is None, address
        assert hidden == [], f"{address}: the focus is hidden or has no ring"
        assert backwards == [], address


# ---------------------------------------------------------------- finding


def test_the_palette_finds_forgives_and_gives_the_focus_back(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.priya)
    at.page.goto("/sites/")
    at.to("Add a site", tag="a")
    at.press("ControlOrMeta+k")
    assert at.focus["tag"] == "input"
    at.page.keyboard.type("har")
    expect(at.page.get_by_role("option", name="Harrow Biologics").first).to_be_visible()
    expect(at.page.get_by_role("option", name="Harrow Cork").first).to_be_visible()
    at.press("Escape")
    assert at.focus["name"] == "Add a site"

    at.press("ControlOrMeta+k", "ControlOrMeta+a")
    at.page.keyboard.type("Harow")
    expect(at.page.get_by_role("option", name="Harrow Biologics").first).to_be_visible()
    with at.page.expect_navigation():
        at.press("Enter")
    assert at.heading in ("Harrow Biologics", "Harrow Biologics · VX-12")


def test_the_palette_shows_nobody_what_is_not_theirs(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.mallory)
    at.page.goto("/")
    at.press("ControlOrMeta+k")
    at.page.keyboard.type("VX-1")
    expect(at.page.locator("#palette-results")).to_contain_text("Nothing")
    assert at.page.get_by_role("option", name="VX-12").count() == 0


def test_single_keys_can_be_switched_off(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.priya)
    at.page.goto("/cmos/")
    at.press("?")
    expect(at.page.locator("#shortcuts")).to_be_visible()
    at.to("Single-key shortcuts", tag="input")
    at.press("Space", "Escape")
    expect(at.page.locator("#shortcuts")).to_be_hidden()
    at.press("?")
    expect(at.page.locator("#shortcuts")).to_be_hidden()


# ---------------------------------------------------------------- parts of a page that are replaced


def test_the_focus_stays_where_it_was_when_a_part_is_replaced(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.priya)
    swapped = "() => { window.swaps = 0; document.addEventListener('htmx:afterSettle', () => { window.swaps += 1; }); }"

    def settled() -> None:
        # Asked again and again: the policy lets no text be run, so a page cannot wait for a condition of ours.
        for _ in range(200):
            if at.page.evaluate("window.swaps > 0"):
                break
            at.page.wait_for_timeout(50)
        assert at.page.evaluate("window.swaps") > 0
        at.page.evaluate("window.swaps = 0")
        assert at.focus["tag"] != "body", f"the focus fell off {at.page.url}"

    at.page.goto("/cmos/")
    at.page.evaluate(swapped)
    at.fill("Find", "nordvik")
    settled()
    assert at.page.evaluate("document.activeElement.name") == "q"
    expect(at.page.locator("#live")).to_have_text("1 result")
    assert "q=nordvik" in at.page.url

    at.choose("Country", "Norway")
    settled()
    assert at.focus["name"].startswith("Country")

    at.to("Find", tag="input", back=True)
    at.press("ControlOrMeta+a", "Delete")
    settled()
    link = at.page.locator("#results thead a").first.inner_text().strip()
    at.to(link, tag="a")
    at.press("Enter")
    settled()
    assert at.page.evaluate("Boolean(document.activeElement.closest('#results'))")
    assert at.page.locator("#results [aria-busy=true]").count() == 0


def test_going_back_shows_the_list_as_it_was(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.priya)
    at.page.goto("/cmos/?columns=country")
    at.fill("Find", "nordvik")
    expect(at.page.locator("#results tbody tr")).to_have_count(1)
    at.follow("Nordvik Fill-Finish")
    at.page.go_back()
    expect(at.page.locator("#results tbody tr")).to_have_count(1)
    assert "q=nordvik" in at.page.url and "columns=country" in at.page.url
    expect(at.page.get_by_role("textbox", name="Find", exact=True)).to_have_value("nordvik")


# ---------------------------------------------------------------- forms


def test_a_mistake_is_told_where_it_is_and_nothing_typed_is_lost(world: stage.World, keys: Callable[..., Keys]) -> None:
    at = keys(world.priya)
    at.page.goto("/cmos/add/")
    at.fill("Website", "no address")
    at.press("Tab")
    expect(at.page.locator("#id_website_error")).to_contain_text("full address")
    at.fill("Notes", "Met at the fair")
    at.send("Add the CMO")
    assert at.focus["id"] == "problem" and at.page.title().startswith("Error: ")
    links = at.page.locator("#problem a")
    assert links.count() == 2
    for place in range(links.count()):
        field = at.page.locator(links.nth(place).get_attribute("href"))
        assert field.get_attribute("aria-invalid") == "true"
        described = field.get_attribute("aria-describedby").split()
        texts = [at.page.locator(f"#{one}").inner_text() for one in described]
        assert links.nth(place).inner_text() in " ".join(texts)
    expect(at.page.get_by_label("Notes")).to_have_value("Met at the fair")
    at.press("Tab", "Enter")
    assert at.focus["name"].startswith("Legal name")


def test_two_presses_of_the_button_make_one_record(world: stage.World, opened: Callable[..., Page]) -> None:
    from cmo_lifecycle.partners.models import CMO
    from cmo_lifecycle.workflow.models import Event

    page = opened(world.priya)
    page.goto("/cmos/add/")
    page.get_by_label("Legal name").fill("Twice GmbH")
    page.get_by_role("button", name="Add the CMO").dblclick()
    page.wait_for_url("**/cmos/*-*/")
    assert page.locator("h1").inner_text() == "Twice GmbH"
    assert CMO.objects.filter(legal_name="Twice GmbH").count() == 1
    assert Event.objects.filter(record_label="Twice GmbH", verb="create").count() == 1

    # Also where no script holds the second one back.
    bare = opened(world.priya, java_script_enabled=False)
    bare.goto("/cmos/add/")
    bare.get_by_label("Legal name").fill("Thrice GmbH")
    bare.get_by_role("button", name="Add the CMO").dblclick()
    bare.wait_for_url("**/cmos/*-*/")
    assert CMO.objects.filter(legal_name="Thrice GmbH").count() == 1


def test_the_second_of_two_savers_is_stopped_and_shown_what_the_first_did(
    world: stage.World, opened: Callable[..., Page]
) -> None:
    address = f"/relationships/{world.relationships.pk}/edit/"
    alices, priyas = opened(world.alice), opened(world.priya)
    for page in (alices, priyas):
        page.goto(address)
    alices.get_by_label("Notes").fill("Line 2 is free from May")
    alices.get_by_label("Reason").fill("Call of today")
    alices.get_by_role("button", name="Save").click()
    alices.wait_for_url("**/relationships/*-*/")

    priyas.get_by_label("Notes").fill("Line 3 is free from June")
    priyas.get_by_label("Reason").fill("Mail of today")
    priyas.get_by_role("button", name="Save").click()
    expect(priyas.get_by_role("heading", name="Somebody else changed this")).to_be_visible()
    assert "Alice Example" in priyas.locator("main").inner_text()
    assert "Line 2 is free from May" in priyas.locator("main").inner_text()
    assert priyas.title().startswith("Error: ")
    assert priyas.evaluate("Boolean(document.activeElement.closest('[data-focus]'))")
    expect(priyas.get_by_label("Notes")).to_have_value("Line 3 is free from June")
    world.relationships.refresh_from_db()
    assert world.relationships.notes == "Line 2 is free from May"

    priyas.get_by_role("button", name="Save").click()
    priyas.wait_for_url("**/relationships/*-*/")
    world.relationships.refresh_from_db()
    assert world.relationships.notes == "Line 3 is free from June"


def test_leaving_a_changed_form_warns_and_the_draft_comes_back(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened(world.priya)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/cmos/add/")
    page.get_by_label("Legal name").fill("Half typed AG")
    expect(page.locator("[data-drafted]")).to_contain_text("Draft kept")
    page.goto("/cmos/")
    assert asked == ["beforeunload"]
    page.goto("/cmos/add/")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Legal name")).to_have_value("Half typed AG")
    assert focus(page)["tag"] in ("input", "textarea", "select")


# ---------------------------------------------------------------- light and dark


@pytest.mark.parametrize("chosen", ["dark", "light"])
def test_the_chosen_light_is_there_from_the_first_paint(
    chosen: str, world: stage.World, opened: Callable[..., Page]
) -> None:
    page = opened(world.priya, color_scheme="light" if chosen == "dark" else "dark")
    page.goto("/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name=chosen.capitalize(), exact=True).click()
    told = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.add_init_script(
        """
        window.seen = new Set();
        new MutationObserver(() => window.seen.add(document.documentElement.dataset.bsTheme))
          .observe(document, {childList: true, subtree: true, attributes: true});
        """
    )
    page.goto("/cmos/")
    assert page.evaluate("[...window.seen]") == [chosen]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == told
    served = page.request.get("/cmos/").text()
    assert f'data-bs-theme="{chosen}"' in served[:300]


# ---------------------------------------------------------------- the session


def test_whoever_is_deactivated_is_out_at_the_next_click(
    world: stage.World, opened: Callable[..., Page], live_server: Any
) -> None:
    tom = opened(world.tom)
    tom.goto("/cmos/")
    admin = Client()
    admin.force_login(world.adam)
    done = admin.post(f"/people/{world.tom.pk}/deactivate/", {"reason": "Left the company"})
    assert done.status_code == 302

    # A part of a page is not replaced by the sign-in page: the page itself goes there.
    tom.get_by_role("textbox", name="Find", exact=True).fill("harrow")
    tom.wait_for_url(ASKED_TO_SIGN_IN)
    assert "signed out" in tom.locator("body").inner_text()
    tom.get_by_label("E-mail").fill(world.tom.email)
    tom.get_by_label("Password", exact=True).fill(PASSWORD)
    tom.get_by_role("button", name="Sign in", exact=True).click()
    tom.goto("/cmos/")
    assert "/account/login/" in tom.url


def test_signing_out_leaves_nothing_behind(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened(world.priya)
    page.goto(f"/relationships/{world.relationships.pk}/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/")
    page.go_back()
    page.wait_for_url(ASKED_TO_SIGN_IN)
    assert "VX-12" not in page.locator("body").inner_text()
