"""Pieces of schemas that the answers of this room are described with."""

from __future__ import annotations

from typing import Any

from cmo_lifecycle.doors.rest.kinds import Key, nullable

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBER = {"type": "string", "description": "A decimal."}
NO_NUMBER = nullable(NUMBER)
WHOLE = {"type": "integer"}
NO_WHOLE = nullable(WHOLE)
TRUTH = {"type": "boolean"}
KEY = Key().schema()
PROBLEM = {"type": "string", "description": "Why there is nothing to show, as a sentence; empty where there is."}


def described(**properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object all of whose members are always there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def rows(**properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of such objects."""
    return array(described(**properties))
