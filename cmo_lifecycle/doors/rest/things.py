"""Any record, named by its route and its id: how events, files and the like say what they belong to."""

from __future__ import annotations

import functools
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from cmo_lifecycle.doors.rest.filters import Filter
from cmo_lifecycle.doors.rest.kinds import Key, Member, Text, nullable
from cmo_lifecycle.workflow.models import Record

ROUTE = {"type": "string"}


@functools.cache
def nouns() -> dict[str, type[Record]]:
    """Every noun with a route, by its route."""
    found = [model for model in apps.get_models() if issubclass(model, Record) and model.route]
    return {model.route: model for model in sorted(found, key=lambda model: model.route)}


def route_of_type(pk: Any) -> str | None:
    """Return the route of a content type's noun."""
    if pk is None:
        return None
    return getattr(ContentType.objects.get_for_id(pk).model_class(), "route", "") or None


def of_visible(user: Any) -> Q:
    """Return the condition that the record behind `record_type` and `record_id` is one this person may see.

    Asked row by row through the key, not as a list of all ids: the rows of a page are few, the records many.
    """
    everything, some = [], Q(pk__in=[])
    for model in nouns().values():
        kind = ContentType.objects.get_for_model(model)
        rows = model.objects.visible_to(user).order_by()
        if rows.query.is_empty():
            continue
        if not rows.query.where:
            everything.append(kind.pk)
        else:
            some |= Q(Exists(rows.filter(pk=OuterRef("record_id"))), record_type=kind)
    return Q(record_type__in=everything) | some


def reference(name: str, help_text: str, *, null: bool = False) -> list[Member]:
    """Return the members `<name>` (a route) and `<name>_id` of a generic reference."""
    route, key = dict(ROUTE), Key().schema()
    if null:
        route, key = nullable(route), nullable(key)
    return [
        Member(name, (f"{name}_type_id",), route, route_of_type, help_text),
        Member(f"{name}_id", (f"{name}_id",), key),
    ]


def filters(name: str, *, by_route: bool = True) -> list[Filter]:
    """Return the filters `<name>` (a route) and `<name>_id` of a generic reference."""
    found = [
        Filter(
            f"{name}_id",
            Key(),
            lambda values: Q(**{f"{name}_id__in": values}),
            "Repeated: any of these.",
            several=True,
        )
    ]
    if by_route:
        found.insert(
            0,
            Filter(
                name,
                Text(choices=tuple(nouns()), blank=False),
                lambda values: Q(
                    **{f"{name}_type__in": [ContentType.objects.get_for_model(nouns()[route]) for route in values]}
                ),
                "The route of the noun; repeated: any of these.",
                several=True,
            ),
        )
    return found
