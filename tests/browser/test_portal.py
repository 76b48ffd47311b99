"""A bidder in a browser: by link from the first word to the receipt; and no page of the portal bars anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pprint import pformat
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from cmo_lifecycle.workflow import attachments, edits
from evaluation import tasks
from evaluation.actions import clarifying, portal
from evaluation.bidding import Bidder, standing
from evaluation.models import Addendum
from tests.browser.test_barriers import EACH, FIRST, WIDE, barriers
from tests.evaluation import conftest as stage
from tests.evaluation.conftest import PDF, signed
from tests.evaluation.portal.post import at_once, new_token, walk_in

bidders, people, strategy = stage.bidders, stage.people, stage.strategy
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTIONS = [
    *stage.QUESTIONS,
    {"code": "B1", "group": "technical", "question": "Where is it filled?", "kind": "choice",
     "choices": "in = Inside an isolator | out = In a RABS", "mandatory": True},
    {"code": "B2", "group": "technical", "question": "Lots of the last year", "kind": "table",
     "table_columns": "Product | # Lots", "help": "One row for each product on the line."},
    {"code": "B3", "group": "partnership", "question": "When can the transfer begin?", "kind": "date"},
]  # fmt: skip


@pytest.fixture
def invited(
    live_server: Any,
    strategy: Any,
    vx12: Any,
    bidders: Any,
    people: Any,
    monkeypatch: Any,
) -> Any:
    """Harrow's invitation to an RFP with a question of every kind, an addendum, an answer and a document."""
    monkeypatch.setattr(stage, "QUESTIONS", QUESTIONS)
    scope = "Aseptic filling of a monoclonal antibody into 2R vials,\nfrom process transfer to commercial supply."
    plain = stage.write_rfp
    monkeypatch.setattr(
        stage, "write_rfp",
        lambda *args, **fields: attach(plain(*args, scope=scope, assumptions="Vials are supplied by us.", **fields), people.alice),
    )  # fmt: skip
    rfp = stage.issued.__wrapped__(strategy, vx12, bidders, people)  # type: ignore[attr-defined]
    values = {"rfp": rfp, "title": "Vial size", "body": "2R vials throughout."}
    clarifying.publish(edits.create(Addendum, values, actor=people.alice), **signed(people.alice))
    proposal = rfp.proposals.get(cmo=bidders.harrow.cmo)
    asked = portal.ask(proposal, Bidder.by_link(bidders.harrow.contact), "Which stopper?")
    clarifying.answer(asked, actor=people.alice, wording="Which stopper is used?", answer="Bromobutyl, 13 mm.")
    return proposal


def attach(rfp: Any, actor: Any) -> Any:
    attachments.attach(rfp, ContentFile(PDF, name="User requirements.pdf"), actor=actor)
    return rfp


@pytest.fixture
def by_link(invited: Any, people: Any, opened: Callable[..., Page]) -> Callable[..., Page]:
    def follow(**options: Any) -> Page:
        page = opened(**options)
        walk_in(page, new_token(invited, people.alice))
        return page

    return follow


def test_a_bidder_writes_reloads_hands_in_and_reads_the_receipt(invited: Any, by_link: Callable[..., Page]) -> None:
    page = by_link()
    expect(page.locator("h1")).to_have_text("Filling of VX-12")
    page.get_by_role("link", name="Write the proposal").click()
    saved = page.locator("[data-saved]")
    page.get_by_label("Describe the line.").fill("Two isolator lines")
    expect(saved).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.get_by_label("Batches a year").fill("forty")
    page.get_by_label("Inside an isolator").check()
    expect(page.get_by_text("Write a number such as 12")).to_be_visible()
    page.get_by_label("Batches a year").fill("40")
    page.get_by_label("Row 1, column 1").fill("VX-9")
    page.get_by_label("Row 1, column 2").fill("12")
    expect(saved).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.reload()
    expect(page.get_by_label("Describe the line.")).to_have_value("Two isolator lines")
    expect(page.get_by_label("Inside an isolator")).to_be_checked()
    expect(page.get_by_label("Row 1, column 2")).to_have_value("12")
    page.get_by_label("File for: Last inspection report").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Upload the file for A3").click()
    expect(page.get_by_role("link", name="report.pdf")).to_be_visible()
    page.get_by_role("button", name="Save and go on to prices").click()
    page.get_by_role("group", name="Batch price").get_by_label("Amount").fill("210000")
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("link", name="Technology transfer").click()
    expect(page.get_by_role("group", name="Technology transfer").get_by_label("Amount")).to_be_focused()
    page.keyboard.type("900000")
    expect(saved).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.get_by_role("button", name="Save and check").click()
    page.get_by_label("I may hand this proposal in").check()
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_text("Arrived in time")).to_be_visible()
    invited.refresh_from_db()
    assert page.locator("[data-hash]").inner_text() == invited.receipt
    assert standing(invited).final["commercial"].prices["L2"]["amount"] == "900000"


def test_no_page_of_the_portal_bars_anybody(
    invited: Any, by_link: Callable[..., Page], opened: Callable[..., Page], otto: Any, people: Any
) -> None:
    found = {}
    bidder = Bidder.by_link(invited.contact)
    tabs = ("", "questions/", "envelopes/technical/", "envelopes/commercial/", "submit/", "decline/")

    def look(page: Page, address: str, looks: Any = EACH) -> None:
        page.goto(address)
        assert page.locator("main").count() == 1 and page.locator("h1").count() == 1, address
        if nodes := barriers(page, looks):
            found[address] = nodes

    page = by_link(viewport=WIDE)
    for rest in tabs:
        look(page, f"/portal/{invited.pk}/{rest}", EACH if rest else FIRST)
    page.goto(f"/portal/{invited.pk}/envelopes/technical/")
    page.get_by_label("Batches a year").fill("forty")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    if nodes := barriers(page, FIRST):
        found["a form with errors"] = nodes
    prices = {code: {"amount": "1", "currency": "EUR"} for code in ("L1", "L2")}
    portal.save(invited, bidder, answers={"A1": "x", "B1": "in"}, prices=prices)
    portal.submit(invited, bidder)
    page = opened(otto, viewport=WIDE)
    look(page, "/portal/", FIRST)
    for rest in ("", "submit/", "receipt/", "own/", "withdraw/"):
        look(page, f"/portal/{invited.pk}/{rest}")
    look(opened(viewport=WIDE), "/portal/ended/")
    page = opened(viewport=WIDE)
    look(page, f"/portal/link/{new_token(invited, people.alice)}/")
    with at_once(tasks.send_code), page.expect_navigation():
        page.get_by_role("button", name="Send the code").click()
    look(page, "/portal/code/", FIRST)
    page.get_by_label("Code from the mail").fill("1234")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_be_focused()
    if nodes := barriers(page, EACH):
        found["a code that is none"] = nodes
    assert not found, pformat(found, width=200)
