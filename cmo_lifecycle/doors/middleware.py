"""What every request passes: it gets an id, its input is clean, and its writes are somebody's."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views import defaults

from cmo_lifecycle.audit.actor import acting
from cmo_lifecycle.doors.logs import without_secrets
from cmo_lifecycle.doors.rest import problems

log = logging.getLogger("cmo_lifecycle.requests")

Answer = Callable[[HttpRequest], HttpResponse]

API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What no page here needs of the machine it is read on.
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNCLEAN = re.compile("[\x00\ud800-\udfff]")


class RequestId:
    """Give each request an id: taken over from `X-Request-Id` where it is a plain one, else made.

    The answer and the log carry it. Every failure under /api/ leaves here as problem+json, whoever
    made it, and with the caller's rate limit in its headers.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        if request.path.startswith(API):
            if response.status_code >= 400:
                response = problems.complete(request, response)
            # What one person may see is not another's: no shared cache keeps it, and one's own asks again.
            response.setdefault("Cache-Control", "private, no-cache")
            for name, value in getattr(request, "rate_limit_headers", {}).items():
                response[name] = value
        response["X-Request-Id"] = request_id
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # A page must not be had from a shared machine's cache after its reader has signed out; a program may keep
        # what it has and ask whether it is still so.
        kept = "private, no-cache" if request.path.startswith(API) else "private, no-store"
        response.headers.setdefault("Cache-Control", kept)
        log.log(
            logging.WARNING if response.status_code >= 500 else logging.INFO,
            "%s %s %s %.1f ms request_id=%s",
            request.method,
            without_secrets(_UNCLEAN.sub("?", request.path))[:500],
            response.status_code,
            (time.perf_counter() - began) * 1000,
            request_id,
        )
        return response


class CleanInput:
    """Refuse NUL bytes and lone surrogates in path, query, cookies and form: no column can hold them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            unclean = _is_unclean(_texts(request))
        except RequestDataTooBig:
            return refuse(request, 413, "too_large", "The form is larger than this installation takes.")
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnicodeError):
            return refuse(request, 400, "malformed", "The request cannot be read. Check how it is put together.")
        if unclean:
            return refuse(
                request,
                400,
                "unclean_input",
                "The request holds a character that no text can hold (NUL or half a surrogate pair). Take it out.",
            )
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path
    yield from request.COOKIES
    yield from request.COOKIES.values()
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            yield name
            yield from values


def _is_unclean(texts: Iterable[str]) -> bool:
    return any(_UNCLEAN.search(text) for text in texts)


def refuse(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Answer with a problem under /api/, with the plain 400 page elsewhere."""
    if request.path.startswith(API):
        return problems.response(request, status=status, code=code, detail=detail)
    response = defaults.bad_request(request, BadRequest(detail))
    response.status_code = status
    return response


class ActsAs:
    """Name whoever writes: unsafe requests run as the signed-in person, or as `anonymous`; others as nobody.

    A token's account is known only to the REST door, which names it anew.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return self.get_response(request)
        user: Any = request.user if request.user.is_authenticated else "anonymous"
        with acting(user, source="api" if request.path.startswith(API) else "page"):
            return self.get_response(request)
