"""Every failure of the API in one form: application/problem+json (RFC 9457).

`{type, title, status, detail, code, request_id, errors: [{pointer, detail, code}]}`. `code` is
stable and meant for programs, `detail` is a sentence for people. `pointer` is a JSON pointer into
the body, or `?name` for a query parameter and `header:Name` for a header.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.response import Response

from cmo_lifecycle.doors.rest.renderers import dumps
from cmo_lifecycle.doors.rest.throttling import too_many_failures
from cmo_lifecycle.workflow.refusals import InvalidInput, NotSigned, Refusal, Stale

MEDIA_TYPE = "application/problem+json"

#: code: (status, title). The page of the type is /api/v1/problems/<code>/.
KINDS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "unclean_input": (400, "The request holds an impossible character"),
    "invalid": (400, "Something in the request cannot be taken"),
    "unknown_parameter": (400, "The request has a parameter that does not exist here"),
    "not_authenticated": (401, "Sign in or give a token"),
    "authentication_failed": (401, "The token is not accepted"),
    "not_permitted": (403, "Not permitted"),
    "signature_refused": (403, "The signature was refused"),
    "csrf": (403, "The CSRF token is missing or wrong"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "This cannot be done with this address"),
    "not_acceptable": (406, "The answer is not to be had in this form"),
    "refused": (409, "Refused as things stand"),
    "wrong_state": (409, "Not possible from this state"),
    "in_flight": (409, "The same request is being worked on"),
    "gone": (410, "It is not here any more"),
    "stale": (412, "Somebody else changed it meanwhile"),
    "too_large": (413, "Too much at once"),
    "unsupported_media_type": (415, "The body has a type that is not taken"),
    "key_reused": (422, "The idempotency key was used for another request"),
    "version_required": (428, "Say which version you read"),
    "throttled": (429, "Too many requests"),
    "error": (500, "Something broke on our side"),
    "unavailable": (503, "Not available just now"),
}
_BY_STATUS = {status: code for code, (status, _) in reversed(KINDS.items())}


class Problem(exceptions.APIException):
    """A failure named by its code; `errors` as `[{pointer, detail, code}]`, `more` as further members."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.status_code, self.title = KINDS[code]
        self.problem_code = code
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        self.more = more
        super().__init__(detail or (self.errors[0]["detail"] if self.errors else self.title), code)


def invalid(errors: Mapping[str, Any], root: str = "") -> Problem:
    """Return the problem of values that cannot be taken: field to sentences, nested as the body is."""
    return Problem("invalid", errors=list(flat(errors, root)))


def unknown_parameter(name: str, sentence: str) -> Problem:
    return Problem("unknown_parameter", errors=[{"pointer": f"?{name}", "detail": sentence, "code": "unknown"}])


def bad_parameter(name: str, sentence: str) -> Problem:
    return Problem("invalid", errors=[{"pointer": f"?{name}", "detail": sentence, "code": "invalid"}])


def flat(detail: Any, pointer: str = "", code: str = "invalid") -> Iterable[dict[str, str]]:
    """Yield `{pointer, detail, code}` for each sentence in nested error details."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name in ("__all__", "non_field_errors")
            step = "" if whole else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from flat(inner, pointer + step, code)
    elif isinstance(detail, (list, tuple)):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list, tuple))
            yield from flat(inner, f"{pointer}/{number}" if nested else pointer, code)
    else:
        yield {"pointer": pointer, "detail": str(detail), "code": str(getattr(detail, "code", None) or code)}


def of_refusal(refusal: Refusal) -> Problem:
    """Return the problem that says what the door's refusal says."""
    code = refusal.code if refusal.code in KINDS else "refused"
    if isinstance(refusal, InvalidInput):
        return invalid(refusal.errors)
    if isinstance(refusal, NotSigned):
        return Problem(
            code,
            str(refusal),
            errors=[{"pointer": f"/{refusal.field}", "detail": str(refusal), "code": code}],
        )
    errors = [{"pointer": "", "detail": sentence, "code": code} for sentence in refusal.sentences]
    if isinstance(refusal, Stale):
        return Problem(
            code,
            str(refusal),
            headers={"ETag": f'"{refusal.version}"'},
            version=refusal.version,
            changes=refusal.changes,
        )
    return Problem(code, str(refusal), errors=errors)


