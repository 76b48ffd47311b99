"""Keys come out of the database as the same UUIDs that Python makes of their texts."""

from __future__ import annotations

import copy
from uuid import UUID, uuid4

from django.db import connection


def test_keys_are_like_any_other_uuid(db: None) -> None:
    given = [uuid4() for _ in range(20)] + [UUID(int=0), UUID(int=2**128 - 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT k FROM unnest(%s::uuid[]) WITH ORDINALITY AS u (k, n) ORDER BY n", [given])
        read = [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT %s::uuid[], NULL::uuid, ARRAY[NULL, %s]::uuid[]", [given, given[0]])
        array, nothing, mixed = cursor.fetchone()
    assert read == given == array
    assert nothing is None and mixed == [None, given[0]]
    for one, other in zip(read, given, strict=True):
        assert type(one) is UUID
        assert (str(one), repr(one), hash(one), one.is_safe, one.bytes) == (
            str(other), repr(other), hash(other), other.is_safe, other.bytes,
        )  # fmt: skip
        assert copy.deepcopy(one) == other
