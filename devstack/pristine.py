"""Bring a test database back to what the migrations left, after a test that committed.

Django's own way is TRUNCATE, which the application's role may not and the trail's triggers refuse.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field

import psycopg2
from psycopg2 import sql

TABLES = """
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
# Deleting is quicker than TRUNCATE for the few rows of most tests, and slower for the many of some.
LARGE = 1024 * 1024


@dataclass
class Pristine:
    """What the tables held when the database was made; `url` is the superuser's address of it."""

    url: str
    rows: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, url: str) -> Pristine:
        """Remember the rows and sequences of the database at `url`."""
        found = cls(url)
        with found._cursor() as cursor:
            for table in _filled(cursor, _tables(cursor)):
                content = io.BytesIO()
                cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table)), content)
                found.rows[table] = content.getvalue()
            found.digests = _digests(cursor, sorted(found.rows))
            cursor.execute(SEQUENCES)
            found.sequences = {name: last for name, _, last in cursor.fetchall()}
        return found

    def restore(self) -> None:
        """Make every table hold those rows again, past all triggers and foreign keys."""
        with self._cursor() as cursor:
            # Generous: a test that leaves a transaction open should hear of it and not hang for ever.
            cursor.execute("SET lock_timeout = '20s'")
            cursor.execute("SET session_replication_role = replica")
            tables = _tables(cursor)
            _empty(cursor, _filled(cursor, [table for table in tables if table not in self.rows]))
            now = _digests(cursor, sorted(self.rows))
            for table, content in self.rows.items():
                if now[table] != self.digests[table]:
                    _empty(cursor, [table])
                    command = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                    cursor.copy_expert(command, io.BytesIO(content))
            self._restore_sequences(cursor)

    def _restore_sequences(self, cursor) -> None:
        cursor.execute(SEQUENCES)
        for name, start, last in cursor.fetchall():
            before = self.sequences.get(name)
            if last == before:
                continue
            identifier = sql.Identifier("public", name).as_string(cursor)
            if before is None:
                cursor.execute("SELECT setval(%s, %s, false)", [identifier, start])
            else:
                cursor.execute("SELECT setval(%s, %s, true)", [identifier, before])

    @contextlib.contextmanager
    def _cursor(self):
        with contextlib.closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '120s'")
            yield cursor


def _tables(cursor) -> list[str]:
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def _filled(cursor, tables: list[str]) -> list[str]:
    if not tables:
        return []
    probe = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    cursor.execute(
        sql.SQL(" UNION ALL ").join(probe.format(sql.Literal(table), sql.Identifier(table)) for table in tables)
    )
    return [name for (name,) in cursor.fetchall()]


def _empty(cursor, tables: list[str]) -> None:
    for table in tables:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [sql.Identifier(table).as_string(cursor)])
        large = cursor.fetchone()[0] > LARGE
        # CASCADE reaches tables with rows of the migrations only before those are compared, see `restore`.
        command = "TRUNCATE {} CASCADE" if large else "DELETE FROM {}"
        cursor.execute(sql.SQL(command).format(sql.Identifier(table)))


def _digests(cursor, tables: list[str]) -> dict[str, str]:
    if not tables:
        return {}
    digest = sql.SQL("SELECT {}, md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t")
    cursor.execute(
        sql.SQL(" UNION ALL ").join(digest.format(sql.Literal(table), sql.Identifier(table)) for table in tables)
    )
    return dict(cursor.fetchall())
