from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from strategy.models import PartnershipAttribute


class PartnershipAttributeViewSet(RecordViewSet):
    """The catalogue of what a partnership can be asked to be good at."""

    model = PartnershipAttribute
    writable = ("code", "name", "group", "description", "position")
    fields = (*writable, "state")
    filters = ("code", "group", "state", "updated_at")
    searched = ("name", "code")
    orderings = ("position", "name", "code", "updated_at")
    default_order = "position"
