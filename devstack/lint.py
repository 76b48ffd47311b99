"""`manage.py lint`: every check of the code runs, then the summary; one failure fails it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from devstack.servers import ROOT

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]

CHECKS: dict[str, Sequence[str]] = {
    "ruff check": [str(BIN / "ruff"), "check", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
    "mypy": [str(BIN / "mypy")],
    "import-linter": [str(BIN / "lint-imports")],
    "djlint": [str(BIN / "djlint"), ".", "--lint", "--quiet"],
    # Whether the tables of some database agree is not the code's affair.
    "migrations": [sys.executable, "-W", "ignore", MANAGE[1], "makemigrations", "--check", "--dry-run"],
    "check --deploy": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "API schema": [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: bool
    output: str
    seconds: float


def production() -> dict[str, str]:
    """The environment of a real deployment that reaches no server: only the code is looked at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CMO_", "DATABASE_"))}
    nowhere = ROOT / "no-such-folder"
    return kept | {
        "CMO_NO_BOOTSTRAP": "1",
        "CMO_DEMO": "0",
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SIGNING_KEY": secrets.token_urlsafe(60),
        "SEALING_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "cmo.example.com",
        "DATABASE_URL": f"postgres://cmo_app@/cmo?host={nowhere}",
        "REDIS_URL": f"unix://{nowhere}/valkey.sock?db=0",
    }


def check(name: str) -> Outcome:
    began = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=production(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(name, done.returncode == 0, done.stdout.strip(), time.monotonic() - began)


def run() -> int:
    """Run all checks; 1 if any of them failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(check, CHECKS))
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n== {outcome.name}\n{outcome.output}")
    print()
    for outcome in outcomes:
        print(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.name}  ({outcome.seconds:.1f} s)")
    return 0 if all(outcome.passed for outcome in outcomes) else 1
