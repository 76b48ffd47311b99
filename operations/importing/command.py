"""What `import_deliveries` and `import_sites` share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.workflow.refusals import Refusal
from operations.importing.commit import Result, import_file
from operations.importing.findings import count_of
from operations.models import ImportProblem

SHOWN = 20


class ImportCommand(BaseCommand):
    """Import a file the way the wizard does, and print the same report."""

    kind = ""
    profile = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV or XLSX file")
        parser.add_argument(
            "--profile", required=not self.profile, default=self.profile, help="the profile that maps its columns"
        )
        parser.add_argument(
            "--create-missing", action="store_true", help="make what the file names and the system lacks"
        )
        parser.add_argument(
            "--as", dest="email", help="the e-mail address of whoever imports (default: a service account)"
        )
        parser.add_argument("--source", default="", help="the source system of the lines (default: the profile's name)")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it, and write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows where others are bad")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["email"]:
            actor = User.objects.filter(email__iexact=options["email"], is_active=True).first()
            if actor is None:
                raise CommandError(f"There is no active account with the e-mail address {options['email']}.")
        else:
            actor = User.objects.service("import")
        try:
            result = import_file(
                options["file"],
                options["profile"],
                actor,
                options["create_missing"],
                options["source"],
                kind=self.kind,
                skip_bad=options["skip_bad"],
                only_try=options["dry_run"],
            )
        except OSError as error:
            raise CommandError(f"The file {options['file']} cannot be read: {error.strerror}.") from error
        except Refusal as refusal:
            raise CommandError(" ".join(refusal.sentences)) from refusal
        self._tell(result, create=options["create_missing"])
        if result.findings.rows_bad:
            said = "The good rows were imported." if result.committed else "Nothing was imported."
            hint = "" if result.committed else " Give --skip-bad to import the good rows alone."
            raise CommandError(f"{said}{hint}", returncode=1)

    def _tell(self, result: Result, *, create: bool) -> None:
        findings = result.findings
        say = self.stdout.write
        say(f"{result.record.file_name}: {findings.facts}.")
        for noun, entries in (findings.create if create else findings.unmatched).items():
            if not entries:
                continue
            verb = "Created" if result.committed else "To be created" if create else "Not known here"
            say(f"{verb}: {count_of(noun, len(entries))}")
            for entry in entries[:SHOWN] if result.committed else entries:
                of = f" of {entry['cmo']}" if noun == "sites" and entry.get("cmo") else ""
                near = f"; like {' or '.join(entry['near'])}" if entry.get("near") else ""
                rows = f"{entry['lines']:,} row{'' if entry['lines'] == 1 else 's'}"
                say(f"  {entry['name']}{of} ({rows}{near})")
            if result.committed and len(entries) > SHOWN:
                say(f"  … and {len(entries) - SHOWN:,} more")
        for noun, count in findings.extra.items():
            if count:
                say(f"{'Created' if result.committed else 'To be created'}: {count_of(noun, count)}")
        for problem in ImportProblem.objects.filter(of=result.record)[:SHOWN]:
            where = f"Row {problem.row}" + (f", {problem.column}" if problem.column else "")
            say(f"{where}: {problem.message}")
        if findings.problems > SHOWN:
            say(f"… and {findings.problems - SHOWN:,} more problems; the import's page has the file of bad rows.")
        for currency, total in findings.totals.items():
            say(f"Value of the good rows: {total:,.2f} {currency}")
        say(result.sentence)
