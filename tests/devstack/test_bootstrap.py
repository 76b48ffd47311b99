"""From bare `python3` to `.venv`, with installers that only note what they were asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.servers import ROOT

BARE = Path(getattr(sys, "_base_executable", sys.executable))


class Checkout:
    """A copy of what `manage.py` needs before anything is installed; `tools` comes first on its PATH."""

    def __init__(self, folder: Path):
        self.root = folder / "checkout"
        self.tools = folder / "tools"
        self.notes = folder / "notes"
        self.root.mkdir()
        self.tools.mkdir()
        (self.root / "devstack").mkdir()
        for name in ("manage.py", "devstack/__init__.py", "devstack/bootstrap.py"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "devstack" / "commands.py").write_text(
            "import sys\ndef main(argv):\n    print('inside', sys.prefix, *argv[1:])\n    return 7\n"
        )
        (self.root / "requirements.lock").write_text("one==1\n")
        (self.root / "package-lock.json").write_text("{}\n")
        self.tool("uv", 'case $1 in --version) exit 0;; esac; echo "uv $*" >>"$NOTES"')
        self.tool("npm", 'mkdir -p node_modules; echo "npm $*" >>"$NOTES"')

    def tool(self, name: str, body: str) -> None:
        (self.tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.tools / name).chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BARE, self.root / "manage.py", *words],
            cwd="/",
            env={"PATH": f"{self.tools}:/usr/bin:/bin", "NOTES": str(self.notes), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )

    @property
    def asked(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_command_installs_and_the_second_does_not(checkout: Checkout) -> None:
    first = checkout.run("up", "--port", "1")
    second = checkout.run("status")

    venv = checkout.root / ".venv"
    assert (first.returncode, first.stdout) == (7, f"inside {venv} up --port 1\n"), first.stderr
    assert (second.returncode, second.stdout) == (7, f"inside {venv} status\n")
    lock = checkout.root / "requirements.lock"
    assert checkout.asked == [
        f"uv pip install --quiet --compile-bytecode --python {venv}/bin/python --require-hashes -r {lock}",
        "npm ci --omit=dev --no-audit --no-fund --ignore-scripts --loglevel=error",
    ]


def test_a_changed_lock_is_installed_again(checkout: Checkout) -> None:
    checkout.run("status")
    checkout.notes.unlink()

    (checkout.root / "requirements.lock").write_text("one==2\n")
    checkout.run("status")
    (checkout.root / "package-lock.json").write_text("{ }\n")
    checkout.run("status")

    assert [asked.split()[0] for asked in checkout.asked] == ["uv", "npm"]


def test_two_commands_at_once_install_once(checkout: Checkout) -> None:
    checkout.tool("uv", 'case $1 in --version) exit 0;; esac; sleep 1; echo "uv" >>"$NOTES"')
    environment = {"PATH": f"{checkout.tools}:/usr/bin:/bin", "NOTES": str(checkout.notes)}
    both = [
        subprocess.Popen([BARE, checkout.root / "manage.py", "status"], env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]

    assert [one.wait(60) for one in both] == [7, 7]
    assert checkout.asked.count("uv") == 1


def test_a_machine_without_npm_still_runs_and_says_what_it_lacks(checkout: Checkout) -> None:
    checkout.tool("npm", 'echo "no network"; exit 1')

    done = checkout.run("status")

    assert done.returncode == 7
    assert "The front-end packages are missing" in done.stderr and "no network" in done.stderr
    checkout.tool("npm", "mkdir -p node_modules")
    assert "front-end" not in checkout.run("status").stderr
    assert (checkout.root / "node_modules" / ".installed").exists()


def test_packages_that_cannot_be_installed_are_a_sentence_and_the_installers_words(checkout: Checkout) -> None:
    # Whichever pip this Python brings must not reach an index, either.
    checkout.tool("uv", 'case $1 in --version) exit 0;; esac; echo "hashes differ"; exit 1')
    (checkout.root / "requirements.lock").write_text("no-such-file.whl --hash=sha256:00\n")

    done = checkout.run("status")

    assert done.returncode == 1
    assert "The locked packages could not be installed.\nhashes differ" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout.root / ".venv" / ".installed").exists()


def test_a_broken_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.run("status")
    python = checkout.root / ".venv" / "bin" / "python"
    for link in python.parent.glob("python*"):
        link.unlink()
    python.symlink_to("/nowhere/python3")
    (checkout.root / "requirements.lock").write_text("one==3\n")

    assert checkout.run("status").returncode == 7


def test_a_prepared_environment_is_left_alone(checkout: Checkout) -> None:
    done = subprocess.run(
        [BARE, checkout.root / "manage.py", "status"],
        env={"PATH": os.environ["PATH"], "CMO_NO_BOOTSTRAP": "1"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 7
    assert not (checkout.root / ".venv").exists()
