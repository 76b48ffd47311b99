"""What `manage.py` does with its first word."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")
    word = argv[1] if len(argv) > 1 else "help"
    if word == "test":
        return test(argv[2:])
    return django(argv)


OWNERS_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "createcachetable", "showmigrations", "flush"}


def django(argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    word = argv[1] if len(argv) > 1 else "help"
    if word in OWNERS_COMMANDS and os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    execute_from_command_line(argv)
    return 0


def test(arguments: list[str]) -> int:
    """Run the tests with pytest, in this process's place."""
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
