"""The door's handwriting for many records at once: rows by COPY, their events, their approvals.

For work that is done to a whole set in one transaction (a review run, an import). It decides nothing: whoever
calls it has checked what the door checks for one record. The trail covers it like any other write.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import current
from cmo_lifecycle.workflow.models import Approval, Event, Record
from cmo_lifecycle.workflow.transitions import transitions_of

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
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


class Noted(NamedTuple):
    """One record as its events and approvals name it: key, name, and the record whose history it belongs to."""

    pk: UUID
    label: str
    related_pk: UUID | None = None


def noted(record: Any) -> Noted:
    """Return a record as `write_events` and `ask_for_approvals` take it."""
    related = record.related()
    return Noted(record.pk, str(record)[:200], None if related is None else related.pk)


def write_events(
    model: type[Record],
    records: Sequence[Noted],
    *,
    actor: User,
    verb: str,
    version: int,
    related: type[models.Model] | None = None,
    from_state: str = "",
    to_state: str = "",
    role: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> int:
    """Write down that `actor` did `verb` to each record of `model`: the twin of `transitions.write_event`.

    `version` is that of the records after it, `related` the model of their `related_pk`. Returns how many.
    """
    kind, related_kind = _kind(model), None if related is None else _kind(related)
    moment = at or timezone.now()
    source = current().source[:20] or "task"
    columns = (
        "id", "record_type_id", "record_id", "record_label", "related_type_id", "related_id", "at", "actor_id", "verb",
        "from_state", "to_state", "role", "reason", "changes", "inputs", "record_version", "source",
    )  # fmt: skip
    same: tuple[Any, ...] = (moment, actor.pk, verb, from_state, to_state, role, reason, {}, {}, version, source)
    return copy_rows(
        Event._meta.db_table,
        columns,
        (
            (uuid7(), kind, pk, label[:200], related_kind if related_pk else None, related_pk, *same)
            for pk, label, related_pk in records
        ),
    )


def ask_for_approvals(like: Record, records: Sequence[Noted], at: datetime | None = None) -> int:
    """Put the approvals that new records ask for on desks: the twin of the door's own.

    The records are all of the noun and in the state of `like`, which also tells when approvals are due, and nobody
    has been asked about them yet. Returns how many approvals were asked for.
    """
    wanted = [
        (verb.verb, role, verb.due(like) if verb.due else None)
        for verb in transitions_of(type(like)).values()
        if like.state in verb.sources  # type: ignore[attr-defined]
        for role in verb.approvers
    ]
    kind, moment, waiting = _kind(type(like)), at or timezone.now(), Approval.Status.WAITING.value
    columns = ("id", "record_type_id", "record_id", "record_label", "verb", "role", "due", "status", "asked_at")
    return copy_rows(
        Approval._meta.db_table,
        columns,
        (
            (uuid7(), kind, pk, label[:200], verb, role, due, waiting, moment)
            for pk, label, _ in records
            for verb, role, due in wanted
        ),
    )


def _kind(model: type[models.Model]) -> int:
    return ContentType.objects.get_for_model(model).pk
