"""One pass of a file: what it was given, and what was found on the way."""

# ruff: noqa: S608 - columns come from the models, tables are named here; what a person typed is always a parameter

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.tabular.profiles import Profile
from operations.importing.deliveries.fields import FIELDS
from operations.importing.findings import Findings
from operations.importing.targets import noted_keys
from operations.models import DeliveryImport


@dataclass
class Link:
    """One combination of names in the file, and what it means here. `pending` names what has to be made for it."""

    number: int
    cmo: str
    programme: str
    site: str
    cmo_key: str = ""
    programme_key: str = ""
    site_key: str = ""
    cmo_id: UUID | None = None
    programme_id: UUID | None = None
    site_id: UUID | None = None
    relationship_id: UUID | None = None
    is_good: bool = True


class Pass:
    """One pass of a file of delivery lines: what it was given, and what was found on the way."""

    def __init__(self, record: DeliveryImport, profile: Profile, actor: User) -> None:
        self.record = record
        self.profile = profile
        self.actor = actor
        self.create_missing = record.create_missing
        self.mapped = [name for name in FIELDS if name in profile.fields]
        self.keeps_notes = bool(noted_keys(profile))
        self.links: dict[int, Link] = {}
        self.findings = Findings()

    def column_of(self, field: str) -> str:
        """Return the file's column that a field comes from; empty where it comes from none."""
        rule = self.profile.fields.get(field)
        return (rule.column if rule is not None else None) or ""

    def report(self, cursor: Any, sql: str, parameters: list[Any], column: str) -> None:
        """Put what a query of (row, message) finds among the problems."""
        cursor.execute(
            f"INSERT INTO import_problem (row, col, message, late) SELECT row, %s, message, true FROM ({sql}) AS found",
            [column, *parameters],
        )
