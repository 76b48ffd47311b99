"""The desk, finding things, the audit trail, background work, and whether the installation is well."""

from __future__ import annotations

import csv
import io
import re
import runpy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cmo_lifecycle.partners.models import CMO, Qualification, Relationship, Site, TierAssessment
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Heartbeat, Job
from devstack.servers import ROOT


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def assess(relationship: Any, author: Any, **values: Any) -> Any:
    return edits.create(
        TierAssessment,
        {
            "relationship": relationship,
            "product_impact": 3,
            "detectability": 2,
            "data_integrity": 2,
            "supply_continuity": 2,
            "rationale": "One source",
            "assessed_on": date(2026, 1, 5),
            **values,
        },
        actor=author,
    )


# ---------------------------------------------------------------- the desk


def test_the_badge_is_the_number_of_rows_and_each_row_has_its_step(
    relationship: Any, alice: Any, quinn: Any, mallory: Any, as_: Any
) -> None:
    for _ in range(3):
        assess(relationship, alice)
    page = as_(quinn).get("/")
    rows = page.context["rows"]
    assert len(rows) == 3
    assert re.search(r'class="count">3<', page.content.decode())
    assert all(row["step_url"].endswith("/approve/") for row in rows)
    # Quality on another programme has nothing to do with these.
    assert as_(mallory).get("/").context["rows"] == []
    elsewhere = as_(quinn).get("/cmos/").content.decode()
    assert re.search(r'class="count">3<', elsewhere)


def test_what_changed_is_that_of_one_s_own_programmes(
    relationship: Any, other_programme: Any, harrow: Any, alice: Any, mallory: Any, as_: Any
) -> None:
    edits.update(relationship, {"notes": "Line 2 is free"}, actor=alice, version=1, reason="call of today")
    edits.update(other_programme, {"description": "secret"}, actor=mallory, version=1, reason="new scope")
    mine = text_of(as_(alice).get("/"))
    assert "Harrow Biologics · VX-12" in mine and "QR-7" not in mine
    theirs = text_of(as_(mallory).get("/"))
    assert "QR-7" in theirs and "call of today" not in theirs


def test_a_silent_schedule_is_told(alice: Any, as_: Any) -> None:
    client = as_(alice)
    assert "It has not run yet." in text_of(client.get("/"))
    beat = Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(hours=25))
    assert "The schedule is silent." in text_of(client.get("/"))
    beat.at = timezone.now() - timedelta(hours=23)
    beat.save()
    assert "The schedule is silent." not in text_of(client.get("/"))


def test_somebody_from_a_cmo_is_led_to_the_portal_and_finds_nothing(relationship: Any, otto: Any, as_: Any) -> None:
    client = as_(otto)
    assert client.get("/")["Location"] == "/portal/"
    page = text_of(client.get("/portal/"))
    assert "so far. A request to bid appears here once it is issued." in page and "Harrow" not in page
    assert client.get("/search/?q=harrow", headers={"accept": "application/json"}).json() == {"groups": []}
    assert client.get("/pick/cmo/?q=h").status_code == 403


def test_the_desk_asks_few_queries(relationship: Any, alice: Any, quinn: Any, as_: Any) -> None:
    client = as_(quinn)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        return len(asked)

    assess(relationship, alice)
    queries()
    few = queries()
    for _ in range(20):
        assess(relationship, alice)
    # One more for each room that tells what is due: notices, obligations, whose relationship it is, frameworks.
    assert queries() == few <= 16


# ---------------------------------------------------------------- finding


def found(client: Any, text: str) -> dict[str, list[str]]:
    answer = client.get("/search/", {"q": text}, headers={"accept": "application/json"})
    assert answer.status_code == 200
    return {group["label"]: [item["label"] for item in group["items"]] for group in answer.json()["groups"]}


