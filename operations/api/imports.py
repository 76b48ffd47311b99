"""Imports, their profiles and their problems. What a file goes through is in operations.importing; here it is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from cmo_lifecycle.doors.rest.kinds import Flag, Text
from cmo_lifecycle.doors.rest.listing import Listing
from cmo_lifecycle.doors.rest.problems import invalid
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.workflow.refusals import InvalidInput
from operations.actions import imports as verbs
from operations.importing import uploads
from operations.models import DeliveryImport, ImportProblem, ImportProfile

PARTS = ("file", "kind", "profile", "create_missing", "source_system")


class ImportProfileViewSet(RecordViewSet):
    """How one source's columns and formats map to ours."""

    model = ImportProfile
    writable = ("name", "kind", "mapping")
    fields = ("name", "kind", "mapping", "shipped")
    filters = ("name", "kind", "shipped", "updated_at")
    orderings = ("name", "updated_at")
    default_order = "name"


class ImportViewSet(RecordViewSet):
    """Files on their way in; POST uploads one as multipart/form-data, actions try and commit it in the background."""

    model = DeliveryImport
    component = "Import"
    takes_files = True
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

    def get_parsers(self) -> list[Any]:
        if self.request is not None and self.request.method == "POST" and self.verb is None:
            return [MultiPartParser()]
        return super().get_parsers()

    def create(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Keep a file; with `profile`, map its columns by the profile of that name."""
        query = self.read_detail_query(request)
        self._check_may_create(request.user)
        said = request.POST
        errors: dict[str, list[str]] = {
            name: [f"There is no member of this name here. Known: {', '.join(PARTS)}."]
            for name in (*said, *request.FILES)
            if name not in PARTS
        }
        if "file" not in request.FILES:
            errors["file"] = ["Give the file."]
        kind = said.get("kind", ImportProfile.Kind.DELIVERIES)
        if kind not in ImportProfile.Kind.values:
            errors["kind"] = [f"Choose one of: {', '.join(ImportProfile.Kind.values)}."]
        if said.get("create_missing", "false") not in ("true", "false"):
            errors["create_missing"] = ["Give true or false."]
        if len(said.get("source_system", "")) > 60:
            errors["source_system"] = ["Give at most 60 characters."]
        if errors:
            raise invalid(errors)
        create_missing = said.get("create_missing") == "true"
        kept = None
        try:
            with transaction.atomic():
                kept = record = uploads.keep(
                    request.FILES["file"],
                    actor=request.user,
                    kind=kind,
                    create_missing=create_missing,
                    source="api",
                )
                if said.get("profile"):
                    record = verbs.map_columns(
                        record,
                        actor=request.user,
                        profile_name=said["profile"],
                        source_system=said.get("source_system", ""),
                        create_missing=create_missing,
                        source="api",
                    )
        except InvalidInput as refusal:
            if kept is not None:
                kept.file.delete(save=False)
            raise invalid(
                {"profile" if name == "profile_name" else name: found for name, found in refusal.errors.items()}
            ) from refusal
        return self._created(request, record, query)

    @classmethod
    def describe_upload(cls) -> dict[str, Any]:
        """The schema of the upload's body."""
        return {
            "type": "object",
            "properties": {
                "file": {
                    "type": "string",
                    "contentMediaType": "application/octet-stream",
                    "description": f"CSV or XLSX, at most {settings.IMPORT_MAX_BYTES // 2**20} MiB.",
                },
                "kind": Text(choices=tuple(ImportProfile.Kind.values), blank=False).schema(),
                "profile": {**Text(most=60).schema(), "description": "The name of the profile that maps the columns."},
                "create_missing": Flag().schema(),
                "source_system": {
                    **Text(most=60).schema(),
                    "description": "Where the lines come from; the profile's name where it is not given.",
                },
            },
            "required": ["file"],
            "additionalProperties": False,
        }


class ImportProblemViewSet(Listing):
    """Cells and rows that could not be taken, the first 10,000 of each import; filter by `import_id`."""

    model = ImportProblem
    route = "import-problems"
    fields = ("of", "row", "column", "message", "cells")
    filters = {"import_id": "of", "row": "row", "column": "column"}
    orderings = ("row",)
    default_order = "row"

    def rows(self, user: Any) -> models.QuerySet:
        return ImportProblem.objects.filter(of__in=DeliveryImport.objects.visible_to(user).order_by().values("pk"))


__all__ = ["ImportProblemViewSet", "ImportProfileViewSet", "ImportViewSet"]
