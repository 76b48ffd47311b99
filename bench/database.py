"""Databases of the benchmark's own, and the superuser who fills them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection


@contextmanager
def superuser(database: str | None = None, *, triggers: bool = False) -> Iterator[Any]:
    """A cursor of the superuser's; without `triggers` the rows come in unheard, as a generator's may."""
    made = psycopg2.connect(os.environ["CMO_TEST_SUPERUSER_URL"], dbname=database or connection.settings_dict["NAME"])
    made.autocommit = True
    try:
        with made.cursor() as cursor:
            if not triggers:
                cursor.execute("SET session_replication_role = replica")
            yield cursor
    finally:
        made.close()


def open_copy(name: str, empty: str) -> None:
    """Make `name` as a copy of the migrated, empty database and let Django work in it."""
    connection.close()
    with superuser("postgres") as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {empty}")
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
