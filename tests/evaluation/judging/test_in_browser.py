"""What only a browser shows: scoring by keyboard, saving by itself, and weights that come to the server's digits."""

from __future__ import annotations

import os
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from evaluation.board import board
from evaluation.models import Score, ScoreSheet
from evaluation.scoring.export import written, written_places
from evaluation.scoring.matrix import reweigh
from tests.browser.conftest import browser, watch  # noqa: F401 - fixtures
from tests.browser.conftest import opened as window  # noqa: F401 - the name is taken by an RFP here
from tests.browser.test_barriers import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shoot(page: Any, name: str) -> None:
    """Keep a picture where a folder for them is named, to be looked at by hand."""
    folder = os.environ.get("CMO_PICTURES")
    if not folder:
        return
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def test_one_scores_by_keyboard_and_it_is_saved(opened: Any, bidders: Any, people: Any, window: Any) -> None:  # noqa: F811
    sheet = ScoreSheet.objects.get(rfp=opened, evaluator__person=people.tom, proposal__cmo=bidders.harrow.cmo)
    page = window(people.tom, viewport={"width": 1280, "height": 900})
    page.goto(reverse("evaluation:score_sheet_write", args=[sheet.pk]))
    assert barriers(page) == {}
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.locator("#score-T1").focus()
    page.keyboard.press("ArrowUp")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#score-T1")).to_have_value("3.25")
    page.keyboard.press("Tab")
    page.keyboard.type("Two isolator lines were shown")
    expect(page.locator("[data-saved-at]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    expect(page.locator("[data-progress]")).to_have_text("1 of 3")
    page.reload()
    expect(page.locator("#score-T1")).to_have_value("3.25")
    expect(page.locator(".draft-offer")).to_have_count(0)
    assert Score.objects.get(sheet=sheet, criterion="T1").score == Decimal("3.25")
    page.locator("#score-Q1").fill("7")
    page.keyboard.press("Tab")
    expect(page.locator("#score-Q1_error")).to_contain_text("Give a score from 0 to 5")
    expect(page.locator("[data-saved-at]")).to_contain_text("Not saved")
    shoot(page, "score")
    # Signed out meanwhile: what is typed is kept on the device, and offered back.
    page.locator("#score-Q1").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-saved-at]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    page.context.clear_cookies()
    page.locator("#rationale-Q1").fill("One observation in three years")
    expect(page.locator("[data-saved-at]")).to_contain_text("signed out")
    assert page.evaluate("Object.values(localStorage).some((kept) => kept.includes('One observation'))")


def test_weights_in_the_browser_come_to_the_servers_digits(priced: Any, bidders: Any, people: Any, window: Any) -> None:  # noqa: F811
    found = board(priced)
    assert found.matrix is not None
    page = window(people.alice, viewport={"width": 1280, "height": 900})
    address = reverse("evaluation:matrix", args=[priced.pk])
    page.goto(address)
    assert barriers(page) == {}
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    shoot(page, "matrix")
    draw = random.Random(11)
    codes = [one.code for one in found.criteria]
    places = written_places(found.terms)

    def shown() -> list[list[str]]:
        return page.evaluate(  # type: ignore[no-any-return]
            """() => [...document.querySelectorAll("[data-ranking] li")].map((one) => [one.dataset.bidder,
            one.querySelector("[data-rank]").textContent, one.querySelector("[data-total]").textContent])"""
        )

    for _ in range(20):
        weights = {code: Decimal(draw.randint(0, 100_000)) / 1000 for code in codes}
        for code, weight in weights.items():
            page.locator(f"#w-{code}").fill(str(weight))
        assert shown() == [
            [one.bidder, str(one.rank), written(one.total, places)] for one in reweigh(found.matrix, weights)
        ]
    assert "w=T1:" in page.url
    expect(page.locator("[data-off]")).to_contain_text("than 100 %")
    before = shown()
    # The address is shared: the server draws the same.
    page.reload()
    assert shown() == before
    shoot(page, "matrix-other")
    page.locator("[data-reset]").click()
    assert shown() == [[one.bidder, str(one.rank), written(one.total, places)] for one in found.matrix.standing]
    assert "w=" not in page.url
    page.locator("[data-slide=w-K1]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#w-K1")).to_have_value("30.5")
    expect(page.locator("[data-off]")).to_have_text("The weights add up to 100.5 %, 0.5 % more than 100 %.")
    # A score opens in place, and the focus comes back.
    page.locator("[data-reset]").click()
    link = page.locator("a[data-cell]").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.cell-dialog")).to_contain_text("How is this calculated?")
    if os.environ.get("CMO_PICTURES"):
        page.screenshot(path=f"{os.environ['CMO_PICTURES']}/cell-dialog.png")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.cell-dialog")).not_to_be_visible()
    expect(link).to_be_focused()
    for name in ("moderation", "sensitivity"):
        page.goto(reverse(f"evaluation:{name}", args=[priced.pk]))
        assert barriers(page) == {}, name
        page.set_viewport_size({"width": 1280, "height": 900})
        shoot(page, name)
    harrow = priced.proposals.get(cmo=bidders.harrow.cmo)
    sheet = ScoreSheet.objects.filter(proposal=harrow).first()
    for name, where in {
        "answers": f"{address}?view=answers",
        "prices": f"{address}?view=prices",
        "total": reverse("evaluation:matrix_total", args=[priced.pk, harrow.pk]),
        "cell": reverse("evaluation:matrix_cell", args=[priced.pk, "T1", harrow.pk]),
        "consensus": reverse("evaluation:consensus", args=[priced.pk, harrow.pk, "T1"]),
        "proposal": reverse("evaluation:proposal", args=[harrow.pk]),
        "sheet": reverse("evaluation:score_sheet", args=[sheet.pk]),
    }.items():
        page.goto(where)
        assert barriers(page) == {}, name
        page.set_viewport_size({"width": 1280, "height": 900})
        shoot(page, name)
