"""The reading pages of strategies bar nobody, and what a strategy asks for is decided by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pprint import pformat
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Keys
from tests.browser.test_barriers import WIDE, barriers
from tests.conftest import PASSWORD
from tests.strategy.conftest import write_whole

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two_versions(live_server: Any, alice: Any, erin: Any, quinn: Any, vx12: Any, relationship: Any) -> Any:
    """An approved strategy and its next version, which differs and has something undecided."""
    from cmo_lifecycle.workflow import edits
    from strategy.actions import consequences, strategies
    from strategy.models import Strategy

    first = write_whole(vx12, alice)
    consequences.decline(first.consequences.filter(kind="kpi").first(), actor=alice, reason="Counted elsewhere.")
    consequences.accept_all(first, actor=alice)
    first = strategies.submit(Strategy.objects.get(pk=first.pk), actor=alice)
    for person in (erin, quinn):
        first = strategies.approve(first, actor=person, password=PASSWORD, email=person.email)
    second = strategies.revise(first, actor=alice, why="The launch moves by a year.")
    changed = {"duration": "short_term", "duration_until": date(2029, 12, 31)}
    return first, edits.update(second, changed, actor=alice, version=second.version)


def test_no_page_of_strategy_bars_anybody(two_versions: Any, alice: Any, opened: Callable[..., Page]) -> None:
    first, second = two_versions
    one = second.consequences.filter(state="proposed").first()
    mine, other = second.get_absolute_url(), first.get_absolute_url()
    pages = [
        "/strategy/strategies/", "/strategy/strategies/?review=due&sort=review_due", "/strategy/strategies/add/",
        mine, f"{mine}?tab=figures", f"{mine}?tab=market", f"{mine}?tab=history", f"{mine}asks/",
        f"{mine}asks/?show=undecided", f"{mine}compare/", f"{other}revise/", other, f"{other}asks/",
        "/strategy/consequences/", one.get_absolute_url(), f"{one.get_absolute_url()}change/",
        f"{one.get_absolute_url()}decline/", "/strategy/partnership-attributes/", "/strategy/rules/",
        "/strategy/rules/?q=zzz", first.programme.get_absolute_url(), "/",
    ]  # fmt: skip
    page, found = opened(alice, viewport=WIDE), {}
    for address in pages:
        page.goto(address)
        for fold in page.locator("main details.how-fold").all()[:6]:
            fold.evaluate("(one) => { one.open = true }")
        if barred := barriers(page):
            found[address] = barred
    assert found == {}, pformat(found)


def test_a_proposal_is_accepted_and_another_changed_by_keyboard(
    two_versions: Any, alice: Any, opened: Callable[..., Page]
) -> None:
    _, second = two_versions
    page = opened(alice, viewport=WIDE)
    keys = Keys(page)
    page.goto(f"{second.get_absolute_url()}asks/?show=undecided")
    one, other = second.consequences.filter(state="proposed", kind="mechanism").order_by("title")[:2]
    keys.to(f"Accept {one.title}", tag="button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(f"Accepted: {one.title}.")
    keys.to(f"Change… {other.title}", tag="a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    keys.to("The clause must say", tag="textarea")
    page.keyboard.press("Control+A")
    page.keyboard.type("Either side may end it with six months of notice.")
    keys.to("Reason", tag="textarea")
    page.keyboard.type("Six months are what we need.")
    keys.to("Change", tag="button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    other.refresh_from_db()
    assert other.state == "changed" and other.content["must_contain"].startswith("Either side")
    assert page.url.endswith(f"#c-{other.pk}")
