"""The OpenAPI description, drawn from the declarations that the answers are made from."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from cmo_lifecycle.doors.rest import exports, paging
from cmo_lifecycle.doors.rest.addresses import address_of
from cmo_lifecycle.doors.rest.filters import Filter
from cmo_lifecycle.doors.rest.kinds import Input, Key, nullable
from cmo_lifecycle.doors.rest.listing import Listing
from cmo_lifecycle.doors.rest.parts import body_inputs, row_inputs, row_members
from cmo_lifecycle.doors.rest.problems import KINDS, MEDIA_TYPE
from cmo_lifecycle.doors.rest.viewsets import MOST_ITEMS, RecordViewSet
from cmo_lifecycle.workflow.parts import parts_of, table_name
from cmo_lifecycle.workflow.transitions import Transition

JSON = "application/json"
TEXT = {"type": "string"}

PROBLEM = {
    "type": "object",
    "description": "A failure (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people."},
        "code": {"type": "string", "enum": sorted(KINDS), "description": "Stable; for programs."},
        "request_id": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, ?name of a parameter, or header:Name.",
                    },
                    "detail": TEXT,
                    "code": TEXT,
                },
                "required": ["pointer", "detail", "code"],
            },
        },
        "version": {"type": "integer", "description": "With stale: the version there is now."},
        "changes": {
            "type": "array",
            "description": "With stale: who changed what since the version that was read.",
            "items": {"type": "object", "additionalProperties": True},
        },
    },
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
}
AVAILABLE_ACTION = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "label": TEXT,
        "help": TEXT,
        "href": {"type": "string", "format": "uri-reference"},
        "needs_signature": {"type": "boolean"},
        "needs_reason": {"type": "boolean"},
        "blocked": {"type": "array", "items": TEXT, "description": "Why not now; empty: go ahead."},
    },
    "required": ["name", "label", "help", "href", "needs_signature", "needs_reason", "blocked"],
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "The version you read: the ETag, or the member version in quotes.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": TEXT,
    "description": "An ETag you have; the answer is 304 where it is still the same.",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Any text of your own; the same key again within 24 hours does nothing twice.",
}
ETAG = {"ETag": {"schema": TEXT, "description": "The version, then a digest of the answer."}}
LOCATION = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "cmo_lifecycle.accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "The token of a service account."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "cmo_lifecycle.accounts.tokens.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A signed-in browser; what writes needs the CSRF token in X-CSRFToken.",
        }


class Schema(AutoSchema):
    """Nouns describe themselves by their declarations; other views as drf-spectacular reads them, with problems."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        if not isinstance(self.view, Listing):
            found = super().get_operation(path, path_regex, path_prefix, method, registry)
            if found is not None:
                codes = [int(code) for code in found["responses"]]
                missing = (404,) if "{id}" in path else ()
                more = [code for code in (400, 401, 403, *missing, 406, 429, 500) if code not in codes]
                found["responses"].update(self._problems(more))
            return found
        self.registry = registry
        self.path, self.path_regex, self.path_prefix, self.method = path, path_regex, path_prefix, method.upper()
        describe = getattr(self, f"_describe_{self.view.action}", None)
        if describe is None:
            declared = address_of(getattr(self.view, self.view.action))
            assert declared is not None, f"{self.view.action} is declared nowhere"
            found = declared.describe(self.view, self)
        else:
            found = describe(self.view)
        found["tags"] = [self.view.route]
        if self.view.deprecated is not None:
            found["deprecated"] = True
        parameters = [*self._path_parameters(), *found.pop("parameters", [])]
        if self.method == "POST":
            parameters.append(self._parameter("IdempotencyKey", IDEMPOTENCY_KEY))
        if parameters:
            found["parameters"] = parameters
        found["security"] = self.get_auth()
        return found

    # -- operations

    def _describe_read_list(self, view: Any) -> dict[str, Any]:
        row = self.noun(type(view))
        several = self._component(
            f"{view.component}List",
            {
                "type": "object",
                "properties": {
                    "count": {"type": "integer", "description": "With count=true: how many there are in all."},
                    **view.list_members(),
                    "next": nullable({"type": "string", "format": "uri"}),
                    "previous": nullable({"type": "string", "format": "uri"}),
                    "results": {"type": "array", "items": row},
                },
                "required": ["next", "previous", "results"],
            },
        )
        answer = {
            JSON: {"schema": several},
            "text/csv": {"schema": {"type": "string", "contentMediaType": "text/csv"}},
            exports.XLSX: {"schema": {"type": "string", "contentMediaType": exports.XLSX}},
        }
        orderings = [sign + name for name in view.ordering_table() for sign in ("", "-")]
        default = view.default_order
        return {
            "operationId": f"{_snake(view.route)}_list",
            "summary": _first_line(type(view)),
            "parameters": [
                _query("limit", {"type": "integer", "minimum": 1, "maximum": paging.MOST, "default": paging.LIMIT}),
                _query("cursor", TEXT, "Out of next or previous."),
                _query("count", {"type": "boolean", "default": False}, "Also count all of them."),
                _query("ordering", _chosen(orderings), f"The key is always the last. Default: {default}."),
                *self._choices(view, detail=False),
                _query("format", {"type": "string", "enum": ["json", "csv", "xlsx"]}, "A file holds the whole list."),
                *(_filter(one) for one in view.filter_table().values()),
                *view.list_parameters(),
            ],
            "responses": {
                "200": {"description": "A page of the list.", "content": answer},
                **self._problems((400, 401, 403, 406, 429, 500)),
            },
        }

    def _describe_read_detail(self, view: Any) -> dict[str, Any]:
        versioned = isinstance(view, RecordViewSet)
        answer: dict[str, Any] = {"description": "The detail.", "content": {JSON: {"schema": self.noun(type(view))}}}
        if versioned:
            answer["headers"] = ETAG
        return {
            "operationId": f"{_snake(view.route)}_read",
            "summary": _first_line(type(view)),
            "parameters": [*self._choices(view, detail=True), *([IF_NONE_MATCH] if versioned else [])],
            "responses": {
                "200": answer,
                **({"304": {"description": "You have just this.", "headers": ETAG}} if versioned else {}),
                **self._problems((400, 401, 403, 404, 406, 429, 500)),
            },
        }

    def _describe_create(self, view: Any) -> dict[str, Any]:
        body = self.input(type(view)) if isinstance(view, RecordViewSet) and not view.takes_files else None
        content = {JSON: {"schema": body}} if body else {"multipart/form-data": {"schema": view.describe_upload()}}
        return {
            "operationId": f"{_snake(view.route)}_create",
            "summary": f"Add one: {_first_line(type(view))}",
            "parameters": self._choices(view, detail=True),
            "requestBody": {"required": True, "content": content},
            "responses": {
                "201": {
                    "description": "Added.",
                    "content": {JSON: {"schema": self.noun(type(view))}},
                    "headers": {**LOCATION, **(ETAG if isinstance(view, RecordViewSet) else {})},
                },
                **self._problems((400, 401, 403, 406, 409, 413, 415, 422, 429, 500)),
            },
        }

    def _describe_update(self, view: Any) -> dict[str, Any]:
        return self._change(view, "replace", "Replace one: what is left out gets its default.", self.input(type(view)))

    def _describe_partial_update(self, view: Any) -> dict[str, Any]:
        return self._change(view, "change", "Change some fields of one.", self.input(type(view), partial=True))

    def _change(self, view: Any, name: str, summary: str, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "operationId": f"{_snake(view.route)}_{name}",
            "summary": summary,
            "parameters": [self._parameter("IfMatch", IF_MATCH), *self._choices(view, detail=True)],
            "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
            "responses": {
                "200": self._detail_answer(view, "As it stands now."),
                **self._problems((400, 401, 403, 404, 406, 409, 412, 413, 415, 428, 429, 500)),
            },
        }

    def _describe_upsert(self, view: Any) -> dict[str, Any]:
        scope = view.external_scope
        return {
            "operationId": f"{_snake(view.route)}_upsert",
            "summary": "Add or replace the one with another system's id.",
            "parameters": [
                *([_query(scope, TEXT, "Within which the external id is unique.")] if scope else []),
                {**IF_MATCH, "required": False},
                *self._choices(view, detail=True),
            ],
            "requestBody": {"required": True, "content": {JSON: {"schema": self.input(type(view))}}},
            "responses": {
                "200": self._detail_answer(view, "Replaced."),
                "201": {
                    **self._detail_answer(view, "Added."),
                    "headers": {**LOCATION, **ETAG},
                },
                **self._problems((400, 401, 403, 404, 406, 409, 412, 413, 415, 429, 500)),
            },
        }

    def _describe_bulk(self, view: Any) -> dict[str, Any]:
        new, change = self.input(type(view)), self._bulk_change(type(view))
        result = {
            "type": "object",
            "properties": {
                "id": Key().schema(),
                "version": {"type": "integer"},
                "href": {"type": "string", "format": "uri-reference"},
                "created": {"type": "boolean"},
            },
            "required": ["id", "version", "href", "created"],
        }
        items = {"anyOf": [new, change]} if view.may_post else change
        body = {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_ITEMS},
                "reason": {**TEXT, "description": "For every item that gives none of its own."},
            },
            "required": ["items"],
            "additionalProperties": False,
        }
        done = {
            "type": "object",
            "properties": {"results": {"type": "array", "items": result}},
            "required": ["results"],
        }
        return {
            "operationId": f"{_snake(view.route)}_bulk",
            "summary": f"Add and change up to {MOST_ITEMS}, all or none; an item with an id is changed.",
            "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
            "responses": {
                "200": {"description": "All done.", "content": {JSON: {"schema": done}}},
                **self._problems((400, 401, 403, 406, 409, 413, 415, 422, 429, 500)),
            },
        }

    def _describe_walk(self, view: Any) -> dict[str, Any]:
        verb: Transition = view.verb
        body = self._component(f"{view.component}{_camel(verb.verb)}", _object_of(view.step_inputs(verb).values()))
        who = ", ".join(verb.asked_roles)
        signed = f" Signs: “{verb.meaning}”." if verb.needs_signature else ""
        target = f" Leads to {verb.target}." if verb.target else ""
        return {
            "operationId": f"{_snake(view.route)}_{verb.verb}",
            "summary": verb.help,
            "description": f"From {', '.join(verb.sources)}; for {who}.{signed}{target}",
            "parameters": [self._parameter("IfMatch", IF_MATCH), *self._choices(view, detail=True)],
            "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
            "responses": {
                "200": self._detail_answer(view, "As it stands now."),
                **self._problems((400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 428, 429, 500)),
            },
        }

    def _describe_read_table(self, view: Any) -> dict[str, Any]:
        name = table_name(view.part)
        return {
            "operationId": f"{_snake(view.route)}_{name}_read",
            "summary": f"The table {name.replace('_', ' ')} of one.",
            "parameters": [IF_NONE_MATCH],
            "responses": {
                "200": self._table_answer(view, "The table.", name),
                "304": {"description": "You have just this.", "headers": ETAG},
                **self._problems((400, 401, 403, 404, 406, 429, 500)),
            },
        }

    def _describe_write_table(self, view: Any) -> dict[str, Any]:
        name = table_name(view.part)
        row = self._component(f"{view.component}{_camel(name)}RowInput", _object_of(row_inputs(view.part).values()))
        inputs = body_inputs(view.part)
        body = _object_of(inputs.values())
        body["properties"]["rows"] = {**inputs["rows"].schema(), "items": row}
        return {
            "operationId": f"{_snake(view.route)}_{name}_replace",
            "summary": f"Replace the table {name.replace('_', ' ')} of one: rows that are not sent go.",
            "parameters": [self._parameter("IfMatch", IF_MATCH)],
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": self._component(f"{view.component}{_camel(name)}Input", body)}},
            },
            "responses": {
                "200": self._table_answer(view, "As it stands now.", name),
                **self._problems((400, 401, 403, 404, 406, 409, 412, 413, 415, 428, 429, 500)),
            },
        }

    def _table_answer(self, view: Any, description: str, name: str) -> dict[str, Any]:
        table = {
            "type": "object",
            "properties": {
                "version": {"type": "integer", "description": "Of the record: what If-Match asks for."},
                "results": {"type": "array", "items": self._row(type(view), name)},
            },
            "required": ["version", "results"],
        }
        schema = self._component(f"{view.component}{_camel(name)}Table", table)
        return {"description": description, "content": {JSON: {"schema": schema}}, "headers": ETAG}

    def _row(self, view: type[Listing], name: str) -> dict[str, Any]:
        part = parts_of(view.model)[name]
        members = row_members(part)
        row = {
            "type": "object",
            "description": inspect.getdoc(part) or "",
            "properties": {member.name: member.described() for member in members},
            "required": [member.name for member in members],
        }
        return self._component(f"{view.component}{_camel(name)}Row", row)

    # -- parts that a view's own descriptions use too

    def described(
        self,
        view: Any,
        name: str,
        summary: str,
        *,
        body: dict[str, Any] | None = None,
        answer: dict[str, Any] | None = None,
        status: str = "200",
        choices: bool = True,
    ) -> dict[str, Any]:
        """Return the operation of a view's own address; without `answer` it answers with the noun's detail."""
        done = (
            self._detail_answer(view, "Done.")
            if answer is None
            else {"description": "Done.", "content": {JSON: {"schema": answer}}}
        )
        codes = [400, 401, 403, 404, 406, 429, 500]
        if body is not None or self.method == "POST":
            codes = [400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500]
        found: dict[str, Any] = {
            "operationId": f"{_snake(view.route)}_{name}",
            "summary": summary,
            "parameters": self._choices(view, detail=True) if choices else [],
            "responses": {status: done, **self._problems(codes)},
        }
        if body is not None:
            found["requestBody"] = {"required": False, "content": {JSON: {"schema": body}}}
        return found

    def versioned(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Return a view's own operation as one that asks for the version that was read."""
        operation["parameters"].append(self._parameter("IfMatch", IF_MATCH))
        operation["responses"].update(self._problems((412, 428)))
        return operation

    def noun(self, view: type[Listing]) -> dict[str, Any]:
        """Return the reference to what list and detail return of a noun."""
        known = ResolvedComponent(view.component, ResolvedComponent.SCHEMA, {}, view.component)
        if known in self.registry:
            return known.ref
        self.registry.register(known)
        properties = {name: member.described() for name, member in view.members().items()}
        for name in view.many_members():
            properties[name] = {"type": "array", "items": Key().schema()}
        properties.update(view.extra_schemas())
        properties.update(view.more_expand)
        if issubclass(view, RecordViewSet):
            for name in parts_of(view.model):
                rows = self._row(view, name)
                properties[name] = {"type": "array", "items": rows, "description": f"With expand={name}."}
        if "available_actions" in properties:
            self._component("AvailableAction", AVAILABLE_ACTION)
        for name, target in view.expandable().items():
            inner = self.noun(target)
            shown = {"type": "array", "items": inner} if name in view.many else nullable(inner)
            properties[name] = {**shown, "description": f"With expand={name}."}
        known.schema = {
            "type": "object",
            "description": inspect.getdoc(view) or "",
            "properties": properties,
            # The rest may be left out by fields and omit.
            "required": [view.key_name],
        }
        return known.ref

    def input(self, view: type[RecordViewSet], *, partial: bool = False) -> dict[str, Any]:
        """Return the reference to the body that adds or replaces a record, or changes some fields of it."""
        name = f"{view.component}{'Patch' if partial else 'Input'}"
        return self._component(name, _object_of(view.inputs().values(), partial=partial))

    def _bulk_change(self, view: type[RecordViewSet]) -> dict[str, Any]:
        schema = _object_of(view.inputs().values(), partial=True)
        properties = {
            "id": Key().schema(),
            "version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
            **schema["properties"],
        }
        return self._component(
            f"{view.component}BulkPatch", {**schema, "properties": properties, "required": ["id", "version"]}
        )

    def _component(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        made = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name)
        self.registry.register_on_missing(made)
        return made.ref

    def _detail_answer(self, view: Any, description: str) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "description": description,
            "content": {JSON: {"schema": self.noun(type(view))}},
        }
        if isinstance(view, RecordViewSet):
            answer["headers"] = ETAG
        return answer

    def _problems(self, codes: Iterable[int]) -> dict[str, Any]:
        problem = self._component("Problem", PROBLEM)
        found = {}
        for status in codes:
            titles = [title for of, title in KINDS.values() if of == status]
            made = ResolvedComponent(
                f"Problem{status}",
                ResolvedComponent.RESPONSE,
                {"description": f"{'; '.join(titles)}.", "content": {MEDIA_TYPE: {"schema": problem}}},
                f"Problem{status}",
            )
            if status == 401:
                made.schema["headers"] = {"WWW-Authenticate": {"schema": TEXT}}
            if status == 412:
                made.schema["headers"] = ETAG
            if status == 429:
                made.schema["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
            self.registry.register_on_missing(made)
            found[str(status)] = made.ref
        return found

    def _choices(self, view: Any, *, detail: bool) -> list[dict[str, Any]]:
        names = [*view.members(), *view.many_members(), *(view.extra_schemas() if detail else ())]
        expand = [*view.expandable(), *view.more_expand]
        of = view.component + ("Detail" if view.extra_schemas() and detail else "")
        omit = [name for name in names if name != view.key_name]
        found = [
            self._parameter(f"{of}Fields", _query("fields", _chosen(names), "Only these; the key is always there.")),
            self._parameter(f"{of}Omit", _query("omit", _chosen(omit), "All but these.")),
        ]
        if expand:
            asked = _query("expand", _chosen(expand), "Show the record beside its id.")
            found.append(self._parameter(f"{view.component}Expand", asked))
        return found

    def _parameter(self, name: str, parameter: dict[str, Any]) -> dict[str, Any]:
        made = ResolvedComponent(name, ResolvedComponent.PARAMETER, parameter, name)
        self.registry.register_on_missing(made)
        return made.ref

    def _path_parameters(self) -> list[dict[str, Any]]:
        found = []
        if "{id}" in self.path or "{pk}" in self.path:
            name = "id" if "{id}" in self.path else "pk"
            found.append({"name": name, "in": "path", "required": True, "schema": self.view.key_kind.schema()})
        if "{external_id}" in self.path:
            schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^/]+$"}
            found.append({"name": "external_id", "in": "path", "required": True, "schema": schema})
        return found


def _object_of(inputs: Iterable[Input], *, partial: bool = False) -> dict[str, Any]:
    inputs = list(inputs)
    found: dict[str, Any] = {
        "type": "object",
        "properties": {one.name: one.schema() for one in inputs},
        "additionalProperties": False,
    }
    required = [one.name for one in inputs if one.required and not partial]
    if required:
        found["required"] = required
    return found


def _query(name: str, schema: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": "query", "schema": dict(schema)}
    if description:
        found["description"] = description
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    return found


def _chosen(names: Iterable[str]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "enum": list(names)}}


def _filter(one: Filter) -> dict[str, Any]:
    schema = one.kind.schema()
    if one.several:
        return {
            "name": one.name,
            "in": "query",
            "schema": {"type": "array", "items": schema},
            "style": "form",
            "explode": True,
            "description": one.help,
        }
    return {"name": one.name, "in": "query", "schema": schema, "description": one.help}


def _first_line(view: type[Any]) -> str:
    return (inspect.getdoc(view) or "").partition("\n")[0]


def _snake(text: str) -> str:
    return text.replace("-", "_")


def _camel(text: str) -> str:
    return "".join(part.capitalize() for part in text.split("_"))
