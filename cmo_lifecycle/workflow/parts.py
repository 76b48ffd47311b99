"""Tables that belong to a record: rows without a life of their own, written as a whole, versioned and signed with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models, transaction
from uuid_utils.compat import uuid7

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.canonical import plain
from cmo_lifecycle.workflow.models import Event, Record
from cmo_lifecycle.workflow.refusals import InvalidInput

TABLE = "__table__"


class Part(models.Model):
    """A row of a record's table. Written by `write` alone, together with its neighbours.

    `key` is the same line in every version of the record, so that two versions can be laid side by side. Unique
    constraints name fields and are deferrable: two rows may swap their values.
    """

    #: The name of the reference to the record; its `related_name` is the table's name.
    of: ClassVar[str] = ""
    #: Fields of the table in reading order.
    columns: ClassVar[tuple[str, ...]] = ()
    #: Fields that tell a reader which line this is.
    named_by: ClassVar[tuple[str, ...]] = ()
    most: ClassVar[int] = 200

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.UUIDField(default=uuid7, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    @classmethod
    def check_table(cls, record: Any, rows: Sequence[Any]) -> None:
        """Raise ValidationError (by `<row>.<field>` or plainly) where the rows do not go together."""

    def values(self) -> dict[str, Any]:
        """Return the row's columns as plain values, references as their labels: what events and comparisons show."""
        found = {}
        for name in self.columns:
            shown = edits.shown(self, name)
            found[name] = shown["label"] if isinstance(shown, dict) and "label" in shown else shown
        return found


def table_name(part: type[Part]) -> str:
    """Return the name by which the record holds the table, such as `objectives`."""
    return str(part._meta.get_field(part.of).remote_field.related_name)  # type: ignore[union-attr]


@cache
def parts_of(model: type[Record]) -> dict[str, type[Part]]:
    """Return a noun's tables by name, in the order in which they were declared."""
    found = {}
    for part in apps.get_models():
        if issubclass(part, Part) and part._meta.get_field(part.of).related_model is model:
            found[table_name(part)] = part
    return found


def rows_of(record: Any, part: type[Part]) -> list[Any]:
    """Return a table's rows in their order; those that were fetched along with the record are not asked for again."""
    if table_name(part) in getattr(record, "_prefetched_objects_cache", {}):
        return sorted(getattr(record, table_name(part)).all(), key=lambda row: (row.position, row.pk))
    references = [name for name in part.columns if part._meta.get_field(name).is_relation]
    return list(getattr(record, table_name(part)).select_related(*references).order_by("position", "id"))


def content_of(record: Any) -> dict[str, Any]:
    """Return every table of a record as plain values, for what a signature covers. Takes one query for all of them."""
    tables = parts_of(record._meta.model)
    fetched = getattr(record, "_prefetched_objects_cache", {})
    found: dict[str, list[dict[str, Any]]] = {}
    for name in fetched.keys() & tables.keys():
        part = tables[name]
        found[name] = [
            {field.attname: plain(field.value_from_object(row)) for field in part._meta.concrete_fields}
            for row in rows_of(record, part)
        ]
    asked = {name: part for name, part in tables.items() if name not in found}
    found |= {name: [] for name in asked}
    for name, row in _stored(record, asked):
        fields = asked[name]._meta.concrete_fields
        found[name].append({field.attname: plain(field.to_python(row[str(field.column)])) for field in fields})
    for name in asked:
        found[name].sort(key=lambda row: (row["position"], row["id"]))
    return {name: found[name] for name in tables}


def _stored(record: Any, tables: Mapping[str, type[Part]]) -> list[tuple[str, dict[str, Any]]]:
    """Return (table, row by column as the database writes it in JSON) of some tables, in no order."""
    if not tables:
        return []
    quoted = connection.ops.quote_name
    selects, given = [], []
    for name, part in tables.items():
        owner: Any = part._meta.get_field(part.of)
        # The names are those of models, never of a request.
        selects.append(
            f"SELECT %s, to_jsonb(t)::text FROM {quoted(part._meta.db_table)} t WHERE t.{quoted(owner.column)} = %s"  # noqa: S608
        )
        given += [name, record.pk]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), given)
        # A number with decimals must not become a binary fraction on its way.
        return [(name, json.loads(text, parse_float=Decimal)) for name, text in cursor.fetchall()]


def write(
    record: Any,
    part: type[Part],
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: User,
    version: int | None = None,
    cause: Event | None = None,
    reason: str = "",
    source: str = "",
) -> Any:
    """Replace a table of the record by `rows`; return the record as it then stands.

    A row with the `id` of a present one changes it, as does one without an id that bears a present one's name
    (`named_by`); other present rows go. Columns left out take their default. Raises as `edits.update` does;
    InvalidInput names `<row>.<field>`, rows counted from 0, and `__table__` for what concerns all of them.
    """
    table = table_name(part)
    if len(rows) > part.most:
        raise InvalidInput({TABLE: [f"Give {part.most} rows at most; these are {len(rows)}."]})
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        locked = edits.opened(record, actor=actor, version=version, cause=cause)
        present = {row.pk: row for row in rows_of(locked, part)}
        before = {row.pk: (row.position, row.values()) for row in present.values()}
        made = _made(locked, part, rows, present)
        if _errors(locked, part, made, constraints=False):
            raise InvalidInput(_errors(locked, part, made, constraints=True))
        shown = [values for _, values in before.values()], [row.values() for row in made]
        if shown[0] == shown[1] and [row.pk for row in made] == [*present]:
            return locked
        edits.ask_reason(locked, reason, cause)
        part._default_manager.filter(pk__in=present.keys() - {row.pk for row in made}).delete()
        _save(locked, part, made, before)
        locked.version += 1
        locked.save(update_fields=["version", "updated_at"])
        return edits.settle(locked, actor=actor, reason=reason, changes={table: [*shown]}, cause=cause)


