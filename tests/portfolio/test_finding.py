"""Finding: what comes first, what is left out, and what answers it in a large portfolio."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from cmo_lifecycle.doors.finding import holds
from cmo_lifecycle.partners.models import CMO, Site
from cmo_lifecycle.portfolio.views import finding
from operations.models import Delivery


@pytest.fixture(autouse=True)
def _pages() -> None:
    """What can be found is said where the pages are declared."""
    reverse("search")


def names(user: Any, text: str, group: str = "CMOs") -> list[str]:
    for found in finding.find(user, text):
        if found["label"] == group:
            return [item["label"] for item in found["items"]]
    return []


@pytest.fixture
def firms(db: None) -> None:
    for name in ("Nord Sterile", "Alba Nord", "Zeta Nord", "Nord Aseptic", "Beta Nord", "Nord Bio", "Delta Nord"):
        CMO.objects.create(legal_name=name)


def test_names_that_begin_with_it_come_first_and_none_comes_twice(firms: None, alice: Any) -> None:
    assert names(alice, "nord") == ["Nord Aseptic", "Nord Bio", "Nord Sterile", "Alba Nord", "Beta Nord", "Delta Nord"]


def test_six_that_begin_with_it_leave_no_room(firms: None, alice: Any) -> None:
    for number in range(6):
        CMO.objects.create(legal_name=f"Nord {number}")
    assert names(alice, "NORD") == [f"Nord {number}" for number in range(6)]


def test_words_in_any_order_and_aliases(firms: None, alice: Any) -> None:
    CMO.objects.create(legal_name="Castellan", aliases=["Old Nord Works"])
    assert names(alice, "nord old") == ["Castellan"]
    assert names(alice, "bio nord") == ["Nord Bio"]


def test_the_nearest_spelling_comes_first_though_many_are_somewhat_alike(
    firms: None, alice: Any, monkeypatch: Any
) -> None:
    CMO.objects.create(legal_name="Manufacturer of Vials")
    for number in range(12):
        CMO.objects.create(legal_name=f"Manufacture {number:02d}")
    monkeypatch.setattr(finding, "RANKED", 4)
    found = names(alice, "Manufacturer of Vails")
    assert found[0] == "Manufacturer of Vials" and len(found) == len(set(found))


def test_a_line_is_found_by_a_part_of_its_numbers(relationship: Any, sven: Any) -> None:
    for number in ("PO-7781", "PO-99"):
        Delivery.objects.create(
            relationship=relationship, item=f"Vials {number}", scheduled_on=date(2026, 3, 2), order_ref=number,
            external_id=f"L-{number[3:]}-x", source_system="erp",
        )  # fmt: skip
    assert names(sven, "778", "Deliveries") == ["Vials PO-7781"] and not names(sven, "5555", "Deliveries")
    assert names(sven, "l-99", "Deliveries") == ["Vials PO-99"]


def plan(rows: Any) -> str:
    sql, parameters = rows.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        # A handful of rows is read whole, whatever indexes there are.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_each_condition_has_its_index(relationship: Any) -> None:
    for rows, indexes in (
        (
            CMO.objects.filter(holds(CMO, "legal_name", "nord") | holds(CMO, "aliases", "nord")),
            ("cmo_name_trigrams", "cmo_with_aliases"),
        ),
        (
            Site.objects.filter(holds(Site, "name", "nord") | holds(Site, "city", "nord") | Q(fei="nord")),
            ("site_name_trigrams", "site_city_trigrams", "site_by_fei"),
        ),
        (
            Delivery.objects.filter(holds(Delivery, "order_ref", "nord") | holds(Delivery, "external_id", "nord")),
            ("delivery_number_trigrams",),
        ),
    ):
        found = plan(rows.order_by().values("pk"))
        assert "Seq Scan" not in found, found
        for index in indexes:
            assert index in found, found
