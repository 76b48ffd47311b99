"""Many rows at once, column by column, as the text that PostgreSQL's COPY takes.

`profiles.apply` builds values for code that looks at single rows. Here nothing but text is wanted, so each cell costs
one look-up of what its text came to before. What is found is the same, cell for cell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import values
from .celltext import NumberText
from .errors import CellError
from .profiles import Profile, places_of
from .reader import Row

NULL = r"\N"
_CACHE_SIZE = 20_000

Lookup = Callable[[str | None], str]


def copy_text(value: Any) -> str:
    """A value as a cell of COPY's text format; None is NULL."""
    if value is None:
        return NULL
    text = str(value)
    if "\\" in text or not text.isprintable():
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


class _Odd(str):
    """The text of a cell that something has to be said about: it is wrong, a remark, or was repaired."""

    error: str | None = None
    note: str | None = None
    original: str | None = None


@dataclass
class Batch:
    """Parsed rows. `cells` holds for each field asked for one text per row.

    `errors`, `notes` and `originals` say by place in the batch what `profiles.ParsedRow` says of a row; rows without
    any are not in them.
    """

    numbers: list[int]
    cells: dict[str, Sequence[str]]
    errors: dict[int, list[tuple[str | None, str]]] = field(default_factory=dict)
    notes: dict[int, dict[str, str]] = field(default_factory=dict)
    originals: dict[int, dict[str, str]] = field(default_factory=dict)


class _Seen(dict[str | None, str]):
    """What each text of a column came to. Remembers nothing where hardly any text comes twice."""

    def __init__(self, make: Lookup) -> None:
        super().__init__()
        self.make = make
        self.repeats = True

    def __missing__(self, cell: str | None) -> str:
        made = self[cell] = self.make(cell)
        return made

    def all_of(self, cells: Sequence[str | None]) -> list[str]:
        # The number 1.234 of a workbook and the text "1.234" are equal, and mean different things.
        if not self.repeats or NumberText in set(map(type, cells)):
            return list(map(self.make, cells))
        if len(self) > _CACHE_SIZE:
            self.clear()
        before = len(self)
        found = list(map(self.__getitem__, cells))
        if len(self) - before > max(500, len(cells) // 2):
            self.repeats = False
            self.clear()
        return found


@dataclass
class _Column:
    name: str
    label: str
    place: int
    seen: _Seen


class Bulk:
    """A profile compiled for the columns of a file.

    `blanks` gives for each field wanted the text of a cell with nothing in it, such as "" or `NULL`.
    Raises ProfileError when a mapped column is missing.
    """

    def __init__(self, profile: Profile, columns: Sequence[str], blanks: Mapping[str, str]) -> None:
        places, parsers = places_of(profile, columns)
        self._fixed: dict[str, str] = dict(blanks)
        plain: list[_Column] = []
        texts: list[_Column] = []
        noted: list[_Column] = []
        for name, parse in parsers.items():
            rule, blank = profile.fields[name], blanks[name]
            if rule.column is None:
                value = parse(rule.constant)
                value = value[0] if rule.kind in values.WITH_NOTE else value
                self._fixed[name] = blank if value is None else copy_text(value)
                continue
            if rule.kind in values.WITH_NOTE:
                group, made = noted, _noted(parse, blank)
            elif rule.kind in ("text", "identifier"):
                group, made = texts, _text(parse, blank)
            else:
                group, made = plain, _plain(parse, blank)
            group.append(_Column(name, columns[places[name]], places[name], _Seen(made)))
        self._columns = [*plain, *texts, *noted]
        keep = values.text(max_length=4000)
        self._kept = [
            _Column(column, column, places[column], _Seen(_kept(keep))) for column in profile.notes if column in places
        ]
        self._blanks = dict(blanks)

    def parse(self, rows: Sequence[Row]) -> Batch:
        """Parse rows of the file; each has a cell for every column."""
        batch = Batch([row.number for row in rows], {})
        for name, text in self._fixed.items():
            batch.cells[name] = [text] * len(rows)
        if not rows:
            return batch
        by_column = list(zip(*[row.cells for row in rows], strict=True))
        for column in self._columns:
            batch.cells[column.name] = self._one(batch, column, by_column[column.place])
        for column in self._kept:
            self._one(batch, column, by_column[column.place])
        for place, row in enumerate(rows):
            if row.problem is not None:
                self._whole(batch, place, row.problem)
        return batch

    def _one(self, batch: Batch, column: _Column, cells: Sequence[str | None]) -> list[str]:
        found = column.seen.all_of(cells)
        if _Odd in set(map(type, found)):
            for place, cell in enumerate(found):
                if cell.__class__ is _Odd:
                    self._say(batch, column, place, cell)
        return found

    @staticmethod
    def _say(batch: Batch, column: _Column, place: int, cell: Any) -> None:
        if cell.error is not None:
            batch.errors.setdefault(place, []).append((column.label, cell.error))
        if cell.note is not None:
            batch.notes.setdefault(place, {})[column.name] = cell.note
        if cell.original is not None:
            batch.originals.setdefault(place, {})[column.name] = cell.original

    def _whole(self, batch: Batch, place: int, problem: str) -> None:
        """A row that cannot be trusted: none of its cells is."""
        for column in self._columns:
            found: Any = batch.cells[column.name]
            found[place] = self._blanks[column.name]
        batch.errors[place] = [(None, problem)]
        batch.notes.pop(place, None)
        batch.originals.pop(place, None)


def _wrong(blank: str, error: CellError) -> _Odd:
    odd = _Odd(blank)
    odd.error = str(error)
    return odd


def _plain(parse: values.Parser, blank: str) -> Lookup:
    def look(cell: str | None) -> str:
        try:
            value = parse(cell)
        except CellError as error:
            return _wrong(blank, error)
        return blank if value is None else copy_text(value)

    return look


def _text(parse: values.Parser, blank: str) -> Lookup:
    def look(cell: str | None) -> str:
        try:
            value = parse(cell)
        except CellError as error:
            return _wrong(blank, error)
        made = blank if value is None else copy_text(value)
        if cell is not None and value != cell and not cell.isascii() and value != cell.strip():
            odd = _Odd(made)
            odd.original = cell
            return odd
        return made

    return look


def _noted(parse: values.Parser, blank: str) -> Lookup:
    def look(cell: str | None) -> str:
        try:
            value, note = parse(cell)
        except CellError as error:
            return _wrong(blank, error)
        made = blank if value is None else copy_text(value)
        if note is not None:
            odd = _Odd(made)
            odd.note = note
            return odd
        return made

    return look


def _kept(keep: values.Parser) -> Lookup:
    def look(cell: str | None) -> str:
        try:
            note = keep(cell)
        except CellError as error:
            return _wrong("", error)
        if note is None:
            return ""
        odd = _Odd("")
        odd.note = note
        return odd

    return look
