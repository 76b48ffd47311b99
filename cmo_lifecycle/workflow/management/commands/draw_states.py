from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cmo_lifecycle.workflow import diagrams
from cmo_lifecycle.workflow.transitions import all_nouns


class Command(BaseCommand):
    help = "Draw the state diagrams of every noun into docs/states.md."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "states.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(diagrams.page(), encoding="utf-8")
        self.stdout.write(f"Wrote docs/states.md: {len(all_nouns())} nouns.")
