"""My desk: what waits for me, what changed around me, and whether the schedule still runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import history, pages
from cmo_lifecycle.doors.duties import duties_of
from cmo_lifecycle.doors.pages import registry
from cmo_lifecycle.doors.pages.jobs import as_row, visible_jobs
from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow import desk
from cmo_lifecycle.workflow.models import Approval, Event, Heartbeat, Job
from cmo_lifecycle.workflow.transitions import transitions_of

SHOWN = 100
CHANGES_SHOWN = 15
SILENCE = timedelta(hours=24)


class Desk(pages.SignedIn):
    """The home page."""

    for_externals = True

    def get(self, request: HttpRequest) -> HttpResponse:
        user = self.user
        if user.is_external:
            # What a CMO has to do with us stands in its portal.
            return redirect("portal:home")
        waiting = list(desk.waiting_for(user)[: SHOWN + 1])
        more = len(waiting) > SHOWN
        if not more:
            # The badge in the rail counts the same rows; counting them twice would be a query for nothing.
            request._desk_count = len(waiting)  # type: ignore[attr-defined]
        today = timezone.localdate()
        rows = [_row(approval, today) for approval in waiting[:SHOWN]]
        now = timezone.now()
        return self.shown(
            "portfolio/desk.html",
            {
                "title": "My desk",
                "rows": rows,
                "more": more,
                "late": sum(1 for row in rows if row["is_late"]),
                "duties": duties_of(user)[:SHOWN],
                "events": history.told(events_around(user)[:CHANGES_SHOWN]),
                "jobs": [as_row(job) for job in _running(user)],
                "silence": silence(now),
                "now": now,
            },
        )


def _row(approval: Approval, today: Any) -> dict[str, Any]:
    model = ContentType.objects.get_for_id(approval.record_type_id).model_class()
    verb = transitions_of(model).get(approval.verb)  # type: ignore[arg-type]
    return {
        "label": approval.record_label,
        "url": pages.url_for(approval.record_type_id, approval.record_id),
        "step_url": pages.url_for(approval.record_type_id, approval.record_id, approval.verb),
        "step": verb.label if verb is not None else approval.verb,
        "signature": verb is not None and verb.needs_signature,
        "noun": str(model._meta.verbose_name) if model is not None else "",
        "role": role_label(approval.role),
        "asked_at": approval.asked_at,
        "due": approval.due,
        "is_late": approval.due is not None and approval.due < today,
    }


def events_around(user: Any) -> QuerySet[Event]:
    """Return what happened in the programmes and relationships that this person sees, newest first."""
    if user.is_external:
        return Event.objects.none()
    seen = Q()
    if not user.reads_everything:
        for model in (Programme, Relationship):
            kind = ContentType.objects.get_for_model(model)
            rows = model.objects.visible_to(user).order_by().values("pk")
            seen |= Q(related_type=kind, related_id__in=rows)
    quiet = [ContentType.objects.get_for_model(noun.model) for noun in registry.NOUNS.values() if not noun.on_desk]
    told = Event.objects.filter(seen).readable_by(user).exclude(record_type__in=quiet)
    return history.with_people(told.order_by("-at", "-id"))


def _running(user: Any) -> list[Job]:
    """One's own work that runs, or ended within a day."""
    since = timezone.now() - timedelta(days=1)
    live = [Job.Status.WAITING, Job.Status.RUNNING]
    mine = visible_jobs(user).filter(asked_by=user).select_related("asked_by")
    return list(mine.filter(Q(status__in=live) | Q(ended_at__gte=since))[:5])


def silence(now: datetime) -> dict[str, Any] | None:
    """Return since when the schedule has been silent, where that is longer than a day; None where it runs."""
    last = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
    if last is not None and now - last <= SILENCE:
        return None
    return {"since": last}
