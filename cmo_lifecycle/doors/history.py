"""What happened, in words: events and trail entries as the timeline and the trail's table show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.roles import BY_CODE
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.doors.pages.registry import url_for
from cmo_lifecycle.doors.pages.words import upper
from cmo_lifecycle.workflow.models import Event, Record
from cmo_lifecycle.workflow.parts import Part, parts_of

SOURCES = {
    "page": "",
    "rest": "by REST",
    "api": "by REST",
    "task": "by the schedule",
    "schedule": "by the schedule",
    "command": "by command",
    "import": "by import",
}
_PAST = {
    "create": "added",
    "edit": "changed",
    "attach": "attached a file to",
    "void": "voided a file of",
    "cancel": "cancelled",
    "submit": "submitted",
    "readmit": "readmitted",
    "withdraw": "withdrew",
    "begin": "began",
}


def past(verb: str) -> str:
    """Return what somebody did: 'approved', 'took the step “Start sourcing” on'."""
    if verb in _PAST:
        return _PAST[verb]
    if "_" in verb:
        return f"took the step “{verb.replace('_', ' ').capitalize()}” on"
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeou" else verb + "ed"


def state_label(model: type[models.Model] | None, value: str) -> str:
    """Return the label of a noun's state; its value where the noun no longer knows it."""
    states = getattr(model, "State", None)
    try:
        return str(states(value).label) if states is not None and value else value
    except ValueError:
        return value


def field_label(model: type[models.Model] | None, name: str) -> str:
    """Return how people call a field."""
    try:
        label = model._meta.get_field(name.removesuffix("_id")).verbose_name if model is not None else ""  # type: ignore[union-attr]
    except FieldDoesNotExist:
        label = ""
    label = str(label or name.removesuffix("_id").replace("_", " "))
    return upper(label)


def readable(model: type[models.Model] | None, name: str, value: Any) -> Any:
    """Return a recorded value as people read it: labels of choices and records instead of codes and keys."""
    if isinstance(value, dict) and "label" in value:
        return value["label"]
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices: dict[str, str] = {}
    try:
        field: Any = model._meta.get_field(name.removesuffix("_id")) if model is not None else None
        field = getattr(field, "base_field", field)
        choices = {str(key): str(label) for key, label in getattr(field, "flatchoices", ())}
    except FieldDoesNotExist:
        pass
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(in_words(one))) for one in value)
    return in_words(value) if isinstance(value, dict) else choices.get(str(value), value)


