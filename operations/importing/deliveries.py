"""Delivery lines: staged, matched, judged and written in a few statements, whatever their number.

`Deliveries` is used in this order: `read` (outside a transaction, so that progress shows and work can be stopped),
`judge` (says what every row comes to, writes nothing), `write` (inside the transaction of the commit's own verb).
"""

# ruff: noqa: S608 - columns come from the models, tables are named here; what a person typed is always a parameter

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.sql import Query
from django.utils import timezone

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.actions.relationships import register_as_existing
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from cmo_lifecycle.tabular.bulk import NULL, Batch, Bulk, copy_text
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.tabular.reader import Row, Table
from cmo_lifecycle.workflow.models import Event, Record
from operations.importing import matching, staging
from operations.importing.findings import CHANGES_KEPT, Findings
from operations.importing.making import make
from operations.importing.matching import Hint, quoted
from operations.importing.staging import Problems, Tick, name_key
from operations.importing.targets import noted_keys, original_key, target_table
from operations.models import Delivery, DeliveryImport, ImportProfile

NAMES = ("cmo", "site", "programme")
#: Fields of a delivery that a file can fill, in the order of the staging table.
FIELDS = tuple(
    target.name
    for target in target_table(ImportProfile.Kind.DELIVERIES).values()
    if target.name not in (*NAMES, "external_id", "source_system")
)
MOST_LINKS = 200_000


def field_of(name: str) -> Any:
    return Delivery._meta.get_field(name)


def is_text(name: str) -> bool:
    return isinstance(field_of(name), models.CharField)


def sql_type(name: str) -> str:
    field = field_of(name)
    if isinstance(field, models.DateField):
        return "date"
    return "numeric" if isinstance(field, models.DecimalField) else "text"


class Raced(Exception):
    """Somebody else changed a line between our look and our write."""


@dataclass
class Link:
    """One combination of names in the file, and what it means here. `pending` names what has to be made for it."""

    number: int
    cmo: str
    programme: str
    site: str
    cmo_key: str = ""
    programme_key: str = ""
    site_key: str = ""
    cmo_id: UUID | None = None
    programme_id: UUID | None = None
    site_id: UUID | None = None
    relationship_id: UUID | None = None
    is_good: bool = True


