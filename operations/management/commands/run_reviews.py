from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from operations import review_run


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day. Write it as YYYY-MM-DD.") from None


class Command(BaseCommand):
    help = "Open and score the reviews that are due, as the clock does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of", type=_day, metavar="YYYY-MM-DD", help="Look from the beginning of this day; now, if left out."
        )

    def handle(self, *args: Any, as_of: date | None = None, **options: Any) -> None:
        run = review_run.run_reviews(review_run.end_of(as_of) if as_of else timezone.now(), source="command")
        self.stdout.write(
            f"Periods due: {run.periods_due}. Reviews opened: {run.reviews_opened}. Made up late: {run.made_up_late}."
        )
