"""The guided writer of a strategy: by keyboard alone, without barriers, and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pprint import pformat
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cmo_lifecycle.workflow import edits
from strategy.models import Strategy
from strategy.screens import SCREENS
from tests import world as stage
from tests.browser.conftest import Keys
from tests.browser.test_barriers import WIDE, barriers
from tests.strategy.conftest import write_whole

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(world: stage.World) -> Strategy:
    """Mallory's strategy of the other programme, just begun."""
    return edits.create(Strategy, {"programme": world.other}, actor=world.mallory)


def address(strategy: Any, screen: str) -> str:
    return f"/strategy/strategies/{strategy.pk}/write/{screen}/"


def test_an_answer_is_chosen_with_what_follows_from_it_in_sight(
    world: stage.World, draft: Strategy, keys: Callable[..., Keys]
) -> None:
    mallory = keys(world.mallory)
    page = mallory.page
    page.goto(address(draft, "intent"))
    later = page.locator(".option", has_text="We bring it in-house by a date").locator("li").first
    day = page.get_by_label("In-house by", exact=True)
    expect(later).to_be_hidden()
    expect(day).to_be_hidden()

    mallory.to("It stays outsourced", tag="input")
    mallory.press("ArrowDown")
    expect(later).to_be_visible()
    expect(day).to_be_visible()
    stays = page.locator(".option", has_text="It stays outsourced").locator("li").first
    expect(stays).to_be_hidden()

    mallory.to("In-house by", tag="input")
    page.keyboard.type("06302031")
    mallory.to("Why?", tag="textarea")
    page.keyboard.type("A plant of our own pays from then on.")
    mallory.send("Save and continue")
    assert mallory.heading == "Do we develop alternate sources?"
    draft.refresh_from_db()
    assert (draft.sourcing_intent, str(draft.in_house_by)) == ("in_house_later", "2031-06-30")

    # Another answer leaves no day behind that belongs to the first.
    page.goto(address(draft, "intent"))
    mallory.to("We bring it in-house by a date", tag="input")
    mallory.press("ArrowUp")
    expect(day).to_be_hidden()
    mallory.send("Save and continue")
    draft.refresh_from_db()
    assert (draft.sourcing_intent, draft.in_house_by) == ("stay_outsourced", None)


def test_rows_come_and_go_and_the_focus_goes_with_them(
    world: stage.World, draft: Strategy, keys: Callable[..., Keys]
) -> None:
    mallory = keys(world.mallory)
    page = mallory.page
    page.goto(address(draft, "objectives"))
    expect(page.locator("tr[data-row]:visible")).to_have_count(1)
    mallory.fill("Objective objective 1", "Supply the launch")
    mallory.fill("Goal it serves objective 1", "Launch in 2028")
    mallory.fill("Weight in % objective 1", "60")
    for number, (text, weight) in enumerate(
        [("Leave in time", "40"), ("Spend little", "10"), ("Learn", "9"), ("Stay", "1")], 2
    ):
        mallory.to("Add an objective", tag="button")
        mallory.press("Enter")
        assert mallory.focus["id"] == f"id_objectives-{number - 1}-text"
        page.keyboard.type(text)
        mallory.fill(f"Goal it serves objective {number}", "Freedom")
        mallory.fill(f"Weight in % objective {number}", weight)
    expect(page.locator("#live")).to_have_text("objective 5 added")

    for number in (3, 4, 5):
        mallory.to(f"Remove objective {number}", tag="button", back=True)
        mallory.press("Enter")
        assert mallory.focus["name"] == "Undo"
    expect(page.locator("tr[data-row]:visible")).to_have_count(2)
    mallory.press("Enter")
    assert mallory.focus["id"] == "id_objectives-4-text"
    mallory.to("Remove objective 5", tag="button")
    mallory.press("Enter")

    mallory.fill("Weight in % objective 2", "70")
    mallory.send("Save and continue")
    # The summary has the focus; its link leads into the cell.
    assert mallory.focus["id"] == "problem"
    mallory.to("Objectives, objective 2: The weights add up to 130: take 30 away.", tag="a")
    mallory.press("Enter")
    assert mallory.focus["id"] == "id_objectives-1-weight"
    expect(page.locator("tr[data-row]:visible")).to_have_count(2)
    mallory.fill("Weight in % objective 2", "30")
    mallory.send("Save and continue")
    # Saved, and what is missing is said at once, with the focus.
    assert mallory.focus["id"] == "left"
    assert "Saved. Still missing on this screen:" in page.locator("#left").inner_text()
    assert [str(row.weight) for row in draft.objectives.all()] == ["60.00", "30.00"]
    mallory.to("The weights of the objectives add up to 90: give 10 to reach 100.", tag="a")
    mallory.press("Enter")
    assert mallory.focus["id"] == "table_objectives"
    mallory.follow("Continue anyway")
    assert mallory.heading == "Is it a core competency?"


