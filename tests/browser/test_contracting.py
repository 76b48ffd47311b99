"""From the selected CMO to regular operations, by what each page offers to click: agreements, framework, gates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cmo_lifecycle.partners.models import Contact, Qualification, Relationship
from cmo_lifecycle.workflow import edits
from contracts.actions import agreements
from contracts.clauses.coverage import PRESENT
from contracts.covering import lacking
from contracts.documents import bring_in
from contracts.drafting import draft
from contracts.judging import judge
from contracts.models import Agreement
from operations.models import Framework
from tests.browser.test_requesting import follow, heading, send, take
from tests.contracts.conftest import delegation, signatories, step, written  # noqa: F401 - a fixture among them
from tests.evaluation.conftest import PASSWORD, people, strategy  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What the clicks judge, and what is done without, of all that the strategy asks for in a supply agreement.
JUDGED, WAIVED = "audit_rights", "change_of_control"
#: What the strategy's own meetings leave open, and its sections.
CELLS = {"chair": "Alice", "quorum": "One of each side", "agenda": "What is open", "minutes": "Within three days"}
TEXTS = {
    "Scope": "Filling of VX-12 in Cork, from the frozen bulk to the inspected vial.",
    "Goals": "No gap in supply; every deviation closed within 30 days.",
}


@pytest.fixture
def otto_signs(otto: Any, harrow: Any, people: Any) -> Contact:  # noqa: F811
    values = {"cmo": harrow, "name": otto.name, "position": "Head of quality", "user": otto}
    return edits.create(Contact, values, actor=people.alice)


@pytest.fixture
def selected(harrow: Any, harrow_site: Any, vx12: Any, people: Any, otto_signs: Contact) -> Relationship:  # noqa: F811
    """Harrow is chosen for VX-12; its site is on the approved vendor list."""
    found = Relationship.objects.create(cmo=harrow, programme=vx12, manager=people.priya, tier=2, state="selected")
    found.sites.set([harrow_site])
    Qualification.objects.create(
        site=harrow_site, service="sterile_fill_finish", scope="Aseptic filling of vials", basis="Audit AR-9",
        state="approved", next_review_on=timezone.localdate() + timedelta(days=300),
    )  # fmt: skip
    return found


def judge_all(agreement: Agreement, actor: Any, *, but: tuple[str, ...] = ()) -> None:
    """Confirm each clause of the library where it stands in the agreement's text."""
    made = draft(agreement.kind, title=agreement.title, sponsor="Vantara Therapeutics", cmo=str(agreement.cmo))
    for topic in made.places:
        if topic not in but:
            judge(agreement, topic, PRESENT, actor=actor, words=f"Clause on {topic}")


def sign(page: Page, label: str, person: Any) -> None:
    """Give a signature on the page of a step."""
    for field, text in (("signature_email", person.email), ("signature_password", PASSWORD)):
        asked = page.locator(f"[name={field}]")
        if asked.count():
            asked.fill(text)
    send(page, label)


def word_of(page: Page, label: str, record: Any, person: Any) -> None:
    """Find what waits for one's word on the desk, and sign it."""
    page.goto("/")
    follow(page, f"{label}… {record}")
    expect(page.locator("main")).to_contain_text(getattr(record, "reference", str(record)))
    sign(page, label, person)


def in_portal(page: Page, place: str, title: str, person: Any) -> None:
    """Find what waits at the portal, read it, and sign it."""
    page.goto("/portal/")
    follow(page, place, page.get_by_role("navigation", name="Portal"))
    follow(page, title)
    follow(page, "Sign", exact=True)
    page.get_by_role("checkbox").check()
    for field, text in (("email", person.email), ("password", PASSWORD)):
        asked = page.locator(f"main [name={field}]")
        if asked.count():
            asked.fill(text)
    send(page, "Sign")
    expect(page.locator("body")).to_contain_text("You have signed")


