"""From value rows to what the API returns, without model instances: a list costs one query and one loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cmo_lifecycle.doors.rest.kinds import Member


class Shape:
    """A choice of members as a plan: which columns to read, and how a row of them becomes an object."""

    def __init__(self, members: Sequence[Member], more: Iterable[str] = ()) -> None:
        self.members = tuple(members)
        found = dict.fromkeys(source for member in members for source in member.sources)
        self.sources = tuple(dict.fromkeys((*found, *more)))
        at = {source: number for number, source in enumerate(self.sources)}
        self.at = at
        self._made: list[tuple[str, Callable[..., Any], list[int]]] = [
            (m.name, m.render, [at[source] for source in m.sources]) for m in members if m.render is not None
        ]
        self._names = [member.name for member in members]
        # A member that is rendered holds its place with the first of its columns until it is.
        self._first = [at[member.sources[0]] if member.sources else 0 for member in members]

    def object(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return one row's members, in the declared order."""
        found: dict[str, Any] = dict(zip(self._names, map(row.__getitem__, self._first), strict=True))
        for name, render, numbers in self._made:
            found[name] = render(*[row[number] for number in numbers])
        return found

    def of(self, record: Any) -> dict[str, Any]:
        """Return the members of a loaded record."""
        return self.object([_value(record, source) for source in self.sources])


def _value(record: Any, source: str) -> Any:
    if source == "pk":
        return record.pk
    value = getattr(record, source)
    # A country is an object on an instance and its code in a value row.
    return getattr(value, "code", value) if type(value).__module__.startswith("django_countries") else value
