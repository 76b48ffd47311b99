"""The wizard's second step: which column is what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.editing import take_errors
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.tabular.errors import ProfileError, TableError
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import NotPermitted, Refusal
from operations.actions import imports as verbs
from operations.importing import targets, uploads
from operations.importing.forms import MappingPageForm
from operations.models import DeliveryImport, ImportProfile

SAMPLE_SHOWN = 5


class MapPage(NounPage):
    """The second step: which column is what."""

    http_method_names = ["get", "post", "head", "options"]

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self._mine(pk)
        return self._page(record, *self._ask(record))

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self._mine(pk)
        form, table, rows = self._ask(record, request.POST)
        if form is None or not form.is_valid():
            return self._page(record, form, table, rows)
        given = form.cleaned_data
        version = version_read(request.POST.get("version"), record)
        if version is None:
            form.add_error(None, unread(self.noun.noun))
            return self._page(record, form, table, rows, 400)
        try:
            name = given["save_as"]
            said: dict[str, Any] = (
                {"profile_name": form.base_name}
                if given["is_named"] and not name
                else {
                    "mapping": given["profile"].to_dict(),
                    "profile_name": name or form.base_name,
                }
            )
            if name:
                self._keep_profile(name, record.kind, given["profile"].to_dict())
            record = verbs.map_columns(
                record,
                actor=self.user,
                version=version,
                create_missing=given["create_missing"],
                source="page",
                **said,
            )
            verbs.dry_run(record, actor=self.user, source="page")
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(record, form, table, rows, refusal.status if refusal.status != 400 else 200)
        return redirect(self.noun.url(record.pk))

    def _mine(self, pk: Any) -> DeliveryImport:
        record = self.record(pk)
        if not verbs.map_columns.allows(record, self.user):
            raise PermissionDenied("Your roles do not let you map this file.")
        return record  # type: ignore[no-any-return]

    def _ask(self, record: DeliveryImport, data: Any = None) -> tuple[MappingPageForm | None, Any, list[Any]]:
        base, name = self._base(record)
        try:
            table, rows = uploads.sample(record, base)
        except TableError as error:
            messages.error(self.request, str(error))
            return None, None, []
        form = MappingPageForm(
            data,
            kind=record.kind,
            columns=table.columns,
            rows=rows,
            base=base,
            base_name=name,
            create_missing=record.create_missing,
        )
        return form, table, rows

    def _base(self, record: DeliveryImport) -> tuple[Profile | None, str]:
        """What to begin from: the profile asked for, the mapping there is, or nothing."""
        asked = self.request.POST.get("profile") or self.request.GET.get("profile", "")
        try:
            if asked:
                found = targets.named(asked, record.kind)
                return targets.fit(found.mapping, record.kind), found.name
            if record.mapping:
                return targets.fit(record.mapping, record.kind), record.profile_name
        except ProfileError as error:
            messages.error(self.request, str(error))
        return None, ""

    def _keep_profile(self, name: str, kind: str, mapping: dict[str, Any]) -> None:
        mine = ImportProfile.objects.filter(kind=kind, name__iexact=name).first()
        mapping = {**mapping, "name": name}
        if mine is None:
            edits.create(
                ImportProfile, {"name": name, "kind": kind, "mapping": mapping}, actor=self.user, source="page"
            )
        else:
            edits.update(mine, {"mapping": mapping}, actor=self.user, source="page")

    def _page(
        self, record: DeliveryImport, form: MappingPageForm | None, table: Any, rows: list[Any], status: int = 200
    ) -> HttpResponse:
        missing = verbs.map_columns.blocked_for(record, self.user)
        earlier = uploads.earlier(record, self.user)
        problem = form.base.check_header(table.columns).problem if form is not None and form.base is not None else ""
        return self.shown(
            "operations/imports/map.html",
            {
                "title": "Map the columns",
                "sentence": f"{record.file_name}: {table.facts.sentence()}." if table is not None else record.file_name,
                "record": record,
                "crumbs": [
                    (self.noun.heading, self.noun.list_url),
                    (self.noun.title(record), self.noun.url(record.pk)),
                ],
                "form": form if not missing else None,
                "missing": missing,
                "header_problem": problem,
                "base_name": form.base_name if form is not None else "",
                "profiles": targets.names(record.kind),
                "columns": table.columns if table is not None else [],
                "sample": [row.cells for row in rows[:SAMPLE_SHOWN]],
                "sample_numbers": [row.number for row in rows[:SAMPLE_SHOWN]],
                "sample_rows": [(row.number, row.cells) for row in rows[:SAMPLE_SHOWN]],
                "earlier": earlier,
                "earlier_url": self.noun.url(earlier.pk) if earlier else "",
                "submit": "Continue to the dry run",
                "cancel": self.noun.url(record.pk),
                "stepper": self.noun.stepper(record),
            },
            status,
        )
