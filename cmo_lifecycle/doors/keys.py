"""Keys out of the database. A page of a thousand rows holds some five thousand of them, so each has to cost little."""

from __future__ import annotations

from typing import Any
from uuid import UUID, SafeUUID

import psycopg2.extensions
from django.db.backends.postgresql import base

_OID, _OID_OF_ARRAY = 2950, 2951
_new = object.__new__
_set_number: Any = UUID.int.__set__  # type: ignore[attr-defined]
_set_safety: Any = UUID.is_safe.__set__  # type: ignore[attr-defined]
_UNKNOWN = SafeUUID.unknown


def _key(text: str | None, cursor: Any) -> UUID | None:
    if text is None:
        return None
    # What the database sends is a UUID: the checks that `UUID(text)` makes are spared.
    made = _new(UUID)
    _set_number(made, int(text.replace("-", ""), 16))
    _set_safety(made, _UNKNOWN)
    return made


def install() -> None:
    """Read every UUID this way, in place of psycopg2's own."""
    assert base  # Django has registered psycopg2's by now
    one = psycopg2.extensions.new_type((_OID,), "UUID", _key)
    psycopg2.extensions.register_type(one)
    psycopg2.extensions.register_type(psycopg2.extensions.new_array_type((_OID_OF_ARRAY,), "UUID[]", one))