def _save(record: Any, part: type[Part], made: Sequence[Any], before: Mapping[Any, tuple[int, dict[str, Any]]]) -> None:
    """Write new rows at once, and of the present ones those that differ. The database checks its constraints."""
    try:
        with transaction.atomic():
            for row in made:
                if row.pk in before and (row.position, row.values()) != before[row.pk]:
                    row.save(force_update=True)
            part._default_manager.bulk_create([row for row in made if row._state.adding])
    except IntegrityError as error:
        found = _errors(record, part, made, constraints=True)
        if not found:
            raise
        raise InvalidInput(found) from error


def copy(record: Any, onto: Any) -> None:
    """Give a new version of a record the rows of the earlier one. Inside the caller's transaction."""
    for part in parts_of(record._meta.model).values():
        rows = rows_of(record, part)
        for row in rows:
            row.pk = uuid7()
            setattr(row, part.of, onto)
            row._state.adding = True
        part._default_manager.bulk_create(rows)


def _made(record: Any, part: type[Part], rows: Sequence[Mapping[str, Any]], present: Mapping[Any, Any]) -> list[Any]:
    errors: dict[str, list[str]] = {}
    made: list[Any] = []
    taken = {values["id"] for values in rows if values.get("id") is not None}
    by_name = {_name(row): row.pk for row in [*present.values()][::-1] if row.pk not in taken}
    seen = set()
    for position, values in enumerate(rows):
        pk = values.get("id")
        if pk is not None and (pk not in present or pk in seen):
            errors[f"{position}.id"] = ["There is no such row in this table (any more). Leave the id out to add it."]
            continue
        row = present[pk] if pk is not None else part(**{part.of: record})
        _fill(row, values)
        if pk is None and (known := by_name.pop(_name(row), None)) is not None:
            pk, row = known, present[known]
            _fill(row, values)
        seen.add(pk)
        row.position = position
        made.append(row)
    if errors:
        raise InvalidInput(errors)
    return made


def _fill(row: Any, values: Mapping[str, Any]) -> None:
    for name in row.columns:
        field: Any = row._meta.get_field(name)
        setattr(row, name, values[name] if name in values else field.get_default())


def _name(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in row.named_by)


def _errors(record: Any, part: type[Part], made: Sequence[Any], *, constraints: bool) -> dict[str, list[str]]:
    """Return what is wrong with the rows, by place. Asking each of the database's `constraints` takes a query each."""
    errors: dict[str, list[str]] = {}

    def note(place: str, sentences: Sequence[str]) -> None:
        errors.setdefault(place, []).extend(str(sentence) for sentence in sentences)

    for position, row in enumerate(made):
        try:
            known = {part.of, *edits.looked_up(row)}
            row.full_clean(exclude=known, validate_unique=False, validate_constraints=False)
            wrong: set[str] = set()
        except ValidationError as error:
            wrong = set(error.message_dict)
            for name, sentences in error.message_dict.items():
                note(f"{position}.{name}" if name != NON_FIELD_ERRORS else f"{position}.{part.columns[0]}", sentences)
        for constraint in part._meta.constraints if constraints else ():
            if not isinstance(constraint, models.CheckConstraint) or wrong & {*fields_in(constraint.condition)}:
                continue
            try:
                constraint.validate(part, row)
            except ValidationError as error:
                at = next((name for name in fields_in(constraint.condition) if name in part.columns), part.columns[0])
                note(f"{position}.{at}", error.messages)
    for constraint in part._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            seen: set[tuple[Any, ...]] = set()
            fields = [name for name in constraint.fields if name != part.of]
            for position, row in enumerate(made):
                value = tuple(getattr(row, part._meta.get_field(name).attname) for name in fields)  # type: ignore[union-attr]
                if value in seen and None not in value:
                    note(f"{position}.{fields[0]}", [str(constraint.get_violation_error_message())])
                seen.add(value)
    if not errors:
        try:
            part.check_table(record, made)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                for place, sentences in error.message_dict.items():
                    note(TABLE if place == NON_FIELD_ERRORS else place, sentences)
            else:
                note(TABLE, error.messages)
    return errors


def fields_in(condition: Any) -> list[str]:
    """Return the names of the fields that a condition reads, the one that it is about first."""
    found: list[str] = []
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            found.append(child[0].split("__")[0])
            if isinstance(child[1], models.F):
                found.append(child[1].name)  # type: ignore[attr-defined]
        else:
            found += fields_in(child)
    return found
