"""The supervisor: servers first, then the database's state, then web, worker and beat; the other way round to stop."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.binaries import Unavailable
from devstack.ports import Failed, Probe, bracketed, open_port, say
from devstack.process import Child
from devstack.servers import ROOT, Postgres, ServerFailed, Valkey
from devstack.state import Busy, State

LARGE_LOG = 10 * 1024 * 1024
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
# The first line of a log record; the lines of a traceback belong to the one before them.
RECORD = re.compile(r"\[?\d{4}-\d\d-\d\d[^A-Za-z]*(?:\[\d+\] )?\[?(?P<level>[A-Z]+)\b")


class Stopping(Exception):
    """Somebody asked the stack to stop."""


class Servers:
    """The embedded servers of one state folder, as far as the environment does not give others."""

    def __init__(self, state: State):
        self.state = state
        self.postgres: Postgres | None = state.postgres if state.embeds_postgres else None
        self.valkey: Valkey | None = state.valkey if state.embeds_valkey else None

    def start(self, wait: Callable[..., bool]) -> None:
        self.state.prepare_folders()
        if self.postgres:
            if not self.postgres.exists:
                self.postgres.create()
            self.postgres.start(wait)
            self.postgres.apply_roles()
        if self.valkey:
            self.valkey.start(wait)

    def stop(self) -> None:
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        # Nothing of ours stays in a place that is cleared by others; not empty means that a stop went wrong.
        with contextlib.suppress(OSError):
            self.state.sockets.rmdir()


@dataclass
class Service:
    """A program of ours that runs as long as the stack does and is started again when it dies.

    `is_ready` looks at whether it works; `patience` is how many seconds it may take to end.
    """

    name: str
    command: list[str]
    is_ready: Callable[[], bool]
    patience: float
    orphaned: int = signal.SIGTERM
    environment: dict[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    child: Child | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0


class Supervisor:
    """One `manage.py up`."""

    def __init__(self, state: State, environment: dict[str, str]):
        self.state = state
        self.environment = environment
        self.servers = Servers(state)
        self.services: list[Service] = []
        self.preparation: Child | None = None
        self.asked_to_stop = False
        self.url = ""
        self._followed: dict[str, int] = {}
        self._quiet: dict[str, bool] = {}

    def run(self, host: str, port: int | None) -> int:
        """Run until somebody asks to stop (0), or it cannot go on (1, or 2 for a busy port, 3 for a second `up`)."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._asked)
        try:
            self.state.acquire()
        except Busy as busy:
            say(describe_busy(busy))
            return 3
        listener = None
        try:
            listener = open_port(host, port)
            self._start(host, listener)
            self._watch()
        except Stopping:
            say("Stopping ...")
            code = 0
        except (Failed, ServerFailed, Unavailable) as failure:
            # A server that ends because somebody asked the stack to stop has not failed.
            say("Stopping ..." if self.asked_to_stop else str(failure))
            code = 0 if self.asked_to_stop else getattr(failure, "code", 1)
        finally:
            if listener is not None:
                listener.close()
            self._stop()
            self.state.release()
        if code == 0:
            say("Stopped.")
        return code

    # -- starting ---------------------------------------------------------------------------------------

    def _start(self, host: str, listener: socket.socket) -> None:
        if os.geteuid() == 0:
            say("Running as root; PostgreSQL and Valkey run as nobody. An ordinary user is enough for all of it.")
        self.servers.start(self.wait)
        self.state.note(phase="preparing")
        self._prepare()
        port = listener.getsockname()[1]
        self.url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else bracketed(host)}:{port}/"
        if not self.environment.get("PUBLIC_URL"):
            self.environment["PUBLIC_URL"] = self.url
        self.services = [self._web(listener), self._worker(), self._beat()]
        for service in self.services:
            self._launch(service)
        self._wait_for_services()
        self._note()
        self._announce()

    def _prepare(self) -> None:
        say("Preparing the database ...")
        report = self.state.folder / "prepared.json"
        report.unlink(missing_ok=True)
        self.preparation = Child(
            "prepare",
            [sys.executable, str(ROOT / "manage.py"), "prepare"],
            env={**self.environment, "CMO_PREPARE_REPORT": str(report), "CMO_NO_BOOTSTRAP": "1"},
            cwd=ROOT,
            log=self._log("prepare"),
        )
        preparation = self.preparation
        while preparation.running:
            self._tick(0.05)
            self._follow("prepare")
        self._follow("prepare")
        if preparation.process.returncode != 0:
            raise Failed(f"The database could not be prepared: it {preparation.ending}.")

    def _web(self, listener: socket.socket) -> Service:
        command = [
            sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy" / "gunicorn.conf.py"),
            "--bind", f"fd://{listener.fileno()}",
        ]  # fmt: skip
        return Service("web", command, Probe(listener.getsockname()[:2]), patience=6, pass_fds=(listener.fileno(),))

    def _worker(self) -> Service:
        ready = self.state.folder / "worker.ready"
        command = [
            sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet",
            "--app", "cmo_lifecycle", "worker", "--concurrency", "2",
            "--loglevel", "WARNING", "--without-mingle", "--without-gossip", "--include", "devstack.worker_signals",
        ]  # fmt: skip
        return Service(
            "worker", command, ready.exists, patience=10, orphaned=signal.SIGQUIT,
            environment={"CMO_READY_FILE": str(ready)},
        )  # fmt: skip

    def _beat(self) -> Service:
        command = [
            sys.executable, "-m", "celery", "--quiet", "--app", "cmo_lifecycle", "beat", "--loglevel", "WARNING",
            "--pidfile=", "--schedule", str(self.state.folder / "beat"),
        ]  # fmt: skip
        return Service("beat", command, lambda: True, patience=4)

    def _launch(self, service: Service) -> None:
        if service.child:
            # Whatever a killed parent has left in its session goes before its successor starts.
            service.child.stop(0)
        if ready := service.environment.get("CMO_READY_FILE"):
            Path(ready).unlink(missing_ok=True)
        service.started = time.monotonic()
        service.child = Child(
            service.name,
            service.command,
            env={**self.environment, **service.environment},
            cwd=ROOT,
            log=self._log(service.name),
            orphaned=service.orphaned,
            pass_fds=service.pass_fds,
        )

    def _wait_for_services(self) -> None:
        def ready_or_dead() -> bool:
            return all(service.is_ready() for service in self.services) or any(
                not service.child.running for service in self.services if service.child
            )

        self.wait(ready_or_dead, 300)
        for child in (service.child for service in self.services if service.child):
            if not child.running:
                raise Failed(f"The {child.name} {child.ending}:\n{child.said()}")
        for service in self.services:
            if service.child and not service.is_ready():
                raise Failed(f"The {service.name} does not answer:\n{service.child.said()}")

    def _announce(self) -> None:
        say(f"\nCMO Lifecycle is ready: {self.url}\n")
        with contextlib.suppress(FileNotFoundError, ValueError):
            prepared = json.loads((self.state.folder / "prepared.json").read_text())
            if sign_ins := prepared["sign_ins"]:
                say(f"Demo sign-ins, all with the password {prepared['password']}")
                width = max(len(email) for email, _, _ in sign_ins)
                for email, role, note in sign_ins:
                    say(f"  {email:<{width}}  {role}  ({note})")
                say("")
        say(f"Ctrl-C stops it. Logs: {self.state.logs}")

    # -- running ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._tick(0.2)
            self._check_servers()
            for service in self.services:
                self._check(service)
                self._follow(service.name)

    def _check_servers(self) -> None:
        postgres, valkey = self.servers.postgres, self.servers.valkey
        if postgres and postgres.child and not postgres.child.running:
            raise Failed(
                f"PostgreSQL {postgres.child.ending}, so everything stops. Start again: what was committed is kept."
            )
        if valkey and valkey.child and not valkey.child.running:
            say(f"Valkey {valkey.child.ending}; starting it again.")
            valkey.stop()
            valkey.start(self.wait)
            self._note()

    def _check(self, service: Service) -> None:
        assert service.child is not None
        now = time.monotonic()
        if service.due:
            if now >= service.due:
                service.due = 0.0
                self._launch(service)
                self._note()
        elif not service.child.running:
            service.deaths = 1 if now - service.started > STEADY_AFTER else service.deaths + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** (service.deaths - 1))
            service.due = now + pause
            self._follow(service.name)
            say(f"The {service.name} {service.child.ending}; starting it again in {pause:g} s.")

    def _note(self) -> None:
        pids: dict[str, Any] = {service.name: service.child.pid for service in self.services if service.child}
        for server in (self.servers.postgres, self.servers.valkey):
            if server and server.child:
                pids[server.child.name.lower()] = server.child.pid
        self.state.note(phase="ready", url=self.url, pids=pids, sockets=str(self.state.sockets))

    # -- stopping ---------------------------------------------------------------------------------------

    def _asked(self, signum: int, _frame: object) -> None:
        self.asked_to_stop = True

    def _stop(self) -> None:
        running = [service for service in self.services if service.child]
        for service in running:
            assert service.child is not None
            service.child.ask()
        if self.preparation:
            self.preparation.stop(4)
        for service in running:
            assert service.child is not None
            service.child.stop(service.patience)
        self.servers.stop()

    # -- waiting ----------------------------------------------------------------------------------------

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether `condition` came true in time. Raises Stopping as soon as somebody asks to stop."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self._tick(0.05)
        return True

    def _tick(self, seconds: float) -> None:
        if self.asked_to_stop:
            raise Stopping
        time.sleep(seconds)
        if self.asked_to_stop:
            raise Stopping

    # -- logs -------------------------------------------------------------------------------------------

    def _log(self, name: str) -> Path:
        log = self.state.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LARGE_LOG:
            log.replace(log.with_suffix(".log.1"))
        log.touch(mode=0o600)
        self._followed[name] = log.stat().st_size
        return log

    def _follow(self, name: str) -> None:
        """Show on the terminal what a child has written since the last time; mere information stays in the log."""
        log = self.state.logs / f"{name}.log"
        with contextlib.suppress(OSError), open(log, "rb") as file:
            file.seek(self._followed[name])
            news, newline, _ = file.read().rpartition(b"\n")
            self._followed[name] += len(news) + len(newline)
            for line in news.decode(errors="replace").splitlines():
                if begins := RECORD.match(line):
                    self._quiet[name] = begins["level"] in ("INFO", "DEBUG")
                if not self._quiet.get(name):
                    say(f"{name:<7} | {line}")


def describe_busy(busy: Busy) -> str:
    """The sentence for a second `up`, with the facts that a script may want."""
    if busy.holder.get("what") != "manage.py up":
        return f"{busy} Wait until it has ended, or end it."
    facts = {name: busy.holder[name] for name in ("pid", "url") if name in busy.holder}
    return f"already running: {json.dumps(facts)}"
