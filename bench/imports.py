"""An import with validation, matching, trail and idempotency against bare COPY and one INSERT … SELECT of the same rows."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import measure, portfolio
from bench.database import superuser

COLUMNS = (
    "ID",
    "Order",
    "Vendor",
    "Programme",
    "Item",
    "Country",
    "Mode",
    "Ordered",
    "Due",
    "Arrived",
    "Quantity",
    "Value",
)
PROFILE = {
    "name": "bench",
    "date_format": "%Y-%m-%d",
    "fields": {
        "external_id": {"column": "ID", "kind": "identifier", "required": True},
        "order_ref": {"column": "Order", "kind": "identifier"},
        "cmo": {"column": "Vendor", "required": True},
        "programme": {"column": "Programme", "required": True},
        "item": {"column": "Item", "required": True},
        "country": {"column": "Country", "kind": "country"},
        "transport_mode": {"column": "Mode"},
        "ordered_on": {"column": "Ordered", "kind": "date"},
        "scheduled_on": {"column": "Due", "kind": "date", "required": True},
        "delivered_on": {"column": "Arrived", "kind": "date"},
        "quantity_ordered": {"column": "Quantity", "kind": "decimal", "thousands": ",", "minimum": 0},
        "value": {"column": "Value", "kind": "decimal", "thousands": ",", "minimum": 0},
        "currency": {"constant": "EUR", "kind": "currency"},
    },
}

BARE = """
INSERT INTO bare_line SELECT uuidv7(), s.c1, s.c2, r.id, s.c5, s.c6, s.c7, s.c8::date, s.c9::date, s.c10::date,
  s.c11::numeric, s.c12::numeric
FROM bare_staging AS s JOIN partners_cmo AS c ON lower(c.legal_name) = lower(s.c3)
JOIN partners_programme AS p ON lower(p.name) = lower(s.c4)
JOIN partners_relationship AS r ON r.cmo_id = c.id AND r.programme_id = p.id
"""


def _rows(count: int) -> list[tuple[Any, ...]]:
    with superuser() as cursor:
        cursor.execute(
            "SELECT c.legal_name, p.name FROM partners_relationship AS r JOIN partners_cmo AS c ON c.id = r.cmo_id"
            " JOIN partners_programme AS p ON p.id = r.programme_id ORDER BY 1, 2"
        )
        pairs = cursor.fetchall()
    found = []
    for number in range(count):
        cmo, programme = pairs[number % len(pairs)]
        due = date(2025, 1, 1) + timedelta(days=number % 700)
        found.append(
            (
                f"L{number:08d}", f"PO-{number // 3}", cmo, programme, f"Item {number % 50}", "Ireland", "Air",
                due - timedelta(days=90), due, due + timedelta(days=number % 20 == 0 and 6), 100 + number % 900, 1000 + number % 7000,
            )
        )  # fmt: skip
    return found


def run(count: int) -> None:
    """Print rows per second of the bare statements, of a first import, and of the same file again."""
    from cmo_lifecycle.accounts.models import User
    from operations.importing.commit import import_file

    portfolio.grow(400, 0)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(count))
    actor = User.objects.get(email="person1@bench.example")
    with tempfile.TemporaryDirectory() as folder, superuser() as cursor:
        path = Path(folder, "lines.csv")
        path.write_text(text.getvalue())
        names = ", ".join(f"c{number} text" for number in range(1, len(COLUMNS) + 1))
        cursor.execute(f"CREATE TABLE bare_staging ({names})")
        cursor.execute(
            "CREATE TABLE bare_line (id uuid PRIMARY KEY, external_id text UNIQUE, order_ref text, relationship_id uuid,"
            " item text, country text, mode text, ordered_on date, scheduled_on date, delivered_on date,"
            " quantity numeric, value numeric)"
        )

        def bare() -> None:
            cursor.execute("TRUNCATE bare_staging, bare_line")
            with path.open() as stream:
                cursor.copy_expert("COPY bare_staging FROM STDIN (FORMAT csv, HEADER)", stream)
            cursor.execute(BARE)

        bare_seconds = measure.seconds(bare, times=3, warm=1)
        before = measure.peak_megabytes()
        results: list[Any] = []
        steps = {}
        for name in ("first import", "the same file again"):
            steps[name] = measure.seconds(lambda: results.append(import_file(path, PROFILE, actor, source="bench")))
    rows = [["bare COPY and INSERT … SELECT", f"{bare_seconds:.2f} s", f"{count / bare_seconds:,.0f}", "1"]]
    rows += [
        [name, f"{taken:.2f} s", f"{count / taken:,.0f}", f"1/{taken / bare_seconds:.1f}"]
        for name, taken in steps.items()
    ]
    measure.table(f"Import of {count:,} rows", ["way", "time", "rows/s", "of bare"], rows)
    for result in results:
        print(f"  {result.sentence}")
    print(f"  Memory added by the imports: {measure.peak_megabytes() - before:,.1f} MB.")
