"""What every noun has: its events, its files, the jobs people started, the people, and the trail."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.doors.rest import paging, things
from cmo_lifecycle.doors.rest.addresses import Asked, address
from cmo_lifecycle.doors.rest.filters import Filter
from cmo_lifecycle.doors.rest.kinds import Bad, Input, Key, Member, Text, Whole
from cmo_lifecycle.doors.rest.listing import PREFIX, Listing
from cmo_lifecycle.doors.rest.problems import bad_parameter, invalid
from cmo_lifecycle.doors.rest.representation import Shape
from cmo_lifecycle.workflow import attachments
from cmo_lifecycle.workflow.models import Attachment, Event, Job
from cmo_lifecycle.workflow.refusals import NotPermitted, Refused

#: Events younger than this are held back by the feed.
HELD_BACK = timedelta(seconds=1)


def watermark() -> datetime:
    """Return the time before which no event can still turn up.

    An event is dated when it is written, not when it is committed: a long import commits events that
    are minutes old. So nothing from after the begin of the oldest transaction that has written is told.
    """
    latest = timezone.now() - HELD_BACK
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        oldest = cursor.fetchone()[0]
    return latest if oldest is None else min(latest, oldest - HELD_BACK)


class EventViewSet(Listing):
    """What people did, in words: newest first, or from a point on (`after`) as a feed that skips nothing."""

    model = Event
    route = "events"
    fields = (
        "at",
        "actor",
        "verb",
        "from_state",
        "to_state",
        "role",
        "reason",
        "changes",
        "inputs",
        "record_version",
        "record_label",
        "cause",
        "source",
    )
    filters = ("at", "verb", "actor", "source")
    orderings = ("at",)
    default_order = "-at"

    @classmethod
    def own_members(cls) -> list[Member]:
        found = super().own_members()
        return [
            *found,
            *things.reference("record", "Route of the noun it happened to."),
            *things.reference("related", "Route of the noun whose history it belongs to.", null=True),
        ]

    @classmethod
    @functools.cache
    def filter_table(cls) -> dict[str, Filter]:
        found = dict(super().filter_table())
        found.update({one.name: one for one in (*things.filters("record"), *things.filters("related"))})
        return found

    @classmethod
    def list_members(cls) -> dict[str, Any]:
        return {"after": {"type": "string", "description": "With after: where to go on next time."}}

    @classmethod
    def list_parameters(cls) -> list[dict[str, Any]]:
        sentence = (
            "As a feed, oldest first: from this point on (empty: from the begin). Nothing is skipped;"
            " what is younger than a second, or than a transaction that still writes, comes later."
        )
        return [{"name": "after", "in": "query", "schema": {"type": "string"}, "description": sentence}]

    def rows(self, user: Any) -> models.QuerySet:
        return Event.objects.filter(things.of_visible(user))

    def read_list(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        if "after" not in request.query_params:
            return super().read_list(request, **kwargs)
        return self._feed(request)

    def _feed(self, request: Request) -> HttpResponseBase:
        """Oldest first from `after` on; `after` in the answer is where to go on, also when nothing is new."""
        said = request.query_params.copy()
        after = said.pop("after")[-1]
        for name in ("cursor", "ordering", "format", "count"):
            if name in said:
                raise bad_parameter(name, "This does not go together with after: the feed has its own order.")
        request._request.GET = said
        query = self.read_list_query(request)
        query.order_name, query.order = self._order("at")
        query.cursor = paging.read_cursor(after, query.order_name, query.order) if after else None
        rows = self.rows(request.user).filter(*query.conditions, at__lt=watermark())
        shape = Shape(query.members, ("pk", "at", *self._key_columns(query)))
        found = list(paging.after(rows, query.order, query.cursor).values_list(*shape.sources)[: query.limit + 1])
        page = paging.cut(found, query.limit, [shape.at["at"], shape.at["pk"]], query.cursor)
        objects = [shape.object(row) for row in page.rows]
        self._add(objects, [row[shape.at["pk"]] for row in page.rows], page.rows, shape, query, request.user)
        if page.rows:
            last = page.rows[-1]
            after = paging.Cursor((last[shape.at["at"]], last[shape.at["pk"]])).text(query.order_name)
        said["after"] = after
        following = request.build_absolute_uri(f"{request.path}?{said.urlencode()}") if page.next else None
        return Response({"after": after, "next": following, "previous": None, "results": objects})


WHY_VOID = Input(
    "reason", "reason", Text(most=attachments.REASON_MOST, blank=False), True, False, "Why it no longer counts."
)


def _check_may_void(view: Any, file: Any, user: Any) -> None:
    if not attachments.may_void(file.record, user):
        raise NotPermitted(f"Your roles do not let you void files of a {file.record._meta.verbose_name}.")


class AttachmentViewSet(Listing):
    """Files of records: what they are and where to get them; POST adds one as multipart/form-data."""

    model = Attachment
    route = "attachments"
    takes_files = True
    fields = ("name", "number", "content_type", "size", "sha256", "added_by", "added_at", "voided_reason")
    computed = (
        Member(
            "download",
            ("pk",),
            {"type": "string", "format": "uri-reference"},
            lambda pk: f"/attachments/{pk}/",
            "Where the file itself is.",
        ),
    )
    filters = ("name", "sha256", "added_at", "added_by")
    orderings = ("name", "added_at")

    @classmethod
    def own_members(cls) -> list[Member]:
        found = super().own_members()
        return [*found, *things.reference("record", "Route of the noun it belongs to.")]

    @classmethod
    @functools.cache
    def filter_table(cls) -> dict[str, Filter]:
        found = dict(super().filter_table())
        found.update({one.name: one for one in things.filters("record")})
        return found

    def rows(self, user: Any) -> models.QuerySet:
        return Attachment.objects.filter(things.of_visible(user))

    def get_parsers(self) -> list[Any]:
        if self.request is not None and self.action_map.get(self.request.method.lower()) == "create":
            return [MultiPartParser()]
        return super().get_parsers()

    def create(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        query = self.read_detail_query(request)
        errors: dict[str, list[str]] = {}
        for name in (*request.POST, *request.FILES):
            if name not in ("record", "record_id", "file"):
                errors[name] = ["There is no member of this name here. Known: file, record, record_id."]
        model = things.nouns().get(request.POST.get("record", ""))
        if model is None:
            errors["record"] = [f"Give the route of the noun, one of: {', '.join(things.nouns())}."]
        if "file" not in request.FILES:
            errors["file"] = ["Give the file."]
        key = None
        try:
            key = Key().parse(request.POST.get("record_id", ""))
        except Bad as bad:
            errors["record_id"] = [str(bad)]
        if errors or model is None:
            raise invalid(errors)
        record = model.objects.visible_to(request.user).filter(pk=key).first()
        if record is None:
            raise invalid({"record_id": [f"There is no such {model._meta.verbose_name}."]})
        made = attachments.attach(record, request.FILES["file"], actor=request.user, source="api")
        return self.answer(request, made, query, status=201, headers={"Location": f"{PREFIX}{self.route}/{made.pk}/"})

    @address(
        "actions/void",
        "Mark the file void; it stays, and is handed out as before.",
        method="post",
        takes=(WHY_VOID,),
        permits=_check_may_void,
    )
    def void(self, request: Request, asked: Asked) -> Any:
        """Mark the file void; it stays, and is handed out as before."""
        return attachments.void(asked.record, actor=request.user, reason=asked.said["reason"], source="api")

    @classmethod
    def describe_upload(cls) -> dict[str, Any]:
        """The schema of the upload's body."""
        return {
            "type": "object",
            "properties": {
                "record": Text(choices=tuple(things.nouns()), blank=False).schema(),
                "record_id": Key().schema(),
                "file": {
                    "type": "string",
                    "contentMediaType": "application/octet-stream",
                    "description": f"At most {settings.ATTACHMENT_MAX_BYTES // 2**20} MB.",
                },
            },
            "required": ["record", "record_id", "file"],
            "additionalProperties": False,
        }


