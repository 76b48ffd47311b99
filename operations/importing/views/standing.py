"""Where an import stands: the part of its page that moves while work is going on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages import jobs as job_pages
from cmo_lifecycle.doors.pages.numbers import whole_number
from cmo_lifecycle.workflow.models import Job
from operations.actions import imports as verbs
from operations.importing import jobs, uploads
from operations.importing.findings import NOUNS, count_of
from operations.models import DeliveryImport, ImportProblem

S = DeliveryImport.State
PROBLEMS_SHOWN = 100
NAMES_SHOWN = 10


def state_of(record: DeliveryImport, request: HttpRequest) -> dict[str, Any]:
    """Return what the moving part of an import's page shows."""
    job: Job | None = record.job
    working = jobs.is_working(job)
    first = whole_number(request.GET.get("from"), 5) or 0
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
