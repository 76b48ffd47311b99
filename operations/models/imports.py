from __future__ import annotations

from enum import nonmember
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from uuid_utils.compat import uuid7

from cmo_lifecycle.tabular.errors import ProfileError
from cmo_lifecycle.workflow.models import Job, Record, RecordClass, RecordQuerySet
from cmo_lifecycle.workflow.states import States

IMPORTERS = ("supply_planning", "project_manager", "sourcing")


class ImportProfile(Record):
    """How one source's columns and formats map to ours, kept under a name and used again."""

    class Kind(models.TextChoices):
        DELIVERIES = "deliveries", "Deliveries"
        SITES = "sites", "Sites"

    record_class = RecordClass.BUSINESS
    may_create = IMPORTERS
    may_edit = IMPORTERS
    route = "import-profiles"

    name = models.SlugField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.DELIVERIES)
    mapping = models.JSONField(default=dict)
    shipped = models.BooleanField("shipped with the product", default=False, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "kind",
                Lower("name"),
                name="one_profile_per_name",
                violation_error_message="There is a profile with this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A profile that is kept works, or says at once what is wrong with it."""
        from operations.importing import targets

        try:
            targets.fit(self.mapping, self.kind)
        except ProfileError as error:
            raise ValidationError({"mapping": str(error)}) from error
        if self.shipped and (self.kind, self.mapping) not in list(targets.shipped()):
            raise ValidationError(
                "This profile is shipped with the product and stays as it is; keep yours under another name."
            )


class ImportQuerySet(RecordQuerySet):
    def shared_with(self, user: Any) -> ImportQuerySet:
        """An import is seen by whoever made it."""
        return self.filter(created_by=user)


def upload_path(row: DeliveryImport, filename: str) -> str:
    return f"imports/{row.pk}"


class DeliveryImport(Record):
    """One file on its way in: uploaded, mapped, tried without effect, committed."""

    class State(States):
        UPLOADED = "uploaded", "Uploaded"
        MAPPED = "mapped", "Mapped"
        TRIED = "tried", "Dry run done"
        COMMITTING = "committing", "Committing"
        COMMITTED = "committed", "Committed"
        CANCELLED = "cancelled", "Cancelled"

        tones = nonmember(
            {"uploaded": "info", "mapped": "info", "tried": "info", "committing": "watch", "committed": "good"}
        )

    record_class = RecordClass.GXP
    may_create = IMPORTERS
    may_edit = IMPORTERS
    editable_in = (State.UPLOADED, State.MAPPED, State.TRIED)
    unsubmitted = (State.UPLOADED, State.MAPPED, State.TRIED)
    route = "imports"

    kind = models.CharField(max_length=12, choices=ImportProfile.Kind, default=ImportProfile.Kind.DELIVERIES)
    file = models.FileField(upload_to=upload_path, max_length=200)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("size in bytes")
    profile_name = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    create_missing = models.BooleanField(
        "create what is missing",
        default=False,
        help_text="Make the CMOs, sites, programmes and relationships that the file names and the system lacks.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.UPLOADED, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    rows_read = models.PositiveIntegerField(null=True, blank=True, editable=False)
    rows_new = models.PositiveIntegerField(null=True, blank=True, editable=False)
    rows_changed = models.PositiveIntegerField(null=True, blank=True, editable=False)
    rows_same = models.PositiveIntegerField(null=True, blank=True, editable=False)
    rows_bad = models.PositiveIntegerField(null=True, blank=True, editable=False)
    report = models.JSONField(default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "import"

    def __str__(self) -> str:
        return f"Import of {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("operations:import", args=[self.pk])


class ImportProblem(models.Model):
    """One cell or row that could not be taken, with what to do about it. Row numbers as the file shows them."""

    audit_exempt = "what a dry run or a commit said of a file; the file and the outcome are in the trail"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    of = models.ForeignKey(DeliveryImport, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    message = models.TextField()
    cells = models.JSONField(default=dict)

    class Meta:
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["of", "row"], name="problem_by_row")]

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column}: {self.message}"
