# ruff: noqa: S608 - table and column names come from the models, quoted; every value is a parameter
"""Take the demonstration away: its CMOs and programmes, and all that hangs on them, the files on disk included.

The audit trail keeps that it was there and who removed it. The demo people stay as closed accounts, because an
account's id is never given to anybody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.utils import timezone

from cmo_lifecycle.accounts import actions, cast
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.partners.models import CMO, Programme
from cmo_lifecycle.portfolio.models import Demonstration
from cmo_lifecycle.workflow.models import Approval, Attachment, Event, Record, Signature
from cmo_lifecycle.workflow.refusals import NotPermitted, Refused
from contracts.models import Delegation, HolidayCalendar

Found = dict[type[models.Model], set[Any]]

#: Hang on records by type and key, not by foreign key.
LOOSE = (Signature, Approval, Attachment, Event)
#: Belong to no CMO and no programme: what the demo's people have made of them goes.
OF_THE_COMPANY: tuple[type[models.Model], ...] = (Delegation, HolidayCalendar)


def _links(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield every foreign key, of any table, that points at `model`."""
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is model and other not in LOOSE:
                yield other, field.name


def what_goes() -> Found:
    """Return the keys of everything that goes with the demo's CMOs and programmes, by model."""
    demo = Demonstration.objects.filter(removed_at=None).first()
    if demo is None:
        raise Refused("There are no demo data to remove.")
    found: Found = defaultdict(set)
    found[CMO].update(demo.cmos)
    found[Programme].update(demo.programmes)
    ahead: list[type[models.Model]] = [CMO, Programme]
    for model in OF_THE_COMPANY:
        made = model._default_manager.filter(created_by__in=cast.demo_people())
        found[model].update(made.values_list("pk", flat=True))
        ahead.append(model)
    while ahead:
        model = ahead.pop()
        for other, name in _links(model):
            keys = (
                set(other._default_manager.filter(**{f"{name}__in": found[model]}).values_list("pk", flat=True))
                - found[other]
            )
            if keys:
                found[other] |= keys
                ahead.append(other)
    return found


def counts(found: Found) -> list[tuple[str, int]]:
    """Return what goes in words, records only, most numerous first."""
    return sorted(
        (
            (str(model._meta.verbose_name_plural), len(keys))
            for model, keys in found.items()
            if issubclass(model, Record) and keys
        ),
        key=lambda row: (-row[1], row[0]),
    )


def remove(*, actor: User) -> dict[str, int]:
    """Remove the demonstration and close its people's accounts, in one transaction; return what went."""
    if not actor.has_role("administrator"):
        raise NotPermitted("Removing the demo data is for: Administrator.")
    with transaction.atomic(), acting(actor, source="page"):
        found = what_goes()
        files = _files_of(found)
        gone = {}
        for model, keys in found.items():
            _delete_loose(model, keys)
            gone[model._meta.label] = _delete(model, keys)
        for storage, names in files.items():
            transaction.on_commit(partial(_delete_files, storage, names))
        for person in cast.demo_people().filter(is_active=True).exclude(pk=actor.pk):
            actions.deactivate(person, actor=actor, reason="The demo data were removed")
        Demonstration.objects.filter(removed_at=None).update(removed_at=timezone.now())
    return gone


def _files_of(found: Found) -> dict[Storage, set[str]]:
    """Return the files of everything that goes, by where they are kept."""
    files: dict[Storage, set[str]] = defaultdict(set)
    for model, keys in found.items():
        rows = [model._default_manager.filter(pk__in=keys)]
        if issubclass(model, Record):
            kind = ContentType.objects.get_for_model(model)
            rows.append(Attachment.objects.filter(record_type=kind, record_id__in=keys))
        for group in rows:
            for field in group.model._meta.concrete_fields:
                if isinstance(field, models.FileField):
                    files[field.storage].update(filter(None, group.values_list(field.attname, flat=True)))
    return files


def _delete_files(storage: Storage, names: set[str]) -> None:
    """Delete files that no row names any more; equal attachments share one."""
    kept = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
    for name in names - kept:
        storage.delete(name)


def _delete(model: type[models.Model], keys: set[Any]) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [list(keys)])
        return cursor.rowcount


def _delete_loose(model: type[models.Model], keys: set[Any]) -> None:
    if not issubclass(model, Record):
        return
    kind = ContentType.objects.get_for_model(model)
    for loose in LOOSE:
        _delete(
            loose,
            set(loose._default_manager.filter(record_type=kind, record_id__in=keys).values_list("pk", flat=True)),
        )
