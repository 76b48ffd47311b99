"""The whole audit trail, for auditors and administrators: filtered, paged, handed out as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.models import AuditEntry, AuditSeal
from cmo_lifecycle.doors import history, pages
from cmo_lifecycle.doors.filters import Choice
from cmo_lifecycle.doors.history import models_by_table
from cmo_lifecycle.doors.pages import keyset
from cmo_lifecycle.doors.pages.words import upper
from cmo_lifecycle.tabular import writer

SIZE = 50
BATCH = 1000


def _tables() -> list[tuple[str, str]]:
    """The nouns whose changes are in the trail, by name."""
    found = [
        (table, upper(str(model._meta.verbose_name)))
        for table, model in models_by_table().items()
        if not getattr(model, "audit_exempt", "")
    ]
    return sorted(found, key=lambda pair: pair[1])


def _people() -> list[tuple[str, str]]:
    return [(f"user:{pk}", name) for pk, name in User.objects.order_by("name").values_list("pk", "name")]


class TrailFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(method="of_row", label="Record id or event id", max_length=40)
    table = Choice(field_name="table_name", choices=_tables, label="What")
    op = Choice(choices=AuditEntry.Operation.choices, label="Changed")
    who = Choice(field_name="actor", choices=_people, label="Who")
    since = django_filters.DateFilter(method="from_day", label="From", widget=DateInput(attrs={"type": "date"}))
    until = django_filters.DateFilter(method="to_day", label="To", widget=DateInput(attrs={"type": "date"}))

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def of_row(self, rows: Any, name: str, value: str) -> Any:
        text = value.strip()
        try:
            key = UUID(text)
        except ValueError:
            return rows.filter(row_id=text)
        return rows.filter(Q(pk__in=rows.of_key(str(key), history.tables_of_records()).values("pk")) | Q(event=key))

    def from_day(self, rows: Any, name: str, value: Any) -> Any:
        return rows.filter(at__gte=_midnight(value))

    def to_day(self, rows: Any, name: str, value: Any) -> Any:
        return rows if value == date.max else rows.filter(at__lt=_midnight(value + timedelta(days=1)))


def _midnight(day: Any) -> Any:
    return timezone.make_aware(datetime.combine(day, time.min))


class Trail(pages.SignedIn):
    """The trail, newest first."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if not self.user.has_role("auditor", "administrator"):
            raise PermissionDenied(
                "The whole audit trail is for auditors and administrators. Each record's page has its own part."
            )
        everything: QuerySet = AuditEntry.objects.visible_to(self.user)
        filters = TrailFilters(request.GET, queryset=everything, request=request)
        rows = filters.qs if filters.is_valid() else everything.none()
        order = keyset.Order("id", descending=True)
        if request.GET.get("export") == "csv":
            return self._file(rows.order_by("-id"))
        made = keyset.page(
            rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=SIZE
        )
        return self.shown(
            "portfolio/trail.html",
            {
                "title": "Audit trail",
                "filter": filters,
                "entries": history.trail_rows(made.rows),
                "seal": AuditSeal.objects.order_by("-id").first(),
                "page": {
                    "count": keyset.count(rows, made),
                    "next_url": self._with(after=made.following, before="") if made.following else "",
                    "previous_url": self._with(before=made.preceding, after="") if made.preceding else "",
                },
                "export_url": self._with(export="csv", after="", before=""),
                "has_errors": not filters.is_valid(),
            },
        )

    def _with(self, **changes: str) -> str:
        query = self.request.GET.copy()
        for key, value in changes.items():
            if value:
                query[key] = value
            else:
                query.pop(key, None)
        return f"?{query.urlencode()}"

    def _file(self, rows: QuerySet) -> HttpResponseBase:
        heads = ["id", "at", "who", "what", "record id", "changed", "fields", "source", "event", "database user"]
        response = StreamingHttpResponse(
            writer.stream_csv(heads, _lines(rows), bom=True), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="audit-trail-{timezone.localdate():%Y-%m-%d}.csv"'
        return response


def _lines(rows: QuerySet) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(found, BATCH)):
        for entry, told in zip(batch, history.trail_rows(batch), strict=True):
            yield [
                entry.pk,
                entry.at,
                told["who"],
                told["table"],
                entry.row_id,
                told["what"],
                history.changes_text(told["changes"]),
                entry.source,
                entry.event,
                entry.db_user,
            ]
