"""A list as a file: the same rows by the same filters, written by the one export writer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from cmo_lifecycle.doors.rest.problems import Problem
from cmo_lifecycle.doors.rest.renderers import OPTIONS, OrjsonRenderer, spelled
from cmo_lifecycle.tabular.writer import MAX_SHEET_ROWS, stream_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPOOLED = 4 * 1024 * 1024


class CsvRenderer(OrjsonRenderer):
    """Chosen by `Accept: text/csv` or `?format=csv`. The file is streamed; only a problem comes through here."""

    media_type = "text/csv"
    format = "csv"


class XlsxRenderer(OrjsonRenderer):
    """Chosen by its media type or `?format=xlsx`. Only a problem comes through here."""

    media_type = XLSX
    format = "xlsx"


def columns_of(sample: Iterable[tuple[str, dict[str, Any]]]) -> list[tuple[str, tuple[str, ...]]]:
    """Return (heading, path) per column: an object of fixed members becomes a column each."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, schema in sample:
        inner = schema.get("properties")
        if inner:
            found.extend((f"{name}_{part}", (name, part)) for part in inner)
        else:
            found.append((name, (name,)))
    return found


def rows_of(objects: Iterable[dict[str, Any]], columns: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[list[Any]]:
    for item in objects:
        yield [_cell(item, path) for _, path in columns]


def _cell(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item.get(step) if item is not None else None
    if isinstance(item, dict) or (isinstance(item, list) and any(isinstance(part, (dict, list)) for part in item)):
        return orjson.dumps(item, default=spelled, option=OPTIONS).decode()
    return item


def answer(name: str, form: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Return the file as an attachment; a workbook is spooled to disk first, a CSV streams."""
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            stream_csv(columns, rows, bom=True), content_type="text/csv; charset=utf-8"
        )
    else:
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 (the response closes it)
        try:
            write_xlsx(spool, columns, rows, sheet=name)  # type: ignore[arg-type]
        except ValueError as error:
            spool.close()
            raise Problem("too_large", f"{error} A sheet has {MAX_SHEET_ROWS - 1:,} rows at most.") from None
        spool.seek(0)
        response = FileResponse(spool, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
