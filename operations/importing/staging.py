"""From a file to temporary tables: rows stream through, nothing is kept in memory.

Temporary tables belong to the database session, are written to no log and vanish with the session, so that a dry
run leaves nothing behind, however it ends. They are made outside any long transaction; only a commit's last step,
which is set-based, is one transaction.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from cmo_lifecycle.tabular.profiles import ParsedRow, Profile, compile_profile
from cmo_lifecycle.tabular.reader import Row, Table

CHUNK = 4000
MESSAGE = 500

#: A look at how far the work is: rows done. It may raise to stop the work.
Tick = Callable[[int], None]

TABLES = ("import_row", "import_problem", "import_link", "import_match", "import_ready", "import_bad")


def nothing(done: int) -> None:
    return None


def name_key(expression: str) -> str:
    """SQL for what two spellings of a name have in common: letters without case, blanks without number."""
    return f"lower(btrim(regexp_replace({expression}, '\\s+', ' ', 'g')))"


def drop_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in TABLES))


def make_problem_table(cursor: CursorWrapper) -> None:
    # `late` ones come from comparing with what is kept here, which has to be done anew at each look.
    cursor.execute(
        "CREATE TEMP TABLE import_problem (row int NOT NULL, col text NOT NULL, message text NOT NULL,"
        " late boolean NOT NULL DEFAULT false)"
    )


def copy(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, filled: str = ""
) -> int:
    """Append rows to a temporary table by COPY, a few thousand at a time; return how many.

    None is NULL; in the columns named by `filled` (separated by commas) it is the empty text.
    """
    force = f", FORCE_NOT_NULL ({filled})" if filled else ""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv{force})"
    count = 0
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        count += 1
        if count % CHUNK == 0:
            _send(cursor, statement, buffer)
            buffer = io.StringIO()
            writer = csv.writer(buffer, lineterminator="\n")
    _send(cursor, statement, buffer)
    return count


def _send(cursor: CursorWrapper, statement: str, buffer: io.StringIO) -> None:
    if buffer.tell():
        buffer.seek(0)
        cursor.copy_expert(statement, buffer)


class Problems:
    """Problems found while rows are parsed, on disk until the database is free to take them."""

    def __init__(self) -> None:
        # Closed by `store`, or with the process.
        self.spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            max_size=1 << 20, mode="w+", encoding="utf-8", newline=""
        )
        self.writer = csv.writer(self.spool, lineterminator="\n")
        self.count = 0

    def add(self, row: int, column: str | None, message: str) -> None:
        self.writer.writerow((row, column or "", message[:MESSAGE]))
        self.count += 1

    def store(self, cursor: CursorWrapper) -> None:
        """Put them into the table of problems."""
        if self.count:
            self.spool.seek(0)
            cursor.copy_expert(
                "COPY import_problem (row, col, message) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (col))", self.spool
            )
        self.spool.close()


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as COPY takes them, each cell being its text already (`tabular.bulk`)."""
    return ("\n".join(map("\t".join, rows)) + "\n").encode()


def copy_ahead(
    cursor: CursorWrapper,
    table: str,
    columns: Sequence[str],
    source: Table,
    make: Callable[[list[Row]], bytes],
    tick: Tick,
) -> int:
    """Append a file's rows to a temporary table; return how many.

    The database takes one piece while `make` writes the next in a thread of its own, so it may not ask the database.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    rows = source.rows()

    def piece() -> tuple[int, bytes]:
        batch = list(islice(rows, CHUNK))
        return len(batch), make(batch) if batch else b""

    done = 0
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as thread:
        coming = thread.submit(piece)
        while (found := coming.result())[0]:
            coming = thread.submit(piece)
            cursor.copy_expert(statement, io.BytesIO(found[1]), size=1 << 17)
            done += found[0]
            tick(done)
    tick(done)
    return done


def parsed_rows(profile: Profile, table: Table, tick: Tick) -> Iterator[ParsedRow]:
    """Stream the file's rows, parsed."""
    convert = compile_profile(profile, table.columns)
    done = 0
    for number, cells, problem in table.rows():
        yield convert(number, cells, problem)
        done += 1
        if done % CHUNK == 0:
            tick(done)
    tick(done)


def merge(rows: Iterable[Row], problems: Iterable[tuple[int, str, str]]) -> Iterator[tuple[Row, list[tuple[str, str]]]]:
    """Bring together the file's rows and their problems, both in the order of row numbers: bad rows only."""
    found = iter(problems)
    waiting = next(found, None)
    for row in rows:
        if waiting is None:
            return
        here = []
        while waiting is not None and waiting[0] <= row.number:
            if waiting[0] == row.number:
                here.append((waiting[1], waiting[2]))
            waiting = next(found, None)
        if here:
            yield row, here


def stored_problems(batch: int = 5000) -> Iterator[tuple[int, str, str]]:
    """Stream the table of problems in order of row."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS import_problem_in_order ON import_problem (row, col, message)")
        after: tuple[Any, ...] = (-1, "", "")
        while True:
            cursor.execute(
                "SELECT DISTINCT row, col, message FROM import_problem WHERE (row, col, message) > (%s, %s, %s)"
                " ORDER BY row, col, message LIMIT %s",
                [*after, batch],
            )
            found = cursor.fetchall()
            yield from found
            if len(found) < batch:
                return
            after = found[-1]
