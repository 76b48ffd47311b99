"""What may go wrong on the way: stopped, killed, twice at once, enormous."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from cmo_lifecycle.partners.models import CMO, Programme, Relationship
from cmo_lifecycle.workflow.models import Event, Job
from operations.actions import imports as verbs
from operations.importing import jobs, uploads
from operations.importing.commit import _LOCK, import_file
from operations.models import Delivery, DeliveryImport

ROOT = Path(__file__).resolve().parents[2]
PROFILE = {
    "name": "erp",
    "fields": {
        "external_id": {"column": "id"},
        "cmo": {"column": "cmo"},
        "programme": {"column": "programme"},
        "site": {"column": "site"},
        "item": {"column": "item"},
        "country": {"column": "country"},
        "ordered_on": {"column": "ordered"},
        "scheduled_on": {"column": "due"},
        "delivered_on": {"column": "came"},
        "quantity_delivered": {"column": "qty"},
        "value": {"column": "value"},
        "currency": {"column": "currency"},
    },
}
HEAD = ("id", "cmo", "programme", "site", "item", "country", "ordered", "due", "came", "qty", "value", "currency")

pytestmark = pytest.mark.django_db(transaction=True)


def generated(path: Path, rows: int, firms: int = 20) -> Path:
    """Write as many lines of as many firms, each with a site, in two programmes."""
    with path.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(HEAD)
        start = date(2024, 1, 1)
        for number in range(rows):
            firm, due = number % firms, start + timedelta(days=number % 700)
            out.writerow(
                [
                    f"L{number}", f"Firm {firm}", f"Programme {firm % 2}", f"Plant {firm}", f"Item {number % 300}", "IE",
                    due - timedelta(days=30), due, due + timedelta(days=number % 9 - 3), number % 500,
                    f"{number % 1000}.25", "EUR",
                ]
            )  # fmt: skip
    return path


@pytest.fixture
def mapped(sven: Any, tmp_path: Path) -> DeliveryImport:
    """A file of 12,000 lines at MAPPED."""
    with generated(tmp_path / "erp.csv", 12_000).open("rb") as stream:
        from django.core.files.base import File

        record = uploads.keep(File(stream, name="erp.csv"), actor=sven)
    return verbs.map_columns(record, actor=sven, mapping=PROFILE, create_missing=True)  # type: ignore[no-any-return]


@pytest.fixture
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait until the test does them."""
    monkeypatch.setattr(jobs, "hand_over", lambda pk: None)


def nothing_is_written() -> bool:
    return not (
        Delivery.objects.exists() or CMO.objects.exists() or Relationship.objects.exists() or Programme.objects.exists()
    )


