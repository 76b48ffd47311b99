"""The one form of a record that hashes are taken of."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from cmo_lifecycle.workflow.models import Record

BOOKKEEPING = frozenset({"version", "state", "created_at", "updated_at", "created_by"})


def plain(value: Any) -> Any:
    """Turn a field's value into JSON with one spelling: UTC times, decimals without exponent or idle zeros."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            text = format(value, "f")
            return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
    return str(value)


def fields_of(record: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a row's signed fields, name to plain value: all but bookkeeping and what the noun leaves out."""
    left_out = BOOKKEEPING | set(without) | set(getattr(record, "unsigned_fields", ()))
    return {
        field.attname: plain(field.value_from_object(record))
        for field in record._meta.concrete_fields
        if field.name not in left_out
    }


def text_of(record: Record) -> str:
    """Return the canonical JSON of a record, its type and key included."""
    return json.dumps(
        {"type": record._meta.label_lower, "id": str(record.pk), "content": plain(record.signed_content())},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def sha256_of(record: Record) -> str:
    """Return the SHA-256 of the canonical record, in hex."""
    return hashlib.sha256(text_of(record).encode()).hexdigest()
