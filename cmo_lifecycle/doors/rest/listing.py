"""Nouns at the REST door: a noun says which fields are read, written, filtered and ordered; the rest is here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.http import http_date
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.doors.rest import addresses, etags, exports, idempotency, paging
from cmo_lifecycle.doors.rest.bodies import money_member
from cmo_lifecycle.doors.rest.filters import Filter, filters_of, resolve, search
from cmo_lifecycle.doors.rest.kinds import Key, Kind, Member, Text, kind_of, may_be_null, member_name, member_of, one_of
from cmo_lifecycle.doors.rest.problems import bad_parameter, unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer, PdfRenderer, dumps
from cmo_lifecycle.doors.rest.representation import Shape

PREFIX = "/api/v1/"

#: The viewset of each noun, by its model: what `expand` shows of it.
by_model: dict[type[models.Model], type[Listing]] = {}


class Negotiation(DefaultContentNegotiation):
    """`?format=` or `Accept`; an unknown format is a 400 that names the known ones."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        wanted = request.query_params.get("format")
        if wanted is None:
            return super().select_renderer(request, renderers, format_suffix)
        for renderer in renderers:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        known = one_of([renderer.format for renderer in renderers])
        raise bad_parameter("format", f"There is no format {wanted[:40]!r} here. Known: {known}.")


@dataclass
class Query:
    """What a list or detail request asks for, checked."""

    members: list[Member]
    many: list[str]
    expand: list[str]
    conditions: list[models.Q] = field(default_factory=list)
    order: list[paging.By] = field(default_factory=list)
    order_name: str = ""
    cursor: paging.Cursor | None = None
    limit: int = paging.LIMIT
    count: bool = False
    asks: Callable[[str], bool] = lambda name: True


@dataclass(frozen=True)
class Deprecated:
    """The way out of the API: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) in every answer."""

    since: datetime
    until: datetime

    def headers(self) -> dict[str, str]:
        return {"Deprecation": f"@{int(self.since.timestamp())}", "Sunset": http_date(self.until.timestamp())}


