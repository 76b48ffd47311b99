"""Pages by cursor: the next page begins after the last row seen, wherever rows came or went meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F, Q, QuerySet

from cmo_lifecycle.doors.rest.kinds import Bad, Kind
from cmo_lifecycle.doors.rest.problems import bad_parameter

LIMIT = 50
MOST = 1000


@dataclass(frozen=True)
class By:
    """One column of an ordering. Rows without a value come last, whichever way."""

    path: str
    kind: Kind
    descending: bool = False
    null: bool = False

    def reversed(self) -> By:
        return By(self.path, self.kind, not self.descending, self.null)

    def term(self, backwards: bool) -> Any:
        """The ORDER BY term; backwards, rows without a value come first."""
        descending = self.descending != backwards
        if not self.null:
            return F(self.path).desc() if descending else F(self.path).asc()
        where = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.path).desc(**where) if descending else F(self.path).asc(**where)

    def beyond(self, value: Any, backwards: bool) -> Q:
        """Rows that come after `value` in this direction."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else Q(pk__in=[])
        compare = "lt" if self.descending != backwards else "gt"
        found = Q(**{f"{self.path}__{compare}": value})
        if self.null and not backwards:
            found |= Q(**{f"{self.path}__isnull": True})
        return found

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def at_or_beyond(self, value: Any, backwards: bool) -> Q | None:
        """A plain range on the leading column, which an index can begin at; None where nulls forbid it."""
        if self.null:
            return None
        compare = "lte" if self.descending != backwards else "gte"
        return Q(**{f"{self.path}__{compare}": value})


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the ordering's values of the row before it."""

    values: tuple[Any, ...]
    backwards: bool = False

    def text(self, name: str) -> str:
        content = orjson.dumps([name, int(self.backwards), [_plain(value) for value in self.values]])
        return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def read_cursor(text: str, name: str, order: Sequence[By]) -> Cursor:
    """Return the cursor that a `next` or `previous` link carried; a problem where it is not one of this list."""
    broken = bad_parameter("cursor", "This cursor is not one of this list in this order. Begin again without it.")
    try:
        said = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        made_for, backwards, values = said
    except (ValueError, TypeError, UnicodeEncodeError, binascii.Error):
        raise broken from None
    if made_for != name or backwards not in (0, 1) or not isinstance(values, list) or len(values) != len(order):
        raise broken
    found = []
    for by, value in zip(order, values, strict=True):
        if value is None and by.null:
            found.append(None)
            continue
        if not isinstance(value, str) or "\0" in value:
            raise broken
        try:
            found.append(by.kind.parse(value))
        except Bad:
            raise broken from None
    return Cursor(tuple(found), bool(backwards))


def after(rows: QuerySet, order: Sequence[By], cursor: Cursor | None) -> QuerySet:
    """Return the rows in order, from the cursor on."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        beyond, same = Q(pk__in=[]), Q()
        for by, value in zip(order, cursor.values, strict=True):
            beyond |= same & by.beyond(value, backwards)
            same &= by.same(value)
        guard = order[0].at_or_beyond(cursor.values[0], backwards)
        rows = rows.filter(guard & beyond if guard is not None else beyond)
    return rows.order_by(*(by.term(backwards) for by in order))


@dataclass(frozen=True)
class Page:
    """One page of value rows in order, and the cursors of the pages around it."""

    rows: list[tuple[Any, ...]]
    next: Cursor | None
    previous: Cursor | None


def cut(found: list[tuple[Any, ...]], limit: int, keys: Sequence[int], cursor: Cursor | None) -> Page:
    """Make a page of up to `limit` + 1 found rows; `keys` are the positions of the ordering's values."""
    more = len(found) > limit
    rows = found[:limit]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    last = Cursor(tuple(rows[-1][key] for key in keys))
    first = Cursor(tuple(rows[0][key] for key in keys), backwards=True)
    if backwards:
        return Page(rows, last, first if more else None)
    return Page(rows, last if more else None, first if cursor is not None else None)
