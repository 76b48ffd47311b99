"""Under a quality agreement over REST: subcontractors and exercises. The matrix is a table of the agreement."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from contracts.models import Exercise, Subcontractor


class SubcontractorViewSet(RecordViewSet):
    """Whom a CMO uses for parts of the work, and whether our quality unit has approved it."""

    model = Subcontractor
    writable = ("agreement", "name", "cmo", "site", "activity", "basis", "conditions")
    fields = (*writable, "ended_on", "state")
    filters = ("agreement", "cmo", "site", "state", "updated_at")
    searched = ("name", "activity")
    orderings = ("name", "created_at", "updated_at")
    default_order = "name"


class ExerciseViewSet(RecordViewSet):
    """Real events that were walked through quality agreements, once a year."""

    model = Exercise
    writable = ("agreement", "held_on", "event", "participants", "steps", "gaps", "actions")
    fields = (*writable, "state")
    filters = ("agreement", "held_on", "state", "updated_at")
    searched = ("event", "gaps")
    orderings = ("held_on", "created_at", "updated_at")
    default_order = "-held_on"


VIEWS: tuple[Any, ...] = (SubcontractorViewSet, ExerciseViewSet)
urlpatterns: list[URLPattern] = []
