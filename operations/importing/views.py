"""The wizard's pages: upload, map, dry run, commit, and what came of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.filters import Choice, RecordFilters
from cmo_lifecycle.doors.pages import jobs as job_pages
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.detail import DetailPage
from cmo_lifecycle.doors.pages.editing import take_errors
from cmo_lifecycle.doors.pages.noun import Fact, Noun
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.tabular.errors import ProfileError, TableError
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Job
from cmo_lifecycle.workflow.refusals import NotPermitted, Refusal
from operations.actions import imports as verbs
from operations.importing import jobs, targets, uploads
from operations.importing.commit import bad_rows_path
from operations.importing.findings import NOUNS, count_of, sentence
from operations.importing.forms import MappingPageForm, UploadForm
from operations.models import DeliveryImport, ImportProblem, ImportProfile

S = DeliveryImport.State
PROBLEMS_SHOWN = 100
SAMPLE_SHOWN = 5
NAMES_SHOWN = 10
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
        if not _may_import_any(request.user):  # type: ignore[arg-type]
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


def _may_import_any(user: User) -> bool:
    return any(uploads.may_import(kind, user) for kind in ImportProfile.Kind)


def _counts(record: DeliveryImport) -> dict[str, int | None]:
    return {name: getattr(record, name) for name in ("rows_read", "rows_new", "rows_changed", "rows_same", "rows_bad")}


def _size(size: int) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024 or unit == "MiB":
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1024  # type: ignore[assignment]
    raise AssertionError


def state_of(record: DeliveryImport, request: HttpRequest) -> dict[str, Any]:
    """Return what the moving part of an import's page shows."""
    job: Job | None = record.job
    working = jobs.is_working(job)
    start = request.GET.get("from", "")
    first = int(start) if start.isdigit() and len(start) < 6 else 0
    problems: list[ImportProblem] = []
    more = False
    if record.rows_bad and not working:
        found = list(record.problems.order_by("row", "id")[first : first + PROBLEMS_SHOWN + 1])  # type: ignore[attr-defined]
        problems, more = found[:PROBLEMS_SHOWN], len(found) > PROBLEMS_SHOWN
    report = record.report or {}
    done = record.state == S.COMMITTED
    return {
        "record": record,
        "job": job,
        "row": job_pages.as_row(job) if job is not None else None,
        "working": working,
        "may_stop": working and job is not None and not job.cancel_asked and verbs.stop.allows(record, request.user),
        "stop_url": f"{request.path}stop/",
        "is_over": job is not None and job.is_over,
        "failed": job is not None and job.status in (Job.Status.FAILED, Job.Status.CANCELLED),
        "lost": job is not None and not job.is_over and not working,
        "has_result": record.rows_read is not None and not (working and record.state == S.MAPPED),
        "done": done,
        "figures": [
            ("Rows read", record.rows_read, ""),
            ("New", record.rows_new, "good"),
            ("Changed", record.rows_changed, ""),
            ("Unchanged", record.rows_same, ""),
            ("Bad", record.rows_bad, "bad"),
        ],
        "nothing_new": record.rows_read is not None
        and not record.rows_new
        and not record.rows_changed
        and bool(record.rows_same),
        "report": report,
        "totals": [fmt.amount(Decimal(total), currency) for currency, total in report.get("totals", {}).items()],
        "create": _named(report.get("create", {}), report.get("create_counts", {})),
        "unmatched": _named(report.get("unmatched", {}), report.get("unmatched_counts", {})),
        "extra": [count_of(noun, number) for noun, number in report.get("extra", {}).items() if number],
        "problems": problems,
        "problems_total": report.get("problems", 0),
        "next_from": first + PROBLEMS_SHOWN if more else None,
        "previous_from": max(0, first - PROBLEMS_SHOWN) if first else None,
        "bad_rows_url": f"{request.path}bad-rows/" if record.rows_bad else "",
        "earlier": uploads.earlier(record, request.user) if record.state in (S.UPLOADED, S.MAPPED) else None,  # type: ignore[arg-type]
    }


def _named(found: dict[str, list[dict[str, Any]]], counts: dict[str, int]) -> list[dict[str, Any]]:
    """Groups of names, those first that are much like a name that exists: they want a second look."""
    groups = []
    for noun, entries in found.items():
        if not entries:
            continue
        ordered = sorted(entries, key=lambda entry: (not entry.get("near"), -entry["lines"], entry["name"]))
        count = counts.get(noun, len(entries))
        groups.append(
            {
                "heading": NOUNS[noun][1][:1].upper() + NOUNS[noun][1][1:],
                "count": count,
                "first": ordered[:NAMES_SHOWN],
                "rest": ordered[NAMES_SHOWN:],
                "cut": max(0, count - len(entries)),
                "with_cmo": noun == "sites",
            }
        )
    return groups


class UploadPage(NounPage):
    """The first step: the file."""

    http_method_names = ["get", "post", "head", "options"]

    def _check(self) -> None:
        if not _may_import_any(self.user):
            raise PermissionDenied("Your roles do not let you import files.")

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        asked = request.GET.get("kind", "")
        return self._page(
            UploadForm(user=self.user, initial={"kind": asked} if asked in ImportProfile.Kind.values else None)
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        form = UploadForm(request.POST, request.FILES, user=self.user)
        if not form.is_valid():
            return self._page(form, 200)
        given = form.cleaned_data
        try:
            record = uploads.keep(given["file"], actor=self.user, kind=given["kind"], source="page")
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(form)
        chosen = f"?profile={given['profile_name']}" if given["profile_name"] else ""
        return redirect(f"{self.noun.url(record.pk)}map_columns/{chosen}")

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        return self.shown(
            "operations/imports/upload.html",
            {
                "title": "Import a file",
                "sentence": "Nothing is written before you have seen what would come of it.",
                "crumbs": [(self.noun.heading, self.noun.list_url)],
                "form": form,
                "upload": True,
                "submit": "Upload",
                "cancel": self.noun.list_url,
            },
            status,
        )


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
        read = request.POST.get("version", "")
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
                version=int(read) if read.isdigit() and len(read) < 10 else None,
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
