"""Strategies over REST alone: from nothing to approved, each mistake at its place, nothing changed behind a signature."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.parts import parts_of
from strategy.models import Consequence, PartnershipAttribute, Strategy
from tests.api.conftest import Api, problem
from tests.conftest import PASSWORD
from tests.strategy.conftest import ANSWERS, tables

pytestmark = pytest.mark.django_db


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def rows_of(name: str) -> list[dict[str, Any]]:
    """Return VX-12's rows of a table as a body has them."""
    return [
        {f"{key}_id" if key == "attribute" else key: str(value.pk) if key == "attribute" else plain(value) for key, value in row.items()}
        for row in tables()[name]
    ]  # fmt: skip


@pytest.fixture
def writer(alice: Any) -> Api:
    return Api(alice)


@pytest.fixture
def draft(writer: Api, vx12: Any) -> dict[str, Any]:
    """A strategy of which no more is told than whose it is and over which years it looks."""
    body = {"programme_id": str(vx12.pk), "horizon_from": 2027, "horizon_to": 2030}
    made = writer.post("/strategies/", body)
    assert made.status_code == 201, made.content
    return made.json()


def put(person: Api, strategy: dict[str, Any], table: str, rows: Any, match: Any = None) -> Any:
    """Replace a table of the strategy, of the version that it has now unless another is given."""
    version = person.get(strategy["href"]).json()["version"] if match is None else match
    return person.put(strategy["tables"][table], {"rows": rows}, match=version)


def errors(response: Any) -> dict[str, str]:
    return {error["pointer"]: error["detail"] for error in problem(response, 400, "invalid")["errors"]}


def step(person: Api, strategy: dict[str, Any], verb: str, **body: Any) -> Any:
    version = person.get(strategy["href"]).json()["version"]
    return person.post(f"{strategy['href']}actions/{verb}/", body, match=version)


def sign(person: Any, strategy: dict[str, Any]) -> Any:
    return step(Api(person), strategy, "approve", password=PASSWORD, email=person.email)


@pytest.fixture
def whole(writer: Api, draft: dict[str, Any]) -> dict[str, Any]:
    """VX-12's strategy, written over REST; what it asks for is undecided."""
    answer = writer.patch(draft["href"], {name: plain(value) for name, value in ANSWERS.items()}, match=1)
    assert answer.status_code == 200, answer.content
    for name in tables():
        answer = put(writer, draft, name, rows_of(name), match=answer.json()["version"])
        assert answer.status_code == 200, answer.content
    return writer.get(draft["href"]).json()


@pytest.fixture
def approved(writer: Api, whole: dict[str, Any], erin: Any, quinn: Any) -> dict[str, Any]:
    writer.post(f"{whole['href']}accept-all/", match=whole["version"])
    assert step(writer, whole, "submit").status_code == 200
    assert sign(erin, whole).status_code == 200
    answer = sign(quinn, whole)
    assert answer.status_code == 200, answer.content
    return answer.json()


# ---------------------------------------------------------------- from nothing to approved


