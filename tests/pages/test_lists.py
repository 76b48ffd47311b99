"""Lists: the URL is the list; few queries; files hold what is shown; the next page neither loses nor repeats a row."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cmo_lifecycle.doors.pages import keyset
from cmo_lifecycle.partners.models import CMO, Programme, Qualification, Relationship, Site


def names(response: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', response.content.decode())


@pytest.fixture
def many(db: None) -> list[Any]:
    return [
        CMO.objects.create(
            legal_name=f"Maker {number:03d}",
            country="IE" if number % 2 else "NO",
            kind="hybrid" if number % 3 == 0 else "pure",
            modalities=["biologic"] if number < 10 else ["vaccine", "device"],
        )
        for number in range(120)
    ]


def test_pages_neither_lose_nor_repeat_a_row_and_lead_back(many: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    seen: list[str] = []
    url = "/cmos/?sort=-country"
    for _ in range(3):
        answer = client.get(url)
        seen += names(answer)
        following = answer.context["page"]["next_url"]
        url = "/cmos/" + following if following else ""
    assert not url
    assert len(seen) == 120 and len(set(seen)) == 120
    back = client.get("/cmos/" + answer.context["page"]["previous_url"])
    assert names(back) == seen[50:100]
    assert names(client.get("/cmos/" + back.context["page"]["previous_url"])) == seen[:50]


@pytest.mark.parametrize("sort", ["insurance_expires_on", "-insurance_expires_on"])
def test_rows_without_a_value_stand_last_and_are_all_reached(many: Any, alice: Any, as_: Any, sort: str) -> None:
    from datetime import date, timedelta

    for place, maker in enumerate(many[:70]):
        maker.insurance_expires_on = date(2026, 1, 1) + timedelta(days=place // 2)
        maker.save()
    client, seen, url = as_(alice), [], f"/cmos/?sort={sort}"
    while url:
        answer = client.get(url)
        seen += names(answer)
        url = "/cmos/" + answer.context["page"]["next_url"] if answer.context["page"]["next_url"] else ""
    assert sorted(seen) == sorted(maker.legal_name for maker in many)
    assert set(seen[70:]) == {maker.legal_name for maker in many[70:]}
    days = {maker.legal_name: maker.insurance_expires_on for maker in many}
    dated = [days[name] for name in seen[:70]]
    assert dated == sorted(dated, reverse=sort.startswith("-"))


def test_filters_sort_and_columns_come_from_the_url(many: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)
    answer = client.get("/cmos/?country=IE&modality=biologic&sort=-legal_name&columns=country,external_id")
    assert names(answer) == ["Maker 009", "Maker 007", "Maker 005", "Maker 003", "Maker 001"]
    text = answer.content.decode()
    assert "External id" in text and answer.context["page"]["count"] == 5
    assert [column.key for column in answer.context["columns"]] == ["legal_name", "country", "external_id"]
    assert 'aria-sort="descending"' in text
    # An unknown name, an unknown column and a mangled place are no reason to show nothing.
    assert len(names(client.get("/cmos/?nonsense=1&columns=nonsense&after=%%%&sort=nonsense"))) == 50


def test_finding_by_words(many: Any, alice: Any, as_: Any) -> None:
    CMO.objects.create(legal_name="Nordvik Fill-Finish", aliases=["NFF Bergen"])
    assert names(as_(alice).get("/cmos/?q=fill+nordvik")) == ["Nordvik Fill-Finish"]
    assert names(as_(alice).get("/cmos/?q=bergen")) == ["Nordvik Fill-Finish"]


def test_no_data_differs_from_no_match(alice: Any, as_: Any) -> None:
    client = as_(alice)
    nothing = client.get("/cmos/").content.decode()
    assert "No data yet" in nothing and "/cmos/add/" in nothing
    CMO.objects.create(legal_name="Harrow Biologics")
    no_match = client.get("/cmos/?q=zzz").content.decode()
    assert "No match" in no_match and "Clear the filters" in no_match


def test_a_filter_that_cannot_be_read_says_so(many: Any, alice: Any, as_: Any) -> None:
    answer = as_(alice).get("/cmos/?insured_until=soon")
    text = answer.content.decode()
    assert "There is a problem" in text and "<title>Error:" in text and not names(answer)


def test_a_csv_holds_exactly_the_filtered_rows_and_the_visible_columns(many: Any, alice: Any, as_: Any) -> None:
    answer = as_(alice).get("/cmos/?country=NO&columns=modalities,country&sort=legal_name&export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Name", "Country", "Modalities"]
    assert len(rows) == 61
    assert rows[1] == ["Maker 000", "Norway", "Biologic"]
    assert rows[-1] == ["Maker 118", "Norway", "Vaccine, Device or combination product"]


def test_a_workbook_holds_the_same(many: Any, harrow_site: Any, alice: Any, as_: Any) -> None:
    answer = as_(alice).get("/sites/?export=xlsx&columns=qualification,cmo")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "CMO", "Qualification"],
        ["Harrow Cork", "Harrow Biologics", "Not qualified"],
    ]


def test_the_worst_qualification_of_a_cmo_s_sites_is_shown(harrow_site: Any, alice: Any, as_: Any) -> None:
    for scope, state, day in (("vials", "approved", "2030-01-01"), ("bags", "approved", "2020-01-01")):
        Qualification.objects.create(
            site=harrow_site, service="drug_product", scope=scope, state=state, next_review_on=day
        )
    assert "Review overdue" in as_(alice).get("/cmos/").content.decode()
    Qualification.objects.create(site=harrow_site, service="packaging", scope="kits", state="suspended")
    assert "Suspended" in as_(alice).get("/cmos/").content.decode()


def test_people_see_only_their_programmes(
    relationship: Any, alice: Any, bob: Any, audra: Any, other_programme: Any, as_: Any
) -> None:
    assert names(as_(alice).get("/programmes/")) == ["VX-12"]
    assert names(as_(bob).get("/programmes/")) == ["QR-7"]
    assert names(as_(audra).get("/programmes/")) == ["QR-7", "VX-12"]
    assert names(as_(bob).get("/relationships/")) == []


def test_a_long_list_is_not_counted_to_the_end(alice: Any, as_: Any) -> None:
    CMO.objects.bulk_create([CMO(legal_name=f"Maker {number:05d}") for number in range(keyset.COUNTED + 30)])
    assert as_(alice).get("/cmos/").context["page"]["count"] == "more than 1,000"


@pytest.mark.parametrize("path", ["/cmos/", "/sites/", "/programmes/", "/relationships/", "/qualifications/"])
def test_a_list_asks_few_queries_however_long_it_is(path: str, vx12: Any, alice: Any, as_: Any) -> None:
    client = as_(alice)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(path)
        assert answer.status_code == 200
        return len(asked)

    def grow(start: int, end: int) -> None:
        for number in range(start, end):
            cmo = CMO.objects.create(legal_name=f"Maker {number:03d}", country="IE")
            site = Site.objects.create(cmo=cmo, name=f"Plant {number:03d}", country="IE")
            Qualification.objects.create(site=site, service="drug_product", scope="tablets")
            programme = Programme.objects.create(name=f"P-{number:03d}")
            programme.members.add(alice)
            Relationship.objects.create(cmo=cmo, programme=programme, manager=alice)

    grow(0, 3)
    client.get(path)
    few = queries()
    grow(3, 60)
    many = queries()
    # The count is asked for only where there is a second page.
    assert many - few <= 1
    assert many <= 12
