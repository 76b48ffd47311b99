"""How an administrator changes an account: who may, why, on the locked row, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.actor import acting

WHOLE = "__all__"


class Refused(Exception):
    """Nothing was written. `errors` maps a field (or `__all__`) to its sentences."""

    def __init__(self, *sentences: str, field: str = WHOLE, errors: dict[str, list[str]] | None = None) -> None:
        self.errors = errors if errors is not None else {field: list(sentences)}
        super().__init__(" ".join(sentence for found in self.errors.values() for sentence in found))


def as_administrator(actor: User) -> User:
    """Return the actor, locked and as the database has them now; refuse who is no administrator any more."""
    # Two administrators who deactivate each other at once are put in a row by this lock on them all.
    administrators = list(
        User.objects.select_for_update(of=("self",))
        .filter(groups__name="administrator", is_active=True, is_service=False)
        .order_by("pk")
    )
    found = next((person for person in administrators if person.pk == actor.pk), None)
    if found is None:
        raise Refused("Only an administrator manages people.")
    return found


def need(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why you do this.", field="reason")
    return reason.strip()


@contextmanager
def changing(actor: User, person: User, reason: str, *, own: str = "") -> Iterator[User]:
    """Give the person's locked row to an administrator's action; `own` refuses their own account with that sentence."""
    with transaction.atomic(), acting(actor, source="page"):
        as_administrator(actor)
        if own and actor.pk == person.pk:
            raise Refused(own)
        need(reason)
        yield User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def because(event: AccountEvent, actor: User) -> Any:
    return acting(actor, event=event.pk)
