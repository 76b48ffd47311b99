from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User


class RecordClass(models.TextChoices):
    GXP = "gxp", "GxP"
    FINANCIAL = "financial", "Financial"
    BUSINESS = "business", "Business"


class RecordQuerySet(models.QuerySet):
    """Rows are reached through `visible_to`, and are never deleted."""

    def visible_to(self, user: Any) -> Any:
        """Rows this person may see: none for outsiders, all for whoever reads everything, else the noun's own rule."""
        if not getattr(user, "is_active", False) or user.is_external:
            return self.none()
        return self if user.reads_everything else self.shared_with(user)

    def shared_with(self, user: Any) -> Any:
        """Rows a colleague sees. A noun narrows it; here it is all of them."""
        return self

    def delete(self) -> Any:
        raise TypeError("Records are not deleted: cancel, retire or supersede them.")


class Record(models.Model):
    """A noun of the business: identified, versioned, trailed, never deleted.

    `version` grows by one with each edit and each state change; a door that says which version it
    read is stopped when another came in between.
    """

    record_class: ClassVar[RecordClass] = RecordClass.BUSINESS
    may_create: ClassVar[tuple[str, ...]] = ()
    may_edit: ClassVar[tuple[str, ...]] = ()
    #: States in which fields may be edited; None means all (or that the noun has no states).
    editable_in: ClassVar[tuple[str, ...] | None] = None
    #: States before the first submission: an edit there needs no reason.
    unsubmitted: ClassVar[tuple[str, ...]] = ()
    #: Fields that no history tells of.
    untold: ClassVar[tuple[str, ...]] = ()
    #: Whether fewer people read it than what it belongs to (`related`): its events show to those alone.
    secluded: ClassVar[bool] = False
    #: Fields left out of what a signature covers, besides bookkeeping.
    unsigned_fields: ClassVar[tuple[str, ...]] = ()
    #: The reference to the record that this one is a part of: it is locked first, so that both move as one.
    whole: ClassVar[str] = ""
    #: The REST route and the namespace of the pages, such as "cmos".
    route: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Records are not deleted: cancel, retire or supersede them.")

    def related(self) -> Record | None:
        """The relationship or programme whose history this record belongs to; itself where it is one."""
        return None

    @property
    def needs_reason(self) -> bool:
        """Whether an edit must say why: after the first submission, or a regulated noun without states."""
        if hasattr(self, "state"):
            return self.state not in self.unsubmitted
        return self.record_class != RecordClass.BUSINESS

    @property
    def is_editable(self) -> bool:
        return self.editable_in is None or getattr(self, "state", None) in self.editable_in

    def edited(self, event: Any) -> None:
        """Let follow what follows from an edit of this record, in the same transaction."""

    def barred(self, user: Any) -> str:
        """Say why this person may not add or change the record although their roles let them; empty where they may."""
        return ""

    def further_authors(self) -> set[Any]:
        """Keys of people who shaped the record without editing it: they do not approve it either."""
        return set()

    def signed_content(self) -> dict[str, Any]:
        """What a signature on this record covers. A noun with children adds them here."""
        from cmo_lifecycle.workflow.canonical import fields_of

        return fields_of(self)


class OfRecord(models.Model):
    """Something that hangs on any record by type and key, without holding it in place."""

    record_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    record_id = models.UUIDField()
    record = GenericForeignKey("record_type", "record_id")

    class Meta:
        abstract = True


class OfRecordQuerySet(models.QuerySet):
    def of(self, record: models.Model) -> Any:
        return self.filter(record_type=ContentType.objects.get_for_model(record), record_id=record.pk)


class EventQuerySet(OfRecordQuerySet):
    def history_of(self, record: models.Model) -> EventQuerySet:
        """Events of the record and of everything that belongs to its history, newest first."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(
            Q(record_type=kind, record_id=record.pk) | Q(related_type=kind, related_id=record.pk)
        ).order_by("-at", "-id")

    def readable_by(self, user: Any) -> EventQuerySet:
        """Leave out what happened to secluded records that the person does not see."""
        hidden = Q(pk__in=[])
        for model in apps.get_models():
            if issubclass(model, Record) and model.secluded:
                rows = model.objects.visible_to(user).order_by().filter(pk=OuterRef("record_id"))
                hidden |= Q(~Exists(rows), record_type=ContentType.objects.get_for_model(model))
        return self.exclude(hidden)


class Event(OfRecord):
    """What somebody did, in words: created, edited, or walked a transition."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    inputs = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    record_version = models.PositiveIntegerField()
    record_label = models.CharField(max_length=200)
    related_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+", null=True)
    related_id = models.UUIDField(null=True)
    related = GenericForeignKey("related_type", "related_id")
    cause = models.ForeignKey("self", on_delete=models.PROTECT, related_name="consequences", null=True)
    source = models.CharField(max_length=20)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["record_id", "-at"], name="event_of_record"),
            models.Index(fields=["related_id", "-at"], name="event_of_related"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.record_label}"


class Signature(OfRecord):
    """One person's signature on one version of one record: name, meaning, time and content hash.

    `mac` binds all of it with the installation's signing key, so that a changed name or a row copied
    to another record shows as invalid.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="signature")
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signatures")
    printed_name = models.CharField(max_length=150)
    role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=200)
    at = models.DateTimeField()
    record_version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["record_id"], name="signature_of_record")]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.meaning}"


class Approval(OfRecord):
    """One role's word on one step of one record, asked for and filled by the door alone."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        GIVEN = "given", "Given"
        WITHDRAWN = "withdrawn", "No longer asked"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = models.CharField(max_length=60)
    role = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField()
    due = models.DateField(null=True)
    record_label = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="approvals", null=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        ordering = ["due", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id", "verb", "role"],
                condition=Q(status__in=["waiting", "given"]),
                name="one_live_approval_per_role",
            ),
            models.CheckConstraint(
                condition=~Q(status="given") | Q(by__isnull=False, event__isnull=False),
                name="a_given_approval_names_its_giver",
            ),
            models.UniqueConstraint(
                fields=["record_type", "record_id", "verb", "by"],
                condition=Q(status="given"),
                name="one_person_fills_one_role",
            ),
        ]
        indexes = [
            models.Index(fields=["role", "due"], condition=Q(status="waiting"), name="approval_waiting"),
            models.Index(fields=["record_id"], name="approval_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.role}: {self.get_status_display()}"


def attachment_path(attachment: Attachment, filename: str) -> str:
    """Store by content hash: the same bytes are kept once, and a name can never steer the path."""
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(OfRecord):
    """A file of a record: hashed, versioned by name, voided instead of deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    number = models.PositiveIntegerField("version")
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("size in bytes")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    voided_reason = models.TextField(blank=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id", "name", "number"], name="one_attachment_per_version"
            )
        ]
        indexes = [models.Index(fields=["record_id"], name="attachment_of_record")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.pk])

    def is_intact(self) -> bool:
        """Tell whether the stored bytes still have the hash they came with."""
        digest = hashlib.sha256()
        with self.file.open("rb") as stored:
            for chunk in iter(lambda: stored.read(1 << 20), b""):
                digest.update(chunk)
        return digest.hexdigest() == self.sha256


class Job(models.Model):
    """A longer piece of work done in the background, with its progress, which people may leave and cancel."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    audit_exempt = "progress of background work; what the work does is in the trail itself"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    cancel_asked = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED)


class Heartbeat(models.Model):
    """When a part of the installation (worker, beat, a schedule) last said that it lives."""

    audit_exempt = "a clock, not a record"

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"


class IdempotencyKey(models.Model):
    """The answer once given to a keyed POST, replayed for 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "route", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
