from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from operations.api.kpi_values import BEHIND
from operations.models import Delivery


class DeliveryViewSet(RecordViewSet):
    """Delivery lines: what was due when, what arrived when, how much was accepted. null is not zero."""

    model = Delivery
    writable = (
        "relationship",
        "site",
        "external_id",
        "source_system",
        "order_ref",
        "item",
        "country",
        "transport_mode",
        "incoterm",
        "ordered_on",
        "scheduled_on",
        "delivered_on",
        "recorded_on",
        "quantity_ordered",
        "quantity_delivered",
        "quantity_accepted",
        "unit",
        "value",
        "freight_cost",
        "currency",
        "weight_kg",
        "notes",
    )
    fields = (*writable, "days_late", "imported_by")
    money = {"value": "currency", "freight_cost": "currency"}
    external_scope = "source_system"
    filters = {
        "relationship": "relationship",
        "cmo": "relationship__cmo",
        "programme": "relationship__programme",
        "site": "site",
        "external_id": "external_id",
        "source_system": "source_system",
        "order_ref": "order_ref",
        "item": "item",
        "country": "country",
        "transport_mode": "transport_mode",
        "ordered_on": "ordered_on",
        "scheduled_on": "scheduled_on",
        "delivered_on": "delivered_on",
        "recorded_on": "recorded_on",
        "days_late": "days_late",
        "value": "value",
        "imported_by": "imported_by",
        "updated_at": "updated_at",
    }
    more_filters = (BEHIND,)
    searched = ("external_id", "order_ref", "item")
    orderings = ("scheduled_on", "delivered_on", "ordered_on", "days_late", "value", "created_at", "updated_at")
    default_order = "-scheduled_on"
