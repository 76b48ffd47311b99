"""What a screen of the writer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """How a screen asks for a table: `name` is the table's. The rest speaks to the person; see `doors.pages.parts`."""

    name: str
    heading: str
    help: str = ""
    row_word: str = "row"
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    #: Columns that are filled in for the person.
    given: tuple[str, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Screen:
    """One screen: its question, and what it asks for (fields of the record, then tables).

    `question` names the field whose choices show what they bring about. `when` says at which
    choice a field is asked for at all: field → (field of the choice, choices).
    """

    key: str
    title: str
    heading: str
    lead: str
    why: str
    good: tuple[str, ...] = ()
    example: str = ""
    fields: tuple[str, ...] = ()
    tables: tuple[Asked, ...] = ()
    question: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    helps: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    #: Fields that only a next version is asked for.
    revising: tuple[str, ...] = ()
    #: Names of findings that are mended here besides those of its fields and tables.
    also: tuple[str, ...] = ()

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Every field and table of the screen, and what else it mends."""
        return (*self.fields, *(table.name for table in self.tables), *self.also)

    def left_out(self, *, revises: bool) -> tuple[str, ...]:
        """Return the fields that are not asked for: of a first version those of a next one."""
        return () if revises else self.revising
