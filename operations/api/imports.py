"""Imports and their profiles. What a file goes through is in operations.importing; here it is told."""

from __future__ import annotations

from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from operations.models import DeliveryImport, ImportProfile


class ImportProfileViewSet(RecordViewSet):
    """How one source's columns and formats map to ours."""

    model = ImportProfile
    writable = ("name", "kind", "mapping")
    fields = ("name", "kind", "mapping", "shipped")
    filters = ("name", "kind", "shipped", "updated_at")
    orderings = ("name", "updated_at")
    default_order = "name"


class ImportViewSet(RecordViewSet):
    """Files on their way in: what was read, what is new, what could not be taken."""

    model = DeliveryImport
    component = "Import"
    fields = (
        "kind",
        "file_name",
        "sha256",
        "size",
        "profile_name",
        "mapping",
        "create_missing",
        "state",
        "job",
        "rows_read",
        "rows_new",
        "rows_changed",
        "rows_same",
        "rows_bad",
        "report",
    )
    filters = ("kind", "state", "sha256", "profile_name", "created_at", "updated_at")
    orderings = ("created_at", "updated_at")
    default_order = "-created_at"
