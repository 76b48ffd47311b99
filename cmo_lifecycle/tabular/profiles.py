"""Named mappings from the columns of somebody's table to the fields wanted here.

A `Profile` says for every target field which column it comes from (or which constant it is), what kind of value it
holds and in which format it is written. It is plain JSON, checked when built, so that a saved one either works or
says what is wrong with it. `apply` turns rows into `ParsedRow`s at some tens of thousands of rows a second.
"""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from . import values
from .errors import CellError, ProfileError
from .limits import DEFAULT, Limits
from .reader import Table, open_table

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
            _parser_of(self, name, rule)

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
        places = _places(columns)
        missing = [c for c in self.columns if _place(places, c) is None]
        used = {_place(places, c) for c in self.columns}
        return HeaderCheck(missing, [c for i, c in enumerate(columns) if i not in used], list(columns))


@dataclass(frozen=True)
class HeaderCheck:
    """missing: columns the profile reads and the file lacks. unmapped: columns of the file it does not read."""

    missing: list[str]
    unmapped: list[str]
    columns: list[str]

    @property
    def problem(self) -> str | None:
        """One sentence naming every missing column, or None."""
        if not self.missing:
            return None
        names = ", ".join(f"“{c}”" for c in self.missing)
        what = "the column" if len(self.missing) == 1 else "the columns"
        has = ", ".join(f"“{c[:60]}”" for c in self.columns[:40])
        return f"The file lacks {what} {names}; it has {has}."


class ParsedRow(NamedTuple):
    """One row after parsing.

    number: as the spreadsheet shows it. values: every field of the profile -> value, None where blank or wrong.
    notes: field -> text that stood where a date or number belongs, and note column -> its text.
    errors: (column, or None for the whole row; sentence). originals: field -> the cell's text as it stood in the file,
    for texts that were repaired or cleaned beyond trimming.
    """

    number: int
    values: dict[str, Any]
    notes: dict[str, str]
    errors: list[tuple[str | None, str]]
    originals: dict[str, str]


def apply(
    profile: Profile, columns: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None], str | None]]
) -> Iterator[ParsedRow]:
    """Parse rows (`reader.Row`s) lazily, in order, one `ParsedRow` each.

    Raises ProfileError before the first row when a mapped column is missing.
    """
    convert = compile_profile(profile, columns)
    return (convert(number, cells, problem) for number, cells, problem in rows)


def compile_profile(
    profile: Profile, columns: Sequence[str]
) -> Callable[[int, Sequence[str | None], str | None], ParsedRow]:
    """The function behind `apply`, for callers that drive the rows themselves."""
    problem = profile.check_header(columns).problem
    if problem:
        raise ProfileError(problem)
    places = _places(columns)
    blank: dict[str, Any] = {}
    plain: list[tuple[str, int, values.Parser]] = []
    texts: list[tuple[str, int, values.Parser]] = []
    noted: list[tuple[str, int, values.Parser]] = []
    for name, rule in profile.fields.items():
        parse = _parser_of(profile, name, rule)
        if rule.column is None:
            value = parse(rule.constant)
            blank[name] = value[0] if rule.kind in values.WITH_NOTE else value
            continue
        blank[name] = None
        index = _place(places, rule.column)
        assert index is not None
        if rule.kind in values.WITH_NOTE:
            noted.append((name, index, parse))
        elif rule.kind in ("text", "identifier"):
            texts.append((name, index, parse))
        else:
            plain.append((name, index, parse))
    kept = [(column, index) for column in profile.notes if (index := _place(places, column)) is not None]
    keep = values.text(max_length=4000)

    def convert(number: int, cells: Sequence[str | None], problem: str | None) -> ParsedRow:
        found = blank.copy()
        notes: dict[str, str] = {}
        errors: list[tuple[str | None, str]] = []
        originals: dict[str, str] = {}
        if problem is not None:
            errors.append((None, problem))
            return ParsedRow(number, found, notes, errors, originals)
        for name, index, parse in plain:
            try:
                found[name] = parse(cells[index])
            except CellError as error:
                errors.append((columns[index], str(error)))
        for name, index, parse in texts:
            cell = cells[index]
            try:
                value = found[name] = parse(cell)
            except CellError as error:
                errors.append((columns[index], str(error)))
                continue
            if cell is not None and value != cell and not cell.isascii() and value != cell.strip():
                originals[name] = cell
        for name, index, parse in noted:
            try:
                found[name], note = parse(cells[index])
            except CellError as error:
                errors.append((columns[index], str(error)))
                continue
            if note is not None:
                notes[name] = note
        for column, index in kept:
            try:
                note = keep(cells[index])
            except CellError as error:
                errors.append((column, str(error)))
                continue
            if note is not None:
                notes[column] = note
        return ParsedRow(number, found, notes, errors, originals)

    return convert


