"""The declaration of one noun's pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django_filters import FilterSet

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages import registry
from cmo_lifecycle.doors.pages.words import a
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event, Record
from cmo_lifecycle.workflow.transitions import transitions_of

Fact = tuple[str, Any, str]


class Noun:
    """How one noun is listed, shown, added, edited and moved on. Subclass it and hand it to `urls`::

        class CMOs(Noun):
            model = CMO
            columns = (Column("legal_name", "Name", kind="link"), Column("country.name", "Country"))
            sorts = {"legal_name": "legal_name"}
            filters = CMOFilters
            form = CMOForm

            def facts(self, record, request):
                return [("Country", record.country.name, "")]

        urlpatterns = [*urls(CMOs)]

    That makes `<app>:cmo_list`, `cmo`, `cmo_add`, `cmo_edit`, `cmo_attach` and `cmo_step` (pk and verb). Who may do
    what comes from the model's own declarations, never from here.
    """

    model: ClassVar[type[Record]]
    #: The stem of the addresses' names; the model's name in snake case where empty.
    name: ClassVar[str] = ""
    #: The folder of the addresses; the model's REST route where empty.
    route: ClassVar[str] = ""

    columns: ClassVar[Sequence[Column]] = ()
    #: Column key → field path by which the list can be sorted.
    sorts: ClassVar[Mapping[str, str]] = {}
    #: The column key (with `-` in front: downwards) a list is sorted by when nobody asks; else the model's key.
    sort: ClassVar[str] = ""
    filters: ClassVar[type[FilterSet] | None] = None
    page_size: ClassVar[int] = 50
    list_sentence: ClassVar[str] = ""
    empty_sentence: ClassVar[str] = ""
    #: Plain values of columns for files, where a column's own value is HTML: key → function of the row.
    plain: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    #: A `doors.pages.forms.RecordForm`; without one the noun is not added or edited by hand.
    form: ClassVar[Any] = None
    #: What the page that adds one is called, and its button, where "Add a …" says too little.
    add_title: ClassVar[str] = ""
    add_button: ClassVar[str] = ""
    edit_form: ClassVar[Any] = None
    #: Whether there is a page that edits it: a noun may be written elsewhere.
    has_edit: ClassVar[bool] = True

    #: Field paths searched for a part of the words, by similar spelling, and for the whole word.
    find_in: ClassVar[tuple[str, ...]] = ()
    find_similar: ClassVar[tuple[str, ...]] = ()
    find_exact: ClassVar[tuple[str, ...]] = ()

    #: Field paths that make the name by which others choose such a record; empty: it is not chosen so.
    pick_by: ClassVar[tuple[str, ...]] = ()

    detail_template: ClassVar[str] = "workflow/record.html"
    list_template: ClassVar[str] = "generic/list.html"
    step_template: ClassVar[str] = "workflow/step.html"
    about: ClassVar[Mapping[str, Any] | None] = None
    has_attachments: ClassVar[bool] = True
    #: Whether the desk tells what happened to it: what changes by the dozen tells itself on a page of its own.
    on_desk: ClassVar[bool] = True

    # ---- what a subclass says about its rows

    def rows(self, user: User) -> QuerySet:
        """Rows this person may see, before any filter."""
        return self.model.objects.visible_to(user)

    def for_list(self, rows: QuerySet) -> QuerySet:
        """Add what the list's cells need: `select_related`, `only`, annotations."""
        return rows

    def for_page(self, rows: QuerySet) -> QuerySet:
        """Add what one record's page needs."""
        return rows

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        """Hang further values on the rows of one page, by one query for all of them."""

    def for_finding(self, rows: QuerySet) -> QuerySet:
        """Add what labels and notes of search results need."""
        return self.for_list(rows)

    def found_note(self, record: Any) -> str:
        """Say in few words what a search result is, beside its name."""
        return ""

    def title(self, record: Any) -> str:
        return str(record)

    def history(self, record: Any) -> tuple[QuerySet, dict[Any, int]]:
        """Return the events of the record's history, newest first, and which of them stand for how many alike."""
        return Event.objects.history_of(record), {}

    def sentence(self, record: Any, request: HttpRequest) -> str:
        """One sentence under the heading of a record's page."""
        return ""

    def parent(self, record: Any) -> Any:
        """The record this one hangs below in the breadcrumbs."""
        return None

    def facts(self, record: Any, request: HttpRequest) -> list[Fact]:
        return []

    def stepper(self, record: Any) -> list[dict[str, Any]]:
        return []

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        """Panels of the overview tab that belong to this floor."""
        return ()

    def tabs(self, record: Any, request: HttpRequest) -> list[tuple[str, str]]:
        """Tabs of this floor besides overview and history: key and label."""
        return []

    def tab_panels(self, tab: str, record: Any, request: HttpRequest) -> Iterable[Panel]:
        """Panels of one of `tabs`."""
        return ()

    def links(self, record: Any, request: HttpRequest) -> list[dict[str, str]]:
        """Plain actions in the head of the page, besides editing and the steps."""
        return []

    def list_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Further actions of the list, besides adding."""
        return []

    def consequences(self, record: Any, verb: str) -> list[str]:
        """Sentences of what will follow when a step is taken, besides its own help."""
        return []

    def before_step(self, record: Any, verb: str) -> str:
        """Safe HTML of what whoever takes a step has to have seen; it stands above the step's form."""
        return ""

    def narrow_step(self, form: forms.Form, record: Any, verb: str) -> None:
        """Take from a step's form what makes no sense for this record as it stands."""

    def step_form(self, record: Any, verb: str) -> type[forms.Form] | None:
        """A form to ask by instead of the step's own; what it has cleaned holds the step's inputs."""
        return None

    def step_home(self, record: Any) -> str:
        """Where a step leads back to, taken or not: by default to the record's page."""
        return self.url(record.pk)

    def after_step(self, record: Any, verb: str) -> str | None:
        """What is said once a step is taken; None for the usual sentence, empty where the page says it by itself."""
        return None

    def added(self, record: Any) -> str:
        """What is said once a record has been added."""
        return f"Added {record}."

    def after_create(self, record: Any) -> str:
        """Where to go once a record has been added: by default to its page, or that of the record it belongs to."""
        return self.url(record.pk)

    # ---- names and addresses

    @cached_property
    def stem(self) -> str:
        return self.name or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.model.__name__).lower()

    @cached_property
    def namespace(self) -> str:
        return self.model._meta.app_label

    @property
    def noun(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def adding(self) -> str:
        """What adding one is called: 'Add a site'."""
        return self.add_title or f"Add {a(self.noun)}"

    @property
    def heading(self) -> str:
        return self.nouns[:1].upper() + self.nouns[1:]

    @cached_property
    def list_url(self) -> str:
        return reverse(f"{self.namespace}:{self.stem}_list")

    def url(self, pk: Any) -> str:
        return f"{self.list_url}{pk}/"

    def add_url(self) -> str:
        return f"{self.list_url}add/"

    def edit_url(self, pk: Any) -> str:
        return f"{self.list_url}{pk}/edit/"

    def attach_url(self, pk: Any) -> str:
        return f"{self.list_url}{pk}/attach/"

    def step_url(self, pk: Any, verb: str) -> str:
        return f"{self.list_url}{pk}/{verb}/"

    def may_add(self, user: User) -> bool:
        return self.form is not None and edits.may_create(self.model, user)

    def may_edit(self, record: Any, user: User) -> bool:
        return self.form is not None and self.has_edit and edits.may_edit(record, user)

    def crumbs(self, record: Any = None) -> list[tuple[str, str]]:
        """Return the way down to a record's page (or, without one, to the list), the page itself not in it."""
        if record is None:
            return []
        above = self.parent(record)
        if above is None:
            return [(self.heading, self.list_url)]
        pages = registry.noun_of(type(above))
        way = pages.crumbs(above) if pages is not None else []
        return [*way, (str(above), registry.url_of(above))]

    @cached_property
    def sortable_columns(self) -> tuple[Column, ...]:
        """The columns as the list shows them: sortable where `sorts` says so, links without a reverse per row."""
        return tuple(
            replace(
                column,
                sortable=column.sortable or column.key in self.sorts,
                url=column.url or (lambda row: self.url(row.pk)) if column.kind == "link" else column.url,
            )
            for column in self.columns
        )


def urls(*nouns: type[Noun]) -> list[URLPattern]:
    """Register nouns and return their addresses. No verb may be called as the pages that stand above the steps."""
    from cmo_lifecycle.doors.pages.detail import AttachPage, DetailPage
    from cmo_lifecycle.doors.pages.editing import CreatePage, EditPage
    from cmo_lifecycle.doors.pages.listing import ListPage
    from cmo_lifecycle.doors.pages.steps import StepPage

    patterns: list[URLPattern] = []
    for declared in nouns:
        noun = declared()
        registry.NOUNS[noun.model] = noun
        taken = {"edit", "attach", "add"} & set(transitions_of(noun.model))
        if taken:
            raise TypeError(f"{noun.model.__name__} cannot have a verb called {', '.join(taken)}.")
        route, stem = (noun.route or noun.model.route), noun.stem
        patterns.append(path(f"{route}/", ListPage.as_view(noun=noun), name=f"{stem}_list"))
        if noun.form is not None:
            patterns.append(path(f"{route}/add/", CreatePage.as_view(noun=noun), name=f"{stem}_add"))
        if noun.form is not None and noun.has_edit:
            patterns.append(path(f"{route}/<uuid:pk>/edit/", EditPage.as_view(noun=noun), name=f"{stem}_edit"))
        patterns.append(path(f"{route}/<uuid:pk>/", DetailPage.as_view(noun=noun), name=stem))
        if noun.has_attachments:
            patterns.append(path(f"{route}/<uuid:pk>/attach/", AttachPage.as_view(noun=noun), name=f"{stem}_attach"))
        patterns.append(path(f"{route}/<uuid:pk>/<slug:verb>/", StepPage.as_view(noun=noun), name=f"{stem}_step"))
    return patterns


__all__ = ["Fact", "Noun", "urls"]
