"""A save on top of somebody else's: nothing is written, and nothing of either is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.history import field_label, readable
from cmo_lifecycle.doors.writing.shapes import Screen
from cmo_lifecycle.doors.writing.writer import Writer
from cmo_lifecycle.workflow import edits, parts
from cmo_lifecycle.workflow.models import Event


def touched(writer: Writer, record: Any, screen: Screen, version: int) -> bool:
    """Whether others changed anything that this screen asks for."""
    asked = _asked(writer, record, screen)
    return any(name in asked for event in _since(record, version) for name in event.changes)


def conflict(
    writer: Writer, record: Any, screen: Screen, version: int, *, user: User, sent: QueryDict
) -> tuple[Any, dict[str, Any]]:
    """Return the screen with what was sent, and what others saved beside it."""
    data = sent.copy()
    mine = writer.written(screen, record, user, data)
    mine.is_valid()
    unbound = writer.written(screen, record, user)
    tables = parts.parts_of(writer.model)
    present = {name: tables[name] for name in (*[t.name for t in mine.tables], *writer.aside)}
    changed: dict[str, dict[str, Any]] = {}
    asked = _asked(writer, record, screen)
    events = _since(record, version)
    for event in events:
        for name, (old, _new) in event.changes.items():
            if name in asked:
                entry = changed.setdefault(name, {"base": old})
                entry.update(who=event.actor.name, at=event.at)
    differences = []
    for name, entry in changed.items():
        if name in present:
            theirs: Any = [row.values() for row in parts.rows_of(record, present[name])]
            typed = mine.shown(name) if name not in writer.aside else None
            label = next((table.heading for table in mine.tables if table.name == name), writer.aside.get(name, name))
            row = {
                "theirs": _rows_in_words(present[name], theirs),
                "mine": _rows_in_words(present[name], typed or []),
            }
            if name in writer.aside:
                row["mine"] = "what stands in the form"
        else:
            theirs, typed = edits.shown(unbound.form.instance, name), mine.shown(name)
            label = screen.labels.get(name) or field_label(writer.model, name)
            row = {"theirs": readable(writer.model, name, theirs), "mine": readable(writer.model, name, typed)}
        if typed == theirs:
            continue
        if typed == entry["base"]:
            _take_theirs(data, unbound, name)
            continue
        differences.append({**row, "field": label, "who": entry["who"], "at": entry["at"]})
    who = ", ".join(dict.fromkeys(event.actor.name for event in events)) or "Somebody else"
    sentence = f"{who} saved this screen after you opened it. Nothing of yours was saved yet."
    own = bool(events) and all(event.actor_id == user.pk for event in events)
    if own:
        sentence = "You saved this screen in another window after you opened it here. What stands below was not saved."
        differences = [{**one, "who": "you"} for one in differences]
    if not differences and own:
        sentence += " What you changed there is in the form now; look it over and save again."
    elif not differences:
        sentence += " What they changed is in the form now; look it over and save again."
    fresh = writer.written(screen, record, user, data)
    fresh.is_valid()
    return fresh, {
        "own": own,
        "sentence": sentence,
        "changes": differences,
        "discard_url": writer.url(record, screen),
    }


def _asked(writer: Writer, record: Any, screen: Screen) -> set[str]:
    return {*screen.asks_for} - {*writer.left_out(screen, record)}


def _since(record: Any, version: int) -> list[Event]:
    found = Event.objects.of(record).filter(record_version__gt=version).select_related("actor")
    return list(found.order_by("at", "id"))


def _rows_in_words(part: type[parts.Part], rows: Sequence[Mapping[str, Any]]) -> str:
    """A table in a line for each row."""
    lines = []
    for row in rows:
        words = [f"{readable(part, name, row.get(name))}" for name in part.columns]
        lines.append(", ".join(word for word in words if word and word != "no"))
    return "; ".join(lines)


def _take_theirs(data: Any, unbound: Any, name: str) -> None:
    """Write what others saved into what was sent, in the shape in which a browser sends it."""
    table = next((one for one in unbound.tables if one.name == name), None)
    if table is None:
        if name in unbound.form.fields:
            value = unbound.form[name].value()
            data[name] = "" if value is None else str(value)
        return
    for key in [key for key in data if re.match(rf"{name}-\d+-", key)]:
        del data[key]
    for row in table.forms:
        if row.spare:
            continue
        data[f"{row.prefix}-id"] = row.pk
        for column in table.columns:
            value = row[column].value()
            if value is True:
                data[f"{row.prefix}-{column}"] = "on"
            elif value is not None and value is not False:
                data[f"{row.prefix}-{column}"] = str(value)
