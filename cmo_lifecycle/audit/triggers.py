# ruff: noqa: S608 - table and column names come from the models, quoted; every value is a parameter
"""Put the trail's triggers on every covered table, and tell where one is missing."""

from __future__ import annotations

from typing import Any

from django.db import connections

from cmo_lifecycle.audit.coverage import Covered, covered

OPERATIONS = {
    "audit_on_insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows",
    "audit_on_update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "audit_on_delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows",
}
REFUSE = "audit_refuses_truncate"


def _array(names: tuple[str, ...]) -> str:
    return "{" + ",".join(names) + "}"


def _arguments(table: Covered) -> list[str]:
    return [table.key, _array(table.hidden), _array(table.quiet)]


def _present(cursor: Any) -> dict[tuple[str, str], tuple[list[str], str]]:
    cursor.execute(
        """
        SELECT c.relname, t.tgname, encode(t.tgargs, 'escape'), t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND NOT t.tgisinternal AND t.tgname LIKE 'audit\\_%%'
        """
    )
    return {
        (table, name): (arguments.split("\\000")[:-1], enabled) for table, name, arguments, enabled in cursor.fetchall()
    }


def install(using: str = "default") -> int:
    """Create each missing or outdated trigger; return how many were written."""
    connection = connections[using]
    written = 0
    with connection.cursor() as cursor:
        present = _present(cursor)
        tables = set(connection.introspection.table_names(cursor))
        for table in covered():
            if table.table not in tables:
                continue
            quoted = connection.ops.quote_name(table.table)
            arguments = _arguments(table)
            if (table.table, "audit_on_insert") not in present:
                _begin(cursor, table, quoted)
            for name, clause in OPERATIONS.items():
                if present.get((table.table, name), ([], ""))[0] == arguments:
                    continue
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} {clause.format(table=quoted)}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION audit_record(%s, %s, %s)",
                    arguments,
                )
                written += 1
            if (table.table, REFUSE) not in present:
                cursor.execute(
                    f"CREATE TRIGGER {REFUSE} BEFORE TRUNCATE ON {quoted}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
                )
                written += 1
    return written


def _begin(cursor: Any, table: Covered, quoted: str) -> None:
    """Let the trail of a table begin with the rows that its migrations wrote before the triggers were there."""
    cursor.execute(
        f"SELECT audit_baseline(%s, %s, coalesce(jsonb_agg(to_jsonb(t) - %s::text[]), '[]')) FROM {quoted} AS t",
        [table.table, table.key, _array(table.hidden + table.quiet)],
    )


def missing(using: str = "default") -> list[str]:
    """Return a sentence for each covered table whose trigger is absent, disabled or outdated."""
    connection = connections[using]
    with connection.cursor() as cursor:
        present = _present(cursor)
    found = []
    for table in covered():
        for name in (*OPERATIONS, REFUSE):
            arguments, enabled = present.get((table.table, name), ([], ""))
            if not enabled:
                found.append(f"Table {table.table} has no trigger {name}: run migrate.")
            elif enabled == "D":
                found.append(f"Trigger {name} of table {table.table} is switched off.")
            elif name != REFUSE and arguments != _arguments(table):
                found.append(f"Trigger {name} of table {table.table} is out of date: run migrate.")
    return found


def install_after_migrate(sender: Any, using: str = "default", plan: Any = None, **kwargs: Any) -> None:
    """Install once, at the end of `migrate`, when this app's own function exists."""
    if sender.label != "audit":
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public.audit_record')")
        if cursor.fetchone()[0] is None:
            return
    install(using)