def begin(page: Page) -> None:
    """Send the form of a new record, and see that nothing was refused."""
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    expect(page.locator("#problem")).to_have_count(0)


def blocked(page: Page, *sentences: str) -> None:
    """See in the menu of steps why one of them cannot be taken."""
    page.locator(".head .acts details.menu > summary").click()
    for sentence in sentences:
        expect(page.locator(".head .acts details.menu")).to_contain_text(sentence)
    page.keyboard.press("Escape")


def back(page: Page, agreement: Agreement) -> None:
    follow(page, agreement.reference, page.get_by_role("navigation", name="Breadcrumb"))


def write_agreement(page: Page, kind: str, reference: str, title: str, **more: str) -> Agreement:
    """Write an agreement at the relationship, and bring in a text from the library with its blanks filled in."""
    follow(page, "Write an agreement")
    page.get_by_label("Kind").select_option(label=kind)
    fields = {
        "Number": reference, "Title": title, "Our contracting company": "Vantara Therapeutics GmbH",
        "Effective from": f"{timezone.localdate()}", "Or: first term": "5 years", **more,
    }  # fmt: skip
    for label, text in fields.items():
        page.get_by_label(label, exact=False).first.fill(text)
    send(page, "Add the agreement")
    agreement = Agreement.objects.get(reference=reference)
    follow(page, "Bring in the text")
    follow(page, "Start from the clause library")
    expect(page.locator("main")).to_contain_text("blanks in [brackets] are left")
    text = page.get_by_label("or its text")
    text.fill(re.sub(r"\[[^\]]+\]", "seven", text.input_value()))
    send(page, "Bring it in")
    back(page, agreement)
    return agreement


def name_signatories(page: Page, ours: Any, theirs: Contact, capacity: str) -> None:
    follow(page, "Signatories", page.locator("ul.tabs"))
    follow(page, "Name the signatories")
    rows = page.locator("tr[data-row]:visible")
    for place, (column, who) in enumerate((("colleague", ours), ("contact", theirs))):
        if rows.count() <= place:
            page.get_by_role("button", name="Add a signatory").click()
        rows.nth(place).locator("[name$=-capacity]").select_option(label=capacity)
        rows.nth(place).locator(f"[name$=-{column}]").select_option(value=str(who.pk))
    send(page, "Save")


