"""A PostgreSQL and a Valkey for one run of tests or measurements, in a folder that is removed afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.process import server_account
from devstack.servers import DATABASE, ROOT, SUPERUSER, Postgres, ServerFailed, Valkey
from devstack.template import Template

PREFIX = "cmo-run-"


def short_folder() -> Path:
    """Where sockets may lie: their whole path has room for 107 bytes."""
    return Path("/tmp") if os.access("/tmp", os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


class Throwaway:
    """The servers of one run.

    `durable` runs them as `up` does, for measurements; tests do without the safety and are quicker.
    """

    def __init__(self, *, durable: bool = False):
        self.account = server_account()
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=short_folder()))
        self._lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if self.account:
            os.chown(self.folder, self.account.uid, self.account.gid)
        self.postgres = Postgres(
            self.folder / "postgres", self.folder, self.folder / "postgres.log", self.account, durable=durable
        )
        self.valkey = Valkey(
            self.folder / "valkey", self.folder, self.folder / "valkey.log", self.account, durable=durable
        )
        self.started = False

    def environment(self) -> dict[str, str]:
        """What the settings need to use these servers."""
        files = self.folder / "files"
        files.mkdir(mode=0o700, exist_ok=True)
        (files / "static").mkdir(exist_ok=True)
        return {
            **self.addresses(DATABASE),
            "REDIS_URL": self.valkey.url(0),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SIGNING_KEY": secrets.token_urlsafe(50),
            "SEALING_KEY": secrets.token_urlsafe(50),
            "CMO_STATE_DIR": str(files),
            "CMO_HTTPS": "0",
            "WHITENOISE_USE_FINDERS": "1",
            "STATIC_ROOT": str(files / "static"),
        }

    def addresses(self, database: str) -> dict[str, str]:
        """The addresses of `database` for the application, its owner and the superuser."""
        return {
            "DATABASE_URL": self.postgres.url("cmo_app", database),
            "DATABASE_OWNER_URL": self.postgres.url("cmo_owner", database),
            "CMO_TEST_SUPERUSER_URL": self.postgres.url(SUPERUSER, database),
        }

    def start(self) -> None:
        """Start both servers, with the roles and the empty database. Does nothing the second time."""
        if self.started:
            return
        self.postgres.create()
        self.postgres.start()
        self.postgres.apply_roles()
        self.valkey.start()
        self.started = True

    def stop(self) -> None:
        """Stop the servers and remove the folder."""
        self.valkey.stop()
        self.postgres.stop()
        self.started = False
        shutil.rmtree(self.folder, ignore_errors=True)

    def migrate(self) -> list[str]:
        """Bring the database to the state of the migrations, as its owner; the source files that took part.

        Raises ServerFailed with the reason.
        """
        report = self.folder / "files" / "prepared.json"
        own = {"CMO_NO_BOOTSTRAP": "1", "CMO_DEMO": "0", "CMO_PREPARE_REPORT": str(report)}
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", "prepare"],
            cwd=ROOT,
            env={**os.environ, **self.environment(), **own},
            stdin=subprocess.DEVNULL,
            text=True,
            capture_output=True,
        )
        if done.returncode != 0:
            raise ServerFailed(f"The migrations do not run.\n{done.stderr.strip()}")
        return json.loads(report.read_text())["sources"]

    def start_migrated(self, name: str) -> None:
        """Start with a database of that `name` in the state of the migrations, which nobody can connect to.

        It is there to be copied. Migrating costs seconds, so the cluster is kept for the next run.
        """
        template = Template(str(self.postgres.programs / "postgres"))
        if template.restore(self.postgres.folder):
            self.postgres.start()
            self.valkey.start()
            self.started = True
            return
        self.start()
        sources = self.migrate()
        with contextlib.closing(self.postgres.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {DATABASE} RENAME TO {name}")
            cursor.execute(f"ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false")
        self.postgres.stop()
        template.keep(self.postgres.folder, sources)
        self.postgres.start()

    def __enter__(self) -> Throwaway:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _sweep() -> None:
    """Remove the folders of runs that were killed."""
    for left in short_folder().glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(left / "lock", os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)
