"""The door's handwriting for many records at once: rows by COPY, their events, their approvals.

For work that is done to a whole set in one transaction (a review run, an import). It decides nothing: whoever
calls it has checked what the door checks for one record. The trail covers it like any other write.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import current
from cmo_lifecycle.workflow.models import Approval, Event
from cmo_lifecycle.workflow.transitions import transitions_of

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).translate(_ESCAPES)
    return str(value)


class _Lines(io.TextIOBase):
    """A file that COPY reads, made row by row, so that memory does not grow with the number of rows."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.rest = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        parts, length = [self.rest], len(self.rest)
        while size is None or size < 0 or length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        whole = "".join(parts)
        if size is None or size < 0:
            self.rest = ""
            return whole
        self.rest = whole[size:]
        return whole[:size]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append rows to a table by COPY; return how many. Values are plain; dict and list become JSON.

    `rows` may be made as they are read, but never by a query: the connection is busy copying.

    `table` and `columns` are the database's own names, never anything a person typed. Every column without a
    default in the database has to be there: COPY knows nothing of a model's defaults.
    """
    lines = ("\t".join(map(_text, row)) + "\n" for row in rows)
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN", _Lines(lines))
        return cursor.rowcount


def insert(records: Sequence[models.Model]) -> int:
    """Insert new records of one model, all fields, by COPY; return how many.

    Nothing is cleaned: the caller has, and the database's constraints do.
    """
    if not records:
        return 0
    model = type(records[0])
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    json_fields = {field.attname for field in fields if isinstance(field, models.JSONField)}

    def row(record: models.Model) -> Iterator[Any]:
        for field in fields:
            value = field.pre_save(record, True)
            # A JSON null is the database's null here; every other value is spelled as JSON, texts too.
            if field.attname in json_fields and isinstance(value, (str, int, float)):
                value = json.dumps(value)
            yield value

    return copy_rows(
        model._meta.db_table, [field.column for field in fields], [tuple(row(record)) for record in records]
    )


def write_events(
    records: Iterable[Any],
    *,
    actor: User,
    verb: str,
    version: int,
    from_state: str = "",
    to_state: str = "",
    role: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> int:
    """Write down that `actor` did `verb` to each record: the twin of `transitions.write_event`.

    `version` is that of the records after it. Returns how many.
    """
    kinds = _Kinds()
    moment = at or timezone.now()
    source = current().source[:20] or "task"

    def rows() -> Iterator[tuple[Any, ...]]:
        for record in records:
            related = record.related()
            yield (
                uuid7(),
                kinds.of(record),
                record.pk,
                moment,
                actor.pk,
                verb,
                from_state,
                to_state,
                role,
                reason,
                {},
                {},
                version,
                str(record)[:200],
                kinds.of(related) if related is not None else None,
                related.pk if related is not None else None,
                source,
            )

    columns = (
        "id", "record_type_id", "record_id", "at", "actor_id", "verb", "from_state", "to_state", "role", "reason",
        "changes", "inputs", "record_version", "record_label", "related_type_id", "related_id", "source",
    )  # fmt: skip
    # All of them first: a record's name or relationship may take a query, and COPY leaves no room for one.
    return copy_rows(Event._meta.db_table, columns, list(rows()))


def ask_for_approvals(records: Sequence[Any], at: datetime | None = None) -> int:
    """Put the approvals that each new record's state asks for on desks: the twin of the door's own.

    For records that nobody has been asked about yet. Returns how many were asked for.
    """
    if not records:
        return 0
    kinds = _Kinds()
    moment = at or timezone.now()
    verbs = [verb for verb in transitions_of(type(records[0])).values() if verb.approvers]

    def rows() -> Iterator[tuple[Any, ...]]:
        for record in records:
            for verb in verbs:
                if record.state not in verb.sources:
                    continue
                due = verb.due(record) if verb.due else None
                for role in verb.approvers:
                    yield (
                        uuid7(),
                        kinds.of(record),
                        record.pk,
                        verb.verb,
                        role,
                        Approval.Status.WAITING.value,
                        moment,
                        due,
                        str(record)[:200],
                    )

    columns = ("id", "record_type_id", "record_id", "verb", "role", "status", "asked_at", "due", "record_label")
    return copy_rows(Approval._meta.db_table, columns, list(rows()))


class _Kinds:
    """Content types by model, looked up once; Django's own cache is slower than a dictionary."""

    def __init__(self) -> None:
        self.known: dict[type, int] = {}

    def of(self, record: models.Model) -> int:
        model = type(record)
        if model not in self.known:
            self.known[model] = ContentType.objects.get_for_model(model).pk
        return self.known[model]
