"""The signatures of a record as the API tells them."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.workflow import signing

SIGNATURE: dict[str, Any] = {
    "type": "object",
    "description": "One person's signature, and whether it still speaks for the record as it is.",
    "properties": {
        "signer_id": {"type": "string", "format": "uuid"},
        "printed_name": {"type": "string"},
        "role": {"type": "string"},
        "meaning": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "record_version": {"type": "integer"},
        "sha256": {"type": "string", "description": "Of the canonical record that was signed."},
        "is_genuine": {"type": "boolean", "description": "False where the signature was altered or moved."},
        "is_current": {"type": "boolean", "description": "False where the record has changed since."},
    },
}


def signatures_of(record: Any) -> list[dict[str, Any]]:
    return [
        {
            "signer_id": row.signature.signer_id,
            "printed_name": row.signature.printed_name,
            "role": row.signature.role,
            "meaning": row.signature.meaning,
            "at": row.signature.at,
            "record_version": row.signature.record_version,
            "sha256": row.signature.sha256,
            "is_genuine": row.is_genuine,
            "is_current": row.is_current,
        }
        for row in signing.standing(record)
    ]
