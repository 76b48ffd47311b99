"""What a room says about its writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.writing.shapes import Screen
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Record

STATES = {
    "empty": "Empty",
    "optional": "Empty, optional",
    "begun": "Begun",
    "complete": "Complete",
    "undecided": "Decisions open",
}


@dataclass(frozen=True)
class Entry:
    """A screen in the list of screens: where it is, and how far it has come."""

    screen: Screen
    number: int
    url: str
    state: str
    here: bool
    words: str


class Writer:
    """The guided writer of one noun. A last screen that asks for nothing is the check; one screen alone needs none."""

    model: ClassVar[type[Record]]
    screens: ClassVar[Sequence[Screen]] = ()
    #: The name of the page of a screen; it takes the record's key and the screen's.
    page: ClassVar[str] = ""
    template: ClassVar[str] = "generic/write.html"
    #: Whom the reasons of its screens are taken from.
    source: ClassVar[str] = ""
    #: Fields that are asked for with all their choices in view.
    radios: ClassVar[tuple[str, ...]] = ()
    #: Tables whose weights are to add up to 100.
    weighed: ClassVar[tuple[str, ...]] = ()
    #: Tables that a screen writes by controls of its own: name → what they are called.
    aside: ClassVar[Mapping[str, str]] = {}
    #: Keys of screens that are pages of their own from which no way leads on: reached by the list alone.
    passed_over: ClassVar[tuple[str, ...]] = ()
    #: What the list of screens says of each state that a screen may be in.
    words: ClassVar[Mapping[str, str]] = STATES

    # ---- what a subclass says

    def findings(self, record: Any) -> Sequence[Any]:
        """Return what is missing: objects with `field`, `sentence` and `row` (from 0, or None)."""
        raise NotImplementedError

    def for_page(self, rows: QuerySet) -> QuerySet:
        """Add what the pages need of the record."""
        return rows

    def name(self, record: Any) -> str:
        """Say on each screen what is being written."""
        return str(record)

    def refusal(self, record: Any, user: User) -> str:
        """Say why a record that is not editable is not written on."""
        return f"{self.noun} at “{record.get_state_display()}” is not written on."

    def left_out(self, screen: Screen, record: Any) -> tuple[str, ...]:
        """Return the fields of a screen that this record is not asked for."""
        return ()

    def written(self, screen: Screen, record: Any, user: User, data: Any = None) -> Any:
        """Return what a screen asks for, bound to what was sent or to what stands."""
        from cmo_lifecycle.doors.writing.written import Written

        return Written(self, screen, record, user, data)

    def elsewhere(self, screen: Screen, record: Any) -> str:
        """Return the address of a screen that is a page of its own; empty for one that is written here."""
        return ""

    def state_of(self, screen: Screen, record: Any, *, unfinished: bool) -> str | None:
        """Say how far a screen without fields or tables has come; None for the usual reading."""
        return None

    def anchor(self, field: str) -> str:
        """Return the id of the control of a field or table."""
        return f"table_{field}" if field in parts.parts_of(self.model) else f"id_{field}"

    def context(self, record: Any, screen: Screen, written: Any, user: User) -> dict[str, Any]:
        """Return what the room's own template shows besides."""
        return {}

    # ---- screens

    @property
    def noun(self) -> str:
        name = str(self.model._meta.verbose_name)
        return f"{'An' if name[:1] in 'AEIOUaeioR' else 'A'} {name}"

    @cached_property
    def by_key(self) -> Mapping[str, Screen]:
        return {screen.key: screen for screen in self.screens}

    @cached_property
    def screen_of(self) -> Mapping[str, Screen]:
        """The screen at which a finding is mended, by the field or table that it names."""
        return {name: screen for screen in self.screens for name in screen.asks_for}

    @property
    def check(self) -> Screen | None:
        last = self.screens[-1]
        return None if last.asks_for else last

    def end_url(self, record: Any) -> str:
        """Return where the writing ends: at the check, or back at the record."""
        return self.url(record, self.check) if self.check is not None else record.get_absolute_url()

    def beside(self, screen: Screen) -> tuple[Screen | None, Screen | None]:
        """Return the screens before and after one, without those that are passed over."""
        way = [one for one in self.screens if one is screen or one.key not in self.passed_over]
        place = way.index(screen)
        return way[place - 1] if place else None, way[place + 1] if place + 1 < len(way) else None

    def url(self, record: Any, screen: Screen) -> str:
        return self.elsewhere(screen, record) or reverse(self.page, args=[record.pk, screen.key])

    def url_of_field(self, record: Any, field: str) -> str:
        """Return where a field or table is written; the check for what has no screen."""
        screen = self.screen_of.get(field)
        return self.url(record, screen) if screen is not None else self.end_url(record)

    def mend_url(self, record: Any, field: str) -> str:
        """Return where what is missing at a field or table is mended, with the cursor there."""
        screen = self.screen_of.get(field, self.screens[0])
        if self.elsewhere(screen, record):
            return self.url(record, screen)
        return f"{self.url(record, screen)}?missing=1#{self.anchor(field)}"

    def may_write(self, record: Any, user: User) -> bool:
        return edits.may_edit(record, user)

    def entries(self, record: Any, user: User, found: Sequence[Any], here: Screen | None = None) -> list[Entry]:
        """Return the list of screens with how far each has come."""
        unfinished = {one.field for one in found}
        tables = parts.parts_of(self.model)
        filled = (
            self.model.objects.visible_to(user)
            .filter(pk=record.pk)
            .values(
                **{f"has_{name}": Exists(part.objects.filter(**{part.of: OuterRef("pk")})) for name, part in tables.items()}
            )
            .get()
        )  # fmt: skip
        entries = []
        for number, screen in enumerate(self.screens, start=1):
            begun = any(filled.get(f"has_{name}") for name in (*[t.name for t in screen.tables], *screen.also)) or any(
                getattr(record, name) != self.model._meta.get_field(name).get_default()  # type: ignore[union-attr]
                for name in screen.fields
            )
            open_ = bool(unfinished & set(screen.asks_for))
            own = self.state_of(screen, record, unfinished=open_)
            if own is not None:
                state = own
            elif screen is self.check:
                state = "" if unfinished else "complete"
            else:
                state = ("begun" if open_ else "complete") if begun else "empty" if open_ else "optional"
            where = self.url(record, screen)
            entries.append(Entry(screen, number, where, state, screen is here, self.words.get(state, "")))
        return entries

    def to_mend(self, record: Any, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return everything that is unfinished, screen by screen, each with the way to its field."""
        groups: dict[str, dict[str, Any]] = {}
        for one in found:
            screen = self.screen_of.get(one.field, self.screens[0])
            group = groups.setdefault(screen.key, {"screen": screen, "lines": []})
            group["lines"].append((self.mend_url(record, one.field), one.sentence))
        return list(groups.values())
