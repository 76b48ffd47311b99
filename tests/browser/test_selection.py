"""From an issued RFP to the selected relationship: bidders at their portal, the panel and the committee at their pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from cmo_lifecycle.partners.models import Contact, Relationship
from cmo_lifecycle.workflow import edits
from evaluation.actions import proposals, rfps
from evaluation.models import Award, Proposal, Rfp, ScoreSheet
from evaluation.workbook.layout import ANSWER, FIRST_ROW, PRICE_FIELDS, PRICES, SHEETS
from tests.evaluation.conftest import (  # noqa: F401 - fixtures among them
    PASSWORD,
    PDF,
    committee,
    finish_diligence,
    hand_in_scores,
    issued,
    make_cmo,
    past_deadline,
    people,
    recommend,
    seat,
    settle_appraisals,
    short_listed,
    strategy,
)
from tests.evaluation.portal.post import new_token, walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {
    "nordvik": "Nordvik Fill-Finish AS",
    "castellan": "Castellan Pharma GmbH",
    "thornmere": "Thornmere Sterile Ltd",
}
PRICED = {"harrow": "210000", "nordvik": "180000", "castellan": "150000", "thornmere": "195000"}
MARKS = {
    "harrow": {"T1": "4", "Q1": "5", "P1": "4"},
    "nordvik": {"T1": "4", "Q1": "3", "P1": "3"},
    "castellan": {"T1": "2", "Q1": "2", "P1": "3"},
    "thornmere": {"T1": "3", "Q1": "3", "P1": "4"},
}


def ready(names: Iterable[str], programme: Any, harrow: Any, otto: Any, people: Any) -> Any:  # noqa: F811
    """Put CMOs on the short list, each with a contact; Otto is Harrow's and has an account, the others have none."""
    found = {}
    for name in names:
        cmo = harrow if name == "harrow" else make_cmo(NAMES[name], people.alice)
        candidate = short_listed(programme, cmo, people.alice, people.lena)
        values = {"cmo": cmo, "name": f"Contact of {cmo}", "email": f"{name}@cmo.example"}
        contact = Contact.objects.filter(cmo=cmo, user=otto).first()
        if contact is None:
            values |= {"user": otto} if name == "harrow" else {}
            contact = edits.create(Contact, values, actor=people.alice)
        found[name] = SimpleNamespace(cmo=cmo, candidate=candidate, contact=contact)
    return SimpleNamespace(**found)


@pytest.fixture
def bidders(vx12: Any, harrow: Any, otto: Any, people: Any) -> Any:  # noqa: F811
    """Four CMOs on the short list."""
    return ready(PRICED, vx12, harrow, otto, people)