def test_a_strategy_is_written_decided_and_approved_over_rest_alone(
    writer: Api, whole: dict[str, Any], erin: Any, quinn: Any, alice: Any
) -> None:
    assert (whole["state"], whole["number"], whole["created_by_id"]) == ("draft", 1, str(alice.pk))
    (finding,) = whole["findings"]
    assert finding["pointer"] == "/consequences"
    submit = next(one for one in whole["available_actions"] if one["name"] == "submit")
    assert submit["blocked"] == [finding["detail"]]
    problem(step(writer, whole, "submit"), 409, "refused")

    listed = writer.get(f"/consequences/?strategy_id={whole['id']}&state=proposed&limit=1000").json()["results"]
    first = next(one for one in listed if one["kind"] == "criterion")
    assert first["content"] == first["proposed"] and first["because"] and first["rule"]
    done = writer.post(f"{first['href']}actions/accept/", {}, match=first["version"])
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    everything = f"{whole['href']}accept-all/"
    assert list(errors(writer.post(everything, {"kind": "wish"}, match=whole["version"]))) == ["/kind"]
    problem(writer.post(everything, {}), 428, "version_required")
    criteria = sum(one["kind"] == "criterion" for one in listed)
    some = writer.post(everything, {"kind": "criterion"}, match=whole["version"])
    assert (some.status_code, some.json()) == (200, {"accepted": criteria - 1})
    rest = writer.post(everything, {}, match=whole["version"])
    assert (rest.status_code, rest.json()) == (200, {"accepted": len(listed) - criteria})
    assert writer.get(whole["href"]).json()["findings"] == []

    assert step(writer, whole, "submit").json()["state"] == "in_review"
    half = sign(erin, whole)
    assert (half.status_code, half.json()["state"]) == (200, "in_review")
    body = sign(quinn, whole).json()
    assert (body["state"], body["approved_at"] is not None) == ("approved", True)
    assert [(one["printed_name"], one["role"], one["is_genuine"], one["is_current"]) for one in body["signatures"]] == [
        ("Erin Example", "executive", True, True),
        ("Quinn Example", "quality", True, True),
    ]
    events = Event.objects.filter(record_id=body["id"])
    assert set(events.values_list("source", flat=True)) == {"api"}


def test_the_author_does_not_approve(writer: Api, whole: dict[str, Any], alice: Any, erin: Any) -> None:
    writer.post(f"{whole['href']}accept-all/", match=whole["version"])
    step(writer, whole, "submit")
    problem(sign(alice, whole), 403, "not_permitted")
    alice.groups.add(*erin.groups.all())
    found = problem(sign(alice, whole), 409, "refused")
    assert "Whoever wrote a record does not approve it" in found["detail"]


def test_an_approved_strategy_is_not_changed_by_any_method(writer: Api, approved: dict[str, Any]) -> None:
    version = approved["version"]
    problem(writer.patch(approved["href"], {"scope": "Else", "reason": "x"}, match=version), 409, "refused")
    whole = {"programme_id": approved["programme_id"], "scope": "Else", "reason": "x"}
    problem(writer.put(approved["href"], whole, match=version), 409, "refused")
    problem(
        writer.post("/strategies/bulk/", {"items": [{"id": approved["id"], "version": version, "scope": "Else"}]}), 400
    )
    for table in parts_of(Strategy):
        problem(put(writer, approved, table, []), 409, "refused")
    one = Consequence.objects.filter(strategy=approved["id"]).first()
    assert one is not None
    problem(
        writer.post(f"/consequences/{one.pk}/actions/decline/", {"reason": "No more"}, match=one.version),
        409,
        "refused",
    )
    after = writer.get(approved["href"]).json()
    assert (after["version"], after["scope"]) == (version, approved["scope"])
    assert all(signature["is_current"] for signature in after["signatures"])


