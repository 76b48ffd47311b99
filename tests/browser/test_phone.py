"""A phone of 360 px: what one came for is there without moving anything sideways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import world as stage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


def box(thing: Any) -> dict[str, float]:
    found = thing.bounding_box()
    assert found is not None
    return found


def test_what_waits_is_read_and_signed_without_moving_sideways(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened(world.priya, viewport=PHONE)
    page.goto("/")
    table = page.get_by_role("table", name="What waits for me")
    rows = table.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    assert rows.count() >= 1
    for row in rows.all():
        step = row.get_by_role("link", name="Sign off")
        for thing in (row.get_by_role("rowheader"), *row.get_by_role("cell").all(), step):
            at = box(thing)
            assert at["x"] >= 0 and at["x"] + at["width"] <= PHONE["width"]
        assert box(step)["height"] >= 24
        expect(row).to_contain_text("Project manager")
        expect(row.locator("[data-label=Due] time")).to_be_visible()
    assert table.evaluate("table => table.parentElement.scrollWidth <= table.parentElement.clientWidth")
    # It is a table all the same, for whoever hears it.
    assert table.get_by_role("columnheader").all_inner_texts() == ["What", "As", "Due", "Step"]
    with page.expect_navigation():
        rows.first.get_by_role("link", name="Sign off").click()
    assert page.locator("h1").inner_text() == "Sign off"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_filters_of_a_list_are_folded_on_a_phone(
    scripts: bool, world: stage.World, opened: Callable[..., Page]
) -> None:
    page = opened(world.priya, viewport=PHONE, java_script_enabled=scripts)
    page.goto("/operations/deliveries/")
    fold, country, first = page.locator(".filters summary"), page.locator("#id_country"), page.locator("tbody tr")
    expect(fold).to_have_text("Filters")
    expect(page.locator("#id_q")).to_be_visible()
    expect(country).to_be_hidden()
    assert box(first.first)["y"] < 740, "the first row is on the first screen"
    fold.click()
    expect(country).to_be_visible()
    country.select_option("IE")
    if not scripts:
        page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**country=IE**")
    # What is set is not hidden, nor is what one came back to.
    page.goto("/operations/deliveries/?country=IE")
    expect(country).to_be_visible()
    expect(page.locator(".filters details")).to_have_attribute("open", "")
    page.goto("/operations/deliveries/?q=Vial")
    expect(country).to_be_hidden()


def test_where_there_is_room_the_filters_are_not_folded(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened(world.priya, viewport=DESK)
    page.goto("/operations/deliveries/")
    expect(page.locator("#id_country")).to_be_visible()
    expect(page.locator(".filters summary")).to_be_hidden()


def test_the_hash_of_a_file_breaks_nothing_and_is_copied_whole(world: stage.World, opened: Callable[..., Page]) -> None:
    page = opened(world.sven, viewport=PHONE)
    page.goto(f"/operations/imports/{world.imports.pk}/")
    shown = page.locator(".hash")
    assert len(world.imports.sha256) == 64
    assert box(shown)["height"] < 30 and box(shown)["x"] + box(shown)["width"] <= PHONE["width"]
    shown.click()
    assert page.evaluate("getSelection().toString()") == world.imports.sha256 == shown.get_attribute("title")
