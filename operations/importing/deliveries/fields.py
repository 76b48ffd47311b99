"""The fields of a delivery that a file can fill, and how the database keeps each."""

from __future__ import annotations

from typing import Any

from django.db import models

from operations.importing.targets import target_table
from operations.models import Delivery, ImportProfile

NAMES = ("cmo", "site", "programme")
#: Fields of a delivery that a file can fill, in the order of the staging table.
FIELDS = tuple(
    target.name
    for target in target_table(ImportProfile.Kind.DELIVERIES).values()
    if target.name not in (*NAMES, "external_id", "source_system")
)


def field_of(name: str) -> Any:
    return Delivery._meta.get_field(name)


def is_text(name: str) -> bool:
    return isinstance(field_of(name), models.CharField)


def sql_type(name: str) -> str:
    field = field_of(name)
    if isinstance(field, models.DateField):
        return "date"
    return "numeric" if isinstance(field, models.DecimalField) else "text"
