"""Making many records because of one import: what the door does for one record, done for a set.

A file may name thousands of CMOs, and a record made through the door costs some dozen queries. Here each noun costs
a handful, whatever its number. Who may is decided by the verb that causes it; fields are cleaned as the door cleans
them; what only the database can tell (uniqueness, references) it tells, and then nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import current
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.canonical import plain
from cmo_lifecycle.workflow.models import Event, Record
from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from cmo_lifecycle.workflow.transitions import Transition, ask_for_approvals, transitions_of

BATCH = 500


def make(
    model: type[Record],
    rows: Iterable[Mapping[str, Any]],
    *,
    actor: User,
    cause: Event,
    reason: str,
    walk: Transition | None = None,
    inputs: Callable[[Any], dict[str, Any]] = lambda record: {},
) -> list[Any]:
    """Make a record of each row of field values; many-to-many values are lists of rows.

    With `walk`, each record then takes that step, with what `inputs` says of it. Raises InvalidInput or Refused where
    the door would; IntegrityError where the database says no.
    """
    many = {field.name for field in model._meta.many_to_many}
    linked = [field.name for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    given = [dict(row) for row in rows]
    if not given:
        return []
    records = []
    for row in given:
        record = model(**{name: value for name, value in row.items() if name not in many}, created_by=actor)
        try:
            record.clean_fields(exclude=linked)
            record.clean()
        except ValidationError as error:
            raise InvalidInput({"__all__": [f"{record}: {' '.join(error.messages)}"]}) from error
        records.append(record)
    row_of = {record.pk: row for record, row in zip(records, given, strict=True)}
    first_state = getattr(records[0], "state", "")
    if walk is not None:
        _walk(records, walk, cause, inputs)
    model._default_manager.bulk_create(records, batch_size=BATCH)
    for name in many:
        _link(model, name, [(record, row_of[record.pk].get(name, ())) for record in records])
    _write_events(
        records, cause, verb="create", record_version=1, to_state=first_state, reason=reason,
        changes=lambda record: _changes(record, row_of[record.pk]),
    )  # fmt: skip
    if walk is not None:
        _write_events(
            records, cause, verb=walk.verb, record_version=2, from_state=first_state, to_state=records[0].state,
            reason=reason, inputs=lambda record: plain(inputs(record)),
        )  # fmt: skip
    if any(verb.approvers and records[0].state in verb.sources for verb in transitions_of(model).values()):
        for record in records:
            ask_for_approvals(record)
    return records


def _write_events(
    records: Sequence[Any], cause: Event, *, changes: Any = None, inputs: Any = None, **same: Any
) -> None:
    """The same words for each record: what somebody did, and because of what."""
    now, source = timezone.now(), current().source[:20] or "task"
    kinds = ContentType.objects.get_for_models(*{type(one) for row in records for one in (row, row.related())})

    def event(record: Any) -> Event:
        related = record.related()
        return Event(
            record_type=kinds[type(record)],
            record_id=record.pk,
            record_label=str(record)[:200],
            related_type=kinds[type(related)],
            related_id=related.pk,
            at=now,
            actor=cause.actor,
            cause=cause,
            source=source,
            changes=changes(record) if changes is not None else {},
            inputs=inputs(record) if inputs is not None else {},
            **same,
        )

    Event.objects.bulk_create([event(record) for record in records], batch_size=BATCH)


def _walk(records: Sequence[Any], step: Transition, cause: Event, inputs: Callable[[Any], dict[str, Any]]) -> None:
    """Take a step with records that are not written yet: gates, body, state and version."""
    for record in records:
        missing = step.missing(record)
        if missing:
            raise Refused(*missing)
        step.body(record, cause, **inputs(record))
        record.state = step.target
        record.version += 1


def _link(model: type[Record], name: str, pairs: Sequence[tuple[Any, Sequence[Any]]]) -> None:
    field: Any = model._meta.get_field(name)
    through = field.remote_field.through
    rows = [(record.pk, target.pk) for record, targets in pairs for target in targets]
    ours, theirs = field.m2m_column_name(), field.m2m_reverse_name()
    through.objects.bulk_create([through(**{ours: pk, theirs: target}) for pk, target in rows], batch_size=BATCH)


def _changes(record: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [None, sorted(str(one) for one in value) if isinstance(value, list) else edits.shown(record, name)]
        for name, value in row.items()
        if value not in (None, "", [])
    }
