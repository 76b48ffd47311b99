"""Filters of lists, the same for page and REST."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.forms import HiddenInput
from django.http import HttpRequest

from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.finding import holds_all


class Choice(django_filters.ChoiceFilter):
    """One of a few values. The page's control is written in one pass."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "All")
        kwargs.setdefault("widget", PlainSelect)
        super().__init__(*args, **kwargs)


class Reference(django_filters.ModelChoiceFilter):
    """Rows that belong to one other record, by its id. Set by links, shown as a chip, without a control of its own."""

    def __init__(self, model: type[models.Model], *args: Any, **kwargs: Any) -> None:
        self.referred = model
        kwargs.setdefault("widget", HiddenInput)
        super().__init__(*args, queryset=self._visible, **kwargs)

    def _visible(self, request: HttpRequest | None) -> Any:
        if request is None:
            return self.referred._default_manager.none()
        return self.referred._default_manager.visible_to(request.user)  # type: ignore[attr-defined]


class Whole(django_filters.CharFilter):
    """A number or id as a whole. Set by links and other systems; people find by `q`, so it has no control."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", HiddenInput)
        super().__init__(*args, **kwargs)


class RecordFilters(django_filters.FilterSet):
    """Filters of one noun. `q` finds by words; give `find_in` and `find_exact` (field paths) or write `find`."""

    find_in: tuple[str, ...] = ()
    find_exact: tuple[str, ...] = ()

    q = django_filters.CharFilter(method="find", label="Find", max_length=100)

    def find(self, rows: Any, name: str, value: str) -> Any:
        """Keep rows that hold every word of `value` in one of `find_in`, or as the whole of one of `find_exact`."""
        return rows.filter(holds_all(rows.model, self.find_in, value, self.find_exact))
