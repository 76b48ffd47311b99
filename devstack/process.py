"""Child processes that never outlive the one who started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


@dataclass(frozen=True)
class Account:
    """Whom a server runs as: PostgreSQL refuses root."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """`nobody` when this process is root; None when a server simply runs as the person who started it."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def identity(account: Account | None) -> dict:
    """The keyword arguments of `subprocess` that make a child run as `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def end_with_parent(signum: int) -> None:
    """Let the kernel send this process `signum` when its parent ends, however that happens."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


def dies_with_parent(signum: int) -> Callable[[], None]:
    """A `preexec_fn` that binds the child to this process; it runs after the change of user, which would undo it."""
    parent = os.getpid()

    def arrange() -> None:
        end_with_parent(signum)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


class Child:
    """One running program in a session of its own, its output in a log file.

    `farewell` asks it to end in order; `orphaned` is what the kernel sends it if the supervisor is killed.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | os.PathLike],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        account: Account | None = None,
        farewell: int = signal.SIGTERM,
        orphaned: int = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
    ):
        self.name = name
        self.log = log
        self.farewell = farewell
        self.asked = False
        with open(log, "ab", buffering=0) as output:
            self.log_start = output.tell()
            self.process = subprocess.Popen(
                [os.fspath(part) for part in command],
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_parent(orphaned),
                pass_fds=pass_fds,
                **identity(account),
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.process.poll()
        if code is None:
            return "is running"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def said(self, lines: int = 20) -> str:
        """The last lines that it wrote since it was started."""
        with open(self.log, "rb") as output:
            output.seek(self.log_start)
            return b"\n".join(output.read().splitlines()[-lines:]).decode(errors="replace")

    def ask(self) -> None:
        """Ask it to end, without waiting. Only once: some programs take a second request for impatience."""
        if self.running and not self.asked:
            self.asked = True
            self.process.send_signal(self.farewell)

    def stop(self, patience: float) -> None:
        """Ask it to end, wait up to `patience` seconds, then end it and whatever it left in its session."""
        self.ask()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists and has not merely not been collected yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Whether `condition` came true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
