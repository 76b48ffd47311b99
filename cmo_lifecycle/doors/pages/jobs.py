"""Background work: how far it is, what came of it, and how to stop it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.base import SignedIn
from cmo_lifecycle.workflow.models import Job

TONES = {"waiting": "none", "running": "info", "done": "good", "failed": "bad", "cancelled": "watch"}
#: What a room shows of the result of its kind of work: kind → function of the job giving links (label, url).
LINKS: dict[str, Any] = {}


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return one's own jobs; administrators and auditors see everybody's."""
    if user.has_role("administrator", "auditor"):
        return Job.objects.all()
    return Job.objects.filter(asked_by=user)


def may_cancel(job: Job, user: User) -> bool:
    return not job.is_over and (job.asked_by_id == user.pk or user.has_role("administrator"))


class JobList(SignedIn):
    """The latest jobs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        jobs = list(visible_jobs(self.user).select_related("asked_by")[:50])
        return self.shown(
            "workflow/jobs.html", {"title": "Background work", "jobs": [as_row(job) for job in jobs], "crumbs": []}
        )


class JobPage(SignedIn):
    """One job. The page looks for news by itself until the job is over; one may leave at any time."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        job = visible_jobs(self.user).filter(pk=pk).select_related("asked_by").first()
        if job is None:
            raise Http404("There is no such job.")
        return self.shown(
            "workflow/job.html",
            {
                "title": job.label,
                "crumbs": [("Background work", "/jobs/")],
                "job": job,
                "row": as_row(job),
                "may_cancel": may_cancel(job, self.user),
                "links": LINKS[job.kind](job) if job.kind in LINKS else [],
            },
        )


class CancelJob(SignedIn):
    """Ask a job to stop. What it did so far it says itself."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        job = visible_jobs(self.user).filter(pk=pk).first()
        if job is None:
            raise Http404("There is no such job.")
        if job.is_over:
            messages.info(request, "It was over already.")
            return redirect("job", pk=pk)
        if not may_cancel(job, self.user):
            raise PermissionDenied("Only whoever started this work, or an administrator, can cancel it.")
        Job.objects.filter(pk=pk, status__in=[Job.Status.WAITING, Job.Status.RUNNING]).update(cancel_asked=True)
        Job.objects.filter(pk=pk, status=Job.Status.WAITING, started_at=None).update(
            status=Job.Status.CANCELLED, ended_at=timezone.now(), message="Cancelled before it started."
        )
        messages.success(request, "Asked to stop.")
        return redirect("job", pk=pk)


def as_row(job: Job) -> dict[str, Any]:
    """Return a job in words: `progress` is 'n of m', `percent` 0 to 100 or None."""
    if job.status == Job.Status.WAITING:
        progress, percent = "", None
    elif job.total:
        progress = f"{job.done:,} of {job.total:,}"
        percent = min(100, job.done * 100 // job.total)
        if job.status == Job.Status.RUNNING and job.done >= job.total:
            # All is counted and the work still goes on: how far it is, nobody knows.
            percent = None
    else:
        progress, percent = (f"{job.done:,}" if job.done else ""), None
    label = "Stopping" if job.cancel_asked and not job.is_over else job.get_status_display()
    return {
        "job": job,
        "url": job.get_absolute_url(),
        "status": label,
        "tone": TONES[job.status],
        "progress": progress,
        "percent": percent,
    }
