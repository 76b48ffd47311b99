"""Taking a file in: looked at, hashed, kept, and made an import of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.files.base import File

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.tabular.limits import DEFAULT, Limits
from cmo_lifecycle.tabular.profiles import Profile
from cmo_lifecycle.tabular.reader import Table, open_table
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.attachments import clean_name
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted
from operations.importing import targets
from operations.models import DeliveryImport

SAMPLE = 200


def limits() -> Limits:
    return replace(DEFAULT, max_bytes=settings.IMPORT_MAX_BYTES)


def may_import(kind: str, user: User) -> bool:
    """Whether the person may bring in files of this kind: whoever may add what it holds, and imports at all."""
    if not edits.may_create(DeliveryImport, user):
        return False
    # Sites may be kept by more roles than import; delivery lines by fewer.
    from cmo_lifecycle.partners.models import Site
    from operations.models import Delivery

    return edits.may_create(Site if kind == targets.Kind.SITES else Delivery, user)


def keep(
    file: File,
    *,
    actor: User,
    kind: str = targets.Kind.DELIVERIES,
    create_missing: bool = False,
    source: str = "",
) -> DeliveryImport:
    """Keep an uploaded file as an import at UPLOADED.

    Raises NotPermitted; InvalidInput with a sentence at `file` where it is too large or no table.
    """
    if not may_import(kind, actor):
        raise NotPermitted(f"Your roles do not let you import {targets.Kind(kind).label.lower()}.")
    name = clean_name(str(file.name or "file"))
    size = int(file.size or 0)
    most = settings.IMPORT_MAX_BYTES
    if size > most:
        raise InvalidInput({"file": [f"The file is larger than {most // (1 << 20)} MiB; split it into several files."]})
    try:
        with open_table(file, name, limits=limits()):
            pass
    except TableError as error:
        raise InvalidInput({"file": [str(error)]}) from error
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    values = {
        "kind": kind,
        "file": file,
        "file_name": name,
        "sha256": digest.hexdigest(),
        "size": size,
        "create_missing": create_missing,
    }
    return edits.create(DeliveryImport, values, actor=actor, source=source)  # type: ignore[no-any-return]


@contextmanager
def opened(record: DeliveryImport, profile: Profile | None = None) -> Iterator[Table]:
    """Open the kept file, as the profile says or (without one) as it looks. Raises TableError."""
    with record.file.open("rb") as stored:
        if profile is not None:
            table = profile.open(stored, record.file_name, limits=limits())
        else:
            table = open_table(stored, record.file_name, limits=limits())
        with table:
            yield table


def sample(record: DeliveryImport, profile: Profile | None = None, most: int = SAMPLE) -> tuple[Table, list[Any]]:
    """Return the file's table (closed; for its header and facts) and its first rows."""
    rows = []
    with opened(record, profile) as table:
        for row in table.rows():
            rows.append(row)
            if len(rows) >= most:
                break
    return table, rows


def earlier(record: DeliveryImport, user: User) -> DeliveryImport | None:
    """Return the last import of the very same file that was committed, if the person may see it."""
    found = DeliveryImport.objects.visible_to(user).filter(sha256=record.sha256, kind=record.kind, state="committed")
    return found.exclude(pk=record.pk).order_by("-created_at").first()
