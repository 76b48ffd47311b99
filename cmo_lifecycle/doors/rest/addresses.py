"""A noun's own addresses beside its list, detail, tables and steps: declared once, answered and described alike.

    @address("comparison", "The strategy beside another version.", asks=(OTHER,), answer=COMPARISON)
    def comparison(self, request, asked): ...

The handler has the record (one that the caller may see; else 404), what was said in the query and the body (checked,
every mistake in it told at once), and the version that `If-Match` names. It returns what its `answer` describes, or,
where none is described, the record whose detail is answered; or a response of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response

from cmo_lifecycle.doors.rest import etags
from cmo_lifecycle.doors.rest.bodies import read_inputs
from cmo_lifecycle.doors.rest.kinds import Bad, Input
from cmo_lifecycle.doors.rest.problems import bad_parameter
from cmo_lifecycle.doors.rest.renderers import PdfRenderer

PDF = {PdfRenderer.media_type: {"schema": {"type": "string", "format": "binary"}}}

Permit = Callable[[Any, Any, Any], None]


@dataclass(frozen=True)
class Asked:
    """What was asked at an address: of which record, and what was said by name."""

    record: Any
    said: dict[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True)
class Address:
    """One address of each record of a noun, `<route>/<id>/<path>/`."""

    path: str
    summary: str
    method: str = "get"
    #: What its body may have, by name.
    takes: Sequence[Input] = ()
    #: Parameters of its query.
    asks: Sequence[Input] = ()
    #: The schema of what it answers with; None: the detail of a record of the noun.
    answer: dict[str, Any] | None = None
    #: Whether it answers with a PDF file; the handler returns the response.
    pdf: bool = False
    #: 201 where the record that it returns is a new one.
    status: int = 200
    #: Whether it asks for the version that was read.
    versioned: bool = False
    #: Raises NotPermitted (of the view, the record, the person) before anything that was sent is looked at.
    permits: Permit | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def respond(self, view: Any, request: Request, pk: Any, handler: Callable[..., Any]) -> HttpResponseBase:
        record = view.object(request, pk)
        if self.permits is not None:
            self.permits(view, record, request.user)
        query = None
        if self.answer is None and not self.pdf:
            query = view.read_detail_query(request)
        else:
            view._check_parameters(request, ("format", *(one.name for one in self.asks)))
        version = etags.read_version(request, record.version) if self.versioned else None
        said = self._parameters(request)
        if self.method == "post":
            said |= read_inputs({one.name: one for one in self.takes}, request.data, request.user)
        found = handler(view, request, Asked(record, said, version))
        if isinstance(found, HttpResponseBase):
            return found
        if query is not None:
            if self.status == 201:
                return view._created(request, found, query)  # type: ignore[no-any-return]
            fresh = view.rows(request.user).filter(pk=found.pk).first() or found
            return view.answer(request, fresh, query)  # type: ignore[no-any-return]
        if self.method == "get":
            return view.sent(request, found, getattr(record, "version", None))  # type: ignore[no-any-return]
        return Response(found, status=self.status)

    def _parameters(self, request: Request) -> dict[str, Any]:
        found = {}
        for one in self.asks:
            text = request.query_params.get(one.name)
            if text is None:
                if one.required:
                    raise bad_parameter(one.name, "This is missing.")
                continue
            try:
                found[one.name] = one.kind.parse(text)
            except Bad as bad:
                raise bad_parameter(one.name, str(bad.errors)) from None
        return found

    def describe(self, view: Any, schema: Any) -> dict[str, Any]:
        """Return its operation as OpenAPI has it."""
        body = None
        if self.method == "post":
            body = {
                "type": "object",
                "properties": {one.name: one.schema() for one in self.takes},
                "additionalProperties": False,
            }
            if required := [one.name for one in self.takes if one.required]:
                body["required"] = required
        found: dict[str, Any] = schema.described(
            view,
            self.name.replace("-", "_"),
            self.summary,
            body=body,
            answer=self.answer,
            status=str(self.status),
            choices=self.answer is None and not self.pdf,
        )
        if self.pdf:
            found["responses"]["200"] = {"description": "The file, tagged, in the words of its page.", "content": PDF}
            found["parameters"].append({"name": "format", "in": "query", "schema": {"type": "string", "enum": ["pdf"]}})
        if body is not None and "required" in body:
            found["requestBody"]["required"] = True
        for one in self.asks:
            asked = {"name": one.name, "in": "query", "schema": one.kind.schema(), "description": one.help}
            found["parameters"].append({**asked, "required": True} if one.required else asked)
        return schema.versioned(found) if self.versioned else found  # type: ignore[no-any-return]


def address(place: str, summary: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a method of a noun's view answers at `<route>/<id>/<place>/`; `options` are those of Address."""
    declared = Address(place, summary, **options)

    def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def answered(self: Any, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
            return declared.respond(self, request, pk, handler)

        answered.address = declared  # type: ignore[attr-defined]
        return answered

    return declare


def address_of(handler: Any) -> Address | None:
    """Return what a view's method was declared to answer at."""
    found = getattr(handler, "address", None)
    return found if isinstance(found, Address) else None


def urls_of(view: Any) -> list[URLPattern]:
    """Return the patterns of all addresses that a view declares, in the order of its code."""
    found = []
    names = dict.fromkeys(name for one in reversed(view.__mro__) for name in one.__dict__)
    for name in names:
        declared = address_of(getattr(view, name, None))
        if declared is not None:
            answers = view.as_view({declared.method: name}, basename=view.route, detail=True)
            place = f"{view.route}/<uuid:pk>/{declared.path}/"
            found.append(path(place, answers, name=f"{view.route}-{declared.name}"))
    return found
