"""The work itself: read, judge, commit. Pages, REST, tasks and commands all come through here.

`import_file` does it all in one call; a background job does `dry_run` and `commit` as two.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, connection, transaction

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.tabular import writer
from cmo_lifecycle.tabular.errors import ProfileError, TableError
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, Stale
from operations.importing import staging, targets, uploads
from operations.importing.deliveries import Deliveries, Raced
from operations.importing.findings import Findings, Outcome, sentence
from operations.importing.sites import Sites
from operations.importing.staging import Tick
from operations.models import DeliveryImport, ImportProblem

log = logging.getLogger(__name__)

PROBLEMS_KEPT = 10_000
TRIES = 3
_LOCK = 7_226_001

Engine = Deliveries | Sites


class BadRows(Exception):
    """The commit was asked to take all rows or none, and some are bad now. `findings` says which."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        super().__init__(f"{findings.rows_bad:,} rows cannot be taken, so nothing was imported.")


@dataclass(frozen=True)
class Result:
    """What `import_file` came to. `committed` is False for a dry run and where bad rows stopped it."""

    record: DeliveryImport
    findings: Findings
    committed: bool

    @property
    def sentence(self) -> str:
        return sentence(self.findings.counts, done=self.committed)


class Pass:
    """One pass of an import's file through the staging tables of this database session. Use it with `with`."""

    def __init__(self, record: DeliveryImport, actor: User) -> None:
        self.record = record
        self.actor = actor
        self.profile: Profile = targets.fit(record.mapping, record.kind)
        made = Sites if record.kind == targets.Kind.SITES else Deliveries
        self.engine: Engine = made(record, self.profile, actor)

    def __enter__(self) -> Pass:
        return self

    def __exit__(self, *exc: object) -> None:
        if not connection.needs_rollback and connection.connection is not None and not connection.connection.closed:
            staging.drop_tables()

    def read(self, tick: Tick = staging.nothing) -> int:
        """Stage the file. Raises TableError or ProfileError with a sentence; whatever `tick` raises."""
        with uploads.opened(self.record, self.profile) as table:
            count = self.engine.read(table, tick)
            self.engine.findings.facts = table.facts.sentence()
            self.engine.findings.unused = self.profile.check_header(table.columns).unmapped
        return count

    def judge(self) -> Findings:
        return self.engine.judge()

    def keep_problems(self) -> None:
        """Keep the first problems with the import, and every bad row in a file for whoever corrects them."""
        ImportProblem.objects.filter(of=self.record).delete()
        path = bad_rows_path(self.record)
        if default_storage.exists(path):
            default_storage.delete(path)
        if self.engine.findings.rows_bad:
            default_storage.save(path, _Stream(self._bad_rows()))

    def _bad_rows(self) -> Any:
        with uploads.opened(self.record, self.profile) as table:
            kept: list[ImportProblem] = []
            room = PROBLEMS_KEPT

            def rows() -> Any:
                nonlocal kept, room
                for row, problems in staging.merge(table.rows(), staging.stored_problems()):
                    cells = dict(zip(table.columns, row.cells, strict=False))
                    for place, (column, message) in enumerate(problems):
                        if room:
                            room -= 1
                            own = cells if place == 0 else {}
                            kept.append(
                                ImportProblem(
                                    of=self.record, row=row.number, column=column[:200], message=message, cells=own
                                )
                            )
                    if len(kept) >= 500:
                        ImportProblem.objects.bulk_create(kept)
                        kept = []
                    told = " ".join(f"{column}: {message}" if column else message for column, message in problems)
                    yield [row.number, told, *row.cells]

            heads = ["Row of the file", "What is wrong", *table.columns]
            yield from writer.stream_csv(heads, rows(), bom=True)
            ImportProblem.objects.bulk_create(kept)


class _Stream(File):
    """A file that is made while the storage reads it."""

    def __init__(self, pieces: Any) -> None:
        super().__init__(None, name="bad-rows.csv")
        self.pieces = pieces

    def chunks(self, chunk_size: int | None = None) -> Any:
        return self.pieces

    def __bool__(self) -> bool:
        return True


def bad_rows_path(record: DeliveryImport) -> str:
    return f"imports/{record.pk}-bad.csv"