def test_the_next_version_begins_as_a_copy_and_supersedes(
    writer: Api, approved: dict[str, Any], erin: Any, quinn: Any
) -> None:
    revise = f"{approved['href']}revise/"
    assert errors(writer.post(revise, {})) == {"/why": "This is missing."}
    assert errors(writer.post(revise, {"why": " "})) == {"/why": "This may not be empty."}
    found = problem(writer.post("/strategies/", {"programme_id": approved["programme_id"]}), 400, "invalid")
    assert found["errors"][0]["pointer"] == "/programme_id"
    made = writer.post(revise, {"why": "Demand has doubled"}, Idempotency_Key="revise-1")
    assert made.status_code == 201, made.content
    following = made.json()
    assert made["Location"] == following["href"]
    assert (following["number"], following["revises_id"]) == (2, approved["id"])
    assert (following["state"], following["why_revised"]) == ("under_revision", "Demand has doubled")
    again = writer.post(revise, {"why": "Demand has doubled"}, Idempotency_Key="revise-1")
    assert (again.json()["id"], again["Idempotency-Replayed"]) == (following["id"], "true")
    problem(writer.post(revise, {"why": "Once more"}), 409, "refused")
    before = writer.get(approved["tables"]["demand"]).json()["results"]
    copied = writer.get(following["tables"]["demand"]).json()["results"]
    assert [{**row, "id": ""} for row in copied] == [{**row, "id": ""} for row in before]
    assert not {row["id"] for row in copied} & {row["id"] for row in before}

    more = [{**row, "base": row["high"]} for row in copied]
    assert put(writer, following, "demand", more).status_code == 200
    version = writer.get(following["href"]).json()["version"]
    assert writer.post(f"{following['href']}accept-all/", match=version).status_code == 200
    assert step(writer, following, "submit").status_code == 200, writer.get(following["href"]).json()["findings"]
    compared = f"{following['href']}comparison/?with="
    found = writer.get(f"{compared}{approved['id']}").json()
    assert (found["earlier_id"], found["later_id"]) == (approved["id"], following["id"])
    assert writer.get(f"{approved['href']}comparison/?with={following['id']}").json() == found
    demand = next(one["rows"] for one in found["sections"] if one["title"] == "Demand by year")
    assert [(row["label"], row["kind"]) for row in demand] == [(str(year), "changed") for year in range(2027, 2031)]
    for bad in ("", "x", str(uuid4()), f"{approved['id']}&without=1"):
        problem(writer.get(f"{compared}{bad}"), 400)
    problem(writer.get(f"{following['href']}comparison/"), 400, "invalid")
    sign(erin, following)
    assert sign(quinn, following).json()["state"] == "approved"
    assert writer.get(approved["href"]).json()["state"] == "superseded"


# ---------------------------------------------------------------- tables


def test_a_table_is_read_and_replaced_under_the_strategys_version(writer: Api, draft: dict[str, Any]) -> None:
    assert set(draft["tables"]) == set(parts_of(Strategy))
    address = draft["tables"]["demand"]
    assert address == f"{draft['href']}demand/"
    empty = writer.get(address)
    assert empty.json() == {"version": 1, "results": []}
    problem(writer.put(address, {"rows": []}), 428, "version_required")
    written = writer.put(address, {"rows": rows_of("demand")}, match=empty["ETag"])
    assert written.status_code == 200, written.content
    body = written.json()
    assert body["version"] == 2 and written["ETag"].startswith('"2-')
    assert body["results"][1] == {
        "id": body["results"][1]["id"], "year": 2028, "low": "20000.000", "base": "40000.000", "high": "60000.000",
    }  # fmt: skip
    read = writer.get(address)
    assert read.json() == body and read["ETag"] == written["ETag"]
    assert writer.get(address, If_None_Match=read["ETag"]).status_code == 304

    first, *others = body["results"]
    turned = [*others, {**first, "base": "9000.000"}]
    answer = writer.put(address, {"rows": turned}, match=read["ETag"]).json()
    assert [row["id"] for row in answer["results"]] == [row["id"] for row in turned]
    assert answer["results"][-1]["base"] == "9000.000"
    same = writer.put(address, {"rows": answer["results"]}, match=3)
    assert same.json() == answer, "writing the same again is no change"
    expanded = writer.get(f"{draft['href']}?expand=demand,objectives").json()
    assert (expanded["demand"], expanded["objectives"]) == (answer["results"], [])
    (row,) = writer.get(f"/strategies/?expand=demand&id={draft['id']}").json()["results"]
    assert row["demand"] == answer["results"]
    problem(writer.patch(address, {"rows": []}, match=3), 405)
    problem(writer.delete(address), 405)
    problem(writer.get(f"{address}?limit=3"), 400, "unknown_parameter")
    assert writer.put(address, {"rows": []}, match=3).json() == {"version": 4, "results": []}


