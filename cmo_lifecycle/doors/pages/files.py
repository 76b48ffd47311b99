"""Files of records, handed out to whoever may see the record."""

from __future__ import annotations

import logging
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from cmo_lifecycle.doors.pages.base import SignedIn
from cmo_lifecycle.workflow.models import Attachment

log = logging.getLogger(__name__)


class AttachmentFile(SignedIn):
    """One stored file: always a download, never shown in place, and only with the bytes it came with."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        found = Attachment.objects.filter(pk=pk).select_related("record_type").first()
        model: Any = found.record_type.model_class() if found is not None else None
        if (
            found is None
            or model is None
            or not model.objects.visible_to(self.user).filter(pk=found.record_id).exists()
        ):
            raise Http404("There is no such file.")
        if not self._intact(found):
            return self.shown(
                "workflow/altered_file.html",
                {"title": "This file was altered", "file": found},
                status=409,
            )
        response = FileResponse(
            found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _intact(found: Attachment) -> bool:
        try:
            whole = found.is_intact()
        except OSError:
            whole = False
        if not whole:
            log.error("Attachment %s does not have the bytes it came with", found.pk)
        return whole
