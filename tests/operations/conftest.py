"""The real delivery lines, and a short way to make lines by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def scms_folder() -> Path:
    folder = Path(os.environ.get("CMO_REAL_DATA") or ROOT.parent / "shared" / "data") / "scms"
    if not (folder / "reference_dev.json").is_file():
        pytest.skip(f"the real data are not at {folder.parent}; set CMO_REAL_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def reference(scms_folder: Path) -> dict[str, Any]:
    return json.loads((scms_folder / "reference_dev.json").read_text())


@pytest.fixture(scope="session")
def scms_rows(scms_folder: Path) -> list[dict[str, Any]]:
    """Every line of the real file, parsed by the shipped profile."""
    from cmo_lifecycle.tabular import profiles

    profile = profiles.Profile.load(ROOT / "operations" / "profiles" / "scms.json")
    with profile.open(scms_folder / "scms_direct_drop_2009_2010.csv") as table:
        rows = list(profiles.apply(profile, table.columns, table.rows()))
    assert [row.errors for row in rows if row.errors] == []
    return [row.values for row in rows]


@pytest.fixture
def scms(db: None, scms_rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The real lines in the database: a relationship per vendor, active since 2009; vendor name to relationship."""
    from cmo_lifecycle.partners.models import CMO, Programme, Relationship
    from operations.models import Delivery

    programme = Programme.objects.create(name="SCMS")
    relationships = {}
    for vendor in sorted({row["cmo"] for row in scms_rows}):
        relationships[vendor] = Relationship.objects.create(
            cmo=CMO.objects.create(legal_name=vendor, country="US"),
            programme=programme,
            state=Relationship.State.ACTIVE,
            active_from=date(2009, 1, 1),
            registered_as_existing=True,
            registration_evidence="The SCMS delivery history",
        )
    taken = (
        "external_id", "order_ref", "item", "country", "transport_mode", "ordered_on", "scheduled_on",
        "delivered_on", "recorded_on", "quantity_ordered", "value", "currency",
    )  # fmt: skip
    Delivery.objects.bulk_create(
        Delivery(
            relationship=relationships[row["cmo"]],
            source_system="scms",
            **{name: row[name] for name in taken if row[name] is not None},
        )
        for row in scms_rows
    )
    return relationships


@pytest.fixture
def line(relationship: Any) -> Callable[..., Any]:
    """Make one delivery line of Harrow for VX-12; dates as (month, day) of 2026."""
    from operations.models import Delivery

    def make(scheduled: tuple[int, int], delivered: tuple[int, int] | None = None, **fields: Any) -> Delivery:
        return Delivery.objects.create(
            relationship=fields.pop("relationship", relationship),
            item=fields.pop("item", "Vial"),
            scheduled_on=date(2026, *scheduled),
            delivered_on=date(2026, *delivered) if delivered else None,
            **fields,
        )

    return make


@pytest.fixture
def define() -> Callable[..., Any]:
    """Return the seeded definition of a KPI with other settings, not saved."""
    from operations.models import KpiDefinition

    def changed(code: str, **settings: Any) -> KpiDefinition:
        definition = KpiDefinition.objects.get(code=code, number=1)
        for name, value in settings.items():
            setattr(definition, name, value)
        return definition

    return changed
