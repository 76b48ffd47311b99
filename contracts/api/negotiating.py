"""The negotiation over REST: points with the positions of both sides."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from contracts.models import NegotiationPoint


class NegotiationPointViewSet(RecordViewSet):
    """What is negotiated in agreements: target, fallback, walk-away, the positions of both sides, and what was reached."""

    model = NegotiationPoint
    writable = ("agreement", "title", "topic", "rank", "target", "fallback", "walk_away", "value_at_stake")
    fields = (*writable, "consequence", "outcome", "achieved", "final_text", "state")
    filters = ("agreement", "topic", "rank", "outcome", "state", "updated_at")
    searched = ("title", "target")
    orderings = ("rank", "title", "created_at", "updated_at")
    default_order = "rank,title"


VIEWS: tuple[Any, ...] = (NegotiationPointViewSet,)
urlpatterns: list[URLPattern] = []
