"""The board paper of a strategy over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from cmo_lifecycle.doors.pdf import as_file
from cmo_lifecycle.doors.rest.listing import Negotiation
from cmo_lifecycle.doors.rest.problems import unknown_parameter
from cmo_lifecycle.doors.rest.renderers import OrjsonRenderer
from strategy.models import Strategy
from strategy.pdf import board_paper, file_name

PDF = "application/pdf"


class PdfRenderer(OrjsonRenderer):
    """Chosen by `Accept: application/pdf` or by nothing. The file is answered as it is; only a problem comes through."""

    media_type = PDF
    format = "pdf"


class BoardPaper(APIView):
    """A strategy as a file to print: its answers, figures, risks, what it asks for, and its signatures."""

    route = "strategies"
    content_negotiation_class = Negotiation
    renderer_classes = [PdfRenderer]

    @extend_schema(
        operation_id="strategies_board_paper",
        tags=["strategies"],
        parameters=[
            OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH),
            OpenApiParameter("format", OpenApiTypes.STR, enum=["pdf"]),
        ],
        responses={(200, PDF): OpenApiResponse(OpenApiTypes.BINARY, "The file, tagged, in the words of its page.")},
    )
    def get(self, request: Request, pk: UUID, **kwargs: Any) -> HttpResponseBase:
        for name in request.query_params:
            if name != "format":
                raise unknown_parameter(name[:100], f"There is no parameter {name[:100]!r} here. Known: format.")
        seen = Strategy.objects.visible_to(request.user).select_related("programme", "revises")
        found = seen.filter(pk=pk).first()
        if found is None:
            raise Http404
        return as_file(board_paper(found), file_name(found))
