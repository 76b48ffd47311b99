# ruff: noqa: S608 - statements are made of this module's constants and of definitions, never of anything typed
"""One pass over the delivery lines of many reviews: the sums of every KPI, and the snapshot they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from operations.kpi.formulas import LINE, Measurement, Sums, aggregates, measure
from operations.models import KpiDefinition

#: What the snapshot keeps of a line: name and PostgreSQL type. Amounts are texts, so that no reader makes
#: binary fractions of them; `version` tells which version of the line was read.
KEPT = (
    ("id", "uuid"),
    ("version", "integer"),
    ("scheduled_on", "date"),
    ("delivered_on", "date"),
    ("ordered_on", "date"),
    ("quantity_ordered", "numeric"),
    ("quantity_delivered", "numeric"),
    ("quantity_accepted", "numeric"),
    ("value", "numeric"),
    ("currency", "text"),
)


def _member(name: str, kind: str) -> str:
    """SQL of one member of a line's JSON, as text."""
    column = f"{LINE}.{name}"
    if kind == "integer":
        value = column
    elif kind == "text":
        value = f"to_json({column})"
    else:
        value = f"""coalesce('"' || {column} || '"', 'null')"""
    return f"""'"{name}": ' || {value}"""


#: A line's JSON as the very text that PostgreSQL writes of `jsonb`, shorter names first: the hash is taken of it
#: as it stands, and one text for a review is made in half the time of an object for each line.
_OBJECT = " || ', ' || ".join(
    _member(name, kind) for name, kind in sorted(KEPT, key=lambda column: (len(column[0]), column[0]))
)
_SUMS = ("cases", "known", "missing", "judged", "total", "currencies")
_SCHEDULED_HERE = 'operations_delivery.scheduled_on BETWEEN "due".starts_on AND "due".ends_on'
_DELIVERED_HERE = 'operations_delivery.delivered_on BETWEEN "due".starts_on AND "due".ends_on'
_OF_RELATIONSHIP = '"due" JOIN operations_delivery ON operations_delivery.relationship_id = "due".relationship_id'


def in_force() -> list[KpiDefinition]:
    """Return the KPI definitions in force, in the order of their codes."""
    return list(KpiDefinition.objects.filter(state=KpiDefinition.State.IN_FORCE).order_by("code"))


def by_delivery(definition: KpiDefinition) -> bool:
    return definition.date_basis == KpiDefinition.DateBasis.DELIVERED


def _days_due(cursor: Any) -> tuple[date, date]:
    """Return the first and the last day of all reviews in the temporary table `due`."""
    cursor.execute('SELECT min(starts_on), max(ends_on) FROM "due"')
    first, last = cursor.fetchone()
    return first, last


def _source(definitions: Iterable[KpiDefinition], first: date, last: date) -> str:
    """The lines of each review in the table `due`, aliased like the table that the formulas name.

    By their scheduled day and, where a definition goes by it, by their delivery day, each line once. The days of all
    reviews together are written out: the planner cannot see them in the join and would read every line there is.
    """
    span = f"BETWEEN DATE '{first}' AND DATE '{last}'"
    scheduled = f"{_OF_RELATIONSHIP} AND {_SCHEDULED_HERE} AND operations_delivery.scheduled_on {span}"
    if not any(map(by_delivery, definitions)):
        return scheduled
    delivered = f"{_OF_RELATIONSHIP} AND {_DELIVERED_HERE} AND operations_delivery.delivered_on {span}"
    columns = ", ".join(f"operations_delivery.{name}" for name, _ in KEPT)
    return (
        f'(SELECT "due".review_id, TRUE AS by_schedule, coalesce({_DELIVERED_HERE}, FALSE) AS by_delivery, {columns}'
        f" FROM {scheduled}"
        f' UNION ALL SELECT "due".review_id, FALSE, TRUE, {columns}'
        f" FROM {delivered} AND NOT ({_SCHEDULED_HERE})) AS operations_delivery"
    )


def _grouped(cursor: Any, definitions: Sequence[KpiDefinition], as_of: date) -> str:
    """SELECT of review, the sums of each definition in its order, and the snapshot."""
    both = any(map(by_delivery, definitions))
    columns = []
    for number, definition in enumerate(definitions):
        within = "TRUE"
        if both:
            within = f"{LINE}.by_delivery" if by_delivery(definition) else f"{LINE}.by_schedule"
        sums = aggregates(definition, as_of, within)
        columns += [f"{sums[name]} AS {name}_{number}" for name in _SUMS]
    review = f"{LINE}.review_id" if both else '"due".review_id'
    return (
        f"SELECT {review} AS review_id, {', '.join([*columns, 'count(*) AS line_count'])},"
        f" '[' || string_agg('{{' || {_OBJECT} || '}}', ', ' ORDER BY {LINE}.id) || ']' AS line_rows"
        f" FROM {_source(definitions, *_days_due(cursor))} GROUP BY {review}"
    )


