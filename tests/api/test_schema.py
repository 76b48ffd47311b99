"""The API's description: valid, complete, as committed, and kept."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.urls import get_resolver

from cmo_lifecycle.accounts.roles import INTERNAL
from cmo_lifecycle.doors.rest.compatibility import breaking_changes
from cmo_lifecycle.doors.rest.docs import document
from cmo_lifecycle.workflow.transitions import all_nouns, transitions_of
from tests.api.conftest import problem

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"


def test_the_description_is_valid_without_a_warning_and_as_committed(tmp_path: Path) -> None:
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))
    assert made.read_text() == COMMITTED.read_text(), (
        "The API changed. Look at the difference, then write it down:"
        " python3 manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"
    )


def test_every_address_is_described() -> None:
    described = {re.sub(r"{\w+}", "{}", path) for path in document()["paths"]}
    exempt = {"/api/v1/schema/", "/api/v1/problems/", "/api/v1/problems/{}/"}
    (api,) = (p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/")
    routes = set()
    for pattern in api.url_patterns:
        for inner in getattr(pattern, "url_patterns", [pattern]):
            if inner.name != "unknown":
                routes.add("/api/v1/" + re.sub(r"<[^>]+>", "{}", str(inner.pattern)))
    assert routes - described == exempt
    assert described <= routes


def test_every_operation_tells_its_failures_and_its_headers() -> None:
    operations = 0
    ids = set()
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            operations += 1
            where = f"{method} {path}"
            assert operation["operationId"] not in ids, where
            ids.add(operation["operationId"])
            assert operation["summary"] if "summary" in operation else operation["description"], where
            assert {"400", "401", "403", "406", "429", "500"} <= set(operation["responses"]), where
            headers = {
                p.get("name") or p.get("$ref", "").rpartition("/")[2] for p in operation.get("parameters", ())
            } & {"If-Match", "IfMatch"}
            # Jobs and files have no version that somebody could have read.
            unversioned = "/jobs/" in path or "/attachments/" in path
            if method in ("put", "patch") or ("/actions/" in path and not unversioned):
                assert headers, where
                assert "412" in operation["responses"], where
            if "{id}" in path:
                assert "404" in operation["responses"], where
    assert operations > 100


def test_every_verb_for_people_has_its_body_described() -> None:
    components = document()["components"]["schemas"]
    paths = document()["paths"]
    for noun in all_nouns():
        for verb in transitions_of(noun).values():
            path = f"/api/v1/{noun.route}/{{id}}/actions/{verb.verb}/"
            # Nobody's, and those of bidders, who have their own pages.
            if not set(verb.asked_roles) & set(INTERNAL):
                assert path not in paths
                continue
            (content,) = paths[path]["post"]["requestBody"]["content"].values()
            body = components[content["schema"]["$ref"].rpartition("/")[2]]
            fields = set(verb.form.base_fields) if verb.form else set()
            assert fields | {"reason"} <= set(body["properties"])
            assert ("password" in body["properties"]) == verb.needs_signature
            assert ("reason" in body.get("required", ())) == verb.reason_required


@pytest.mark.django_db
def test_the_description_is_served_as_json_and_yaml(api: Any, priya: Any) -> None:
    person = api(priya)
    assert person.get("/schema/").json() == document()
    assert person.get("/schema/", Accept="application/vnd.oai.openapi+json").json() == document()
    for answer in (person.get("/schema/?format=yaml"), person.get("/schema/", Accept="application/vnd.oai.openapi")):
        assert yaml.safe_load(answer.content) == document()
    problem(api().get("/schema/"), 401)
    problem(person.get("/schema/?format=toml"), 400)


@pytest.mark.django_db
def test_the_page_of_the_api_needs_nothing_from_elsewhere(client: Any, priya: Any, otto: Any) -> None:
    assert client.get("/api/docs/").status_code == 302
    client.force_login(otto)
    assert client.get("/api/docs/").status_code == 403
    client.force_login(priya)
    page = client.get("/api/docs/").content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert " onload" not in page
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/"), address
        if address.startswith("/static/"):
            from django.contrib.staticfiles import finders

            assert finders.find(address.removeprefix("/static/")), address


# ------------------------------------------------------------------ what breaks callers


def changed(change: Any) -> list[str]:
    new = copy.deepcopy(document())
    change(new)
    return breaking_changes(document(), new)


def test_nothing_breaks_what_is_committed() -> None:
    assert breaking_changes(yaml.safe_load(COMMITTED.read_text()), document()) == []


def test_what_is_added_breaks_nothing() -> None:
    def add(new: Any) -> None:
        new["paths"]["/api/v1/new/"] = new["paths"]["/api/v1/cmos/"]
        new["components"]["schemas"]["CMO"]["properties"]["colour"] = {"type": "string"}
        new["components"]["schemas"]["CMOInput"]["properties"]["colour"] = {"type": "string"}
        new["components"]["schemas"]["CMOInput"]["properties"]["kind"]["enum"].append("new")
        new["paths"]["/api/v1/cmos/"]["get"]["parameters"].append({"name": "x", "in": "query", "schema": {}})

    assert changed(add) == []


def _drop_path(new: Any) -> None:
    del new["paths"]["/api/v1/cmos/{id}/"]


def _drop_method(new: Any) -> None:
    del new["paths"]["/api/v1/cmos/{id}/"]["patch"]


def _drop_parameter(new: Any) -> None:
    operation = new["paths"]["/api/v1/cmos/"]["get"]
    operation["parameters"] = [p for p in operation["parameters"] if p.get("name") != "country"]


def _demand_parameter(new: Any) -> None:
    extra = {"name": "x", "in": "query", "required": True, "schema": {"type": "string"}}
    new["paths"]["/api/v1/cmos/"]["get"]["parameters"].append(extra)


def _drop_member(new: Any) -> None:
    del new["components"]["schemas"]["CMO"]["properties"]["country"]


def _rename_sent(new: Any) -> None:
    del new["components"]["schemas"]["CMOInput"]["properties"]["notes"]


def _demand_member(new: Any) -> None:
    new["components"]["schemas"]["CMOInput"]["required"].append("country")


def _drop_choice(new: Any) -> None:
    new["components"]["schemas"]["CMOInput"]["properties"]["kind"]["enum"].remove("hybrid")


def _drop_returned_choice(new: Any) -> None:
    new["components"]["schemas"]["Relationship"]["properties"]["state"]["enum"].remove("active")


def _change_type(new: Any) -> None:
    new["components"]["schemas"]["CMO"]["properties"]["legal_name"]["type"] = "integer"


def _may_be_null(new: Any) -> None:
    new["components"]["schemas"]["CMO"]["properties"]["legal_name"]["type"] = ["string", "null"]


def _drop_media_type(new: Any) -> None:
    del new["paths"]["/api/v1/cmos/"]["get"]["responses"]["200"]["content"]["text/csv"]


def _drop_status(new: Any) -> None:
    del new["paths"]["/api/v1/cmos/{id}/"]["patch"]["responses"]["412"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_drop_path, "/api/v1/cmos/{id}/ is gone."),
        (_drop_method, "PATCH /api/v1/cmos/{id}/ is gone."),
        (_drop_parameter, "GET /api/v1/cmos/, query parameter country is gone."),
        (_demand_parameter, "GET /api/v1/cmos/, query parameter x is new and demanded."),
        (_drop_member, "CMO.country is gone."),
        (_rename_sent, "CMOInput.notes is gone."),
        (_demand_member, "CMOInput.country is demanded now."),
        (_drop_choice, "CMOInput.kind no longer takes 'hybrid'."),
        (_drop_returned_choice, "Relationship.state is never 'active' any more."),
        (_change_type, "CMO.legal_name may be integer now."),
        (_may_be_null, "CMO.legal_name may be null now."),
        (_drop_media_type, "GET /api/v1/cmos/, answer 200 is no longer had as text/csv."),
        (_drop_status, "PATCH /api/v1/cmos/{id}/ no longer answers 412."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_breaks_callers_is_found(change: Any, sentence: str) -> None:
    assert sentence in changed(change)
