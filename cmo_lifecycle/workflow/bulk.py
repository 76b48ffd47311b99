"""The door's handwriting for many records at once: rows by COPY, their events, their approvals.

For work that is done to a whole set in one transaction (a review run, an import). It decides nothing: whoever
calls it has checked what the door checks for one record. The trail covers it like any other write.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from uuid_utils import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import current
from cmo_lifecycle.workflow.models import Approval, Event, Record
from cmo_lifecycle.workflow.transitions import transitions_of

_AT_ONCE = 1 << 16
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _null(value: None) -> str:
    return "\\N"


def _string(value: str) -> str:
    # An enumeration's member is a string, and its `str` need not be what it holds.
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else str.__str__(value)


def _boolean(value: bool) -> str:
    return "t" if value else "f"


def _json(value: dict[Any, Any] | list[Any]) -> str:
    try:
        made = orjson.dumps(value, default=_ENCODER.default, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except TypeError:
        # Keys that are no strings, whole numbers beyond 64 bits.
        made = _ENCODER.encode(value)
    # Of what COPY reads as special, JSON leaves only the backslash.
    return made.replace("\\", "\\\\")


_ENCODER = DjangoJSONEncoder(separators=(",", ":"))
_KINDS: dict[type, Callable[[Any], str]] = {
    type(None): _null,
    str: _string,
    bool: _boolean,
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: _json,
    list: _json,
}


def _text(value: Any) -> str:
    make = _KINDS.get(type(value))
    return make(value) if make else _learn(type(value))(value)


def _learn(kind: type) -> Callable[[Any], str]:
    """A type seen for the first time is written like what it derives from; all else as `str` has it."""
    _KINDS[kind] = next((make for known, make in list(_KINDS.items()) if issubclass(kind, known)), str)
    return _KINDS[kind]


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


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], same: Mapping[str, Any] | None = None
) -> int:
    """Append rows to a table by COPY; return how many. Values are plain; dict and list become JSON.

    `same` has further columns, with the value that all rows share.

    `rows` may be made as they are read, but never by a query: the connection is busy copying.

    `table` and `columns` are the database's own names, never anything a person typed. Every column without a
    default in the database has to be there: COPY knows nothing of a model's defaults.
    """
    same = same or {}
    names = ", ".join(map(connection.ops.quote_name, [*columns, *same]))
    end = "".join(f"\t{_text(value)}" for value in same.values()) + "\n"
    lines = ("\t".join(map(_text, row)) + end for row in rows)
    with connection.cursor() as cursor:
        statement = f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN"
        cursor.copy_expert(statement, _Lines(lines), _AT_ONCE)
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
    return copy_rows(
        Event._meta.db_table,
        ("id", "record_id", "record_label", "related_type_id", "related_id"),
        (
            (uuid7(), pk, label[:200], related_kind if related_pk else None, related_pk)
            for pk, label, related_pk in records
        ),
        {
            "record_type_id": kind, "at": moment, "actor_id": actor.pk, "verb": verb, "from_state": from_state,
            "to_state": to_state, "role": role, "reason": reason, "changes": {}, "inputs": {},
            "record_version": version, "source": source,
        },
    )  # fmt: skip


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
    return copy_rows(
        Approval._meta.db_table,
        ("id", "record_id", "record_label", "verb", "role", "due"),
        (
            (uuid7(), pk, label[:200], verb, role, due)
            for pk, label, _ in records
            for verb, role, due in wanted
        ),
        {
            "record_type_id": _kind(type(like)), "status": Approval.Status.WAITING.value,
            "asked_at": at or timezone.now(),
        },
    )  # fmt: skip


def _kind(model: type[models.Model]) -> int:
    return ContentType.objects.get_for_model(model).pk