def test_what_was_typed_into_rows_is_brought_back(
    world: stage.World, draft: Strategy, keys: Callable[..., Keys]
) -> None:
    mallory = keys(world.mallory)
    page = mallory.page
    page.goto(address(draft, "objectives"))
    for number in range(1, 6):
        if number > 1:
            mallory.to("Add an objective", tag="button")
            mallory.press("Enter")
        mallory.fill(f"Objective objective {number}", f"Objective {number}")
    expect(page.locator("[data-drafted]")).to_contain_text("Draft kept")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address(draft, "scope"))
    page.goto(address(draft, "objectives"))
    expect(page.locator("tr[data-row]:visible")).to_have_count(1)
    mallory.to("Bring it back", tag="button")
    mallory.press("Enter")
    expect(page.locator("tr[data-row]:visible")).to_have_count(5)
    assert page.get_by_label("Objective objective 5").input_value() == "Objective 5"


def test_weights_come_from_pairs_only_where_they_are_asked_for(world: stage.World, keys: Callable[..., Keys]) -> None:
    strategy = write_whole(world.other, world.mallory)
    mallory = keys(world.mallory)
    page = mallory.page
    page.goto(address(strategy, "weights"))
    pairs, weight = page.locator("#pairs"), page.get_by_label("Weight in % attribute 1")
    expect(pairs).to_be_hidden()
    expect(weight).to_be_visible()
    mallory.to("Direct entry", tag="input")
    mallory.press("ArrowDown")
    expect(pairs).to_be_visible()
    expect(weight).to_be_hidden()
    for name, words in (
        ("Quality and compliance against Supply security", "Quality and compliance: moderately"),
        ("Quality and compliance against Total cost", "Quality and compliance: strongly"),
        ("Supply security against Total cost", "Supply security: moderately"),
    ):
        mallory.choose(name, words)
    mallory.send("Save and continue")
    assert mallory.heading == "How much is needed, year by year?"
    page.goto(address(strategy, "weights"))
    shown = page.locator(".worked").inner_text()
    assert "63.7" in shown and "0.033" in shown and "agrees well enough" in shown


def test_without_scripts_empty_rows_and_boxes_do_the_same(world: stage.World, opened: Callable[..., Page]) -> None:
    strategy = write_whole(world.other, world.mallory)
    page = opened(world.mallory, java_script_enabled=False)
    page.goto(address(strategy, "limits"))
    rows = page.locator("tr[data-row]")
    assert [row.is_visible() for row in rows.all()] == [True] * 4
    page.get_by_role("checkbox", name="Remove person 1").check()
    page.get_by_label("Who person 3").fill("Site head")
    page.get_by_label("Function person 3").fill("Manufacturing")
    page.get_by_label("What they need of it person 3").fill("No surprise")
    page.get_by_label("Influence, of 5 person 3").fill("3")
    page.get_by_role("button", name="Save and continue").click()
    assert [row.name for row in strategy.stakeholders.all()] == ["Site head"]
    page.goto(address(strategy, "intent"))
    # Every answer shows what it brings about, and its day.
    for words in ("It stays outsourced", "We bring it in-house by a date"):
        expect(page.locator(".option", has_text=words).locator("li").first).to_be_visible()
    expect(page.get_by_label("In-house by", exact=True)).to_be_visible()


def test_no_screen_of_the_writer_bars_anybody(world: stage.World, opened: Callable[..., Page]) -> None:
    strategy = write_whole(world.other, world.mallory)
    edits.update(strategy, {"weights_by": "pairwise"}, actor=world.mallory)
    page, found = opened(world.mallory, viewport=WIDE), {}
    for screen in SCREENS:
        page.goto(address(strategy, screen.key))
        assert page.locator("h1").count() == 1, screen.key
        if nodes := barriers(page):
            found[screen.key] = nodes
    assert not found, pformat(found, width=200)


def test_nor_does_a_screen_with_mistakes_or_with_something_missing(
    world: stage.World, draft: Strategy, opened: Callable[..., Page]
) -> None:
    page, found = opened(world.mallory, viewport=WIDE), {}
    page.goto(address(draft, "objectives"))
    page.get_by_label("Weight in % objective 1").fill("much")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_selector("#problem")
    if nodes := barriers(page):
        found["mistakes"] = nodes
    page.set_viewport_size(WIDE)
    page.goto(address(draft, "core"))
    page.get_by_label("Yes: it is what sets us apart").check()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_selector("#left")
    if nodes := barriers(page):
        found["missing"] = nodes
    assert not found, pformat(found, width=200)
