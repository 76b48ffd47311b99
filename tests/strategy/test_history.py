"""What the history and the trail of a strategy say: of itself, of its tables, of what it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.doors.history import changes_text, readable, told, trail_of, trail_rows
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from strategy.actions import consequences as decided
from strategy.models import Consequence, DemandYear, Objective, Strategy
from tests.strategy.test_pages import as_, words
from tests.strategy.test_tables import year

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(alice: Any, vx12: Any) -> Strategy:
    return edits.create(Strategy, {"programme": vx12, "horizon_from": 2027, "horizon_to": 2029}, actor=alice)


def test_nothing_and_none_at_all_are_two_things(draft: Strategy, alice: Any) -> None:
    once = edits.update(draft, {"supply_risk": 50}, actor=alice, version=draft.version)
    edits.update(once, {"supply_risk": 0}, actor=alice, version=once.version)
    newest = trail_rows(list(trail_of(draft)[:1]))[0]
    assert "Supply risk: 50 → 0" in changes_text(newest["changes"])
    said = words(as_(alice).get(f"{draft.get_absolute_url()}?tab=history").content.decode())
    assert "Supply risk: 50 → 0" in said and "Supply risk: empty → 50" in said


def test_a_structure_is_said_in_words(written: Any) -> None:
    content = {"weight": "12", "group": "quality", "minimum": "", "must": True, "of": ["a", "b"]}
    assert readable(Consequence, "content", content) == "Weight: 12; Group: quality; Must: yes; Of: a, b"
    assert readable(Consequence, "because", [{"label": "Tier", "value": "1"}]) == "Label: Tier; Value: 1"
    one = written.consequences.exclude(content={}).first()
    entry = AuditEntry.objects.of(one).earliest("id")
    assert "{" not in changes_text(trail_rows([entry])[0]["changes"])


def test_a_new_order_is_told(draft: Strategy, alice: Any) -> None:
    rows = [
        {"text": "First", "goal": "Supply", "measure": "None waits", "weight": 60},
        {"text": "Second", "goal": "Speed", "measure": "In 2028", "weight": 40},
    ]
    once = parts.write(draft, Objective, rows, actor=alice)
    parts.write(once, Objective, rows[::-1], actor=alice)
    newest = told(Event.objects.of(draft).select_related("actor").order_by("-at", "-id"))[0]
    assert newest["changes"] == [("Order of objectives", "First, Second", "Second, First")]


def test_the_trail_of_a_record_holds_the_rows_of_its_tables(
    draft: Strategy,
    alice: Any,
    audra: Any,
    other_programme: Any,
) -> None:
    once = parts.write(draft, DemandYear, [year(2027), year(2028)], actor=alice)
    kept, gone = once.demand.order_by("year")
    parts.write(once, DemandYear, [year(2027, base=25)], actor=alice)
    with acting(alice, source="test"):
        foreign = Strategy.objects.create(programme=other_programme, number=1)
        DemandYear.objects.create(strategy=foreign, **year(2027))

    found = {(entry.row_id, entry.op) for entry in trail_of(draft) if entry.table_name == DemandYear._meta.db_table}
    assert found == {(str(kept.pk), "I"), (str(kept.pk), "U"), (str(gone.pk), "I"), (str(gone.pk), "D")}
    assert (str(draft.pk), "I") in {(entry.row_id, entry.op) for entry in trail_of(draft)}

    said = words(as_(alice).get(f"{draft.get_absolute_url()}?tab=history").content.decode())
    assert "Base: 20.0 → 25.0" in said and str(gone.pk) in said
    trail = as_(audra).get("/audit/", {"q": str(draft.pk)}).content.decode()
    assert str(gone.pk) in trail and str(kept.pk) in trail
    assert str(foreign.demand.get().pk) not in trail


def test_the_history_tells_who_decided_on_what_it_asks_for(written: Any, alice: Any) -> None:
    first, second, *_ = written.consequences.filter(state="proposed").order_by("pk")
    decided.accept(first, actor=alice)
    decided.decline(second, actor=alice, reason="Too dear for what it brings")
    count = decided.accept_all(Strategy.objects.get(pk=written.pk), actor=alice)
    assert count > 50
    said = words(as_(alice).get(f"{written.get_absolute_url()}?tab=history").content.decode())
    assert f"Alice Example accepted {count} consequences" in said
    assert f"Alice Example accepted {first.title}" in said
    assert f"Alice Example declined {second.title}" in said and "Too dear for what it brings" in said