def test_a_stale_table_is_told_who_came_between(writer: Api, draft: dict[str, Any], priya: Any) -> None:
    assert put(Api(priya), draft, "demand", rows_of("demand")).status_code == 200
    answer = put(writer, draft, "demand", [], match=1)
    found = problem(answer, 412, "stale")
    assert (found["version"], answer["ETag"].startswith('"2')) == (2, True)
    assert [(change["who"], list(change["changes"])) for change in found["changes"]] == [("Priya Example", ["demand"])]
    assert len(writer.get(draft["tables"]["demand"]).json()["results"]) == 4
    problem(writer.post(f"{draft['href']}accept-all/", match=1), 412, "stale")


def test_a_body_that_is_no_table_is_told_where(writer: Api, draft: dict[str, Any]) -> None:
    address = draft["tables"]["objectives"]

    def sent(body: Any) -> dict[str, str]:
        return errors(writer.put(address, body, match=1))

    assert sent({}) == {"/rows": "This is missing."}
    assert sent({"rows": {}}) == {"/rows": "Give a list of rows."}
    assert sent({"rows": [7]}) == {"/rows/0": "Give an object."}
    assert sent({"rows": [{}] * 201}) == {"/rows": "Give 200 rows at most; these are 201."}
    assert set(sent({"rows": [], "colour": 1})) == {"/colour"}
    good = rows_of("objectives")[0]
    found = sent({"rows": [good, {"text": 1, "weight": 5, "a/b": 1, "version": 1}]})
    assert set(found) == {"/rows/1/text", "/rows/1/goal", "/rows/1/weight", "/rows/1/a~1b", "/rows/1/version"}
    assert found["/rows/1/weight"] == 'Give a decimal as a text, such as "123.45".'
    assert "Known: goal, id, measure, text, weight." in found["/rows/1/a~1b"]
    assert set(sent({"rows": [{**good, "id": str(uuid4())}]})) == {"/rows/0/id"}
    assert set(sent({"rows": [good, good]})) == {"/rows/1/text"}
    assert writer.get(draft["href"]).json()["version"] == 1


@pytest.mark.parametrize("table", sorted(parts_of(Strategy)))
def test_no_row_breaks_a_table(writer: Api, draft: dict[str, Any], table: str) -> None:
    part = parts_of(Strategy)[table]
    wild: list[Any] = [None, [], {}, "", "x" * 10_000, 2**63, -(2**63), 1e308, True, [[]], "NaN", "-1", "9" * 40]
    names = [part._meta.get_field(name).attname for name in part.columns]
    for value in wild:
        body = {"rows": [{**dict.fromkeys(names, value), "id": value}]}
        problem(writer.put(draft["tables"][table], body, match=1), 400)
        for name in names:
            answer = writer.put(draft["tables"][table], {"rows": [{name: value}]}, match=1)
            found = problem(answer, 400, "invalid")
            assert all(error["pointer"].startswith("/rows/0") for error in found["errors"])


