"""Pages of delivery lines."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from operations import reading
from operations.filters import DeliveryFilters
from operations.forms import DeliveryForm
from operations.models import Delivery, DeliveryImport
from operations.views.base import OperationsNoun


def _arrival(row: Delivery) -> tuple[str, str]:
    return reading.arrival_words(row.scheduled_on, row.delivered_on, timezone.localdate())


def _arrival_badge(row: Delivery) -> Any:
    words, tone = _arrival(row)
    return fmt.badge_html(words, tone)


def quantity(value: Any, unit: str = "") -> str:
    """Write a quantity without idle zeros; what was not supplied says so."""
    return "Not supplied" if value is None else fmt.with_unit(reading.short_number(value), unit)


COLUMNS = (
    Column("item", "Item", kind="link", note="order_ref"),
    Column("relationship", "CMO", value="relationship.cmo.legal_name", note="relationship.programme.name", wrap=True),
    Column("scheduled_on", "Scheduled", kind="date"),
    Column("delivered_on", "Delivered", kind="date"),
    Column("days_late", "Arrival", kind="html", value=_arrival_badge),
    Column("country", "Country", value="country.name", default=False),
    Column("value", "Value", kind="money"),
    Column("site", "Site", value="site.name", default=False),
    Column("transport_mode", "Transport mode", default=False),
    Column("ordered_on", "Ordered", kind="date", default=False),
    Column("quantity_ordered", "Quantity ordered", kind="number", default=False),
    Column("quantity_delivered", "Quantity delivered", kind="number", default=False),
    Column("quantity_accepted", "Quantity accepted", kind="number", default=False),
    Column("external_id", "External id", default=False),
    Column("source_system", "Source", default=False),
    Column("order_ref", "Order", default=False),
)


class Deliveries(OperationsNoun):
    """Delivery lines."""

    model = Delivery
    columns = COLUMNS
    sorts = {
        "scheduled_on": "scheduled_on",
        "delivered_on": "delivered_on",
        "days_late": "days_late",
        "item": "item",
        "value": "value",
        "relationship": "relationship__cmo__legal_name",
        "ordered_on": "ordered_on",
        "external_id": "external_id",
    }
    sort = "-scheduled_on"
    filters = DeliveryFilters
    form = DeliveryForm
    list_sentence = "What was due when, and what arrived when. Reviews and KPIs are counted from these lines."
    empty_sentence = "Delivery lines come in by import, over REST, or one by one."
    find_in = ("order_ref", "external_id")
    find_exact = ("external_id",)
    plain = {"days_late": lambda row: row.days_late, "country": lambda row: row.country.code}
    about = {
        "title": "About deliveries",
        "purpose": "One line says what was due when and what arrived when. On-time delivery, lead times and values are"
        " counted from these lines, and every number of a review opens down to them.",
        "checklist": [
            "Leave empty what was not supplied: empty is not zero.",
            "A line keeps its external id, so that importing a file twice adds nothing.",
            "A correction asks for a reason and stays in the history with old and new value.",
        ],
        "done": ["Every line due in a period has its scheduled day, and its delivery day once it arrived."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme", "site").only(
            *(
                field.name
                for field in Delivery._meta.concrete_fields
                if field.name not in ("notes", "created_by", "created_at", "updated_at", "imported_by")
            ),
            "relationship__cmo__legal_name",
            "relationship__programme__name",
            "site__name",
        )

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        if not edits.may_create(DeliveryImport, request.user):  # type: ignore[arg-type]
            return []
        return [{"label": "Import a file", "url": reverse("operations:import_add")}]

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related(
            "relationship__cmo", "relationship__programme", "site__cmo", "imported_by", "created_by"
        )

    def for_finding(self, rows: QuerySet) -> QuerySet:
        return self.for_list(rows)

    def found_note(self, record: Delivery) -> str:
        return f"Delivery due {fmt.day(record.scheduled_on)}"

    def title(self, record: Delivery) -> str:
        return record.item

    def sentence(self, record: Delivery, request: HttpRequest) -> str:
        words, _ = _arrival(record)
        arrived = f", delivered {fmt.day(record.delivered_on)}" if record.delivered_on else ""
        return f"Due {fmt.day(record.scheduled_on)}{arrived}: {words}."

    def facts(self, record: Delivery, request: HttpRequest) -> list[Fact]:
        unit = record.unit
        return [
            ("Relationship", str(record.relationship), url_of(record.relationship)),
            ("Site", str(record.site) if record.site else "", url_of(record.site) if record.site else ""),
            ("Order", record.order_ref, ""),
            ("Ordered", fmt.time_tag(record.ordered_on) if record.ordered_on else "", ""),
            ("Scheduled", fmt.time_tag(record.scheduled_on), ""),
            ("Delivered", fmt.time_tag(record.delivered_on) if record.delivered_on else "Not delivered", ""),
            ("Quantity ordered", quantity(record.quantity_ordered, unit), ""),
            ("Quantity delivered", quantity(record.quantity_delivered, unit), ""),
            ("Quantity accepted", quantity(record.quantity_accepted, unit), ""),
            ("Line value", "Not supplied" if record.value is None else fmt.amount(record.value, record.currency), ""),
            ("Country", record.country.name if record.country else "", ""),
            ("Transport mode", record.transport_mode, ""),
        ]

    def panels(self, record: Delivery, request: HttpRequest) -> list[Panel]:
        made_by = record.imported_by
        body = render_to_string(
            "operations/panels/delivery.html",
            {
                "delivery": record,
                "notes": record.notes.items() if isinstance(record.notes, dict) else [],
                "recorded": record.recorded_on,
                "weight": quantity(record.weight_kg, "kg"),
                "freight": "Not supplied"
                if record.freight_cost is None
                else fmt.amount(record.freight_cost, record.currency),
                "import_url": url_of(made_by) if made_by and made_by.created_by_id == request.user.pk else "",
            },
        )
        return [Panel("More of this line", body, key="more")]