def test_three_letters_a_number_and_a_typo_find_it(relationship: Any, harrow_site: Any, alice: Any, as_: Any) -> None:
    CMO.objects.create(legal_name="Lonza Group AG", aliases=["Lonza Visp"])
    Site.objects.create(cmo=harrow_site.cmo, name="Brightwater")
    client = as_(alice)
    assert found(client, "har")["CMOs"] == ["Harrow Biologics"]
    assert found(client, "har")["Relationships"] == ["Harrow Biologics · VX-12"]
    assert found(client, "210987654") == {"Sites": ["Harrow Cork"]}
    assert found(client, "visp") == {"CMOs": ["Lonza Group AG"]}
    assert found(client, "Lonzza")["CMOs"] == ["Lonza Group AG"]
    assert found(client, "Brigthwater") == {"Sites": ["Brightwater"]}
    assert found(client, "x") == {} and found(client, "qqqqqq") == {}
    page = text_of(client.get("/search/?q=Lonzza"))
    assert "Lonza Group AG" in page and 'id="rail"' in page


def test_nobody_finds_what_they_may_not_see(relationship: Any, bob: Any, as_: Any) -> None:
    assert found(as_(bob), "VX-12") == {}
    assert "Programmes" not in found(as_(bob), "VX-13x")


def test_a_percent_sign_finds_itself(harrow: Any, alice: Any, as_: Any) -> None:
    assert found(as_(alice), "%%") == {} and found(as_(alice), "__") == {}


# ---------------------------------------------------------------- the trail


def test_the_trail_names_people_and_fields_and_is_filtered(
    harrow: Any, alice: Any, priya: Any, audra: Any, as_: Any
) -> None:
    edits.update(harrow, {"financial_rating": "BBB"}, actor=alice, version=1)
    edits.update(harrow, {"kind": "hybrid"}, actor=priya, version=2)
    client = as_(audra)
    page = text_of(client.get("/audit/?table=partners_cmo&op=U"))
    assert "Alice Example" in page and "Financial rating" in page and "<ins>BBB</ins>" in page
    assert "<ins>Hybrid, with products of its own</ins>" in page
    only = text_of(client.get(f"/audit/?table=partners_cmo&op=U&who=user:{priya.pk}"))
    assert "Hybrid, with products" in only and "BBB" not in only
    assert "No match" in text_of(client.get(f"/audit/?q={harrow.pk}&until=2000-01-01"))


def test_the_trail_is_paged_and_handed_out_as_filtered(alice: Any, audra: Any, as_: Any) -> None:
    for number in range(60):
        CMO.objects.create(legal_name=f"Maker {number:02d}")
    client = as_(audra)
    first = client.get("/audit/?table=partners_cmo")
    second = client.get("/audit/" + first.context["page"]["next_url"])
    keys = [entry["id"] for page in (first, second) for entry in page.context["entries"]]
    assert len(keys) == len(set(keys)) == 60
    answer = client.get("/audit/" + first.context["export_url"])
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 61 and [int(row[0]) for row in rows[1:]] == keys
    assert "Legal name: empty → Maker 59" in rows[1][6]


def test_a_record_s_own_part_of_the_trail_is_on_its_page(harrow: Any, alice: Any, as_: Any) -> None:
    edits.update(harrow, {"financial_rating": "BBB"}, actor=alice, version=1)
    page = text_of(as_(alice).get(f"/cmos/{harrow.pk}/?tab=history"))
    assert "Audit trail of this record" in page and "<ins>BBB</ins>" in page


# ---------------------------------------------------------------- background work


@pytest.fixture
def job(alice: Any) -> Any:
    return Job.objects.create(
        kind="import", label="Import of deliveries.csv", status="running", done=250, total=1000, asked_by=alice
    )


