"""What a list can be narrowed by. Only what is declared; anything else in the query is a 400."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from cmo_lifecycle.doors.rest.kinds import (
    Bad,
    Day,
    Exact,
    Flag,
    Free,
    Items,
    Key,
    Kind,
    Moment,
    Of,
    Several,
    Text,
    Whole,
    kind_of,
    may_be_null,
)
from cmo_lifecycle.doors.rest.problems import bad_parameter

MOST_VALUES = 200


@dataclass(frozen=True)
class Filter:
    """One query parameter: its kind, and the condition that a list of its values makes."""

    name: str
    kind: Kind
    make: Callable[[list[Any]], Q]
    help: str = ""
    several: bool = False

    def condition(self, texts: list[str]) -> Q:
        """Return the condition of the given texts; a problem where one is not of the kind."""
        if len(texts) > (MOST_VALUES if self.several else 1):
            many = f"{MOST_VALUES} times at most" if self.several else "once"
            raise bad_parameter(self.name, f"Give {self.name} {many}.")
        try:
            return self.make([self.kind.parse(text) for text in texts])
        except Bad as bad:
            raise bad_parameter(self.name, str(bad.errors)) from None


def resolve(model: type[models.Model], path: str) -> Any:
    """Return the model field at the end of a lookup path such as `relationship__cmo`."""
    field: Any = None
    for step in path.split("__"):
        field = model._meta.get_field(step)
        model = field.related_model or model
    return field


def filters_of(model: type[models.Model], name: str, path: str) -> list[Filter]:
    """Return the filters that one declared field gives, by its kind.

    Keys and choices: the value itself, repeated for any of several. Dates and times: `_from` and `_to`,
    both included. Numbers: `_min` and `_max`. What may be missing: `_missing=true`.
    """
    field = resolve(model, path)
    kind = kind_of(field)
    if isinstance(kind, Several):
        return [Filter(f"{name.removesuffix('s')}_id", Key(), _linked(field), "Repeated: any of these.", True)]
    if isinstance(kind, Of):
        name = name if name.endswith("_id") else f"{name}_id"
        found = [_exactly(name, Key(), path)]
    elif isinstance(kind, (Day, Moment)):
        day = isinstance(kind, Day)
        found = [
            Filter(
                f"{name}_from", kind, _at(path, "gte"), "On this day or later." if day else "At this time or later."
            ),
            Filter(
                f"{name}_to", kind, _at(path, "lte"), "On this day or earlier." if day else "At this time or earlier."
            ),
        ]
    elif isinstance(kind, (Whole, Exact)) and not getattr(kind, "choices", ()):
        found = [
            Filter(f"{name}_min", kind, _at(path, "gte"), "This much or more."),
            Filter(f"{name}_max", kind, _at(path, "lte"), "This much or less."),
        ]
    elif isinstance(kind, Items):
        found = [Filter(name, kind.item, _holds(path), "Has this among its values; repeated: all of these.", True)]
    elif isinstance(kind, Free):
        raise TypeError(f"{model.__name__}.{path} is free JSON: there is no filter for it.")
    else:
        found = [_exactly(name, kind, path)]
    if may_be_null(field):
        found.append(_missing(name, path))
    return found


def _exactly(name: str, kind: Kind, path: str) -> Filter:
    if isinstance(kind, Text):
        kind = Text(most=kind.most, choices=kind.choices, blank=True)
    return Filter(name, kind, lambda values: Q(**{f"{path}__in": values}), "Repeated: any of these.", True)


def _linked(field: Any) -> Callable[[list[Any]], Q]:
    ours, theirs = field.m2m_column_name(), field.m2m_reverse_name()
    pairs = field.remote_field.through._default_manager

    def make(values: list[Any]) -> Q:
        # A subquery, not a join: a row linked to two of the values is still one row.
        return Q(pk__in=pairs.filter(**{f"{theirs}__in": values}).values(ours))

    return make


def _at(path: str, compare: str) -> Callable[[list[Any]], Q]:
    return lambda values: Q(**{f"{path}__{compare}": values[0]})


def _holds(path: str) -> Callable[[list[Any]], Q]:
    return lambda values: Q(**{f"{path}__contains": values})


def _missing(name: str, path: str) -> Filter:
    return Filter(
        f"{name}_missing",
        Flag(),
        lambda values: Q(**{f"{path}__isnull": values[0]}),
        "true: without a value; false: with one.",
    )


def search(paths: tuple[str, ...]) -> Filter:
    """Return the filter `search`: the text somewhere in one of the fields, whatever the case."""

    def make(values: list[Any]) -> Q:
        found = Q(pk__in=[])
        for path in paths:
            found |= Q(**{f"{path}__icontains": values[0]})
        return found

    return Filter("search", Text(most=200, blank=False), make, f"Text in: {', '.join(paths)}.")