@pytest.mark.parametrize(
    ("table", "row", "place", "sentence"),
    [
        (
            "capacity",
            {"year": 2028, "kind": "in_house", "place": "Hall", "batches": "-1"},
            "batches",
            "A capacity must not be below 0.",
        ),
        ("demand", {"year": 2027, "low": "1", "base": "2", "high": "3"}, "year", "This year stands here twice."),
        (
            "demand",
            {"year": 2031, "low": "1", "base": "2", "high": "3"},
            "year",
            "2031 is outside the horizon, 2027 to 2030.",
        ),
        (
            "cash_flows",
            {"option": "buy", "year": 2028, "kind": "fixed", "label": "Fee", "amount": "1.0000", "currency": "XYZ"},
            "currency",
            "“XYZ” is not a currency code; use the three letters, such as EUR or USD.",
        ),
        (
            "cash_flows",
            {"option": "lease", "year": 2028, "kind": "fixed", "label": "Fee", "amount": "1.0000", "currency": "EUR"},
            "option",
            "Choose one of: make, buy.",
        ),
        (
            "objectives",
            {"text": "Third", "goal": "Third", "weight": "0.50"},
            "weight",
            "The weights add up to 100.5: take 0.5 away.",
        ),
        (
            "risks",
            {"text": "Leak", "category": "ip", "severity": 11, "occurrence": 1, "detection": 1},
            "severity",
            "Give a number from 1 to 10.",
        ),
        (
            "known_cmos",
            {"cmo_id": str(UUID(int=7)), "capability": "Fills", "geopolitical_risk": 1, "supply_risk": 1},
            "cmo_id",
            "There is no such CMO.",
        ),
        (
            "risks",
            {"text": "Leak", "category": "ip", "severity": 1, "occurrence": 1, "detection": 1, "owner_id": "x"},
            "owner_id",
            "This is not an id (a UUID such as 0198c0de-0000-7000-8000-000000000000).",
        ),
    ],
)
def test_a_wrong_row_is_told_at_its_member(
    writer: Api, draft: dict[str, Any], table: str, row: dict[str, Any], place: str, sentence: str
) -> None:
    rows = [*rows_of(table), row]
    assert errors(put(writer, draft, table, rows)) == {f"/rows/{len(rows) - 1}/{place}": sentence}
    assert writer.get(draft["tables"][table]).json()["results"] == []


def test_a_negative_volume_is_told_at_its_case(writer: Api, draft: dict[str, Any]) -> None:
    rows = [{"year": 2027, "low": "-1", "base": "2", "high": "3"}, {"year": 2028, "low": "1", "base": "2", "high": "1"}]
    assert errors(put(writer, draft, "demand", rows)) == {
        "/rows/0/low": "A volume must not be below 0.",
        "/rows/1/high": "The high volume must not be below the expected one.",
    }


def test_a_wrong_answer_is_told_at_its_member(writer: Api, draft: dict[str, Any]) -> None:
    def sent(**body: Any) -> dict[str, str]:
        return errors(writer.patch(draft["href"], body, match=1))

    assert sent(starts_on="2027-01-04", sourcing_intent="in_house_later", in_house_by="2026-12-31") == {
        "/in_house_by": "The programme starts on 4 January 2027: give a later day for bringing it in-house."
    }
    assert sent(currency="XYZ") == {
        "/currency": "“XYZ” is not a currency code; use the three letters, such as EUR or USD."
    }
    assert sent(alternates="many") == {"/alternates": "Choose one of: sole, single, dual, multi."}
    assert sent(horizon_to=2026) == {"/horizon_to": "The last year of the horizon must not be before its first."}
    assert sent(batch_yield="0") == {"/batch_yield": "The yield is more than 0 and at most 100 percent."}
    assert set(sent(tier=4, discount_rate=8)) == {"/tier", "/discount_rate"}
    assert set(sent(number=2, revises_id=None, state="approved")) == {"/number", "/revises_id", "/state"}


def test_preferences_in_a_circle_are_refused_at_once(writer: Api, draft: dict[str, Any]) -> None:
    named = PartnershipAttribute.objects.in_bulk(field_name="code")
    quality, supply, cost = (str(named[code].pk) for code in ("quality_compliance", "supply_security", "total_cost"))
    pairs = [(quality, supply, "3.000000"), (supply, cost, "3.000000"), (cost, quality, "3.000000")]
    rows = [{"first_id": one, "second_id": other, "ratio": ratio} for one, other, ratio in pairs]
    found = errors(put(writer, draft, "judgements", rows))
    assert list(found) == ["/rows"]
    assert found["/rows"].startswith("These preferences run in a circle: ")
    for code in ("quality_compliance", "supply_security", "total_cost"):
        assert named[code].name in found["/rows"]
    rows[2] = {"first_id": quality, "second_id": cost, "ratio": "5.000000"}
    assert put(writer, draft, "judgements", rows).status_code == 200
    missing = [{**rows[0], "first_id": str(uuid4())}, {**rows[1], "second_id": "no"}, {"ratio": "12.000000"}]
    found = errors(put(writer, draft, "judgements", missing))
    assert {"/rows/0/first_id", "/rows/1/second_id", "/rows/2/first_id"} <= set(found)
    assert found["/rows/0/first_id"] == "There is no such partnership attribute."


