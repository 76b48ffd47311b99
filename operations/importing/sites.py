"""Sites from a list such as a register's: matched by DUNS alone, with the inspections that published Forms 483 show.

What the file does not say is not invented. A site without a name of its own is called after its firm and DUNS. The
date of a Form 483 makes an inspection on that day, of unknown type. A warning letter's date alone says of no
inspection, so it is kept in the site's notes. A site is never moved to another CMO, and never found by its FEI,
which several establishments share and some lack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Inspection, Site
from cmo_lifecycle.tabular.errors import CellError, TableError
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.tabular.reader import Table
from cmo_lifecycle.tabular.values import date_value
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from operations.importing import matching, staging
from operations.importing.findings import Findings
from operations.importing.making import make
from operations.importing.matching import Hint, quoted
from operations.importing.staging import Problems, Tick
from operations.models import DeliveryImport

AUTHORITY = "FDA"
MOST_ROWS = 50_000
PLAIN = ("name", "fei", "gln", "address", "city", "postal_code", "country", "operations")
LETTERS = "FDA warning letters:"
_BETWEEN = re.compile(r"[;,|]|\s{2,}")


@dataclass
class SiteRow:
    """One row of the file: its values, and what is kept here already."""

    number: int
    firm: str
    duns: str
    values: dict[str, str]
    inspected: list[date] = field(default_factory=list)
    letters: list[date] | None = None
    is_bad: bool = False
    cmo_key: str = ""
    cmo: CMO | None = None
    site: Site | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    new_inspections: list[date] = field(default_factory=list)


class Sites:
    """One pass of a file of sites. The same three steps as `Deliveries`."""

    def __init__(self, record: DeliveryImport, profile: Profile, actor: User) -> None:
        self.record = record
        self.profile = profile
        self.actor = actor
        self.create_missing = record.create_missing
        self.mapped = [name for name in PLAIN if name in profile.fields]
        self.rows: list[SiteRow] = []
        self.findings = Findings()

    def read(self, table: Table, tick: Tick = staging.nothing) -> int:
        """Keep every row of the file; return how many there were."""
        staging.drop_tables()
        problems = Problems()
        to_date = date_value(self.profile.date_format)
        self.rows = []
        for parsed in staging.parsed_rows(self.profile, table, tick):
            if len(self.rows) >= MOST_ROWS:
                raise TableError(f"A file of sites has at most {MOST_ROWS:,} rows; split it into several.")
            found = parsed.values
            row = SiteRow(
                number=parsed.number,
                firm=found.get("cmo") or "",
                duns=found.get("duns") or "",
                values={name: found[name] or "" for name in self.mapped},
                is_bad=bool(parsed.errors),
            )
            self.rows.append(row)
            wrong = list(parsed.errors)
            wrong += self._invalid(row)
            for name in ("dates_483", "dates_warning_letters"):
                if name in self.profile.fields:
                    try:
                        days = sorted({to_date(part) for part in _BETWEEN.split(found.get(name) or "") if part.strip()})
                    except CellError as error:
                        wrong.append((self._column(name), str(error)))
                    else:
                        if name == "dates_483":
                            row.inspected = days
                        else:
                            row.letters = days
            for column, sentence in wrong:
                problems.add(row.number, column, sentence)
            row.is_bad = bool(wrong)
        with connection.cursor() as cursor:
            staging.make_problem_table(cursor)
            problems.store(cursor)
        self.findings = Findings(rows_read=len(self.rows))
        return len(self.rows)

    def _column(self, name: str) -> str:
        rule = self.profile.fields.get(name)
        return (rule.column if rule is not None else None) or ""

    def _invalid(self, row: SiteRow) -> list[tuple[str | None, str]]:
        """Ask the model's own validators of the row's values."""
        found: list[tuple[str | None, str]] = []
        for name, value in (("duns", row.duns), *row.values.items()):
            if not value:
                continue
            for validate in Site._meta.get_field(name).validators:
                try:
                    validate(value)
                except ValidationError as error:
                    found.append((self._column(name), f"{quoted(value)}: {' '.join(error.messages)}"))
        return found

    def judge(self) -> Findings:
        """Compare with what is kept here; write nothing."""
        before = self.findings
        self.findings = found = Findings(rows_read=before.rows_read, facts=before.facts, unused=before.unused)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM import_problem WHERE late")
            cursor.execute("SELECT DISTINCT row FROM import_problem")
            broken = {row for (row,) in cursor.fetchall()}
        problems: list[tuple[int, str, str]] = []
        for row in self.rows:
            row.is_bad = row.number in broken
            row.cmo = row.site = None
            row.changes, row.new_inspections = {}, []
        self._twins(problems)
        self._match(problems)
        for row in self.rows:
            if not row.is_bad:
                self._compare(row)
        self._count(found)
        with connection.cursor() as cursor:
            staging.copy(
                cursor,
                "import_problem",
                ("row", "col", "message", "late"),
                ((*problem, "t") for problem in problems),
                filled="col",
            )
            cursor.execute("SELECT count(*) FROM import_problem")
            found.problems = cursor.fetchone()[0]
        return found

    def _refuse(self, row: SiteRow, problems: list[tuple[int, str, str]], name: str, sentence: str) -> None:
        row.is_bad = True
        problems.append((row.number, self._column(name), sentence))

    def _twins(self, problems: list[tuple[int, str, str]]) -> None:
        first: dict[str, int] = {}
        for row in self.rows:
            if row.duns and first.setdefault(row.duns, row.number) != row.number:
                self._refuse(
                    row,
                    problems,
                    "duns",
                    f"The DUNS number {row.duns} stands in row {first[row.duns]} already; each site has its own.",
                )

    def _match(self, problems: list[tuple[int, str, str]]) -> None:
        keys = matching.keys_of(row.firm for row in self.rows)
        for row in self.rows:
            row.cmo_key = keys[row.firm]
        known = matching.cmos({row.cmo_key for row in self.rows if row.cmo_key}, self.actor)
        cmos = CMO.objects.visible_to(self.actor).in_bulk({pk for found in known.values() for pk in found})
        sites = {
            site.duns: site
            for site in Site.objects.visible_to(self.actor)
            .filter(duns__in={row.duns for row in self.rows if row.duns})
            .select_related("cmo")
        }
        lacking = {row.firm for row in self.rows if row.cmo_key and row.cmo_key not in known}
        near = matching.near_cmos(sorted(lacking), self.actor)
        named: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            if not row.cmo_key or not row.duns:
                continue
            found = known.get(row.cmo_key, [])
            row.site = sites.get(row.duns)
            if row.site is not None and row.site.cmo_id not in found:
                self._refuse(
                    row,
                    problems,
                    "cmo",
                    f"The site with DUNS {row.duns} is kept under {quoted(row.site.cmo.legal_name)}. If {quoted(row.firm)}"
                    " is the same company, add it there as an alias.",
                )
            elif row.site is not None:
                row.cmo = row.site.cmo
            elif len(found) == 1:
                row.cmo = cmos[found[0]]
            elif found:
                self._refuse(
                    row, problems, "cmo", f"{quoted(row.firm)} is an alias of {len(found)} CMOs; write the legal name."
                )
            else:
                entry = named.setdefault(
                    row.cmo_key,
                    {"key": row.cmo_key, "name": row.firm, "lines": 0, "near": near.get(row.firm, [])},
                )
                if not self.create_missing:
                    entry["lines"] += 1
                    hint = Hint(near.get(row.firm, ()))
                    self._refuse(row, problems, "cmo", f"There is no CMO called {quoted(row.firm)}.{hint}")
                elif not row.is_bad:
                    entry["lines"] += 1
        listed = [entry for entry in named.values() if entry["lines"]]
        if self.create_missing:
            self.findings.create = {"cmos": listed}
        else:
            self.findings.unmatched = {"cmos": listed}
        days: dict[Any, set[date]] = {}
        kept = Inspection.objects.visible_to(self.actor).filter(
            site__in=[site.pk for site in sites.values()], authority__iexact=AUTHORITY
        )
        for pk, started, ended in kept.values_list("site_id", "started_on", "ended_on"):
            days.setdefault(pk, set()).update(day for day in (started, ended) if day)
        for row in self.rows:
            seen = days.get(row.site.pk, set()) if row.site is not None else set()
            row.new_inspections = [day for day in row.inspected if day not in seen]

    def _compare(self, row: SiteRow) -> None:
        wanted: dict[str, Any] = dict(row.values)
        old = row.site
        if not wanted.get("name"):
            wanted.pop("name", None)
            if old is None:
                wanted["name"] = f"{row.firm[:180]} (DUNS {row.duns})"
        if row.letters is not None:
            notes = with_letters(old.notes if old is not None else "", row.letters)
            if notes or old is not None:
                wanted["notes"] = notes
        if old is None:
            row.changes = wanted
        else:
            row.changes = {name: value for name, value in wanted.items() if str(getattr(old, name)) != value}

    def _count(self, found: Findings) -> None:
        inspections = 0
        for row in self.rows:
            if row.is_bad:
                found.rows_bad += 1
                continue
            inspections += len(row.new_inspections)
            if row.site is None:
                found.rows_new += 1
            elif row.changes or row.new_inspections:
                found.rows_changed += 1
                fields = [*row.changes, *(["inspections"] if row.new_inspections else [])]
                found.changed.append({"id": row.duns, "fields": fields})
            else:
                found.rows_same += 1
        found.extra = {"inspections": inspections} if "dates_483" in self.profile.fields else {}

    def write(self, event: Event) -> None:
        """Make and change CMOs, sites and inspections, each through the door and because of the commit."""
        reason = str(self.record)
        by = {"actor": self.actor, "cause": event, "reason": reason}
        missing = self.findings.create.get("cmos", [])
        firms = make(CMO, ({"legal_name": entry["name"]} for entry in missing), **by)
        made = {entry["key"]: cmo for entry, cmo in zip(missing, firms, strict=True)}
        good = [row for row in self.rows if not row.is_bad]
        new = [row for row in good if row.site is None]
        values = ({"cmo": row.cmo or made[row.cmo_key], "duns": row.duns, **row.changes} for row in new)
        for row, site in zip(new, make(Site, values, **by), strict=True):
            row.site = site
            row.changes = {}
        for row in good:
            if row.changes and row.site is not None:
                edits.update(row.site, row.changes, version=row.site.version, **by)
        make(
            Inspection,
            (
                inspection_of(row.site, day, row.values.get("fei", ""))
                for row in good
                for day in row.new_inspections
                if row.site is not None
            ),
            **by,
        )


def with_letters(notes: str, days: list[date]) -> str:
    """Return a site's notes with the line of warning letters as it should be; other lines stay."""
    lines = [line for line in notes.splitlines() if not line.startswith(LETTERS)]
    if days:
        lines.append(f"{LETTERS} {', '.join(day.isoformat() for day in days)}")
    return "\n".join(lines).strip()


def inspection_of(site: Site, day: date, fei: str) -> dict[str, Any]:
    """Return the values of the inspection that a published Form 483 shows."""
    told = f" for FEI {fei}" if fei else ""
    return {
        "site": site,
        "authority": AUTHORITY,
        "kind": Inspection.Kind.OTHER,
        "started_on": day,
        "form_483": True,
        "summary": f"Known from the published Form 483 dated {day.isoformat()}{told}. The list it comes from names"
        " neither the days, the type nor the observations of the inspection.",
    }
