"""Quinn records a deviation, Alice writes duties and terms, and both see what falls due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from contracts.levels import levels_of
from contracts.models import Agreement, AgreementEvent, Obligation, Term
from contracts.terms.term_sums import softer
from tests.contracts.conftest import written
from tests.contracts.obligations.conftest import InForce, amended

CLOCK = {
    "code": "notice_critical",
    "label": "Notice of critical events",
    "kind": "clock",
    "unit": "hours",
    "value": "24",
}
SUMS = [
    {"code": "tiers", "label": "Price", "kind": "tier", "unit": "currency amount a unit by volume", "value": "1-9: EUR 1200000; from 10: EUR 1100000"},
    {"code": "least", "label": "Minimum", "kind": "volume", "unit": "batches a year", "value": "8"},
    {"code": "steps", "label": "Cancelling", "kind": "ladder", "unit": "percent of price by days before the slot", "value": "from 90 days: 0 %; 0-89 days: 50 %"},
    {"code": "zones", "label": "Zones", "kind": "zone", "unit": "percent of the forecast before", "value": "months 1-3: 100-100 % firm; from month 4: free"},
    {"code": "index", "label": "Index", "kind": "index", "unit": "index and percent", "value": "HICP euro area, yearly, 60 %, at most 3 %"},
    {"code": "otif", "label": "On time in full", "kind": "level", "unit": "percent", "value": "at least 95 %"},
]  # fmt: skip


@pytest.fixture
def made(in_force: InForce, alice: Any) -> Any:
    with travel("2026-04-15 09:00Z", tick=False):
        yield in_force(
            terms=[CLOCK, *SUMS], duties=[{"text": "Send the forecast", "rule": "recurring", "anchor": "start", "every": "1 month", "owner": alice}],
            effective_on="2026-01-31", expires_on="2027-04-30",
        )  # fmt: skip


def test_an_event_is_recorded_by_the_clocks_of_its_place(made: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    url = f"{reverse('contracts:agreement_event_add')}?agreement={made.pk}"
    page = client.get(url).content.decode()
    assert "Notice of critical events" in page and "By the clocks of the place" in page
    sent = {
        "clock": "notice_critical",
        "what": "DEV-17",
        "happened_at": "2026-04-14T22:30",
        "zone": "America/New_York",
        "side": "",
        "owner": "",
    }
    answer = client.post(url, sent)
    row = Obligation.objects.get(event__what="DEV-17")
    assert answer.status_code == 302 and answer["Location"] == row.get_absolute_url()
    assert row.due_at == datetime(2026, 4, 16, 2, 30, tzinfo=UTC)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "14 April 2026 22:30 EDT plus 24 hours = 15 April 2026 22:30 EDT" in page
    # A time that the place never had, and one that no place has.
    assert "went forward over it" in client.post(url, {**sent, "happened_at": "2026-03-08T02:30"}).content.decode()
    assert "name of a time zone" in client.post(url, {**sent, "zone": "Mars"}).content.decode()
    assert AgreementEvent.objects.count() == 1
    assert client.post(reverse("contracts:agreement_event_add"), {}).status_code == 200


def test_an_obligation_is_done_with_what_shows_it(made: Agreement, alice: Any, client: Client) -> None:
    client.force_login(alice)
    row = Obligation.objects.filter(title="Send the forecast").earliest("due_on")
    listed = client.get(reverse("contracts:obligation_list"), {"view": "overdue"}).content.decode()
    assert str(row.pk) in listed and "late" in listed
    url = reverse("contracts:obligation_step", args=[row.pk, "complete"])
    refused = client.post(url, {"done_on": "2026-04-14", "evidence": "", "version": row.version})
    row.refresh_from_db()
    assert refused.status_code == 200 and row.state == "open"
    assert (
        client.post(url, {"done_on": "2026-04-14", "evidence": "Mail of 14 April", "version": row.version}).status_code
        == 302
    )
    assert "Mail of 14 April" in client.get(row.get_absolute_url()).content.decode()
    for view in ("soon", "mine", "undated"):
        assert client.get(reverse("contracts:obligation_list"), {"view": view}).status_code == 200


def test_the_calendar(made: Agreement, alice: Any, mallory: Any, client: Client) -> None:
    client.force_login(alice)
    url = reverse("contracts:calendar")
    page = client.get(url, {"month": "2026-05"}).content.decode()
    assert "May 2026" in page and "Send the forecast" in page and "Sunday, 31 May 2026" in page
    assert 'href="?' not in page and "month=2026-06" in page and "month=2026-04" in page
    listed = client.get(url, {"month": "2027-03", "view": "list"}).content.decode()
    assert "settle what follows" in listed and listed.count("cal-entry") == 3
    for wrong in ("2026-13", "x", "²026-01", "0000-00", ""):
        assert "April 2026" in client.get(url, {"month": wrong}).content.decode()
    client.force_login(mallory)
    assert "Send the forecast" not in client.get(url, {"month": "2026-05"}).content.decode()


def test_own_days_as_a_file(made: Agreement, alice: Any, priya: Any, client: Client) -> None:
    client.force_login(alice)
    answer = client.get(reverse("contracts:own_calendar"))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar") and text.startswith("BEGIN:VCALENDAR\r\n")
    assert (
        "DTSTART;VALUE=DATE:20260531\r\nDTEND;VALUE=DATE:20260601" in text
        and "SUMMARY:Send the forecast (MSA-1)" in text
    )
    assert (
        text.count("BEGIN:VEVENT")
        == text.count("UID:obligation-")
        == len({line for line in text.split("\r\n") if "UID:" in line})
    )
    client.force_login(priya)
    assert "BEGIN:VEVENT" not in client.get(reverse("contracts:own_calendar")).content.decode()


@pytest.mark.parametrize(
    ("asked", "figure"),
    [
        ({"term": "tiers", "quantity": "10"}, "EUR 11,000,000"),
        ({"term": "least", "taken": "6.5", "price": "1000.10", "currency": "eur", "percent": "80"}, "EUR 1,200.12"),
        ({"term": "steps", "days_before": "89", "price": "900000", "currency": "EUR", "resold": "100000", "credit": "100"}, "EUR 350,000"),
        ({"term": "zones", "forecast": "4; 4; 5; 6"}, "13"),
        ({"term": "index", "price": "100", "currency": "EUR", "changes": "2.5; 10"}, "EUR 104.545"),
    ],
)  # fmt: skip
def test_what_terms_come_to(made: Agreement, alice: Any, client: Client, asked: dict[str, str], figure: str) -> None:
    client.force_login(alice)
    page = client.get(reverse("contracts:agreement_sums", args=[made.pk]), asked).content.decode()
    assert f"<strong>{figure}" in page


def test_sums_say_what_is_wrong(made: Agreement, alice: Any, client: Client) -> None:
    client.force_login(alice)
    url = reverse("contracts:agreement_sums", args=[made.pk])
    assert "is no number" in client.get(url, {"term": "zones", "forecast": "four"}).content.decode()
    assert "is no number" in client.get(url, {"term": "zones", "forecast": "4;;"}).content.decode()
    assert "reckoned with" in client.get(url, {"term": "zones", "forecast": "NaN"}).content.decode()
    assert client.get(url, {"term": "tiers", "quantity": "0"}).status_code == 200


def test_terms_of_the_library_are_taken_over(alice: Any, harrow: Any, vx12: Any, client: Client) -> None:
    draft = written(alice, harrow, vx12, "msa")
    client.force_login(alice)
    url = reverse("contracts:library_terms", args=[draft.pk])
    page = client.get(url).content.decode()
    assert "Forecast zones" in page and "months 1-3: 100-100 % firm" in page
    sent = {
        "version": draft.version,
        "take.zones": "1",
        "value.zones": "soon",
        "take.firm_zone": "1",
        "value.firm_zone": "three (3) months",
    }
    refused = client.post(url, sent)
    assert refused.status_code == 400 and "could not be read as a forecast zone" in refused.content.decode()
    assert not Term.objects.filter(agreement=draft).exists()
    assert client.post(url, {**sent, "value.zones": "months 1-2: 100 % firm; from month 3: free"}).status_code == 302
    assert dict(draft.terms.values_list("code", "value"))["firm_zone"] == "3 months"
    assert "Forecast zones" not in client.get(url).content.decode()


def test_duties_are_written(alice: Any, sven: Any, harrow: Any, vx12: Any, client: Client) -> None:
    draft = written(alice, harrow, vx12, "msa")
    client.force_login(alice)
    url = reverse("contracts:agreement_duties", args=[draft.pk])
    assert "What has each side promised to do" in client.get(url).content.decode()
    row = {
        "duties-0-text": "Forecast", "duties-0-side": "ours", "duties-0-owner": str(sven.pk), "duties-0-rule": "recurring",
        "duties-0-anchor": "start", "duties-0-every": "one month", "version": str(draft.version), "then": "later",
    }  # fmt: skip
    assert client.post(url, row).status_code == 302
    duty = draft.duties.get()
    assert (duty.every, duty.owner) == ("1 month", sven)
    draft.refresh_from_db()
    wrong = client.post(
        url, {**row, "duties-0-id": str(duty.pk), "duties-0-every": "10 days", "version": str(draft.version)}
    )
    assert wrong.status_code == 200 and "every 1 month or year" in wrong.content.decode()


def test_levels_of_a_relationship(made: Agreement, alice: Any, lena: Any, relationship: Any) -> None:
    (level,) = levels_of(relationship)
    assert (level.code, level.term.words) == ("otif", "at least 95 %") and "softer" in softer(level.term, 90, "up")
    amended(made, "otif", "at least 97 %", actor=alice, by=lena, effective_on="2026-03-01")
    assert levels_of(relationship)[0].term.words == "at least 97 %"
    assert levels_of(relationship, date(2026, 2, 28))[0].term.words == "at least 95 %"


def test_over_rest(made: Agreement, quinn: Any, client: Client) -> None:
    client.force_login(quinn)
    body = {
        "agreement_id": str(made.pk), "clock": "notice_critical", "what": "DEV-18", "happened_at": "2026-04-14T20:30:00Z", "zone": "UTC",
    }  # fmt: skip
    answer = client.post(reverse("api:agreement-events-list"), body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    rows = client.get(reverse("api:obligations-list"), {"event_id": answer.json()["id"]}).json()["results"]
    assert [(row["due_at"], row["side"]) for row in rows] == [("2026-04-15T20:30:00Z", "theirs")]
    days = client.get(reverse("api:agreement-calendar"), {"from": "2027-04-01", "to": "2027-04-30"}).json()["results"]
    assert [(row["on"], row["kind"]) for row in days] == [("2027-04-30", "end"), ("2027-04-30", "ours")]
    assert client.get(reverse("api:agreement-calendar"), {"from": "2027-04-01", "to": "2027-03-30"}).status_code == 400
