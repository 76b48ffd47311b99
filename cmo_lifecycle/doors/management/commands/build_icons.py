from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cmo_lifecycle.doors.icons import build_sprite, used_icons


class Command(BaseCommand):
    help = "Draw static/icons.svg anew from the icons that templates and code use."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        used = used_icons(settings.BASE_DIR)
        try:
            sprite = build_sprite(set(used), settings.BASE_DIR / "node_modules" / "bootstrap-icons" / "icons")
        except FileNotFoundError as missing:
            raise CommandError(f"There is no such icon: {missing.filename}") from missing
        (settings.BASE_DIR / "static" / "icons.svg").write_text(sprite, encoding="utf-8")
        self.stdout.write(f"{len(used)} icons in static/icons.svg.")
