"""Tables of an appraisal or an award as pages to fill in, one table to a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.editing import not_edited
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.parts import Table
from cmo_lifecycle.doors.pages.words import a, unread
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale


class TablePage(NounPage):
    """One table of a record. A save on top of somebody else's shows what was sent and writes nothing."""

    template = "evaluation/deciding/table.html"
    #: Table → what `Table` is given besides record, person and data.
    asked: Mapping[str, Mapping[str, Any]] = {}

    def get(self, request: HttpRequest, pk: Any, table: str) -> HttpResponse:
        record = self._record(pk)
        return self._page(record, self.table(record, table))

    def post(self, request: HttpRequest, pk: Any, table: str) -> HttpResponse:
        record = self._record(pk)
        made = self.table(record, table, request.POST)
        version = version_read(request.POST.get("version"), record)
        if version is None:
            made.faults.append(unread(self.noun.noun))
            return self._page(record, made, status=400)
        others = Event.objects.of(record).filter(record_version__gt=version).select_related("actor").order_by("at")
        touched = [event for event in others if table in event.changes]
        if touched:
            who = ", ".join(dict.fromkeys(event.actor.name for event in touched))
            made.is_valid()
            made.faults.append(
                f"{who} saved this table after you opened it. Yours stands below and was not saved: save again to put"
                " it in place of theirs, or open the page anew to see theirs."
            )
            return self._page(record, made, status=412)
        if not made.is_valid():
            return self._page(record, made)
        try:
            parts.write(record, made.part, made.rows(), actor=self.user, version=record.version, source="page")
        except InvalidInput as refusal:
            made.faults += made.take(refusal.errors)
            return self._page(record, made)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Stale:
            made.faults.append(
                "Somebody else saved this very moment. Yours stands below and was not saved: save again."
            )
            return self._page(self._record(pk), made, status=412)
        except Refusal as refusal:
            made.faults += refusal.sentences
            return self._page(record, made, status=refusal.status)
        self.tell(self._record(pk), table)
        return redirect(self.home(record, table))

    def _record(self, pk: Any) -> Any:
        record = self.record(pk)
        if not edits.may_edit(record, self.user):
            if not record.is_editable and self.user.has_role(*type(record).may_edit):
                raise PermissionDenied(not_edited(record, self.user))
            said = record.barred(self.user)
            raise PermissionDenied(said or f"Your roles do not let you change {a(self.noun.noun)}.")
        return record

    def table(self, record: Any, name: str, data: Any = None) -> Table:
        if name not in self.asked:
            raise Http404("There is no such table.")
        part = parts.parts_of(self.noun.model)[name]
        options = {**self.asked[name], **self.besides(record, name)}
        return Table(part, record=record, user=self.user, data=data, **options)

    def besides(self, record: Any, name: str) -> dict[str, Any]:
        """What a table is given that depends on the record."""
        return {}

    def tell(self, record: Any, name: str) -> None:
        """Say what came of a save."""
        messages.success(self.request, "Saved.")

    def home(self, record: Any, name: str) -> str:
        return self.noun.url(record.pk)

    def beside(self, record: Any, made: Table) -> dict[str, Any]:
        """What the page shows besides the table."""
        return {}

    def _page(self, record: Any, made: Table, status: int = 200) -> HttpResponse:
        context = {
            "title": made.heading,
            "sentence": str(record),
            "crumbs": [*self.noun.crumbs(record), (self.noun.title(record), self.noun.url(record.pk))],
            "table": made,
            "version": record.version,
            "cancel": self.home(record, made.name),
            "draft": f"{record._meta.label_lower}:{record.pk}:{made.name}",
            "has_errors": made.data is not None,
            **self.beside(record, made),
        }
        made.heading = ""
        return self.shown(context.pop("template", self.template), context, status)