class JobViewSet(Listing):
    """Work in the background that you started: its progress and outcome."""

    model = Job
    route = "jobs"
    fields = (
        "kind",
        "label",
        "status",
        "done",
        "total",
        "message",
        "result",
        "cancel_asked",
        "asked_by",
        "asked_at",
        "started_at",
        "ended_at",
    )
    filters = ("kind", "status", "asked_at")
    orderings = ("asked_at",)
    default_order = "-asked_at"

    def rows(self, user: Any) -> models.QuerySet:
        if user.reads_everything or user.has_role("administrator"):
            return Job.objects.all()
        return Job.objects.filter(asked_by=user)

    @address("actions/cancel", "Ask the job to stop at its next safe point.", method="post")
    def cancel(self, request: Request, asked: Asked) -> Any:
        """Ask the job to stop; it does so at its next safe point and keeps nothing half done."""
        job = asked.record
        if job.asked_by_id != request.user.pk and not request.user.has_role("administrator"):
            raise NotPermitted("A job is cancelled by whoever started it, or by an administrator.")
        open_states = (Job.Status.WAITING, Job.Status.RUNNING)
        if not Job.objects.filter(pk=job.pk, status__in=open_states).update(cancel_asked=True):
            raise Refused("This job is over already.")
        return job


class PersonViewSet(Listing):
    """Colleagues, by name."""

    model = User
    route = "people"
    component = "Person"
    fields = ("name",)
    searched = ("name",)
    orderings = ("name",)
    default_order = "name"


class AuditEntryViewSet(Listing):
    """The trail as the database wrote it, for auditors and administrators."""

    model = AuditEntry
    route = "audit-entries"
    key_kind = Whole(1, 2**63 - 1)
    fields = ("at", "table_name", "op", "row_id", "old", "new", "actor", "event", "source", "db_user")
    filters = ("at", "table_name", "op", "row_id", "actor", "event")
    default_order = "-id"

    def rows(self, user: Any) -> models.QuerySet:
        if not user.has_role("auditor", "administrator"):
            raise NotPermitted("The trail is read by auditors and administrators.")
        return AuditEntry.objects.visible_to(user)


VIEWS = (EventViewSet, AttachmentViewSet, JobViewSet, PersonViewSet, AuditEntryViewSet)
