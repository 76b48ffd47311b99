"""The life of an import: uploaded, mapped, tried without effect, committed or cancelled."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.tabular.errors import ProfileError, TableError
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import transition
from operations.importing import jobs, targets, uploads
from operations.importing.findings import Outcome
from operations.models import DeliveryImport
from operations.models.imports import IMPORTERS

S = DeliveryImport.State


def _may(record: DeliveryImport, user: User) -> bool:
    return uploads.may_import(record.kind, user)


def _nothing_runs(record: DeliveryImport) -> Iterator[str]:
    if jobs.is_working(record.job):
        yield "Work on this file is going on: wait for its end, or stop it."


def _has_good_rows(record: DeliveryImport) -> Iterator[str]:
    if not (record.rows_read or 0) - (record.rows_bad or 0):
        yield "No row of the file can be taken: correct the mapping or the file first."


def _something_runs(record: DeliveryImport) -> Iterator[str]:
    if not jobs.is_working(record.job):
        yield "Nothing is going on that could be stopped."


def _worker_is_gone(record: DeliveryImport) -> Iterator[str]:
    if jobs.is_working(record.job):
        yield "The commit shows signs of life: stop it instead."


class MappingForm(forms.Form):
    """Which columns are what: a profile by its name, or a mapping of one's own."""

    profile_name = forms.CharField(label="Profile", required=False, max_length=60, help_text="The name of a profile.")
    mapping = forms.JSONField(
        label="Mapping", required=False, help_text="A mapping as the documentation describes it, in place of a profile."
    )
    create_missing = forms.BooleanField(
        label="Create what is missing",
        required=False,
        help_text="Make the CMOs, sites, programmes and relationships that the file names and the system lacks.",
    )
    source_system = forms.CharField(
        label="Source system",
        required=False,
        max_length=60,
        help_text="Where the lines come from. Lines of one source are told apart by their id. Empty: the profile's name.",
    )


class CommitForm(forms.Form):
    """What becomes of bad rows."""

    skip_bad = forms.BooleanField(
        label="Leave out the bad rows",
        required=False,
        help_text="Import the good rows alone. Without this, one bad row stops the whole import.",
    )


@transition(
    DeliveryImport,
    source=(S.UPLOADED, S.MAPPED, S.TRIED),
    target=S.MAPPED,
    roles=IMPORTERS,
    permits=_may,
    gates=(_nothing_runs,),
    form=MappingForm,
    by_clock=True,
)
def map_columns(
    record: DeliveryImport,
    event: Event,
    *,
    profile_name: str = "",
    mapping: Any = None,
    create_missing: bool = False,
    source_system: str = "",
) -> None:
    """Say which column is what, and in which format."""
    where = "mapping" if mapping else "profile_name"
    try:
        if mapping:
            chosen = mapping
        elif profile_name:
            found = targets.named(profile_name, record.kind)
            chosen, profile_name = copy.deepcopy(found.mapping), found.name
        else:
            raise ProfileError("Choose a profile, or map the columns.")
        profile = targets.fit(chosen, record.kind)
        if source_system.strip() and record.kind == targets.Kind.DELIVERIES:
            chosen = profile.to_dict()
            chosen["fields"]["source_system"] = {"constant": source_system.strip()}
            profile = targets.fit(chosen, record.kind)
        table, _ = uploads.sample(record, profile, most=1)
        problem = profile.check_header(table.columns).problem
        if problem:
            raise ProfileError(problem)
    except (ProfileError, TableError) as error:
        raise InvalidInput({where: [str(error)]}) from error
    record.mapping = profile.to_dict()
    record.profile_name = profile_name or profile.name[:60]
    record.create_missing = create_missing
    record.job = None
    record.report = {}
    record.rows_read = record.rows_new = record.rows_changed = record.rows_same = record.rows_bad = None


@transition(
    DeliveryImport,
    source=(S.MAPPED, S.TRIED),
    target=S.MAPPED,
    roles=IMPORTERS,
    permits=_may,
    gates=(_nothing_runs,),
    by_clock=True,
)
def dry_run(record: DeliveryImport, event: Event) -> None:
    """Try the file without any effect: what is new, changed, unchanged and bad."""
    jobs.start(record, event, jobs.DRY_RUN)


@transition(DeliveryImport, source=S.MAPPED, target=S.TRIED)
def note_dry_run(record: DeliveryImport, event: Event, *, outcome: Outcome) -> None:
    """Keep what the dry run found."""
    _note(record, outcome)


def _note(record: DeliveryImport, outcome: Outcome) -> None:
    for name, count in outcome.findings.counts.items():
        setattr(record, name, count)
    record.report = outcome.findings.report()


@transition(
    DeliveryImport,
    source=S.TRIED,
    target=S.COMMITTING,
    roles=IMPORTERS,
    permits=_may,
    gates=(_nothing_runs, _has_good_rows),
    form=CommitForm,
    by_clock=True,
)
def commit(record: DeliveryImport, event: Event, *, skip_bad: bool = False, in_background: bool = True) -> None:
    """Import the good rows: all of them, or none."""
    if record.rows_bad and not skip_bad:
        rows = f"{record.rows_bad:,} row{'' if record.rows_bad == 1 else 's'}"
        raise InvalidInput(
            {"skip_bad": [f"{rows} cannot be taken. Correct them and upload the file again, or leave them out."]}
        )
    if in_background:
        jobs.start(record, event, jobs.COMMIT, skip_bad=skip_bad)


@transition(DeliveryImport, source=S.COMMITTING, target=S.COMMITTED)
def finish_commit(record: DeliveryImport, event: Event, *, outcome: Outcome, changed: list[dict[str, Any]]) -> None:
    """Write the good rows."""
    assert outcome.engine is not None
    outcome.engine.write(event)
    _note(record, outcome)


@transition(DeliveryImport, source=S.COMMITTING, target=S.TRIED)
def give_back(record: DeliveryImport, event: Event) -> None:
    """Return to the dry run: the commit was stopped or failed, and nothing was written."""


@transition(
    DeliveryImport,
    source=(S.MAPPED, S.COMMITTING),
    target=None,
    roles=IMPORTERS,
    permits=_may,
    gates=(_something_runs,),
    tone="bad",
    by_clock=True,
)
def stop(record: DeliveryImport, event: Event) -> None:
    """Stop the work that is going on; nothing is written then."""
    jobs.ask_to_stop(record.job)


@transition(
    DeliveryImport,
    source=S.COMMITTING,
    target=S.TRIED,
    roles=IMPORTERS,
    permits=_may,
    gates=(_worker_is_gone,),
    tone="bad",
    by_clock=True,
)
def take_back(record: DeliveryImport, event: Event) -> None:
    """Take back a commit that nobody works on any more; nothing was written."""
    jobs.give_up(record.job, "Taken back: nobody worked on it any more.")


@transition(
    DeliveryImport,
    source=(S.UPLOADED, S.MAPPED, S.TRIED),
    target=S.CANCELLED,
    roles=IMPORTERS,
    permits=_may,
    tone="bad",
    by_clock=True,
)
def cancel(record: DeliveryImport, event: Event) -> None:
    """Give up this import; the file stays in its history."""
    if record.job is not None and not record.job.is_over:
        jobs.ask_to_stop(record.job)


__all__ = [
    "cancel", "commit", "dry_run", "finish_commit", "give_back", "map_columns", "note_dry_run", "stop", "take_back",
]  # fmt: skip
