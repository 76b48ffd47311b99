"""A mapping: which column is which field, and how its cells are written."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from cmo_lifecycle.tabular import values
from cmo_lifecycle.tabular.errors import CellError, ProfileError
from cmo_lifecycle.tabular.limits import DEFAULT, Limits
from cmo_lifecycle.tabular.profiles.columns import HeaderCheck, place_of, places_by_name
from cmo_lifecycle.tabular.profiles.suggesting import Target
from cmo_lifecycle.tabular.reader import Table, open_table

_FIELD_KEYS = ("column", "kind", "constant", "default", "required")
_PROFILE_KEYS = (
    "name", "title", "description", "header_row", "sheet", "delimiter", "date_format", "decimal_mark", "thousands",
    "blank", "fields", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class FieldRule:
    """Where one field comes from.

    column: the header's name. kind, options: see `values.parser`. constant: the text of every row's value, in place
    of a column. default: the text taken where the cell is blank. required: a blank cell is an error.
    """

    column: str | None = None
    kind: str = "text"
    options: Mapping[str, Any] = field(default_factory=dict)
    constant: str | None = None
    default: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Profile:
    """A named mapping. date_format, decimal_mark, thousands and blank hold for every field that says nothing else.

    notes: further columns kept word for word in `ParsedRow.notes` under their own names.
    header_row, sheet, delimiter: how to open the file, see `reader.open_table`.
    Raises ProfileError when built wrongly.
    """

    name: str
    fields: Mapping[str, FieldRule]
    title: str = ""
    description: str = ""
    header_row: int = 1
    sheet: str | None = None
    delimiter: str | None = None
    date_format: str = "%Y-%m-%d"
    decimal_mark: str = "."
    thousands: str = ""
    blank: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ProfileError("A profile needs a name.")
        if not isinstance(self.header_row, int) or isinstance(self.header_row, bool) or self.header_row < 1:
            raise ProfileError("The header row is a number from 1.")
        if not self.fields:
            raise ProfileError("A profile maps at least one field.")
        try:
            values.check_date_format(self.date_format)
            values.check_number_format(self.decimal_mark, self.thousands)
        except ValueError as error:
            raise ProfileError(str(error)) from error
        clash = sorted(set(self.notes) & set(self.fields))
        if clash:
            raise ProfileError(f"The columns kept as notes must not have a field's name: {', '.join(clash)}.")
        for name, rule in self.fields.items():
            if (rule.column is None) == (rule.constant is None):
                raise ProfileError(f"The field {name} needs either a column or a constant value.")
            parser_of(self, name, rule)

    @property
    def columns(self) -> list[str]:
        """The columns this profile reads, each once, in the order of its fields and notes."""
        mapped = [rule.column for rule in self.fields.values() if rule.column is not None]
        return list(dict.fromkeys([*mapped, *self.notes]))

    def open(
        self, file: str | os.PathLike[str] | BinaryIO | IO[bytes], name: str | None = None, limits: Limits = DEFAULT
    ) -> Table:
        """Open a table the way this profile describes it."""
        return open_table(
            file, name, sheet=self.sheet, header_row=self.header_row, delimiter=self.delimiter, limits=limits
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data; what stands at its default is left out."""
        plain = Profile(name=self.name, fields=self.fields)
        data: dict[str, Any] = {"name": self.name}
        for key in _PROFILE_KEYS:
            value = getattr(self, key)
            if key not in ("name", "fields") and value != getattr(plain, key):
                data[key] = list(value) if isinstance(value, tuple) else value
        data["fields"] = {}
        for name, rule in self.fields.items():
            entry: dict[str, Any] = {}
            if rule.column is not None:
                entry["column"] = rule.column
            if rule.constant is not None:
                entry["constant"] = rule.constant
            if rule.kind != "text":
                entry["kind"] = rule.kind
            if rule.default is not None:
                entry["default"] = rule.default
            if rule.required:
                entry["required"] = True
            entry.update({k: list(v) if isinstance(v, tuple) else v for k, v in rule.options.items()})
            data["fields"][name] = entry
        return data

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_dict(cls, data: Any) -> "Profile":
        """Raises ProfileError with a sentence for anything that is not a profile."""
        if not isinstance(data, Mapping):
            raise ProfileError("A profile is a JSON object.")
        unknown = sorted(str(k) for k in data if k not in _PROFILE_KEYS)
        if unknown:
            raise ProfileError(f"A profile has no settings called {', '.join(unknown)}.")
        entries = data.get("fields")
        if not isinstance(entries, Mapping):
            raise ProfileError("A profile lists its fields as an object: field name to column and format.")
        fields: dict[str, FieldRule] = {}
        for name, entry in entries.items():
            if not isinstance(entry, Mapping):
                raise ProfileError(f"The field {name} must be an object with a column or a constant.")
            rest = {k: v for k, v in entry.items() if k not in _FIELD_KEYS}
            for key in ("column", "kind", "constant", "default"):
                if key in entry and not isinstance(entry[key], str):
                    raise ProfileError(f"The {key} of the field {name} must be a text.")
            fields[str(name)] = FieldRule(
                column=entry.get("column"),
                kind=entry.get("kind", "text"),
                options=rest,
                constant=entry.get("constant"),
                default=entry.get("default"),
                required=bool(entry.get("required", False)),
            )
        rest = {k: data[k] for k in data if k != "fields"}
        for key in ("blank", "notes"):
            if key in rest:
                rest[key] = _texts(rest[key], key)
        for key in ("name", "title", "description", "date_format", "decimal_mark", "thousands"):
            if key in rest and not isinstance(rest[key], str):
                raise ProfileError(f"The {key} of a profile must be a text.")
        for key in ("sheet", "delimiter"):
            if not isinstance(rest.get(key), (str, type(None))):
                raise ProfileError(f"The {key} of a profile must be a text.")
        if "name" not in rest:
            raise ProfileError("A profile needs a name.")
        return cls(fields=fields, **rest)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Profile":
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ProfileError("The profile is not valid JSON.") from error
        return cls.from_dict(data)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Profile":
        return cls.from_json(Path(path).read_bytes())

    @classmethod
    def build(
        cls, name: str, targets: Iterable["Target"], mapping: Mapping[str, str | None], **settings: Any
    ) -> "Profile":
        """A profile from what a person chose: target name -> column (None or missing: not supplied).

        settings: the other fields of a profile, and `options`: {target name: {option: value}}. Raises ProfileError
        when a required target has no column.
        """
        chosen: Mapping[str, Mapping[str, Any]] = settings.pop("options", {})
        fields: dict[str, FieldRule] = {}
        lacking: list[str] = []
        for target in targets:
            column = mapping.get(target.name) or None
            own = dict(chosen.get(target.name, {}))
            constant, default = own.pop("constant", None), own.pop("default", None)
            if column is None and constant is None:
                if target.required:
                    lacking.append(target.label or target.name)
                continue
            fields[target.name] = FieldRule(
                column=column,
                kind=target.kind,
                options={**target.options, **own},
                constant=None if column is not None else constant,
                default=default,
                required=target.required,
            )
        if lacking:
            raise ProfileError(f"Choose a column for {', '.join(lacking)}.")
        return cls(name=name, fields=fields, **settings)

    def check_header(self, columns: Sequence[str]) -> "HeaderCheck":
        """Compare with a file's header; see `HeaderCheck`."""
        places = places_by_name(columns)
        missing = [c for c in self.columns if place_of(places, c) is None]
        used = {place_of(places, c) for c in self.columns}
        return HeaderCheck(missing, [c for i, c in enumerate(columns) if i not in used], list(columns))


