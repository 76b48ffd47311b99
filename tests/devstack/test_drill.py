"""The failure drill: whatever is interrupted or killed, nothing is left behind and everything starts again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from devstack.process import Account, identity, server_account
from devstack.servers import ROOT
from devstack.throwaway import Throwaway
from tests.devstack.conftest import Stack, eventually, stack_in_a_folder

pytestmark = pytest.mark.drill


def answers(stack: Stack) -> bool:
    try:
        with urllib.request.urlopen(f"{stack.facts['url']}livez", timeout=10) as response:
            return response.status == 200
    except OSError:
        return False


def sql(stack: Stack, *statements: str) -> list[tuple]:
    """The rows of the last statement, run by the tables' owner."""
    with closing(psycopg2.connect(host=stack.facts["sockets"], user="cmo_owner", dbname="cmo")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def test_ctrl_c_while_the_tables_are_made_leaves_nothing_and_the_next_start_goes_on(stack: Stack) -> None:
    stack.up()
    eventually(lambda: stack.facts.get("phase") == "preparing" or stack.process.poll() is not None)
    time.sleep(1.5)

    stack.signal(signal.SIGINT)

    assert stack.ending() == 0, stack.said
    assert stack.remnants() == {}
    stack.up()
    stack.wait_ready()
    assert answers(stack)
    assert sql(stack, "SELECT count(*) > 0 FROM django_migrations WHERE app = 'audit'") == [(True,)]


def test_a_second_up_is_told_where_the_first_one_runs(running: Stack) -> None:
    second = running.run("up")

    assert second.returncode == 3
    assert second.stdout.startswith("already running: ")
    assert running.facts["url"] in second.stdout and str(running.process.pid) in second.stdout
    assert running.run("status").returncode == 0


def test_a_busy_port_is_refused_before_anything_starts(fresh: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        fresh.up("--port", str(taken.getsockname()[1]))

        assert fresh.ending() == 2
    assert "cannot be used: Address already in use" in fresh.said
    assert not (fresh.folder / "postgres").exists()


@pytest.mark.parametrize("name", ["web", "worker", "beat", "valkey"])
def test_what_is_killed_is_started_again(running: Stack, name: str) -> None:
    before = running.facts
    os.kill(before["pids"][name], signal.SIGKILL)

    assert eventually(lambda: running.facts["pids"][name] != before["pids"][name], 20), running.said
    assert f"{name if name != 'valkey' else 'Valkey'} was ended by SIGKILL; starting it again" in running.said
    assert eventually(lambda: answers(running), 20)
    if name == "worker":
        assert eventually((running.folder / "worker.ready").exists, 30)
    assert running.facts["url"] == before["url"]
    assert {key for key in before["pids"] if before["pids"][key] != running.facts["pids"][key]} == {name}


def test_commands_find_the_running_database_and_the_role_they_need(running: Stack) -> None:
    show = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT user'); print(k.fetchone())"

    as_application = running.run("shell", "-v", "0", "-c", show)
    as_owner = running.run("migrate", "--check", "--skip-checks")

    assert as_application.stdout.strip() == "('cmo_app',)", as_application.stderr
    assert as_owner.returncode == 0, as_owner.stderr
    assert running.is_ready


def test_a_killed_supervisor_takes_everything_with_it(running: Stack) -> None:
    running.signal(signal.SIGKILL)
    running.process.wait()

    assert running.remnants() == {}
    running.up()
    running.wait_ready()
    assert answers(running)


def test_a_killed_postmaster_stops_the_stack_and_what_was_committed_is_kept(running: Stack) -> None:
    sql(running, "CREATE TABLE IF NOT EXISTS drill (n int)", "TRUNCATE drill", "INSERT INTO drill VALUES (7)")

    os.kill(running.facts["pids"]["postgresql"], signal.SIGKILL)

    assert running.ending() == 1
    assert "PostgreSQL was ended by SIGKILL, so everything stops." in running.said
    assert running.remnants() == {}
    running.up()
    running.wait_ready()
    assert sql(running, "SELECT n FROM drill") == [(7,)]
    sql(running, "DROP TABLE drill")


def test_an_ordinary_user_needs_no_privileges_even_beside_another_stack(running: Stack) -> None:
    account, python, extra = somebody_ordinary()
    with stack_in_a_folder(account, python, **extra) as theirs:
        theirs.up()
        theirs.wait_ready()

        assert answers(theirs) and answers(running)
        assert theirs.facts["url"] != running.facts["url"]
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in theirs.processes()}
        assert owners == {account.uid if account else os.geteuid()}
        theirs.signal(signal.SIGINT)
        assert theirs.ending() == 0
        assert theirs.remnants() == {}


def test_ctrl_c_twice_stops_in_order(running: Stack) -> None:
    running.signal(signal.SIGINT)
    time.sleep(0.2)
    running.signal(signal.SIGINT)

    assert running.ending() == 0
    assert running.said.rstrip().endswith("Stopped.")
    assert running.remnants(0) == {}


def test_after_down_a_command_starts_the_database_for_itself_and_a_reset_empties_it(running: Stack) -> None:
    assert running.run("reset_demo", "--yes").returncode == 3
    old = running.folder / "state" / "media" / "old.txt"
    old.parent.mkdir(exist_ok=True)
    old.write_text("old")

    down = running.run("down")

    assert (down.returncode, down.stdout) == (0, "stopped\n")
    assert running.ending() == 0
    assert running.remnants(0) == {}
    status = running.run("status")
    assert (status.returncode, status.stdout) == (1, "not running\n")

    count = "from cmo_lifecycle.accounts.models import User; print(User.objects.count())"
    alone = running.run("shell", "-v", "0", "-c", count)
    assert alone.stdout.strip().isdigit(), alone.stderr
    assert running.remnants(0) == {}

    assert running.run("reset_demo").returncode == 2
    assert old.exists()
    reset = running.run("reset_demo", "--yes", "--no-demo")
    assert reset.returncode == 0, reset.stderr
    assert not old.exists()
    assert running.remnants(0) == {}


def test_given_servers_are_used_and_none_of_our_own_is_started(fresh: Stack) -> None:
    with Throwaway() as given:
        fresh.environment |= {**given.environment(), "CMO_STATE_DIR": str(fresh.folder / "state")}
        fresh.up()
        fresh.wait_ready()

        assert answers(fresh)
        assert set(fresh.facts["pids"]) == {"web", "worker", "beat"}
        assert not (fresh.folder / "postgres").exists() and not (fresh.folder / "valkey").exists()
        fresh.signal(signal.SIGTERM)
        assert fresh.ending() == 0
        assert given.valkey.command("PING") == b"+PONG"


def somebody_ordinary() -> tuple[Account | None, list[str], dict[str, str]]:
    """An account without privileges, a Python that it can run, and what that needs to find our packages."""
    account = server_account()
    if account is None:
        return None, [sys.executable], {}
    packages = sysconfig.get_paths()["purelib"]
    ordinary = f"/usr/bin/python3.{sys.version_info.minor}"
    for python, extra in (([sys.executable], {}), ([ordinary], {"PYTHONPATH": packages})):
        try:
            tried = subprocess.run(
                [*python, "-c", "import django, psycopg2, kombu.transport.redis"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **extra},
                capture_output=True,
                **identity(account),
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return account, python, extra
    pytest.skip("an ordinary user can run neither this Python nor one like it with the locked packages")
