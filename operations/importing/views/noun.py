"""Imports as a noun: their list, their filters, and what each one's page says about it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.filters import Choice, RecordFilters
from cmo_lifecycle.doors.pages.noun import Fact, Noun
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from operations.importing import uploads
from operations.importing.findings import count_of, sentence
from operations.importing.views.standing import state_of
from operations.models import DeliveryImport, ImportProfile

S = DeliveryImport.State
STEPS = ("Upload", "Map the columns", "Dry run", "Import")


class ImportFilters(RecordFilters):
    """Imports."""

    find_in = ("file_name", "profile_name")

    kind = Choice(label="What", choices=ImportProfile.Kind.choices)
    state = Choice(label="State", choices=S.choices)
    profile_name = django_filters.CharFilter(label="Profile", lookup_expr="iexact", max_length=60)

    class Meta:
        model = DeliveryImport
        fields: list[str] = []


class Imports(Noun):
    """Files that came in."""

    model = DeliveryImport
    name = "import"
    columns = (
        Column("file_name", "File", kind="link", note="profile_name"),
        Column("state", "State", kind="state"),
        Column("kind", "What", value="get_kind_display"),
        Column("rows_read", "Rows", kind="number", places=0),
        Column("rows_new", "New", kind="number", places=0),
        Column("rows_changed", "Changed", kind="number", places=0),
        Column("rows_same", "Unchanged", kind="number", places=0, default=False),
        Column("rows_bad", "Bad", kind="number", places=0),
        Column("created_by", "By", value="created_by.name"),
        Column("created_at", "Uploaded", kind="datetime"),
    )
    sorts = {"file_name": "file_name", "created_at": "created_at"}
    sort = "-created_at"
    filters = ImportFilters
    has_attachments = False
    detail_template = "operations/imports/import.html"
    list_sentence = "Files of delivery lines and of sites: each is tried without effect before anything is written."
    empty_sentence = "Delivery lines and sites come in from CSV files and Excel workbooks."
    about = {
        "title": "About imports",
        "purpose": "A file is uploaded, its columns are mapped, and a dry run says row by row what would come of it. Only"
        " then is it imported: all good rows in one go, or nothing.",
        "checklist": [
            "The mapping names the formats of dates and numbers as the file writes them.",
            "The totals of the dry run are those of the source.",
            "Names that would be created are no other spelling of names that exist: add an alias instead.",
            "Bad rows are corrected in the source and imported again; a second import changes nothing that is the same.",
        ],
        "done": ["Every row is imported, or its reason is known."],
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("created_by").defer("mapping", "report")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("created_by", "job")

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        if not may_import_any(request.user):  # type: ignore[arg-type]
            return []
        return [{"label": "Import a file", "url": f"{self.list_url}add/", "primary": True}]

    def title(self, record: DeliveryImport) -> str:
        return str(record)

    def sentence(self, record: DeliveryImport, request: HttpRequest) -> str:
        if record.rows_read is None:
            return f"Uploaded by {record.created_by}, {_size(record.size)}."
        return sentence(_counts(record), done=record.state == S.COMMITTED)

    def facts(self, record: DeliveryImport, request: HttpRequest) -> list[Fact]:
        return [
            ("What it holds", record.get_kind_display(), ""),
            ("Profile", record.profile_name, ""),
            ("Create what is missing", "Yes" if record.create_missing else "No", ""),
            ("Size", _size(record.size), ""),
            ("SHA-256", format_html('<span class="hash" title="{0}">{0}</span>', record.sha256), ""),
        ]

    def stepper(self, record: DeliveryImport) -> list[dict[str, Any]]:
        place = {S.UPLOADED: 1, S.MAPPED: 2, S.TRIED: 3, S.COMMITTING: 3, S.COMMITTED: 4, S.CANCELLED: 0}[
            S(record.state)
        ]
        if not place:
            return []
        return [
            {"label": label, "status": "done" if at < place else "now" if at == place else "next"}
            for at, label in enumerate(STEPS)
        ]

    def panels(self, record: DeliveryImport, request: HttpRequest) -> list[Panel]:
        context = state_of(record, request)
        return [Panel("", render_to_string("operations/imports/state.html", context, request), plain=True, key="state")]

    def links(self, record: DeliveryImport, request: HttpRequest) -> list[dict[str, str]]:
        if record.state == S.COMMITTED and record.kind == ImportProfile.Kind.DELIVERIES and record.rows_new:
            return [
                {
                    "label": "The new lines",
                    "url": f"{reverse('operations:delivery_list')}?imported_by={record.pk}",
                    "icon": "truck",
                }
            ]
        return []

    def narrow_step(self, form: forms.Form, record: DeliveryImport, verb: str) -> None:
        # A commit that found rows bad since the dry run has kept what is wrong with them.
        if verb == "commit" and not record.rows_bad and not record.problems.exists():  # type: ignore[attr-defined]
            del form.fields["skip_bad"]

    def after_step(self, record: DeliveryImport, verb: str) -> str | None:
        # The page itself says how far the work is; a sentence from its begin would soon be wrong.
        return "" if verb in ("dry_run", "commit") else None

    def consequences(self, record: DeliveryImport, verb: str) -> list[str]:
        if verb != "commit" or record.rows_read is None:
            return []
        counts = record.report.get("create_counts", {})
        made = [count_of(noun, number) for noun, number in counts.items() if number]
        found = [sentence(_counts(record), done=False)]
        if made:
            found.append(f"Created first: {', '.join(made)}.")
        return found


def may_import_any(user: User) -> bool:
    return any(uploads.may_import(kind, user) for kind in ImportProfile.Kind)


def _counts(record: DeliveryImport) -> dict[str, int | None]:
    return {name: getattr(record, name) for name in ("rows_read", "rows_new", "rows_changed", "rows_same", "rows_bad")}


def _size(size: int) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024 or unit == "MiB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1024  # type: ignore[assignment]
    raise AssertionError