class Deliveries:
    """One pass of a file of delivery lines."""

    def __init__(self, record: DeliveryImport, profile: Profile, actor: User) -> None:
        self.record = record
        self.profile = profile
        self.actor = actor
        self.create_missing = record.create_missing
        self.mapped = [name for name in FIELDS if name in profile.fields]
        self.keeps_notes = bool(noted_keys(profile))
        self.links: dict[int, Link] = {}
        self.findings = Findings()

    # ---- the file

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
            broken, notes = self._said(batch, problems)
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

    @staticmethod
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

    # ---- what every row comes to

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
            self._twins(cursor)
            self._too_large(cursor)
            self._match(cursor)
            self._make_ready(cursor)
            self._guard_hidden(cursor)
            self._rules(cursor)
            self._sort(cursor)
        return self.findings

    def _column(self, field: str) -> str:
        rule = self.profile.fields.get(field)
        return (rule.column if rule is not None else None) or ""

    def _report(self, cursor: Any, sql: str, parameters: list[Any], column: str) -> None:
        """Put what a query of (row, message) finds among the problems."""
        cursor.execute(
            f"INSERT INTO import_problem (row, col, message, late) SELECT row, %s, message, true FROM ({sql}) AS found",
            [column, *parameters],
        )

    def _twins(self, cursor: Any) -> None:
        self._report(
            cursor,
            "SELECT s.row, format('The id “%%s” stands in row %%s already; each line needs an id of its own.',"
            " s.external_id, t.first) AS message FROM import_row s JOIN (SELECT source_system, external_id,"
            " min(row) AS first FROM import_row WHERE external_id <> '' GROUP BY 1, 2 HAVING count(*) > 1) AS t"
            " USING (source_system, external_id) WHERE s.row <> t.first",
            [],
            self._column("external_id"),
        )

    def _too_large(self, cursor: Any) -> None:
        for name in self.mapped:
            field = field_of(name)
            if not isinstance(field, models.DecimalField):
                continue
            digits = field.max_digits - field.decimal_places
            self._report(
                cursor,
                f"SELECT row, format('%%s is too large: at most {digits} digits before the decimal mark can be kept.',"
                f" {name}) AS message FROM import_row WHERE abs({name}) >= %s",
                [Decimal(10) ** digits],
                self._column(name),
            )

    def _match(self, cursor: Any) -> None:
        """Find for each combination of names what it means, or why it means nothing."""
        cursor.execute(
            "CREATE TEMP TABLE import_link AS SELECT (row_number() OVER (ORDER BY cmo, programme, site))::int AS link,"
            " cmo, programme, site FROM (SELECT DISTINCT cmo, programme, site FROM import_row"
            " WHERE cmo <> '' AND programme <> '') AS names"
        )
        cursor.execute("SELECT count(*) FROM import_link")
        if cursor.fetchone()[0] > MOST_LINKS:
            raise TableError(f"The file names more than {MOST_LINKS:,} combinations of CMO, programme and site.")
        cursor.execute("SELECT link, cmo, programme, site FROM import_link ORDER BY link")
        links = [Link(*row) for row in cursor.fetchall()]
        self.links = {link.number: link for link in links}
        keys = matching.keys_of(name for link in links for name in (link.cmo, link.programme, link.site))
        for link in links:
            link.cmo_key, link.programme_key, link.site_key = (
                keys[link.cmo], keys[link.programme], keys[link.site],
            )  # fmt: skip
        problems: list[tuple[int, str, str]] = []
        self._match_cmos(links, problems)
        self._match_programmes(links, problems)
        self._match_sites(links, problems)
        self._match_relationships(links, problems)
        cursor.execute("CREATE TEMP TABLE import_match (link int, relationship_id uuid, site_id uuid)")
        self._store_matches(cursor)
        cursor.execute("CREATE TEMP TABLE import_link_problem (link int, col text, message text)")
        staging.copy(cursor, "import_link_problem", ("link", "col", "message"), problems, filled="col")
        cursor.execute(
            "INSERT INTO import_problem (row, col, message, late) SELECT s.row, p.col, p.message, true"
            " FROM import_row s JOIN import_link l USING (cmo, programme, site) JOIN import_link_problem p USING (link)"
        )
        cursor.execute("DROP TABLE import_link_problem")
        cursor.execute("ANALYZE import_link")

    def _store_matches(self, cursor: Any) -> None:
        cursor.execute("DELETE FROM import_match")
        rows = ((link.number, link.relationship_id, link.site_id) for link in self.links.values())
        staging.copy(cursor, "import_match", ("link", "relationship_id", "site_id"), rows)
        cursor.execute("ANALYZE import_match")

    def _match_cmos(self, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
        found = matching.cmos({link.cmo_key for link in links}, self.actor)
        lacking = {link.cmo for link in links if link.cmo_key not in found}
        near = matching.near_cmos(sorted(lacking), self.actor)
        column = self._column("cmo")
        for link in links:
            known = found.get(link.cmo_key, [])
            if len(known) == 1:
                link.cmo_id = known[0]
            elif known:
                self._refuse(
                    link,
                    problems,
                    column,
                    f"{quoted(link.cmo)} is an alias of {len(known)} CMOs; write the legal name.",
                )
            elif not self.create_missing:
                hint = Hint(near.get(link.cmo, ()))
                self._refuse(link, problems, column, f"There is no CMO called {quoted(link.cmo)}.{hint}")
        self._note_names("cmos", [(link.cmo_key, link.cmo, {}) for link in links if link.cmo in lacking], near)

    def _match_programmes(self, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
        found = matching.programmes({link.programme_key for link in links}, self.actor)
        hidden = {key for key, (_, visible) in found.items() if not visible}
        lacking = {link.programme for link in links if link.programme_key not in found or link.programme_key in hidden}
        near = matching.near_programmes(sorted(lacking), self.actor)
        column = self._column("programme")
        for link in links:
            known = found.get(link.programme_key)
            if known is not None and known[1]:
                link.programme_id = known[0]
            elif known is not None or not self.create_missing:
                # The same words for one that is hidden and one that is not there: who may not see it learns nothing.
                hint = Hint(near.get(link.programme, ()))
                self._refuse(link, problems, column, f"You work on no programme called {quoted(link.programme)}.{hint}")
        told = [
            (link.programme_key, link.programme, {})
            for link in links
            if link.programme in lacking and not (self.create_missing and link.programme_key in hidden)
        ]
        self._note_names("programmes", told, near)

    def _match_sites(self, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
        named = [link for link in links if link.site_key]
        found = matching.sites(((link.cmo_id, link.site_key) for link in named if link.cmo_id), self.actor)
        lacking = [link for link in named if link.cmo_id and (link.cmo_id, link.site_key) not in found]
        near = matching.near_sites([(link.cmo_id, link.site) for link in lacking if link.cmo_id])
        column = self._column("site")
        told = []
        for link in named:
            known = found.get((link.cmo_id, link.site_key), []) if link.cmo_id else []
            if len(known) == 1:
                link.site_id = known[0]
            elif known:
                self._refuse(
                    link,
                    problems,
                    column,
                    f"{quoted(link.cmo)} has {len(known)} sites called {quoted(link.site)}; tell them apart first.",
                )
            else:
                like = near.get((link.cmo_id, link.site), []) if link.cmo_id else []
                if not self.create_missing and link.cmo_id:
                    self._refuse(
                        link,
                        problems,
                        column,
                        f"{quoted(link.cmo)} has no site called {quoted(link.site)}.{Hint(like)}",
                    )
                told.append((f"{link.cmo_key}\n{link.site_key}", link.site, {"cmo": link.cmo, "near": like}))
        self._note_names("sites", told, {})

    def _match_relationships(self, links: list[Link], problems: list[tuple[int, str, str]]) -> None:
        both = [link for link in links if link.cmo_id and link.programme_id]
        found = matching.relationships(((link.cmo_id, link.programme_id) for link in both), self.actor)  # type: ignore[misc]
        told = []
        for link in links:
            known = found.get((link.cmo_id, link.programme_id)) if link.cmo_id and link.programme_id else None
            if known is not None and known[1]:
                link.relationship_id = known[0]
                continue
            if known is not None or (not self.create_missing and link.cmo_id and link.programme_id):
                self._refuse(
                    link,
                    problems,
                    self._column("cmo") or self._column("programme"),
                    f"You see no relationship of {quoted(link.cmo)} in the programme {quoted(link.programme)}.",
                )
            if known is None:
                told.append(
                    (
                        f"{link.cmo_key}\n{link.programme_key}",
                        f"{link.cmo} · {link.programme}",
                        {"cmo": link.cmo, "programme": link.programme},
                    )
                )
        self._note_names("relationships", told, {})

    def _refuse(self, link: Link, problems: list[tuple[int, str, str]], column: str, sentence: str) -> None:
        link.is_good = False
        problems.append((link.number, column, sentence))

    def _note_names(self, noun: str, names: list[tuple[str, str, dict[str, Any]]], near: dict[str, list[str]]) -> None:
        """Keep names that nothing is called, each once; their lines are counted when the rows are sorted."""
        found: dict[str, dict[str, Any]] = {}
        for key, name, more in names:
            found.setdefault(key, {"key": key, "name": name, "lines": 0, "near": near.get(name, []), **more})
        self.findings.unmatched[noun] = list(found.values())

    def _make_ready(self, cursor: Any) -> None:
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
        if "site" in self.profile.fields:
            differ.append(
                "CASE WHEN d.site_id IS DISTINCT FROM m.site_id OR (m.site_id IS NULL AND s.site <> '') THEN 'site' END"
            )
        for name in FIELDS:
            if name in self.mapped:
                shown.append(f"s.{name}")
                differ.append(f"CASE WHEN d.{name} IS DISTINCT FROM s.{name} THEN '{name}' END")
            else:
                shown.append(f"coalesce(d.{name}, '') AS {name}" if is_text(name) else f"d.{name}")
        keys = noted_keys(self.profile)
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

    def _guard_hidden(self, cursor: Any) -> None:
        """A line that stands in a relationship this person does not see stays as it is."""
        seen, parameters = matching.keys_sql(Relationship.objects.visible_to(self.actor))
        self._report(
            cursor,
            "SELECT row, format('The line “%%s” is kept here already, where you cannot see it.', external_id)"
            f" AS message FROM import_ready WHERE old_relationship_id IS NOT NULL AND old_relationship_id NOT IN ({seen})",
            parameters,
            self._column("external_id"),
        )

    def _rules(self, cursor: Any) -> None:
        """Ask the model's own check constraints of every row as it would stand."""
        for constraint in Delivery._meta.constraints:
            if not isinstance(constraint, models.CheckConstraint):
                continue
            query = Query(model=Delivery, alias_cols=False)
            where = query.build_where(constraint.condition)
            sql, parameters = where.as_sql(query.get_compiler(connection=connection), connection)
            columns = [self._column(name) for name in _names_in(constraint.condition)]
            self._report(
                cursor,
                f"SELECT row, %s AS message FROM import_ready WHERE NOT broken AND NOT ({sql})",
                [str(constraint.get_violation_error_message()), *parameters],
                ", ".join(dict.fromkeys(column for column in columns if column))[:200],
            )

    def _sort(self, cursor: Any) -> None:
        """Count the rows by what becomes of them, and what has to be made for the good ones."""
        cursor.execute("CREATE TEMP TABLE import_bad AS SELECT DISTINCT row FROM import_problem")
        cursor.execute("ANALYZE import_bad")
        cursor.execute("ANALYZE import_ready (row, link, delivery_id)")
        found = self.findings
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
        self._count_lines(cursor)

    def _count_lines(self, cursor: Any) -> None:
        found = self.findings
        good = "AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row)" if self.create_missing else ""
        cursor.execute(
            f"SELECT link, count(*), min(scheduled_on) FROM import_ready r WHERE link IS NOT NULL {good} GROUP BY 1"
        )
        since: dict[str, date] = {}
        lines: dict[tuple[str, str], int] = {}
        for number, count, first in cursor.fetchall():
            link = self.links[number]
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
        if self.create_missing:
            found.create, found.unmatched = listed, {}
        else:
            found.create, found.unmatched = {}, listed

    # ---- the commit

    def write(self, event: Event) -> None:
        """Make what is missing and write the good rows. Raises Raced where a line changed since `judge`."""
        if self.create_missing:
            self._create_missing(event)
        with connection.cursor() as cursor:
            if self.create_missing:
                self._store_matches(cursor)
            now = timezone.now()
            self._insert(cursor, now)
            self._update(cursor, now)

    def _create_missing(self, event: Event) -> None:
        create = self.findings.create
        reason = f"{self.record} needs it"
        evidence = f"{self.record}, SHA-256 {self.record.sha256}"

        by = {"actor": self.actor, "cause": event, "reason": reason}

        def made(
            model: type, noun: str, values: Callable[[dict[str, Any]], dict[str, Any]], **more: Any
        ) -> dict[str, Any]:
            entries = create.get(noun, [])
            records = make(model, (values(entry) for entry in entries), **by, **more)
            return {entry["key"]: record for entry, record in zip(entries, records, strict=True)}

        members = people_of(self.actor)
        cmos = self._kept(CMO, "cmo") | made(CMO, "cmos", lambda entry: {"legal_name": entry["name"]})
        programmes = self._kept(Programme, "programme") | made(
            Programme, "programmes", lambda entry: {"name": entry["name"], "members": members}
        )
        sites = made(Site, "sites", lambda entry: {"cmo": cmos[_first(entry)], "name": entry["name"]})
        kept_sites = Site.objects.in_bulk({link.site_id for link in self.links.values() if link.site_id})
        used: dict[str, dict[UUID, Site]] = {}
        for link in self.links.values():
            if not link.site_key or not link.is_good:
                continue
            site = kept_sites.get(link.site_id) if link.site_id else sites.get(f"{link.cmo_key}\n{link.site_key}")
            if site is not None:
                link.site_id = site.pk
                used.setdefault(f"{link.cmo_key}\n{link.programme_key}", {})[site.pk] = site
        since = {}

        def relationship(entry: dict[str, Any]) -> dict[str, Any]:
            cmo, programme = cmos[_first(entry)], programmes[_second(entry)]
            since[cmo.pk, programme.pk] = entry["since"]
            sites = list(used.get(entry["key"], {}).values())
            return {"cmo": cmo, "programme": programme, "manager": self.actor, "sites": sites}

        relationships = made(
            Relationship,
            "relationships",
            relationship,
            walk=register_as_existing,
            inputs=lambda row: {"evidence": evidence, "active_from": since[row.cmo_id, row.programme_id]},
        )
        for link in self.links.values():
            pair = f"{link.cmo_key}\n{link.programme_key}"
            if link.relationship_id is None and pair in relationships:
                link.relationship_id = relationships[pair].pk

    def _kept(self, model: type[Record], name: str) -> dict[str, Any]:
        """The records that the file's names were matched with, by their keys."""
        found = {
            getattr(link, f"{name}_key"): getattr(link, f"{name}_id")
            for link in self.links.values()
            if getattr(link, f"{name}_id")
        }
        rows = model._default_manager.in_bulk(set(found.values()))
        return {key: rows[pk] for key, pk in found.items()}

    def _insert(self, cursor: Any, now: Any) -> None:
        columns = ["source_system", "external_id", *FIELDS, "notes"]
        cursor.execute(
            "INSERT INTO operations_delivery (id, version, created_at, updated_at, created_by_id, imported_by_id,"
            f" relationship_id, site_id, {', '.join(columns)})"
            f" SELECT uuidv7(), 1, %s, %s, %s, %s, m.relationship_id, m.site_id, {', '.join(f'r.{c}' for c in columns)}"
            " FROM import_ready r JOIN import_match m ON m.link = r.link"
            " WHERE r.delivery_id IS NULL AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row) ORDER BY r.row",
            [now, now, self.actor.pk, self.record.pk],
        )
        if cursor.rowcount != self.findings.rows_new:
            raise Raced("The number of new lines is not what it was.")

    def _update(self, cursor: Any, now: Any) -> None:
        if not self.findings.rows_changed:
            return
        own = [f"{name} = r.{name}" for name in (*self.mapped, "notes")]
        if "site" in self.profile.fields:
            own.append("site_id = m.site_id")
        cursor.execute(
            f"UPDATE operations_delivery d SET {', '.join(own)}, relationship_id = m.relationship_id,"
            " version = d.version + 1, updated_at = %s"
            " FROM import_ready r JOIN import_match m ON m.link = r.link"
            " WHERE d.id = r.delivery_id AND d.version = r.old_version AND r.changes <> '{}'"
            " AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row)",
            [now],
        )
        if cursor.rowcount != self.findings.rows_changed:
            raise Raced("A line changed while it was being imported.")


def _first(entry: dict[str, Any]) -> str:
    return str(entry["key"].partition("\n")[0])


def _second(entry: dict[str, Any]) -> str:
    return str(entry["key"].partition("\n")[2])


def people_of(actor: User) -> list[User]:
    """Who works on a programme that an import makes: whoever imports it; and project managers, where that is no person."""
    if not actor.is_service:
        return [actor]
    managers = User.objects.filter(groups__name="project_manager", is_active=True, is_service=False)
    return [actor, *managers.distinct()]


def _names_in(condition: Any) -> list[str]:
    found: list[str] = []
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            found.append(child[0].partition("__")[0])
            if isinstance(child[1], models.F):
                found.append(child[1].name)
        else:
            found.extend(_names_in(child))
    return [name for name in dict.fromkeys(found) if name in FIELDS]


__all__ = ["Deliveries", "Raced", "name_key"]
