from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.portfolio.demo.history import History
from cmo_lifecycle.portfolio.models import Demonstration
from evaluation import mails


class Command(BaseCommand):
    help = "Load the demonstration: an invented sponsor, its CMOs, three years of deliveries and reviews."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="Tell the story as of this day, YYYY-MM-DD.")

    def handle(self, *args: Any, today: date | None, **options: Any) -> None:
        if Demonstration.objects.exists():
            self.stdout.write("The demonstration was loaded before.")
            return
        if CMO.objects.exists() or Programme.objects.exists():
            raise CommandError(
                "There are records already: the demonstration is loaded into an empty installation only."
            )
        with transaction.atomic(), acting("system:demo", source="demo"):
            with mails.told_later():
                made = History(today or timezone.localdate()).tell()
            Demonstration.objects.create(
                loaded_at=timezone.now(),
                cmos=list(CMO.objects.values_list("pk", flat=True)),
                programmes=list(Programme.objects.values_list("pk", flat=True)),
            )
        self.stdout.write("Loaded " + ", ".join(f"{count} {name}" for name, count in made.items()) + ".")