def in_words(value: Any) -> Any:
    """Return a structure as text: 'Weight: 12; Group: quality', what is empty left out; anything else as it is."""
    if isinstance(value, dict):
        said = [(upper(str(name).replace("_", " ")), in_words(one)) for name, one in value.items()]
        return "; ".join(f"{name}: {word}" for name, word in said if word is not None and word != "")
    if isinstance(value, list):
        return ", ".join(str(in_words(one)) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


Change = tuple[str, Any, Any]
"""What changed, from what, to what."""


def changes_of(model: type[models.Model] | None, name: str, old: Any, new: Any) -> list[Change]:
    """Return a recorded change as people read it: a field as one line, a table as one line per row that differs."""
    if name == "id":
        return []
    part = parts_of(model).get(name) if model is not None and issubclass(model, Record) else None
    if part is None:
        return [(field_label(model, name), readable(model, name, old), readable(model, name, new))]
    before, after = _by_name(part, old or []), _by_name(part, new or [])
    title = upper(str(part._meta.verbose_name))
    found: list[Change] = []
    for key in dict.fromkeys((*before, *after)):
        gone, come = before.get(key), after.get(key)
        label = f"{title} “{key[0]}”"
        if gone is None or come is None:
            found.append((label, _row_words(part, gone), _row_words(part, come)))
            continue
        found += [
            (
                f"{label}: {field_label(part, column)}",
                readable(part, column, gone.get(column)),
                readable(part, column, come.get(column)),
            )
            for column in part.columns
            if gone.get(column) != come.get(column)
        ]
    stayed = [[key for key in rows if key in before and key in after] for rows in (before, after)]
    if stayed[0] != stayed[1]:
        old_order, new_order = (", ".join(key[0] for key in keys) for keys in stayed)
        found.append((f"Order of {name.replace('_', ' ')}", old_order, new_order))
    return found


def _by_name(part: type[Part], rows: list[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """Return recorded rows by what names them, and the how manieth of that name each is."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        said = (str(readable(part, name, row.get(name))) for name in part.named_by)
        name = ", ".join(word for word in said if word)
        number = 0
        while (name, number) in found:
            number += 1
        found[name, number] = row
    return found


def _row_words(part: type[Part], row: dict[str, Any] | None) -> str:
    """Say what a row holds besides what names it; empty where there is none."""
    if row is None:
        return ""
    said = [
        f"{field_label(part, name)}: {readable(part, name, row.get(name))}"
        for name in part.columns
        if name not in part.named_by and readable(part, name, row.get(name)) != ""
    ]
    return "; ".join(said) or "there"


def told(
    events: Iterable[Event], *, about: bool = True, folded: Mapping[UUID, int] | None = None
) -> list[dict[str, Any]]:
    """Return events for the `timeline` component. `about` names and links what each happened to.

    `folded` says of events that each stands for so many of its kind.
    """
    found = []
    for event in events:
        model = ContentType.objects.get_for_id(event.record_type_id).model_class()
        aside = []
        if event.from_state != event.to_state and event.to_state:
            before = state_label(model, event.from_state)
            after = state_label(model, event.to_state)
            aside.append(f"{before} → {after}" if before else after)
        if event.role in BY_CODE:
            aside.append(BY_CODE[event.role].label)
        cause = event.cause if event.cause_id else None
        many = (folded or {}).get(event.pk, 1)
        alike = f"{many} {model._meta.verbose_name_plural}" if many > 1 and model is not None else ""
        found.append(
            {
                "at": event.at,
                "who": event.actor.name,
                "what": past(event.verb),
                "about": alike or (event.record_label if about else ""),
                "url": url_for(event.record_type_id, event.record_id) if about and not alike else "",
                "role": " · ".join(aside),
                "reason": event.reason,
                "source": SOURCES.get(event.source, event.source),
                "because": {
                    "label": f"{cause.actor.name} {past(cause.verb)} {cause.record_label}",
                    "url": url_for(cause.record_type_id, cause.record_id),
                }
                if cause is not None
                else None,
                "changes": [
                    change for name, (old, new) in event.changes.items() for change in changes_of(model, name, old, new)
                ],
            }
        )
    return found


def with_people(events: models.QuerySet[Event]) -> models.QuerySet[Event]:
    """Fetch events with the names that `told` writes."""
    return events.select_related("actor", "cause__actor")


def models_by_table() -> dict[str, type[models.Model]]:
    """Return the model of each table, those between many-to-many sides included."""
    from django.apps import apps

    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def actors_of(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Return the names behind the trail's actors (`user:<uuid>`), in one query."""
    keys = set()
    for entry in entries:
        kind, _, key = entry.actor.partition(":")
        if kind == "user":
            try:
                keys.add(UUID(key))
            except ValueError:
                continue
    return {f"user:{pk}": name for pk, name in User.objects.filter(pk__in=keys).values_list("pk", "name")}


def trail_changes(entry: AuditEntry, model: type[models.Model] | None) -> list[tuple[str, str, str]]:
    """Return the label, old and new value of each field that a trail entry tells of."""
    new = entry.new or {}
    old = entry.old or {}
    names = old if entry.op == AuditEntry.Operation.UPDATE else {**old, **new}
    return [
        (
            field_label(model, name),
            _word(readable(model, name, old.get(name))),
            _word(readable(model, name, new.get(name))),
        )
        for name in names
    ]


def trail_of(record: Record) -> models.QuerySet[AuditEntry]:
    """Return the trail of a record and of the rows of its tables, newest first."""
    tables = {part._meta.db_table: part.of for part in parts_of(type(record)).values()}
    return AuditEntry.objects.of(record, tables).order_by("-id")


def tables_of_records() -> dict[str, str]:
    """Return the tables that belong to records, each with the name of its reference to the record."""
    from django.apps import apps

    return {model._meta.db_table: model.of for model in apps.get_models() if issubclass(model, Part)}


def trail_rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    """Return trail entries with readable names: at, who, what, table, changes, source, db_user, url."""
    tables = models_by_table()
    people = actors_of(entries)
    found = []
    for entry in entries:
        model = tables.get(entry.table_name)
        found.append(
            {
                "id": entry.pk,
                "at": entry.at,
                "who": people.get(entry.actor, entry.actor),
                "what": entry.get_op_display(),
                "table": upper(str(model._meta.verbose_name)) if model is not None else entry.table_name,
                "row_id": entry.row_id,
                "url": _trail_url(model, entry.row_id),
                "source": SOURCES.get(entry.source, entry.source) or "by page",
                "db_user": entry.db_user,
                "changes": trail_changes(entry, model),
            }
        )
    return found


def _trail_url(model: type[models.Model] | None, key: str) -> str:
    if model is None:
        return ""
    from cmo_lifecycle.doors.pages.registry import url_of_row

    try:
        return url_of_row(model, UUID(key))
    except ValueError:
        return ""


def changes_text(changes: list[tuple[str, str, str]]) -> str:
    """Return changes as one line of text, for files."""
    return "; ".join(f"{label}: {old} → {new}" for label, old, new in changes)


def _word(value: Any) -> str:
    return str(value) if value is not None and value != "" else "empty"


__all__ = [
    "actors_of",
    "changes_text",
    "field_label",
    "past",
    "readable",
    "state_label",
    "told",
    "trail_rows",
    "with_people",
]
