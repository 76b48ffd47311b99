"""`manage.py import_contracts FOLDER`: contracts whose clauses people have labelled, with their dates and texts."""

from __future__ import annotations

from argparse import ArgumentParser
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cmo_lifecycle.accounts.models import User
from contracts.clauses.labelled import labelled
from contracts.importing import bring_in_labelled


class Command(BaseCommand):
    help = (
        "Bring in labelled contracts from a folder that holds dev_manifest.json. What is here already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of dev_manifest.json")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            contracts = labelled(folder)
        except FileNotFoundError as error:
            raise CommandError(
                f"{error.filename} is not there. Give the folder that holds dev_manifest.json."
            ) from error
        except (JSONDecodeError, KeyError, UnicodeDecodeError) as error:
            raise CommandError(f"A file of {folder} is not as labelled contracts are: {error}.") from error
        result = bring_in_labelled(contracts, User.objects.service("contract_import"))
        say = self.stdout.write
        say(f"{result.made} agreements brought in with {result.clauses:,} clauses; {result.known} were here already.")
        for reference, left in result.left.items():
            say(f"{reference}: kept in its notes: {'; '.join(left)}")
