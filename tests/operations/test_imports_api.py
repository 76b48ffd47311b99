"""Imports over REST: a file goes in, actions try and commit it, problems come out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cmo_lifecycle.celery import app
from operations.models import Delivery, DeliveryImport, ImportProfile

SAP = {
    "name": "sap",
    "fields": {
        "external_id": {"column": "Line"},
        "cmo": {"column": "Firm"},
        "programme": {"column": "Product"},
        "item": {"column": "Article"},
        "scheduled_on": {"column": "Due"},
    },
}
GOOD = "Line,Firm,Product,Article,Due\nL1,Harrow Biologics,VX-12,Vial,2026-04-03\n"
API = "/api/v1/imports/"


@pytest.fixture(autouse=True)
def _work_at_once() -> Iterator[None]:
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


class Caller:
    """Somebody's program."""

    def __init__(self, user: Any) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user)

    def upload(self, text: str, **parts: str) -> Any:
        file = io.BytesIO(text.encode())
        file.name = "lines.csv"
        return self.client.post(API, {"file": file, **parts})

    def act(self, href: str, verb: str, **body: Any) -> Any:
        version = self.client.get(href).json()["version"]
        return self.client.post(
            f"{href}actions/{verb}/", body, content_type="application/json", headers={"If-Match": f'"{version}"'}
        )

    def problems(self, pk: str) -> list[dict[str, Any]]:
        return self.client.get("/api/v1/import-problems/", {"import_id": pk}).json()["results"]  # type: ignore[no-any-return]


@pytest.fixture
def profile(db: None) -> ImportProfile:
    return ImportProfile.objects.create(name="sap", mapping=SAP)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_uploaded_tried_and_committed(relationship: Any, sven: Any, profile: ImportProfile) -> None:
    caller = Caller(sven)
    answer = caller.upload(GOOD, profile="SAP", create_missing="false")
    assert answer.status_code == 201, answer.content
    href = answer.json()["href"]
    assert answer["Location"] == href
    assert answer.json()["state"] == "mapped"

    tried = caller.act(href, "dry_run")
    assert tried.status_code == 200, tried.content
    job = caller.client.get(f"/api/v1/jobs/{tried.json()['job_id']}/").json()
    assert (job["status"], job["done"], job["total"]) == ("done", 1, 1)
    found = caller.client.get(href).json()
    assert (found["state"], found["rows_new"], found["rows_bad"]) == ("tried", 1, 0)
    assert {step["name"] for step in found["available_actions"]} >= {"commit", "cancel", "dry_run", "map_columns"}

    assert caller.act(href, "commit").status_code == 200
    assert caller.client.get(href).json()["state"] == "committed"
    assert Delivery.objects.get().relationship == relationship


@pytest.mark.django_db(transaction=True)
def test_problems_are_listed_to_whoever_imports_alone(relationship: Any, sven: Any, priya: Any, profile: Any) -> None:
    caller = Caller(sven)
    href = caller.upload(GOOD + "L2,Harrow Biologics,VX-12,Vial,soon\n", profile="sap").json()["href"]
    caller.act(href, "dry_run")
    pk = href.rstrip("/").rpartition("/")[2]
    (problem,) = caller.problems(pk)
    assert (problem["row"], problem["column"], problem["cells"]["Line"]) == (3, "Due", "L2")
    assert "is not a date like" in problem["message"]
    refused = caller.act(href, "commit")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/skip_bad"
    assert Caller(priya).problems(pk) == []
    assert Caller(priya).client.get(href).status_code == 404

    assert caller.act(href, "commit", skip_bad=True).status_code == 200
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_with_an_upload_is_said_and_nothing_stays(sven: Any, otto: Any, tom: Any, profile: Any) -> None:
    caller = Caller(sven)
    for parts, pointer in (
        ({"profile": "nobody"}, "/profile"),
        ({"profile": "fda_sites", "kind": "nothing"}, "/kind"),
        ({"colour": "red"}, "/colour"),
        ({"create_missing": "perhaps"}, "/create_missing"),
    ):
        answer = caller.upload(GOOD, **parts)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.content
    lacking = caller.upload("Line,Firm\n1,2\n", profile="sap").json()["errors"][0]["detail"]
    assert lacking == "The file lacks the columns “Product”, “Article”, “Due”; it has “Line”, “Firm”."
    assert caller.upload("%PDF-1.7", profile="sap").json()["errors"][0]["pointer"] == "/file"
    assert [Caller(person).upload(GOOD).status_code for person in (otto, tom)] == [403, 403]
    assert not DeliveryImport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_goes_nowhere(relationship: Any, sven: Any, profile: ImportProfile) -> None:
    caller = Caller(sven)
    href = caller.upload(GOOD, profile="sap").json()["href"]
    caller.act(href, "dry_run")
    assert caller.act(href, "cancel").json()["state"] == "cancelled"
    assert caller.act(href, "commit").status_code == 409
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_profile_that_cannot_work_is_not_kept(sven: Any) -> None:
    caller = Caller(sven)
    wrong = {"name": "mine", "kind": "deliveries", "mapping": {"name": "mine", "fields": {"colour": {"column": "A"}}}}
    answer = caller.client.post("/api/v1/import-profiles/", wrong, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/mapping"
    shipped = caller.client.get("/api/v1/import-profiles/", {"name": "scms"}).json()["results"][0]
    answer = caller.client.patch(
        shipped["href"], {"mapping": SAP}, content_type="application/json",
        headers={"If-Match": f'"{shipped["version"]}"'},
    )  # fmt: skip
    assert answer.status_code == 400
    assert "is shipped with the product" in answer.content.decode()
