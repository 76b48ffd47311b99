"""From an approved strategy to an RFP that is issued to four CMOs, by what each page offers to click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from cmo_lifecycle.partners.models import Capability, Site
from cmo_lifecycle.workflow import edits
from evaluation.models import Proposal, Rfp
from tests.browser.test_selection import NAMES, heading, ready
from tests.evaluation.conftest import PASSWORD, PDF, make_cmo, people, strategy  # noqa: F401 - fixtures among them

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEWCOMER = "Oriel Aseptics Ltd"


@pytest.fixture
def known(vx12: Any, harrow: Any, otto: Any, people: Any) -> Any:  # noqa: F811
    """Three CMOs that stand on the short list; Otto is Harrow's contact and has an account."""
    return ready(("harrow", "nordvik", "castellan"), vx12, harrow, otto, people)


@pytest.fixture
def newcomer(people: Any) -> Any:  # noqa: F811
    """A CMO of the base that nobody has looked at for this programme, and whom nobody there is known."""
    cmo = make_cmo(NEWCOMER, people.alice)
    site = edits.create(Site, {"cmo": cmo, "name": "Oriel Graz", "country": "AT"}, actor=people.alice)
    edits.create(
        Capability, {"site": site, "service": "sterile_fill_finish", "modality": "biologic", "scale": "commercial"},
        actor=people.alice,
    )  # fmt: skip
    return cmo


def follow(page: Page, name: str, within: Locator | None = None, *, exact: bool = False) -> None:
    """Click a link by what it says."""
    with page.expect_navigation():
        (within or page.locator("main")).get_by_role("link", name=name, exact=exact).first.click()