def dry_run(record: DeliveryImport, event: Event, tick: Tick = staging.nothing) -> Findings:
    """Read and judge the file of an import at MAPPED, keep what was found, and bring it to TRIED."""
    from operations.actions.imports import note_dry_run

    with Pass(record, event.actor) as passing:
        passing.read(tick)
        with transaction.atomic():
            findings = passing.judge()
            passing.keep_problems()
            note_dry_run(record, cause=event, outcome=Outcome(findings))
    return findings


def commit(
    record: DeliveryImport,
    event: Event,
    *,
    skip_bad: bool = False,
    tick: Tick = staging.nothing,
    before_writing: Callable[[], None] = lambda: None,
) -> Findings:
    """Read, judge and write the file of an import at COMMITTING: all good rows in one transaction, or nothing.

    `before_writing` is the last moment to stop it by raising. Raises BadRows, with what was found kept, where some
    rows are bad and they are not to be skipped.
    """
    with Pass(record, event.actor) as passing:
        passing.read(tick)
        before_writing()
        return _finish(passing, event, skip_bad)


def _finish(passing: Pass, event: Event, skip_bad: bool) -> Findings:
    from operations.actions.imports import finish_commit

    def write() -> Findings:
        findings = passing.judge()
        if findings.rows_bad and not skip_bad:
            raise BadRows(findings)
        passing.keep_problems()
        outcome = Outcome(findings, passing.engine)
        finish_commit(passing.record, cause=event, outcome=outcome, changed=findings.changed)
        return findings

    try:
        return _alone(write)
    except BadRows:
        with transaction.atomic():
            passing.judge()
            passing.keep_problems()
        raise


def _alone(write: Callable[[], Findings]) -> Findings:
    """Run the last step in one transaction, imports one after another; begin anew where somebody's edit came between."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                return write()
        except (Raced, Stale, IntegrityError, OperationalError) as error:
            if attempt == TRIES - 1 or connection.needs_rollback or not connection.is_usable():
                raise
            log.info("Import begins its last step anew: %s", error)
    raise AssertionError("the last try returns or raises")


def import_file(
    path: str | Path,
    profile: str | dict[str, Any],
    actor: User,
    create_missing: bool = False,
    source: str = "",
    *,
    kind: str = targets.Kind.DELIVERIES,
    skip_bad: bool = False,
    only_try: bool = False,
    tick: Tick = staging.nothing,
) -> Result:
    """Import a file from this machine in one go: read once, judged, committed unless rows are bad.

    `profile` is a profile's name or its JSON; `source` overrules the source system of the lines; `skip_bad` takes
    the good rows where others are bad; `only_try` stops after the dry run. Raises InvalidInput where the file, the
    profile or the two together are wrong, NotPermitted where the person may not.
    """
    from operations.actions import imports as verbs

    with acting(actor, source=current().source or "command"):
        with Path(path).open("rb") as stream:
            record = uploads.keep(
                File(stream, name=Path(path).name), actor=actor, kind=kind, create_missing=create_missing
            )
        said: dict[str, Any] = {"profile_name": profile} if isinstance(profile, str) else {"mapping": profile}
        record = verbs.map_columns(record, actor=actor, source_system=source, create_missing=create_missing, **said)
        asked = Event.objects.of(record).filter(verb="map_columns").order_by("-at", "-id").first()
        assert asked is not None
        try:
            with Pass(record, actor) as passing:
                passing.read(tick)
                return _in_one_go(passing, asked, skip_bad=skip_bad, only_try=only_try)
        except (TableError, ProfileError) as error:
            raise InvalidInput({"file": [str(error)]}) from error


def _in_one_go(passing: Pass, asked: Event, *, skip_bad: bool, only_try: bool) -> Result:
    """Walk the rest of the import's life over rows that are staged already."""
    from operations.actions import imports as verbs

    done = Result(passing.record, Findings(), False)

    def write() -> Findings:
        nonlocal done
        findings = passing.judge()
        passing.keep_problems()
        record = verbs.note_dry_run(passing.record, cause=asked, outcome=Outcome(findings))
        done = Result(record, findings, False)
        if only_try or not findings.good or (findings.rows_bad and not skip_bad):
            return findings
        record = verbs.commit(record, actor=passing.actor, skip_bad=skip_bad, in_background=False)
        event = Event.objects.of(record).filter(verb="commit").order_by("-at", "-id").first()
        assert event is not None
        outcome = Outcome(findings, passing.engine)
        record = verbs.finish_commit(record, cause=event, outcome=outcome, changed=findings.changed)
        done = Result(record, findings, True)
        return findings

    _alone(write)
    return done
