"""The steps of a pass, in their order: the file is read, every row is judged, the good ones are written."""

from __future__ import annotations

import json

from django.db import connection
from django.utils import timezone

from cmo_lifecycle.tabular.bulk import NULL, Batch, Bulk, copy_text
from cmo_lifecycle.tabular.reader import Row, Table
from cmo_lifecycle.workflow.models import Event
from operations.importing import staging
from operations.importing.deliveries.fields import NAMES, is_text, sql_type
from operations.importing.deliveries.judging import ask_rules, guard_hidden, make_ready, sort_rows, too_large, twins
from operations.importing.deliveries.matching_names import match_names, store_matches
from operations.importing.deliveries.one_pass import Pass
from operations.importing.deliveries.writing import create_missing, insert, update
from operations.importing.findings import Findings
from operations.importing.staging import Problems, Tick
from operations.importing.targets import original_key


class Deliveries(Pass):
    """One pass of a file of delivery lines, read, judged and written."""

    def read(self, table: Table, tick: Tick = staging.nothing) -> int:
        """Stage every row of the file; return how many there were."""
        staging.drop_tables()
        problems = Problems()
        fields = (*NAMES, "source_system", "external_id", *self.mapped)
        columns = ["row", "broken", *fields, "notes"]
        blanks = {name: "" if name in NAMES or is_text(name) else NULL for name in fields}
        blanks["source_system"] = copy_text(self.profile.name)
        bulk = Bulk(self.profile, table.columns, blanks)

        def made(rows: list[Row]) -> bytes:
            batch = bulk.parse(rows)
            broken, notes = _said(batch, problems)
            cells = [batch.cells[name] for name in fields]
            return staging.lines(zip(map(str, batch.numbers), broken, *cells, notes, strict=True))

        with connection.cursor() as cursor:
            own = ", ".join(f"{name} {sql_type(name)}" for name in self.mapped)
            cursor.execute(
                "CREATE TEMP TABLE import_row (row int NOT NULL, broken boolean NOT NULL, cmo text NOT NULL,"
                " site text NOT NULL, programme text NOT NULL, source_system text NOT NULL,"
                f" external_id text NOT NULL, {own}, notes jsonb NOT NULL)"
            )
            staging.make_problem_table(cursor)
            count = staging.copy_ahead(cursor, "import_row", columns, table, made, tick)
            problems.store(cursor)
            cursor.execute("ANALYZE import_row (row, cmo, site, programme, source_system, external_id)")
        self.findings = Findings(rows_read=count)
        return count

    def judge(self) -> Findings:
        """Match, check and sort the staged rows. May be called again, for the world may have moved on."""
        before = self.findings
        self.findings = Findings(rows_read=before.rows_read, facts=before.facts, unused=before.unused)
        with connection.cursor() as cursor:
            # A file's rows are sorted and hashed whole; this much keeps a hundred thousand of them off the disk.
            cursor.execute("SELECT set_config('work_mem', '64MB', true)")
            cursor.execute("DELETE FROM import_problem WHERE late")
            cursor.execute(
                "DROP TABLE IF EXISTS pg_temp.import_link, pg_temp.import_match, pg_temp.import_ready, pg_temp.import_bad"
            )
            twins(self, cursor)
            too_large(self, cursor)
            match_names(self, cursor)
            make_ready(self, cursor)
            guard_hidden(self, cursor)
            ask_rules(self, cursor)
            sort_rows(self, cursor)
        return self.findings

    def write(self, event: Event) -> None:
        """Make what is missing and write the good rows. Raises Raced where a line changed since `judge`."""
        if self.create_missing:
            create_missing(self, event)
        with connection.cursor() as cursor:
            if self.create_missing:
                store_matches(self, cursor)
            now = timezone.now()
            insert(self, cursor, now)
            update(self, cursor, now)


def _said(batch: Batch, problems: Problems) -> tuple[list[str], list[str]]:
    """Keep the problems of some rows; return for each row whether it is broken, and its notes, as COPY takes them."""
    size = len(batch.numbers)
    broken, notes = ["f"] * size, ["{}"] * size
    for place in sorted(batch.errors):
        broken[place] = "t"
        for column, sentence in batch.errors[place]:
            problems.add(batch.numbers[place], column, sentence)
    for place in batch.notes.keys() | batch.originals.keys():
        originals = batch.originals.get(place, {})
        said = batch.notes.get(place, {}) | {original_key(name): text for name, text in originals.items()}
        notes[place] = copy_text(json.dumps(said, ensure_ascii=False))
    return broken, notes
