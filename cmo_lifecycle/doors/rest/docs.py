"""What the API says about itself: its OpenAPI description, the kinds of its problems, its page for people."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import KINDS, Problem
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer, dumps

JSON = "application/vnd.oai.openapi+json"
YAML = "application/vnd.oai.openapi"


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI description; made once per process."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return]


@functools.cache
def document_yaml() -> str:
    """Return the description as `manage.py spectacular` writes it."""
    return OpenApiYamlRenderer().render(document(), renderer_context={}).decode()  # type: ignore[no-any-return]


class JsonRenderer(OrjsonRenderer):
    media_type = JSON
    format = "openapi-json"


class YamlRenderer(BaseRenderer):
    media_type = YAML
    format = "yaml"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return dumps(data)


@extend_schema(exclude=True)
class OpenApi(APIView):
    """The description as JSON (default) or YAML (`?format=yaml`, or Accept)."""

    route = "schema"
    renderer_classes = [OrjsonRenderer, JsonRenderer, YamlRenderer]
    content_negotiation_class = Negotiation

    def get(self, request: Request) -> HttpResponse:
        if request.accepted_renderer.format == "yaml":
            return HttpResponse(document_yaml(), content_type=f"{YAML}; charset=utf-8")
        return HttpResponse(_document_json(), content_type=f"{request.accepted_renderer.media_type}")


@functools.cache
def _document_json() -> bytes:
    return dumps(document())


@extend_schema(exclude=True)
class ProblemKinds(APIView):
    """What each `code` of a problem means."""

    route = "problems"
    content_negotiation_class = DefaultContentNegotiation

    def get(self, request: Request, code: str = "") -> Response:
        kinds = [
            {"type": f"/api/v1/problems/{name}/", "code": name, "status": status, "title": title}
            for name, (status, title) in KINDS.items()
        ]
        if not code:
            return Response({"next": None, "previous": None, "results": kinds})
        for kind in kinds:
            if kind["code"] == code:
                return Response(kind)
        raise Problem("not_found", "There is no such kind of problem.")


@extend_schema(exclude=True)
class Unknown(APIView):
    """Every other address under the API: a 404 in the API's own form, whoever asks."""

    permission_classes = ()
    authentication_classes = ()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # Any method gets here: the address is what is wrong.
        for method in self.http_method_names:
            setattr(self, method, self._answer)
        return super().dispatch(request, *args, **kwargs)

    def _answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        path = request.path
        if not path.endswith("/"):
            try:
                other = resolve(f"{path}/").url_name
            except Resolver404:
                other = "unknown"
            if other != "unknown":
                raise Problem("not_found", "There is nothing at this address; with a slash at its end there is.")
        raise Problem("not_found", "There is nothing at this address. The addresses are told at /api/v1/schema/.")


class ApiDocs(LoginRequiredMixin, UserPassesTestMixin, TemplateView):
    """The description as a page; everything it needs is served from here."""

    template_name = "api/docs.html"

    def test_func(self) -> bool:
        return not self.request.user.is_external  # type: ignore[union-attr]
