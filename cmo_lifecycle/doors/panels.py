"""What a record's page shows beyond its own floor: rooms above hang their panels, tabs and dates here.

A room registers when it is loaded (in its `AppConfig.ready` or a module imported there)::

    @panel(Relationship, tab="reviews", label="Reviews", order=20)
    def reviews(record, request):
        return Panel("Reviews", render_to_string("operations/…", {...}, request))

    @due(Relationship)
    def next_review(record, request):
        yield Due(day, "Scheduled review, Q3 2026", url)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

OVERVIEW = "overview"
HISTORY = "history"


@dataclass(frozen=True)
class Panel:
    """One card of a page.

    `body` is safe HTML. `side` puts it into the narrow column. `actions` are dicts of `label`, `url` and
    optional `primary`. `asof` says how fresh it is. `flush` lets a table reach the card's edges. `plain` leaves
    the card away: the body brings its own. `first` puts it above all others: it is what to do next.
    """

    title: str
    body: SafeString | str
    side: bool = False
    actions: Sequence[Mapping[str, Any]] = ()
    asof: date | datetime | None = None
    flush: bool = False
    plain: bool = False
    key: str = ""
    first: bool = False


@dataclass(frozen=True)
class Due:
    """Something that has to happen by a day: when, what, and where it is done."""

    on: date
    label: str
    url: str = ""


PanelFunction = Callable[[Any, HttpRequest], Panel | Iterable[Panel] | None]
DueFunction = Callable[[Any, HttpRequest], Iterable[Due]]


@dataclass
class _Tab:
    label: str
    order: int
    functions: list[tuple[int, PanelFunction]] = field(default_factory=list)


_tabs: dict[type, dict[str, _Tab]] = {}
_dues: dict[type, list[DueFunction]] = {}


def panel(
    model: type, *, tab: str = OVERVIEW, label: str = "", order: int = 100
) -> Callable[[PanelFunction], PanelFunction]:
    """Declare a function that gives one panel or several (or None) for a tab of a noun's page.

    `label` names a tab that is not there yet; `order` sorts tabs, and panels within one.
    """

    def declare(function: PanelFunction) -> PanelFunction:
        tabs = _tabs.setdefault(model, {})
        found = tabs.get(tab)
        if found is None:
            found = tabs[tab] = _Tab(label or tab.replace("_", " ").capitalize(), order)
        found.functions.append((order, function))
        found.functions.sort(key=lambda pair: pair[0])
        return function

    return declare


def due(model: type) -> Callable[[DueFunction], DueFunction]:
    """Declare a function that yields what is due on a record, as `Due`."""

    def declare(function: DueFunction) -> DueFunction:
        _dues.setdefault(model, []).append(function)
        return function

    return declare


def extra_tabs(model: type) -> list[tuple[str, str]]:
    """Return the key and label of tabs that rooms have added to a noun's page, in order."""
    found = [(tab.order, key, tab.label) for key, tab in _tabs.get(model, {}).items() if key != OVERVIEW]
    return [(key, label) for _, key, label in sorted(found, key=lambda entry: entry[0])]


def panels_of(record: Any, tab: str, request: HttpRequest) -> Iterator[Panel]:
    """Yield the panels that rooms have hung on this tab of the record."""
    found = _tabs.get(type(record), {}).get(tab)
    for _, function in found.functions if found else ():
        made = function(record, request)
        if isinstance(made, Panel):
            yield made
        elif made is not None:
            yield from made


def dues_of(record: Any, request: HttpRequest) -> list[Due]:
    """Return everything that is due on a record, soonest first."""
    found = [one for function in _dues.get(type(record), ()) for one in function(record, request)]
    return sorted(found, key=lambda one: (one.on, one.label))