def places_of(profile: Profile, columns: Sequence[str]) -> tuple[dict[str, int], dict[str, values.Parser]]:
    """Where a profile's fields and notes stand in a file, and the parser of each field.

    Raises ProfileError when a mapped column is missing.
    """
    problem = profile.check_header(columns).problem
    if problem:
        raise ProfileError(problem)
    places = _places(columns)
    wanted = {name: rule.column for name, rule in profile.fields.items() if rule.column is not None}
    wanted |= {column: column for column in profile.notes}
    found = {name: index for name, column in wanted.items() if (index := _place(places, column)) is not None}
    return found, {name: _parser_of(profile, name, rule) for name, rule in profile.fields.items()}


def _parser_of(profile: Profile, name: str, rule: FieldRule) -> values.Parser:
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


# Finding columns by name


def _norm(name: str) -> str:
    return " ".join(name.split()).casefold()


def _places(columns: Sequence[str]) -> dict[str, int | None]:
    """Exact names, and names regardless of case and spacing where that is not ambiguous."""
    places: dict[str, int | None] = {}
    for i, name in enumerate(columns):
        key = "\0" + _norm(name)
        places[key] = None if key in places else i
    places.update({name: i for i, name in enumerate(columns)})
    return places


def _place(places: Mapping[str, int | None], column: str) -> int | None:
    found = places.get(column)
    return found if found is not None else places.get("\0" + _norm(column))


@dataclass(frozen=True)
class Target:
    """A field somebody's column can be mapped to. synonyms: what such columns are called elsewhere."""

    name: str
    kind: str = "text"
    label: str = ""
    required: bool = False
    synonyms: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


_WORD = re.compile(r"[a-z]+|[0-9]+|#")
_SAME_WORD = {
    "no": "number", "nr": "number", "num": "number", "#": "number", "qty": "quantity", "id": "identifier",
    "identifier": "identifier", "amt": "amount", "desc": "description", "wt": "weight", "addr": "address",
    "ctry": "country", "mfg": "manufacturing", "manufacturer": "manufacturing", "supplier": "vendor",
    "dates": "date", "delivered": "delivery", "scheduled": "schedule", "program": "programme",
}  # fmt: skip


def _words(name: str) -> tuple[str, ...]:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", split).casefold()
    return tuple(_SAME_WORD.get(w, w) for w in _WORD.findall(plain))


def suggest(columns: Sequence[str], targets: Sequence[Target]) -> dict[str, str | None]:
    """A first mapping for a person to correct: target name -> column, or None where nothing is close.

    Exact names and synonyms win, then the largest share of common words (at least 60 %). No column is used twice;
    of equals, the earlier target and the earlier column win.
    """
    words = [_words(c) for c in columns]
    scored: list[tuple[float, int, int]] = []
    for t, target in enumerate(targets):
        names = [n for n in (target.name.replace("_", " "), target.label, *target.synonyms) if n]
        for c, column in enumerate(columns):
            best = 0.0
            for rank, name in enumerate(names):
                wanted = _words(name)
                if not wanted or not words[c]:
                    continue
                if _norm(name) == _norm(column):
                    score = 3.0
                elif wanted == words[c]:
                    score = 2.0 - rank * 0.001
                else:
                    common, union = set(wanted) & set(words[c]), set(wanted) | set(words[c])
                    score = len(common) / len(union)
                best = max(best, score)
            if best >= 0.6:
                scored.append((-best, t, c))
    result: dict[str, str | None] = {target.name: None for target in targets}
    taken: set[int] = set()
    for _, t, c in sorted(scored):
        if result[targets[t].name] is None and c not in taken:
            result[targets[t].name] = columns[c]
            taken.add(c)
    return result
