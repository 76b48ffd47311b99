"""What every row comes to: rows beside the lines they would change, what is wrong with them, and their counts."""

# ruff: noqa: S608 - columns come from the models, tables are named here; what a person typed is always a parameter

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.db.models.sql import Query

from cmo_lifecycle.partners.models import Relationship
from operations.importing import matching
from operations.importing.deliveries.fields import FIELDS, field_of, is_text
from operations.importing.deliveries.one_pass import Pass
from operations.importing.findings import CHANGES_KEPT
from operations.importing.targets import noted_keys
from operations.models import Delivery


def twins(a_pass: Pass, cursor: Any) -> None:
    a_pass.report(
        cursor,
        "SELECT s.row, format('The id “%%s” stands in row %%s already; each line needs an id of its own.',"
        " s.external_id, t.first) AS message FROM import_row s JOIN (SELECT source_system, external_id,"
        " min(row) AS first FROM import_row WHERE external_id <> '' GROUP BY 1, 2 HAVING count(*) > 1) AS t"
        " USING (source_system, external_id) WHERE s.row <> t.first",
        [],
        a_pass.column_of("external_id"),
    )


def too_large(a_pass: Pass, cursor: Any) -> None:
    for name in a_pass.mapped:
        field = field_of(name)
        if not isinstance(field, models.DecimalField):
            continue
        digits = field.max_digits - field.decimal_places
        a_pass.report(
            cursor,
            f"SELECT row, format('%%s is too large: at most {digits} digits before the decimal mark can be kept.',"
            f" {name}) AS message FROM import_row WHERE abs({name}) >= %s",
            [Decimal(10) ** digits],
            a_pass.column_of(name),
        )


def make_ready(a_pass: Pass, cursor: Any) -> None:
    """Put each staged row beside the line it would change, with the values that would then stand."""
    shown = [
        "s.row",
        "s.broken",
        "l.link",
        "d.id AS delivery_id",
        "d.version AS old_version",
        "d.relationship_id AS old_relationship_id",
    ]
    shown += ["s.source_system", "s.external_id"]
    differ = ["CASE WHEN d.relationship_id IS DISTINCT FROM m.relationship_id THEN 'relationship' END"]
    if "site" in a_pass.profile.fields:
        differ.append(
            "CASE WHEN d.site_id IS DISTINCT FROM m.site_id OR (m.site_id IS NULL AND s.site <> '') THEN 'site' END"
        )
    for name in FIELDS:
        if name in a_pass.mapped:
            shown.append(f"s.{name}")
            differ.append(f"CASE WHEN d.{name} IS DISTINCT FROM s.{name} THEN '{name}' END")
        else:
            shown.append(f"coalesce(d.{name}, '') AS {name}" if is_text(name) else f"d.{name}")
    keys = noted_keys(a_pass.profile)
    notes = "coalesce(d.notes, '{}'::jsonb) - %s::text[] || s.notes"
    shown.append(f"{notes} AS notes")
    differ.append(f"CASE WHEN d.notes IS DISTINCT FROM ({notes}) THEN 'notes' END")
    cursor.execute(
        f"CREATE TEMP TABLE import_ready AS SELECT {', '.join(shown)},"
        f" CASE WHEN d.id IS NOT NULL THEN array_remove(ARRAY[{', '.join(differ)}], NULL) END AS changes"
        " FROM import_row s"
        " LEFT JOIN import_link l ON l.cmo = s.cmo AND l.programme = s.programme AND l.site = s.site"
        " LEFT JOIN import_match m ON m.link = l.link"
        " LEFT JOIN operations_delivery d ON d.source_system = s.source_system AND d.external_id = s.external_id"
        "  AND d.external_id <> ''",
        [keys, keys],
    )


def guard_hidden(a_pass: Pass, cursor: Any) -> None:
    """A line that stands in a relationship this person does not see stays as it is."""
    seen, parameters = matching.keys_sql(Relationship.objects.visible_to(a_pass.actor))
    a_pass.report(
        cursor,
        "SELECT row, format('The line “%%s” is kept here already, where you cannot see it.', external_id)"
        f" AS message FROM import_ready WHERE old_relationship_id IS NOT NULL AND old_relationship_id NOT IN ({seen})",
        parameters,
        a_pass.column_of("external_id"),
    )


