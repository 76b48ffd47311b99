from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Demonstration(models.Model):
    """That the demo data were loaded, and which CMOs and programmes they hang on; gone when they are removed."""

    one = models.BooleanField(primary_key=True, default=True)
    loaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    cmos = ArrayField(models.UUIDField(), default=list)
    programmes = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(one=True), name="one_demonstration")]

    def __str__(self) -> str:
        return f"Demonstration loaded at {self.loaded_at:%Y-%m-%d %H:%M}"

    @classmethod
    def is_here(cls) -> bool:
        return cls.objects.filter(removed_at=None).exists()
