"""Rows that hold a word, asked in a way that the indexes can answer."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

#: So many related rows are named one by one; where more hold the word, they are left to a subquery.
NAMED = 100
WORDS = 6


def holds(model: Any, path: str, word: str) -> Q:
    """Return rows whose field holds the word. The names of related rows are looked up first, by their own index.

    One condition over two joined tables would read the whole list, as no index spans both.
    """
    relation, _, field = path.rpartition("__")
    if not relation:
        found = Q(**{f"{path}__icontains": word})
        # No index holds a list as text; leaving out the empty ones leaves few.
        return found & ~Q(**{path: []}) if isinstance(model._meta.get_field(field), ArrayField) else found
    related = model
    for step in relation.split("__"):
        related = related._meta.get_field(step).related_model
    keys = related._default_manager.filter(**{f"{field}__icontains": word}).order_by().values_list("pk", flat=True)
    few = list(keys[: NAMED + 1])
    return Q(**{f"{relation}__in": few if len(few) <= NAMED else keys})


def holds_all(model: Any, paths: tuple[str, ...], text: str, exact: tuple[str, ...] = ()) -> Q:
    """Return rows that hold every word of the text in one of the paths, or have a word as the whole of an exact one."""
    found = Q()
    for word in text.split()[:WORDS]:
        some = Q()
        for path in paths:
            some |= holds(model, path, word)
        for path in exact:
            some |= Q(**{path: word})
        found &= some
    return found