def ask_rules(a_pass: Pass, cursor: Any) -> None:
    """Ask the model's own check constraints of every row as it would stand."""
    for constraint in Delivery._meta.constraints:
        if not isinstance(constraint, models.CheckConstraint):
            continue
        query = Query(model=Delivery, alias_cols=False)
        where = query.build_where(constraint.condition)
        sql, parameters = where.as_sql(query.get_compiler(connection=connection), connection)
        columns = [a_pass.column_of(name) for name in names_in(constraint.condition)]
        a_pass.report(
            cursor,
            f"SELECT row, %s AS message FROM import_ready WHERE NOT broken AND NOT ({sql})",
            [str(constraint.get_violation_error_message()), *parameters],
            ", ".join(dict.fromkeys(column for column in columns if column))[:200],
        )


def sort_rows(a_pass: Pass, cursor: Any) -> None:
    """Count the rows by what becomes of them, and what has to be made for the good ones."""
    cursor.execute("CREATE TEMP TABLE import_bad AS SELECT DISTINCT row FROM import_problem")
    cursor.execute("ANALYZE import_bad")
    cursor.execute("ANALYZE import_ready (row, link, delivery_id)")
    found = a_pass.findings
    cursor.execute("SELECT count(*) FROM import_problem")
    found.problems = cursor.fetchone()[0]
    cursor.execute(
        "SELECT count(*) FILTER (WHERE b.row IS NOT NULL), count(*) FILTER (WHERE b.row IS NULL AND delivery_id IS NULL),"
        " count(*) FILTER (WHERE b.row IS NULL AND delivery_id IS NOT NULL AND changes <> '{}'),"
        " count(*) FILTER (WHERE b.row IS NULL AND delivery_id IS NOT NULL AND changes = '{}')"
        " FROM import_ready r LEFT JOIN import_bad b ON b.row = r.row"
    )
    found.rows_bad, found.rows_new, found.rows_changed, found.rows_same = cursor.fetchone()
    if found.rows_changed:
        cursor.execute(
            "SELECT external_id, changes FROM import_ready r WHERE changes <> '{}'"
            " AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row) ORDER BY row LIMIT %s",
            [CHANGES_KEPT],
        )
        found.changed = [{"id": line, "fields": fields} for line, fields in cursor.fetchall()]
    cursor.execute(
        "SELECT currency, sum(value) FROM import_ready r WHERE value IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row) GROUP BY 1 ORDER BY 1"
    )
    found.totals = dict(cursor.fetchall())
    _count_lines(a_pass, cursor)


def _count_lines(a_pass: Pass, cursor: Any) -> None:
    found = a_pass.findings
    good = "AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row)" if a_pass.create_missing else ""
    cursor.execute(
        f"SELECT link, count(*), min(scheduled_on) FROM import_ready r WHERE link IS NOT NULL {good} GROUP BY 1"
    )
    since: dict[str, date] = {}
    lines: dict[tuple[str, str], int] = {}
    for number, count, first in cursor.fetchall():
        link = a_pass.links[number]
        pair = f"{link.cmo_key}\n{link.programme_key}"
        for noun, key in (
            ("cmos", link.cmo_key),
            ("programmes", link.programme_key),
            ("sites", f"{link.cmo_key}\n{link.site_key}"),
            ("relationships", pair),
        ):
            lines[noun, key] = lines.get((noun, key), 0) + count
        if first is not None:
            since[pair] = min(first, since.get(pair, first))
    listed: dict[str, list[dict[str, Any]]] = {}
    for noun, entries in found.unmatched.items():
        listed[noun] = []
        for entry in entries:
            key = entry["key"]
            entry["lines"] = lines.get((noun, key), 0)
            if noun == "relationships":
                entry["since"] = since.get(key)
            if entry["lines"]:
                listed[noun].append(entry)
    if a_pass.create_missing:
        found.create, found.unmatched = listed, {}
    else:
        found.create, found.unmatched = {}, listed


def names_in(condition: Any) -> list[str]:
    found: list[str] = []
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            found.append(child[0].partition("__")[0])
            if isinstance(child[1], models.F):
                found.append(child[1].name)
        else:
            found.extend(names_in(child))
    return [name for name in dict.fromkeys(found) if name in FIELDS]
