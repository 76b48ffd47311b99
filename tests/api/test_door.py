"""The REST door itself: problems, paging, money, external ids, actions, files, tokens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.doors.rest import problems
from cmo_lifecycle.partners.models import CMO, Certificate, Relationship, Site
from cmo_lifecycle.workflow.attachments import attach
from cmo_lifecycle.workflow.models import Event, Job, Signature
from cmo_lifecycle.workflow.transitions import ask_for_approvals
from operations.models import Delivery, KpiDefinition, KpiObservation, Review, ReviewInputs, ScoringPolicy
from tests.api.conftest import problem
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ problems


def test_every_unknown_address_is_a_problem_for_everybody(api: Any, priya: Any) -> None:
    for person in (None, priya):
        for method in ("get", "post", "put", "patch", "delete"):
            for path in ("/nothing/", "/cmos/not-a-uuid/", "/relationships/1/actions/fly/", "/", "/cmos//"):
                problem(api(person).send(method, path, {} if method != "get" else None), 404, "not_found")
    problem(api().get("/api/nothing"), 404, "not_found")
    problem(api().get("/api/v2/cmos/"), 404, "not_found")
    assert "slash" in problem(api(priya).get("/cmos"), 404)["detail"]


def test_a_failure_on_our_side_is_a_problem_that_says_nothing_about_us(
    api: Any, priya: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cmo_lifecycle.partners.api import CMOViewSet

    def broken(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(CMOViewSet, "rows", broken)
    response = api(priya).get("/cmos/")
    problem(response, 500, "error")
    assert b"secret" not in response.content


def test_a_failure_in_a_middleware_is_a_problem_too(api: Any, priya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django_htmx.middleware import HtmxMiddleware

    def broken(self: Any, request: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(HtmxMiddleware, "__call__", broken)
    client = api(priya)
    response = client.get("/cmos/")
    problem(response, 500, "error")
    assert b"secret" not in response.content


def test_an_unknown_host_is_a_problem(api: Any, priya: Any) -> None:
    problem(api(priya).get("/cmos/", Host="evil.example"), 400, "malformed")


@pytest.mark.parametrize(
    "path", ["/cmos/?search=%00", "/cmos/?%00=1", "/cmos/by-external-id/%00/", "/%00/", "/cmos/?search=a%00b&x=1"]
)
def test_a_nul_anywhere_in_the_address_is_a_400(api: Any, priya: Any, path: str) -> None:
    problem(api(priya).get(path), 400, "unclean_input")


def test_a_nul_elsewhere_is_a_400_and_a_page_gets_a_page(client: Client) -> None:
    client.cookies["sessionid"] = "a\x00b"
    assert client.get("/api/v1/cmos/").json()["code"] == "unclean_input"
    page = client.get("/livez?x=%00")
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
    del client.cookies["sessionid"]
    assert client.post("/api/v1/attachments/", {"record": "a\0b"}).json()["code"] == "unclean_input"


def test_a_request_id_is_taken_over_when_it_is_a_plain_one(api: Any, priya: Any) -> None:
    person = api(priya)
    assert person.get("/cmos/", X_Request_Id="trace-1234.abc")["X-Request-Id"] == "trace-1234.abc"
    for junk in ("short", "x" * 65, "<script>alert", "with blank"):
        made = person.get("/cmos/", X_Request_Id=junk)["X-Request-Id"]
        assert made != junk
        assert len(made) == 32


def test_a_body_that_is_too_large_is_refused(api: Any, priya: Any) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        problem(api(priya).post("/cmos/", {"legal_name": "x" * 2000}), 413, "too_large")


def test_the_kinds_of_problems_are_told(api: Any, priya: Any) -> None:
    kinds = api(priya).get("/problems/").json()["results"]
    assert {kind["code"] for kind in kinds} == set(problems.KINDS)
    for kind in kinds:
        assert api(priya).get(kind["type"]).json() == kind
    problem(api(priya).get("/problems/nonsense/"), 404)


# ------------------------------------------------------------------ who asks


def test_session_writes_need_the_csrf_token(alice: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    body = {"legal_name": "Castellan Pharma"}
    response = client.post("/api/v1/cmos/", body, content_type="application/json")
    problem(response, 403, "csrf")
    assert not CMO.objects.exists()
    client.cookies["csrftoken"] = "a" * 32
    response = client.post("/api/v1/cmos/", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert response.status_code == 201, response.content


def test_a_token_works_within_its_scopes_and_needs_no_csrf_token(
    api: Any, service: Any, token_of: Any, vx12: Any, harrow: Any
) -> None:
    reader = api(token=token_of(service, "cmos:read"))
    assert reader.get("/cmos/").status_code == 200
    problem(reader.get("/sites/"), 403)
    problem(reader.post("/cmos/", {"legal_name": "Brightwater"}), 403)
    writer = api(token=token_of(service, "cmos:write", "sites:write"))
    made = writer.post("/cmos/", {"legal_name": "Brightwater"})
    assert made.status_code == 201, made.content
    assert made.json()["created_by_id"] == str(service.pk)
    entry = AuditEntry.objects.get(table_name="partners_cmo", row_id=made.json()["id"])
    assert (entry.actor, entry.source) == (f"user:{service.pk}", "api")
    problem(api(token="cmo_nonsense").get("/cmos/"), 401, "authentication_failed")


def test_a_service_account_sees_the_programmes_it_is_a_member_of_and_never_signs(
    api: Any, service: Any, token_of: Any, relationship: Any, vx12: Any
) -> None:
    erp = api(token=token_of(service, "write"))
    problem(erp.get(f"/relationships/{relationship.pk}/"), 404)
    vx12.members.add(service)
    assert erp.get(f"/relationships/{relationship.pk}/").status_code == 200
    definition = KpiDefinition.objects.first()
    address = f"/kpi-definitions/{definition.pk}/actions/retire_definition/"
    body = {"reason": "x", "password": PASSWORD}
    problem(erp.post(address, body, match=definition.version), 403, "signature_refused")
    assert not Signature.objects.exists()


def test_the_trail_is_for_auditors_and_administrators(api: Any, audra: Any, adam: Any, priya: Any, harrow: Any) -> None:
    problem(api(priya).get("/audit-entries/"), 403, "not_permitted")
    for reader in (audra, adam):
        rows = api(reader).get(f"/audit-entries/?row_id={harrow.pk}").json()["results"]
        assert [(row["op"], row["table_name"]) for row in rows] == [("I", "partners_cmo")]
        assert api(reader).get(rows[0]["href"]).json()["new"]["legal_name"] == "Harrow Biologics"
    problem(api(audra).get("/audit-entries/99999999999999999999/"), 404)


def test_people_are_names_and_nothing_else(api: Any, priya: Any, alice: Any) -> None:
    rows = api(priya).get("/people/?search=alice").json()["results"]
    assert rows == [{"id": str(alice.pk), "name": "Alice Example", "href": f"/api/v1/people/{alice.pk}/"}]


def test_the_rate_limit_is_told_and_kept(api: Any, priya: Any, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.settings import api_settings

    first = api(priya).get("/cmos/")
    assert first["RateLimit-Policy"] == '"person";q=1200;w=60'
    assert first["RateLimit"].startswith('"person";r=1199;t=')
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "person", "3/hour")
    person = api(alice)
    for left in (2, 1, 0):
        assert f";r={left};" in person.get("/cmos/")["RateLimit"]
    refused = person.get("/cmos/")
    problem(refused, 429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 3601
    assert ";r=0;" in refused["RateLimit"]
    assert api(priya).get("/cmos/").status_code == 200


def test_guessing_tokens_is_slowed_down_and_good_ones_are_not(
    api: Any, service: Any, token_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cmo_lifecycle.doors.rest import throttling

    monkeypatch.setattr(throttling, "FAILURES", 3)
    good, bad = api(token=token_of(service, "read")), api(token="cmo_guess")
    for _ in range(3):
        problem(bad.get("/cmos/"), 401, "authentication_failed")
    refused = bad.get("/cmos/", X_Forwarded_For="10.9.8.7")
    problem(refused, 429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert good.get("/cmos/").status_code == 200


def test_what_goes_away_says_so_first(api: Any, priya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from cmo_lifecycle.doors.rest.listing import Deprecated
    from cmo_lifecycle.partners.api import CMOViewSet

    way_out = Deprecated(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(CMOViewSet, "deprecated", way_out)
    for path in ("/cmos/", f"/cmos/{uuid4()}/"):
        answer = api(priya).get(path)
        assert (answer["Deprecation"], answer["Sunset"]) == ("@1798761600", "Sat, 01 Jan 2028 00:00:00 GMT")
    assert "Sunset" not in api(priya).get("/sites/")


def test_without_the_cache_nobody_is_held_up(api: Any, priya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ConnectionError as Gone

    from cmo_lifecycle.doors.rest import throttling

    def gone(*args: Any) -> None:
        raise Gone("no cache")

    monkeypatch.setattr(throttling.cache, "incr", gone)
    assert api(priya).get("/cmos/").status_code == 200


# ------------------------------------------------------------------ lists


@pytest.fixture
def certificates(harrow_site: Any) -> list[Certificate]:
    """Twenty-four certificates: three of each day, and three without a day."""
    return Certificate.objects.bulk_create(
        [
            Certificate(
                site=harrow_site,
                kind="gmp",
                number=f"{number:02}",
                issuer="HPRA",
                expires_on=None if number >= 21 else date(2026, 1, 1) + timedelta(days=number // 3),
            )
            for number in range(24)
        ]
    )


def walk(person: Any, address: str, way: str = "next") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while address:
        body = person.get(address).json()
        found = [*found, *body["results"]] if way == "next" else [*body["results"], *found]
        address = body[way]
    return found


@pytest.mark.parametrize("ordering", ["expires_on", "-expires_on", "expires_on,-updated_at", "id", "-id"])
@pytest.mark.parametrize("limit", [1, 5, 23, 24, 25])
def test_pages_hold_each_row_once_both_ways(api: Any, quinn: Any, certificates: Any, ordering: str, limit: int) -> None:
    if limit == 1 and ordering not in ("expires_on", "-expires_on"):
        return
    person = api(quinn)
    address = f"/certificates/?ordering={ordering}&limit={limit}&fields=number,expires_on"
    whole = person.get(f"/certificates/?ordering={ordering}&limit=1000&fields=number,expires_on").json()["results"]
    assert len(whole) == 24
    days = [row["expires_on"] for row in whole]
    if "expires_on" in ordering:
        assert days[21:] == [None] * 3
        assert days[:21] == sorted(days[:21], reverse=ordering.startswith("-"))
    assert walk(person, address) == whole
    last = address
    while person.get(last).json()["next"]:
        last = person.get(last).json()["next"]
    assert walk(person, last, "previous") == whole


def test_pages_lose_and_repeat_nothing_while_rows_come_in(
    api: Any, quinn: Any, harrow_site: Any, certificates: Any
) -> None:
    person = api(quinn)
    address = "/certificates/?ordering=-expires_on&limit=4&fields=number"
    seen, number = [], 100
    while address:
        body = person.get(address).json()
        seen += [row["number"] for row in body["results"]]
        for day in (date(2026, 1, 8), date(2026, 1, 1), None):
            number += 1
            Certificate.objects.create(site=harrow_site, kind="gmp", number=str(number), issuer="HPRA", expires_on=day)
        address = body["next"]
        assert len(seen) < 200
        if number > 130:
            break
    before = [one.number for one in certificates]
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_a_cursor_of_another_order_is_refused(api: Any, quinn: Any, certificates: Any) -> None:
    person = api(quinn)
    following = person.get("/certificates/?ordering=expires_on&limit=2").json()["next"]
    problem(person.get(following.replace("ordering=expires_on", "ordering=-expires_on")), 400, "invalid")


def test_filters_narrow_and_never_widen(api: Any, quinn: Any, certificates: Any) -> None:
    person = api(quinn)

    def numbers(query: str) -> list[str]:
        return sorted(row["number"] for row in person.get(f"/certificates/?{query}").json()["results"])

    assert numbers("expires_on_from=2026-01-02&expires_on_to=2026-01-02") == ["03", "04", "05"]
    assert numbers("expires_on_missing=true") == ["21", "22", "23"]
    assert len(numbers("expires_on_missing=false")) == 21
    assert numbers("number=01&number=02") == ["01", "02"]
    assert numbers("kind=iso") == []
    found = problem(person.get("/certificates/?kind=nonsense"), 400, "invalid")
    assert found["errors"][0]["pointer"] == "?kind"
    problem(person.get("/certificates/?expires_on_from=2026-01-01&expires_on_from=2026-01-02"), 400, "invalid")
    many = "&".join(f"number={n}" for n in range(201))
    problem(person.get(f"/certificates/?{many}"), 400, "invalid")


def test_a_row_linked_twice_is_listed_once(api: Any, priya: Any, relationship: Any, harrow: Any) -> None:
    other = Site.objects.create(cmo=harrow, name="Harrow Galway")
    relationship.sites.add(other)
    keys = "&".join(f"site_id={site.pk}" for site in relationship.sites.all())
    body = api(priya).get(f"/relationships/?{keys}&count=true").json()
    assert body["count"] == len(body["results"]) == 1


def test_records_are_expanded_beside_their_ids(api: Any, priya: Any, relationship: Any, harrow_site: Any) -> None:
    person = api(priya)
    (row,) = person.get("/relationships/?expand=cmo,sites,manager,programme&fields=site_ids,tier").json()["results"]
    assert set(row) == {"id", "site_ids", "tier", "cmo", "sites", "manager", "programme"}
    assert row["cmo"]["legal_name"] == "Harrow Biologics"
    assert [site["name"] for site in row["sites"]] == ["Harrow Cork"]
    assert row["site_ids"] == [str(harrow_site.pk)]
    assert row["manager"] == {
        "id": str(priya.pk),
        "name": "Priya Example",
        "href": f"/api/v1/people/{priya.pk}/",
    }
    detail = person.get(f"/relationships/{relationship.pk}/?expand=cmo").json()
    assert detail["cmo"] == row["cmo"]


def test_lists_are_made_quickly(api: Any, priya: Any, relationship: Any) -> None:
    """Loose limits on processor time: they catch a list that falls back to model instances, not a busy machine."""
    import time

    Delivery.objects.bulk_create(
        [
            Delivery(
                relationship=relationship,
                item=f"Vial {number}",
                scheduled_on=date(2025, 1, 1 + number % 28),
                quantity_ordered=number,
                value=number,
                currency="EUR",
            )
            for number in range(1000)
        ]
    )
    person = api(priya)
    for address, limit in (("/deliveries/", 0.05), ("/deliveries/?limit=1000", 0.15)):
        times = []
        for _ in range(8):
            began = time.process_time()
            assert person.get(address).status_code == 200
            times.append(time.process_time() - began)
        assert min(times) < limit, (address, min(times))
    with CaptureQueriesContext(connection) as queries:
        person.get("/deliveries/?limit=1000")
    assert len(queries) == 4


def test_no_text_becomes_a_formula_in_a_file(api: Any, alice: Any) -> None:
    CMO.objects.create(legal_name='=HYPERLINK("http://evil.example")', notes="+1+1")
    text = b"".join(api(alice).get("/cmos/?format=csv").streaming_content).decode("utf-8-sig")
    assert "\"'=HYPERLINK(" in text
    assert ",'+1+1," in text


# ------------------------------------------------------------------ values


def test_money_is_amount_and_currency_and_one_record_has_one(api: Any, sven: Any, relationship: Any) -> None:
    person = api(sven)
    body = {"relationship_id": str(relationship.pk), "item": "Vials", "scheduled_on": "2025-05-06"}
    made = person.post("/deliveries/", {**body, "value": {"amount": "1234567890123456.78", "currency": "EUR"}}).json()
    assert made["value"] == {"amount": "1234567890123456.78", "currency": "EUR"}
    assert made["freight_cost"] is None
    assert "currency" not in made
    freight = {"freight_cost": {"amount": "5.00", "currency": "USD"}, "reason": "Invoice"}
    found = problem(person.patch(made["href"], freight, match=1), 400, "invalid")
    assert found["errors"][0]["pointer"] == "/freight_cost"
    freight["freight_cost"]["currency"] = "EUR"
    assert person.patch(made["href"], freight, match=1).json()["freight_cost"] == {"amount": "5.00", "currency": "EUR"}
    none = {"value": None, "freight_cost": None, "reason": "Wrong invoice"}
    assert person.patch(made["href"], none, match=2).json()["value"] is None
    assert Delivery.objects.get(pk=made["id"]).currency == ""
    found = problem(person.post("/deliveries/", {**body, "currency": "EUR"}), 400, "invalid")
    assert found["errors"][0]["code"] == "read_only"


def test_a_change_after_use_needs_its_reason(api: Any, sven: Any, relationship: Any) -> None:
    delivery = Delivery.objects.create(relationship=relationship, item="Vials", scheduled_on=date(2025, 1, 1))
    found = problem(
        api(sven).patch(f"/deliveries/{delivery.pk}/", {"delivered_on": "2025-01-03"}, match=1), 400, "invalid"
    )
    assert found["errors"][0]["pointer"] == "/reason"
    body = {"delivered_on": "2025-01-03", "reason": "The note of the carrier"}
    changed = api(sven).patch(f"/deliveries/{delivery.pk}/", body, match=1).json()
    assert changed["days_late"] == 2
    assert Event.objects.get(record_id=delivery.pk, verb="edit").reason == "The note of the carrier"


def test_another_systems_id_adds_and_then_replaces(api: Any, sven: Any, relationship: Any) -> None:
    person = api(sven)
    address = "/deliveries/by-external-id/4711/?source_system=SAP"
    body = {"relationship_id": str(relationship.pk), "item": "Vials", "scheduled_on": "2025-05-06", "unit": "pcs"}
    made = person.put(address, body)
    assert made.status_code == 201, made.content
    assert (made.json()["external_id"], made.json()["source_system"]) == ("4711", "SAP")
    again = person.put(address, body)
    assert (again.status_code, again.json()["version"], again.json()["id"]) == (200, 1, made.json()["id"])
    del body["unit"]
    changed = person.put(address, {**body, "item": "Ampoules", "reason": "Renamed"})
    assert (changed.status_code, changed.json()["item"], changed.json()["unit"]) == (200, "Ampoules", "")
    assert changed.json()["version"] == 2
    problem(person.put(address, {**body, "item": "x", "reason": "y"}, match=1), 412, "stale")
    other = person.put("/deliveries/by-external-id/4711/?source_system=Oracle", body)
    assert other.status_code == 201
    problem(person.put(address, {**body, "external_id": "4712"}), 400, "invalid")
    problem(person.put("/deliveries/by-external-id/9/?source_system=SAP", body, match=1), 412, "stale")
    problem(person.put("/deliveries/by-external-id/9/?system=SAP", body), 400, "unknown_parameter")
    assert Delivery.objects.count() == 2


# ------------------------------------------------------------------ actions


def test_what_can_be_done_is_told_and_done(api: Any, priya: Any, relationship: Any) -> None:
    person = api(priya)
    detail = person.get(f"/relationships/{relationship.pk}/").json()
    steps = {step["name"]: step for step in detail["available_actions"]}
    assert set(steps) == {"start_change", "re_evaluate"}
    step = steps["start_change"]
    assert step["blocked"] == []
    assert (step["needs_reason"], step["needs_signature"]) == (True, False)
    problem(person.post(step["href"], {"reason": "Scale-up"}), 428, "version_required")
    found = problem(person.post(step["href"], {}, match=1), 400, "invalid")
    assert found["errors"][0] == {"pointer": "/reason", "detail": "This is missing.", "code": "required"}
    problem(person.post(step["href"], {"reason": "x", "nonsense": 1}, match=1), 400, "invalid")
    done = person.post(step["href"], {"reason": "Scale-up"}, match=1)
    assert (done.status_code, done.json()["state"], done.json()["version"]) == (200, "change_in_progress", 2)
    problem(person.post(step["href"], {"reason": "again"}, match=1), 412, "stale")
    found = problem(person.post(step["href"], {"reason": "again"}, match=2), 409, "wrong_state")
    assert "Change in progress" in found["detail"]


def test_an_action_of_another_role_is_403_and_what_stands_in_the_way_is_told(
    api: Any, priya: Any, quinn: Any, harrow: Any, vx12: Any
) -> None:
    draft = Relationship.objects.create(
        cmo=harrow, programme=vx12, state=Relationship.State.ONBOARDING, created_by=priya
    )
    address = f"/relationships/{draft.pk}/actions/operate/"
    found = problem(api(quinn).post(address, {"reason": "x"}, match=1), 403, "not_permitted")
    assert "Project manager" in found["detail"]
    found = problem(api(priya).post(address, {"reason": "x"}, match=1), 409, "refused")
    sentences = [error["detail"] for error in found["errors"]]
    assert "Name the relationship manager first." in sentences
    steps = api(priya).get(f"/relationships/{draft.pk}/").json()["available_actions"]
    assert next(step for step in steps if step["name"] == "operate")["blocked"] == sentences


def test_the_form_of_an_action_checks_its_body(api: Any, alice: Any, quinn: Any, harrow_site: Any) -> None:
    person = api(quinn)
    made = (
        api(alice)
        .post(
            "/qualifications/",
            {"site_id": str(harrow_site.pk), "service": "packaging", "scope": "Cartons", "basis": "Audit A-7"},
        )
        .json()
    )
    started = person.post(f"{made['href']}actions/start/", {}, match=1)
    assert started.status_code == 200, started.content
    approve = f"{made['href']}actions/approve/"
    signed = {"reason": "Audit passed", "password": PASSWORD, "email": quinn.email}
    for bad, code in ((None, "null"), ("soon", "invalid"), (20270101, "type")):
        found = problem(person.post(approve, {**signed, "next_review_on": bad}, match=2), 400, "invalid")
        assert (found["errors"][0]["pointer"], found["errors"][0]["code"]) == ("/next_review_on", code)
    found = problem(person.post(approve, {**signed, "next_review_on": "2020-01-01"}, match=2), 400, "invalid")
    assert found["errors"][0] == {
        "pointer": "/next_review_on",
        "detail": "Choose a day after today.",
        "code": "invalid",
    }
    assert not Signature.objects.exists()
    body = {**signed, "next_review_on": "2099-01-01"}
    found = problem(person.post(approve, {**body, "password": "wrong"}, match=2), 403, "signature_refused")
    assert found["errors"][0]["pointer"] == "/password"
    done = person.post(approve, body, match=2)
    assert done.status_code == 200, done.content
    after = done.json()
    assert (after["state"], after["is_orderable"], after["review_due_on"]) == ("approved", True, "2099-01-01")
    assert Signature.objects.get().signer == quinn


def test_the_first_signature_of_a_session_needs_the_e_mail_too(api: Any, quinn: Any, tom: Any) -> None:
    definition = KpiDefinition.objects.filter(state="in_force").first()
    person = api(quinn)
    address = f"/kpi-definitions/{definition.pk}/actions/retire_definition/"
    body = {"reason": "Not needed", "password": PASSWORD}
    found = problem(person.post(address, body, match=definition.version), 403, "signature_refused")
    assert found["errors"][0]["pointer"] == "/email"
    assert person.post(address, {**body, "email": quinn.email}, match=definition.version).status_code == 200


def test_the_next_version_of_a_definition_begins_as_a_draft(api: Any, quinn: Any, sven: Any) -> None:
    definition = KpiDefinition.objects.get(code="on_time_delivery", state="in_force")
    address = f"/kpi-definitions/{definition.pk}/revise/"
    problem(api(sven).post(address), 403, "not_permitted")
    made = api(quinn).post(address, {"why": "Two days of grace"})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["code"], body["number"], body["state"]) == (definition.code, definition.number + 1, "draft")
    assert body["why"] == "Two days of grace"
    problem(api(quinn).post(address), 409, "refused")


# ------------------------------------------------------------------ reviews


@pytest.fixture
def review(relationship: Any) -> Review:
    made = Review.objects.create(
        relationship=relationship,
        cadence="quarter",
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 3, 31),
        label="Q1 2025",
        opened_at="2025-04-01T00:00:00Z",
        policy=ScoringPolicy.objects.get(),
        state="scored",
    )
    on_time = KpiDefinition.objects.get(code="on_time_delivery")
    value = KpiDefinition.objects.get(code="line_value")
    KpiObservation.objects.create(
        review=made,
        definition=on_time,
        category="delivery",
        state="ok",
        numerator=3,
        denominator=4,
        value=75,
        coverage=100,
        small_sample=True,
    )
    KpiObservation.objects.create(review=made, definition=value, category="cost", state="no_activity")
    ReviewInputs.objects.create(
        review=made, taken_at="2025-04-01T00:00:00Z", count=1, sha256="0" * 64, rows=[{"id": "x"}]
    )
    made.refresh_from_db()
    ask_for_approvals(made)
    return made


def test_a_review_carries_its_kpis(api: Any, priya: Any, review: Review, relationship: Any) -> None:
    person = api(priya)
    kpis = {kpi["kpi"]: kpi for kpi in person.get(f"/reviews/{review.pk}/").json()["kpis"]}
    on_time = kpis["on_time_delivery"]
    asked = {name: on_time[name] for name in ("definition_version", "numerator", "denominator", "value", "unit")}
    assert asked == {
        "definition_version": 1,
        "numerator": "3.000000",
        "denominator": "4.000000",
        "value": "75.000000",
        "unit": "%",
    }
    assert (on_time["state"], on_time["coverage"], on_time["small_sample"]) == ("ok", "100.000000", True)
    nothing = kpis["line_value"]
    assert (nothing["state"], nothing["value"], nothing["numerator"]) == ("no_activity", None, None)
    Delivery.objects.create(relationship=relationship, item="in", scheduled_on=date(2025, 3, 31))
    Delivery.objects.create(relationship=relationship, item="out", scheduled_on=date(2025, 4, 1))
    rows = person.get(on_time["href"]).json()["results"]
    assert [row["item"] for row in rows] == ["in"]
    (row,) = person.get("/reviews/?expand=kpis,relationship&fields=label").json()["results"]
    assert row["kpis"] == list(kpis.values()) or {kpi["kpi"] for kpi in row["kpis"]} == set(kpis)
    taken = person.get(f"/reviews/{review.pk}/inputs/").json()
    assert (taken["count"], taken["rows"]) == (1, [{"id": "x"}])


def test_a_review_is_not_made_here_and_is_nobody_elses(api: Any, priya: Any, bob: Any, review: Review) -> None:
    problem(api(priya).post("/reviews/", {}), 405, "method_not_allowed")
    for address in (f"/reviews/{review.pk}/", f"/reviews/{review.pk}/inputs/"):
        problem(api(bob).get(address), 404, "not_found")


def test_a_review_is_signed_by_two_over_rest(api: Any, priya: Any, quinn: Any, review: Review) -> None:
    address = f"/reviews/{review.pk}/actions/sign_off/"
    tags = set()
    for person, after in ((priya, "scored"), (quinn, "signed_off")):
        door = api(person)
        tags.add(door.get(f"/reviews/{review.pk}/")["ETag"])
        body = {"password": PASSWORD, "email": person.email}
        done = door.post(address, body, match=1)
        assert done.status_code == 200, done.content
        assert done.json()["state"] == after
    # The version stays while one signature is awaited, yet what can be done does not: nobody is told 304 then.
    assert len(tags) == 2
    assert Signature.objects.count() == 2


# ------------------------------------------------------------------ what every noun has


def test_events_are_told_of_what_one_may_see(
    api: Any, priya: Any, mallory: Any, audra: Any, ground: Any, sven: Any
) -> None:
    body = {"relationship_id": str(ground.relationship.pk), "item": "Vials", "scheduled_on": "2025-05-06"}
    made = api(sven).post("/deliveries/", body).json()
    cmo = api(mallory).post("/cmos/", {"legal_name": "Oriel"}).json()
    for person, sees in ((priya, {made["id"], cmo["id"]}), (audra, {made["id"], cmo["id"]}), (mallory, {cmo["id"]})):
        rows = api(person).get("/events/?verb=create&actor_id=" + f"{sven.pk}&actor_id={mallory.pk}").json()["results"]
        assert {row["record_id"] for row in rows} == sees
    (row,) = api(priya).get(f"/events/?record=deliveries&record_id={made['id']}").json()["results"]
    assert (row["record"], row["related"], row["related_id"]) == (
        "deliveries",
        "relationships",
        str(ground.relationship.pk),
    )
    assert row["source"] == "api"
    problem(api(mallory).get(row["href"]), 404)
    assert api(priya).get(f"/events/?related_id={ground.relationship.pk}&verb=create").json()["results"] == [row]


def test_a_file_is_attached_and_told(api: Any, priya: Any, mallory: Any, relationship: Any, tmp_path: Any) -> None:
    person = api(priya)

    def send(**more: Any) -> Any:
        data = {"record": "relationships", "record_id": str(relationship.pk), **more}
        return person.client.post("/api/v1/attachments/", {k: v for k, v in data.items() if v is not None})

    with override_settings(MEDIA_ROOT=tmp_path):
        made = send(file=SimpleUploadedFile("minutes.txt", b"We met."))
        assert made.status_code == 201, made.content
        body = made.json()
        assert (body["name"], body["number"], body["size"]) == ("minutes.txt", 1, 7)
        assert (body["record"], body["record_id"]) == ("relationships", str(relationship.pk))
        assert body["download"] == f"/attachments/{body['id']}/"
        assert send(file=SimpleUploadedFile("minutes.txt", b"We met again.")).json()["number"] == 2
        problem(send(file=SimpleUploadedFile("page.txt", b"<html>")), 400, "invalid")
        problem(send(), 400, "invalid")
        problem(send(file=SimpleUploadedFile("a.txt", b"x"), record="nonsense"), 400, "invalid")
        problem(send(file=SimpleUploadedFile("a.txt", b"x"), record_id=str(uuid4())), 400, "invalid")
        problem(person.post("/attachments/", {"record": "relationships"}), 415, "unsupported_media_type")
    rows = person.get(f"/attachments/?record=relationships&record_id={relationship.pk}").json()["results"]
    assert len(rows) == 2
    assert api(mallory).get("/attachments/").json()["results"] == []
    problem(api(mallory).get(body["href"]), 404)


def test_whether_the_cadence_follows_the_standing_is_set(api: Any, priya: Any) -> None:
    person = api(priya)
    policy = ScoringPolicy.objects.get(state="in_force")
    assert person.get(f"/scoring-policies/{policy.pk}/").json()["cadence_follows_standing"] is True
    draft = person.post(f"/scoring-policies/{policy.pk}/revise/").json()
    changed = person.patch(draft["href"], {"cadence_follows_standing": False}, match=draft["version"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["cadence_follows_standing"] is False
    assert not ScoringPolicy.objects.get(pk=draft["id"]).cadence_follows_standing


def test_a_file_is_voided(
    api: Any, priya: Any, quinn: Any, mallory: Any, audra: Any, relationship: Any, tmp_path: Any
) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        kept = attach(relationship, SimpleUploadedFile("minutes.txt", b"We met."), actor=priya)
        at = f"/attachments/{kept.pk}/actions/void/"
        person = api(priya)
        problem(person.post(at, {}), 400, "invalid")
        problem(person.post(at, {"reason": ""}), 400, "invalid")
        problem(person.post(at, {"reason": " "}), 400, "invalid")
        problem(person.post(at, {"reason": "x" * 4001}), 400, "invalid")
        problem(person.post(at, {"reason": "Wrong", "state": "void"}), 400, "invalid")
        problem(api(quinn).post(at, {"reason": "Wrong"}), 403, "not_permitted")
        problem(api(audra).post(at, {"reason": "Wrong"}), 403, "not_permitted")
        problem(api(mallory).post(at, {"reason": "Wrong"}), 404)
        assert person.get(f"/attachments/{kept.pk}/").json()["voided_reason"] == ""
        done = person.post(at, {"reason": "Minutes of another meeting"})
        assert done.status_code == 200 and done.json()["voided_reason"] == "Minutes of another meeting"
        problem(person.post(at, {"reason": "Again"}), 409)
        (row,) = person.get("/events/?verb=void").json()["results"]
        assert (row["record_id"], row["reason"], row["source"]) == (
            str(relationship.pk),
            "Minutes of another meeting",
            "api",
        )
        assert b"".join(person.client.get(done.json()["download"]).streaming_content) == b"We met."


def test_a_job_is_its_askers_and_can_be_cancelled(api: Any, sven: Any, priya: Any, adam: Any) -> None:
    job = Job.objects.create(kind="import", label="Import of lines.csv", asked_by=sven, status="running")
    address = f"/jobs/{job.pk}/"
    problem(api(priya).get(address), 404)
    assert api(adam).get(address).json()["label"] == "Import of lines.csv"
    done = api(sven).post(f"{address}actions/cancel/")
    assert (done.status_code, done.json()["cancel_asked"]) == (200, True)
    Job.objects.filter(pk=job.pk).update(status="done")
    problem(api(sven).post(f"{address}actions/cancel/"), 409, "refused")


def test_ids_are_uuids_in_time_order(api: Any, alice: Any) -> None:
    first, second = (api(alice).post("/cmos/", {"legal_name": name}).json()["id"] for name in "AB")
    assert UUID(first).version == 7
    assert first < second
