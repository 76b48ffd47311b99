"""No page bars anybody: axe finds nothing, nothing runs sideways, nothing is asked of another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pprint import pformat
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests import world as stage
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
#: What a width or a light can change. Names, roles and languages are the same in each.
LOOKS = {
    "runOnly": {
        "type": "rule",
        "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"],
    }
}
#: Each page is seen in both lights and in both widths, each light in one; the first page of each person, which has
#: the frame of all of theirs, in every light at every width.
EACH = (("light", WIDE, RULES), ("dark", NARROW, LOOKS))
FIRST = (("light", WIDE, RULES), ("dark", WIDE, LOOKS), ("dark", NARROW, RULES), ("light", NARROW, LOOKS))
#: Only what is wrong comes back: a page's hundreds of good nodes take longer to tell than to look at. Colours that are
#: still on their way from one light to the other are nobody's.
LOOK = """async (options) => {
  // A part that is still being fetched is dimmed.
  for (let tries = 0; tries < 100 && document.querySelector("[aria-busy=true], .htmx-request, .htmx-swapping"); tries++)
    await new Promise((done) => setTimeout(done, 50));
  document.getAnimations().forEach((one) => one.finish());
  const {violations} = await axe.run({...options, resultTypes: ["violations"]});
  return violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} ${(node.failureSummary || "").slice(0, 200)}`));
}"""

OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const inside = (one) => one.parentElement?.closest(".scroll, .tabs, [popover], dialog, .visually-hidden, svg");
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > wide + 1 && !inside(one)).slice(0, 4)
    .map((one) => one.outerHTML.slice(0, 120));
}"""
#: What a finger or an unsteady hand has to hit (WCAG 2.5.8), where it stands alone.
SMALL = """() => [...document.querySelectorAll("main button, main summary, main input[type=checkbox], header button")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".visually-hidden"))
  .map((one) => [one.getBoundingClientRect(), one.labels?.[0]?.getBoundingClientRect(), one])
  .filter(([box, label]) => Math.max(box.height, label?.height || 0) < 23.5 || Math.max(box.width, label?.width || 0) < 23.5)
  .map(([box, label, one]) => `${one.outerHTML.slice(0, 120)} ${box.width}×${box.height}`)"""


def lasting(page: Page, rules: Any) -> list[str]:
    """Return what bars somebody and stays: a page that has just been turned is given a second to settle."""
    for _ in range(4):
        if not (nodes := page.evaluate(LOOK, rules)):
            return []
        page.wait_for_timeout(250)
    return nodes


def barriers(page: Page, looks: tuple[Any, ...] = EACH) -> dict[str, list[str]]:
    """Look at the open page in both lights and widths; say what bars somebody, by where it does.

    It begins with the window as it is: turning it takes as long as a look.
    """
    found = {}
    page.evaluate(AXE_SCRIPT)
    for scheme, width, rules in looks if page.viewport_size == looks[0][1] else reversed(looks):
        if page.viewport_size != width:
            page.set_viewport_size(width)
        page.emulate_media(color_scheme=scheme)
        found[f"{scheme} {width['width']}"] = lasting(page, rules)
        if width == NARROW:
            found["sideways"] = page.evaluate(OVERFLOW)
            found["small"] = page.evaluate(SMALL)
    return {where: nodes for where, nodes in found.items() if nodes}


def test_a_barrier_is_seen(world: stage.World, opened: Callable[..., Page]) -> None:
    """In the light where it is, at the width where it is, and none where nothing is."""
    page = opened(world.priya, viewport=WIDE)
    page.goto("/cmos/add/")
    assert barriers(page, FIRST) == {}
    page.evaluate(
        """() => {
          const main = document.querySelector("main"), style = new CSSStyleSheet();
          main.insertAdjacentHTML("beforeend", `<img src="/static/img/mark.svg"><p id="dim">Dim</p><p id="wide">Wide</p>`);
          style.replaceSync(`@media (prefers-color-scheme: dark) { #dim { color: #333; background: #222 } }
            @media (max-width: 400px) { #wide { width: 30rem } }`);
          document.adoptedStyleSheets.push(style);
        }"""
    )
    for looks in (EACH, FIRST):
        found = barriers(page, looks)
        assert [text.partition(":")[0] for text in found["light 1280"]] == ["image-alt"]
        assert any(text.startswith("color-contrast") and "dim" in text for text in found["dark 320"])
        assert any("wide" in text for text in found["sideways"])
        assert "light 320" not in found or looks is FIRST


def pages(world: stage.World) -> dict[str, list[str]]:
    """Every type of page, by who looks at it."""
    records = world.records
    review = f"/operations/reviews/{records['reviews'].pk}/"
    relationship = f"/relationships/{records['relationships'].pk}/"
    definition = f"/operations/kpis/{records['kpi-definitions'].pk}/"
    policy = f"/operations/scoring-policies/{world.policy_in_force.pk}/"
    brought = f"/operations/imports/{records['imports'].pk}/"
    return {
        "priya": [
            "/", "/search/?q=Harrow", "/search/?q=zzzz", "/demo/tour/", "/jobs/", "/no-such-page/", "/people/",
            "/cmos/", "/cmos/?q=zzzz", "/cmos/?country=IE&sort=-legal_name", "/cmos/add/",
            f"/cmos/{world.cmos.pk}/", f"/cmos/{world.cmos.pk}/edit/", f"/cmos/{world.cmos.pk}/attach/",
            f"/cmos/{world.cmos.pk}/?tab=history", f"{relationship}attach/", f"{relationship}suspend/", f"/attachments/{world.attachment.pk}/void/", f"/sites/{world.sites.pk}/", f"/sites/{world.sites.pk}/edit/",
            "/programmes/", f"/programmes/{world.programmes.pk}/", f"/programmes/{world.programmes.pk}/edit/",
            "/relationships/", relationship, f"{relationship}?tab=history", f"{relationship}edit/",
            f"{relationship}?tab=reviews", f"{relationship}?tab=deliveries", f"{relationship}start_change/",
            "/relationships/add/", f"/tier-assessments/{records['tier-assessments'].pk}/", "/tier-assessments/add/",
            f"/inspections/{world.inspections.pk}/", f"/certificates/{world.certificates.pk}/", "/inspections/add/",
            "/operations/", "/operations/runs/", "/operations/reviews/", review, f"{review}?tab=history",
            f"{review}inputs/", f"{review}inputs/?kpi=on_time_delivery&part=missed", f"{review}sign_off/",
            f"{review}edit/", "/operations/deliveries/", f"/operations/deliveries/{world.deliveries.pk}/",
            "/operations/deliveries/add/", "/operations/kpis/", "/operations/kpis/versions/", definition,
            f"{definition}edit/", "/operations/scoring-policies/", policy,
            f"/operations/scoring-policies/{records['scoring-policies'].pk}/edit/", f"{policy}revise/",
            "/operations/kpi-explorer/?kpi=on_time_delivery&group_by=month&from=2025-10-01&to=2026-03-31",
            "/operations/kpi-explorer/?kpi=line_value&group_by=cmo&from=2025-10-01&to=2026-03-31",
            "/account/", "/account/statement/", "/account/signatures/", "/account/sessions/", "/account/2fa/",
            "/account/password/change/", f"/people/{world.tom.pk}/",
        ],
        "sven": [
            "/operations/imports/", "/operations/imports/add/", brought, f"{brought}map_columns/", f"/jobs/{world.job.pk}/",
        ],
        "quinn": ["/qualifications/", f"/qualifications/{world.qualifications.pk}/", "/qualifications/add/",
                  f"/qualifications/{world.qualifications.pk}/start/"],
        "adam": [
            "/people/", "/people/add/", "/people/services/add/", "/people/access-review/", f"/people/{world.tom.pk}/",
            f"/people/{world.tom.pk}/edit/", f"/people/{world.tom.pk}/deactivate/", f"/people/{world.reader.pk}/",
            f"/people/{world.reader.pk}/tokens/add/",
            "/people/?q=zzz", f"/people/{world.tom.pk}/invite/", f"/people/{world.tom.pk}/grant_role/",
            f"/people/tokens/{world.more['read_token'].id}/revoke/",
        ],
        "audra": ["/audit/", "/api/docs/"],
        "otto": ["/", "/cmos/"],
        "": ["/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/signup/",
             "/account/inactive/", "/no-such-page/"],
    }  # fmt: skip


@pytest.mark.parametrize("who", ["priya", "sven", "quinn", "adam", "audra", "otto", ""])
def test_no_page_bars_anybody(who: str, world: stage.World, opened: Callable[..., Page]) -> None:
    page, found = opened(world.people.get(who), viewport=WIDE), {}
    for place, address in enumerate(pages(world)[who]):
        page.goto(address)
        if address == "/api/docs/":
            # The one page that another project draws, from what we serve.
            page.locator(".opblock-tag").first.wait_for(timeout=60_000)
        assert page.locator("main").count() == 1, address
        assert page.locator("h1").count() == 1, address
        if nodes := barriers(page, EACH if place else FIRST):
            found[address] = nodes
    assert not found, pformat(found, width=200)


def after(page: Page, world: stage.World) -> Iterator[str]:
    """Bring pages into the shapes that no address leads to; yield what each shows."""
    page.goto("/cmos/add/")
    page.get_by_role("button", name="Add the CMO").click()
    page.wait_for_selector("#problem")
    yield "a form with errors"
    page.goto(f"/operations/reviews/{world.reviews.pk}/sign_off/")
    page.get_by_role("button", name="Sign off").click()
    page.wait_for_selector("#problem")
    yield "a signature that is refused"
    page.goto("/cmos/")
    page.locator("summary", has_text="Columns").click()
    yield "an open menu"
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("har")
    page.wait_for_selector("[role=option]")
    yield "the palette"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="About this stage").first.click()
    yield "what a stage is for"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account").click()
    yield "the account menu"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    yield "the shortcuts"


def test_nor_does_what_opens_on_a_page(world: stage.World, opened: Callable[..., Page]) -> None:
    page, found = opened(world.priya, viewport=WIDE), {}
    for what in after(page, world):
        if nodes := barriers(page, FIRST):
            found[what] = nodes
        page.set_viewport_size(WIDE)
    assert not found, pformat(found, width=200)


def test_the_frame_is_there_before_anything_is_chosen(world: stage.World, opened: Callable[..., Page]) -> None:
    """Landmarks, one heading, breadcrumbs, and the rail in the same place."""
    page = opened(world.priya)
    rails = set()
    for address in ("/", "/cmos/", f"/cmos/{world.cmos.pk}/", f"/relationships/{world.relationships.pk}/", "/audit/"):
        page.goto(address)
        for landmark in ("banner", "main"):
            assert page.get_by_role(landmark).count() == 1, address
        assert page.get_by_role("navigation", name="Main").count() == 1
        assert page.locator("html").get_attribute("lang") == "en-GB" and page.title()
        rails.add(tuple(page.locator("#rail a span:first-of-type").all_inner_texts()))
        if address not in ("/", "/audit/"):
            assert page.locator("#rail [aria-current=page]").count() == 1
    assert len(rails) == 1


def test_the_sign_in_takes_what_is_pasted_and_what_is_kept(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened()
    page.goto("/account/login/")
    email, password = page.get_by_label("E-mail"), page.get_by_label("Password", exact=True)
    assert (email.get_attribute("autocomplete"), password.get_attribute("autocomplete")) == (
        "email", "current-password",
    )  # fmt: skip
    email.fill(world.priya.email)
    password.focus()
    page.evaluate(
        """text => {
          const data = new DataTransfer(); data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          if (document.activeElement.dispatchEvent(event)) document.activeElement.value = text;
        }""",
        PASSWORD,
    )
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    assert page.locator("h1").inner_text() == "My desk"
