"""Roles, addresses and ports of the servers that a person or a test run starts."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from devstack import lint
from devstack.ports import DEFAULT_PORT, Failed, Probe, open_port
from devstack.prepare import django_database
from devstack.process import wait_until
from devstack.stack import RECORD
from devstack.state import Busy, State

pytestmark = pytest.mark.django_db


def connected(variable: str):
    return closing(psycopg2.connect(os.environ[variable]))


def rows(variable: str, statement: str) -> list[tuple]:
    with connected(variable) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_the_owner_may_act_for_the_trail_and_the_application_for_nobody() -> None:
    members = rows(
        "CMO_TEST_SUPERUSER_URL",
        "SELECT m.rolname, r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
        " JOIN pg_roles r ON r.oid = a.roleid WHERE m.rolname LIKE 'cmo%'",
    )
    roles = rows(
        "CMO_TEST_SUPERUSER_URL",
        "SELECT rolname, rolcanlogin, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
        " FROM pg_roles WHERE rolname LIKE 'cmo%' ORDER BY 1",
    )
    assert members == [("cmo_owner", "cmo_audit")]
    assert roles == [
        ("cmo_app", True, False),
        ("cmo_audit", False, False),
        ("cmo_owner", True, False),
        ("cmo_reader", True, False),
    ]


def test_the_test_database_belongs_to_the_owner_as_in_production() -> None:
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert rows("DATABASE_URL", owner) == [("cmo_owner",)]
    assert rows("DATABASE_URL", "SELECT current_user::text, session_user::text") == [("cmo_app", "cmo_app")]


@pytest.mark.parametrize("owner", ["cmo_owner", "cmo_audit"])
def test_no_table_belongs_to_anybody_else(owner: str) -> None:
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    found = {name for (name,) in rows("DATABASE_URL", owners)}
    assert owner in found and found <= {"cmo_owner", "cmo_audit"}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "TRUNCATE accounts_user CASCADE",
        "DROP TABLE accounts_user CASCADE",
        "DROP SCHEMA public CASCADE",
        "SET session_replication_role = replica",
        "SET ROLE cmo_owner",
        "SET ROLE cmo_audit",
    ],
)
def test_the_application_may_only_read_and_write_rows(statement: str) -> None:
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege)
    with connected("DATABASE_URL") as connection, connection.cursor() as cursor, refused:
        cursor.execute(statement)


def test_the_reader_only_reads() -> None:
    reader = os.environ["DATABASE_URL"].replace("cmo_app@", "cmo_reader@")
    with closing(psycopg2.connect(reader)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_content_type")
        assert cursor.fetchone()[0] > 0
        with pytest.raises(psycopg2.Error):
            cursor.execute("DELETE FROM django_content_type")
        connection.rollback()
        cursor.execute("SET default_transaction_read_only = off")
        connection.commit()
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("DELETE FROM django_content_type")


def test_the_order_of_words_does_not_depend_on_the_machine() -> None:
    found = rows("DATABASE_URL", "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
    assert found == [("b", "C.UTF-8")]
    extensions = rows("DATABASE_URL", "SELECT extname FROM pg_extension")
    assert {("pg_trgm",), ("btree_gist",)} <= set(extensions)


def test_nobody_listens_on_the_network() -> None:
    assert rows("DATABASE_URL", "SHOW listen_addresses") == [("",)]
    folder = Path(os.environ["CMO_TEST_FOLDER"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_busy_default_port_gives_way_to_the_next_free_one(capsys: pytest.CaptureFixture[str]) -> None:
    with open_port("127.0.0.1", None) as first, open_port("127.0.0.1", None) as second:
        one, other = first.getsockname()[1], second.getsockname()[1]
    assert DEFAULT_PORT <= one < other
    assert f"Port {DEFAULT_PORT} is busy; using {other}." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1", "Address already in use"), ("no-such-host.invalid", "is no address")]
)
def test_an_address_that_cannot_be_used_is_refused_with_code_2(host: str, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Failed, match=words) as refused:
        open_port(host, taken.getsockname()[1])
    assert refused.value.code == 2


@pytest.mark.parametrize(
    ("answer", "ready"), [(b"HTTP/1.1 200 OK\r\n", True), (b"HTTP/1.1 500 Oh\r\n", False), (b"", False)]
)
def test_only_a_server_that_answers_without_an_error_is_ready(answer: bytes, ready: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = Probe(server.getsockname())
        assert probe() is False
        wire, _ = server.accept()
        assert wire.recv(100).startswith(b"GET /livez ")
        wire.sendall(answer)
        wire.close()
        assert wait_until(probe, 1) is ready


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-22 14:37:55,359 INFO cmo_lifecycle.requests GET /livez 200", "INFO"),
        ("[2026-11-22 14:37:42,735: ERROR/MainProcess] Cannot add entry", "ERROR"),
        ("[2026-11-22 13:55:45 +0000] [13849] [ERROR] Worker (pid:13853) exited with code 3.", "ERROR"),
        ('  File "x.py", line 1, in <module>', None),
    ],
)
def test_the_level_of_a_log_record_is_found_in_each_programs_style(line: str, level: str | None) -> None:
    found = RECORD.match(line)
    assert (found and found["level"]) == level


@pytest.fixture
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "SIGNING_KEY",
        "SEALING_KEY",
        "CMO_STATE_DIR",
    ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CMO_LOCAL", str(tmp_path / "state"))
    return tmp_path / "state"


def test_one_process_holds_the_state_at_a_time(state_folder: Path) -> None:
    first, second = State("manage.py up"), State("manage.py up")
    first.acquire()
    with pytest.raises(Busy) as busy:
        second.acquire(patience=0.2)
    assert busy.value.holder["pid"] == os.getpid()
    assert second.holder() == {"pid": os.getpid(), "what": "manage.py up", "phase": "starting"}
    first.release()
    assert second.holder() is None
    second.acquire()
    second.release()


def test_secrets_are_made_once_and_only_for_their_owner(state_folder: Path) -> None:
    made, again = State("manage.py up").environment(), State("manage.py up").environment()
    for name in ("SECRET_KEY", "SIGNING_KEY", "SEALING_KEY"):
        assert made[name] == again[name] and len(made[name]) >= 50
        assert stat.S_IMODE((state_folder / name.lower()).stat().st_mode) == 0o600
    assert len({made[name] for name in ("SECRET_KEY", "SIGNING_KEY", "SEALING_KEY")}) == 3


def test_given_servers_are_used_and_none_is_embedded(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db/mine")
    monkeypatch.setenv("REDIS_URL", "redis://queue/0")
    state = State("manage.py up")
    assert (state.embeds_postgres, state.embeds_valkey) == (False, False)
    environment = state.environment()
    assert environment["DATABASE_URL"] == "postgres://me@db/mine"
    assert "DATABASE_OWNER_URL" not in environment


def test_the_sockets_fit_however_long_the_path_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state_folder: Path
) -> None:
    monkeypatch.setenv("CMO_LOCAL", str(tmp_path / ("long" * 40)))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert len(str(State("manage.py up").sockets / ".s.PGSQL.5432.lock")) < 107


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgres://cmo_app@/cmo?host=/tmp/x", ("cmo", "cmo_app", "", "/tmp/x", "")),
        ("postgres://me:p%40ss@db.example:5433/mine", ("mine", "me", "p@ss", "db.example", "5433")),
    ],
)
def test_an_address_is_read_as_django_wants_it(url: str, wanted: tuple[str, ...]) -> None:
    assert tuple(django_database(url).values()) == wanted


def test_production_is_judged_without_what_this_machine_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMO_DEMO", "1")
    monkeypatch.setenv("CMO_HTTPS", "0")
    environment = lint.production()
    assert environment["CMO_DEMO"] == "0" and "CMO_HTTPS" not in environment
    assert "no-such-folder" in environment["DATABASE_URL"]