def send(page: Page, name: str) -> None:
    """Press a button that sends a form, and see that nothing was refused."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()
    expect(page.locator("#problem")).to_have_count(0)


def screen(page: Page, title: str) -> None:
    """Go to a screen of the writer by the list beside it."""
    follow(page, title, page.get_by_role("navigation", name="Screens of the writer"))


def take(page: Page, label: str) -> None:
    """Choose the next step of a record, by its button or from the menu of steps."""
    link = page.locator(".head .acts").get_by_role("link", name=f"{label}…")
    if not link.first.is_visible():
        page.locator(".head .acts details.menu > summary").click()
    with page.expect_navigation():
        link.first.click()


def in_minutes(days: int) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT12:00}"


def scout(page: Page) -> None:
    """Find a CMO in the market, have a CDA with it signed, and put it on the short list."""
    follow(page, "Search the market")
    page.get_by_label("Service").select_option("sterile_fill_finish")
    send(page, "Search")
    page.get_by_role("checkbox", name=NEWCOMER).check()
    send(page, "Add as candidates")
    follow(page, NEWCOMER)
    heading(page, NEWCOMER)
    candidate = page.url
    take(page, "Long list")
    send(page, "Long list")

    follow(page, "Start a CDA")
    page.get_by_label("Number").fill("CDA-2026-4")
    send(page, "Add the CDA")
    take(page, "Send")
    send(page, "Send")
    page.locator(".head .acts details.menu > summary").click()
    expect(page.locator("details.menu")).to_contain_text("Attach the signed agreement first.")
    follow(page, "Attach a file")
    page.get_by_label("File").set_input_files({"name": "cda.pdf", "mimeType": "application/pdf", "buffer": PDF})
    send(page, "Attach the file")
    take(page, "Put in force")
    page.get_by_label("Signed by both on").fill(f"{timezone.localdate() - timedelta(days=2)}")
    send(page, "Put in force")
    expect(page.locator(".head")).to_contain_text("In force")

    page.goto(candidate)
    follow(page, "Write", page.locator("#must-haves"))
    rows = page.locator("tr[data-row]:visible")
    for place in range(rows.count()):
        row = rows.nth(place)
        if row.locator("[name$=-requirement]").input_value():
            row.locator("[name$=-verdict]").select_option("met")
            row.locator("[name$=-evidence]").fill("Seen on our visit to Graz")
    send(page, "Save")
    take(page, "Short list")
    page.get_by_label("Reason").fill("Isolator line, free from next spring")
    send(page, "Short list")


def write(page: Page) -> None:
    """Start from a template, say until when, shift the weights, plan a day, and go to the check."""
    heading(page, "Start from a template")
    expect(page.locator("main")).to_contain_text("fits this service")
    send(page, "Fill from this template")
    expect(page.locator("main")).to_contain_text("has filled the tables that were empty")

    screen(page, "Basics and clock")
    page.get_by_label("Questions until").fill(in_minutes(14))
    page.get_by_label("Closes at").or_(page.get_by_label("Proposals until")).first.fill(in_minutes(28))
    send(page, "Save and continue")

    screen(page, "Criteria and weights")
    weights = page.locator("[name^=criteria-][name$=-weight]:visible")
    first, second = weights.nth(0), weights.nth(1)
    one, other = float(first.input_value()), float(second.input_value())
    first.fill(f"{one + 2:g}")
    expect(page.locator("[data-total=criteria]")).to_contain_text("2 too much")
    second.fill(f"{other - 2:g}")
    expect(page.locator("[data-total=criteria]")).not_to_contain_text("too much")
    send(page, "Save and continue")

    screen(page, "Timetable")
    page.get_by_role("button", name="Add a day").click()
    last = page.locator("tr[data-row]:visible").last
    last.locator("[name$=-label]").fill("Visit to the line")
    last.locator("[name$=-on]").fill(f"{timezone.localdate() + timedelta(days=40)}")
    send(page, "Save and continue")
    screen(page, "Check and approve")


def seat(page: Page, person: Any) -> None:
    """Ask a colleague onto the panel."""
    follow(page, "Ask a colleague")
    page.get_by_label("Person").select_option(label=str(person))
    for section in ("Technical", "Risk"):
        page.get_by_label(section, exact=False).first.check()
    send(page, "Ask")


def invite(page: Page, name: str) -> None:
    heading(page, "Invite a CMO")
    if name == NEWCOMER:
        # Nobody there is on record: the page says so, and leads to where somebody is added.
        here = page.url
        follow(page, "add a contact")
        page.get_by_label("Name").fill("Ilse Moser")
        page.get_by_label("E-mail").fill("ilse.moser@oriel.example")
        send(page, "Add the contact")
        page.goto(here)
    expect(page.get_by_label("Who is written to")).not_to_have_value("")
    send(page, "Invite")
    expect(page.locator("main")).to_contain_text(f"Invited {name}. It learns of it when the RFP is issued.")


def sign_in(page: Page, person: Any) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def approve(page: Page, person: Any, rfp: Rfp) -> None:
    """Sign in, find it on the desk, read what is signed, and sign."""
    sign_in(page, person)
    heading(page, "My desk")
    follow(page, f"Approve… {rfp}")
    expect(page.locator("main")).to_contain_text("What you approve")
    page.get_by_label("Your e-mail address").fill(person.email)
    page.get_by_label("Your password").fill(PASSWORD)
    send(page, "Approve")


def test_a_strategy_becomes_an_rfp_that_four_receive(
    strategy: Any,  # noqa: F811
    known: Any,
    newcomer: Any,
    people: Any,  # noqa: F811
    otto: Any,
    opened: Callable[..., Page],
) -> None:
    alice = opened(people.alice)
    alice.goto(strategy.get_absolute_url())
    follow(alice, "Start an RFP", alice.locator("#rfps"))
    heading(alice, "Start an RFP")
    alice.get_by_label("Title").fill("Filling of VX-12")
    alice.get_by_label("Service").select_option("sterile_fill_finish")
    send(alice, "Start the RFP")
    write(alice)
    rfp = Rfp.objects.get()
    expect(alice.get_by_role("navigation", name="Screens of the writer")).to_contain_text(
        "Empty, needed before it is issued"
    )
    expect(alice.locator("#to-mend")).to_have_text("Nothing is missing")

    screen(alice, "Panel")
    for person in (people.tom, people.priya):
        seat(alice, person)
    follow(alice, rfp.title, alice.get_by_role("navigation", name="Breadcrumb"))
    follow(alice, "Manage", alice.locator("#bidders"))
    for name in (NAMES["nordvik"], NAMES["castellan"], str(known.harrow.cmo)):
        follow(alice, f"Invite {name}")
        invite(alice, name)
    follow(alice, "The long list of the programme")
    scout(alice)
    follow(alice, f"Invite to {rfp.reference}")
    invite(alice, NEWCOMER)
    follow(alice, rfp.title, alice.get_by_role("navigation", name="Breadcrumb"))
    expect(alice.locator("main")).to_contain_text("Waiting for Technical and Quality to approve.")

    for person in (people.tom, people.quinn):
        approve(opened(), person, rfp)
    rfp.refresh_from_db()
    assert rfp.state == Rfp.State.APPROVED

    # What was approved is locked: the way to write is gone, and whoever kept its address is told why.
    alice.reload()
    expect(alice.locator(".head .acts").get_by_role("link", name="Write")).to_have_count(0)
    alice.goto(f"/evaluation/rfps/{rfp.pk}/write/criteria/")
    expect(alice.locator("main")).to_contain_text("its criteria and weights are locked")
    alice.goto(rfp.get_absolute_url())
    take(alice, "Issue")
    for name in (*(NAMES[one] for one in ("nordvik", "castellan")), NEWCOMER):
        expect(alice.locator("main")).to_contain_text(name)
    send(alice, "Issue")
    rfp.refresh_from_db()
    assert rfp.state == Rfp.State.ISSUED
    assert sorted(str(one.cmo) for one in rfp.proposals.filter(state=Proposal.State.INVITED)) == sorted(
        [NAMES["nordvik"], NAMES["castellan"], str(known.harrow.cmo), NEWCOMER]
    )

    # What binds stands apart from what is planned, and Otto finds it at his portal.
    follow(alice, "What is asked", alice.locator("ul.tabs"))
    binding = alice.locator("#timetable h3", has_text="Binding").locator("+ ul")
    expect(binding).to_contain_text("Proposals until")
    expect(binding).not_to_contain_text("Visit to the line")
    expect(alice.locator("#timetable")).not_to_contain_text("Proposals due")
    page = opened(otto)
    page.goto("/portal/")
    expect(page.locator("main")).to_contain_text(rfp.title)
