"""The board paper of a strategy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pdf import as_file
from strategy.pdf import board_paper, file_name


class BoardPaper(NounPage):
    """The strategy as a file to print or to send."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        return as_file(board_paper(record), file_name(record))
