"""One PostgreSQL and one Valkey, on private Unix sockets."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from devstack import binaries
from devstack.process import Account, Child, identity, is_alive, wait_until

ROOT = Path(__file__).resolve().parent.parent
ROLES = ROOT / "deploy" / "roles.sql"
SUPERUSER = "postgres"
DATABASE = "cmo"
# A crashed postmaster's own children hold its memory for some seconds.
SECONDS_FOR_ORPHANS = 20
SMALL_SHARED_MEMORY = 256 * 1024 * 1024


class ServerFailed(Exception):
    """A server did not start; carries the sentence with its last words."""


def plain_environment() -> dict[str, str]:
    """This process's environment without what would lead a PostgreSQL client astray."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class Postgres:
    """A cluster in `folder`, reached by a socket in `sockets`.

    `durable=False` trades crash safety for speed, for clusters that are thrown away.
    """

    def __init__(self, folder: Path, sockets: Path, log: Path, account: Account | None, *, durable: bool = True):
        self.folder = folder
        self.sockets = sockets
        self.log = log
        self.account = account
        self.durable = durable
        self.child: Child | None = None

    @property
    def programs(self) -> Path:
        return binaries.postgres_folder(self.account)

    @property
    def exists(self) -> bool:
        return (self.folder / "PG_VERSION").is_file()

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of `database` for `role`, as libpq and the settings read it."""
        return f"postgres://{role}@/{database}?host={self.sockets}"

    def connect(self, role: str = SUPERUSER, database: str = "postgres"):
        """A psycopg2 connection in autocommit mode."""
        connection = psycopg2.connect(host=str(self.sockets), port=5432, user=role, dbname=database, connect_timeout=10)
        connection.autocommit = True
        return connection

    def create(self) -> None:
        """Make an empty cluster; nothing is left in `folder` if that fails."""
        half = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if self.account:
            os.chown(half, self.account.uid, self.account.gid)
        command: list[str | Path] = [
            self.programs / "initdb", "--pgdata", half, "--username", SUPERUSER, "--auth", "trust",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command, cwd="/", env=plain_environment(), text=True, capture_output=True, start_new_session=True,
            **identity(self.account),
        )  # fmt: skip
        if done.returncode != 0:
            raise ServerFailed(f"PostgreSQL could not make its data folder {self.folder}.\n{done.stderr.strip()}")
        half.rename(self.folder)

    def start(self, wait: Callable[..., bool] = wait_until) -> None:
        """Start and wait until it answers. Raises ServerFailed with the end of its log."""
        end = time.monotonic() + SECONDS_FOR_ORPHANS
        while True:
            self._clear_leftovers(wait)
            self._launch()
            wait(lambda: self._answers() or not self._child.running, 60)
            if self._child.running and self._answers():
                break
            said = self._child.said()
            self._child.stop(2)
            if "shared memory block" not in said or time.monotonic() > end:
                raise ServerFailed(f"PostgreSQL did not start ({self.log}).\n{said}")
            wait(lambda: False, 0.5)
        self._assert_ours()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on the disk."""
        if self.child is not None:
            self.child.stop(20)
            self.child = None

    def apply_roles(self) -> None:
        """Make the roles, the database and its default privileges agree with deploy/roles.sql."""
        command: list[str | Path] = [
            self.programs / "psql", "--no-psqlrc", "--quiet", "--host", self.sockets, "--username", SUPERUSER,
            "--dbname", "postgres", "--file", ROLES,
        ]  # fmt: skip
        done = subprocess.run(command, env=plain_environment(), text=True, capture_output=True, start_new_session=True)
        if done.returncode != 0:
            raise ServerFailed(f"The database roles could not be made.\n{done.stderr.strip()}")

    @property
    def _child(self) -> Child:
        if self.child is None:
            raise ServerFailed("PostgreSQL was stopped while it was starting.")
        return self.child

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "max_wal_size": "2GB",
            "log_min_messages": "warning",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            options |= {
                "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
                "max_wal_senders": "0", "autovacuum": "off", "checkpoint_timeout": "1h",
            }  # fmt: skip
        shared = Path("/dev/shm")
        if shared.is_dir() and _size(shared) < SMALL_SHARED_MEMORY:
            # The 64 MB of a container are too few for a parallel query.
            options["dynamic_shared_memory_type"] = "mmap"
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.child = Child(
            "PostgreSQL", command, env=plain_environment(), cwd=Path("/"), log=self.log, account=self.account,
            farewell=signal.SIGINT, orphaned=signal.SIGINT,
        )  # fmt: skip

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _assert_ours(self) -> None:
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            (found,) = cursor.fetchone()
        if Path(found).resolve() != self.folder.resolve():
            raise ServerFailed(f"The server behind {self.sockets} keeps its data in {found}, not in {self.folder}.")

    def _clear_leftovers(self, wait: Callable[..., bool]) -> None:
        """Wait for a former postmaster of ours; drop its pid files if their number is now somebody else's."""
        note = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(note.read_text().split()[0])
            if _is_postmaster(pid, self.folder):
                wait(lambda: not is_alive(pid), SECONDS_FOR_ORPHANS)
            if not is_alive(pid) or not _is_postmaster(pid, self.folder):
                note.unlink(missing_ok=True)
                for leftover in self.sockets.glob(".s.PGSQL.*"):
                    leftover.unlink(missing_ok=True)


