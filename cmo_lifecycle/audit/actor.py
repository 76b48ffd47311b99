"""Who is writing. The database refuses a write to a regulated table that names nobody.

The name travels as a setting of the database session (`app.actor`), so it also covers bulk
writes, raw SQL and COPY, which no signal of Django's would see.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection


@dataclass(frozen=True)
class Acting:
    """Who acts (`user:<uuid>`, `anonymous`, `console:<os user>`), by which door, within which event."""

    actor: str = ""
    source: str = ""
    event: str = ""


_NOBODY = Acting()
_current: ContextVar[Acting] = ContextVar("acting", default=_NOBODY)


def current() -> Acting:
    """Return who acts in this context; an empty `actor` means nobody."""
    return _current.get()


def name_of(user: Any) -> str:
    """Return the trail's name for a user: `user:<uuid>`, or `anonymous` for somebody not signed in."""
    if isinstance(user, str):
        return user
    return f"user:{user.pk}" if getattr(user, "pk", None) else "anonymous"


def _tell(acting: Acting) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.actor', %s, false), set_config('app.source', %s, false),"
            " set_config('app.event', %s, false)",
            [acting.actor, acting.source, acting.event],
        )


@contextmanager
def acting(user: Any, *, source: str = "", event: Any = None) -> Iterator[Acting]:
    """Write as `user` (a User, or a name such as `console:root`) until the block ends.

    Nested blocks keep the outer source and event unless they name their own.
    """
    before = _current.get()
    now = Acting(
        actor=name_of(user),
        source=source or before.source,
        event=str(event) if event is not None else before.event,
    )
    if now == before:
        yield now
        return
    token = _current.set(now)
    _tell(now)
    try:
        yield now
    finally:
        _current.reset(token)
        # Where the transaction is broken, its rollback restores the setting by itself.
        with suppress(DatabaseError):
            _tell(before if before.actor else _process())


def act_from_now_on(name: str, *, source: str) -> None:
    """Let a process that serves nobody in particular write as `name`, such as `system:beat`, on every connection."""
    now = Acting(actor=name, source=source)
    _current.set(now)
    if connection.connection is not None:
        _tell(now)


def _process() -> Acting:
    if settings.PROCESS_ACTS_AS_CONSOLE:
        return Acting(actor=f"console:{getpass.getuser()}", source="command")
    return Acting()


def name_the_process(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Give each new connection of a console command its operating-system user as the actor.

    A web or worker process gets none: there every write must be somebody's.
    """
    now = _current.get()
    if not now.actor:
        now = _process()
    if now.actor:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.actor', %s, false), set_config('app.source', %s, false),"
                " set_config('app.event', %s, false)",
                [now.actor, now.source, now.event],
            )
