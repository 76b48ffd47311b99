"""The real file, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from cmo_lifecycle.workflow.models import Event
from operations.importing.commit import import_file
from operations.models import Delivery, DeliveryImport

FILE = "scms_direct_drop_2009_2010.csv"


@pytest.mark.django_db
def test_every_real_line_arrives_once(scms_folder: Path, sven: Any) -> None:
    result = import_file(scms_folder / FILE, "scms", sven, create_missing=True)

    assert result.committed
    assert result.findings.counts == {
        "rows_read": 1139, "rows_new": 1139, "rows_changed": 0, "rows_same": 0, "rows_bad": 0,
    }  # fmt: skip
    lines = Delivery.objects.filter(imported_by=result.record)
    assert lines.count() == 1139
    assert lines.aggregate(total=Sum("value"))["total"] == Decimal("112496282.72")
    assert set(lines.values_list("created_by", "source_system").distinct()) == {(sven.pk, "scms")}
    assert (CMO.objects.count(), Site.objects.count(), Programme.objects.count(), Relationship.objects.count()) == (
        38, 72, 5, 39,
    )  # fmt: skip

    again = import_file(scms_folder / FILE, "scms", sven)
    assert again.findings.counts == {
        "rows_read": 1139, "rows_new": 0, "rows_changed": 0, "rows_same": 1139, "rows_bad": 0,
    }  # fmt: skip
    assert "1,139 unchanged" in again.sentence
    assert Delivery.objects.count() == 1139


@pytest.mark.django_db
def test_what_was_missing_is_made_because_of_the_import_and_shows_it(scms_folder: Path, sven: Any) -> None:
    result = import_file(scms_folder / FILE, "scms", sven, create_missing=True)

    commit = Event.objects.of(result.record).get(verb="finish_commit")
    assert commit.inputs["outcome"].startswith("1,139 rows read, 1,139 new")
    assert set(commit.consequences.values_list("verb", flat=True)) == {"create", "register_as_existing"}
    relationship = Relationship.objects.get(cmo__legal_name="CIPLA LIMITED")
    assert (relationship.state, relationship.manager, relationship.tier) == ("active", sven, None)
    assert result.record.sha256 in relationship.registration_evidence
    assert relationship.active_from == relationship.deliveries.earliest("scheduled_on").scheduled_on
    assert list(relationship.programme.members.all()) == [sven]
    line = relationship.deliveries.first()
    entry = AuditEntry.objects.get(table_name="operations_delivery", row_id=str(line.pk))
    assert (entry.op, entry.actor, entry.event) == ("I", f"user:{sven.pk}", commit.pk)


@pytest.mark.django_db
def test_text_in_date_columns_is_kept_as_a_note_and_never_as_a_date(scms_folder: Path, sven: Any) -> None:
    import_file(scms_folder / FILE, "scms", sven, create_missing=True)

    noted = Delivery.objects.filter(notes__ordered_on="Date Not Captured")
    assert noted.exists()
    assert not noted.filter(ordered_on__isnull=False).exists()


@pytest.mark.django_db
def test_a_dry_run_lists_what_would_be_made_and_makes_nothing(scms_folder: Path, sven: Any) -> None:
    result = import_file(scms_folder / FILE, "scms", sven, create_missing=True, only_try=True)

    assert not result.committed
    assert result.record.state == "tried"
    report = result.record.report
    assert report["create_counts"] == {"cmos": 38, "sites": 72, "programmes": 5, "relationships": 39}
    lines = {entry["name"]: entry["lines"] for entry in report["create"]["cmos"]}
    assert lines["S. BUYS WHOLESALER"] == 334
    assert sum(lines.values()) == 1139
    assert report["totals"] == {"USD": "112496282.72"}
    assert (CMO.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_without_being_told_to_an_import_makes_nobody_up(scms_folder: Path, sven: Any) -> None:
    CMO.objects.create(legal_name="Cipla Ltd", aliases=["cipla  limited"])
    result = import_file(scms_folder / FILE, "scms", sven)

    assert not result.committed
    assert result.findings.rows_bad == 1139
    assert {problem.message for problem in result.record.problems.filter(column="Product Group")[:1]} <= {
        "You work on no programme called “ARV”.", "You work on no programme called “HRDT”.",
    }  # fmt: skip
    assert "CIPLA LIMITED" not in {entry["name"] for entry in result.record.report["unmatched"]["cmos"]}
    assert DeliveryImport.objects.get().state == "tried"
