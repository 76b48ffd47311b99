"""Lists: filter, sort, page and columns stand in the URL, and files hold exactly what is shown."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from cmo_lifecycle.doors.pages import keyset
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.rows import Column, chosen, getter, render_rows
from cmo_lifecycle.tabular import writer

BATCH = 1000


class ListPage(NounPage):
    """The list of a noun."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        noun = self.noun
        columns = chosen(noun.sortable_columns, request.GET.getlist("columns"))
        everything = noun.rows(self.user)
        filters = None
        rows = everything
        if noun.filters is not None:
            filters = noun.filters(request.GET, queryset=everything, request=request)
            rows = filters.qs if filters.is_valid() else everything.none()
        order = self._order()
        file = request.GET.get("export", "")
        if file in ("csv", "xlsx"):
            return self._file(file, columns, keyset.arranged(noun.for_list(rows), order))
        made = keyset.page(
            noun.for_list(rows),
            order,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            size=noun.page_size,
        )
        noun.enrich(made.rows, request)
        empty = ""
        if not made.rows:
            narrowed = filters is not None and (not filters.is_valid() or _is_set(filters))
            empty = "no_match" if narrowed and everything.exists() else "none"
        actions = [*noun.list_actions(request)]
        if noun.may_add(self.user):
            actions.append({"label": noun.adding, "url": noun.add_url(), "primary": True})
        return self.shown(
            noun.list_template,
            {
                "title": noun.heading,
                "sentence": noun.list_sentence,
                "empty_sentence": noun.empty_sentence,
                "crumbs": noun.crumbs(),
                "actions": actions,
                "filter": filters,
                "columns": columns,
                "all_columns": noun.sortable_columns,
                "rows_html": render_rows(columns, made.rows),
                "empty": empty,
                "page": {
                    "count": keyset.count(rows, made),
                    "next_url": self._with(before="", after=made.following) if made.following else "",
                    "previous_url": self._with(after="", before=made.preceding) if made.preceding else "",
                },
                "export_urls": [
                    {"label": label, "url": self._with(after="", before="", export=kind)}
                    for kind, label in (("csv", "CSV file"), ("xlsx", "Excel workbook"))
                ],
                "has_errors": filters is not None and not filters.is_valid(),
            },
        )

    def _order(self) -> keyset.Order:
        noun = self.noun
        for asked in (self.request.GET.get("sort", ""), noun.sort):
            path = noun.sorts.get(asked.removeprefix("-"))
            if path:
                return keyset.Order(path, descending=asked.startswith("-"))
        return keyset.Order("id", descending=True)

    def _with(self, **changes: str) -> str:
        query: QueryDict = self.request.GET.copy()
        for key, value in changes.items():
            if value:
                query[key] = value
            else:
                query.pop(key, None)
        return f"?{query.urlencode()}"

    def _file(self, kind: str, columns: list[Column], rows: QuerySet) -> HttpResponseBase:
        name = f"{self.noun.stem}-{timezone.localdate():%Y-%m-%d}.{kind}"
        heads = [column.label for column in columns]
        cells = [_plain(column, self.noun.plain.get(column.key)) for column in columns]
        lines = ([cell(row) for cell in cells] for row in self._batches(rows))
        if kind == "csv":
            response: HttpResponseBase = StreamingHttpResponse(
                writer.stream_csv(heads, lines, bom=True), content_type="text/csv; charset=utf-8"
            )
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        writer.write_xlsx(spool, heads, lines, sheet=self.noun.heading)
        spool.seek(0)
        return FileResponse(spool, as_attachment=True, filename=name)

    def _batches(self, rows: QuerySet) -> Iterator[Any]:
        found = rows.iterator(chunk_size=BATCH)
        while batch := list(islice(found, BATCH)):
            self.noun.enrich(batch, self.request)
            yield from batch


def _is_set(filters: Any) -> bool:
    for value in filters.form.cleaned_data.values():
        if isinstance(value, slice):
            if value.start is not None or value.stop is not None:
                return True
        elif value not in (None, "", [], ()) and not (hasattr(value, "exists") and not value):
            return True
    return False


def _plain(column: Column, own: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """Return a function of the row that gives a cell as a plain value for a file."""
    if own is not None:
        return own
    if column.kind == "state":
        return lambda row: row.get_state_display()
    get = getter(column.value or column.key)

    def cell(row: Any) -> Any:
        value = get(row)
        if isinstance(value, SafeString):
            return html.unescape(strip_tags(value)).strip()
        return value

    return cell
