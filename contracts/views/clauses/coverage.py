"""The coverage of many agreements: the library down, agreements across, what strategies make serious on top."""

from __future__ import annotations

import tempfile
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.tabular import writer
from contracts import matrix
from contracts.clauses.coverage import SHOWN
from contracts.clauses.topics import Topic
from contracts.filters import CoverageFilters
from contracts.matrix import Gap, Matrix
from contracts.models import Agreement
from contracts.views.clauses.places import badge, clauses_url, topic_url

#: How many agreements stand beside each other, and how many gaps on top before one asks for all.
ACROSS = 10
GAPS_AT_ONCE = 8
_ABOUT = {
    "title": "About coverage",
    "purpose": "Every topic of the library against every agreement that you see, so that a gap shows before it is needed."
    " What a strategy asks for and no agreement holds stands on top.",
    "checklist": [
        "Close what is serious first: the review of an agreement refuses it otherwise.",
        "A topic may stand in one agreement of a set for all of them; the review of one counts another once it is signed.",
        "What nobody has judged is no gap yet, but unknown.",
    ],
    "done": ["No serious gap is left, and no topic of a running agreement is open."],
}


class CoveragePage(pages.SignedIn):
    """The matrix, its gaps, and both as a file."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        everything = matrix.live(Agreement.objects.visible_to(self.user)).select_related("cmo", "programme")
        filters = CoverageFilters(request.GET, queryset=everything, request=request)
        rows = list(filters.qs if filters.is_valid() else everything.none())
        file = request.GET.get("export", "")
        if file in ("csv", "xlsx"):
            return _file(file, matrix.matrix(rows))
        start = whole_number(request.GET.get("from"), 5) or 0
        start = start if start < len(rows) else 0
        shown = rows[start : start + ACROSS]
        made = matrix.matrix(shown, rows)
        only = request.GET.get("only", "") == "gaps"
        return self._page(made, filters, only, rows, start)

    def _page(self, made: Matrix, filters: Any, only: bool, rows: list[Agreement], start: int) -> HttpResponse:
        serious = {(gap.at.pk, gap.row.topic.code) for gap in made.gaps}
        all_gaps = self.request.GET.get("gaps", "") == "all"
        gaps = made.gaps if all_gaps else made.gaps[:GAPS_AT_ONCE]
        last = start + len(made.agreements)
        return self.shown(
            "contracts/clauses/coverage.html",
            {
                "title": "Coverage",
                "sentence": _sentence(made, len(rows)),
                "filter": filters,
                "gaps": [_gap(one) for one in gaps],
                "more_gaps": len(made.gaps) - len(gaps),
                "all_gaps_url": self._with(gaps="all"),
                "count": len(rows),
                "first": start + 1,
                "last": last,
                "before": self._with(**{"from": str(max(0, start - ACROSS))}) if start else "",
                "after": self._with(**{"from": str(last)}) if last < len(rows) else "",
                "heads": [
                    {"agreement": one, "url": clauses_url(one), "open": counts["open"], "missing": counts["missing"]}
                    for one, counts in zip(made.agreements, made.counts(), strict=True)
                ],
                "groups": _groups(made, serious, only),
                "only": only,
                "only_url": self._with(only="" if only else "gaps"),
                "export_urls": [
                    {"label": label, "url": self._with(export=kind)}
                    for kind, label in (("csv", "CSV file"), ("xlsx", "Excel workbook"))
                ],
                "legend": [badge(status) for status in SHOWN],
                "has_errors": not filters.is_valid(),
                "about": _ABOUT,
            },
        )

    def _with(self, **changes: str) -> str:
        query: QueryDict = self.request.GET.copy()
        for key, value in changes.items():
            if value:
                query[key] = value
            else:
                query.pop(key, None)
        return f"?{query.urlencode()}"


def _sentence(made: Matrix, count: int) -> str:
    if not count:
        return "What every agreement holds of the library, and what is missing."
    gaps = len(made.gaps)
    many = f"{count} agreement{'s' if count != 1 else ''} against the library."
    if not gaps:
        return f"{many} No strategy asks for anything that they lack."
    return f"{many} {gaps} {'gaps are' if gaps != 1 else 'gap is'} serious under the strategies."


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "cmo": gap.cmo,
        "programme": gap.programme,
        "sentence": gap.sentence,
        "badge": badge(gap.row.status),
        "url": clauses_url(gap.at, gap.row.topic.code),
        "at": gap.at,
        "topic": gap.row.topic,
    }


def _groups(made: Matrix, serious: set[tuple[Any, str]], only: bool) -> list[dict[str, Any]]:
    """Return the rows by group; each with its cells written, in one pass: a template takes longer over a thousand."""
    addresses = [clauses_url(one) for one in made.agreements]
    found = []
    for label, rows in made.grouped():
        lines = []
        for topic, cells in rows:
            if only and not any(cell in ("missing", "deviates", "open") for cell in cells):
                continue
            lines.append(
                {"topic": topic, "url": topic_url(topic.code), "cells": _cells(made, topic, cells, addresses, serious)}
            )
        if lines:
            found.append({"label": label, "rows": lines})
    return found


def _cells(
    made: Matrix, topic: Topic, cells: tuple[str | None, ...], addresses: list[str], serious: set[tuple[Any, str]]
) -> SafeString:
    out = []
    for agreement, cell, address in zip(made.agreements, cells, addresses, strict=True):
        if cell is None:
            out.append('<td class="none"><span class="quiet">not its place</span></td>')
            continue
        note = '<small class="flag">serious</small>' if (agreement.pk, topic.code) in serious else ""
        where = f"{escape(address)}?topic={topic.code}#topic-{topic.code}"
        out.append(f'<td><a href="{where}" data-cell>{badge(cell)}</a>{note}</td>')
    return mark_safe("".join(out))  # noqa: S308 - references and codes are escaped or our own


def _file(kind: str, made: Matrix) -> HttpResponseBase:
    name = f"coverage-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            writer.stream_csv(matrix.HEADS, matrix.lines_of(made), bom=True), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    writer.write_xlsx(spool, matrix.HEADS, matrix.lines_of(made), sheet="Coverage")
    spool.seek(0)
    return FileResponse(spool, as_attachment=True, filename=name)