# ---------------------------------------------------------------- who sees it


def test_for_everybody_else_there_is_no_such_strategy(
    writer: Api, whole: dict[str, Any], mallory: Any, adam: Any, otto: Any, other_programme: Any
) -> None:
    one = Consequence.objects.filter(strategy=whole["id"]).first()
    assert one is not None
    addresses = [
        whole["href"], *whole["tables"].values(), f"{whole['href']}figures/", f"/api/v1/consequences/{one.pk}/",
    ]  # fmt: skip
    for address in addresses:
        for person in (mallory, adam):
            problem(Api(person).get(address), 404, "not_found")
        problem(Api(otto).get(address), 403)
        assert writer.get(address).status_code == 200
    thief = Api(mallory)
    problem(thief.patch(whole["href"], {"scope": "Mine"}, match=whole["version"]), 404, "not_found")
    for address in whole["tables"].values():
        problem(thief.put(address, {"rows": []}, match=whole["version"]), 404, "not_found")
    for action in ("revise", "accept-all", "actions/submit"):
        problem(thief.post(f"{whole['href']}{action}/", {"why": "x"}, match=1), 404, "not_found")
    assert thief.get("/strategies/").json()["results"] == []
    assert thief.get(f"/consequences/?programme_id={whole['programme_id']}").json()["results"] == []
    body = {"programme_id": whole["programme_id"]}
    assert errors(thief.post("/strategies/", body)) == {"/programme_id": "There is no such programme."}


def test_who_may_look_may_not_write(whole: dict[str, Any], quinn: Any, audra: Any) -> None:
    for person in (quinn, audra):
        reader = Api(person)
        assert reader.get(whole["href"]).status_code == 200
        problem(reader.patch(whole["href"], {"scope": "x"}, match=whole["version"]), 403, "not_permitted")
        problem(reader.put(whole["tables"]["demand"], {"rows": []}, match=whole["version"]), 403, "not_permitted")
        problem(reader.post(f"{whole['href']}accept-all/", match=whole["version"]), 403, "not_permitted")
        problem(reader.post("/consequences/", {}), 405)


# ---------------------------------------------------------------- what follows, and figures


def test_a_consequence_is_changed_declined_and_taken_back(writer: Api, whole: dict[str, Any]) -> None:
    address = f"/consequences/?strategy_id={whole['id']}&kind=criterion"
    first, second, *_ = writer.get(address).json()["results"]
    change = f"{first['href']}actions/change/"
    content = {**first["content"], "weight": "much"}
    said = {"content": content, "reason": "Ours"}
    version, other = first["version"], second["version"]
    assert errors(writer.post(change, said, match=version)) == {
        "/content/weight": "Weight in % is a number such as 12 or 12.5."
    }
    for bad, pointer in (
        ({"content": [], "reason": "x"}, "/content"),
        ({"content": "x", "reason": "x"}, "/content"),
        ({"content": {}, "reason": "x"}, "/content"),
        ({"reason": "x"}, "/content"),
        ({"content": {**content, "weight": 3}, "reason": "x"}, "/content/weight"),
        ({"content": {**first["content"], "colour": "red"}, "reason": "x"}, "/content/colour"),
        ({"content": first["content"]}, "/reason"),
    ):
        assert list(errors(writer.post(change, bad, match=version))) == [pointer]
    done = writer.post(change, {"content": {**content, "weight": "12.5"}, "reason": "Ours"}, match=version)
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["state"], body["content"]["weight"], body["decision_reason"]) == ("changed", "12.5", "Ours")
    assert body["proposed"] == first["proposed"]
    declined = writer.post(f"{second['href']}actions/decline/", {"reason": "Not here"}, match=other).json()
    assert (declined["state"], declined["decision_reason"]) == ("declined", "Not here")
    back = writer.post(f"{second['href']}actions/reconsider/", {}, match=other + 1).json()
    assert (back["state"], back["decision_reason"]) == ("proposed", "")
    problem(writer.post(f"{second['href']}actions/withdraw/", {}, match=other + 2), 404)
    found = writer.get(f"/consequences/?rule={first['rule']}&programme_id={whole['programme_id']}&state=changed")
    assert [one["id"] for one in found.json()["results"]] == [first["id"]]


