"""What people do to their own account."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts import events
from cmo_lifecycle.accounts.actions.changing import Refused, because
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.actor import acting


def accept_statement(person: User) -> User:
    """Note that the person takes the accountability statement's present version as theirs."""
    if person.is_service:
        raise Refused("A service account never signs.")
    version = settings.ACCOUNTABILITY_STATEMENT_VERSION
    with transaction.atomic(), acting(person, source="page"):
        locked = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if locked.statement_version == version:
            return locked
        event = events.write(AccountEvent.Kind.STATEMENT_ACCEPTED, locked, by=locked, details={"version": version})
        with because(event, locked):
            locked.statement_version = version
            locked.statement_accepted_at = timezone.now()
            locked.save(update_fields=["statement_version", "statement_accepted_at"])
    return locked