def heading(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_contain_text(text)


def hand_in(page: Page) -> None:
    """Confirm that one may, hand in, and read the receipt."""
    page.locator("#agreed").check()
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.wait_for_url("**/receipt/**")


def write_proposal(page: Page, proposal: Proposal, price: str) -> None:
    """Fill in both envelopes field by field, and hand them in."""
    page.goto(f"/portal/{proposal.pk}/envelopes/technical/")
    page.get_by_label("File for: Last inspection report").set_input_files(
        {"name": "inspection.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Upload the file for A3").click()
    expect(page.get_by_role("link", name="inspection.pdf").first).to_be_visible()
    page.locator("[name=a-A1]").fill("Two isolator lines")
    page.locator("[name=a-A2]").fill("40")
    page.get_by_role("button", name="Save and go on to prices").click()
    page.wait_for_url("**/envelopes/commercial/**")
    page.locator("[name=a-A4]").fill("Sixty days")
    for code, amount in (("L1", price), ("L2", "900000")):
        page.locator(f"[name=p-{code}-amount]").fill(amount)
        page.locator(f"[name=p-{code}-currency]").select_option("EUR")
    page.get_by_role("button", name="Save and check").click()
    page.wait_for_url("**/submit/**")
    hand_in(page)


def by_workbook(page: Page, proposal: Proposal, price: str) -> None:
    """Download the workbook, fill it in at a desk, bring it back, and hand it in."""
    book = load_workbook(io.BytesIO(page.request.get(f"/portal/{proposal.pk}/workbook/").body()))
    given = {"A1": "One line, built last year", "A2": 36, "A4": "Thirty days"}
    for title in SHEETS.values():
        sheet = book[title]
        for row in range(FIRST_ROW, sheet.max_row + 1):
            if (code := sheet.cell(row, 1).value) in given:
                sheet.cell(row, ANSWER).value = given[code]
    sheet = book[PRICES]
    amounts = {"L1": int(price), "L2": 900000}
    for row in range(FIRST_ROW, sheet.max_row + 1):
        if (code := sheet.cell(row, 1).value) in amounts:
            sheet.cell(row, PRICE_FIELDS["amount"]).value = amounts[code]
            sheet.cell(row, PRICE_FIELDS["currency"]).value = "EUR"
    filled = io.BytesIO()
    book.save(filled)
    page.goto(f"/portal/{proposal.pk}/envelopes/technical/")
    page.locator("#workbook").set_input_files({"name": "filled.xlsx", "mimeType": XLSX, "buffer": filled.getvalue()})
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("The workbook was taken: 3 answers and 2 prices")).to_be_visible()
    hand_in(page)


def bid(rfp: Rfp, bidders: Any, people: Any, otto: Any, opened: Callable[..., Page]) -> None:  # noqa: F811
    for name, price in PRICED.items():
        proposal = rfp.proposals.get(cmo=getattr(bidders, name).cmo)
        if name == "harrow":
            page = opened(otto)
            page.goto("/portal/")
            page.get_by_role("link", name=rfp.title).first.click()
        else:
            page = opened()
            walk_in(page, new_token(proposal, people.alice))
        heading(page, rfp.title)
        assert page.url.endswith(f"/portal/{proposal.pk}/")
        (by_workbook if name == "thornmere" else write_proposal)(page, proposal, price)
        proposal.refresh_from_db()
        assert proposal.state == Proposal.State.SUBMITTED
        expect(page.locator("main")).to_contain_text(proposal.receipt)
        others = [one.cmo.legal_name for other, one in vars(bidders).items() if other != name]
        assert not [one for one in others if one in page.locator("body").inner_text()]


def step(page: Page, name: str, pk: Any, verb: str) -> None:
    """Open the page of a step, which may ask for a signature, and take the step."""
    page.goto(reverse(f"evaluation:{name}_step", args=[pk, verb]))
    button = page.locator("main form button.primary")
    button.wait_for()
    for field, text in (("signature_email", page.email), ("signature_password", PASSWORD)):  # type: ignore[attr-defined]
        asked = page.locator(f"[name={field}]")
        if asked.count():
            asked.fill(text)
    with page.expect_navigation():
        button.click()
    expect(page.locator("#problem")).to_have_count(0)


def open_envelopes(rfp: Rfp, people: Any, opened: Callable[..., Page]) -> Rfp:  # noqa: F811
    """Close by the clock; open by two, each in a browser of their own; check what complies."""
    rfp = rfps.close(past_deadline(rfp), actor=people.alice)
    alice = at_work(opened, people.alice)
    step(alice, "rfp", rfp.pk, "open_technical")
    rfp.refresh_from_db()
    assert rfp.state == Rfp.State.CLOSED
    step(at_work(opened, people.quinn), "rfp", rfp.pk, "open_technical")
    rfp.refresh_from_db()
    assert rfp.state == Rfp.State.EVALUATION
    first, *others = rfp.proposals.all()
    alice.goto(reverse("evaluation:proposal_step", args=[first.pk, "find_compliant"]))
    alice.get_by_label("What was checked").fill("Complete and signed")
    with alice.expect_navigation():
        alice.locator("main form button.primary").click()
    expect(alice.locator("main")).to_contain_text("Compliant")
    for one in others:
        proposals.find_compliant(one, actor=people.alice, found="Complete and signed")
    rfp.refresh_from_db()
    return rfp


def at_work(opened: Callable[..., Page], person: Any) -> Page:
    page = opened(person)
    page.email = person.email  # type: ignore[attr-defined]
    return page


def score(rfp: Rfp, bidders: Any, people: Any, opened: Callable[..., Page]) -> None:  # noqa: F811
    """Tom scores Harrow on the page; the other sheets are handed in as the page would."""
    sheet = ScoreSheet.objects.get(rfp=rfp, evaluator__person=people.tom, proposal__cmo=bidders.harrow.cmo)
    page = opened(people.tom)
    page.goto(reverse("evaluation:score_sheet_write", args=[sheet.pk]))
    expect(page.locator("#line-T1")).to_contain_text("Two isolator lines")
    for code, mark in MARKS["harrow"].items():
        page.locator(f"#score-{code}").fill(mark)
        page.locator(f"#rationale-{code}").fill(f"Tom read it twice: {code}")
    page.get_by_role("button", name="Check and hand in").click()
    page.wait_for_url("**/submit/**")
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    sheet.refresh_from_db()
    assert sheet.state == ScoreSheet.State.SUBMITTED
    hand_in_scores(rfp, bidders, MARKS)


def down_from(page: Page, award: Award, winner: Any) -> None:
    """Open what was signed down to what it was made of: total, score, reason; cost, component, line, price as quoted."""
    page.goto(award.get_absolute_url())
    ranked = page.locator("#ranking tr", has_text=str(winner))
    click(page, ranked.locator("td.total a"))
    scored = page.locator("main tr", has_text="T1")
    click(page, scored.get_by_role("link"))
    expect(page.locator("main")).to_contain_text("Tom read it twice: T1")
    expect(page.locator("main")).to_contain_text("Two isolator lines")

    page.goto(award.get_absolute_url())
    click(page, page.get_by_role("link", name="Costs", exact=True))
    click(page, page.locator("main tr", has_text=str(winner)).first.get_by_role("link"))
    lines = page.get_by_role("region", name="Batch and unit prices, lines, table")
    expect(lines).to_be_hidden()
    page.locator(".contents a", has_text="Batch and unit prices").click()
    expect(lines).to_be_visible()
    expect(lines).to_contain_text("210,000")
    click(page, lines.get_by_role("link", name="L1 · Batch price").first)
    expect(page.locator("main tr", has_text="Batch price")).to_contain_text("€210,000.00")


def click(page: Page, link: Locator) -> None:
    with page.expect_navigation():
        link.first.click()


def test_four_bid_five_score_and_three_sign(
    issued: Any,  # noqa: F811
    bidders: Any,
    people: Any,  # noqa: F811
    otto: Any,
    sven: Any,
    committee: Any,  # noqa: F811
    opened: Callable[..., Page],
) -> None:
    bid(issued, bidders, people, otto, opened)
    sections = ["technical", "risk", "partnership", "business_fit"]
    for person in (sven, people.lena):
        seat(issued, person, sections, people.alice)
    rfp = open_envelopes(issued, people, opened)
    score(rfp, bidders, people, opened)
    assert ScoreSheet.objects.filter(rfp=rfp, state="submitted").count() == 5 * 4

    alice = at_work(opened, people.alice)
    step(alice, "rfp", rfp.pk, "lock_technical")
    step(alice, "rfp", rfp.pk, "open_commercial")
    step(at_work(opened, people.farid), "rfp", rfp.pk, "open_commercial")
    rfp.refresh_from_db()
    assert rfp.state == Rfp.State.COMMERCIAL
    settle_appraisals(rfp, people.tom)
    finish_diligence(rfp, people.tom)
    rfp.refresh_from_db()
    award = recommend(rfp, bidders.harrow.cmo, people.alice)
    for person in (committee.quality, committee.finance, committee.erin):
        page = at_work(opened, person)
        step(page, "award", award.pk, "sign")
    award.refresh_from_db()
    assert award.state == Award.State.SIGNED

    down_from(page, award, bidders.harrow.cmo)

    relationship = Relationship.objects.get(programme=rfp.programme, cmo=bidders.harrow.cmo)
    assert relationship.state == Relationship.State.SELECTED
    page.goto(relationship.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Selected")
    page.get_by_role("link", name=str(award)).first.click()
    heading(page, str(award))

    # Whoever was not chosen reads so at the portal, and nothing of the others.
    page = opened(otto)
    page.goto("/portal/")
    expect(page.locator("main")).to_contain_text("Awarded to you")