def test_figures_are_worked_out_or_say_why_not(writer: Api, whole: dict[str, Any]) -> None:
    answer = writer.get(f"{whole['href']}figures/")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["version"] == whole["version"]
    weights = found["weights"]["value"]
    assert (weights["by"], [row["weight"] for row in weights["weights"]]) == ("direct", ["40.00", "35.00", "25.00"])
    # 10,000 vials a batch, 90 % of them usable, one batch in twenty lost: 8,550 vials for each that is started.
    assert found["batches"]["value"] == [
        {"year": 2027, "low": 0, "base": 1, "high": 2},
        {"year": 2028, "low": 3, "base": 5, "high": 8},
        {"year": 2029, "low": 5, "base": 10, "high": 15},
        {"year": 2030, "low": 6, "base": 11, "high": 18},
    ]
    years = {row["year"]: row for row in found["capacity"]["value"]}
    assert (years[2029]["need"], years[2029]["gap"], years[2029]["gap_with_options"]) == ("10", "2", "0")
    assert (years[2029]["utilisation"], years[2030]["utilisation"]) == ("125", None)
    money = found["make_or_buy"]["value"]
    # Making: the plant at once, and 5 batches of 180,000 a year later, at 8 %.
    make = Decimal(30_000_000) + Decimal(5 * 180_000) / Decimal("1.08")
    buy = Decimal(2_500_000) + Decimal(5 * 420_000) / Decimal("1.10") / Decimal("1.08")
    assert abs(Decimal(money["npv_make"]) - make) < Decimal("1e-9")
    assert abs(Decimal(money["npv_buy"]) - buy) < Decimal("1e-9")
    assert (money["currency"], len(money["years"])) == ("EUR", 4)
    assert set(money["break_even"]) == {"volume", "sentence"}
    assert found["sensitivity"]["value"]["steady"] is True
    assert found["factors"]["value"]["favours"] == "buy"
    (risk,) = found["risks"]["value"]
    assert (risk["rpn"], risk["needs_action"], risk["why"]) == (108, True, ["threshold", "severity_gate"])
    assert [risk["risk_id"]] == [row["id"] for row in writer.get(whole["tables"]["risks"]).json()["results"]]
    assert found["segment"]["value"]["code"] == "strategic"
    assert {one["problem"] for name, one in found.items() if name not in ("version", "conflicts")} == {None}
    assert writer.get(f"{whole['href']}figures/", If_None_Match=answer["ETag"]).status_code == 304

    assert put(writer, whole, "rates", []).status_code == 200
    version = writer.get(whole["href"]).json()["version"]
    assert writer.patch(whole["href"], {"weights_by": "pairwise"}, match=version).status_code == 200
    found = writer.get(f"{whole['href']}figures/").json()
    assert found["make_or_buy"]["value"] is None and "USD" in found["make_or_buy"]["problem"]
    assert found["weights"]["value"] is None and "compare" in found["weights"]["problem"]
    pointers = [one["pointer"] for one in writer.get(whole["href"]).json()["findings"]]
    assert {"/judgements", "/rates"} <= {*pointers}