def body(
    request: Any,
    *,
    status: int,
    code: str,
    detail: str,
    errors: Iterable[Mapping[str, Any]] = (),
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the members of a problem; further members never replace the standard ones."""
    return {
        **(more or {}),
        "type": f"/api/v1/problems/{code}/",
        "title": KINDS[code][1],
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": getattr(request, "request_id", ""),
        "errors": list(errors),
    }


def response(request: HttpRequest, *, status: int, code: str, detail: str) -> HttpResponse:
    """Return a problem as a plain response, for where no view is at hand."""
    content = dumps(body(request, status=status, code=code, detail=detail))
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE)


def code_of_status(status: int) -> str:
    return _BY_STATUS.get(status, "error" if status >= 500 else "malformed")


def complete(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Turn any failed answer into a problem, keeping its status and its headers; a problem is left as it is."""
    detail = ""
    code = code_of_status(answer.status_code)
    if answer.get("Content-Type", "").startswith(MEDIA_TYPE):
        with contextlib.suppress(orjson.JSONDecodeError, AttributeError):
            said = orjson.loads(answer.content)
            if "code" in said and "request_id" in said:
                return answer
            detail = str(said.get("detail", ""))
    made = response(request, status=answer.status_code, code=code, detail=detail or f"{KINDS[code][1]}.")
    for name, value in answer.headers.items():
        if name.lower() not in ("content-type", "content-length"):
            made[name] = value
    made.cookies = answer.cookies
    return made


class ProblemFormatter(ExceptionFormatter):
    def run(self) -> dict[str, Any]:
        exc = self.exc
        request = getattr(self.context.get("request"), "_request", None)
        if not isinstance(exc, Problem):
            exc = _named(exc)
        return body(
            request,
            status=exc.status_code,
            code=exc.problem_code,
            detail=str(exc.detail),
            errors=exc.errors,
            more=exc.more,
        )


def _named(exc: exceptions.APIException) -> Problem:
    match exc:
        case exceptions.ValidationError():
            return Problem("invalid", errors=list(flat(exc.detail)))
        case exceptions.ParseError():
            code = "malformed"
        case exceptions.PermissionDenied() if str(exc.detail).startswith("CSRF"):
            code = "csrf"
        case _:
            code = code_of_status(exc.status_code)
            if exc.get_codes() == "authentication_failed":
                code = "authentication_failed"
    detail = "" if code == "error" else str(exc.detail)
    return Problem(code, detail or f"{KINDS[code][1]}. Tell us the request id.")


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Refusal):
            return of_refusal(exc)
        if isinstance(exc, (Http404, ObjectDoesNotExist)):
            # One body for what does not exist and what is not this person's to see.
            return Problem("not_found", "There is no such thing here, or it is not yours to see.")
        if isinstance(exc, exceptions.AuthenticationFailed):
            wait = too_many_failures(self.context["request"])
            return exceptions.Throttled(wait) if wait else exc
        if isinstance(exc, PermissionDenied):
            return exceptions.PermissionDenied()
        if isinstance(exc, RequestDataTooBig):
            return Problem("too_large", "The body is larger than this installation takes.")
        if isinstance(exc, SuspiciousOperation):
            return Problem("malformed", "The request cannot be read. Check how it is put together.")
        return exc

    def get_headers(self, exc: exceptions.APIException) -> dict[str, str]:
        return {**super().get_headers(exc), **getattr(exc, "headers", {})}

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        return Response(data, status=exc.status_code, headers=self.get_headers(exc), content_type=MEDIA_TYPE)
