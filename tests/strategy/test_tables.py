"""Tables of a record: written whole or not at all, versioned with it, each mistake at its row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cmo_lifecycle.doors.history import told
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Stale
from strategy.models import AttributeWeight, DemandYear, Judgement, KnownCMO, PartnershipAttribute, Risk, Strategy

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(alice: Any, vx12: Any) -> Strategy:
    return edits.create(Strategy, {"programme": vx12, "horizon_from": 2027, "horizon_to": 2029}, actor=alice)


def year(number: int, low: int = 10, base: int = 20, high: int = 30, **more: Any) -> dict[str, Any]:
    return {"year": number, "low": Decimal(low), "base": Decimal(base), "high": Decimal(high), **more}


def demand(strategy: Strategy) -> list[tuple[int, Decimal]]:
    return list(strategy.demand.order_by("position").values_list("year", "base"))


def test_a_table_is_replaced_as_a_whole_and_counts_as_one_edit(draft: Strategy, alice: Any) -> None:
    written = parts.write(draft, DemandYear, [year(2027), year(2028)], actor=alice, version=1)
    assert (written.version, demand(written)) == (2, [(2027, 20), (2028, 20)])
    first, second = parts.rows_of(written, DemandYear)

    again = parts.write(written, DemandYear, [year(2029), year(2028, base=25, id=second.pk)], actor=alice, version=2)
    assert demand(again) == [(2029, 20), (2028, 25)]
    kept = DemandYear.objects.get(pk=second.pk)
    assert (kept.key, kept.position) == (second.key, 1)
    assert not DemandYear.objects.filter(pk=first.pk).exists()
    event = Event.objects.of(again).order_by("at").last()
    before, after = event.changes["demand"]
    assert (event.verb, event.actor, event.record_version) == ("edit", alice, 3)
    assert [row["year"] for row in before] == [2027, 2028]
    assert [(row["year"], row["base"]) for row in after] == [(2029, "20"), (2028, "25")]


def test_writing_the_same_again_is_no_edit(draft: Strategy, alice: Any) -> None:
    once = parts.write(draft, DemandYear, [year(2027)], actor=alice)
    row = parts.rows_of(once, DemandYear)[0]
    assert parts.write(once, DemandYear, [year(2027, id=row.pk)], actor=alice).version == once.version


def test_a_row_that_bears_the_name_of_a_present_one_is_that_row(draft: Strategy, alice: Any) -> None:
    once = parts.write(draft, DemandYear, [year(2027), year(2028)], actor=alice)
    first, second = parts.rows_of(once, DemandYear)
    parts.write(once, DemandYear, [year(2029), year(2028, base=25)], actor=alice)
    added, kept = parts.rows_of(once, DemandYear)
    assert (kept.pk, kept.key, kept.base) == (second.pk, second.key, 25)
    assert first.pk not in (added.pk, kept.pk)


def test_two_rows_may_swap_what_is_unique(draft: Strategy, alice: Any) -> None:
    once = parts.write(draft, DemandYear, [year(2027), year(2028)], actor=alice)
    first, second = parts.rows_of(once, DemandYear)
    parts.write(once, DemandYear, [year(2028, id=first.pk), year(2027, id=second.pk)], actor=alice)
    assert demand(once) == [(2028, 20), (2027, 20)]


@pytest.mark.parametrize(
    ("rows", "at", "sentence"),
    [
        ([year(2027, low=-1)], "0.low", "A volume must not be below 0."),
        ([year(2027), year(2028, base=5)], "1.base", "The expected volume must not be below the low one."),
        ([year(2027, high=15)], "0.high", "The high volume must not be below the expected one."),
        ([year(2027), year(2027)], "1.year", "This year stands here twice."),
        ([year(2027), year(2031)], "1.year", "2031 is outside the horizon, 2027 to 2029."),
        ([{"year": 2027}], "0.low", "This field cannot be null."),
    ],
)
def test_each_mistake_is_told_at_its_row_and_nothing_is_written(
    draft: Strategy, alice: Any, rows: list[dict[str, Any]], at: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, DemandYear, rows, actor=alice)
    assert refused.value.errors[at] == [sentence]
    assert (demand(draft), Strategy.objects.get().version) == ([], 1)


def test_a_row_of_another_record_is_none_of_this_one(draft: Strategy, alice: Any, other_programme: Any) -> None:
    foreign = edits.create(Strategy, {"programme": other_programme}, actor=alice)
    theirs = parts.rows_of(
        parts.write(foreign, DemandYear, [year(2027)], actor=alice, cause=Event.objects.of(foreign).get()), DemandYear
    )[0]
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, DemandYear, [year(2027, id=theirs.pk)], actor=alice)
    assert list(refused.value.errors) == ["0.id"]


def test_somebody_elses_save_stops_mine(draft: Strategy, alice: Any, sven: Any) -> None:
    parts.write(draft, DemandYear, [year(2027)], actor=sven, version=1)
    with pytest.raises(Stale) as stale:
        parts.write(draft, DemandYear, [year(2028)], actor=alice, version=1)
    assert [change["who"] for change in stale.value.changes] == ["Sven Example"]
    assert demand(draft) == [(2027, 20)]


def test_who_may_not_edit_the_record_may_not_write_its_tables(draft: Strategy, quinn: Any, mallory: Any) -> None:
    with pytest.raises(NotPermitted):
        parts.write(draft, DemandYear, [year(2027)], actor=quinn)
    with pytest.raises(Strategy.DoesNotExist):
        parts.write(draft, DemandYear, [year(2027)], actor=mallory)


def test_weights_above_a_hundred_are_refused_and_below_are_kept_for_later(draft: Strategy, alice: Any) -> None:
    quality, supply = PartnershipAttribute.objects.order_by("position")[:2]
    rows = [{"attribute": quality, "weight": Decimal(70)}, {"attribute": supply, "weight": Decimal("40.5")}]
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, AttributeWeight, rows, actor=alice)
    assert refused.value.errors == {"1.weight": ["The weights add up to 110.5: take 10.5 away."]}
    rows[1]["weight"] = Decimal(20)
    assert parts.write(draft, AttributeWeight, rows, actor=alice).version == 2


def test_a_pair_is_compared_once_and_nothing_with_itself(draft: Strategy, alice: Any) -> None:
    quality, supply = PartnershipAttribute.objects.order_by("position")[:2]
    rows = [
        {"first": quality, "second": supply, "ratio": Decimal(3)},
        {"first": supply, "second": quality, "ratio": Decimal(3)},
    ]
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, Judgement, rows, actor=alice)
    assert refused.value.errors == {"1.second": ["Supply security and Quality and compliance are compared twice."]}
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, Judgement, [{"first": quality, "second": quality, "ratio": Decimal(1)}], actor=alice)
    assert refused.value.errors == {"0.first": ["An attribute is not compared with itself."]}
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, Judgement, [{"first": quality, "second": supply, "ratio": Decimal(12)}], actor=alice)
    assert refused.value.errors == {"0.ratio": ["Give a number from 1/9 (0.111111) to 9."]}


def test_a_known_cmo_is_named_one_way_or_the_other(draft: Strategy, alice: Any, harrow: Any) -> None:
    line = {"capability": "Fills vials", "geopolitical_risk": 1, "supply_risk": 2}
    with pytest.raises(InvalidInput) as refused:
        parts.write(draft, KnownCMO, [line], actor=alice)
    assert refused.value.errors == {"0.cmo": ["Choose a CMO on record, or write its name."]}
    parts.write(draft, KnownCMO, [{**line, "cmo": harrow}, {**line, "name": "Nordvik"}], actor=alice)
    assert [str(row) for row in parts.rows_of(draft, KnownCMO)] == ["Harrow Biologics", "Nordvik"]


def test_a_risk_is_scored_on_the_registers_scale(draft: Strategy, alice: Any) -> None:
    five = edits.update(
        draft, {"risk_scale": 5, "severity_gate": 5, "risk_threshold": 40}, actor=alice, version=draft.version
    )
    line = {"text": "The fill line stops", "category": "supply", "severity": 6, "occurrence": 2, "detection": 1}
    with pytest.raises(InvalidInput) as refused:
        parts.write(five, Risk, [line], actor=alice)
    assert refused.value.errors == {"0.severity": ["Give a number from 1 to 5: that is the scale of this register."]}


def test_the_database_itself_refuses_what_can_never_be(draft: Strategy) -> None:
    with pytest.raises(IntegrityError, match="demand_is_not_negative"), transaction.atomic():
        DemandYear.objects.create(strategy=draft, year=2027, low=-1, base=0, high=0)
    with pytest.raises(IntegrityError, match="one_demand_per_year"), transaction.atomic():
        for _ in range(2):
            DemandYear.objects.create(strategy=draft, year=2027, low=0, base=0, high=0)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_history_tells_a_table_row_by_row(draft: Strategy, alice: Any, client: Any) -> None:
    once = parts.write(draft, DemandYear, [year(2027), year(2028)], actor=alice)
    parts.write(once, DemandYear, [year(2028, base=25), year(2029)], actor=alice)
    changes = [change for one in told(Event.objects.of(draft).select_related("actor")) for change in one["changes"]]
    assert changes[:3] == [
        ("Demand “2027”", "Low: 10; Base: 20; High: 30", ""),
        ("Demand “2028”: Base", "20", "25"),
        ("Demand “2029”", "", "Low: 10; Base: 20; High: 30"),
    ]
    client.force_login(alice)
    page = client.get(f"{draft.get_absolute_url()}?tab=history")
    assert page.status_code == 200
    assert "Demand “2028”: Base" in page.content.decode()
