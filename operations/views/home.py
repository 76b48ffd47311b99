"""The landing page of operations, and what the schedule did."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.context import url_if_there
from cmo_lifecycle.doors.pages import keyset
from cmo_lifecycle.doors.rows import Column, render_rows
from cmo_lifecycle.workflow import desk
from cmo_lifecycle.workflow.models import Approval, Heartbeat
from operations import reading
from operations.filters import overdue
from operations.models import Delivery, DeliveryImport, Review, ReviewRun
from operations.views.reviews import standing_badge

SHOWN = 8


class Home(pages.SignedIn):
    """What is to be signed, what is late, what came in, and whether the schedule runs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = self.user, timezone.now()
        reviews = Review.objects.visible_to(user)
        waiting, count = self._waiting()
        late = list(
            overdue(reviews)
            .select_related("relationship__cmo", "relationship__programme")
            .order_by("starts_on")[: SHOWN + 1]
        )
        counts = reviews.aggregate(
            unsigned=Count("pk", filter=~Q(state__in=Review.SIGNED)),
            low=Count("pk", filter=Q(standing__in=["watch", "probation"], state="scored")),
        )
        lines = Delivery.objects.visible_to(user).filter(
            delivered_on__isnull=True, scheduled_on__lt=timezone.localdate()
        )
        beat = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
        run = ReviewRun.objects.order_by("-started_at").first()
        imports = [
            {"record": row, "url": pages.url_of(row), "words": import_words(row)}
            for row in DeliveryImport.objects.visible_to(user).select_related("created_by").order_by("-created_at")[:5]
        ]
        sentence = f"{reading.counted(count, 'review waits', 'reviews wait')} for your signature."
        return self.shown(
            "operations/home.html",
            {
                "title": "Operations",
                "sentence": sentence if waiting else "Nothing waits for your signature.",
                "waiting": waiting,
                "more_waiting": max(0, count - SHOWN),
                "late": late[:SHOWN],
                "more_late": len(late) > SHOWN,
                "counts": counts,
                "overdue_lines": lines.order_by()[:1001].count(),
                "silence": reading.silence_sentence(beat, now),
                "run": run,
                "run_words": run_words(run) if run else "",
                "imports": imports,
                "import_url": url_if_there("operations:import_list"),
                "now": now,
            },
        )

    def _waiting(self) -> tuple[list[dict[str, Any]], int]:
        """Return the reviews whose signature is awaited longest, and how many there are in all."""
        kind = ContentType.objects.get_for_model(Review)
        every = desk.waiting_for(self.user).filter(record_type=kind, verb="sign_off")
        rows = list(every[:SHOWN])
        count = every.order_by().count() if len(rows) == SHOWN else len(rows)
        reviews = Review.objects.visible_to(self.user).select_related("relationship__cmo", "relationship__programme")
        found = reviews.in_bulk([row.record_id for row in rows])
        return [self._entry(row, found[row.record_id]) for row in rows if row.record_id in found], count

    def _entry(self, approval: Approval, review: Review) -> dict[str, Any]:
        return {
            "review": review,
            "url": pages.url_of(review),
            "step_url": f"{pages.url_of(review)}sign_off/",
            "standing": standing_badge(review),
            "role": role_label(approval.role),
            "due": approval.due,
        }


def run_words(run: ReviewRun) -> str:
    """Say what one pass of the schedule did."""
    if run.ended_at is None:
        return "did not end"
    if not run.reviews_opened:
        return "nothing was due"
    opened = f"opened {reading.counted(run.reviews_opened, 'review')}"
    return f"{opened}, {fmt.number(run.made_up_late)} made up late" if run.made_up_late else opened


def import_words(row: DeliveryImport) -> str:
    """Say in few words what came of an import."""
    if row.rows_read is None:
        return ""
    parts = [
        f"{fmt.number(number)} {word}"
        for number, word in (
            (row.rows_new, "new"),
            (row.rows_changed, "changed"),
            (row.rows_same, "the same"),
            (row.rows_bad, "bad"),
        )
        if number
    ]
    return (
        f"{reading.counted(row.rows_read, 'row')}: {reading.joined(parts)}"
        if parts
        else reading.counted(row.rows_read, "row")
    )


RUN_COLUMNS = (
    Column("started_at", "Started", kind="datetime"),
    Column("as_of", "As of", kind="datetime"),
    Column("words", "What it did", value=run_words),
    Column("reviews_opened", "Reviews opened", kind="number"),
    Column("made_up_late", "Made up late", kind="number"),
    Column("took", "Took", kind="html", value=lambda run: took(run)),
)


def took(run: ReviewRun) -> str:
    """Write how long a run took."""
    if run.ended_at is None:
        return "–"
    seconds = (run.ended_at - run.started_at).total_seconds()
    return f"{seconds:.1f}{fmt.NBSP}s" if seconds < 120 else f"{seconds / 60:.0f}{fmt.NBSP}min"


class Runs(pages.SignedIn):
    """Every pass of the schedule, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        order = keyset.Order("started_at", descending=True)
        rows = ReviewRun.objects.all()
        quiet = request.GET.get("all") != "1"
        if quiet:
            rows = rows.filter(reviews_opened__gt=0)
        made = keyset.page(rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        beat = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
        return self.shown(
            "operations/runs.html",
            {
                "title": "What the schedule did",
                "crumbs": [("Operations", url_if_there("operations:home"))],
                "sentence": "Each pass asks which reviews are due, opens and scores them. A missed period is made up.",
                "silence": reading.silence_sentence(beat, timezone.now()),
                "beat": beat,
                "columns": RUN_COLUMNS,
                "rows_html": render_rows(RUN_COLUMNS, made.rows),
                "empty": not made.rows,
                "quiet": quiet,
                "page": {
                    "next_url": self._with(after=made.following) if made.following else "",
                    "previous_url": self._with(before=made.preceding) if made.preceding else "",
                },
            },
        )

    def _with(self, **changes: str) -> str:
        query = self.request.GET.copy()
        for key in ("after", "before"):
            query.pop(key, None)
        for key, value in changes.items():
            query[key] = value
        return f"?{query.urlencode()}"
