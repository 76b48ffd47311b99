"""The same POST twice does its work once, also when it comes twenty times at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from cmo_lifecycle.accounts.models import AccountEvent
from cmo_lifecycle.doors.rest import idempotency
from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow.models import Event, IdempotencyKey
from operations.models import KpiDefinition
from tests.api.conftest import Api, problem

BODY = {"legal_name": "Nordvik Fill-Finish", "country": "NO"}


@pytest.mark.django_db
def test_the_same_key_is_answered_alike(api: Any, alice: Any, priya: Any) -> None:
    person = api(alice)
    first = person.post("/cmos/", BODY, Idempotency_Key="k-1")
    assert first.status_code == 201, first.content
    assert "Idempotency-Replayed" not in first
    again = person.post("/cmos/", dict(reversed(BODY.items())), Idempotency_Key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag"):
        assert again[name] == first[name]
    assert CMO.objects.count() == 1
    found = problem(person.post("/cmos/", {**BODY, "notes": "x"}, Idempotency_Key="k-1"), 422, "key_reused")
    assert found["errors"][0]["pointer"] == "header:Idempotency-Key"
    # Another person's key, or another address, is another key.
    problem(api(priya).post("/cmos/", BODY, Idempotency_Key="k-1"), 400, "invalid")
    assert person.post("/programmes/", {"name": "VX-1"}, Idempotency_Key="k-1").status_code == 201


@pytest.mark.django_db
def test_a_refusal_is_not_remembered(api: Any, alice: Any) -> None:
    person = api(alice)
    problem(person.post("/cmos/", {"legal_name": ""}, Idempotency_Key="k-2"), 400, "invalid")
    assert person.post("/cmos/", BODY, Idempotency_Key="k-2").status_code == 201


@pytest.mark.django_db
def test_a_refused_signature_stays_written_down(api: Any, quinn: Any) -> None:
    definition = KpiDefinition.objects.filter(state="in_force").first()
    body = {"reason": "x", "password": "wrong", "email": quinn.email}
    address = f"/kpi-definitions/{definition.pk}/actions/retire_definition/"
    answer = api(quinn).post(address, body, match=definition.version, Idempotency_Key="k-3")
    problem(answer, 403, "signature_refused")
    assert AccountEvent.objects.filter(kind=AccountEvent.Kind.SIGNATURE_REFUSED).count() == 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_an_action_is_walked_once(api: Any, priya: Any, relationship: Any) -> None:
    address = f"/relationships/{relationship.pk}/actions/start_change/"
    person = api(priya)
    answers = [person.post(address, {"reason": "Scale-up"}, match=1, Idempotency_Key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Event.objects.filter(verb="start_change").count() == 1


@pytest.mark.django_db
def test_a_key_is_kept_for_a_day(api: Any, alice: Any) -> None:
    person = api(alice)
    assert person.post("/cmos/", BODY, Idempotency_Key="k-4").status_code == 201
    IdempotencyKey.objects.update(at=timezone.now() - idempotency.KEPT + timedelta(minutes=1))
    assert person.post("/cmos/", BODY, Idempotency_Key="k-4")["Idempotency-Replayed"] == "true"
    IdempotencyKey.objects.update(at=timezone.now() - idempotency.KEPT - timedelta(minutes=1))
    problem(person.post("/cmos/", BODY, Idempotency_Key="k-4"), 400, "invalid")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é"])
def test_a_key_is_visible_ascii(api: Any, alice: Any, key: str) -> None:
    problem(api(alice).post("/cmos/", BODY, Idempotency_Key=key), 400, "invalid")
    assert not CMO.objects.exists()


@pytest.mark.django_db
def test_no_secret_is_kept_with_a_key(api: Any, quinn: Any) -> None:
    from tests.conftest import PASSWORD

    definition = KpiDefinition.objects.filter(state="in_force").first()
    body = {"reason": "x", "password": PASSWORD, "email": quinn.email}
    address = f"/kpi-definitions/{definition.pk}/actions/retire_definition/"
    assert api(quinn).post(address, body, match=definition.version, Idempotency_Key="k").status_code == 200
    row = IdempotencyKey.objects.values().get()
    assert PASSWORD not in str(row)


def at_once(number: int, work: Any) -> list[Any]:
    barrier = Barrier(number)

    def one(place: int) -> Any:
        try:
            barrier.wait(timeout=60)
            return work(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect(alice: Any) -> None:
    people = [Api(alice) for _ in range(20)]
    answers = at_once(20, lambda place: people[place].post("/cmos/", BODY, Idempotency_Key="race"))
    codes = sorted(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}, codes
    assert 201 in codes
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "in_flight")
            assert answer["Retry-After"] == "1"
    made = [answer for answer in answers if answer.status_code == 201]
    assert sum("Idempotency-Replayed" not in answer for answer in made) == 1
    assert len({answer.json()["id"] for answer in made}) == 1
    assert CMO.objects.count() == 1
    assert Event.objects.filter(verb="create", record_id=made[0].json()["id"]).count() == 1
    replayed = people[0].post("/cmos/", BODY, Idempotency_Key="race")
    assert replayed.json() == made[0].json()


@pytest.mark.django_db(transaction=True)
def test_ten_upserts_at_once_make_one(alice: Any) -> None:
    people = [Api(alice) for _ in range(10)]
    answers = at_once(10, lambda place: people[place].put("/cmos/by-external-id/E-1/", BODY))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_changes_of_one_version_at_once_are_one(alice: Any) -> None:
    people = [Api(alice) for _ in range(10)]
    href = people[0].post("/cmos/", BODY).json()["href"]
    answers = at_once(10, lambda place: people[place].patch(href, {"notes": f"{place}"}, match=1))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    assert people[0].get(href).json()["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_effect_and_answer_leaves_neither(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Api(alice)

    def crash(**fields: Any) -> None:
        raise SystemError("the process was killed here")

    with monkeypatch.context() as patched:
        patched.setattr(IdempotencyKey.objects, "create", crash)
        problem(person.post("/cmos/", BODY, Idempotency_Key="crash"), 500)
    assert not CMO.objects.exists()
    assert person.post("/cmos/", BODY, Idempotency_Key="crash").status_code == 201
