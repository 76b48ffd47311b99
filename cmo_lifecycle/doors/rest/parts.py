"""Tables of a record at the REST door: read and replaced as a whole, under the record's own version."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from cmo_lifecycle.doors.rest import etags
from cmo_lifecycle.doors.rest.bodies import REASON, read_inputs
from cmo_lifecycle.doors.rest.kinds import Bad, Input, Key, Kind, Member, Of, input_of, member_of, one_of
from cmo_lifecycle.doors.rest.listing import PREFIX
from cmo_lifecycle.doors.rest.problems import Problem, flat
from cmo_lifecycle.doors.rest.representation import Shape
from cmo_lifecycle.workflow import parts
from cmo_lifecycle.workflow.parts import Part, parts_of
from cmo_lifecycle.workflow.refusals import InvalidInput

ROW_ID = Input("id", "id", Key(), False, False, "Keeps this row; without it the row is a new one.")


@functools.cache
def row_members(part: type[Part]) -> tuple[Member, ...]:
    """Return what a row shows: its id and its columns."""
    return (Member("id", ("pk",), Key().schema()), *(member_of(part, name) for name in part.columns))


@functools.cache
def row_inputs(part: type[Part]) -> dict[str, Input]:
    """Return what a row of a body may have, by name."""
    return {one.name: one for one in (ROW_ID, *(input_of(part, name) for name in part.columns))}


class Rows(Kind):
    """The rows of one table, each an object. References are looked up once for all of them."""

    def __init__(self, part: type[Part]) -> None:
        self.part = part

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "object"}, "maxItems": self.part.most}

    def read(self, value: Any, user: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise Bad("Give a list of rows.", "type")
        if len(value) > self.part.most:
            raise Bad(f"Give {self.part.most} rows at most; these are {len(value)}.", "max_length")
        errors: dict[str, dict[str, Any]] = {}
        found: list[dict[str, Any]] = []
        for number, row in enumerate(value):
            if not isinstance(row, dict):
                raise Bad({str(number): Bad("Give an object.", "type")})
            values, wrong = self._row(row, user)
            found.append(values)
            if wrong:
                errors[str(number)] = wrong
        for one in row_inputs(self.part).values():
            if isinstance(one.kind, Of):
                self._look_up(one, found, user, errors)
        if errors:
            raise Bad({number: Bad(wrong) for number, wrong in errors.items()})
        return found

    def _row(self, row: Mapping[str, Any], user: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        inputs = row_inputs(self.part)
        known = f"Known: {one_of(list(inputs))}."
        wrong: dict[str, Any] = {
            name[:100]: Bad(f"There is no member {name[:100]!r} here. {known}", "unknown")
            for name in row
            if name not in inputs
        }
        values = {}
        for name, one in inputs.items():
            if name not in row:
                if one.required:
                    wrong[name] = Bad("This is missing.", "required")
                continue
            try:
                if isinstance(one.kind, Of) and row[name] is not None:
                    values[one.field] = Key().read(row[name], user)
                else:
                    values[one.field] = one.read(row[name], user)
            except Bad as bad:
                wrong[name] = bad
        return values, wrong

    def _look_up(
        self, one: Input, rows: Sequence[dict[str, Any]], user: Any, errors: dict[str, dict[str, Any]]
    ) -> None:
        assert isinstance(one.kind, Of)
        asked = {row[one.field] for row in rows if row.get(one.field) is not None}
        targets = one.kind.model.objects.visible_to(user).in_bulk(asked) if asked else {}
        for number, row in enumerate(rows):
            key = row.get(one.field)
            if key is None:
                continue
            if key in targets:
                row[one.field] = targets[key]
            else:
                sentence = f"There is no such {one.kind.model._meta.verbose_name}."
                errors.setdefault(str(number), {})[one.name] = Bad(sentence, "does_not_exist")


@functools.cache
def body_inputs(part: type[Part]) -> dict[str, Input]:
    """Return what the body that replaces a table may have."""
    rows = Input("rows", "rows", Rows(part), True, False, "All rows of the table, in order; what is not here goes.")
    return {one.name: one for one in (rows, REASON)}


def tables_of(keys: Sequence[Any], part: type[Part]) -> dict[Any, list[dict[str, Any]]]:
    """Return the rows of one table by their record's key, in order; one query."""
    owner = f"{part.of}_id"
    shape = Shape(row_members(part), (owner,))
    found: dict[Any, list[dict[str, Any]]] = {key: [] for key in keys}
    rows = part._default_manager.filter(**{f"{owner}__in": keys}).order_by("position", "id")
    for row in rows.values_list(*shape.sources):
        found[row[shape.at[owner]]].append(shape.object(row))
    return found


