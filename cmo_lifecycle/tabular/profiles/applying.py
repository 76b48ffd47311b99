"""Rows of a file turned into values by a profile."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cmo_lifecycle.tabular import values
from cmo_lifecycle.tabular.errors import CellError, ProfileError
from cmo_lifecycle.tabular.profiles.columns import place_of, places_by_name
from cmo_lifecycle.tabular.profiles.profile import Profile, parser_of


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
    places = places_by_name(columns)
    blank: dict[str, Any] = {}
    plain: list[tuple[str, int, values.Parser]] = []
    texts: list[tuple[str, int, values.Parser]] = []
    noted: list[tuple[str, int, values.Parser]] = []
    for name, rule in profile.fields.items():
        parse = parser_of(profile, name, rule)
        if rule.column is None:
            value = parse(rule.constant)
            blank[name] = value[0] if rule.kind in values.WITH_NOTE else value
            continue
        blank[name] = None
        index = place_of(places, rule.column)
        assert index is not None
        if rule.kind in values.WITH_NOTE:
            noted.append((name, index, parse))
        elif rule.kind in ("text", "identifier"):
            texts.append((name, index, parse))
        else:
            plain.append((name, index, parse))
    kept = [(column, index) for column in profile.notes if (index := place_of(places, column)) is not None]
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
    places = places_by_name(columns)
    wanted = {name: rule.column for name, rule in profile.fields.items() if rule.column is not None}
    wanted |= {column: column for column in profile.notes}
    found = {name: index for name, column in wanted.items() if (index := place_of(places, column)) is not None}
    return found, {name: parser_of(profile, name, rule) for name, rule in profile.fields.items()}