class Listing(ViewSet):
    """A noun that is read: list and detail. `rows` decides who sees what; a hidden row is a 404."""

    model: ClassVar[type[models.Model]]
    route: ClassVar[str] = ""
    #: Model fields that are read, in order. `id` comes first by itself.
    fields: ClassVar[Sequence[str]] = ()
    #: Members made from several columns.
    computed: ClassVar[Sequence[Member]] = ()
    #: Amount field to currency field: shown and written as one `{"amount", "currency"}`.
    money: ClassVar[Mapping[str, str]] = {}
    #: Filters, by name to lookup path (a plain name is its own path).
    filters: ClassVar[Sequence[str] | Mapping[str, str]] = ()
    more_filters: ClassVar[Sequence[Filter]] = ()
    searched: ClassVar[Sequence[str]] = ()
    #: What may be ordered by, by name to path; and the order when nothing is asked.
    orderings: ClassVar[Sequence[str] | Mapping[str, str]] = ()
    default_order: ClassVar[str] = "id"
    key_name: ClassVar[str] = "id"
    key_kind: ClassVar[Kind] = Key()
    #: Many-to-many fields that are shown as lists of ids.
    many: ClassVar[Sequence[str]] = ()
    has_detail: ClassVar[bool] = True
    #: Since when it is not to be used for anything new, and when it goes.
    deprecated: ClassVar[Deprecated | None] = None
    #: Whether its `create` takes multipart uploads; `describe_upload` says of which form.
    takes_files: ClassVar[bool] = False
    #: What `expand` shows beside records: name to schema; `expanded` makes it.
    more_expand: ClassVar[Mapping[str, dict[str, Any]]] = {}
    #: The name of the noun in the OpenAPI description.
    component: ClassVar[str] = ""
    verb: Any = None

    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    content_negotiation_class = Negotiation

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "model" in cls.__dict__:
            cls.route = cls.__dict__.get("route") or getattr(cls.model, "route", "")
            cls.component = cls.__dict__.get("component") or cls.model.__name__
            by_model[cls.model] = cls

    # -- what the declaration means

    @classmethod
    @functools.cache
    def members(cls) -> dict[str, Member]:
        """Every member by name, `href` last."""
        found = [*cls.own_members()]
        if cls.has_detail:
            prefix = f"{PREFIX}{cls.route}/"
            address = {"type": "string", "format": "uri-reference"}
            found.append(Member("href", ("pk",), address, lambda pk: f"{prefix}{pk}/", "Address of the detail."))
        return {member.name: member for member in found}

    @classmethod
    def own_members(cls) -> list[Member]:
        """The key, the fields and what is made from several of them, in order."""
        found = [Member(cls.key_name, ("pk",), cls.key_kind.schema())]
        for name in cls.fields:
            if name in cls.money:
                found.append(money_member(cls.model, name, cls.money[name]))
            elif name not in cls.money.values():
                found.append(member_of(cls.model, name))
        return [*found, *cls.computed]

    @classmethod
    @functools.cache
    def many_members(cls) -> dict[str, str]:
        """Name of each list of ids, to its many-to-many field."""
        return {member_name(cls.model._meta.get_field(name)): name for name in cls.many}

    @classmethod
    @functools.cache
    def expandable(cls) -> dict[str, type[Listing]]:
        """Name of what can be expanded, to the viewset that shows it."""
        found = {}
        for name in (*cls.fields, *cls.many):
            target = getattr(cls.model._meta.get_field(name), "related_model", None)
            if target in by_model:
                found[name] = by_model[target]
        return found

    @classmethod
    @functools.cache
    def filter_table(cls) -> dict[str, Filter]:
        found: list[Filter] = []
        if cls.key_name == "id":
            found.append(Filter("id", cls.key_kind, _any_key, "Repeated: any of these.", True))
        for name, lookup in _named(cls.filters).items():
            found.extend(filters_of(cls.model, name, lookup))
        if cls.searched:
            found.append(search(tuple(cls.searched)))
        found.extend(cls.more_filters)
        return {one.name: one for one in found}

    @classmethod
    @functools.cache
    def ordering_table(cls) -> dict[str, paging.By]:
        found = {cls.key_name: paging.By("pk", cls.key_kind)}
        for name, lookup in _named(cls.orderings).items():
            target = resolve(cls.model, lookup)
            kind = kind_of(target)
            if isinstance(kind, Text):
                # A cursor carries what is stored, which is not held to today's rules.
                kind = Stored()
            found[name] = paging.By(lookup, kind, null=may_be_null(target))
        return found

    def rows(self, user: Any) -> models.QuerySet:
        """The rows this person may see."""
        return self.model.objects.visible_to(user)  # type: ignore[attr-defined, no-any-return]

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        """Further members of the detail alone."""
        return {}

    def expanded(self, name: str, keys: Sequence[Any], user: Any) -> Mapping[Any, Any]:
        """Return what `more_expand` promises, by the key of the row; in one query."""
        raise NotImplementedError

    @classmethod
    def list_members(cls) -> dict[str, Any]:
        """Schemas of further members of the list, beside the common ones."""
        return {}

    @classmethod
    def list_parameters(cls) -> list[dict[str, Any]]:
        """Descriptions of further parameters of the list."""
        return []

    @classmethod
    def more_urls(cls) -> list[URLPattern]:
        """Addresses beside list and detail: those that its methods declare."""
        return addresses.urls_of(cls)

    @classmethod
    def extra_schemas(cls) -> dict[str, dict[str, Any]]:
        """The schemas of `extras`, by name."""
        return {}

    # -- the door's own round

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        if request.method not in SAFE_METHODS:
            # DRF looks the handler up after this: whatever writes does so as its caller, and once per key.
            handler = getattr(self, method, None)
            if handler is not None:
                setattr(self, method, functools.partial(self._write, handler))

    def _write(self, handler: Callable[..., Any], request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with acting(request.user, source="api"):
            if request.method == "POST":
                return idempotency.once(request, lambda: handler(request, *args, **kwargs))
            return handler(request, *args, **kwargs)  # type: ignore[no-any-return]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.deprecated is not None:
            for name, value in self.deprecated.headers().items():
                response[name] = value
        return response

    def get_renderers(self) -> list[Any]:
        if getattr(self, "action", None) == "read_list":
            return [OrjsonRenderer(), exports.CsvRenderer(), exports.XlsxRenderer()]
        declared = addresses.address_of(getattr(self, getattr(self, "action", None) or "", None))
        return [PdfRenderer()] if declared is not None and declared.pdf else [OrjsonRenderer()]

    # -- reading

    def read_list(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        query = self.read_list_query(request)
        rows = self.rows(request.user)
        for condition in query.conditions:
            rows = rows.filter(condition)
        form = request.accepted_renderer.format
        if form in ("csv", "xlsx"):
            return self._export(request, rows, query, form)
        count = rows.order_by().count() if query.count else None
        paths = [by.path for by in query.order]
        shape = Shape(query.members, ("pk", *paths, *self._key_columns(query)))
        found = paging.after(rows, query.order, query.cursor).values_list(*shape.sources)
        page = paging.cut(list(found[: query.limit + 1]), query.limit, [shape.at[p] for p in paths], query.cursor)
        objects = [shape.object(row) for row in page.rows]
        self._add(objects, [row[shape.at["pk"]] for row in page.rows], page.rows, shape, query, request.user)
        body: dict[str, Any] = {} if count is None else {"count": count}
        body["next"] = self._link(request, page.next, query)
        body["previous"] = self._link(request, page.previous, query)
        body["results"] = objects
        return Response(body)

    def read_detail(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        query = self.read_detail_query(request)
        return self.answer(request, self.object(request, pk), query)

    def object(self, request: Request, pk: Any) -> Any:
        """Return the row if this person may see it; else the same 404 as for one that does not exist."""
        return self.rows(request.user).get(pk=pk)

    def answer(
        self,
        request: Request,
        record: Any,
        query: Query | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the detail of a record with its ETag; 304 where the caller has just this."""
        query = query or self.read_detail_query(request)
        body = self.body_of(record, request.user, query)
        return self.sent(request, body, getattr(record, "version", None), status=status, headers=headers)

    def sent(
        self,
        request: Request,
        body: Mapping[str, Any],
        version: int | None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return an answer under the ETag of its version; 304 where the caller has just this."""
        content = dumps(body)
        sent = dict(headers or {})
        if version is not None:
            sent["ETag"] = etags.of(version, content)
            if request.method in SAFE_METHODS and etags.is_known(request, sent["ETag"]):
                return Response(status=304, headers=sent)
        return _Rendered(body, content, status=status, headers=sent)

    def body_of(self, record: Any, user: Any, query: Query) -> dict[str, Any]:
        # The foreign keys that are expanded are read even where they are not shown.
        shape = Shape(query.members, self._key_columns(query))
        body = shape.of(record)
        row = tuple(getattr(record, source) for source in shape.sources)
        self._add([body], [record.pk], [row], shape, query, user)
        if any(map(query.asks, self.extra_schemas())):
            body.update({name: value for name, value in self.extras(record, user).items() if query.asks(name)})
        return body

    # -- the query

    def read_detail_query(self, request: Request) -> Query:
        self._check_parameters(request, ("fields", "omit", "expand", "format"))
        return self._choice(request, detail=True)

    def read_list_query(self, request: Request) -> Query:
        table = self.filter_table()
        known = ("limit", "cursor", "ordering", "count", "fields", "omit", "expand", "format", *table)
        self._check_parameters(request, known)
        query = self._choice(request, detail=False)
        said = request.query_params
        for name, one in table.items():
            if name in said:
                query.conditions.append(one.condition(said.getlist(name)))
        query.order_name, query.order = self._order(said.get("ordering", ""))
        if "cursor" in said:
            query.cursor = paging.read_cursor(said["cursor"], query.order_name, query.order)
        query.limit = self._limit(said.get("limit"))
        if said.get("count", "false") not in ("true", "false"):
            raise bad_parameter("count", "Give true or false.")
        query.count = said.get("count") == "true"
        return query

    def _check_parameters(self, request: Request, known: Iterable[str]) -> None:
        known = set(known)
        for name in request.query_params:
            if name not in known:
                raise unknown_parameter(
                    name[:100], f"There is no parameter {name[:100]!r} here. Known: {one_of(list(known))}."
                )

    def _limit(self, text: str | None) -> int:
        if text is None:
            return paging.LIMIT
        if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= paging.MOST):
            raise bad_parameter("limit", f"Give a number from 1 to {paging.MOST}.")
        return int(text)

    def _order(self, text: str) -> tuple[str, list[paging.By]]:
        """Return the ordering's name and its columns, the key always last."""
        table = self.ordering_table()
        text = text or self.default_order
        found: dict[str, paging.By] = {}
        for name in text.split(","):
            by = table.get(name.removeprefix("-"))
            if by is None:
                raise bad_parameter(
                    "ordering",
                    f"Nothing is ordered by {name[:100]!r}. Known, with - in front for falling: {one_of(list(table))}.",
                )
            found.setdefault(by.path, by.reversed() if name.startswith("-") else by)
            if by.path == "pk":
                break
        if "pk" not in found:
            last = next(reversed(found.values()))
            found["pk"] = paging.By("pk", self.key_kind, last.descending)
        return ",".join(("-" if by.descending else "") + by.path for by in found.values()), [*found.values()]

    def _choice(self, request: Request, *, detail: bool) -> Query:
        said = request.query_params
        members, many = self.members(), self.many_members()
        extra = set(self.extra_schemas()) if detail else set()
        expandable = {**self.expandable(), **self.more_expand}
        expand = [name for name in said.get("expand", "").split(",") if name]
        for name in expand:
            if name not in expandable:
                raise bad_parameter("expand", f"{name[:100]!r} cannot be expanded. Known: {one_of(list(expandable))}.")
        names = {*members, *many, *extra}
        only, omit = _names(said.get("fields")), _names(said.get("omit"))
        for parameter, chosen in (("fields", only), ("omit", omit)):
            for name in chosen or ():
                if name not in names:
                    raise bad_parameter(
                        parameter, f"There is no field {name[:100]!r} here. Known: {one_of(list(names))}."
                    )
        if self.key_name in (omit or ()):
            raise bad_parameter("omit", f"{self.key_name} is always there.")

        def asked(name: str) -> bool:
            return name == self.key_name or ((only is None or name in only) and name not in (omit or ()))

        return Query(
            [member for name, member in members.items() if asked(name)],
            [name for name in many if asked(name)],
            expand,
            asks=asked,
        )

    # -- what a row alone does not hold

    def _key_columns(self, query: Query) -> list[str]:
        return [f"{name}_id" for name in query.expand if name not in self.many and name not in self.more_expand]

    def _add(
        self,
        objects: Sequence[dict[str, Any]],
        keys: Sequence[Any],
        rows: Sequence[Sequence[Any]],
        shape: Shape,
        query: Query,
        user: Any,
    ) -> None:
        """Add lists of ids and expanded records: one query for each, however many rows there are."""
        names = self.many_members()
        wanted = {names[name] for name in query.many} | {name for name in query.expand if name in self.many}
        for name in self.many:
            if name not in wanted:
                continue
            found = self._linked(name, keys)
            shown = member_name(self.model._meta.get_field(name))
            for item, key in zip(objects, keys, strict=True):
                if shown in query.many:
                    item[shown] = found.get(key, [])
            if name in query.expand:
                targets = {target for linked in found.values() for target in linked}
                seen = self.expandable()[name].brief(user, targets)
                for item, key in zip(objects, keys, strict=True):
                    item[name] = [seen[target] for target in found.get(key, ()) if target in seen]
        for name in query.expand:
            if name in self.many:
                continue
            if name in self.more_expand:
                made = self.expanded(name, keys, user)
                for item, key in zip(objects, keys, strict=True):
                    item[name] = made[key]
                continue
            at = shape.at[f"{name}_id"]
            seen = self.expandable()[name].brief(user, {row[at] for row in rows} - {None})
            for item, row in zip(objects, rows, strict=True):
                item[name] = seen.get(row[at])

    def _linked(self, name: str, keys: Sequence[Any]) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = {}
        if keys:
            many: Any = self.model._meta.get_field(name)
            ours, theirs = many.m2m_column_name(), many.m2m_reverse_name()
            pairs = many.remote_field.through._default_manager.filter(**{f"{ours}__in": keys})
            for key, target in pairs.order_by(theirs).values_list(ours, theirs):
                found.setdefault(key, []).append(target)
        return found

    @classmethod
    def brief(cls, user: Any, keys: set[Any]) -> dict[Any, dict[str, Any]]:
        """Return what `expand` shows of these rows, as far as this person may see them."""
        if not keys:
            return {}
        shape = Shape(list(cls.members().values()), ("pk",))
        rows = cls().rows(user).filter(pk__in=keys).order_by().values_list(*shape.sources)
        return {row[shape.at["pk"]]: shape.object(row) for row in rows}

    def _link(self, request: Request, cursor: paging.Cursor | None, query: Query) -> str | None:
        if cursor is None:
            return None
        said = request.query_params.copy()
        said["cursor"] = cursor.text(query.order_name)
        return request.build_absolute_uri(f"{request.path}?{said.urlencode()}")

    def _export(self, request: Request, rows: models.QuerySet, query: Query, form: str) -> HttpResponseBase:
        if query.expand or query.cursor or query.count or "limit" in request.query_params:
            raise bad_parameter("format", "A file holds the whole list: leave out limit, cursor, count and expand.")
        columns = exports.columns_of(
            [(member.name, member.schema) for member in query.members]
            + [(name, {"type": "array"}) for name in query.many]
        )
        shape = Shape(query.members, ("pk",))
        found = paging.after(rows, query.order, None).values_list(*shape.sources)

        def objects() -> Iterator[dict[str, Any]]:
            batch: list[Any] = []
            for row in found.iterator(chunk_size=2000):
                batch.append(row)
                if len(batch) == 2000:
                    yield from self._batch(batch, shape, query, request.user)
                    batch = []
            yield from self._batch(batch, shape, query, request.user)

        return exports.answer(
            self.route, form, [heading for heading, _ in columns], exports.rows_of(objects(), columns)
        )

    def _batch(self, rows: list[Any], shape: Shape, query: Query, user: Any) -> list[dict[str, Any]]:
        objects = [shape.object(row) for row in rows]
        self._add(objects, [row[shape.at["pk"]] for row in rows], rows, shape, query, user)
        return objects


class _Rendered(Response):
    """A response whose bytes are made already: they were needed for the ETag."""

    def __init__(self, data: Any, content: bytes, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._made = content

    @property
    def rendered_content(self) -> bytes:
        self["Content-Type"] = OrjsonRenderer.media_type
        return self._made


class Stored(Kind):
    """A text out of a cursor: whatever a column can hold."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}

    def parse(self, text: str) -> str:
        return text


def _named(declared: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    return dict(declared) if isinstance(declared, Mapping) else {name: name for name in declared}


def _names(text: str | None) -> set[str] | None:
    return None if text is None else {name for name in text.split(",") if name}


def _any_key(keys: Sequence[Any]) -> models.Q:
    return models.Q(pk__in=keys)