def test_a_comparison_in_pairs_tells_its_consistency(writer: Api, draft: dict[str, Any]) -> None:
    codes = ("quality_compliance", "supply_security", "total_cost")
    keys = [str(PartnershipAttribute.objects.get(code=code).pk) for code in codes]
    assert writer.patch(draft["href"], {"weights_by": "pairwise"}, match=1).status_code == 200
    assert put(writer, draft, "attributes", [{"attribute_id": key} for key in keys]).status_code == 200
    # Twice, twice and four times as important: judgements that agree perfectly.
    pairs = [(0, 1, "2.000000"), (1, 2, "2.000000"), (0, 2, "4.000000")]
    rows = [{"first_id": keys[one], "second_id": keys[other], "ratio": ratio} for one, other, ratio in pairs]
    assert put(writer, draft, "judgements", rows).status_code == 200
    found = writer.get(f"{draft['href']}figures/").json()["weights"]["value"]
    assert [row["weight"] for row in found["weights"]] == ["57.14", "28.57", "14.29"]
    assert (found["acceptable"], Decimal(found["consistency_ratio"]), Decimal(found["consistency_index"])) == (
        True, Decimal(0), Decimal(0),
    )  # fmt: skip


def test_of_an_empty_strategy_nothing_is_worked_out(writer: Api, draft: dict[str, Any]) -> None:
    found = writer.get(f"{draft['href']}figures/").json()
    found.pop("version")
    assert found.pop("conflicts") == []
    assert {name: (one["value"], one["problem"]) for name, one in found.items()} == dict.fromkeys(found, (None, None))


def test_the_rules_are_told_as_a_table(writer: Api, whole: dict[str, Any]) -> None:
    found = writer.get("/strategy-rules/").json()
    assert set(found) == {"rule_set_version", "next", "previous", "results"}
    rules = {row["id"]: row for row in found["results"]}
    assert all(row["title"] and row["reason"] and row["source"] and row["version"] for row in rules.values())
    asked = writer.get(f"/consequences/?strategy_id={whole['id']}&limit=1000").json()["results"]
    assert {one["rule"] for one in asked} | {rule for one in asked for rule in one["also"]} <= set(rules)
    lines = b"".join(writer.get("/strategy-rules/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "id,version,title,reason,source"
    problem(writer.get("/strategy-rules/?id=1"), 400, "unknown_parameter")


# ---------------------------------------------------------------- lists


def test_the_list_is_narrowed_and_costs_the_same_however_long(writer: Api, approved: dict[str, Any], vx12: Any) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert writer.get(address).status_code == 200
        return len(queries)

    for address in ("/strategies/", "/strategies/?expand=programme,demand,risks", "/consequences/?expand=strategy"):
        assert count(address) <= 8
    before = count("/strategies/?expand=programme,demand")
    assert writer.post(f"{approved['href']}revise/", {"why": "More"}).status_code == 201
    assert count("/strategies/?expand=programme,demand") == before
    for query, numbers in (
        (f"programme_id={vx12.pk}", [2, 1]),
        ("state=approved", [1]),
        ("number_min=2", [2]),
        ("review_due_from=2027-09-30&review_due_to=2027-09-30&tier=1", [2, 1]),
        ("review_due_to=2027-09-29", []),
        ("tier=2", []),
        (f"revises_id={approved['id']}", [2]),
    ):
        listed = writer.get(f"/strategies/?{query}").json()["results"]
        assert [row["number"] for row in listed] == numbers, query
    for query in ("review_due=2027", "tier=x", "programme=1"):
        problem(writer.get(f"/strategies/?{query}"), 400)


def test_a_relationship_says_under_which_version_it_was_approved(
    writer: Api, approved: dict[str, Any], harrow: Any, priya: Any, erin: Any
) -> None:
    body = {"cmo_id": str(harrow.pk), "programme_id": approved["programme_id"], "manager_id": str(priya.pk)}
    made = Api(priya).post("/relationships/", body)
    assert made.status_code == 201, made.content
    said = {"reason": "Its strategy is approved"}
    done = Api(erin).post(f"{made.json()['href']}actions/approve_strategy/", said, match=1)
    assert done.status_code == 200, done.content
    assert writer.get(approved["href"]).json()["relationship_ids"] == [made.json()["id"]]