class Tables:
    """What a noun with tables has besides: an address for each, links to them, and `expand` by their names."""

    model: ClassVar[Any]
    route: ClassVar[str]
    more_expand: ClassVar[Mapping[str, dict[str, Any]]]
    #: The table that an address is for.
    part: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "model" in cls.__dict__:
            tables = {name: {"type": "array", "items": {"type": "object"}} for name in parts_of(cls.model)}
            if tables:
                cls.more_expand = {**cls.more_expand, **tables}

    @classmethod
    def table_schemas(cls) -> dict[str, dict[str, Any]]:
        """Return the schema of the links to the tables, where there are any."""
        names = [*parts_of(cls.model)]
        if not names:
            return {}
        link = {"type": "string", "format": "uri-reference"}
        sentence = "Addresses of the tables; expand shows their rows here."
        return {
            "tables": {"type": "object", "properties": dict.fromkeys(names, link), "description": sentence},
        }

    def table_links(self, record: Any) -> dict[str, Any]:
        links = {name: f"{PREFIX}{self.route}/{record.pk}/{name}/" for name in parts_of(self.model)}
        return {"tables": links} if links else {}

    def expanded(self, name: str, keys: Sequence[Any], user: Any) -> Mapping[Any, Any]:
        part = parts_of(self.model).get(name)
        if part is None:
            return super().expanded(name, keys, user)  # type: ignore[misc, no-any-return]
        return tables_of(keys, part)

    def read_table(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        view: Any = self
        view._check_parameters(request, ("format",))
        return self._table(request, view.object(request, pk))

    def write_table(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        """Replace the table by the rows of the body."""
        view: Any = self
        record = view.object(request, pk)
        view._check_may_edit(request.user)
        view._check_parameters(request, ("format",))
        version = etags.read_version(request, record.version)
        said = read_inputs(body_inputs(self.part), request.data, request.user)
        try:
            written = parts.write(
                record,
                self.part,
                said["rows"],
                actor=request.user,
                version=version,
                reason=said.get("reason", ""),
                source="api",
            )
        except InvalidInput as refusal:
            raise _placed(refusal, self.part) from refusal
        return self._table(request, written)

    def _table(self, request: Request, record: Any) -> HttpResponseBase:
        view: Any = self
        rows = tables_of([record.pk], self.part)[record.pk]
        return view.sent(request, {"version": record.version, "results": rows}, record.version)  # type: ignore[no-any-return]


def _placed(refusal: InvalidInput, part: type[Part]) -> Problem:
    """Say a refused table in the words of its body: `<row>.<field>` is `/rows/<row>/<name>`."""
    names = {one.field: one.name for one in row_inputs(part).values()}
    errors: list[dict[str, str]] = []
    for place, sentences in refusal.errors.items():
        row, dot, field = place.partition(".")
        if place == parts.TABLE:
            pointer = "/rows"
        elif dot:
            pointer = f"/rows/{row}/{names.get(field, field)}"
        else:
            pointer = f"/{place}"
        errors.extend(flat(sentences, pointer))
    return Problem("invalid", errors=errors)
