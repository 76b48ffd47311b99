"""One import's page, its bad rows, and the way to it from its work."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header

from cmo_lifecycle.doors.pages import jobs as job_pages
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.detail import DetailPage
from cmo_lifecycle.workflow.models import Job
from operations.actions import imports as verbs
from operations.importing import jobs
from operations.importing.commit import bad_rows_path
from operations.models import DeliveryImport

S = DeliveryImport.State


class ImportPage(DetailPage):
    """One import: where it stands, what was found. Looks for news by itself while work is going on."""

    #: What to do next, state by state.
    NEXT = {S.UPLOADED: "map_columns", S.MAPPED: "dry_run", S.TRIED: "commit"}
    QUIET = ("stop", "take_back")

    def shown(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        record: DeliveryImport = context["record"]
        following = self.NEXT.get(S(record.state))
        if following == "commit" and not (record.rows_new or record.rows_changed):
            following = "map_columns"
        labels = {
            verb: step.label
            for verb, step in (("map_columns", verbs.map_columns), ("dry_run", verbs.dry_run), ("commit", verbs.commit))
        }
        steps = []
        for step in context.get("steps", ()):
            verb = step["url"].rstrip("/").rpartition("/")[2]
            if step["blocked"] and verb in self.QUIET:
                continue
            step["primary"] = verb == following and step["label"] == labels[verb]
            steps.append(step)
        context["steps"] = steps
        context["working"] = jobs.is_working(record.job)
        return super().shown(template, context, status)


class BadRows(NounPage):
    """Every bad row as it stood in the file, with what is wrong; to be corrected and uploaded again."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        record = self.record(pk)
        path = bad_rows_path(record)
        if not record.rows_bad or not default_storage.exists(path):
            raise Http404("This import has no bad rows.")
        response = FileResponse(default_storage.open(path), content_type="text/csv; charset=utf-8")
        stem = record.file_name.rpartition(".")[0] or record.file_name
        response["Content-Disposition"] = content_disposition_header(True, f"bad-rows-of-{stem}.csv")
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _job_links(job: Job) -> list[dict[str, str]]:
    pk = job.result.get("import", "")
    return [{"label": "The import", "url": reverse("operations:import", args=[pk])}] if pk else []


job_pages.LINKS |= {jobs.DRY_RUN: _job_links, jobs.COMMIT: _job_links}