def test_a_supply_agreement_is_negotiated_approved_and_signed(
    strategy: Any,  # noqa: F811
    selected: Relationship,
    delegation: Any,  # noqa: F811
    people: Any,  # noqa: F811
    otto: Any,
    otto_signs: Contact,
    opened: Callable[..., Page],
) -> None:
    alice = opened(people.alice)
    alice.goto(selected.get_absolute_url())
    take(alice, "Start contracting")
    send(alice, "Start contracting")
    expect(alice.locator("main")).to_contain_text("Before onboarding starts")
    blocked(alice, "Have the supply agreement or the statement of work executed first.", "both quality units")

    msa = write_agreement(
        alice, "Master or supply agreement", "MSA-2026-9", "Supply of VX-12",
        **{"Governing law": "Germany", "Committed amount": "1,000,000", "Currency": "EUR", "Term for approval": "60"},
    )  # fmt: skip
    name_signatories(alice, people.erin, otto_signs, "For the company")

    alice.goto(msa.get_absolute_url())
    take(alice, "Start negotiation")
    send(alice, "Start negotiation")
    point = msa.points.order_by("rank").first()
    follow(alice, point.title)
    take(alice, "Settle")
    alice.get_by_label("What was reached").select_option(label="Below the limit")
    alice.get_by_label("Text of the clause").fill("Either side ends it with one year of notice.")
    alice.get_by_role("button", name="Settle").click()
    expect(alice.locator("#problem")).to_contain_text("say why we accept it")
    alice.get_by_label("Why we accept it").fill("Harrow gave up the minimum share for it.")
    send(alice, "Settle")
    follow(alice, "Ledger")
    expect(alice.locator("#score + *, .big-figure").last).to_contain_text("of 100")
    back(alice, msa)

    # All but two of the mechanisms are held: one is found in the text, the other one does without.
    judge_all(msa, people.alice, but=(JUDGED, WAIVED))
    missing = {one.code: one.title for one in lacking(msa)}
    assert set(missing) == {JUDGED, WAIVED}
    alice.reload()
    blocked(alice, missing[JUDGED], missing[WAIVED], "have a waiver signed")
    follow(alice, "Judge the clauses")
    gaps = alice.locator("section", has=alice.locator("#gaps-title"))
    follow(alice, "Audit", gaps.locator("li", has_text=missing[JUDGED]))
    line = alice.locator(f"#topic-{JUDGED}")
    line.get_by_role("button", name="Confirm").first.click()
    expect(line).to_contain_text("Judged by")
    alice.reload()
    follow(alice, "Ask for a waiver", gaps)
    alice.get_by_label("Why we do without it").fill("Harrow's owners do not bind themselves towards customers.")
    alice.get_by_label("What protects us instead").fill("Stock for six months, and a second site that is qualified.")
    send(alice, "Ask for it")
    waiver = msa.waivers.get()
    colleagues = {name: opened(getattr(people, name)) for name in ("lena", "erin", "farid")}
    for name in ("lena", "erin"):
        word_of(colleagues[name], "Grant", waiver, getattr(people, name))

    alice.goto(msa.get_absolute_url())
    take(alice, "Submit")
    send(alice, "Submit")
    msa.refresh_from_db()
    document = msa.current_document()
    for name, page in colleagues.items():
        page.goto("/")
        follow(page, f"Approve… {msa}")
        expect(page.locator("#to-be-signed").locator("..").locator("..")).to_contain_text(document.sha256)
        expect(page.locator("main")).to_contain_text(f"{msa.reference}, version {msa.version}")
        sign(page, "Approve", getattr(people, name))
    alice.reload()
    take(alice, "Send for signature")
    send(alice, "Send for signature")
    word_of(colleagues["erin"], "Sign", msa, people.erin)
    in_portal(opened(otto), "Agreements", msa.title, otto)
    msa.refresh_from_db()
    assert msa.state == Agreement.State.EXECUTED and msa.approved_sha256
    alice.reload()
    take(alice, "Take effect")
    send(alice, "Take effect")
    expect(alice.locator(".head")).to_contain_text("Effective")


@pytest.fixture
def contracting(
    strategy: Any,  # noqa: F811
    selected: Relationship,
    delegation: Any,  # noqa: F811
    people: Any,  # noqa: F811
    otto: Any,
    otto_signs: Contact,
    harrow: Any,
    vx12: Any,
) -> Relationship:
    """The supply agreement is in force; the quality agreement comes next."""
    Relationship.objects.filter(pk=selected.pk).update(state="contracting")
    selected.refresh_from_db()
    msa = written(people.alice, harrow, vx12, "msa", title="Supply of VX-12")
    msa = signatories(msa, people.alice, people.erin, otto_signs)
    bring_in(msa, actor=people.alice, words="Supply agreement")
    judge_all(msa, people.alice)
    msa = agreements.submit(msa, actor=people.alice)
    msa = step(agreements.approve, msa, people.erin, people.farid, people.lena)
    msa = agreements.send_for_signature(msa, actor=people.alice)
    agreements.take_effect(step(agreements.sign, msa, people.erin, otto), actor=people.alice)
    return selected