def test_a_job_says_n_of_m_and_can_be_cancelled_by_whoever_started_it(
    job: Any, alice: Any, bob: Any, audra: Any, as_: Any
) -> None:
    client = as_(alice)
    page = text_of(client.get(f"/jobs/{job.pk}/"))
    assert "250 of 1,000" in page and 'value="25"' in page and 'hx-trigger="every 2s"' in page
    assert "Import of deliveries.csv" in text_of(client.get("/"))
    assert as_(bob).get(f"/jobs/{job.pk}/").status_code == 404
    assert as_(bob).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert as_(audra).get(f"/jobs/{job.pk}/").status_code == 200
    assert as_(audra).post(f"/jobs/{job.pk}/cancel/").status_code == 403
    client.post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.cancel_asked and job.status == "running"
    assert "Stopping" in text_of(client.get(f"/jobs/{job.pk}/"))


def test_a_job_that_has_not_begun_is_cancelled_at_once_and_one_that_is_over_is_left(
    job: Any, alice: Any, as_: Any
) -> None:
    client = as_(alice)
    Job.objects.update(status="waiting")
    client.post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.status == "cancelled" and "every 2s" not in text_of(client.get(f"/jobs/{job.pk}/"))
    Job.objects.update(status="done", cancel_asked=False)
    client.post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.status == "done" and not job.cancel_asked


# ---------------------------------------------------------------- health


def test_live_is_live_for_anybody(client: Any) -> None:
    assert client.get("/livez").json() == {"status": "ok"}


def test_ready_says_what_is_wrong(client: Any, beating: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["parts"]["worker"]["seconds_since_heartbeat"] < 60
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"]["problem"].startswith("The worker has been silent for 36")
    assert answer.json()["parts"]["database"] == {"ok": True}
    Heartbeat.objects.all().delete()
    assert client.get("/readyz").json()["parts"]["beat"]["problem"] == "The beat has not run yet."


def test_ready_notices_a_missing_broker(client: Any, beating: None, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == {"ok": False, "problem": "The broker does not answer."}


def test_beat_is_well_as_long_as_it_sends(db: None) -> None:
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    beat = runpy.run_path(str(ROOT / "deploy" / "health.py"))["beat"]
    assert not beat()
    often = IntervalSchedule.objects.create(every=1, period="minutes")
    task = PeriodicTask.objects.create(name="heartbeat", task="workflow.heartbeat", interval=often)
    assert not beat()
    for minutes, well in ((6, True), (11, False)):
        PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=timezone.now() - timedelta(minutes=minutes))
        assert beat() == well
    PeriodicTask.objects.filter(pk=task.pk).update(last_run_at=timezone.now(), enabled=False)
    assert not beat()


# ---------------------------------------------------------------- the frame


def test_the_rail_is_the_same_everywhere_and_marks_where_one_is(
    relationship: Any, alice: Any, audra: Any, as_: Any
) -> None:
    client = as_(alice)
    labels = None
    for path, current in (
        ("/", "My desk"),
        ("/relationships/", "Relationships"),
        (f"/relationships/{relationship.pk}/", "Relationships"),
        ("/cmos/add/", "CMOs"),
        ("/operations/", "Overview"),
        ("/operations/runs/", "Overview"),
        ("/operations/reviews/", "Reviews"),
        ("/operations/kpis/versions/", "KPI dictionary"),
    ):
        rail = [item for group in client.get(path).context["nav"] for item in group["items"]]
        assert [item["label"] for item in rail if item["current"]] == [current]
        assert labels in (None, [item["label"] for item in rail])
        labels = [item["label"] for item in rail]
    assert "Audit trail" not in labels
    assert "Audit trail" in text_of(as_(audra).get("/"))


def test_relationships_by_state_are_one_click_from_the_desk(relationship: Any, priya: Any, as_: Any) -> None:
    client = as_(priya)
    assert "/relationships/?mine=true" in text_of(client.get("/"))
    assert "Harrow Biologics" in text_of(client.get("/relationships/?mine=true"))
    assert Relationship.objects.count() == 1 and not Qualification.objects.exists()
