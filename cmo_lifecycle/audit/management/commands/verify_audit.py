from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cmo_lifecycle.audit import sealing


class Command(BaseCommand):
    help = "Verify the audit trail: its triggers, seals, checkpoints, and every record against its last entry."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-seal", action="store_true", help="Verify as it stands, without sealing first.")

    def handle(self, *args: Any, no_seal: bool, **options: Any) -> None:
        verdict = sealing.verify()
        for problem in verdict.problems:
            self.stdout.write(self.style.ERROR(problem))
        self.stdout.write(
            f"{verdict.seals} seals over {verdict.entries} entries, {verdict.unsealed} entries not sealed yet,"
            f" {verdict.checkpoints} checkpoints, {verdict.rows} records compared."
        )
        if not verdict.is_whole:
            raise CommandError(f"The trail is not whole: {len(verdict.problems)} findings.")
        if not no_seal:
            sealing.seal()
        self.stdout.write(self.style.SUCCESS("The trail is whole."))
