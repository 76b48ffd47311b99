"""Sites from a register's list."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmo_lifecycle.partners.models import CMO, Inspection, Site
from operations.importing.commit import import_file

HEAD = ("FEI_NUMBER", "DUNS_NUMBER", "FIRM_NAME", "ADDRESS", "OPERATIONS", "ISO3", "DATES_483", "DATES_WL")


@pytest.fixture
def listed(tmp_path: Path) -> Any:
    """Write a list in the register's columns: rows of (FEI, DUNS, firm, more by column)."""

    def write(*rows: tuple[Any, ...]) -> Path:
        path = tmp_path / "sites.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            out = csv.DictWriter(stream, HEAD)
            out.writeheader()
            for fei, duns, firm, *more in rows:
                out.writerow(
                    {
                        "FEI_NUMBER": fei,
                        "DUNS_NUMBER": duns,
                        "FIRM_NAME": firm,
                        "ISO3": "USA",
                        **(more[0] if more else {}),
                    }
                )
        return path

    return write


def run(path: Path, actor: Any, **options: Any) -> Any:
    return import_file(path, "fda_sites", actor, options.pop("create_missing", True), kind="sites", **options)


@pytest.mark.django_db
def test_the_real_list_arrives_once(scms_folder: Path, alice: Any) -> None:
    path = scms_folder.parent / "fda" / "cdmo_like_sites.csv"
    result = run(path, alice)
    assert result.committed
    assert result.findings.counts == {
        "rows_read": 443, "rows_new": 443, "rows_changed": 0, "rows_same": 0, "rows_bad": 0,
    }  # fmt: skip
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert Site.objects.count() == 443
    assert CMO.objects.count() == len({" ".join(row["FIRM_NAME"].split()).lower() for row in rows})
    dates = {(row["DUNS_NUMBER"], day.strip()) for row in rows for day in row["DATES_483"].split(";") if day.strip()}
    assert Inspection.objects.count() == len(dates) > 48
    assert set(Inspection.objects.values_list("site__duns", "started_on")) == {
        (duns, date.fromisoformat(day)) for duns, day in dates
    }

    again = run(path, alice, create_missing=False)
    assert again.findings.counts == {
        "rows_read": 443, "rows_new": 0, "rows_changed": 0, "rows_same": 443, "rows_bad": 0,
    }  # fmt: skip


@pytest.mark.django_db
def test_establishments_that_share_or_lack_an_fei_stay_apart(listed: Any, alice: Any) -> None:
    path = listed(
        ("3001234567", "111111111", "Acme Sterile Inc."),
        ("3001234567", "222222222", "Acme Sterile Inc."),
        ("", "333333333", "Acme Sterile Inc."),
        ("0", "444444444", "acme  sterile inc."),
    )
    assert run(path, alice).findings.rows_new == 4
    assert list(Site.objects.order_by("duns").values_list("fei", flat=True)) == ["3001234567", "3001234567", "", ""]
    assert CMO.objects.count() == 1


@pytest.mark.django_db
def test_only_the_duns_finds_a_site(listed: Any, harrow_site: Any, alice: Any) -> None:
    path = listed((harrow_site.fei, "999999999", "Harrow Biologics"), ("", harrow_site.duns, "HARROW BIOLOGICS"))
    result = run(path, alice)
    assert (result.findings.rows_new, result.findings.rows_changed) == (1, 1)
    harrow_site.refresh_from_db()
    assert (harrow_site.fei, harrow_site.name, harrow_site.country.code) == ("", "Harrow Cork", "US")
    assert harrow_site.version == 2


@pytest.mark.django_db
def test_a_row_without_a_number_of_its_own_is_refused(listed: Any, alice: Any) -> None:
    path = listed(
        ("", "", "Acme"), ("", "000000000", "Acme"), ("", "12345678", "Acme"), ("12", "123456789", "Acme"),
        ("", "555555555", "Acme"), ("", "555555555", "Acme"),
    )  # fmt: skip
    result = run(path, alice)
    assert not result.committed
    assert [(p.row, p.column, p.message) for p in result.record.problems.all()] == [
        (2, "DUNS_NUMBER", "The cell is empty, but a value is needed here."),
        (3, "DUNS_NUMBER", "The cell is empty, but a value is needed here."),
        (4, "DUNS_NUMBER", "“12345678”: A DUNS number has nine digits."),
        (5, "FEI_NUMBER", "“12”: An FEI has 7 to 10 digits."),
        (7, "DUNS_NUMBER", "The DUNS number 555555555 stands in row 6 already; each site has its own."),
    ]
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_a_site_is_never_moved_to_another_company(listed: Any, harrow_site: Any, alice: Any) -> None:
    path = listed(("", harrow_site.duns, "Nordvik Fill-Finish"))
    result = run(path, alice)
    (problem,) = result.record.problems.all()
    assert "kept under “Harrow Biologics”" in problem.message
    assert not CMO.objects.filter(legal_name="Nordvik Fill-Finish").exists()


@pytest.mark.django_db
def test_a_form_483_shows_an_inspection_and_a_letter_alone_does_not(listed: Any, alice: Any) -> None:
    more = {"DATES_483": "2022-09-01; 2022-09-01; 2023-11-15", "DATES_WL": "2023-12-20"}
    path = listed(("3001234567", "111111111", "Acme", more))
    assert run(path, alice).findings.extra == {"inspections": 2}
    site = Site.objects.get()
    assert [str(one.started_on) for one in site.inspections.order_by("started_on")] == ["2022-09-01", "2023-11-15"]
    assert {(one.authority, one.kind, one.form_483, one.warning_letter_on, one.classification) for one in site.inspections.all()} == {
        ("FDA", "other", True, None, "")
    }  # fmt: skip
    assert site.notes == "FDA warning letters: 2023-12-20"

    Site.objects.update(notes="Ask for Ms Byrne.\nFDA warning letters: 2023-12-20")
    path = listed(("3001234567", "111111111", "Acme", {**more, "DATES_WL": "2023-12-20; 2024-02-01"}))
    assert run(path, alice).findings.rows_changed == 1
    assert Site.objects.get().notes == "Ask for Ms Byrne.\nFDA warning letters: 2023-12-20, 2024-02-01"
    assert run(path, alice).findings.rows_same == 1


@pytest.mark.django_db
def test_sites_are_imported_by_those_who_keep_them(listed: Any, sven: Any) -> None:
    from cmo_lifecycle.workflow.refusals import NotPermitted

    with pytest.raises(NotPermitted):
        run(listed(("", "111111111", "Acme")), sven)