def stop_at_look(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Ask the job to stop when it looks for the nth time."""
    looks = 0
    look = jobs.Progress.look

    def counted(self: jobs.Progress) -> None:
        nonlocal looks
        looks += 1
        if looks == number:
            jobs.ask_to_stop(Job.objects.get(pk=self.pk))
        look(self)

    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0)
    monkeypatch.setattr(jobs.Progress, "look", counted)


def test_a_dry_run_can_be_stopped_on_its_way(mapped: Any, sven: Any, _no_workers: None, monkeypatch: Any) -> None:
    record = verbs.dry_run(mapped, actor=sven)
    stop_at_look(monkeypatch, 3)
    jobs.run(record.job_id)
    record.refresh_from_db()
    assert (record.state, record.rows_read, record.job.status) == ("mapped", None, "cancelled")
    assert 0 < record.job.done < 12_000
    assert record.job.message == "Stopped as asked. Nothing was written."


def test_a_commit_can_be_stopped_until_it_writes(mapped: Any, sven: Any, _no_workers: None, monkeypatch: Any) -> None:
    record = verbs.dry_run(mapped, actor=sven)
    jobs.run(record.job_id)
    record.refresh_from_db()
    record = verbs.commit(record, actor=sven)
    with monkeypatch.context() as patch:
        stop_at_look(patch, 3)
        jobs.run(record.job_id)
    record.refresh_from_db()
    assert (record.state, record.job.status) == ("tried", "cancelled")
    assert nothing_is_written()

    record = verbs.commit(record, actor=sven)
    jobs.run(record.job_id)
    record.refresh_from_db()
    assert (record.state, record.job.status, record.job.done) == ("committed", "done", 12_000)
    jobs.run(record.job_id)
    assert Delivery.objects.count() == 12_000
    assert Event.objects.of(record).filter(verb="finish_commit").count() == 1


def test_a_job_cancelled_before_it_began_gives_the_import_back(mapped: Any, sven: Any, _no_workers: None) -> None:
    record = verbs.dry_run(mapped, actor=sven)
    jobs.run(record.job_id)
    record.refresh_from_db()
    record = verbs.commit(record, actor=sven)
    Job.objects.filter(pk=record.job_id).update(status="cancelled", ended_at=timezone.now())
    jobs.run(record.job_id)
    record.refresh_from_db()
    assert record.state == "tried"
    assert nothing_is_written()


def test_without_a_broker_the_commit_says_so_and_is_given_back(
    mapped: Any, sven: Any, _no_workers: None, monkeypatch: Any
) -> None:
    from kombu.exceptions import OperationalError

    from operations.importing import tasks

    record = verbs.dry_run(mapped, actor=sven)
    jobs.run(record.job_id)
    monkeypatch.undo()

    def gone(*args: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.run_import, "delay", gone)
    record.refresh_from_db()
    record = verbs.commit(record, actor=sven)
    record.refresh_from_db()
    assert (record.state, record.job.status) == ("tried", "failed")
    assert record.job.message.startswith("No worker can be reached")


def test_a_commit_whose_worker_is_gone_can_be_taken_back(mapped: Any, sven: Any, _no_workers: None) -> None:
    record = verbs.dry_run(mapped, actor=sven)
    jobs.run(record.job_id)
    record.refresh_from_db()
    record = verbs.commit(record, actor=sven)
    assert verbs.take_back.blocked_for(record, sven)
    long_ago = timezone.now() - 2 * jobs.SILENT
    Job.objects.filter(pk=record.job_id).update(status="running", started_at=long_ago, beat_at=long_ago)
    record.refresh_from_db()
    lost = record.job_id
    record = verbs.take_back(record, actor=sven)
    assert record.state == "tried"
    jobs.run(lost)
    assert nothing_is_written()


def console(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**os.environ, "CMO_NO_BOOTSTRAP": "1"},
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another session of the database."""
    other = psycopg2.connect(os.environ["DATABASE_URL"])
    yield other
    other.close()


def waits_for_a_lock(kind: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s", [kind])
        return bool(cursor.fetchone()[0])


def until(what: Any, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "It did not come to that."
        time.sleep(0.05)


def test_a_worker_killed_in_the_middle_of_writing_leaves_nothing_and_the_next_one_does_it_all(
    mapped: Any, sven: Any, _no_workers: None, elsewhere: Any
) -> None:
    record = verbs.dry_run(mapped, actor=sven)
    jobs.run(record.job_id)
    record.refresh_from_db()
    record = verbs.commit(record, actor=sven)
    with elsewhere.cursor() as cursor:
        # The lines cannot be written while this is held; what was missing is made by then.
        cursor.execute("LOCK TABLE operations_delivery IN SHARE ROW EXCLUSIVE MODE")
    worker = console(
        "shell",
        "--no-imports",
        "-c",
        f"from uuid import UUID; from operations.importing import jobs; jobs.run(UUID('{record.job_id}'))",
    )
    try:
        until(lambda: waits_for_a_lock("relation") or worker.poll() is not None)
        assert worker.poll() is None, worker.communicate()[1]
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    elsewhere.rollback()
    worker.stdout.close()
    worker.stderr.close()
    record.refresh_from_db()
    assert (record.state, record.job.status) == ("committing", "running")
    assert nothing_is_written()

    def again() -> bool:
        try:
            jobs.run(record.job_id)
        except jobs.Busy:
            return False
        return True

    until(again)
    record.refresh_from_db()
    assert (record.state, record.job.status, record.rows_new) == ("committed", "done", 12_000)
    assert Delivery.objects.count() == 12_000
    assert CMO.objects.count() == 20


def test_two_imports_of_one_file_at_once_make_each_line_once(sven: Any, tmp_path: Path) -> None:
    path = generated(tmp_path / "erp.csv", 3000)
    found: list[Any] = []
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            found.append(import_file(path, PROFILE, sven, create_missing=True))
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.findings.rows_new for result in found) == [0, 3000]
    assert sorted(result.findings.rows_same for result in found) == [0, 3000]
    assert Delivery.objects.count() == 3000
    assert (CMO.objects.count(), Programme.objects.count(), Relationship.objects.count()) == (20, 2, 20)


def test_an_edit_that_comes_between_is_neither_lost_nor_a_failure(sven: Any, tmp_path: Path, monkeypatch: Any) -> None:
    from operations.importing.deliveries import Deliveries

    path = generated(tmp_path / "erp.csv", 10)
    import_file(path, PROFILE, sven, create_missing=True)
    path.write_text(path.read_text().replace("Item 3", "Item X"))
    write = Deliveries.write
    times = 0

    def after_an_edit(self: Any, event: Any) -> None:
        nonlocal times
        times += 1
        if times == 1:
            with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
                cursor.execute("SELECT set_config('app.actor', 'test:other', false)")
                cursor.execute(
                    "UPDATE operations_delivery SET version = version + 1, unit = 'kg' WHERE external_id = 'L3'"
                )
            other.close()
        write(self, event)

    monkeypatch.setattr(Deliveries, "write", after_an_edit)
    assert import_file(path, PROFILE, sven).findings.rows_changed == 1
    assert times == 2
    line = Delivery.objects.get(external_id="L3")
    assert (line.version, line.unit, line.item) == (3, "kg", "Item X")


def memory() -> int:
    """Resident memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def test_a_hundred_thousand_rows_stream_through_in_bounded_memory(sven: Any, tmp_path: Path) -> None:
    import_file(generated(tmp_path / "warm.csv", 5000), PROFILE, sven, create_missing=True)
    path = generated(tmp_path / "large.csv", 100_000)
    before, most, done = memory(), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = import_file(path, PROFILE, sven)
    finally:
        done.set()
        watcher.join()
    assert result.findings.counts == {
        "rows_read": 100_000, "rows_new": 95_000, "rows_changed": 0, "rows_same": 5000, "rows_bad": 0,
    }  # fmt: skip
    assert most - before < 60, f"memory grew by {most - before} MiB"


def test_bad_rows_by_the_thousand_are_all_counted_and_all_in_the_file(sven: Any, tmp_path: Path) -> None:
    path = generated(tmp_path / "erp.csv", 12_000)
    result = import_file(path, PROFILE, sven)
    assert (result.findings.rows_bad, result.findings.problems) == (12_000, 24_000)
    assert result.record.problems.count() == 10_000
    from django.core.files.storage import default_storage

    from operations.importing.commit import bad_rows_path

    with default_storage.open(bad_rows_path(result.record)) as stored:
        assert sum(1 for _ in stored) == 12_001


def test_the_command_prints_the_report_and_fails_where_rows_are_bad(
    relationship: Any, sven: Any, tmp_path: Path, capsys: Any
) -> None:
    from operations.models import ImportProfile

    ImportProfile.objects.create(name="erp", mapping=PROFILE)
    path = tmp_path / "erp.csv"
    row = "L{},{},VX-12,,Vial,IE,2026-01-01,2026-02-01,,5,{},EUR\n"
    path.write_text(
        ",".join(HEAD) + "\n" + row.format(1, "Harrow Biologics", "5.00") + row.format(2, "Harow Biologics", "x")
    )
    options = {"profile": "erp", "email": sven.email}
    with pytest.raises(CommandError) as failure:
        call_command("import_deliveries", path, **options)
    assert failure.value.returncode == 1
    said = capsys.readouterr().out
    assert "Not known here: 1 CMO" in said
    assert "Row 3, cmo: There is no CMO called “Harow Biologics”. Did you mean “Harrow Biologics”?" in said
    assert "Row 3, value: “x” is not a number like 1234.5; correct it or leave the cell empty." in said
    assert "2 rows read, 1 would be new, 0 would be changed, 0 unchanged, 1 bad." in said
    assert not Delivery.objects.exists()

    with pytest.raises(CommandError, match=r"The good rows were imported\."):
        call_command("import_deliveries", path, skip_bad=True, **options)
    assert Delivery.objects.get().created_by == sven
    path.write_text(",".join(HEAD) + "\n" + row.format(1, "Harrow Biologics", "5.00"))
    call_command("import_deliveries", path, dry_run=True, **options)
    assert "1 unchanged" in capsys.readouterr().out
    for wrong in ({"email": "nobody@example.org"}, {"profile": "none"}):
        with pytest.raises(CommandError):
            call_command("import_deliveries", path, **{**options, **wrong})
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_deliveries", tmp_path / "no.csv", **options)


def test_the_real_file_by_command_as_nobody_in_particular(scms_folder: Path, priya: Any, capsys: Any) -> None:
    path = scms_folder / "scms_direct_drop_2009_2010.csv"
    call_command("import_deliveries", path, profile="scms", create_missing=True, dry_run=True)
    assert "To be created: 38 CMOs" in capsys.readouterr().out
    assert nothing_is_written()
    call_command("import_deliveries", path, profile="scms", create_missing=True)
    said = capsys.readouterr().out
    assert "Created: 38 CMOs" in said
    assert "Value of the good rows: 112,496,282.72 USD" in said
    assert "1,139 rows read, 1,139 new" in said
    # A service account is nobody to look after a programme, so project managers are in it.
    assert Delivery.objects.visible_to(priya).count() == 1139
    call_command("import_deliveries", path, profile="scms")
    assert "1,139 unchanged" in capsys.readouterr().out
    assert Delivery.objects.count() == 1139


def test_two_thousand_missing_cmos_are_made(sven: Any, tmp_path: Path) -> None:
    path = generated(tmp_path / "erp.csv", 2000, firms=2000)
    result = import_file(path, PROFILE, sven, create_missing=True)
    assert result.committed
    assert (CMO.objects.count(), Relationship.objects.filter(state="active").count()) == (2000, 2000)


def test_imports_write_one_after_another(sven: Any, tmp_path: Path, elsewhere: Any) -> None:
    path = generated(tmp_path / "erp.csv", 10)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    done = threading.Event()

    def work() -> None:
        try:
            import_file(path, PROFILE, sven, create_missing=True)
        finally:
            connections.close_all()
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: waits_for_a_lock("advisory"))
    assert not done.is_set()
    elsewhere.close()
    thread.join()
    assert Delivery.objects.count() == 10
