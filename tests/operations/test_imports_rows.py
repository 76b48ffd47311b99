"""Row by row: what is taken, what is refused and in which words, and what a second import changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted
from operations.importing.commit import import_file
from operations.models import Delivery

HEAD = ("id", "order", "cmo", "site", "programme", "item", "ordered", "due", "came", "ordered qty", "came qty", "good qty", "value", "currency", "remark")  # fmt: skip
PROFILE = {
    "name": "erp",
    "fields": {
        "external_id": {"column": "id", "kind": "identifier"},
        "order_ref": {"column": "order"},
        "cmo": {"column": "cmo"},
        "site": {"column": "site"},
        "programme": {"column": "programme"},
        "item": {"column": "item"},
        "ordered_on": {"column": "ordered", "kind": "date_or_note"},
        "scheduled_on": {"column": "due"},
        "delivered_on": {"column": "came"},
        "quantity_ordered": {"column": "ordered qty", "thousands": ","},
        "quantity_delivered": {"column": "came qty"},
        "quantity_accepted": {"column": "good qty"},
        "value": {"column": "value"},
        "currency": {"column": "currency"},
    },
    "notes": ["remark"],
}
LINE = {
    "id": "L1", "order": "PO7", "cmo": "Harrow Biologics", "site": "", "programme": "VX-12", "item": "Vial",
    "ordered": "2026-01-05", "due": "2026-04-03", "came": "2026-04-05", "ordered qty": "1,000", "came qty": "990",
    "good qty": "980", "value": "12.50", "currency": "EUR", "remark": "",
}  # fmt: skip

File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """Write lines: the usual line with some cells changed."""

    def write(*lines: dict[str, str], end: str = "\n", name: str = "erp.csv") -> Path:
        def cell(text: str) -> str:
            return f'"{text}"' if "," in text else text

        rows = [",".join(HEAD), *(",".join(cell({**LINE, **line}[name]) for name in HEAD) for line in lines)]
        path = tmp_path / name
        path.write_bytes(end.join(rows).encode("utf-8-sig"))
        return path

    return write


def run(path: Path, actor: Any, profile: Any = PROFILE, create_missing: bool = False, **more: Any) -> Any:
    return import_file(path, profile, actor, create_missing, **more)


def told(result: Any) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.message) for problem in result.record.problems.all()]


pytestmark = pytest.mark.django_db


def test_rules_of_the_model_are_sentences_of_the_dry_run(relationship: Any, sven: Any, file: File) -> None:
    result = run(
        file(
            {"good qty": "991"},
            {"id": "L2", "came": "2026-01-04"},
            {"id": "L3", "currency": ""},
            {"id": "L4", "ordered qty": "-1"},
            {"id": "L5", "came qty": "1234567890123456"},
            {"id": "L6", "value": "1.005"},
            {"id": "L7", "due": "2026-02-30"},
            {"id": ""},
            {"id": "L9", "item": "x" * 301},
        ),
        sven,
    )
    assert told(result) == [
        (2, "good qty, came qty", "No more can be accepted than was delivered."),
        (3, "ordered, came", "The delivery cannot be earlier than the order."),
        (4, "value, currency", "Give the currency of the value."),
        (5, "ordered qty", "The quantity ordered cannot be negative."),
        (6, "came qty", "1234567890123456 is too large: at most 15 digits before the decimal mark can be kept."),
        (7, "value", "“1.005” has more than 2 decimal places; round it."),
        (8, "due", "“2026-02-30” is not a day of the calendar; correct it."),
        (9, "id", "The cell is empty, but a value is needed here."),
        (10, "item", "The text has 301 characters; at most 300 are kept, so shorten it."),
    ]
    assert result.findings.rows_bad == 9
    assert not result.committed
    assert not Delivery.objects.exists()


def test_every_rule_of_the_model_is_asked(relationship: Any, sven: Any) -> None:
    """A constraint that the dry run does not know would come out of the database in the middle of a commit."""
    from django.db import models

    from operations.importing.deliveries.judging import names_in

    asked = [one for one in Delivery._meta.constraints if isinstance(one, models.CheckConstraint)]
    assert len(asked) >= 5
    assert all(names_in(one.condition) for one in asked)


def test_names_are_found_by_alias_case_and_spacing(relationship: Any, harrow_site: Any, sven: Any, file: File) -> None:
    CMO.objects.update(aliases=["HB Ltd."])
    result = run(
        file(
            {"cmo": "harrow  BIOLOGICS", "site": "HARROW CORK", "programme": "vx-12"},
            {"id": "L2", "cmo": "hb ltd."},
        ),
        sven,
    )
    assert result.committed
    assert set(Delivery.objects.values_list("relationship", "site")) == {
        (relationship.pk, harrow_site.pk), (relationship.pk, None),
    }  # fmt: skip


def test_names_that_mean_nothing_or_two_things_are_refused(
    relationship: Any, harrow: Any, sven: Any, file: File
) -> None:
    CMO.objects.create(legal_name="Nordvik", aliases=["Same"])
    CMO.objects.create(legal_name="Oriel", aliases=["same"])
    for _ in range(2):
        Site.objects.create(cmo=harrow, name="Twin")
    result = run(
        file(
            {"cmo": "SAME"},
            {"id": "L2", "site": "twin"},
            {"id": "L3", "site": "Harrow Corc"},
            {"id": "L4", "cmo": "Nordvik"},
            {"id": "L5", "programme": "VX12"},
        ),
        sven,
    )
    assert told(result) == [
        (2, "cmo", "“SAME” is an alias of 2 CMOs; write the legal name."),
        (3, "site", "“Harrow Biologics” has 2 sites called “twin”; tell them apart first."),
        (4, "site", "“Harrow Biologics” has no site called “Harrow Corc”. Did you mean “Harrow Cork”?"),
        (5, "cmo", "You see no relationship of “Nordvik” in the programme “VX-12”."),
        (6, "programme", "You work on no programme called “VX12”. Did you mean “VX-12”?"),
    ]


def test_nothing_goes_where_the_importer_may_not_look(
    relationship: Any, other_programme: Any, harrow: Any, sven: Any, mallory: Any, file: File
) -> None:
    theirs = Relationship.objects.create(cmo=harrow, programme=other_programme, manager=mallory, state="active")
    Delivery.objects.create(
        relationship=theirs, item="Vial", scheduled_on="2026-01-01", source_system="erp", external_id="L9"
    )
    same = "You work on no programme called “{}”."
    path = file({"programme": "QR-7"}, {"id": "L2", "programme": "No such"}, {"id": "L9"})
    for create_missing in (False, True):
        result = run(path, sven, create_missing=create_missing, skip_bad=True)
        messages = [message for _, _, message in told(result)]
        assert messages[0] == same.format("QR-7")
        assert "The line “L9” is kept here already, where you cannot see it." in messages
        if not create_missing:
            assert messages[1] == same.format("No such")
    assert Delivery.objects.get(external_id="L9").relationship == theirs
    assert theirs.deliveries.count() == 1


def test_people_import_what_they_may_add(relationship: Any, alice: Any, tom: Any, audra: Any, file: File) -> None:
    for person in (alice, tom, audra):
        with pytest.raises(NotPermitted):
            run(file({}), person)
    assert not Delivery.objects.exists()


def test_a_second_import_changes_what_differs_and_nothing_else(
    relationship: Any, priya: Any, sven: Any, file: File
) -> None:
    run(file({"remark": "cold chain"}, {"id": "L2", "ordered": "not sent"}), sven)
    first, second = Delivery.objects.order_by("external_id")
    Delivery.objects.filter(pk=first.pk).update(transport_mode="Air")

    result = run(
        file({"came": "2026-04-09", "remark": "warm"}, {"id": "L2", "ordered": "not sent"}, {"id": "L3"}),
        priya,
        skip_bad=True,
    )
    assert result.findings.counts == {
        "rows_read": 3, "rows_new": 1, "rows_changed": 1, "rows_same": 1, "rows_bad": 0,
    }  # fmt: skip
    first.refresh_from_db()
    assert (first.version, first.delivered_on, first.transport_mode, first.notes) == (
        2, date(2026, 4, 9), "Air", {"remark": "warm"},
    )  # fmt: skip
    second.refresh_from_db()
    assert (second.version, second.ordered_on, second.notes) == (1, None, {"ordered_on": "not sent"})
    event = Event.objects.of(result.record).get(verb="finish_commit")
    assert event.inputs["changed"] == [{"id": "L1", "fields": ["delivered_on", "notes"]}]
    entry = AuditEntry.objects.filter(table_name="operations_delivery", op="U", event=event.pk).get()
    assert (entry.row_id, entry.actor) == (str(first.pk), f"user:{priya.pk}")


def test_the_same_id_of_another_source_is_another_line(relationship: Any, sven: Any, file: File) -> None:
    run(file({}), sven)
    assert run(file({}), sven, source="old erp").findings.rows_new == 1
    assert set(Delivery.objects.values_list("source_system", flat=True)) == {"erp", "old erp"}


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_any_line_ends_will_do(relationship: Any, sven: Any, file: File, end: str) -> None:
    assert run(file({}, {"id": "L2"}, end=end), sven).findings.rows_new == 2


def test_a_workbook_is_as_good_as_a_text_file(relationship: Any, sven: Any, file: File, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD)
    typed = {
        **LINE,
        "ordered": date(2026, 1, 5),
        "due": date(2026, 4, 3),
        "came": date(2026, 4, 5),
        "ordered qty": 1000,
        "value": 12.5,
    }
    sheet.append([typed[name] for name in HEAD])
    path = tmp_path / "erp.xlsx"
    book.save(path)
    assert run(path, sven).committed
    # The same line as text is the same line.
    assert run(file({}), sven).findings.rows_same == 1


def test_mojibake_is_mended_and_its_original_kept(relationship: Any, sven: Any, file: File) -> None:
    run(file({"item": "AmpoulesÂ\xa0stÃ©riles"}), sven)
    line = Delivery.objects.get()
    assert line.item == "Ampoules\xa0stériles"
    assert line.notes == {"item as in the file": "AmpoulesÂ\xa0stÃ©riles"}


def test_a_row_of_the_wrong_width_is_reported(relationship: Any, sven: Any, file: File) -> None:
    path = file({})
    path.write_bytes(path.read_bytes() + b"\nL2,PO8,Harrow Biologics,,VX-12,Vial,,2026-04-03,,,,,,,,too,many")
    result = run(path, sven)
    ((row, column, message),) = told(result)[:1]
    assert (row, column) == (3, "")
    assert "17" in message
    assert result.findings.rows_bad == 1


def test_good_rows_go_in_alone_where_that_is_asked(relationship: Any, sven: Any, file: File) -> None:
    path = file({}, {"id": "L2", "due": "soon"})
    assert not run(path, sven).committed
    result = run(path, sven, skip_bad=True)
    assert result.committed
    assert [line.external_id for line in Delivery.objects.all()] == ["L1"]
    assert told(result)[0][:2] == (3, "due")


def test_what_is_made_for_bad_rows_alone_is_not_made(vx12: Any, sven: Any, file: File) -> None:
    path = file({"cmo": "Nordvik", "site": "Oslo"}, {"id": "L2", "cmo": "Brightwater", "due": "soon"})
    result = run(path, sven, create_missing=True, skip_bad=True)
    assert result.record.report["create_counts"] == {"cmos": 1, "sites": 1, "programmes": 0, "relationships": 1}
    assert list(CMO.objects.values_list("legal_name", flat=True)) == ["Nordvik"]
    relationship = Relationship.objects.get()
    assert (relationship.programme, relationship.active_from) == (vx12, date(2026, 4, 3))
    assert [site.name for site in relationship.sites.all()] == ["Oslo"]
    assert Programme.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fields": {"colour": {"column": "id"}}}, "There are no fields called colour here."),
        (
            {"fields": {**PROFILE["fields"], "value": {"column": "value", "kind": "text"}}},
            "The field value holds decimal or number_or_note or integer, not 'text'.",
        ),
        ({"fields": {"external_id": {"column": "id"}}}, "Choose a column for CMO, Programme, Item, Scheduled on."),
        (
            {"fields": {**PROFILE["fields"], "country": {"column": "land", "kind": "country"}}},
            "The file lacks the column “land”",
        ),
    ],
)
def test_a_profile_that_does_not_fit_says_why(
    relationship: Any, sven: Any, file: File, change: Any, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        run(file({}), sven, {**PROFILE, **change})
    assert sentence in str(refusal.value)
