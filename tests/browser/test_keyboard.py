"""The work of a week with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import world as stage
from tests.browser.conftest import Keys
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(keys: Keys, person: Any) -> None:
    keys.page.goto("/account/login/")
    keys.fill("E-mail", person.email)
    keys.fill("Password", PASSWORD)
    with keys.page.expect_navigation():
        keys.press("Enter")
    assert keys.heading == "My desk"


def test_alice_enters_a_new_cmo_and_registers_what_already_runs(world: stage.World, keys: Callable[..., Keys]) -> None:
    from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site

    alice = keys()
    sign_in(alice, world.alice)

    alice.follow("CMOs")
    alice.follow("Add a CMO")
    alice.fill("Legal name", "Castellan Pharma")
    alice.choose("Country", "Ireland")
    alice.tick("Biologic")
    alice.send("Add the CMO")
    assert alice.heading == "Castellan Pharma"
    cmo = CMO.objects.get(legal_name="Castellan Pharma")
    assert (cmo.country.code, cmo.modalities) == ("IE", ["biologic"])

    alice.follow("Add a site")
    alice.fill("Name", "Castellan Athlone")
    alice.fill("City", "Athlone")
    alice.choose("Country", "Ireland")
    alice.fill("DUNS", "123456789")
    alice.send("Add the site")
    assert Site.objects.get(duns="123456789").cmo == cmo

    alice.follow("Programmes")
    alice.follow("Add a programme")
    alice.fill("Name", "ZX-40")
    alice.choose("Modality", "Biologic")
    alice.tick("Priya Example")
    alice.send("Add the programme")
    assert alice.heading == "ZX-40"
    programme = Programme.objects.get(name="ZX-40")
    assert set(programme.members.all()) == {world.alice, world.priya}

    alice.follow("Add a relationship")
    alice.fill("CMO", "Castel")
    expect(alice.page.locator("datalist option[value='Castellan Pharma']")).to_be_attached()
    alice.fill("CMO", "Castellan Pharma")
    alice.press("Escape")
    alice.tick("Sterile fill-finish")
    alice.choose("Relationship manager", "Priya")
    alice.send("Add the relationship")
    relationship = Relationship.objects.get(cmo=cmo, programme=programme)
    assert relationship.state == "strategy_draft"

    menu = alice.page.locator("summary", has_text="steps")
    if menu.count():
        alice.to("More steps" if "More" in menu.first.inner_text() else "Next steps", tag="summary")
        alice.press("Enter")
    alice.follow("Register as existing")
    alice.send("Register as existing")
    assert alice.focus["id"] == "problem" and alice.page.title().startswith("Error: ")
    alice.press("Tab", "Enter")
    assert alice.focus["name"].startswith("Evidence")
    alice.page.keyboard.type("Supply agreement SA-77 of 1 March 2024")
    alice.fill("Reason", "Runs since 2024, entered now")
    alice.send("Register as existing")
    relationship.refresh_from_db()
    assert (relationship.state, relationship.registered_as_existing) == ("active", True)
    assert "Active" in alice.page.locator("main").inner_text()


def test_priya_and_quinn_sign_a_review(world: stage.World, keys: Callable[..., Keys]) -> None:
    from cmo_lifecycle.workflow.models import Signature

    review, period = world.reviews, world.reviews.label
    for name, person in (("Priya", world.priya), ("Quinn", world.quinn)):
        signer = keys()
        sign_in(signer, person)
        signer.follow("Reviews")
        signer.follow(period)
        assert signer.heading == f"Scorecard review, {period}"
        signer.follow("Sign off")
        signer.fill("Your e-mail address", person.email)
        signer.fill("Your password", "not the password")
        signer.send("Sign off")
        assert signer.focus["id"] == "problem", name
        assert "The password is not right" in signer.page.locator("#problem").inner_text()
        signer.fill("Your e-mail address", person.email)
        signer.fill("Your password", PASSWORD)
        signer.send("Sign off")
        assert signer.heading == f"Scorecard review, {period}"
    review.refresh_from_db()
    assert review.state == "signed_off"
    signed = Signature.objects.of(review).order_by("at")
    assert list(signed.values_list("signer", "role")) == [
        (world.priya.pk, "project_manager"), (world.quinn.pk, "quality"),
    ]  # fmt: skip

    # The second signature of a session asks for the password alone.
    signer.page.goto(f"/operations/reviews/{world.earlier_review.pk}/sign_off/")
    assert signer.page.get_by_label("Your e-mail address").count() == 0
    signer.fill("Your password", PASSWORD)
    signer.send("Sign off")
    assert Signature.objects.of(world.earlier_review).count() == 1


@pytest.fixture
def at_once() -> Iterator[None]:
    """What a worker would do is done at once, by the server's own thread."""
    from cmo_lifecycle.celery import app

    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = before


def test_sven_imports_a_file(world: stage.World, keys: Callable[..., Keys], at_once: None, live_server: Any) -> None:
    from operations.models import Delivery

    file = {
        "name": "lines.csv",
        "mimeType": "text/csv",
        "buffer": b"Line,CMO,Programme,Item,Due,Arrived\n"
        b"L-1,Harrow Biologics,VX-12,Vial 10R,2026-03-02,2026-03-02\n"
        b"L-2,Harrow Biologics,VX-12,Vial 10R,2026-03-09,2026-03-12\n"
        b"L-3,Harrow Biologics,VX-12,Vial 10R,2026-03-32,2026-03-12\n",
    }
    sven = keys(world.sven)
    sven.page.goto("/")
    sven.follow("Imports")
    sven.follow("Import a file")
    sven.to("File", tag="input")
    # The window in which a file is picked is the system's, so the field that has the focus is handed the file.
    sven.page.locator("input:focus").set_input_files(file)
    sven.send("Upload")
    sven.choose("Line id", "Line")
    sven.fill("Source system", "erp2")
    sven.choose("CMO", "CMO")
    sven.choose("Programme", "Programme")
    sven.choose("Scheduled on", "Due")
    sven.choose("Delivered on", "Arrived")
    sven.send("Continue to the dry run")
    assert sven.focus["id"] == "problem"
    assert "how the dates of “Due” are written" in sven.page.locator("#problem").inner_text()
    sven.choose("Scheduled on: 31 December 2009 is written as", "2009-12-31")
    sven.choose("Delivered on: 31 December 2009 is written as", "2009-12-31")
    sven.send("Continue to the dry run")
    assert "2026-03-32" in sven.page.locator("main").inner_text()
    assert not Delivery.objects.filter(source_system="erp2").exists()

    sven.follow("Commit")
    sven.tick("Leave out the bad rows")
    sven.send("Commit")
    expect(sven.page.locator("main")).to_contain_text("Committed")
    lines = Delivery.objects.filter(source_system="erp2").order_by("external_id")
    assert list(lines.values_list("external_id", "days_late")) == [("L-1", 0), ("L-2", 3)]
    with sven.page.expect_download() as bad:
        sven.to("Download", tag="a")
        sven.press("Enter")
    assert "2026-03-32" in bad.value.path().read_text()
