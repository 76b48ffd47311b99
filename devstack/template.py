"""A migrated cluster kept from one test run to the next, as long as nothing that made it has changed.

What made it is not guessed: the migration process names every source file that it loaded. Besides those, a file that
appears or goes away, a data file, the locked packages and the server itself decide.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from devstack.servers import ROLES, ROOT

# What is no part of the product's own code.
FOREIGN = {".git", ".venv", ".local", "node_modules", "tests", "bench", "docs", "static", "staticfiles", "templates"}
DATA = {".csv", ".json", ".sql", ".toml", ".txt", ".yaml", ".yml"}


class Template:
    """The kept cluster of a checkout, in `folder`; `server` says which PostgreSQL may use it."""

    def __init__(self, server: str, folder: Path = ROOT / ".local" / "test-template"):
        self.server = server
        self.folder = folder

    def restore(self, target: Path) -> bool:
        """Put a copy of the kept cluster at `target`; False if there is none that still holds."""
        try:
            with self._locked(fcntl.LOCK_SH):
                kept = json.loads((self.folder / "made-from.json").read_text())
                if kept != self._made_from(kept["sources"]):
                    return False
                subprocess.run(["cp", "-a", self.folder / "postgres", target], check=True, capture_output=True)
                return True
        except (OSError, ValueError, KeyError, subprocess.CalledProcessError):
            shutil.rmtree(target, ignore_errors=True)
            return False

    def keep(self, cluster: Path, sources: Iterable[str]) -> None:
        """Keep a copy of a cluster that was shut down in order; `sources` are the files that its migration loaded.

        A place that cannot be written costs the next run some seconds and nothing else.
        """
        with contextlib.suppress(OSError, subprocess.CalledProcessError), self._locked(fcntl.LOCK_EX):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700)
            subprocess.run(["cp", "-a", cluster, self.folder / "postgres"], check=True, capture_output=True)
            (self.folder / "made-from.json").write_text(json.dumps(self._made_from(dict.fromkeys(sources, ""))))

    def _made_from(self, sources: Iterable[str]) -> dict:
        files = sorted(_own_files())
        contents = {*sources, *(name for name in files if Path(name).suffix in DATA)}
        contents |= {str(path.relative_to(ROOT)) for path in (ROLES, ROOT / "requirements.lock")}
        return {
            "server": self.server,
            "files": hashlib.sha256("\n".join(files).encode()).hexdigest(),
            "sources": {name: _digest(ROOT / name) for name in sorted(contents)},
        }

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self.folder.parent.mkdir(exist_ok=True)
        lock = os.open(self.folder.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)


def _own_files() -> Iterator[str]:
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in FOREIGN and not name.startswith((".", "__pycache__"))]
        for name in files:
            if Path(name).suffix in DATA | {".py"}:
                yield str((Path(folder) / name).relative_to(ROOT))


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "gone"
