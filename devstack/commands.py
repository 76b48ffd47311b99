"""What `manage.py` does with its first word: our own commands, or Django's with the right servers behind them."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from devstack.binaries import Unavailable
from devstack.process import wait_until
from devstack.servers import DATABASE, ROOT, ServerFailed
from devstack.stack import Servers, Supervisor, describe_busy
from devstack.state import Busy, State

# Only the owner of the tables may do these.
OWNERS_COMMANDS = {
    "createcachetable", "flush", "makemigrations", "migrate", "optimizemigration", "remove_stale_contenttypes",
    "showmigrations", "sqlflush", "sqlmigrate", "squashmigrations",
}  # fmt: skip
COMMANDS_WITHOUT_DATABASE = {
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "sendtestemail",
    "spectacular", "startapp", "startproject", "version", "--help", "-h", "--version",
}  # fmt: skip
HELP = """Usage: python3 manage.py COMMAND

  up [--host H] [--port P] [--no-demo]   run everything here, with the demo
  down, status                           stop what `up` runs; say whether it runs
  reset_demo [--stop] [--yes]            delete the embedded database and its files, load the demo anew
             [--no-demo]                 or leave it empty
  test [pytest's arguments]              run the tests on servers of their own
  lint                                   run every check of the code
  bench                                  measure on a large portfolio in a database of its own
  prepare                                migrate, and load the demo where CMO_DEMO=1

Every other command is Django's (`python3 manage.py help`); it finds the embedded database whether `up` runs or not.
"""


def main(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_lifecycle.settings")
    word, rest = (argv[1], argv[2:]) if len(argv) > 1 else ("", [])
    if not word:
        print(HELP)
        return 0
    own = {
        "up": up, "down": down, "status": status, "reset_demo": reset_demo, "reset-demo": reset_demo,
        "test": test, "lint": lint, "bench": bench, "prepare": prepare,
    }  # fmt: skip
    try:
        return own[word](rest) if word in own else django(argv)
    except Busy as busy:
        print(describe_busy(busy), file=sys.stderr)
        return 3
    except (ServerFailed, Unavailable) as failure:
        print(failure, file=sys.stderr)
        return 1


# -- our own commands -----------------------------------------------------------------------------------


def up(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("manage.py up", description="Run the whole product on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: only this machine)")
    parser.add_argument("--port", type=_port, help="the port; without it 8000 or the next free one")
    parser.add_argument("--no-demo", action="store_true", help="start without demo data")
    chosen = parser.parse_args(arguments)
    state = State("manage.py up")
    environment = state.environment()
    # Demo data go into a database of our own making, or where they are asked for.
    demo = "1" if state.embeds_postgres else "0"
    environment["CMO_DEMO"] = "0" if chosen.no_demo else environment.get("CMO_DEMO") or demo
    if not environment.get("ALLOWED_HOSTS"):
        local = ["localhost", "127.0.0.1", "[::1]"]
        environment["ALLOWED_HOSTS"] = "*" if chosen.host in ("0.0.0.0", "::") else ",".join([*local, chosen.host])
    return Supervisor(state, environment).run(chosen.host, chosen.port)


def down(arguments: list[str]) -> int:
    argparse.ArgumentParser("manage.py down", description="Stop what `up` runs.").parse_args(arguments)
    state = State("manage.py down")
    holder = state.holder()
    if holder is None:
        print("not running")
        return 0
    if holder.get("what") != "manage.py up":
        raise Busy(holder)
    os.kill(holder["pid"], signal.SIGTERM)
    if not wait_until(lambda: state.holder() is None, 45):
        print(f"It was asked to stop, but pid {holder['pid']} is still running.", file=sys.stderr)
        return 1
    print("stopped")
    return 0


def status(arguments: list[str]) -> int:
    """Say what runs; the exit code is 0 for a stack that is ready and 1 for anything else."""
    argparse.ArgumentParser("manage.py status", description="Say whether `up` runs.").parse_args(arguments)
    holder = State("manage.py status").holder()
    if holder is None:
        print("not running")
        return 1
    print(f"{holder.get('what', 'another command')}: {holder.get('phase', 'starting')}")
    for name in ("pid", "url"):
        if name in holder:
            print(f"{name}: {holder[name]}")
    for name, pid in holder.get("pids", {}).items():
        print(f"{name}: pid {pid}")
    return 0 if holder.get("phase") == "ready" else 1


def reset_demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        "manage.py reset_demo", description="Delete the embedded database and its files, and load the demo anew."
    )
    parser.add_argument("--stop", action="store_true", help="stop a running `up` first")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-demo", action="store_true", help="leave it empty")
    chosen = parser.parse_args(arguments)
    state = State("manage.py reset_demo")
    if not (state.embeds_postgres and state.embeds_valkey):
        print("DATABASE_URL or REDIS_URL is set: only embedded servers are ever deleted.", file=sys.stderr)
        return 2
    if state.holder() is not None and not chosen.stop:
        print("It is running. Stop it first (manage.py down), or say reset_demo --stop.", file=sys.stderr)
        return 3
    if not chosen.yes and not _agrees(f"Everything in {state.servers_folder} and {state.files} will be deleted."):
        print("Nothing was changed.", file=sys.stderr)
        return 2
    if state.holder() is not None and (code := down([])) != 0:
        return code
    environment = state.environment() | {"CMO_DEMO": "0" if chosen.no_demo else "1"}
    with _terminated_by_exception(), _databases(state, environment) as servers:
        servers.stop()
        _discard(state)
        servers.start(wait_until)
        return _run_prepare(environment)


def test(arguments: list[str]) -> int:
    """Run the tests with pytest, in this process's place; the whole set side by side where there are two cores."""
    os.chdir(ROOT)
    if not arguments and (os.cpu_count() or 1) > 1:
        arguments = ["-n", "2", "--dist", "worksteal"]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


def lint(arguments: list[str]) -> int:
    from devstack import lint as checks

    argparse.ArgumentParser("manage.py lint", description="Run every check of the code.").parse_args(arguments)
    return checks.run()


def bench(arguments: list[str]) -> int:
    """Run `python -m bench` on servers of its own, migrated and otherwise empty."""
    from devstack.throwaway import Throwaway

    os.environ["CMO_DEMO"] = "0"
    with _terminated_by_exception(), Throwaway(durable=True) as servers:
        servers.migrate()
        command = [sys.executable, "-m", "bench", *arguments]
        environment = {**os.environ, **servers.environment()}
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


def prepare(arguments: list[str]) -> int:
    argparse.ArgumentParser("manage.py prepare", description="Migrate, and load the demo.").parse_args(arguments)
    return _with_servers("prepare", _prepare)


# -- Django's commands ----------------------------------------------------------------------------------


def django(argv: list[str]) -> int:
    """Run a Django command as the role it needs, with the embedded servers if no others are given."""

    def execute() -> int:
        from django.core.management import execute_from_command_line

        if argv[1] in OWNERS_COMMANDS and os.environ.get("DATABASE_OWNER_URL"):
            os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
        execute_from_command_line(argv)
        return 0

    return _with_servers(argv[1], execute)


def _with_servers(word: str, run: Callable[[], int]) -> int:
    """Call `run` with the servers that the environment gives, or `up` runs, or that are started for it alone."""
    state = State(f"manage.py {word}")
    if not (state.embeds_postgres or state.embeds_valkey):
        return run()
    if state.embeds_postgres:
        os.environ.update(state.environment())
    else:
        # A database of somebody else's: its secrets are theirs to give, too.
        os.environ.setdefault("REDIS_URL", state.valkey.url())
    if word in COMMANDS_WITHOUT_DATABASE or _stack_serves(state):
        return run()
    fill = word not in {*OWNERS_COMMANDS, "prepare"}
    with _terminated_by_exception(), _databases(state, dict(os.environ), fill):
        return run()


def _stack_serves(state: State) -> bool:
    """Whether `up` runs; waits until its servers do."""
    if (state.holder() or {}).get("what") != "manage.py up":
        return False
    wait_until(lambda: (state.holder() or {}).get("phase") != "starting", 60)
    return state.holder() is not None


@contextlib.contextmanager
def _databases(state: State, environment: dict[str, str], fill: bool = False) -> Iterator[Servers]:
    """The embedded servers for one command; with `fill`, the tables are made if there are none yet."""
    # A command that ends just now should not send the person away.
    state.acquire(patience=10)
    state.note(phase="command")
    servers = Servers(state)
    try:
        servers.start(wait_until)
        if fill and servers.postgres and not _has_tables(servers):
            print("First use: creating the tables ...", file=sys.stderr)
            if _run_prepare(environment | {"CMO_DEMO": "0"}) != 0:
                raise ServerFailed("The tables could not be made.")
        yield servers
    finally:
        servers.stop()
        state.release()


@contextlib.contextmanager
def _terminated_by_exception() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind the command like Ctrl-C does, so that its servers are stopped."""

    def leave(signum: int, _frame: object) -> None:
        raise SystemExit(128 + signum)

    before = {signum: signal.signal(signum, leave) for signum in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _has_tables(servers: Servers) -> bool:
    assert servers.postgres is not None
    connection = servers.postgres.connect(database=DATABASE)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _prepare() -> int:
    from devstack.prepare import prepare as run

    return run()


def _run_prepare(environment: dict[str, str]) -> int:
    command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
    return subprocess.run(command, cwd=ROOT, env=environment | {"CMO_NO_BOOTSTRAP": "1"}).returncode


def _discard(state: State) -> None:
    """Remove the servers' data and the application's files, so that a half-done removal is never read again."""
    doomed = [state.servers_folder / "postgres", state.servers_folder / "valkey", state.files]
    for folder in doomed:
        if folder.exists():
            condemned = folder.with_name(f"{folder.name}.deleted.{time.time_ns()}")
            folder.rename(condemned)
            shutil.rmtree(condemned)


def _agrees(warning: str) -> bool:
    if not sys.stdin.isatty():
        print(f"{warning} Say so with --yes.", file=sys.stderr)
        return False
    return input(f"{warning} Type yes to go on: ").strip().lower() == "yes"


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number
