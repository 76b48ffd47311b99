"""What a write asks of the database, and that asking less says no less."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo_lifecycle.partners.models import CMO
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations.models import Delivery

LINE = {"item": "Vials", "scheduled_on": date(2026, 3, 2), "external_id": "L-1", "source_system": "erp"}


def refusal(model: Any, values: dict[str, Any], **more: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refused:
        edits.create(model, values, **more)
    return refused.value.errors


def asked_in_full(record: Any) -> dict[str, list[str]]:
    """What Django itself says when it asks for everything."""
    with pytest.raises(ValidationError) as found:
        record.full_clean()
    return found.value.message_dict


def test_a_good_line_is_written_without_asking_for_each_constraint(relationship: Any, sven: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        edits.create(Delivery, {"relationship": relationship, **LINE}, actor=sven)
    asked = [query["sql"] for query in queries if query["sql"].lstrip("(").startswith("SELECT 1 AS")]
    assert asked == []


def test_all_that_is_wrong_is_said_at_once_though_the_database_tells_one_thing(relationship: Any, sven: Any) -> None:
    edits.create(Delivery, {"relationship": relationship, **LINE}, actor=sven)
    wrong = {
        "relationship": relationship,
        **LINE,
        "value": 5,
        "ordered_on": date(2026, 5, 1),
        "delivered_on": date(2026, 4, 1),
    }
    errors = refusal(Delivery, wrong, actor=sven)
    assert errors == asked_in_full(Delivery(**wrong))
    assert errors == {
        "__all__": [
            "There is a delivery with this external id from this source already.",
            "Give the currency of the value.",
            "The delivery cannot be earlier than the order.",
        ]
    }
    assert Delivery.objects.count() == 1


def test_a_field_that_is_wrong_does_not_hide_a_rule_that_is_broken(relationship: Any, sven: Any) -> None:
    wrong = {"relationship": relationship, **LINE, "item": "", "quantity_ordered": -1}
    errors = refusal(Delivery, wrong, actor=sven)
    assert errors == asked_in_full(Delivery(**wrong))
    assert set(errors) == {"item", "__all__"}


def test_a_changed_record_is_told_the_same(relationship: Any, sven: Any) -> None:
    edits.create(Delivery, {"relationship": relationship, **LINE}, actor=sven)
    second = edits.create(Delivery, {"relationship": relationship, **LINE, "external_id": "L-2"}, actor=sven)
    with pytest.raises(InvalidInput) as refused:
        edits.update(second, {"external_id": "L-1"}, actor=sven, reason="Typed wrongly")
    assert refused.value.errors == {"__all__": ["There is a delivery with this external id from this source already."]}
    second.refresh_from_db()
    assert (second.external_id, second.version) == ("L-2", 1)


def test_a_reference_to_nothing_is_still_refused_at_its_field(harrow: Any, alice: Any) -> None:
    gone = CMO(legal_name="Never written")
    errors = refusal(
        CMO, {"legal_name": "Daughter", "country": "IE", "kind": "pure", "parent_id": gone.pk}, actor=alice
    )
    assert list(errors) == ["parent"]


def test_a_refused_row_with_a_file_leaves_no_file(db: None, monkeypatch: Any) -> None:
    from operations.models import DeliveryImport

    def saved(self: Any, **options: Any) -> None:
        raise AssertionError("It was saved before it was checked in full.")

    monkeypatch.setattr(DeliveryImport, "save", saved)
    monkeypatch.setattr(
        DeliveryImport, "validate_constraints", lambda self, exclude=None: (_ for _ in ()).throw(ValidationError("No."))
    )
    with pytest.raises(InvalidInput) as refused:
        edits._clean_and_save(DeliveryImport(kind="deliveries", file_name="x.csv", size=1, sha256="0" * 64))
    assert "No." in refused.value.errors["__all__"]
