"""One record: adding, editing, two people at once, steps with their signature, files, history, and who may not."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.partners.models import (
    CMO,
    Certificate,
    Inspection,
    Programme,
    Qualification,
    Relationship,
    Site,
    TierAssessment,
)
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Attachment, Event, Signature
from tests.conftest import PASSWORD


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    assert found, name
    return found[1]


# ---------------------------------------------------------------- adding


def test_a_cmo_is_added_with_its_lists_and_says_so(alice: Any, as_: Any) -> None:
    client = as_(alice)
    key = hidden(client.get("/cmos/add/"), "new_id")
    answer = client.post(
        "/cmos/add/",
        {
            "new_id": key,
            "legal_name": "Nordvik Fill-Finish",
            "aliases": "NFF\n\nNordvik AS\nNFF",
            "kind": "pure",
            "modalities": ["vaccine", "biologic"],
            "country": "NO",
        },
        follow=True,
    )
    cmo = CMO.objects.get(legal_name="Nordvik Fill-Finish")
    assert str(cmo.pk) == key
    assert cmo.aliases == ["NFF", "Nordvik AS"] and cmo.modalities == ["biologic", "vaccine"] and cmo.country == "NO"
    assert cmo.created_by == alice
    assert "Added Nordvik Fill-Finish." in text_of(answer)
    assert answer.redirect_chain[-1][0] == f"/cmos/{cmo.pk}/"


def test_sending_the_form_twice_makes_one_record(alice: Any, as_: Any) -> None:
    client = as_(alice)
    data = {"new_id": hidden(client.get("/cmos/add/"), "new_id"), "legal_name": "Once Ltd", "kind": "pure"}
    first, second = client.post("/cmos/add/", data), client.post("/cmos/add/", data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert CMO.objects.filter(legal_name="Once Ltd").count() == 1


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(harrow: Any, alice: Any, as_: Any) -> None:
    answer = as_(alice).post(
        "/cmos/add/", {"legal_name": "HARROW biologics", "kind": "", "notes": "keep me", "aliases": "A\nB"}
    )
    text = answer.content.decode()
    assert "There is a problem" in text and "<title>Error:" in text
    assert "There is a CMO with this legal name already." in text
    assert "keep me" in text and "A\nB" in text and 'value="HARROW biologics"' in text
    assert CMO.objects.count() == 1


def test_a_site_is_added_below_its_cmo_by_a_filled_in_address(harrow: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    page = client.get(f"/sites/add/?cmo={harrow.pk}")
    assert "CMO: Harrow Biologics" in text_of(page) and 'name="cmo"' not in page.content.decode()
    client.post(
        f"/sites/add/?cmo={harrow.pk}", {"name": "Harrow Galway", "duns": "123456789", "time_zone": "Europe/Dublin"}
    )
    assert Site.objects.get(name="Harrow Galway").cmo == harrow
    wrong = client.post(f"/sites/add/?cmo={harrow.pk}", {"name": "X", "duns": "1", "time_zone": "Europe/Nowhere"})
    assert "A DUNS number has nine digits." in text_of(wrong) and "There is no such time zone." in text_of(wrong)


def test_a_record_is_chosen_by_name_also_without_scripts(harrow: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    CMO.objects.create(legal_name="Harrow Packaging")
    offered = client.get("/pick/cmo/?field=cmo&cmo=harrow").content.decode()
    assert offered == '<option value="Harrow Biologics"></option><option value="Harrow Packaging"></option>'
    unsure = client.post("/sites/add/", {"name": "S1", "cmo": "harrow"})
    assert "Nothing here is called “harrow”." in text_of(unsure)
    assert client.post("/sites/add/", {"name": "S1", "cmo": "harrow biologics"}).status_code == 302
    assert Site.objects.get(name="S1").cmo == harrow
    site = client.post(
        "/certificates/add/", {"site": "S1, Harrow Biologics", "kind": "gmp", "number": "7", "issuer": "HPRA"}
    )
    assert site.status_code == 302 and Certificate.objects.get().site.name == "S1"


def test_a_relationship_is_added_between_two_chosen_records(
    harrow: Any, harrow_site: Any, vx12: Any, priya: Any, alice: Any, as_: Any
) -> None:
    client = as_(alice)
    url = f"/relationships/add/?cmo={harrow.pk}&programme={vx12.pk}"
    page = text_of(client.get(url))
    assert "Harrow Cork" in page
    client.post(url, {"sites": [harrow_site.pk], "services": ["drug_product"], "manager": priya.pk})
    made = Relationship.objects.get()
    assert (made.cmo, made.programme, made.manager, made.services) == (harrow, vx12, priya, ["drug_product"])
    assert list(made.sites.all()) == [harrow_site]
    again = client.post(url, {})
    assert "This CMO has a relationship in this programme already." in text_of(again)


def test_whoever_adds_a_programme_is_its_member(alice: Any, priya: Any, as_: Any) -> None:
    client = as_(alice)
    form = text_of(client.get("/programmes/add/"))
    assert f"{priya.name} (Project manager)" in form and f"{alice.name} (Sourcing)" in form
    without = client.post("/programmes/add/", {"name": "ZZ-1", "kind": "product", "members": [priya.pk]})
    assert "Tick yourself too" in text_of(without)
    client.post("/programmes/add/", {"name": "ZZ-1", "kind": "product", "members": [priya.pk, alice.pk]})
    assert set(Programme.objects.get(name="ZZ-1").members.all()) == {alice, priya}


# ---------------------------------------------------------------- who may not


@pytest.mark.parametrize(
    "who, path, status",
    [
        ("audra", "/cmos/add/", 403),
        ("adam", "/cmos/add/", 403),
        ("farid", "/cmos/{cmo}/edit/", 403),
        ("alice", "/qualifications/{qualification}/edit/", 403),
        ("alice", "/qualifications/{qualification}/start/", 403),
        ("otto", "/cmos/", 403),
        ("otto", "/cmos/{cmo}/", 403),
        ("bob", "/relationships/{relationship}/", 404),
        ("bob", "/relationships/{relationship}/edit/", 404),
        ("mallory", "/relationships/{relationship}/suspend/", 404),
        ("bob", "/programmes/{programme}/", 404),
        ("alice", "/cmos/01890000-0000-7000-8000-000000000000/", 404),
        ("alice", "/relationships/{relationship}/no_such_step/", 404),
        ("alice", "/audit/", 403),
    ],
)
def test_refusals_have_navigation_and_a_request_id(
    who: str, path: str, status: int, relationship: Any, harrow_site: Any, cast: Any, as_: Any
) -> None:
    qualification = Qualification.objects.create(site=harrow_site, service="drug_product", scope="tablets")
    path = path.format(
        cmo=relationship.cmo_id,
        relationship=relationship.pk,
        programme=relationship.programme_id,
        qualification=qualification.pk,
    )
    answer = as_(cast[who]).get(path)
    assert answer.status_code == status
    text = answer.content.decode()
    assert answer["X-Request-Id"] in text and 'id="rail"' in text


def test_strangers_are_sent_to_sign_in(harrow: Any, client: Any) -> None:
    answer = client.get(f"/cmos/{harrow.pk}/?tab=history")
    assert answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=/cmos/")


def test_a_failure_has_the_frame_and_a_number(alice: Any, as_: Any, monkeypatch: Any) -> None:
    from cmo_lifecycle.portfolio.views import desk

    client = as_(alice)
    client.raise_request_exception = False
    monkeypatch.setattr(desk, "silence", lambda now: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer["X-Request-Id"] in answer.content.decode() and 'id="rail"' in answer.content.decode()


# ---------------------------------------------------------------- editing


def test_an_edit_says_what_changed_and_why(harrow_site: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    url = f"/sites/{harrow_site.pk}/edit/"
    page = client.get(url)
    data = {"version": hidden(page, "version"), "name": "Harrow Cork", "cmo": "Harrow Biologics", "country": "IE"}
    data |= {"duns": "210987654", "fei": "3001234567", "city": "Cork"}
    without = client.post(url, data)
    assert "Say why you change it" in text_of(without) and 'value="Cork"' in without.content.decode()
    client.post(url, data | {"reason": "Read from the register"})
    harrow_site.refresh_from_db()
    assert harrow_site.city == "Cork" and harrow_site.version == 2
    told = text_of(client.get(f"/sites/{harrow_site.pk}/?tab=history"))
    assert "Alice Example" in told and "Read from the register" in told
    assert '<del><span class="quiet">empty</span></del>' in told and "<ins>Cork</ins>" in told


def test_nothing_changed_is_no_edit(harrow: Any, alice: Any, as_: Any) -> None:
    url = f"/cmos/{harrow.pk}/edit/"
    answer = as_(alice).post(
        url,
        {"version": "1", "legal_name": "Harrow Biologics", "country": "IE", "kind": "pure", "modalities": ["biologic"]},
        follow=True,
    )
    assert "Nothing was changed." in text_of(answer)
    assert CMO.objects.get().version == 1 and not Event.objects.of(harrow).exists()


def cmo_data(**changed: Any) -> dict[str, Any]:
    return {
        "version": "1",
        "legal_name": "Harrow Biologics",
        "country": "IE",
        "kind": "pure",
        "modalities": ["biologic"],
    } | changed


def test_the_second_of_two_saves_is_stopped_and_shows_who_changed_what(
    harrow: Any, alice: Any, priya: Any, as_: Any
) -> None:
    edits.update(harrow, {"notes": "Priya's note", "financial_rating": "BBB"}, actor=priya, version=1)
    client, url = as_(alice), f"/cmos/{harrow.pk}/edit/"
    stopped = client.post(url, cmo_data(notes="Alice's note", website="https://harrow.example"))
    assert stopped.status_code == 412
    text = text_of(stopped)
    assert "Priya Example" in text and "Priya&#x27;s note" in text and "Alice&#x27;s note" in text
    assert "https://harrow.example" in text
    # What only Priya changed is taken over, so that saving again does not undo it.
    assert 'name="financial_rating" value="BBB"' in text
    harrow.refresh_from_db()
    assert harrow.version == 2 and harrow.notes == "Priya's note"

    version = hidden(stopped, "version")
    assert version == "2"
    merged = cmo_data(
        version=version,
        notes="Alice's note",
        website="https://harrow.example",
        financial_rating="BBB",
        take_notes="saved",
    )
    assert client.post(url, merged).status_code == 302
    harrow.refresh_from_db()
    assert (harrow.notes, harrow.website, harrow.financial_rating) == ("Priya's note", "https://harrow.example", "BBB")


@pytest.mark.parametrize("version", [None, "", "x", "-1", "0", "²", "999999999"])
def test_an_edit_that_does_not_say_what_was_read_is_refused_and_nothing_is_lost(
    version: str | None, harrow: Any, alice: Any, as_: Any
) -> None:
    client, url = as_(alice), f"/cmos/{harrow.pk}/edit/"
    sent = cmo_data(notes="Typed at length", version=version)
    answer = client.post(url, {name: value for name, value in sent.items() if value is not None})
    page = text_of(answer)
    assert answer.status_code == 400 and "does not say which version of this CMO you read" in page
    assert "Typed at length" in page
    harrow.refresh_from_db()
    assert harrow.version == 1 and harrow.notes == ""
    assert client.post(url, sent | {"version": hidden(answer, "version")}).status_code == 302


def test_what_is_no_number_opens_the_newest_of_the_history(harrow: Any, alice: Any, as_: Any) -> None:
    assert as_(alice).get(f"/cmos/{harrow.pk}/?tab=history&older=²").status_code == 200


def test_one_s_own_value_may_be_put_on_top(harrow: Any, alice: Any, priya: Any, as_: Any) -> None:
    edits.update(harrow, {"notes": "Priya's note"}, actor=priya, version=1)
    client, url = as_(alice), f"/cmos/{harrow.pk}/edit/"
    stopped = client.post(url, cmo_data(notes="Alice's note"))
    assert (
        client.post(
            url, cmo_data(version=hidden(stopped, "version"), notes="Alice's note", take_notes="mine")
        ).status_code
        == 302
    )
    harrow.refresh_from_db()
    assert harrow.notes == "Alice's note" and harrow.version == 3


# ---------------------------------------------------------------- steps


@pytest.fixture
def qualification(harrow_site: Any, alice: Any) -> Any:
    return Qualification.objects.create(
        site=harrow_site,
        service="drug_product",
        scope="tablets",
        state="in_qualification",
        basis="Audit A-7",
        created_by=alice,
    )


def test_a_step_asks_for_reason_inputs_and_signature_and_says_what_will_happen(
    qualification: Any, quinn: Any, as_: Any
) -> None:
    client, url = as_(quinn), f"/qualifications/{qualification.pk}/approve/"
    page = text_of(client.get(url))
    assert "Approve the site for this scope." in page and "From “In qualification” to “Approved”" in page.replace(
        "&#x27;", "'"
    )
    assert "I approve this site for this scope" in page and "signature_email" in page
    good = {
        "version": "1",
        "reason": "Audit passed",
        "next_review_on": "2099-01-01",
        "signature_email": quinn.email,
        "signature_password": PASSWORD,
    }
    wrong = client.post(url, good | {"signature_password": "wrong"})
    assert wrong.status_code == 403 and "The password is not right." in text_of(wrong)
    assert "Audit passed" in text_of(wrong) and "wrong" not in re.findall(
        r'name="signature_password"[^>]*value="([^"]*)"', wrong.content.decode()
    )
    early = client.post(url, good | {"next_review_on": "2001-01-01"})
    assert "Choose a day after today." in text_of(early)
    done = client.post(url, good, follow=True)
    assert "is now at “Approved”" in text_of(done)
    qualification.refresh_from_db()
    assert qualification.state == "approved" and Signature.objects.get().signer == quinn
    shown = text_of(client.get(f"/qualifications/{qualification.pk}/"))
    assert "Quinn Example" in shown and "“I approve this site for this scope”" in shown
    # The second signature of a session asks for the password alone.
    assert "signature_email" not in text_of(client.get(f"/qualifications/{qualification.pk}/suspend/"))


def test_a_step_sent_twice_is_taken_once(qualification: Any, quinn: Any, as_: Any) -> None:
    qualification.state = "candidate"
    qualification.save()
    client, url = as_(quinn), f"/qualifications/{qualification.pk}/start/"
    first, second = client.post(url, {"version": "1"}), client.post(url, {"version": "1"})
    assert first.status_code == second.status_code == 302
    assert Event.objects.filter(verb="start").count() == 1


def test_a_step_on_a_record_that_changed_meanwhile_is_stopped(
    qualification: Any, quinn: Any, cast: Any, as_: Any
) -> None:
    from tests.conftest import make_person

    other = make_person("queenie", ("quality",), quinn.password)
    edits.update(qualification, {"basis": "Audit A-8"}, actor=other, reason="newer audit", version=1)
    answer = as_(quinn).post(
        f"/qualifications/{qualification.pk}/approve/",
        {
            "version": "1",
            "reason": "Audit passed",
            "next_review_on": "2099-01-01",
            "signature_email": quinn.email,
            "signature_password": PASSWORD,
        },
    )
    assert answer.status_code == 412
    assert "Queenie Example" in text_of(answer) and "Audit passed" in text_of(answer)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("version", [None, "", "one", "²", "0", "999999999"])
def test_a_step_that_does_not_say_what_was_read_is_refused(
    version: str | None, qualification: Any, quinn: Any, as_: Any
) -> None:
    qualification.state = "candidate"
    qualification.save()
    url = f"/qualifications/{qualification.pk}/start/"
    answer = as_(quinn).post(url, {} if version is None else {"version": version})
    page = text_of(answer)
    assert answer.status_code == 400 and "does not say which version of this qualification you read" in page
    qualification.refresh_from_db()
    assert qualification.state == "candidate" and not Event.objects.filter(verb="start").exists()
    # The form that comes back says it.
    assert as_(quinn).post(url, {"version": hidden(answer, "version")}).status_code == 302


def test_what_is_missing_is_said_in_the_menu_and_on_the_page(qualification: Any, quinn: Any, as_: Any) -> None:
    qualification.basis = ""
    qualification.save()
    client = as_(quinn)
    sentence = "Name the audits or reports that the decision rests on."
    assert sentence in text_of(client.get(f"/qualifications/{qualification.pk}/"))
    page = text_of(client.get(f"/qualifications/{qualification.pk}/approve/"))
    assert "This cannot be done yet" in page and sentence in page and "signature_password" not in page


def test_a_relationship_is_registered_as_existing_and_shows_it(
    harrow: Any, vx12: Any, priya: Any, alice: Any, as_: Any
) -> None:
    made = Relationship.objects.create(cmo=harrow, programme=vx12, manager=priya)
    client, url = as_(alice), f"/relationships/{made.pk}/register_as_existing/"
    assert "It shows for ever" in text_of(client.get(url))
    client.post(url, {"version": "1", "evidence": "MSA-014", "active_from": "2024-01-01", "reason": "Runs since 2024"})
    page = text_of(client.get(f"/relationships/{made.pk}/"))
    assert "Registered as existing" in page and "MSA-014" in page and "earlier stages skipped" in page
    assert "since 1 Jan 2024" in page


def test_approvals_say_who_must_act_and_the_author_is_told_why_not(
    relationship: Any, quinn: Any, alice: Any, as_: Any
) -> None:
    assessment = edits.create(
        TierAssessment,
        {
            "relationship": relationship,
            "product_impact": 3,
            "detectability": 3,
            "data_integrity": 3,
            "supply_continuity": 3,
            "rationale": "One source",
            "assessed_on": date(2026, 1, 5),
        },
        actor=alice,
    )
    url = f"/tier-assessments/{assessment.pk}/"
    page = text_of(as_(alice).get(url))
    assert "Waiting for Quality to approve." in page and "12 of 12, which is tier 1" in page
    desk = text_of(as_(quinn).get("/"))
    assert f"{url}approve/" in desk and "1 thing waits for you" in desk
    client = as_(quinn)
    client.post(f"{url}approve/", {"version": "1", "signature_email": quinn.email, "signature_password": PASSWORD})
    relationship.refresh_from_db()
    assert relationship.tier == 1
    told = text_of(client.get(f"/relationships/{relationship.pk}/?tab=history"))
    assert "because of" in told and "Quinn Example approved" in told


# ---------------------------------------------------------------- files


def test_a_file_is_attached_and_handed_out_to_those_who_see_the_record(
    relationship: Any, alice: Any, bob: Any, as_: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, url = as_(alice), f"/relationships/{relationship.pk}/attach/"
    file = SimpleUploadedFile("plan.txt", b"Plan A", content_type="text/html")
    assert client.post(url, {"file": file}).status_code == 302
    kept = Attachment.objects.get()
    answer = client.get(f"/attachments/{kept.pk}/")
    assert b"".join(answer.streaming_content) == b"Plan A"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"] == "text/plain"
    assert as_(bob).get(f"/attachments/{kept.pk}/").status_code == 404
    assert "plan.txt" in text_of(client.get(f"/relationships/{relationship.pk}/"))

    stored = tmp_path / kept.file.name
    stored.chmod(0o600)
    stored.write_bytes(b"Plan B")
    altered = client.get(f"/attachments/{kept.pk}/")
    assert altered.status_code == 409 and "This file was altered" in text_of(altered)


def test_a_file_is_voided_by_who_edits_the_record_and_stays(
    relationship: Any, cast: Any, as_: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    alice, quinn, mallory = cast["alice"], cast["quinn"], cast["mallory"]
    client, at = as_(alice), f"/relationships/{relationship.pk}/"
    client.post(f"{at}attach/", {"file": SimpleUploadedFile("plan.txt", b"Plan A")})
    kept = Attachment.objects.get()
    void = f"/attachments/{kept.pk}/void/"
    assert void in text_of(client.get(at)) and void not in text_of(as_(quinn).get(at))
    asked = text_of(client.get(void))
    assert "plan.txt, version 1" in asked and 'name="reason"' in asked
    for person, status in ((quinn, 403), (cast["audra"], 403), (cast["otto"], 403), (mallory, 404)):
        assert as_(person).get(void).status_code == status
        assert as_(person).post(void, {"reason": "No good"}).status_code == status
    for empty in ({}, {"reason": "  "}):
        refused = client.post(void, empty)
        assert refused.status_code == 400 and "Say why the file no longer counts." in text_of(refused)
    kept.refresh_from_db()
    assert kept.voided_reason == "" and not Event.objects.filter(verb="void").exists()

    done = text_of(client.post(void, {"reason": "Plan of another site"}, follow=True))
    assert "plan.txt, version 1 is void." in done and "Void: Plan of another site" in done and void not in done
    event = Event.objects.of(relationship).get(verb="void")
    assert (event.actor, event.reason, event.source) == (alice, "Plan of another site", "page")
    assert AuditEntry.objects.of(kept).filter(op="U").exists()
    told = text_of(client.get(f"{at}?tab=history"))
    assert "voided a file of" in told and "Plan of another site" in told

    answer = as_(quinn).get(f"/attachments/{kept.pk}/")
    assert b"".join(answer.streaming_content) == b"Plan A"
    assert answer["Content-Disposition"] == 'attachment; filename="VOID plan.txt"'
    assert "This file is void already" in text_of(client.get(void))
    again = client.post(void, {"reason": "Once more"})
    assert again.status_code == 409 and Event.objects.filter(verb="void").count() == 1
    # The name goes on counting: what is void is not overwritten.
    client.post(f"{at}attach/", {"file": SimpleUploadedFile("plan.txt", b"Plan B")})
    assert sorted(Attachment.objects.values_list("number", "voided_reason")) == [(1, "Plan of another site"), (2, "")]


def _package(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for part in parts:
            package.writestr(part, "<x/>")
    return made.getvalue()


def test_an_office_file_is_attached(relationship: Any, alice: Any, as_: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    whole = _package("[Content_Types].xml", "word/document.xml")
    url = f"/relationships/{relationship.pk}/attach/"
    assert as_(alice).post(url, {"file": SimpleUploadedFile("plan.docx", whole)}).status_code == 302
    kept = Attachment.objects.get()
    assert kept.size == len(whole) and kept.is_intact() and kept.content_type.endswith("wordprocessingml.document")


def test_a_file_that_is_not_what_it_says_is_refused(relationship: Any, alice: Any, farid: Any, as_: Any) -> None:
    url = f"/relationships/{relationship.pk}/attach/"
    answer = as_(alice).post(url, {"file": SimpleUploadedFile("plan.pdf", b"not a pdf")})
    assert answer.status_code == 400 and "The content is not what its name" in text_of(answer)
    for name, content in (
        ("notes.txt", b"\xef\xbb\xbf<script>alert(1)</script>"),
        ("plan.docx", b"PK\x03\x04" + b"x" * 200),
        ("plan.docx", _package("[Content_Types].xml", "xl/workbook.xml")),
        ("plan.xlsx", _package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
    ):
        answer = as_(alice).post(url, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 400 and " its name (" in text_of(answer)
        assert not Attachment.objects.exists()
    assert as_(alice).post(url, {}).status_code == 400
    assert as_(farid).post(url, {"file": SimpleUploadedFile("a.txt", b"x")}).status_code == 403
    assert not Attachment.objects.exists()


# ---------------------------------------------------------------- what was long ago


@pytest.mark.parametrize(("days_ago", "is_open"), [(4000, False), (150, False), (60, True), (1, True)])
def test_a_form_483_of_long_ago_is_no_open_duty(
    days_ago: int, is_open: bool, harrow_site: Any, quinn: Any, as_: Any
) -> None:
    day = timezone.localdate() - timedelta(days=days_ago)
    client = as_(quinn)
    data = {
        "new_id": hidden(client.get(f"/inspections/add/?site={harrow_site.pk}"), "new_id"), "authority": "FDA",
        "kind": "other", "started_on": day.isoformat(), "form_483": "on", "observations": "2",
    }  # fmt: skip
    answer = client.post(f"/inspections/add/?site={harrow_site.pk}", data)
    assert answer.status_code == 302, text_of(answer)
    made = Inspection.objects.get()
    assert made.form_483 and (made.response_due_on is not None) == is_open
    owed = client.get("/inspections/?unanswered=true")
    assert (f"/inspections/{made.pk}/" in owed.content.decode()) == is_open
    # It stays so when somebody edits it later, and a day that somebody names is kept.
    edits.update(made, {"observations": 3}, actor=quinn, version=1, reason="counted again")
    made.refresh_from_db()
    assert (made.response_due_on is not None) == is_open
    edits.update(made, {"response_due_on": day}, actor=quinn, version=2, reason="agreed with the agency")
    made.refresh_from_db()
    assert made.response_due_on == day


@pytest.mark.filterwarnings("error::django.utils.deprecation.RemovedInDjango60Warning")
def test_a_web_address_without_a_scheme_gets_https(alice: Any, as_: Any) -> None:
    client = as_(alice)
    data = cmo_data(new_id=hidden(client.get("/cmos/add/"), "new_id"), legal_name="Solent", website="solent.example")
    assert client.post("/cmos/add/", data).status_code == 302
    assert CMO.objects.get(legal_name="Solent").website == "https://solent.example"


# ---------------------------------------------------------------- the cockpit


def test_the_cockpit_shows_stage_manager_next_due_and_open_items(
    relationship: Any, harrow_site: Any, alice: Any, as_: Any
) -> None:
    Certificate.objects.create(site=harrow_site, kind="gmp", number="IE-1", issuer="HPRA", expires_on=date(2099, 5, 1))
    Qualification.objects.create(
        site=harrow_site, service="drug_product", scope="tablets", state="approved", next_review_on=date(2098, 5, 1)
    )
    page = text_of(as_(alice).get(f"/relationships/{relationship.pk}/"))
    assert 'aria-current="step"' in page and "Priya Example" in page
    assert "Qualification review, Harrow Cork" in page and "GMP certificate of Harrow Cork ends" in page
    assert "Nobody&#x27;s word is awaited." in page


def test_the_tab_is_in_the_address_and_an_unknown_one_is_the_overview(relationship: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    history = text_of(client.get(f"/relationships/{relationship.pk}/?tab=history"))
    assert "Audit trail of this record" in history and "written by the database itself" in history
    assert 'href="?tab=history" aria-current="page"' in history
    assert 'href="?tab=overview" aria-current="page"' in text_of(
        client.get(f"/relationships/{relationship.pk}/?tab=zzz")
    )


#: A relationship's page asks every stage of its life what it has to tell.
@pytest.mark.parametrize(("noun", "most"), [("relationships", 27), ("sites", 20), ("cmos", 20), ("programmes", 20)])
def test_a_record_s_page_asks_few_queries_however_much_hangs_on_it(
    noun: str, most: int, relationship: Any, harrow: Any, harrow_site: Any, alice: Any, as_: Any
) -> None:
    record = {
        "relationships": relationship,
        "sites": harrow_site,
        "cmos": harrow,
        "programmes": relationship.programme,
    }[noun]
    client = as_(alice)

    def grow(start: int, end: int) -> None:
        for number in range(start, end):
            site = Site.objects.create(cmo=harrow, name=f"Plant {number}")
            relationship.sites.add(site)
            for place in (site, harrow_site):
                Qualification.objects.create(
                    site=place,
                    service="drug_product",
                    scope=f"tablets {number}",
                    state="approved",
                    next_review_on=date(2099, 1, 1),
                )
                Certificate.objects.create(
                    site=place, kind="gmp", number=str(number), issuer="HPRA", expires_on=date(2099, 1, 1)
                )

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/{noun}/{record.pk}/").status_code == 200
        return len(asked)

    grow(0, 2)
    queries()
    few = queries()
    grow(2, 20)
    assert queries() == few <= most
