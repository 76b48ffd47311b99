"""Tests run on a PostgreSQL and a Valkey of their own, as the application's role.

Loaded by `-p devstack.pytest_plugin`, that is before pytest-django reads the settings. The servers start with the
first test that needs the database; every database is a copy of one that the migrations have made as its owner.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from psycopg2 import sql

from devstack.kept import DATABASE_FIXTURE, Grounds
from devstack.pristine import Pristine
from devstack.servers import SUPERUSER, ServerFailed
from devstack.throwaway import Throwaway

TEMPLATE = "tmpl_cmo"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Servers:
    """The servers of one process: each xdist worker has its own, so that none waits for another's transactions."""

    def __init__(self) -> None:
        self.throwaway = Throwaway()
        self.broken: ServerFailed | None = None
        os.environ.update(self.throwaway.environment())
        os.environ["CMO_TEST_FOLDER"] = str(self.throwaway.folder)
        os.environ["CMO_DEMO"] = "0"
        os.environ["DEBUG"] = "0"
        os.environ.pop("CELERY_TASK_ALWAYS_EAGER", None)

    def start(self) -> None:
        """Start them and migrate the template, once. Raises ServerFailed, again if asked again."""
        if self.broken:
            raise self.broken
        if self.throwaway.started:
            return
        try:
            self.throwaway.start_migrated(TEMPLATE)
        except ServerFailed as failure:
            self.broken = failure
            raise


servers = Servers()
# What each database held before the first test, by its name.
_snapshots: dict[str, Pristine] = {}


class Databases:
    """The databases of this process's cluster, and which of them Django is connected to; see devstack.kept."""

    base = ""

    def copy(self, template: str, name: str) -> None:
        from django.db import connections

        connections.close_all()
        source = TEMPLATE if template == self.base else template
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER cmo_owner")
        with (
            contextlib.closing(servers.throwaway.postgres.connect()) as administrator,
            administrator.cursor() as cursor,
        ):
            # A thread of a test's live server may still hold a session.
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
            cursor.execute(command.format(sql.Identifier(name), sql.Identifier(source)))

    def use(self, name: str) -> None:
        from django.conf import settings
        from django.db import connection

        if connection.settings_dict["NAME"] == name:
            return
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
        os.environ.update(servers.throwaway.addresses(name))


def _writing() -> contextlib.AbstractContextManager[Any]:
    from cmo_lifecycle.audit.actor import acting

    return acting("test:set-up", source="test")


databases = Databases()
grounds = Grounds(databases, servers.throwaway.folder / "files", _writing)
atexit.register(servers.throwaway.stop)


def chromium() -> str | None:
    """The path of the machine's Chromium, if it has one."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The machine's Chromium, for `playwright.chromium.launch(executable_path=...)`."""
    found = chromium()
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    return found


def pytest_configure(config: pytest.Config) -> None:
    if not WORKER and getattr(config.option, "numprocesses", None):
        # The workers find the migrated cluster ready, instead of each making it.
        servers.start()
        servers.throwaway.stop()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    _create_as_superuser()
    _restore_instead_of_flush()


def pytest_unconfigure() -> None:
    servers.throwaway.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if not in_browser:
        return
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if chromium() is None:
        for item in in_browser:
            item.add_marker(pytest.mark.skip(reason="browser test: there is no Chromium on this machine"))


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest):
    """Nothing that a test has put into Valkey (rate limits, messages, cached values) reaches the next one."""
    yield
    if servers.throwaway.started:
        servers.throwaway.valkey.command("FLUSHDB")


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
    """Open a test's database where the fixtures that it asks for have been made already, and hand those out."""
    if fixturedef.argname == DATABASE_FIXTURE:
        with request.getfixturevalue("django_db_blocker").unblock():
            grounds.prepare(request.node, request)
            if _commits(request):
                from django.db import connection

                _remember(connection.settings_dict["NAME"])
    elif fixturedef.scope != "function":
        if "django_db_blocker" in fixturedef.argnames and databases.base:
            with request.getfixturevalue("django_db_blocker").unblock():
                grounds.leave()
    elif grounds.has(fixturedef):
        value = grounds.value(fixturedef.argname)
        fixturedef.cached_result = (value, fixturedef.cache_key(request), None)  # type: ignore[arg-type]
        # Nothing would mean to pytest that the fixture has still to be made; it hands out the cached result.
        return True if value is None else value
    return None


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(
        (marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)))
        or {"transactional_db", "live_server"} & set(request.fixturenames)
    )


def _remember(name: str) -> None:
    if name not in _snapshots:
        _snapshots[name] = Pristine.of(servers.throwaway.postgres.url(SUPERUSER, name))


def _create_as_superuser() -> None:
    """Let Django make its test databases by the superuser and own none of them, as in production."""
    from django.db.backends.postgresql.base import DatabaseWrapper
    from django.db.backends.postgresql.creation import DatabaseCreation

    def nodb_cursor(self):
        administrator = {**self.connection.settings_dict, "NAME": "postgres", "USER": SUPERUSER}
        return DatabaseWrapper(administrator, alias=self.connection.alias)._nodb_cursor()

    def creation_suffix(self):
        return f"WITH TEMPLATE {TEMPLATE} OWNER cmo_owner"

    def create_test_db(self, verbosity=1, autoclobber=False, serialize=True, keepdb=False):
        servers.start()
        self._create_test_db(verbosity, autoclobber=True)
        name = self._get_test_db_name()
        self.connection.close()
        databases.base = name
        databases.use(name)
        _remember(name)
        return name

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseCreation, "_nodb_cursor", nodb_cursor)
    patch.setattr(DatabaseCreation, "sql_table_creation_suffix", creation_suffix)
    patch.setattr(DatabaseCreation, "create_test_db", create_test_db)
    # The whole cluster goes; a session that a failed test left open must not turn up as a second failure.
    patch.setattr(DatabaseCreation, "_destroy_test_db", lambda self, name, verbosity: None)


def _restore_instead_of_flush() -> None:
    from django.test import TransactionTestCase

    def fixture_teardown(self):
        from django.db import connections

        for alias in self._databases_names(include_mirrors=False):
            _snapshots[connections[alias].settings_dict["NAME"]].restore()

    pytest.MonkeyPatch().setattr(TransactionTestCase, "_fixture_teardown", fixture_teardown)


def pytest_report_header() -> str:
    return f"servers: {Path(os.environ['CMO_TEST_FOLDER'])}, role cmo_app, Chromium {chromium() or 'missing'}"
