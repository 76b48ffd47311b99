"""Costly fixtures are made once for each process, in a database of their own that tests then start from.

A fixture that bears `@kept` below `@pytest.fixture` is made outside of any test, with all that it asks for, in a copy
of the migrated database, and committed. A test that asks for it is connected to that database, and gets the objects
as they were when they were made: they are pickled once and read for each test, so nothing that a test does to them, or
to the database, reaches another. Which tests ran before makes no difference.

What is kept must be made of function-scoped fixtures that yield nothing; whatever yields or is parametrised, or
needs a tool of pytest, is a test's own. What returns a function is called again for each test.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, Protocol, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])
DATABASE_FIXTURE = "_django_db_helper"
# They say that a database is needed, which it is anyway.
MERE_MARKERS = {"db", "transactional_db", "live_server", DATABASE_FIXTURE}


def kept(made: F) -> F:
    """Mark the function of a fixture as one whose result and rows are kept for other tests."""
    made.kept = True  # type: ignore[attr-defined]
    return made


class Databases(Protocol):
    """Where databases are made and connected to."""

    base: str

    def copy(self, template: str, name: str) -> None: ...

    def use(self, name: str) -> None: ...


class NotKept(Exception):
    """Something that a kept fixture asks for can only be made within a test."""


@dataclass
class Ground:
    """A database with what fixtures have made in it; `functions` are theirs, by fixture name."""

    database: str
    functions: dict[str, Any] = field(default_factory=dict)
    values: bytes = b""
    # Where a second name of each file lies that the fixtures have stored.
    files: dict[Path, Path] = field(default_factory=dict)

    def objects(self) -> dict[str, Any]:
        """Return the fixtures' values, by name: new objects each time, as related to each other as they were."""
        return pickle.loads(self.values) if self.values else {}  # noqa: S301 (written by this process)

    def bring_files(self) -> None:
        """Put back those files that a test has removed."""
        for place, second in self.files.items():
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(second, place)


class Grounds:
    """The grounds of one process. `files` is the folder in which the product stores files."""

    def __init__(
        self, databases: Databases, files: Path, writing: Callable[[], contextlib.AbstractContextManager[Any]]
    ):
        self.databases = databases
        self.files = files
        self.writing = writing
        self.made: list[Ground] = []
        # The fixtures that lead to one which only a test can make.
        self.refused: list[dict[str, Any]] = []
        self._count = 0
        self._objects: dict[str, Any] = {}
        self._functions: dict[str, Any] = {}

    def prepare(self, item: pytest.Item, request: pytest.FixtureRequest) -> None:
        """Connect a test, before its database is opened, to the ground that it asks for."""
        self._objects, self._functions = {}, {}
        from django.db import connection

        if connection.in_atomic_block:
            # The test lies within a transaction of its module.
            return
        ground = self._ground_for(item, request)
        self.databases.use(ground.database if ground else self.databases.base)
        if ground:
            ground.bring_files()
            self._objects, self._functions = ground.objects(), ground.functions

    def leave(self) -> None:
        """Connect to the database that nothing has been made in."""
        from django.db import connection

        if not connection.in_atomic_block:
            self.databases.use(self.databases.base)

    def has(self, fixture: pytest.FixtureDef[Any]) -> bool:
        """Whether the ground of the running test holds what this fixture makes."""
        return fixture.argname in self._objects and self._functions.get(fixture.argname) is fixture.func

    def value(self, name: str) -> Any:
        return self._objects[name]

    def _ground_for(self, item: pytest.Item, request: pytest.FixtureRequest) -> Ground | None:
        asked = [found for name in request.fixturenames if (found := _seen_by(item, name))]
        if any(found.scope != "function" and "django_db_blocker" in found.argnames and _ours(found) for found in asked):
            return None
        wanted = {found.argname: found.func for found in asked if getattr(found.func, "kept", False)}
        if not wanted or any(wanted.items() <= way.items() and _sees(item, way) for way in self.refused):
            return None
        fitting = [ground for ground in self.made if _sees(item, ground.functions)]
        for ground in fitting:
            if _kept_in(ground) == set(wanted):
                return ground
        parents = [ground for ground in fitting if _kept_in(ground) <= set(wanted)]
        parent = max(parents, key=lambda ground: len(ground.functions), default=Ground(self.databases.base))
        self._count += 1
        ground = Ground(f"ground_{self._count}", {**parent.functions, **wanted})
        try:
            self._make(ground, item, request, sorted(wanted), parent)
        except NotKept:
            self.refused.append(ground.functions)
            return None
        self.made.append(ground)
        return ground

    def _make(self, ground: Ground, item: pytest.Item, request: Any, names: list[str], parent: Ground) -> None:
        from django.db import connection, transaction

        self.databases.use(parent.database)
        self.databases.copy(parent.database, ground.database)
        self.databases.use(ground.database)
        parent.bring_files()
        maker = _Maker(item, request, ground.functions, parent.objects())
        with self.writing(), transaction.atomic():
            for name in names:
                maker.getfixturevalue(name)
            # Tests see what has been written and not what would follow from it, as in a transaction that never ends.
            connection.run_on_commit = []
        again = {name for name, value in maker.values.items() if isinstance(value, FunctionType | MethodType)}
        ground.values = pickle.dumps({name: value for name, value in maker.values.items() if name not in again})
        ground.files = dict(parent.files)
        folder = self.files.with_name(f"{self.files.name}-kept") / ground.database
        for number, place in enumerate(sorted(self._stored() - set(parent.files))):
            folder.mkdir(parents=True, exist_ok=True)
            ground.files[place] = folder / str(number)
            os.link(place, ground.files[place])

    @staticmethod
    def _stored() -> set[Path]:
        """Return the files that rows of this database name. The same bytes may have lain there before."""
        from django.apps import apps
        from django.db.models import FileField

        return {
            place
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, FileField)
            for name in model._default_manager.values_list(field.name, flat=True)
            if name and (place := Path(field.storage.path(name))).is_file()
        }


class _Maker:
    """Makes fixtures outside of a test; stands for pytest's `request` in those that ask for it."""

    def __init__(self, item: pytest.Item, request: Any, functions: dict[str, Any], values: dict[str, Any]):
        self.item = item
        self.request = request
        self.functions = functions
        self.values = values

    def getfixturevalue(self, name: str) -> Any:
        if name not in self.values:
            found = _seen_by(self.item, name)
            if found is None:
                raise NotKept(name)
            if found.scope == "session":
                return self.request.getfixturevalue(name)
            self.functions[name] = found.func
            if found.scope != "function" or found.params or inspect.isgeneratorfunction(found.func) or not _ours(found):
                raise NotKept(name)
            self.values[name] = found.func(**{argument: self._argument(argument) for argument in found.argnames})
        return self.values[name]

    def _argument(self, name: str) -> Any:
        if name in MERE_MARKERS:
            return None
        return self if name == "request" else self.getfixturevalue(name)


def _kept_in(ground: Ground) -> set[str]:
    return {name for name, made in ground.functions.items() if getattr(made, "kept", False)}


def _seen_by(item: pytest.Item, name: str) -> pytest.FixtureDef[Any] | None:
    found = item.session._fixturemanager.getfixturedefs(name, item)
    return found[-1] if found else None


def _sees(item: pytest.Item, functions: dict[str, Any]) -> bool:
    """Whether each of these fixtures is, for a test, the one that it was."""
    return all((found := _seen_by(item, name)) is not None and found.func is made for name, made in functions.items())


def _ours(found: pytest.FixtureDef[Any]) -> bool:
    return str(found.func.__module__).split(".")[0] in ("tests", "conftest")
