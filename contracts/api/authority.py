"""The delegation of authority, split commitments and holiday calendars over REST."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from contracts.models import Delegation, HolidayCalendar, SplitAnswer


class DelegationViewSet(RecordViewSet):
    """Versions of the delegation of authority, each with its limits and rates."""

    model = Delegation
    writable = ("currency", "split_days")
    fields = ("number", *writable, "in_force_since", "state")
    filters = ("number", "state", "updated_at")
    orderings = ("number", "created_at", "updated_at")
    default_order = "-number"


class SplitAnswerViewSet(RecordViewSet):
    """Groups of commitments that stay below a limit one by one and pass it together, with what finance says of them."""

    model = SplitAnswer
    fields = ("codes", "question", "agreement", "state")
    filters = ("agreement", "state", "updated_at")
    orderings = ("created_at", "updated_at")
    default_order = "-created_at"


class HolidayCalendarViewSet(RecordViewSet):
    """Calendars by which contracts count business days, each with its holidays."""

    model = HolidayCalendar
    writable = ("name", "first_year", "last_year")
    fields = writable
    filters = ("name", "updated_at")
    orderings = ("name", "created_at", "updated_at")
    default_order = "name"


VIEWS: tuple[Any, ...] = (DelegationViewSet, SplitAnswerViewSet, HolidayCalendarViewSet)
urlpatterns: list[URLPattern] = []
