from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

KeptBack = Callable[[], "Q | None"]

_kept_back: list[KeptBack] = []


def keep_back(function: KeptBack) -> KeptBack:
    """Declare entries that no reader of the product sees for the time being; the function says which, or None.

    They are in the trail all the while, under its seals.
    """
    _kept_back.append(function)
    return function


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Any) -> AuditEntryQuerySet:
        """Auditors and administrators read the whole trail; others read a record's own part on its page."""
        if not (user.is_active and user.has_role("auditor", "administrator")):
            return self.none()
        found = self
        for declared in _kept_back:
            if (condition := declared()) is not None:
                found = found.exclude(condition)
        return found

    def of(self, record: models.Model, tables: Mapping[str, str] | None = None) -> AuditEntryQuerySet:
        """Entries of one row; with `tables` (name → its reference to the record) those of the rows that belong to it."""
        return self._with_rows_of(Q(table_name=record._meta.db_table, row_id=str(record.pk)), str(record.pk), tables)

    def of_key(self, key: str, tables: Mapping[str, str] | None = None) -> AuditEntryQuerySet:
        """Entries of whatever row has the key, and as in `of`."""
        return self._with_rows_of(Q(row_id=key), key, tables)

    def _with_rows_of(self, own: Q, key: str, tables: Mapping[str, str] | None) -> AuditEntryQuerySet:
        if not tables:
            return self.filter(own)
        belongs = Q()
        for of in {*tables.values()}:
            named = [table for table, name in tables.items() if name == of]
            belongs |= Q(table_name__in=named) & (Q(**{f"old__{of}_id": key}) | Q(**{f"new__{of}_id": key}))
        # A record's tables are written with the record itself: its own transactions are where to look.
        written = AuditEntry.objects.filter(own).order_by().values("xact")
        together = AuditEntry.objects.filter(belongs, xact__in=written).order_by().values("pk")
        return self.filter(own | Q(pk__in=together))


class AuditEntry(models.Model):
    """One changed row of one regulated table, written by the database itself.

    `old` holds the former values of what changed, `new` the whole row after it. Secret columns
    are left out of both.
    """

    class Operation(models.TextChoices):
        INSERT = "I", "Created"
        UPDATE = "U", "Changed"
        DELETE = "D", "Removed"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    xact = models.BigIntegerField()
    table_name = models.TextField()
    op = models.CharField(max_length=1, choices=Operation)
    row_id = models.TextField()
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    actor = models.TextField()
    event = models.UUIDField(null=True)
    source = models.TextField()
    db_user = models.TextField()

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entry"
        ordering = ["-id"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.get_op_display()} {self.table_name} {self.row_id}"


class AuditSeal(models.Model):
    """A hash over the entries from `from_id` to `to_id`, chained to the seal before it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    from_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    count = models.BigIntegerField()
    sha256 = models.TextField()
    chain = models.TextField()

    class Meta:
        db_table = "audit_seal"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Seal {self.id}, entries {self.from_id} to {self.to_id}"
