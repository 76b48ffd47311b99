"""Versions in HTTP: `ETag` on what is read, `If-Match` on what is changed.

An ETag is `"<version>-<digest of the answer>"`: equal ETags are equal answers, also where something
beside the record (a gate, an expanded record) changed. `If-Match` compares the version alone, so
`If-Match: "3"` made from the member `version` does as well.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from cmo_lifecycle.doors.rest.problems import Problem

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION = re.compile(r"([1-9]\d{0,8})(-[0-9a-f]+)?")


def of(version: int, content: bytes) -> str:
    """Return the ETag of an answer's bytes."""
    return f'"{version}-{hashlib.blake2s(content, digest_size=8).hexdigest()}"'


def is_known(request: Any, tag: str) -> bool:
    """Tell whether the caller has exactly this answer already (`If-None-Match`)."""
    said = request.headers.get("If-None-Match", "")
    return said.strip() == "*" or tag.strip('"') in _TAG.findall(said)


def read_version(request: Any, current: int, *, demanded: bool = True) -> int | None:
    """Return the version that `If-Match` names: the current one if it is among several.

    Absent: 428, or None where it is not demanded. Something else than versions matches nothing.
    """
    said = request.headers.get("If-Match", "").strip()
    if not said:
        if not demanded:
            return None
        raise Problem(
            "version_required",
            'Send the header If-Match with the version you read, such as If-Match: "3".',
            errors=[{"pointer": "header:If-Match", "detail": "This header is missing.", "code": "required"}],
        )
    if said == "*":
        raise Problem(
            "invalid",
            errors=[
                {
                    "pointer": "header:If-Match",
                    "detail": "Name the version you read: any version (*) would overwrite what others did meanwhile.",
                    "code": "invalid",
                }
            ],
        )
    versions = [int(found[1]) for tag in _TAG.findall(said) if (found := _VERSION.fullmatch(tag))]
    if current in versions:
        return current
    return max(versions, default=0)
