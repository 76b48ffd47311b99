"""Pages of a list by the last row seen, not by number: the hundredth page costs what the first one does."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

#: Rows are counted up to here; beyond it the exact number is not worth its price.
COUNTED = 1000


class _Row(Func):
    function = "ROW"
    output_field = models.BooleanField()


class _Compared(Func):
    output_field = BooleanField()
    conditional = True


@dataclass(frozen=True)
class Order:
    """The order of a list: a field path, its direction, and always the primary key behind it."""

    path: str
    descending: bool = False

    def field(self, model: type[models.Model]) -> models.Field:
        found: Any = None
        for step in self.path.split("__"):
            found = model._meta.get_field(step)
            model = found.related_model or model
        return found

    def nullable(self, model: type[models.Model]) -> bool:
        for step in self.path.split("__"):
            found: Any = model._meta.get_field(step)
            if found.null:
                return True
            model = found.related_model or model
        return False


@dataclass
class Rows:
    """One page of a list and the tokens of its neighbours (empty where there is none)."""

    rows: list[Any]
    following: str = ""
    preceding: str = ""


def token(order: Order, row: Any) -> str:
    """Return the place of a row in an order, for a URL."""
    value = row
    for step in order.path.split("__"):
        value = getattr(value, step, None) if value is not None else None
    if isinstance(value, models.Model):
        value = value.pk
    text = json.dumps([value, str(row.pk)], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(order: Order, model: type[models.Model], written: str) -> tuple[Any, Any] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
        value = None if value is None else order.field(model).to_python(value)
        return value, model._meta.pk.to_python(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError, FieldDoesNotExist):
        return None


def arranged(rows: QuerySet, order: Order, *, backwards: bool = False) -> QuerySet:
    """Sort by the order and the key; empty values stand last."""
    down = order.descending != backwards
    key = "-pk" if down else "pk"
    if not order.nullable(rows.model):
        return rows.order_by(("-" if down else "") + order.path, key)
    expression = F(order.path)
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    return rows.order_by(expression.desc(**nulls) if down else expression.asc(**nulls), key)


def _beyond(order: Order, model: type[models.Model], value: Any, pk: Any, *, backwards: bool) -> Q:
    down = order.descending != backwards
    sign, bound = (" < ", "lte") if down else (" > ", "gte")
    nullable = order.nullable(model)
    path = order.path
    keys = Q(pk__lt=pk) if down else Q(pk__gt=pk)
    if value is None:
        within = Q(**{f"{path}__isnull": True}) & keys
        return within | Q(**{f"{path}__isnull": False}) if backwards else within
    field = order.field(model)
    further = Q(**{f"{path}__{bound}": value}) & Q(
        _Compared(
            _Row(F(path), F("pk")),
            _Row(Value(value, output_field=field), Value(pk, output_field=model._meta.pk)),
            template="(%(expressions)s)",
            arg_joiner=sign,
        )
    )
    if nullable and not backwards:
        return further | Q(**{f"{path}__isnull": True})
    return further


def page(rows: QuerySet, order: Order, *, after: str = "", before: str = "", size: int = 50) -> Rows:
    """Return one page: the first, that after a token, or that before it. An unreadable token gives the first page."""
    backwards = bool(before) and not after
    place = _place(order, rows.model, after or before) if after or before else None
    if place is None:
        backwards = False
    else:
        rows = rows.filter(_beyond(order, rows.model, *place, backwards=backwards))
    found = list(arranged(rows, order, backwards=backwards)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    made = Rows(found)
    if found:
        if more or backwards:
            made.following = token(order, found[-1])
        if place is not None and (more or not backwards):
            made.preceding = token(order, found[0])
    return made


def count(rows: QuerySet, made: Rows) -> int | str:
    """Return how many rows there are in all; a sentence where there are more than `COUNTED`."""
    if not made.following and not made.preceding:
        return len(made.rows)
    found = rows.order_by()[: COUNTED + 1].count()
    return found if found <= COUNTED else f"more than {COUNTED:,}"
