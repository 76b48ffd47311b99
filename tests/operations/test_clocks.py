"""Real workers and beats, killed at every step: each period is still reviewed exactly once."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from cmo_lifecycle.partners.models import CMO, Relationship
from cmo_lifecycle.workflow.models import Approval, Event, Heartbeat
from operations import periods, tasks
from operations.models import DuePeriod, KpiObservation, Review, ReviewInputs

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 20
#: Where a run can stand when it is killed: in the order in which it writes them.
STEPS = (
    "operations_dueperiod", "operations_reviewinputs", "operations_kpiobservation", "operations_review",
    "workflow_event", "workflow_approval",
)  # fmt: skip


class Nursery:
    """Starts workers and beats, and ends those it started."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            env={**os.environ, "CELERY_VISIBILITY_TIMEOUT": "1", "REVIEW_CHUNK": "5", "PYTHONPATH": "."},
        )  # fmt: skip
        self.living: set[int] = set()
        assert self._answer() == "ready"

    def start(self, what: str) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        pid = int(self._answer())
        self.living.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.living.discard(pid)

    def ask_to_stop(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)

    def end(self) -> None:
        for pid in list(self.living):
            with contextlib.suppress(ProcessLookupError):
                self.kill(pid)
        self.process.kill()
        self.process.wait()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def nursery(transactional_db: None) -> Iterator[Nursery]:
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.end()
        _until(lambda: not _others(), 30)


@pytest.fixture
def relate(transactional_db: None, vx12: Any) -> Callable[[int], None]:
    """Make relationships that owe the reviews of the last four quarters."""
    numbers = itertools.count(1)
    start = timezone.now().date() - timedelta(days=365)

    def make(count: int) -> None:
        for number in itertools.islice(numbers, count):
            Relationship.objects.create(
                cmo=CMO.objects.create(legal_name=f"Maker {number:03}", country="IE"), programme=vx12, tier=2,
                state="active", active_from=start, registered_as_existing=True,
                registration_evidence="Supply agreement",
            )  # fmt: skip

    return make


def _until(true: Callable[[], Any], seconds: float) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} seconds.")
        time.sleep(0.01)
    return found


def _others() -> int:
    """How many other sessions of the application this database has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'cmo_app' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


@contextlib.contextmanager
def _in_the_way(table: str) -> Iterator[Callable[[], bool]]:
    """Let nobody write to a table; tell whether somebody waits to."""
    with contextlib.closing(psycopg2.connect(os.environ["CMO_TEST_SUPERUSER_URL"])) as own, own.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")

        def waits() -> bool:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = %s::regclass AND NOT granted)", [table]
            )
            return bool(cursor.fetchone()[0])

        yield waits
        own.rollback()


def _owed() -> int:
    now, start = timezone.now(), timezone.now().date() - timedelta(days=365)
    return len(periods.due_periods("quarter", start, now, tz="UTC")) * Relationship.objects.count()


def _assert_nothing_is_half() -> None:
    reviews = Review.objects.count()
    assert Review.objects.values("relationship", "kind", "starts_on").distinct().count() == reviews
    assert set(Review.objects.values_list("state", flat=True)) <= {"scored"}
    assert ReviewInputs.objects.count() == reviews
    assert KpiObservation.objects.count() == reviews * 7
    assert Event.objects.filter(verb="open").count() == Event.objects.filter(verb="score").count() == reviews
    assert Approval.objects.filter(verb="sign_off").count() == reviews * 2


def test_a_worker_killed_twenty_times_reviews_each_period_once(nursery: Nursery, relate: Callable[[int], None]) -> None:
    chance = random.Random(20)
    for number in range(KILLS):
        relate(3)
        before = Review.objects.count()
        if number % 3 == 2:
            # Between the chunks: some are committed, some are not.
            tasks.open_due_reviews.delay()
            worker = nursery.start("worker")
            _until(lambda before=before: Review.objects.count() > before, 30)
            time.sleep(chance.random() * 0.05)
            nursery.kill(worker)
        else:
            with _in_the_way(STEPS[(number - number // 3) % len(STEPS)]) as waits:
                tasks.open_due_reviews.delay()
                worker = nursery.start("worker")
                _until(waits, 30)
                nursery.kill(worker)
        _until(lambda: not _others(), 30)
        _assert_nothing_is_half()

    # Nobody asks again: what the killed workers had in hand comes back by itself.
    relate(1)
    began = time.monotonic()
    nursery.start("worker")
    _until(lambda: Review.objects.count() == _owed(), 30)
    assert time.monotonic() - began < 30
    _assert_nothing_is_half()
    assert DuePeriod.objects.filter(due_at__lte=timezone.now()).count() == Review.objects.count()


def test_two_beats_and_two_workers_review_each_period_once(nursery: Nursery, relate: Callable[[int], None]) -> None:
    from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

    every_second, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    for name in ("Open due reviews", "Heartbeat"):
        PeriodicTask.objects.filter(name=name).update(crontab=None, interval=every_second)
    PeriodicTasks.update_changed()
    relate(8)
    beats = [nursery.start(what) for what in ("worker", "worker", "beat", "beat")][2:]
    _until(lambda: Review.objects.count() == _owed(), 40)
    relate(4)
    _until(lambda: Review.objects.count() == _owed(), 20)
    _assert_nothing_is_half()
    each = Review.objects.order_by().values("relationship").annotate(number=Count("pk"))
    assert set(each.values_list("number", flat=True)) == {_owed() // 12}
    _until(lambda: Heartbeat.objects.filter(name__in=["beat", "worker"]).count() == 2, 20)
    # Beat notes on its way out when it sent what, and the trail lets it.
    nursery.ask_to_stop(beats[0])
    _until(lambda: PeriodicTask.objects.filter(name="Heartbeat", last_run_at__isnull=False).exists(), 20)


def test_the_clocks_are_rows_whose_tasks_exist() -> None:
    from django_celery_beat.models import PeriodicTask

    from cmo_lifecycle.celery import app

    app.loader.import_default_modules()
    clocks = {task.task: task for task in PeriodicTask.objects.filter(enabled=True).exclude(task__startswith="celery.")}
    assert set(clocks) == {
        "operations.open_due_reviews", "workflow.heartbeat", "workflow.forget_answers", "audit.seal",
        "evaluation.close_due_rfps", "evaluation.send_waiting_mails", "evaluation.remind_bidders",
        "contracts.advance_agreements", "contracts.settle_obligations", "contracts.remind_of_obligations",
        "operations.ask_for_framework_reviews",
    }  # fmt: skip
    assert set(clocks) <= set(app.tasks)
    for task in clocks.values():
        assert task.crontab is not None and task.expire_seconds