def parser_of(profile: Profile, name: str, rule: FieldRule) -> values.Parser:
    options = dict(rule.options)
    options.setdefault("blank", profile.blank)
    if "blank" in options:
        options["blank"] = _texts(options["blank"], "blank")
    if rule.kind in values.DATE_KINDS:
        options.setdefault("format", profile.date_format)
    if rule.kind in values.NUMBER_KINDS:
        options.setdefault("decimal_mark", profile.decimal_mark)
        options.setdefault("thousands", profile.thousands)
    try:
        parse = values.parser(rule.kind, **options)
        for fixed in (rule.constant, rule.default):
            if fixed is not None:
                parse(fixed)
    except ValueError as error:
        raise ProfileError(f"The field {name}: {error}") from error
    except (ArithmeticError, AttributeError, TypeError) as error:
        raise ProfileError(f"The field {name} has an option of the wrong type.") from error
    if rule.default is None and not rule.required:
        return parse
    nothing = (None, None) if rule.kind in values.WITH_NOTE else None
    if rule.default is not None:
        instead = parse(rule.default)

        def with_default(cell: str | None) -> Any:
            value = parse(cell)
            return instead if value == nothing else value

        return with_default

    def required(cell: str | None) -> Any:
        value = parse(cell)
        if value == nothing:
            raise CellError("The cell is empty, but a value is needed here.")
        return value

    return required


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ProfileError(f"The setting {what} must be a list of texts.")
    items = tuple(value)
    if not all(isinstance(item, str) for item in items):
        raise ProfileError(f"The setting {what} must be a list of texts.")
    return items
