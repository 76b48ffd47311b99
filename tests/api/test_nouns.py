"""What holds for every noun at the REST door."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo_lifecycle.doors.rest.kinds import Text
from cmo_lifecycle.doors.rest.listing import by_model
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.workflow.models import Event
from tests.api.conftest import problem
from tests.api.nouns import NOUNS, SCOPED, Noun

pytestmark = pytest.mark.django_db

each = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.route)
each_scoped = pytest.mark.parametrize("noun", SCOPED, ids=lambda noun: noun.route)


def add(api: Any, cast: Any, ground: Any, noun: Noun, number: int = 1) -> Any:
    response = api(cast[noun.who]).post(f"/{noun.route}/", noun.body(ground, number))
    assert response.status_code == 201, response.content
    return response


def test_every_noun_that_can_be_added_is_walked_here() -> None:
    from cmo_lifecycle import api_urls  # noqa: F401 (declares them)

    nouns = [view for view in by_model.values() if issubclass(view, RecordViewSet) and view.writable and view.may_post]
    assert {view.route for view in nouns if view.model.may_edit} == {noun.route for noun in NOUNS}
    # An invitation is sent, never edited: tests/evaluation/api has its story.
    assert {view.route for view in nouns if not view.model.may_edit} == {"proposals"}


@each
def test_nobody_signed_in_is_answered_with_401(api: Any, noun: Noun) -> None:
    somebody = f"/{noun.route}/{uuid4()}/"
    for method, path in (
        ("get", f"/{noun.route}/"),
        ("post", f"/{noun.route}/"),
        ("post", f"/{noun.route}/bulk/"),
        ("get", somebody),
        ("patch", somebody),
        ("put", somebody),
        ("delete", somebody),
    ):
        response = api().send(method, path, {} if method != "get" else None)
        problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"].startswith("Bearer")


@each
def test_people_of_a_cmo_are_refused(api: Any, otto: Any, noun: Noun) -> None:
    problem(api(otto).get(f"/{noun.route}/"), 403)
    problem(api(otto).post(f"/{noun.route}/", {}), 403)


@each
def test_a_role_that_may_not_write_is_refused_whatever_it_sends(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    made = add(api, cast, ground, noun)
    for name in (noun.may_not, "audra"):
        reader = api(cast[name])
        problem(reader.post(f"/{noun.route}/", {}), 403, "not_permitted")
        problem(reader.post(f"/{noun.route}/bulk/", {"items": [noun.body(ground, 2)]}), 403, "not_permitted")
        if reader.get(made.json()["href"]).status_code == 200:
            problem(reader.patch(made.json()["href"], noun.change, match=1), 403, "not_permitted")
            problem(reader.put(made.json()["href"], noun.body(ground, 3), match=1), 403, "not_permitted")


@each
def test_one_is_added_read_changed_and_replaced(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    made = add(api, cast, ground, noun)
    body = made.json()
    assert made["Location"] == body["href"] == f"/api/v1/{noun.route}/{body['id']}/"
    assert body["version"] == 1
    assert body["created_by_id"] == str(cast[noun.who].pk)
    for name, value in noun.body(ground, 1).items():
        if name not in ("site_id", "cmo_id"):
            assert body[name] == value
    event = Event.objects.get(record_id=body["id"], verb="create")
    assert (event.actor, event.source) == (cast[noun.who], "api")

    read = person.get(body["href"])
    assert read.json() == body
    assert read["ETag"] == made["ETag"]
    assert read["ETag"].startswith('"1-')
    same = person.get(body["href"], If_None_Match=read["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", read["ETag"])

    changed = person.patch(body["href"], noun.change, match=read["ETag"])
    assert changed.status_code == 200, changed.content
    for name, value in noun.change.items():
        assert name == "reason" or changed.json()[name] == value
    assert changed.json()["version"] == 2
    assert changed["ETag"].startswith('"2-')
    assert person.get(body["href"], If_None_Match=read["ETag"]).status_code == 200
    edit = Event.objects.get(record_id=body["id"], verb="edit")
    assert edit.reason == noun.change.get("reason", "")

    whole = {name: body[name] for name in noun.body(ground, 1)}
    replaced = person.put(body["href"], {**whole, "reason": "Back to what it was."}, match=2)
    assert replaced.status_code == 200, replaced.content
    after = replaced.json()
    assert after["version"] == 3
    moved = {"version", "updated_at", "available_actions"}
    # An inspection works out when its answer is due; nothing else differs from what was first added.
    assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in body.items() if k not in moved}


@each
def test_a_change_needs_the_version_and_a_stale_one_is_told_who_came_between(
    api: Any, cast: Any, ground: Any, noun: Noun
) -> None:
    person = api(cast[noun.who])
    href = add(api, cast, ground, noun).json()["href"]
    missing = problem(person.patch(href, noun.change), 428, "version_required")
    assert missing["errors"][0]["pointer"] == "header:If-Match"
    problem(person.put(href, {}), 428, "version_required")
    problem(person.patch(href, noun.change, match="*"), 400, "invalid")
    assert person.patch(href, noun.change, match=1).status_code == 200
    response = person.patch(href, noun.change, match=1)
    stale = problem(response, 412, "stale")
    assert stale["version"] == 2
    assert response["ETag"].startswith('"2')
    assert stale["changes"][0]["who"] == cast[noun.who].name
    assert set(stale["changes"][0]["changes"]) & {name.removesuffix("_id") for name in noun.change}
    for junk in ('"0"', '"x"', "rubbish", '"99999999999999999999"', 'W/"7"'):
        problem(person.patch(href, noun.change, match=junk), 412, "stale")
    assert person.get(href).json()["version"] == 2


@each
def test_what_is_not_writable_is_a_400_that_says_so(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    body = noun.body(ground, 1)
    for name in ("id", "version", "created_by_id", "href"):
        found = problem(person.post(f"/{noun.route}/", {**body, name: "x"}), 400, "invalid")
        assert [error["pointer"] for error in found["errors"] if error["code"] == "read_only"] == [f"/{name}"]
    found = problem(person.post(f"/{noun.route}/", {**body, "nonsense": 1}), 400, "invalid")
    (error,) = (error for error in found["errors"] if error["code"] == "unknown")
    assert error["pointer"] == "/nonsense"
    assert min(body) in error["detail"]
    made = person.post(f"/{noun.route}/", body).json()
    if "state" in made:
        found = problem(person.patch(made["href"], {"state": "approved"}, match=1), 400, "invalid")
        assert found["errors"][0] == {
            "pointer": "/state",
            "detail": "This is read only. A state is changed by an action; versions and times are the system's.",
            "code": "read_only",
        }
    assert person.get(made["href"]).json()["version"] == 1


@each
def test_nothing_is_deleted(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    href = add(api, cast, ground, noun).json()["href"]
    for address in (href, f"/{noun.route}/"):
        response = person.delete(address)
        problem(response, 405, "method_not_allowed")
        assert "DELETE" not in response["Allow"]
    assert person.get(href).status_code == 200


@each
def test_the_list_has_one_shape_and_refuses_what_it_does_not_know(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    made = add(api, cast, ground, noun).json()
    address = f"/{noun.route}/"
    plain = person.get(f"{address}?limit=500")
    assert set(plain.json()) == {"next", "previous", "results"}
    assert made["id"] in [row["id"] for row in plain.json()["results"]]
    counted = person.get(f"{address}?count=true&limit=500").json()
    assert counted["count"] == len(counted["results"])
    for query, named in (
        ("nonsense=1", "ordering"),
        ("id__in=1", "ordering"),
        ("ordering=password", "updated_at"),
        ("fields=password", "version"),
        ("omit=password", "version"),
        ("expand=password", ""),
        ("format=xml", "csv"),
    ):
        found = problem(person.get(f"{address}?{query}"), 400)
        assert found["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"
        assert named in found["errors"][0]["detail"]
    for query in (
        "limit=1001",
        "limit=0",
        "limit=-7",
        "limit=7484646324856443337965568",
        "limit=x",
        "limit=١",
        "count=1",
    ):
        problem(person.get(f"{address}?{query}"), 400, "invalid")
    for query in ("cursor=x", "cursor=W10", "cursor=" + "A" * 3000, "cursor=%ff", "id=1"):
        problem(person.get(f"{address}?{query}"), 400, "invalid")
    chosen = person.get(f"{address}?fields=version&id={made['id']}").json()["results"]
    assert chosen == [{"id": made["id"], "version": 1}]
    (rest,) = person.get(f"{address}?omit=version&id={made['id']}").json()["results"]
    assert set(made) - set(rest) <= {"version", *by_model[type_of(noun)].extra_schemas()}
    for name, one in by_model[type_of(noun)].filter_table().items():
        if not isinstance(one.kind, Text) or one.kind.choices:
            problem(person.get(f"{address}?{name}=%01%C3%28"), 400, "invalid")
        problem(person.get(f"{address}?{name}=%00"), 400, "unclean_input")


def type_of(noun: Noun) -> Any:
    return next(model for model, view in by_model.items() if view.route == noun.route)


@each
def test_bad_values_are_a_400_with_their_place_and_never_a_500(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    body = noun.body(ground, 1)
    for bad in noun.bad:
        found = problem(person.post(f"/{noun.route}/", {**body, **bad}), 400, "invalid")
        places = " ".join(error["pointer"] for error in found["errors"])
        (name,) = bad
        # A rule between several fields has no single place.
        assert f"/{name}" in places or "" in [error["pointer"] for error in found["errors"]]
    wild: list[Any] = [
        None,
        [],
        {},
        "",
        "x" * 100_000,
        2**63,
        -(2**63),
        1e308,
        True,
        [[]],
        {"a": {"b": []}},
        "\ud83d\ude00",
    ]
    for name in body:
        for value in wild:
            response = person.post(f"/{noun.route}/", {**body, name: value})
            assert response.status_code in (201, 400), (name, value, response.content)
    for text in (
        '{"a": NaN}',
        '{"a": Infinity}',
        "[]",
        '"x"',
        "nul",
        "{",
        json.dumps({**body, "notes": "a\0b"}),
        json.dumps({**body, "a\0b": 1}),
        '{"a": "\\ud800"}',
        "[" * 100_000,
        '{"a":' * 50 + "1" + "}" * 50,
    ):
        response = person.client.post(f"/api/v1/{noun.route}/", text, content_type="application/json")
        problem(response, 400, "malformed")
    problem(
        person.client.post(f"/api/v1/{noun.route}/", "a=1", content_type="text/plain"), 415, "unsupported_media_type"
    )
    problem(person.get(f"/{noun.route}/", Accept="image/png"), 406, "not_acceptable")


@each
def test_a_list_costs_the_same_queries_however_long(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    add(api, cast, ground, noun, 1)
    address = f"/{noun.route}/"
    view = by_model[type_of(noun)]
    if view.expandable():
        address += "?expand=" + ",".join(view.expandable())

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert person.get(address).status_code == 200
        return len(queries)

    count()
    before = count()
    for number in range(2, 7):
        add(api, cast, ground, noun, number)
    assert count() == before
    # Session, person, roles and the list; and one for each expanded noun and each list of ids.
    assert before <= 4 + len(view.expandable()) + len(view.many)


@each_scoped
def test_what_is_somebody_elses_does_not_exist(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    theirs = noun.foreign(ground).pk
    nobody = uuid4()

    def both(method: str, path: str, body: Any = None) -> None:
        seen = []
        for key in (theirs, nobody):
            response = person.send(method, path.format(key), body, match=1)
            found = problem(response, 404, "not_found")
            found.pop("request_id")
            seen.append((found, {name: value for name, value in response.items() if name not in _VARYING}))
        assert seen[0] == seen[1]

    both("get", f"/{noun.route}/{{}}/")
    both("patch", f"/{noun.route}/{{}}/", noun.change)
    both("put", f"/{noun.route}/{{}}/", {})
    for name in _verbs(noun):
        both("post", f"/{noun.route}/{{}}/actions/{name}/", {})
    assert str(theirs) not in person.get(f"/{noun.route}/?limit=1000").content.decode()
    assert person.get(f"/{noun.route}/?id={theirs}").json()["results"] == []
    item = {"id": str(theirs), "version": 1, **noun.change}
    item.pop("reason", None)
    found = problem(person.post(f"/{noun.route}/bulk/", {"items": [item]}), 400, "invalid")
    assert found["errors"][0]["code"] == "does_not_exist"
    assert api(cast["mallory"]).get(f"/{noun.route}/{theirs}/").status_code == 200


_VARYING = {"X-Request-Id", "RateLimit", "Content-Length"}


def _verbs(noun: Noun) -> list[str]:
    from cmo_lifecycle.workflow.transitions import transitions_of

    return [verb.verb for verb in transitions_of(type_of(noun)).values() if verb.asked_roles]


@pytest.mark.parametrize("noun", [n for n in NOUNS if n.foreign_parent], ids=lambda noun: noun.route)
def test_a_parent_that_is_somebody_elses_does_not_exist(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    foreign = noun.foreign_parent(ground)
    (name,) = foreign
    found = problem(person.post(f"/{noun.route}/", {**noun.body(ground, 1), **foreign}), 400, "invalid")
    other = problem(person.post(f"/{noun.route}/", {**noun.body(ground, 2), name: str(uuid4())}), 400, "invalid")
    assert found["errors"] == other["errors"]
    assert found["errors"][0]["code"] == "does_not_exist"
    made = add(api, cast, ground, noun).json()
    problem(person.patch(made["href"], {**foreign, "reason": "x"}, match=1), 400, "invalid")


@each
def test_many_are_written_at_once_all_or_none(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    person = api(cast[noun.who])
    made = add(api, cast, ground, noun).json()
    new = [noun.body(ground, number) for number in (11, 12)]
    change = {"id": made["id"], "version": 1, **noun.change}
    before = person.get(f"/{noun.route}/?count=true").json()["count"]
    broken = problem(
        person.post(
            f"/{noun.route}/bulk/", {"items": [*new, change, {**new[0], "nonsense": 1}, 7, {**change, "version": 9}]}
        ),
        400,
        "invalid",
    )
    places = {error["pointer"].split("/")[2] for error in broken["errors"]}
    assert {"3", "4", "5"} == places
    assert "stale" in [error["code"] for error in broken["errors"]] or noun.route
    assert person.get(f"/{noun.route}/?count=true").json()["count"] == before
    assert person.get(made["href"]).json()["version"] == 1
    done = person.post(f"/{noun.route}/bulk/", {"items": [*new, change], "reason": "In bulk."})
    assert done.status_code == 200, done.content
    results = done.json()["results"]
    assert [row["created"] for row in results] == [True, True, False]
    assert results[2] == {"id": made["id"], "version": 2, "href": made["href"], "created": False}
    assert person.get(f"/{noun.route}/?count=true").json()["count"] == before + 2
    problem(person.post(f"/{noun.route}/bulk/", {"items": [{}] * 501}), 413, "too_large")
    for junk in ({}, {"items": []}, {"items": 1}, {"items": [1], "x": 1}, {"items": [{}], "reason": 3}):
        problem(person.post(f"/{noun.route}/bulk/", junk), 400, "invalid")


@each
def test_a_list_comes_as_a_file(api: Any, cast: Any, ground: Any, noun: Noun) -> None:
    import csv
    import io

    from openpyxl import load_workbook

    person = api(cast[noun.who])
    made = add(api, cast, ground, noun).json()
    for query, accept in (("format=csv&", None), ("", "text/csv")):
        headers = {"Accept": accept} if accept else {}
        response = person.get(f"/{noun.route}/?{query}id={made['id']}", **headers)
        assert response.status_code == 200, response.content
        assert response["Content-Disposition"] == f'attachment; filename="{noun.route}.csv"'
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["id"] == made["id"]
        assert row["version"] == "1"
    response = person.get(f"/{noun.route}/?format=xlsx&id={made['id']}&fields=version")
    page = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [["id", "version"], [made["id"], 1]]
    problem(person.get(f"/{noun.route}/?format=csv&limit=3"), 400, "invalid")
