"""The pages that say no: with the way back, and the number to ask for help with."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape

log = logging.getLogger(__name__)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Say that this person may not do this; a sentence raised with `PermissionDenied` is shown."""
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Say that there is nothing here, or nothing for this person: the two look the same."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong; with the whole frame where that can still be drawn."""
    try:
        return render(request, "500.html", status=500)
    except Exception:
        log.exception("The page for failures failed too")
        number = escape(getattr(request, "request_id", ""))
        return HttpResponse(
            '<!doctype html><html lang="en-GB"><title>Something went wrong – CMO Lifecycle</title>'
            "<h1>Something went wrong on our side</h1><p>Try again in a minute.</p>"
            '<p><a href="/">Go to my desk</a></p>'
            f"<p>If you ask for help, give this number: <code>{number}</code></p></html>",
            status=500,
        )