class Valkey:
    """A Valkey that writes every command to disk before it answers, so a queued task survives anything."""

    def __init__(self, folder: Path, sockets: Path, log: Path, account: Account | None, *, durable: bool = True):
        self.folder = folder
        self.socket = sockets / "valkey.sock"
        self.log = log
        self.account = account
        self.durable = durable
        self.child: Child | None = None

    def url(self, number: int = 0) -> str:
        """The address of one of its 16 databases, as redis-py reads it."""
        return f"unix://{self.socket}?db={number}"

    def start(self, wait: Callable[..., bool] = wait_until) -> None:
        """Start and wait until it answers. Raises ServerFailed with the end of its log."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(self.folder, self.account.uid, self.account.gid)
        # A former Valkey of ours may still be writing its last lines.
        wait(lambda: self.command("PING") is None, 10)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        command: list[str | Path] = [
            binaries.valkey_program(self.account), "--port", "0", "--unixsocket", self.socket,
            "--unixsocketperm", "700", "--dir", self.folder, "--save", "", "--daemonize", "no",
            "--maxmemory-policy", "noeviction",
        ]  # fmt: skip
        if self.durable:
            command += ["--appendonly", "yes", "--appendfsync", "always"]
        self.child = Child(
            "Valkey", command, env=os.environ, cwd=self.folder if not self.account else Path("/"), log=self.log,
            account=self.account,
        )  # fmt: skip
        child = self.child
        wait(lambda: self.command("PING") == b"+PONG" or not child.running, 60)
        if self.command("PING") != b"+PONG":
            said = child.said()
            child.stop(2)
            raise ServerFailed(f"Valkey did not start ({self.log}).\n{said}")
        told = self.command("CONFIG GET dir") or b""
        if str(self.folder.resolve()).encode() not in told:
            raise ServerFailed(f"The Valkey behind {self.socket} does not keep its data in {self.folder}.")

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(10)
            self.child = None

    def command(self, line: str) -> bytes | None:
        """The raw answer to one inline command, without its line end; None if nobody answers."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.settimeout(2)
            try:
                wire.connect(str(self.socket))
                wire.sendall(line.encode() + b"\r\n")
                return wire.recv(65536).rstrip(b"\r\n")
            except OSError:
                return None


def _size(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_frsize * found.f_blocks


def _is_postmaster(pid: int, folder: Path) -> bool:
    if not Path("/proc/self").exists():
        return is_alive(pid)
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return os.fsencode(folder) in command
