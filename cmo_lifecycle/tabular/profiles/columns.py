"""Finding a file's columns by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


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


def normal(name: str) -> str:
    return " ".join(name.split()).casefold()


def places_by_name(columns: Sequence[str]) -> dict[str, int | None]:
    """Exact names, and names regardless of case and spacing where that is not ambiguous."""
    places: dict[str, int | None] = {}
    for i, name in enumerate(columns):
        key = "\0" + normal(name)
        places[key] = None if key in places else i
    places.update({name: i for i, name in enumerate(columns)})
    return places


def place_of(places: Mapping[str, int | None], column: str) -> int | None:
    found = places.get(column)
    return found if found is not None else places.get("\0" + normal(column))
