"""`.ci/run` passes only when the checks passed and tests really ran."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from devstack.servers import ROOT


@pytest.mark.parametrize(
    ("lint", "tests", "said", "code"),
    [
        (0, 0, "===== 12 passed in 3.4s =====", 0),
        (0, 0, "===== 12 passed, 2 skipped in 3.4s =====", 0),
        (1, 0, "===== 12 passed in 3.4s =====", 1),
        (0, 1, "===== 1 failed, 11 passed in 3.4s =====", 1),
        (0, 0, "===== 3 skipped in 3.4s =====", 1),
        (0, 0, "===== no tests ran in 0.1s =====", 1),
        (0, 5, "===== no tests ran in 0.1s =====", 1),
        (0, 0, "", 1),
    ],
)
def test_it_passes_only_when_tests_ran(tmp_path: Path, lint: int, tests: int, said: str, code: int) -> None:
    python = tmp_path / "python3"
    python.write_text(
        f"#!/bin/sh\ncase $2 in lint) exit {lint};; test) echo collecting; echo '{said}'; exit {tests};; esac\n"
    )
    python.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "CHROMIUM": "/bin/true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    if said:
        assert done.stdout.splitlines()[-1] == said
