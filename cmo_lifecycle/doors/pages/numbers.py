"""Whole numbers as addresses and forms carry them, where anything may be sent."""

from __future__ import annotations

from typing import Any


def whole_number(text: str | None, digits: int = 9) -> int | None:
    """Return a number from 0 of at most `digits` digits; None for everything else.

    Digits are those of ASCII: `isdigit` holds for "²" too, which is no number to `int`.
    """
    found = text or ""
    return int(found) if found.isascii() and found.isdigit() and len(found) <= digits else None


def version_read(sent: str | None, record: Any) -> int | None:
    """Return the version of a record that somebody says they have read; None where there never was such a one."""
    found = whole_number(sent)
    return found if found is not None and 1 <= found <= record.version else None