def set_due(cursor: Any, reviews: Iterable[tuple[UUID, UUID, date, date]]) -> None:
    """Name the reviews to look at: (review, relationship, first day, last day), for the rest of the transaction."""
    listed = list(reviews)
    cursor.execute('DROP TABLE IF EXISTS "due"')
    cursor.execute(
        """
        CREATE TEMP TABLE "due" ON COMMIT DROP AS
        SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::date[], %s::date[])
            AS d (review_id, relationship_id, starts_on, ends_on)
        """,
        [
            [str(row[0]) for row in listed],
            [str(row[1]) for row in listed],
            [row[2] for row in listed],
            [row[3] for row in listed],
        ],
    )
    cursor.execute('ANALYZE "due"')


def take(cursor: Any, definitions: Sequence[KpiDefinition], as_of: date) -> dict[UUID, list[Measurement]]:
    """Keep the snapshot of every review in `due` and return its measurements, in the definitions' order.

    One statement, one pass over the lines. A review without a line is in the answer like any other.
    """
    sums = ", ".join(f"{name}_{number}" for number in range(len(definitions)) for name in _SUMS)
    cursor.execute(
        f"""
        WITH grouped AS MATERIALIZED ({_grouped(cursor, definitions, as_of)}),
        kept AS (
            INSERT INTO operations_reviewinputs (review_id, taken_at, count, sha256, rows)
            SELECT review_id, %s, coalesce(line_count, 0),
                   encode(sha256(convert_to(coalesce(line_rows, '[]'), 'UTF8')), 'hex'),
                   coalesce(line_rows, '[]')::jsonb
            FROM "due" LEFT JOIN grouped USING (review_id)
            ON CONFLICT (review_id) DO UPDATE SET taken_at = excluded.taken_at, count = excluded.count,
                sha256 = excluded.sha256, rows = excluded.rows
        )
        SELECT "due".review_id{", " + sums if sums else ""} FROM "due" LEFT JOIN grouped USING (review_id)
        """,
        [timezone.now()],
    )
    return {row[0]: _measured(definitions, row[1:]) for row in cursor.fetchall()}


def look(cursor: Any, definitions: Sequence[KpiDefinition], as_of: date) -> dict[UUID, list[Measurement]]:
    """Return what `take` would, keeping nothing."""
    sums = ", ".join(f"{name}_{number}" for number in range(len(definitions)) for name in _SUMS)
    cursor.execute(
        f"""
        SELECT "due".review_id{", " + sums if sums else ""}
        FROM "due" LEFT JOIN ({_grouped(cursor, definitions, as_of)}) AS grouped USING (review_id)
        """
    )
    return {row[0]: _measured(definitions, row[1:]) for row in cursor.fetchall()}


def _measured(definitions: Sequence[KpiDefinition], row: Sequence[Any]) -> list[Measurement]:
    found = []
    width = len(_SUMS)
    for number, definition in enumerate(definitions):
        part = row[number * width : (number + 1) * width]
        found.append(measure(definition, Sums() if part[0] is None else Sums(*part)))
    return found


_CHANGED = f"""
WITH "due" AS (
    SELECT id AS review_id, relationship_id, starts_on, ends_on FROM operations_review WHERE id = %(review)s
), signed AS (
    SELECT kept.* FROM operations_reviewinputs i,
        jsonb_to_recordset(i.rows) AS kept ({", ".join(f"{name} {kind}" for name, kind in KEPT)})
    WHERE i.review_id = %(review)s
), now AS (
    SELECT {", ".join(f"operations_delivery.{name}" for name, _ in KEPT)} FROM {{source}}
)
SELECT coalesce(signed.id, now.id),
       CASE WHEN signed.id IS NULL THEN 'added' WHEN now.id IS NULL THEN 'removed' ELSE 'changed' END
FROM signed FULL JOIN now ON now.id = signed.id
WHERE signed.id IS NULL OR now.id IS NULL
   OR ({", ".join(f"signed.{name}" for name, _ in KEPT if name != "version")})
      IS DISTINCT FROM ({", ".join(f"now.{name}" for name, _ in KEPT if name != "version")})
ORDER BY 1
"""


def changed_lines(cursor: Any, definitions: Sequence[KpiDefinition], review_id: UUID) -> list[tuple[UUID, str]]:
    """Return the lines of a review that differ from its snapshot: (key, added/changed/removed)."""
    # `due` is a part of this very statement, so its days are asked of the review itself.
    cursor.execute("SELECT starts_on, ends_on FROM operations_review WHERE id = %s", [review_id])
    source = _source(definitions, *cursor.fetchone())
    cursor.execute(_CHANGED.format(source=source), {"review": review_id})
    return cursor.fetchall()


def snapshot_part(review_id: UUID, definition: KpiDefinition, part_sql: str) -> list[UUID]:
    """Return the keys of the snapshot's lines that meet a condition of `formulas.terms`."""
    span = _DELIVERED_HERE if by_delivery(definition) else _SCHEDULED_HERE
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT operations_delivery.id
            FROM operations_reviewinputs i
            JOIN operations_review AS "due" ON "due".id = i.review_id,
            jsonb_to_recordset(i.rows) AS operations_delivery ({", ".join(f"{name} {kind}" for name, kind in KEPT)})
            WHERE i.review_id = %s AND {span} AND ({part_sql})
            ORDER BY operations_delivery.scheduled_on, operations_delivery.id
            """,
            [review_id],
        )
        return [row[0] for row in cursor.fetchall()]
