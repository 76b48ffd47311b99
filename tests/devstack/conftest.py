"""Whole stacks of the real product, started as a person would, each in a state folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devstack.process import Account, identity, is_alive
from devstack.servers import ROOT

# Generous, for a machine that has a lot else to do.
PATIENCE = 240


def eventually(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `condition` gives once that is true; whatever it gave last after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


class Stack:
    """`manage.py` with its state in `folder`, run by `account` with `python`."""

    def __init__(self, folder: Path, account: Account | None = None, python: list[str] | None = None, **extra: str):
        self.folder = folder
        self.account = account
        self.python = python or [sys.executable]
        self.process: subprocess.Popen[str] | None = None
        self.output = folder / "output.txt"
        # No HOME, and nothing of the tests' own servers.
        self.environment = {
            "PATH": os.environ["PATH"],
            "CMO_LOCAL": str(folder),
            "CMO_NO_BOOTSTRAP": "1",
            **extra,
        }

    def command(self, *words: str) -> list[str]:
        return [*self.python, str(ROOT / "manage.py"), *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            **identity(self.account),
        )

    def up(self, *words: str) -> None:
        """Begin `manage.py up`, on a port of the system's choice unless `words` say another."""
        with open(self.output, "w") as output:
            self.process = subprocess.Popen(
                self.command("up", "--no-demo", *(words or ("--port", "0"))),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity(self.account),
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def facts(self) -> dict[str, Any]:
        """What the running stack says of itself to other commands."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.folder / "running.json").read_text())
        return {}

    @property
    def is_ready(self) -> bool:
        return self.process is not None and self.process.poll() is None and "is ready" in self.said

    def wait_ready(self) -> None:
        assert self.process is not None
        eventually(lambda: self.is_ready or self.process.poll() is not None)
        assert self.is_ready, self.said

    def signal(self, signum: int) -> None:
        assert self.process is not None
        self.process.send_signal(signum)

    def ending(self) -> int:
        """The exit code, once it has ended."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def processes(self) -> dict[int, str]:
        """Every process on the machine that belongs to this stack, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = str(self.folder) in line or str(self.folder) in os.readlink(entry / "cwd")
                if ours or os.fsencode(f"CMO_LOCAL={self.folder}\0") in (entry / "environ").read_bytes():
                    found[int(entry.name)] = line
        return {pid: line for pid, line in found.items() if is_alive(pid)}

    def remnants(self, seconds: float = 8) -> dict[int, str]:
        """The processes that are still there after `seconds`."""
        eventually(lambda: not self.processes(), seconds)
        return self.processes()

    def remove(self) -> None:
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGTERM)
            self.ending()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self.processes(), 10)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def stack_in_a_folder(account: Account | None = None, python: list[str] | None = None, **extra: str) -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="cmo-drill-", dir="/tmp"))
    # The servers' account has to pass through it.
    folder.chmod(0o711)
    if account:
        os.chown(folder, account.uid, account.gid)
    stack = Stack(folder, account, python, **extra)
    try:
        yield stack
    finally:
        stack.remove()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One state folder for all drills; what a drill leaves in it is the next one's start."""
    with stack_in_a_folder() as made:
        yield made


@pytest.fixture
def running(stack: Stack) -> Stack:
    """The stack of that folder, ready, whatever the drill before did to it."""
    if not stack.is_ready:
        stack.up()
        stack.wait_ready()
    return stack


@pytest.fixture
def fresh() -> Iterator[Stack]:
    """A stack that has never run."""
    with stack_in_a_folder() as made:
        yield made