def write_framework(page: Page) -> None:
    """Fill what a new framework leaves open, screen by screen."""
    while page.locator("main form[data-draft]").count():
        for area in page.locator("main form textarea:visible").all():
            label = page.locator(f"label[for={area.get_attribute('id')}]")
            if not area.input_value() and label.count() and area.get_attribute("name") in Framework.SECTIONS:
                area.fill(TEXTS.get(label.inner_text(), "As both sides have settled it."))
        for row in page.locator("tr[data-row]:visible").all():
            for column in ("colleague", "contact"):
                cell = row.locator(f"[name$=-{column}]")
                if cell.count() and not cell.input_value():
                    cell.select_option(index=1)
            for column, said in CELLS.items():
                cell = row.locator(f"[name$=-{column}]")
                if cell.count() and not cell.input_value():
                    cell.fill(said)
        send(page, "Save and continue")
        onward = page.get_by_role("link", name="Continue anyway")
        assert onward.count() == 0, page.locator("#left").inner_text()


def test_onboarding_and_the_start_of_operations_pass_their_gates(
    contracting: Relationship,
    people: Any,  # noqa: F811
    otto: Any,
    otto_signs: Contact,
    opened: Callable[..., Page],
) -> None:
    alice = opened(people.alice)
    alice.goto(contracting.get_absolute_url())
    blocked(alice, "Have the quality agreement signed by both quality units first.")
    qag = write_agreement(alice, "Quality agreement", "QAG-2026-9", "Quality of VX-12", **{"Reviewed every": "2"})
    name_signatories(alice, people.quinn, otto_signs, "For the quality unit")
    judge_all(qag, people.alice)
    alice.goto(qag.get_absolute_url())
    blocked(alice, "has no row")
    follow(alice, "Open the matrix")
    follow(alice, "Fill in the usual assignment")
    expect(alice.locator(".head .sentence")).to_contain_text("Every activity is decided.")
    send(alice, "Save the matrix")
    alice.goto(qag.get_absolute_url())
    take(alice, "Submit")
    send(alice, "Submit")
    colleagues = {name: opened(getattr(people, name)) for name in ("quinn", "lena", "erin", "priya", "tom")}
    for name in ("quinn", "lena"):
        word_of(colleagues[name], "Approve", qag, getattr(people, name))
    alice.reload()
    take(alice, "Send for signature")
    send(alice, "Send for signature")
    word_of(colleagues["quinn"], "Sign", qag, people.quinn)
    ottos = opened(otto)
    in_portal(ottos, "Agreements", qag.title, otto)
    alice.reload()
    take(alice, "Take effect")
    send(alice, "Take effect")

    alice.goto(contracting.get_absolute_url())
    take(alice, "Onboard")
    alice.get_by_label("Reason").fill("Both agreements are in force.")
    send(alice, "Onboard")
    expect(alice.locator("main")).to_contain_text("Before operations start")
    follow(alice, "Operating framework approved by both sides")
    begin(alice)
    write_framework(alice)
    framework = Framework.objects.get()
    alice.goto(framework.get_absolute_url())
    take(alice, "Submit")
    send(alice, "Submit")
    for name in ("priya", "quinn", "erin"):
        word_of(colleagues[name], "Approve", framework, getattr(people, name))
    in_portal(ottos, "Working together", "VX-12", otto)

    priya = colleagues["priya"]
    priya.goto(contracting.get_absolute_url())
    follow(priya, "Technology transfer complete, or not needed")
    priya.get_by_label("What is transferred").fill("Filling of VX-12")
    begin(priya)
    tom = colleagues["tom"]
    tom.goto(priya.url)
    take(tom, "Declare not needed")
    tom.get_by_label("Reason").fill("Harrow has filled it since 2024.")
    sign(tom, "Declare not needed", people.tom)
    priya.goto(contracting.get_absolute_url())
    take(priya, "Operate")
    priya.get_by_label("Reason").fill("The first batch is ordered.")
    send(priya, "Operate")
    contracting.refresh_from_db()
    assert contracting.state == Relationship.State.ACTIVE and contracting.active_from == timezone.localdate()
    heading(priya, str(contracting.cmo))
