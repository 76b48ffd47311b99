"""The wizard, as somebody with a browser and no scripts sees it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from cmo_lifecycle.celery import app
from operations.models import Delivery, DeliveryImport, ImportProfile

FILE = "scms_direct_drop_2009_2010.csv"
HEAD = "Line,Firm,Product,Article,Due,Came,Qty,Got,Amount,Cur"


@pytest.fixture(autouse=True)
def _work_at_once() -> Iterator[None]:
    """What a worker would do is done when the request's transaction is through."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: bytes, name: str = "lines.csv", **fields: str) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(reverse("operations:import_add"), {"kind": "deliveries", "profile": "", **fields, "file": file})


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the mapping form as it stands."""
    form = page[page.index("data-guard") :]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or ("checkbox" in tag and "checked" not in tag):
            continue
        found[name[1]] = value[1] if value else "on" if "checkbox" in tag else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return {
        name: value.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", '"') for name, value in found.items()
    }


def own(text: str, head: str = HEAD) -> bytes:
    return f"{head}\n{text}".encode()


@pytest.mark.django_db(transaction=True)
def test_the_real_file_goes_through_the_wizard(scms_folder: Path, sven: Any) -> None:
    client = signed_in(sven)
    answer = upload(client, (scms_folder / FILE).read_bytes(), FILE, profile="deliveries:scms")
    assert answer.status_code == 302
    assert answer.url.endswith("/map_columns/?profile=scms")
    page = client.get(answer.url).content.decode()
    assert "Text table, UTF-8 with BOM, separated by comma, lines end with CR" in page
    given = fields_of(page)
    assert (given["column_cmo"], given["format_ordered_on"], given["constant_currency"]) == (
        "Vendor",
        "%m/%d/%y",
        "USD",
    )

    answer = client.post(answer.url.partition("?")[0], {**given, "create_missing": "on"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    record = DeliveryImport.objects.get()
    assert (record.state, record.profile_name, record.rows_new) == ("tried", "scms", 1139)
    page = client.get(answer.url).content.decode()
    assert "CMOs that would be created: 38" in page
    assert "112,496,282.72" in page
    assert Delivery.objects.count() == 0

    step = f"{answer.url}commit/"
    shown = client.get(step).content.decode()
    assert "Created first: 38 CMOs, 72 sites, 5 programmes, 39 relationships." in shown
    answer = client.post(step, {"version": record.version})
    assert answer.status_code == 302, answer.content.decode()
    record.refresh_from_db()
    assert (record.state, record.job.status) == ("committed", "done")
    assert Delivery.objects.aggregate(total=Sum("value"))["total"] == Decimal("112496282.72")
    assert "CMOs that were created: 38" in client.get(answer.url).content.decode()

    answer = upload(client, (scms_folder / FILE).read_bytes(), FILE, profile="deliveries:scms")
    page = client.get(answer.url).content.decode()
    assert "This very file was imported before" in page
    answer = client.post(answer.url.partition("?")[0], fields_of(page))
    page = re.sub(r"<[^>]*>", "", client.get(answer.url).content.decode())
    assert "The file holds nothing new: 1,139 unchanged." in page


@pytest.mark.django_db(transaction=True)
def test_columns_are_suggested_and_what_the_samples_leave_open_is_asked(relationship: Any, sven: Any) -> None:
    client = signed_in(sven)
    rows = own("L1,Harrow Biologics,VX-12,Vial,03/04/2026,05/04/2026,10,10,5.00,EUR\n")
    answer = upload(client, rows)
    page = client.get(answer.url).content.decode()
    given = fields_of(page)
    assert given["column_currency"] == ""
    chosen = {
        "column_external_id": "Line", "column_cmo": "Firm", "column_programme": "Product", "column_item": "Article",
        "column_scheduled_on": "Due", "column_delivered_on": "Came", "column_quantity_ordered": "Qty",
        "column_value": "Amount", "column_currency": "Cur", "constant_source_system": "SAP",
    }  # fmt: skip
    answer = client.post(answer.url, {**given, **chosen})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: Map the columns" in page
    assert "Choose how the dates of “Due” are written: the first rows can be read in several ways." in page

    formats = {"format_scheduled_on": "%d/%m/%Y", "format_delivered_on": "%d/%m/%Y", "save_as": "sap"}
    address = reverse("operations:import_map", args=[DeliveryImport.objects.get().pk])
    for version in ("²", "x", "999999999", ""):
        unread = client.post(address, {**fields_of(page), **chosen, **formats, "version": version})
        assert unread.status_code == 400
        assert "does not say which version of this" in unread.content.decode()
    assert DeliveryImport.objects.get().state == "uploaded" and not ImportProfile.objects.filter(name="sap").exists()
    answer = client.post(address, {**fields_of(page), **chosen, **formats})
    assert answer.status_code == 302, answer.content.decode()
    assert ImportProfile.objects.get(name="sap").created_by == sven
    assert client.get(f"{answer.url}?from=²").status_code == 200
    client.post(f"{answer.url}commit/", {"version": DeliveryImport.objects.get().version})
    line = Delivery.objects.get()
    assert (str(line.scheduled_on), line.days_late, line.source_system, line.relationship) == (
        "2026-04-03", 2, "SAP", relationship,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_format_that_fits_no_cell_is_found_before_the_dry_run(relationship: Any, sven: Any) -> None:
    client = signed_in(sven)
    answer = upload(client, own("L1,Harrow Biologics,VX-12,Vial,2026-04-03,,10,,5.00,EUR\n"))
    given = fields_of(client.get(answer.url).content.decode())
    chosen = {
        "column_external_id": "Line", "column_cmo": "Firm", "column_programme": "Product", "column_item": "Article",
        "column_scheduled_on": "Article", "format_scheduled_on": "%d.%m.%Y", "constant_source_system": "SAP",
    }  # fmt: skip
    page = client.post(answer.url, {**given, **chosen}).content.decode()
    assert "No cell of “Article” fits. Row 2: “Vial” is not a date like 31.12.2009" in page
    assert DeliveryImport.objects.get().state == "uploaded"


@pytest.mark.django_db(transaction=True)
def test_bad_rows_stop_the_import_unless_left_out_and_can_be_taken_home(relationship: Any, sven: Any) -> None:
    client = signed_in(sven)
    ImportProfile.objects.create(name="sap", mapping=SAP)
    rows = own(
        "L1,Harrow Biologics,VX-12,Vial,2026-04-03,2026-04-05,10,10,5.00,EUR\n"
        "L2,Harrow Biologics,VX-12,=HYPERLINK(1),soon,,10,,5.00,EUR\n"
        "L3,Harrow Biologic,VX-12,Vial,2026-04-03,,10,,5.00,EUR\n"
        "L1,Harrow Biologics,VX-12,Vial,2026-04-03,,10,,5.00,EUR\n"
        "L5,Harrow Biologics,VX-12,Vial,2026-04-03,,10,-1,5.00,EUR\n"
        "L6,Harrow Biologics,VX-12,Vial,2026-04-03,,10,,5.00,\n"
    )
    answer = upload(client, rows, profile="deliveries:sap")
    given = fields_of(client.get(answer.url).content.decode())
    answer = client.post(answer.url.partition("?")[0], given)
    page = client.get(answer.url).content.decode()
    record = DeliveryImport.objects.get()
    assert (record.rows_new, record.rows_bad) == (1, 5)
    told = {(problem.row, problem.column): problem.message for problem in record.problems.all()}
    assert told == {
        (3, "Due"): "“soon” is not a date like 2009-12-31; correct it or choose another date format.",
        (4, "Firm"): "There is no CMO called “Harrow Biologic”. Did you mean “Harrow Biologics”?",
        (5, "Line"): "The id “L1” stands in row 2 already; each line needs an id of its own.",
        (6, "Got"): "The quantity delivered cannot be negative.",
        (7, "Amount, Cur"): "Give the currency of the value.",
    }
    assert all(message.split("”")[0] in page for message in told.values())

    answer = client.get(f"{answer.url}bad-rows/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert 'filename="bad-rows-of-lines.csv"' in answer["Content-Disposition"]
    taken = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert taken[0][:3] == ["Row of the file", "What is wrong", "Line"]
    assert [row[0] for row in taken[1:]] == ["3", "4", "5", "6", "7"]
    assert taken[1][5] == "'=HYPERLINK(1)"

    address = f"{record.get_absolute_url()}commit/"
    page = client.post(address, {"version": record.version}).content.decode()
    assert "5 rows cannot be taken. Correct them and upload the file again, or leave them out." in page
    assert Delivery.objects.count() == 0
    assert client.post(address, {"version": record.version, "skip_bad": "on"}).status_code == 302
    assert Delivery.objects.get().external_id == "L1"


SAP = {
    "name": "sap",
    "fields": {
        "external_id": {"column": "Line"},
        "cmo": {"column": "Firm"},
        "programme": {"column": "Product"},
        "item": {"column": "Article"},
        "scheduled_on": {"column": "Due"},
        "delivered_on": {"column": "Came"},
        "quantity_ordered": {"column": "Qty"},
        "quantity_delivered": {"column": "Got"},
        "value": {"column": "Amount"},
        "currency": {"column": "Cur"},
    },
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"%PDF-1.7 and so on", "a.csv", "The file is a PDF document, not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xls", "old Office format"),
    ],
)
def test_what_is_no_table_is_refused_at_the_door(sven: Any, content: bytes, name: str, sentence: str) -> None:
    answer = upload(signed_in(sven), content, name)
    assert sentence in answer.content.decode()
    assert not DeliveryImport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_beyond_the_limit_is_refused(sven: Any, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1 << 20
    answer = upload(signed_in(sven), own("x" * (1 << 20)))
    assert "The file is larger than 1 MiB; split it into several files." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_import_is_its_makers(relationship: Any, sven: Any, priya: Any, audra: Any, otto: Any, tom: Any) -> None:
    upload(signed_in(sven), own("L1,Harrow Biologics,VX-12,Vial,2026-04-03,,10,,5.00,EUR\n"))
    record = DeliveryImport.objects.get()
    pages = [record.get_absolute_url(), reverse("operations:import_map", args=[record.pk])]
    for person, expected in ((sven, [200, 200]), (priya, [404, 404]), (audra, [200, 403]), (otto, [403, 403])):
        assert [signed_in(person).get(page).status_code for page in pages] == expected, person
    add = reverse("operations:import_add")
    assert [signed_in(person).get(add).status_code for person in (sven, tom, audra, otto)] == [200, 403, 403, 403]


@pytest.mark.django_db(transaction=True)
def test_the_wizard_asks_only_what_there_is_to_ask_and_says_nothing_that_is_over(relationship: Any, sven: Any) -> None:
    client = signed_in(sven)
    ImportProfile.objects.create(name="sap", mapping={**SAP, "notes": ["Came"]})
    head = f"{HEAD},Batch"
    answer = upload(
        client,
        own("L1,Harrow Biologics,VX-12,Vial,2026-04-03,2026-04-05,10,10,5.00,EUR,B7\n", head),
        profile="deliveries:sap",
    )
    page = client.get(answer.url).content.decode()
    address, given = answer.url.partition("?")[0], fields_of(page)

    tags = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="notes"' in tag]
    offered = {value for tag in tags for value in re.findall(r'value="([^"]*)"', tag)}
    mapped = {value for name, value in given.items() if name.startswith("column_") and value}
    assert "Line" in mapped and "Batch" not in mapped
    assert offered == ({*head.split(",")} - mapped) | {"Came"}

    # A column that is chosen above and ticked below is read once, and nobody is told off for it.
    answer = client.post(address, {**given, "notes": ["Batch", "Line"]})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    record = DeliveryImport.objects.get()
    assert record.mapping["notes"] == ["Batch"] and record.rows_bad == 0
    page = client.get(answer.url).content.decode()
    assert f'<span class="hash" title="{record.sha256}">{record.sha256}</span>' in page
    assert "is now at" not in page

    step = f"{answer.url}commit/"
    assert "skip_bad" not in client.get(step).content.decode()
    page = client.post(step, {"version": record.version}, follow=True).content.decode()
    assert "What was imported" in page and "Committing" not in page
    assert Delivery.objects.get().notes


@pytest.mark.django_db
def test_a_job_says_how_far_it_is_and_no_more_than_it_knows(sven: Any) -> None:
    from cmo_lifecycle.workflow.models import Job
    from operations.importing.jobs import Progress

    job = Job.objects.create(kind="import_commit", label="Import of lines.csv", asked_by=sven, total=5000)
    client, address = signed_in(sven), f"/jobs/{job.pk}/"

    def bar() -> tuple[str, str]:
        page = client.get(address).content.decode()
        found = re.search(r"<progress([^>]*)>", page)
        heading = re.search(r"<h2>([^<]*)</h2>", page)
        assert heading is not None
        return heading[1], "none" if found is None else "".join(re.findall(r' value="(\d+)"', found[1])) or "unknown"

    assert bar() == ("Waiting", "none")
    Job.objects.filter(pk=job.pk).update(status="running")
    progress = Progress(job)
    progress(2000)
    assert bar() == ("2,000 of 5,000", "40")
    progress.last_moment()
    assert bar() == ("5,000 of 5,000", "unknown")
    assert "Now they are checked and written" in client.get(address).content.decode()
