"""Background work on imports: started by the verbs, done by a worker, watched by whoever asked, stopped by them.

A worker that is killed leaves nothing half done: its transaction is rolled back by the database, the message comes
back to another worker, and that one begins from the file again. Two workers never do the same job at once (a lock
of the database session), and a job that is over is not done again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.tabular.errors import ProfileError, TableError
from cmo_lifecycle.workflow.models import Event, Job
from cmo_lifecycle.workflow.refusals import Refusal
from operations.importing.findings import sentence
from operations.models import DeliveryImport

log = logging.getLogger(__name__)

DRY_RUN = "import_dry_run"
COMMIT = "import_commit"
LABELS = {DRY_RUN: "Dry run of {0}", COMMIT: "Import of {0}"}

#: A running job that has been silent for this long has lost its worker; a waiting one may wait longer.
SILENT = timedelta(minutes=3)
WAITED = timedelta(minutes=30)
BEAT_SECONDS = 1.0
Status = Job.Status


class Stopped(Exception):
    """Somebody asked the job to stop."""


class Busy(Exception):
    """Another worker is at this job."""


def is_working(job: Job | None) -> bool:
    """Whether somebody is, or will soon be, at work on the job."""
    if job is None or job.is_over:
        return False
    now = timezone.now()
    if job.status == Status.WAITING:
        return bool(now - job.asked_at < WAITED)
    return now - (job.beat_at or job.started_at or job.asked_at) < SILENT


def start(record: DeliveryImport, event: Event, kind: str, **said: Any) -> Job:
    """Make the job of an import and hand it to a worker once the transaction is through."""
    if record.job is not None and not record.job.is_over:
        give_up(record.job, "Replaced by a newer one.")
    job = Job.objects.create(
        kind=kind,
        label=LABELS[kind].format(record.file_name)[:200],
        asked_by=event.actor,
        total=record.rows_read if kind == COMMIT else None,
        result={"event": str(event.pk), "import": str(record.pk), **said},
    )
    record.job = job
    transaction.on_commit(lambda: hand_over(job.pk))
    return job


def hand_over(pk: Any) -> None:
    """Put the job before the workers. Without a broker the job fails at once, and says so."""
    from operations.importing.tasks import run_import

    try:
        run_import.delay(str(pk))
    except Exception as error:
        log.exception("The job %s could not be handed to a worker", pk)
        job = Job.objects.select_related("asked_by").get(pk=pk)
        with acting(job.asked_by, source="task"):
            _fail(job, "No worker can be reached, so the work was not begun. Try again in a minute.")
            record = DeliveryImport._default_manager.get(pk=job.result["import"])
            _give_back(record, Event.objects.select_related("actor").get(pk=job.result["event"]))
        if not isinstance(error, OSError | ConnectionError) and not type(error).__name__.endswith("OperationalError"):
            raise


def ask_to_stop(job: Job | None) -> None:
    if job is not None:
        Job.objects.filter(pk=job.pk, status__in=(Status.WAITING, Status.RUNNING)).update(cancel_asked=True)


def give_up(job: Job | None, message: str) -> None:
    if job is not None:
        Job.objects.filter(pk=job.pk, status__in=(Status.WAITING, Status.RUNNING)).update(
            status=Status.CANCELLED, ended_at=timezone.now(), message=message
        )


class Progress:
    """Says once a second how far the work is, and stops it when asked."""

    def __init__(self, job: Job) -> None:
        self.pk = job.pk
        self.next = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now >= self.next:
            self.next = now + BEAT_SECONDS
            Job.objects.filter(pk=self.pk).update(done=done, beat_at=timezone.now())
            self.look()

    def look(self) -> None:
        if not Job.objects.filter(pk=self.pk, status=Status.RUNNING, cancel_asked=False).exists():
            raise Stopped

    def last_moment(self) -> None:
        """Say that the writing begins; from here on the work is not stopped any more."""
        self.look()
        Job.objects.filter(pk=self.pk).update(
            done=Coalesce("total", "done"),
            message="All rows are read. Now they are checked and written, all in one go.",
            beat_at=timezone.now(),
        )


@contextmanager
def _only_here(pk: Any) -> Iterator[None]:
    number = pk.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def run(pk: Any) -> None:
    """Do a job, as whoever asked for it. Raises Busy where another worker is at it."""
    job = Job.objects.select_related("asked_by").get(pk=pk)
    with _only_here(job.pk), acting(job.asked_by, source="task"):
        job.refresh_from_db()
        record = DeliveryImport._default_manager.filter(pk=job.result["import"], job=job).first()
        event = Event.objects.select_related("actor").get(pk=job.result["event"])
        if record is None:
            give_up(job, "Replaced by a newer one.")
            return
        if job.is_over or job.cancel_asked:
            give_up(job, "Stopped before it began.")
            _give_back(record, event)
            return
        Job.objects.filter(pk=job.pk).update(
            status=Status.RUNNING,
            started_at=job.started_at or timezone.now(),
            beat_at=timezone.now(),
            done=0,
            message="",
        )
        try:
            findings = _work(job, record, event)
        except Stopped:
            give_up(job, "Stopped as asked. Nothing was written.")
            _give_back(record, event)
        except (TableError, ProfileError, Refusal, _bad_rows()) as error:
            _fail(job, str(error))
            _give_back(record, event)
        except Exception:
            log.exception("Import job %s failed", job.pk)
            if connection.connection is None or connection.connection.closed:
                # The database is gone: the message goes back and another worker begins anew.
                raise
            _fail(
                job,
                "Something broke on our side, and nothing was written. Try again; if it stays, tell an administrator.",
            )
            _give_back(record, event)
        else:
            Job.objects.filter(pk=job.pk).update(
                status=Status.DONE,
                done=findings.rows_read,
                total=findings.rows_read,
                ended_at=timezone.now(),
                message=sentence(findings.counts, done=job.kind == COMMIT),
            )


def _bad_rows() -> type[Exception]:
    from operations.importing.commit import BadRows

    return BadRows


def _work(job: Job, record: DeliveryImport, event: Event) -> Any:
    from operations.importing import commit, targets, uploads

    progress = Progress(job)
    if job.kind == DRY_RUN:
        with uploads.opened(record, targets.fit(record.mapping, record.kind)) as table:
            Job.objects.filter(pk=job.pk).update(total=table.count_rows())
        progress.look()
        return commit.dry_run(record, event, progress)
    return commit.commit(
        record,
        event,
        skip_bad=bool(job.result.get("skip_bad")),
        tick=progress,
        before_writing=progress.last_moment,
    )


def _fail(job: Job, message: str) -> None:
    Job.objects.filter(pk=job.pk, status__in=(Status.WAITING, Status.RUNNING)).update(
        status=Status.FAILED, ended_at=timezone.now(), message=message
    )


def _give_back(record: DeliveryImport, event: Event) -> None:
    """A commit that was not to be leaves the import where the dry run left it."""
    from operations.actions.imports import give_back

    record.refresh_from_db()
    if record.state == DeliveryImport.State.COMMITTING:
        give_back(record, cause=event)
