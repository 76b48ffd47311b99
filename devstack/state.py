"""The folder of one checkout's embedded stack, its lock, its secrets and its addresses."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

from devstack import binaries
from devstack.process import Account, identity, server_account
from devstack.servers import ROOT, Postgres, Valkey
from devstack.throwaway import short_folder


class Busy(Exception):
    """Somebody else holds the state folder; `holder` is what they wrote into it."""

    def __init__(self, holder: dict[str, Any]):
        self.holder = holder
        super().__init__(
            f"{holder.get('what', 'Another command')} (pid {holder.get('pid', 'unknown')}) is using the databases."
        )


class State:
    """Everything that `up` keeps: `.local/`, or the folder that `CMO_LOCAL` names.

    `what` names the command that holds the folder, for whoever finds it busy.
    """

    def __init__(self, what: str):
        self.what = what
        self.folder = Path(os.environ.get("CMO_LOCAL") or ROOT / ".local").resolve()
        self.account = server_account()
        self.label = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:10]
        # Asked once: the environment made from this names the embedded servers' addresses itself.
        self.embeds_postgres = not os.environ.get("DATABASE_URL")
        self.embeds_valkey = not os.environ.get("REDIS_URL")
        self._lock: int | None = None

    # -- the lock ---------------------------------------------------------------------------------------

    def acquire(self, patience: float = 1.0) -> None:
        """Hold the folder until this process ends. Raises Busy if another one still does after `patience` seconds."""
        # Others may pass through it, no more: as root the servers' account has its data in it.
        self.folder.mkdir(mode=0o711 if self.account else 0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    os.close(lock)
                    raise Busy(self._read_note()) from None
                time.sleep(0.1)
        self._lock = lock
        self.note(phase="starting")

    def release(self) -> None:
        if self._lock is not None:
            (self.folder / "running.json").unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def note(self, **facts: Any) -> None:
        """Tell other commands how far this one is."""
        fresh = self.folder / "running.json.new"
        fresh.write_text(json.dumps({"pid": os.getpid(), "what": self.what, **facts}))
        fresh.replace(self.folder / "running.json")

    def holder(self) -> dict[str, Any] | None:
        """What the process that holds the folder says of itself; None if nobody does."""
        try:
            lock = os.open(self.folder / "lock", os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._read_note()
        finally:
            os.close(lock)
        return None

    def _read_note(self) -> dict[str, Any]:
        try:
            return json.loads((self.folder / "running.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}

    # -- the folders ------------------------------------------------------------------------------------

    @property
    def servers_folder(self) -> Path:
        """Where the servers keep their data: here, or elsewhere if their account cannot come here."""
        if self.account is None or _may_enter(self.folder, self.account):
            return self.folder
        return binaries.SHARED / self.label

    @property
    def sockets(self) -> Path:
        """The private folder of the sockets, short enough for their names."""
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        base = short_folder()
        if self.account is None and runtime and len(runtime) < 60 and os.access(runtime, os.W_OK | os.X_OK):
            base = Path(runtime)
        return base / f"cmo-{os.geteuid()}-{self.label}"

    @property
    def files(self) -> Path:
        """The folder of the application's own files: attachments, mail, signed checkpoints."""
        return Path(os.environ.get("CMO_STATE_DIR") or self.folder / "state")

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def prepare_folders(self) -> None:
        """Make what is missing. Raises Unavailable if somebody else owns the place of the sockets."""
        self.logs.mkdir(mode=0o700, exist_ok=True)
        # Empty, for files are served from where they lie; but WhiteNoise warns of a folder that is not there.
        (self.folder / "static").mkdir(exist_ok=True)
        self.files.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.servers_folder != self.folder:
            self.servers_folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        owner = self.account.uid if self.account else os.geteuid()
        if not self.sockets.exists():
            self.sockets.mkdir(mode=0o700)
            if self.account:
                os.chown(self.sockets, self.account.uid, self.account.gid)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise binaries.Unavailable(f"{self.sockets} is not a private folder of ours: remove it and try again.")

    # -- the servers ------------------------------------------------------------------------------------

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.servers_folder / "postgres", self.sockets, self.logs / "postgres.log", self.account)

    @property
    def valkey(self) -> Valkey:
        return Valkey(self.servers_folder / "valkey", self.sockets, self.logs / "valkey.log", self.account)

    def secret(self, name: str) -> str:
        """A long random value, made once and kept where only its owner reads it."""
        place = self.folder / name.lower()
        if not place.exists():
            fresh = place.with_suffix(f".{os.getpid()}")
            with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
            # A link never replaces the secret that another command has just made.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, place)
            fresh.unlink()
        return place.read_text()

    def environment(self) -> dict[str, str]:
        """What the settings need to run on this machine; what the caller's environment says stays."""
        self.folder.mkdir(mode=0o711 if self.account else 0o700, parents=True, exist_ok=True)
        wanted = {
            "CMO_STATE_DIR": str(self.files),
            "CMO_HTTPS": "0",
            "WHITENOISE_USE_FINDERS": "1",
            "STATIC_ROOT": str(self.folder / "static"),
        }
        if self.embeds_postgres:
            wanted["DATABASE_URL"] = self.postgres.url("cmo_app")
            wanted["DATABASE_OWNER_URL"] = self.postgres.url("cmo_owner")
        if self.embeds_valkey:
            wanted["REDIS_URL"] = self.valkey.url()
        wanted |= {name: value for name, value in os.environ.items() if value or name not in wanted}
        for name in ("SECRET_KEY", "SIGNING_KEY", "SEALING_KEY"):
            if not wanted.get(name):
                wanted[name] = self.secret(name)
        return wanted


def _may_enter(folder: Path, account: Account) -> bool:
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    entered = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder], cwd="/", capture_output=True, **identity(account)
    )
    return entered.returncode == 0
