"""Files of a record: sniffed, hashed, size-limited, versioned, never replaced in place."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Max

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow.models import Attachment, Event, Record
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from cmo_lifecycle.workflow.transitions import write_event

#: What may be attached: sniffed type by the endings it may carry.
ALLOWED = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "text/csv": (".csv",),
    "text/plain": (".txt", ".md", ".log"),
}
#: The part that makes a package of that kind what its name says.
OFFICE_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
#: How long a reason for voiding may be.
REASON_MOST = 4000
ENDINGS = {ending: kind for kind, endings in ALLOWED.items() for ending in endings}


def clean_name(name: str) -> str:
    """Return a file's name without path, control and direction characters; at most 200 long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf"))
    return re.sub(r"\s+", " ", name).strip()[-200:] or "file"


def sniff(file: File, name: str) -> str:
    """Return the file's type by its content; raise InvalidInput where it is not allowed or not what its name says."""
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    kind = ENDINGS.get(ending)
    if kind is None:
        allowed = ", ".join(sorted(ENDINGS))
        raise InvalidInput({"file": [f"Files of this type are not taken. Attach one of: {allowed}."]})
    file.seek(0)
    head = file.read(1 << 16)
    file.seek(0)
    if kind.startswith("text/"):
        if (
            b"\0" in head
            or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
            or head[:5] == b"%PDF-"
            or head[:2] in (b"PK", b"MZ")
        ):
            raise InvalidInput({"file": [f"This is not the plain text that its name ({ending}) says."]})
        return kind
    if ending in OFFICE_PARTS:
        if not _is_office(file, OFFICE_PARTS[ending]):
            raise InvalidInput({"file": [f"The content is not what its name ({ending}) says. Attach the real file."]})
        return kind
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        found = set()
    if kind not in found:
        raise InvalidInput({"file": [f"The content is not what its name ({ending}) says. Attach the real file."]})
    return kind


def _is_office(file: File, part: str) -> bool:
    """Whether a package has its main part and no macros. Only its directory is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as package:
            names = {name.lower() for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    finally:
        file.seek(0)
    whole = {"[content_types].xml", part} <= names
    return whole and not any(name.rpartition("/")[2] == "vbaproject.bin" for name in names)


def checked(file: Any) -> tuple[str, str]:
    """Return a file's clean name and its type by its content; raise InvalidInput at `file` for what is not taken."""
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
        raise InvalidInput({"file": [f"The file is larger than {limit} MB. Attach a smaller one."]})
    if not file.size:
        raise InvalidInput({"file": ["The file is empty."]})
    name = clean_name(file.name)
    return name, sniff(file, name)


def attach(record: Record, file: Any, *, actor: User, cause: Event | None = None, source: str = "") -> Attachment:
    """Keep a file with a record; the same name again becomes its next version. With a `cause` roles are not asked."""
    model = type(record)
    if cause is None and not actor.has_role(*{*model.may_edit, *model.may_create}):
        raise NotPermitted(f"Your roles do not let you attach files to a {model._meta.verbose_name}.")
    if cause is None and (said := record.barred(actor)):
        raise NotPermitted(said)
    name, kind = checked(file)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        model._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
        last = Attachment.objects.of(record).filter(name=name).aggregate(last=Max("number"))["last"] or 0
        attachment = Attachment(
            record=record,
            name=name,
            number=last + 1,
            content_type=kind,
            size=file.size,
            sha256=digest.hexdigest(),
            added_by=actor,
        )
        path = attachment.file.field.generate_filename(attachment, name)
        if attachment.file.storage.exists(path):
            attachment.file.name = path
        else:
            attachment.file.save(name, file, save=False)
        attachment.save(force_insert=True)
        write_event(
            record,
            actor=actor,
            verb="attach",
            version=record.version,
            changes={"attachment": [None, f"{name}, version {attachment.number}, SHA-256 {attachment.sha256}"]},
            cause=cause,
        )
    return attachment


def may_void(record: Any, user: User) -> bool:
    """Whether the person's roles let them mark a file of this record void: those who edit such records."""
    return user.is_active and user.has_role(*type(record).may_edit) and not record.barred(user)


def void(attachment: Attachment, *, actor: User, reason: str, source: str = "") -> Attachment:
    """Mark a file void for a reason of at most 4,000 characters; it stays where it is and is handed out as before.

    Raises NotPermitted, InvalidInput at `reason`, or Refused where the file is void already.
    """
    record: Any = attachment.record
    if not may_void(record, actor):
        raise NotPermitted(f"Your roles do not let you void files of a {record._meta.verbose_name}.")
    reason = reason.strip()
    if not reason:
        raise InvalidInput({"reason": ["Say why the file no longer counts."]})
    if len(reason) > REASON_MOST:
        raise InvalidInput({"reason": [f"Say it in at most {REASON_MOST:,} characters."]})
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        locked = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
        if locked.voided_reason:
            raise Refused("This file is void already.")
        locked.voided_reason = reason
        locked.save(update_fields=["voided_reason"])
        write_event(
            record,
            actor=actor,
            verb="void",
            version=record.version,
            reason=reason,
            changes={"attachment": [f"{locked.name}, version {locked.number}", "void"]},
        )
    return locked
