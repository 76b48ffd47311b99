"""JSON in and out, by orjson: exact decimals as strings, times with their zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_UNCLEAN = re.compile("[\x00\ud800-\udfff]")
#: Deeper nesting than any body needs; a parser's recursion is not an attacker's to spend.
MAX_DEPTH = 20


def spelled(value: Any) -> Any:
    """Spell what JSON has no type for; TypeError for what the API never returns."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "__html__") or type(value).__module__.startswith(("django.", "django_countries.")):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON.")


def dumps(data: Any) -> bytes:
    """Return the API's JSON of plain data."""
    return orjson.dumps(data, default=spelled, option=OPTIONS)


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dumps(data)


class PdfRenderer(OrjsonRenderer):
    """Chosen by `Accept: application/pdf` or by nothing. The file is answered as it is; only a problem comes through."""

    media_type = "application/pdf"
    format = "pdf"


class ProblemRenderer(OrjsonRenderer):
    """What failures are rendered by, whatever the caller accepts (RFC 9457)."""

    media_type = "application/problem+json"
    format = "problem"


class OrjsonParser(BaseParser):
    """A JSON body: UTF-8, no NaN, no NUL, no lone surrogates, nested 20 deep at most."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if most is not None and int(stream.META.get("CONTENT_LENGTH") or 0) > most:
            raise RequestDataTooBig
        try:
            data = orjson.loads(stream.read())
        except (orjson.JSONDecodeError, RecursionError) as error:
            raise ParseError(f"The body is not JSON: {error}.") from None
        _check(data, "", 0)
        return data


def _check(data: Any, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ParseError(f"The body is nested more than {MAX_DEPTH} deep.")
    if isinstance(data, str):
        if _UNCLEAN.search(data):
            raise ParseError(f"{where or '/'} holds a character that no text can hold (NUL). Take it out.")
    elif isinstance(data, dict):
        for name, value in data.items():
            if _UNCLEAN.search(name):
                raise ParseError("A name in the body holds a character that no text can hold (NUL). Take it out.")
            _check(value, f"{where}/{name}", depth + 1)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            _check(value, f"{where}/{number}", depth + 1)
